"""The public edition's figures: every count that a quarter publishes, protected as one whole.

Protection happens here, on the points, before any analysis. What comes after (comparison,
trends, headlines, downloads) is made from what this leaves, so no page can say more than it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from slinb.analyse.points import map_multipliers, take_own_quarter
from slinb.analyse.quarter_points import QuarterPoints
from slinb.analyse.region import find_members
from slinb.catalogue.disclosure import DisclosureRules
from slinb.catalogue.families import PARTS, name_count
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.methods.disclosure import (
    Audit,
    Protected,
    Publication,
    Settings,
    audit,
    link_releases,
    protect,
    tabulate,
)
from slinb.schema import AUDIT, OBSERVATIONS, SUPPRESSION, VALUE_STATUSES

#: Over how long a count runs.
DAY, QUARTER, YEAR = "on a day", "quarter", "twelve months"
_LABELS = ["count", "of", "area", "period", "span"]
_FRAMES = ("own", "shown", "region_own", "region_shown")
#: A group that a reader gets by subtraction is never printed: hiding it costs nothing.
_UNPRINTED_COST = 0.01


@dataclass(frozen=True)
class PublicQuarter:
    """What of a quarter may be published.

    Parameters
    ----------
    points : QuarterPoints
        The same rows, without the numbers that are protected (status "suppressed"); the
        region's counts rounded.
    protected : Protected
        The publication as a reader has it, and the region's own log of what was hidden why.
    audit : Audit
        The proof from the published figures alone.
    figures : DataFrame
        Every count that a page could print: its cell (``id``), ``count`` and ``hidden``.
    """

    points: QuarterPoints
    protected: Protected
    audit: Audit
    figures: pd.DataFrame


def protect_quarter(
    points: QuarterPoints,
    measures: Iterable[Measure],
    region: str,
    rules: DisclosureRules,
    last: Publication | None = None,
) -> PublicQuarter:
    """Protect the points of a quarter's returns and prove the result.

    Parameters
    ----------
    points : QuarterPoints
        With true counts.
    measures : iterable of Measure
        Measures of the quarterly return.
    region : str
        ONS code of the region.
    rules : DisclosureRules
        The region's (:func:`slinb.catalogue.disclosure.load_disclosure_rules`).
    last : Publication, optional
        What was published last quarter, as it was published.

    Notes
    -----
    One publication holds every count once, however many measures use it, with every equality
    that a reader can see: a region is the sum of its authorities, twelve months of four
    quarters, a denominator of a numerator and the rest, and last quarter's release of the same
    counts. Counts of posts (full-time equivalents) and the population are no secret. A figure
    without counts behind it cannot be protected and is not published.
    """
    by_id = {m.id: m for m in measures}
    settings = Settings(rules.threshold, rules.base, rules.min_range)
    slots = list_slots(points, by_id, region)
    publication = build_publication(slots, points, by_id, region, rules)
    if last is not None:
        publication = link_releases(publication, _take_related(last, publication), settings)
    protected = protect(publication, settings)
    slots = _lay_over(slots, protected)
    single = {m.id: take_own_quarter(m) for m in by_id.values()}
    frames = {
        name: _redact(
            getattr(points, name),
            slots[slots["frame"].eq(name)],
            by_id if name.endswith("shown") else single,
        )
        for name in _FRAMES
    }
    return PublicQuarter(
        points=QuarterPoints(**frames),
        protected=protected,
        audit=audit(protected.publication, settings, exact=False),
        figures=slots.drop_duplicates("id")[["id", "count", "hidden"]].reset_index(drop=True),
    )


def build_publication(
    slots: pd.DataFrame,
    points: QuarterPoints,
    measures: Mapping[str, Measure],
    region: str,
    rules: DisclosureRules,
) -> Publication:
    """Return every count of the quarter as one publication, with true values.

    Parameters
    ----------
    slots : DataFrame
        Where each count stands: the labels of its cell, ``value``, and the row and part of the
        points in which it is printed. One cell can be printed in several.
    points, measures, region, rules
        As in :func:`protect_quarter`.
    """
    cells = slots.drop_duplicates(_LABELS)[[*_LABELS, "value"]]
    uses = slots.groupby(_LABELS, sort=False).size().to_numpy()
    newest = cells["period"].map(_ordinals(cells["period"])).pipe(lambda o: o == o.max())
    cells = cells.assign(cost=uses * np.where(newest, rules.latest_cost, 1.0))
    rest = pd.concat([_take_rests(slots, measures), _take_differences(cells, rules)])
    rest = rest.drop_duplicates(_LABELS)
    frame = pd.concat([cells, rest[[*_LABELS, "value"]].assign(cost=_UNPRINTED_COST)])
    frame = frame.assign(rounded=frame["area"].eq(region), table=frame["count"])
    publication = tabulate(frame.rename(columns={"count": "what", "value": "count"}))
    publication = _relate(publication, rest["whole"], [rest["part"], _name_cells(rest)], "rest")
    # The region's twelve months follow from its authorities', which may be others than a quarter's.
    authorities = cells[cells["area"].ne(region)]
    publication = _relate(publication, *_sum_years(authorities), kind="time")
    return _relate(publication, *_sum_region(slots, points, region), kind="region")


def summarise_suppression(
    found: PublicQuarter, measures: Iterable[Measure], *, reasons: bool
) -> pd.DataFrame:
    """Return how much of each count is suppressed.

    Parameters
    ----------
    found : PublicQuarter
    measures : iterable of Measure
        For the words of each count.
    reasons : bool
        Split into primary and complementary: only for the region's own eyes, since a reader
        who knew how many of a table's suppressed cells are small would know more of each.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.SUPPRESSION`, one a count with anything suppressed.
    """
    words = {name_count(m, part): getattr(m, part) for m in measures for part in PARTS}
    tables = found.protected.tables
    tables = tables[tables["table"].isin(words)].rename(columns={"table": "count"})
    cells = found.figures.groupby("count").size()
    rows = tables.assign(
        what=tables["count"].map(words),
        figures=tables["count"].map(cells).fillna(0),
        suppressed=tables[["primary", "complementary", "received"]].sum(axis=1),
    )
    if not reasons:
        rows = rows.assign(primary=0, complementary=0)
    rows = rows[rows["suppressed"].gt(0) | rows["status"].eq("withheld")]
    return SUPPRESSION.conform(rows[SUPPRESSION.names].reset_index(drop=True))


def summarise_audit(found: PublicQuarter, *, last: bool) -> pd.DataFrame:
    """Return one row of :data:`slinb.schema.AUDIT`: what was suppressed in all, and the proof."""
    log = found.protected.log
    printed = log[log["cell"].isin(found.figures["id"])]["reason"].value_counts()
    widths = (found.audit.ranges["high"] - found.audit.ranges["low"]).min()
    row = {
        "passed": found.audit.passed,
        "figures": len(found.figures),
        "primary": int(printed.get("primary", 0)),
        "complementary": int(printed.get("complementary", 0)),
        "narrowest": float(widths),
        "last": last,
    }
    return AUDIT.from_rows([row])


def _take_related(last: Publication, now: Publication) -> Publication:
    """Return the tables of the last release that stand in any relation with those of this one."""
    tables = last.cells["table"]
    rows = last.terms["cell"].map(pd.Series(tables.to_numpy(), index=last.cells["cell"]))
    numbers, names = pd.factorize(rows)
    shape = (len(names), len(last.relations))
    ones = np.ones(len(numbers))
    meet = sparse.coo_array((ones, (numbers, last.terms["relation"])), shape=shape).tocsr()
    group = sparse.csgraph.connected_components(meet @ meet.T, directed=False)[1]
    mine = set(now.cells["table"])
    reached = np.isin(group, group[names.isin(mine)])
    return last.keep(tables.isin(mine | set(names[reached])))


def list_slots(points: QuarterPoints, measures: Mapping[str, Measure], region: str) -> pd.DataFrame:
    """Return where each count of the points stands."""
    frames = []
    for name in _FRAMES:
        rows = getattr(points, name)
        spans = {m.id: _name_span(m, shown=name.endswith("shown")) for m in measures.values()}
        for part in PARTS:
            counts = {m.id: name_count(m, part) for m in measures.values()}
            slot = rows[["area", "period", "measure"]].assign(
                count=rows["measure"].map(counts),
                span=rows["measure"].map(spans),
                value=rows[part].where(rows["status"].isin(VALUE_STATUSES)),
                row=rows.index,
                frame=name,
                part=part,
            )
            frames.append(slot[slot["count"].ne("") & _is_count(slot["value"])])
    slots = pd.concat(frames, ignore_index=True)
    # A region's sum is over whoever sent the measure, so each measure has its own.
    regional = slots["area"].eq(region)
    apart = slots.groupby(["count", "area", "period", "span"])["value"].transform("nunique").gt(1)
    return slots.assign(of=slots["measure"].where(regional | apart, ""))


def _is_count(value: pd.Series[Any]) -> pd.Series[bool]:
    # A difference of two years to date can be negative after a revision: no count of children.
    return value.notna() & value.ge(0) & value.mod(1).eq(0)


def _name_span(measure: Measure, *, shown: bool) -> str:
    taken = measure if shown else take_own_quarter(measure)
    return {"snapshot": DAY, "quarter": QUARTER}.get(taken.shown, YEAR)


def _name_cells(frame: pd.DataFrame) -> pd.Series[str]:
    """Return the ids that :func:`slinb.methods.disclosure.tabulate` gives these cells."""
    labels: list[Any] = [frame[name] for name in _LABELS]
    return frame["count"].str.cat(labels, sep="|")


def _take_rests(slots: pd.DataFrame, measures: Mapping[str, Measure]) -> pd.DataFrame:
    """Return, of each proportion, the denominator less the numerator."""
    shares = [m.id for m in measures.values() if m.kind == "proportion" and not m.posts]
    both = slots[slots["measure"].isin(shares)].assign(cell=_name_cells(slots))
    top, bottom = (both[both["part"].eq(part)] for part in PARTS)
    keys = ["measure", "area", "period", "span"]
    pairs = top.merge(bottom, on=keys, suffixes=("", "_whole")).drop_duplicates(
        ["cell", "cell_whole"]
    )
    return _subtract(pairs.assign(of=pairs["of"].where(pairs["of"].ne(""), pairs["of_whole"])))


_NO_RESTS = pd.DataFrame({c: pd.Series(dtype="str") for c in (*_LABELS, "whole", "part")}).assign(
    value=pd.Series(dtype="float64")
)


def _take_differences(cells: pd.DataFrame, rules: DisclosureRules) -> pd.DataFrame:
    """Return the groups that one count less another gives, by the region's rules."""
    cells = cells.assign(cell=_name_cells(cells))
    keys = ["of", "area", "period", "span"]
    pairs = [
        cells[cells["count"].eq(d.part)].merge(
            cells[cells["count"].eq(d.whole)], on=keys, suffixes=("", "_whole")
        )
        for d in rules.difference
    ]
    return _subtract(pd.concat(pairs)) if pairs else _NO_RESTS


