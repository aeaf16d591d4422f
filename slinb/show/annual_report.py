"""The annual report: the year's quarters beside the official figures, and what changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import pandas as pd
from markupsafe import Markup

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measures
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.show.annual_chart import draw_changes
from slinb.show.annual_tables import (
    count_directions,
    list_changed,
    list_quality,
    list_region,
    list_signals,
    name_quarters,
)
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names
from slinb.show.tables import table_html

Section = Literal["region", "authorities", "signals", "quality"]
#: Result tables that the annual report reads.
ANNUAL_REPORT_TABLES = (
    "trends", "travel_quarterly", "comparison_annual", "year_signals", "year_quality",
    "confidence",
)  # fmt: skip
_NUMBERS = ("no", "one", "two", "three", "four")
_GRADES = ("close", "fair", "rough", "too few to say", "never checked")


@dataclass(frozen=True)
class YearView:
    """What the annual report is made from.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`ANNUAL_REPORT_TABLES`, of one edition.
    measures : Measures
    authorities : sequence of Area
    region : Area
    period : Period
        The quarter up to which the year is reported.
    """

    tables: Mapping[str, pd.DataFrame]
    measures: Measures
    authorities: Sequence[Area]
    region: Area
    period: Period

    @property
    def quarters(self) -> list[Period]:
        """The quarters of the year, to the one that is reported."""
        return [Period("quarter", self.period.year, n) for n in range(1, self.period.quarter + 1)]


def annual_report_html(view: YearView, section: str) -> Html:
    """Write one section of the annual report.

    Parameters
    ----------
    view : YearView
    section : {"region", "authorities", "signals", "quality"}

    Raises
    ------
    ParameterError
        There is no such section.
    """
    if section not in get_args(Section):
        raise ParameterError(
            f"“{section}” is no section of the annual report.",
            f"They are: {', '.join(get_args(Section))}.",
        )
    write = {
        "region": _write_region,
        "authorities": _write_authorities,
        "signals": _write_signals,
        "quality": _write_quality,
    }
    return Html(str(write[section](view)))


def say_year(view: YearView) -> str:
    """Say which year it is, and how much of it there is.

    Returns
    -------
    str
        In mid-year "The year so far: three of the four quarters of 2025-26 …".
    """
    span = view.period.id[:7]
    if view.period.quarter == 4:
        return f"The whole of {span}: four quarters, to {view.period.snapshot_label}."
    count = _NUMBERS[view.period.quarter]
    return (
        f"The year so far: {count} of the four quarters of {span}, to "
        f"{view.period.snapshot_label}. The report of the whole year comes with the fourth."
    )


def _write_region(view: YearView) -> Markup:
    counts = count_directions(view.tables["travel_quarterly"], view.authorities)
    head, rows = list_region(view.tables, view.measures, view.region, view.quarters)
    table = table_html(
        head,
        rows,
        caption=f"{view.region.name}: each quarter, twelve months, and the official figures",
        numbers=range(1, len(head) - 3),
        cards=True,
    )
    drawing = draw_changes(counts)
    return render_template(
        "annual_region",
        year=say_year(view),
        region=view.region,
        finding=_say_changes(counts),
        drawing=drawing,
        counts=Markup(_table_counts(counts)),  # noqa: S704 - made by a template, which escapes
        table=Markup(table),  # noqa: S704
        count=len(rows),
    )


def _say_changes(counts: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    better, worse, other = (
        sum(found[kind] for _, found in counts) for kind in ("improved", "worsened", "moved")
    )
    without = [name for name, found in counts if not sum(found.values())]
    tail = f" There is nothing to compare for {join_names(without)}." if without else ""
    return (
        f"Against a year ago {better} figures of the authorities really improved and {worse} "
        f"really worsened; {other} more rose or fell where neither is good or bad.{tail}"
    )


def _table_counts(counts: Sequence[tuple[str, Mapping[str, int]]]) -> str:
    head = ["Authority", "Improved", "Worsened", "Rose or fell", "No real change", "Not compared"]
    keys = ("improved", "worsened", "moved", "no real change", "not compared")
    rows = [[name, *(str(found[key]) for key in keys)] for name, found in counts]
    return table_html(
        head, rows, caption="Measures by direction, by authority", numbers=range(1, 6)
    )


def _write_authorities(view: YearView) -> Markup:
    counts = dict(count_directions(view.tables["travel_quarterly"], view.authorities))
    parts = []
    for area in view.authorities:
        head, rows = list_changed(view.tables, view.measures, area, view.quarters)
        caption = f"{area.name}: measures that really changed against a year ago"
        numbers = range(1, len(head) - 3)
        table = table_html(head, rows, caption=caption, numbers=numbers, cards=True)
        parts.append((area, _say_own(counts[area.name]), Markup(table) if rows else ""))  # noqa: S704
    return render_template("annual_authorities", parts=parts)


def _say_own(found: Mapping[str, int]) -> str:
    if not sum(found.values()):
        return "No figure could be compared with that of a year ago."
    return (
        f"Against a year ago: {found['improved']} improved, {found['worsened']} worsened, "
        f"{found['moved']} rose or fell without being good or bad, {found['no real change']} "
        f"with no real change, {found['not compared']} not compared."
    )


def _write_signals(view: YearView) -> Markup:
    head, rows = list_signals(view.tables, view.measures, [*view.authorities, view.region])
    table = table_html(head, rows, caption="Signals of the year, and what followed", numbers=())
    tally = view.tables["year_signals"]["followed"].value_counts().to_dict()
    said = [f"{count} {words}" for words, count in tally.items()]
    return render_template(
        "annual_signals",
        count=len(rows),
        tally="; ".join(said),
        table=Markup(table) if rows else "",  # noqa: S704 - made by a template, which escapes
    )


def _write_quality(view: YearView) -> Markup:
    head, rows, finding = list_quality(view.tables["year_quality"], view.authorities, view.quarters)
    table = table_html(
        head, rows, caption="Values with a figure, of those asked for", numbers=range(1, len(head))
    )
    found = view.tables["confidence"]["grade"].value_counts().to_dict()
    grades = [f"{grade} {found[grade]}" for grade in _GRADES if found.get(grade)]
    return render_template(
        "annual_quality",
        finding=finding,
        table=Markup(table),  # noqa: S704 - made by a template, which escapes
        grades="; ".join(grades),
        quarters=", ".join(name_quarters(view.quarters)),
    )
