from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from statsmodels.stats.inter_rater import cohens_kappa

from slinb.methods.agreement import cross_grades, measure_agreement

# Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, 3rd edition,
# table 18.1: two psychiatrists, 100 patients.
PATIENTS = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]


def test_the_published_example_of_fleiss() -> None:
    seen = measure_agreement(PATIENTS)
    assert seen.n == 100
    assert seen.observed == pytest.approx(0.89)
    assert seen.expected == pytest.approx(0.66)
    assert seen.kappa == pytest.approx(0.676, abs=5e-4)
    # The book's standard error of this table is .088 (formula 18.13).
    assert (seen.upper - seen.lower) / 2 / 1.959964 == pytest.approx(0.088, abs=5e-4)


def test_the_examples_on_which_scikit_learn_is_tested() -> None:
    """Values of sklearn/metrics/tests/test_classification.py, test_cohen_kappa.

    The first two are tables 1 and 4 of Artstein and Poesio (2008).
    """
    assert measure_agreement([[20, 20], [10, 50]]).kappa == pytest.approx(0.348, abs=5e-4)
    first = [0] * 46 + [1] * 44 + [2] * 10
    second = [0] * 52 + [1] * 32 + [2] * 16
    three = cross_grades(first, second, [0, 1, 2])
    assert measure_agreement(three).kappa == pytest.approx(0.8013, abs=5e-5)
    near = cross_grades(first, [0] * 50 + [1] * 40 + [2] * 10, [0, 1, 2])
    assert measure_agreement(near).kappa == pytest.approx(0.9315, abs=5e-5)
    assert measure_agreement(near, "linear").kappa == pytest.approx(0.9412, abs=5e-5)
    assert measure_agreement(near, "quadratic").kappa == pytest.approx(0.9541, abs=5e-5)


def test_the_example_in_the_documentation_of_scikit_learn() -> None:
    first = ["negative", "positive", "negative", "neutral", "positive"]
    second = ["negative", "positive", "negative", "neutral", "negative"]
    table = cross_grades(first, second, ["negative", "neutral", "positive"])
    assert measure_agreement(table).kappa == pytest.approx(0.6875)


def count_slowly(table: list[list[int]], power: int) -> float:
    """Return kappa as 1 - mean cost seen / mean cost of every pairing of the two margins."""
    pairs = [
        (i, j) for i, row in enumerate(table) for j, cell in enumerate(row) for _ in range(cell)
    ]

    def cost(i: int, j: int) -> int:
        return int(i != j) if power == 0 else abs(i - j) ** power

    seen = [cost(i, j) for i, j in pairs]
    chance = [cost(i, j) for (i, _), (_, j) in itertools.product(pairs, pairs)]
    return 1 - (sum(seen) / len(seen)) / (sum(chance) / len(chance))


@pytest.mark.parametrize(("weights", "power"), [("none", 0), ("linear", 1), ("quadratic", 2)])
def test_every_weighting_equals_a_slow_count_over_pairs(weights: str, power: int) -> None:
    table = [[2, 3, 1, 0], [1, 9, 4, 1], [0, 2, 6, 3], [0, 0, 1, 4]]
    seen = measure_agreement(table, weights)  # type: ignore[arg-type]
    assert seen.kappa == pytest.approx(count_slowly(table, power))


@pytest.mark.parametrize("weights", ["none", "linear", "quadratic"])
@given(counts=arrays(int, (4, 4), elements=st.integers(0, 9)))
def test_kappa_and_its_limits_agree_with_statsmodels(weights: str, counts: np.ndarray) -> None:
    if (counts.sum(axis=1) > 0).sum() < 2 or (counts.sum(axis=0) > 0).sum() < 2:
        return  # one grade only: tested below
    ours = measure_agreement(counts, weights)  # type: ignore[arg-type]
    with np.errstate(invalid="ignore", divide="ignore"):
        theirs = cohens_kappa(counts, wt=None if weights == "none" else weights)
    assert ours.kappa == pytest.approx(theirs.kappa, abs=1e-12)
    if math.isnan(ours.lower):
        assert theirs.var_kappa == pytest.approx(0, abs=1e-10)
        return
    assert ours.lower == pytest.approx(max(theirs.kappa_low, -1), abs=1e-6)
    assert ours.upper == pytest.approx(min(theirs.kappa_upp, 1), abs=1e-6)


def test_one_grade_throughout_has_no_kappa() -> None:
    seen = measure_agreement([[0, 0], [0, 12]])
    assert seen.n == 12
    assert seen.observed == 1
    assert math.isnan(seen.kappa) and math.isnan(seen.lower) and math.isnan(seen.upper)


def test_one_grader_with_a_single_grade_agrees_as_chance_does() -> None:
    assert measure_agreement([[0, 0], [5, 7]]).kappa == pytest.approx(0)


def test_full_agreement_is_given_no_interval_of_no_width() -> None:
    seen = measure_agreement([[6, 0], [0, 6]], "linear")
    assert seen.kappa == pytest.approx(1)
    assert math.isnan(seen.lower)


def test_no_case_has_no_agreement() -> None:
    seen = measure_agreement(np.zeros((4, 4)))
    assert seen.n == 0
    assert math.isnan(seen.kappa)


def test_a_case_without_either_grade_is_left_out() -> None:
    first = pd.Series([1, 2, None, 4])
    table = cross_grades(first, [1, None, 3, 3], [1, 2, 3, 4])
    assert table.sum() == 2
    assert table[0, 0] == 1 and table[3, 2] == 1


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: cross_grades([1], [1, 2], [1, 2]), "cannot be paired"),
        (lambda: cross_grades([5], [1], [1, 2]), "not on the scale"),
        (lambda: measure_agreement([[1, 2]]), "square"),
        (lambda: measure_agreement([[-1]]), "0 or more"),
        (lambda: measure_agreement([[1]], "cubic"), "none, linear or quadratic"),
    ],
)
def test_what_cannot_be_is_refused(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]
