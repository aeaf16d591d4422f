"""Small drawings: short, the same each time, and nothing lost on the way."""

from __future__ import annotations

import re

from slinb.show.drawings import measure_text, open_axes, shorten_svg, write_svg
from slinb.show.theme import COLOURS, colour

ALT = "Luton rose from 19.25% to 27.125% & stayed <there>"


def draw(alt: str = ALT) -> str:
    with open_axes(100) as axes:
        axes.plot([10, 300], [20.123, 80.456], color=colour("series-1"), clip_on=False)
        dots = {"ls": "", "marker": "o", "ms": 4, "mew": 0, "clip_on": False}
        axes.plot([10, 50], [20, 30], color=colour("worse"), **dots)
        axes.text(5, 90, "27.125% latest", color=colour("ink"), fontsize=12.5)
        return str(write_svg(axes, alt))


def test_a_drawing_keeps_its_words_as_they_were() -> None:
    svg = draw()
    assert "27.125% latest</text>" in svg
    assert "from 19.25% to 27.125% &amp; stayed &lt;there&gt;" in svg


def test_a_drawing_lies_in_its_own_points_to_a_tenth() -> None:
    path = re.search(r'<path d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"', draw())
    found = [float(part) for part in path.groups()]
    # y runs downwards in SVG
    for place, wanted in zip(found, [10, 100 - 20.123, 300, 100 - 80.456], strict=True):
        assert abs(place - wanted) <= 0.05


def test_a_drawing_is_short_and_the_same_each_time() -> None:
    svg = draw()
    assert draw() == svg
    assert "  " not in svg and "<!--" not in svg and "<g>" not in svg
    assert svg.count("<g") == svg.count("</g>")
    assert len(svg) < 1500


def test_a_drawing_has_the_pages_colours_only() -> None:
    svg = draw()
    assert not {token.light for token in COLOURS.values()} & set(re.findall(r"#\w{6}", svg))
    assert "var(--series-1)" in svg and "var(--worse)" in svg


def test_two_drawings_share_no_id_and_every_reference_is_kept() -> None:
    one, other = draw(), draw("Another finding")
    ids = [set(re.findall(r'\bid="([^"]+)"', svg)) for svg in (one, other)]
    assert ids[0] and not ids[0] & ids[1]
    assert set(re.findall(r'href="#([^"]+)"', one)) == ids[0]


def test_shorten_svg_unwraps_only_groups_that_say_nothing() -> None:
    svg = '<svg><g id="a"><g style="fill: red"><g id="b"> <path d="M 1 2"/></g></g></g></svg>'
    assert '<g style="fill: red"><path d="M1 2"/></g></svg>' in shorten_svg(svg)


def test_styles_that_neighbours_share_are_written_once() -> None:
    assert draw().count("var(--worse)") == 1


def test_measure_text_grows_with_the_text() -> None:
    assert measure_text("") == 0
    assert measure_text("Luton") < measure_text("Luton", bold=True) < measure_text("Peterborough")
