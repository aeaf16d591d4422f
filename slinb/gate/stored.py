"""The numbers that a gate guards, in a file: a worker opens the gate without the quarter.

One row a cell, with the list of its numbers, so that those of a cell nobody looks up stay packed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measures
from slinb.errors import DisclosureError
from slinb.gate.folder import Gate, build_gate
from slinb.gate.secrets import FIELDS, Secret, group_measures, tabulate_secrets

#: The file that holds secrets, published numbers and the threshold, so that they stay together.
GATE_FILE = "gate.parquet"
_CELL = ["area", "measure"]
#: What is stored of each number of a cell.
_LISTS = {
    "period": pa.list_(pa.string()),
    "kind": pa.list_(pa.string()),
    "number": pa.list_(pa.float64()),
    "decimals": pa.list_(pa.int32()),
}
_SCHEMA = pa.schema({"shown": pa.bool_(), **dict.fromkeys(_CELL, pa.string()), **_LISTS})
_THRESHOLD = b"threshold"


def store_gate(
    folder: Path,
    secrets: Iterable[Secret] | pd.DataFrame,
    shown: Iterable[Secret] | pd.DataFrame,
    *,
    threshold: int,
) -> None:
    """Write what a gate must know into a folder, for :func:`load_gate`.

    Parameters
    ----------
    folder : Path
        Made if it is not there. The file in it holds protected numbers: it is never published.
    secrets, shown : iterable of Secret, or DataFrame
        As for :func:`~slinb.gate.folder.open_gate`, or a table of them with the columns of
        :data:`~slinb.gate.secrets.FIELDS`. The same in the same order give the same bytes.
        What is shown of a measure without secrets excuses nothing, and is left out.
    threshold : int
        Up to this a count is small, and no published number explains it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept, known = _tabulate(secrets), _tabulate(shown)
    known = known[known["measure"].isin(kept["measure"].unique())]
    parts = [_pack_cells(kept, shown=False), _pack_cells(known, shown=True)]
    table = pa.concat_tables(parts).replace_schema_metadata({_THRESHOLD: str(threshold)})
    pq.write_table(table.combine_chunks(), folder / GATE_FILE)


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


def _tabulate(secrets: Iterable[Secret] | pd.DataFrame) -> pd.DataFrame:
    table = secrets if isinstance(secrets, pd.DataFrame) else tabulate_secrets(secrets)
    return table.drop_duplicates(FIELDS, ignore_index=True)


def _pack_cells(numbers: pd.DataFrame, *, shown: bool) -> pa.Table:
    """Return one row a cell, in the order of their first numbers, each with its numbers."""
    place = numbers.groupby(_CELL, sort=False).ngroup().to_numpy()
    ordered = numbers.iloc[np.argsort(place, kind="stable")]
    counts = np.bincount(place)
    ends = np.concatenate([[0], np.cumsum(counts)]).astype("int32")
    cells = ordered.iloc[ends[:-1]]
    columns = [
        pa.array([shown] * len(cells), pa.bool_()),
        *(pa.array(cells[name], pa.string()) for name in _CELL),
        *(
            pa.ListArray.from_arrays(ends, pa.array(ordered[name], type_.value_type))
            for name, type_ in _LISTS.items()
        ),
    ]
    return pa.Table.from_arrays(columns, schema=_SCHEMA)


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
