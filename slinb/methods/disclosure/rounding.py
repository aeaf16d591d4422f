"""Rounding half up, and rates derived from figures that are already protected."""

from __future__ import annotations

from typing import Any, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

_DIGITS = 9  # float noise in a quotient such as 27.25 / 0.1 is far below 1e-9


@overload
def round_half_up(values: pd.Series[Any], base: float = 10) -> pd.Series[Any]: ...
@overload
def round_half_up(values: npt.ArrayLike, base: float = 10) -> npt.NDArray[Any]: ...
def round_half_up(values: Any, base: float = 10) -> Any:
    """Round to the nearest multiple of ``base``, halves upwards, as the DfE does.

    numpy, pandas and Python round halves to the even neighbour, so 25 would become 20.

    Parameters
    ----------
    values : array_like or Series
        Counts or figures; missing stays missing.
    base : float, default 10
        10 for regional and national counts, 0.1 for one decimal.

    Returns
    -------
    ndarray or Series
        Same length; integers stay integers where ``base`` is one.

    Raises
    ------
    ValueError
        ``base`` is not positive.

    Examples
    --------
    >>> round_half_up([4, 5, 14, 25, 3396]).tolist()
    [0, 10, 10, 30, 3400]
    """
    if not base > 0:
        raise ValueError(f"The rounding base must be above 0, not {base}.")
    array = np.asarray(values)
    if np.issubdtype(array.dtype, np.integer) and float(base).is_integer():
        rounded = (2 * array + int(base)) // (2 * int(base)) * int(base)
    else:
        steps = np.floor(np.round(array.astype(float) / base, _DIGITS) + 0.5)
        rounded = np.round(steps * base, _DIGITS)
    if isinstance(values, pd.Series):
        return pd.Series(rounded, index=values.index, name=values.name)
    return rounded


def derive_rates(
    numerator: pd.DataFrame,
    denominator: pd.DataFrame,
    *,
    multiplier: int = 100,
    decimals: int = 1,
) -> pd.DataFrame:
    """Return percentages or rates computed from protected counts only.

    A rate of two published counts tells a reader nothing that the counts do not; a rate
    whose count is withheld would give it back through the denominator, so it is withheld
    with it ("a percentage is c exactly when its count is").

    Parameters
    ----------
    numerator, denominator : DataFrame
        Columns ``value`` and ``symbol`` of protected cells, row for row.
    multiplier : int, default 100
        100 for a percentage, 10000 for a rate per 10,000.
    decimals : int, default 1
        Decimals published, rounded half up in whole-number arithmetic.

    Returns
    -------
    DataFrame
        ``value`` and ``symbol``, indexed like ``numerator``. The symbol is ``c`` where either
        count is, else the symbol of the count that is missing, else ``z`` where the
        denominator is zero.

    Raises
    ------
    ValueError
        The two differ in length.

    Examples
    --------
    >>> counts = pd.DataFrame({"value": [29.0, None], "symbol": ["", "c"]})
    >>> whole = pd.DataFrame({"value": [173.0, 40.0], "symbol": ["", ""]})
    >>> derive_rates(counts, whole).to_numpy().tolist()
    [[16.8, ''], [nan, 'c']]
    """
    if len(numerator) != len(denominator):
        raise ValueError(
            f"{len(numerator)} numerators but {len(denominator)} denominators: give them row "
            "for row."
        )
    above, below = (frame["value"].to_numpy(float) for frame in (numerator, denominator))
    symbols = _rate_symbols(numerator, denominator, below)
    shown = (symbols == "") & np.isfinite(above) & np.isfinite(below)
    value = np.full(len(above), np.nan)
    step = 10**decimals
    whole = below[shown].astype(np.int64)
    scaled = above[shown].astype(np.int64) * (multiplier * step)
    value[shown] = (2 * scaled + whole) // (2 * whole) / step
    return pd.DataFrame({"value": value, "symbol": symbols}, index=numerator.index)


def _rate_symbols(
    numerator: pd.DataFrame, denominator: pd.DataFrame, below: npt.NDArray[np.float64]
) -> npt.NDArray[Any]:
    above, under = (
        frame["symbol"].fillna("").to_numpy(object) for frame in (numerator, denominator)
    )
    withheld = (above == "c") | (under == "c")
    found = np.where(above != "", above, np.where(under != "", under, ""))
    found = np.where((found == "") & (below == 0), "z", found)
    missing = (found == "") & (numerator["value"].isna() | denominator["value"].isna()).to_numpy()
    return np.where(withheld, "c", np.where(missing, "x", found))
