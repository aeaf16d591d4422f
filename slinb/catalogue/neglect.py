"""The neglect deep dive as data: categories in order, lines, breaks in series, facts of law."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from pydantic import Field

from slinb.catalogue.periods import Period
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.catalogue.section20 import Group, Section20


class SeriesBreak(CatalogueEntry):
    """A change of wording or definition: figures before and from ``period`` are not one line.

    Parameters
    ----------
    measure : str
        Measure of the dive (N8), or id of the published measure.
    period : str
        The reporting year that the new wording begins with.
    """

    measure: str
    period: Words
    title: Words
    text: Words
    source: Words


class Against(CatalogueEntry):
    """A line on which the region's neglect is set against ``category``, and how that is said."""

    line: Slug
    category: str
    own: Words
    others: Words
    said: Words


class Neglect(Section20):
    """All that the neglect deep dive is told by data.

    Examples
    --------
    >>> load_neglect().line("long").measure
    'N4'
    """

    groups: tuple[Group, ...] = Field(default=(), alias="group")
    against: tuple[Against, ...]
    breaks: tuple[SeriesBreak, ...] = Field(alias="break")

    def set_against(self, line: str) -> Against:
        """Return how a line is set against other cases."""
        return next(rule for rule in self.against if rule.line == line)

    def find_breaks(self, measure: str, last: Period) -> list[SeriesBreak]:
        """Return the breaks of a measure that have begun by the end of a period."""
        begun = [b for b in self.breaks if Period.parse(b.period).start <= last.end]
        return [b for b in begun if b.measure == measure]


@lru_cache(maxsize=1)
def load_neglect() -> Neglect:
    """Read the deep dive's data that comes with slinb.

    Raises
    ------
    CatalogueError
        It is wrong: names the field and the reason.
    """
    source = files("slinb.catalogue") / "neglect.toml"
    return build_entry(Neglect, read_toml(source), source.name)
