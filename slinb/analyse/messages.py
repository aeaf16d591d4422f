"""Which findings are worth a headline, in what order: from result tables, by a stated rule.

The rule is ``slinb/catalogue/messages.toml``. What comes out are findings, still figures; their
sentences are written in :mod:`slinb.show.words`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from slinb.analyse.benchmark import map_periods
from slinb.analyse.region import compare_region, find_absent
from slinb.analyse.rules import add_facts, measure_size, meets_rule
from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure
from slinb.catalogue.priorities import Priorities
from slinb.schema import FINDINGS, FIRMNESS, TRAVEL, TRENDS

_REAL = ("better", "worse", "higher", "lower")
_MOVED = ("improved", "worsened", "rose", "fell")
_DAYS_A_YEAR = 365.25
_KINDS = ("message", "question")
#: Columns of a finding about one area that one about a spread leaves empty.
_NOT_OF_SPREAD = (
    *("area", "status", "judgement", "judgement_998"),
    *("travel", "flag", "side", "firmness", "flips_it"),
)


def choose_findings(
    comparison: pd.DataFrame,
    measures: Iterable[Measure],
    areas: Areas,
    region: str,
    priorities: Priorities,
    *,
    benchmark: str = "region",
    travel: pd.DataFrame | None = None,
    trends: pd.DataFrame | None = None,
    firmness: pd.DataFrame | None = None,
    base: int = 1,
) -> pd.DataFrame:
    """Choose the findings that head the page of the region and of each authority.

    Parameters
    ----------
    comparison : DataFrame
        Rows of :data:`slinb.schema.COMPARISON`, one period a measure, with the benchmarks
        ``region``, ``england`` and the one of the rug. A figure too old by the priorities'
        ``oldest`` is left out.
    measures : iterable of Measure
        Their order in the catalogue breaks ties.
    areas : Areas
    region : str
        ONS code of the region.
    priorities : Priorities
        From :func:`slinb.catalogue.priorities.load_priorities`.
    benchmark : {"region", "england", "neighbours"}
        What the authorities of the rug are compared with.
    travel, trends, firmness : DataFrame, optional
        Rows of the schemas of those names. Firmness is that of statements against the region,
        so it is used only with that benchmark.
    base : int, default 1
        To what the region's own counts are rounded.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.FINDINGS`: for each page the messages and the questions, in
        order; fewer than five where there are fewer findings, and for an authority without any
        a single message that says so. Only real differences, real changes and new signals are
        findings.

    Notes
    -----
    The region's page takes turns between how the region itself stands (against England, in a
    year, by a new signal) and the measures on which its authorities really differ from one
    another: most worse first, then most different at 99.8%, then at 95%.
    """
    by_id = {m.id: m for m in measures}
    travel = TRAVEL.empty() if travel is None else travel
    trends = TRENDS.empty() if trends is None else trends
    held = FIRMNESS.empty() if firmness is None or benchmark != "region" else firmness
    comparison = _drop_old(comparison[comparison["measure"].isin(by_id)], priorities.oldest)
    own = comparison[comparison["benchmark"].eq(benchmark)]
    itself = compare_region(comparison, by_id, areas, region, base)
    facts = add_facts(pd.concat([own, itself], ignore_index=True), travel, trends, held)
    domains = {m.id: m.domain for m in by_id.values()}
    findings = pd.concat(
        [_rank(_take_region(facts, region), by_id, priorities), _rank_spread(own, by_id)],
        ignore_index=True,
    )
    findings["domain"] = findings["measure"].map(domains)
    absent = find_absent(comparison, areas, region).drop(columns="members")
    findings = findings.merge(absent, on=["measure", "period"], how="left", validate="many_to_one")
    findings["absent"] = findings["absent"].where(findings["area"].eq(region), "")
    pages = {region: _share_out_region(findings, region, priorities)}
    codes = {a.code for a in areas.authorities(region)} | set(own["area"])
    pages |= {code: [] for code in sorted(codes, key=lambda c: areas[c].name)}
    for code, rows in findings[findings["area"].isin(own["area"])].groupby("area", sort=False):
        pages[str(code)] = _share_out(rows, priorities)
    return _write_pages(pages, findings, own, benchmark)


def _drop_old(comparison: pd.DataFrame, years: int) -> pd.DataFrame:
    """Drop figures too long past to head a page of today."""
    known = comparison[comparison["value"].notna()]
    if known.empty:
        return comparison
    closes = map_periods(comparison["period"], lambda p: p.end.toordinal())
    return comparison[closes >= closes[known.index].max() - _DAYS_A_YEAR * years]


def _take_region(facts: pd.DataFrame, region: str) -> pd.DataFrame:
    """Give the region its figure of a year ago; drop a change of fewer authorities than send."""
    regional = facts["area"].eq(region)
    partial = regional & facts["partial"]
    return facts.assign(
        travel=facts["travel"].mask(partial, ""),
        year_ago=facts["year_ago"].mask(regional, facts["travelled_from"].mask(partial)),
    )


def _rank(
    facts: pd.DataFrame, measures: dict[str, Measure], priorities: Priorities
) -> pd.DataFrame:
    """Return the figures that are findings, most pressing first, with their pattern."""
    rows = _keep_what_is_real(facts[facts["value"].notna()])
    if rows.empty:
        return rows.assign(pattern="", compared=0, above="", below="", strong=False)
    met = np.array([meets_rule(rows, rule) for rule in priorities.classes])
    rows = rows.assign(place=met.argmax(axis=0))
    rows = rows[np.asarray(met.any(axis=0))]
    order = {m: i for i, m in enumerate(measures)}
    keys = pd.DataFrame(
        {
            "place": rows["place"],
            "shaky": rows["firmness"].eq("depends on the comparison"),
            "size": -measure_size(rows),
            "number": rows["measure"].map(order),
        },
        index=rows.index,
    )
    rows = rows.loc[keys.sort_values(list(keys.columns)).index]
    rows = rows.assign(pattern=_name_patterns(rows), compared=0, above="", below="")
    return rows.assign(strong=_is_strength(rows))


def _keep_what_is_real(rows: pd.DataFrame) -> pd.DataFrame:
    """Blank a change that the comparison itself does not show as it was tested."""
    same = np.isclose(rows["year_ago"], rows["travelled_from"])
    same &= np.isclose(rows["value"], rows["travelled_to"])
    real = rows["travel"].isin(_MOVED) & same
    return rows.assign(travel=rows["travel"].where(real, ""), year_ago=rows["year_ago"].where(real))


def _name_patterns(rows: pd.DataFrame) -> pd.Series[Any]:
    words = np.select(
        [rows["judgement"].isin(_REAL), rows["flag"].ne("")], ["differs", "signal"], "moved"
    )
    return pd.Series(words, index=rows.index, dtype="str")


def _share_out(ranked: pd.DataFrame, priorities: Priorities) -> list[int]:
    """Return the labels of the first findings, with a place kept for a strength if there is one."""
    taken = _spread_over_domains(ranked, priorities)
    strong = list(ranked.index[ranked["strong"]])
    spare = [i for i in strong if i not in taken]
    weak = [i for i in taken if i not in strong]
    wanted = max(priorities.strengths - (len(taken) - len(weak)), 0)
    for strength in spare[:wanted]:
        if len(taken) == priorities.most:
            taken.remove(weak.pop())
        taken.append(strength)
    place = {label: i for i, label in enumerate(ranked.index)}
    return sorted(taken, key=place.__getitem__)


def _is_strength(ranked: pd.DataFrame) -> pd.Series[bool]:
    better = ranked["judgement"].eq("better") & ranked["travel"].ne("worsened")
    improved = ranked["travel"].eq("improved") & ranked["judgement"].ne("worse")
    return better | improved


def _spread_over_domains(ranked: pd.DataFrame, priorities: Priorities) -> list[int]:
    """Return the first labels, no more than so many of one domain unless places stay empty."""
    seen: dict[str, int] = {}
    first: list[int] = []
    crowded: list[int] = []
    for label, domain in zip(ranked.index, ranked["domain"], strict=True):
        seen[domain] = seen.get(domain, 0) + 1
        (first if seen[domain] <= priorities.per_domain else crowded).append(label)
    return [*first, *crowded][: priorities.most]


def _share_out_region(findings: pd.DataFrame, region: str, priorities: Priorities) -> list[int]:
    """Take turns between how the region stands and how its authorities differ."""
    itself = _share_out(findings[findings["area"].eq(region)], priorities)
    measure = findings["measure"]
    # One sentence a measure: that the region stands or moves so is worth more than its spread.
    said = set(measure[itself[: (priorities.most + 1) // 2]])
    spread = findings[findings["pattern"].eq("spread") & ~measure.isin(said)]
    other = _spread_over_domains(spread, priorities)
    turns: list[int] = []
    for i in range(priorities.most):
        turns += [*itself[i : i + 1], *other[i : i + 1]]
    chosen: list[int] = []
    for label in turns:
        if measure[label] not in set(measure[chosen]):
            chosen.append(label)
    return chosen[: priorities.most]


def _write_pages(
    pages: dict[str, list[int]], findings: pd.DataFrame, own: pd.DataFrame, benchmark: str
) -> pd.DataFrame:
    """Return each page's findings, once as messages and once as questions."""
    labels = [label for chosen in pages.values() for label in chosen]
    rows = findings.loc[labels].reset_index(drop=True)
    rows["about"] = rows["area"].where(rows["area"].ne(""), next(iter(pages)))
    rows["area"] = [area for area, chosen in pages.items() for _ in chosen]
    rows["order"] = [i + 1 for chosen in pages.values() for i in range(len(chosen))]
    rows["benchmark"] = rows["benchmark"].where(rows["judgement"].ne("not compared"), "")
    frames = [rows.assign(kind=kind)[FINDINGS.names] for kind in _KINDS]
    empty = [area for area, chosen in pages.items() if not chosen]
    region = next(iter(pages))
    frames.append(
        FINDINGS.from_rows(
            [
                _say_nothing_found(a, own if a == region else own[own["area"].eq(a)], benchmark)
                for a in empty
            ]
        )
    )
    place = {area: i for i, area in enumerate(pages)}
    result = pd.concat([FINDINGS.conform(f) for f in frames if len(f)] or [FINDINGS.empty()])
    key = result["area"].map(place)
    return result.assign(key=key).sort_values(["key", "kind", "order"], ignore_index=True)[
        FINDINGS.names
    ]


