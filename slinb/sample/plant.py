"""Planting the sample's defects in a finished workbook, and saying where they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.layout import COLUMN_INDEX, COLUMN_MARK, ID_ROW, Layout, Line, wants_whole
from slinb.sample.settings import Defect
from slinb.sample.simulate import SimulatedCounts

MANIFEST_COLUMNS = ["file", "sheet", "cell", "measure", "area", "defect", "rule", "severity"]


@dataclass(frozen=True)
class Plot:
    """Where a defect is planted: a workbook, a row, and the figures that stand in it."""

    workbook: Workbook
    line: Line
    area: Area
    quarter: Period
    counts: SimulatedCounts

    @property
    def sheet(self) -> Worksheet:
        """The sheet of the row."""
        return self.workbook[self.line.sheet]

    @property
    def measure(self) -> Measure:
        """The measure of the row."""
        return self.line.measure

    def cell(self, defect: Defect) -> str:
        """Return the name of the cell in which the defect goes."""
        return self.line.place(defect.part).cell

    def figure(self, part: str, quarter: Period | None = None) -> float:
        """Return what a clean return of a quarter (this one if left out) holds."""
        return self.counts.figure(
            self.area.code,
            self.measure,
            part,  # type: ignore[arg-type]  # one of PARTS
            quarter or self.quarter,
        )


def plant_defect(defect: Defect, plot: Plot) -> None:
    """Plant one defect that lies in a cell."""
    _PLANTERS[defect.kind](defect, plot)


def describe_defect(defect: Defect, file: str, area: Area, layout: Layout) -> dict[str, str]:
    """Return the defect's row of the manifest."""
    row = dict.fromkeys(MANIFEST_COLUMNS, "")
    row |= {"file": file, "area": area.code, "measure": defect.measure, "defect": defect.words}
    row |= {"rule": defect.rule, "severity": defect.severity}
    if defect.measure:
        line = layout.line(defect.measure)
        place = line.place(defect.part)
        row |= {"sheet": line.sheet, "cell": place.cell}
    if defect.kind == "mark_lost":
        # The mark belongs to the sheet: no figure is in doubt.
        row |= {"measure": "", "cell": ""}
    return row


def choose_defects(
    defects: Sequence[Defect], measures: Sequence[Measure], quarter: Period
) -> list[Defect]:
    """Return the defects whose measure is part of the return and that a quarter can have."""
    ids = {m.id for m in measures}
    known = [d for d in defects if not d.measure or d.measure in ids]
    # In a first quarter the year to date starts afresh, and nothing can fall.
    return [d for d in known if d.kind != "below_previous" or quarter.quarter > 1]


def _type(defect: Defect, plot: Plot, content: object) -> None:
    plot.sheet[plot.cell(defect)] = content


def _type_text(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, defect.text)


def _type_percent(defect: Defect, plot: Plot) -> None:
    share = plot.figure("numerator") / max(plot.figure("denominator"), 1)
    _type(defect, plot, f"{100 * share:.0f}%")


def _merge(defect: Defect, plot: Plot) -> None:
    left, right = plot.cell(defect), plot.line.place("denominator").cell
    plot.sheet.merge_cells(f"{left}:{right}")


def _swap(defect: Defect, plot: Plot) -> None:
    above, below = plot.figure("numerator"), plot.figure("denominator")
    # Equal counts would hide the slip.
    _type(defect, plot, below + (above == below))
    plot.sheet[plot.line.place("denominator").cell] = above


def _negate(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, -max(plot.figure(defect.part), 1))


def _type_share(defect: Defect, plot: Plot) -> None:
    share = plot.figure("numerator") / max(plot.figure("denominator"), 1)
    _type(defect, plot, round(min(max(share, 0.01), 0.99), 2))


def _type_fraction(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, max(plot.figure(defect.part) - 0.5, 1.5))


def _run_together(defect: Defect, plot: Plot) -> None:
    both = f"{plot.figure('numerator'):.0f}{plot.figure('denominator'):.0f}"
    _type(defect, plot, int(both.ljust(7, "0")))


def _empty(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, None)


def _empty_both(_: Defect, plot: Plot) -> None:
    for part in plot.line.typed:
        plot.sheet[plot.line.place(part).cell] = None


def _off_by(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, plot.figure(defect.part) + defect.amount)


def _below_previous(defect: Defect, plot: Plot) -> None:
    before = plot.figure(defect.part, plot.quarter.previous())
    _type(defect, plot, max(before + defect.amount, 0))


def _change_odds(defect: Defect, plot: Plot) -> None:
    above, below = plot.figure("numerator"), plot.figure("denominator")
    odds = defect.amount * above / max(below - above, 0.5)
    _type(defect, plot, round(below * odds / (1 + odds)))


def _multiply(defect: Defect, plot: Plot) -> None:
    places = 0 if wants_whole(plot.measure, defect.part) else 1
    _type(defect, plot, round(defect.amount * plot.figure(defect.part), places))


def _mark_estimate(defect: Defect, plot: Plot) -> None:
    _type(defect, plot, f"{plot.figure(defect.part):.0f} (est.)")
    plot.sheet[plot.line.place("note").cell] = "Two teams have not closed their records yet."


def _lose_mark(defect: Defect, plot: Plot) -> None:
    cell = plot.sheet.cell(ID_ROW + 1, COLUMN_INDEX[defect.part] + 1)
    if str(cell.value).startswith(COLUMN_MARK):
        cell.value = None


def _leave(_: Defect, __: Plot) -> None:
    """Leave the cell: the defect is in the file as a whole, or in the figures themselves."""


_PLANTERS: dict[str, Callable[[Defect, Plot], None]] = {
    "text": _type_text,
    "percent_text": _type_percent,
    "merged": _merge,
    "swapped": _swap,
    "negative": _negate,
    "share": _type_share,
    "fraction": _type_fraction,
    "run_together": _run_together,
    "empty": _empty,
    "both_empty": _empty_both,
    "off_by": _off_by,
    "below_previous": _below_previous,
    "odds": _change_odds,
    "times": _multiply,
    "estimate": _mark_estimate,
    "mark_lost": _lose_mark,
    "always_odds": _leave,
    "return_late": _leave,
    "return_superseded": _leave,
    "return_missing": _leave,
}
