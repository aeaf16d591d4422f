"""The visit itself is tried on a page that has every defect: a check that finds nothing is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.visit import QUESTIONS, visit_page

pytestmark = pytest.mark.browser

BAD = """<!DOCTYPE html><html lang="fr"><head><title>Bad</title><style>
html { background: #ddd !important } i { transition: all 1s } .wide { width: 1400px }
.cut { width: 90px; height: 20px; overflow: hidden } a, button { font-size: 9px }
</style></head><body><main><h1>One</h1><h3>Three</h3>
<p style="color:#bbb;background:#ccc">A pale word and <a href="nowhere.html">a link</a>.</p>
<p><a href="#nowhere">x</a></p><button onclick="1">y</button>
<figure><svg role="img" aria-label="chart" viewBox="0 0 900 9"><text>small</text></svg></figure>
<div class="wide">wide</div><div class="cut">Text that is cut off by its box</div>
<i>moves</i><img src="https://a.example/x.png" alt="x.png">
</main><script>console.log("said")</script></body></html>"""


def test_a_bad_page_fails_under_every_question(browser: Any, tmp_path: Path) -> None:
    path = tmp_path / "bad.html"
    path.write_text(BAD + " " * 400_000, encoding="utf-8")
    found = visit_page(browser, path)
    assert [question for question in QUESTIONS if not found[question]] == []
    # Each defect was put there on purpose, and is told in words that lead to it.
    assert "level 1" in " ".join(found["structure"])
    assert "no file: nowhere.html" in found["links"] and "leads nowhere: #nowhere" in found["links"]
    assert found["network"] == ["https://a.example/x.png"]
    assert any("say" in defect for defect in found["pictures"])
