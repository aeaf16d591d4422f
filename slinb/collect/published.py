"""Official figures: the committed pack, and newly downloaded files laid over it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from slinb.catalogue.measures import load_measures, population_period
from slinb.catalogue.periods import Period
from slinb.collect.ees import FileReading, read_file
from slinb.collect.observe import COMPUTED
from slinb.errors import PublishedError
from slinb.schema import OBSERVATIONS, QUERIES, VALUE_STATUSES

PACK_NAME = "published.parquet"
POPULATION = "population_0_17"
FIGURE = ["area", "period", "measure"]
#: files that may lie in a folder of downloads without being figures
_NOT_FIGURES = {".md", ".txt", ".pdf", ".html", ".json"}


def load_pack(path: Path) -> pd.DataFrame:
    """Read the published pack.

    Parameters
    ----------
    path : Path
        The pack, or the folder that holds it (``data/raw/published``).

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`, one per area, period and measure, sorted by
        measure, area and period. ``cell`` is the row of the publisher's file.

    Raises
    ------
    PublishedError
        There is no pack there.
    """
    file = path / PACK_NAME if path.is_dir() else path
    if not file.exists():
        raise PublishedError(
            f"There is no published pack at {file}.",
            "Restore it with `git checkout`, or make it with `slinb pack FOLDER`.",
        )
    rows = pd.read_parquet(file)
    cells = ("row " + rows.pop("row").astype("str")).astype("str")
    return OBSERVATIONS.conform(rows.assign(cell=cells), fill=True)


def read_downloads(
    folder: Path, pack: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every published CSV in a folder and its subfolders.

    Parameters
    ----------
    folder : Path
        The downloads folder; one that does not exist holds nothing.
    pack : DataFrame, optional
        Observations that hold the populations, where the folder itself holds none.

    Returns
    -------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`, one per area, period and measure; where
        files state the same figure, that of the later release.
    problems : DataFrame
        Rows of :data:`slinb.schema.QUERIES`: unknown tables by name, areas that are not known,
        cells that are no number. The other files are read all the same.
    """
    readings, problems = read_folder(folder)
    merged = merge_releases([reading.observations for reading in readings])
    return add_population(merged, pack), problems


def read_folder(folder: Path) -> tuple[list[FileReading], pd.DataFrame]:
    """Read every published file of a folder; what cannot be read is a problem, not an end."""
    readings: list[FileReading] = []
    problems: list[dict[str, Any]] = []
    for path in sorted(folder.rglob("*"), key=lambda p: p.as_posix()):
        if not path.is_file() or path.name.startswith((".", "~$")):
            continue
        if path.suffix.lower() in _NOT_FIGURES:
            continue
        try:
            readings.append(_read_one(path))
        except PublishedError as error:
            problems.append(_tell(path, error))
    frames = [reading.problems for reading in readings if len(reading.problems)]
    told = pd.concat([*frames, QUERIES.from_rows(problems)]).drop_duplicates()
    return readings, QUERIES.conform(told.reset_index(drop=True))


def _read_one(path: Path) -> FileReading:
    if path.suffix.lower() != ".csv":
        raise PublishedError(
            f"“{path.name}” is no CSV and was not read.",
            "Download the table as CSV from its publisher, or take the file out of the folder.",
        )
    return read_file(path)


def _tell(path: Path, error: PublishedError) -> dict[str, Any]:
    unknown = error.problem.startswith("Unknown table")
    return {
        "severity": "query",
        "rule": "unknown_table" if unknown else "unreadable_file",
        "file": path.name,
        "problem": error.problem,
        "action": error.remedy,
    }


def merge_releases(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Put observations together; of one figure stated twice, the later release stands.

    Parameters
    ----------
    frames : sequence of DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`. Of two releases of the same year, the one in
        the later frame stands (a download over the pack).

    Returns
    -------
    DataFrame
        One row per area, period and measure, sorted by measure, area and period. A later
        release stands even where it withholds what an earlier one stated: that is a
        correction, too.
    """
    rows = pd.concat(frames, ignore_index=True) if len(frames) else OBSERVATIONS.empty()
    rank = rows["release"].str.extract(r"(\d{4})$")[0].fillna("0")
    newest = rows.assign(rank=rank).sort_values("rank", kind="stable").drop_duplicates(
        FIGURE, keep="last"
    )  # fmt: skip
    ordered = newest.drop(columns="rank").sort_values(["measure", "area", "period"])
    return ordered.reset_index(drop=True)


def add_population(observations: pd.DataFrame, pack: pd.DataFrame | None = None) -> pd.DataFrame:
    """Lay the ONS population under the rates whose publisher states no denominator.

    The estimate is that of :func:`slinb.catalogue.measures.population_period`; a value that
    the publisher does not state is worked out from it. A rate that has neither says so.

    Parameters
    ----------
    observations : DataFrame
        Rows of :data:`slinb.schema.OBSERVATIONS`.
    pack : DataFrame, optional
        Further rows in which populations may stand; those of ``observations`` go first.
    """
    rows = observations.copy()
    multipliers = {m.id: m.multiplier for m in load_measures() if m.uses_population}
    bare = rows["measure"].isin(list(multipliers)) & rows["denominator"].isna()
    if not bare.any():
        return rows
    years = {p: population_period(Period.parse(p)).id for p in rows.loc[bare, "period"].unique()}
    year = rows.loc[bare, "period"].map(years)
    population = _find_population(observations, pack)
    keys = pd.MultiIndex.from_arrays([rows.loc[bare, "area"], year])
    rows.loc[bare, "denominator"] = population.reindex(keys).to_numpy()
    return _work_out(rows, bare, rows["measure"].map(multipliers), year)


def _find_population(observations: pd.DataFrame, pack: pd.DataFrame | None) -> pd.Series[Any]:
    both = observations if pack is None else pd.concat([observations, pack])
    found = both[both["measure"].eq(POPULATION)].drop_duplicates(["area", "period"])
    return found.set_index(["area", "period"])["value"]


def _work_out(
    rows: pd.DataFrame, bare: pd.Series[Any], multiplier: pd.Series[Any], year: pd.Series[Any]
) -> pd.DataFrame:
    worked = (multiplier * rows["numerator"] / rows["denominator"]).where(bare)
    fill = worked.notna() & rows["value"].isna() & rows["status"].eq("final")
    lost = bare & rows["value"].isna() & ~fill & rows["status"].isin(VALUE_STATUSES)
    rows["value"] = rows["value"].where(~fill, worked)
    rows["status"] = rows["status"].mask(lost, "not_available")
    said = ("Over the ONS estimate of mid-" + year.str[:4] + ". ").reindex(
        rows.index, fill_value=""
    )
    own = rows["note"].mask(fill, COMPUTED)
    rows["note"] = own.mask(bare, said + own).str.strip()
    return rows
