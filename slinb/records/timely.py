"""Whether reviews and visits are in time: the rules, for one day.

Reviews, after the Care Planning, Placement and Case Review (England) Regulations 2010: the first
within 20 working days of the start of care, the second within three months of the first, every
later one within six months of the one before. A snapshot asks whether the latest review still
stands; that an earlier one was late does not show. Visits: at least every six weeks (the rule of
the first year of a placement; longer intervals that a plan allows are not in the records).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from slinb.records.children import Numbers, Reviews
from slinb.records.dates import NO_DAY, Days, add_months
from slinb.records.tally import Mask, Positions
from slinb.records.working_days import add_working_days

FIRST_REVIEW_WORKING_DAYS = 20
SECOND_REVIEW_MONTHS, LATER_REVIEW_MONTHS = 3, 6
VISIT_DAYS = 42
IN_TIME, LATE, NOT_DUE = 1, 0, -1


@dataclass(frozen=True)
class LatestReview:
    """How many reviews a period of care has had up to a day, and when the latest was."""

    n: Positions
    day: Days


def find_latest_reviews(
    reviews: Reviews, child: Numbers, start: Days, day: np.datetime64
) -> LatestReview:
    """Return the reviews of each child's current period of care.

    Parameters
    ----------
    reviews : Reviews
        Sorted by child and day, as :func:`slinb.records.children.build_reviews` gives them.
    child, start : arrays
        The children looked after on ``day`` and the start of their period of care.
    day : datetime64[D]
        Reviews after it are not counted.
    """
    span = 100_000
    keys = reviews.child.astype(np.int64) * span + reviews.day.astype(np.int64)
    whose = child.astype(np.int64) * span
    first = np.searchsorted(keys, whose + start.astype(np.int64), side="left")
    beyond = np.searchsorted(keys, whose + day.astype(np.int64), side="right")
    n = beyond - first
    latest = np.full(len(child), NO_DAY)
    latest[n > 0] = reviews.day[beyond[n > 0] - 1]
    return LatestReview(n, latest)


def judge_reviews(
    start: Days, start_known: Mask, latest: LatestReview, day: np.datetime64
) -> Positions:
    """Return for each child whether reviews are in time: 1, 0, or -1 where none is due yet.

    Where the start of care lies before the files the reviews before them are unknown too: the
    latest one must then be within six months.
    """
    due = np.full(len(start), NO_DAY)
    real = ~np.isnat(start)
    due[real] = add_working_days(start[real], FIRST_REVIEW_WORKING_DAYS)
    too_early = start_known & (due >= day)
    months = np.where(start_known & (latest.n == 1), SECOND_REVIEW_MONTHS, LATER_REVIEW_MONTHS)
    stands = np.zeros(len(start), dtype=bool)
    some = ~np.isnat(latest.day)
    stands[some] = add_months(latest.day[some], months[some]) >= day
    return np.where(too_early, NOT_DUE, np.where(stands, IN_TIME, LATE)).astype(np.int64)


def judge_visits(start: Days, visit: Days, day: np.datetime64) -> Positions:
    """Return for each child whether the last visit lies within six weeks: 1, 0, or -1 not due."""
    span = np.timedelta64(VISIT_DAYS, "D")
    fresh = ~np.isnat(start) & (start + span >= day) & np.isnat(visit)
    return np.where(fresh, NOT_DUE, np.where(visit + span >= day, IN_TIME, LATE)).astype(np.int64)
