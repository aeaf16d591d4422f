"""Charts and tables of a PowerPoint slide that its reader can edit."""

from __future__ import annotations

import math
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Pt

from slinb.show.prose import clean_text, neutralise_formula
from slinb.show.slides_bars import Bar, BarChart
from slinb.show.slides_chart import FILLS, find_top
from slinb.show.slides_fit import fit_rows
from slinb.show.slides_tables import Grid
from slinb.show.theme import colour

Box = tuple[float, float, float, float]
_UPPER = "Upper 95% limit"
_GRID_SIZES = (10.0, 16.0)
_TINTS = {"better": "better-soft", "worse": "worse-soft", "neutral": "neutral-soft"}


def add_bars(slide: Any, chart: BarChart, box: Box) -> None:
    """Add a native bar chart: a bar an area, with its 95% interval, its figure and its sign.

    Parameters
    ----------
    slide : pptx Slide
    chart : BarChart
    box : tuple of float
        Left, top, width and height in points.
    """
    data = CategoryChartData(number_format=_write_format(chart))
    # A name that starts like a formula would run in the workbook behind the chart.
    data.categories = [neutralise_formula(_name(bar)) for bar in chart.bars]
    values = [None if math.isnan(bar.value) else bar.value for bar in chart.bars]
    data.add_series(neutralise_formula(f"{chart.measure.short}, {chart.measure.unit}"), values)
    # Drawn unseen, to carry the words past the end of the interval.
    data.add_series(_UPPER, [None if math.isnan(bar.value) else _reach(bar) for bar in chart.bars])
    frame = slide.shapes.add_chart(XL_CHART_TYPE.BAR_CLUSTERED, *map(Pt, box), data)
    frame.name = "Chart"
    _describe(frame, chart.alt)
    _style_chart(frame.chart, chart)


def add_grid(slide: Any, grid: Grid, box: Box) -> None:
    """Add a table with a heading row, as large as fits its box.

    Parameters
    ----------
    slide : pptx Slide
    grid : Grid
    box : tuple of float
        Left, top, width and height in points.
    """
    parts = grid.widths or (1,) * len(grid.head)
    widths = [box[2] * part / sum(parts) for part in parts]
    size, heights = fit_rows([grid.head, *grid.rows], widths, box[3], _GRID_SIZES)
    frame = slide.shapes.add_table(len(heights), len(widths), *map(Pt, (*box[:3], sum(heights))))
    frame.name = "Table"
    _describe(frame, grid.caption)
    table = frame.table
    table.first_row, table.first_col, table.horz_banding = True, True, False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Pt(width)
    tints = {(row + 1, column): token for row, column, token in grid.tints}
    for i, (row, height) in enumerate(zip([grid.head, *grid.rows], heights, strict=True)):
        table.rows[i].height = Pt(height)
        for j, text in enumerate(row):
            cell = table.cell(i, j)
            _write_cell(cell, text, size, bold=i == 0 or j == 0, right=j in grid.numbers)
            _fill_cell(cell, head=i == 0, tint=tints.get((i, j), ""))


def _name(bar: Bar) -> str:
    return f"{bar.name}: {bar.words}" if math.isnan(bar.value) else bar.name


def _write_format(chart: BarChart) -> str:
    places = f".{'0' * chart.measure.decimals}" if chart.measure.decimals else ""
    return f"#,##0{places}" + ('"%"' if chart.measure.unit == "%" else "")


def _style_chart(native: Any, chart: BarChart) -> None:
    native.has_legend = native.has_title = False
    native.font.size, native.font.color.rgb = Pt(14), paint("ink")
    native.category_axis.reverse_order = True
    native.category_axis.format.line.color.rgb = paint("rule")
    native.category_axis.major_tick_mark = XL_TICK_MARK.NONE
    native.category_axis.tick_labels.offset = 40
    native.value_axis.visible = False
    native.value_axis.minimum_scale = 0
    native.value_axis.maximum_scale = 1.5 * find_top(chart)
    native.value_axis.has_major_gridlines = False
    native.value_axis.tick_label_position = XL_TICK_LABEL_POSITION.NONE
    native.plots[0].gap_width, native.plots[0].overlap = 55, 100
    series, labels = native.plots[0].series
    for place, bar in enumerate(chart.bars):
        _fill_point(series.points[place], bar)
        _label_point(labels.points[place], bar)
    _add_intervals(series, chart)