def _subtract(pairs: pd.DataFrame) -> pd.DataFrame:
    if pairs.empty:
        return _NO_RESTS
    rest = pairs.assign(
        value=pairs["value_whole"] - pairs["value"],
        count=pairs["count_whole"] + " less " + pairs["count"],
        whole=pairs["cell_whole"],
        part=pairs["cell"],
    )
    # More above the line than below it is a fault of the data, which the checks name.
    return rest.loc[rest["value"].ge(0), [*_LABELS, "value", "whole", "part"]]


def _sum_years(cells: pd.DataFrame) -> tuple[pd.Series[str], list[pd.Series[str]]]:
    """Return twelve months and the four quarters that they are the sum of."""
    cells = cells.assign(
        ordinal=cells["period"].map(_ordinals(cells["period"])).astype("int64"),
        cell=_name_cells(cells),
    )
    keys = ["count", "of", "area", "ordinal"]
    quarters = cells.loc[cells["span"].eq(QUARTER), [*keys, "cell", "value"]]
    years = cells.loc[cells["span"].eq(YEAR), [*keys, "cell", "value"]]
    for steps in range(4):
        past = quarters.assign(ordinal=quarters["ordinal"] + steps)
        years = years.merge(past, on=keys, suffixes=("", f"_{steps}"))
    return years["cell"], [years[f"cell_{steps}"] for steps in range(4)]


