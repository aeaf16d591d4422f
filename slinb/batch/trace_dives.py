"""From a figure of a deep dive back to the cells of the returns that it was pooled from."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd

from slinb.analyse import neglect_figures, section20_figures
from slinb.analyse.dive_figures import PER_CHILDREN, find_population
from slinb.analyse.dive_medians import find_quantile
from slinb.analyse.dive_pool import GROUP, KEY, take_source
from slinb.batch.trace_names import Name
from slinb.batch.trace_parts import PARTS, Figure
from slinb.catalogue.dives import Dive, load_dives
from slinb.catalogue.neglect import load_neglect
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import Group, Section20, load_section20

_KEY = tuple(name for name in KEY if name != "period")
_PLACE = ("file", "sheet", "cell")
_POPULATION = "population_0_17"
#: By the id of a dive: how its counts are chosen and put together.
_RULES = {"section20": section20_figures, "neglect": neglect_figures}


@dataclass(frozen=True)
class DiveTracer:
    """Traces the figures of one deep dive, of one quarter and edition.

    Parameters
    ----------
    dive : Dive
        Its words.
    data : Section20
        Its lines and groups.
    counts, durations : DataFrame
        :data:`slinb.schema.DIVE_COUNTS` and ``DIVE_DURATIONS`` as they were collected.
    figures, medians : DataFrame
        The dive's result tables of the edition: what its page shows.
    published : DataFrame
        Published observations, for the children that a rate stands over.
    authorities : tuple of str
        ONS codes of the region's authorities.
    region : str
        ONS code of the region.
    period : Period
    """

    dive: Dive
    data: Section20
    counts: pd.DataFrame
    durations: pd.DataFrame
    figures: pd.DataFrame
    medians: pd.DataFrame
    published: pd.DataFrame
    authorities: tuple[str, ...]
    region: str
    period: Period

    def list_names(self) -> list[Name]:
        """Return what each figure of the dive is called, the medians last."""
        return [*self._name_figures(), *self._name_medians()]

    def _name_figures(self) -> Iterator[Name]:
        short = {tuple(sorted(line.key.items())): line.short for line in self.data.lines}
        rows = self.figures[list(_KEY)].drop_duplicates()
        for row in rows.to_dict("records"):
            key = {str(name): str(word) for name, word in row.items()}
            line = short.get(tuple(sorted((k, w) for k, w in key.items() if k != "cohort")), "")
            yield Name(
                key["measure"], key["item"], _list_options(key), self._title(key["measure"]),
                f"{self._also(key['population'])} {key['window']} {line}", key,
            )  # fmt: skip

    def _name_medians(self) -> Iterator[Name]:
        rows = self.medians[["measure", "population"]].drop_duplicates()
        for row in rows.to_dict("records"):
            measure, population = str(row["measure"]), str(row["population"])
            options = () if population == "all" else (population,)
            also = f"{self._also(population)} duration length quartile"
            yield Name(
                measure, "median months", options, self._title(measure), also,
                {"measure": measure, "population": population},
            )  # fmt: skip

    def _title(self, measure: str) -> str:
        return self.dive.measures.get(measure, "")

    def _also(self, population: str) -> str:
        known = {"all": "all children", "not UASC": "without UASC"}.get(population, "")
        return f"{self.dive.id} {self.dive.title} {known}"

    def find_figure(self, name: Name, area: str) -> pd.Series[Any] | None:
        """Return the row of the result table that a page shows for an area; None without one."""
        table = self.figures if "item" in name.key else self.medians
        found = _select(table, {"area": area, **name.key})
        return None if found.empty else found.iloc[0]

    def read_figure(self, name: Name, area: str) -> Figure:
        """Return a figure as the page shows it; without a row of its own it is missing."""
        row = self.find_figure(name, area)
        if row is None:
            return Figure(math.nan, "", "missing", math.nan)
        if "item" not in name.key:
            return Figure(row["median"], "months", row["status"], row["n"])
        return Figure(
            row["value"], row["unit"], row["status"], row["numerator"], row["denominator"]
        )

    def list_members(self, name: Name, area: str) -> list[str]:
        """Return the authorities whose counts are in a figure."""
        if area != self.region:
            return [area]
        row = self.find_figure(name, area)
        absent = [] if row is None else row["absent"].split()
        return [code for code in self.authorities if code not in absent]

    def list_absent(self, name: Name, area: str) -> list[str]:
        """Return the authorities that a region's figure is without."""
        if area != self.region:
            return []
        here = self.list_members(name, area)
        return [code for code in self.authorities if code not in here]

    def trace(self, name: Name, area: str) -> pd.DataFrame:
        """Return the cells behind a figure.

        Returns
        -------
        DataFrame
            Rows of :data:`slinb.batch.trace_parts.PARTS`, those of one authority together.
        """
        members = self.list_members(name, area)
        if "item" not in name.key:
            return self._trace_median(name.key, members)
        stock = {rate: item for (_, item), rate in self._rates.items()}
        rate = (name.key["measure"], stock.get(name.key["item"], "")) in self._rates
        key = {**name.key, "item": stock[name.key["item"]]} if rate else name.key
        rows = self._select_rows(key, members)
        parts = _describe_rows(rows, key["category"])
        if not rate:
            return parts
        parts = parts.assign(denominator=math.nan, same_base=False, excluded=math.nan)
        both = pd.concat([parts, self._list_children(members)], ignore_index=True)
        return both.sort_values("area", key=self._find_places, kind="stable", ignore_index=True)

    def _find_places(self, codes: pd.Series[Any]) -> pd.Series[Any]:
        return codes.map({code: i for i, code in enumerate(self.authorities)})

    @property
    def _rates(self) -> Mapping[tuple[str, str], str]:
        return _RULES[self.dive.id].RATES

    @cached_property
    def _pooled(self) -> pd.DataFrame:
        """The counts as they are pooled, of the source that is used, with their places."""
        own = _select(self.counts, {"dive": self.dive.id, "period": self.period.id})
        return _place_nobody(_RULES[self.dive.id].select_counts(own))

    def _select_rows(self, key: Mapping[str, str], members: Sequence[str]) -> pd.DataFrame:
        plain = ("measure", "item", "window", "population", "across")
        rows = _select(self._pooled, {name: key[name] for name in plain})
        rows = rows[rows["area"].isin(members)]
        rows = rows[_is_category(rows, key, self.data.groups)]
        if key["window"] == "cohort" and not key["cohort"]:
            rows = rows[_RULES[self.dive.id].mark_mature(rows, self.period)]
        else:
            rows = rows[rows["cohort"].eq(key["cohort"])]
        places = self._find_places(rows["area"])
        ordered = _drop_nobody(rows.assign(place=places))
        return ordered.sort_values(["place", "cohort"], kind="stable", ignore_index=True)

    def _list_children(self, members: Sequence[str]) -> pd.DataFrame:
        """Return where the children of each authority are stated, of whom a rate is."""
        people = find_population(self.published, members, self.period)
        rows = _select(self.published, {"measure": _POPULATION})
        rows = rows[rows["area"].isin(members) & rows["value"].eq(rows["area"].map(people))]
        last = rows.sort_values("period", kind="stable").drop_duplicates("area", keep="last")
        return PARTS.conform(
            pd.DataFrame(
                {
                    "area": last["area"],
                    "label": "children aged 0 to 17, " + last["period"],
                    "numerator": math.nan,
                    "denominator": last["value"],
                    "excluded": math.nan,
                    "status": "final",
                    "source": last["publisher"] + ", " + last["release"],
                    **{name: last[name] for name in _PLACE},
                }
            ),
            fill=True,
        )

    def _trace_median(self, key: Mapping[str, str], members: Sequence[str]) -> pd.DataFrame:
        mine = {"dive": self.dive.id, "period": self.period.id, "measure": key["measure"]}
        rows = _select(self.durations, mine)
        rows = take_source(rows, _RULES[self.dive.id].SOURCES)
        rows = _select(rows, {"population": key["population"]})
        rows = rows[rows["area"].isin(members)]
        months = rows["month"].map(lambda n: f"{n} month" if n == 1 else f"{n} months")
        parts = rows.assign(label=months, numerator=rows["n"], denominator=math.nan)
        parts = parts.assign(excluded=math.nan)[[n for n in PARTS.names if n != "same_base"]]
        return PARTS.conform(parts, fill=True)


