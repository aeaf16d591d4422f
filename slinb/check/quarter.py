"""Checking a quarter: what stands, what is set aside, and what is asked of whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from slinb.catalogue.areas import ENGLAND, Areas
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.check.completeness import build_expected_frame, build_returns_frame, has_come
from slinb.check.engine import SUITE_RESULTS, Outcome, run_suite
from slinb.check.frame import build_facts, build_value_frame
from slinb.check.questions import Background, build_question_frame, spare_innocent
from slinb.check.rules import RuleBook, SuiteName, load_rules
from slinb.check.summary import summarise, verify_sum
from slinb.check.wording import Wording, list_rows, name_file, write_queries
from slinb.schema import OBSERVATIONS, QUERIES, SEVERITIES, STATUSES, SUBMISSIONS


@dataclass(frozen=True)
class CheckResult:
    """What the checks of a quarter came to.

    Parameters
    ----------
    accepted, quarantined : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`; together exactly the values that came in. A
        cell left empty is no value and stands in neither.
    queries : DataFrame
        Rows of :data:`slinb.schema.QUERIES`: the reader's and those of the checks, by
        authority, severity and place.
    summary : DataFrame
        Rows of :data:`slinb.check.summary.SUMMARY`, one an authority and quarter.
    suites : DataFrame
        Rows of :data:`slinb.check.engine.SUITE_RESULTS`: every expectation that was judged, on
        how many rows, and how many failed.
    """

    accepted: pd.DataFrame
    quarantined: pd.DataFrame
    queries: pd.DataFrame
    summary: pd.DataFrame
    suites: pd.DataFrame


def check_quarter(
    observations: pd.DataFrame,
    history: pd.DataFrame,
    published: pd.DataFrame,
    submissions: pd.DataFrame,
    reader_queries: pd.DataFrame,
    measures: Measures,
    areas: Areas,
    quarter: Period,
    region: str,
    *,
    rules: RuleBook | None = None,
) -> CheckResult:
    """Check the returns of one quarter.

    Parameters
    ----------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS` of the quarter, one an area and measure.
    history : DataFrame
        The same of earlier quarters; may be empty.
    published : DataFrame
        Published observations, annual; may be empty.
    submissions : DataFrame
        Rows of :data:`slinb.schema.SUBMISSIONS`.
    reader_queries : DataFrame
        Rows of :data:`slinb.schema.QUERIES` that the reader raised; a value that it stopped is
        quarantined.
    measures, areas
        The catalogue.
    quarter : Period
        The quarter collected.
    region : str
        Code of the region whose authorities are asked; England's, or nothing, for all.
    rules : RuleBook, optional
        The rules that come with slinb if left out.

    Returns
    -------
    CheckResult
        Values in = accepted + quarantined, always.

    Raises
    ------
    SchemaError
        A table lacks a column or a rule could not be judged.
    SlinbError
        The sum does not hold, which is a fault of slinb.

    Examples
    --------
    >>> result = check_quarter(  # doctest: +SKIP
    ...     observations, history, published, submissions, queries,
    ...     load_measures(), load_areas(), Period.parse("2025-26-Q3"), "E12000006",
    ... )
    >>> len(result.accepted) + len(result.quarantined)  # doctest: +SKIP
    495
    """
    return check_quarters(
        observations,
        history,
        published,
        submissions,
        reader_queries,
        measures,
        areas,
        [quarter],
        region,
        rules=rules,
    )


def check_quarters(
    observations: pd.DataFrame,
    history: pd.DataFrame,
    published: pd.DataFrame,
    submissions: pd.DataFrame,
    reader_queries: pd.DataFrame,
    measures: Measures,
    areas: Areas,
    quarters: Sequence[Period],
    region: str,
    *,
    rules: RuleBook | None = None,
) -> CheckResult:
    """Check several quarters at once; each is held against those before it.

    Parameters and result are those of :func:`check_quarter`, ``observations`` holding every
    one of ``quarters``. Much faster than one quarter at a time.
    """
    known = areas.authorities("" if region == ENGLAND else region, max(quarters))
    codes = [a.code for a in known]
    scope = _Scope(measures, areas, list(quarters), codes, rules or load_rules())
    ledger = _Ledger(QUERIES.conform(reader_queries))
    background = Background(OBSERVATIONS.conform(history), published)
    everything = _judge_structure(observations, scope, ledger)
    sent = everything[has_come(everything)]
    ledger.stop_read(sent)
    _judge_values(sent, background, scope, ledger)
    _judge_completeness(everything, background, SUBMISSIONS.conform(submissions), scope, ledger)
    return _conclude(sent, scope, ledger)


@dataclass(frozen=True)
class _Scope:
    """Whom, what and when a check is about, and by which rules."""

    measures: Measures
    areas: Areas
    quarters: list[Period]
    codes: list[str]
    rules: RuleBook

    @property
    def periods(self) -> list[str]:
        return [q.id for q in self.quarters]

    @property
    def asked(self) -> list[str]:
        return [m.id for m in self.measures.quarterly()]

    def word(self, frame: pd.DataFrame, firsts: pd.Series[Any]) -> pd.DataFrame:
        """Put findings into words; partners are looked up in the same frame."""
        rules = {r.id: r for suite in self.rules.suites.values() for r in suite}
        partners = _list_named(frame, firsts)
        rows = {r["row"]: r for r in list_rows(partners)}
        return write_queries(frame, firsts, rules, Wording(self.areas, self.measures, rows))


@dataclass
class _Ledger:
    """What has been found so far."""

    read: pd.DataFrame
    stopped: set[int] = field(default_factory=set)
    queries: list[pd.DataFrame] = field(default_factory=list)
    results: list[pd.DataFrame] = field(default_factory=list)

    def standing(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the rows that no rule has stopped."""
        return frame[~frame["row"].isin(self.stopped)]

    def stop_read(self, sent: pd.DataFrame) -> None:
        """Stop the values that the reader stopped."""
        stops = self.read[self.read["severity"].eq("stop") & self.read["measure"].ne("")]
        stopped = _index_cells(stops, stops["file"].map(name_file))
        for files in (sent["file"].map(name_file), pd.Series("", index=sent.index)):
            # A stop that names no file is meant of whichever file the value came from.
            self.stopped |= set(sent.loc[_index_cells(sent, files).isin(stopped), "row"])

    def record(self, outcome: Outcome, queries: pd.DataFrame) -> None:
        """Keep a suite's results and those queries that the reader has not raised already."""
        self.results.append(outcome.results)
        self.queries.append(_drop_known(queries, self.read))


