"""Rows that stand twice in a return, because a sheet or a row was copied: one figure, or none."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from slinb.catalogue.measures import Measure
from slinb.collect.cells import CellReading
from slinb.collect.findings import Finding
from slinb.collect.layout import Part, find_owners, typed_parts
from slinb.collect.settle import Figure


def merge_copies(
    figures: Iterable[Figure], measures: Sequence[Measure]
) -> tuple[dict[str, Figure], list[Finding]]:
    """Bring rows that stand twice (a copied sheet or row) down to one, or refuse them.

    Copies that say the same, or of which only one is filled, are one figure; copies that differ
    are none, because nobody can tell which is meant.
    """
    owners = find_owners(measures)
    typed = {m.id: typed_parts(m, owners) for m in measures}
    by_measure: dict[str, list[Figure]] = {}
    for figure in figures:
        by_measure.setdefault(figure.measure, []).append(figure)
    merged, findings = {}, []
    for measure, rows in by_measure.items():
        merged[measure] = rows[0]
        if len(rows) > 1:
            merged[measure], finding = _merge_rows(rows, typed[measure])
            findings.append(finding)
    return merged, findings


def _merge_rows(rows: Sequence[Figure], typed: Sequence[Part]) -> tuple[Figure, Finding]:
    filled = [row for row in rows if any(row.reading(p).text for p in typed)] or list(rows)
    texts = dict.fromkeys(tuple(row.reading(p).text for p in typed) for row in filled)
    first = filled[0]
    places = ", ".join(f"“{r.sheet}” {r.cell}".removeprefix("“” ") for r in rows)
    if len(texts) == 1:
        return first, Finding(
            "row_repeated",
            f"This row stands more than once ({places}); {first.cell} was read.",
            "Delete the copied sheet or row.",
            first.sheet,
            first.cell,
            measure=first.measure,
        )
    sent = "; ".join(" / ".join(text) for text in texts)
    refused = dict.fromkeys(typed, CellReading(status="unreadable"))
    refused[typed[0]] = CellReading(sent, "unreadable")
    return replace(first, parts=refused), Finding(
        "row_twice",
        f"This row stands more than once with different figures ({places}); none was read.",
        "Delete the copied sheet or row and send the return again.",
        first.sheet,
        first.cell,
        sent,
        first.measure,
    )
