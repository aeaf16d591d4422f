"""Charts that several sections of the Section 20 briefing share, each with its table behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import Area
from slinb.show.drawings import Panel
from slinb.show.formats import format_number
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.section20_bars import (
    Dot,
    Interval,
    Segment,
    Strip,
    draw_intervals,
    draw_strips,
)
from slinb.show.section20_view import (
    View,
    explain_missing,
    read_value,
    show_counts,
    show_interval,
    show_judgement,
    show_value,
)
from slinb.show.tables import table_html

_REAL = ("better", "worse", "higher", "lower")
_SHORT = {"Central Bedfordshire": "Central Beds", "Southend-on-Sea": "Southend"}
#: Shades of one colour for what is ordered, the last the darkest.
_SHADES = (0.12, 0.27, 0.44, 0.62, 0.82)
_NOT_KNOWN = Segment("not known", "neutral", 0.25)


@dataclass(frozen=True)
class Series:
    """One figure of every area: how it is named, found and coloured."""

    name: str
    find: Callable[[Area], Row | None]
    token: str = "series-1"  # noqa: S105 - a colour of the theme
    hollow: bool = False


def shorten_name(view: View, area: Area) -> str:
    """Return the name of an area for the left of a chart."""
    return "Region" if area == view.region else _SHORT.get(name_area(area), name_area(area))


# Intervals ----------------------------------------------------------------------------------


def interval_panel(
    view: View, key: str, title: str, series: Sequence[Series], *, notes: str = ""
) -> Panel | None:
    """Draw a figure of every area with its interval; None where nobody has one.

    Parameters
    ----------
    view : View
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
                view.name_absent(whole[0]["absent"]) if whole[0] is not None else "",
                notes,
            )
            if text
        ),
        table=_write_intervals(view, title, series, found),
    )


def _name_series(one: Series) -> str:
    return f"{'Ring' if one.hollow else 'Dot'}: {one.name}"


def _make_row(
    view: View, area: Area, series: Sequence[Series], rows: Sequence[Row | None]
) -> Interval:
    dots = [
        Dot(
            read_value(row),
            math.nan if row is None else row["lower"],
            math.nan if row is None else row["upper"],
            one.token,
            one.hollow,
        )
        for one, row in zip(series, rows, strict=True)
    ]
    known = not math.isnan(dots[0].value)
    mark = show_judgement(rows[0]).split(" ")[0]
    return Interval(
        shorten_name(view, area),
        dots,
        f"{mark} {show_value(rows[0])}".strip() if known else "",
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
    view: View,
    title: str,
    series: Sequence[Series],
    found: Sequence[tuple[Area, Sequence[Row | None]]],
) -> str:
    head = ["Area"]
    for one in series:
        head += [f"{one.name[:1].upper()}{one.name[1:]} (95% interval)", "Counts"]
    rows = []
    for area, figures in found:
        cells = [name_area(area) if area != view.region else view.region.name]
        for row in figures:
            within = show_interval(row)
            share = f"{show_value(row)} ({within})" if within else show_value(row)
            cells += [share, show_counts(row)]
        rows.append([*cells, show_judgement(figures[0])])
    head.append("Against the region")
    return table_html(head, rows, caption=f"{title}.", numbers=range(1, len(head) - 1))


# Strips -------------------------------------------------------------------------------------


def make_shades(labels: Sequence[str], token: str = "series-2") -> list[Segment]:  # noqa: S107
    """Return segments of one colour, darker from label to label; "not known" in grey."""
    return [
        _NOT_KNOWN if label == _NOT_KNOWN.name else Segment(label, token, _SHADES[min(i, 4)])
        for i, label in enumerate(labels)
    ]


def make_colours(labels: Sequence[str], shades: Sequence[tuple[str, float]]) -> list[Segment]:
    """Return a segment for each label in its own colour."""
    return [Segment(label, *shade) for label, shade in zip(labels, shades, strict=True)]


def strip_panel(
    view: View,
    key: str,
    title: str,
    segments: Sequence[Segment],
    find: Callable[[Area, str], Row | None],
    *,
    finding: str,
    side: Callable[[Area], str] = lambda area: "",  # noqa: ARG005 - nothing at the right
    notes: str = "",
) -> Panel | None:
    """Draw the parts of a whole for every area as strips; None where nobody has them.

    Parameters
    ----------
    view : View
    key, title : str
        Id and heading of the panel.
    segments : sequence of Segment
        The parts, in order.
    find : callable
        Gives the figure of an area and part.
    finding : str
        What the strips show, for the alternative text.
    side : callable
        Gives words at the right of an area's strip.
    notes : str
        What must be known of it.
    """
    found = [(area, [find(area, part.name) for part in segments]) for area in view.places]
    if all(row is None for _, rows in found for row in rows):
        return None
    used = [i for i in range(len(segments)) if any(_counts_any(rows[i]) for _, rows in found)]
    kept = [segments[i] for i in used]
    strips = [
        Strip(
            shorten_name(view, area),
            [read_value(rows[i]) for i in used],
            side(area),
            explain_missing(rows[used[0]] if used else None),
            strong=area == view.region,
        )
        for area, rows in found
    ]
    first = found[0][1][0]
    absent = view.name_absent(first["absent"]) if first is not None else ""
    return Panel(
        id=key,
        title=title,
        sign=None,
        svg=draw_strips(kept, strips, f"{title}. {finding}"),
        notes=" ".join(text for text in ("Per cent.", absent, notes) if text),
        table=_write_strips(view, title, kept, [(a, [r[i] for i in used]) for a, r in found]),
    )


def _counts_any(row: Row | None) -> bool:
    """Whether a part is worth a place in the key: it counts somebody, or is withheld."""
    return row is not None and row["numerator"] != 0


def _write_strips(
    view: View,
    title: str,
    segments: Sequence[Segment],
    found: Sequence[tuple[Area, Sequence[Row | None]]],
) -> str:
    rows = []
    for area, figures in found:
        name = view.region.name if area == view.region else name_area(area)
        cells = [show_value(row) for row in figures]
        bases = {row["denominator"] for row in figures if row is not None}
        base = next((b for b in bases if not math.isnan(b)), math.nan)
        rows.append([name, *cells, "" if math.isnan(base) else format_number(base)])
    head = ["Area", *(part.name[:1].upper() + part.name[1:] for part in segments), "Of"]
    return table_html(head, rows, caption=f"{title}.", numbers=range(1, len(head)))


def say_largest(view: View, find: Callable[[Area, str], Row | None], labels: Sequence[str]) -> str:
    """Say the region's parts, the largest first."""
    rows = [(label, find(view.region, label)) for label in labels]
    known = [(label, r) for label, r in rows if r is not None and not math.isnan(r["value"])]
    largest = sorted(known, key=lambda pair: -pair[1]["value"])[:3]
    largest = [pair for pair in largest if pair[1]["value"] > 0]
    if not largest:
        return "No figure of the region."
    return "Region: " + "; ".join(f"{label} {show_value(row)}" for label, row in largest) + "."


def keep(*panels: Panel | None) -> list[Panel]:
    """Return the panels that there are."""
    return [panel for panel in panels if panel is not None]
