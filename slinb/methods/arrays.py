"""How the methods take their inputs in and hand their results back.

A float, list, array or Series comes in; float64 with NaN for missing goes through the formulas;
the result goes out in the shape that came in. Nothing statistical happens here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

Floats: TypeAlias = npt.NDArray[np.float64]
Codes: TypeAlias = npt.NDArray[np.int8]
RowRule: TypeAlias = tuple[npt.NDArray[np.bool_], Callable[[int], str]]
Column: TypeAlias = Any
"""A float, a sequence, a numpy array or a pandas Series; results are like the inputs."""

POLARITIES = ("higher", "lower", "none")
NO_POLARITY = POLARITIES.index("none")

# Rows worked on at a time: the temporaries of a formula then stay in the processor's cache.
_BLOCK = 16_384


@dataclass(frozen=True)
class Layout:
    """The shape that the inputs share, and the index that the results carry."""

    shape: tuple[int, ...]
    index: pd.Index | None

    def give_back(self, result: npt.NDArray[Any]) -> Column:
        """Return a result as the inputs came: a float, an array or a Series."""
        if self.index is not None:
            return pd.Series(result, index=self.index)
        return result.item() if self.shape == () else result

    def give_back_text(self, codes: Codes, labels: Sequence[str]) -> Column:
        """Return labels by code (a negative code is missing): a str, an array or a Series.

        An array is of objects with None for missing, a Series of pandas' str.
        """
        if self.index is not None:
            words = pd.array(labels, dtype="str")
            return pd.Series(words.take(codes, allow_fill=True), index=self.index)
        return np.array([*labels, None], dtype=object)[codes]

    def name_position(self, position: int) -> str:
        """Name a row by its position from 0 and, for a Series, by its label."""
        if self.index is None or isinstance(self.index, pd.RangeIndex):
            return f"position {position}"
        return f"position {position} (index {self.index[position]!r})"


def as_floats(values: Column) -> Floats:
    """Return values as float64, missing (None, NaN, NaT, pd.NA) as NaN.

    Raises
    ------
    ValueError
        For text that is not a number: a symbol such as "c" must be turned into missing by the
        reader that knows what it means, never here.
    """
    if isinstance(values, pd.Series) and isinstance(values.dtype, np.dtype):
        values = values.to_numpy()
    if not isinstance(values, (pd.Series, np.ndarray)):
        values = np.asarray(values)
    if isinstance(values, np.ndarray) and values.dtype == object:
        shape = values.shape
        flat = pd.Series(values.ravel(), dtype=object)
        return flat.to_numpy(dtype=float, na_value=np.nan).reshape(shape)
    if isinstance(values, pd.Series):
        return values.to_numpy(dtype=float, na_value=np.nan)
    return values.astype(float, copy=False)


def read_columns(*columns: Column) -> tuple[list[Floats], Layout]:
    """Read columns that belong together; a scalar is repeated for every row.

    Raises
    ------
    ValueError
        When two columns differ in length, or two Series in their index: pairing rows by
        position would then compare one authority's count with another's population.
    """
    arrays = [as_floats(column) for column in columns]
    layout = find_layout(columns, [array.shape for array in arrays])
    return [np.broadcast_to(array, layout.shape) for array in arrays], layout


def find_layout(columns: Sequence[Column], shapes: Sequence[tuple[int, ...]]) -> Layout:
    """Return the common shape and index of columns, refusing any that do not match."""
    lengths = sorted({shape for shape in shapes if shape != ()})
    if len(lengths) > 1:
        raise ValueError(f"the columns differ in length: {lengths[0]} and {lengths[1]}")
    indexes = [column.index for column in columns if isinstance(column, pd.Series)]
    for index in indexes[1:]:
        if not indexes[0].equals(index):
            raise ValueError("the Series have different indexes; align them before comparing them")
    return Layout(lengths[0] if lengths else (), indexes[0] if indexes else None)


def read_polarity(polarity: Column, layout: Layout) -> Codes:
    """Return the position of each polarity in `POLARITIES`, with the shape of the layout.

    Raises
    ------
    ValueError
        For anything but "higher", "lower" or "none", naming the first offending position.
    """
    if pd.api.types.is_scalar(polarity):
        if _code_polarity(polarity) < 0:
            raise ValueError(f"polarity must be one of {', '.join(POLARITIES)}, not {polarity!r}")
        return np.broadcast_to(np.int8(_code_polarity(polarity)), layout.shape)
    words = polarity if isinstance(polarity, pd.Series) else pd.Series(list(polarity), dtype=object)
    if (len(words),) != layout.shape:
        raise ValueError(f"{len(words)} polarities for columns of shape {layout.shape}")
    numbers, distinct = pd.factorize(words, use_na_sentinel=False)
    known = np.array([_code_polarity(word) for word in distinct], dtype=np.int8)
    codes = known[numbers] if len(known) else np.empty(0, dtype=np.int8)
    if (codes < 0).any():
        position = int(np.argmax(codes < 0))
        raise ValueError(
            f"{layout.name_position(position)}: polarity must be one of "
            f"{', '.join(POLARITIES)}, not {words.iloc[position]!r}"
        )
    return codes


def _code_polarity(word: object) -> int:
    return POLARITIES.index(word) if isinstance(word, str) and word in POLARITIES else -1


def refuse_rows(layout: Layout, *rules: RowRule) -> None:
    """Raise ValueError for the first row that any rule marks, with that rule's reason.

    Parameters
    ----------
    layout : Layout
        Names the row.
    *rules : tuple of (bool array, function of the row's position giving the reason)
        In order of precedence within one row.
    """
    found = [(int(np.argmax(bad)), say) for bad, say in rules if bad.any()]
    if found:
        position, say = min(found, key=lambda item: item[0])
        raise ValueError(f"{layout.name_position(position)}: {say(position)}")


def refuse_infinite(layout: Layout, name: str, values: Floats) -> None:
    """Raise ValueError for the first infinite value."""
    refuse_rows(layout, (np.isinf(values), lambda at: f"{name} is infinite ({values.flat[at]})"))


def fill_in_blocks(
    formula: Callable[..., tuple[Floats, ...]], outputs: int, *columns: Floats
) -> tuple[Floats, ...]:
    """Apply an elementwise formula block by block, with NaN and division kept quiet."""
    shape = columns[0].shape
    flat = [column.reshape(-1) for column in columns]
    results = tuple(np.empty(flat[0].shape) for _ in range(outputs))
    with np.errstate(invalid="ignore", divide="ignore"):
        for start in range(0, len(flat[0]), _BLOCK):
            rows = slice(start, start + _BLOCK)
            for result, part in zip(results, formula(*(c[rows] for c in flat)), strict=True):
                result[rows] = part
    return tuple(result.reshape(shape) for result in results)
