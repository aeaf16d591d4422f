"""Where twelve months come from: the cells of four returns, named once where they are the same."""

from __future__ import annotations

import pandas as pd

from slinb.analyse.places import say_window_places
from slinb.analyse.points import compute_quarterly_points
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS

MEASURES = load_measures()
QUARTERS = ["2024-25-Q3", "2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3"]
EVENTS = next(m for m in MEASURES.quarterly() if m.basis == "quarter" and m.shown == "rolling12")
TO_DATE = next(m for m in MEASURES.quarterly() if m.basis == "ytd" and m.shown == "rolling12")


def rows(measure, cells: dict[str, tuple[str, str]] | None = None) -> pd.DataFrame:
    places = cells or {}
    return pd.DataFrame(
        {
            "area": "E06000032",
            "measure": measure.id,
            "period": QUARTERS,
            "ordinal": [Period.parse(q).ordinal for q in QUARTERS],
            "sheet": [places.get(q, ("Front door", "E8:F8"))[0] for q in QUARTERS],
            "cell": [places.get(q, ("Front door", "E8:F8"))[1] for q in QUARTERS],
        }
    )


def say(measure, **cells: tuple[str, str]) -> str:
    named = {name.replace("_", "-").removeprefix("q"): place for name, place in cells.items()}
    return say_window_places(rows(measure, named), {measure.id: measure}).iloc[-1]


def test_the_same_cell_of_four_returns_is_named_once() -> None:
    assert say(EVENTS) == "E8:F8, and there in the returns of 2025-26-Q2, 2025-26-Q1, 2024-25-Q4"


def test_a_cell_that_lay_elsewhere_is_named() -> None:
    told = say(EVENTS, q2025_26_Q1=("Front door", "E9:F9"))
    assert told == (
        "E8:F8, and there in the returns of 2025-26-Q2, 2024-25-Q4; 2025-26-Q1: Front door, E9:F9"
    )


def test_a_count_to_date_needs_the_return_before_as_well() -> None:
    """April to December less nothing, and January to March is the year less April to December."""
    assert say(TO_DATE).endswith("2025-26-Q2, 2025-26-Q1, 2024-25-Q4, 2024-25-Q3")


def test_without_a_place_nothing_is_said() -> None:
    """The public edition says of no cell where it stood in a return."""
    nowhere = dict.fromkeys(QUARTERS, ("", ""))
    assert set(say_window_places(rows(EVENTS, nowhere), {EVENTS.id: EVENTS})) == {""}


def test_the_points_of_a_quarter_carry_it_and_an_incomplete_window_its_own_cell() -> None:
    counts = {"numerator": 10.0, "denominator": 100.0, "status": "final", "value": 10.0}
    table = OBSERVATIONS.from_rows(
        [{**row, **counts} for row in rows(EVENTS).drop(columns="ordinal").to_dict("records")]
    )
    found = compute_quarterly_points(table, [EVENTS], map(Period.parse, QUARTERS))
    cells = dict(zip(found["period"], found["cell"], strict=True))
    assert cells["2025-26-Q3"].endswith("2025-26-Q2, 2025-26-Q1, 2024-25-Q4")
    assert cells["2024-25-Q3"] == "E8:F8"
