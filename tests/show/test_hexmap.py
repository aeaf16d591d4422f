"""The hexagon map: every authority in its place, nothing told by colour alone."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import pytest

from slinb.errors import ParameterError
from slinb.show.hexmap import HexCell, hexmap_html
from tests.show.finding_tables import EAST, ESSEX, LUTON, read, text_of

CELLS = {
    LUTON.code: HexCell("27.1%", "▲ worse", "w1", "luton.html"),
    ESSEX.code: HexCell("c", "withheld"),
}


def draw(cells=None, areas=EAST, **more):
    made = CELLS if cells is None else cells
    return read(hexmap_html(made, areas, title="One differs", alt="Luton is worse.", **more))


def centres(soup) -> dict[str, tuple[float, float]]:
    found = {}
    for shape, words in zip(soup.select("polygon"), soup.select("g.t"), strict=True):
        corners = [tuple(map(float, p.split(","))) for p in shape["points"].split()]
        names = "".join(t.text for t in words.select("text")[:-2]).replace("-shire", "shire")
        found[names] = tuple(sum(axis) / 6 for axis in zip(*corners, strict=True))
    return found


def test_every_authority_has_a_place_of_its_own_that_touches_another() -> None:
    places = list(centres(draw({})).values())
    assert len(places) == len(EAST)
    apart = [math.dist(a, b) for a, b in itertools.combinations(places, 2)]
    # Two hexagons of side 50 side by side stand √3 · 50 from centre to centre.
    assert min(apart) == pytest.approx(math.sqrt(3) * 50, abs=0.2)
    for place in places:
        assert any(math.dist(place, p) < 90 for p in places if p != place)


def test_north_is_up_and_east_is_right() -> None:
    at = centres(draw({}))
    assert at["Norfolk"][1] < at["Suffolk"][1] < at["Essex"][1] < at["Southend-on-Sea"][1]
    assert at["Bedford"][0] < at["Luton"][0] < at["Essex"][0]


def test_a_hexagon_says_its_figure_and_its_sign() -> None:
    soup = draw()
    link = soup.select_one('a[href="luton.html"]')
    assert link["aria-label"] == "Luton: 27.1%, ▲ worse"
    assert [t.text for t in link.select("text")] == ["Luton", "27.1%", "▲ worse"]
    assert link.polygon["class"] == ["h", "w1"]


def test_the_table_behind_it_says_the_same() -> None:
    soup = draw()
    rows = {
        text_of(tr.th): [text_of(td) for td in tr.select("td")] for tr in soup.select("tbody tr")
    }
    assert rows["Luton"] == ["27.1%", "▲ worse"]
    assert rows["Essex"] == ["c", "withheld"]
    assert rows["Norfolk"] == ["–", "no figure"] and len(rows) == len(EAST)


def test_it_has_words_for_who_does_not_see_it() -> None:
    svg = draw({}).svg
    assert (svg["role"], svg["aria-label"]) == ("img", "Luton is worse.")
    assert draw().svg["role"] == "group"  # links within an image would be lost


def test_words_are_escaped() -> None:
    soup = draw({LUTON.code: HexCell("<script>", "<b>", href="javascript:x")}, key="m")
    assert not soup.find_all(["script", "b"])


def test_a_place_that_is_missing_or_taken_is_named() -> None:
    with pytest.raises(ParameterError, match="Luton"):
        draw({}, [replace(LUTON, hexagon=None), ESSEX])
    with pytest.raises(ParameterError, match="two of the authorities"):
        draw({}, [LUTON, replace(ESSEX, hexagon=LUTON.hexagon)])