def _sum_region(
    slots: pd.DataFrame, points: QuarterPoints, region: str
) -> tuple[pd.Series[str], list[pd.Series[str]]]:
    """Return regional counts and, one a column, the authorities' that they are the sum of."""
    slots = slots.assign(cell=_name_cells(slots), kind=slots["frame"].str.removeprefix("region_"))
    members = pd.concat(
        [
            find_members(points.own).assign(kind="own"),
            find_members(points.shown).assign(kind="shown"),
        ]
    )
    parts = slots[slots["area"].ne(region)].merge(members, on=["kind", "measure", "area"])
    keys = ["kind", "measure", "period", "part"]
    sums = slots.loc[slots["area"].eq(region), [*keys, "cell"]].merge(
        parts[[*keys, "cell"]], on=keys, suffixes=("", "_part")
    )
    sums = sums.drop_duplicates(["cell", "cell_part"])
    return sums["cell"], [sums["cell_part"]]


def _relate(
    publication: Publication, total: pd.Series[str], parts: list[pd.Series[str]], kind: str
) -> Publication:
    """Add that each total is the sum of its parts, row for row; rows of one total add up."""
    if total.empty:
        return publication
    # One denominator has a rest for each of its numerators; other totals have all their parts.
    number, totals = (
        (np.arange(len(total)), pd.Index(total)) if kind == "rest" else pd.factorize(total)
    )
    heads = pd.DataFrame({"relation": range(len(totals)), "cell": totals, "coefficient": -1.0})
    terms = [
        pd.DataFrame({"relation": number, "cell": part.to_numpy(), "coefficient": 1.0})
        for part in parts
    ]
    relations = pd.DataFrame(
        {"relation": range(len(totals)), "kind": kind, "low": 0.0, "high": 0.0, "total": totals}
    )
    return publication.with_relations(relations, pd.concat([heads, *terms], ignore_index=True))


