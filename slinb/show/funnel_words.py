"""A funnel in words: who differs, how much more than chance, and who has no place in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import FUNNEL, FUNNEL_CURVE
from slinb.show.formats import decapitalise, format_period, format_value
from slinb.show.funnel_panel import mark_funnel
from slinb.show.phrases import join_names
from slinb.show.remarks import say_dispersion
from slinb.show.rows import Row, list_rows
from slinb.show.trend_words import capitalise

_NUMBERS = (
    *("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)
#: Worse first, and how each is coloured.
_WORDS = ("worse", "higher", "better", "lower")


@dataclass(frozen=True)
class Side:
    """Who differs one way: the word, its sign and colour, and each name; whether beyond 99.8%."""

    word: str
    sign: str
    css_class: str
    names: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class Funnel:
    """The funnel of one measure: rows in order of the authorities, and its smooth limits."""

    measure: Measure
    rows: tuple[Row, ...]
    names: Mapping[str, str]
    curve: tuple[Row, ...]

    @property
    def placed(self) -> list[Row]:
        """Rows that have a place in it."""
        wanted = ("value", "denominator", "centre")
        return [row for row in self.rows if not any(math.isnan(row[name]) for name in wanted)]

    @property
    def outside(self) -> list[Row]:
        """Rows that the rug judges to be really different, the figures' largest first."""
        rows = [row for row in self.rows if row["outside"]]
        return sorted(rows, key=lambda row: -row["value"])

    def name(self, row: Row) -> str:
        """Return the name of the authority of a row."""
        return self.names[row["area"]]


def list_funnels(
    funnel: pd.DataFrame,
    curves: Mapping[str, pd.DataFrame],
    measures: Iterable[Measure],
    areas: Sequence[Area],
) -> list[Funnel]:
    """Return the funnel of every measure that has one, in order."""
    names = {area.code: area.name for area in areas}
    order = {code: place for place, code in enumerate(names)}
    rows: dict[str, list[Row]] = {}
    for row in list_rows(FUNNEL.conform(funnel)):
        if row["area"] in names:
            rows.setdefault(row["measure"], []).append(row)
    return [
        Funnel(
            measure,
            tuple(sorted(rows[measure.id], key=lambda row: order[row["area"]])),
            names,
            _read_curve(curves, measure),
        )
        for measure in measures
        if measure.id in rows
    ]


def _read_curve(curves: Mapping[str, pd.DataFrame], measure: Measure) -> tuple[Row, ...]:
    frame = curves.get(measure.id)
    return () if frame is None else tuple(list_rows(FUNNEL_CURVE.conform(frame)))


def say_funnel(funnel: Funnel) -> str:
    """Say the finding of a funnel for its title.

    Returns
    -------
    str
        "Four authorities differ from the region on repeat plans (ever)", or that none does.
    """
    measure = decapitalise(funnel.measure.short)
    if not funnel.placed:
        return f"No figure to compare on {measure}"
    outside = funnel.outside
    if not outside:
        return f"No authority really differs from the region on {measure}"
    if len(outside) == 1:
        return f"{funnel.name(outside[0])} differs from the region on {measure}"
    count = "All" if len(outside) == len(funnel.placed) > 2 else ""
    number = _NUMBERS[len(outside)] if len(outside) < len(_NUMBERS) else str(len(outside))
    number = f"{count} {number}" if count else capitalise(number)
    return f"{number} authorities differ from the region on {measure}"


def list_sides(funnel: Funnel) -> list[Side]:
    """Return who really differs, worse first."""
    marks = [(row, mark_funnel(row, funnel.measure)) for row in funnel.outside]
    sides = []
    for word in _WORDS:
        members = [(row, mark) for row, mark in marks if mark and mark.word == word]
        if members:
            arrow = members[0][1].arrows[0]
            names = tuple((funnel.name(row), mark.level == "99.8%") for row, mark in members)
            sides.append(Side(word, f"{arrow} {word}", f"{members[0][1].css_class[0]}1", names))
    return sides


def say_sides(funnel: Funnel) -> str:
    """Name who is worse, better, higher or lower, one sentence each."""
    sides = [(side.word, join_names([n for n, _ in side.names])) for side in list_sides(funnel)]
    return " ".join(f"{capitalise(word)}: {names}." for word, names in sides)


def say_whole(funnel: Funnel) -> str:
    """Say a funnel for a reader who does not see it: the finding first."""
    parts = [
        f"{say_funnel(funnel)}.",
        say_sides(funnel),
        f"Funnel of {len(funnel.placed)} authorities around the region's {_say_centre(funnel)}, "
        f"{say_when(funnel)}.",
        say_spread(funnel),
    ]
    return " ".join(part for part in parts if part)


def _say_centre(funnel: Funnel) -> str:
    return format_value(funnel.placed[0]["centre"], funnel.measure)


def say_when(funnel: Funnel) -> str:
    """Say the time that the figures cover."""
    return format_period(Period.parse(funnel.rows[0]["period"]), funnel.measure.shown)


def say_spread(funnel: Funnel) -> str:
    """Say φ and, where it is material, who lies outside the wider limits too."""
    first = funnel.placed[0] if funnel.placed else funnel.rows[0]
    said = say_dispersion(first)
    if not (said and first["overdispersed"]):
        return said
    beyond = [funnel.name(row) for row in funnel.outside if _is_beyond(row)]
    return f"{said} Outside those too: {join_names(beyond) if beyond else 'nobody'}."


def _is_beyond(row: Row) -> bool:
    return bool(row["value"] < row["adjusted_lower"] or row["value"] > row["adjusted_upper"])


def list_notes(funnel: Funnel) -> list[str]:
    """Say who has no place and why, and whom the rug and the exact limits judge apart."""
    notes: dict[str, list[str]] = {}
    for row in funnel.rows:
        if row["note"]:
            notes.setdefault(str(row["note"]), []).append(funnel.name(row))
    lines = [
        f"{capitalise(note)}."
        if len(names) == len(funnel.rows)
        else f"{join_names(names)}: {note}."
        for note, names in notes.items()
    ]
    edge = [funnel.name(row) for row in funnel.rows if row["disagrees"]]
    if edge:
        lines.append(
            f"{join_names(edge)}: at the very edge, where the rug's interval decides, not the line."
        )
    return lines


def write_value(value: float, measure: Measure) -> str:
    """Write a figure for a table; a dash where there is none."""
    return "–" if math.isnan(value) else format_value(value, measure, unit=False)


def write_judgement(row: Row, measure: Measure) -> str:
    """Write what the rug judges of a row, or why it is not compared."""
    mark = mark_funnel(row, measure)
    if mark:
        return f"{mark.arrows} {mark.word} ({mark.level} limits)"
    return str(row["note"]) or str(row["judgement"])
