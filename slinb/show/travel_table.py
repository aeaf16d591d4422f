"""Direction of travel: who really moved since last quarter and a year ago, measure by measure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.schema import TRAVEL
from slinb.show.formats import format_number, format_value
from slinb.show.marks import DOWN, UP
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.rows import Row, list_rows
from slinb.show.trend_words import sharpen_decimals
from slinb.show.words import REAL_CHANGES

_CLASSES = {"improved": "b1", "worsened": "w1", "rose": "n1", "fell": "n1"}
_NOT_COMPARED = "not compared"
#: Worse first; the order of the sentence and of each cell.
_ORDER = ("worsened", "improved", "rose", "fell")
_SINCE = ("a year ago", "last quarter")


@dataclass(frozen=True)
class Move:
    """One real change: its sign, and whose it is with both figures."""

    css_class: str
    sign: str
    words: str


@dataclass(frozen=True)
class TravelCell:
    """What moved of one measure since one time, and in a few words what did not."""

    moves: tuple[Move, ...]
    rest: str


@dataclass(frozen=True)
class TravelLine:
    """One measure: a cell for each time that it is compared with."""

    measure: Measure
    cells: tuple[tuple[str, TravelCell], ...]

    @property
    def moved(self) -> bool:
        """Whether anything of it really changed."""
        return any(cell.moves for _, cell in self.cells)


def travel_html(
    travel: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    region: Area | None = None,
    title: str = "Direction of travel",
    links: Mapping[str, str] | None = None,
    key: str = "travel",
) -> Html:
    """Write the direction of travel of every measure and authority as one compact table.

    Parameters
    ----------
    travel : DataFrame
        Rows of :data:`slinb.schema.TRAVEL` of one period a measure; of returns or published.
    measures : iterable of Measure
        The rows, in order; one without a row in ``travel`` is left out.
    areas : sequence of Area
        The authorities.
    region : Area, optional
        Named in a cell where it really changed.
    title : str
        Heading (``h2``); none where empty.
    links : mapping of str to str, optional
        Address of the page of each measure, by its id.
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; it needs ``findings.css`` and no script. A column for each ``since``
        that the table has. An authority without a row was not compared, and so it says.

    Raises
    ------
    SchemaError
        A column is missing.
    """
    rows = list_rows(TRAVEL.conform(travel))
    labels = [since for since in _SINCE if any(row["since"] == since for row in rows)]
    found = {(row["measure"], row["since"], row["area"]): row for row in rows}
    shown = [m for m in measures if any(row["measure"] == m.id for row in rows)]
    absent = [a for a in areas if not any(_is_compared(r) for r in rows if r["area"] == a.code)]
    named = [area for area in areas if area not in absent]
    lines = [
        TravelLine(m, tuple((f"Since {s}", _fill(found, m, s, named, region)) for s in labels))
        for m in shown
    ]
    return Html(
        str(
            render_template(
                "travel_table",
                key=key,
                title=title,
                links=links or {},
                findings=[_say_finding(found, shown, since, areas) for since in labels],
                empty="There is no earlier figure to compare with." if not lines else "",
                labels=[f"Since {since}" for since in labels],
                absent=join_names([area.name for area in absent]) if absent else "",
                switch=_say_switch(lines),
                groups=[(d, list(g)) for d, g in groupby(lines, lambda line: line.measure.domain)],
            )
        )
    )


def _say_switch(lines: Sequence[TravelLine]) -> str:
    """Say what the switch hides; nothing where it would hide everything or nothing."""
    still = sum(not line.moved for line in lines)
    if still in (0, len(lines)):
        return ""
    what = "one measure" if still == 1 else f"{still} measures"
    return f"Hide the {what} on which nobody really changed"


def _is_compared(row: Row) -> bool:
    return bool(row["direction"] != _NOT_COMPARED)


def _fill(
    found: dict[tuple[str, str, str], Row],
    measure: Measure,
    since: str,
    areas: Sequence[Area],
    region: Area | None,
) -> TravelCell:
    rows = [(area, found.get((measure.id, since, area.code))) for area in areas]
    moved = [(area, row) for area, row in rows if row and row["direction"] in REAL_CHANGES]
    if region and (row := found.get((measure.id, since, region.code))):
        moved = [(region, row), *moved] if row["direction"] in REAL_CHANGES else moved
    moves = [
        Move(_CLASSES[direction], _sign(members, direction), _say_moves(members, measure))
        for direction in _ORDER
        if (members := [(a, r) for a, r in moved if r["direction"] == direction])
    ]
    return TravelCell(tuple(moves), _say_rest(rows, moved=bool(moves)))


def _sign(members: Sequence[tuple[Area, Row]], direction: str) -> str:
    return f"{UP if members[0][1]['change'] > 0 else DOWN} {direction}"


def _say_moves(members: Sequence[tuple[Area, Row]], measure: Measure) -> str:
    return "; ".join(f"{area.name} {_say_change(row, measure)}" for area, row in members)


def _say_change(row: Row, measure: Measure) -> str:
    before, now = row["value_before"], row["value"]
    sharp = sharpen_decimals(measure, [(before, now)])
    figures = [format_value(value, sharp, unit=False) for value in (before, now)]
    return "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}".join(figures)


def _say_rest(rows: Sequence[tuple[Area, Row | None]], *, moved: bool) -> str:
    """Say of whom nothing can be said, and that the others did not really change."""
    still = sum(row is not None and row["direction"] == "no real change" for _, row in rows)
    absent: dict[str, list[str]] = {}
    for area, row in rows:
        if row is None or not _is_compared(row):
            note = row["note"] if row else ""
            absent.setdefault(note or "no figure", []).append(area.name)
    parts = [f"No real change: {still} others" if moved else "No real change"] if still else []
    for note, names in absent.items():
        whole = len(names) == len(rows)
        parts.append(f"Not compared: {note}" if whole else f"{join_names(names)}: {note}")
    return f"{'. '.join(parts)}." if parts else ""


def _say_finding(
    found: dict[tuple[str, str, str], Row],
    measures: Sequence[Measure],
    since: str,
    areas: Sequence[Area],
) -> str:
    pairs = [(m.id, since, a.code) for m in measures for a in areas]
    said = [found[pair]["direction"] for pair in pairs if pair in found]
    counts = [(said.count(word), word) for word in _ORDER]
    parts = [f"{format_number(count)} {word}" for count, word in counts if count]
    compared = len(said) - said.count(_NOT_COMPARED)
    moved = sum(count for count, _ in counts)
    figures = f"of {format_number(compared)} figures"
    if not moved:
        return f"Since {since} none {figures} really changed."
    return f"Since {since} {format_number(moved)} {figures} really changed: {join_names(parts)}."
