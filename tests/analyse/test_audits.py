from __future__ import annotations

import datetime as dt
import itertools

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.proportion import proportion_confint

from slinb.analyse.audits import (
    compare_auditors,
    count_themes,
    grade_audits,
    profile_questions,
    time_actions,
)
from slinb.analyse.moderation import cross_moderation, measure_moderation
from tests.analyse.audit_cases import (
    ESSEX,
    INSTRUMENT,
    LUTON,
    NORFOLK,
    REGION,
    SUFFOLK,
    make_actions,
    make_answers,
    make_cases,
)


def pick(table: pd.DataFrame, **where: str | int) -> pd.Series:
    rows = table
    for column, value in where.items():
        rows = rows[rows[column].eq(value)]
    assert len(rows) == 1, rows
    return rows.iloc[0]


def test_good_or_better_has_its_n_and_a_wilson_interval() -> None:
    cases = make_cases(LUTON, (1, None), (2, 3), (2, None), (3, 3), (4, None), (None, 2), (2, None))
    rows = grade_audits(cases, INSTRUMENT, REGION)
    own = pick(rows, area=LUTON, basis="own", breakdown="")
    assert (own["n"], own["good"], own["ungraded"]) == (6, 4, 1)
    assert [own[f"grade_{g}"] for g in (1, 2, 3, 4)] == [1, 3, 1, 1]
    assert own["value"] == pytest.approx(100 * 4 / 6)
    lower, upper = proportion_confint(4, 6, method="wilson")
    assert (own["lower"], own["upper"]) == pytest.approx((100 * lower, 100 * upper))
    whole = pick(rows, area=REGION, basis="own", breakdown="")
    assert whole["value"] == own["value"]


def test_an_authority_below_the_set_n_is_withheld_with_its_n_given() -> None:
    cases = pd.concat(
        [make_cases(LUTON, *[(2, 2)] * 4), make_cases(ESSEX, *[(3, 3)] * 6)], ignore_index=True
    )
    rows = grade_audits(cases, INSTRUMENT, REGION)
    luton = pick(rows, area=LUTON, basis="own", breakdown="")
    assert (luton["status"], luton["n"]) == ("suppressed", 4)
    assert luton[["value", "lower", "upper", "good", "grade_1", "grade_2"]].isna().all()
    # The region less Essex would be Luton, so the region is without Luton and says so.
    whole = pick(rows, area=REGION, basis="own", breakdown="")
    assert (whole["n"], whole["good"], whole["left_out"]) == (6, 0, 1)


def test_five_cases_are_enough_and_the_set_n_can_be_another() -> None:
    cases = make_cases(LUTON, *[(2, 2)] * 5)
    assert (
        pick(grade_audits(cases, INSTRUMENT, REGION), area=LUTON, basis="own", breakdown="")[
            "value"
        ]
        == 100
    )
    rows = grade_audits(cases, INSTRUMENT, REGION, least=6)
    assert pick(rows, area=LUTON, basis="own", breakdown="")["status"] == "suppressed"


def test_two_withheld_authorities_are_pooled_where_together_they_are_enough() -> None:
    few = [make_cases(LUTON, *[(2, 2)] * 3), make_cases(NORFOLK, *[(3, 3)] * 2)]
    cases = pd.concat([*few, make_cases(ESSEX, *[(3, 3)] * 6)], ignore_index=True)
    whole = pick(grade_audits(cases, INSTRUMENT, REGION), area=REGION, basis="own", breakdown="")
    assert (whole["n"], whole["good"], whole["left_out"]) == (11, 3, 0)


