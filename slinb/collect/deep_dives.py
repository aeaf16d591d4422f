"""The deep dives of a quarter: from the returns' deep-dive sheets to tables of counts.

The readers of the return's own measures do not see these sheets, and nothing here reads theirs.
Which of an authority's files counts is settled once, by :mod:`slinb.collect.returns`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.dives import PRACTICE, Dive, load_dives
from slinb.catalogue.measures import load_measures
from slinb.catalogue.periods import Period
from slinb.collect.dive_checks import check_counts, check_risk
from slinb.collect.dive_layout import TABLES, SheetKind, TableName
from slinb.collect.dive_sheets import (
    MarkedSheet,
    Row,
    choose_sheet,
    find_sheets,
    read_counts,
)
from slinb.collect.findings import Finding
from slinb.collect.inbox import FLAT_FILES
from slinb.collect.population import empty_population
from slinb.collect.practice_checks import check_practice
from slinb.collect.practice_sheet import read_practice
from slinb.collect.returns import read_returns
from slinb.collect.workbook import Sheet, open_workbook
from slinb.errors import ReturnError
from slinb.schema import DIVE_COUNTS, DIVE_DURATIONS, DIVE_RISK, QUERIES

_USED = ("used", "late")


@dataclass(frozen=True)
class DeepDives:
    """What the returns of a quarter say of the deep dives.

    Parameters
    ----------
    counts, risk, durations : DataFrame
        :data:`slinb.schema.DIVE_COUNTS`, DIVE_RISK and DIVE_DURATIONS. A row whose numbers
        cannot be used says why in ``status`` and has none.
    queries : DataFrame
        :data:`slinb.schema.QUERIES`: what to ask whom. Their ``measure`` is empty: it is kept
        for the measures of the catalogue.
    """

    counts: pd.DataFrame
    risk: pd.DataFrame
    durations: pd.DataFrame
    queries: pd.DataFrame


def read_deep_dives(
    folder: Path,
    quarter: Period,
    areas: Sequence[Area],
    *,
    submissions: pd.DataFrame | None = None,
) -> DeepDives:
    """Read the deep-dive sheets of the returns that count.

    Parameters
    ----------
    folder : Path
        The quarter's folder of returns.
    quarter, areas
        What was asked, of whom.
    submissions : DataFrame, optional
        ``ReturnsRead.submissions`` of the same folder, where it has been read already: says
        which file of each authority counts. Worked out in the same way if left out.

    Raises
    ------
    ReturnError
        The folder does not exist.
    """
    if submissions is None:
        measures = list(load_measures().quarterly())
        submissions = read_returns(folder, quarter, areas, measures, empty_population()).submissions
    by_code = {area.code: area for area in areas}
    used = find_used(submissions)
    used = used[used["area"].isin(list(by_code))]
    return join_deep_dives(
        read_dives(folder / file, by_code[area], quarter)
        for area, file in zip(used["area"], used["file"], strict=True)
    )


def find_used(submissions: pd.DataFrame) -> pd.DataFrame:
    """Return the submissions that count: one of each authority that sent any."""
    return submissions[submissions["outcome"].isin(_USED)]


def join_deep_dives(dives: Iterable[DeepDives]) -> DeepDives:
    """Put together what several returns say, in their order."""
    read = list(dives)
    return DeepDives(
        pd.concat([DIVE_COUNTS.empty(), *(r.counts for r in read)], ignore_index=True),
        pd.concat([DIVE_RISK.empty(), *(r.risk for r in read)], ignore_index=True),
        pd.concat([DIVE_DURATIONS.empty(), *(r.durations for r in read)], ignore_index=True),
        pd.concat([QUERIES.empty(), *(r.queries for r in read)], ignore_index=True),
    )


def read_dives(path: Path, area: Area, quarter: Period) -> DeepDives:
    """Read the sheets of every deep dive in one authority's return."""
    sheets = _open_sheets(path)
    return join_deep_dives(
        _Reader(path.name, d, area, quarter).read(sheets) for d in load_dives().values()
    )


