"""A map of a region's authorities as hexagons of one size: each as easy to find as the next.

The places are data of the catalogue (`Area.hexagon`: column and row, odd rows shifted right,
rows from the south). Written as SVG by hand, with its words inside and a table behind it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slinb.catalogue.areas import Area
from slinb.errors import ParameterError
from slinb.show.formats import NO_FIGURE
from slinb.show.markup import Html, render_template
from slinb.show.phrases import name_area
from slinb.show.tables import table_html

#: Corner to centre, in points of the drawing; a hexagon stands on its corner.
_SIDE = 50.0
_GAP = 2.0
_WIDTH, _STEP = math.sqrt(3) * _SIDE, 1.5 * _SIDE
_LINE = 14.0
#: As many letters as fit across a hexagon.
_FITS = 12


@dataclass(frozen=True)
class HexCell:
    """What one hexagon shows: a figure or symbol, the sign under it, its colour class, its link."""

    text: str
    sign: str = ""
    css_class: str = ""
    href: str = ""


@dataclass(frozen=True)
class _Placed:
    name: str
    lines: tuple[tuple[float, str], ...]
    x: float
    y: float
    points: str
    cell: HexCell


def hexmap_html(
    cells: Mapping[str, HexCell],
    areas: Sequence[Area],
    *,
    title: str,
    alt: str,
    source: str = "",
    behind: bool = True,
    key: str = "map",
) -> Html:
    """Draw a region's authorities as hexagons, with the table behind them.

    Parameters
    ----------
    cells : mapping of str to HexCell
        What each authority's hexagon shows, by ONS code; one that is left out says “no figure”.
        A withheld figure is its symbol ("c"), with no colour.
    areas : sequence of Area
        The authorities, each with its place on the map.
    title : str
        The finding, as a heading of level 3.
    alt : str
        The map in words.
    source : str
        Where the figures come from, and how many they are.
    behind : bool, default True
        Lay the table of its figures behind it; False where the page shows that table anyway.
    key : str
        Prefix of the ids, for a page with two maps.

    Returns
    -------
    Html
        A ``<figure>``; it needs ``profile.css`` and no script. Colour never stands alone: the
        figure and the sign stand in the hexagon.

    Raises
    ------
    ParameterError
        An authority has no place on the map, or two have the same.
    """
    _check_places(areas)
    placed = [
        _place(area, areas, cells.get(area.code, HexCell(NO_FIGURE, "no figure"))) for area in areas
    ]
    rows = [[one.name, one.cell.text, one.cell.sign] for one in placed]
    return Html(
        str(
            render_template(
                "hexmap",
                key=key,
                title=title,
                alt=alt,
                source=source,
                cells=placed,
                box=_find_box(placed),
                table=table_html(["Authority", "Figure", "Differs"], rows, caption=title)
                if behind
                else "",
            )
        )
    )


def _check_places(areas: Sequence[Area]) -> None:
    lost = [area.name for area in areas if area.hexagon is None]
    if lost or len({area.hexagon for area in areas}) != len(areas):
        raise ParameterError(
            f"The map has no place of its own for {', '.join(lost) or 'two of the authorities'}.",
            "Give each a column and row in slinb/catalogue/areas.csv, column “hexagon”.",
        )


def _place(area: Area, areas: Sequence[Area], cell: HexCell) -> _Placed:
    column, row = area.hexagon or (0, 0)
    top = max(a.hexagon[1] for a in areas if a.hexagon)
    x = (column + (row % 2) / 2) * _WIDTH
    y = (top - row) * _STEP
    name = name_area(area)
    lines = _break_name(name)
    height = (len(lines) + 1 + bool(cell.sign)) * _LINE
    first = y - height / 2 + _LINE * 0.8
    return _Placed(
        name=name,
        lines=tuple((round(first + i * _LINE, 1), text) for i, text in enumerate(lines)),
        x=round(x, 1),
        y=round(first + len(lines) * _LINE + 2, 1),
        points=_list_corners(x, y),
        cell=cell,
    )


def _list_corners(x: float, y: float) -> str:
    reach = _SIDE - _GAP
    angles = [math.radians(60 * i + 30) for i in range(6)]
    return " ".join(f"{x + reach * math.cos(a):.1f},{y + reach * math.sin(a):.1f}" for a in angles)


def _break_name(name: str) -> list[str]:
    """Break a name into lines that fit across a hexagon.

    >>> _break_name("Cambridgeshire"), _break_name("Central Bedfordshire")
    (['Cambridge-', 'shire'], ['Central', 'Bedfordshire'])
    """
    lines: list[str] = []
    for word in name.replace("-on-", "- on-").split():
        if len(word) > _FITS and word.endswith("shire"):
            lines += [f"{word.removesuffix('shire')}-", "shire"]
        elif lines and len(lines[-1]) + len(word) < _FITS:
            lines[-1] += word if lines[-1].endswith("-") else f" {word}"
        else:
            lines.append(word)
    return lines


def _find_box(placed: Sequence[_Placed]) -> str:
    """Return the drawing's view box around every corner."""
    corners = [tuple(map(float, p.split(","))) for one in placed for p in one.points.split()]
    left, top = (min(corner[i] for corner in corners) - 2 for i in (0, 1))
    right, bottom = (max(corner[i] for corner in corners) + 2 for i in (0, 1))
    return f"{left:.0f} {top:.0f} {right - left:.0f} {bottom - top:.0f}"
