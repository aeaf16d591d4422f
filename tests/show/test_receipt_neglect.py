"""An authority's own neglect page: its figures, its words, what was found, and no other's."""

from __future__ import annotations

import pandas as pd
import pytest
from markupsafe import escape

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.neglect import load_neglect
from slinb.show.neglect import NeglectView, write_neglect_messages
from slinb.show.receipt_neglect import (
    NEGLECT_RECEIPT_TABLES,
    NEGLECT_WITH_REGION,
    neglect_receipt_html,
)
from tests.analyse.neglect_kit import (
    ANNEX_A,
    AREAS,
    QUARTER,
    REGION,
    SENDERS,
    SILENT,
    make_dives,
    make_tables,
)
from tests.show.page_tables import read_table

OWN = SENDERS[1]
FIGURES = "Neglect: your figures"


def write_page(area: Area, change: dict[str, pd.DataFrame] | None = None) -> str:
    """Write it from what a receipt may read: two tables whole, of the others the own rows."""
    tables = {**make_tables("restricted"), **(change or {})}
    words = write_neglect_messages(tables["neglect_findings"], load_neglect(), load_areas())
    tables = {**tables, "neglect_messages": words}
    kept = {
        name: tables[name]
        if name in NEGLECT_WITH_REGION
        else tables[name][tables[name]["area"].eq(area.code)]
        for name in NEGLECT_RECEIPT_TABLES
    }
    html = str(neglect_receipt_html(NeglectView(kept, [area], REGION, QUARTER), area))
    return html.replace("\N{NO-BREAK SPACE}", " ")


@pytest.fixture(scope="module")
def page() -> str:
    return write_page(OWN)


