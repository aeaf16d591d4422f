"""A chart of the parts of a whole of every area as strips, and the table behind it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from slinb.catalogue.areas import Area
from slinb.show.dive_strips import Segment, Strip, draw_strips
from slinb.show.dive_values import explain_missing, read_value, show_value
from slinb.show.dive_view import DiveView, FindPart
from slinb.show.drawings import Panel
from slinb.show.formats import format_number
from slinb.show.rows import Row
from slinb.show.tables import table_html

#: Shades of one colour for what is ordered, the last the darkest.
_SHADES = (0.12, 0.27, 0.44, 0.62, 0.82)
_NOT_KNOWN = Segment("not known", "neutral", 0.25)


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
    view: DiveView,
    key: str,
    title: str,
    segments: Sequence[Segment],
    find: FindPart,
    *,
    side: Callable[[Area], str] = lambda area: "",  # noqa: ARG005 - nothing at the right
    notes: str = "",
) -> Panel | None:
    """Draw the parts of a whole for every area as strips; None where nobody has them.

    Parameters
    ----------
    view : DiveView
    key, title : str
        Id and heading of the panel.
    segments : sequence of Segment
        The parts, in order.
    find : callable
        Gives the figure of an area and part.
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
            view.shorten_name(area),
            [read_value(rows[i]) for i in used],
            side(area),
            explain_missing(rows[used[0]] if used else None),
            strong=area == view.region,
        )
        for area, rows in found
    ]
    finding = say_largest(view, find, [part.name for part in segments])
    absent = view.name_absent(found[0][1][0])
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
    view: DiveView,
    title: str,
    segments: Sequence[Segment],
    found: Sequence[tuple[Area, Sequence[Row | None]]],
) -> str:
    rows = []
    for area, figures in found:
        cells = [show_value(row) for row in figures]
        bases = {row["denominator"] for row in figures if row is not None}
        base = next((b for b in bases if not math.isnan(b)), math.nan)
        rows.append([view.name(area), *cells, "" if math.isnan(base) else format_number(base)])
    head = ["Area", *(part.name[:1].upper() + part.name[1:] for part in segments), "Of"]
    return table_html(head, rows, caption=f"{title}.", numbers=range(1, len(head)))


def say_largest(view: DiveView, find: FindPart, labels: Sequence[str]) -> str:
    """Say the region's parts, the largest first."""
    rows = [(label, find(view.region, label)) for label in labels]
    known = [(label, r) for label, r in rows if r is not None and not math.isnan(r["value"])]
    largest = sorted(known, key=lambda pair: -pair[1]["value"])[:3]
    largest = [pair for pair in largest if pair[1]["value"] > 0]
    if not largest:
        return "No figure of the region."
    return "Region: " + "; ".join(f"{label} {show_value(row)}" for label, row in largest) + "."
