"""From a figure of the audits back to the cell of each grade that it counts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from slinb.analyse.audits import BASES, BREAKDOWNS, NOT_GIVEN
from slinb.batch.trace_names import Name
from slinb.batch.trace_parts import PARTS, Figure
from slinb.catalogue.audits import AuditInstrument

_GOOD = "good or better"
_BASIS = {"own": "own grade", "moderated": "moderated grade"}
_BREAKDOWNS = {"auditor": "auditor", "cohort": "cohort", "age_band": "age", "tool": "tool"}


@dataclass(frozen=True)
class AuditTracer:
    """Traces the figures of a quarter's audits, of one edition.

    Parameters
    ----------
    instrument : AuditInstrument
    cases, answers : DataFrame
        ``AUDIT_CASES`` and ``AUDIT_ANSWERS`` of :mod:`slinb.collect.audit_tables`.
    grades, questions, moderation : DataFrame
        The result tables of the edition: what its page shows.
    authorities : tuple of str
        ONS codes of the region's authorities.
    region : str
        ONS code of the region.
    """

    instrument: AuditInstrument
    cases: pd.DataFrame
    answers: pd.DataFrame
    grades: pd.DataFrame
    questions: pd.DataFrame
    moderation: pd.DataFrame
    authorities: tuple[str, ...]
    region: str

    def list_names(self) -> list[Name]:
        """Return what each figure of the audits is called."""
        return [*self._name_grades(), *self._name_questions(), *self._name_moderation()]

    def _name_grades(self) -> Iterator[Name]:
        rows = self.grades[["basis", "breakdown", "category"]].drop_duplicates()
        for row in rows.to_dict("records"):
            basis, breakdown = str(row["basis"]), str(row["breakdown"])
            words = self._label(breakdown, str(row["category"]))
            options = (f"{_BREAKDOWNS[breakdown]}: {words}",) if breakdown else ()
            key = {"kind": "grades", **{str(name): word for name, word in row.items()}}
            item = f"{_GOOD}, {_BASIS[basis]}"
            yield Name("audits", item, options, "Overall grades", "share overall whole", key)

    def _label(self, breakdown: str, category: str) -> str:
        if breakdown not in BREAKDOWNS or category == NOT_GIVEN:
            return category
        choices = self.instrument.choices(breakdown)  # type: ignore[arg-type]
        return next((c.label for c in choices if c.id == category), category)

    def _name_questions(self) -> Iterator[Name]:
        for q in self.instrument.questions:
            key = {"kind": "questions", "question": q.id}
            yield Name(
                "audits", f"question {q.number}", (), q.short, f"{q.id} {q.short} profile", key
            )

    def _name_moderation(self) -> Iterator[Name]:
        key = {"kind": "moderation"}
        also = "moved down worse"
        yield Name("audits", "moderation", (), "Grades that moderation made worse", also, key)

    def read_figure(self, name: Name, area: str) -> Figure:
        """Return a figure as the page shows it; without a row of its own it is missing."""
        table: pd.DataFrame = getattr(self, name.key["kind"])
        rows = table[table["area"].eq(area)]
        for column, word in name.key.items():
            if column != "kind":
                rows = rows[rows[column].eq(word)]
        if rows.empty:
            return Figure(math.nan, "%", "missing", math.nan)
        row = rows.iloc[0]
        above = "down" if name.key["kind"] == "moderation" else "good"
        return Figure(row["value"], "%", row["status"], row[above], row["n"])

    def list_absent(self, name: Name, area: str) -> list[str]:
        """Return the authorities that a region's figure is without: they audited nobody."""
        here = set(self.trace(name, area)["area"])
        return [c for c in self.authorities if c not in here] if area == self.region else []

    def trace(self, name: Name, area: str) -> pd.DataFrame:
        """Return the cells behind a figure, a row for each case.

        Returns
        -------
        DataFrame
            Rows of :data:`slinb.batch.trace_parts.PARTS`. A case without a grade has a row
            that says why, and counts on neither side.
        """
        make = {
            "grades": self._trace_grades,
            "questions": self._trace_question,
            "moderation": self._trace_moderation,
        }
        rows = make[name.key["kind"]](name.key)
        codes = self.authorities if area == self.region else (area,)
        order = {code: i for i, code in enumerate(codes)}
        rows = rows[rows["area"].isin(codes)]
        rows = rows.assign(place=rows["area"].map(order)).sort_values("place", kind="stable")
        return PARTS.conform(rows[[c for c in PARTS.names if c in rows]], fill=True)

    def _trace_grades(self, key: Mapping[str, Any]) -> pd.DataFrame:
        rows = self.cases
        if key["breakdown"]:
            rows = rows[rows[key["breakdown"]].replace("", NOT_GIVEN).eq(key["category"])]
        basis = key["basis"]
        graded = rows.assign(
            grade=rows[basis], status=rows[f"{basis}_status"], cell=self._cells(rows, basis)
        )
        return self._count_good(graded)

    def _trace_question(self, key: Mapping[str, Any]) -> pd.DataFrame:
        return self._count_good(self.answers[self.answers["question"].eq(key["question"])])

    def _count_good(self, rows: pd.DataFrame) -> pd.DataFrame:
        known = rows["grade"].notna()
        words = {float(g.number): g.word for g in self.instrument.grades}
        grade = ", " + rows["grade"].map(words).astype("str")
        return rows.assign(
            label=rows["case"] + grade.where(known, ""),
            numerator=rows["grade"].isin(self.instrument.good).astype("float64").where(known),
            denominator=known.astype("float64").where(known),
            excluded=math.nan,
            status=rows["status"].where(~known, "final"),
        )

    def _trace_moderation(self, _: Mapping[str, Any]) -> pd.DataFrame:
        both = self.cases[self.cases["own"].notna() & self.cases["moderated"].notna()]
        own, after = (both[basis].map("{:.0f}".format) for basis in BASES)
        return both.assign(
            label=both["case"] + ", " + own + " moderated to " + after,
            # Grades run from best to worst: a higher number is a worse grade.
            numerator=both["moderated"].gt(both["own"]).astype("float64"),
            denominator=1.0,
            excluded=math.nan,
            status="final",
            cell=self._cells(both, "own") + ", " + self._cells(both, "moderated"),
        )

    def _cells(self, rows: pd.DataFrame, grade: str) -> pd.Series[Any]:
        # A quarter that was collected by an earlier version knows the line only.
        name = f"{grade}_cell"
        return rows[name] if name in rows else rows["cell"]
