"""Neglect counts of three made-up censuses and one Annex A, and a slow count of the censuses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd

from slinb.analyse.neglect import analyse_neglect
from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.measures import load_measures
from slinb.catalogue.neglect import load_neglect
from slinb.catalogue.periods import Period
from slinb.collect.published import load_pack
from slinb.records.prepare import count_records
from slinb.sample.cin_census import write_sample_census
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS
from tests.records import slow_neglect
from tests.records.slow_neglect import Key, Value

_PACK = Path(__file__).parents[2] / "data" / "raw" / "published"
QUARTER = Period.parse("2025-26-Q3")
REGION = load_areas()["E12000006"]
#: Who sends a census, who has Annex A only, who is silent.
SENDERS = tuple(
    a for n in ("Bedford", "Southend-on-Sea", "Thurrock") if (a := load_areas().find(n))
)
ANNEX_A = load_areas()["E06000032"]
SILENT = load_areas()["E06000056"]
AREAS = tuple(sorted((*SENDERS, ANNEX_A, SILENT), key=lambda a: a.name))
CODES = tuple(a.code for a in AREAS)
#: First day of the first census of the sample.
_COVERED = dt.date(2023, 4, 1)
BASE = 10


@dataclass(frozen=True)
class Dives:
    """The tables that returns are read into, and the slow counts by area."""

    counts: pd.DataFrame
    durations: pd.DataFrame
    slow: dict[str, dict[Key, Value]]
    months: dict[str, dict[tuple[str, str, int], int]]

    def analyse(self, base: int | None = None) -> dict[str, pd.DataFrame]:
        return analyse_neglect(
            self.counts, self.durations, load_pack(_PACK), load_neglect(), load_measures(),
            REGION.code, CODES, QUARTER, base,
        )  # fmt: skip


@lru_cache(maxsize=1)
def make_dives() -> Dives:
    """Write sample censuses, count them as an authority does, and slowly."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_sample_census(folder, load_pack(_PACK), areas=SENDERS)
        files = {a: _list_files(folder, a) for a in SENDERS}
        counted = {
            a: count_records([p for _, p in files[a]], QUARTER, dt.date(2026, 1, 31))
            for a in SENDERS
        }
        people = {a: slow_neglect.read_people(files[a], QUARTER.end) for a in SENDERS}
    slow = {
        a.code: slow_neglect.count_all(
            people[a], QUARTER.start, QUARTER.end, _COVERED, files[a][-1][0]
        )
        for a in SENDERS
    }
    months = {
        a.code: slow_neglect.list_durations(people[a], QUARTER.end, QUARTER.start)[0]
        for a in SENDERS
    }
    counts = [_stamp(c.counts, a) for a, c in counted.items()]
    counts += [_stamp(make_practice(i), a) for i, a in enumerate(SENDERS)]
    counts += [_stamp(make_care(i), a) for i, a in enumerate(SENDERS)]
    counts.append(_stamp(make_lists(), ANNEX_A))
    durations = [_stamp(c.durations, a) for a, c in counted.items()]
    return Dives(
        DIVE_COUNTS.conform(pd.concat(counts, ignore_index=True), fill=True),
        DIVE_DURATIONS.conform(pd.concat(durations, ignore_index=True), fill=True),
        slow,
        months,
    )


def _list_files(folder: Path, area: Area) -> list[tuple[int, Path]]:
    found = sorted((folder / area.slug / "cin_census").glob("*/cin_census.xml"))
    return [(int(path.parent.name), path) for path in found]


@lru_cache(maxsize=2)
def make_tables(edition: str) -> dict[str, pd.DataFrame]:
    """Return the result tables of an edition, "restricted" or "public"; not to be changed."""
    return make_dives().analyse(BASE if edition == "public" else None)


def _stamp(frame: pd.DataFrame, area: Area) -> pd.DataFrame:
    place = {"file": f"{area.slug}.xlsx", "sheet": "Neglect counts", "cell": "A1"}
    return frame.assign(area=area.code, period=QUARTER.id, dive="neglect", status="final", **place)


def make_rows(*rows: dict[str, object], **shared: object) -> pd.DataFrame:
    """Return rows of counts; what is left out is empty."""
    blank = {"population": "all", "cohort": "", "breakdown": "", "category": "", "across": "",
             "excluded": 0.0, "why": ""}  # fmt: skip
    return pd.DataFrame([{**blank, **shared, **row} for row in rows])


def make_practice(seed: int) -> pd.DataFrame:
    """Return a practice return: of thirty files."""
    return make_rows(
        {"item": "tool completed", "numerator": 6.0 + 3 * seed, "denominator": 30.0},
        {"item": "tool repeated at a review", "numerator": 2.0, "denominator": 6.0 + 3 * seed},
        measure="N13", source="practice return", window="snapshot",
    )  # fmt: skip


#: Quarters in which a plan started, the oldest first; the last has not been followed for a year.
COHORTS = tuple(QUARTER.shift(-n).id for n in range(9, 1, -1))


def make_care(seed: int) -> pd.DataFrame:
    """Return who came into care from a plan, as the census tied to SSDA903 gives it."""
    rows = []
    for i, cohort in enumerate(COHORTS):
        for months, least in ((6, 2), (12, 4)):
            if Period.parse(cohort).shift(least).end > QUARTER.end:
                continue
            came = 1.0 + (i + seed) % 3
            base = {"item": f"in care within {months} months", "cohort": cohort}
            rows.append({**base, "numerator": came, "denominator": 20.0})
            rows += [
                {**base, "breakdown": "legal status", "category": name, "numerator": n,
                 "denominator": came}
                for name, n in (("Section 20", 1.0), ("ordered", came - 1))
            ]  # fmt: skip
    return make_rows(*rows, measure="N10", source="CIN census", window="cohort")


def make_lists() -> pd.DataFrame:
    """Return what Annex A tells of an authority with forty plans."""
    shares = make_rows(
        {"item": "neglect", "numerator": 18.0, "denominator": 40.0},
        {"item": "neglect or multiple", "numerator": 20.0, "denominator": 40.0},
        measure="N1", source="Annex A", window="snapshot",
    )  # fmt: skip
    needs = make_rows(
        {"category": "N1 abuse or neglect", "numerator": 70.0, "denominator": 100.0},
        {"category": "N2 disability", "numerator": 30.0, "denominator": 100.0},
        measure="N8", item="children in need", source="Annex A", window="snapshot",
        breakdown="primary need",
    )  # fmt: skip
    cohorts = [QUARTER.previous().id, QUARTER.id]
    later = make_rows(
        *({"cohort": c, "item": "stepped up", "numerator": 3.0, "denominator": 25.0}
          for c in cohorts),
        measure="N14", source="Annex A", window="cohort",
    )  # fmt: skip
    return pd.concat([shares, needs, later], ignore_index=True)
