"""The rows of a receipt: what one authority sent, what became of it, and what others will see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.catalogue.subjects import name_subject
from slinb.schema import OBSERVATIONS, QUERIES, SEVERITIES, TRAVEL
from slinb.show.formats import REASONS, format_change, format_value
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import has_figure
from slinb.show.statements import index_statements

#: What each severity asks of the sender; blue and orange are for judgements alone.
ASKS = {
    "stop": ("n2", "please correct"),
    "query": ("n1", "please confirm"),
    "note": ("s", "for information"),
}
_MOVES = {
    "improved": ("b1", "improved"),
    "worsened": ("w1", "worsened"),
    "rose": ("n1", "rose"),
    "fell": ("n1", "fell"),
}


@dataclass(frozen=True)
class Asked:
    """One query: what it asks, where, what stood there, what is wrong and what to do."""

    sign: tuple[str, str]
    measure: str
    place: str
    sent: str
    problem: str
    action: str
    again: bool


@dataclass(frozen=True)
class Sent:
    """One value as it was sent, as it was read, and what became of it."""

    measure: Measure
    sent: str
    read: str
    place: str
    outcome: str


@dataclass(frozen=True)
class Shown:
    """One measure as the directors' group and as the public will see it."""

    measure: Measure
    restricted: str
    public: str
    differs: bool


@dataclass(frozen=True)
class Move:
    """One real change since the quarter before."""

    measure: Measure
    sign: tuple[str, str]
    words: str


def list_queries(
    queries: pd.DataFrame,
    before: pd.DataFrame | None,
    measures: Measures,
    area: Area,
    quarter: Period,
) -> list[Asked]:
    """Return what one authority is asked, the gravest first.

    Parameters
    ----------
    queries : DataFrame
        Rows of :data:`slinb.schema.QUERIES`.
    before : DataFrame or None
        Those of the quarter before: what is asked a second time says so.
    measures : Measures
    area : Area
    quarter : Period
    """
    mine = [r for r in list_rows(QUERIES.conform(queries)) if r["area"] == area.code]
    mine = [r for r in mine if r["period"] in ("", quarter.id)]
    mine.sort(key=lambda r: (SEVERITIES.index(r["severity"]), r["sheet"], r["cell"]))
    asked = _find_asked(before, area)
    return [_read_query(row, measures, area, asked) for row in mine]


def _find_asked(queries: pd.DataFrame | None, area: Area) -> set[tuple[str, str]]:
    rows = [] if queries is None else list_rows(QUERIES.conform(queries))
    return {(r["rule"], r["measure"]) for r in rows if r["area"] == area.code}


def _read_query(row: Row, measures: Measures, area: Area, asked: set[tuple[str, str]]) -> Asked:
    place = ", ".join(part for part in (row["sheet"], row["cell"]) if part)
    return Asked(
        sign=ASKS[row["severity"]],
        measure=name_subject(
            row, measures[row["measure"]].short if row["measure"] in measures else ""
        ),
        place=place or "the workbook",
        sent=row["sent"],
        problem=_drop_place(row, area),
        action=row["action"],
        again=row["severity"] != "note" and (row["rule"], row["measure"]) in asked,
    )


def _drop_place(row: Row, area: Area) -> str:
    """Return the problem without the name and place that stand in columns of their own."""
    text = str(row["problem"])
    places = [area.name, f"sheet {row['sheet']}" if row["sheet"] else "", row["cell"]]
    for start in (", ".join(filter(None, places)), ", ".join(filter(None, places[:2])), area.name):
        if text.startswith(f"{start}: "):
            text = text.removeprefix(f"{start}: ")
            return text[:1].upper() + text[1:]
    return text


