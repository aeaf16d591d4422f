"""The map above a rug: how often each authority really differs, and the way to its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slinb.catalogue.areas import Area
from slinb.show.hexmap import HexCell, hexmap_html
from slinb.show.markup import Html
from slinb.show.phrases import name_area
from slinb.show.rug_rows import RugCell, RugRows

_TITLE = "How many figures are really worse, and really better"


def rug_map_html(
    rug: RugRows, areas: Sequence[Area], profiles: Mapping[str, str], *, plain: str, key: str
) -> Html | None:
    """Draw how many figures of each authority are really worse and really better.

    Parameters
    ----------
    rug : RugRows
    areas : sequence of Area
        The columns of the rug, in order.
    profiles : mapping of str to str
        Address of each authority's page, by its code; the map links to it.
    plain : str
        What the figures are compared with, in words.
    key : str
        Prefix of the rug's ids.

    Returns
    -------
    Html or None
        None where an authority has no place on the map.
    """
    places = {area.hexagon for area in areas}
    if None in places or len(places) != len(areas) or not rug.rows:
        return None
    columns = zip(*(row.cells for row in rug.rows), strict=True)
    cells = {
        area.code: _count_cell(column, profiles.get(area.code, ""))
        for area, column in zip(areas, columns, strict=True)
    }
    told = "; ".join(f"{name_area(a)} {cells[a.code].text}, {cells[a.code].sign}" for a in areas)
    return hexmap_html(
        cells,
        areas,
        title=f"{_TITLE} than {plain}",
        alt=f"Map of the authorities: {told}.",
        source="A count says where to look, not how well an authority does.",
        behind=False,
        key=f"{key}-map",
    )


def _count_cell(column: Sequence[RugCell], href: str) -> HexCell:
    words = [cell.word for cell in column]
    if not any(cell.compared for cell in column):
        return HexCell("–", "no figure", href=href)
    return HexCell(f"{words.count('worse')} worse", f"{words.count('better')} better", href=href)
