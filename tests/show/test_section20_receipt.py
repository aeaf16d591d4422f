"""An authority's own Section 20 page: its figures, its words, what was found, and no other's."""

from __future__ import annotations

import pandas as pd
import pytest
from markupsafe import escape

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.section20 import load_section20
from slinb.show.section20 import Section20View, write_section20_messages
from slinb.show.section20_receipt import (
    SECTION20_RECEIPT_TABLES,
    SECTION20_WITH_REGION,
    section20_receipt_html,
)
from tests.analyse.section20_kit import (
    AREAS,
    QUARTER,
    REGION,
    SENDERS,
    SILENT,
    make_dives,
    make_tables,
)
from tests.show.test_section20 import read_table

OWN = SENDERS[1]


def open_own(area: Area, change: dict[str, pd.DataFrame] | None = None) -> Section20View:
    """Open what the receipt may read: two tables whole, of the others the authority's rows."""
    tables = {**make_tables("restricted"), **(change or {})}
    words = write_section20_messages(tables["section20_findings"], load_section20(), load_areas())
    tables = {**tables, "section20_messages": words}
    kept = {
        name: tables[name]
        if name in SECTION20_WITH_REGION
        else tables[name][tables[name]["area"].eq(area.code)]
        for name in SECTION20_RECEIPT_TABLES
    }
    return Section20View(kept, [area], REGION, QUARTER)


@pytest.fixture(scope="module")
def page() -> str:
    return str(section20_receipt_html(open_own(OWN), OWN))


def count(measure: str, item: str, area: Area, **key: str) -> pd.Series:
    """Add up an authority's counts as they were sent; SSDA903 where both sources have them."""
    rows = make_dives().counts
    wanted = {"breakdown": "", "population": "all", "source": "SSDA903", **key}
    wanted = {"area": area.code, "measure": measure, "item": item, **wanted}
    rows = rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    return rows[["numerator", "denominator"]].sum()


def test_figures_are_the_counts_that_were_sent(page: str) -> None:
    """Each number again from the rows of the return, by hand."""
    table = read_table(page, "Your Section 20 figures")
    for words, measure, item, key in (
        ("Share of children in care", "S1", "stock", {}),
        ("Share, without UASC", "S1", "stock", {"population": "not UASC"}),
        ("UASC, of Section 20", "S2", "UASC share of Section 20", {}),
        ("Starts in 12 months, share", "S3", "starts", {"window": "year"}),
        ("Over 12 months, without UASC", "S6", "over 12 months", {"population": "not UASC"}),
        ("Home unplanned, of those who went home", "S11", "unplanned home share",
         {"window": "year"}),
    ):  # fmt: skip
        above, below = count(measure, item, OWN, **key)
        assert below > 0
        assert table[words][:2] == [f"{100 * above / below:.0f}%", f"{above:.0f} of {below:.0f}"]


def test_cohorts_are_those_followed_for_twelve_months(page: str) -> None:
    """Quarters of start up to 2024-25-Q3 have been followed a year at the end of 2025-26-Q3."""
    table = read_table(page, "Your Section 20 figures")
    rows = make_dives().counts.query(
        "measure == 'S9' and item == 'within 12 months' and breakdown == '' and "
        "population == 'all' and cohort <= '2024-25-Q3'"
    )
    above, below = rows[rows["area"].eq(OWN.code)][["numerator", "denominator"]].sum()
    assert table["Under an order within 12 months"][1] == f"{above:.0f} of {below:.0f}"


def test_the_region_stands_beside(page: str) -> None:
    """Pooled from all who sent, the authority among them."""
    table = read_table(page, "Your Section 20 figures")
    above, below = sum(count("S1", "stock", area) for area in SENDERS)
    assert table["Share of children in care"][3] == f"{100 * above / below:.0f}%"


def test_the_median_is_that_of_the_months_sent(page: str) -> None:
    """The median month of the table of completed months, to the nearest month."""
    rows = make_dives().durations.query("measure == 'S6' and population == 'not UASC'")
    rows = rows[rows["area"].eq(OWN.code) & rows["source"].eq("SSDA903")]
    months = sorted(m for m, n in zip(rows["month"], rows["n"], strict=True) for _ in range(int(n)))
    shown = read_table(page, "Your Section 20 figures")
    cells = shown["Median months of the current spell, without UASC"]
    # A completed month m stands for a length from m up to m + 1.
    assert abs(float(cells[0]) - (months[len(months) // 2] + 0.5)) <= 1
    assert cells[1] == f"{len(months)} spells"


def test_the_median_agrees_with_the_bands(page: str) -> None:
    """If more than half have lasted over 24 months, so has the median: none is left out."""
    table = read_table(page, "Your Section 20 figures")
    median = float(table["Median months of the current spell, without UASC"][0])
    shares = {n: float(table[f"Over {n} months, without UASC"][0][:-1]) for n in (3, 6, 12, 24)}
    for months, share in shares.items():
        assert abs(share - 50) <= 5 or (median > months) == (share > 50)


def test_practice_answers_stand_with_the_region(page: str) -> None:
    table = read_table(page, "Your answers to the practice return")
    rows = make_dives().counts.query("source == 'practice return' and item == 'capacity recorded'")
    mine = rows[rows["area"].eq(OWN.code)].iloc[0]
    assert table["Capacity recorded"] == [
        f"{100 * mine['numerator'] / mine['denominator']:.0f}%",
        f"{mine['numerator']:.0f} of {mine['denominator']:.0f}",
        f"{100 * rows['numerator'].sum() / rows['denominator'].sum():.0f}%",
    ]


def test_each_finding_of_the_checks_says_what_to_do(page: str) -> None:
    failed = make_dives().counts.query("measure == 'S17' and numerator > 0 and source == 'SSDA903'")
    failed = failed[failed["area"].eq(OWN.code) & failed["population"].eq("all")]
    checks = {check.id: check for check in load_section20().checks}
    assert len(failed)
    for row in failed.itertuples():
        check = checks[row.category]
        assert check.words in page
        assert str(escape(check.action)) in page
        assert f"{row.numerator:,.0f} of {row.denominator:,.0f}" in page


def test_every_check_of_the_records_has_words() -> None:
    named = set(make_dives().counts.query("measure == 'S17'")["category"])
    assert named <= {check.id for check in load_section20().checks}


def test_no_other_authority_is_named(page: str) -> None:
    assert OWN.name in page
    for other in AREAS:
        if other != OWN:
            assert other.name not in page


def test_five_messages_at_most_and_one_question(page: str) -> None:
    assert page.count('class="question-back"') == 1
    head = page[: page.index("<h3>")]
    assert 1 <= head.count("<li>") + 1 <= load_section20().most


def test_who_sent_nothing_is_told_how_to_send() -> None:
    html = str(section20_receipt_html(open_own(SILENT), SILENT))
    assert f"{SILENT.name} has sent no Section 20 counts for this quarter." in html
    assert "slinb prepare-return" in html
    assert "What keeps Luton from running the count" in html
    assert "<table" not in html
    assert "No check failed" not in html


def test_with_annex_a_alone_the_checks_without_a_result_are_named() -> None:
    """What was not run is not said to be clean."""
    quality = make_tables("restricted")["section20_quality"]
    quality = quality[quality["item"].ne("378") & quality["kind"].eq("check")]
    html = str(section20_receipt_html(open_own(OWN, {"section20_quality": quality}), OWN))
    told = html[html.index("No result came of") :]
    assert "Section 20 while placed with parents (rule 378)" in told
