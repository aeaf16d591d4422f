"""The public edition's points: nothing small in them, nothing that gives it back."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from slinb.analyse.publication import (
    PublicQuarter,
    protect_quarter,
    summarise_audit,
    summarise_suppression,
)
from slinb.analyse.quarter_points import QuarterPoints, compute_quarter_points
from slinb.catalogue.disclosure import Difference, load_disclosure_rules
from slinb.catalogue.periods import Period
from slinb.methods.disclosure import audit
from tests.analyse.tables import (
    AREAS,
    EAST,
    LUTON,
    RATE,
    REGION,
    SCORE,
    SHARE,
    STOCK,
    list_quarters,
    observe,
)
from tests.methods.disclosure.attacker import recover_cells

LAST = "2025-26-Q3"
PLAIN = load_disclosure_rules().model_copy(update={"difference": ()})
COUNTED = SHARE.model_copy(update={"numerator_count": "again", "denominator_count": "all"})
HELD = STOCK.model_copy(update={"numerator_count": "held", "denominator_count": "stock"})
EVENTS = RATE.model_copy(update={"numerator_count": "all"})
MEASURES = [COUNTED, EVENTS, HELD]


def make_history(quarters: int = 6, seed: int = 1) -> pd.DataFrame:
    """Return made-up counts: shares of few and of many, of areas small and large."""
    chance = np.random.default_rng(seed)
    shares, rates, stock = {}, {}, {}
    for number, code in enumerate(EAST):
        for quarter in list_quarters(quarters, LAST):
            n = int(chance.poisson(9 * (1 + number)))
            key = (code, quarter.id)
            shares[key] = (int(chance.binomial(n, 0.12)), n)
            rates[key] = (n, 40_000.0 + 1_000 * number)
            stock[key] = (int(chance.binomial(30 + n, 0.9)), 30 + n)
    frames = [observe(shares, COUNTED), observe(rates, EVENTS), observe(stock, HELD)]
    return pd.concat(frames, ignore_index=True)


def compute(history: pd.DataFrame, measures=MEASURES) -> QuarterPoints:
    return compute_quarter_points(history, measures, AREAS, REGION, Period.parse(LAST))


def protect(points: QuarterPoints, measures=MEASURES, rules=PLAIN, last=None) -> PublicQuarter:
    return protect_quarter(points, measures, REGION, rules, last)


@pytest.fixture(scope="module")
def points() -> QuarterPoints:
    return compute(make_history())


@pytest.fixture(scope="module")
def found(points: QuarterPoints) -> PublicQuarter:
    return protect(points)


def list_counts(points: QuarterPoints, *, regional: bool = False) -> pd.Series:
    names = ("region_own", "region_shown") if regional else ("own", "shown")
    frames = [getattr(points, name) for name in names]
    counts = [f["numerator"] for f in frames]
    counts += [f.loc[f["measure"].ne("rate"), "denominator"] for f in frames]
    return pd.concat(counts).dropna()


def test_no_small_count_is_left_and_zeros_are(points: QuarterPoints, found: PublicQuarter) -> None:
    assert list_counts(points).between(1, 5).sum() > 30
    assert not list_counts(found.points).between(1, 5).any()
    zeros = points.shown["numerator"].eq(0)
    assert found.points.shown.loc[zeros, "status"].isin(["provisional", "suppressed"]).all()


def test_a_suppressed_row_has_no_number_and_says_so(found: PublicQuarter) -> None:
    for rows in (found.points.own, found.points.shown):
        gone = rows[rows["status"].eq("suppressed")]
        assert len(gone) > 5
        assert gone[["numerator", "denominator", "value"]].isna().all(axis=None)


def test_what_is_left_is_the_truth_and_nothing_is_invented(
    points: QuarterPoints, found: PublicQuarter
) -> None:
    columns = ["numerator", "denominator", "value"]
    for name in ("own", "shown"):
        true, safe = getattr(points, name), getattr(found.points, name)
        left = safe["status"].ne("suppressed")
        pd.testing.assert_frame_equal(true.loc[left, columns], safe.loc[left, columns])


def test_the_region_is_rounded_half_up_and_its_share_follows(
    points: QuarterPoints, found: PublicQuarter
) -> None:
    true, safe = points.region_shown, found.points.region_shown
    both = true.merge(safe, on=["measure", "period"], suffixes=("_true", ""))
    both = both[both["status"].eq("provisional") & both["numerator"].notna()]
    assert len(both) > 3
    expected = ((both["numerator_true"] + 5) // 10) * 10
    assert both["numerator"].tolist() == expected.tolist()
    shares = both[both["measure"].eq("share")]
    again = 100 * shares["numerator"] / shares["denominator"]
    assert shares["value"].tolist() == pytest.approx(again.tolist())
    rates = both[both["measure"].eq("rate")]
    # The population is no secret and is not rounded.
    assert rates["denominator"].tolist() == rates["denominator_true"].tolist()


def test_a_pencil_recovers_nothing_and_would_without_complementary_cells(
    found: PublicQuarter,
) -> None:
    publication = found.protected.publication
    assert found.audit.passed
    assert recover_cells(publication, PLAIN.min_range) == {}
    log = found.protected.log
    extra = set(log.loc[log["reason"].eq("complementary"), "cell"])
    truth = {c: v for c, v in _true_values().items() if c in extra}
    shown = publication.cells.assign(
        value=[truth.get(c, v) for c, v in publication.cells[["cell", "value"]].to_numpy()],
        symbol=publication.cells["symbol"].where(~publication.cells["cell"].isin(extra), ""),
    )
    assert recover_cells(replace(publication, cells=shown), PLAIN.min_range)


def _true_values() -> dict[str, float]:
    """Return the true count of each cell, from the same history protected by nothing."""
    open_rules = PLAIN.model_copy(update={"threshold": 0})
    bare = protect(compute(make_history()), rules=open_rules).protected.publication.cells
    return dict(zip(bare["cell"], bare["value"], strict=True))


def test_one_count_used_by_two_measures_is_hidden_in_both_or_neither(
    found: PublicQuarter,
) -> None:
    share = found.points.shown.query("measure == 'share'").set_index(["area", "period"])
    rate = found.points.shown.query("measure == 'rate'").set_index(["area", "period"])
    both = share.add_suffix("_share").join(rate.add_suffix("_rate"), how="inner")
    # Where the rate's numerator is suppressed, the share's denominator must not give it back.
    gone = both[both["status_rate"].eq("suppressed")]
    assert gone["denominator_share"].isna().all()


def test_the_rest_of_a_small_remainder_is_protected() -> None:
    """97 of 99 says that two were not: neither count may be read beside the other."""
    counts = {(code, LAST): (90, 120) for code in EAST} | {(LUTON, LAST): (97, 99)}
    safe = protect(compute(observe(counts, HELD), [HELD]), [HELD]).points.shown
    assert safe.set_index("area").loc[LUTON, "status"] == "suppressed"


def test_a_stated_difference_of_two_counts_is_protected() -> None:
    wide = HELD.model_copy(update={"id": "wide", "numerator_count": "wider"})
    counts = {(code, LAST): (50, 120) for code in EAST}
    more = dict.fromkeys(counts, (60, 120)) | {(LUTON, LAST): (52, 120)}
    history = pd.concat([observe(counts, HELD), observe(more, wide)])
    difference = Difference(whole="wider", part="held", what="the others")
    rules = PLAIN.model_copy(update={"difference": (difference,)})
    measures = [HELD, wide]

    def status(rules) -> set[str]:
        shown = protect(compute(history, measures), measures, rules).points.shown
        return set(shown.loc[shown["area"].eq(LUTON), "status"])

    assert status(PLAIN) == {"provisional"}
    assert "suppressed" in status(rules)


def test_posts_are_not_children_and_a_figure_without_counts_is_withheld() -> None:
    posts = HELD.model_copy(update={"id": "posts", "posts": ("numerator", "denominator")})
    score = SCORE.model_copy(update={"basis": "snapshot", "shown": "snapshot"})
    frames = [
        observe({(LUTON, LAST): (90, 120)}, HELD),
        observe({(LUTON, LAST): (2.5, 40.5)}, posts),
        observe({(LUTON, LAST): (np.nan, np.nan)}, score, value=27.0),
    ]
    measures = [HELD, posts, score]
    shown = protect(compute(pd.concat(frames), measures), measures).points.shown
    shown = shown.set_index("measure")
    assert shown.loc["posts", "numerator"] == 2.5
    assert shown.loc["score", "status"] == "suppressed"
    assert np.isnan(shown.loc["score", "value"])


def test_a_figure_shown_last_quarter_helps_nobody_now() -> None:
    """What was published before cannot be changed: this quarter is protected around it."""
    history = make_history(quarters=5, seed=4)
    before = protect(compute(history[history["period"].ne(LAST)]))
    old = before.protected.publication
    now = protect(compute(history), last=old)
    assert now.audit.passed
    assert recover_cells(now.protected.publication, PLAIN.min_range) == {}
    alone = protect(compute(history))
    joined = audit(alone.protected.publication, last=old)
    assert joined.passed or len(joined.findings) > 0


def test_the_summary_adds_up_and_the_public_one_does_not_say_which_are_small(
    found: PublicQuarter,
) -> None:
    full = summarise_suppression(found, MEASURES, reasons=True)
    open_ = summarise_suppression(found, MEASURES, reasons=False)
    assert (full["suppressed"] == full["primary"] + full["complementary"]).all()
    assert full["primary"].sum() > 10
    assert (open_[["primary", "complementary"]] == 0).all(axis=None)
    assert open_["suppressed"].tolist() == full["suppressed"].tolist()
    row = summarise_audit(found, last=False).iloc[0]
    assert row["passed"]
    assert row["primary"] == full["primary"].sum()
    assert row["complementary"] == full["complementary"].sum()
    assert row["narrowest"] >= PLAIN.min_range
