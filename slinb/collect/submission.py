"""Reading one return: a workbook or a flat file, to observations and what to ask about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.cells import read_date
from slinb.collect.findings import Finding
from slinb.collect.flat import FLAT_VERSION, read_flat
from slinb.collect.forms import SentReturn, read_form
from slinb.collect.identity import (
    find_quarter_problem,
    find_version_problem,
    guess_area,
    identify_area,
)
from slinb.collect.inbox import FLAT_FILES
from slinb.collect.layout import NARRATIVE, TEMPLATE_VERSION, return_due
from slinb.collect.settle import Figure, Settled, settle_figures
from slinb.errors import ReturnError
from slinb.schema import OBSERVATIONS, QUERIES, SUBMISSIONS

RETURN_TABLE = "quarterly return"


@dataclass(frozen=True)
class ReturnRead:
    """One file, read.

    Parameters
    ----------
    observations : DataFrame
        :data:`slinb.schema.OBSERVATIONS`: one row for each measure asked for; none where the
        return was refused.
    submissions : DataFrame
        :data:`slinb.schema.SUBMISSIONS`: one row.
    queries : DataFrame
        :data:`slinb.schema.QUERIES`: what could not be read.
    """

    observations: pd.DataFrame
    submissions: pd.DataFrame
    queries: pd.DataFrame


def read_return(
    path: Path,
    quarter: Period,
    areas: Sequence[Area],
    measures: Sequence[Measure],
    population: pd.DataFrame,
) -> ReturnRead:
    """Read one return, a workbook or a flat CSV file.

    Parameters
    ----------
    path : Path
        The file; told by its content, not by its name alone.
    quarter : Period
        The quarter that is being collected.
    areas : sequence of Area
        The authorities asked.
    measures : sequence of Measure
        The measures asked for.
    population : DataFrame
        Table of :func:`slinb.collect.population.find_population`.

    Returns
    -------
    ReturnRead
        A return that cannot be read is refused, with the reason among its queries; never raises
        for what is in the file.
    """
    guess = guess_area(path.name, areas)
    try:
        sent = _read_file(path, quarter, measures)
    except ReturnError as error:
        reason = Finding("refused_file", error.problem, error.remedy)
        return _refuse(path.name, guess, quarter, reason)
    area = identify_area(sent, areas, load_areas())
    if isinstance(area, Finding):
        return _refuse(path.name, guess, quarter, area, sent)
    if problem := find_quarter_problem(sent, quarter, area):
        return _refuse(path.name, area, quarter, problem, sent)
    return _accept(sent, area, quarter, measures, population)


def _read_file(path: Path, quarter: Period, measures: Sequence[Measure]) -> SentReturn:
    try:
        if path.suffix.casefold() in FLAT_FILES:
            return read_flat(path, quarter, measures)
        return read_form(path, measures)
    except OSError as error:
        raise ReturnError(
            f"The file cannot be opened: {error.strerror or error}.",
            "Close it in other programs, then run the quarter again.",
        ) from error


def _refuse(
    file: str,
    area: Area | None,
    quarter: Period,
    finding: Finding,
    sent: SentReturn | None = None,
) -> ReturnRead:
    code = area.code if area else ""
    submission = {"area": code, "period": quarter.id, "file": file, "outcome": "refused"}
    if sent is not None:
        received = read_date(sent.answers.get("submitted_on"))
        submission |= _describe(sent, received)
    return ReturnRead(
        OBSERVATIONS.empty(),
        SUBMISSIONS.from_rows([submission]),
        QUERIES.from_rows([finding.as_row(code, quarter.id, file)]),
    )


def _accept(
    sent: SentReturn,
    area: Area,
    quarter: Period,
    measures: Sequence[Measure],
    population: pd.DataFrame,
) -> ReturnRead:
    received = read_date(sent.answers.get("submitted_on"))
    mine = population[population["area"] == area.code]
    people = dict(zip(mine["count"], mine["value"], strict=True))
    settled = settle_figures(measures, sent.figures, people)
    day = f" of {received.isoformat()}" if received else ", undated"
    rows = describe_rows(
        sent.file,
        sent.figures,
        settled,
        area=area,
        quarter=quarter,
        release=f"{quarter.id} return{day}",
    )
    observations = OBSERVATIONS.from_rows(rows)
    findings = [
        *_find_file_problems(sent, received, measures),
        *sent.findings,
        *(finding for one in settled.values() for finding in one.findings),
    ]
    submission = _describe(sent, received) | {
        "area": area.code,
        "period": quarter.id,
        "file": sent.file,
        "outcome": "late" if received and received > return_due(quarter) else "used",
        "values_in": int((observations["sent"] != "").sum()),
    }
    return ReturnRead(
        observations,
        SUBMISSIONS.from_rows([submission]),
        QUERIES.from_rows([f.as_row(area.code, quarter.id, sent.file) for f in findings]),
    )


def describe_rows(
    file: str,
    figures: Mapping[str, Figure],
    settled: Mapping[str, Settled],
    *,
    area: Area,
    quarter: Period,
    release: str,
) -> list[dict[str, Any]]:
    """Return the observations of one return as rows, one for each measure settled."""
    rows = []
    for measure, one in settled.items():
        figure = figures.get(measure, Figure(measure))
        rows.append(
            {
                "area": area.code,
                "period": quarter.id,
                "measure": measure,
                "numerator": one.numerator,
                "denominator": one.denominator,
                "value": one.value,
                "status": one.status,
                "sent": one.sent,
                "note": figure.note,
                "publisher": area.name,
                "release": release,
                "table": RETURN_TABLE,
                "file": file,
                "sheet": figure.sheet,
                "cell": figure.cell,
            }
        )
    return rows


def _describe(sent: SentReturn, received: dt.date | None) -> dict[str, Any]:
    told = [(line.label, sent.answer(line.id)) for line in NARRATIVE]
    return {
        "received": received.isoformat() if received else "",
        "role": sent.answer("role"),
        "template": sent.answer("template"),
        "narrative": "\n".join(f"{label} {text}" for label, text in told if text),
    }


def _find_file_problems(
    sent: SentReturn, received: dt.date | None, measures: Sequence[Measure]
) -> list[Finding]:
    """Find what is open about a return as a whole: its date, its version, rows that are gone."""
    findings = []
    if received is None:
        findings.append(_ask_date(sent))
    absent = [m for m in measures if m.id not in sent.figures]
    current = FLAT_VERSION if sent.answer("template") == FLAT_VERSION else TEMPLATE_VERSION
    if version := find_version_problem(sent, [m.title for m in absent], current):
        return [*findings, version]
    return findings + [_ask_row(measure) for measure in absent]


def _ask_date(sent: SentReturn) -> Finding:
    said = sent.answer("submitted_on")
    problem = f"“{said}” is no date." if said else "The return has no date of submission."
    return Finding(
        "undated_return",
        problem,
        "Send the day of the submission as day/month/year, for example 20/01/2026.",
        sheet="Cover" if sent.answer("template") != FLAT_VERSION else "",
        sent=said,
    )


def _ask_row(measure: Measure) -> Finding:
    return Finding(
        "row_missing",
        f"{measure.title}: its row is not in the file (deleted, or its hidden mark is gone).",
        "Send this figure in a fresh template; it was not read as zero.",
        measure=measure.id,
    )
