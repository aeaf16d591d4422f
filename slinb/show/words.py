"""Findings as sentences: tested patterns that say what a result row holds, and nothing else.

A pattern is a text with gaps. What fills a gap comes from one row of a result table; which
pattern is used follows from that row alone. Sentences avoid "is" and "are" beside a measure's
name, which may be either.
"""

from __future__ import annotations

import pandas as pd

from slinb.catalogue.areas import Areas
from slinb.catalogue.measures import Measure, Measures
from slinb.catalogue.periods import Period
from slinb.schema import MESSAGES
from slinb.show.formats import format_counts, format_number, format_period
from slinb.show.phrases import (
    join_names,
    name_area,
    own_area,
    say_polarity,
    say_value,
    say_when,
)
from slinb.show.rows import Row, list_rows
from slinb.show.sentences import name_benchmark

REAL_CHANGES = ("improved", "worsened", "rose", "fell")
_DEPENDS = "depends on the comparison"

#: Messages, by pattern: what a finding says.
_MESSAGES = {
    "differs": "{area} is {judgement} than {benchmark} on {measure} {when}: {figure} against "
    "{benchmark_figure}{level} ({polarity}).{travel}{firmness}",
    "signal": "{area} shows a new signal on {measure}: {signal}{trial}. The figure {when} is "
    "{figure}{standing} ({polarity}).",
    "moved": "{measure} {moved} in {area}{for_what}: {figure} {when}, from {year_ago} a year "
    "earlier{standing} ({polarity}).",
    "spread": "On {measure}, {count} really {differ} from {owner} {benchmark_figure} {when}: "
    "{sides} ({polarity}).",
    "spread_own": "On {measure}, {count} really {differ} from {each} statistical neighbours "
    "{when}: {sides} ({polarity}).",
    "no_difference": "{area} does not really differ from {benchmark} on {compared}.",
    "no_figures": "There is no figure of {area} that could be compared with {benchmark}.",
    "region_no_difference": "No authority really differs from {benchmark} on {compared}.",
    "region_no_figures": "There is no figure that could be compared with {benchmark}.",
}

#: Key lines of enquiry, by pattern: questions, not verdicts.
_QUESTIONS = {
    "differs_worse": "What lies behind {owned} {figure} on {measure}, against {owner} "
    "{benchmark_figure}, and what is being done about it?",
    "differs_worsened": "Why did {area} go from {year_ago} to {figure} in a year on "
    "{measure}, against {owner} {benchmark_figure}?",
    "differs_better": "What is behind {owned} {figure} on {measure}, better than {owner} "
    "{benchmark_figure}, and what of it could others use?",
    "differs_side": "Do need, practice or recording explain {owned} {figure} on {measure}, "
    "{judgement} than {owner} {benchmark_figure}?",
    "differs_depends": "Which comparison is the fair one for {area} on {measure}: "
    "{figure} is {judgement} than {owner} {benchmark_figure}, but not with {flips_it}?",
    "signal": "What happened in {area} on {measure}, where {signal}{trial}?",
    "moved_improved": "What helped {area} on {measure}, from {year_ago} to {figure} in a "
    "year, and will it last?",
    "moved_worsened": "What lies behind the change in {area} on {measure}, from "
    "{year_ago} to {figure} in a year, and will it go on?",
    "moved_side": "Do need, practice or recording explain the change in {area} on "
    "{measure}, from {year_ago} to {figure} in a year?",
    "spread_judged": "What could {worse} learn from {better} on {measure}?",
    "spread_one_way": "What sets {some} apart from {benchmark_plural} on {measure}?",
    "spread_sides": "Do need, practice or recording set {above} (higher) apart from {below} "
    "(lower) on {measure}?",
}

_SIGNALS = {
    "outside": "the latest quarter lies outside the usual range",
    "trend": "quarter after quarter has gone the same way",
    "two_of_three": "the latest quarters lie close to the edge of the usual range",
    "shift": "quarter after quarter has stayed on one side of the average",
}
_SIDES = {
    "better": "for the better",
    "worse": "for the worse",
    "higher": "on the high side",
    "lower": "on the low side",
}
_TREND_SIDES = {"higher": "upwards", "lower": "downwards"}
_FOR_WHAT = {"improved": ", for the better", "worsened": ", for the worse"}
_MOST_DECIMALS = 4


