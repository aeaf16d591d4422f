"""The Aalen-Johansen estimate against statsmodels, a hand-worked example and its own definition."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from slinb.methods.survival import cumulative_incidence


def draw_up(
    time: np.ndarray, cause: np.ndarray, causes: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return times, numbers at risk and events from one line a child; cause 0 is censored."""
    times = np.unique(time)
    at_risk = np.array([(time >= t).sum() for t in times])
    events = [[((time == t) & (cause == k)).sum() for k in range(1, causes + 1)] for t in times]
    return times, at_risk, np.array(events)


@pytest.mark.parametrize("seed", range(5))
def test_agrees_with_statsmodels(seed: int) -> None:
    """Estimate and standard error, to 1e-12, on made-up children with three causes."""
    rng = np.random.default_rng(seed)
    time, cause = rng.integers(1, 40, 150), rng.integers(0, 4, 150)
    time[-1], cause[-1] = 60, 0  # someone is left at the end: statsmodels divides by it
    times, at_risk, events = draw_up(time, cause, 3)
    ours = cumulative_incidence(at_risk, events)
    theirs = CumIncidenceRight(time, cause)
    at = np.isin(times, theirs.times)
    for k in range(3):
        np.testing.assert_allclose(ours.incidence[at, k], theirs.cinc[k], atol=1e-12)
        np.testing.assert_allclose(ours.standard_error[at, k], theirs.cinc_se[k], atol=1e-12)


def test_a_hand_worked_example() -> None:
    """Ten children: orders at 1, 1 and 3, homes at 2 and 3, one no longer followed after 2.

    S: 1, 8/10, 7/10 (of 8 one went home), then 6 at risk, 2 events: 7/10 × 4/6.
    F(order): 2/10, 2/10, 2/10 + 7/10 × 1/6. F(home): 0, 8/10 × 1/8, + 7/10 × 1/6.
    """
    found = cumulative_incidence([10, 8, 6], [[2, 0], [0, 1], [1, 1]])
    np.testing.assert_allclose(found.survival, [0.8, 0.7, 0.7 * 4 / 6])
    np.testing.assert_allclose(found.incidence[:, 0], [0.2, 0.2, 0.2 + 0.7 / 6])
    np.testing.assert_allclose(found.incidence[:, 1], [0, 0.1, 0.1 + 0.7 / 6])
    # Before any loss to follow-up the variance is the binomial one.
    assert found.standard_error[0, 0] == pytest.approx(np.sqrt(0.2 * 0.8 / 10))
    # log(-log(1 - F)) ± z SE / ((1 - F) |log(1 - F)|), at F = 0.2, SE = 0.126491.
    assert found.lower[0, 0] == pytest.approx(0.05413, abs=1e-5)
    assert found.upper[0, 0] == pytest.approx(0.59129, abs=2e-5)
    assert np.isnan(found.lower[0, 1])


def test_without_censoring_it_is_the_plain_share() -> None:
    events = np.array([[3, 1], [2, 2], [0, 4]])
    found = cumulative_incidence([20, 16, 12], events)
    np.testing.assert_allclose(found.incidence, events.cumsum(axis=0) / 20)


def test_pooled_tables_are_the_table_of_all_children() -> None:
    rng = np.random.default_rng(3)
    time, cause, place = rng.integers(1, 25, 300), rng.integers(0, 3, 300), rng.integers(0, 3, 300)
    grid = np.arange(1, 25)

    def table(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        t, c = time[mask], cause[mask]
        n = np.array([(t >= g).sum() for g in grid])
        return n, np.array([[((t == g) & (c == k)).sum() for k in (1, 2)] for g in grid])

    parts = [table(place == p) for p in range(3)]
    pooled = cumulative_incidence(sum(n for n, _ in parts), sum(d for _, d in parts))
    whole = cumulative_incidence(*table(np.ones(300, dtype=bool)))
    np.testing.assert_allclose(pooled.incidence, whole.incidence)


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(0, 2)), min_size=1, max_size=40))
def test_probabilities_add_up_and_never_fall(children: list[tuple[int, int]]) -> None:
    time, cause = (np.array(values) for values in zip(*children, strict=True))
    _, at_risk, events = draw_up(time, cause, 2)
    found = cumulative_incidence(at_risk, events)
    np.testing.assert_allclose(found.survival + found.incidence.sum(axis=1), 1)
    assert (np.diff(found.incidence, axis=0) >= -1e-15).all()
    inside = ~np.isnan(found.lower)
    assert (found.lower[inside] <= found.incidence[inside] + 1e-12).all()
    assert (found.upper[inside] >= found.incidence[inside] - 1e-12).all()
    assert ((found.lower[inside] >= 0) & (found.upper[inside] <= 1)).all()


def test_an_empty_month_changes_nothing() -> None:
    found = cumulative_incidence([4, 3, 0], [[1], [0], [0]])
    assert found.incidence[:, 0].tolist() == [0.25, 0.25, 0.25]
    assert np.isfinite(found.standard_error).all()


@pytest.mark.parametrize(
    ("at_risk", "events", "message"),
    [
        ([3, 2], [[1], [0], [0]], "one entry a time"),
        ([3, 2], [1, 0], "one entry a time"),
        ([3, -1], [[1], [0]], "not negative"),
        ([3, np.nan], [[1], [0]], "not negative"),
        ([3, 2], [[1], [3]], "more events than there are at risk at time 1"),
        ([3, 3], [[1], [0]], "more at risk at time 1 than were left at time 0"),
    ],
)
def test_impossible_tables_are_refused(at_risk: object, events: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        cumulative_incidence(at_risk, events)


@pytest.mark.parametrize("confidence", [0, 1, 95, True])
def test_an_impossible_confidence_is_refused(confidence: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        cumulative_incidence([2], [[1]], confidence)
