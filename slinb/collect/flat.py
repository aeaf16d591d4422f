"""Reading the flat return: a CSV with one row a measure, for authorities that export one."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.cells import ACCEPTED_WORDS, CellReading, read_number
from slinb.collect.copies import merge_copies
from slinb.collect.findings import Finding
from slinb.collect.forms import SentReturn
from slinb.collect.layout import PARTS, Part, asked_parts
from slinb.collect.settle import Figure
from slinb.errors import PeriodError, Place, ReturnError
from slinb.schema import VALUE_STATUSES

#: Columns without which a flat return cannot be read; the order does not matter.
NEEDED_COLUMNS = ("la_code", "period", "measure_id", "numerator", "denominator", "value")
#: Columns that are read where they are there.
OTHER_COLUMNS = ("value_status", "dq_note", "submitted_by_role", "submitted_on")
FLAT_VERSION = "flat file"
#: Statuses with which a row may say that it has no figure.
_NO_FIGURE = tuple(ACCEPTED_WORDS.values())

Row = dict[str, str]


def read_flat(path: Path, quarter: Period, measures: Sequence[Measure]) -> SentReturn:
    """Read the flat return of one authority for one quarter.

    UTF-8 (with or without byte-order mark), UTF-16 and cp1252 are read; columns are found by
    name. Rows of other quarters are reported and left out.

    Raises
    ------
    ReturnError
        The file is empty, is no such table, or holds several authorities.
    """
    rows = _read_rows(path)
    place = Place(path.name)
    codes = sorted({row["la_code"] for _, row in rows if row["la_code"]})
    if len(codes) > 1:
        raise ReturnError(
            f"The file holds several authorities: {', '.join(codes)}.",
            "Send one file for each authority.",
            place,
        )
    mine, findings = _pick_quarter(rows, quarter)
    found, asked = _read_figures(mine, measures)
    figures, repeated = merge_copies(found, measures)
    answers: dict[str, object] = {
        "area_code": codes[0] if codes else "",
        "quarter": quarter.id if mine else (rows[0][1]["period"] if rows else ""),
        "template": FLAT_VERSION,
        "submitted_on": _last(mine, "submitted_on"),
        "role": _last(mine, "submitted_by_role"),
    }
    return SentReturn(path.name, answers, figures, (*findings, *asked, *repeated))


def _read_rows(path: Path) -> list[tuple[int, Row]]:
    text = decode_text(path.read_bytes())
    place = Place(path.name)
    if not text.strip():
        raise ReturnError("The file is empty.", "Ask for it again.", place)
    first_line = text.lstrip().partition("\n")[0]
    separator = max(",;\t", key=first_line.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        header = [name.strip().casefold() for name in next(reader)]
        lines = [(reader.line_num, cells) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise ReturnError(f"The file is no CSV table: {error}.", _EXPORT, place) from error
    if missing := [name for name in NEEDED_COLUMNS if name not in header]:
        raise ReturnError(
            f"The columns {', '.join(missing)} are not in this file; it has: "
            f"{', '.join(header)[:200]}.",
            _EXPORT,
            place,
        )
    return [
        (number, _pick_columns(dict(zip(header, cells, strict=False)))) for number, cells in lines
    ]


_EXPORT = (
    "Send the workbook, or a comma-separated file with the columns "
    f"{', '.join((*NEEDED_COLUMNS, *OTHER_COLUMNS))}."
)


def _pick_columns(row: dict[str, str]) -> Row:
    return {name: row.get(name, "").strip() for name in (*NEEDED_COLUMNS, *OTHER_COLUMNS)}


def decode_text(content: bytes) -> str:
    """Decode a text file: UTF-8 or UTF-16 by their marks, UTF-8 if it fits, else cp1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # cp1252 leaves five bytes undefined; a replacement mark in a note harms no figure.
        return content.decode("cp1252", errors="replace")


def _last(rows: Sequence[tuple[int, Row]], column: str) -> str:
    return next((row[column] for _, row in reversed(rows) if row[column]), "")


