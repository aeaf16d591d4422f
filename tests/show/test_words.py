"""Headlines: every claim of every sentence is found again in the table that it came from."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
import pytest

from slinb.analyse.comparison import compare
from slinb.analyse.messages import choose_findings
from slinb.analyse.points import compute_points
from slinb.analyse.region import compare_region
from slinb.analyse.travel import compute_travel
from slinb.catalogue.areas import DEFAULT_REGION, ENGLAND, Areas, load_areas
from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.priorities import load_priorities
from slinb.schema import FINDINGS, FIRMNESS, OBSERVATIONS, TRENDS
from slinb.show.marks import mark_judgement
from slinb.show.phrases import join_names, own_area, say_when
from slinb.show.remarks import (
    say_confidence,
    say_dispersion,
    say_firmness,
    say_rules,
    say_travel,
    say_trial,
)
from slinb.show.words import write_messages
from tests.show.read_back import MESSAGES, QUESTIONS, read_counts, read_figure, read_sentence

AREAS = load_areas()
CATALOGUE = load_measures()
IDS = [
    "rereferrals_pct", "assessments_45days_pct", "s47_rate", "cp_rate", "cp_repeat_pct",
    "cp_reviews_pct", "cla_rate", "s20_pct", "placements_3plus_pct", "agency_rate",
    "leavers_eet_pct", "ceased_sgo_pct",
]  # fmt: skip
MEASURES = Measures([CATALOGUE[i].model_copy(update={"breaks": ()}) for i in IDS])
#: All of England's authorities as one region: many names, many pages a table.
ONE_REGION = Areas(
    [
        replace(a, parent=DEFAULT_REGION) if a.level == "authority" else a
        for a in AREAS
        if not a.abolished and not (a.level == "region" and a.code != DEFAULT_REGION)
    ]
)
CODES = [a.code for a in ONE_REGION.authorities(DEFAULT_REGION)]
REAL = ("better", "worse", "higher", "lower")
SEED = 20260331
QUIET = 0.02


@dataclass(frozen=True)
class Tables:
    """One random region: its result tables and the headlines written from them."""

    areas: Areas
    benchmark: str
    comparison: pd.DataFrame
    travel: pd.DataFrame
    trends: pd.DataFrame
    firmness: pd.DataFrame
    messages: pd.DataFrame

    @cached_property
    def facts(self) -> Facts:
        return Facts(self)


def draw_observations(
    random: np.random.Generator, codes: list[str], quarter: Period, spread: float
):
    """Return counts of two years for every area and measure, some of them withheld."""
    rows = []
    levels = {m.id: random.uniform(0.05, 0.95) for m in MEASURES}
    for measure, period in itertools.product(MEASURES, (quarter.year_ago(), quarter)):
        population = measure.uses_population
        size = random.integers(20_000, 300_000, len(codes)) if population else None
        base = size if population else random.integers(30, 900, len(codes))
        level = levels[measure.id] * (0.02 if population else 1)
        level *= math.exp(random.normal(0, spread))
        share = np.clip(level * np.exp(random.normal(0, spread, len(codes))), 0, 1)
        top = np.minimum(random.poisson(base * share), base)
        lost = random.random(len(codes)) < 0.05
        kinds = random.choice(["suppressed", "low_reliability", "not_applicable"], len(codes))
        rows.append(
            pd.DataFrame(
                {
                    "area": codes,
                    "period": period.id,
                    "measure": measure.id,
                    "numerator": np.where(lost, np.nan, top),
                    "denominator": base.astype(float),
                    "value": np.where(lost, -100.0, np.nan),
                    "status": np.where(
                        lost, kinds, random.choice(["final", "estimated"], len(codes), p=[0.9, 0.1])
                    ),
                }
            )
        )
    frame = pd.concat(rows, ignore_index=True)
    return OBSERVATIONS.conform(frame, fill=True)


def draw_tables(seed: int, codes: list[str], areas: Areas, benchmark: str, spread: float) -> Tables:
    random = np.random.default_rng(seed)
    quarter = Period.parse(str(random.choice(["2025-26-Q3", "2025-26-Q4", "2024-25", "2023-24"])))
    observations = draw_observations(random, [*codes, ENGLAND], quarter, spread)
    silent = random.choice(codes, 2, replace=False)
    observations.loc[observations["area"].isin(silent), ["numerator", "status"]] = [
        math.nan,
        "missing",
    ]
    points = compute_points(observations, MEASURES)
    needed = list(dict.fromkeys(["region", "england", benchmark]))
    comparison = compare(points, MEASURES, areas, DEFAULT_REGION, benchmarks=needed)
    chosen = [m.id for m in MEASURES if m.polarity == "none" or seed % 5]
    now = comparison["period"].eq(quarter.id) & comparison["measure"].isin(chosen)
    comparison = comparison[now].reset_index(drop=True)
    travel = compute_travel(points, MEASURES, areas, DEFAULT_REGION)
    rows = comparison[comparison["benchmark"].eq("region")]
    signals = 0.1 if spread > QUIET else 0.0
    trends, firmness = draw_trends(random, rows, signals), draw_firmness(random, rows)
    findings = choose_findings(
        comparison, MEASURES, areas, DEFAULT_REGION, load_priorities(), benchmark=benchmark,
        travel=travel, trends=trends, firmness=firmness,
    )  # fmt: skip
    messages = write_messages(findings, MEASURES, areas)
    return Tables(areas, benchmark, comparison, travel, trends, firmness, messages)


def draw_trends(random: np.random.Generator, rows: pd.DataFrame, share: float) -> pd.DataFrame:
    table = rows[["area", "measure", "period"]].reset_index(drop=True)
    count = len(table)
    up = random.random(count) < 0.5
    polarity = table["measure"].map({m.id: m.polarity for m in MEASURES})
    side = np.where(
        polarity.eq("none"), np.where(up, "higher", "lower"), np.where(up, "better", "worse")
    )
    return TRENDS.conform(
        table.assign(
            flag=random.choice(["outside", "trend", "two_of_three", "shift"], count),
            side=side,
            new=random.random(count) < share,
            trial=random.random(count) < 0.5,
        ),
        fill=True,
    )


def draw_firmness(random: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    said = rows.loc[rows["judgement"].isin(REAL), ["area", "measure", "period"]]
    depends = random.random(len(said)) < 0.4
    return FIRMNESS.conform(
        said.assign(
            firmness=np.where(depends, "depends on the comparison", "holds"),
            words=np.where(depends, "England instead of the region; three years pooled", ""),
        ),
        fill=True,
    )


# Thousands of pages, each written from a random table of its own -------------------------------


@pytest.fixture(scope="module")
def drawn() -> list[Tables]:
    """Return thirteen random regions of 153 authorities and twelve of eleven, some quiet."""
    east = [a.code for a in AREAS.authorities(DEFAULT_REGION)]
    kinds = itertools.cycle(["region", "region", "england", "neighbours"])
    large = [
        draw_tables(SEED + i, CODES, ONE_REGION, next(kinds), QUIET if i % 3 == 0 else 0.25)
        for i in range(13)
    ]
    small = [
        draw_tables(SEED + 100 + i, east, AREAS, next(kinds), 0.0 if i < 3 else 0.2)
        for i in range(12)
    ]
    return [*large, *small]


def test_every_sentence_is_found_again_in_its_table(drawn: list[Tables]) -> None:
    checked: Counter[str] = Counter()
    pages = 0
    for tables in drawn:
        facts = tables.facts
        for row in tables.messages.to_dict("records"):
            parts = read_sentence(row["kind"], row["pattern"], row["text"])
            facts.check(row, parts)
            checked[f"{row['kind']} {row['pattern']}"] += 1
        pages += tables.messages["area"].nunique()
    assert pages > 2_000
    assert sum(checked.values()) > 10_000
    # These two have their own test: a region of many pages always holds some difference.
    rare = {"message region_no_figures", "message region_no_difference"}
    known = {f"message {p}" for p in MESSAGES} | {f"question {p}" for p in QUESTIONS}
    assert known - rare <= set(checked)


class Facts:
    """What the tables say, looked up by the words of a sentence."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.names = {self.plain(a.name): a.code for a in tables.areas if a.level == "authority"}
        self.names |= {"the region": DEFAULT_REGION, "The region": DEFAULT_REGION}
        by_id = {m.id: m for m in MEASURES}
        itself = compare_region(tables.comparison, by_id, tables.areas, DEFAULT_REGION)
        own = tables.comparison[tables.comparison["benchmark"].eq(tables.benchmark)]
        both = pd.concat([own, itself])
        self.rows = {(r["area"], r["measure"]): r for r in both.to_dict("records")}
        self.travel = self.index(tables.travel)
        self.trends = self.index(tables.trends[tables.trends["new"]])
        self.firmness = self.index(tables.firmness) if tables.benchmark == "region" else {}
        self.measures = {m.short: m for m in MEASURES}

    @staticmethod
    def plain(name: str) -> str:
        for tail in (", City of", ", County of"):
            name = name.removesuffix(tail)
        return name

    @staticmethod
    def index(table: pd.DataFrame) -> dict[tuple[str, str, str], dict]:
        return {(r["area"], r["measure"], r["period"]): r for r in table.to_dict("records")}

    def check(self, row: dict, parts: dict[str, str]) -> None:
        assert row["text"][0] in "“" or row["text"][0].isupper()
        assert "nan" not in row["text"]
        assert "  " not in row["text"]
        area = parts.get("area") or parts.get("owner")
        if area:
            named, _, absent = area.partition(" without ")
            assert self.names[named] == row["about"]
            if row["about"] == DEFAULT_REGION and "measure" in parts:
                self.check_absent(row, absent)
        if "no_" in row["pattern"]:
            return self.check_nothing(row, parts)
        measure = self.measures[parts["measure"]]
        assert measure.id == row["measure"]
        if "spread" in row["pattern"]:
            return self.check_spread(parts, measure)
        return self.check_figure(row, parts, measure)

    def check_absent(self, row: dict, absent: str) -> None:
        """Whoever has no figure is named where a message speaks of the region."""
        have = [
            a
            for (a, m), r in self.rows.items()
            if m == row["measure"]
            and (not math.isnan(r["value"]) or r["status"] == "not_applicable")
        ]
        missing = [
            self.plain(a.name)
            for a in self.tables.areas.authorities(DEFAULT_REGION)
            if a.code not in have
        ]
        said = row["kind"] == "message" and missing
        assert absent == (listed(missing) if said else "")

    def check_figure(self, row: dict, parts: dict[str, str], measure: Measure) -> None:
        source = self.rows[row["about"], measure.id]
        assert source["status"] in ("final", "estimated")
        if "value" in parts:
            assert read_figure(parts["value"]).stands_for(source["value"])
        if "counts" in parts:
            assert read_counts(parts["counts"]) == (source["numerator"], source["denominator"])
            assert ("estimated" in parts) == (source["status"] == "estimated")
        if "when" in parts:
            assert parts["when"] == expected_when(source["period"], measure)
        if "polarity" in parts:
            assert parts["polarity"] == expected_polarity(measure)
        self.check_judgement(row, parts, measure, source)
        self.check_change(row, parts, measure, source)
        self.check_signal(row, parts, measure, source)

    def check_judgement(self, row: dict, parts: dict[str, str], measure: Measure, source: dict):
        if not row["pattern"].startswith("differs"):
            assert source["judgement"] not in REAL
            assert ("benchmark_value" in parts) == (
                source["judgement"] == "similar" and row["kind"] == "message"
            )
            return
        said = parts.get("judgement") or {"differs_better": "better"}.get(row["pattern"], "worse")
        assert said == source["judgement"]
        # The rug's own mark of the cell says the same.
        mark = mark_judgement(source["judgement"], source["judgement_998"], measure.polarity)
        assert mark is not None
        assert mark.word == said
        value, benchmark = read_figure(parts["value"]), read_figure(parts["benchmark_value"])
        assert benchmark.stands_for(source["benchmark_value"])
        above = value.value > benchmark.value
        assert value.value != benchmark.value
        assert (mark.side == "higher") == above
        if row["kind"] == "message":
            assert ("sure" in parts) == (mark.level == "99.8%")
            firm = self.firmness.get((row["about"], measure.id, source["period"]), {})
            shaky = firm.get("firmness") == "depends on the comparison"
            assert ("flips_it" in parts) == shaky
        assert row["benchmark"] == source["benchmark"]
        if "flips_it" in parts:
            assert parts["flips_it"] == "England instead of the region"

    def check_change(self, row: dict, parts: dict[str, str], measure: Measure, source: dict):
        if "year_ago" not in parts:
            return
        tested = self.travel[row["about"], measure.id, source["period"]]
        ago, value = read_figure(parts["year_ago"]), read_figure(parts["value"])
        assert ago.stands_for(tested["value_before"])
        assert tested["lower"] > 0 or tested["upper"] < 0
        assert (value.value > ago.value) == (tested["lower"] > 0)
        if row["about"] != DEFAULT_REGION:
            assert ago.stands_for(source["year_ago"])
        if "moved" in parts:
            assert (parts["moved"] == "rose") == (tested["lower"] > 0)
        word = parts.get("travel", "").removeprefix("has ") or {
            ", for the better": "improved", ", for the worse": "worsened",
            "moved_improved": "improved", "moved_worsened": "worsened",
            "differs_worsened": "worsened",
        }.get(parts.get("for_what") or row["pattern"], "")  # fmt: skip
        assert word in ("", tested["direction"])
        if row["pattern"] == "moved":
            assert bool(word) == (measure.polarity != "none")

    def check_signal(self, row: dict, parts: dict[str, str], measure: Measure, source: dict):
        if "signal" not in parts:
            return
        found = self.trends[row["about"], measure.id, source["period"]]
        first = {
            "outside": "the latest quarter lies",
            "trend": "quarter after quarter has gone",
            "two_of_three": "the latest quarters lie",
            "shift": "quarter after quarter has stayed",
        }[found["flag"]]
        assert parts["signal"].startswith(first)
        assert ("trial" in parts) == found["trial"]
        upward = {"on the high side", "upwards", "for the better"}
        assert (parts["side"] in upward) == (found["side"] in ("higher", "better"))
        assert ("for the" in parts["side"]) == (measure.polarity != "none")

    def check_nothing(self, row: dict, parts: dict[str, str]) -> None:
        mine = [r for (a, _), r in self.rows.items() if a == row["about"]]
        compared = [r for r in mine if r["judgement"] != "not compared"]
        assert not [r for r in compared if r["judgement"] in REAL]
        if "compared" in parts:
            assert str(len(compared)) in parts["compared"] or len(compared) == 1
            assert ("measures" in parts["compared"]) == (len(compared) != 1)
        elif row["about"] != DEFAULT_REGION:
            assert not compared

    def check_spread(self, parts: dict[str, str], measure: Measure) -> None:
        rows = [r for (a, m), r in self.rows.items() if m == measure.id and a != DEFAULT_REGION]
        sides: dict[str, list[str]] = {}
        for row in rows:
            if row["judgement"] in REAL:
                name = self.plain(self.tables.areas[row["area"]].name)
                sides.setdefault(row["judgement"], []).append(name)
        compared = sum(r["judgement"] != "not compared" for r in rows)
        differing = sum(len(names) for names in sides.values())
        if "share" in parts:
            total = int(parts.get("all") or parts.get("some") or 1)
            assert total == differing
            assert int(parts.get("of") or parts.get("all") or 1) == compared
            assert (parts["verb"] == "differs") == (differing == 1)
            expected = {
                f"{listed(names)} {'is' if len(names) == 1 else 'are'} {word}"
                for word, names in sides.items()
            }
            assert set(parts["sides"].split("; ")) == expected
            assert parts["polarity"] == expected_polarity(measure)
        if "benchmark_value" in parts:
            assert read_figure(parts["benchmark_value"]).stands_for(rows[0]["benchmark_value"])
        for name in ("worse", "better"):
            if name in parts:
                assert parts[name] == listed(sides[name])
        if "apart" in parts:
            assert [parts["apart"]] == [listed(names) for names in sides.values()]
        if "above" in parts:
            assert parts["above"] == listed(sides["higher"])
            assert parts["below"] == listed(sides["lower"])


