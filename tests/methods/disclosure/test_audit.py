"""The audit finds leaks made by hand, each of a kind that has fooled a publisher."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from slinb.methods.disclosure import (
    Audit,
    Publication,
    Settings,
    add_rates,
    add_sums,
    audit,
    combine,
    link,
    tabulate,
)
from tests.methods.disclosure.attacker import find_end, find_leaks, pose
from tests.methods.disclosure.tables import add_margins, make_cubes, make_regions


def list_areas(counts: list[object], total: object, **columns: object) -> Publication:
    names = ["Luton", "Essex", "Norfolk", "Suffolk"][: len(counts)]
    frame = pd.DataFrame({"area": [*names, "Total"], "count": [*counts, total]} | columns)
    return tabulate(frame, "plans")


def lay_grid(counts: list[list[int]], hidden: set[tuple[int, int]]) -> Publication:
    """A two-way table with its true margins, some of its cells suppressed."""
    full = add_margins(np.array(counts))
    rows, columns = full.shape
    frame = pd.DataFrame(
        [
            (
                f"r{i}" if i < rows - 1 else "Total",
                f"c{j}" if j < columns - 1 else "Total",
                "c" if (i, j) in hidden else full[i, j],
            )
            for i, j in np.ndindex(full.shape)
        ],
        columns=["row", "column", "count"],
    )
    return tabulate(frame, "grid")


def read(result: Audit) -> dict[str, tuple[str, float, float]]:
    rows = result.findings[["cells", "kind", "low", "high"]].itertuples(index=False)
    return {row.cells: (row.kind, row.low, row.high) for row in rows}


def test_one_suppressed_cell_in_a_row_is_found() -> None:
    assert read(audit(list_areas(["c", 40, 21], 64))) == {"plans|Luton": ("exact", 3, 3)}


def test_two_in_every_row_and_column_are_not_enough() -> None:
    # Rows 0 and 1 less columns 0 and 1 leave the cell (0, 2), though each line hides two or more.
    hidden = {(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)}
    grid = [[8, 9, 4, 30], [11, 7, 50, 60], [70, 80, 12, 9], [33, 44, 14, 15]]
    assert min(sum((i, j) in hidden for j in range(4)) for i in range(4)) == 2
    assert min(sum((i, j) in hidden for i in range(4)) for j in range(4)) == 2
    result = audit(lay_grid(grid, hidden))
    assert read(result) == {"grid|r0|c2": ("exact", 4, 4)}
    assert not result.passed


def test_two_tables_safe_alone_and_unsafe_together() -> None:
    need = pd.DataFrame({"need": ["neglect", "other", "Total"], "count": ["c", 40, "c"]})
    months = pd.DataFrame({"months": ["to 3", "over 3", "Total"], "count": [20, 23, 43]})
    by_need, by_months = tabulate(need, "by need"), tabulate(months, "by months")
    assert audit(by_need).passed
    assert audit(by_months).passed
    where = {"left_where": {"need": "Total"}, "right_where": {"months": "Total"}}
    together = link(combine(by_need, by_months), "by need", "by months", on=[], **where)
    assert read(audit(together))["by need|neglect"] == ("exact", 3, 3)


@pytest.mark.parametrize(
    ("total", "value"),
    [(22, 1), (30, 5)],  # two cells left with 2, or with 10
)
def test_cells_that_sum_to_k_or_5k_are_found(total: int, value: int) -> None:
    findings = audit(list_areas(["c", "c", 20], total), Settings(min_range=1)).findings
    found = findings[findings["kind"] == "sum"]
    assert found["cells"].tolist() == ["plans|Luton; plans|Essex"]
    assert found["low"].tolist() == [value]
    assert audit(list_areas(["c", "c", 20], 33)).passed


def test_a_sum_of_5k_that_several_equalities_give_is_found() -> None:
    # As above, with one more hidden cell: (0, 2) and (0, 3) are left with 10 between them.
    hidden = {(0, 0), (0, 1), (0, 2), (0, 3), (1, 0), (1, 1), (2, 2), (2, 3), (3, 2), (3, 3)}
    grid = [[8, 9, 4, 6], [11, 7, 50, 60], [70, 80, 12, 9], [33, 44, 14, 15]]
    found = read(audit(lay_grid(grid, hidden)))
    assert found == {"grid|r0|c2; grid|r0|c3": ("sum", 5, 5)}
    grid[0][3] = 7
    assert audit(lay_grid(grid, hidden)).passed


def test_a_figure_of_the_last_release_gives_this_one_away() -> None:
    last = list_areas([7, 40, 21], 68)
    now = list_areas(["c", 40, "c"], 68)
    assert audit(last).passed
    assert audit(now).passed
    found = read(audit(now, last=last))
    assert found["plans|Luton"] == ("exact", 7, 7)
    revised = replace(now, cells=now.cells.assign(revised=True))
    assert audit(revised, last=last).passed


def test_what_is_shown_now_gives_away_the_last_release() -> None:
    last, now = list_areas(["c", 40, "c"], 68), list_areas([7, 40, 21], 68)
    found = read(audit(now, last=last))
    assert found["plans|Luton (last release)"] == ("exact", 7, 7)


def test_a_leak_of_the_last_release_alone_is_a_note() -> None:
    last = list_areas(["c", 40, 21], 64)
    result = audit(tabulate(pd.DataFrame({"area": ["Kent"], "count": [9]}), "plans"), last=last)
    assert result.passed
    assert "“plans|Luton (last release)” in the last release: it must be 3" in result.notes


def test_year_to_date_less_the_quarters_is_a_figure() -> None:
    frame = pd.DataFrame({"period": ["Q1", "Q2", "Q1 to Q2"], "count": [11, "c", 15]})
    alone = tabulate(frame, "starts")
    assert audit(alone).passed
    timed = add_sums(alone, "period", {"Q1 to Q2": ["Q1", "Q2"]}, kind="time")
    assert read(audit(timed)) == {"starts|Q2": ("exact", 4, 4)}


def test_a_percentage_and_its_denominator_give_the_count_back() -> None:
    counts = tabulate(pd.DataFrame({"side": ["repeat", "all"], "count": ["c", 64]}), "plans")
    rated = add_rates(counts, ["plans|repeat"], ["plans|all"], [4.7])
    result = audit(rated)
    # Between 2.98 and 3.04 of 64 there is one whole number.
    assert result.findings["kind"].tolist() == ["exact", "rate"]
    assert result.ranges[["low", "high"]].to_numpy().tolist() == [[3, 3]]


def test_a_percentage_gives_a_suppressed_denominator_back() -> None:
    counts = tabulate(pd.DataFrame({"side": ["repeat", "all"], "count": [12, "c"]}), "plans")
    result = audit(add_rates(counts, ["plans|repeat"], ["plans|all"], [66.7]))
    assert result.ranges[["low", "high"]].to_numpy().tolist() == [[18, 18]]


@pytest.mark.parametrize(
    ("shown", "region", "low", "high"),
    [
        (93, 90, 1, 1),  # the region is 85 to 94, so one child is left
        (90, 90, 1, 4),
        (91, 100, 4, 13),
    ],
)
def test_a_rounded_total_is_a_band(shown: int, region: int, low: int, high: int) -> None:
    publication = list_areas(["c", shown], region, rounded=[False, False, True])
    result = audit(publication, Settings(min_range=1))
    assert result.ranges[["low", "high"]].to_numpy().tolist() == [[low, high]]
    assert audit(publication, Settings(min_range=4)).passed == (high - low >= 4)


def test_a_region_of_6_to_14_shows_as_10_and_never_as_5() -> None:
    publication = list_areas(["c", 4 + 2], 10, rounded=[False, False, True])
    assert audit(publication).ranges[["low", "high"]].to_numpy().tolist() == [[1, 8]]


def test_a_small_count_that_is_shown_is_found() -> None:
    assert read(audit(list_areas([3, 40], 43)))["plans|Luton"] == ("shown", 3, 3)


def test_contradictory_figures_are_noted_and_prove_nothing() -> None:
    result = audit(list_areas(["c", 40, 30], 64))
    assert result.passed
    assert result.notes == (
        "“plans|Total”: the published figures contradict this sum, so it proves nothing",
    )


def test_what_is_suppressed_is_not_zero() -> None:
    # Zeros are shown: two c that share 3 are 1 and 2, and two that share 1 are a contradiction.
    assert audit(list_areas(["c", "c", 20], 23)).ranges["high"].tolist() == [2, 2]
    result = audit(list_areas(["c", "c", 20], 21))
    assert len(result.notes) == 1
    assert result.ranges["high"].tolist() == [np.inf, np.inf]


def test_missing_cells_leave_room() -> None:
    assert audit(list_areas(["c", None, 20], 30)).ranges["high"].tolist() == [10]
    assert audit(list_areas(["c", "z", 20], 30)).ranges["high"].tolist() == [10]
    assert audit(list_areas(["c", "z", 20], 30)).ranges["low"].tolist() == [10]


def test_nothing_suppressed_passes_and_says_so() -> None:
    result = audit(list_areas([30, 40], 70))
    assert result.passed
    assert str(result) == "Audit passed: 0 suppressed cells, none can be worked out."


@pytest.mark.parametrize("make", [make_cubes, make_regions])
def test_ranges_and_findings_agree_with_the_pencil(make) -> None:
    """On unprotected tables: primary cells only, so that there is much to find."""
    publication, families = make(25, seed=5)
    small = publication.cells["value"].between(1, 5)
    cells = publication.cells.assign(
        symbol=np.where(small, "c", ""), value=publication.cells["value"].mask(small)
    )
    rounded = cells["rounded"] & ~small
    cells.loc[rounded, "value"] = (cells.loc[rounded, "value"] + 5) // 10 * 10
    published = replace(publication, cells=cells)
    result, quick = audit(published), audit(published, exact=False)
    ranges = result.ranges.set_index("cell")
    loose = set("; ".join(result.findings["cells"]).split("; "))
    assert set("; ".join(quick.findings["cells"]).split("; ")) == loose
    for family in families:
        hidden = {name for name, count in family.counts.items() if 1 <= count <= 5}
        if not hidden:
            continue
        leaks = find_leaks(family, hidden, 4)
        assert bool(leaks) == bool(hidden & loose)
        puzzle = pose(family, hidden)
        for cell in np.flatnonzero(puzzle.secret)[::3]:
            high = find_end(puzzle, int(cell), -1.0)
            assert ranges.loc[puzzle.names[cell], "low"] == find_end(puzzle, int(cell), 1.0)
            assert ranges.loc[puzzle.names[cell], "high"] == (high if high < 1e6 else np.inf)