def _pick_quarter(
    rows: Sequence[tuple[int, Row]], quarter: Period
) -> tuple[list[tuple[int, Row]], list[Finding]]:
    mine: list[tuple[int, Row]] = []
    others: list[tuple[int, Row]] = []
    for number, row in rows:
        (mine if _is_quarter(row["period"], quarter) else others).append((number, row))
    if not mine or not others:
        return mine, []
    periods = ", ".join(sorted({row["period"] or "(empty)" for _, row in others}))
    finding = Finding(
        "row_unknown",
        f"{len(others)} rows are of other periods ({periods}) and were not read.",
        f"Nothing, if they were meant for other quarters; else set their period to {quarter.id}.",
        cell=f"row {others[0][0]}",
        sent=periods,
    )
    return mine, [finding]


def _is_quarter(text: str, quarter: Period) -> bool:
    try:
        return Period.parse(text) == quarter
    except PeriodError:
        return False


def _read_figures(
    rows: Sequence[tuple[int, Row]], measures: Sequence[Measure]
) -> tuple[list[Figure], list[Finding]]:
    by_id = {m.id: m for m in measures}
    figures, findings = [], []
    for number, row in rows:
        if measure := by_id.get(row["measure_id"]):
            figure, asked = _read_figure(number, row, measure)
            figures.append(figure)
            findings += asked
        else:
            findings.append(_ask_unknown(number, row))
    return figures, findings


def _read_figure(number: int, row: Row, measure: Measure) -> tuple[Figure, list[Finding]]:
    cell = f"row {number}"
    parts: dict[Part, CellReading] = {}
    for part in PARTS:
        if part in asked_parts(measure) or (part == "denominator" and measure.uses_population):
            parts[part] = read_number(row[part], percent=part == "value" and measure.unit == "%")
    parts, findings = _apply_status(parts, row["value_status"], measure, cell)
    if measure.kind != "value" and row["value"] and not row["numerator"]:
        findings.append(_ask_value_alone(row, measure, cell))
    final = row["value_status"].casefold() == "final"
    figure = Figure(
        measure.id,
        cell=cell,
        parts=parts,
        places=dict.fromkeys(parts, cell),
        note=row["dq_note"],
        final=final,
    )
    return figure, findings


def _apply_status(
    parts: dict[Part, CellReading], status: str, measure: Measure, cell: str
) -> tuple[dict[Part, CellReading], list[Finding]]:
    """Let the row's own status speak for its empty cells, and mark its numbers as estimates."""
    status = status.casefold().replace(" ", "_")
    asked = asked_parts(measure)
    numbers = any(parts[p].number is not None for p in asked)
    if status == "estimated":
        estimated = {
            p: CellReading(r.text, "estimated", r.number)
            for p, r in parts.items()
            if r.number is not None
        }
        return {**parts, **estimated}, []
    if status in ("", *VALUE_STATUSES) or (status in _NO_FIGURE and not numbers):
        return parts if status in ("", *VALUE_STATUSES) else _fill_empty(parts, status), []
    return parts, [
        Finding(
            "status_contradicted",
            f"{measure.title}: the status “{status}” does not fit what the row holds; "
            "the row's figures were read as they stand.",
            f"Use one of: {', '.join((*VALUE_STATUSES, *_NO_FIGURE))}.",
            cell=cell,
            sent=status,
            measure=measure.id,
        )
    ]


def _fill_empty(parts: dict[Part, CellReading], status: str) -> dict[Part, CellReading]:
    """Give the empty cells of a row its status; the first of them carries the word itself."""
    empty = [p for p, r in parts.items() if r.status == "missing"]
    return parts | {p: CellReading(status if p == empty[0] else "", status) for p in empty}


def _ask_value_alone(row: Row, measure: Measure, cell: str) -> Finding:
    return Finding(
        "figure_not_wanted",
        f"{measure.title}: a value was sent without its counts, and was not read.",
        "Send the numerator and the denominator; the value is worked out from them.",
        cell=cell,
        sent=row["value"],
        measure=measure.id,
    )


def _ask_unknown(number: int, row: Row) -> Finding:
    return Finding(
        "row_unknown",
        f"The measure “{row['measure_id']}” is not part of this quarter's return.",
        "Check the spelling of the measure id; the ids are in the template's hidden column.",
        cell=f"row {number}",
        sent=" / ".join(filter(None, (row[part] for part in PARTS))),
    )
