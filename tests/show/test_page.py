"""The page and the index: one file, landmarks, the SAMPLE mark, a policy that holds."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from itertools import pairwise

import pytest
from bs4 import BeautifulSoup

from slinb.catalogue.periods import Period
from slinb.show.index import BriefingLink, QuarterLink, index_html
from slinb.show.page import PageMarks, page_html
from slinb.show.quality import quality_html
from slinb.show.rug import rug_html
from tests.show.show_tables import (
    QUARTER,
    make_areas,
    make_comparison,
    make_measures,
    make_queries,
    make_region,
    make_submissions,
    make_summary,
)

MARKS = PageMarks(
    "East of England",
    "October to December 2025 (Q3 2025-26)",
    "Regional edition",
    sample=True,
    sources=("Quarterly returns.",),
)


def find_loads(html: str) -> list[str]:
    """Every address in a page that a browser would fetch: not links, which wait for a click."""
    soup = BeautifulSoup(html, "html.parser")
    loads = [
        tag[name]
        for tag in soup.find_all(True)
        for name in ("src", "srcset", "poster", "data", "background", "xlink:href", "action")
        if tag.has_attr(name)
    ]
    loads += [tag["href"] for tag in soup.find_all(["link", "base", "use", "image"])]
    styles = "".join(tag.text for tag in soup.find_all("style"))
    styles += "".join(tag["style"] for tag in soup.find_all(style=True))
    loads += re.findall(r"url\(([^)]*)\)", styles) + re.findall(r"@import[^;]*", styles)
    return [load for load in loads if not load.strip("'\" ").startswith(("data:", "#"))]


def make_index(**changes: object) -> str:
    given = {
        "marks": MARKS,
        "findings": ["Luton differs most."],
        "summary": make_summary(),
        "submissions": make_submissions(),
        "failures": ["Section 20: the chart failed."],
        "quarters": [QuarterLink("Q2", "../2025-26-Q2/index.html")],
        **changes,
    }
    links = [
        BriefingLink("Quarterly rug", "quarterly_rug.html", "Who differs.", sample=True),
        BriefingLink("Annual rug", "annual_rug.html", "Published figures.", "Published"),
    ]
    return index_html(Period.parse(QUARTER), links, **given)


def all_pages() -> dict[str, str]:
    rug = rug_html(
        make_comparison(), make_measures(), make_areas(), title="Rug", region=make_region()
    )
    quality = quality_html(
        make_summary(),
        make_queries(),
        make_submissions(),
        make_measures(),
        make_areas(),
        Period.parse(QUARTER),
    )
    return {
        "rug": page_html(rug, "Regional rug", marks=MARKS),
        "quality": page_html(quality, "Data quality", marks=MARKS),
        "index": make_index(),
    }


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    return all_pages()


def test_the_finder_of_loads_finds_them() -> None:
    """A test of the tool below: each of these would be a request."""
    html = (
        '<img src="https://a/x.png"><link href="https://a/y.css"><style>@import "z";'
        "b{background:url(https://a/w.png)}</style><script src='//a/s.js'></script>"
        '<a href="https://a/fine">no load</a><img src="data:,x">'
    )
    assert len(find_loads(html)) == 5


def test_no_page_loads_anything(pages: dict[str, str]) -> None:
    assert [load for html in pages.values() for load in find_loads(html)] == []


def test_every_page_has_language_title_landmarks_and_one_h1(pages: dict[str, str]) -> None:
    for html in pages.values():
        soup = BeautifulSoup(html, "html.parser")
        assert soup.html["lang"] == "en-GB"
        assert soup.title.text.startswith("SAMPLE: ") and "East of England" in soup.title.text
        assert len(soup.find_all("h1")) == 1
        assert [len(soup.find_all(t)) for t in ("header", "main", "footer")] == [1, 1, 1]
        assert soup.find(class_="skip")["href"] == "#main"
        assert "Open Government Licence" in soup.footer.text
        assert "Quarterly returns." in soup.footer.text


def test_headings_skip_no_level(pages: dict[str, str]) -> None:
    for html in pages.values():
        found = BeautifulSoup(html, "html.parser").find_all(["h1", "h2", "h3", "h4"])
        levels = [int(h.name[1]) for h in found]
        assert all(b - a <= 1 for a, b in pairwise(levels)), levels


def test_sample_is_said_only_of_a_sample() -> None:
    html = page_html("<p>x</p>", "t", marks=MARKS)
    assert BeautifulSoup(html, "html.parser").find(class_="sample").text.startswith("SAMPLE")
    assert "SAMPLE: invented figures" in html  # on each sheet of paper
    real = page_html("<p>x</p>", "t", marks=replace(MARKS, sample=False))
    assert "SAMPLE" not in BeautifulSoup(real, "html.parser").body.text
    assert "SAMPLE" not in real.split("</style>")[0].split("@media print { @page")[1]


def test_the_policy_allows_the_pages_own_scripts_and_no_other(pages: dict[str, str]) -> None:
    for html in pages.values():
        soup = BeautifulSoup(html, "html.parser")
        policy = soup.find("meta", {"http-equiv": "Content-Security-Policy"})["content"]
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe-eval" not in policy and "http" not in policy
        hashes = re.findall(r"'sha256-([^']+)'", policy)
        scripts = [s.text for s in soup.find_all("script")]
        digests = [hashlib.sha256(s.encode()).digest() for s in scripts]
        assert hashes == [base64.b64encode(d).decode() for d in digests]
        assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]


def test_a_page_is_small_and_the_same_each_time(pages: dict[str, str]) -> None:
    assert all(len(html.encode()) < 400_000 for html in pages.values())
    assert all_pages() == pages


def test_title_lead_and_marks_are_escaped() -> None:
    attack = '"}</style><script>alert(1)</script>'
    marks = PageMarks(attack, attack, attack, sources=(attack,), index=attack)
    soup = BeautifulSoup(page_html("", attack, marks=marks, lead=attack), "html.parser")
    assert len(soup.find_all("script")) == 1
    assert soup.h1.text == attack


def test_index_lists_briefings_quality_failures_and_quarters() -> None:
    soup = BeautifulSoup(make_index(), "html.parser")
    assert soup.h1.text == "Briefings of the quarter"
    links = soup.select(".links a")
    assert [a["href"] for a in links] == ["quarterly_rug.html", "annual_rug.html"]
    assert links[0].find_next("p").text == "Who differs."
    assert [li.find(class_="tag") is not None for li in soup.select(".links li")] == [True, False]
    assert "571 values in = 558 accepted + 13 quarantined" in soup.find(class_="tally").text
    assert "Section 20: the chart failed." in soup.main.text
    assert soup.select(".quarters a")[0]["href"] == "../2025-26-Q2/index.html"
    assert "All briefings" not in soup.header.text


def test_an_index_without_returns_shows_no_quality() -> None:
    soup = BeautifulSoup(make_index(summary=None, submissions=None), "html.parser")
    assert soup.find(class_="tally") is None
