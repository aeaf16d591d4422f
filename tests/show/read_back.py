"""Reading headlines back: what a sentence claims, taken from its words alone.

Written from the sentences a reader sees, not from the module that writes them: a sentence that
no pattern here can read fails the test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMBER = r"(?:−?[\d,]+(?:\.\d+)?)"
_UNIT = r"(?:%| [a-z][a-z0-9 ,()]*?)?"
_FIGURE = rf"{_NUMBER}{_UNIT}"
_COUNTS = r"(?P<counts>[\d,.]+ (?:of|in a population of|over) [\d,.]+)"
_ESTIMATED = r"(?P<estimated>(?:; )?estimated)?"
_BEHIND = rf"(?: \((?:{_COUNTS})?{_ESTIMATED}\))?"
_MEASURE = r"“(?P<measure>[^”]+)”"
_WHEN = r"(?P<when>(?:at|in) [^:,]+?)"
_POLARITY = r"\((?P<polarity>higher is better|lower is better|no judgement)\)"
_WHO = r"(?P<benchmark>the region|England|its statistical neighbours)"
_OWNER = r"(?P<benchmark>the region's|England's|its statistical neighbours')"
_BENCH = rf"(?P<benchmark_value>{_FIGURE})(?: \((?P<benchmark_when>[^)]+)\))?"
_VALUE = rf"(?P<value>{_FIGURE})"
_AGO = rf"(?P<year_ago>{_FIGURE})"
_STANDING = rf"(?:, not really different from {_OWNER} {_BENCH})?"
_SIGNAL = (
    r"(?P<signal>the latest quarter lies outside the usual range|quarter after quarter has gone "
    r"the same way|the latest quarters lie close to the edge of the usual range|quarter after "
    r"quarter has stayed on one side of the average), "
    r"(?P<side>for the better|for the worse|on the high side|on the low side|upwards|downwards)"
    r"(?P<trial> \(trial limits, as the series is short\))?"
)
_SOME = r"all (?P<all>\d+) authorities compared|the one authority compared|(?P<some>\d+) of the "
_SHARE = rf"(?P<share>{_SOME}(?P<of>\d+) authorities compared)"

MESSAGES = {
    "differs": rf"(?P<area>.+?) is (?P<judgement>better|worse|higher|lower) than {_WHO} on "
    rf"{_MEASURE} {_WHEN}: {_VALUE}{_BEHIND} against {_BENCH}"
    rf"(?P<sure>, beyond the 99.8% limits)? {_POLARITY}\."
    rf"(?: It (?P<travel>has improved|has worsened|rose|fell) from {_AGO} a year earlier\.)?"
    r"(?: This depends on the comparison: it could not be said with (?P<flips_it>.+)\.)?",
    "signal": rf"(?P<area>.+?) shows a new signal on {_MEASURE}: {_SIGNAL}\. The figure {_WHEN} is "
    rf"{_VALUE}{_BEHIND}{_STANDING} {_POLARITY}\.",
    "moved": rf"{_MEASURE} (?P<moved>rose|fell) in (?P<area>.+?)"
    rf"(?P<for_what>, for the (?:better|worse))?: {_VALUE}{_BEHIND} {_WHEN}, from {_AGO} a year "
    rf"earlier{_STANDING} {_POLARITY}\.",
    "spread": rf"On {_MEASURE}, {_SHARE} really (?P<verb>differs?) from {_OWNER} {_BENCH} {_WHEN}: "
    rf"(?P<sides>.+) {_POLARITY}\.",
    "spread_own": rf"On {_MEASURE}, {_SHARE} really (?P<verb>differs?) from (?P<each>its|their) "
    rf"statistical neighbours {_WHEN}: (?P<sides>.+) {_POLARITY}\.",
    "no_difference": rf"(?P<area>.+?) does not really differ from {_WHO} on (?P<compared>.+) "
    r"that could be compared\.",
    "no_figures": rf"There is no figure of (?P<area>.+) that could be compared with {_WHO}\.",
    "region_no_difference": rf"No authority really differs from {_WHO} on (?P<compared>.+) that "
    r"could be compared\.",
    "region_no_figures": rf"There is no figure that could be compared with {_WHO}\.",
}
QUESTIONS = {
    "differs_worse": rf"What lies behind (?P<owner>.+?)'s {_VALUE} on {_MEASURE}, against {_OWNER} "
    rf"{_BENCH}, and what is being done about it\?",
    "differs_worsened": rf"Why did (?P<area>.+?) go from {_AGO} to {_VALUE} in a year on {_MEASURE}"
    rf", against {_OWNER} {_BENCH}\?",
    "differs_better": rf"What is behind (?P<owner>.+?)'s {_VALUE} on {_MEASURE}, better than "
    rf"{_OWNER} {_BENCH}, and what of it could others use\?",
    "differs_side": rf"Do need, practice or recording explain (?P<owner>.+?)'s {_VALUE} on "
    rf"{_MEASURE}, (?P<judgement>higher|lower) than {_OWNER} {_BENCH}\?",
    "differs_depends": rf"Which comparison is the fair one for (?P<area>.+?) on {_MEASURE}: "
    rf"{_VALUE} is (?P<judgement>better|worse|higher|lower) than {_OWNER} {_BENCH}, but not with "
    r"(?P<flips_it>.+)\?",
    "signal": rf"What happened in (?P<area>.+?) on {_MEASURE}, where {_SIGNAL}\?",
    "moved_improved": rf"What helped (?P<area>.+?) on {_MEASURE}, from {_AGO} to {_VALUE} in a "
    r"year, and will it last\?",
    "moved_worsened": rf"What lies behind the change in (?P<area>.+?) on {_MEASURE}, from {_AGO} "
    rf"to {_VALUE} in a year, and will it go on\?",
    "moved_side": rf"Do need, practice or recording explain the change in (?P<area>.+?) on "
    rf"{_MEASURE}, from {_AGO} to {_VALUE} in a year\?",
    "spread_judged": rf"What could (?P<worse>.+) learn from (?P<better>.+) on {_MEASURE}\?",
    "spread_one_way": rf"What sets (?P<apart>.+) apart from (?P<plural>the region|England|their "
    rf"statistical neighbours) on {_MEASURE}\?",
    "spread_sides": rf"Do need, practice or recording set (?P<above>.+) \(higher\) apart from "
    rf"(?P<below>.+) \(lower\) on {_MEASURE}\?",
}


@dataclass(frozen=True)
class Figure:
    """A number as it is written: its value and how far rounding may have moved it."""

    value: float
    slack: float

    def stands_for(self, exact: float) -> bool:
        """Whether an exact number would be written so."""
        return abs(exact - self.value) <= self.slack * 1.000001 + 1e-12


def read_sentence(kind: str, pattern: str, text: str) -> dict[str, str]:
    """Return the parts of a sentence, or fail: it must be readable in full."""
    table = MESSAGES if kind == "message" else QUESTIONS
    match = re.fullmatch(table[pattern], text)
    assert match, f"cannot read as {pattern}: {text}"
    return {name: part for name, part in match.groupdict().items() if part}


def read_figure(text: str) -> Figure:
    """Read a written number: "1,234.5%"."""
    number = re.match(_NUMBER, text)
    assert number, text
    plain = number[0].replace(",", "").replace("−", "-")
    decimals = len(plain.partition(".")[2])
    return Figure(float(plain), 0.5 * 10**-decimals)


def read_counts(text: str) -> tuple[float, float]:
    """Read "312 of 1,151" and "9 in a population of 45,530"."""
    above, below = (read_figure(part) for part in re.split(r" [a-z][a-z ]* ", text))
    return above.value, below.value
