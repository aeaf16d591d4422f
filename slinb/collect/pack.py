"""Building the published pack: one compact file out of a folder of published CSVs."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from slinb.collect.ees import FileReading
from slinb.collect.published import PACK_NAME, add_population, merge_releases, read_folder
from slinb.errors import PublishedError

PROVENANCE_NAME = "provenance.csv"
#: columns that a published observation leaves empty, or that its row number says again
_NOT_STORED = ["sent", "sheet", "cell"]


@dataclass(frozen=True)
class BuildReport:
    """What went into a pack.

    Parameters
    ----------
    pack : Path
        The file written.
    observations : int
        Figures in it.
    size : int
        Its size in bytes.
    provenance : DataFrame
        One row per file read: ``file, sha256, table, release, rows_read, figures_read,
        figures_kept`` (the rest stand in a later release).
    problems : DataFrame
        Rows of :data:`slinb.schema.QUERIES`: unknown tables and whatever else was left out.
    """

    pack: Path
    observations: int
    size: int
    provenance: pd.DataFrame
    problems: pd.DataFrame

    def __str__(self) -> str:
        unknown = self.problems.loc[self.problems["rule"].eq("unknown_table"), "file"]
        return (
            f"{self.pack}: {self.observations:,} figures of {len(self.provenance)} files, "
            f"{self.size / 1e6:.2f} MB; {len(unknown)} files of no table of the catalogue, "
            f"{len(self.problems) - len(unknown)} other problems"
        )


def build_pack(source_folder: Path, destination: Path) -> BuildReport:
    """Read all published CSVs of a folder and write the pack and its provenance.

    Parameters
    ----------
    source_folder : Path
        Files as downloaded, in any subfolders.
    destination : Path
        Folder of the pack (``data/raw/published``); made if missing.

    Returns
    -------
    BuildReport

    Raises
    ------
    PublishedError
        No file of the folder could be read.

    Notes
    -----
    The same files give the same bytes (with the same pyarrow).
    """
    readings, problems = read_folder(source_folder)
    if not readings:
        raise PublishedError(
            f"No file in {source_folder} is a published table that the catalogue knows.",
            "Give the folder into which the DfE's CSV files were downloaded.",
        )
    rows = add_population(merge_releases([reading.observations for reading in readings]))
    destination.mkdir(parents=True, exist_ok=True)
    pack = destination / PACK_NAME
    _write_pack(rows, pack)
    provenance = _list_provenance(source_folder, readings, rows)
    provenance.to_csv(
        destination / PROVENANCE_NAME, index=False, encoding="utf-8", lineterminator="\n"
    )
    return BuildReport(pack, len(rows), pack.stat().st_size, provenance, problems)


def _write_pack(rows: pd.DataFrame, path: Path) -> None:
    stored = rows.assign(row=rows["cell"].str.removeprefix("row ").astype("int32"))
    stored = stored.drop(columns=_NOT_STORED)
    table = pa.Table.from_pandas(stored, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(
        table, path, compression="zstd", compression_level=19, row_group_size=len(rows),
        use_dictionary=True, write_statistics=False,
    )  # fmt: skip


def _list_provenance(
    folder: Path, readings: Iterable[FileReading], rows: pd.DataFrame
) -> pd.DataFrame:
    kept = rows["file"].value_counts()
    paths = {path.name: path for path in sorted(folder.rglob("*.csv"))}
    listed = [
        {
            "file": reading.file,
            "sha256": hashlib.sha256(paths[reading.file].read_bytes()).hexdigest(),
            "table": reading.table.id,
            "release": reading.release,
            "rows_read": reading.rows,
            "figures_read": len(reading.observations),
            "figures_kept": int(kept.get(reading.file, 0)),
        }
        for reading in readings
    ]
    return pd.DataFrame(listed).sort_values("file").reset_index(drop=True)
