"""How fast the methods are, against a plain pandas way and against statsmodels.

Run `python benchmarks/methods.py`; the figures are quoted in docs/methods.md. Every comparison
is made in one run on the same rows, and the results are checked against each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import pandas as pd
from scipy.stats import chi2, norm
from statsmodels.stats.proportion import proportion_confint

from slinb.methods.compare import judge
from slinb.methods.intervals import proportion_interval, rate_interval
from slinb.methods.rank import quartile_band_within
from slinb.methods.trend import xmr, xmr_many

T = TypeVar("T")

ROWS = 1_000_000
AUTHORITIES = 153
PLAIN_GROUPS = 300
SERIES = 50_000
POINTS = 20
PER = 10_000
Z = norm.ppf(0.975)


def main() -> None:
    frame = make_rows(ROWS)
    fast_seconds, fast = take_best(lambda: judge_fast(frame))
    some = frame[frame["group"] < PLAIN_GROUPS]
    plain_seconds, plain = take_best(lambda: judge_plainly(some), repeats=5)
    check_same(fast.loc[some.index], plain.loc[some.index])
    fast_row, plain_row = fast_seconds / ROWS * 1e9, plain_seconds / len(some) * 1e9
    print(f"Intervals, judgement and bands, {ROWS:,} rows in groups of {AUTHORITIES}")
    print(f"  slinb.methods               {fast_seconds:8.3f} s   {fast_row:8.0f} ns a row")
    print(
        f"  pandas groupby.apply        {plain_row * ROWS / 1e9:8.1f} s   {plain_row:8.0f} ns a row"
        f"   (measured on {len(some):,} rows in {plain_seconds:.2f} s, and scaled)"
    )
    print(f"  ratio a row                 {plain_row / fast_row:8.0f}")
    compare_wilson(frame[frame["proportion"]])
    time_charts()


def take_best(run: Callable[[], T], repeats: int = 5) -> tuple[float, T]:
    runs = [time_once(run) for _ in range(repeats)]
    return min(seconds for seconds, _ in runs), runs[-1][1]


def time_once(run: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = run()
    return time.perf_counter() - start, result


def make_rows(rows: int) -> pd.DataFrame:
    """Half proportions, half rates; a group is one measure in one period."""
    random = np.random.default_rng(2025)
    group = np.arange(rows) // AUTHORITIES
    proportion = group % 2 == 0
    denominator = np.where(proportion, random.integers(20, 3_000, rows), 0) + np.where(
        proportion, 0, random.integers(20_000, 300_000, rows)
    )
    share = random.uniform(0.05, 0.4, rows)
    expected = np.where(proportion, share * denominator, random.gamma(2, 30, rows))
    numerator = np.minimum(random.poisson(expected), denominator)
    frame = pd.DataFrame(
        {
            "group": group,
            "proportion": proportion,
            "numerator": numerator.astype(float),
            "denominator": denominator.astype(float),
            "polarity": np.array(["higher", "lower", "none"])[group % 3],
        }
    )
    frame.loc[random.random(rows) < 0.02, "numerator"] = np.nan
    scale = np.where(proportion, 1, PER)
    frame["value"] = frame["numerator"] / frame["denominator"] * scale
    totals = frame.dropna().groupby("group")[["numerator", "denominator"]].sum()
    pooled = totals["numerator"] / totals["denominator"]
    frame["benchmark"] = pooled.reindex(group).to_numpy() * scale
    return frame


def judge_fast(frame: pd.DataFrame) -> pd.DataFrame:
    share = frame["proportion"].to_numpy()
    lower, upper = np.empty(len(frame)), np.empty(len(frame))
    numerator, denominator = frame["numerator"].to_numpy(), frame["denominator"].to_numpy()
    lower[share], upper[share] = proportion_interval(numerator[share], denominator[share])
    lower[~share], upper[~share] = rate_interval(numerator[~share], denominator[~share], PER)
    return pd.DataFrame(
        {
            "lower": lower,
            "upper": upper,
            "judgement": judge(frame["value"], lower, upper, frame["benchmark"], frame["polarity"]),
            "band": quartile_band_within(frame["value"], frame["group"], frame["polarity"]),
        },
        index=frame.index,
    )


def judge_plainly(frame: pd.DataFrame) -> pd.DataFrame:
    """Apply the same formulas, as an analyst would write them for one group, to each."""
    return frame.groupby("group", group_keys=False).apply(judge_group)


def judge_group(group: pd.DataFrame) -> pd.DataFrame:
    x, n, polarity = group["numerator"], group["denominator"], group["polarity"].iloc[0]
    lower, upper = plain_wilson(x, n) if group["proportion"].iloc[0] else plain_rate(x, n)
    above, below = {"higher": ("better", "worse"), "lower": ("worse", "better")}.get(
        polarity, ("higher", "lower")
    )
    judgement = pd.Series("similar", index=group.index)
    judgement[group["benchmark"] < lower] = above
    judgement[group["benchmark"] > upper] = below
    judgement[group["value"].isna()] = "not compared"
    return pd.DataFrame(
        {
            "lower": lower,
            "upper": upper,
            "judgement": judgement,
            "band": plain_band(group["value"], polarity),
        }
    )


def plain_wilson(x: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    root = Z * np.sqrt(Z**2 + 4 * x * (1 - x / n))
    return (2 * x + Z**2 - root) / (2 * (n + Z**2)), (2 * x + Z**2 + root) / (2 * (n + Z**2))


def plain_rate(x: pd.Series, n: pd.Series) -> tuple[pd.Series, pd.Series]:
    low = x * (1 - 1 / (9 * x) - Z / (3 * np.sqrt(x))) ** 3
    high = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * np.sqrt(x + 1))) ** 3
    low = low.mask(x < 10, chi2.ppf(0.025, 2 * x) / 2).mask(x == 0, 0)
    high = high.mask(x < 10, chi2.ppf(0.975, 2 * x + 2) / 2)
    return low / n * PER, high / n * PER


def plain_band(value: pd.Series, polarity: str) -> pd.Series:
    labels = {"lower": "ABCD", "higher": "DCBA"}.get(polarity)
    if labels is None:
        return pd.Series(np.nan, index=value.index, dtype="str")
    first, second, third = value.quantile([0.25, 0.5, 0.75])
    band = pd.Series(labels[0], index=value.index)
    band[value > first] = labels[1]
    band[value > second] = labels[2]
    band[value > third] = labels[3]
    return band.where(value.notna())


def check_same(fast: pd.DataFrame, plain: pd.DataFrame) -> None:
    np.testing.assert_allclose(fast["lower"], plain["lower"], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(fast["upper"], plain["upper"], rtol=1e-9)
    assert (fast["judgement"] == plain["judgement"]).all()
    assert (fast["band"].fillna("") == plain["band"].fillna("")).all()


def compare_wilson(frame: pd.DataFrame) -> None:
    x, n = frame["numerator"].to_numpy(), frame["denominator"].to_numpy()
    # Turn and turn about, so that whatever else the machine does falls on both alike.
    ours_runs, theirs_runs = [], []
    for _ in range(40):
        ours_runs.append(time_once(lambda: proportion_interval(x, n)))
        theirs_runs.append(time_once(lambda: proportion_confint(x, n, method="wilson")))
    ours_seconds, ours = min(ours_runs, key=lambda run: run[0])
    theirs_seconds, theirs = min(theirs_runs, key=lambda run: run[0])
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-12)
    print(f"Wilson interval, {len(frame):,} rows")
    print(f"  slinb.methods.intervals     {ours_seconds:8.4f} s")
    print(f"  statsmodels                 {theirs_seconds:8.4f} s")
    print(f"  ratio                       {theirs_seconds / ours_seconds:8.1f}")


def time_charts() -> None:
    random = np.random.default_rng(2026)
    frame = pd.DataFrame(
        {
            "series": np.repeat(np.arange(SERIES), POINTS),
            "value": random.poisson(40, SERIES * POINTS).astype(float),
        }
    )
    seconds, charts = take_best(lambda: xmr_many(frame, by="series"), repeats=3)
    last = frame["series"] == SERIES - 1
    alone = xmr(frame.loc[last, "value"])
    pd.testing.assert_frame_equal(charts[last], alone)
    print(f"XmR charts, {SERIES:,} series of {POINTS} points")
    print(f"  slinb.methods.trend         {seconds:8.2f} s")


if __name__ == "__main__":
    main()
