"""The audits of a quarter: read once by the collect step, analysed once for each edition."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from slinb.analyse.audit_headlines import choose_headlines
from slinb.analyse.audits import (
    compare_auditors,
    count_themes,
    grade_audits,
    profile_questions,
    time_actions,
)
from slinb.analyse.moderation import cross_moderation, measure_moderation
from slinb.analyse.triangle import build_triangle, list_disagreements, match_helpers
from slinb.analyse.triangle_band import state_band
from slinb.catalogue.areas import Area, Areas, load_neighbours
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.catalogue.triangle import TriangleRules, load_triangle_rules
from slinb.collect.audit_tables import (
    AUDIT_ACTIONS,
    AUDIT_ANSWERS,
    AUDIT_CASES,
    AUDIT_RETURNS,
    NARRATIVES,
)
from slinb.collect.layout import SAMPLE_WORD
from slinb.errors import ParameterError
from slinb.workspace import Workspace, is_sample

if TYPE_CHECKING:
    from slinb.batch.quarter import Quarter

#: Tables of the audits as the collect step stores them, and what each attribute of the reader is.
AUDITS = {
    "audit_returns": AUDIT_RETURNS,
    "audit_cases": AUDIT_CASES,
    "audit_answers": AUDIT_ANSWERS,
    "audit_actions": AUDIT_ACTIONS,
    "audit_narratives": NARRATIVES,
}
#: The narratives of the last exercise before this one, beside the tables of this one.
BEFORE = "audit_narratives_before"
#: What no edition for the public holds of an authority: its grades one by one.
_ONE_BY_ONE = ("grade_1", "grade_2", "grade_3", "grade_4")


@dataclass(frozen=True)
class QuarterAudits:
    """The audits of a quarter as collected.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Those of :data:`AUDITS`; empty where no exercise was held.
    queries : DataFrame
        :data:`slinb.schema.QUERIES`, for the one list that each authority gets.
    """

    tables: dict[str, pd.DataFrame]
    queries: pd.DataFrame


def read_quarter_audits(
    workspace: Workspace, period: Period, areas: Sequence[Area]
) -> QuarterAudits:
    """Read the audit workbooks of a quarter.

    Parameters
    ----------
    workspace : Workspace
    period : Period
        The quarter.
    areas : sequence of Area
        The authorities that are asked.

    Returns
    -------
    QuarterAudits
        A text in which somebody may be recognised is left out of the tables; that it was there
        stays in ``flagged`` and in the queries. What is in a workbook never raises.
    """
    # Excel is loaded by the steps that read or write workbooks, and by no page.
    from slinb.collect.audits import read_audits

    read = read_audits(workspace.audits(period.id), period, areas)
    frames = (read.returns, read.cases, read.answers, read.actions, read.narratives)
    tables = dict(zip(AUDITS, frames, strict=True))
    tables["audit_actions"] = _leave_out(read.actions, "action")
    tables["audit_narratives"] = _leave_out(read.narratives, "text")
    return QuarterAudits(tables, _name_files(read.queries))


def _name_files(queries: pd.DataFrame) -> pd.DataFrame:
    """Begin each query with its workbook: the authority's one list is of its return too."""
    named = "in " + queries["file"] + ": " + queries["problem"]
    return queries.assign(problem=queries["problem"].where(queries["file"].eq(""), named))


def _leave_out(table: pd.DataFrame, column: str) -> pd.DataFrame:
    return table.assign(**{column: table[column].where(table["flagged"].eq(""), "")})


def refuse_mixture(workspace: Workspace, period: Period) -> None:
    """Refuse a quarter in which made-up audits or returns lie beside real ones.

    Raises
    ------
    ParameterError
        Made-up audits lie beside real ones, or beside real returns, or the other way round.
    """
    from slinb.collect.audits import list_workbooks

    folder, returns = workspace.audits(period.id), workspace.returns(period.id)
    names = [path.name for path in list_workbooks(folder)]
    if not names:
        return
    made_up = [name for name in names if name.startswith(f"{SAMPLE_WORD}_")]
    if made_up != (names if is_sample(folder) else []):
        raise ParameterError(
            f"data/raw/audits/{folder.name} holds audits of the sample beside others.",
            "Delete the sample's files (SAMPLE_*, SAMPLE.txt, sample_*.csv) and run again.",
        )
    if is_sample(folder) != is_sample(returns) and (is_sample(folder) or _holds_any(returns)):
        kinds = ("made up", "real") if is_sample(folder) else ("real", "made up")
        raise ParameterError(
            f"The audits of {folder.name} are {kinds[0]}, its returns {kinds[1]}.",
            "Delete the sample's files from data/raw/audits or from data/raw/returns.",
        )


def _holds_any(folder: Path) -> bool:
    return folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir())


def read_audit_tables(folder: Path, earlier: Sequence[Path]) -> dict[str, pd.DataFrame]:
    """Return the stored tables of the audits, and the narratives of the last exercise before.

    Parameters
    ----------
    folder : Path
        Folder of the quarter's processed tables.
    earlier : sequence of Path
        Those of earlier quarters, oldest first.
    """
    tables = {name: _read(folder, name) for name in AUDITS}
    return {**tables, BEFORE: read_last_narratives(earlier)}


def read_last_narratives(earlier: Sequence[Path]) -> pd.DataFrame:
    """Return what the authorities wrote in the last exercise that any of them answered."""
    for folder in reversed(earlier):
        said = _read(folder, "audit_narratives")
        if said["text"].ne("").any():
            return said
    return NARRATIVES.empty()


def _read(folder: Path, name: str) -> pd.DataFrame:
    path = folder / f"{name}.parquet"
    return pd.read_parquet(path) if path.exists() else AUDITS[name].empty()


