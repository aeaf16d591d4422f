"""The attack on what is read back from files, which the end-to-end tests use."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pandas as pd
import pytest

from slinb.methods.disclosure import (
    Protected,
    Publication,
    Settings,
    add_sums,
    audit,
    protect,
    tabulate,
)
from tests.methods.disclosure.attacker import recover_cells
from tests.methods.disclosure.tables import make_cubes, make_regions

LEAST = Settings().min_range


def show_complementary(found: Protected, truth: Publication) -> Publication:
    """The protected publication as if only small counts had been suppressed."""
    cells = found.cells.copy()
    extra = found.log.loc[found.log["reason"].eq("complementary"), "cell"]
    shown = cells["cell"].isin(extra)
    value = cells["cell"].map(truth.cells.set_index("cell")["value"])
    value = value.where(~cells["rounded"], (value + 5) // 10 * 10)
    cells["value"] = cells["value"].mask(shown, value)
    return replace(found.publication, cells=cells.assign(symbol=cells["symbol"].mask(shown, "")))


@pytest.mark.parametrize("make", [make_cubes, make_regions])
def test_protected_tables_give_nothing_away_and_without_complementary_cells_they_do(make) -> None:
    truth, _ = make(30, seed=31)
    found = protect(truth)
    assert recover_cells(found.publication, LEAST) == {}
    naked = show_complementary(found, truth)
    recovered = recover_cells(naked, LEAST)
    counts = truth.cells.set_index("cell")["value"]
    assert len(recovered) > 20
    assert all(low <= counts[cell] <= high for cell, (low, high) in recovered.items())
    # The audit, which shares no code with this, says the same of the same figures.
    findings = audit(naked).findings
    narrow = findings.loc[findings["kind"].isin(["exact", "narrow"]), "cells"]
    assert set(narrow) <= set(recovered)
    assert set(recovered) <= set("; ".join(findings["cells"]).split("; "))


def test_contradictory_figures_tell_nothing() -> None:
    frame = {"area": ["Luton", "Essex", "Total"], "count": ["c", 40, 30]}
    assert recover_cells(tabulate(pd.DataFrame(frame)), LEAST) == {}


def test_a_rounded_region_is_read_as_a_band() -> None:
    counts = ["c", 93, 90]
    areas = ["Luton", "Essex", "Total"]
    frame = pd.DataFrame({"area": areas, "count": counts})
    banded = tabulate(frame.assign(rounded=[False, False, True]))
    assert recover_cells(banded, 1 + LEAST) == {"table|Luton": (1.0, 1.0)}


def make_history(seed: int) -> Publication:
    """One count, a share of it and the rest: eight authorities, eight quarters, five years."""
    rng = np.random.default_rng(seed)
    areas, quarters = [f"A{n}" for n in range(8)], [f"Q{n}" for n in range(8)]
    years = {f"to Q{n}": quarters[n - 3 : n + 1] for n in range(3, 8)}
    whole = rng.poisson(90, (8, 8))
    part = rng.binomial(whole, 0.04)
    rows = []
    for what, own in (("ending", whole), ("long", part), ("rest", whole - part)):
        wide = np.column_stack([own, *(own[:, n - 3 : n + 1].sum(axis=1) for n in range(3, 8))])
        wide = np.vstack([wide, wide.sum(axis=0)])
        places = product([*areas, "Region"], [*quarters, *years])
        rows += [(what, *place, count) for place, count in zip(places, wide.ravel(), strict=True)]
    frame = pd.DataFrame(rows, columns=["what", "area", "period", "count"])
    frame = frame.assign(rounded=frame["area"].eq("Region"))
    publication = tabulate(frame, "plans", sums={"area": {"Region": areas}, "period": years})
    return add_sums(publication, "what", {"ending": ["long", "rest"]}, kind="rest")


def test_overlapping_years_of_one_count_are_protected_as_one_large_component() -> None:
    truth = make_history(3)
    found = protect(truth)
    assert found.tables["status"].tolist() == ["published"]
    assert audit(found.publication, exact=False).passed
    assert recover_cells(found.publication, LEAST) == {}
    assert len(recover_cells(show_complementary(found, truth), LEAST)) > 20
    assert protect(truth).log.equals(found.log)
