"""The deep dives' entries: their words are those of the records room, their references hold."""

from __future__ import annotations

import pytest

from slinb.catalogue.dives import PRACTICE, Dive, _refuse_loose_ends, load_dives
from slinb.catalogue.reading import build_entry
from slinb.errors import CatalogueError
from slinb.records.neglect_words import NEGLECT_TITLES, NEGLECT_WORDS
from slinb.records.vocabulary import (
    BREAKDOWNS,
    ITEMS,
    POPULATIONS,
    REASONS,
    TITLES,
    WINDOWS,
    WORDS,
)

DIVE = load_dives()["section20"]


def test_section_20_may_say_what_the_records_say_and_no_more() -> None:
    """Beside the words of the records only those of its practice questions are in the lists."""
    own = {
        word
        for q in DIVE.questions
        for word in (q.item, q.breakdown, q.category, PRACTICE, q.measure)
    }
    listed = {word for words in DIVE.words.values() for word in words} | set(DIVE.measures)
    assert WORDS - set(TITLES.values()) <= listed
    assert listed - WORDS <= own
    assert {m: t for m, t in DIVE.measures.items() if m in TITLES} == TITLES
    for column, words in (
        ("item", ITEMS), ("breakdown", BREAKDOWNS), ("why", REASONS), ("window", WINDOWS),
        ("population", POPULATIONS),
    ):  # fmt: skip
        assert set(words) <= set(DIVE.words[column])


def test_neglect_may_say_what_its_records_say() -> None:
    dive = load_dives()["neglect"]
    listed = {word for words in dive.words.values() for word in words} | set(dive.measures)
    assert listed >= NEGLECT_WORDS
    assert dive.measures == NEGLECT_TITLES


def test_words_belong_to_their_column() -> None:
    assert DIVE.knows("category", "under 1")
    assert DIVE.knows("across", "up to 3 months")
    assert not DIVE.knows("item", "under 1")
    assert DIVE.knows("why", "aged 18 or over; legal status not known")
    assert not DIVE.knows("why", "aged 18 or over; Tom")
    assert DIVE.knows("category", "")
    assert not DIVE.knows("measure", "")


def test_every_question_is_one_of_the_practice_measures() -> None:
    assert len({q.id for q in DIVE.questions}) == len(DIVE.questions)
    assert {q.measure for q in DIVE.questions} == {"S16", "S18", "S19"}
    # A numerator says of whom it is a part: the denominator beside it.
    assert all(q.numerator.startswith("Of those, ") for q in DIVE.questions)


def test_a_reference_to_nothing_is_refused() -> None:
    raw = DIVE.model_dump(by_alias=True)
    raw["question"][0]["of"] = "nothing"
    broken = build_entry(Dive, raw, "section20.toml")
    with pytest.raises(CatalogueError, match="nothing"):
        _refuse_loose_ends(broken)
