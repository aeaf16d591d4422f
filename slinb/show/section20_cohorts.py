"""What became of the children who started under Section 20."""

from __future__ import annotations

import math
from collections.abc import Sequence

from slinb.catalogue.areas import Area
from slinb.catalogue.periods import Period
from slinb.show.dive_curves import Curve, draw_curves
from slinb.show.dive_section import Part, keep, write_section
from slinb.show.dive_values import (
    explain_missing,
    show_counts,
    show_interval,
    show_judgement,
    show_months,
    show_value,
)
from slinb.show.drawings import Panel
from slinb.show.formats import format_number
from slinb.show.markup import Html
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row
from slinb.show.section20_view import Section20View
from slinb.show.tables import table_html

_WITHIN = ("within 3 months", "within 6 months", "within 12 months")
_CAUSES = {
    "order": ("order", "series-1"),
    "home": ("home", "series-2"),
    "other": ("left otherwise", "series-4"),
    "adult": ("turned 18", "series-3"),
}
_DAYS_A_MONTH = 30.4


def cohorts_html(view: Section20View) -> Html:
    """Show how many of those who started came under an order, went home or left otherwise."""
    curves = _index_curves(view)
    return write_section(
        "s20-cohorts",
        "What became of those who started under Section 20",
        [
            Part(panels=_draw_cohorts(view, curves), text=_say_undrawn(view, curves)),
            Part(html=_write_conversion(view)),
            Part(html=_write_cohorts(view), fold="The region by quarter of start"),
        ],
        finding=_say_cohorts(view, curves),
        intro=[
            "Every child who started care under Section 20 in the last three years is followed to "
            "the first of: a care or placement order, home, the 18th birthday, another ending. "
            "The curves (Aalen-Johansen) let those who went home compete with those who came "
            "under an order, and count nobody as “no order” who was only not followed for long "
            "enough. The band is the 95% interval; faint, the region."
        ],
    )


Curves = dict[tuple[str, str], list[Row]]


def _index_curves(view: Section20View) -> Curves:
    """Return the curves of all starters together, by area and cause."""
    found: Curves = {}
    for row in view.rows("incidence"):
        if row["starters"] == "all" and row["population"] == "all":
            found.setdefault((row["area"], row["cause"]), []).append(row)
    return found


def _at(rows: Sequence[Row], month: int) -> Row | None:
    return next((row for row in rows if row["month"] == month), None)


def _say_cohorts(view: Section20View, curves: Curves) -> str:
    at = {c: _at(curves.get((view.region.code, c), []), 12) for c in _CAUSES}
    order = at["order"]
    if order is None or math.isnan(order["value"]):
        return "No regional figure can be given of what became of those who started."
    others = [row for row in (at["home"], at["other"], at["adult"]) if row is not None]
    words = ("had gone home", "had left otherwise", "had turned 18")
    said = ", ".join(f"{show_value(r)} {w}" for r, w in zip(others, words, strict=False))
    return (
        f"Within 12 months {show_value(order)} of the region's starters were under an order "
        f"({show_interval(order)}); {said}."
    )


def _draw_cohorts(view: Section20View, curves: Curves) -> list[Panel]:
    panels = [_draw_region(view, curves)]
    panels += [_draw_area(view, area, curves) for area in view.areas]
    return keep(*panels)


def _say_undrawn(view: Section20View, curves: Curves) -> str:
    """Name the authorities without a curve, and why they have none."""
    reasons: dict[str, list[str]] = {}
    for area in view.areas:
        rows = curves.get((area.code, "order"), [])
        if not _points(rows):
            why = explain_missing(rows[0] if rows else None)
            reasons.setdefault(why, []).append(name_area(area))
    said = "; ".join(f"{join_names(names)} ({why})" for why, names in reasons.items())
    return f"No curve of {said}." if said else ""


def _points(rows: Sequence[Row]) -> list[tuple[float, float]]:
    return [(float(row["month"]), float(row["value"])) for row in rows if row["status"] == "final"]


def _find_top(curves: Curves) -> float:
    known = [
        row["upper"] if cause == "order" else row["value"]
        for (_, cause), rows in curves.items()
        if cause in ("order", "home")
        for row in rows
        if row["month"] <= 24 and not math.isnan(row["value"])
    ]
    return float(math.ceil(max((v for v in known if not math.isnan(v)), default=50) / 10) * 10)


def _make(rows: Sequence[Row], label: str, token: str, style: str, *, band: bool = False) -> Curve:
    final = [row for row in rows if not math.isnan(row["lower"])]
    sides = [(float(r["month"]), float(r["lower"]), float(r["upper"])) for r in final]
    return Curve(_points(rows), label, token, style, band=sides if band else ())


_TICKS = [(0.0, "0"), (6.0, "6"), (12.0, "12"), (24.0, "24 months")]


def _draw(curves: Sequence[Curve], alt: str, top: float) -> object:
    return draw_curves(curves, alt, span=(0, 24), top=top, ticks=_TICKS, dots=False, longest=24.0)


def _label(rows: Sequence[Row], words: str) -> str:
    last = _at(rows, 12) or (rows[-1] if rows else None)
    return f"{show_value(last)} {words}" if last is not None else ""


