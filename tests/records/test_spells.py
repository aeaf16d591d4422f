"""The spell engine against a day-by-day resolution, on made-up and on random episodes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slinb.records.codes import load_codes
from slinb.records.episodes import Episodes
from slinb.records.spells import OPEN, Care, stitch
from tests.records.slow import Row, join_periods, resolve_by_day

LAST = dt.date(2025, 12, 31)
FIRST = dt.date(2025, 1, 1)
CODES = load_codes()


def build(rows: list[tuple[int, Row]]) -> Episodes:
    """Build the arrays of the engine from plain rows, sorted as its reader sorts them."""
    rows = sorted(rows, key=lambda pair: (pair[0], pair[1].start, pair[1].end or dt.date.max))
    n = len(rows)

    def codes(name: str, values: list[str]) -> np.ndarray:
        return np.array([CODES[name].position.get(v, -1) for v in values], dtype=np.int16)

    plain = [row for _, row in rows]
    return Episodes(
        child=np.array([child for child, _ in rows], dtype=np.int32),
        start=np.array([r.start for r in plain], dtype="datetime64[D]"),
        end=np.array([r.end for r in plain], dtype="datetime64[D]"),
        reason=codes("RNE", [r.rne for r in plain]),
        legal=codes("LS", [r.ls for r in plain]),
        need=codes("CIN", [r.cin for r in plain]),
        place=codes("PLACE", [r.place for r in plain]),
        provider=codes("PROVIDER", [r.provider for r in plain]),
        ceased=codes("REC", [r.rec for r in plain]),
        home=np.zeros(n, dtype=np.int32),
        placed=np.zeros(n, dtype=np.int32),
        urn=np.zeros(n, dtype=np.int32),
        miles=np.full(n, np.nan),
        outside=np.full(n, -1, dtype=np.int8),
        unmapped=np.zeros(n, dtype=bool),
        file=np.zeros(n, dtype=np.int16),
        row=np.arange(n),
    )


def row(start: str, end: str = "", ls: str = "V2", rne: str = "S", rec: str = "X1") -> Row:
    """Write an episode of 2025 by month and day."""
    day = lambda text: dt.date.fromisoformat(f"2025-{text}") if text else None  # noqa: E731
    return Row(2025, 0, day(start), day(end), rne, ls, "N1", "U6", "PR1", rec if end else "")


def run(*rows: Row) -> Care:
    return stitch(build([(0, r) for r in rows]), np.datetime64(LAST, "D"))


def spans(care: Care) -> list[tuple[str, str, str]]:
    """Return the spells as (status, first day, end)."""
    names = [c.code for c in CODES["LS"].codes] + [""]
    return [
        (names[legal], str(start)[5:], "" if end == OPEN else str(end)[5:])
        for legal, start, end in zip(
            care.spells.legal, care.spells.start, care.spells.end, strict=True
        )
    ]


def test_a_new_placement_does_not_end_a_spell() -> None:
    care = run(row("01-10", "03-01"), row("03-01", "05-01", rne="P"), row("05-01", rne="T"))
    assert spans(care) == [("V2", "01-10", "")]
    assert len(care.periods) == 1


def test_a_new_status_ends_a_spell_but_not_the_period() -> None:
    care = run(row("01-10", "03-01"), row("03-01", "05-01", "C1", "L"), row("05-01", "", "C2", "L"))
    assert spans(care) == [("V2", "01-10", "03-01"), ("C1", "03-01", "05-01"), ("C2", "05-01", "")]
    assert len(care.periods) == 1


def test_a_gap_ends_the_period() -> None:
    care = run(row("01-10", "03-01", rec="E4A"), row("03-05", "04-01", rec="E4A"))
    assert spans(care) == [("V2", "01-10", "03-01"), ("V2", "03-05", "04-01")]
    assert len(care.periods) == 2


def test_one_missing_day_is_bridged_only_where_the_record_says_that_care_went_on() -> None:
    assert len(run(row("01-10", "03-01"), row("03-02", rne="P")).periods) == 1
    assert run(row("01-10", "03-01"), row("03-02", rne="P")).bridged == 1
    assert len(run(row("01-10", "03-01", rec="E4A"), row("03-02", rne="P")).periods) == 2
    assert len(run(row("01-10", "03-01"), row("03-02", rne="S")).periods) == 2
    assert len(run(row("01-10", "03-01"), row("03-03", rne="P")).periods) == 2


def test_home_and_back_on_one_day_are_two_periods_only_where_both_sides_say_so() -> None:
    assert len(run(row("01-10", "03-01", rec="E4B"), row("03-01")).periods) == 2
    assert len(run(row("01-10", "03-01", rec="E4B"), row("03-01", rne="P")).periods) == 1
    assert len(run(row("01-10", "03-01"), row("03-01")).periods) == 1


def test_an_open_episode_ends_where_the_next_one_starts() -> None:
    care = run(row("01-10"), row("03-01", "05-01", "C1", "L", "E4A"))
    assert spans(care) == [("V2", "01-10", "03-01"), ("C1", "03-01", "05-01")]
    assert (care.opened, care.overlaps) == (1, 0)


def test_of_overlapping_episodes_the_later_counts_and_the_earlier_resumes() -> None:
    care = run(row("01-10", "06-01", rec="E4A"), row("02-01", "03-01", "C1", "L"))
    assert spans(care) == [
        ("V2", "01-10", "02-01"),
        ("C1", "02-01", "03-01"),
        ("V2", "03-01", "06-01"),
    ]
    assert len(care.periods) == 1
    assert care.overlaps == 1


def test_short_breaks_are_set_apart() -> None:
    care = run(row("01-10", "01-12", "V3", rec="E4A"), row("02-10", "02-12", "V4", rec="E4A"))
    assert len(care.periods) == 0
    assert len(care.breaks) == 2


def test_what_ends_after_the_last_day_is_open() -> None:
    rows = build([(0, row("01-10", "06-01", rec="E4A"))])
    care = stitch(rows, np.datetime64("2025-05-31", "D"))
    assert spans(care) == [("V2", "01-10", "")]


@pytest.mark.parametrize(
    ("rne", "known"), [("S", True), ("L", False), ("P", False), ("B", False), ("", False)]
)
def test_a_start_is_known_only_where_the_record_says_so(rne: str, known: bool) -> None:
    care = run(row("01-10", rne=rne))
    assert care.periods.start_known.tolist() == [known]
    # A change of status dates the spell even where care began before the files.
    assert care.spells.start_known.tolist() == [known or rne in ("L", "B")]


def test_a_second_period_has_a_known_start_whatever_its_reason() -> None:
    care = run(row("01-10", "02-01", rne="P", rec="E4A"), row("05-01", rne="P"))
    assert care.periods.start_known.tolist() == [False, True]


def test_no_episode_gives_no_spell() -> None:
    assert len(run().spells) == 0


days = st.integers(0, 80).map(lambda n: FIRST + dt.timedelta(days=n))
rows_of_a_child = st.lists(
    st.builds(
        lambda start, length, ls, rne, rec, is_open: Row(
            2025, 0, start, None if is_open else start + dt.timedelta(days=length),
            rne, ls, "N1", "U6", "PR1", "" if is_open else rec,
        ),
        days,
        st.integers(1, 40),
        st.sampled_from(["V2", "C1", "C2", ""]),
        st.sampled_from(["S", "L", "P", ""]),
        st.sampled_from(["X1", "E4A", "E48", ""]),
        st.booleans().map(lambda b: b),
    ),
    max_size=7,
    unique_by=lambda r: r.start,
)  # fmt: skip


@given(st.lists(rows_of_a_child, max_size=4))
def test_random_episodes_agree_with_a_day_by_day_resolution(children: list[list[Row]]) -> None:
    care = stitch(
        build([(i, r) for i, rows in enumerate(children) for r in rows]), np.datetime64(LAST, "D")
    )
    found: dict[int, list] = {i: [] for i in range(len(children))}
    names = [c.code for c in CODES["LS"].codes] + [""]
    for i in range(len(care.spells)):
        spell = care.spells
        end = None if spell.end[i] == OPEN else spell.end[i].astype(object)
        found[int(spell.child[i])].append(
            (names[spell.legal[i]], spell.start[i].astype(object), end, bool(spell.start_known[i]))
        )
    for i, rows in enumerate(children):
        periods = join_periods(resolve_by_day([Row(**vars(r)) for r in rows], LAST))
        expected = []
        for period in periods:
            for n, spell in enumerate(period.spells()):
                first = spell[0]
                known = (
                    n > 0 or period.known or (first.rne in ("L", "B", "U") and not first.resumed)
                )
                expected.append((first.ls, first.start, spell[-1].end, known))
        assert found[i] == expected


@given(st.lists(rows_of_a_child, max_size=4))
def test_no_day_is_lost_or_counted_twice(children: list[list[Row]]) -> None:
    """Days in care are the days that any episode covers, an open one up to the next start."""
    care = stitch(
        build([(i, r) for i, rows in enumerate(children) for r in rows]), np.datetime64(LAST, "D")
    )
    after = np.datetime64(LAST + dt.timedelta(days=1), "D")
    ends = np.where(care.episodes.end == OPEN, after, care.episodes.end)
    same = care.episodes.child[1:] == care.episodes.child[:-1]
    assert (ends[:-1][same] <= care.episodes.start[1:][same]).all()
    for i, rows in enumerate(children):
        ordered = sorted(rows, key=lambda r: r.start)
        covered = set()
        for n, r in enumerate(ordered):
            stop = r.end
            if stop is None:
                stop = ordered[n + 1].start if n + 1 < len(ordered) else after.astype(object)
            covered |= {r.start + dt.timedelta(days=d) for d in range((stop - r.start).days)}
        mine = care.episodes.child == i
        assert int((ends[mine] - care.episodes.start[mine]).astype(int).sum()) == len(covered)