def _fill_point(point: Any, bar: Bar) -> None:
    fill = point.format.fill
    fill.solid()
    fill.fore_color.rgb = paint(FILLS[bar.tone] if bar.tone else "paper")
    point.format.line.color.rgb = paint(FILLS[bar.tone] if bar.tone else "rule")


def _label_point(point: Any, bar: Bar) -> None:
    """Write the figure and its sign behind the end of the interval."""
    point.format.fill.background()
    point.format.line.fill.background()
    if math.isnan(bar.value):
        return
    label = point.data_label
    label.position = XL_LABEL_POSITION.OUTSIDE_END
    label.has_text_frame = True
    write_run(label.text_frame.paragraphs[0], bar.words, 14, bold=bar.tone == "benchmark")


def _add_intervals(series: Any, chart: BarChart) -> None:
    """Add the 95% intervals as error bars, which the library has no call for."""
    up, down = ([_distance(bar, end) for bar in chart.bars] for end in ("upper", "lower"))
    if not any(up + down):
        return
    bars = etree.SubElement(series._element, qn("c:errBars"))
    for name, value in (("errBarType", "both"), ("errValType", "cust"), ("noEndCap", "0")):
        etree.SubElement(bars, qn(f"c:{name}")).set("val", value)
    for name, numbers in (("plus", up), ("minus", down)):
        _write_numbers(etree.SubElement(bars, qn(f"c:{name}")), numbers)
    shape = etree.SubElement(bars, qn("c:spPr"))
    line = etree.SubElement(shape, qn("a:ln"), w="15875")
    etree.SubElement(etree.SubElement(line, qn("a:solidFill")), qn("a:srgbClr")).set(
        "val", colour("ink")[1:].upper()
    )
    # The schema has them before the categories.
    series._element.find(qn("c:cat")).addprevious(bars)


def _reach(bar: Bar) -> float:
    return bar.value if math.isnan(bar.upper) else max(bar.value, bar.upper)


def _distance(bar: Bar, end: str) -> float:
    reach = abs(getattr(bar, end) - bar.value)
    return 0.0 if math.isnan(reach) else reach


def _write_numbers(parent: Any, numbers: list[float]) -> None:
    literal = etree.SubElement(parent, qn("c:numLit"))
    etree.SubElement(literal, qn("c:formatCode")).text = "General"
    etree.SubElement(literal, qn("c:ptCount")).set("val", str(len(numbers)))
    for place, number in enumerate(numbers):
        point = etree.SubElement(literal, qn("c:pt"), idx=str(place))
        etree.SubElement(point, qn("c:v")).text = f"{number:.6g}"


def _describe(frame: Any, words: str) -> None:
    """Give a chart or table its alternative text."""
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean_text(words))


def _write_cell(cell: Any, text: str, size: float, *, bold: bool, right: bool) -> None:
    cell.vertical_anchor = MSO_ANCHOR.TOP
    cell.margin_top = cell.margin_bottom = Pt(3)
    cell.margin_left = cell.margin_right = Pt(6)
    paragraph = cell.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if right else PP_ALIGN.LEFT
    write_run(paragraph, text, size, bold=bold)


def write_run(
    paragraph: Any, text: str, size: float, *, bold: bool = False, tone: str = "ink"
) -> None:
    """Add a text to a paragraph, in a size and colour that PowerPoint does not overrule.

    Parameters
    ----------
    paragraph : pptx paragraph
    text : str
        Control signs are taken out, line ends become spaces.
    size : float
        In points.
    bold : bool, default False
    tone : str
        Name of a colour of the theme.
    """
    run = paragraph.add_run()
    run.text = " ".join(clean_text(text).split())
    run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, paint(tone)


def _fill_cell(cell: Any, *, head: bool, tint: str) -> None:
    cell.fill.solid()
    cell.fill.fore_color.rgb = paint("surface" if head else _TINTS.get(tint, "paper"))


def paint(token: str) -> RGBColor:
    """Return a token of the theme as a colour of a slide."""
    return RGBColor.from_string(colour(token)[1:].upper())
