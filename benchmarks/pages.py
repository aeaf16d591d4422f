"""How soon a page shows something, and how large it is.

Run `python benchmarks/pages.py [REPORTS]` after a quarter was made; the figures are quoted in
docs/performance.md. Each page is opened from disk in a new window, offline, three times: first
contentful paint and load as Chromium reports them, the median of the three.
"""

from __future__ import annotations

import shutil
import statistics
import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

TIMES = 3
FIRST_PAINT = """new Promise(done => { const look = () => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  paint ? done(paint.startTime) : setTimeout(look, 10); }; look(); })"""
LOADED = "performance.getEntriesByType('navigation')[0].loadEventEnd"


def main() -> None:
    reports = Path(sys.argv[1] if len(sys.argv) > 1 else "reports")
    pages = sorted(reports.glob("*/*.html"), key=lambda path: path.stat().st_size)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        rows = [(path, *time_page(browser, path)) for path in pages]
        browser.close()
    print("| page | kB | first paint ms | loaded ms |\n|---|---|---|---|")
    for path, paint, load in sorted(rows, key=lambda row: -row[1])[:10]:
        print(f"| {path.name} | {path.stat().st_size / 1000:.0f} | {paint:.0f} | {load:.0f} |")
    paints = [paint for _, paint, _ in rows]
    print(f"{len(rows)} pages, first paint: median {statistics.median(paints):.0f} ms", end=", ")
    print(f"latest {max(paints):.0f} ms")


def time_page(browser: Browser, path: Path) -> tuple[float, float]:
    """Return the medians of first contentful paint and of load, in milliseconds."""
    seen = []
    for _ in range(TIMES):
        page = browser.new_page(viewport={"width": 390, "height": 800}, offline=True)
        page.goto(path.absolute().as_uri())
        seen.append((page.evaluate(FIRST_PAINT), page.evaluate(LOADED)))
        page.close()
    paints, loads = zip(*seen, strict=True)
    return statistics.median(paints), statistics.median(loads)


if __name__ == "__main__":
    main()
