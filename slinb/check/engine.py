"""Running a suite with Great Expectations, on this machine only.

The one module that imports Great Expectations, and only when a suite is run (the import takes
seconds). A suite is judged on one prepared frame for all authorities at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pandas as pd

from slinb.check.rules import Condition, Expectation, Rule
from slinb.errors import CatalogueError, SchemaError
from slinb.schema import Column, TableSchema

#: Great Expectations' own words for the severities.
_GX_SEVERITY = {"stop": "critical", "query": "warning", "note": "info"}

SUITE_RESULTS = TableSchema(
    "suite results",
    (
        Column("suite", "str", "name of the suite"),
        Column("rule", "str", "id of the rule"),
        Column("severity", "str", "stop, query or note"),
        Column("expectation", "str", "the expectation of Great Expectations"),
        Column("looked_at", "int64", "rows that it applied to"),
        Column("failed", "int64", "rows that failed it"),
    ),
)


@dataclass(frozen=True)
class Outcome:
    """What a suite found.

    Parameters
    ----------
    findings : DataFrame
        One row a failing row and rule: ``row`` (the frame's own column), ``rule``, and ``rank``,
        the rule's place in its suite.
    results : DataFrame
        Rows of :data:`SUITE_RESULTS`.
    """

    findings: pd.DataFrame
    results: pd.DataFrame

    def first_rules(self) -> pd.Series[Any]:
        """Return the first rule that each failing row failed, by row."""
        ordered = self.findings.sort_values(["row", "rank"])
        return ordered.drop_duplicates("row").set_index("row")["rule"]


def run_suite(
    frame: pd.DataFrame,
    name: str,
    rules: Sequence[Rule],
    parameters: dict[str, Any] | None = None,
) -> Outcome:
    """Judge a frame by the rules of one suite.

    Parameters
    ----------
    frame : DataFrame
        The rows to judge, with a column ``row`` that numbers them uniquely.
    name : str
        Name of the suite, for the results.
    rules : sequence of Rule
        In order of precedence.
    parameters : dict, optional
        Values for the suite's ``$PARAMETER``s.

    Raises
    ------
    SchemaError
        An expectation could not be evaluated (a column is missing), or one about the whole
        table failed.
    CatalogueError
        Great Expectations does not know an expectation, or refuses its arguments.
    """
    if frame.empty:
        return _collect(name, rules, [])
    gx = _import_gx()
    expectations = [
        _build_expectation(gx, rule, spec, rank, number)
        for rank, rule in enumerate(rules)
        for number, spec in enumerate(rule.expect)
    ]
    batch = _open_batch(gx, frame[_find_columns(frame, rules)])
    suite = gx.ExpectationSuite(name=name, expectations=expectations)
    found = batch.validate(
        suite,
        result_format={
            "result_format": "COMPLETE",
            "unexpected_index_column_names": ["row"],
            "return_unexpected_index_query": False,
        },
        expectation_parameters=parameters,
    )
    return _collect(name, rules, found.results)


def _import_gx() -> ModuleType:
    """Import Great Expectations with everything off that could leave the machine."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # jsonschema tries this optional package, whose import builds a grammar for a second or more.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None bars it
    import great_expectations

    return great_expectations


def _open_batch(gx: ModuleType, frame: pd.DataFrame) -> Any:
    context = gx.get_context(mode="ephemeral", project_config=_configure())
    asset = context.data_sources.add_pandas("slinb").add_dataframe_asset("rows")
    whole = asset.add_batch_definition_whole_dataframe("all")
    return whole.get_batch(batch_parameters={"dataframe": frame})


def _configure() -> Any:
    """Return a configuration that sends nothing, prints nothing and leaves no file behind."""
    from great_expectations.data_context.types import base

    # By default a folder for documentation pages is made, and left, in the temporary folder.
    stores = base.InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    return base.DataContextConfig(
        store_backend_defaults=stores,
        analytics_enabled=False,
        progress_bars=base.ProgressBarsConfig(globally=False, metric_calculations=False),
    )


def _find_columns(frame: pd.DataFrame, rules: Iterable[Rule]) -> list[str]:
    """Return the columns that the rules look at; the whole table where a rule is about it."""
    specs = [spec for rule in rules for spec in rule.expect]
    if any(spec.type.startswith("ExpectTable") for spec in specs):
        return list(frame.columns)
    named = {"row"} | {c.column for spec in specs for c in spec.when}
    for spec in specs:
        named |= {spec.arguments.get(key, "row") for key in ("column", "column_A", "column_B")}
        named |= set(spec.arguments.get("column_list", ()))
    return [column for column in frame.columns if column in named]


def _build_expectation(
    gx: ModuleType, rule: Rule, spec: Expectation, rank: int, number: int
) -> Any:
    arguments = dict(spec.arguments)
    if spec.when:
        arguments["row_condition"] = _build_condition(spec.when)
    if "column_A" in arguments:
        # A figure that is missing is another rule's business.
        arguments.setdefault("ignore_row_if", "either_value_is_missing")
    arguments["severity"] = _GX_SEVERITY[rule.severity]
    # Results come back in another order: this is how each is known again.
    arguments["meta"] = {"rule": rule.id, "rank": rank, "number": number}
    try:
        return getattr(gx.expectations, spec.type)(**arguments)
    except (AttributeError, ValueError) as error:
        raise CatalogueError(
            f"Rule “{rule.id}”: {spec.type} cannot be built: {error}.",
            "Names and arguments are those of Great Expectations; see docs/checks.md.",
        ) from error


def _build_condition(conditions: Iterable[Condition]) -> Any:
    from great_expectations.expectations.row_conditions import Column as Subject

    combined: Any = None
    for condition in conditions:
        subject = Subject(condition.column)
        if condition.is_in:
            built = subject.is_in(list(condition.is_in))
        elif condition.below is not None:
            built = subject < condition.below
        else:
            built = subject >= condition.at_least
        combined = built if combined is None else combined & built
    return combined


def _collect(name: str, rules: Sequence[Rule], results: Iterable[Any]) -> Outcome:
    """Gather the results in the order of the rules; none at all of a frame without rows."""
    by_place = {_find_place(result): result for result in results}
    findings: list[tuple[int, str, int]] = []
    rows: list[dict[str, Any]] = []
    for rank, rule in enumerate(rules):
        for number, spec in enumerate(rule.expect):
            result = by_place.get((rank, number))
            failed = [] if result is None else _failing_rows(result, rule)
            looked_at = 0 if result is None else _count_rows(result)
            findings += [(row, rule.id, rank) for row in failed]
            rows.append(
                {
                    "suite": name,
                    "rule": rule.id,
                    "severity": rule.severity,
                    "expectation": spec.type,
                    "looked_at": looked_at,
                    "failed": len(failed),
                }
            )
    table = pd.DataFrame(findings, columns=["row", "rule", "rank"])
    table = table.astype({"row": "int64", "rule": "str", "rank": "int64"})
    return Outcome(table.drop_duplicates(["row", "rule"]), SUITE_RESULTS.from_rows(rows))


def _find_place(result: Any) -> tuple[int, int]:
    meta = result.expectation_config.meta
    return meta["rank"], meta["number"]


def _count_rows(result: Any) -> int:
    counted = result.result or {}
    return (counted.get("element_count") or 0) - (counted.get("missing_count") or 0)


def _failing_rows(result: Any, rule: Rule) -> list[int]:
    if result.success:
        return []
    if "unexpected_index_list" in result.result:
        # Absent (None) where a table has no rows to name.
        return [int(entry["row"]) for entry in result.result["unexpected_index_list"] or []]
    # A missing column fails an expectation without raising, and so does a whole-table one:
    # neither names a row, and silence would read as a clean bill.
    if reason := _say_exception(result):
        raise SchemaError(
            f"Rule “{rule.id}” could not be judged: {reason}",
            "Does the rule name a column that is prepared? See docs/checks.md.",
        )
    raise SchemaError(f"Rule “{rule.id}”: {rule.problem}", rule.action)


def _say_exception(result: Any) -> str:
    info = result.exception_info or {}
    nested = [v for v in info.values() if isinstance(v, dict)] or [info]
    return "; ".join(sorted({str(v.get("exception_message") or "") for v in nested} - {""}))