def write_messages(findings: pd.DataFrame, measures: Measures, areas: Areas) -> pd.DataFrame:
    """Write the sentence of each finding.

    Parameters
    ----------
    findings : DataFrame
        Rows of :data:`slinb.schema.FINDINGS`.
    measures : Measures
    areas : Areas

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.MESSAGES`, one per finding and in its order; ``pattern`` is
        the id of the pattern that was filled.
    """
    return MESSAGES.from_rows([_write_finding(row, measures, areas) for row in list_rows(findings)])


def _write_finding(row: Row, measures: Measures, areas: Areas) -> dict[str, object]:
    pattern = _choose_pattern(row, measures, areas)
    table = _MESSAGES if row["kind"] == "message" else _QUESTIONS
    gaps = _fill_gaps(row, measures, areas)
    text = table[pattern].format_map(gaps)
    keep = ("area", "kind", "order", "about", "measure", "period", "benchmark")
    return {**{name: row[name] for name in keep}, "text": _capitalise(text), "pattern": pattern}


def _choose_pattern(row: Row, measures: Measures, areas: Areas) -> str:
    if row["pattern"] in ("no_difference", "no_figures"):
        regional = areas[row["about"]].level != "authority"
        return f"region_{row['pattern']}" if regional else str(row["pattern"])
    if row["kind"] == "message" and row["pattern"] == "spread":
        return "spread_own" if row["benchmark"] == "neighbours" else "spread"
    if row["kind"] == "message" or row["pattern"] == "signal":
        return str(row["pattern"])
    if row["pattern"] == "spread":
        return _choose_spread(row, measures[row["measure"]])
    if row["pattern"] == "moved":
        judged = {"improved": "improved", "worsened": "worsened"}
        return f"moved_{judged.get(row['travel'], 'side')}"
    return f"differs_{_choose_difference(row)}"


def _choose_spread(row: Row, measure: Measure) -> str:
    if not (row["above"] and row["below"]):
        return "spread_one_way"
    return "spread_sides" if measure.polarity == "none" else "spread_judged"


def _choose_difference(row: Row) -> str:
    if row["firmness"] == _DEPENDS:
        return "depends"
    if row["judgement"] == "worse":
        return "worsened" if row["travel"] == "worsened" else "worse"
    return "better" if row["judgement"] == "better" else "side"


def _fill_gaps(row: Row, measures: Measures, areas: Areas) -> dict[str, str]:
    """Return every gap's words; a gap that the row cannot fill is not asked for by its pattern."""
    area = areas[row["about"]]
    owner, benchmark = name_benchmark(row["benchmark"]) if row["benchmark"] else ("", "")
    absent = sorted(name_area(areas[code]) for code in row["absent"].split())
    without = f" without {join_names(absent)}" if absent and row["kind"] == "message" else ""
    gaps = {
        "area": name_area(area) + without,
        "owned": own_area(area),
        "benchmark": benchmark,
        "benchmark_plural": benchmark.replace("its ", "their "),
        "owner": owner,
        "compared": _say_measures(row["compared"]),
        "judgement": row["judgement"],
        "flips_it": row["flips_it"],
    }
    return gaps | (_fill_measure(row, measures[row["measure"]], areas) if row["measure"] else {})


def _fill_measure(row: Row, measure: Measure, areas: Areas) -> dict[str, str]:
    measure = _sharpen(row, measure)
    return {
        "measure": f"“{measure.short}”",
        "polarity": say_polarity(measure),
        "figure": _say_figure(row, measure),
        "when": say_when(row["period"], measure),
        "year_ago": say_value(row["year_ago"], measure),
        "benchmark_figure": _say_benchmark(row, measure),
        "standing": _say_standing(row, measure),
        "level": ", beyond the 99.8% limits" if row["judgement_998"] == row["judgement"] else "",
        "travel": _say_travel(row, measure),
        "moved": "rose" if row["value"] > row["year_ago"] else "fell",
        "for_what": _FOR_WHAT.get(row["travel"], ""),
        "firmness": _say_firmness(row),
        "signal": _say_signal(row),
        "trial": " (trial limits, as the series is short)" if row["trial"] else "",
        **_say_sides(row, measure, areas),
    }