def _draw_region(view: Section20View, curves: Curves) -> Panel | None:
    code = view.region.code
    rows = {cause: curves.get((code, cause), []) for cause in _CAUSES}
    if not _points(rows["order"]):
        return None
    drawn = [
        _make(
            rows[cause], _label(rows[cause], words), token,
            "main" if cause == "order" else "second", band=cause == "order",
        )
        for cause, (words, token) in reversed(_CAUSES.items())
    ]  # fmt: skip
    order = _at(rows["order"], 12)
    absent = view.name_absent(rows["order"][0])
    title = f"{view.region.name}: {show_value(order)} under an order within 12 months"
    return Panel(
        id=f"s20-cohort-{code}",
        title=title,
        sign=None,
        svg=_draw(drawn, _say_alt(view, view.region, rows), _find_top(curves)),  # type: ignore[arg-type]
        notes=f"The words give the share by month 12. {absent}".strip(),
        table=_write_curves(view, view.region, rows),
    )


def _draw_area(view: Section20View, area: Area, curves: Curves) -> Panel | None:
    rows = {cause: curves.get((area.code, cause), []) for cause in _CAUSES}
    region = {cause: curves.get((view.region.code, cause), []) for cause in ("order", "home")}
    if not _points(rows["order"]):
        return None
    drawn = [
        _make(region["home"], "", "series-2", "fainter"),
        _make(region["order"], "", "series-1", "faint"),
        _make(rows["home"], _label(rows["home"], "home"), "series-2", "second"),
        _make(rows["order"], _label(rows["order"], "order"), "series-1", "main", band=True),
    ]
    at = _at(rows["order"], 12)
    said = f"{show_value(at)} under an order" if at else "not followed for 12 months"
    return Panel(
        id=f"s20-cohort-{area.code}",
        title=f"{area.name}: {said}",
        sign=None,
        svg=_draw(drawn, _say_alt(view, area, rows), _find_top(curves)),  # type: ignore[arg-type]
        notes="",
        table=_write_curves(view, area, rows),
    )


def _say_alt(view: Section20View, area: Area, rows: dict[str, list[Row]]) -> str:
    at = {cause: _at(own, 12) for cause, own in rows.items()}
    if at["order"] is None or math.isnan(at["order"]["value"]):
        return f"{area.name}: no share within 12 months can be given."
    parts = ", ".join(f"{show_value(at[c])} {words}" for c, (words, _) in _CAUSES.items())
    own = view.name(area)
    return f"{own}: of those who started under Section 20, within 12 months {parts}."


def _write_curves(view: Section20View, area: Area, rows: dict[str, list[Row]]) -> str:
    months = (3, 6, 12, 24)
    table = []
    for month in months:
        at = {cause: _at(own, month) for cause, own in rows.items()}
        if at["order"] is None:
            continue
        cells = [show_value(at["order"]), show_interval(at["order"])]
        cells += [show_value(at[cause]) for cause in _CAUSES if cause != "order"]
        table.append([str(month), *cells, format_number(at["order"]["at_risk"])])
    others = [words[:1].upper() + words[1:] for words, _ in list(_CAUSES.values())[1:]]
    return table_html(
        ["Months", "Under an order", "95% interval", *others, "Followed"],
        table,
        caption=f"{view.name(area)}: what had become of those who started, by month.",
        numbers=range(1, 7),
    )


def _write_conversion(view: Section20View) -> str:
    rows = []
    for area in view.places:
        found = [view.line(area, "convert", item=item) for item in _WITHIN]
        delay = view.medians.get((area.code, "S10", "all"))
        last = found[-1]
        without = view.line(area, "convert", population="not UASC")
        rows.append(
            [
                view.name(area),
                *(show_value(row) for row in found),
                show_counts(last),
                show_interval(last),
                show_judgement(last),
                show_value(without),
                show_months(delay),
                _show_days(delay),
            ]
        )
    return table_html(
        [
            "Area",
            *(f"{item[:1].upper()}{item[1:]}" for item in _WITHIN),
            "Counts, 12 months",
            "95% interval",
            "Against the region",
            "12 months, without UASC",
            "Start to order: median months",
            "About days",
        ],
        rows,
        caption="Starters who were under a care or placement order within 3, 6 and 12 months: the "
        "quarters of start that have all been followed for a year, together.",
        numbers=(1, 2, 3, 4, 5, 7, 8, 9),
    )


def _show_days(row: Row | None) -> str:
    """Write a median of months in days, rounded: the counts are by month."""
    if row is None or math.isnan(row["median"]):
        return ""
    return format_number(row["median"] * _DAYS_A_MONTH)


def _write_cohorts(view: Section20View) -> str:
    cohorts = sorted(
        {key[8] for key in view.figures if key[1] == "S9" and key[8]},
        key=lambda text: Period.parse(text).end,
    )
    rows = []
    for cohort in cohorts:
        found = [view.line(view.region, "convert", item=item, cohort=cohort) for item in _WITHIN]
        children = next((row for row in found if row is not None), None)
        rows.append(
            [
                Period.parse(cohort).label,
                *(_show_mature(row) for row in found),
                show_counts(found[-1]) if _is_mature(found[-1]) else "",
                view.name_absent(children),
            ]
        )
    return table_html(
        ["Started in", *(f"{i[:1].upper()}{i[1:]}" for i in _WITHIN), "Counts, 12 months", "Note"],
        rows,
        caption="The region's starters by quarter of start: share under an order. A quarter is "
        "given once all of it has been followed for so long.",
        numbers=(1, 2, 3, 4),
    )


def _is_mature(row: Row | None) -> bool:
    return row is not None and not row["denominator"] == 0  # noqa: SIM201 - missing is mature


def _show_mature(row: Row | None) -> str:
    return show_value(row) if _is_mature(row) else "too early"
