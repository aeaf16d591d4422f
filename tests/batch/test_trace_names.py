"""Words name a figure: one grammar, and candidates where they fit none or several."""

from __future__ import annotations

import pytest

from slinb.batch.trace import list_measure_names
from slinb.batch.trace_names import MOST, Name, choose_name, find_place
from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.errors import ParameterError

AREAS = load_areas()
NAMES = [
    Name("S2", "stock", ("UASC",), "Section 20 without UASC"),
    Name("S2", "stock", ("not UASC",), "Section 20 without UASC", "without UASC"),
    *(Name("S6", f"over {n} months", (), "Duration", "all children") for n in (3, 12)),
    *(Name("S6", f"over {n} months", ("not UASC",), "Duration", "without UASC") for n in (3, 12)),
    Name("S6", "stock", ("duration: over 12 months",), "Duration"),
    Name("S18", "capacity recorded", (), "Practice: agreement, capacity, review"),
    Name("S18", "review date set", (), "Practice: agreement, capacity, review"),
]


@pytest.mark.parametrize(
    ("text", "area", "rest"),
    [
        ("cla_rate E06000055", "Bedford", "cla_rate"),
        ("cla_rate/Bedford", "Bedford", "cla_rate"),
        ("Luton, S8", "Luton", "S8"),
        ("S6 Central Bedfordshire over 12 months", "Central Bedfordshire", "S6 over 12 months"),
        ("S6 East of England: over 12 months", "East of England", "S6 over 12 months"),
        # 359 is a check of the records, and was the number of Wigan.
        ("S17 failed check 359 Luton", "Luton", "S17 failed check 359"),
    ],
)
def test_the_place_stands_anywhere(text: str, area: str, rest: str) -> None:
    found, words = find_place(text, AREAS)
    assert (found.name, words) == (area, rest)


def test_a_place_is_needed_but_on_an_authoritys_own_page() -> None:
    with pytest.raises(ParameterError, match=r"“S8” names no authority.*cla_rate Luton"):
        find_place("S8", AREAS)
    assert find_place("S8", AREAS, AREAS["E06000032"])[0].name == "Luton"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("S6 over 12 months", "S6 over 12 months"),
        ("section S6 12", ""),
        ("s6 12", "S6 over 12 months"),
        ("Over 12 months, without UASC", "S6 over 12 months, not UASC"),
        ("S6 not UASC over 3", "S6 over 3 months, not UASC"),
        ("S2 UASC", "S2 stock, UASC"),
        ("capacity", "S18 capacity recorded"),
        ("S6 duration over 12 months", "S6 stock, duration: over 12 months"),
    ],
)
def test_the_figure_is_meant_that_leaves_least_unsaid(text: str, meant: str) -> None:
    if not meant:
        with pytest.raises(ParameterError, match="none has “section”"):
            choose_name(text, NAMES, "Luton")
        return
    assert str(choose_name(text, NAMES, "Luton")) == meant


def test_of_several_figures_each_is_told_as_it_can_be_typed() -> None:
    with pytest.raises(ParameterError) as raised:
        choose_name("S6", NAMES, "Luton")
    text = str(raised.value)
    assert "“S6” could be any of 2 figures. Write one of these (Duration):" in text
    typed = [line.strip() for line in text.splitlines()[1:]]
    assert typed == ["S6 Luton over 3 months", "S6 Luton over 12 months"]
    for line in typed:
        area, words = find_place(line, AREAS)
        assert area.name == "Luton"
        assert choose_name(words, NAMES, "Luton").write("Luton") == line


def test_words_that_fit_nothing_are_named_beside_what_comes_near() -> None:
    with pytest.raises(
        ParameterError, match=r"“S18 banana”: none has “banana”(.|\n)*S18 Luton cap"
    ):
        choose_name("S18 banana", NAMES, "Luton")
    with pytest.raises(ParameterError, match=r"“banana”.*`slinb measures` lists"):
        choose_name("banana", NAMES, "Luton")


def test_many_candidates_are_cut_short_and_counted() -> None:
    many = [Name("S7", "stock", (f"age: {n} years",)) for n in range(MOST + 5)]
    with pytest.raises(ParameterError, match="and 5 more: add words"):
        choose_name("S7", many, "Luton")


def test_a_catalogue_measure_is_named_by_its_id_or_words_of_its_title() -> None:
    names = list_measure_names(load_measures())
    for name in names:
        assert choose_name(name.id, names, "Luton") == name
    assert choose_name("re-referrals", names, "Luton").id == "rereferrals_pct"
    with pytest.raises(ParameterError, match=r"(?s)contacts_rate Luton.*contacts_to_referral_pct"):
        choose_name("contacts", names, "Luton")
