"""A chart of one or two figures of every area with their intervals, and the table behind it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import Area
from slinb.show.dive_intervals import Dot, Interval, draw_intervals
from slinb.show.dive_values import (
    explain_missing,
    read_value,
    show_counts,
    show_judgement,
    show_marked,
    show_value,
    show_within,
)
from slinb.show.dive_view import DiveView, Find
from slinb.show.drawings import Panel
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.tables import table_html

_REAL = ("better", "worse", "higher", "lower")


@dataclass(frozen=True)
class Series:
    """One figure of every area: how it is named, found and coloured."""

    name: str
    find: Find
    token: str = "series-1"  # noqa: S105 - a colour of the theme
    hollow: bool = False


def interval_panel(
    view: DiveView, key: str, title: str, series: Sequence[Series], *, notes: str = ""
) -> Panel | None:
    """Draw a figure of every area with its interval; None where nobody has one.

    Parameters
    ----------
    view : DiveView
    key : str
        Id of the panel.
    title : str
        What is shown; who really differs is added.
    series : sequence of Series
        One or two; the first stands in words at the right and is judged.
    notes : str
        What must be known of it.
    """
    main = series[0]
    found = [(area, [one.find(area) for one in series]) for area in view.places]
    if all(row is None for _, rows in found for row in rows):
        return None
    whole = {area.code: rows for area, rows in found}[view.region.code]
    finding = _say_differing([(a, rows[0]) for a, rows in found if a != view.region])
    lines = [
        (row["value"], one.token)
        for one, row in zip(series, whole, strict=True)
        if row is not None and not math.isnan(row["value"])
    ]
    alt = f"{title}. Region {show_value(whole[0])}. {finding}"
    colours = "; ".join(_name_series(one) for one in series) if len(series) > 1 else ""
    return Panel(
        id=key,
        title=f"{title}: {finding}",
        sign=None,
        svg=draw_intervals(
            [_make_row(view, area, series, rows) for area, rows in found],
            alt,
            top=_find_top([row for _, rows in found for row in rows]),
            lines=lines,
            head=main.name if len(series) > 1 else "",
        ),
        notes=" ".join(
            text
            for text in (
                f"{colours}." if colours else "",
                "Lines: 95% intervals; faint, the region.",
                view.name_absent(whole[0]),
                notes,
            )
            if text
        ),
        table=_write_intervals(view, title, series, found),
    )


def make_dot(row: Row | None, token: str, *, hollow: bool = False) -> Dot:
    """Return a figure as a dot with its interval."""
    low, high = read_value(row, "lower"), read_value(row, "upper")
    return Dot(read_value(row), low, high, token, hollow)


def _name_series(one: Series) -> str:
    return f"{'Ring' if one.hollow else 'Dot'}: {one.name}"


def _make_row(
    view: DiveView, area: Area, series: Sequence[Series], rows: Sequence[Row | None]
) -> Interval:
    dots = [
        make_dot(row, one.token, hollow=one.hollow) for one, row in zip(series, rows, strict=True)
    ]
    known = not math.isnan(dots[0].value)
    return Interval(
        view.shorten_name(area),
        dots,
        show_marked(rows[0]) if known else "",
        reason=explain_missing(rows[0]),
        strong=area == view.region,
    )


def _find_top(rows: Sequence[Row | None]) -> float:
    known = [row["upper"] for row in rows if row is not None and not math.isnan(row["upper"])]
    return min(100.0, float(math.ceil(max(known, default=100.0) / 10) * 10))


def _say_differing(rows: Sequence[tuple[Area, Row | None]]) -> str:
    """Say who really differs from the region."""
    sides: dict[str, list[str]] = {}
    for area, row in rows:
        if row is not None and row["judgement"] in _REAL:
            sides.setdefault(row["judgement"], []).append(name_area(area))
    if not sides:
        return "no authority really differs"
    order = sorted(sides, key=("worse", "higher", "better", "lower").index)
    return "; ".join(f"{join_names(sides[word])} really {word}" for word in order)


def _write_intervals(
    view: DiveView,
    title: str,
    series: Sequence[Series],
    found: Sequence[tuple[Area, Sequence[Row | None]]],
) -> str:
    head = ["Area"]
    for one in series:
        head += [f"{one.name[:1].upper()}{one.name[1:]} (95% interval)", "Counts"]
    rows = []
    for area, figures in found:
        cells = [view.name(area)]
        for row in figures:
            cells += [show_within(row), show_counts(row)]
        rows.append([*cells, show_judgement(figures[0])])
    head.append("Against the region")
    return table_html(head, rows, caption=f"{title}.", numbers=range(1, len(head) - 1))
