"""Take the README's pictures: the sample's rug, and one profile.

After `slinb sample` and `slinb run --quarter 2025-26-Q3`:

    python docs/pictures/take.py [REPORTS]

Each is the top of a page in a window of 1,280 pixels, with its SAMPLE banner, in 64 colours.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

QUARTER = "2025-26-Q3"
PICTURES = {
    "rug": ("quarterly-rug.html", "body", 1500),
    "profile": ("authority-profile-luton.html", "body", 1200),
}


def main() -> None:
    """Take each picture and write it beside this file."""
    reports = Path(sys.argv[1] if len(sys.argv) > 1 else "reports").absolute()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (page_name, top, height) in PICTURES.items():
            page = browser.new_page(viewport={"width": 1280, "height": height}, offline=True)
            page.goto((reports / QUARTER / page_name).as_uri())
            if page.title().partition(",")[0].endswith(": not available"):
                raise SystemExit(f"{page_name} could not be made: run the quarter again.")
            page.locator(top).first.scroll_into_view_if_needed()
            shot = Image.open(io.BytesIO(page.screenshot()))
            small = shot.convert("RGB").quantize(64, dither=Image.Dither.NONE)
            small.save(Path(__file__).with_name(f"{name}.png"), optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
