"""Protection: the rules, the bad inputs, and what a reader is left with."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from slinb.methods.disclosure import (
    Protected,
    Publication,
    Settings,
    add_sums,
    audit,
    combine,
    link,
    link_releases,
    protect,
    tabulate,
)


def make_areas(
    counts: list[object], total: object | None = None, **columns: object
) -> pd.DataFrame:
    names = ["Luton", "Essex", "Norfolk", "Suffolk"][: len(counts)]
    if total is not None:
        names, counts = [*names, "Total"], [*counts, total]
    return pd.DataFrame({"area": names, "count": counts} | columns)


def read_symbols(found: Protected) -> list[str]:
    return ["c" if s == "c" else f"{v:g}" for v, s in found.cells[["value", "symbol"]].to_numpy()]


def check_safe(found: Protected, settings: Settings | None = None) -> None:
    result = audit(found.publication, settings)
    assert result.passed, result.findings.to_string()


def test_small_counts_go_zeros_stay_and_the_cheapest_other_goes_with_them() -> None:
    found = protect(make_areas([3, 0, 40, 21], 64))
    assert read_symbols(found) == ["c", "0", "40", "c", "64"]
    assert found.log["reason"].tolist() == ["primary", "complementary"]
    assert found.cells["value"].isna().tolist() == [True, False, False, True, False]
    check_safe(found)


@pytest.mark.parametrize(("threshold", "symbols"), [(0, ["3", "9", "12"]), (9, ["c", "c", "12"])])
def test_the_threshold_is_the_regions(threshold: int, symbols: list[str]) -> None:
    settings = Settings(threshold=threshold, min_range=1)
    assert read_symbols(protect(make_areas([3, 9], 12), settings)) == symbols


def test_the_least_range_is_the_regions() -> None:
    # 1 and 2 with their total of 13 and a third cell: 2 possible tables, or far more.
    frame = make_areas([1, 2, 20, 30], 53)
    known = protect(frame, Settings(min_range=1))
    wide = protect(frame, Settings(min_range=4))
    assert read_symbols(known) == ["c", "c", "20", "30", "53"]
    assert read_symbols(wide) == ["c", "c", "c", "30", "53"]


def test_regional_counts_are_rounded_and_authorities_are_not() -> None:
    frame = make_areas([28, 47, 120], 195, rounded=[False, False, False, True])
    assert read_symbols(protect(frame)) == ["28", "47", "120", "200"]
    tiny = protect(make_areas([3], 3, rounded=[False, True]))
    assert read_symbols(tiny) == ["c", "c"]


def test_a_rounded_total_still_needs_protection() -> None:
    # Rounding alone leaves Luton a single value: 90 is 85 to 94, and 93 are shown.
    frame = make_areas([1, 43, 50], 94, rounded=[False, False, False, True])
    found = protect(frame)
    assert read_symbols(found) == ["c", "c", "50", "90"]
    check_safe(found)


def test_a_count_that_rounds_to_zero_says_so() -> None:
    settings = Settings(threshold=2, min_range=1)
    found = protect(make_areas([4, 30], 34, rounded=[True, False, False]), settings)
    assert found.cells["symbol"].tolist() == ["k", "", ""]
    assert np.isnan(found.cells["value"].iloc[0])


def test_a_total_that_is_not_the_sum_of_its_parts_is_said_and_survived() -> None:
    found = protect(make_areas([3, 40, 21], 70))
    assert found.notes == ("“table|Total” is not the sum of its parts: it is 70, they sum to 64",)
    check_safe(found)  # against a reader who believes the sum
    hopeless = protect(make_areas([3, 40, 70], 70))
    assert "the sum was not used" in hopeless.notes[0]
    assert read_symbols(hopeless) == ["c", "40", "70", "70"]
    check_safe(hopeless)


def test_what_came_suppressed_stays_so_and_is_protected() -> None:
    found = protect(make_areas(["c", 40, 21], 64))
    assert read_symbols(found) == ["c", "40", "c", "64"]
    assert found.log["reason"].tolist() == ["received", "complementary"]
    check_safe(found)
    # Neither 0 nor 2.5: two that share 43 are left as they came.
    assert read_symbols(protect(make_areas(["c", "c", 21], 64))) == ["c", "c", "21", "64"]
    # Two that share 3 are 1 and 2: a third has to go. Two that share 1 contradict the rule.
    assert read_symbols(protect(make_areas(["c", "c", 21], 24))) == ["c", "c", "c", "24"]
    odd = protect(make_areas(["c", "c", 21], 22))
    assert odd.notes == ("“table|Total” is not the sum of its parts; the sum was not used",)
    check_safe(odd)


def test_a_count_that_came_with_its_symbol_does_not_slip_through() -> None:
    frame = make_areas([30, 40, 21], 91, symbol=["c", "", "", ""])
    found = protect(frame)
    assert found.cells["value"].notna().sum() == 2
    assert np.isnan(found.cells["value"].iloc[0])
    check_safe(found)


def test_other_symbols_pass_through() -> None:
    found = protect(make_areas([30, "x", "z", "u"], 70))
    assert found.cells["symbol"].tolist() == ["", "x", "z", "u", ""]
    check_safe(found)


def test_all_cells_small() -> None:
    frame = pd.DataFrame(
        [(f"r{i}", f"c{j}", 1) for i in range(3) for j in range(3)],
        columns=["row", "column", "count"],
    )
    margins = [("Total", f"c{j}", 3) for j in range(3)] + [(f"r{i}", "Total", 3) for i in range(3)]
    margins.append(("Total", "Total", 9))
    frame = pd.concat([frame, pd.DataFrame(margins, columns=frame.columns)])
    found = protect(frame)
    # Nine that sum to nine would each be 1: the grand total has to go too.
    assert (found.cells["symbol"] == "c").all()
    check_safe(found)


def test_one_small_cell_in_a_table_of_one_row() -> None:
    assert read_symbols(protect(make_areas([3]))) == ["c"]
    assert read_symbols(protect(make_areas([3], 3))) == ["c", "c"]
    alone = protect(make_areas([3, 0, 0], 3))
    assert read_symbols(alone) == ["c", "0", "0", "c"]
    check_safe(alone)


def test_a_zero_total_is_shown() -> None:
    found = protect(make_areas([0, 0], 0))
    assert read_symbols(found) == ["0", "0", "0"]
    assert found.log.empty


def test_two_fives_and_their_ten_do_not_stand_together() -> None:
    found = protect(make_areas([5, 5, 30], 40))
    assert read_symbols(found) == ["c", "c", "c", "40"]
    check_safe(found)


def make_linked() -> Publication:
    """Plans by need and by months: the totals of the authorities stand in both."""
    by_need = pd.DataFrame(
        {
            "area": ["Luton"] * 3 + ["Essex"] * 3,
            "need": ["neglect", "other", "Total"] * 2,
            "count": [3, 40, 43, 25, 31, 56],
        }
    )
    by_months = pd.DataFrame(
        {
            "area": ["Luton"] * 3 + ["Essex"] * 3,
            "months": ["to 3", "over 3", "Total"] * 2,
            "count": [20, 23, 43, 29, 27, 56],
        }
    )
    both = combine(tabulate(by_need, "by need"), tabulate(by_months, "by months"))
    return link(
        both,
        "by need",
        "by months",
        on=["area"],
        left_where={"need": "Total"},
        right_where={"months": "Total"},
    )


def test_two_tables_safe_alone_and_unsafe_together_are_protected_together() -> None:
    found = protect(make_linked())
    check_safe(found)
    assert found.log["cell"].tolist() == ["by need|Luton|neglect", "by need|Luton|other"]
    table = found.publication.table("by need")
    assert list(table.columns[-2:]) == ["area", "need"]


def test_quarters_and_the_year_to_date_are_protected_together() -> None:
    frame = pd.DataFrame(
        {
            "area": ["Luton"] * 3 + ["Essex"] * 3 + ["East"] * 3,
            "period": ["Q1", "Q2", "Q1 to Q2"] * 3,
            "count": [3, 11, 14, 30, 35, 65, 33, 46, 79],
        }
    )
    publication = tabulate(frame, "starts", sums={"area": {"East": ["Luton", "Essex"]}})
    check_safe(protect(publication))
    timed = add_sums(publication, "period", {"Q1 to Q2": ["Q1", "Q2"]}, kind="time")
    assert not audit(
        Publication(protect(publication).cells, timed.relations, timed.terms)
    ).passed  # two of a column are hidden, and the year to date gives both back
    check_safe(protect(timed))


def test_the_last_release_is_part_of_the_table() -> None:
    last = protect(tabulate(make_areas([3, 40, 21], 64), "plans")).publication
    # Three authorities send a figure that the last release hid: it must not come out now.
    now = tabulate(make_areas([3, 40, 21], 64), "plans")
    both = protect(link_releases(now, last))
    shown = both.cells[both.cells["symbol"] == ""]
    assert "plans|Norfolk" not in shown["cell"].tolist()
    assert audit(both.publication).passed
    # Essex sends a new figure: the total changes with it, and nothing else is told.
    later = tabulate(make_areas([3, 44, 21], 68), "plans")
    check_safe(protect(link_releases(later, last)))


def test_where_no_pattern_is_safe_the_table_is_withheld_with_the_reason() -> None:
    shown = make_areas([3, 40, 21], 64).iloc[1:]  # all but Luton, in the last release
    other = pd.DataFrame({"area": ["Luton", "Essex"], "count": [30, 40]})
    now = combine(tabulate(make_areas([3, 40, 21], 64), "plans"), tabulate(other, "referrals"))
    found = protect(link_releases(now, tabulate(shown, "plans")))
    tables = found.tables.set_index("table")
    assert tables["status"].to_dict() == {
        "plans": "withheld",
        "referrals": "published",
        "plans (last release)": "published",
    }
    assert "“plans|Luton” could be worked out" in tables.loc["plans", "reason"]
    assert "plans" not in found.cells["table"].tolist()
    assert found.log["reason"].tolist() == ["withheld"] * 4
    check_safe(found)


def test_a_leak_of_the_last_release_is_noted_and_does_not_stop_this_one() -> None:
    last = tabulate(make_areas(["c", 40, 21], 64), "plans")
    now = tabulate(make_areas([30, 41], 71), "referrals")
    found = protect(link_releases(now, last))
    assert found.tables["status"].tolist() == ["published", "published"]
    assert found.notes == (
        "“plans|Luton (last release)” can be worked out from the last release alone",
    )


def test_totals_are_spared_where_parts_will_do() -> None:
    frame = pd.DataFrame(
        {
            "area": ["Luton"] * 3 + ["Essex"] * 3 + ["Total"] * 3,
            "need": ["a", "b", "Total"] * 3,
            "count": [3, 9000, 9003, 8000, 7000, 15000, 8003, 16000, 24003],
        }
    )
    hidden = protect(frame).log["cell"].tolist()
    assert len(hidden) == 4
    assert not any("Total" in cell for cell in hidden)


def test_a_price_steers_the_choice() -> None:
    frame = make_areas([3, 40, 41], 84, cost=[1, 1, 1, 1])
    dear = frame.assign(cost=[1, 9, 1, 1])
    assert read_symbols(protect(frame)) == ["c", "c", "41", "84"]
    assert read_symbols(protect(dear)) == ["c", "40", "c", "84"]


def test_the_same_input_gives_the_same_pattern() -> None:
    assert protect(make_linked()).log.equals(protect(make_linked()).log)


def test_the_input_is_not_changed() -> None:
    publication = make_linked()
    before = publication.cells.copy()
    protect(publication)
    pd.testing.assert_frame_equal(publication.cells, before)


def test_nothing_of_a_hidden_count_is_left_in_the_published_frames() -> None:
    found = protect(make_linked())
    text = found.publication.cells.drop(columns="cost").to_csv()
    assert ",3.0," not in text
    assert ",40.0," not in text
    assert (found.publication.cells["cost"] == 1).all()


def test_counts_of_the_log_are_those_of_the_tables() -> None:
    found = protect(make_linked())
    by_need = found.tables.set_index("table").loc["by need"]
    assert by_need[["primary", "complementary", "received"]].tolist() == [1, 1, 0]
    assert found.tables["status"].eq("published").all()
