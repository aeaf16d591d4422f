"""What is known of each child: birth date, UASC status; and the reviews held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.records.dates import NO_DAY, Days, find_birthday
from slinb.records.grid import split_distinct
from slinb.records.problems import ProblemLog
from slinb.records.ssda903 import SourceTable
from slinb.records.typed import read_codes, read_days

Numbers = npt.NDArray[np.int32]
Part = tuple[SourceTable, Numbers]


@dataclass(frozen=True)
class Children:
    """One entry a child, by the child's number.

    Parameters
    ----------
    birth : array of datetime64[D]
        Date of birth; NaT where none is known or it lies after care began.
    uasc : array of bool
        Whether the child has a row in a UASC table (or says so in an XML header).
    uasc_end : array of datetime64[D]
        Day on which the child ceases to be UASC; NaT where it is not given.
    knows_uasc : bool
        Whether a UASC table was there at all: without one nobody is known to be no UASC.
    """

    birth: Days
    uasc: npt.NDArray[np.bool_]
    uasc_end: Days
    knows_uasc: bool

    @cached_property
    def adult_day(self) -> Days:
        """18th birthday of each child; NaT without a date of birth."""
        return find_birthday(self.birth, 18)

    def is_uasc(self, child: Numbers, day: Days | np.datetime64) -> npt.NDArray[np.bool_]:
        """Return whether children were UASC on a day: DUC blank or after it."""
        end = self.uasc_end[child]
        return np.asarray(self.uasc[child] & (np.isnat(end) | (end > day)))


@dataclass(frozen=True)
class Reviews:
    """One entry a review, by child and day."""

    child: Numbers
    day: Days


def build_children(
    parts: Sequence[Part], n: int, log: ProblemLog, today: np.datetime64
) -> Children:
    """Gather birth dates and UASC status from the tables that carry them.

    The header's birth date counts before that of any other table, a later file's before an
    earlier one's; where two differ that is noted.
    """
    birth = np.full(n, NO_DAY)
    others = np.full(n, NO_DAY)
    differing = np.zeros(n, dtype=bool)
    for table, child in parts:
        if "DOB" not in table.cells:
            continue
        days = read_days(table, "DOB", log, today)
        target = birth if table.name == "header" else others
        good = (child >= 0) & ~np.isnat(days)
        before = target[child[good]]
        clash = ~np.isnat(before) & (before != days[good])
        differing[child[good][clash]] = True
        target[child[good]] = days[good]
    differing |= ~np.isnat(birth) & ~np.isnat(others) & (birth != others)
    if differing.any():
        log.note(
            "two birth dates",
            "Children with different dates of birth in different places.",
            "The header's was taken, a later file's before an earlier one's.",
            n=int(differing.sum()),
        )
    _note_same_pupil(parts, log)
    uasc, end, known = _read_uasc(parts, n, log, today)
    return Children(np.where(np.isnat(birth), others, birth), uasc, end, known)


def _read_uasc(
    parts: Sequence[Part], n: int, log: ProblemLog, today: np.datetime64
) -> tuple[npt.NDArray[np.bool_], Days, bool]:
    uasc, end, known = np.zeros(n, dtype=bool), np.full(n, NO_DAY), False
    for table, child in parts:
        if table.name == "header" and "UASC" in table.cells:
            known = True
        if table.name != "uasc":
            continue
        known = True
        days = read_days(table, "DUC", log, today)
        named = child >= 0
        uasc[child[named]] = True
        # A later file's date replaces an earlier one's, a blank does not.
        given = named & ~np.isnat(days)
        end[child[given]] = days[given]
    return uasc, end, known


def _note_same_pupil(parts: Sequence[Part], log: ProblemLog) -> None:
    """Note pupils (UPN) that stand under two children's identifiers."""
    pairs = [_pair_pupils(table, child) for table, child in parts if "UPN" in table.cells]
    if not pairs:
        return
    pupil = pd.factorize(pd.concat([upn for upn, _ in pairs], ignore_index=True))[0]
    held = np.unique(np.stack([pupil, np.concatenate([c for _, c in pairs])]), axis=1)[0]
    twice = len(np.unique(held[1:][held[1:] == held[:-1]]))
    if twice:
        log.note(
            "one child under two identifiers",
            "Unique pupil numbers that two children share.",
            "Counted as two children: only the authority can say which identifier is right.",
            column="UPN",
            n=twice,
        )


def _pair_pupils(table: SourceTable, child: Numbers) -> tuple[pd.Series[str], Numbers]:
    codes, values = split_distinct(table.cells["UPN"])
    texts = pd.Series(values, dtype="str").str.upper()
    # UN1 to UN7 say why a child has no number.
    real = np.append(texts.str.len().to_numpy() > 3, False)[codes]
    keep = real & (child >= 0)
    return texts.iloc[codes[keep]].reset_index(drop=True), child[keep]


def build_reviews(parts: Sequence[Part], log: ProblemLog, today: np.datetime64) -> Reviews | None:
    """Gather the reviews, each once; None where no table of reviews was there."""
    found: list[tuple[Any, Any]] = []
    for table, child in parts:
        if table.name == "reviews" and "REVIEW" in table.cells:
            days = read_days(table, "REVIEW", log, today)
            if "REVIEW_CODE" in table.cells:
                read_codes(table, "REVIEW_CODE", log)
            good = (child >= 0) & ~np.isnat(days)
            found.append((child[good], days[good]))
    if not found:
        return None
    child = np.concatenate([c for c, _ in found])
    day = np.concatenate([d for _, d in found])
    key = child.astype(np.int64) * 100_000 + day.astype(np.int64)
    _, first = np.unique(key, return_index=True)
    return Reviews(child[first], day[first])
