"""From a comparison to the rows and cells of a rug: which row stands where, and its words."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pandas as pd
from markupsafe import Markup, escape

from slinb.catalogue.areas import ENGLAND, Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.schema import COMPARISON, FIRMNESS
from slinb.show.formats import (
    NO_FIGURE,
    REASONS,
    decapitalise,
    format_number,
    format_period,
    format_period_short,
    format_value,
)
from slinb.show.marks import mark_judgement
from slinb.show.phrases import join_names, name_area
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import cell_details, cell_sentence, has_figure

_STATUS_LETTERS = {"final": "", "provisional": "p", "estimated": "e"}
#: What a row says where the comparison holds none: nothing came.
_ABSENT = list_rows(COMPARISON.from_rows([{"status": "missing"}]))[0]


#: Statuses of a figure that no pooled figure can be made with; a suppressed one may be in it.
_NOT_POOLED = ("missing", "quarantined", "unreadable", "not_collected", "not_available", "")


@dataclass(frozen=True)
class RugCell:
    """One cell: what is seen, what is read out, and what stands behind it.

    ``depends`` is true of a difference that another reasonable comparison would not show.
    ``letter`` marks a figure that is not final, where its rug does not say so once for all.
    """

    text: str
    under: str
    css_class: str
    sentence: Markup
    details: Markup
    status: str
    compared: bool
    arrows: str = ""
    rank: str = ""
    depends: bool = False
    letter: str = ""

    @property
    def word(self) -> str:
        """The judgement of a real difference; empty without one."""
        return self.under if self.css_class[:1] in ("b", "w", "n") else ""


@dataclass(frozen=True)
class RugFigure:
    """England's or the region's figure; its period where that is not the row's own.

    ``under`` is said of a figure that authorities are missing from, and ``sentence`` names them.
    """

    text: str
    under: str = ""
    sentence: str = ""


@dataclass(frozen=True)
class RugRow:
    """One measure: period, two figures for orientation, what its cells share, and the cells."""

    measure: Measure
    period: str
    period_full: str
    england: RugFigure
    region: RugFigure
    file: str
    note: str
    cells: tuple[RugCell, ...]


@dataclass(frozen=True)
class RugCount:
    """How many cells there are, carry a figure, are compared, and differ at each level."""

    cells: int
    figures: int
    compared: int
    differ: int
    differ_998: int
    hold: int


@dataclass(frozen=True)
class RugRows:
    """All rows of a rug, with what its legend needs to know of them."""

    rows: tuple[RugRow, ...]

    @property
    def cells(self) -> list[RugCell]:
        """Every cell, row by row."""
        return [cell for row in self.rows for cell in row.cells]

    @property
    def count(self) -> RugCount:
        """The sum under the title: x of y cells differ really."""
        cells = self.cells
        return RugCount(
            cells=len(cells),
            figures=sum(cell.status in _STATUS_LETTERS for cell in cells),
            compared=sum(cell.compared for cell in cells),
            differ=sum(bool(cell.word) for cell in cells),
            differ_998=sum(cell.css_class[-1:] == "2" for cell in cells),
            hold=sum(bool(cell.word) and not cell.depends for cell in cells),
        )

    @property
    def shared_status(self) -> str:
        """What most figures are, where none is final: said once for all; else empty."""
        found = Counter(cell.status for cell in self.cells if cell.status in _STATUS_LETTERS)
        return found.most_common(1)[0][0] if found and "final" not in found else ""

    @property
    def statuses(self) -> list[str]:
        """Statuses that need a line in the legend, in the legend's order."""
        found = {cell.status for cell in self.cells} - {self.shared_status}
        return [s for s in ("provisional", "estimated", *REASONS) if s in found]


def build_rug_rows(
    comparison: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Sequence[Area],
    *,
    benchmark: str,
    region: Area | None,
    period: Period | None,
    firmness: pd.DataFrame | None = None,
) -> RugRows:
    """Arrange a comparison as rows of a rug; a cell without a row says that nothing was sent.

    Parameters are those of :func:`slinb.show.rug.rug_html`.
    """
    by_measure = _group_rows(COMPARISON.conform(comparison), period)
    loose = _find_loose(firmness)
    return RugRows(
        tuple(
            _build_row(m, areas, by_measure.get(m.id, []), benchmark, region, loose)
            for m in measures
        )
    )


def _find_loose(firmness: pd.DataFrame | None) -> set[tuple[str, str]]:
    """Return area and measure of each difference that depends on the comparison."""
    if firmness is None:
        return set()
    rows = FIRMNESS.conform(firmness)
    rows = rows[rows["firmness"].eq("depends on the comparison")]
    return set(zip(rows["area"], rows["measure"], strict=True))


def _group_rows(comparison: pd.DataFrame, period: Period | None) -> dict[str, list[Row]]:
    """Return the rows of each measure's latest period (or of the one asked for)."""
    groups: dict[str, list[Row]] = {}
    for row in list_rows(comparison):
        if period is None or row["period"] == period.id:
            groups.setdefault(row["measure"], []).append(row)
    return {measure: _keep_latest(rows) for measure, rows in groups.items()}


def _keep_latest(rows: list[Row]) -> list[Row]:
    latest = max((Period.parse(row["period"]) for row in rows), key=lambda p: p.end)
    return [row for row in rows if row["period"] == latest.id]