def analyse_audits(
    audits: Mapping[str, pd.DataFrame],
    results: Mapping[str, pd.DataFrame],
    region: Area,
    areas: Areas,
    period: Period,
    *,
    public: bool,
) -> dict[str, pd.DataFrame]:
    """Compute the result tables of the audits and of the triangle, of one edition.

    Parameters
    ----------
    audits : mapping of str to DataFrame
        From :func:`read_audit_tables`.
    results : mapping of str to DataFrame
        The edition's own ``comparison_`` and ``travel_``, ``annual`` and ``quarterly``.
    region, areas, period
    public : bool
        Withhold what fewer cases than the instrument's set number stand behind, and every
        free text; otherwise withhold nothing.

    Returns
    -------
    dict of DataFrame
        Tables by name: ``audits_…`` and ``triangle…``.
    """
    instrument, rules = load_audit_instrument(), load_triangle_rules()
    codes = [a.code for a in areas.authorities(region.code)]
    tables = _count_audits(audits, instrument, region.code, period, public=public)
    tables |= _compare_sides(audits, results, tables, rules, codes, period)
    tables["audits_headlines"] = choose_headlines(
        region.code,
        tables["triangle_disagreements"],
        tables["audits_grades"],
        tables["audits_questions"],
        tables["audits_themes"],
        tables["audits_actions"],
        tables["audits_moderation"],
    )
    return _keep_for_public(tables, region.code) if public else tables


def _count_audits(
    audits: Mapping[str, pd.DataFrame],
    instrument: AuditInstrument,
    region: str,
    period: Period,
    *,
    public: bool,
) -> dict[str, pd.DataFrame]:
    least = instrument.withhold_below if public else 1
    cases = audits["audit_cases"]
    grades = grade_audits(cases, instrument, region, least=least)
    said = [audits[BEFORE], audits["audit_narratives"]]
    return {
        "audits_returns": audits["audit_returns"],
        "audits_grades": grades,
        "audits_questions": profile_questions(
            audits["audit_answers"], instrument, region, least=least
        ),
        "audits_moderation": measure_moderation(cases, instrument, region, least=least),
        "audits_matrix": cross_moderation(cases, instrument, region, least=least),
        "audits_themes": count_themes(cases, instrument, region, least=least),
        "audits_actions": time_actions(
            audits["audit_actions"],
            region,
            period.end,
            days=_list_days(audits["audit_returns"]),
            least=least,
        ),
        "audits_gap": compare_auditors(grades),
        "audits_narratives": pd.concat(said, ignore_index=True),
    }


def _list_days(returns: pd.DataFrame) -> dict[str, dt.date]:
    """Return the day on which each authority sent the audits that count."""
    used = returns[returns["outcome"].eq("used") & returns["received"].ne("")]
    return {
        str(area): dt.date.fromisoformat(str(day))
        for area, day in zip(used["area"], used["received"], strict=True)
    }


def _compare_sides(
    audits: Mapping[str, pd.DataFrame],
    results: Mapping[str, pd.DataFrame],
    counted: Mapping[str, pd.DataFrame],
    rules: TriangleRules,
    codes: Sequence[str],
    period: Period,
) -> dict[str, pd.DataFrame]:
    """Set data, audits and narrative side by side; without audits there is nothing to set."""
    comparison = _choose_figures(results, "comparison")
    triangle = build_triangle(
        comparison,
        _choose_figures(results, "travel"),
        counted["audits_grades"],
        counted["audits_moderation"],
        audits["audit_narratives"],
        rules,
        codes if len(audits["audit_returns"]) else [],
        period.id,
    )
    return {
        "triangle": triangle,
        "triangle_disagreements": list_disagreements(triangle, rules),
        "triangle_helpers": match_helpers(comparison, triangle, load_neighbours(), rules),
        "triangle_band": state_band(results["comparison_annual"], codes),
    }


def _choose_figures(results: Mapping[str, pd.DataFrame], name: str) -> pd.DataFrame:
    """Return the quarter's own figures, and published ones of what no return asks for."""
    own, published = results[f"{name}_quarterly"], results[f"{name}_annual"]
    rest = published[~published["measure"].isin(own["measure"])]
    return pd.concat([own, rest], ignore_index=True)


def _keep_for_public(tables: Mapping[str, pd.DataFrame], region: str) -> dict[str, pd.DataFrame]:
    """Return what the public edition has: no words of anybody, no grade of a single case."""
    kept = dict(tables)
    for name in ("audits_grades", "audits_questions"):
        table = kept[name].copy()
        table.loc[table["area"].ne(region), list(_ONE_BY_ONE)] = float("nan")
        kept[name] = table
    grades = kept["audits_grades"]
    shared = grades["breakdown"].isin(("", "auditor")) | grades["area"].eq(region)
    kept["audits_grades"] = grades[shared].reset_index(drop=True)
    kept["audits_matrix"] = kept["audits_matrix"].iloc[:0]
    kept["audits_narratives"] = kept["audits_narratives"].iloc[:0]
    kept["audits_returns"] = kept["audits_returns"].assign(file="", received="", role="")
    return kept


def write_audit_workbooks(quarter: Quarter) -> list[Path]:
    """Write one audit workbook for each authority, beside the blank returns.

    What the authority answered in the last exercise stands beside its prompts.
    """
    from slinb.collect.audit_template import write_audit_templates

    folder = quarter.workspace.reports(f"{quarter.period.id}-templates")
    previous = read_last_narratives(quarter.list_earlier())
    return write_audit_templates(folder, quarter.period, quarter.authorities, previous=previous)