def sum_sent(measure: str, item: str, areas: tuple[Area, ...], **key: str) -> tuple[float, float]:
    """Add up the counts that were sent, straight from the rows of the returns."""
    rows = make_dives().counts
    wanted = {"breakdown": "", "category": "", "window": "snapshot", **key}
    wanted = {"measure": measure, "item": item, **wanted}
    rows = rows[(rows[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    rows = rows[rows["area"].isin([a.code for a in areas])]
    return float(rows["numerator"].sum()), float(rows["denominator"].sum())


LINES = [
    ("Open plans for neglect", "N1", "neglect", {}),
    ("Open plans for neglect or multiple", "N1", "neglect or multiple", {}),
    ("From neglect to emotional abuse", "N2", "neglect to emotional abuse", {}),
    ("Plans starting in 12 months, for neglect", "N3", "neglect", {"window": "year"}),
    (
        "Plans starting in 12 months, for neglect or multiple", "N3", "neglect or multiple",
        {"window": "year"},
    ),
    (
        "Plans for neglect over 12 months", "N4", "over 12 months",
        {"breakdown": "latest category", "category": "neglect"},
    ),
    (
        "Aged 7 to 15, on plans for neglect", "N9", "aged 7 to 15",
        {"breakdown": "latest category", "category": "neglect"},
    ),
    (
        "Not the first plan, of those starting for neglect", "N5", "any previous plan",
        {"window": "year", "breakdown": "initial category", "category": "neglect"},
    ),
    ("Assessments that found neglect", "N7", "neglect", {"window": "year"}),
    (
        "Beside neglect: domestic abuse", "N7", "factors beside neglect",
        {"window": "year", "breakdown": "factor", "category": "domestic abuse"},
    ),
    ("Assessments without any factor", "N15", "assessments without factor", {"window": "year"}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "measure", "item", "key"), LINES, ids=[x[0] for x in LINES])
def test_figures_are_the_counts_that_were_sent(
    page: str, words: str, measure: str, item: str, key: dict[str, str]
) -> None:
    """Each number again from the rows of the return, and the region's from those of all."""
    above, below = sum_sent(measure, item, (OWN,), **key)
    everybody = sum_sent(measure, item, (*SENDERS, ANNEX_A), **key)
    own, region = read_table(page, FIGURES)[words]
    assert below > 0
    assert own.startswith(f"{100 * above / below:.0f}%")
    assert f"{above:.0f} of {below:,.0f}" in own
    assert region == f"{100 * everybody[0] / everybody[1]:.0f}%"


def test_closed_cases_are_those_followed_for_twelve_months(page: str) -> None:
    """The four quarters of closure that had a year behind them at the end of 2025-26-Q3."""
    rows = make_dives().counts.query(
        "measure == 'N6' and category == 'neglect' and window == 'cohort' and "
        "'2023-24-Q4' <= cohort <= '2024-25-Q3'"
    )
    rows = rows[rows["area"].eq(OWN.code) & rows["item"].eq("referred again within 12 months")]
    above, below = rows[["numerator", "denominator"]].sum()
    own, _ = read_table(page, FIGURES)["Closed neglect cases referred again within 12 months"]
    assert len(rows) == 4
    assert f"{above:.0f} of {below:.0f}" in own


def test_a_share_for_neglect_never_stands_without_the_band(page: str) -> None:
    words = list(read_table(page, FIGURES))
    for alone, band in (
        ("Open plans for neglect", "Open plans for neglect or multiple"),
        ("For neglect, per 10,000 children", "For neglect or multiple, per 10,000"),
        (
            "Plans starting in 12 months, for neglect",
            "Plans starting in 12 months, for neglect or multiple",
        ),
    ):
        assert words[words.index(alone) + 1] == band


def test_practice_answers_stand_with_the_region(page: str) -> None:
    """The kit's return of thirty files: 9 completed, 2 of them repeated; region 6 + 9 + 12."""
    table = read_table(page, "Neglect: your answers to the practice return")
    assert table["Tool completed"][0].startswith("30%")
    assert "9 of 30" in table["Tool completed"][0]
    assert table["Tool completed"][1] == "30%"
    assert "2 of 9" in table["Tool repeated at a review"][0]
    assert table["Tool repeated at a review"][1] == "22%"


def test_each_finding_of_the_checks_says_what_to_do(page: str) -> None:
    failed = make_dives().counts.query("item == 'failed' and numerator > 0")
    failed = failed[failed["area"].eq(OWN.code)]
    checks = {check.id: check for check in load_neglect().checks}
    assert len(failed)
    for row in failed.itertuples():
        check = checks[row.category]
        assert check.words in page
        assert str(escape(check.action)) in page
        assert f"{row.numerator:,.0f} of {row.denominator:,.0f}" in page


def test_who_is_left_out_is_told_why_and_what_to_do(page: str) -> None:
    """The largest number that a count is without, for each reason; not what is too young yet."""
    rows = make_dives().counts.query("excluded > 0 and window != 'cohort' and measure != 'N15'")
    rows = rows[rows["area"].eq(OWN.code)]
    actions = load_dives()["neglect"].left_out
    assert set(rows["why"]) <= set(actions)
    for why, excluded in rows.groupby("why")["excluded"].max().items():
        assert f"Left out of a count: {why}" in page
        assert f"{excluded:,.0f} of " in page
        assert str(escape(actions[str(why)])) in page


def test_no_other_authority_is_named(page: str) -> None:
    assert OWN.name in page
    for other in AREAS:
        if other != OWN:
            assert other.name not in page


def test_five_messages_at_most_and_one_question(page: str) -> None:
    assert page.count('class="question-back"') == 1
    head = page[: page.index("<h3>")]
    assert 1 <= head.count("<li>") + 1 <= load_neglect().most


def test_who_sent_nothing_is_told_how_to_send() -> None:
    html = write_page(SILENT)
    assert f"{SILENT.name} has sent no counts on neglect for this quarter." in html
    assert "slinb prepare-return" in html
    assert "CIN census" in html
    assert f"What keeps {SILENT.name} from running the count" in html
    assert "<table" not in html
    assert "No check failed" not in html


def test_annex_a_alone_says_what_it_could_not_tell() -> None:
    """No history in lists: figures that it lacks are not sent, and no check is said to be clean."""
    html = write_page(ANNEX_A)
    table = read_table(html, FIGURES)
    assert table["Open plans for neglect"][0].startswith("45%")
    assert "18 of 40" in table["Open plans for neglect"][0]
    assert table["Plans for neglect over 12 months"][0] == "not sent"
    told = html[html.index("No result came of") :]
    for check in load_neglect().checks:
        assert check.words in told
    assert "What neglect could answer" in told


def test_too_few_letters_have_no_median(page: str) -> None:
    """Ten are needed: slinb.analyse.dive_medians; the kit's authority has fewer."""
    letters = make_dives().durations.query("measure == 'N11' and population == 'neglect'")
    own = letters[letters["area"].eq(OWN.code)]["n"].sum()
    cell = read_table(page, FIGURES)["Median months from the plan for neglect to the letter"][0]
    assert own < 10
    assert cell.startswith("too few" if own else "not sent")
