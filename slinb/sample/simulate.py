"""The counts of every authority, quarter by quarter: levels, seasons, gentle trends and chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.layout import Part
from slinb.sample.levels import CountPlan, Level, make_generator, name_count, to_year

Floats = npt.NDArray[np.float64]

#: Trends of a year: of amounts in per cent, of shares in log odds; both small, so that no
#: quarter of the sample stands out by itself.
_AMOUNT_TREND, _SHARE_TREND = 0.03, 0.06
#: A stock hardly changes from quarter to quarter: its noise is a part of that of a fresh count.
_STOCK_NOISE, _FLOW_NOISE = 0.35, 0.8


class SimulatedCounts:
    """The simulated counts of some authorities over consecutive quarters.

    Parameters
    ----------
    quarters : sequence of Period
        Consecutive quarters, the first of them the first of its financial year.
    counts : mapping of (area code, count) to array (quarters,)
        Each quarter's own figure.
    """

    def __init__(
        self, quarters: Sequence[Period], counts: Mapping[tuple[str, str], Floats]
    ) -> None:
        self._place = {quarter: i for i, quarter in enumerate(quarters)}
        self._counts = counts

    def figure(self, area: str, measure: Measure, part: Part, quarter: Period) -> float:
        """Return what an authority sends: the quarter's own figure, or the year to date."""
        series = self._counts[area, name_count(measure, part)]
        last = self._place[quarter]
        if measure.basis != "ytd":
            return float(series[last])
        return float(series[last - quarter.quarter + 1 : last + 1].sum())


def simulate_counts(
    plans: Sequence[CountPlan],
    levels: Mapping[tuple[str, str], Level],
    areas: Sequence[str],
    quarters: Sequence[Period],
    shares: Sequence[float],
    within: Mapping[str, str],
    seed: int,
    odds: Mapping[tuple[str, str], float] | None = None,
) -> SimulatedCounts:
    """Simulate every count of every authority.

    Parameters
    ----------
    plans, levels
        From :mod:`slinb.sample.levels`.
    areas : sequence of str
        Area codes.
    quarters : sequence of Period
        Consecutive, from the first quarter of a financial year on.
    shares : sequence of float
        Share of a year's events in each of its quarters; they add up to 1.
    within : mapping of count to count
        Counts that cannot exceed another.
    seed : int
        The same seed gives the same counts.
    odds : mapping of (area code, count) to float, optional
        Factors on the odds of a share: how a planted defect of definition comes about.
    """
    years = np.array([to_year(q.start) + 0.125 for q in quarters])
    season = np.array([shares[q.quarter - 1] for q in quarters])
    found: dict[tuple[str, str], Floats] = {}
    for area in areas:
        mine: dict[str, Floats] = {}
        for plan in plans:
            rng = make_generator(seed, area, plan.count)
            level, factor = levels[area, plan.count], (odds or {}).get((area, plan.count), 1.0)
            past = years - level.anchor
            if plan.parent:
                series = _draw_part(plan, level.amount, factor, mine[plan.parent], past, rng)
            else:
                series = _draw_amount(plan, level.amount, past, season, rng)
            mine[plan.count] = _keep_within(plan.count, series, mine, within)
        found |= {(area, count): series for count, series in mine.items()}
    return SimulatedCounts(quarters, found)


def _draw_amount(
    plan: CountPlan, amount: float, past: Floats, season: Floats, rng: np.random.Generator
) -> Floats:
    """Draw a count that stands by itself: Poisson noise around a level, a season and a trend."""
    mean = amount * (1 + rng.uniform(-_AMOUNT_TREND, _AMOUNT_TREND)) ** past
    if plan.part == "value":
        return np.round(mean * (1 + 0.01 * rng.normal(size=len(past))), plan.measure.decimals)
    if plan.flow:
        mean = mean * season
        drawn = mean + _FLOW_NOISE * (rng.poisson(mean) - mean)
    else:
        drawn = mean + _STOCK_NOISE * np.sqrt(mean) * rng.normal(size=len(past))
    return _finish(plan, drawn)


def _draw_part(
    plan: CountPlan,
    share: float,
    factor: float,
    whole: Floats,
    past: Floats,
    rng: np.random.Generator,
) -> Floats:
    """Draw a part of another count: binomial noise around a share whose odds drift."""
    drift = np.exp(rng.uniform(-_SHARE_TREND, _SHARE_TREND) * past)
    if not plan.bounded:
        mean = whole * share * drift
        return _finish(plan, mean + _STOCK_NOISE * np.sqrt(mean) * rng.normal(size=len(past)))
    held = np.clip(share, 0.002, 0.998)
    chance = factor * drift * held / (1 - held + factor * drift * held)
    mean, spread = whole * chance, np.sqrt(whole * chance * (1 - chance))
    noise = _FLOW_NOISE if plan.flow else _STOCK_NOISE
    drawn = mean + noise * spread * rng.normal(size=len(past)).clip(-2, 2)
    return np.minimum(_finish(plan, drawn), whole)


def _finish(plan: CountPlan, drawn: Floats) -> Floats:
    return np.maximum(np.round(drawn, 0 if plan.whole else 1), 0) + 0.0


def _keep_within(
    count: str, series: Floats, done: Mapping[str, Floats], within: Mapping[str, str]
) -> Floats:
    """Hold a count below those that contain it and above those that it contains."""
    if within.get(count) in done:
        series = np.minimum(series, done[within[count]])
    for part, whole in within.items():
        if whole == count and part in done:
            series = np.maximum(series, done[part])
    return series
