"""A process chart in words: what its latest point says, its limits, its gaps and its breaks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import decapitalise, format_number, format_value
from slinb.show.marks import DOWN, UP, Mark, mark_judgement
from slinb.show.remarks import say_trial
from slinb.show.rows import Row

_MOST_DECIMALS = 4
_MOST_PERIODS = 3
#: Why a point carries a flag, for a narrow column.
FLAG_WORDS = {
    "outside": "outside the limits",
    "trend": "part of a run one way",
    "two_of_three": "close to a limit",
    "shift": "part of a run on one side",
}
_FOR_WHAT = {
    "better": "for the better",
    "worse": "for the worse",
    "higher": "on the high side",
    "lower": "on the low side",
}


@dataclass(frozen=True)
class Signal:
    """What the latest point of a series shows: words for a title, an arrow and a colour class."""

    words: str
    for_what: str
    arrow: str
    css_class: str
    token: str


def mark_point(row: Row, measure: Measure) -> Mark | None:
    """Return the mark of a flagged point; None where the point carries no flag."""
    return mark_judgement(row["side"], "", measure.polarity) if row["flag"] else None


def name_token(mark: Mark) -> str:
    """Return the colour token of a mark."""
    return mark.word if mark.word in ("better", "worse") else "neutral"


def read_signal(rows: Sequence[Row], measure: Measure) -> Signal | None:
    """Say what the last point of a series signals; None where it signals nothing.

    Parameters
    ----------
    rows : sequence of mapping
        Rows of :data:`slinb.schema.TRENDS` of one area and measure, in order of time.
    measure : Measure

    Returns
    -------
    Signal or None
        Words such as "8 quarters in a row below its mean".
    """
    mark = mark_point(rows[-1], measure) if rows else None
    if mark is None:
        return None
    return Signal(
        words=_say_signal(rows, mark.side),
        for_what=_FOR_WHAT[mark.word],
        arrow=UP if mark.side == "higher" else DOWN,
        css_class=mark.css_class,
        token=name_token(mark),
    )


def _say_signal(rows: Sequence[Row], side: str) -> str:
    above = side == "higher"
    flag = rows[-1]["flag"]
    if flag == "outside":
        return f"the latest quarter {'above its upper' if above else 'below its lower'} limit"
    if flag == "two_of_three":
        return f"two of the last three quarters close to its {'upper' if above else 'lower'} limit"
    if flag == "trend":
        return f"{_count_steps(rows, above) + 1} quarters {'rising' if above else 'falling'}"
    where = "above" if above else "below"
    return f"{_count_run(rows, above)} quarters in a row {where} its mean"


def _count_run(rows: Sequence[Row], above: bool) -> int:
    """Count the last quarters on one side of the mean; a gap or a new segment ends the run."""
    last = rows[-1]["segment"]
    count = 0
    for row in reversed(rows):
        beyond = row["value"] > row["mean"] if above else row["value"] < row["mean"]
        if not beyond or row["segment"] != last:
            break
        count += 1
    return count


def _count_steps(rows: Sequence[Row], up: bool) -> int:
    count = 0
    for before, row in zip(reversed(rows[:-1]), reversed(rows), strict=False):
        step = row["value"] > before["value"] if up else row["value"] < before["value"]
        if not step or row["segment"] != before["segment"]:
            break
        count += 1
    return count


def sharpen_decimals(measure: Measure, pairs: Sequence[tuple[float, float]]) -> Measure:
    """Give a measure the decimals at which figures that differ look different.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> measure = load_measures()["rereferrals_pct"]
    >>> sharpen_decimals(measure, [(33.597, 33.608)]).decimals
    2
    """
    decimals = measure.decimals
    known = [(a, b) for a, b in pairs if a != b and not (math.isnan(a) or math.isnan(b))]
    while decimals < _MOST_DECIMALS and any(
        format_number(a, decimals) == format_number(b, decimals) for a, b in known
    ):
        decimals += 1
    return measure.model_copy(update={"decimals": decimals})


def sharpen_trend(rows: Sequence[Row], measure: Measure) -> Measure:
    """Give a measure the decimals at which the latest point stands apart from what it crossed."""
    if not rows or not rows[-1]["flag"]:
        return measure
    last = rows[-1]
    return sharpen_decimals(measure, [(last["value"], last[n]) for n in ("lower", "mean", "upper")])


def floor_limit(value: float, measure: Measure) -> float:
    """Hold a limit within what the measure can be: no share below 0% or above 100%."""
    if math.isnan(value):
        return value
    low = max(value, 0.0) if measure.plausible[0] >= 0 else value
    return min(low, 100.0) if measure.kind == "proportion" else low


def format_quarter(period: str, measure: Measure) -> str:
    """Write the quarter of a point briefly: "Oct–Dec 2025", or the day of a snapshot.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> format_quarter("2025-26-Q3", load_measures()["rereferrals_pct"])
    'Oct–Dec 2025'
    """
    parsed = Period.parse(period)
    if measure.shown == "snapshot":
        return f"{parsed.end.day} {parsed.end:%b} {parsed.end.year}"
    return f"{parsed.start:%b}–{parsed.end:%b} {parsed.end.year}"


def say_limits(rows: Sequence[Row], measure: Measure) -> str:
    """Say the mean and limits of the latest segment, and that they are trial limits.

    Nothing of a segment without limits: its note says why there are none.
    """
    last = rows[-1]
    if math.isnan(last["lower"]) or math.isnan(last["upper"]):
        return ""
    trial = say_trial(int(last["points"]))
    mean, low, high = (
        format_value(floor_limit(last[name], measure), measure, unit=False)
        for name in ("mean", "lower", "upper")
    )
    return f"Mean {mean}, limits {low} to {high}.{' ' if trial else ''}{trial}"


def list_notes(rows: Sequence[Row], measure: Measure) -> list[str]:
    """Say what the rows note, once each, with the quarters that it is said of."""
    told: dict[str, list[str]] = {}
    for row in rows:
        for part in str(row["note"]).split("; ") if row["note"] else []:
            told.setdefault(part, []).append(format_quarter(row["period"], measure))
    return [_say_note(note, periods, len(rows)) for note, periods in told.items()]


def _say_note(note: str, periods: Sequence[str], whole: int) -> str:
    text = capitalise(note).rstrip(".")
    if note.startswith("no limits") or len(periods) == whole:
        return f"{text}."
    if len(periods) > _MOST_PERIODS:
        return f"{text} ({len(periods)} quarters, the last {periods[-1]})."
    return f"{text} ({', '.join(periods)})."


def say_latest(rows: Sequence[Row], measure: Measure) -> str:
    """Say the latest point, and the twelve months where they are another figure."""
    last = rows[-1]
    when = format_quarter(last["period"], measure)
    if math.isnan(last["value"]):
        return f"{when}: no value."
    text = f"{when}: {format_value(last['value'], measure, unit=False)}"
    if measure.shown == "rolling12" and not math.isnan(last["rolling"]):
        text += f"; over 12 months {format_value(last['rolling'], measure, unit=False)}"
    return f"{text}."


def say_series(name: str, rows: Sequence[Row], measure: Measure) -> str:
    """Say a whole chart for a reader who does not see it: the finding first."""
    signal = read_signal(rows, measure)
    finding = f"{signal.words}, {signal.for_what}" if signal else "no signal in the latest quarter"
    values = [row for row in rows if not math.isnan(row["value"])]
    span = (
        f"Line chart of {len(values)} quarters to {format_quarter(rows[-1]['period'], measure)}."
        if values
        else "There is no value to draw."
    )
    parts = [
        f"{name}, {decapitalise(measure.short)}: {finding}.",
        span,
        say_latest(rows, measure),
        say_limits(rows, measure),
        *list_notes(rows, measure),
    ]
    return " ".join(part for part in parts if part)


def capitalise(text: str) -> str:
    """Raise the first letter of a sentence, and no other.

    Examples
    --------
    >>> capitalise("the DfE's")
    "The DfE's"
    """
    return text[:1].upper() + text[1:]
