"""The sample's own data files: its seasons, its levels, its words and its defects."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, get_args

from slinb.catalogue.reading import read_toml
from slinb.collect.layout import Part
from slinb.errors import CatalogueError

DefectKind = Literal[
    "return_missing",
    "return_late",
    "return_superseded",
    "text",
    "percent_text",
    "merged",
    "swapped",
    "negative",
    "share",
    "fraction",
    "run_together",
    "empty",
    "both_empty",
    "off_by",
    "below_previous",
    "odds",
    "always_odds",
    "times",
    "estimate",
    "mark_lost",
]


@dataclass(frozen=True)
class Defect:
    """One thing that is wrong with the sample on purpose; see ``defects.toml``."""

    kind: DefectKind
    authority: int
    rule: str
    severity: str
    words: str
    measure: str = ""
    part: Part = "numerator"
    text: str = ""
    amount: float = 0.0


@dataclass(frozen=True)
class Narrative:
    """What one authority of the sample says of its quarter."""

    role: str
    what_changed: str
    why: str
    what_next: str
    offer: str


@dataclass(frozen=True)
class Levels:
    """Levels where nothing is published; see ``levels.toml``."""

    measures: dict[str, float]
    counts: dict[str, tuple[str, float]]
    within: dict[str, str]


def _read(name: str) -> dict[str, Any]:
    return read_toml(files("slinb.sample") / name)


@lru_cache(maxsize=1)
def load_quarter_shares() -> tuple[float, float, float, float]:
    """Return the share of a year's events in each quarter, April to June first."""
    years = _read("shape.toml")["referrals"].values()
    months = [sum(year[i] for year in years) for i in range(12)]
    first, second, third, fourth = (sum(months[i : i + 3]) / sum(months) for i in (0, 3, 6, 9))
    return first, second, third, fourth


@lru_cache(maxsize=1)
def load_levels() -> Levels:
    """Return the levels of what nobody publishes."""
    raw = _read("levels.toml")
    counts = {name: (entry["of"], float(entry["share"])) for name, entry in raw["counts"].items()}
    return Levels(raw["measures"], counts, raw["within"])


@lru_cache(maxsize=1)
def load_narratives() -> tuple[Narrative, ...]:
    """Return the narratives, in the order in which authorities take them."""
    return tuple(Narrative(**raw) for raw in _read("narratives.toml")["narrative"])


@lru_cache(maxsize=1)
def load_defects() -> tuple[Defect, ...]:
    """Return the defects.

    Raises
    ------
    CatalogueError
        A defect is of a kind that nothing plants.
    """
    defects = tuple(Defect(**raw) for raw in _read("defects.toml")["defect"])
    for defect in defects:
        if defect.kind not in get_args(DefectKind):
            raise CatalogueError(
                f"defects.toml: nothing plants a defect of the kind “{defect.kind}”.",
                f"Kinds: {', '.join(get_args(DefectKind))}.",
            )
    return defects
