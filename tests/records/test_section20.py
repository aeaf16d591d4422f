"""Every S-measure on the sample records against a slow computation from its definition.

The definitions are those of field.md §6.1; the rules of stitching those of docs/records.md. The
slow side (tests/records/slow.py) walks through each child day by day.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from slinb.catalogue.periods import Period
from slinb.records.prepare import CountedRecords
from tests.records.conftest import AREAS, QUARTER
from tests.records.slow import (
    BANDS,
    ORDERS,
    CarePeriod,
    Child,
    add_months,
    list_quarters,
    name_age,
    name_band,
    read_children,
    spell_known,
)

DAY = QUARTER.end
COVERS = dt.date(2021, 4, 1)
NEEDS = {
    "N1": "N1 abuse or neglect",
    "N2": "N2 disability",
    "N3": "N3 parental illness",
    "N4": "N4 acute stress",
    "N5": "N5 dysfunction",
    "N6": "N6 behaviour",
    "N8": "N8 absent parenting",
}
PLACES = {
    "U": "foster care",
    "A": "placed for adoption",
    "P1": "with parents",
    "H5": "supported or independent",
    "K3": "supported or independent",
    "K2": "children's home",
    "R3": "other residential",
    "S1": "residential school",
}
INTO = {
    "C1": "interim care order",
    "C2": "full care order",
    "E1": "placement order",
    "L1": "child protection",
    "L2": "child protection",
    "J1": "youth justice",
    "": "not known",
}
OUT = {
    "E4A": "home as planned",
    "E4B": "home unplanned",
    "E13": "relatives",
    "E11": "adopted",
    "E12": "adopted",
    "E41": "child arrangements order",
    "E43": "special guardianship",
    "E45": "special guardianship",
    "E47": "special guardianship",
    "E2": "died",
}
OTHER = {
    "E5": "independent living",
    "E6": "independent living",
    "E7": "adult services",
    "E8": "other ending",
    "E14": "remand ended",
    "E17": "stayed with carers",
}
SIDES = {"Section 20": {"V2"}, "ordered": ORDERS}
HOME = ("E4A", "E4B", "E13")

Key = tuple[str, ...]
Both = tuple[dict[str, Child], CountedRecords]


@pytest.fixture(scope="module", params=[a.slug for a in AREAS])
def both(request: pytest.FixtureRequest, sample: Path, counted: dict[str, CountedRecords]) -> Both:
    slug = request.param
    children = read_children(sample / slug / "ssda903", DAY)
    return children, counted[slug]


def pick(counted: CountedRecords, measure: str, source: str = "SSDA903") -> pd.DataFrame:
    frame = counted.counts
    return frame[(frame["measure"] == measure) & (frame["source"] == source)]


def read_cells(frame: pd.DataFrame, *columns: str, population: str = "all") -> Counter[Key]:
    """Return the numerators that are not zero, by some columns."""
    own = frame[(frame["population"] == population) & (frame["numerator"] > 0)]
    cells: Counter[Key] = Counter()
    for row in own.to_dict("records"):
        cells[tuple(row[c] for c in columns)] += row["numerator"]
    return cells


def list_current(children: dict[str, Child]) -> list[tuple[Child, CarePeriod]]:
    """Return the children looked after on the last day, those under 18 with a known status."""
    return [
        (child, child.periods[-1])
        for child in children.values()
        if child.periods and child.periods[-1].end is None and not child.is_adult(DAY)
    ]


def list_section_20(children: dict[str, Child]) -> list[tuple[Child, CarePeriod]]:
    return [(c, p) for c, p in list_current(children) if p.rows[-1].ls == "V2"]


def test_stock_and_share(both: Both) -> None:
    """S1 and S2: with and without UASC, numerator, denominator and who was left out."""
    children, counted = both
    current = list_current(children)
    known = [(c, p) for c, p in current if p.rows[-1].ls]
    adults = [
        c for c in children.values() if c.periods and c.periods[-1].end is None and c.is_adult(DAY)
    ]
    frame = pd.concat([pick(counted, "S1"), pick(counted, "S2")])
    frame = frame[(frame["item"] == "stock") & (frame["breakdown"] == "")]
    for population, belongs in (
        ("all", lambda c: True),  # noqa: ARG005
        ("UASC", lambda c: c.is_uasc(DAY)),
        ("not UASC", lambda c: not c.is_uasc(DAY)),
    ):
        rows = frame[frame["population"] == population]
        assert not rows.empty
        inside = [p for c, p in known if belongs(c)]
        assert set(rows["denominator"]) == {len(inside)}
        assert set(rows["numerator"]) == {sum(p.rows[-1].ls == "V2" for p in inside)}
        out = sum(belongs(c) for c in adults) + sum(
            belongs(c) for c, p in current if not p.rows[-1].ls
        )
        assert set(rows["excluded"]) == {out}
    share = pick(counted, "S2").query("item == 'UASC share of Section 20'").iloc[0]
    s20 = list_section_20(children)
    assert (share["numerator"], share["denominator"]) == (
        sum(c.is_uasc(DAY) for c, _ in s20),
        len(s20),
    )


def list_starts(children: dict[str, Child], since: dt.date) -> list[tuple[Child, CarePeriod]]:
    return [
        (c, p)
        for c in children.values()
        for p in c.periods
        if p.known and p.start >= since and not c.is_adult(p.start)
    ]


@pytest.mark.parametrize(("window", "first"), [("quarter", QUARTER), ("year", QUARTER.shift(-3))])
def test_starts(both: Both, window: str, first: Period) -> None:
    """S3: starts under Section 20 of all starts; S4 and S5: their age and need."""
    children, counted = both
    starts = list_starts(children, first.start)
    s20 = [(c, p) for c, p in starts if p.rows[0].ls == "V2"]
    row = pick(counted, "S3").query("population == 'all'")
    row = row[row["window"] == window].iloc[0]
    known = [p for _, p in starts if p.rows[0].ls]
    assert (row["numerator"], row["denominator"]) == (len(s20), len(known))
    assert row["excluded"] == len(starts) - len(known)
    uasc = pick(counted, "S3").query("population == 'UASC'")
    uasc = uasc[uasc["window"] == window].iloc[0]
    assert uasc["numerator"] == sum(c.is_uasc(p.start) for c, p in s20)
    frame = pick(counted, "S4")
    ages = read_cells(frame[frame["window"] == window], "category")
    assert ages == Counter((name_age(c.age(p.start)),) for c, p in s20)
    frame = pick(counted, "S5")
    needs = read_cells(frame[frame["window"] == window], "category")
    assert needs == Counter((NEEDS[p.rows[0].cin],) for _, p in s20)


def test_ages_and_needs_of_the_stock(both: Both) -> None:
    """S4 and S5 of the children there now."""
    children, counted = both
    stock = pick(counted, "S4").query("window == 'snapshot'")
    s20 = list_section_20(children)
    now = read_cells(stock[stock["breakdown"] == "age now"], "category")
    assert now == Counter((name_age(c.age(DAY)),) for c, _ in s20)
    expected: Counter[Key] = Counter()
    for c, p in s20:
        known = spell_known(p, len(p.spells()) - 1)
        expected[(name_age(c.age(p.spells()[-1][0].start)) if known else "not known",)] += 1
    assert read_cells(stock[stock["breakdown"] == "age at start"], "category") == expected
    needs = read_cells(pick(counted, "S5").query("window == 'snapshot'"), "category")
    assert needs == Counter((NEEDS[p.rows[-1].cin],) for _, p in s20)


def list_durations(children: dict[str, Child]) -> list[tuple[Child, dt.date, bool]]:
    found = []
    for child, period in list_section_20(children):
        spells = period.spells()
        found.append((child, spells[-1][0].start, spell_known(period, len(spells) - 1)))
    return found


@pytest.mark.parametrize("population", ["all", "not UASC"])
def test_durations(both: Both, population: str) -> None:
    """S6 and S7: over 3, 6, 12 and 24 months, the matrix with age, months and median."""
    children, counted = both
    spells = [
        (c, start, known)
        for c, start, known in list_durations(children)
        if population == "all" or not c.is_uasc(DAY)
    ]
    s6 = pick(counted, "S6").query("population == @population")
    for months, _ in BANDS[1:]:
        over = [add_months(start, months) < DAY for _, start, _ in spells]
        certain = [o or known for o, (_, _, known) in zip(over, spells, strict=True)]
        row = s6[s6["item"] == f"over {months} months"].iloc[0]
        assert row["numerator"] == sum(over)
        assert row["denominator"] == sum(certain)
        assert row["excluded"] == len(spells) - sum(certain)
    bands = Counter((name_band(start, known, DAY),) for _, start, known in spells)
    assert read_cells(s6[s6["breakdown"] == "duration"], "category", population=population) == bands
    matrix = read_cells(pick(counted, "S7"), "category", "across", population=population)
    assert matrix == Counter(
        (name_age(c.age(DAY)), name_band(start, known, DAY)) for c, start, known in spells
    )
    # What began before the files counts where it is seen for more than 24 months: a lower bound.
    held = [start for _, start, known in spells if known or add_months(start, 24) < DAY]
    days = [(DAY - start).days for start in held]
    own = counted.statistics.query("measure == 'S6' and population == @population")
    own = own[own["source"] == "SSDA903"].iloc[0]
    assert own["n"] == len(days)
    assert np.isnan(own["value"]) if len(days) < 10 else own["value"] == np.median(days)
    months_held = counted.durations.query("measure == 'S6' and population == @population")
    months_held = months_held[months_held["source"] == "SSDA903"]
    expected = Counter(max(n for n in range(260) if add_months(s, n) <= DAY) for s in held)
    assert dict(zip(months_held["month"], months_held["n"], strict=True)) == dict(expected)


def follow(child: Child, period: CarePeriod) -> tuple[str, dt.date] | None:
    """Return the first event of a start under Section 20 and its day; None while there is none."""
    ordered = next((row.start for row in period.rows if row.ls in ORDERS), None)
    birthday = child.turns(18)
    birthday = birthday if birthday and birthday <= DAY else None
    days = [d for d in (ordered, birthday, period.end) if d is not None]
    if not days:
        return None
    first = min(days)
    last = period.rows[-1]
    if ordered == first:
        return "order", first
    if period.end == first and last.rec in HOME and not last.cut:
        return "home", first
    return ("adult" if birthday == first else "other"), first


def is_within(start: dt.date, event: dt.date, months: int) -> bool:
    return event <= add_months(start, months)


def list_cohort(children: dict[str, Child], cohort: Period) -> list[tuple[Child, CarePeriod]]:
    starts = list_starts(children, cohort.start)
    return [(c, p) for c, p in starts if p.start <= cohort.end and p.rows[0].ls == "V2"]


@pytest.mark.parametrize("population", ["all", "UASC", "not UASC"])
def test_conversion(both: Both, population: str) -> None:
    """S9: cohorts by quarter of start, within 3, 6 and 12 months, mature ones only."""
    children, counted = both
    frame = pick(counted, "S9").query("population == @population")
    cohorts = list_quarters(QUARTER, COVERS)
    assert sorted(set(frame["cohort"])) == [c.id for c in cohorts]
    seen = 0
    for cohort in cohorts:
        members = [
            (c, p)
            for c, p in list_cohort(children, cohort)
            if population == "all" or c.is_uasc(p.start) == (population == "UASC")
        ]
        for months in (3, 6, 12):
            row = frame[
                (frame["cohort"] == cohort.id) & (frame["item"] == f"within {months} months")
            ]
            row = row.iloc[0]
            if add_months(cohort.end, months) > DAY:
                assert (row["numerator"], row["denominator"]) == (0, 0)
                assert row["excluded"] == len(members)
                continue
            events = [(p.start, follow(c, p)) for c, p in members]
            converted = sum(
                e is not None and e[0] == "order" and is_within(start, e[1], months)
                for start, e in events
            )
            assert (row["numerator"], row["denominator"], row["excluded"]) == (
                converted,
                len(members),
                0,
            )
            seen += converted
    assert seen or population == "UASC"


def test_risk_tables(both: Both) -> None:
    """The risk table of S9, month by month, counted from the definition."""
    children, counted = both
    for cohort in list_quarters(QUARTER, COVERS):
        table = counted.risk.query("population == 'all' and cohort == @cohort.id")
        members = [(p.start, follow(c, p)) for c, p in list_cohort(children, cohort)]
        for row in table.to_dict("records"):
            month = row["month"]
            followed = [(s, e) for s, e in members if add_months(s, month) <= DAY]
            at_risk = [
                (s, e)
                for s, e in followed
                if e is None or month == 1 or not is_within(s, e[1], month - 1)
            ]
            assert row["at_risk"] == len(at_risk)
            causes = Counter(e[0] for s, e in at_risk if e and is_within(s, e[1], month))
            assert {k: row[k] for k in ("order", "home", "adult", "other")} == {
                k: causes[k] for k in ("order", "home", "adult", "other")
            }


def test_delays(both: Both) -> None:
    """S10: days from start to order, within twelve months, of mature cohorts."""
    children, counted = both
    days = []
    for cohort in list_quarters(QUARTER, COVERS):
        if add_months(cohort.end, 12) > DAY:
            continue
        for child, period in list_cohort(children, cohort):
            event = follow(child, period)
            if event and event[0] == "order" and is_within(period.start, event[1], 12):
                days.append((event[1] - period.start).days)
    row = counted.statistics.query("measure == 'S10' and population == 'all'").iloc[0]
    assert row["n"] == len(days)
    if len(days) >= 10:
        assert row["value"] == np.median(days)
    else:
        assert np.isnan(row["value"])
    assert counted.durations.query("measure == 'S10' and population == 'all'")["n"].sum() == len(
        days
    )


def list_endings(children: dict[str, Child]) -> list[tuple[Child, CarePeriod, int, dt.date, str]]:
    """Return every ended Section 20 spell: child, period, index, day and how it ended."""
    found = []
    for child in children.values():
        breaks = {row.start for row in child.breaks}
        for period in child.periods:
            spells = period.spells()
            for i, spell in enumerate(spells):
                end = spell[-1].end
                if spell[0].ls != "V2" or end is None:
                    continue
                if i + 1 < len(spells):
                    how = INTO[spells[i + 1][0].ls]
                else:
                    rec = "" if spell[-1].cut else spell[-1].rec
                    how = OUT.get(rec) or OTHER.get(rec, "not known")
                    if end in breaks:
                        how = "short breaks"
                    if how not in OUT.values() and child.is_adult(end):
                        how = "18th birthday"
                found.append((child, period, i, end, how))
    return found


@pytest.mark.parametrize(("window", "first"), [("quarter", QUARTER), ("year", QUARTER.shift(-3))])
def test_endings(both: Both, window: str, first: Period) -> None:
    """S11: how Section 20 spells ended, and the share of unplanned returns."""
    children, counted = both
    ended = [how for _, _, _, end, how in list_endings(children) if end >= first.start]
    frame = pick(counted, "S11")
    frame = frame[frame["window"] == window]
    endings = frame[frame["breakdown"] == "ending"]
    assert read_cells(endings, "category") == Counter((how,) for how in ended)
    assert set(endings[endings["population"] == "all"]["denominator"]) == {len(ended)}
    share = frame[(frame["item"] == "unplanned home share") & (frame["population"] == "all")].iloc[
        0
    ]
    assert share["numerator"] == ended.count("home unplanned")
    assert share["denominator"] == sum(how.startswith("home") for how in ended)


def test_reentry(both: Both) -> None:
    """S12: back in care within 6 and 12 months after home from Section 20, mature cohorts."""
    children, counted = both
    homes = [e for e in list_endings(children) if e[4].startswith("home")]
    frame = pick(counted, "S12").query("population == 'all'")
    for cohort in list_quarters(QUARTER, COVERS):
        members = [e for e in homes if cohort.start <= e[3] <= cohort.end]
        for months in (6, 12):
            row = frame[
                (frame["cohort"] == cohort.id) & (frame["item"] == f"within {months} months")
            ]
            row = row.iloc[0]
            if add_months(cohort.end, months) > DAY:
                assert (row["denominator"], row["excluded"]) == (0, len(members))
                continue
            back = 0
            for child, period, _, end, _ in members:
                at = child.periods.index(period) + 1
                later = child.periods[at:]
                back += bool(later) and is_within(end, later[0].start, months)
            assert (row["numerator"], row["denominator"]) == (back, len(members))


def test_placements(both: Both) -> None:
    """S13: placements of Section 20 and ordered children."""
    children, counted = both
    for side, statuses in SIDES.items():
        rows = [p.rows[-1] for _, p in list_current(children) if p.rows[-1].ls in statuses]
        expected = Counter((PLACES.get(r.place) or PLACES[r.place[0]],) for r in rows)
        frame = pick(counted, "S13")
        frame = frame[(frame["across"] == side) & (frame["breakdown"] == "placement")]
        assert read_cells(frame, "category") == expected


def test_short_breaks(both: Both) -> None:
    """S14: children with short breaks in the quarter, apart from everything else."""
    children, counted = both
    for code in ("V3", "V4"):
        n = sum(
            any(r.ls == code and (r.end is None or r.end >= QUARTER.start) for r in c.breaks)
            for c in children.values()
        )
        assert pick(counted, "S14").query("category == @code")["numerator"].tolist() == [n]


def count_working_days(start: dt.date, n: int) -> dt.date:
    holidays = {dt.date(2025, 12, 25), dt.date(2025, 12, 26), dt.date(2025, 8, 25)}
    day = start
    while n:
        day += dt.timedelta(days=1)
        n -= day.weekday() < 5 and day not in holidays
    return day


def test_reviews(both: Both) -> None:
    """S15: whether the latest review still stands, Section 20 and ordered."""
    children, counted = both
    for side, statuses in SIDES.items():
        due = timely = 0
        for child, period in list_current(children):
            if period.rows[-1].ls not in statuses:
                continue
            held = sorted(r for r in child.reviews if period.start <= r <= DAY)
            if period.known and count_working_days(period.start, 20) >= DAY:
                continue
            due += 1
            months = 3 if period.known and len(held) == 1 else 6
            timely += bool(held) and add_months(held[-1], months) >= DAY
        row = pick(counted, "S15").query("population == 'all'")
        row = row[row["category"] == side].iloc[0]
        assert (row["numerator"], row["denominator"]) == (timely, due)


def test_quality(both: Both) -> None:
    """S17: rows that fail the checks that can be told from one row."""
    children, counted = both
    frame = pick(counted, "S17").set_index("category")
    rows = [(c, r) for c in children.values() for r in c.rows]
    v2 = [r for _, r in rows if r.ls == "V2"]
    assert frame.loc["378", "numerator"] == sum(r.place == "P1" for r in v2)
    assert frame.loc["378", "denominator"] == len(v2)
    born = [(c, r) for c, r in rows if c.birth]
    assert frame.loc["359", "denominator"] == len(born)
    assert frame.loc["359", "numerator"] == sum(c.turns(18) < (r.end or DAY) for c, r in born)
    police = [r for _, r in rows if r.ls == "L1"]
    assert frame.loc["361", "numerator"] == sum(((r.end or DAY) - r.start).days > 3 for r in police)
    breaks = [r for _, r in rows if r.ls == "V3"]
    assert frame.loc["365", "numerator"] == sum(
        ((r.end or DAY) - r.start).days > 17 for r in breaks
    )
    assert frame.loc["unmapped status", "numerator"] == sum(not r.ls for _, r in rows)
    named = {id(c) for c, _ in rows}
    assert frame.loc["no birth date", "numerator"] == sum(
        c.birth is None for c in children.values() if id(c) in named
    )


def test_coverage_and_return_cells(both: Both) -> None:
    """Cells of the return: the stock, and starts and ends since 1 April, each child once."""
    children, counted = both
    cells = counted.return_counts.query("source == 'SSDA903'").set_index("count")["value"]
    current = list_current(children)
    assert cells["cla"] == len(current)
    assert cells["cla_s20"] == len(list_section_20(children))
    assert cells["uasc"] == sum(c.is_uasc(DAY) for c, _ in current)
    assert cells["cla_foster"] == sum(p.rows[-1].place[0] == "U" for _, p in current)
    april = dt.date(2025, 4, 1)
    first: dict[int, CarePeriod] = {}
    for child, period in list_starts(children, april):
        first.setdefault(id(child), period)
    assert cells["cla_starting"] == len(first)
    assert cells["cla_starting_s20"] == sum(p.rows[0].ls == "V2" for p in first.values())
    ceased = defaultdict(list)
    for child in children.values():
        for period in child.periods:
            if period.end and period.end >= april:
                ceased[id(child)].append(period)
    assert cells["cla_ceasing"] == len(ceased)
    last = [p[-1].rows[-1] for p in ceased.values()]
    assert cells["cla_ceasing_sgo"] == sum(OUT.get(r.rec) == "special guardianship" for r in last)
    assert cells["cla_ceasing_home_unplanned"] == sum(r.rec == "E4B" for r in last)


def test_sample_totals_are_the_published_ones(
    sample: Path, counted: dict[str, CountedRecords]
) -> None:
    """Both sources of each authority meet the totals that the sample was given."""
    from tests.records.conftest import TOTALS

    for area, totals in zip(AREAS, TOTALS, strict=True):
        cells = counted[area.slug].return_counts.set_index(["source", "count"])["value"]
        for source in ("SSDA903", "Annex A"):
            assert tuple(cells[source][["cla", "cla_s20", "uasc"]]) == totals
    with (sample / "sample_record_errors.csv").open(encoding="utf-8") as handle:
        assert len(list(csv.DictReader(handle))) > 20
