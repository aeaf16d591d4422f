"""Areas: codes, spellings, regions and neighbours, against the DfE's lists."""

from __future__ import annotations

import pytest

from slinb.catalogue.areas import load_areas, load_neighbours
from slinb.catalogue.periods import Period
from slinb.errors import CatalogueError, ParameterError

EAST = [
    "Bedford", "Cambridgeshire", "Central Bedfordshire", "Essex", "Hertfordshire", "Luton",
    "Norfolk", "Peterborough", "Southend-on-Sea", "Suffolk", "Thurrock",
]  # fmt: skip


def test_england_has_153_authorities_and_the_east_eleven() -> None:
    areas = load_areas()
    assert len(areas.authorities()) == 153
    assert [a.name for a in areas.authorities("E12000006")] == EAST
    assert sum(len(areas.authorities(f"E1200000{n}")) for n in range(1, 10)) == 153


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Bedford Borough", "E06000055"),  # as LAIT writes it
        ("Southend", "E06000033"),
        ("821", "E06000032"),  # the DfE's code of Luton
        ("ENGLAND", "E92000001"),
        ("Yorkshire and the Humber", "E12000003"),
        ("Dorset", "E06000059"),  # the council of today, not the one abolished in 2019
    ],
)
def test_an_area_is_found_by_any_of_its_names_and_codes(text: str, code: str) -> None:
    area = load_areas().find(text)
    assert area is not None
    assert area.code == code


def test_an_abolished_authority_lives_until_its_last_year() -> None:
    areas = load_areas()
    then = {a.name for a in areas.authorities(at=Period.parse("2022-23"))}
    now = {a.name for a in areas.authorities(at=Period.parse("2023-24"))}
    assert {"Cumbria"} == then - now
    assert {"Cumberland", "Westmorland and Furness"} == now - then


def test_unknown_codes_and_regions_are_refused_in_words() -> None:
    with pytest.raises(CatalogueError, match="No area has the code “E99”"):
        load_areas()["E99"]
    with pytest.raises(ParameterError, match="“Luton” is no region"):
        load_areas().region("Luton")


def test_neighbours_of_2025_are_ten_each_and_are_authorities_of_today() -> None:
    areas, neighbours = load_areas(), load_neighbours(2025)
    assert set(neighbours) == {a.code for a in areas.authorities()}
    for area, them in neighbours.items():
        assert [n.rank for n in them] == list(range(1, 11))
        assert area not in {n.neighbour for n in them}
        assert all(not areas[n.neighbour].abolished for n in them)


def test_there_are_two_models_and_no_third() -> None:
    assert len(load_neighbours(2021)["E06000032"]) == 10
    with pytest.raises(ParameterError, match="no neighbour model of 2014"):
        load_neighbours(2014)