def compute_value(parts: pd.DataFrame, figure: Figure) -> float:
    """Return what the cells make: a share, a rate, or a median of months.

    Parameters
    ----------
    parts : DataFrame
        Rows of :data:`slinb.batch.trace_parts.PARTS`.
    figure : Figure
        Says in which unit.
    """
    if parts["numerator"].isna().all():
        return math.nan
    if figure.unit == "months":
        months = parts["label"].str.split(" ").str[0].astype("int64")
        summed = parts["numerator"].groupby(months).sum()
        return find_quantile(summed.index.to_numpy(), summed.to_numpy(), 0.5)
    below = parts.loc[~parts["same_base"], "denominator"].sum()
    scale = 10_000 if figure.unit == PER_CHILDREN else 100
    return scale * float(parts["numerator"].sum()) / below if below else math.nan


def load_dive(name: str) -> tuple[Dive, Section20]:
    """Return the words and the data of a deep dive."""
    return load_dives()[name], load_neglect() if name == "neglect" else load_section20()


def _list_options(key: Mapping[str, str]) -> tuple[str, ...]:
    """Return what narrows a figure: all that is not the whole, the latest or every cohort."""
    options = [
        "" if key["population"] == "all" else key["population"],
        f"{key['breakdown']}: {key['category']}" if key["breakdown"] else "",
        key["across"],
        f"cohort {key['cohort']}" if key["cohort"] else "",
        "quarter" if key["window"] == "quarter" else "",
    ]
    return tuple(option for option in options if option)


