"""The rules of the checks, as data: suites of Great Expectations with words for people.

A suite is a TOML file in ``suites/``; a rule in it is one or more expectations, a severity, what
would go wrong if it were ignored, and the sentence that the authority is sent. The thresholds
stand in the expectations: to change one, change the number there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import CatalogueError

Severity = Literal["stop", "query", "note"]
SuiteName = Literal["structure", "values", "questions", "completeness", "returns"]
#: The suites in the order in which they run.
SUITES: tuple[SuiteName, ...] = ("structure", "values", "questions", "completeness", "returns")

#: What a sentence may speak of, and what it stands for.
FIELDS: Mapping[str, str] = {
    "title": "title of the measure",
    "measure_id": "id of the measure",
    "area_code": "code of the area",
    "period_id": "id of the quarter",
    "period_label": "the quarter in words",
    "sent": "what stood in the cells, unread",
    "pair": "the figures as read: 412 of 312",
    "numerator": "the first count",
    "value": "the figure in the measure's unit, a year's worth where events are counted",
    "asks": "what the two cells ask for",
    "numerator_words": "what the first cell counts",
    "plausible_low": "bottom of the plausible range",
    "plausible_high": "top of the plausible range",
    "previous": "what was sent a quarter earlier",
    "count_here": "a count that another measure also asks for",
    "count_there": "the same count as sent elsewhere",
    "count_words": "what that count counts",
    "there": "where it was sent elsewhere",
    "whole": "a count of which the first is part",
    "whole_at": "where that was sent",
    "jump_now": "the quarter's own figure",
    "jump_low": "the lowest of the earlier quarters",
    "jump_high": "the highest of the earlier quarters",
    "quarters": "how many earlier quarters there are",
    "shown_now": "the figure in the window that a briefing shows",
    "published": "the figure last published",
    "published_by": "its publisher",
    "published_period": "its period",
    "received": "day on which the return came",
    "due": "day by which it was due",
    "file": "name of the file",
}


class Condition(CatalogueEntry):
    """One condition on a row: a column is one of some words, below or at least a number."""

    column: Slug
    is_in: tuple[str, ...] = ()
    below: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _check_one(self) -> Self:
        given = [bool(self.is_in), self.below is not None, self.at_least is not None]
        if sum(given) != 1:
            raise ValueError("say exactly one of is_in, below and at_least")
        return self


class Expectation(CatalogueEntry):
    """One expectation of Great Expectations, with the rows that it applies to.

    ``type`` is the class of the expectation, ``arguments`` what it takes, ``when`` conditions
    that must all hold for a row to be looked at. A row in which a column that the expectation
    needs is missing is not looked at either.
    """

    type: Annotated[str, Field(pattern=r"^Expect[A-Z]\w+$")]
    arguments: dict[str, Any]
    when: tuple[Condition, ...] = ()


class Rule(CatalogueEntry):
    """One rule: what it looks for, why, how grave a breach is, and what the authority is told."""

    id: Slug
    severity: Severity
    looks_for: Words
    why: Words
    problem: Words
    action: Words
    expect: Annotated[tuple[Expectation, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _check_fields(self) -> Self:
        for template in (self.problem, self.action):
            unknown = {name for _, name, _, _ in Formatter().parse(template) if name} - set(FIELDS)
            if unknown:
                raise ValueError(f"nothing fills in {{{', '.join(sorted(unknown))}}}")
        return self


class Settings(CatalogueEntry):
    """How the columns that the rules look at are prepared; see ``settings.toml``."""

    history_quarters: int = Field(ge=2, le=40)
    least_quarters: int = Field(ge=2)
    published_within_years: float = Field(gt=0)
    fractional_words: Annotated[tuple[str, ...], Field(min_length=1)]
    due_months: int = Field(ge=1, le=6)


@dataclass(frozen=True)
class RuleBook:
    """All suites and the settings of their preparation.

    Examples
    --------
    >>> [rule.id for rule in load_rules().suites["completeness"]]
    ['missing_value']
    """

    suites: dict[SuiteName, tuple[Rule, ...]]
    settings: Settings

    def __getitem__(self, rule_id: str) -> Rule:
        for rules in self.suites.values():
            for rule in rules:
                if rule.id == rule_id:
                    return rule
        raise CatalogueError(f"No rule is called “{rule_id}”.", "See docs/checks.md.")


@lru_cache(maxsize=1)
def load_rules() -> RuleBook:
    """Read the rules that come with slinb.

    Raises
    ------
    CatalogueError
        A rule is wrong: names the file, the rule and the reason.
    """
    return read_rules(files("slinb.check"))


def read_rules(folder: Traversable) -> RuleBook:
    """Read rules from a folder that holds ``settings.toml`` and ``suites/*.toml``.

    Parameters
    ----------
    folder : Traversable
        A pathlib.Path will do: a region may keep thresholds of its own.

    Raises
    ------
    CatalogueError
        A rule is wrong or an id stands twice.
    """
    suites: dict[SuiteName, tuple[Rule, ...]] = {
        name: _read_suite(folder / "suites" / f"{name}.toml") for name in SUITES
    }
    ids = [rule.id for rules in suites.values() for rule in rules]
    twice = sorted({i for i in ids if ids.count(i) > 1})
    if twice:
        raise CatalogueError(f"Rules {', '.join(twice)} stand twice in the suites.")
    source = folder / "settings.toml"
    return RuleBook(suites, build_entry(Settings, read_toml(source), source.name))


def _read_suite(source: Traversable) -> tuple[Rule, ...]:
    return tuple(build_entry(Rule, raw, source.name) for raw in read_toml(source).get("rule", []))
