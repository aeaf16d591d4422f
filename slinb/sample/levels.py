"""How large each count of each authority is: from what is published, else from a made-up level."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.layout import Part, count_id, wants_whole
from slinb.sample.settings import Levels

_DEFAULT_POPULATION = 60_000.0
#: Share of the population behind a count of which nothing at all is known.
_DEFAULT_SHARE = 0.002
_LOWER_MIDDLE = 0.35


@dataclass(frozen=True)
class CountPlan:
    """How one count comes about.

    Parameters
    ----------
    count : str
        Count id, or "<measure>.<part>" where the catalogue names none.
    parent : str
        Count of which it is drawn as a part; empty for one that stands by itself.
    measure : Measure
        The measure that says how large it is.
    part : str
        Which part of that measure it is.
    flow : bool
        Whether it counts events of a quarter (else what stands at a day).
    whole : bool
        Whether it is a whole number.
    bounded : bool
        Whether it cannot exceed its parent.
    """

    count: str
    parent: str
    measure: Measure
    part: Part
    flow: bool
    whole: bool
    bounded: bool


@dataclass(frozen=True)
class Level:
    """How large a count is: an amount (a year's, or a stock) or a share of its parent.

    ``anchor`` is the year, with fraction, in whose middle the level is met; trends turn on it.
    """

    amount: float
    anchor: float


def name_count(measure: Measure, part: Part) -> str:
    """Return the id of the count behind a part, or one made of the measure and the part."""
    return count_id(measure, part) or f"{measure.id}.{part}"


def make_generator(seed: int, *names: str) -> np.random.Generator:
    """Return a random generator of its own for a name, so that one more measure moves no other."""
    return np.random.default_rng([seed, *(zlib.crc32(name.encode()) for name in names)])


def plan_counts(measures: Sequence[Measure]) -> list[CountPlan]:
    """Say how each count comes about, parents before their parts.

    A count that a rate counts stands by itself; the first count of a proportion or ratio is
    drawn from the second; what is left is a denominator and stands by itself.
    """
    plans: dict[str, CountPlan] = {}
    flows = {
        name_count(m, part) for m in measures if m.basis in ("quarter", "ytd") for part in _parts(m)
    }
    for measure, part, parent in _rank_sources(measures):
        count = name_count(measure, part)
        whole = wants_whole(measure, part)
        bounded = bool(parent) and measure.kind == "proportion"
        plan = CountPlan(count, parent, measure, part, count in flows, whole, bounded)
        plans.setdefault(count, plan)
    return _sort_by_parent(plans)


def _parts(measure: Measure) -> tuple[Part, ...]:
    if measure.kind == "value":
        return ("value",)
    return ("numerator",) if measure.uses_population else ("numerator", "denominator")


def _rank_sources(measures: Sequence[Measure]) -> list[tuple[Measure, Part, str]]:
    """List the ways in which counts may come about, the best first."""
    rates: list[tuple[Measure, Part, str]] = []
    parts: list[tuple[Measure, Part, str]] = []
    others: list[tuple[Measure, Part, str]] = []
    for measure in measures:
        if measure.kind == "value":
            others.append((measure, "value", ""))
        elif measure.kind == "rate":
            rates.append((measure, "numerator", ""))
        elif measure.uses_population:
            others.append((measure, "numerator", ""))
        else:
            parts.append((measure, "numerator", name_count(measure, "denominator")))
        if measure.kind != "value" and not measure.uses_population:
            others.append((measure, "denominator", ""))
    return rates + parts + others


def _sort_by_parent(plans: dict[str, CountPlan]) -> list[CountPlan]:
    ordered: dict[str, CountPlan] = {}

    def add(plan: CountPlan) -> None:
        if plan.parent in plans and plan.parent not in ordered:
            add(plans[plan.parent])
        ordered.setdefault(plan.count, plan)

    for plan in plans.values():
        add(plan)
    return list(ordered.values())


def estimate_levels(
    published: pd.DataFrame,
    plans: Sequence[CountPlan],
    areas: Iterable[Area],
    quarter: Period,
    population: pd.DataFrame,
    levels: Levels,
    seed: int,
) -> dict[tuple[str, str], Level]:
    """Estimate the level of every count of every authority.

    Parameters
    ----------
    published : DataFrame
        Published observations (:data:`slinb.schema.OBSERVATIONS`); each authority's newest
        figure before the quarter is met.
    plans : sequence of CountPlan
        From :func:`plan_counts`.
    areas, quarter
        Whom and when.
    population : DataFrame
        From :func:`slinb.collect.population.find_population`.
    levels : Levels
        What to take where nothing is published.
    seed : int
        Moves the made-up levels only.

    Returns
    -------
    dict of (area code, count) to Level
    """
    latest = _find_latest(published, quarter)
    keys = zip(population["area"], population["count"], strict=True)
    people = dict(zip(keys, population["value"], strict=True))
    year_before = _middle(quarter.reporting_year().previous())
    found: dict[tuple[str, str], Level] = {}
    for area in areas:
        for plan in plans:
            row = latest.get((area.code, plan.measure.id))
            amount = None if row is None else _take_published(plan, row)
            if row is not None and amount is not None:
                found[area.code, plan.count] = Level(amount, row.anchor)
                continue
            made_up = _make_up(area.code, plan, people, found, levels)
            spread = np.exp(0.1 * make_generator(seed, area.code, plan.count, "level").normal())
            if plan.bounded:
                made_up = spread * made_up / (1 - made_up + spread * made_up)
                spread = 1.0
            found[area.code, plan.count] = Level(made_up * spread, year_before)
    return found


@dataclass(frozen=True)
class _Row:
    """The newest published figure of one authority and measure."""

    numerator: float
    denominator: float
    value: float
    anchor: float


def _find_latest(published: pd.DataFrame, quarter: Period) -> dict[tuple[str, str], _Row]:
    rows = published[published["numerator"].notna() | published["value"].notna()]
    ends = {p: Period.parse(p).end for p in rows["period"].unique()}
    rows = rows.assign(end=rows["period"].map(ends))
    rows = rows[rows["end"] < quarter.end].sort_values("end", kind="stable")
    newest = rows.drop_duplicates(["area", "measure"], keep="last")
    columns = ["area", "measure", "numerator", "denominator", "value", "period"]
    return {
        (area, measure): _Row(above, below, value, _middle(Period.parse(period)))
        for area, measure, above, below, value, period in newest[columns].to_numpy(dtype="object")
    }


def _take_published(plan: CountPlan, row: _Row) -> float | None:
    """Return the published amount or share of a count, or None where it is not published."""
    if plan.part == "value":
        amount = row.value
    elif not plan.parent:
        amount = row.numerator if plan.part == "numerator" else row.denominator
    elif row.denominator > 0 and not np.isnan(row.numerator):
        amount = row.numerator / row.denominator
    else:
        amount = row.value / plan.measure.multiplier
    return None if np.isnan(amount) else float(amount)


def _make_up(
    area: str,
    plan: CountPlan,
    people: dict[tuple[str, str], float],
    found: dict[tuple[str, str], Level],
    levels: Levels,
) -> float:
    """Return an amount or share for a count that nobody publishes."""
    measure = plan.measure
    low, high = measure.plausible
    typical = levels.measures.get(measure.id, low + _LOWER_MIDDLE * (high - low))
    if plan.part == "value":
        return typical
    if plan.parent:
        return typical / measure.multiplier
    persons = people.get((area, measure.denominator_count), _DEFAULT_POPULATION)
    if plan.part == "numerator":
        return typical * persons / measure.multiplier
    other, share = levels.counts.get(plan.count, ("", 0.0))
    if (area, other) in found:
        return share * found[area, other].amount
    return _DEFAULT_SHARE * persons


def _middle(period: Period) -> float:
    """Return the middle of a period as a year with a fraction."""
    return to_year(period.start + (period.end - period.start) / 2)


def to_year(day: dt.date) -> float:
    """Return a day as a year with a fraction."""
    return day.year + (day.timetuple().tm_yday - 1) / 365.25