def _select(rows: pd.DataFrame, key: Mapping[str, str]) -> pd.DataFrame:
    for name, word in key.items():
        rows = rows[rows[name].eq(word)]
    return rows


def _is_category(
    rows: pd.DataFrame, key: Mapping[str, str], groups: Sequence[Group]
) -> pd.Series[Any]:
    """Mark the rows of a category, or of the categories that are drawn together in it."""
    group = next((g for g in groups if g.name == key["breakdown"]), None)
    if group is None:
        return rows["breakdown"].eq(key["breakdown"]) & rows["category"].eq(key["category"])
    named = rows["category"].map(group.find).eq(key["category"])
    return rows["breakdown"].eq(group.breakdown) & named


def _place_nobody(rows: pd.DataFrame) -> pd.DataFrame:
    """Give a category that a return does not name the place of one that it does name.

    Nobody is in it; the base is that of the breakdown, which stands beside every category.
    """
    nobody = rows["file"].isna()
    if not nobody.any():
        return rows.assign(nobody=False)
    base = ["area", *GROUP]
    first = rows[~nobody].drop_duplicates([*base, "denominator"])
    found = rows.loc[nobody, [*base, "denominator"]].merge(
        first[[*base, "denominator", *_PLACE]], on=[*base, "denominator"], how="left"
    )
    placed = rows.copy()
    for name in _PLACE:
        placed.loc[nobody, name] = found[name].fillna("").to_numpy()
    return placed.assign(nobody=nobody)


def _drop_nobody(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep a category that is not named only where it is needed for its base."""
    ordered = rows.sort_values("nobody", kind="stable")
    again = ordered.duplicated(["area", "cohort"]).reindex(rows.index)
    return rows[~rows["nobody"] | ~again]


def _describe_rows(rows: pd.DataFrame, category: str) -> pd.DataFrame:
    """Return selected counts as parts: a base that several categories share is counted once."""
    named = rows["category"].where(rows["category"].ne(category), "")
    cohort = ("cohort " + rows["cohort"]).where(rows["cohort"].ne(""), "")
    nobody = rows["nobody"].map({True: "nobody named, base of another row", False: ""})
    words = zip(named, cohort, nobody, strict=True)
    label = [", ".join(word for word in own if word) for own in words]
    same = rows.duplicated(["area", "cohort"])
    return PARTS.conform(rows.assign(label=label, same_base=same)[PARTS.names])
