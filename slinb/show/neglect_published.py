"""Neglect by the published figures: the band, its history, and the factors at assessment."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slinb.catalogue.areas import Area
from slinb.show.dive_curves import Curve, draw_curves
from slinb.show.dive_intervals import Dot, Interval, draw_intervals
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_values import read_value, show_both, show_value
from slinb.show.drawings import Panel
from slinb.show.formats import format_count
from slinb.show.markup import Html
from slinb.show.neglect_view import PUBLISHED, NeglectView, read_band
from slinb.show.phrases import name_area
from slinb.show.rows import Row
from slinb.show.tables import table_html

_FACTOR = "factor_neglect_pct"
#: What stands for a band with a withheld part: it is neither nought nor the neglect share.
_UNKNOWN = "–"


def published_html(view: NeglectView) -> Html:
    """Show the published plans with their band, year by year, and the factors at assessment."""
    years = sorted({year for _, year in view.bands})
    if not years:
        return write_section(
            "neglect-published", "The published picture", [],
            finding="No figure has been published for this region.", source=PUBLISHED,
        )  # fmt: skip
    year = years[-1]
    return write_section(
        "neglect-published",
        "The published picture: neglect, and neglect or multiple",
        [
            Part(panels=keep(_draw_band(view, year), _draw_factor(view))),
            Part(html=_write_evidence(view, year)),
            Part(
                title="Since 2013: plans open on 31 March",
                text="Solid: neglect. Dashed: neglect or multiple. Faint, behind each authority: "
                "the region. A “c” at the foot is a figure that cannot be known, because the DfE "
                "withholds Multiple.",
                panels=[_draw_years(view, area, years) for area in view.places],
            ),
        ],
        finding=_say_finding(view, year),
        intro=[
            "A plan that an authority records under “multiple” may be for neglect too. So no "
            "neglect share stands here alone: beside it stands the share for neglect or multiple, "
            "and between the two lies what the category hides."
        ],
        source=PUBLISHED,
    )


# The band -----------------------------------------------------------------------------------


def _say_finding(view: NeglectView, year: int) -> str:
    row = view.bands.get((view.region.code, year))
    alone, either = (show_value(read_band(row, share)) for share in ("neglect", "band"))
    return f"On 31 March {year} {alone} of the region's plans were for neglect, {either} for " + (
        "neglect or multiple."
    )


def _draw_band(view: NeglectView, year: int) -> Panel:
    rows = {area.code: view.bands.get((area.code, year)) for area in view.places}
    ordered = sorted(view.areas, key=lambda area: read_value(rows[area.code], "neglect_pct"))
    finding = _say_lowest(view, rows)
    drawn = [_make_band(view, area, rows[area.code]) for area in [view.region, *ordered]]
    return Panel(
        id="neglect-band",
        title=finding,
        sign=None,
        svg=draw_intervals(
            drawn, f"Plans for neglect, and for neglect or multiple, 31 March {year}. {finding}.",
            top=100, head="with Multiple",
        ),
        notes=f"31 March {year}, lowest neglect share first. Dot: neglect alone. Ring: neglect or "
        f"multiple. {_UNKNOWN}: unknown, because Multiple is withheld.",
        table=table_html(
            ["Area", "Neglect", "Neglect or multiple"],
            [
                [view.name(area), show_both(read_band(rows[area.code], "neglect")),
                 show_both(read_band(rows[area.code], "band"))]
                for area in [view.region, *ordered]
            ],
            caption=f"Plans for neglect and for neglect or multiple, 31 March {year}.",
            numbers=(1, 2),
        ),
    )  # fmt: skip


def _make_band(view: NeglectView, area: Area, row: Row | None) -> Interval:
    alone, both = read_value(row, "neglect_pct"), read_value(row, "band_pct")
    nothing = math.nan
    words = _UNKNOWN if math.isnan(both) else show_value(read_band(row, "band"))
    return Interval(
        view.shorten_name(area),
        # The line between the two is the interval of the ring.
        [Dot(alone, nothing, nothing, "series-1"), Dot(both, alone, both, "series-1", hollow=True)],
        words,
        reason="not published",
        strong=area == view.region,
    )


def _say_lowest(view: NeglectView, rows: dict[str, Row | None]) -> str:
    """Say who is lowest on neglect alone, and where it stands with Multiple."""
    known = [a for a in view.areas if not math.isnan(read_value(rows[a.code], "neglect_pct"))]
    if not known:
        return "No neglect share is published"
    lowest = min(known, key=lambda a: read_value(rows[a.code], "neglect_pct"))
    row = rows[lowest.code]
    share = show_value(read_band(row, "neglect"))
    said = f"{name_area(lowest)} is lowest on neglect alone ({share})"
    band = read_value(row, "band_pct")
    if math.isnan(band):
        return f"{said}; with Multiple it is unknown"
    above = sum(read_value(rows[a.code], "band_pct") > band for a in known)
    words = _PLACES.get(above, f"{above} authorities stand above it")
    return f"{said}, {words} with Multiple ({show_value(read_band(row, 'band'))})"


_PLACES = {0: "highest", 1: "second highest", 2: "third highest"}


def _write_evidence(view: NeglectView, year: int) -> str:
    """Write the published evidence, an area a row: as in the region's own notes."""
    later = max(view.list_years(_FACTOR), default=year)
    rows = []
    for code in view.codes:
        row = view.bands.get((code, year))
        shares = [show_value(read_band(row, share)) for share in ("neglect", "multiple", "band")]
        if shares[-1] == "c":
            shares[-1] = _UNKNOWN
        plans = read_value(row, "plans")
        factor = view.published.get((code, _FACTOR, later))
        rows.append(
            [view.name_code(code), "" if math.isnan(plans) else format_count(plans), *shares,
             show_value(factor)]
        )  # fmt: skip
    return table_html(
        ["Area", f"Plans, 31 March {year}", "Neglect", "Multiple", "Neglect or multiple",
         f"Factor neglect at assessment, {later}"],
        rows,
        caption=f"Published evidence on neglect. c: withheld by the DfE; {_UNKNOWN}: unknown, "
        "because a part of it is withheld.",
        numbers=range(1, 6),
    )  # fmt: skip


