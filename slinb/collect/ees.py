"""Published files: any "Explore education statistics" CSV in, observations out.

A file is known by its columns and values, not by its name or their order. Symbols become
statuses, never numbers. What cannot be read is told as a query with file, row and column.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from slinb.catalogue.areas import Area, Areas, load_areas
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Kind, Period
from slinb.catalogue.tables import Table, load_tables
from slinb.collect.observe import observe_source
from slinb.errors import PeriodError, Place, PublishedError
from slinb.schema import OBSERVATIONS, QUERIES

#: Levels that the pack holds; an empty level is told by its area code.
LEVELS = ("national", "country", "regional", "region", "local authority", "la", "")
_SAYS_AREA = [
    "geographic_level", "new_la_code", "old_la_code", "la_name",
    "region_code", "region_name", "country_code", "country_name",
]  # fmt: skip
_BETWEEN = "\t"
_NO_CSV = (pd.errors.EmptyDataError, pd.errors.ParserError, pd.errors.ParserWarning)
_IDENTIFIERS: Mapping[Kind, str] = {
    "reporting": "Reporting year",
    "academic": "Academic year",
    "calendar": "Calendar year",
    "september": "30 September",
}


@dataclass(frozen=True)
class FileReading:
    """What one published file says.

    Parameters
    ----------
    file : str
        Its name.
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`.
    problems : DataFrame
        Rows of :data:`slinb.schema.QUERIES`: what was left out of it, and why.
    table : Table
        The catalogue's table that the file is.
    release : str
        Publication and year of its latest period: "Children in need 2025".
    rows : int
        Rows of the file below its header.
    """

    file: str
    observations: pd.DataFrame
    problems: pd.DataFrame
    table: Table
    release: str
    rows: int


@dataclass
class _Problems:
    """Collects what is wrong with one file."""

    file: str
    rows: list[dict[str, str]] = field(default_factory=list)

    def add(self, rule: str, severity: str, problem: str, action: str, **where: str) -> None:
        self.rows.append(
            {"file": self.file, "rule": rule, "severity": severity, "problem": problem,
             "action": action, **where}
        )  # fmt: skip


def read_file(
    path: Path,
    tables: Mapping[str, Table] | None = None,
    measures: Iterable[Measure] | None = None,
) -> FileReading:
    """Read one published CSV.

    Parameters
    ----------
    path : Path
        A CSV in UTF-8 (with or without byte-order mark) or cp1252.
    tables, measures : optional
        The catalogue's own if left out.

    Returns
    -------
    FileReading
        Observations of every measure that has a source in the file's table, for England, its
        regions and authorities, abolished ones included.

    Raises
    ------
    PublishedError
        The file cannot be read as a CSV, or no table of the catalogue describes it.
    """
    frame = read_text(path)
    table = recognise_table(frame, load_tables() if tables is None else tables, path.name)
    problems = _Problems(path.name)
    rows = _key_rows(frame, table, load_areas(), problems)
    release = _name_release(table, rows["period"])
    found = [
        observe_source(rows, table, measure, source, problems.add)
        for measure in (load_measures() if measures is None else measures)
        for source in measure.published
        if source.table == table.id
    ]
    observations = pd.concat(
        [o for o in found if len(o)] or [OBSERVATIONS.empty()], ignore_index=True
    )
    observations = _drop_unborn(observations, load_areas()).assign(
        publisher=table.publisher, release=release, table=table.id, file=path.name
    )
    return FileReading(
        path.name,
        OBSERVATIONS.conform(observations.reset_index(drop=True), fill=True),
        QUERIES.from_rows(list(problems.rows)),
        table,
        release,
        len(frame),
    )


def read_text(path: Path) -> pd.DataFrame:
    """Read a CSV with every cell as text; an empty cell is an empty text.

    Raises
    ------
    PublishedError
        The file is empty, or is no CSV.
    """
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return _read_csv(path, encoding)
        except UnicodeDecodeError:
            continue
        except _NO_CSV as error:
            raise _refuse(path.name, f"cannot be read as a CSV: {error}.") from error
    raise _refuse(path.name, "is neither UTF-8 nor cp1252 text, so no CSV.")


def _read_csv(path: Path, encoding: str) -> pd.DataFrame:
    with warnings.catch_warnings():
        # Lines longer than the header would else be cut, or shift every column by one.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        frame = pd.read_csv(
            path, dtype="str", keep_default_na=False, encoding=encoding, index_col=False
        )
    return frame.fillna("")  # a short line has no cells, not empty ones


def recognise_table(frame: pd.DataFrame, tables: Mapping[str, Table], file: str) -> Table:
    """Return the catalogue's table that a file is.

    Raises
    ------
    PublishedError
        None is, or more than one; the nearest are named with what the file lacks.
    """
    found = [t for t in tables.values() if not t.find_missing(frame.columns) and _holds(frame, t)]
    if len(found) == 1:
        return found[0]
    if found:
        titles = "; ".join(f"“{t.title}”" for t in found)
        raise _refuse(file, f"could be any of these tables of the catalogue: {titles}.")
    raise PublishedError(
        f"Unknown table: no table of the catalogue is like it. {_say_nearest(frame, tables)}",
        "Check that it is the file you meant; to have it read, add it to "
        "slinb/catalogue/tables.toml (docs/catalogue.md says how).",
        Place(file),
    )


def _holds(frame: pd.DataFrame, table: Table) -> bool:
    columns = {own: name for name, own in table.name_columns(frame.columns).items()}
    return all(frame[columns[own]].eq(value).any() for own, value in table.holds.items())


def _say_nearest(frame: pd.DataFrame, tables: Mapping[str, Table]) -> str:
    lacking = sorted(
        (len(missing) / len(t.signature), t.title, missing)
        for t in tables.values()
        if len(missing := t.find_missing(frame.columns)) < len(t.signature)
    )
    said = [
        f"“{title}” ({'lacks ' + ', '.join(missing) if missing else 'holds other values'})"
        for _, title, missing in lacking[:3]
    ]
    return f"Nearest: {'; '.join(said)}." if said else "None is near."


def _refuse(file: str, reason: str) -> PublishedError:
    return PublishedError(
        f"The file {reason}", "Download it again from its publisher, as CSV.", Place(file)
    )


# Keying rows ------------------------------------------------------------------------------


def _key_rows(frame: pd.DataFrame, table: Table, areas: Areas, found: _Problems) -> pd.DataFrame:
    """Return the rows of a file under the catalogue's names, with area, period and row number."""
    named = table.name_columns(frame.columns)
    rows = frame[list(named)].rename(columns=named)
    rows["row"] = range(2, len(rows) + 2)
    rows = _pick_rows(rows, table, found)
    for column, wordings in table.wordings.items():
        other = {said: own for own, others in wordings.items() for said in others}
        rows[column] = rows[column].replace(other)
    rows["area"] = _find_areas(rows, areas, found)
    rows["period"] = _find_periods(rows, table, found)
    rows = rows[rows["area"].ne("") & rows["period"].ne("")]
    return rows.assign(key=rows.groupby(["area", "period"], sort=False).ngroup())


def _pick_rows(rows: pd.DataFrame, table: Table, found: _Problems) -> pd.DataFrame:
    for column, values in table.rows.items():
        if column in rows:
            rows = rows[rows[column].isin(values)]
    if "geographic_level" in rows:
        known = rows["geographic_level"].str.strip().str.casefold().isin(LEVELS)
        for level, left in rows.loc[~known, "geographic_level"].value_counts().items():
            found.add(
                "other_level", "note", f"{left} rows of the level “{level}” were left out.",
                "Nothing: England, regions and authorities are read.", sent=str(level),
            )  # fmt: skip
        rows = rows[known]
    return rows.copy()


def _find_areas(rows: pd.DataFrame, areas: Areas, found: _Problems) -> pd.Series[Any]:
    """Return the ONS code of each row's area, empty where the catalogue does not know it."""
    joined = _join([rows.get(name, "") for name in _SAYS_AREA], rows.index)
    codes: dict[str, str] = {}
    for text in joined.unique():
        said = dict(zip(_SAYS_AREA, text.split(_BETWEEN), strict=True))
        area = _find_area(said, areas)
        codes[text] = _follow_recoding(area, areas).code if area else ""
        if area is None:
            _tell_unknown(said, rows[joined.eq(text)], found)
    return joined.map(codes).astype("str")


def _join(columns: Iterable[pd.Series[Any] | str], index: pd.Index[Any]) -> pd.Series[Any]:
    """Return the words of several columns as one text a row: each combination is read once."""
    blank = pd.Series("", index=index, dtype="str")
    words = [blank + column for column in columns]
    joined = words[0]
    for more in words[1:]:
        joined = joined + _BETWEEN + more
    return joined


def _find_area(said: Mapping[str, str], areas: Areas) -> Area | None:
    """Find the area that a row's codes and names mean.

    A region goes by its name first (files before 2018 give Inner and Outer London the code of
    London). A code that is not known is found again by DfE code and name together: an
    authority keeps both when the ONS gives it a new code.
    """
    said = {column: words.strip() for column, words in said.items()}
    name = said["la_name"] or said["region_name"]
    if said["geographic_level"].casefold() in ("regional", "region"):
        by_name = areas.find(said["region_name"] or name)
        if by_name and by_name.level == "region":
            return by_name
    for code in (said["new_la_code"], said["region_code"], said["region_name"]):
        if len(code) > 1:  # a lone letter is a symbol: this level has no such code
            known = areas.find(code)
            again = areas.find(said["old_la_code"])
            return known or (again if again is not None and again == areas.find(name) else None)
    return areas.find(said["country_code"])


def _follow_recoding(area: Area, areas: Areas) -> Area:
    """Return the authority under its code of today, where only its code changed.

    Files give Somerset, North Yorkshire and Buckinghamshire now the one code, now the other,
    whatever the year. An authority that was split or merged also has a new DfE code.
    """
    if len(area.successors) == 1 and areas[area.successors[0]].old_code == area.old_code:
        return areas[area.successors[0]]
    return area


def _drop_unborn(observations: pd.DataFrame, areas: Areas) -> pd.DataFrame:
    """Leave out "not applicable" of authorities in periods in which they did not exist."""
    doubtful = observations["status"].eq("not_applicable")
    periods = observations.loc[doubtful, "period"].unique()
    living = {p: {a.code for a in areas.authorities(at=Period.parse(p))} for p in periods}
    authorities = {a.code for a in areas if a.level == "authority"}
    gone = [
        maybe and area in authorities and area not in living[period]
        for maybe, area, period in zip(
            doubtful, observations["area"], observations["period"], strict=True
        )
    ]
    return observations[~pd.Series(gone, index=observations.index, dtype="bool")]


def _tell_unknown(said: Mapping[str, str], rows: pd.DataFrame, found: _Problems) -> None:
    code = said["new_la_code"] or said["region_code"] or said["country_code"]
    name = said["la_name"] or said["region_name"] or said["country_name"]
    found.add(
        "unknown_area", "query",
        f"The area “{code or 'without code'}” ({name or 'without name'}) is not in the "
        f"catalogue: {len(rows)} rows were left out.",
        "If it is a new authority or a new code, add it to slinb/catalogue/areas.csv.",
        cell=f"row {rows['row'].iloc[0]}", sent=code,
    )  # fmt: skip


def _find_periods(rows: pd.DataFrame, table: Table, found: _Problems) -> pd.Series[Any]:
    """Return the period id of each row, empty where it cannot be told."""
    if table.dated_by and table.period_kind:
        latest = _read_dates(rows[table.dated_by]).max()
        known = "" if pd.isna(latest) else Period.containing(latest.date(), table.period_kind).id
        return pd.Series(known, index=rows.index, dtype="str")
    if table.period_kind:
        kind = pd.Series(_IDENTIFIERS[table.period_kind], index=rows.index, dtype="str")
    else:
        kind = rows.get("time_identifier", pd.Series("", index=rows.index, dtype="str"))
    joined = _join([rows["time_period"], kind], rows.index)
    ids = {
        text: _read_period(text.split(_BETWEEN), rows, joined.eq(text), found)
        for text in joined.unique()
    }
    return joined.map(ids).astype("str")


def _read_dates(texts: pd.Series[Any]) -> pd.Series[Any]:
    iso = pd.to_datetime(texts.str[:10], format="%Y-%m-%d", errors="coerce")
    return iso.fillna(pd.to_datetime(texts.str[:10], format="%d/%m/%Y", errors="coerce"))


def _read_period(
    pair: list[str], rows: pd.DataFrame, where: pd.Series[Any], found: _Problems
) -> str:
    try:
        return Period.from_ees(*pair).id
    except PeriodError as error:
        found.add(
            "unreadable_period", "query", f"{error.problem} {where.sum()} rows were left out.",
            error.remedy or "Correct the file, or the table's period_kind in the catalogue.",
            cell=f"row {rows.loc[where, 'row'].iloc[0]}", sent=" ".join(pair).strip(),
        )  # fmt: skip
        return ""


def _name_release(table: Table, periods: pd.Series[Any]) -> str:
    if periods.empty:
        return table.publication
    latest = max(Period.parse(text).end for text in periods.unique())
    return f"{table.publication} {latest.year}"
