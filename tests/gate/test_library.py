"""Plotly's own bundle is not read; one byte more, and it is read as any script."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from plotly.offline import get_plotlyjs

from slinb.gate.folder import Gate
from slinb.gate.library import is_library
from slinb.gate.passages import Level, Passages
from slinb.gate.script import read_script
from tests.gate import kit

BUNDLE = get_plotlyjs().replace("\r\n", "\n")
FIGURES = 'var own={"area":"Bedford","measure":"cp_neglect_pct","period":"2025-26-Q3","n":3};'


@pytest.fixture(scope="module")
def gate() -> Gate:
    return kit.open_test_gate()


def write_page(*scripts: str) -> str:
    return f"<h2>Bedford</h2>{''.join(f'<script>{text}</script>' for text in scripts)}"


def read_end(text: str, place: str, levels: tuple[Level, ...] = ()) -> Passages:
    """Read the end of a script only: all five megabytes take ten seconds."""
    return read_script(text[-1000:], place, levels)


def test_the_bundle_with_one_figure_appended_is_refused(
    gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("slinb.gate.page.read_script", read_end)
    found = gate.find_leaks("page.html", write_page(BUNDLE + FIGURES))
    assert [leak.found for leak in found] == ["numerator"]


def test_a_figure_beside_the_bundle_is_found(gate: Gate) -> None:
    found = gate.find_leaks("page.html", write_page(BUNDLE, FIGURES))
    assert [leak.found for leak in found] == ["numerator"]
    named = write_page(BUNDLE).replace("<script>", "<script title='Plans for neglect: 3 of 86'>")
    assert {leak.found for leak in gate.find_leaks("page.html", named)} == {
        "numerator",
        "denominator",
    }


def test_the_bundle_itself_is_not_read(gate: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def read(text: str, *_: object) -> Iterator[object]:
        seen.append(len(text))
        return iter(())

    monkeypatch.setattr("slinb.gate.page.read_script", read)
    assert gate.find_leaks("page.html", write_page(BUNDLE)) == []
    assert seen == []
    gate.find_leaks("page.html", write_page(f"{BUNDLE} "))
    assert seen == [len(BUNDLE) + 1]


@pytest.mark.parametrize(
    "text",
    [
        BUNDLE[1:],
        BUNDLE + "3",
        BUNDLE.replace("function", "Function", 1),
        "\ud800" * 1_000_001,
        "",
    ],
    ids=["cut", "longer", "altered", "no text that can be written", "empty"],
)
def test_what_differs_is_no_library(text: str) -> None:
    assert is_library(BUNDLE)
    assert not is_library(text)