def _build_row(
    measure: Measure,
    areas: Sequence[Area],
    rows: list[Row],
    benchmark: str,
    region: Area | None,
    loose: set[tuple[str, str]],
) -> RugRow:
    found = {row["area"]: row for row in rows if row["benchmark"] == benchmark}
    period = Period.parse(rows[0]["period"]) if rows else None
    shared = {key: _find_shared(found.values(), key) for key in ("file", "note")}
    return RugRow(
        measure=measure,
        period=format_period_short(period, measure.shown) if period else NO_FIGURE,
        period_full=format_period(period, measure.shown) if period else "no period",
        england=_find_figure(rows, measure, ENGLAND, "england"),
        region=_find_region(rows, measure, areas, region),
        file=shared["file"],
        note=shared["note"],
        cells=tuple(
            _build_cell(
                found.get(a.code, _ABSENT),
                measure,
                a,
                shared,
                depends=(a.code, measure.id) in loose,
            )
            for a in areas
        ),
    )


def _find_figure(rows: list[Row], measure: Measure, code: str, benchmark: str) -> RugFigure:
    """Return England's or the region's figure: from its own row, else as others' benchmark."""
    found = [(r["value"], "") for r in rows if r["area"] == code and has_figure(r)]
    found += [
        (r["benchmark_value"], r["benchmark_period"])
        for r in rows
        if r["benchmark"] == benchmark and not math.isnan(r["benchmark_value"])
    ]
    if not found:
        return RugFigure(NO_FIGURE)
    value, period = found[0]
    other = period not in ("", rows[0]["period"])
    return RugFigure(
        format_value(value, measure, unit=False),
        format_period_short(Period.parse(period), measure.shown) if other else "",
    )


def _find_region(
    rows: list[Row], measure: Measure, areas: Sequence[Area], region: Area | None
) -> RugFigure:
    """Return the region's figure, and whose figures it is without."""
    figure = _find_figure(rows, measure, region.code if region else "", "region")
    pooled = [
        r for r in rows if r["benchmark"] == "region" and not math.isnan(r["benchmark_value"])
    ]
    behind = pooled[0]["benchmark_n"] if pooled else 0
    own = any(region and r["area"] == region.code and has_figure(r) for r in rows)
    if own or not 0 < behind < len(areas) or figure.under:
        return figure
    without = _name_absent(pooled, areas, len(areas) - behind)
    name = region.name if region else "The region"
    told = f"{figure.text}, {behind} of {len(areas)} authorities{without}"
    return RugFigure(
        figure.text,
        f"{behind} of {len(areas)}",
        f"{name}, {decapitalise(measure.short)}, {told}.",
    )


def _name_absent(rows: list[Row], areas: Sequence[Area], number: int) -> str:
    """Name the authorities that the region's figure is without, where it can be told who."""
    status = {row["area"]: "" if has_figure(row) else row["status"] for row in rows}
    lacking = [a for a in areas if status.get(a.code, "missing")]
    certain = [a for a in lacking if status.get(a.code, "missing") in _NOT_POOLED]
    names = next((found for found in (certain, lacking) if len(found) == number), [])
    if not names:
        return ""
    told = [f"{name_area(a)} ({_say_absence(status.get(a.code, 'missing'))})" for a in names]
    return f", without {join_names(told)}"


def _say_absence(status: str) -> str:
    return REASONS[status if status in REASONS else "missing"].short


def _find_shared(rows: Iterable[Row], key: str) -> str:
    """Return what several rows all say under a key, so that a page says it once; else empty."""
    said = [row[key] for row in rows]
    return said[0] if len(said) > 1 and len(set(said)) == 1 else ""


def _build_cell(
    row: Row, measure: Measure, area: Area, shared: Row, *, depends: bool = False
) -> RugCell:
    lines = cell_details(row, measure, shared)
    if depends:
        lines.append("Depends on the comparison")
    words = write_lean(cell_sentence(row, measure, area)), write_lean("\n".join(lines))
    if not has_figure(row):
        reason = REASONS[row["status"] if row["status"] in REASONS else "missing"]
        return RugCell(reason.symbol, reason.short, "x", *words, row["status"], compared=False)
    mark = mark_judgement(row["judgement"], row["judgement_998"], measure.polarity)
    return RugCell(
        format_value(row["value"], measure, unit=False),
        mark.word if mark else "",
        mark.css_class if mark else "",
        *words,
        row["status"],
        compared=row["judgement"] not in ("not compared", ""),
        arrows=mark.arrows if mark else "",
        rank=_write_rank(row),
        depends=depends and mark is not None,
        letter=_STATUS_LETTERS[row["status"]],
    )


def write_lean(text: str) -> Markup:
    """Escape a text for an element's content, where a quotation mark may stand as it is.

    A rug says "the region's" some hundred times.

    Examples
    --------
    >>> write_lean("the region's <b>")
    Markup("the region's &lt;b&gt;")
    """
    escaped = str(escape(text)).replace("&#39;", "'").replace("&#34;", '"')
    return Markup(escaped)  # noqa: S704 - escaped; quotation marks end no element


def _write_rank(row: Row) -> str:
    if math.isnan(row["rank"]):
        return ""
    band = f" · {row['band']}" if row["band"] else ""
    return f"{format_number(row['rank'])} of {row['ranked']}{band}"
