"""A figure leads back to its cells: one, or the four quarters of a twelve-month figure."""

from __future__ import annotations

import pandas as pd

from slinb.analyse.points import compute_quarterly_points
from slinb.batch.trace import describe_trace, hide_withheld, list_windows, trace_figure
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Period
from slinb.schema import OBSERVATIONS

AREAS, MEASURES = load_areas(), load_measures()
BEDFORD = AREAS["E06000055"]
LAST = Period.parse("2025-26-Q3")


def take(basis: str, shown: str) -> Measure:
    counted = next(m for m in MEASURES.quarterly() if m.basis == "quarter" and m.uses_population)
    return counted.model_copy(update={"basis": basis, "shown": shown})


def write(measure: Measure, quarters: list[Period], codes: list[str]) -> pd.DataFrame:
    """One observation a quarter and area: in Q3 of 2025-26 they are 3 above and sit in row 3."""
    rows = [
        {
            "area": code, "period": q.id, "measure": measure.id, "numerator": 100.0 * q.quarter,
            "denominator": 1000.0, "value": 1.0, "status": "provisional", "sent": f"{q.quarter}00",
            "file": f"{q.id}.xlsx", "sheet": "Front door", "cell": f"E{q.quarter}",
            "publisher": AREAS[code].name, "release": "return",
        }
        for code in codes for q in quarters
    ]  # fmt: skip
    return OBSERVATIONS.conform(pd.DataFrame(rows), fill=True)


def test_a_snapshot_comes_from_one_cell() -> None:
    measure = take("snapshot", "snapshot")
    found = trace_figure(write(measure, [LAST], [BEDFORD.code]), measure, BEDFORD, LAST, AREAS)
    assert found[["role", "period", "file", "sheet", "cell"]].to_numpy().tolist() == [
        ["stated", "2025-26-Q3", "2025-26-Q3.xlsx", "Front door", "E3"]
    ]


def test_a_twelve_month_figure_comes_from_four_quarters() -> None:
    measure = take("quarter", "rolling12")
    quarters = LAST.shift(-7).to(LAST)
    rows = write(measure, quarters, [BEDFORD.code])
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    assert found["period"].tolist() == ["2024-25-Q4", "2025-26-Q1", "2025-26-Q2", "2025-26-Q3"]
    assert found["cell"].tolist() == ["E4", "E1", "E2", "E3"]
    assert set(found["role"]) == {"added"}
    shown = compute_quarterly_points(rows, [measure], [LAST])
    assert shown["numerator"].tolist() == [found["numerator"].sum()]


def test_a_twelve_month_figure_of_years_to_date_names_what_is_subtracted() -> None:
    measure = take("ytd", "rolling12")
    rows = write(measure, LAST.shift(-7).to(LAST), [BEDFORD.code])
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    assert found[["role", "period"]].to_numpy().tolist() == [
        ["subtracted", "2024-25-Q3"], ["added", "2024-25-Q4"], ["added", "2025-26-Q1"],
        ["added", "2025-26-Q2"], ["added", "2025-26-Q3"],
    ]  # fmt: skip
    # 400 - 300 of last year, and 300 to date of this: what the report shows.
    assert compute_quarterly_points(rows, [measure], [LAST])["numerator"].tolist() == [400.0]


def test_a_year_to_date_that_begins_with_the_year_has_nothing_before_it() -> None:
    measure, last = take("ytd", "rolling12"), Period.parse("2025-26-Q4")
    assert [role for role, _ in list_windows(measure, last)] == ["added"] * 4


def test_a_quarter_that_was_never_sent_is_said_so() -> None:
    measure = take("quarter", "rolling12")
    rows = write(measure, LAST.shift(-1).to(LAST), [BEDFORD.code])
    text = describe_trace(trace_figure(rows, measure, BEDFORD, LAST, AREAS), measure, AREAS)
    assert "added      Bedford, 2024-25-Q4: never sent" in text
    assert (
        "added      Bedford, 2025-26-Q3: 300 of 1,000 (Bedford, return; 2025-26-Q3.xlsx, "
        "sheet “Front door”, cell E3, sent as “300”)"
    ) in text