def test_one_withheld_category_takes_the_smallest_other_with_it() -> None:
    parts = [
        make_cases(LUTON, *[(2, 2)] * 3, auditor="peer"),
        make_cases(LUTON, *[(3, 3)] * 7, auditor="own"),
        make_cases(LUTON, *[(3, 3)] * 9),
    ]
    rows = grade_audits(pd.concat(parts, ignore_index=True), INSTRUMENT, REGION)
    mine = rows[rows["area"].eq(LUTON) & rows["basis"].eq("own") & rows["breakdown"].eq("auditor")]
    status = dict(zip(mine["category"], mine["status"], strict=True))
    assert status == {"peer": "suppressed", "own": "suppressed", "not given": "final"}
    # What is withheld in the only authority must not stand in the region's row.
    region = rows[rows["area"].eq(REGION) & rows["basis"].eq("own")]
    assert np.isnan(pick(region, category="own")["value"])


AREAS = (LUTON, ESSEX, NORFOLK, SUFFOLK)
SIDES = ("own", "peer")


def find_recoverable(rows: pd.DataFrame, cases: pd.DataFrame, least: int) -> list[object]:
    """Return the cells of a withheld number that the shown rows determine, by linear algebra.

    The unknowns are the good grades of each authority and side; each shown row is an equation.
    Who is in a region's row can be told from its n, so an onlooker is taken to know.
    """
    cells = list(itertools.product(AREAS, SIDES))
    size = {c: len(cases[cases["area"].eq(c[0]) & cases["auditor"].eq(c[1])]) for c in cells}
    equations = []
    for row in rows[rows["status"].eq("final")].itertuples():
        sides = [row.category] if row.category else SIDES
        inside = [row.area] if row.area != REGION else AREAS
        members = [c for c in cells if c[0] in inside and c[1] in sides]
        if row.area == REGION and row.left_out:
            totals = {a: sum(size[a, s] for s in SIDES) for a in AREAS}
            members = [c for c in members if totals[c[0]] >= least]
        assert sum(size[c] for c in members) == row.n
        equations.append([float(c in members) for c in cells])
    known = np.array(equations).reshape(-1, len(cells))
    rank = np.linalg.matrix_rank(known) if len(known) else 0
    hidden = [c for c in cells if 0 < size[c] < least]
    return [
        c
        for c in hidden
        if np.linalg.matrix_rank(np.vstack([known, [float(c == x) for x in cells]])) == rank
    ]


