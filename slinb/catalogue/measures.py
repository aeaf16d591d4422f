"""Measures: what is counted, over what, which way is good, and where the figure is published.

Each domain is one TOML file in ``slinb/catalogue/measures/``. To add a measure, add an entry
there; nothing else. A wrong entry fails at load with the file, the entry and the reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from slinb.catalogue.periods import Period
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.catalogue.tables import Table, load_tables
from slinb.errors import CatalogueError

Polarity = Literal["higher", "lower", "none"]
Basis = Literal["snapshot", "quarter", "ytd", "rolling12", "year"]
#: proportion: part of a whole; rate: events per population; ratio: one count over another with
#: no part-whole relation (cases per worker); value: a figure with no counts (median, score).
Kind = Literal["proportion", "rate", "ratio", "value"]
#: column -> the value (or values, added up) that it must have
Where = dict[str, str | tuple[str, ...]]


def population_period(period: Period) -> Period:
    """Return the mid-year whose population estimate goes under a figure of a period.

    A reporting year to 31 March Y, and each of its quarters, uses mid-(Y-1): the 30 June that
    lies in it. So do the DfE's rates. Other years use the calendar year in which they start.

    >>> population_period(Period.parse("2024-25")).id
    '2024-CY'
    """
    year = period.reporting_year() if period.kind == "quarter" else period
    return Period("calendar", year.start.year)


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

    Columns and values are named as the *catalogue* names them (see :class:`Table`).
    ``where`` picks the rows of the source; ``numerator_where``, ``denominator_where`` and
    ``value_where`` pick further within them where the figures stand on different rows.
    Several columns or rows are added up; a missing part makes the sum missing. A source
    without ``denominator``, of a measure over the population, is laid over the ONS estimate
    of :func:`population_period`.
    """

    table: Slug
    numerator: tuple[str, ...] = ()
    numerator_where: Where = Field(default_factory=dict)
    #: columns taken off the numerator (section 20 less unaccompanied children)
    numerator_less: tuple[str, ...] = ()
    numerator_less_where: Where = Field(default_factory=dict)
    #: columns that, taken from the denominator, leave the numerator: used where a part of
    #: ``numerator`` is suppressed and the rest is not.
    numerator_remainder: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    denominator_where: Where = Field(default_factory=dict)
    denominator_less: tuple[str, ...] = ()
    denominator_less_where: Where = Field(default_factory=dict)
    #: column of the publisher's own percentage, rate or score, rounded to ``decimals``
    value: str = ""
    value_where: Where = Field(default_factory=dict)
    where: Where = Field(default_factory=dict)
    decimals: int | None = Field(default=None, ge=0, le=4)
    #: multiplies a published value into the measure's unit
    scale: float = 1.0
    #: what a reader must know of every figure of this source
    note: str = ""

    @model_validator(mode="after")
    def _check_value(self) -> Self:
        if self.value and self.decimals is None:
            raise ValueError("decimals: say to how many places the publisher rounds `value`")
        if not (self.value or self.numerator):
            raise ValueError("name a `value` column or `numerator` columns")
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that the source reads, filters included."""
        filters = (
            self.where, self.numerator_where, self.numerator_less_where,
            self.denominator_where, self.denominator_less_where, self.value_where,
        )  # fmt: skip
        counts = (
            self.numerator, self.numerator_less, self.numerator_remainder,
            self.denominator, self.denominator_less, (self.value,) if self.value else (),
        )  # fmt: skip
        return tuple(dict.fromkeys(name for part in (*filters, *counts) for name in part))


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
    #: which of the two are posts in full-time equivalents: no whole numbers, and no children
    posts: tuple[Literal["numerator", "denominator"], ...] = ()
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


class Measures:
    """All measures of the catalogue, in rug order; look one up by its id.

    Examples
    --------
    >>> load_measures()["rereferrals_pct"].polarity
    'lower'
    """

    def __init__(self, measures: Iterable[Measure]) -> None:
        numbered = sorted(measures, key=lambda m: m.number)
        # A domain stands where its lowest number stands, and keeps its measures together.
        first = {m.domain: m.number for m in reversed(numbered)}
        self._by_id = {m.id: m for m in sorted(numbered, key=lambda m: first[m.domain])}

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
    measures = read_measures(sorted(folder.iterdir(), key=lambda f: f.name))
    check_sources(measures, load_tables())
    return measures


def check_sources(measures: Iterable[Measure], tables: Mapping[str, Table]) -> None:
    """Refuse a measure whose published source is no table of the catalogue.

    Raises
    ------
    CatalogueError
        Names the measure and the table.
    """
    for measure in measures:
        for source in measure.published:
            if source.table not in tables:
                raise CatalogueError(
                    f"Measure “{measure.id}”: its source “{source.table}” is no table of the "
                    "catalogue.",
                    "Add the table to tables.toml, or correct its id.",
                )


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
            _check_counts(measure, found.values(), source.name)
    return Measures(found.values())


def _check_counts(measure: Measure, others: Iterable[Measure], file: str) -> None:
    """Refuse a count that says something else than the same count of another measure."""
    mine = _describe_counts(measure)
    for other in others:
        for count, said in _describe_counts(other).items():
            if count in mine and _differ(mine[count], said):
                raise CatalogueError(
                    f"{file}, measure “{measure.id}”: its count “{count}” is described as "
                    f"{mine[count]}, but in “{other.id}” as {said}.",
                    "One count has one wording and, in the quarterly return, one basis; "
                    "otherwise give it an id of its own.",
                )


def _describe_counts(measure: Measure) -> dict[str, tuple[str, str]]:
    """Say in words what each count is, and over which basis the return asks for it."""
    basis = measure.basis if measure.quarterly else ""
    pairs = (
        (measure.numerator_count, measure.numerator),
        (measure.denominator_count, measure.denominator),
    )
    return {
        count: (words, "" if count.startswith("population_") else basis)
        for count, words in pairs
        if count
    }


def _differ(one: tuple[str, str], other: tuple[str, str]) -> bool:
    # An annual measure may use any count: it has no basis in the return to disagree with.
    same_basis = one[1] == other[1] or not (one[1] and other[1])
    return one[0] != other[0] or not same_basis


def _read_file(source: Traversable) -> list[Measure]:
    content = read_toml(source)
    domain = content.get("domain", "")
    return [
        build_entry(Measure, {"domain": domain, **raw}, source.name)
        for raw in content.get("measure", [])
    ]
