"""Which counts a reader can set against each other, found again by brute force."""

from __future__ import annotations

from itertools import combinations

import pytest

from slinb.catalogue.disclosure import Difference, DisclosureRules, load_disclosure_rules
from slinb.catalogue.families import PARTS, group_by_counts, name_count
from slinb.catalogue.measures import Measure, load_measures

ASKED = [m for m in load_measures().quarterly() if m.rug]
RULES = load_disclosure_rules()


def reach(start: Measure, rules: DisclosureRules) -> set[str]:
    """Walk from a measure to every other over shared counts, until nothing is added."""
    counts = {name_count(start, part) for part in PARTS} - {""}
    while True:
        near = {d.part for d in rules.difference if d.whole in counts}
        near |= {d.whole for d in rules.difference if d.part in counts}
        for measure in ASKED:
            mine = {name_count(measure, part) for part in PARTS} - {""}
            near |= mine if mine & (counts | near) else set()
        if near <= counts:
            break
        counts |= near
    return {m.id for m in ASKED if counts & {name_count(m, part) for part in PARTS}}


def test_every_measure_stands_in_one_family() -> None:
    families = group_by_counts(ASKED, RULES)
    ids = [name for family in families for name in family.ids]
    assert sorted(ids) == sorted(m.id for m in ASKED)
    assert len(families) > 10
    assert [f.name for f in families] == [f.measures[0].id for f in families]


@pytest.mark.parametrize("measure", ASKED, ids=lambda m: m.id)
def test_a_family_is_what_can_be_reached_from_any_of_its_measures(measure: Measure) -> None:
    reached = reach(measure, RULES)
    families = group_by_counts(ASKED, RULES)
    (family,) = (f for f in families if measure.id in f.ids)
    if reached:  # a measure without protected counts stands with the first family
        assert reached <= set(family.ids)
        loose = {m.id for m in ASKED if not any(name_count(m, part) for part in PARTS)}
        assert set(family.ids) - loose == reached
    else:
        assert family is families[0]


def test_no_count_stands_in_two_families() -> None:
    families = group_by_counts(ASKED, RULES)
    counts = [{name_count(m, p) for m in f.measures for p in PARTS} - {""} for f in families]
    assert all(not first & second for first, second in combinations(counts, 2))


def test_a_difference_joins_two_families() -> None:
    apart = group_by_counts(ASKED, RULES)
    whole = name_count(apart[1].measures[0], "numerator")
    part = name_count(apart[2].measures[0], "numerator")
    more = Difference(whole=whole, part=part, what="those of one who are not of the other")
    rules = RULES.model_copy(update={"difference": (*RULES.difference, more)})
    joined = group_by_counts(ASKED, rules)
    assert len(joined) == len(apart) - 1
    assert set(joined[1].ids) == {*apart[1].ids, *apart[2].ids}


def test_nothing_asked_is_no_family() -> None:
    assert group_by_counts([], RULES) == []