def _say_nothing_found(area: str, rows: pd.DataFrame, benchmark: str) -> dict[str, Any]:
    """Return the one finding of a page without any: how many measures could be compared."""
    compared = rows.loc[rows["judgement"].ne("not compared"), "measure"].nunique()
    return {
        "area": area,
        "about": area,
        "kind": "message",
        "order": 1,
        "pattern": "no_difference" if compared else "no_figures",
        "benchmark": benchmark,
        "compared": compared,
    }


def _rank_spread(own: pd.DataFrame, measures: dict[str, Measure]) -> pd.DataFrame:
    """Return the measures on which authorities really differ, with who lies on which side."""
    above = own["value"] > own["benchmark_value"]
    differ = own["judgement"].isin(_REAL)
    rows = own.assign(
        worse=own["judgement"].eq("worse"),
        sure=own["judgement_998"].isin(_REAL),
        differ=differ,
        compared=own["judgement"].ne("not compared"),
        above=(own["area"] + " ").where(differ & above, ""),
        below=(own["area"] + " ").where(differ & ~above, ""),
    )
    counts = ["worse", "sure", "differ", "compared", "above", "below"]
    shown = ["benchmark", "benchmark_value", "benchmark_period"]
    groups = rows.groupby(["measure", "period"], sort=False, as_index=False)
    table = groups.agg({**dict.fromkeys(counts, "sum"), **dict.fromkeys(shown, "first")})
    table = table[table["differ"] > 0]
    table["number"] = table["measure"].map({m: i for i, m in enumerate(measures)})
    order = [False, False, False, True]
    table = table.sort_values(["worse", "sure", "differ", "number"], ascending=order)
    # Each authority has neighbours of its own: there is no one figure that all differ from.
    shared = table["benchmark"].ne("neighbours")
    table["benchmark_value"] = table["benchmark_value"].where(shared)
    for side in ("above", "below"):
        table[side] = table[side].astype("str").str.strip()
    return table.assign(
        pattern="spread", **dict.fromkeys(_NOT_OF_SPREAD, ""), trial=False, strong=False
    )
