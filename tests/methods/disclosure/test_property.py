"""Thousands of random linked tables: a reader with a pencil recovers no suppressed cell.

The attacker of these tests shares no code with the package. Each test also shows what it is
worth: with the complementary suppressions taken away it fails.
"""

from __future__ import annotations

import pytest

from slinb.methods.disclosure import Publication, Settings, audit, protect
from tests.methods.disclosure.attacker import find_leaks
from tests.methods.disclosure.tables import FACES, Family, link_to_last, make_cubes, make_regions

LEAST = Settings().min_range


def check_against_pencil(publication: Publication, families: list[Family]) -> None:
    """Protect and attack; then attack what is left without complementary suppression."""
    found = protect(publication)
    assert (found.tables["status"] == "published").all()
    assert audit(found.publication, exact=False).passed
    hidden = set(found.log["cell"])
    for family in families:
        assert find_leaks(family, hidden & set(family.counts), LEAST) == []
    primary = set(found.log.loc[found.log["reason"] != "complementary", "cell"])
    some = families[:40]
    leaking = [f for f in some if find_leaks(f, primary & set(f.counts), LEAST)]
    assert len(leaking) > len(some) / 4


def test_two_tables_with_a_margin_in_common() -> None:
    """1,100 tables: by age and need, and by age and sex."""
    check_against_pencil(*make_cubes(550, seed=2025, faces=FACES[:2]))


def test_three_tables_of_the_same_children() -> None:
    """240 tables: by age, need and sex, two at a time, so that every margin stands in two."""
    check_against_pencil(*make_cubes(80, seed=2026))


def test_authorities_and_their_rounded_region_by_quarter_and_year_to_date() -> None:
    """400 tables."""
    check_against_pencil(*make_regions(400, seed=2027))


def test_this_release_beside_the_last() -> None:
    """400 tables: what was published of the first quarter cannot be taken back."""
    publication, families = make_regions(200, seed=2028)
    first = publication.keep(publication.cells["period"] == "Q1")
    last = protect(first).publication
    check_against_pencil(*link_to_last(publication, families, last))


@pytest.mark.parametrize("least", [1, 9])
def test_other_least_ranges_hold_too(least: int) -> None:
    settings = Settings(min_range=least)
    publication, families = make_regions(30, seed=2028)
    found = protect(publication, settings)
    hidden = set(found.log["cell"])
    assert audit(found.publication, settings).passed
    for family in families:
        assert find_leaks(family, hidden & set(family.counts), least) == []
