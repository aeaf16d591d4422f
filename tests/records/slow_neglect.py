"""N1 to N15 from CIN census files, child by child and slowly, written from the definitions.

Nothing of slinb is used: the files are read with ElementTree, dates are plain Python dates.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

Day = dt.date
Key = tuple[str, str, str, str, str, str, str]
Value = tuple[int, int, int]
WORDS = {
    "NEG": "neglect",
    "PHY": "physical abuse",
    "SAB": "sexual abuse",
    "EMO": "emotional abuse",
    "MUL": "multiple",
}
GROUPS = {"NEG": "neglect", "MUL": "multiple"}
FACTORS = {
    "parental alcohol misuse": {"1B"},
    "parental drug misuse": {"2B"},
    "parental mental health": {"4B"},
    "domestic abuse": {"3A", "3B", "3C"},
}
NEEDS = {
    "N1": "N1 abuse or neglect",
    "N2": "N2 disability",
    "N3": "N3 parental illness",
    "N4": "N4 acute stress",
    "N5": "N5 dysfunction",
    "N6": "N6 behaviour",
    "N7": "N7 low income",
    "N8": "N8 absent parenting",
    "N9": "not in need",
    "N0": "not stated",
}
BLOCKS = {"Assessments": "Assessments", "Assesments": "Assessments"}
KNOWN_FACTOR = re.compile(r"([1-6][ABC]|7A|8[B-F]|9A|1[0-7]A|18[ABC]|19[ABC]|20|2[234]A)")


@dataclass
class Episode:
    start: Day
    end: Day | None
    need: str
    reason: str
    source: str
    nfa: bool
    year: int


@dataclass
class Plan:
    start: Day
    end: Day | None
    initial: str
    latest: str
    previous: int | None
    year: int
    within: Day | None

    def open_on(self, day: Day) -> bool:
        return self.start <= day and (self.end is None or self.end > day)


@dataclass
class Assessment:
    start: Day
    signed: Day | None
    factors: set[str]
    within: Day | None


@dataclass
class Person:
    birth: Day | None = None
    due: Day | None = None
    episodes: dict[Day, Episode] = field(default_factory=dict)
    plans: dict[Day, Plan] = field(default_factory=dict)
    assessments: dict[Day, Assessment] = field(default_factory=dict)
    letters: dict[Day, Day | None] = field(default_factory=dict)

    def list_plans(self) -> list[Plan]:
        return [self.plans[start] for start in sorted(self.plans)]

    def is_neglect(self, episode: Episode) -> bool:
        """A case of neglect: a plan of it was for neglect, or an assessment found neglect."""
        plans = (p for p in self.plans.values() if p.within == episode.start)
        found = (a for a in self.assessments.values() if a.within == episode.start)
        return any("NEG" in (p.initial, p.latest) for p in plans) or any(
            "16A" in a.factors for a in found
        )


def read_day(text: str | None) -> Day | None:
    if not text:
        return None
    parts = text.strip().split("/")
    try:
        if len(parts) == 3:
            return Day(int(parts[2]), int(parts[1]), int(parts[0]))
        return Day.fromisoformat(text.strip())
    except ValueError:
        return None


def read_people(files: list[tuple[int, Path]], last: Day) -> dict[str, Person]:
    """Read files by year, the last word with the later one."""
    people: dict[str, Person] = {}
    newest = max(year for year, _ in files)
    for year, path in sorted(files):
        for child in ET.parse(path).getroot().iter("Child"):  # noqa: S314  # our own sample
            found = child.find("ChildIdentifiers")
            assert found is not None
            person = people.setdefault(found.findtext("LAchildID", ""), Person())
            person.birth = read_day(found.findtext("PersonBirthDate")) or person.birth
            person.due = read_day(found.findtext("ExpectedPersonBirthDate")) or person.due
            for case in child.findall("CINdetails"):
                read_case(person, case, year, last)
    for person in people.values():
        for thing in [*person.episodes.values(), *person.plans.values()]:
            if thing.end is None and thing.year < newest:
                thing.end = Day(thing.year, 3, 31)
        for record in [*person.plans.values(), *person.assessments.values()]:
            record.within = find_episode(person, record.within, record.start)
    return people


def read_case(person: Person, case: ET.Element, year: int, last: Day) -> None:
    start, end = (read_day(case.findtext(tag)) for tag in ("CINreferralDate", "CINclosureDate"))
    usable = start is not None and start <= last and not (end and end < start)
    if usable and start is not None:
        before = person.episodes.get(start)
        if before is None or before.year < year or end or not before.end:
            person.episodes[start] = Episode(
                start,
                end,
                case.findtext("PrimaryNeedCode", ""),
                case.findtext("ReasonForClosure", ""),
                case.findtext("ReferralSource", ""),
                case.findtext("ReferralNFA", "") in ("1", "true"),
                year,
            )
    within = start if usable else None
    for block in case:
        name = BLOCKS.get(block.tag, block.tag)
        if name == "Assessments":
            read_assessment(person, block, within, last)
        elif name == "ChildProtectionPlans":
            read_plan(person, block, within, year, last)
        elif name == "PreProceedings":
            begun = read_day(block.findtext("PPStartDate"))
            if begun and begun <= last:
                person.letters[begun] = read_day(block.findtext("LBPSentDate"))


def find_episode(person: Person, within: Day | None, day: Day) -> Day | None:
    """The episode around a record, else the last that had begun by then and not closed before."""
    if within is not None:
        return within
    begun = [e for e in person.episodes.values() if e.start <= day]
    latest = max(begun, key=lambda e: e.start, default=None)
    if latest is None or (latest.end is not None and latest.end < day):
        return None
    return latest.start


def read_assessment(person: Person, block: ET.Element, within: Day | None, last: Day) -> None:
    start = read_day(block.findtext("AssessmentActualStartDate"))
    if start is None or start > last:
        return
    before = person.assessments.get(start)
    codes = {e.text or "" for e in block.iter("AssessmentFactors")}
    person.assessments[start] = Assessment(
        start,
        read_day(block.findtext("AssessmentAuthorisationDate")),
        codes | (before.factors if before else set()),
        within,
    )


def read_plan(person: Person, block: ET.Element, within: Day | None, year: int, last: Day) -> None:
    start, end = (read_day(block.findtext(tag)) for tag in ("CPPstartDate", "CPPendDate"))
    if start is None or start > last or (end and end < start):
        return
    before = person.plans.get(start)
    if before is not None and before.year == year and before.end and not end:
        return
    number = block.findtext("NumberOfPreviousCPP")
    person.plans[start] = Plan(
        start,
        end,
        block.findtext("InitialCategoryOfAbuse", ""),
        block.findtext("LatestCategoryOfAbuse", ""),
        int(number) if number else None,
        year,
        within,
    )


def add_months(day: Day, months: int) -> Day:
    month = day.year * 12 + day.month - 1 + months
    year, month = divmod(month, 12)
    return Day(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def count_age(birth: Day, day: Day) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


# Counting -----------------------------------------------------------------------------------


class Table:
    """Counts by key, filled one by one."""

    def __init__(self) -> None:
        self.cells: dict[Key, list[int]] = {}

    def put(
        self,
        measure: str,
        item: str,
        counted: bool | None,
        *,
        window: str = "snapshot",
        cohort: str = "",
        breakdown: str = "",
        category: str = "",
    ) -> None:
        """Count one; None is one that could not be counted either way."""
        key = (measure, item, window, cohort, breakdown, category, "")
        cell = self.cells.setdefault(key, [0, 0, 0])
        if counted is None:
            cell[2] += 1
        else:
            cell[0] += counted
            cell[1] += 1

    def spread(self, key: Key, counts: Counter[str]) -> None:
        """Fill the categories of a breakdown: each of all of them."""
        total = sum(counts.values())
        for name, n in counts.items():
            category, _, other = name.partition("|")
            self.cells[(*key[:5], category, other)] = [n, total, 0]


def group_of(code: str) -> str:
    return GROUPS.get(code, "other categories" if code in WORDS else "")


def list_windows(first: Day, last: Day) -> dict[str, tuple[Day, Day]]:
    return {
        "quarter": (first, last),
        "year": (add_months(last + dt.timedelta(days=1), -12), last),
    }


def count_all(
    people: dict[str, Person],
    first: Day,
    last: Day,
    covered: Day,
    year: int,
    # The first census with the block of pre-proceedings is that of 2026.
    proceedings: Day = dt.date(2025, 4, 1),  # a constant
) -> dict[Key, Value]:
    table = Table()
    windows = {k: v for k, v in list_windows(first, last).items() if v[0] >= covered}
    count_open(table, people, last)
    for name, (low, high) in windows.items():
        count_starts(table, people, name, low, high)
        count_factors(table, people, name, low, high)
        count_flow(table, people, name, low, high)
        if add_months(low, -12) >= covered:
            count_before_first(table, people, name, low, high)
        if low >= proceedings:
            count_proceedings(table, people, name, low, high)
    count_needs(table, people, last, year)
    count_cycle(table, people, covered, last)
    return {key: (a, b, c) for key, (a, b, c) in table.cells.items()}


def count_open(table: Table, people: dict[str, Person], last: Day) -> None:
    """N1, N2, N4, N9 and the share of multiple."""
    latest: Counter[str] = Counter()
    initial: Counter[str] = Counter()
    both: Counter[str] = Counter()
    ages: Counter[str] = Counter()
    for person in people.values():
        for plan in person.plans.values():
            if not plan.open_on(last):
                continue
            code = plan.latest if plan.latest in WORDS else ""
            for item, hits in (("neglect", ("NEG",)), ("neglect or multiple", ("NEG", "MUL"))):
                table.put("N1", item, code in hits if code else None)
            table.put("N15", "multiple", code == "MUL" if code else None)
            now = WORDS.get(plan.latest, "not known")
            was = WORDS.get(plan.initial, "not known")
            latest[now] += 1
            initial[was] += 1
            both[f"{was}|{now}"] += 1
            if plan.initial == "NEG":
                item = "neglect to emotional abuse"
                table.put("N2", item, code == "EMO" if code else None)
            if plan.initial == "EMO":
                item = "emotional abuse to neglect"
                table.put("N2", item, code == "NEG" if code else None)
            for months in (12, 18, 24):
                over = add_months(plan.start, months) < last
                table.put("N4", f"over {months} months", over)
                if code:
                    table.put(
                        "N4",
                        f"over {months} months",
                        over,
                        breakdown="latest category",
                        category=group_of(code),
                    )
            if code:
                count_age_items(table, person, group_of(code), last)
            if code == "NEG":
                ages[name_age(person, last)] += 1
    table.spread(("N1", "plans", "snapshot", "", "latest category", "", ""), latest)
    table.spread(("N1", "plans", "snapshot", "", "initial category", "", ""), initial)
    table.spread(("N2", "shift", "snapshot", "", "initial and latest category", "", ""), both)
    table.spread(("N9", "neglect", "snapshot", "", "age now", "", ""), ages)


def count_age_items(table: Table, person: Person, group: str, last: Day) -> None:
    age = count_age(person.birth, last) if person.birth else None
    if age is not None and (age < 0 or age >= 18):
        age = None
    if person.birth is None and person.due is not None:
        age = -1  # unborn: known to be neither
    for item, low, high in (("aged 7 to 15", 7, 15), ("aged 10 or over", 10, 17)):
        counted = None if age is None else low <= age <= high
        table.put("N9", item, counted, breakdown="latest category", category=group)


def name_age(person: Person, last: Day) -> str:
    if person.birth is None:
        return "unborn" if person.due else "not known"
    age = count_age(person.birth, last)
    for low, high, name in (
        (0, 0, "under 1"),
        (1, 4, "1 to 4"),
        (5, 6, "5 and 6"),
        (7, 9, "7 to 9"),
        (10, 15, "10 to 15"),
        (16, 17, "16 and 17"),
    ):
        if low <= age <= high:
            return name
    return "not known"


def count_starts(table: Table, people: dict[str, Person], window: str, low: Day, high: Day) -> None:
    """N3 and N5."""
    started: Counter[str] = Counter()
    for person in people.values():
        plans = person.list_plans()
        for i, plan in enumerate(plans):
            if not low <= plan.start <= high:
                continue
            code = plan.initial if plan.initial in WORDS else ""
            started[WORDS.get(code, "not known")] += 1
            for item, hits in (("neglect", ("NEG",)), ("neglect or multiple", ("NEG", "MUL"))):
                table.put("N3", item, code in hits if code else None, window=window)
            repeat = True if i or (plan.previous or 0) >= 1 else None
            if repeat is None and plan.previous == 0:
                repeat = False
            table.put("N5", "any previous plan", repeat, window=window)
            if code:
                table.put(
                    "N5",
                    "any previous plan",
                    repeat,
                    window=window,
                    breakdown="initial category",
                    category=group_of(code),
                )
            if code == "NEG" and repeat:
                before = plans[i - 1].latest if i else ""
                known = before in WORDS
                item = "previous plan also for neglect"
                table.put("N5", item, before == "NEG" if known else None, window=window)
    table.spread(("N3", "starts", window, "", "initial category", "", ""), started)


def count_factors(
    table: Table, people: dict[str, Person], window: str, low: Day, high: Day
) -> None:
    """N7, and assessments without factor."""
    for person in people.values():
        episodes: dict[object, set[str]] = {}
        for found in person.assessments.values():
            if found.signed is None or not low <= found.signed <= high:
                continue
            codes = {c for c in found.factors if KNOWN_FACTOR.fullmatch(c)}
            none = not codes and "21" not in found.factors
            table.put("N15", "assessments without factor", none, window=window)
            alone = found.within or ("alone", found.start)
            episodes.setdefault(alone, set()).update(codes)
        for codes in episodes.values():
            neglect = "16A" in codes
            table.put("N7", "neglect", neglect if codes else None, window=window)
            if not codes:
                continue
            item = "factors beside neglect" if neglect else "factors without neglect"
            for factor, own in FACTORS.items():
                table.put(
                    "N7",
                    item,
                    bool(codes & own),
                    window=window,
                    breakdown="factor",
                    category=factor,
                )


def count_flow(table: Table, people: dict[str, Person], window: str, low: Day, high: Day) -> None:
    """N14: referrals that early help made."""
    for person in people.values():
        for episode in person.episodes.values():
            if low <= episode.start <= high:
                item = "referrals from early help"
                table.put("N14", item, episode.source == "5D", window=window)


def count_before_first(
    table: Table, people: dict[str, Person], window: str, low: Day, high: Day
) -> None:
    """N6: referrals of the twelve months up to a first plan for neglect."""
    names = {0: "not known", 1: "one referral", 2: "two referrals"}
    counts: Counter[str] = Counter()
    unknown = 0
    for person in people.values():
        plan = next(iter(person.list_plans()), None)
        if plan is None or plan.initial != "NEG" or not low <= plan.start <= high:
            continue
        unknown += plan.previous is None
        if plan.previous != 0:
            continue
        since = add_months(plan.start, -12)
        n = sum(since < e.start <= plan.start for e in person.episodes.values())
        counts[names.get(n, "three or more referrals")] += 1
    key = ("N6", "referrals before the first plan", window, "", "referrals", "", "")
    table.spread(key, counts)
    for own in table.cells:
        if own[:3] == key[:3]:
            table.cells[own][2] = unknown


def find_quarters(covered: Day, last: Day) -> Iterator[tuple[str, Day, Day]]:
    """The quarters from the first day covered to the one that ended twelve months ago."""
    start = covered
    while True:
        end = add_months(start, 3) - dt.timedelta(days=1)
        if add_months(end, 12) > last:
            return
        year = start.year if start.month >= 4 else start.year - 1
        number = (start.month - 4) // 3 % 4 + 1
        yield f"{year}-{(year + 1) % 100:02d}-Q{number}", start, end
        start = add_months(start, 3)


def count_cycle(table: Table, people: dict[str, Person], covered: Day, last: Day) -> None:
    """N6: closed cases referred again within twelve months, by quarter of closure."""
    for cohort, low, high in find_quarters(covered, last):
        for person in people.values():
            for episode in person.episodes.values():
                if episode.end is None or not low <= episode.end <= high:
                    continue
                if episode.nfa or episode.reason == "RC2":
                    continue
                until = add_months(episode.end, 12)
                again = any(
                    episode.end <= other.start <= until
                    for other in person.episodes.values()
                    if other is not episode
                )
                table.put(
                    "N6",
                    "referred again within 12 months",
                    again,
                    window="cohort",
                    cohort=cohort,
                    breakdown="case",
                    category="neglect" if person.is_neglect(episode) else "other cases",
                )


def count_needs(table: Table, people: dict[str, Person], last: Day, year: int) -> None:
    """N8, in the wording of the latest census."""
    names = dict(NEEDS)
    if year >= 2026:
        names["N1"] = "N1 abuse, neglect and exploitation"
    counts: Counter[str] = Counter()
    for person in people.values():
        for episode in person.episodes.values():
            if not episode.nfa and (episode.end is None or episode.end > last):
                counts[names.get(episode.need, "not known")] += 1
    table.spread(("N8", "children in need", "snapshot", "", "primary need", "", ""), counts)


def count_proceedings(
    table: Table, people: dict[str, Person], window: str, low: Day, high: Day
) -> None:
    """N11: pre-proceedings started, by the plan that the child was on."""
    counts: Counter[str] = Counter()
    for person in people.values():
        for begun, letter in person.letters.items():
            if not low <= begun <= high:
                continue
            table.put("N11", "letter sent", letter is not None, window=window)
            plan = find_plan(person, begun)
            counts["no plan" if plan is None else group_of(plan.latest) or "not known"] += 1
    table.spread(("N11", "pre-proceedings started", window, "", "latest category", "", ""), counts)


def find_plan(person: Person, day: Day) -> Plan | None:
    begun = [p for p in person.list_plans() if p.start <= day]
    plan = begun[-1] if begun else None
    return plan if plan and (plan.end is None or plan.end >= day) else None


def list_durations(
    people: dict[str, Person], last: Day, low: Day
) -> tuple[dict[tuple[str, str, int], int], dict[tuple[str, str], list[int]]]:
    """N4 and N11: completed months by group, and the days behind each median."""
    months: Counter[tuple[str, str, int]] = Counter()
    days: dict[tuple[str, str], list[int]] = {}
    for person in people.values():
        spans = [
            ("N4", group_of(p.latest), p.start, last)
            for p in person.plans.values()
            if p.open_on(last)
        ]
        for letter in person.letters.values():
            plan = find_plan(person, letter) if letter and low <= letter <= last else None
            if plan and letter:
                spans.append(("N11", group_of(plan.latest), plan.start, letter))
        for measure, group, start, end in spans:
            if group:
                n = 0
                while add_months(start, n + 1) <= end:
                    n += 1
                months[measure, group, n] += 1
                days.setdefault((measure, group), []).append((end - start).days)
    return dict(months), days
