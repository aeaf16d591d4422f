"""A browser with its network cut, and the pages that it opens from disk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

sync_api = pytest.importorskip("playwright.sync_api")

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"]


@dataclass
class Watched:
    """A page, and everything that it asked for or said."""

    page: Any
    requests: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The machine's own Chromium; without one the tests are skipped, or fail in CI."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = f"No browser on this machine (looked for {', '.join(NAMES)})."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., Watched]]:
    """Open a file offline, in a window of this width, watching requests and console."""
    contexts = []

    def open_file(path: Path, width: int = 1366, height: int = 800, **settings: Any) -> Watched:
        context = browser.new_context(
            viewport={"width": width, "height": height}, offline=True, **settings
        )
        contexts.append(context)
        watched = Watched(context.new_page())
        watched.page.on("request", lambda r: watched.requests.append(r.url))
        watched.page.on(
            "requestfailed",
            lambda r: watched.refused.append(r.url) if r.failure == "csp" else None,
        )
        watched.page.on("console", lambda m: watched.messages.append(m.text))
        watched.page.on("pageerror", lambda e: watched.messages.append(str(e)))
        watched.page.goto(path.as_uri())
        return watched

    yield open_file
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every kind of page, written to disk."""
    from tests.browser.make_pages import make_pages

    folder = tmp_path_factory.mktemp("reports")
    paths = {}
    for name, html in make_pages().items():
        paths[name] = folder / f"{name}.html"
        paths[name].write_text(html, encoding="utf-8", newline="\n")
    return paths


@pytest.fixture(scope="session")
def reports(request: pytest.FixtureRequest) -> Path:
    """The folder of the published quarter; ``SLINB_REPORTS`` names one that exists already."""
    made = os.environ.get("SLINB_REPORTS")
    return Path(made) if made else request.getfixturevalue("sample_quarter").root / "reports"