def _sharpen(row: Row, measure: Measure) -> Measure:
    """Give a measure the decimals at which two figures that really differ look different."""
    pairs = []
    if row["judgement"] in ("better", "worse", "higher", "lower"):
        pairs.append((row["value"], row["benchmark_value"]))
    if row["travel"] in REAL_CHANGES:
        pairs.append((row["value"], row["year_ago"]))
    decimals = measure.decimals
    while decimals < _MOST_DECIMALS and any(
        format_number(a, decimals) == format_number(b, decimals) for a, b in pairs
    ):
        decimals += 1
    return measure.model_copy(update={"decimals": decimals})


def _say_figure(row: Row, measure: Measure) -> str:
    counts = format_counts(row["numerator"], row["denominator"], measure)
    value = say_value(row["value"], measure)
    if row["status"] == "estimated":
        counts = f"{counts}; estimated" if counts else "estimated"
    return f"{value} ({counts})" if counts and row["kind"] == "message" else value


def _say_benchmark(row: Row, measure: Measure) -> str:
    value = say_value(row["benchmark_value"], measure)
    other = row["benchmark_period"] not in ("", row["period"])
    if not (value and other and row["kind"] == "message"):
        return value
    return f"{value} ({format_period(Period.parse(row['benchmark_period']), measure.shown)})"


def _say_standing(row: Row, measure: Measure) -> str:
    if row["judgement"] != "similar":
        return ""
    owner, _ = name_benchmark(row["benchmark"])
    return f", not really different from {owner} {_say_benchmark(row, measure)}"


def _say_travel(row: Row, measure: Measure) -> str:
    if row["travel"] not in REAL_CHANGES:
        return ""
    has = "has " if row["travel"] in ("improved", "worsened") else ""
    return f" It {has}{row['travel']} from {say_value(row['year_ago'], measure)} a year earlier."


def _say_firmness(row: Row) -> str:
    if row["firmness"] != _DEPENDS:
        return ""
    return f" This depends on the comparison: it could not be said with {row['flips_it']}."


def _say_signal(row: Row) -> str:
    if not row["flag"]:
        return ""
    sides = _SIDES | (_TREND_SIDES if row["flag"] == "trend" else {})
    return f"{_SIGNALS[row['flag']]}, {sides[row['side']]}"


def _say_measures(count: int) -> str:
    if count == 1:
        return "the one measure that could be compared"
    return f"any of the {format_number(count)} measures that could be compared"


def _say_sides(row: Row, measure: Measure, areas: Areas) -> dict[str, str]:
    """Say who lies on which side of the benchmark, worse before better."""
    above, below = (
        sorted(name_area(areas[code]) for code in row[side].split()) for side in ("above", "below")
    )
    if not above and not below:
        return {}
    words = {"higher": ("better", "worse"), "lower": ("worse", "better")}
    high, low = words.get(measure.polarity, ("higher", "lower"))
    sides = {high: above, low: below}
    ordered = sorted(sides, key=("worse", "higher", "better", "lower").index)
    said = [f"{join_names(sides[w])} {_is(len(sides[w]))} {w}" for w in ordered if sides[w]]
    differing = len(above) + len(below)
    return {
        "sides": "; ".join(said),
        "count": _say_share(differing, row["compared"]),
        "differ": "differs" if differing == 1 else "differ",
        "each": "its" if differing == 1 else "their",
        "some": join_names(above or below),
        "above": join_names(above) if above else "",
        "below": join_names(below) if below else "",
        **{w: join_names(names) for w, names in sides.items() if names},
    }


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _say_share(differing: int, compared: int) -> str:
    if differing == compared:
        every = f"all {compared} authorities compared"
        return "the one authority compared" if compared == 1 else every
    return f"{differing} of the {compared} authorities compared"


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]
