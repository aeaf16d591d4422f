"""The headers of a page's tables: which words stand over and beside each cell."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from bs4 import Tag

from slinb.gate.elements import TABLES, find_above, find_tags, join_texts, name_element
from slinb.gate.numbers import blank_harmless
from slinb.gate.passages import Level, level

#: A cell longer than this is no label of its row.
_LONGEST_LABEL = 80
_WIDEST_HEAD = 6
_DIGIT = re.compile(r"\d")
_ROWS, _CELLS = ("tr", "a:tr"), ("td", "th", "a:tc")


@dataclass(frozen=True, eq=False)  # a tag compares and hashes by all of its markup
class _Cell:
    tag: Tag
    row: int
    column: int
    heading: bool

    @cached_property
    def words(self) -> str:
        links = [str(a.get("href", "")) for a in islice(find_tags(self.tag, ("a",)), 3)]
        texts = [join_texts(self.tag, most=300), *name_element(self.tag), *links]
        return " \x1f ".join(t for t in texts if t)

    @cached_property
    def is_label(self) -> bool:
        """Whether it names its row: words, or a period, and nothing folded away in it."""
        text = join_texts(self.tag, most=300)
        if len(text) > _LONGEST_LABEL or any(find_tags(self.tag, ("details",))):
            return False
        return not _DIGIT.search(text) or not _DIGIT.search(blank_harmless(text))

    @cached_property
    def heads_group(self) -> bool:
        """Whether it heads a group of rows, across the table, rather than a column."""
        return self.tag.get("scope") == "rowgroup" or _span(self.tag, "colspan") > _WIDEST_HEAD


class TableHeads:
    """The levels of each cell of a table.

    Parameters
    ----------
    table : Tag
        A ``table`` element, or ``a:tbl`` of a slide.
    """

    def __init__(self, table: Tag) -> None:
        self._cells = _lay_out(table)
        self._by_tag = {id(cell.tag): cell for cell in self._cells.values()}
        self._bare = not any(cell.heading for cell in self._by_tag.values())
        self._labels: dict[int, list[_Cell]] = {}

    def find_levels(self, tag: Tag) -> tuple[tuple[Level, ...], str]:
        """Return the levels of a cell, nearest first, and the header of its column.

        Returns
        -------
        tuple
            The words over the cell, then those beside it; both are tight.
        """
        cell = self._by_tag.get(id(tag))
        if cell is None:
            return (), ""
        over = self._find_over(cell)
        named = self._find_named(tag)
        levels = (
            *level(named, tight=True),
            *level(reversed(over), tight=True),
            *level(self._find_beside(cell), tight=True),
            *level(self._find_group(cell)),
        )
        return levels, join_texts(tag, most=200) if not over else over[-1].split(" \x1f ")[0]

    def _find_over(self, cell: _Cell) -> list[str]:
        heads = self._columns.get(cell.column, [])
        above = [c for row, c in heads if row < cell.row and c.tag is not cell.tag]
        if self._bare:
            return [c.words for c in above[:1]]
        return [c.words for c in dict.fromkeys(above)]

    @cached_property
    def _columns(self) -> dict[int, list[tuple[int, _Cell]]]:
        """What may head a column: each such cell with its row; where none is marked, all."""
        columns: dict[int, list[tuple[int, _Cell]]] = {}
        for (row, column), c in sorted(self._cells.items(), key=lambda item: item[0]):
            if self._bare or (c.heading and not c.heads_group and c.row in self._head_rows):
                columns.setdefault(column, []).append((row, c))
        return columns

    def _find_group(self, cell: _Cell) -> list[str]:
        above = bisect_right(self._group_rows, cell.row)
        return [self._groups[self._group_rows[above - 1]]] if above else []

    @cached_property
    def _groups(self) -> dict[int, str]:
        cells = self._by_tag.values()
        return {c.row: c.words for c in cells if c.heading and c.heads_group}

    @cached_property
    def _group_rows(self) -> list[int]:
        return sorted(self._groups)

    @cached_property
    def _head_rows(self) -> set[int]:
        rows = self._rows.items()
        return {row for row, cells in rows if all(c.heading or not c.words for c in cells)}

    def _find_beside(self, cell: _Cell) -> list[str]:
        return [
            other.words
            for other in self._find_labels(cell.row)
            if other.tag is not cell.tag and not (other.heading and cell.heading)
        ]

    def _find_labels(self, row: int) -> list[_Cell]:
        """Return the cells of a row that say what the row is about; found once a row."""
        if row not in self._labels:
            self._labels[row] = [c for c in self._rows[row] if c.heading or c.is_label]
        return self._labels[row]

    @cached_property
    def _rows(self) -> dict[int, list[_Cell]]:
        rows: dict[int, list[_Cell]] = {}
        for (row, _), cell in sorted(self._cells.items(), key=lambda item: item[0]):
            if cell not in rows.setdefault(row, []):
                rows[row].append(cell)
        return rows

    def _find_named(self, tag: Tag) -> list[str]:
        ids = tag.get("headers")
        wanted = ids if isinstance(ids, list) else str(ids or "").split()
        if not wanted:
            return []
        return [c.words for c in self._by_tag.values() if c.tag.get("id") in wanted]


def _lay_out(table: Tag) -> dict[tuple[int, int], _Cell]:
    """Put each cell into every place that it spans."""
    places: dict[tuple[int, int], _Cell] = {}
    rows = [row for row in find_tags(table, _ROWS) if find_above(row, TABLES) is table]
    for i, row in enumerate(rows):
        column = 0
        in_head = row.parent is not None and row.parent.name == "thead"
        for tag in row.children:
            if not isinstance(tag, Tag) or tag.name not in _CELLS:
                continue
            while (i, column) in places:
                column += 1
            cell = _Cell(tag, i, column, tag.name == "th" or in_head)
            width, height = _span(tag, "colspan"), _span(tag, "rowspan")
            for across in range(width):
                for down in range(height):
                    places[i + down, column + across] = cell
            column += width
    return places


def _span(tag: Tag, name: str) -> int:
    text = str(tag.get(name, "1"))
    return min(max(int(text), 1), 200) if text.isdigit() else 1
