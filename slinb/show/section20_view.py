"""What every part of the Section 20 briefing reads from: its tables, looked up and put in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Polarity
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Section20, load_section20
from slinb.show.drawings import Panel
from slinb.show.formats import NO_FIGURE, REASONS, format_count, format_number
from slinb.show.marks import mark_judgement
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row, list_rows

_KEY = ("area", "measure", "item", "window", "population", "breakdown", "category", "across",
        "cohort", "unit")  # fmt: skip
OF = " of "
#: What stands for a figure that is not there at all.
NOT_SENT = "not sent"
RETURNS = "Source: the authorities' own records, counted by them and sent as totals."
#: What the public edition says of the counts of a deep dive.
SAID_OF_PUBLIC = (
    "Public edition: the authorities' own counts of this quarter are withheld as a whole (c), and "
    "the region's are rounded before a share is worked out. Each authority has its own figures "
    "in its receipt; the published history is whole."
)
PUBLISHED = (
    "Source: Department for Education, Children looked after in England including adoptions."
)


@dataclass(frozen=True)
class View:
    """The tables of the deep dive for one region, ready to be shown.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        The tables of :mod:`slinb.analyse.section20_tables` by name.
    areas : sequence of Area
        The authorities, in order of the page.
    region : Area
    period : Period
        The quarter.
    data : Section20
        The catalogue's own if left out.
    """

    tables: Mapping[str, pd.DataFrame]
    areas: Sequence[Area]
    region: Area
    period: Period
    data: Section20 = field(default_factory=load_section20)

    @cached_property
    def figures(self) -> dict[tuple[str, ...], Row]:
        """Every figure by its key."""
        return index_figures(self.tables["section20_figures"])

    @cached_property
    def withheld(self) -> bool:
        """Whether no authority's figure is shown and some are withheld: the public edition."""
        own = [r for r in self.figures.values() if r["area"] != self.region.code]
        hidden = any(row["status"] == "suppressed" for row in own)
        return hidden and all(math.isnan(row["value"]) for row in own)

    @property
    def places(self) -> list[Area]:
        """The region, then the authorities."""
        return [self.region, *self.areas]

    def pick(self, area: Area, measure: str, item: str, **key: str) -> Row | None:
        """Return a figure, withheld or not; None where it was not sent."""
        wanted = {"window": "snapshot", "population": "all", "unit": "%", **key}
        wanted = {"area": area.code, "measure": measure, "item": item, **wanted}
        return self.figures.get(tuple(wanted.get(name, "") for name in _KEY))

    def line(self, area: Area, name: str, **other: str) -> Row | None:
        """Return the figure of one of the catalogue's lines."""
        key = {**self.data.line(name).key, **other}
        return self.pick(area, key.pop("measure"), key.pop("item"), **key)

    def name(self, area: Area) -> str:
        """Return the name of an area for a table."""
        return self.region.name if area == self.region else name_area(area)

    def name_absent(self, absent: str) -> str:
        """Say who a region's figure is without, nothing where it is without nobody."""
        names = [name_area(area) for area in self.areas if area.code in absent.split()]
        return f"The region's figure is without {join_names(names)}." if names else ""


def index_figures(figures: pd.DataFrame) -> dict[tuple[str, ...], Row]:
    """Return the figures of a deep dive by their key."""
    return {tuple(row[name] for name in _KEY): row for row in list_rows(figures)}


def show_value(row: Row | None, decimals: int = 0) -> str:
    """Write a share or rate, or why there is none.

    Examples
    --------
    >>> show_value(None), show_value({"value": 23.6, "unit": "%", "status": "final"})
    ('not sent', '24%')
    """
    if row is None:
        return NOT_SENT
    if math.isnan(row["value"]):
        return say_missing(row["status"])
    sign = "%" if row.get("unit", "%") == "%" else ""
    return f"{format_number(row['value'], decimals)}{sign}"


def say_missing(status: str) -> str:
    """Write the symbol of a status; a dash where a figure has nothing below the line."""
    return REASONS[status].symbol if status in REASONS else NO_FIGURE


def explain_missing(row: Row | None) -> str:
    """Say in a chart why a row is empty."""
    if row is None:
        return NOT_SENT
    if row["status"] in REASONS:
        reason = REASONS[row["status"]]
        return f"{reason.symbol}: {reason.short}"
    return "none to count"


def show_counts(row: Row | None) -> str:
    """Write the counts behind a share: "101 of 420"."""
    if row is None:
        return ""
    if math.isnan(row["numerator"]) or math.isnan(row["denominator"]):
        return say_missing(row["status"])
    return f"{format_count(row['numerator'])}{OF}{format_count(row['denominator'])}"


def show_interval(row: Row | None, decimals: int = 0) -> str:
    """Write a 95% interval: "20 to 28"."""
    if row is None or math.isnan(row["lower"]):
        return ""
    low, high = (format_number(row[name], decimals) for name in ("lower", "upper"))
    return f"{low} to {high}"


def show_judgement(row: Row | None) -> str:
    """Write where a figure stands to the region's: "▲ higher"; nothing where it does not differ."""
    if row is None:
        return ""
    polarity: Polarity = "higher" if row["judgement"] in ("better", "worse") else "none"
    mark = mark_judgement(row["judgement"], row["judgement_998"], polarity)
    return f"{mark.arrows} {mark.word}" if mark else ""


def read_value(row: Row | None) -> float:
    """Return a figure as a number; missing where there is none."""
    return math.nan if row is None else float(row["value"])


def show_months(row: Row | None) -> str:
    """Write a median in months: "12.5", or why there is none; nothing where none was sent."""
    if row is None or math.isnan(row["median"]):
        return "" if row is None else say_missing(row["status"])
    return format_number(row["median"], 1)


Places = dict[tuple[str, ...], Row]


def index_table(view: View, table: str, key: Sequence[str]) -> Places:
    """Return the rows of one of the deep dive's tables by the columns of a key."""
    return {tuple(row[name] for name in key): row for row in list_rows(view.tables[table])}


@dataclass(frozen=True)
class Part:
    """A piece of a section: a heading, charts, facts, points or HTML.

    ``fold`` are the words under which the HTML opens when the reader asks; shown where empty.
    """

    title: str = ""
    text: str = ""
    panels: Sequence[Panel] = ()
    items: Sequence[tuple[str, str, str]] = ()
    points: Sequence[str] = ()
    html: str = ""
    fold: str = ""


def write_section(
    key: str,
    title: str,
    parts: Sequence[Part],
    *,
    finding: str = "",
    intro: Sequence[str] = (),
    source: str = RETURNS,
) -> Html:
    """Write one section of the briefing, its heading an ``h2``."""
    context = {"key": key, "title": title, "finding": finding, "parts": parts}
    known = [text for text in intro if text]
    return Html(str(render_template("section20", **context, intro=known, source=source)))
