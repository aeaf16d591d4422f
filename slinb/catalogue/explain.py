"""The rules of the explain list: who is asked to explain what, as data."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, Self

from pydantic import Field, model_validator

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml

Judgement = Literal["better", "worse", "higher", "lower"]
Direction = Literal["improved", "worsened", "rose", "fell"]


class FigureRule(CatalogueEntry):
    """Conditions on one figure; a figure meets the rule when every one that is stated holds."""

    id: Slug
    words: Words
    judgements: tuple[Judgement, ...] = ()
    judgements_998: tuple[Judgement, ...] = ()
    travel: tuple[Direction, ...] = ()
    share: float | None = Field(default=None, gt=0, lt=0.5)
    #: sides of a signal that the process chart shows and did not show a quarter ago
    new_signal: tuple[Judgement, ...] = ()

    @model_validator(mode="after")
    def _check_conditions(self) -> Self:
        stated = (self.judgements, self.judgements_998, self.travel, self.share, self.new_signal)
        if not any(stated):
            raise ValueError("state at least one condition")
        return self


class FollowUp(CatalogueEntry):
    """The rule of what stood on last quarter's list and meets no other now."""

    id: Slug
    words: Words


class ExplainRules(CatalogueEntry):
    """The rules in order of priority, and the one that brings last quarter's list back."""

    rule: tuple[FigureRule, ...] = Field(min_length=1)
    follow_up: FollowUp

    @model_validator(mode="after")
    def _check_ids(self) -> Self:
        ids = [*(r.id for r in self.rule), self.follow_up.id]
        if len(set(ids)) < len(ids):
            raise ValueError("rule: an id stands twice")
        return self

    def words(self, rule_id: str) -> str:
        """Return what a rule says to a reader."""
        named = {r.id: r.words for r in self.rule} | {self.follow_up.id: self.follow_up.words}
        return named[rule_id]


@lru_cache(maxsize=1)
def load_explain_rules() -> ExplainRules:
    """Read the rules that come with slinb.

    Raises
    ------
    CatalogueError
        A rule is wrong: names the field and the reason.
    """
    return read_explain_rules(files("slinb.catalogue") / "explain.toml")


def read_explain_rules(source: Traversable) -> ExplainRules:
    """Read the rules of one TOML file."""
    return build_entry(ExplainRules, read_toml(source), source.name)