def listed(names: list[str]) -> str:
    """Join names in order of the alphabet, with a comma before "and" where a name has its own."""
    names = sorted(names)
    if len(names) == 1:
        return names[0]
    comma = "," if any(" and " in name for name in names) else ""
    return f"{', '.join(names[:-1])}{comma} and {names[-1]}"


def expected_when(period: str, measure: Measure) -> str:
    end = {
        "2025-26-Q3": "31 December 2025",
        "2025-26-Q4": "31 March 2026",
        "2024-25": "31 March 2025",
        "2023-24": "31 March 2024",
    }[period]
    if measure.shown == "snapshot":
        return f"at {end}"
    return f"in the {'12 months' if 'Q' in period else 'year'} to {end}"


def expected_polarity(measure: Measure) -> str:
    return {
        "higher": "(higher is better)",
        "lower": "(lower is better)",
        "none": "(no judgement)",
    }[measure.polarity].strip("()")


def test_pages_hold_no_more_than_five_and_no_fewer_than_there_are(drawn: list[Tables]) -> None:
    short = 0
    for tables in drawn:
        facts = tables.facts
        for area, page in tables.messages.groupby("area"):
            said = page[page["kind"].eq("message")]
            assert said["order"].tolist() == list(range(1, len(said) + 1))
            assert said["measure"].is_unique
            if area == DEFAULT_REGION:
                assert 1 <= len(said) <= 5
                continue
            count = sum(is_finding(facts, area, m.id) for m in MEASURES)
            assert len(said) == max(min(count, 5), 1)
            asked = page[page["kind"].eq("question")]
            assert len(asked) == min(count, 5)
            assert asked["measure"].tolist() == said["measure"].tolist()[: len(asked)]
            short += count < 5
    assert short > 100


