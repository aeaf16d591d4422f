"""Deep-dive counts of three made-up authorities, and how to withhold and round them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from slinb.analyse.section20 import analyse_section20
from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.dives import load_dives
from slinb.catalogue.periods import Period
from slinb.catalogue.section20 import load_section20
from slinb.collect.published import load_pack
from slinb.records.prepare import count_records
from slinb.sample.records import write_sample_records
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, DIVE_RISK

_PACK = Path(__file__).parents[2] / "data" / "raw" / "published"
QUARTER = Period.parse("2025-26-Q3")
REGION = load_areas()["E12000006"]
#: Those that send, and one that is silent.
SENDERS = tuple(
    a for n in ("Bedford", "Southend-on-Sea", "Thurrock") if (a := load_areas().find(n))
)
SILENT = load_areas()["E06000032"]
AREAS = tuple(sorted((*SENDERS, SILENT), key=lambda a: a.name))
CODES = tuple(a.code for a in AREAS)
_NUMBERS = {
    "counts": ["numerator", "denominator", "excluded"],
    "risk": ["at_risk", "order", "home", "adult", "other"],
    "durations": ["n"],
}


@dataclass(frozen=True)
class Dives:
    """The three tables that the authorities' returns are read into."""

    counts: pd.DataFrame
    risk: pd.DataFrame
    durations: pd.DataFrame

    def analyse(self, pack: pd.DataFrame) -> dict[str, pd.DataFrame]:
        return analyse_section20(
            self.counts, self.risk, self.durations, pack, load_section20(), REGION.code, CODES,
            QUARTER,
        )  # fmt: skip

    def withhold(self) -> Dives:
        """As a public edition: one to five withheld, the region's own sums rounded to ten."""
        made = {name: _withhold(getattr(self, name), cols) for name, cols in _NUMBERS.items()}
        return replace(self, **made)


def _withhold(frame: pd.DataFrame, numbers: list[str]) -> pd.DataFrame:
    small = frame[numbers[0]].between(1, 5)
    hidden = frame.copy()
    hidden.loc[small, numbers] = np.nan
    hidden.loc[small, "status"] = "suppressed"
    key = [
        c for c in frame if c not in ("area", "status", "why", "file", "sheet", "cell", *numbers)
    ]
    given = frame.groupby(key, as_index=False)[numbers].sum()
    given[numbers] = np.floor(given[numbers] / 10 + 0.5) * 10
    text = dict.fromkeys(("why", "file", "sheet", "cell"), "")
    text = {name: "" for name in text if name in frame}
    return pd.concat([hidden, given.assign(area=REGION.code, status="final", **text)])[
        list(frame.columns)
    ].reset_index(drop=True)


@lru_cache(maxsize=1)
def make_dives() -> Dives:
    """Write sample records, count them as an authority does, and add a practice return."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_sample_records(folder, load_pack(_PACK), quarter=QUARTER, areas=SENDERS)
        counted = {a: count_records(folder / a.slug, QUARTER) for a in SENDERS}
    counts = [_stamp(c.counts, a) for a, c in counted.items()]
    practice = [answer_practice(a, i) for i, a in enumerate(SENDERS)]
    return Dives(
        DIVE_COUNTS.conform(pd.concat([*counts, *practice], ignore_index=True), fill=True),
        DIVE_RISK.conform(pd.concat([_stamp(c.risk, a) for a, c in counted.items()])),
        DIVE_DURATIONS.conform(pd.concat([_stamp(c.durations, a) for a, c in counted.items()])),
    )


@lru_cache(maxsize=2)
def make_tables(edition: str) -> dict[str, pd.DataFrame]:
    """Return the result tables of an edition, "restricted" or "public"; not to be changed."""
    dives = make_dives() if edition == "restricted" else make_dives().withhold()
    return dives.analyse(load_pack(_PACK))


def _stamp(frame: pd.DataFrame, area: Area) -> pd.DataFrame:
    frame = frame[frame["measure"].str.startswith("S")]  # the records feed other dives too
    place = {"file": f"{area.slug}.xlsx", "sheet": "Section 20 counts", "cell": "A1"}
    return frame.assign(
        area=area.code, period=QUARTER.id, dive="section20", status="final", **place
    )


def answer_practice(area: Area, seed: int) -> pd.DataFrame:
    """Return a practice return: forty files, the first question said yes to least."""
    rows = [
        {
            "measure": q.measure, "item": q.item, "window": q.window, "source": "practice return",
            "population": "all", "breakdown": q.breakdown, "category": q.category,
            "numerator": float(12 + seed + i), "denominator": 40.0, "excluded": 0.0,
        }
        for i, q in enumerate(load_dives()["section20"].questions)
    ]  # fmt: skip
    return _stamp(pd.DataFrame(rows), area)
