"""The rules as a page for people: the middle part of ``docs/checks.md`` is made from the suites.

``python -m slinb.check.describe docs/checks.md`` writes it anew after a rule has changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from slinb.check.rules import SUITES, Condition, Expectation, Rule, RuleBook, load_rules
from slinb.errors import ParameterError

BEGIN = "<!-- rules: made from slinb/check/suites; do not edit between these lines -->"
END = "<!-- end of rules -->"
_HEADINGS = {
    "structure": "1. Structure: whose figure, of what, when",
    "values": "2. Values: can this be true at all?",
    "questions": "3. Questions: is this likely?",
    "returns": "4. Returns: did they come, and in time?",
    "completeness": "5. Completeness: what came before and not now",
}


def describe_rules(rules: RuleBook) -> str:
    """Return a Markdown section for each rule: what, why, severity, message, thresholds.

    Parameters
    ----------
    rules : RuleBook
        From :func:`slinb.check.rules.load_rules`.
    """
    parts = []
    for name in sorted(SUITES, key=list(_HEADINGS).index):
        parts.append(f"## {_HEADINGS[name]}\n\nFile: `slinb/check/suites/{name}.toml`.")
        parts += [_describe_rule(rule) for rule in rules.suites[name]]
    return "\n\n".join(parts)


def _describe_rule(rule: Rule) -> str:
    expectations = "\n".join(f"  - {_describe_expectation(e)}" for e in rule.expect)
    return (
        f"### `{rule.id}` ({rule.severity})\n\n"
        f"- **Looks for:** {rule.looks_for}\n"
        f"- **If ignored:** {rule.why}\n"
        f"- **Says:** “…: {rule.problem}” “{rule.action}”\n"
        f"- **Judged by:**\n{expectations}"
    )


def _describe_expectation(expectation: Expectation) -> str:
    arguments = ", ".join(f"{k} = {_say(v)}" for k, v in expectation.arguments.items())
    conditions = " and ".join(_describe_condition(c) for c in expectation.when)
    return f"`{expectation.type}` ({arguments})" + (f" where {conditions}" if conditions else "")


def _say(value: Any) -> str:
    if isinstance(value, dict):
        return f"the {str(value['$PARAMETER']).replace('_', ' ')}"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return "[" + ", ".join(map(str, value)) + "]"
    return f"{value:,}" if isinstance(value, int | float) else f"`{value}`"


def _describe_condition(condition: Condition) -> str:
    if condition.is_in:
        return f"`{condition.column}` is {' or '.join(condition.is_in)}"
    if condition.below is not None:
        return f"`{condition.column}` < {condition.below:g}"
    return f"`{condition.column}` ≥ {condition.at_least:g}"


def refresh_page(page: str, rules: RuleBook) -> str:
    """Return a page with the part between its two marks made anew.

    Raises
    ------
    ParameterError
        The page lacks a mark.
    """
    if BEGIN not in page or END not in page:
        raise ParameterError("The page lacks its two marks.", f"They are “{BEGIN}” and “{END}”.")
    before, after = page.split(BEGIN)[0], page.split(END)[1]
    return f"{before}{BEGIN}\n\n{describe_rules(rules)}\n\n{END}{after}"


if __name__ == "__main__":
    target = Path(sys.argv[1])
    fresh = refresh_page(target.read_text(encoding="utf-8"), load_rules())
    target.write_text(fresh, encoding="utf-8", newline="\n")
