"""The deep dives as data: what each counts, in which words, and what it asks beside the records.

The one list of words for both ends of the journey: an authority writes no other word into its
deep-dive sheets, and the region reads no other.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import Field

from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import CatalogueError

PRACTICE = "practice return"


class Partition(CatalogueEntry):
    """A breakdown whose numerators add up to their denominator.

    ``each_across`` says that they do so within each category of the second breakdown.
    """

    measure: str
    breakdown: str
    each_across: bool = False


class Bound(CatalogueEntry):
    """A count from the records that a denominator of the practice return cannot exceed."""

    measure: str
    item: str
    breakdown: str = ""
    category: str = ""
    part: Literal["numerator", "denominator"] = "numerator"

    @property
    def key(self) -> dict[str, str]:
        """The columns of a count by which it is found; of all children, on the last day."""
        return {
            "measure": self.measure,
            "item": self.item,
            "window": "snapshot",
            "population": "all",
            "breakdown": self.breakdown,
            "category": self.category,
            "across": "",
        }


class Question(CatalogueEntry):
    """One question of the practice return: two cells to fill in.

    Parameters
    ----------
    of, within : str
        Id of the question whose numerator this denominator equals, or cannot exceed.
    base : str
        Questions of one base have one denominator; with ``whole`` their numerators add up to it.
    bound : Bound, optional
        The count from the records that the denominator cannot exceed.
    """

    id: Slug
    measure: str
    item: Words
    window: str
    breakdown: str = ""
    category: str = ""
    numerator: Words
    denominator: Words
    of: str = ""
    within: str = ""
    base: str = ""
    whole: bool = False
    bound: Bound | None = None


class Dive(CatalogueEntry):
    """One deep dive: its measures, its closed words, its rules and its practice questions."""

    id: Slug
    title: Words
    practice_sheet: str = ""
    answers_sheet: str = ""
    tables: tuple[Literal["counts", "risk", "durations"], ...] = ("counts", "risk", "durations")
    whole_population: str = "all"
    part_populations: tuple[str, ...] = ()
    measures: dict[str, str]
    words: dict[str, tuple[str, ...]]
    partitions: tuple[Partition, ...] = Field(default=(), alias="partition")
    questions: tuple[Question, ...] = Field(default=(), alias="question")
    #: What to do where children are left out of a count, by the reason.
    left_out: dict[str, Words] = Field(default_factory=dict)

    def knows(self, column: str, word: str) -> bool:
        """Whether a word may stand in a text column of the dive's tables."""
        if column == "measure":
            return word in self.measures
        if column == "why":
            return all(part in self.words["why"] for part in word.split("; ") if part)
        # One list serves both: what is down in one matrix is across in another.
        return not word or word in self.words["category" if column == "across" else column]

    def question(self, id: str) -> Question:  # noqa: A002 - a question is known by its id
        """Return a question by its id."""
        return next(q for q in self.questions if q.id == id)


@lru_cache(maxsize=1)
def load_dives() -> dict[str, Dive]:
    """Return the deep dives that come with slinb, by id.

    Raises
    ------
    CatalogueError
        One of their files is wrong: names the file, the field and the reason.

    Examples
    --------
    >>> load_dives()["section20"].knows("breakdown", "age now")
    True
    """
    folder = files("slinb.catalogue") / "dives"
    sources = sorted(
        (f for f in folder.iterdir() if f.name.endswith(".toml")), key=lambda f: f.name
    )
    dives = [build_entry(Dive, read_toml(source), source.name) for source in sources]
    for dive in dives:
        _refuse_loose_ends(dive)
    return {dive.id: dive for dive in dives}


def _refuse_loose_ends(dive: Dive) -> None:
    """Refuse a question, or a reason, that refers to what the dive does not have."""
    if strange := sorted(set(dive.left_out) - set(dive.words["why"])):
        raise CatalogueError(
            f"{dive.id}.toml, [left_out]: “{strange[0]}” is no reason of the dive.",
            "Use a reason that stands under why in [words].",
        )
    ids = {q.id for q in dive.questions}
    for q in dive.questions:
        loose = {q.of, q.within} - ids - {""}
        known = dive.knows("item", q.item) and dive.knows("breakdown", q.breakdown)
        known &= dive.knows("category", q.category) and dive.knows("window", q.window)
        if loose or not known or q.measure not in dive.measures:
            raise CatalogueError(
                f"{dive.id}.toml, question “{q.id}”: its measure, words or references "
                f"are not the dive's own ({', '.join(sorted(loose)) or q.item}).",
                "Add the word to [words], or mend the reference.",
            )