# Year by year -------------------------------------------------------------------------------


def _draw_years(view: NeglectView, area: Area, years: Sequence[int]) -> Panel:
    rows = [(year, view.bands.get((area.code, year))) for year in years]
    curves = [] if area == view.region else _list_backdrop(view, years)
    curves += [
        _make_curve(rows, "band", "series-2", "second", "with Multiple"),
        _make_curve(rows, "neglect", "series-1", "main", "neglect"),
    ]
    title = _say_years(view, area, rows)
    return Panel(
        id=f"neglect-years-{area.code}",
        title=title,
        sign=None,
        svg=draw_curves(
            curves, f"Plans open on 31 March. {title}.", span=(years[0], years[-1]), top=100,
            ticks=[(year, str(year)) for year in (years[0], 2018, years[-1])], longest=1.5,
            dots=False,
        ),
        notes="",
        table=table_html(
            ["On", "Neglect", "Neglect or multiple"],
            [
                [
                    f"31 March {y}",
                    *(show_value(read_band(row, what)) for what in ("neglect", "band")),
                ]
                for y, row in rows
                if row is not None
            ],
            caption=f"{view.name(area)}: plans open on 31 March.",
            numbers=(1, 2),
        ),
    )  # fmt: skip


def _list_backdrop(view: NeglectView, years: Sequence[int]) -> list[Curve]:
    rows = [(year, view.bands.get((view.region.code, year))) for year in years]
    return [
        Curve([(y, read_value(r, "band_pct")) for y, r in rows], "", "series-2", "fainter"),
        Curve([(y, read_value(r, "neglect_pct")) for y, r in rows], "", "series-1", "faint"),
    ]


def _make_curve(
    rows: Sequence[tuple[int, Row | None]], share: str, token: str, style: str, name: str
) -> Curve:
    points = [(float(year), read_value(row, f"{share}_pct")) for year, row in rows]
    last = rows[-1][1]
    known = not math.isnan(read_value(last, f"{share}_pct"))
    withheld = [float(y) for y, r in rows if r is not None and r[f"{share}_status"] == "suppressed"]
    label = f"{show_value(read_band(last, share))} {name}" if known else ""
    return Curve(points, label, token, style, withheld)


def _say_years(view: NeglectView, area: Area, rows: Sequence[tuple[int, Row | None]]) -> str:
    year, last = rows[-1]
    alone, both = (show_value(read_band(last, share)) for share in ("neglect", "band"))
    words = f"{both} with Multiple" if both not in ("c", "x") else "with Multiple unknown"
    name = "Region" if area == view.region else area.name
    return f"{name}: {alone} in {year}, {words}"


# The factor at assessment -------------------------------------------------------------------


def _draw_factor(view: NeglectView) -> Panel | None:
    """Draw the published factor neglect, the first year against the last."""
    years = view.list_years(_FACTOR)
    if len(years) < 2:
        return None
    first, last = years[0], years[-1]
    pairs = [(area, _factor(view, area, last), _factor(view, area, first)) for area in view.places]
    known = [row["value"] for _, *both in pairs for row in both if row is not None]
    top = max((value for value in known if not math.isnan(value)), default=100.0)
    finding = _say_factor(pairs, first, last)
    return Panel(
        id="neglect-factor-published",
        title=finding,
        sign=None,
        svg=draw_intervals(
            [_make_pair(view, *pair) for pair in pairs],
            f"Assessments with neglect among their factors. {finding}.",
            top=math.ceil(top / 10) * 10, head=str(last),
        ),
        notes=f"Of assessed episodes with any factor recorded. Dot: {last}. Ring: {first}.",
        table=table_html(
            ["Area", str(last), str(first)],
            [[view.name(a), show_both(now), show_both(then)] for a, now, then in pairs],
            caption="Assessments with neglect among their factors.",
            numbers=(1, 2),
        ),
    )  # fmt: skip


def _factor(view: NeglectView, area: Area, year: int) -> Row | None:
    return view.published.get((area.code, _FACTOR, year))


def _make_pair(view: NeglectView, area: Area, now: Row | None, then: Row | None) -> Interval:
    new, old = read_value(now, "value"), read_value(then, "value")
    nothing = math.nan
    low, high = (nothing, nothing) if math.isnan(new + old) else (min(new, old), max(new, old))
    return Interval(
        view.shorten_name(area),
        [Dot(new, low, high, "series-1"), Dot(old, nothing, nothing, "series-1", hollow=True)],
        show_value(now),
        reason="not published",
        strong=area == view.region,
    )


def _say_factor(pairs: Sequence[tuple[Area, Row | None, Row | None]], first: int, last: int) -> str:
    whole = pairs[0][1]
    known = [(a, read_value(now, "value")) for a, now, _ in pairs[1:] if now is not None]
    high = max((pair for pair in known if not math.isnan(pair[1])), key=lambda p: p[1])
    return (
        f"Neglect at assessment: region {show_value(whole)} in {last}, "
        f"{show_value(pairs[0][2])} in {first}; highest {name_area(high[0])}"
    )
