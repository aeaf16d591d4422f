"""Protected one family at a time, a quarter is protected as if it had been all at once."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from slinb.analyse.publication import protect_quarter
from slinb.batch.protection import Protection, describe_protection, join_protections
from slinb.catalogue.families import Family, group_by_counts
from slinb.methods.disclosure import Publication
from tests.analyse.tables import REGION
from tests.analyse.test_publication import LAST, MEASURES, PLAIN, compute, make_history

HISTORY = make_history(quarters=3, seed=7)
FAMILIES = group_by_counts(MEASURES, PLAIN)


@cache
def protect_alone(place: int) -> Protection:
    return protect_family(FAMILIES[place])


def protect_family(family: Family, last: Publication | None = None) -> Protection:
    mine = HISTORY[HISTORY["measure"].isin(family.ids)]
    points = compute(mine, family.measures)
    found = protect_quarter(points, family.measures, REGION, PLAIN, last)
    return describe_protection(found, family.measures, last=last is not None)


def protect_whole(last: Publication | None = None) -> Protection:
    found = protect_quarter(compute(HISTORY), MEASURES, REGION, PLAIN, last)
    return describe_protection(found, MEASURES, last=last is not None)


def release_before() -> Publication:
    before = compute(HISTORY[HISTORY["period"].ne(LAST)])
    found = protect_quarter(before, MEASURES, REGION, PLAIN)
    return describe_protection(found, MEASURES, last=False).publication


def arrange(table: pd.DataFrame, *keys: str) -> pd.DataFrame:
    return table.sort_values(list(keys), ignore_index=True)


@pytest.mark.parametrize("last", [None, release_before()], ids=["first", "after another"])
def test_family_by_family_is_as_all_at_once(last: Publication | None) -> None:
    assert len(FAMILIES) == 2
    whole = protect_whole(last)
    joined = join_protections([protect_family(f, last) for f in FAMILIES], last)
    keys = ("measure", "area", "period")
    for name in ("own", "shown", "region_own", "region_shown"):
        one, other = getattr(joined.points, name), getattr(whole.points, name)
        assert one["status"].eq("suppressed").any() or name.startswith("region")
        pd.testing.assert_frame_equal(arrange(one, *keys), arrange(other, *keys))
    cells = ["cell", "value", "symbol", "rounded"]
    pd.testing.assert_frame_equal(
        arrange(joined.publication.cells[cells], "cell"),
        arrange(whole.publication.cells[cells], "cell"),
    )
    assert len(joined.publication.terms) == len(whole.publication.terms)
    for name in ("suppression", "reasons"):
        one, other = getattr(joined, name), getattr(whole, name)
        pd.testing.assert_frame_equal(arrange(one, "what"), arrange(other, "what"))
    pd.testing.assert_frame_equal(joined.audit, whole.audit)
    assert joined.proved


def test_points_come_in_the_order_of_the_returns() -> None:
    joined = join_protections([protect_alone(0), protect_alone(1)], None)
    assert joined.points.own["period"].is_monotonic_increasing
    first = joined.points.own[joined.points.own["period"].eq(LAST)]
    assert first["area"].ne(first["area"].shift()).sum() == first["area"].nunique()


def test_the_whole_is_proved_again_whatever_its_families_say() -> None:
    parts = [protect_alone(0), protect_alone(1)]
    cells = parts[0].publication.cells
    hidden = cells.index[cells["symbol"].eq("c") & ~cells["rounded"]][0]
    shown = cells.assign(
        value=cells["value"].where(cells.index != hidden, 3.0),
        symbol=cells["symbol"].where(cells.index != hidden, ""),
    )
    spoilt = replace(parts[0], publication=replace(parts[0].publication, cells=shown))
    assert spoilt.proved
    assert not join_protections([spoilt, parts[1]], None).proved


def test_one_family_that_is_not_proved_spoils_the_whole() -> None:
    parts = [protect_alone(0), protect_alone(1)]
    failed = replace(parts[1], audit=parts[1].audit.assign(passed=False))
    assert join_protections(parts, None).proved
    assert not join_protections([parts[0], failed], None).proved
