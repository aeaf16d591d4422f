"""Funnels: the finding in the title, every authority by name, and the rug's judgement."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from slinb.analyse.comparison import compare
from slinb.analyse.funnels import compute_funnel, draw_funnel_curve
from slinb.analyse.points import compute_points
from slinb.catalogue.areas import DEFAULT_REGION, load_areas
from slinb.catalogue.measures import load_measures
from slinb.errors import SchemaError
from slinb.schema import FUNNEL
from slinb.show.funnel_charts import funnels_html
from slinb.show.funnel_explore import funnel_figure
from slinb.show.funnel_words import list_funnels, say_funnel
from slinb.show.labels import Box
from tests.show.finding_tables import (
    EAST,
    LOWER,
    NEITHER,
    make_comparison,
    read,
    text_of,
)

SIZES = [600, 700, 145, 190, 820, 760, 180, 640, 250, 140, 560]


def funnel(shares, measure=LOWER, sizes=SIZES, centre=20.0, **more) -> pd.DataFrame:
    """The funnel of eleven authorities with these figures, judged as the funnel stands."""
    rows = []
    for area, share, size in zip(EAST, shares, sizes, strict=True):
        half = 1.96 * math.sqrt(centre * (100 - centre) / size)
        wide = half / 1.96 * 3.09
        low, high = ("better", "worse") if measure.polarity == "lower" else ("lower", "higher")
        side = low if share < centre else high
        rows.append(
            {
                "area": area.code,
                "numerator": share * size / 100,
                "denominator": float(size),
                "value": share,
                "benchmark_value": centre,
                "judgement": side if abs(share - centre) > half else "similar",
                "judgement_998": side if abs(share - centre) > wide else "similar",
                **more,
            }
        )
    return compute_funnel(make_comparison(rows, measure), [measure])


def page(table, measure=LOWER, **more):
    curves = {measure.id: draw_funnel_curve(table, measure)}
    return read(funnels_html(table, curves, [measure], EAST, **more))


ALIKE = [20, 21, 20, 19, 20, 21, 19, 20, 20, 19, 20]
#: Bedford low and Cambridgeshire high, both beyond 99.8%, the others alike.
TWO = [13.0, 26.5, *ALIKE[2:]]
WILD = [5, 35] * 5 + [5]


@pytest.fixture(scope="module")
def two() -> BeautifulSoup:
    """The page of a funnel on which two authorities differ."""
    return page(funnel(TWO))


def test_the_title_says_who_differs_and_the_notes_which_way(two) -> None:
    panel = two.select_one(".panel")
    title = "Two authorities differ from the region on re-referrals within 12 months"
    assert panel.h3.text == title
    notes = panel.select_one(".notes p").text
    assert "Worse: Cambridgeshire. Better: Bedford." in notes
    assert notes.startswith("Lower is better.")
    assert two.svg["aria-label"].startswith(f"{title}. Worse: Cambridgeshire. Better: Bedford.")


def test_repeat_plans_of_2025_differ_for_four_authorities(pack: pd.DataFrame) -> None:
    """Issue 3: "on repeat child protection plans in 2025 only 4 of the 11 authorities differ";
    field.md, trap 19: Cambridgeshire high, Central Bedfordshire, Norfolk and Southend low."""
    measures, areas = load_measures(), load_areas()
    measure = measures["cp_repeat_pct"]
    points = compute_points(pack[pack["measure"].eq(measure.id)], [measure])
    comparison = compare(points, [measure], areas, DEFAULT_REGION, benchmarks=["region"])
    table = compute_funnel(comparison[comparison["period"].eq("2024-25")], [measure])
    soup = page(table, measure)
    assert soup.h3.text == "Four authorities differ from the region on repeat plans (ever)"
    notes = soup.select_one(".notes p").text
    assert "Worse: Cambridgeshire." in notes
    better = "Better: Norfolk, Central Bedfordshire and Southend-on-Sea."
    assert better in notes


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        (ALIKE, "No authority really differs from the region on"),
        ([13.0, *ALIKE[1:]], "Bedford differs from the region on"),
        ([5, 35] * 5 + [5], "All eleven authorities differ from the region on"),
    ],
)
def test_titles_count_as_people_do(shares, words) -> None:
    table = funnel(shares, sizes=[2000] * 11) if "All" in words else funnel(shares)
    (one,) = list_funnels(table, {}, [LOWER], EAST)
    assert say_funnel(one).startswith(words)


def read_labels(svg) -> dict[str, Box]:
    """Return where each word of a drawing stands, by widths of half its size a letter."""
    boxes = {}
    for tag in svg.find_all("text"):
        x, y = float(tag["x"]), float(tag["y"])
        boxes[tag.text] = Box(x, y - 9, x + 6.2 * len(tag.text), y)
    return boxes


def test_every_authority_is_named_and_no_name_covers_another() -> None:
    soup = page(funnel(ALIKE, sizes=[150, 155, 160, 165, 170, 700, 720, 740, 300, 310, 900]))
    labels = read_labels(soup.svg)
    names = {area.name for area in EAST}
    assert names <= set(labels)
    shown = [labels[name] for name in sorted(names)]
    assert not any(one.overlaps(other) for one, other in itertools.combinations(shown, 2))


def read_points(svg) -> list[tuple[str, float, float]]:
    """Return the fill and place of each point."""
    found = []
    for use in svg.find_all("use"):
        style = use.get("style") or use.parent.get("style", "")
        fill = re.search(r"fill: var\(--([\w-]+)\)", style)
        found.append((fill[1] if fill else "", float(use["x"]), float(use["y"])))
    return found


def test_points_lie_to_scale_and_are_coloured_as_the_rug_judges(two) -> None:
    points = read_points(two.svg)
    assert len(points) == 11
    fills = sorted(fill for fill, _, _ in points)
    assert fills.count("better") + fills.count("worse") == 2  # both beyond 99.8%: filled
    by_x = sorted(points, key=lambda p: p[1])
    sizes = np.array(sorted(SIZES), dtype=float)
    slope, start = np.polyfit(sizes, [p[1] for p in by_x], 1)
    assert np.abs(slope * sizes + start - [p[1] for p in by_x]).max() < 0.11
    values = np.array(sorted(TWO))
    drawn = sorted((p[2] for p in points), reverse=True)
    slope, start = np.polyfit(values, drawn, 1)
    assert slope < 0 and np.abs(slope * values + start - drawn).max() < 0.11


def test_a_difference_at_95_per_cent_only_is_hollow() -> None:
    table = funnel([16.5, *ALIKE[1:]])
    assert table["judgement_998"].iloc[0] == "similar" and table["outside"].iloc[0]
    svg = page(table).svg
    assert {fill for fill, _, _ in read_points(svg)} == {"paper"}
    assert "stroke: var(--better)" in str(svg)


def test_overdispersion_is_said_and_drawn_only_where_it_is_material() -> None:
    tables = [funnel(WILD), funnel(ALIKE)]
    wild, calm = (page(table) for table in tables)
    for table, soup in zip(tables, (wild, calm), strict=True):
        assert f"φ = {table['phi'].iloc[0]:,.1f}" in soup.select_one(".notes p").text
    assert "Outside those too:" in wild.select_one(".notes p").text
    assert "95% wide" in wild.svg.text and "stroke-dasharray" in str(wild.svg)
    assert "wide" not in calm.svg.text and "stroke-dasharray" not in str(calm.svg)


def test_who_has_no_place_is_named_with_the_reason() -> None:
    table = funnel(TWO)
    table.loc[3, ["value", "numerator", "denominator"]] = math.nan
    table.loc[3, "note"] = "no figure: suppressed"
    table.loc[3, ["judgement", "judgement_998"]] = "not compared"
    table.loc[3, "outside"] = False
    soup = page(table)
    assert f"{EAST[3].name}: no figure: suppressed." in soup.select_one(".notes p").text
    assert EAST[3].name not in soup.svg.text
    assert "Funnel of 10 authorities" in soup.svg["aria-label"]
    cell = soup.find("th", string=EAST[3].name).parent
    assert [td.text for td in cell.select("td")][:2] == ["–", "–"]


def test_a_rate_that_the_rug_and_the_exact_limits_part_on_says_who_decides() -> None:
    table = funnel(ALIKE, NEITHER, sizes=[90_000] * 11, centre=20.0)
    table["disagrees"] = [i == 0 for i in range(11)]
    notes = page(table, NEITHER).select_one(".notes p").text
    assert "Bedford: at the very edge, where the rug's interval decides" in notes


def test_the_table_behind_a_chart_holds_figures_counts_and_limits(two) -> None:
    row = two.select_one(".panel table").find("th", string="Cambridgeshire").parent
    cells = [td.text for td in row.select("td")]
    assert cells[0] == "26.5%" and cells[1] == "185.5 of 700"
    heads = [th.text for th in two.select_one(".panel table thead").select("th")]
    assert re.fullmatch(r"Counts, .*20\d\d(?:-\d\d)?", heads[2])  # a count is of its own time
    # 20 ± 1.959964 √(20·80/700) and 20 ± 3.090232 √(20·80/700)
    assert cells[2] == "17.0% to 23.0%" and cells[3] == "15.3% to 24.7%"
    assert cells[4] == "▲▲ worse (99.8% limits)"
    assert text_of(two.select_one(".panel tfoot")).startswith("The region 20.0%")


def test_measures_without_a_chart_stand_in_the_table() -> None:
    table = funnel(TWO)
    soup = read(funnels_html(table, {}, [LOWER], EAST))
    assert not soup.select(".panel")
    cell = soup.select_one('[data-label="Outside"]')
    assert text_of(cell) == "▲ worse Cambridgeshire (99.8% limits) ▼ better Bedford (99.8% limits)"
    assert soup.select_one('[data-label="Spread"]').text.startswith("φ = ")


def test_the_lead_counts_the_figures_outside(two) -> None:
    lead = two.select_one("p.big").text
    assert lead.startswith("On one measure, 2 of 11 figures lie outside their funnel")


@pytest.mark.parametrize(
    ("shares", "centre"),
    [([0.0] * 11, 0.0), ([100.0] * 11, 100.0), ([20.0] * 11, 20.0)],
    ids=["all zero", "all hundred", "all equal"],
)
def test_a_funnel_without_room_is_drawn_without_a_sentinel(shares, centre) -> None:
    table = funnel(shares, sizes=SIZES, centre=centre)
    soup = page(table)
    assert "nan" not in str(soup.svg)
    assert len(read_points(soup.svg)) == 11
    assert soup.h3.text.startswith("No authority really differs")


def test_no_figure_and_no_funnel_are_said() -> None:
    table = funnel(TWO)
    table[["value", "denominator"]] = math.nan
    table["outside"] = False
    table["note"] = "no figure: missing"
    soup = page(table)
    assert not soup.select(".panel")
    assert text_of(soup.select_one('[data-label="Outside"]')) == "nobody No figure: missing."
    empty = read(funnels_html(FUNNEL.empty(), {}, [LOWER], EAST))
    assert empty.select_one("p.big").text == "No measure has a funnel yet."


def test_the_same_table_gives_the_same_bytes_in_any_order_of_rows() -> None:
    table = funnel(TWO)
    shuffled = table.sample(frac=1, random_state=2)
    curve = {LOWER.id: draw_funnel_curve(table, LOWER)}
    first = str(funnels_html(table, curve, [LOWER], EAST))
    assert str(funnels_html(shuffled, curve, [LOWER], EAST)) == first


def test_a_chart_and_its_table_are_small_enough_for_thirty_on_a_page() -> None:
    html = str(page(funnel(WILD)).select_one(".panel"))
    assert len(html.encode()) < 11_500


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="funnel"):
        funnels_html(pd.DataFrame({"area": ["x"]}), {}, [LOWER], EAST)


def test_the_interactive_figure_shows_the_same_points() -> None:
    table = funnel(TWO)
    figure = funnel_figure(table, draw_funnel_curve(table, LOWER), LOWER, EAST)
    points = figure.data[-1]
    assert list(points.y) == TWO and list(points.x) == SIZES
    assert points.marker.symbol[:3] == ("triangle-down", "triangle-up", "circle")
    title = figure.layout.title.text.replace("<br>", " ")
    assert title.startswith("Two authorities differ from the region on re-referrals within 12")
    assert points.hovertext[1].startswith("Cambridgeshire: 26.5%, 185.5 of 700, ▲▲ worse")
    empty = funnel_figure(FUNNEL.empty(), draw_funnel_curve(table, LOWER), LOWER, EAST)
    assert empty.layout.title.text.startswith("No figure to compare")


def test_period_and_sizes_are_named(two) -> None:
    notes = two.select_one(".notes p").text
    assert "Upwards: per cent, 12 months to 31 December 2025." in notes
    assert "To the right: referrals." in notes
