"""Measures: what is counted, over what, which way is good, and where the figure is published.

Each domain is one TOML file in ``slinb/catalogue/measures/``. To add a measure, add an entry
there; nothing else. A wrong entry fails at load with the file, the entry and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from slinb.catalogue.periods import Period
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.errors import CatalogueError

Polarity = Literal["higher", "lower", "none"]
Basis = Literal["snapshot", "quarter", "ytd", "rolling12", "year"]
#: proportion: part of a whole; rate: events per population; ratio: one count over another with
#: no part-whole relation (cases per worker); value: a figure with no counts (median, score).
Kind = Literal["proportion", "rate", "ratio", "value"]


class Break(CatalogueEntry):
    """A break in a series: from ``period`` on, figures do not compare with those before.

    ``period`` is a period id ("2023-24"), ``reason`` is a sentence that a reader can be shown.
    """

    period: str
    reason: Words

    @model_validator(mode="after")
    def _check_period(self) -> Self:
        Period.parse(self.period)
        return self


class PublishedSource(CatalogueEntry):
    """Where a measure's figures stand in one published table.

    ``numerator`` and ``denominator`` name columns of the table (summed where several; any
    missing part makes the sum missing). ``where`` picks rows; ``numerator_where`` and
    ``denominator_where`` pick further within them where the two counts stand on different
    rows. ``value`` is the column of the publisher's own percentage or rate, rounded to
    ``decimals``. ``scale`` multiplies a published value into the measure's unit.
    """

    table: Slug
    numerator: tuple[str, ...] = ()
    #: columns that, taken from the denominator, leave the numerator: used where a part of
    #: ``numerator`` is suppressed and the rest is not.
    numerator_remainder: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    value: str = ""
    where: dict[str, str] = {}
    numerator_where: dict[str, str] = {}
    denominator_where: dict[str, str] = {}
    decimals: int | None = Field(default=None, ge=0, le=4)
    scale: float = 1.0
    note: str = ""

    @model_validator(mode="after")
    def _check_value(self) -> Self:
        if self.value and self.decimals is None:
            raise ValueError("decimals: say to how many places the publisher rounds `value`")
        if not (self.value or self.numerator):
            raise ValueError("name a `value` column or `numerator` columns")
        return self


class Measure(CatalogueEntry):
    """One measure of the catalogue; see ``docs/catalogue.md`` for each field."""

    id: Slug
    number: int = Field(ge=1)
    title: Words
    short: Annotated[str, Field(min_length=3, max_length=42)]
    domain: Words
    kind: Kind
    numerator: str = ""
    denominator: str = ""
    #: ids of the counts behind the two; measures that share one must be sent the same figure.
    numerator_count: str = ""
    denominator_count: str = ""
    multiplier: float = Field(gt=0)
    unit: Words | Literal["%"]
    decimals: int = Field(ge=0, le=3)
    basis: Basis
    #: the window a briefing shows: events collected a quarter at a time are shown over 12 months
    shown: Basis
    polarity: Polarity
    polarity_words: Words
    why: Words
    caution: str = ""
    definition: Words
    definition_source: Words
    definition_version: str
    agreed: Literal["published", "ours to agree"]
    breaks: tuple[Break, ...] = ()
    plausible: tuple[float, float]
    #: in the quarterly return; False where only an annual publication can answer
    quarterly: bool = False
    #: in the rugs; False for context such as the population
    rug: bool = True
    published: tuple[PublishedSource, ...] = ()

    @model_validator(mode="after")
    def _check_whole(self) -> Self:
        low, high = self.plausible
        if not low < high:
            raise ValueError(f"plausible: {low} is not below {high}")
        if self.kind == "proportion" and self.multiplier != 100:
            raise ValueError("multiplier: a proportion is shown in per cent (100)")
        if self.kind != "value" and not (self.numerator and self.denominator):
            raise ValueError(f"a {self.kind} needs `numerator` and `denominator` in words")
        if self.basis in ("quarter", "ytd") and self.shown not in ("quarter", "rolling12"):
            raise ValueError("shown: events of a quarter are shown as quarter or rolling12")
        if self.basis not in ("quarter", "ytd") and self.shown != self.basis:
            raise ValueError(f"shown: a {self.basis} figure is shown as {self.basis}")
        if self.polarity == "none" and "no judgement" not in self.polarity_words.lower():
            raise ValueError("polarity_words: say “no judgement” where there is no polarity")
        return self

    @property
    def uses_population(self) -> bool:
        """Whether the denominator is a population that the ONS publishes, not the authority."""
        return self.denominator_count.startswith("population_")

    def breaks_between(self, first: Period, last: Period) -> list[Break]:
        """Return the breaks that lie after the end of ``first`` and not after that of ``last``."""
        starts = [(Period.parse(b.period), b) for b in self.breaks]
        return [b for p, b in starts if first.end < p.end <= last.end]


class Measures:
    """All measures of the catalogue, in rug order; look one up by its id.

    Examples
    --------
    >>> load_measures()["rereferrals_pct"].polarity
    'lower'
    """

    def __init__(self, measures: Iterable[Measure]) -> None:
        self._by_id = {m.id: m for m in sorted(measures, key=lambda m: m.number)}

    def __iter__(self) -> Iterator[Measure]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, measure_id: object) -> bool:
        return measure_id in self._by_id

    def __getitem__(self, measure_id: str) -> Measure:
        try:
            return self._by_id[measure_id]
        except KeyError:
            raise CatalogueError(
                f"No measure has the id “{measure_id}”.",
                "See `slinb measures` for the ids.",
            ) from None

    @cached_property
    def domains(self) -> tuple[str, ...]:
        """Domains in the order in which the rug shows them."""
        return tuple(dict.fromkeys(m.domain for m in self))

    def quarterly(self) -> list[Measure]:
        """Return the measures of the quarterly return."""
        return [m for m in self if m.quarterly]

    def select(self, ids: Iterable[str]) -> list[Measure]:
        """Return the measures with these ids, in their order in the catalogue."""
        wanted = {self[i].id for i in ids}
        return [m for m in self if m.id in wanted]


@lru_cache(maxsize=1)
def load_measures() -> Measures:
    """Read the measures that come with slinb.

    Raises
    ------
    CatalogueError
        An entry is wrong: names the file, the entry and the reason.
    """
    folder = files("slinb.catalogue") / "measures"
    return read_measures(sorted(folder.iterdir(), key=lambda f: f.name))


def read_measures(sources: Iterable[Traversable]) -> Measures:
    """Read measures from TOML files, each with a ``domain`` and a list of ``[[measure]]``.

    Raises
    ------
    CatalogueError
        A file is not TOML, an entry is wrong, or an id or number stands twice.
    """
    found: dict[str, Measure] = {}
    numbers: dict[int, str] = {}
    for source in sources:
        if not source.name.endswith(".toml"):
            continue
        for measure in _read_file(source):
            if measure.id in found or measure.number in numbers:
                raise CatalogueError(
                    f"{source.name}, measure “{measure.id}”: its id or its number "
                    f"{measure.number} stands twice in the catalogue.",
                    "Give it an id and a number of its own.",
                )
            found[measure.id] = measure
            numbers[measure.number] = measure.id
    return Measures(found.values())


def _read_file(source: Traversable) -> list[Measure]:
    content = read_toml(source)
    domain = content.get("domain", "")
    return [
        build_entry(Measure, {"domain": domain, **raw}, source.name)
        for raw in content.get("measure", [])
    ]
