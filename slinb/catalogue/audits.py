"""The audit instrument as data: its questions, scale, lists to choose from and prompts."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml

ChoiceList = Literal[
    "cohort", "age_band", "open_band", "auditor", "tool", "yes_no", "theme", "timescale",
    "direction",
]  # fmt: skip


class AuditGrade(CatalogueEntry):
    """One grade of the scale: its number, its word, and whether it is good or better."""

    number: int = Field(ge=1)
    word: Words
    good: bool
    #: the paragraph by which auditors tell it from its neighbours
    anchor: Words
    spellings: tuple[str, ...] = ()


class Question(CatalogueEntry):
    """One question that is graded for each case, and the finding from which it comes."""

    number: int = Field(ge=1)
    id: Slug
    short: Words
    text: Words
    source: Words


class Choice(CatalogueEntry):
    """One entry of a list to choose from; ``spellings`` are what else is understood.

    A theme with ``strength`` is something that goes well.
    """

    list: ChoiceList
    id: str = Field(pattern=r"^[a-z0-9_]+$")
    label: Words | Literal["No"]
    spellings: tuple[str, ...] = ()
    strength: bool = False


class Prompt(CatalogueEntry):
    """One prompt of the narrative: free text, or a choice from ``list``."""

    id: Slug
    question: Words
    hint: Words
    list: ChoiceList | Literal[""] = ""


class AuditInstrument(CatalogueEntry):
    """The instrument: what is asked of each case and of each authority.

    Examples
    --------
    >>> instrument = load_audit_instrument()
    >>> len(instrument.questions), instrument.labels("auditor")
    (16, ('Own authority', 'Peer authority'))
    """

    id: Slug
    title: Words
    version: Words
    withhold_below: int = Field(ge=1)
    least_pairs: int = Field(ge=2)
    case_rows: int = Field(ge=1)
    action_rows: int = Field(ge=1)
    grades: tuple[AuditGrade, ...] = Field(alias="grade", min_length=2)
    questions: tuple[Question, ...] = Field(alias="question", min_length=1)
    all_choices: tuple[Choice, ...] = Field(alias="choice")
    prompts: tuple[Prompt, ...] = Field(alias="prompt", min_length=1)

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        for what, given in (("grade", self.grades), ("question", self.questions)):
            if [x.number for x in given] != list(range(1, len(given) + 1)):
                raise ValueError(f"{what}: numbers run 1, 2, 3 … in order")
        for what, ids in (
            ("question", [q.id for q in self.questions]),
            ("prompt", [p.id for p in self.prompts]),
        ):
            if len(set(ids)) < len(ids):
                raise ValueError(f"{what}: an id stands twice")
        for name in get_args(ChoiceList):
            self._check_list(name)
        spoken = [s for g in self.grades for s in (g.word, *g.spellings)]
        if len(set(spoken)) < len(spoken):
            raise ValueError("grade: one word stands for two grades")
        return self

    def _check_list(self, name: ChoiceList) -> None:
        entries = self.choices(name)
        if not entries:
            raise ValueError(f"choice: the list “{name}” is empty")
        spoken = [s.casefold() for c in entries for s in {c.id, c.label.casefold(), *c.spellings}]
        if len(set(spoken)) < len(spoken):
            raise ValueError(f"choice: one word of the list “{name}” stands for two entries")

    @property
    def numbers(self) -> tuple[int, ...]:
        """The grades' numbers, best first."""
        return tuple(g.number for g in self.grades)

    @property
    def good(self) -> tuple[int, ...]:
        """The numbers of the grades that are good or better."""
        return tuple(g.number for g in self.grades if g.good)

    def choices(self, name: ChoiceList) -> tuple[Choice, ...]:
        """Return the entries of one list, in order."""
        return tuple(c for c in self.all_choices if c.list == name)

    def labels(self, name: ChoiceList) -> tuple[str, ...]:
        """Return the labels of one list, in order."""
        return tuple(c.label for c in self.choices(name))

    def label(self, name: ChoiceList, choice_id: str) -> str:
        """Return the label of one entry; an id that the list lacks is returned as it is."""
        return next((c.label for c in self.choices(name) if c.id == choice_id), choice_id)


@lru_cache(maxsize=1)
def load_audit_instrument() -> AuditInstrument:
    """Read the instrument that comes with slinb.

    Raises
    ------
    CatalogueError
        An entry is wrong: names the field and the reason.
    """
    return read_audit_instrument(files("slinb.catalogue") / "audit_questions.toml")


def read_audit_instrument(source: Traversable) -> AuditInstrument:
    """Read the instrument of one TOML file."""
    return build_entry(AuditInstrument, read_toml(source), source.name)