def is_finding(facts: Facts, area: str, measure: str) -> bool:
    row = facts.rows.get((area, measure))
    if row is None or math.isnan(row["value"]):
        return False
    key = (area, measure, row["period"])
    moved = facts.travel.get(key, {}).get("direction") in ("improved", "worsened", "rose", "fell")
    return row["judgement"] in REAL or moved or key in facts.trends


# Single patterns --------------------------------------------------------------------------------


def finding(**parts: object) -> pd.DataFrame:
    usual = {
        "area": "E10000012", "about": "E10000012", "kind": "message", "order": 1,
        "pattern": "differs", "measure": "rereferrals_pct", "period": "2025-26-Q3",
        "benchmark": "region", "benchmark_period": "2025-26-Q3", "numerator": 312.0,
        "denominator": 1151.0, "value": 27.1068, "status": "provisional", "year_ago": math.nan,
        "benchmark_value": 19.4, "judgement": "worse", "judgement_998": "similar",
    }  # fmt: skip
    return FINDINGS.from_rows([usual | parts])


def say(**parts: object) -> str:
    return write_messages(finding(**parts), CATALOGUE, AREAS)["text"].iloc[0]


def test_a_message_in_full() -> None:
    assert say(
        travel="worsened",
        year_ago=22.04,
        judgement_998="worse",
        firmness="depends on the comparison",
        flips_it="England instead of the region",
    ) == (
        "Essex is worse than the region on “Re-referrals within 12 months” in the 12 months to 31 "
        "December 2025: 27.1% (312 of 1,151) against 19.4%, beyond the 99.8% limits (lower is "
        "better). It has worsened from 22.0% a year earlier. This depends on the comparison: it "
        "could not be said with England instead of the region."
    )