def test_a_regions_figure_comes_from_the_cells_of_all_its_authorities() -> None:
    measure = take("snapshot", "snapshot")
    region = AREAS[BEDFORD.parent]
    codes = [a.code for a in AREAS.authorities(region.code)]
    found = trace_figure(write(measure, [LAST], codes), measure, region, LAST, AREAS)
    assert found["area"].tolist() == codes
    assert found["file"].notna().all()


def test_an_official_figure_leads_to_its_publication(pack: pd.DataFrame) -> None:
    row = pack[pack["area"].eq(BEDFORD.code) & pack["value"].notna()].iloc[0]
    found = trace_figure(
        pack, MEASURES[row["measure"]], BEDFORD, Period.parse(row["period"]), AREAS
    )
    assert found["role"].tolist() == ["stated"]
    assert found[["file", "cell", "value"]].iloc[0].tolist() == [
        row["file"], row["cell"], row["value"]
    ]  # fmt: skip


def hold(*told: tuple[str, float | None]) -> pd.DataFrame:
    """Each quarter of Bedford by itself as the public edition has it: None is suppressed."""
    rows = [
        {"area": BEDFORD.code, "period": quarter, "measure": take("ytd", "ytd").id,
         "numerator": count, "value": count}
        for quarter, count in told
    ]  # fmt: skip
    return OBSERVATIONS.conform(pd.DataFrame(rows), fill=True)


def test_a_public_trace_tells_only_what_the_public_edition_tells() -> None:
    measure = take("quarter", "rolling12")
    rows = write(measure, LAST.shift(-3).to(LAST), [BEDFORD.code])
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    public = hold(("2024-25-Q4", 400.0), ("2025-26-Q1", None), ("2025-26-Q2", 200.0))
    text = describe_trace(hide_withheld(found, public, measure), measure, AREAS)
    lines = text.splitlines()[1:]
    assert "400 of 1,000" in lines[0]
    assert "not told in the public edition" in lines[1]
    assert "200 of 1,000" in lines[2]
    # Of the last quarter the public edition says nothing at all.
    assert "not told in the public edition" in lines[3]
    assert "sent as" not in text
    assert "100" not in lines[1].replace("2025", "")


def test_a_year_to_date_is_not_told_where_one_of_its_quarters_is_withheld() -> None:
    measure = take("ytd", "rolling12")
    rows = write(measure, LAST.shift(-7).to(LAST), [BEDFORD.code])
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    told = ("2025-26-Q1", 100.0), ("2025-26-Q3", 100.0)
    hidden = hide_withheld(found, hold(*told, ("2025-26-Q2", None)), measure)
    assert hidden["numerator"].isna().tolist() == [True, True, False, True, True]
    shown = hide_withheld(found, hold(*told, ("2025-26-Q2", 100.0)), measure)
    assert shown["numerator"].tolist()[2:] == [100.0, 200.0, 300.0]
    # The quarters add up to another count: what lies there now is not what was published.
    other = hide_withheld(found, hold(*told, ("2025-26-Q2", 103.0)), measure)
    assert other["numerator"].isna().tolist() == [True, True, False, True, True]


def test_a_count_sent_since_is_not_told_for_the_one_that_was_published() -> None:
    """Published was 7, which is suppressed no more than 300; collected again it is 3."""
    measure = take("snapshot", "snapshot")
    rows = write(measure, [LAST], [BEDFORD.code]).assign(numerator=3.0)
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    assert hide_withheld(found, hold((LAST.id, 3.0)), measure)["numerator"].tolist() == [3.0]
    hidden = hide_withheld(found, hold((LAST.id, 7.0)), measure)
    assert hidden[["numerator", "denominator", "value"]].isna().all(axis=None)


def test_without_a_public_edition_no_count_is_told() -> None:
    measure = take("snapshot", "snapshot")
    rows = write(measure, [LAST], [BEDFORD.code])
    found = trace_figure(rows, measure, BEDFORD, LAST, AREAS)
    hidden = hide_withheld(found, OBSERVATIONS.empty(), measure)
    assert hidden[["numerator", "denominator", "value"]].isna().all(axis=None)
    assert hidden["cell"].tolist() == ["E3"]
