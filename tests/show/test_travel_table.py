"""Direction of travel: real changes with both figures, and nobody left unsaid."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from slinb.errors import SchemaError
from slinb.schema import TRAVEL
from slinb.show.travel_table import travel_html
from tests.show.finding_tables import (
    EAST,
    HIGHER,
    LOWER,
    NEITHER,
    QUARTER,
    REGION,
    read,
    text_of,
)

CODES = {area.name: area.code for area in [*EAST, REGION]}
MEASURES = [LOWER, HIGHER, NEITHER]


def travel(measure, moves: dict[str, tuple[str, float, float]], since="a year ago", notes=()):
    """Rows of every authority: those named moved so, the others not; ``notes`` says who lacks."""
    absent = dict(notes)
    rows = []
    for area in EAST:
        direction, before, now = moves.get(area.name, ("no real change", 20.0, 20.1))
        if area.name in absent:
            direction, before, now = "not compared", math.nan, math.nan
        rows.append((area.code, direction, before, now, absent.get(area.name, "")))
    rows += [(CODES[n], *move, "") for n, move in moves.items() if n == REGION.name]
    return TRAVEL.from_rows(
        [
            {
                "area": code,
                "measure": measure.id,
                "period": QUARTER.id,
                "since": since,
                "value": now,
                "value_before": before,
                "change": now - before,
                "direction": direction,
                "note": note,
            }
            for code, direction, before, now, note in rows
        ]
    )


def page(*tables, measures=MEASURES):
    html = travel_html(pd.concat(tables, ignore_index=True), measures, EAST, region=REGION)
    return read(html)


def cells(soup, measure) -> list[str]:
    row = next(r for r in soup.select("tbody tr") if r.th.text.startswith(measure.short))
    return [text_of(td) for td in row.select("td")]


def test_a_real_change_is_said_with_its_polarity_and_both_figures() -> None:
    soup = page(
        travel(LOWER, {"Luton": ("worsened", 24.0, 27.1), "Essex": ("improved", 19.0, 16.5)})
    )
    (cell,) = cells(soup, LOWER)
    assert cell.replace("\N{NO-BREAK SPACE}", " ") == (
        "▲ worsened Luton 24.0% to 27.1% ▼ improved Essex 19.0% to 16.5% No real change: 9 others."
    )
    assert [sign["class"][1] for sign in soup.select(".sign")] == ["w1", "b1"]
    assert "lower is better" in soup.select_one("tbody tr:not(.domain) th").text


def test_without_polarity_a_figure_rises_or_falls() -> None:
    soup = page(travel(NEITHER, {"Luton": ("fell", 70.0, 60.0)}))
    assert cells(soup, NEITHER)[0].startswith("▼ fell Luton")
    assert soup.select_one(".sign")["class"] == ["sign", "n1"]


def test_both_comparisons_stand_side_by_side() -> None:
    soup = page(travel(LOWER, {}), travel(LOWER, {"Luton": ("worsened", 1.0, 9.0)}, "last quarter"))
    heads = [th.text for th in soup.select("thead th")]
    assert heads == ["Measure", "Since a year ago", "Since last quarter"]
    assert cells(soup, LOWER)[0] == "No real change."
    labels = [td["data-label"] for td in soup.select("tbody tr:not(.domain) td")]
    assert labels == ["Since a year ago", "Since last quarter"]


def test_who_could_not_be_compared_is_named_with_the_reason() -> None:
    soup = page(travel(LOWER, {}, notes={"Thurrock": "no figure now"}), travel(HIGHER, {}))
    assert cells(soup, LOWER) == ["No real change. Thurrock: no figure now."]


def test_who_was_compared_on_nothing_is_named_once() -> None:
    tables = [travel(m, {}, notes={"Thurrock": "no figure now"}) for m in MEASURES]
    soup = page(*tables)
    assert "Not compared on any measure: Thurrock." in soup.caption.text
    assert soup.text.count("Thurrock") == 1


def test_an_authority_without_a_row_is_said_to_have_no_figure() -> None:
    rows = travel(LOWER, {})
    soup = page(rows[rows["area"] != CODES["Luton"]], travel(HIGHER, {}))
    assert cells(soup, LOWER) == ["No real change. Luton: no figure."]


def test_a_measure_that_nobody_can_be_compared_on_says_why_once() -> None:
    notes = {area.name: "no interval: a figure without two counts behind it" for area in EAST}
    soup = page(travel(LOWER, {}, notes=notes), travel(HIGHER, {}))
    assert cells(soup, LOWER) == [
        "Not compared: no interval: a figure without two counts behind it."
    ]


def test_the_lead_counts_authorities_and_not_the_region() -> None:
    moves = {
        "Luton": ("worsened", 1.0, 9.0),
        "Essex": ("improved", 9.0, 1.0),
        REGION.name: ("worsened", 19.0, 20.0),
    }
    soup = page(travel(LOWER, moves, notes={"Thurrock": "no figure now"}))
    assert soup.select_one("p.big").text == (
        "Since a year ago 2 of 10 figures really changed: 1 worsened and 1 improved."
    )
    assert "East of England 19.0%" in cells(soup, LOWER)[0].replace("\N{NO-BREAK SPACE}", " ")


def test_measures_without_a_move_can_be_hidden_and_are_counted() -> None:
    soup = page(travel(LOWER, {"Luton": ("worsened", 1.0, 9.0)}), travel(HIGHER, {}))
    assert len(soup.select("tr.still")) == 1
    assert soup.label.text == "Hide the one measure on which nobody really changed"


def test_there_is_no_switch_that_would_hide_everything_or_nothing() -> None:
    assert page(travel(LOWER, {})).label is None
    assert page(travel(LOWER, {"Luton": ("worsened", 1.0, 9.0)})).label is None


def test_a_change_too_small_for_the_usual_decimals_is_still_seen() -> None:
    soup = page(travel(LOWER, {"Luton": ("worsened", 20.01, 20.04)}))
    assert "20.01%\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}20.04%" in soup.text


def test_nothing_to_compare_is_said() -> None:
    soup = page(travel(LOWER, {}))
    assert soup.select_one("p.big").text == "Since a year ago none of 11 figures really changed."
    empty = read(travel_html(TRAVEL.empty(), MEASURES, EAST))
    assert "no earlier figure" in empty.text and not empty.select("table")


def test_a_table_without_its_columns_is_refused() -> None:
    with pytest.raises(SchemaError, match="travel"):
        travel_html(pd.DataFrame({"area": ["x"]}), MEASURES, EAST)
