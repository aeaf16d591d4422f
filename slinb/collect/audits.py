"""The audits of a quarter: from the workbooks that authorities sent to tables, and what to ask.

Whatever is wrong with one workbook, the others are read; nothing is dropped in silence, and no
grade is guessed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.collect.audit_cases import CasesRead, read_cases
from slinb.collect.audit_findings import list_queries
from slinb.collect.audit_forms import SentAudit, read_audit_form
from slinb.collect.audit_layout import name_audit
from slinb.collect.audit_tables import (
    AUDIT_ACTIONS,
    AUDIT_ANSWERS,
    AUDIT_CASES,
    AUDIT_RETURNS,
    NARRATIVES,
)
from slinb.collect.audit_words import read_actions, read_narrative
from slinb.collect.cells import read_date, read_number
from slinb.collect.findings import Finding
from slinb.collect.identifying import find_identifying
from slinb.collect.identity import guess_area, identify_area
from slinb.collect.returns import is_sample
from slinb.errors import PeriodError, ReturnError
from slinb.schema import QUERIES, TableSchema

_WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_SCHEMAS: dict[str, TableSchema] = {
    "returns": AUDIT_RETURNS,
    "cases": AUDIT_CASES,
    "answers": AUDIT_ANSWERS,
    "actions": AUDIT_ACTIONS,
    "narratives": NARRATIVES,
    "queries": QUERIES,
}


@dataclass(frozen=True)
class AuditsRead:
    """Audits, read: of one workbook, or of a quarter's folder.

    Parameters
    ----------
    returns, cases, answers, actions, narratives : DataFrame
        Tables of :mod:`slinb.collect.audit_tables`.
    queries : DataFrame
        :data:`slinb.schema.QUERIES`.
    sample : bool
        Whether they were made up by ``slinb sample``.
    """

    returns: pd.DataFrame
    cases: pd.DataFrame
    answers: pd.DataFrame
    actions: pd.DataFrame
    narratives: pd.DataFrame
    queries: pd.DataFrame
    sample: bool = False


def read_audits(
    folder: Path,
    quarter: Period,
    areas: Sequence[Area],
    instrument: AuditInstrument | None = None,
) -> AuditsRead:
    """Read every audit workbook of a quarter's folder.

    Of two workbooks of one authority the one with the later submission date is used, and of two
    with the same date the one whose file name sorts last.

    Parameters
    ----------
    folder : Path
        For example ``data/raw/audits/2025-26-Q3``. Without it, or without a workbook in it, no
        exercise was held: the tables are empty and nobody is asked.
    quarter, areas
        Which quarter, and whose audits are wanted.
    instrument : AuditInstrument, optional
        The one that comes with slinb if left out.

    Returns
    -------
    AuditsRead
        Never raises for what is in a file.
    """
    instrument = instrument or load_audit_instrument()
    paths = list_workbooks(folder)
    if not paths:
        return _stack([])
    read = _supersede([read_audit(path, quarter, areas, instrument) for path in paths])
    read += [_miss(a, quarter) for a in areas if a.code not in _list_areas(read)]
    return replace(_stack(read), sample=is_sample(folder))


def read_audit(
    path: Path, quarter: Period, areas: Sequence[Area], instrument: AuditInstrument
) -> AuditsRead:
    """Read one audit workbook; one that cannot be read is refused, with the reason."""
    guess = guess_area(path.name, areas)
    try:
        sent = _open(path, instrument)
    except ReturnError as error:
        reason = Finding("refused_file", error.problem, error.remedy)
        return _refuse(path.name, guess, quarter, reason)
    area = identify_area(sent.cover, areas, load_areas())
    if isinstance(area, Finding):
        return _refuse(path.name, guess, quarter, area)
    if problem := _find_quarter_problem(sent, quarter, area):
        return _refuse(path.name, area, quarter, problem)
    return _accept(sent, area, quarter, instrument)


def _open(path: Path, instrument: AuditInstrument) -> SentAudit:
    try:
        return read_audit_form(path, instrument)
    except OSError as error:
        raise ReturnError(
            f"The file cannot be opened: {error.strerror or error}.",
            "Close it in other programs, then run the quarter again.",
        ) from error


def _find_quarter_problem(sent: SentAudit, quarter: Period, area: Area) -> Finding | None:
    said = sent.cover.answer("quarter")
    try:
        if Period.parse(said) == quarter:
            return None
        problem = f"The audits are of {Period.parse(said).id}; those of {quarter.id} are collected."
    except PeriodError:
        problem = f"The cover says “{said}” where the quarter stands, which is no quarter."
    return Finding(
        "wrong_quarter",
        f"{problem} Nothing of it was used.",
        f"Send them in the workbook of {quarter.id} ({name_audit(area, quarter)}), or move this "
        "file to the folder of its own quarter.",
        sheet="Cover",
        sent=said,
    )


def _accept(
    sent: SentAudit, area: Area, quarter: Period, instrument: AuditInstrument
) -> AuditsRead:
    received = read_date(sent.cover.answers.get("submitted_on"))
    on = received or quarter.next().end
    cases = read_cases(sent.cases, instrument)
    actions, about_actions = read_actions(sent.actions, cases.names, instrument, on)
    said, about_words = read_narrative(sent.said, instrument, on)
    file = sent.cover.file
    findings = [
        *_find_cover_problems(sent, cases, received, instrument, on),
        *sent.findings,
        *cases.findings,
        *about_actions,
        *about_words,
    ]
    common = {"area": area.code, "period": quarter.id, "file": file}
    role = sent.cover.answer("role")
    told = common | {
        "received": received.isoformat() if received else "",
        "role": "" if find_identifying(role, on) else role,
        "instrument": sent.cover.answer("instrument"),
        "outcome": "used" if cases.cases else "none audited",
        "cases": len(cases.cases),
    }
    return AuditsRead(
        AUDIT_RETURNS.from_rows([told]),
        AUDIT_CASES.from_rows([common | row for row in cases.cases]),
        AUDIT_ANSWERS.from_rows([common | _hide_sent(row, on) for row in cases.answers]),
        AUDIT_ACTIONS.from_rows([common | row for row in actions]),
        NARRATIVES.from_rows([common | row for row in said]),
        list_queries([_hide_words(f, on) for f in findings], area.code, quarter.id, file),
    )


def _hide_sent(answer: dict[str, Any], on: dt.date) -> dict[str, Any]:
    return answer | {"sent": ""} if find_identifying(answer["sent"], on) else answer


def _hide_words(finding: Finding, on: dt.date) -> Finding:
    """Take out of a finding what was typed where it may tell who somebody is.

    A note about a child in the cell of a grade must not travel on in the query log.
    """
    if not find_identifying(finding.sent, on):
        return finding
    problem = finding.problem.replace(finding.sent, "(what was typed may say who somebody is)")
    return replace(finding, problem=problem, sent="")


def _find_cover_problems(
    sent: SentAudit,
    cases: CasesRead,
    received: dt.date | None,
    instrument: AuditInstrument,
    on: dt.date,
) -> list[Finding]:
    findings = [*_ask_count(sent, len(cases.cases))]
    if received is None:
        said = sent.cover.answer("submitted_on")
        problem = f"“{said}” is no date." if said else "The audits have no date of submission."
        action = "Send the day of the submission as day/month/year, for example 20/01/2026."
        findings.append(Finding("undated_return", problem, action, "Cover", sent=said))
    version = sent.cover.answer("instrument") or "none"
    if version != instrument.version:
        problem = (
            f"The workbook is of version {version} of the instrument, not {instrument.version}."
        )
        action = "Use this quarter's workbook next time; what is not in it was not read."
        findings.append(Finding("old_instrument", problem, action, "Cover", sent=version))
    if found := find_identifying(sent.cover.answer("role"), on):
        problem = f"The line for the role seems to hold {' and '.join(found)}; it was not kept."
        findings.append(
            Finding("identifying_text", problem, "Give the role, not the name.", "Cover")
        )
    return findings


def _ask_count(sent: SentAudit, cases: int) -> list[Finding]:
    """Hold the number of cases on the cover against the lines that were read."""
    said = sent.cover.answer("audited")
    number = read_number(sent.cover.answers.get("audited")).number
    if number == 0 and not cases:
        problem = "No case was audited this quarter; so the authority says."
        return [Finding("none_audited", problem, "Nothing.", "Cover", sent=said)]
    if not cases and not said and not sent.cases:
        return [
            Finding(
                "none_audited_unsaid",
                "The workbook holds no case, and does not say that none was audited.",
                "If none was, type 0 for the cases audited on the cover; otherwise send them.",
                "Cover",
            )
        ]
    if said and number != cases:
        return [
            Finding(
                "case_count_differs",
                f"The cover says “{said}” cases; {cases} were read.",
                "Send the missing lines, or correct the number.",
                "Cover",
                sent=said,
            )
        ]
    return []


def _refuse(file: str, area: Area | None, quarter: Period, finding: Finding) -> AuditsRead:
    code = area.code if area else ""
    told = {"area": code, "period": quarter.id, "file": file, "outcome": "refused"}
    return replace(
        _stack([]),
        returns=AUDIT_RETURNS.from_rows([told]),
        queries=list_queries([finding], code, quarter.id, file),
    )


def _miss(area: Area, quarter: Period) -> AuditsRead:
    finding = Finding(
        "no_audit_return",
        f"No audit workbook of {area.name} has come.",
        f"Send {name_audit(area, quarter)}; if no case was audited, send it with a 0 on its cover.",
    )
    told = {"area": area.code, "period": quarter.id, "outcome": "missing"}
    return replace(
        _stack([]),
        returns=AUDIT_RETURNS.from_rows([told]),
        queries=list_queries([finding], area.code, quarter.id, ""),
    )


def _supersede(read: Sequence[AuditsRead]) -> list[AuditsRead]:
    """Keep the latest workbook of each authority; of the earlier ones only that they came."""
    latest: dict[str, AuditsRead] = {}
    kept = []
    ordered = sorted(read, key=lambda r: (r.returns["received"].iloc[0], r.returns["file"].iloc[0]))
    for one in ordered:
        told = one.returns.iloc[0]
        if told["outcome"] == "refused":
            kept.append(one)
            continue
        if told["area"] in latest:
            kept.append(_mark_superseded(latest[told["area"]], one))
        latest[told["area"]] = one
    return [*latest.values(), *kept]


def _mark_superseded(one: AuditsRead, last: AuditsRead) -> AuditsRead:
    old, new = one.returns.iloc[0], last.returns.iloc[0]
    finding = Finding(
        "superseded_return",
        f"{old['file']} ({old['received'] or 'undated'}) is replaced by {new['file']} "
        f"({new['received'] or 'undated'}).",
        "Nothing, if the later one is meant to count.",
        sent=old["received"],
    )
    return replace(
        _stack([]),
        returns=one.returns.assign(outcome="superseded"),
        queries=list_queries([finding], old["area"], old["period"], old["file"]),
    )


def _list_areas(read: Iterable[AuditsRead]) -> set[str]:
    return {one.returns["area"].iloc[0] for one in read}


def list_workbooks(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name; none where there is no such folder."""
    if not folder.is_dir():
        return []
    return [
        p
        for p in sorted(folder.iterdir())
        if p.is_file() and p.suffix.casefold() in _WORKBOOKS and not p.name.startswith(("~$", "."))
    ]


def _stack(read: Sequence[AuditsRead]) -> AuditsRead:
    tables: dict[str, Any] = {}
    for name, schema in _SCHEMAS.items():
        filled = [frame for one in read if len(frame := getattr(one, name))]
        tables[name] = pd.concat(filled, ignore_index=True) if filled else schema.empty()
    return AuditsRead(**tables)