def list_sent(
    accepted: pd.DataFrame,
    quarantined: pd.DataFrame,
    measures: Iterable[Measure],
    area: Area,
    quarter: Period,
) -> list[Sent]:
    """Return every value that came from one authority, in the catalogue's order.

    Parameters
    ----------
    accepted, quarantined : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`: the two parts into which what came fell.
    measures : iterable of Measure
    area : Area
    quarter : Period
    """
    found: dict[str, tuple[Row, bool]] = {}
    for table, held in ((accepted, False), (quarantined, True)):
        for row in list_rows(OBSERVATIONS.conform(table)):
            if row["area"] == area.code and row["period"] == quarter.id and row["sent"]:
                found[row["measure"]] = (row, held)
    return [_read_sent(*found[m.id], m) for m in measures if m.id in found]


def _read_sent(row: Row, held: bool, measure: Measure) -> Sent:
    place = ", ".join(part for part in (row["sheet"], row["cell"]) if part)
    if held:
        return Sent(measure, row["sent"], "not read", place, "set aside until you answer")
    if not has_figure(row):
        reason = REASONS[row["status"]]
        return Sent(measure, row["sent"], reason.short, place, reason.words)
    return Sent(
        measure, row["sent"], format_value(row["value"], measure, unit=False), place, row["status"]
    )


def list_shown(
    restricted: pd.DataFrame, public: pd.DataFrame, measures: Iterable[Measure], area: Area
) -> list[Shown]:
    """Return each measure of an authority in both editions, those that differ first.

    Parameters
    ----------
    restricted, public : DataFrame
        Rows of :data:`slinb.schema.COMPARISON` of the quarter's returns, by edition.
    measures : iterable of Measure
    area : Area
    """
    full, open_ = index_statements(restricted), index_statements(public)
    rows = []
    for measure in measures:
        key = (area.code, measure.id)
        if key not in full and key not in open_:
            continue
        mine, theirs = (_say_cell(rug.get(key), measure) for rug in (full, open_))
        rows.append(Shown(measure, mine, theirs, mine != theirs))
    return sorted(rows, key=lambda row: not row.differs)


def _say_cell(row: Row | None, measure: Measure) -> str:
    if row is not None and has_figure(row):
        return format_value(row["value"], measure, unit=False)
    reason = REASONS[row["status"] if row is not None and row["status"] in REASONS else "missing"]
    return f"{reason.symbol} ({reason.short})"


def list_moves(travel: pd.DataFrame, measures: Measures, area: Area) -> tuple[list[Move], int]:
    """Return the real changes since last quarter, and how many measures could be compared."""
    rows = [
        r
        for r in list_rows(TRAVEL.conform(travel))
        if r["area"] == area.code and r["since"] == "last quarter"
    ]
    compared = sum(r["direction"] not in ("", "not compared") for r in rows)
    return [
        _read_move(r, measures[r["measure"]]) for r in rows if r["direction"] in _MOVES
    ], compared


def _read_move(row: Row, measure: Measure) -> Move:
    before, after = (
        format_value(row[name], measure, unit=False) for name in ("value_before", "value")
    )
    change = format_change(row["change"], measure, unit=False)
    return Move(measure, _MOVES[row["direction"]], f"{before} to {after}, {change}")


def list_replaced(
    accepted: pd.DataFrame, superseded: pd.DataFrame, measures: Iterable[Measure], area: Area
) -> tuple[int, list[tuple[str, str, str]]]:
    """Return how many values of an earlier workbook were replaced, and those that changed.

    Each that changed stands with its measure, what was sent before and what was sent now.
    """
    before, after = (
        {
            r["measure"]: r["sent"]
            for r in list_rows(OBSERVATIONS.conform(t))
            if r["area"] == area.code
        }
        for t in (superseded, accepted)
    )
    changed = [
        (m.short, before[m.id], after[m.id])
        for m in measures
        if m.id in before and m.id in after and before[m.id] != after[m.id]
    ]
    return len(before), changed


def count_answered(
    before: pd.DataFrame | None, queries: Sequence[Asked], area: Area
) -> tuple[int, int]:
    """Return how many queries of last quarter asked for an answer, and how many are gone."""
    rows = [] if before is None else list_rows(QUERIES.conform(before))
    asked = [r for r in rows if r["area"] == area.code and r["severity"] != "note"]
    return len(asked), len(asked) - min(len(asked), sum(query.again for query in queries))
