"""The numbers that a gate guards, in a file: a worker opens the gate without the quarter.

One row a cell, with the list of its numbers, so that those of a cell nobody looks up stay packed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measures
from slinb.errors import DisclosureError
from slinb.gate.folder import Gate, build_gate
from slinb.gate.secrets import Secret, Secrets, group_measures

#: The file that holds secrets, published numbers and the threshold, so that they stay together.
GATE_FILE = "gate.parquet"
_TEXTS, _NUMBERS = pa.list_(pa.string()), pa.list_(pa.float64())
_SCHEMA = pa.schema(
    [
        ("shown", pa.bool_()),
        ("area", pa.string()),
        ("measure", pa.string()),
        ("period", _TEXTS),
        ("kind", _TEXTS),
        ("number", _NUMBERS),
        ("decimals", pa.list_(pa.int32())),
    ]
)
_THRESHOLD = b"threshold"


def store_gate(
    folder: Path, secrets: Iterable[Secret], shown: Iterable[Secret], *, threshold: int
) -> None:
    """Write what a gate must know into a folder, for :func:`load_gate`.

    Parameters
    ----------
    folder : Path
        Made if it is not there. The file in it holds protected numbers: it is never published.
    secrets, shown : iterable of Secret
        As for :func:`~slinb.gate.folder.open_gate`. The same in the same order give the same
        bytes.
    threshold : int
        Up to this a count is small, and no published number explains it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rows = [*_list_cells(secrets, shown=False), *_list_cells(shown, shown=True)]
    schema = _SCHEMA.with_metadata({_THRESHOLD: str(threshold).encode()})
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / GATE_FILE)


def load_gate(folder: Path, areas: Areas, measures: Measures) -> Gate:
    """Return the gate that :func:`store_gate` wrote; it judges as if it had just been opened.

    Parameters
    ----------
    folder : Path
    areas, measures
        The catalogue that the numbers were found with.

    Raises
    ------
    DisclosureError
        The file is not there, or is damaged: without it nothing may be published.

    Examples
    --------
    >>> import tempfile
    >>> from slinb.catalogue.areas import load_areas
    >>> from slinb.catalogue.measures import load_measures
    >>> secret = Secret("E06000055", "cp_neglect_pct", "2025-26-Q3", "numerator", 3)
    >>> with tempfile.TemporaryDirectory() as name:
    ...     store_gate(Path(name), [secret], [], threshold=5)
    ...     gate = load_gate(Path(name), load_areas(), load_measures())
    >>> len(gate.find_leaks("a.html", "<p>Bedford, plans for neglect: 3</p>"))
    1
    """
    path = folder / GATE_FILE
    try:
        # pq.read_table would first import pyarrow's data sets, which takes longer than the reading.
        table = pq.ParquetFile(path).read().combine_chunks()
    except (OSError, pa.ArrowException) as error:
        raise DisclosureError(
            f"The gate's numbers ({path.name}) cannot be read.",
            "Run the quarter again; until then nothing can be let through the gate.",
        ) from error
    return build_gate(
        _StoredSecrets(table, shown=False),
        _StoredSecrets(table, shown=True),
        areas,
        measures,
        threshold=int(table.schema.metadata[_THRESHOLD]),
    )


def _list_cells(secrets: Iterable[Secret], *, shown: bool) -> Iterator[dict[str, object]]:
    for (area, measure), found in Secrets(secrets).cells():
        yield {
            "shown": shown,
            "area": area,
            "measure": measure,
            "period": [s.period for s in found],
            "kind": [s.kind for s in found],
            "number": [float(s.number) for s in found],
            "decimals": [s.decimals for s in found],
        }


class _StoredSecrets:
    """Stored secrets, looked up by the cell; each cell's are unpacked when first asked for."""

    def __init__(self, table: pa.Table, *, shown: bool) -> None:
        columns = (table[name].to_pylist() for name in ("shown", "area", "measure"))
        cells = enumerate(zip(*columns, strict=True))
        self._table = table
        self._rows = {
            (area, measure): i for i, (is_shown, area, measure) in cells if is_shown is shown
        }
        self._unpacked: dict[tuple[str, str], list[Secret]] = {}
        self.areas = frozenset(area for area, _ in self._rows)
        self.measures = frozenset(measure for _, measure in self._rows)

    @cached_property
    def _measures(self) -> dict[str, frozenset[str]]:
        return group_measures(self._rows)

    def measures_of(self, area: str) -> frozenset[str]:
        """Return the ids of the measures of which an area has secrets."""
        return self._measures.get(area, frozenset())

    def of_cell(self, area: str, measure: str) -> list[Secret]:
        """Return the secrets of an area and measure, of every period."""
        cell = (area, measure)
        if cell not in self._rows:
            return []
        if cell not in self._unpacked:
            self._unpacked[cell] = self._unpack(cell)
        return self._unpacked[cell]

    def _unpack(self, cell: tuple[str, str]) -> list[Secret]:
        (row,) = self._table.slice(self._rows[cell], 1).to_pylist()
        columns = zip(
            *(row[name] for name in ("period", "kind", "number", "decimals")), strict=True
        )
        return [Secret(*cell, *values) for values in columns]