def read_dive(path: Path, dive: Dive, area: Area, quarter: Period) -> DeepDives:
    """Read the sheets of one deep dive in one authority's return."""
    return _Reader(path.name, dive, area, quarter).read(_open_sheets(path))


def _open_sheets(path: Path) -> tuple[Sheet, ...]:
    if path.suffix.casefold() in FLAT_FILES:
        return ()
    try:
        return open_workbook(path)
    except (ReturnError, OSError):
        return ()  # the readers of the return have said so already


class _Reader:
    """Reads the sheets of one deep dive in one return."""

    def __init__(self, file: str, dive: Dive, area: Area, quarter: Period) -> None:
        self._file, self._dive, self._area, self._quarter = file, dive, area, quarter
        self._findings: list[Finding] = []

    def read(self, sheets: Sequence[Sheet]) -> DeepDives:
        """Read every table, check it, and list what to ask."""
        found = find_sheets(sheets, self._dive)
        if not found:
            self._findings.append(self._ask_all())
            tables = {name: schema.empty() for name, schema in TABLES.items()}
        else:
            tables = {
                name: self._read_table(name, found.get(name, []))
                if name in self._dive.tables
                else schema.empty()
                for name, schema in TABLES.items()
            }
            tables["counts"] = self._take(check_counts(self._dive, tables["counts"]))
            tables["risk"] = self._take(check_risk(tables["risk"]))
            answers = self._read_practice(found.get("practice", []), tables["counts"])
            tables["counts"] = pd.concat([tables["counts"], answers], ignore_index=True)
        rows = [f.as_row(self._area.code, self._quarter.id, self._file) for f in self._findings]
        queries = QUERIES.from_rows([dict(row) for row in rows])
        return DeepDives(tables["counts"], tables["risk"], tables["durations"], queries)

    def _ask_all(self) -> Finding:
        title = self._dive.title
        return Finding(
            "dive_missing",
            f"The return has no sheets of the deep dive “{title}”.",
            f"Run “slinb prepare-return” on your records, with this workbook as the template, "
            f"and send it again, if you take part in the deep dive “{title}”.",
        )

    def _take(self, checked: tuple[pd.DataFrame, list[Finding]]) -> pd.DataFrame:
        self._findings += checked[1]
        return checked[0]

    def _choose(self, kind: SheetKind, found: Sequence[MarkedSheet]) -> MarkedSheet | None:
        chosen, findings = choose_sheet(self._dive, kind, found, self._area, self._quarter)
        self._findings += findings
        return chosen

    def _read_table(self, table: TableName, found: Sequence[MarkedSheet]) -> pd.DataFrame:
        chosen = self._choose(table, found)
        if chosen is None:
            return TABLES[table].empty()
        rows, findings = read_counts(self._dive, table, chosen)
        self._findings += findings
        return TABLES[table].from_rows([{**row, **self._whose()} for row in rows])

    def _read_practice(self, found: Sequence[MarkedSheet], counts: pd.DataFrame) -> pd.DataFrame:
        chosen = self._choose("practice", found) if self._dive.questions else None
        if chosen is None:
            return DIVE_COUNTS.empty()
        rows, findings = read_practice(self._dive, chosen)
        self._findings += findings
        answers = DIVE_COUNTS.from_rows([self._describe(row) for row in rows])
        answers.insert(0, "question", [str(row["question"]) for row in rows])
        final = counts[counts["status"] == "final"]
        return self._take(check_practice(self._dive, answers, final)).drop(columns="question")

    def _describe(self, row: Row) -> Row:
        question = self._dive.question(str(row["question"]))
        own = {
            "measure": question.measure,
            "item": question.item,
            "source": PRACTICE,
            "window": question.window,
            "population": self._dive.whole_population,
            "breakdown": question.breakdown,
            "category": question.category,
            "excluded": 0.0 if row["status"] == "final" else float("nan"),
        }
        return {**{k: v for k, v in row.items() if k != "question"}, **own, **self._whose()}

    def _whose(self) -> Row:
        return {
            "area": self._area.code,
            "period": self._quarter.id,
            "dive": self._dive.id,
            "file": self._file,
        }
