"""What the audits say: grades with their interval, questions, themes, actions, own and peer.

Every result carries its n; what too few cases stand behind is withheld by the rule of
:mod:`slinb.analyse.audit_withhold`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from slinb.analyse.audit_tables import (
    ACTION_TIMES,
    AUDIT_GRADES,
    AUDIT_THEMES,
    AUDITOR_GAP,
    QUESTION_PROFILE,
)
from slinb.analyse.audit_withhold import settle_categories, settle_rows
from slinb.catalogue.audits import AuditInstrument
from slinb.methods.change import difference_interval

BASES = ("own", "moderated")
BREAKDOWNS = ("auditor", "cohort", "age_band", "tool")
NOT_GIVEN = "not given"
_SLICE = ["area", "period"]


def grade_audits(
    cases: pd.DataFrame,
    instrument: AuditInstrument,
    region: str,
    *,
    least: int | None = None,
    breakdowns: Sequence[str] = BREAKDOWNS,
) -> pd.DataFrame:
    """Count the overall grades: per cent good or better, with its interval and always n.

    Parameters
    ----------
    cases : DataFrame
        Audited cases (``AUDIT_CASES`` of :mod:`slinb.collect.audit_tables`).
    instrument : AuditInstrument
        Which grades are good, and below how many cases they are withheld.
    region : str
        ONS code under which all cases are pooled.
    least : int, optional
        Another number below which grades are withheld; 1 withholds nothing.
    breakdowns : sequence of str
        Columns of ``cases`` by which they are counted too.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.AUDIT_GRADES`, authorities before the region.
    """
    least = instrument.withhold_below if least is None else least
    parts = [
        _grade_part(cases.assign(graded=cases[basis]), instrument, region, least, name).assign(
            basis=basis
        )
        for basis in BASES
        for name in ("", *breakdowns)
    ]
    return AUDIT_GRADES.conform(_stack(parts), fill=True)[AUDIT_GRADES.names]


def _grade_part(
    cases: pd.DataFrame, instrument: AuditInstrument, region: str, least: int, breakdown: str
) -> pd.DataFrame:
    category = cases[breakdown].replace("", NOT_GIVEN) if breakdown else ""
    keyed = cases.assign(breakdown=breakdown, category=category)
    by = ["period", "breakdown", "category"]
    counts = count_grades(keyed, ["area", *by], instrument)
    hide = _grade_columns(instrument)
    if breakdown:
        return settle_categories(counts, region, least, above="good", below="n", hide=hide)
    return settle_rows(counts, by, region, least, above="good", below="n", hide=hide)


def count_grades(
    graded: pd.DataFrame, by: Sequence[str], instrument: AuditInstrument
) -> pd.DataFrame:
    """Count the column ``graded`` by its grades within the columns ``by``.

    Returns
    -------
    DataFrame
        ``by``, ``n``, ``good``, one column a grade, and ``ungraded`` for the missing.
    """
    marks = pd.DataFrame({f"grade_{g}": graded["graded"].eq(g) for g in instrument.numbers})
    marks = marks.assign(
        n=graded["graded"].notna(),
        good=graded["graded"].isin(instrument.good),
        ungraded=graded["graded"].isna(),
    ).astype("float64")
    keyed = pd.concat([graded[list(by)], marks], axis=1)
    return keyed.groupby(list(by), as_index=False).sum()


def _grade_columns(instrument: AuditInstrument) -> list[str]:
    return ["good", *(f"grade_{g}" for g in instrument.numbers)]


def profile_questions(
    answers: pd.DataFrame, instrument: AuditInstrument, region: str, *, least: int | None = None
) -> pd.DataFrame:
    """Count the grades of each question, apart from where it does not apply or has no answer.

    Parameters
    ----------
    answers : DataFrame
        ``AUDIT_ANSWERS`` of :mod:`slinb.collect.audit_tables`.
    instrument, region, least
        As in :func:`grade_audits`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.QUESTION_PROFILE`, in the instrument's order.
    """
    least = instrument.withhold_below if least is None else least
    keyed = answers.assign(graded=answers["grade"])
    by = ["period", "question"]
    counts = count_grades(keyed, ["area", *by], instrument)
    applies = answers.assign(
        not_applicable=answers["status"].eq("not_applicable").astype("float64")
    )
    apart = applies.groupby(["area", *by], as_index=False)["not_applicable"].sum()
    counts = counts.merge(apart, on=["area", *by])
    counts["unanswered"] = counts.pop("ungraded") - counts["not_applicable"]
    hide = _grade_columns(instrument)
    rows = settle_rows(counts, by, region, least, above="good", below="n", hide=hide)
    order = {q.id: q.number for q in instrument.questions}
    rows = rows.assign(place=rows["question"].map(order), whole=rows["area"].eq(region))
    rows = rows.sort_values(["whole", "area", "period", "place"]).reset_index(drop=True)
    return QUESTION_PROFILE.conform(rows.drop(columns=["place", "whole"]))


def count_themes(
    cases: pd.DataFrame, instrument: AuditInstrument, region: str, *, least: int | None = None
) -> pd.DataFrame:
    """Count in how many of the audited cases each theme was named.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.AUDIT_THEMES`: every theme of the instrument
        for each authority that audited anyone, a theme that nobody named with 0.
    """
    least = instrument.withhold_below if least is None else least
    named = cases["themes"].str.split()
    parts = [
        cases[_SLICE].assign(
            theme=choice.id,
            n=named.map(lambda said, theme=choice.id: float(theme in said)),
            cases=1.0,
        )
        for choice in instrument.choices("theme")
    ]
    by = ["period", "theme"]
    counts = _stack(parts).groupby(["area", *by], as_index=False, sort=False).sum()
    rows = settle_rows(counts, by, region, least, above="n", below="cases", hide=["n"])
    return AUDIT_THEMES.conform(rows[AUDIT_THEMES.names])


def time_actions(
    actions: pd.DataFrame,
    region: str,
    on: dt.date,
    *,
    days: Mapping[str, dt.date] | None = None,
    least: int = 1,
) -> pd.DataFrame:
    """Count which actions were completed by the day on which they were due.

    Parameters
    ----------
    actions : DataFrame
        ``AUDIT_ACTIONS`` of :mod:`slinb.collect.audit_tables`.
    region : str
        ONS code under which all actions are pooled.
    on : date
        The day up to which they are judged; an action due later is not yet due.
    days : mapping of str to date, optional
        Another such day of an authority, by its code: the one on which it sent its audits, for
        what was completed later cannot stand in them.
    least : int, default 1
        Fewer actions due than this are withheld; 1 withholds nothing.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.ACTION_TIMES`; the share is that of the due
        ones completed in time. An action whose day of completion cannot be read is unclear,
        not overdue; one completed early without having been due counts as not yet due.
    """
    marks = _mark_actions(actions, on, days or {})
    counts = pd.concat([actions[_SLICE], marks], axis=1).groupby(_SLICE, as_index=False).sum()
    hide = [str(c) for c in marks if c != "due"]
    rows = settle_rows(counts, ["period"], region, least, above="in_time", below="due", hide=hide)
    return ACTION_TIMES.conform(rows[ACTION_TIMES.names])


def _mark_actions(actions: pd.DataFrame, on: dt.date, days: Mapping[str, dt.date]) -> pd.DataFrame:
    due, completed = actions["due"], actions["completed"]
    # ISO days sort as text.
    day = [days.get(str(area), on).isoformat() for area in actions["area"]]
    judged = pd.Series(day, index=actions.index, dtype="str")
    unclear = actions["due_status"].ne("final") | actions["completed_status"].eq("unreadable")
    is_due = ~unclear & due.le(judged)
    done = completed.ne("")
    return pd.DataFrame(
        {
            "actions": True,
            "due": is_due,
            "in_time": is_due & done & completed.le(due),
            "late": is_due & done & completed.gt(due),
            "overdue": is_due & ~done,
            "not_due": ~unclear & ~is_due,
            "unclear": unclear,
        },
        index=actions.index,
    ).astype("float64")


def compare_auditors(grades: pd.DataFrame) -> pd.DataFrame:
    """Hold the grades of an authority's own auditors against those of peers.

    Parameters
    ----------
    grades : DataFrame
        Rows of :func:`grade_audits` with the breakdown ``auditor``; the grade before
        moderation is compared, because moderation is meant to even them out.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.AUDITOR_GAP`. The two graded different cases,
        so a gap may be the cases'; it is "real" where its interval leaves out 0.
    """
    rows = grades[grades["basis"].eq("own") & grades["breakdown"].eq("auditor")]
    sides = {side: rows[rows["category"].eq(side)].set_index(_SLICE) for side in BASES_OF_AUDITOR}
    index = pd.MultiIndex.from_frame(rows[_SLICE].drop_duplicates())
    own, peer = (sides[side].reindex(index) for side in BASES_OF_AUDITOR)
    limits = [side[c] for side in (own, peer) for c in ("value", "lower", "upper")]
    lower, upper = difference_interval(*limits)
    both = lower.notna()
    hidden = own["status"].eq("suppressed") | peer["status"].eq("suppressed")
    table = pd.DataFrame(
        {
            "own_n": own["n"].fillna(0),
            "own_value": own["value"],
            "peer_n": peer["n"].fillna(0),
            "peer_value": peer["value"],
            "gap": own["value"] - peer["value"],
            "lower": lower,
            "upper": upper,
            "verdict": np.select(
                [~both, lower.gt(0), upper.lt(0)],
                ["not compared", "own higher", "own lower"],
                "no real difference",
            ),
            "status": np.select([both, hidden], ["final", "suppressed"], "missing"),
        }
    )
    return AUDITOR_GAP.conform(table.reset_index())


BASES_OF_AUDITOR = ("own", "peer")


def _stack(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]