def _index_cells(frame: pd.DataFrame, files: pd.Series[Any]) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([frame["area"], frame["period"], frame["measure"], files])


def _judge_structure(observations: pd.DataFrame, scope: _Scope, ledger: _Ledger) -> pd.DataFrame:
    """Judge the raw table; return it in the shape of the schema, with a column ``row``."""
    numbered = observations.reset_index(drop=True)
    numbered["row"] = np.arange(len(numbered))
    complete = {"sent", "status"} <= set(numbered.columns)
    came = numbered[has_come(numbered)] if complete else numbered
    parameters = {
        "columns": OBSERVATIONS.names,
        "known_areas": scope.codes,
        "known_measures": scope.asked,
        "known_periods": scope.periods,
        "known_statuses": list(STATUSES),
    }
    outcome = _run("structure", came, scope, parameters)
    everything = OBSERVATIONS.conform(numbered.drop(columns="row")).assign(row=numbered["row"])
    firsts = outcome.first_rules()
    ledger.stopped |= set(firsts.index)
    ledger.record(outcome, scope.word(everything, firsts))
    return everything


def _judge_values(
    sent: pd.DataFrame, background: Background, scope: _Scope, ledger: _Ledger
) -> None:
    """Judge what can be true at all and, of what can, what is likely."""
    settings = scope.rules.settings
    facts = build_facts(scope.measures, settings)
    values = build_value_frame(ledger.standing(sent), facts)
    outcome = _run("values", values, scope)
    firsts = outcome.first_rules()
    ledger.stopped |= set(firsts.index)
    ledger.record(outcome, scope.word(values, firsts))
    frame = build_question_frame(
        ledger.standing(values), background, facts, scope.measures, settings
    )
    outcome = _run("questions", frame, scope)
    findings = spare_innocent(frame, _add_severity(outcome.findings, scope.rules))
    notes = findings[findings["severity"] == "note"].set_index("row")["rule"]
    asked = findings[findings["severity"] != "note"].sort_values(["row", "rank"])
    firsts = asked.drop_duplicates("row").set_index("row")["rule"]
    ledger.record(outcome, scope.word(frame, pd.concat([firsts, notes])))


