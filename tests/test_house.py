"""The house rules that a machine can hold: direction of imports, thin notebooks, clean ground."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MODULES = sorted((ROOT / "slinb").rglob("*.py"))

# What each room may import of ours, besides itself. Anything not listed is refused.
FOUNDATION = {"errors", "schema", "catalogue", "stamp"}
ROOMS = {
    "errors": set(),
    "stamp": set(),
    "schema": {"errors"},
    "workspace": {"errors"},
    "catalogue": {"errors"},
    "methods": set(),
    "collect": FOUNDATION | {"workspace"},
    "records": FOUNDATION | {"methods"},
    "check": FOUNDATION,
    "analyse": FOUNDATION | {"methods"},
    "show": FOUNDATION,
    "prepare": FOUNDATION | {"collect", "records"},
    "gate": FOUNDATION,
    "sample": FOUNDATION | {"collect", "records", "prepare", "workspace"},
    "batch": FOUNDATION | {"methods", "collect", "check", "analyse", "show", "gate", "workspace"},
}


def find_room(module: Path) -> str:
    return module.relative_to(ROOT / "slinb").parts[0].removesuffix(".py")


def find_imports(module: Path) -> set[str]:
    """Return the rooms of ours that a module imports, wherever in it the import stands."""
    found = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names = [node.module]
            if node.module == "slinb":
                names = [f"slinb.{alias.name}" for alias in node.names]
        found |= {n.split(".")[1] for n in names if n.startswith("slinb.")}
    return found - {"__version__"}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: m.relative_to(ROOT).as_posix())
def test_imports_run_down_the_corridor_only(module: Path) -> None:
    room = find_room(module)
    if room in ("__init__", "cli", "notebook"):  # the doors: they may open any room
        return
    allowed = ROOMS[room] | {room}
    assert find_imports(module) <= allowed, f"{room} may import only {sorted(allowed)}"


def test_import_is_cheap() -> None:
    """``import slinb`` and the command line pull in nothing that a command does not need."""
    code = (
        "import sys, slinb, slinb.cli;"
        "print([m for m in ('pandas', 'great_expectations', 'papermill', 'nbconvert',"
        " 'matplotlib', 'plotly', 'scipy') if m in sys.modules])"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert out.stdout.strip() == "[]"


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.name)
def test_notebooks_are_thin_and_clean(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    code = [c for c in notebook["cells"] if c["cell_type"] == "code"]
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    assert not any(c["outputs"] or c["execution_count"] for c in code), "stored output"
    tagged = [c for c in code if "parameters" in c["metadata"].get("tags", [])]
    assert len(tagged) == 1, "exactly one cell tagged parameters"
    for cell in code:
        source = "".join(cell["source"])
        tree = ast.parse(source)
        banned = (ast.FunctionDef, ast.ClassDef, ast.For, ast.While, ast.Lambda, ast.If)
        found = [type(n).__name__ for n in ast.walk(tree) if isinstance(n, banned)]
        assert not found, f"logic belongs in slinb/: {found} in\n{source}"
        assert not re.search(r"\.(groupby|merge|apply|pivot|agg)\(", source), source
        assert len(source.splitlines()) <= 15, "a cell is a call, not a program"


def read_conda_dependencies() -> list[str]:
    text = (ROOT / "environment.yml").read_text(encoding="utf-8")
    return [line.removeprefix("  - ") for line in text.splitlines() if line.startswith("  - ")]


def test_conda_environment_and_project_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["dev"]
    extra = {"conda-forge", "nodefaults", "pip", "pip:", f"python{project['requires-python']}"}
    assert sorted(set(read_conda_dependencies()) - extra) == sorted(wanted)


def test_lock_pins_every_dependency_with_a_hash() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {re.sub(r"[-_.]+", "-", n.lower()) for n in re.findall(r"^([\w.-]+)==", lock, re.M)}
    missing = {re.split(r"[<>=]", d)[0] for d in read_conda_dependencies()} - pinned
    assert missing <= {"conda-forge", "nodefaults", "pip", "pip:", "python"}
    assert lock.count("--hash=sha256:") > len(pinned)


def list_tracked() -> list[Path]:
    out = subprocess.run(
        ["git", "ls-files", "-z"], capture_output=True, text=True, check=False, cwd=ROOT
    )
    if out.returncode:
        pytest.skip("not a git checkout: nothing to list")
    return [ROOT / name for name in out.stdout.split("\0") if name and (ROOT / name).exists()]


def test_nothing_of_a_machine_or_an_index_is_committed() -> None:
    banned = re.compile(
        r"(extra-)?index-url\s*=?\s*https?:|file:///|/root/|/home/\w+/|[A-Z]:\\Users"
    )
    for path in list_tracked():
        if path.suffix in {".parquet", ".png", ".xlsx"} or path == Path(__file__):
            continue
        found = banned.search(path.read_text(encoding="utf-8"))
        assert not found, f"{path.relative_to(ROOT)}: {found and found[0]}"


def test_no_file_is_over_two_megabytes() -> None:
    assert all(path.stat().st_size < 2_000_000 for path in list_tracked())


def test_the_readme_names_the_two_lines() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "python3 start.py quarter" in readme
    assert "python3 start.py test" in readme
    assert "python3 start.py test" in ci
