"""The quarterly returns: from what the authorities sent to observations, and what to ask them.

Whatever is wrong with one return, the others are read; nothing is dropped in silence and nothing
is read as zero. Whether a figure is plausible is for the checks to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.findings import Finding
from slinb.collect.inbox import list_returns
from slinb.collect.submission import ReturnRead, read_return
from slinb.errors import ReturnError
from slinb.schema import OBSERVATIONS, QUERIES, SUBMISSIONS
from slinb.workspace import SAMPLE_MARKER, is_sample

__all__ = ["SAMPLE_MARKER", "ReturnRead", "ReturnsRead", "is_sample", "read_return", "read_returns"]


@dataclass(frozen=True)
class ReturnsRead:
    """A quarter's folder of returns, read.

    Parameters
    ----------
    observations, queries : DataFrame
        As in :class:`ReturnRead`, of the returns that are used.
    submissions : DataFrame
        One row for each file that is a return, and one for each authority that sent none.
    superseded : DataFrame
        Observations of earlier versions that a later return replaces: kept for the history.
    sample : bool
        Whether the folder holds a sample and no real return.
    """

    observations: pd.DataFrame
    submissions: pd.DataFrame
    queries: pd.DataFrame
    superseded: pd.DataFrame
    sample: bool


def read_returns(
    folder: Path,
    quarter: Period,
    areas: Sequence[Area],
    measures: Sequence[Measure],
    population: pd.DataFrame,
) -> ReturnsRead:
    """Read every return of a quarter's folder.

    Of two returns of one authority the one with the later submission date is used; a dated one
    goes before an undated one, and of two with the same date the one whose file name sorts last
    (a query then asks whether that was meant). When a file was saved plays no part.

    Parameters
    ----------
    folder : Path
        For example ``data/raw/returns/2025-26-Q3``.
    quarter, areas, measures
        What was asked, of whom, for when.
    population : DataFrame
        Table of :func:`slinb.collect.population.find_population`.

    Raises
    ------
    ReturnError
        The folder does not exist.
    """
    if not folder.is_dir():
        raise ReturnError(
            f"There is no folder of returns for {quarter.id}.",
            f"Put the returns into {folder.name} under data/raw/returns, one file an authority.",
        )
    files, _ = list_returns(folder)
    read = [read_return(path, quarter, areas, measures, population) for path in files]
    return join_returns(folder, read, quarter, areas)


def join_returns(
    folder: Path, returns: Sequence[ReturnRead], quarter: Period, areas: Sequence[Area]
) -> ReturnsRead:
    """Put the returns of a quarter's folder together, each read by itself.

    Parameters
    ----------
    folder : Path
        For what lies in it beside the returns.
    returns : sequence of ReturnRead
        In the order of :func:`slinb.collect.inbox.list_returns`.
    quarter, areas
        As for :func:`read_returns`, which says which of two counts.
    """
    read, superseded = _supersede(returns)
    missing = _list_missing(read, quarter, areas)
    _, ignored = list_returns(folder)
    stray = [_ask_ignored(path).as_row("", quarter.id, path.name) for path in ignored]
    return ReturnsRead(
        _stack([r.observations for r in read], OBSERVATIONS.empty()),
        _stack([r.submissions for r in (*read, *superseded)] + [missing], SUBMISSIONS.empty()),
        _stack(
            [r.queries for r in (*read, *superseded)] + [QUERIES.from_rows(stray)], QUERIES.empty()
        ),
        _stack([r.observations for r in superseded], OBSERVATIONS.empty()),
        is_sample(folder),
    )


def _ask_ignored(path: Path) -> Finding:
    return Finding(
        "ignored_file",
        "This is neither a workbook (.xlsx) nor a flat return (.csv), and was not read.",
        "Nothing, if it is no return; otherwise save it as one of the two.",
        sent=path.name,
    )


def _supersede(read: Sequence[ReturnRead]) -> tuple[list[ReturnRead], list[ReturnRead]]:
    """Keep one return of each authority; return the kept and the superseded."""
    usable: dict[str, list[ReturnRead]] = {}
    kept = []
    for one in read:
        submission = one.submissions.iloc[0]
        if submission["outcome"] == "refused":
            kept.append(one)
        else:
            usable.setdefault(submission["area"], []).append(one)
    superseded = []
    for versions in usable.values():
        *earlier, last = sorted(versions, key=_submission_order)
        kept.append(_ask_tie(last, earlier))
        superseded += [_mark_superseded(one, last) for one in earlier]
    return kept, superseded


def _submission_order(one: ReturnRead) -> tuple[str, list[tuple[int, str]]]:
    submission = one.submissions.iloc[0]
    return submission["received"], _natural_key(Path(submission["file"]).stem)


def _natural_key(name: str) -> list[tuple[int, str]]:
    """Sort "v10" after "v2"."""
    parts = "".join(c if c.isdigit() else f" {c} " for c in name.casefold()).split()
    return [(int(p), "") if p.isdecimal() else (-1, p) for p in parts]


def _ask_tie(last: ReturnRead, earlier: Sequence[ReturnRead]) -> ReturnRead:
    used = last.submissions.iloc[0]
    tied = [
        one.submissions.iloc[0]["file"]
        for one in earlier
        if one.submissions.iloc[0]["received"] == used["received"]
    ]
    if not tied:
        return last
    finding = Finding(
        "tied_returns",
        f"{', '.join(tied)} and {used['file']} have the same submission date "
        f"({used['received'] or 'none'}); {used['file']} was used, because its name sorts last.",
        "Say which of them counts, and put its date on its cover.",
        sent=used["received"],
    )
    row = QUERIES.from_rows([finding.as_row(used["area"], used["period"], used["file"])])
    return ReturnRead(
        last.observations, last.submissions, _stack([last.queries, row], QUERIES.empty())
    )


def _mark_superseded(one: ReturnRead, last: ReturnRead) -> ReturnRead:
    """Mark a return as replaced; what was asked about its figures no longer matters."""
    old, new = one.submissions.iloc[0], last.submissions.iloc[0]
    finding = Finding(
        "superseded_return",
        f"{old['file']} ({old['received'] or 'undated'}) is replaced by {new['file']} "
        f"({new['received'] or 'undated'}) and kept in the history.",
        "Nothing, if the later one is meant to count.",
        sent=old["received"],
    )
    return ReturnRead(
        one.observations,
        one.submissions.assign(outcome="superseded"),
        QUERIES.from_rows([finding.as_row(old["area"], old["period"], old["file"])]),
    )


def _list_missing(
    read: Sequence[ReturnRead], quarter: Period, areas: Sequence[Area]
) -> pd.DataFrame:
    """List the authorities of which no file at all came; a refused one did come."""
    present = {one.submissions.iloc[0]["area"] for one in read}
    return SUBMISSIONS.from_rows(
        [
            {"area": area.code, "period": quarter.id, "outcome": "missing"}
            for area in areas
            if area.code not in present
        ]
    )


def _stack(frames: Sequence[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty
