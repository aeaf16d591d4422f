"""What an officer reads after the return was prepared: answers, differences, what is left to do."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from slinb.prepare.answers import count_problems, list_left_out
from slinb.prepare.prepare import PreparedReturn

#: Problems for which a whole file, or all that a source tells of the quarter, is not counted.
_LOST = ("unreadable file", "census of another year")
_SHOWN = {"answered": "yes", "in part": "in part", "not answered": "no", "not run": "not run"}


def describe_prepared(prepared: PreparedReturn) -> list[str]:
    """Return the lines that the command prints; none of them tells of a child.

    Parameters
    ----------
    prepared : PreparedReturn
        What :func:`slinb.prepare.prepare.prepare_return` gave.
    """
    counted = prepared.counted
    return [
        *_say_nothing(prepared),
        *_say_lost(counted.problems),
        *_say_answers(counted.answers),
        *_say_left_out(counted.counts),
        *_say_problems(counted.problems),
        *_say_cells(prepared),
        "",
        f"Written: {prepared.path}",
        "Still to do: the practice sheets, what the cover asks, and a look at every sheet. The "
        "file holds counts only; small ones are protected before anything is published.",
    ]


def _say_nothing(prepared: PreparedReturn) -> Iterator[str]:
    """Say so where no file was of a kind that is counted: an empty return must not look done."""
    if prepared.counted.answers.empty:
        yield (
            "Nothing could be counted: no file is an SSDA903 table or XML return, an Annex A "
            "list or a CIN census. The return was written without figures."
        )


def _say_lost(problems: pd.DataFrame) -> Iterator[str]:
    """Name each file that was not counted, why, and what to do: a count of files helps nobody."""
    for row in problems[problems["rule"].isin(_LOST)].to_dict("records"):
        file = f"{row['file']}: " if row["file"] else ""
        yield f"Not counted: {file}{row['found']} {row['done']}"


def _say_answers(answers: pd.DataFrame) -> Iterator[str]:
    for source, own in answers.groupby("source", sort=False):
        yield f"{source}: what it could answer"
        for row in own.itertuples():
            why = f": {row.why!s}" if row.why else ""
            yield f"  {row.measure:8} {_SHOWN[str(row.answered)]:8} {row.title}{why}"


def _say_left_out(counts: pd.DataFrame) -> Iterator[str]:
    left = list_left_out(counts)
    if len(left):
        yield "Left out of a count"
        for row in left.itertuples():
            yield f"  {row.measure:8} {row.excluded:>6} {row.item}, {row.source}: {row.why}"


def _say_problems(problems: pd.DataFrame) -> Iterator[str]:
    if len(problems):
        yield "Found in the records (the list with files and rows stays with you: --problems FILE)"
        for rule, times in count_problems(problems):
            yield f"  {times:>8} {rule}"


def _say_cells(prepared: PreparedReturn) -> Iterator[str]:
    cells = prepared.cells
    times = cells["outcome"].value_counts()
    yield (
        f"The return's own cells: {times.get('filled', 0)} filled, {times.get('agrees', 0)} held "
        f"the same figure already, {times.get('not asked', 0)} counts are not asked for."
    )
    for row in cells[cells["outcome"].isin(["kept", "no cell"])].to_dict("records"):
        said = f"“{row['stood']}” was kept" if row["outcome"] == "kept" else "the cell is gone"
        yield (
            f"  {row['sheet'] or 'no sheet'}, {row['cell'] or 'no cell'} ({row['title']}): {said}; "
            f"{row['source']} counts {row['counted']}."
        )
    for row in cells[cells["other"] != ""].to_dict("records"):
        yield f"  {row['count']}: {row['source']} counts {row['counted']}, {row['other']}."
    for place in prepared.settled_formulas:
        yield f"  {place}: the formula was replaced by its result."