def _lay_over(slots: pd.DataFrame, protected: Protected) -> pd.DataFrame:
    """Return the slots with what is published in each: ``shown``, and whether it is ``hidden``."""
    cells = protected.cells.set_index("cell")[["value", "symbol"]]
    slots = slots.assign(id=_name_cells(slots))
    found = slots.join(cells.rename(columns={"value": "shown"}), on="id")
    # A cell of a withheld table is no cell of the publication any more: it has no symbol.
    return found.assign(hidden=found["symbol"].ne(""))


def _redact(
    rows: pd.DataFrame, slots: pd.DataFrame, measures: Mapping[str, Measure]
) -> pd.DataFrame:
    """Return the points of one frame as a reader may have them."""
    if rows.empty:  # nobody sent anything
        return rows
    given = rows["status"].isin(VALUE_STATUSES)
    hidden = rows["measure"].map({m.id: m.kind == "value" for m in measures.values()})
    figures = {}
    for part in PARTS:
        mine = slots[slots["part"].eq(part)].set_index("row")
        counts = rows["measure"].map({m.id: name_count(m, part) != "" for m in measures.values()})
        hidden |= counts & ~mine["hidden"].eq(False).reindex(rows.index, fill_value=False)
        figures[part] = rows[part].mask(counts, mine["shown"].reindex(rows.index))
    hidden &= given
    # The region's counts come rounded, and its figure follows from them.
    over = figures["denominator"].where(figures["denominator"].gt(0))
    rounded = map_multipliers(rows["measure"], dict(measures)) * figures["numerator"] / over
    value = rows["value"].mask(rows["area"].str.startswith("E12"), rounded)
    rows = rows.assign(**figures, value=value, sent="", file="", sheet="", cell="")
    rows["status"] = rows["status"].mask(hidden, "suppressed")
    nothing = [*PARTS, "value"]
    rows[nothing] = rows[nothing].mask(hidden)
    return OBSERVATIONS.conform(rows)


def _ordinals(periods: pd.Series[Any]) -> dict[str, int]:
    return {p: Period.parse(p).ordinal for p in periods.unique()}
