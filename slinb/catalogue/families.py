"""Families of counts: measures that share a count are protected together, and apart from others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from slinb.catalogue.disclosure import DisclosureRules
from slinb.catalogue.measures import Measure

PARTS = ("numerator", "denominator")


@dataclass(frozen=True)
class Family:
    """Measures of which a reader can set the counts against each other.

    Parameters
    ----------
    measures : tuple of Measure
        In the order of the catalogue.
    """

    measures: tuple[Measure, ...]

    @property
    def name(self) -> str:
        """The id of its first measure: "cla_rate"."""
        return self.measures[0].id

    @property
    def ids(self) -> list[str]:
        """The ids of its measures."""
        return [measure.id for measure in self.measures]


def name_count(measure: Measure, part: str) -> str:
    """Return the id of a count that is protected; nothing for a population, posts or no count.

    Parameters
    ----------
    measure : Measure
    part : {"numerator", "denominator"}
    """
    if measure.kind == "value" or part in measure.posts:
        return ""
    if part == "denominator" and measure.uses_population:
        return ""
    return getattr(measure, f"{part}_count") or f"{measure.id} {part}"


def group_by_counts(measures: Sequence[Measure], rules: DisclosureRules) -> list[Family]:
    """Return the families of measures, in the order of the catalogue.

    No equality that a publication states leads from one family to another: regions and years add
    up one count, a rest is of two counts of one measure, a difference is named in the rules. So
    each can be protected by itself. (That a stock changes by starts less ends is stated nowhere,
    in one family or between two: docs/disclosure.md.)

    Parameters
    ----------
    measures : sequence of Measure
        Measures of the quarterly return.
    rules : DisclosureRules
        For the differences that the region names.

    Returns
    -------
    list of Family
        Measures without any protected count stand with the first.
    """
    counts = [_list_counts(measure) for measure in measures]
    linked = [{difference.whole, difference.part} for difference in rules.difference]
    # A measure without counts has nothing to protect; it needs a place to be published from.
    loose = {0, *(place for place, names in enumerate(counts) if not names)}
    groups = [{place} for place in range(len(measures)) if place not in loose]
    groups = [loose, *groups] if measures else []
    while pair := _find_linked(groups, counts, linked):
        first, second = pair
        groups.remove(second)
        first |= second
    families = [Family(tuple(measures[place] for place in sorted(group))) for group in groups]
    return sorted(families, key=lambda family: measures.index(family.measures[0]))


def _list_counts(measure: Measure) -> set[str]:
    return {name for part in PARTS if (name := name_count(measure, part))}


def _find_linked(
    groups: list[set[int]], counts: list[set[str]], linked: list[set[str]]
) -> tuple[set[int], set[int]] | None:
    """Return two groups between which a reader can reckon; None if there are none."""
    reached = [set().union(*(counts[place] for place in group)) for group in groups]
    for first, second in combinations(range(len(groups)), 2):
        mine, theirs = reached[first], reached[second]
        if mine & theirs or any(pair & mine and pair & theirs for pair in linked):
            return groups[first], groups[second]
    return None
