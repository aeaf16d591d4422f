"""Start here: makes slinb's own environment when it is missing, then runs what you ask for.

    python3 start.py quarter    the sample quarter, from the data pack to the briefings
    python3 start.py test       every test
    python3 start.py lint       style and types
    python3 start.py slinb ...  any slinb command, inside the environment

Needs Python 3.11 or newer and a package index that pip can reach; nothing else. It runs on
Windows, macOS and Linux, uses only the standard library, and changes nothing outside `.venv`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
SAMPLE_QUARTER = "2025-26-Q3"
ROUTES = {
    "quarter": [
        ["slinb", "sample", "--quarter", SAMPLE_QUARTER, "--if-missing"],
        ["slinb", "run", "--quarter", SAMPLE_QUARTER],
    ],
    "test": [["pytest", "-n", "auto", "--dist", "loadgroup", "--durations", "25"]],
    "lint": [["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]],
    "slinb": [["slinb"]],
}


def main(words: list[str]) -> int:
    """Run one of the routes; return the exit code of the first command that fails."""
    if not words or words[0] not in ROUTES:
        print(__doc__)
        return 0 if not words or words[0] in ("-h", "--help") else 2
    if sys.version_info < (3, 11):  # noqa: UP036  # this file runs on older Pythons, to say so
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"slinb needs Python 3.11 or newer; this is {version}. Start it with a newer one.")
        return 2
    make_environment()
    commands = ROUTES[words[0]]
    for number, command in enumerate(commands):
        extra = words[1:] if number == len(commands) - 1 else []
        if code := run(command[0], *command[1:], *extra):
            return code
    return 0


def make_environment() -> None:
    """Create `.venv` from the lock, or bring it up to date when the lock has changed."""
    stamp = VENV / "slinb-lock.sha256"
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return
    print(f"Making slinb's environment in {VENV.name} (a minute or two, once) ...", flush=True)
    try:
        venv.create(VENV, with_pip=True, clear=VENV.exists())
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(
            f"The environment could not be made: {error}\n"
            "On Debian and Ubuntu install the package python3-venv; on a locked-down laptop "
            "check that this folder may be written to. Then run the same line again."
        )
    pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    lock = [*pip, "--require-hashes", "--requirement", str(LOCK)]
    # Build isolation would fetch a build backend outside the lock.
    project = [*pip, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
    for command in (lock, project):
        if run("python", *command):
            sys.exit(
                "The packages could not be installed: see pip's message above. If it could not "
                "reach a package index, ask your IT team for its address, set it with "
                "`pip config set global.index-url ADDRESS`, and run the same line again."
            )
    stamp.write_text(wanted, encoding="utf-8")


def run(program: str, *arguments: str) -> int:
    """Run a program of the environment from the project's folder; return its exit code."""
    scripts = VENV / ("Scripts" if os.name == "nt" else "bin")
    environment = {**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ.get('PATH', '')}"}
    environment.pop("PYTHONHOME", None)
    suffix = ".exe" if os.name == "nt" else ""
    command = [str(scripts / f"{program}{suffix}"), *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
