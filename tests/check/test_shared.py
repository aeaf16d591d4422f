"""Counts that stand twice: the odd one is named, both where it is one against one."""

from __future__ import annotations

import numpy as np
import pandas as pd

from slinb.check.frame import build_facts, build_value_frame
from slinb.check.questions import spare_innocent
from slinb.check.rules import load_rules
from slinb.check.shared import find_elsewhere, find_wholes, map_wholes
from tests.check.quarters import LUTON, MEASURES, Tables

FACTS = build_facts(MEASURES, load_rules().settings)


def prepare(tables: Tables) -> pd.DataFrame:
    rows = tables.observations.assign(row=np.arange(len(tables.observations)))
    frame = build_value_frame(rows, FACTS)
    frame = frame.join([find_elsewhere(frame), find_wholes(frame, MEASURES)])
    return frame[frame["area"] == LUTON].set_index("measure", drop=False)


def test_counts_that_agree(clean: Tables) -> None:
    luton = prepare(clean)
    for slot in ("numerator", "denominator"):
        shared = luton[luton[f"{slot}_elsewhere"].notna()]
        assert len(shared) >= 4
        assert shared[f"{slot}_elsewhere"].eq(shared[slot]).all()


def test_one_against_many_names_the_odd_one(clean: Tables) -> None:
    right = clean.row(LUTON, "referrals_rate")["numerator"]
    luton = prepare(clean.change(LUTON, "rereferrals_pct", denominator=right + 9))
    for measure, slot in (("referrals_rate", "numerator"), ("referrals_nfa_pct", "denominator")):
        assert luton.loc[measure, f"{slot}_elsewhere"] == luton.loc[measure, slot]
    odd = luton.loc["rereferrals_pct"]
    assert odd["denominator_elsewhere"] == right
    assert odd["denominator_partner"] == f"{luton.loc['referrals_rate', 'row']} numerator"


def test_one_against_one_names_both(clean: Tables) -> None:
    luton = prepare(clean.change(LUTON, "s20_pct", denominator=5000.0))
    assert luton.loc["cla_rate", "numerator_elsewhere"] == 5000
    assert luton.loc["s20_pct", "denominator_elsewhere"] == luton.loc["cla_rate", "numerator"]


def test_three_ways_apart_are_each_held_against_another(clean: Tables) -> None:
    tables = clean.change(LUTON, "rereferrals_pct", denominator=4001.0)
    luton = prepare(tables.change(LUTON, "referrals_nfa_pct", denominator=4002.0))
    slots = {"referrals_rate": "numerator", "rereferrals_pct": "denominator",
             "referrals_nfa_pct": "denominator"}  # fmt: skip
    for measure, slot in slots.items():
        row = luton.loc[measure]
        assert row[f"{slot}_elsewhere"] not in (row[slot], float("nan"))


def test_populations_and_single_counts_are_held_against_nothing(clean: Tables) -> None:
    luton = prepare(clean)
    assert np.isnan(luton.loc["cla_rate", "denominator_elsewhere"])
    assert np.isnan(luton.loc["rereferrals_pct", "numerator_elsewhere"])


def test_parts_within_parts() -> None:
    wholes = map_wholes(MEASURES)
    assert wholes["uasc"] == {"cla_s20", "cla"}
    assert wholes["cla_starting_s20"] == {"cla_starting"}
    assert "cases" not in wholes  # a ratio is no part of a whole


def test_the_smallest_whole_elsewhere(clean: Tables) -> None:
    luton = prepare(clean)
    row = luton.loc["uasc_pct"]
    assert row["whole_elsewhere"] == luton.loc["s20_pct", "numerator"]
    assert row["whole_partner"] == f"{luton.loc['s20_pct', 'row']} numerator"


def test_a_partner_of_a_cell_in_doubt_is_spared(clean: Tables) -> None:
    frame = prepare(clean.change(LUTON, "s20_pct", denominator=5000.0))
    mine, other = (int(frame.loc[m, "row"]) for m in ("s20_pct", "cla_rate"))
    findings = pd.DataFrame(
        {
            "row": [mine, other, mine],
            "rule": ["shared_count", "shared_count", "jump"],
            "rank": [2, 2, 4],
            "severity": "query",
        }
    )
    kept = spare_innocent(frame, findings)
    assert kept[["row", "rule"]].to_numpy().tolist() == [[mine, "shared_count"], [mine, "jump"]]
    both = findings.head(2)
    assert spare_innocent(frame, both).equals(both)
    note = findings.replace({"rule": {"jump": "estimated_value"}}).assign(
        severity=["query", "query", "note"]
    )
    assert len(spare_innocent(frame, note)) == 3
