"""The rules of the triangle as data: when data, audits and narrative disagree."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, Self

from pydantic import Field, model_validator

from slinb.catalogue.measures import load_measures
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml

Data = Literal["better", "worse", "mixed", "similar"]
Travel = Literal["improved", "worsened", "mixed", "no real change"]
Audits = Literal["good", "mixed", "below good"]
Moderation = Literal["alike", "stricter"]
Narrative = Literal["improving", "steady", "worsening", "cannot_say"]
#: What is not known meets no condition of any rule.
UNKNOWN = "unknown"
SIDES = ("data", "travel", "audits", "moderation", "narrative")


class DisagreementRule(CatalogueEntry):
    """Conditions on what the sides say; the rule holds when every one that is stated holds."""

    id: Slug
    words: Words
    question: Words
    data: tuple[Data, ...] = ()
    travel: tuple[Travel, ...] = ()
    audits: tuple[Audits, ...] = ()
    moderation: tuple[Moderation, ...] = ()
    narrative: tuple[Narrative, ...] = ()

    @model_validator(mode="after")
    def _check_sides(self) -> Self:
        if len(self.conditions) < 2:
            raise ValueError(
                "state conditions on at least two sides: one alone disagrees with none"
            )
        return self

    @property
    def conditions(self) -> dict[str, tuple[str, ...]]:
        """The sides on which the rule states something, and what."""
        return {side: said for side in SIDES if (said := getattr(self, side))}


class TriangleRules(CatalogueEntry):
    """What each side says, from which figures, and the rules by which they disagree."""

    measures: tuple[Slug, ...] = Field(min_length=1)
    good_from: float = Field(gt=0, le=100)
    below_good: float = Field(gt=0, le=100)
    stricter_from: float = Field(gt=0, le=100)
    rules: tuple[DisagreementRule, ...] = Field(alias="rule", min_length=1)

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        if self.below_good > self.good_from:
            raise ValueError("below_good: lies above good_from")
        if len({r.id for r in self.rules}) < len(self.rules):
            raise ValueError("rule: an id stands twice")
        for name in self.measures:
            if name not in load_measures():
                raise ValueError(f"measures: the catalogue has no “{name}”")
            if load_measures()[name].polarity == "none":
                raise ValueError(f"measures: “{name}” has no polarity, so it is never better")
        return self

    def rule(self, rule_id: str) -> DisagreementRule:
        """Return a rule by its id."""
        return next(r for r in self.rules if r.id == rule_id)


@lru_cache(maxsize=1)
def load_triangle_rules() -> TriangleRules:
    """Read the rules that come with slinb.

    Raises
    ------
    CatalogueError
        A rule is wrong: names the field and the reason.
    """
    return read_triangle_rules(files("slinb.catalogue") / "triangle.toml")


def read_triangle_rules(source: Traversable) -> TriangleRules:
    """Read the rules of one TOML file."""
    return build_entry(TriangleRules, read_toml(source), source.name)