def _judge_completeness(
    everything: pd.DataFrame,
    background: Background,
    submissions: pd.DataFrame,
    scope: _Scope,
    ledger: _Ledger,
) -> None:
    """Judge whether the returns came, in time, and with what they held a quarter before."""
    sent = everything[has_come(everything)]
    frame = build_returns_frame(
        submissions, sent, scope.codes, scope.quarters, scope.rules.settings
    )
    outcome = _run("returns", frame, scope)
    found = outcome.findings.set_index("row")["rule"]
    ledger.record(outcome, scope.word(frame, found))
    frame = build_expected_frame(
        everything,
        background.history,
        submissions,
        scope.codes,
        scope.quarters,
        scope.measures.quarterly(),
    )
    outcome = _run("completeness", frame, scope)
    gaps = scope.word(frame, outcome.first_rules())
    ledger.record(outcome, _drop_explained(gaps, ledger.read))


def _conclude(sent: pd.DataFrame, scope: _Scope, ledger: _Ledger) -> CheckResult:
    accepted = ledger.standing(sent)
    quarantined = sent[sent["row"].isin(ledger.stopped)]
    verify_sum(sent, accepted, quarantined)
    read = Wording(scope.areas, scope.measures, {}).place_all(ledger.read)
    queries = sort_queries(pd.concat([read, *ledger.queries], ignore_index=True))
    asked = (scope.codes, scope.quarters, scope.asked)
    return CheckResult(
        OBSERVATIONS.conform(accepted.drop(columns="row")).reset_index(drop=True),
        OBSERVATIONS.conform(quarantined.drop(columns="row")).reset_index(drop=True),
        queries,
        summarise(sent, accepted, quarantined, queries, asked),
        SUITE_RESULTS.conform(pd.concat(ledger.results, ignore_index=True)),
    )


def _run(
    name: SuiteName, frame: pd.DataFrame, scope: _Scope, parameters: dict[str, Any] | None = None
) -> Outcome:
    return run_suite(frame, name, scope.rules.suites[name], parameters)


def _add_severity(findings: pd.DataFrame, rules: RuleBook) -> pd.DataFrame:
    severities = {rule.id: rule.severity for rule in rules.suites["questions"]}
    return findings.assign(severity=findings["rule"].map(severities).astype("str"))


def _list_named(frame: pd.DataFrame, firsts: pd.Series[Any]) -> pd.DataFrame:
    """Return the rows that the partners of the failing rows name."""
    failing = frame[frame["row"].isin(firsts.index)]
    columns = [c for c in failing.columns if c.endswith("_partner")]
    named = {int(p.split(" ")[0]) for c in columns for p in failing[c] if p}
    return frame[frame["row"].isin(named)]


def _drop_known(queries: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Drop the queries that the reader has raised already: the same rule of the same cell."""
    columns = ["area", "period", "measure", "rule"]
    known = pd.MultiIndex.from_frame(read[columns])
    return queries[~pd.MultiIndex.from_frame(queries[columns]).isin(known)]


def _drop_explained(queries: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Drop gaps for which the reader has given the reason.

    It has asked about the same measure, stopped the whole sheet, or said that the workbook is
    an older one, in which the measure has no cell.
    """
    cells = {(r.area, r.measure) for r in read.itertuples() if r.measure}
    whole = read[read["measure"].eq("")]
    sheets = {(r.area, r.sheet) for r in whole.itertuples() if r.severity == "stop"}
    older = set(whole.loc[whole["rule"].eq("old_template"), "area"])
    explained = [
        (r.area, r.measure) in cells
        or (bool(r.sheet) and (r.area, r.sheet) in sheets)
        or (not r.cell and r.area in older)
        for r in queries.itertuples()
    ]
    return queries[~np.array(explained, dtype=bool)]


def sort_queries(queries: pd.DataFrame) -> pd.DataFrame:
    """Sort queries by authority, then the gravest first, then by sheet and cell.

    Returns
    -------
    DataFrame
        The same rows, numbered anew. E9 comes before E12.
    """
    digits = queries["cell"].str.extract(r"([A-Za-z]*)(\d*)")
    keys = pd.DataFrame(
        {
            "area": queries["area"],
            "severity": queries["severity"].map({s: i for i, s in enumerate(SEVERITIES)}),
            "sheet": queries["sheet"],
            "number": pd.to_numeric(digits[1], errors="coerce").fillna(0),
            "letters": digits[0],
        }
    )
    order = keys.sort_values(list(keys.columns), kind="stable").index
    return queries.loc[order].reset_index(drop=True)