#: In the first three a row of the region has to be withheld.
@pytest.mark.parametrize("seed", [0, 5, 16, 1, 2, 3])
def test_no_shown_rows_together_give_a_withheld_grade_away(seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [
        make_cases(area, *[(int(g), None) for g in rng.integers(1, 5, n)], auditor=side)
        for area, side in itertools.product(AREAS, SIDES)
        if (n := int(rng.choice([0, 1, 3, 4, 5, 8, 12])))
    ]
    cases = pd.concat(parts, ignore_index=True)
    rows = grade_audits(cases, INSTRUMENT, REGION, breakdowns=["auditor"])
    own = rows[rows["basis"].eq("own")]
    assert find_recoverable(own, cases, INSTRUMENT.withhold_below) == []


def test_each_question_is_counted_apart_from_where_it_does_not_apply() -> None:
    answers = pd.concat(
        [
            make_answers(LUTON, "named", 1, 2, 3, 4, 2, "NA", ""),
            make_answers(LUTON, "type", 3, 3, "NA", "NA", "NA", "NA", "NA"),
        ],
        ignore_index=True,
    )
    rows = profile_questions(answers, INSTRUMENT, REGION)
    named = pick(rows, area=LUTON, question="named")
    assert (named["n"], named["good"], named["value"]) == (5, 3, 60)
    assert (named["not_applicable"], named["unanswered"]) == (1, 1)
    kind = pick(rows, area=LUTON, question="type")
    assert (kind["status"], kind["n"], kind["not_applicable"]) == ("suppressed", 2, 5)
    assert rows["area"].tolist() == [LUTON, LUTON, REGION, REGION]
    assert rows["question"].tolist() == ["named", "type"] * 2


GRADES = [(1, 2)] * 2 + [(2, 2)] * 6 + [(2, 3)] * 5 + [(3, 3)] * 4 + [(3, 2)] + [(4, 4)] * 2


def test_moderation_counts_who_moved_and_agrees_with_statsmodels() -> None:
    cases = make_cases(LUTON, *GRADES, (2, None), (None, 3))
    row = pick(measure_moderation(cases, INSTRUMENT, REGION), area=LUTON)
    assert (row["n"], row["same"], row["down"], row["up"]) == (20, 12, 7, 1)
    assert row["value"] == pytest.approx(35)
    table = np.zeros((4, 4))
    for own, moderated in GRADES:
        table[own - 1, moderated - 1] += 1
    theirs = cohens_kappa(table, wt="linear")
    assert row["kappa"] == pytest.approx(theirs.kappa)
    assert row["kappa_lower"] == pytest.approx(theirs.kappa_low)
    assert row["kappa_plain"] == pytest.approx(cohens_kappa(table).kappa)
    matrix = cross_moderation(cases, INSTRUMENT, REGION)
    assert pick(matrix, area=LUTON, own=2, moderated=3)["n"] == 5
    assert matrix.loc[matrix["area"].eq(LUTON), "n"].sum() == 20
    assert len(matrix) == 32


def test_kappa_waits_for_enough_pairs_and_a_withheld_matrix_shows_nothing() -> None:
    seven = make_cases(LUTON, *GRADES[:7])
    few = make_cases(ESSEX, *GRADES[:3])
    cases = pd.concat([seven, few], ignore_index=True)
    rows = measure_moderation(cases, INSTRUMENT, REGION)
    assert np.isnan(pick(rows, area=LUTON)["kappa"])
    assert pick(rows, area=LUTON)["status"] == "final"
    essex = pick(rows, area=ESSEX)
    assert (essex["status"], essex["n"]) == ("suppressed", 3)
    assert essex[["same", "up", "down", "value", "kappa"]].isna().all()
    matrix = cross_moderation(cases, INSTRUMENT, REGION)
    assert matrix.loc[matrix["area"].eq(ESSEX), "n"].isna().all()
    assert matrix.loc[matrix["area"].eq(REGION), "n"].sum() == 7


def test_no_case_was_moderated() -> None:
    cases = make_cases(LUTON, *[(2, None)] * 6)
    assert measure_moderation(cases, INSTRUMENT, REGION).empty
    assert cross_moderation(cases, INSTRUMENT, REGION).empty


def test_themes_are_counted_by_case_and_an_unnamed_one_is_nought() -> None:
    parts = [
        make_cases(LUTON, *[(2, 2)] * 3, themes="drift plan_vague"),
        make_cases(LUTON, *[(2, 2)] * 3, themes="drift"),
        make_cases(ESSEX, *[(2, 2)] * 2, themes="drift"),
    ]
    rows = count_themes(pd.concat(parts, ignore_index=True), INSTRUMENT, REGION)
    drift = pick(rows, area=LUTON, theme="drift")
    assert (drift["n"], drift["cases"], drift["value"]) == (6, 6, 100)
    assert pick(rows, area=LUTON, theme="plan_vague")["value"] == 50
    assert pick(rows, area=LUTON, theme="child_unseen")["n"] == 0
    assert pick(rows, area=ESSEX, theme="drift")["status"] == "suppressed"
    assert pick(rows, area=REGION, theme="drift")["cases"] == 6


def test_actions_are_in_time_late_overdue_or_not_yet_due() -> None:
    actions = make_actions(
        LUTON,
        ("2026-01-10", "2026-01-10"), ("2026-01-10", "2026-01-11"), ("2026-01-10", ""),
        ("2026-02-10", ""), ("2026-02-10", "2026-01-05"), ("?", "2026-01-05"), ("2026-01-01", "?"),
        ("", ""),
    )  # fmt: skip
    row = pick(time_actions(actions, REGION, dt.date(2026, 1, 31)), area=LUTON)
    told = row[["actions", "due", "in_time", "late", "overdue", "not_due", "unclear"]]
    assert told.tolist() == [8, 3, 1, 1, 1, 2, 3]
    assert row["value"] == pytest.approx(100 / 3)
    assert row["status"] == "final"


def test_each_authority_is_judged_on_the_day_of_its_own_audits() -> None:
    open_actions = [make_actions(area, ("2026-01-10", "")) for area in (LUTON, ESSEX)]
    rows = time_actions(
        pd.concat(open_actions, ignore_index=True),
        REGION,
        dt.date(2025, 12, 31),
        days={LUTON: dt.date(2026, 1, 20)},
    )
    assert pick(rows, area=LUTON)[["due", "overdue", "not_due"]].tolist() == [1, 1, 0]
    assert pick(rows, area=ESSEX)[["due", "overdue", "not_due"]].tolist() == [0, 0, 1]


def test_few_actions_are_withheld_with_their_n_and_left_out_of_the_region() -> None:
    done = ("2026-01-10", "2026-01-10")
    actions = [make_actions(LUTON, *[done] * 6), make_actions(ESSEX, *[done] * 3)]
    rows = time_actions(
        pd.concat(actions, ignore_index=True), REGION, dt.date(2026, 1, 31), least=5
    )
    essex, region = pick(rows, area=ESSEX), pick(rows, area=REGION)
    assert (essex["status"], essex["due"]) == ("suppressed", 3)
    told = ["actions", "in_time", "late", "overdue", "not_due", "unclear", "value"]
    assert essex[told].isna().all()
    assert (region["due"], region["in_time"], region["left_out"]) == (6, 6, 1)


def test_without_a_due_action_there_is_no_share() -> None:
    actions = make_actions(LUTON, ("2026-02-10", ""))
    row = pick(time_actions(actions, REGION, dt.date(2026, 1, 31)), area=LUTON)
    assert row["status"] == "missing" and np.isnan(row["value"])


@pytest.mark.parametrize(
    ("own", "peer", "verdict"),
    [
        ((18, 2), (6, 14), "own higher"),
        ((6, 14), (18, 2), "own lower"),
        ((10, 10), (9, 11), "no real difference"),
    ],
)
def test_own_and_peer_auditors_are_compared_by_newcombe(
    own: tuple[int, int], peer: tuple[int, int], verdict: str
) -> None:
    from statsmodels.stats.proportion import confint_proportions_2indep

    parts = [
        make_cases(LUTON, *[(2, None)] * good, *[(3, None)] * rest, auditor=side)
        for side, (good, rest) in (("own", own), ("peer", peer))
    ]
    grades = grade_audits(pd.concat(parts, ignore_index=True), INSTRUMENT, REGION)
    row = pick(compare_auditors(grades), area=LUTON)
    lower, upper = confint_proportions_2indep(
        own[0], sum(own), peer[0], sum(peer), method="newcomb"
    )
    assert (row["lower"], row["upper"]) == pytest.approx((100 * lower, 100 * upper), abs=1e-6)
    assert row["verdict"] == verdict
    assert (row["own_n"], row["peer_n"]) == (20, 20)


def test_without_peers_there_is_no_comparison() -> None:
    grades = grade_audits(make_cases(LUTON, *[(2, 2)] * 9, auditor="own"), INSTRUMENT, REGION)
    row = pick(compare_auditors(grades), area=LUTON)
    assert (row["verdict"], row["peer_n"], row["status"]) == ("not compared", 0, "missing")


def test_no_audits_give_empty_tables() -> None:
    cases = make_cases(LUTON)
    assert grade_audits(cases, INSTRUMENT, REGION).empty
    assert profile_questions(make_answers(LUTON, "named"), INSTRUMENT, REGION).empty
    assert count_themes(cases, INSTRUMENT, REGION).empty
    assert time_actions(make_actions(LUTON), REGION, dt.date(2026, 1, 31)).empty
    assert compare_auditors(grade_audits(cases, INSTRUMENT, REGION)).empty
