# Short names for the lines in README.md; start.py does the work and runs on Windows too.
PYTHON ?= python3

.PHONY: quarter test lint lab clean
quarter test lint:
	$(PYTHON) start.py $@
lab:
	$(PYTHON) start.py slinb lab
clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
