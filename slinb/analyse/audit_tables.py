"""The result tables of the audits: every column once, with its meaning."""

from __future__ import annotations

from slinb.schema import Column, Dtype, TableSchema

_WHO: tuple[tuple[str, Dtype, str], ...] = (
    ("area", "str", "ONS code of the authority, or of the region (its audits pooled)"),
    ("period", "str", "quarter of the audits"),
)
_STATUS: tuple[str, Dtype, str] = (
    "status",
    "str",
    "final; suppressed where too few cases stand behind it; missing where none does",
)
_SHARE: tuple[tuple[str, Dtype, str], ...] = (
    ("value", "float64", "per cent"),
    ("lower", "float64", "lower 95% limit (Wilson), per cent"),
    ("upper", "float64", "upper 95% limit"),
    _STATUS,
)
_GRADED: tuple[tuple[str, Dtype, str], ...] = (
    ("n", "float64", "cases with a grade; given even where the grades are withheld"),
    ("good", "float64", "of them graded good or better"),
    ("grade_1", "float64", "graded outstanding"),
    ("grade_2", "float64", "graded good"),
    ("grade_3", "float64", "graded requires improvement to be good"),
    ("grade_4", "float64", "graded inadequate"),
    *_SHARE,
)


def _table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    return TableSchema(name, tuple(Column(*column) for column in columns))


AUDIT_GRADES = _table(
    "audit grades",
    *_WHO,
    ("basis", "str", "own or moderated overall grade"),
    ("breakdown", "str", "auditor, cohort, age_band, tool; empty for all cases"),
    ("category", "str", "id of the category; “not given” where the case does not say"),
    *_GRADED,
    ("ungraded", "float64", "cases without such a grade"),
    ("left_out", "float64", "authorities whose withheld cases the region's row is without"),
)

QUESTION_PROFILE = _table(
    "question profile",
    *_WHO,
    ("question", "str", "id of the question"),
    *_GRADED,
    ("not_applicable", "float64", "cases to which the question does not apply"),
    ("unanswered", "float64", "cases without an answer, or with one that could not be read"),
    ("left_out", "float64", "authorities whose withheld cases the region's row is without"),
)

MODERATION = _table(
    "moderation",
    *_WHO,
    ("n", "float64", "cases with both an own and a moderated grade"),
    ("same", "float64", "graded alike"),
    ("up", "float64", "moderated to a better grade"),
    ("down", "float64", "moderated to a worse grade"),
    *_SHARE[:3],
    ("kappa", "float64", "Cohen's kappa, linear weights; missing below the least pairs"),
    ("kappa_lower", "float64", "lower 95% limit"),
    ("kappa_upper", "float64", "upper 95% limit"),
    ("kappa_plain", "float64", "Cohen's kappa without weights"),
    _STATUS,
    ("left_out", "float64", "authorities whose withheld cases the region's row is without"),
)

MODERATION_MATRIX = _table(
    "moderation matrix",
    *_WHO,
    ("own", "int64", "own grade"),
    ("moderated", "int64", "grade after moderation"),
    ("n", "float64", "cases; missing by status"),
    _STATUS,
)

AUDIT_THEMES = _table(
    "audit themes",
    *_WHO,
    ("theme", "str", "id of the theme"),
    ("n", "float64", "cases with the theme"),
    ("cases", "float64", "cases audited"),
    *_SHARE,
    ("left_out", "float64", "authorities whose withheld cases the region's row is without"),
)

ACTION_TIMES = _table(
    "actions in time",
    *_WHO,
    ("actions", "float64", "actions agreed"),
    ("due", "float64", "of them due by the day, with a day that can be read"),
    ("in_time", "float64", "of the due, completed by their day"),
    ("late", "float64", "of the due, completed after it"),
    ("overdue", "float64", "of the due, not completed"),
    ("not_due", "float64", "not yet due"),
    ("unclear", "float64", "without a day that can be read: neither in time nor late"),
    *_SHARE,
    ("left_out", "float64", "authorities whose withheld actions the region's row is without"),
)

AUDITOR_GAP = _table(
    "own and peer auditors",
    *_WHO,
    ("own_n", "float64", "cases that the authority's own auditors graded"),
    ("own_value", "float64", "per cent good or better by them"),
    ("peer_n", "float64", "cases that auditors of another authority graded"),
    ("peer_value", "float64", "per cent good or better by them"),
    ("gap", "float64", "own less peer, percentage points"),
    ("lower", "float64", "lower 95% limit of the gap"),
    ("upper", "float64", "upper 95% limit"),
    ("verdict", "str", "own higher, own lower, no real difference or not compared"),
    _STATUS,
)
