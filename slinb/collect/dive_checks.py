"""Do the counts of a deep dive agree with each other? What does not is held back, and asked."""

from __future__ import annotations

import pandas as pd

from slinb.catalogue.dives import PRACTICE, Dive
from slinb.collect.findings import Finding

_AGAIN = "Run “slinb prepare-return” again and send the workbook as it is."
_COUNTS = ["numerator", "denominator", "excluded"]
_EXITS = ["order", "home", "adult", "other"]
_ROW = ["measure", "item", "source", "window", "cohort", "breakdown", "category", "across"]


def check_counts(dive: Dive, counts: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Check the counts of one return that were read from its sheet of counts.

    Parameters
    ----------
    dive : Dive
        Says which breakdowns add up, and which populations.
    counts : DataFrame
        :data:`slinb.schema.DIVE_COUNTS` of one authority.

    Returns
    -------
    DataFrame, list of Finding
        The counts; those that contradict each other have the status “quarantined” and no numbers.
    """
    findings: list[Finding] = []
    counts, asked = hold_parts_above(counts)
    findings += asked
    counts, asked = _hold_broken_sums(dive, counts)
    findings += asked
    counts, asked = _hold_populations(dive, counts)
    return counts, findings + asked


def _hold(counts: pd.DataFrame, wrong: pd.Series, numbers: list[str]) -> pd.DataFrame:
    held = counts.copy()
    held.loc[wrong, numbers] = float("nan")
    held.loc[wrong, "status"] = "quarantined"
    return held


def hold_parts_above(counts: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Hold the rows whose numerator is above their denominator."""
    wrong = counts["numerator"] > counts["denominator"]
    findings = [_ask_part(row) for _, row in counts[wrong].iterrows()]
    return _hold(counts, wrong, _COUNTS), findings


def _ask_part(row: pd.Series) -> Finding:
    above, below = row["numerator"], row["denominator"]
    return Finding(
        "part_above_whole",
        f"{row['measure']}, {row['item']}: {above:g} of {below:g} cannot be; it was held back.",
        _AGAIN if row["source"] != PRACTICE else "Put the two counts right.",
        row["sheet"],
        row["cell"],
        f"{above:g} / {below:g}",
    )


def _hold_broken_sums(dive: Dive, counts: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Hold the breakdowns whose categories do not add up to the whole."""
    findings: list[Finding] = []
    wrong = pd.Series(False, index=counts.index)
    for rule in dive.partitions:
        rows = (counts["measure"] == rule.measure) & (counts["breakdown"] == rule.breakdown)
        rows &= counts["source"] != PRACTICE
        keys = ["item", "source", "window", "cohort", "population"]
        keys += ["across"] if rule.each_across else []
        for _, group in counts[rows].groupby(keys, sort=False):
            if (group["status"] != "final").any():
                continue  # what is missing has been asked for already
            total = group["numerator"].sum()
            if (group["denominator"] == total).all():
                continue
            wrong.loc[group.index] = True
            findings.append(_ask_sum(group, total))
    return _hold(counts, wrong, _COUNTS), findings


def _ask_sum(group: pd.DataFrame, total: float) -> Finding:
    first, last = group.iloc[0], group.iloc[-1]
    wholes = ", ".join(f"{n:g}" for n in sorted(set(group["denominator"])))
    return Finding(
        "breakdown_sum",
        f"{first['measure']}, {first['item']} by {first['breakdown']} ({first['population']}, "
        f"{first['source']}): the categories add up to {total:g}, their whole is {wholes}. "
        "The breakdown was held back.",
        _AGAIN,
        first["sheet"],
        f"{first['cell'].split(':')[0]}:{last['cell'].split(':')[0]}",
    )


def _hold_populations(dive: Dive, counts: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Hold the rows whose parts of the population do not add up to all of it."""
    whole, parts = dive.whole_population, list(dive.part_populations)
    final = counts[counts["status"] == "final"].set_index(_ROW)
    if not parts or final.empty:
        return counts, []
    named = [final.loc[final["population"] == p, _COUNTS] for p in (*parts, whole)]
    shared = named[-1].index
    for own in named[:-1]:
        shared = shared.intersection(own.index)
    total = sum((own.loc[shared] for own in named[1:-1]), start=named[0].loc[shared])
    apart = total.ne(named[-1].loc[shared]).any(axis=1)
    broken = list(shared[apart.to_numpy()])
    if not broken:
        return counts, []
    rows = pd.MultiIndex.from_frame(counts[_ROW]).isin(broken)
    wrong = pd.Series(rows, index=counts.index) & counts["population"].isin([*parts, whole])
    return _hold(counts, wrong, _COUNTS), [
        _ask_population(dive, counts[wrong], key) for key in broken
    ]


def _ask_population(dive: Dive, rows: pd.DataFrame, key: tuple[str, ...]) -> Finding:
    own = rows[pd.MultiIndex.from_frame(rows[_ROW]) == key]
    whole = own[own["population"] == dive.whole_population].iloc[0]
    told = ", ".join(x for x in (key[0], key[1], key[5], key[6], key[7]) if x)
    return Finding(
        "population_sum",
        f"{told}: {' and '.join(dive.part_populations)} do not add up to all children. "
        "These rows were held back.",
        _AGAIN,
        whole["sheet"],
        whole["cell"],
    )


def check_risk(risk: pd.DataFrame) -> tuple[pd.DataFrame, list[Finding]]:
    """Check risk tables: nobody leaves who was not there, and nobody comes back.

    Returns
    -------
    DataFrame, list of Finding
        The tables; one that cannot be is “quarantined” as a whole.
    """
    findings: list[Finding] = []
    wrong = pd.Series(False, index=risk.index)
    for _, table in risk.groupby(["measure", "source", "cohort", "population"], sort=False):
        ordered = table.sort_values("month")
        left = ordered[_EXITS].sum(axis=1, min_count=1)
        stay = (ordered["at_risk"] - left).to_numpy()
        here = ordered["at_risk"].to_numpy()
        if (stay < 0).any() or (here[1:] > stay[:-1]).any():
            at = ordered.index[(stay < 0) | [False, *(here[1:] > stay[:-1])]][0]
            wrong.loc[table.index] = True
            findings.append(_ask_risk(risk.loc[at]))
    return _hold(risk, wrong, ["at_risk", *_EXITS]), findings


def _ask_risk(row: pd.Series) -> Finding:
    return Finding(
        "risk_table",
        f"{row['measure']}, starts of {row['cohort']} ({row['population']}), month {row['month']}: "
        "more children than can have been there. The cohort was held back.",
        _AGAIN,
        row["sheet"],
        row["cell"],
    )