def test_possessives_and_names() -> None:
    assert say(kind="question").startswith("What lies behind Essex's 27.1% on ")
    assert own_area(AREAS["E12000006"]) == "the region's"
    assert say(kind="question", about="E12000006", benchmark="england").startswith(
        "What lies behind the region's 27.1% on “Re-referrals within 12 months”, against England's"
    )
    assert say(about=AREAS.find("Bristol, City of").code).startswith("Bristol is worse")
    assert join_names(["Luton"]) == "Luton"
    assert join_names(["Bath and North East Somerset", "Bristol", "Devon"]) == (
        "Bath and North East Somerset, Bristol, and Devon"
    )


def test_figures_that_really_differ_never_look_the_same() -> None:
    text = say(value=19.44, benchmark_value=19.41)
    assert "19.44% (312 of 1,151) against 19.41%" in text
    rate = say(measure="cla_rate", value=49.4, benchmark_value=48.6, judgement="higher")
    assert "49.4 (" in rate
    assert "against 48.6 (" in rate


def test_an_older_benchmark_says_its_time() -> None:
    text = say(benchmark="england", benchmark_period="2024-25")
    assert "against 19.4% (year to 31 March 2025) (lower is better)" in text


@pytest.mark.parametrize(
    ("period", "measure", "words"),
    [
        ("2025-26-Q3", "rereferrals_pct", "in the 12 months to 31 December 2025"),
        ("2025-26-Q3", "cla_rate", "at 31 December 2025"),
        ("2024-25", "rereferrals_pct", "in the year to 31 March 2025"),
        ("2024-CY", "ehc_20weeks_pct", "in the calendar year 2024"),
        ("2024-25-AY", "ks2_cla_pct", "in the academic year 2024/25"),
    ],
)
def test_times_are_named_in_full(period: str, measure: str, words: str) -> None:
    assert say_when(period, CATALOGUE[measure]) == words


