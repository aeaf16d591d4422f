"""People's words: read as a little Markdown, and never as anything that runs."""

from __future__ import annotations

import csv
import io
import re
import unicodedata

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from slinb.show.prose import clean_text, neutralise_formula, plain_prose, render_prose
from tests.show.attacks import FORMULAS, INVISIBLE, MARKDOWN, MARKUP

ALLOWED = {"p", "em", "strong", "ul", "ol", "li", "br"}
#: What a spreadsheet would run; written apart from the module's own pattern.
RUNS = re.compile(r"^[\s\"]*[=+\-@|%＝＋－＠]")
PIECES = st.sampled_from(["*", "**", "_", "- ", "1. ", "\n", "\n\n", "<", ">", "[a](b)", "&", "`"])


def read(text: str) -> BeautifulSoup:
    return BeautifulSoup(str(render_prose(text)), "html.parser")


def assert_harmless(soup: BeautifulSoup) -> None:
    for tag in soup.find_all(True):
        assert tag.name in ALLOWED
        assert set(tag.attrs) <= {"start"}
        assert str(tag.attrs.get("start", 1)).isdecimal()


def squash(text: str) -> str:
    """Return the letters and digits of a text: what may not get lost in it."""
    return "".join(c for c in text if c.isalnum())


@pytest.mark.parametrize("attack", [*MARKUP, *MARKDOWN, *INVISIBLE, *FORMULAS])
def test_an_attack_stays_words(attack: str) -> None:
    soup = read(attack)
    assert_harmless(soup)
    assert squash(soup.text) == squash(clean_text(attack))


@pytest.mark.parametrize("attack", [*MARKUP, *MARKDOWN])
def test_no_bare_angle_bracket_of_the_writers_survives(attack: str) -> None:
    html = re.sub(
        r"</?(?:p|em|strong|ul|li|br)>|<ol start=\"\d+\">|</ol>", "", render_prose(attack)
    )
    assert "<" not in html and ">" not in html and '"' not in html and "'" not in html


@given(st.lists(PIECES | st.text(max_size=8), max_size=40).map("".join))
def test_whatever_is_written_only_the_allowed_tags_come_out(text: str) -> None:
    soup = read(text)
    assert_harmless(soup)
    assert squash(plain_prose(text)).endswith(squash(soup.text)[-3:])


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Fewer came back.", "<p>Fewer came back.</p>"),
        ("One\n\nTwo", "<p>One</p><p>Two</p>"),
        ("What?\nLess.", "<p>What?</p><p>Less.</p>"),
        ("*so* and **so**", "<p><em>so</em> and <strong>so</strong></p>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2. b", '<ol start="1"><li>a</li><li>b</li></ol>'),
        ("2025. A hard year", '<ol start="2025"><li>A hard year</li></ol>'),
        ("3 * 4 * 5 and cla_on_time", "<p>3 * 4 * 5 and cla_on_time</p>"),
        ("Smith & Co. < 5", "<p>Smith &amp; Co. &lt; 5</p>"),
        ("", ""),
    ],
)
def test_the_markdown_that_is_allowed(text: str, html: str) -> None:
    assert str(render_prose(text)) == html


def test_plain_words_keep_their_lines_and_lose_their_marks() -> None:
    text = "**Fewer** came back.\n\n- a rota\n- *one*\n  1. team\n\nEnd"
    assert plain_prose(text).split("\n") == [
        "Fewer came back.", "• a rota", "• one", "1. team", "End",
    ]  # fmt: skip


@pytest.mark.parametrize("text", [*INVISIBLE, *MARKUP])
def test_nothing_invisible_is_left(text: str) -> None:
    for made in (clean_text(text), plain_prose(text), read(text).text):
        assert not {unicodedata.category(c) for c in made if c not in "\n\t"} & {
            "Cc", "Cf", "Cs", "Co", "Zl", "Zp",
        }  # fmt: skip


def test_joiners_that_a_script_needs_are_kept() -> None:
    assert clean_text("می‌خواهم") == "می‌خواهم"


@pytest.mark.parametrize("attack", FORMULAS)
def test_a_formula_is_words(attack: str) -> None:
    assert neutralise_formula(attack).startswith("'") or not RUNS.match(attack)


@pytest.mark.parametrize("attack", FORMULAS)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_cell_is_a_formula_whatever_separator_the_reader_has_set(attack, separator) -> None:
    """The CSV of a cell, split as another locale splits it, line by line without quotation."""
    out = io.StringIO()
    csv.writer(out).writerow(["Luton", neutralise_formula(attack), "end"])
    cells = [cell for line in out.getvalue().splitlines() for cell in line.split(separator)]
    assert not [cell for cell in cells if re.match(r"^[\s\"]*[=+\-@＝＋－＠]", cell)]


@pytest.mark.parametrize("text", ["-5", "+5", "−5", "1,234.5%", "-3.5", "12"])
def test_a_plain_number_stays_a_number(text: str) -> None:
    assert neutralise_formula(text) == text


@pytest.mark.parametrize("text", ["Fell by a third", "x = 5", "see e-mail", "a - b", "• item"])
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert neutralise_formula(text) == text


@given(st.text(max_size=60))
def test_neutralising_leaves_no_formula_at_the_start(text: str) -> None:
    made = neutralise_formula(text)
    assert not RUNS.match(made) or re.fullmatch(r"[+\-]?\d[\d,]*(\.\d+)?%?", made)


@pytest.mark.parametrize("text", ["*" * 20_000, "*a " * 8_000, "- " * 3_000, "_*" * 8_000])
def test_a_hostile_pile_of_marks_is_read_to_its_end(text: str) -> None:
    assert_harmless(read(text))
