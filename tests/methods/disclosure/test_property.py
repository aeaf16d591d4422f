"""Thousands of random linked tables: a reader with a pencil recovers no suppressed cell.

The attacker of these tests shares no code with the package. Each test also shows what it is
worth: with the complementary suppressions taken away it would fail.
"""

from __future__ import annotations

import pytest

from slinb.methods.disclosure import Publication, Settings, audit, protect
from tests.methods.disclosure.attacker import find_leaks
from tests.methods.disclosure.tables import Family, link_to_last, make_cubes, make_regions

LEAST = Settings().min_range


def check_against_pencil(publication: Publication, families: list[Family]) -> int:
    """Protect, attack, and return how many families leak with primary suppression alone."""
    found = protect(publication)
    assert (found.tables["status"] == "published").all()
    assert audit(found.publication, exact=False).passed
    hidden = set(found.log["cell"])
    primary = set(found.log.loc[found.log["reason"] != "complementary", "cell"])
    leaking = 0
    for family in families:
        assert find_leaks(family, hidden & set(family.counts), LEAST) == []
        leaking += bool(find_leaks(family, primary & set(family.counts), LEAST))
    return leaking


def test_three_linked_tables_each_of_the_same_children() -> None:
    """Two by two of age, need and sex: 750 tables, every margin in two of them."""
    publication, families = make_cubes(250, seed=2026)
    assert check_against_pencil(publication, families) > 100


def test_authorities_and_their_rounded_region_by_quarter_and_year_to_date() -> None:
    publication, families = make_regions(500, seed=2026)
    assert check_against_pencil(publication, families) > 200


def test_this_release_beside_the_last() -> None:
    """What was published of the first quarter cannot be taken back, and is protected on."""
    publication, families = make_regions(250, seed=2027)
    first = publication.keep(publication.cells["period"] == "Q1")
    last = protect(first).publication
    assert check_against_pencil(*link_to_last(publication, families, last)) > 100


@pytest.mark.parametrize("least", [1, 9])
def test_other_least_ranges_hold_too(least: int) -> None:
    settings = Settings(min_range=least)
    publication, families = make_regions(60, seed=2028)
    found = protect(publication, settings)
    hidden = set(found.log["cell"])
    assert audit(found.publication, settings).passed
    for family in families:
        assert find_leaks(family, hidden & set(family.counts), least) == []