def test_one_of_one_is_singular() -> None:
    one = say(about="E12000006", pattern="spread", above="E06000032", compared=11, value=math.nan)
    assert "1 of the 11 authorities compared really differs from the region's" in one
    assert "Luton is worse (lower is better)." in one
    none = say(pattern="no_difference", measure="", compared=1)
    assert none == (
        "Essex does not really differ from the region on the one measure that could be compared."
    )


def test_a_region_without_findings_says_so() -> None:
    none = say(area="E12000006", about="E12000006", pattern="no_difference", measure="", compared=9)
    assert none == (
        "No authority really differs from the region on any of the 9 measures that could be "
        "compared."
    )
    empty = say(area="E12000006", about="E12000006", pattern="no_figures", measure="")
    assert empty == "There is no figure that could be compared with the region."


def test_nothing_gives_no_sentence() -> None:
    assert write_messages(FINDINGS.empty(), CATALOGUE, AREAS).empty


# Other rows in words ---------------------------------------------------------------------------


def test_travel_in_words() -> None:
    row = {
        "direction": "worsened", "since": "a year ago", "value": 27.1, "change": 3.2, "note": "",
    }  # fmt: skip
    assert say_travel(row, CATALOGUE["rereferrals_pct"]) == (
        "worsened since a year ago: 27.1%, up 3.2 percentage points"
    )
    still = row | {"direction": "no real change", "change": -0.3}
    assert say_travel(still, CATALOGUE["rereferrals_pct"]).startswith("no real change since a year")
    none = row | {"direction": "not compared", "note": "no figure now"}
    assert say_travel(none, CATALOGUE["rereferrals_pct"]) == (
        "not compared with a year ago: no figure now"
    )


