"""A cell as a sentence: every kind of row, word for word."""

from __future__ import annotations

import math
from typing import Any

import pytest

from slinb.catalogue.areas import load_areas
from slinb.errors import ParameterError
from slinb.schema import NO_VALUE_STATUSES
from slinb.show.marks import mark_judgement
from slinb.show.sentences import cell_details, cell_sentence
from tests.show.show_tables import make_measure, make_row

LUTON = load_areas()["E06000032"]
START = "Luton, re-referrals within 12 months, 27.1%"


def say(measure: dict[str, Any] | None = None, **row: Any) -> str:
    return cell_sentence(make_row(**row), make_measure(**(measure or {})), LUTON)


def test_the_sentence_of_the_brief() -> None:
    assert say(judgement_998="similar") == (
        f"{START}, 312 of 1,151, higher than the region's 19.4%, "
        "lower is better: worse (95% level)."
    )


def test_the_stronger_level_is_said() -> None:
    assert say().endswith("lower is better: worse (99.8% level).")


def test_a_unit_that_the_title_names_is_not_said_again() -> None:
    rate = {"kind": "rate", "multiplier": 10_000, "unit": "per 10,000 children"}
    assert "12 months, 27.1 per 10,000 children, 312" in say(rate)
    assert "referrals per 10,000, 27.1, 312" in say({**rate, "short": "Referrals per 10,000"})


def test_better_on_the_other_side() -> None:
    sentence = say(value=12.0, judgement="better", judgement_998="similar")
    assert "lower than the region's 19.4%, lower is better: better (95% level)." in sentence


def test_higher_is_better() -> None:
    measure = {"polarity": "higher", "polarity_words": "Higher is better."}
    assert say(measure, judgement="worse", judgement_998="worse").endswith(
        "lower than the region's 19.4%, higher is better: worse (99.8% level)."
    )


def test_no_polarity_gives_no_verdict() -> None:
    measure = {"polarity": "none", "polarity_words": "no judgement"}
    sentence = say(measure, judgement="higher", judgement_998="similar")
    assert sentence.endswith("higher than the region's 19.4%, no judgement (95% level).")
    assert "better" not in sentence and "worse" not in sentence


def test_similar_says_neither_side() -> None:
    assert say(judgement="similar", judgement_998="similar") == (
        f"{START}, 312 of 1,151, similar to the region's 19.4%, lower is better."
    )


def test_not_compared() -> None:
    sentence = say(judgement="not compared", judgement_998="not compared")
    assert sentence.endswith("not compared with the region, lower is better.")
    assert say(benchmark_value=math.nan, judgement="not compared").endswith(
        "not compared with the region, lower is better."
    )


@pytest.mark.parametrize(
    ("benchmark", "words"),
    [
        ("region", "the region's 19.4%"),
        ("england", "England's 19.4%"),
        ("neighbours", "its statistical neighbours' 19.4%"),
    ],
)
def test_every_benchmark_is_named(benchmark: str, words: str) -> None:
    assert f"higher than {words}" in say(benchmark=benchmark)


def test_unknown_benchmark_is_refused() -> None:
    with pytest.raises(ParameterError, match="“moon” is no benchmark"):
        say(benchmark="moon")


def test_a_figure_without_counts_and_a_provisional_one() -> None:
    assert say(numerator=math.nan, status="provisional").startswith(f"{START}, provisional, higher")


@pytest.mark.parametrize("status", NO_VALUE_STATUSES)
def test_a_missing_figure_gives_its_reason_and_no_number(status: str) -> None:
    sentence = say(status=status, value=math.nan, judgement="not compared")
    assert sentence.startswith("Luton, re-referrals within 12 months, no figure: ")
    assert not any(c.isdigit() for c in sentence.removeprefix("Luton, re-referrals within 12"))
    symbol = NO_VALUE_STATUSES[status]
    assert sentence.endswith(f" ({symbol})." if symbol else ".")


def test_a_value_under_a_status_without_value_is_never_said() -> None:
    """A sentinel that slipped through must not be read out (trap 4 of the field notes)."""
    assert "100" not in say(status="suppressed", value=-100.0)


def test_details_give_interval_year_ago_rank_source_and_note() -> None:
    row = make_row(note="Rolling 12 months")
    assert cell_details(row, make_measure()) == [
        "95% interval: 24.6% to 29.8%",
        "A year ago: 25.3%",
        "Rank: 10 of 11, D",
        "Rolling 12 months",
        "Source: luton.xlsx, Front door, E12",
    ]


def test_details_of_a_missing_figure_hold_its_note_and_source_only() -> None:
    row = make_row(status="missing", value=math.nan, note="The sheet was empty.")
    details = cell_details(row, make_measure())
    assert details == ["The sheet was empty.", "Source: luton.xlsx, Front door, E12"]


@pytest.mark.parametrize(
    ("judgement", "strong", "polarity", "expected"),
    [
        ("better", "better", "higher", ("▲▲", "better", "b2")),
        ("better", "similar", "lower", ("▼", "better", "b1")),
        ("worse", "similar", "higher", ("▼", "worse", "w1")),
        ("worse", "worse", "lower", ("▲▲", "worse", "w2")),
        ("higher", "similar", "none", ("▲", "higher", "n1")),
        ("lower", "lower", "none", ("▼▼", "lower", "n2")),
    ],
)
def test_arrow_points_to_the_side_and_counts_the_level(
    judgement: str, strong: str, polarity: Any, expected: tuple[str, str, str]
) -> None:
    mark = mark_judgement(judgement, strong, polarity)
    assert mark is not None
    assert (mark.arrows, mark.word, mark.css_class) == expected


@pytest.mark.parametrize("judgement", ["similar", "not compared", ""])
def test_no_real_difference_has_no_mark(judgement: str) -> None:
    assert mark_judgement(judgement, judgement, "lower") is None


def test_a_verdict_without_polarity_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be said of a measure of polarity “none”"):
        mark_judgement("better", "better", "none")