@pytest.mark.parametrize(
    ("points", "words"),
    [
        (0, "No limits: no quarter has a value."),
        (1, "Trial limits: 1 quarter so far, and limits are settled from 13 quarters on."),
        (12, "Trial limits: 12 quarters so far, and limits are settled from 13 quarters on."),
        (13, ""),
    ],
)
def test_trial_limits_are_said_aloud(points: int, words: str) -> None:
    assert say_trial(points) == words


def test_confidence_is_graded_in_words() -> None:
    row = {
        "basis": "authority and measure", "comparisons": 6, "usual_revision": 0.44,
        "largest_revision": 0.9, "grade": "fair",
    }  # fmt: skip
    measure = CATALOGUE["rereferrals_pct"]
    assert say_confidence(row, measure) == (
        "usually within 0.5 percentage points of the published figure (6 comparisons)"
    )
    shared = say_confidence(row | {"basis": "measure in the region"}, measure)
    assert shared.endswith("(6 comparisons of the region's authorities)")
    few = say_confidence(row | {"comparisons": 1, "grade": "too few to say"}, measure)
    assert few == (
        "within 0.9 percentage points of the published figure so far, too few to say usually "
        "(1 comparison)"
    )
    never = say_confidence(row | {"comparisons": 0, "grade": "never checked"}, measure)
    assert never == "never yet compared with a published figure"


def test_firmness_dispersion_and_rules_in_words() -> None:
    firm = {"firmness": "holds", "made": 8, "changed": 0, "words": ""}
    assert say_firmness(firm) == "Holds under all 8 other comparisons that could be made."
    assert "the one other" in say_firmness(firm | {"made": 1})
    shaky = {"firmness": "depends on the comparison", "made": 8, "changed": 1, "words": "England"}
    assert say_firmness(shaky) == (
        "Depends on the comparison: 1 of 8 other comparisons would not say so (England)."
    )
    assert say_firmness(firm | {"firmness": "not tested"}).startswith("Not tested")
    assert say_dispersion({"phi": math.nan, "overdispersed": False}) == ""
    assert say_dispersion({"phi": 1.04, "overdispersed": False}).startswith("φ = 1.0: ")
    assert "wider limits" in say_dispersion({"phi": 17.5, "overdispersed": True})
    assert say_rules("outside_998, new_signal", load_explain_rules()) == (
        "outside the 99.8% limits; a new signal this quarter"
    )
