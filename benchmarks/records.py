"""How fast records are counted: stitching, an SSDA903 set and an Annex A workbook.

Run `python benchmarks/records.py`; the figures are quoted in docs/records.md. Every part runs in
a process of its own, so that its peak memory is its own; the records are made up first, in
another process. The plain loop runs in the same process as the engine, on a part of the same
episodes, and both must count the same children.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pandas as pd

EPISODES = 1_020_000  # a few start after the quarter and are left out
REVIEWS = 150_000
LOOP_EPISODES = 20_000
LIST_ROWS = 20_000
QUARTER = "2024-25-Q4"
STATUSES = np.array(["V2", "V2", "C1", "C2", "C2", "E1", "L1", "V3"])
EXITS = np.array(["E4A", "E4B", "E13", "E48", "E8", "E11"])


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        run_part("make", folder)
        for part in ("set", "engine", "annex"):
            run_part(part, folder)


def run_part(part: str, folder: str) -> None:
    out = subprocess.run(
        [sys.executable, __file__, part, folder], capture_output=True, text=True, check=False
    )
    print(out.stdout, end="")
    if out.returncode:
        raise SystemExit(out.stderr)


class Stopwatch:
    """Wall and processor seconds: on a busy machine the second is the truer figure."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both, since the watch was made."""
        return time.perf_counter() - self.wall, time.process_time() - self.cpu


def read_peak() -> str:
    """Return the peak memory of this process, where the system tells it."""
    try:
        import resource
    except ImportError:  # Windows
        return "peak not told"
    return f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MiB"


# Making records -----------------------------------------------------------------------------


def make(folder: Path) -> None:
    rng = np.random.default_rng(20260131)
    (folder / "set").mkdir()
    episodes = make_episodes(rng)
    episodes.to_csv(folder / "set" / "episodes.csv", index=False)
    children = episodes["CHILD"].unique()
    births = pd.Series(np.datetime64("2015-04-01") - rng.integers(0, 5000, len(children)))
    births = births.dt.strftime("%d/%m/%Y")
    header = pd.DataFrame({"CHILD": children, "SEX": "F", "DOB": births, "ETHNIC": "WBRI"})
    header["UPN"] = [f"X{i:012d}" for i in range(len(children))]
    header.assign(MOTHER="", MC_DOB="").to_csv(folder / "set" / "header.csv", index=False)
    few = header.iloc[: len(header) // 15]
    few[["CHILD", "SEX", "DOB"]].assign(DUC="").to_csv(folder / "set" / "uasc.csv", index=False)
    whose = rng.integers(0, len(children), REVIEWS)
    reviews = pd.DataFrame({"CHILD": children[whose], "DOB": births[whose].to_numpy()})
    days = np.datetime64("2018-04-01") + rng.integers(0, 2500, REVIEWS)
    reviews["REVIEW"] = pd.Series(days).dt.strftime("%d/%m/%Y")
    reviews.assign(REVIEW_CODE="PN1").to_csv(folder / "set" / "reviews.csv", index=False)
    make_workbook(folder / "annex_a.xlsx", rng)
    rows = len(episodes) + len(header) + len(few) + len(reviews)
    (folder / "rows.json").write_text(json.dumps(rows))


def make_episodes(rng: np.random.Generator) -> pd.DataFrame:
    """Make episodes of children with one to twelve each, some with gaps, some open."""
    n = rng.geometric(0.28, int(EPISODES * 0.32)).clip(1, 12)  # some more than will be needed
    child = np.repeat(np.arange(len(n)), n)[:EPISODES]
    first = np.concatenate([[True], child[1:] != child[:-1]])
    last = np.append(first[1:], True)
    length = rng.integers(5, 320, len(child))
    gap = np.where(~first & (rng.random(len(child)) < 0.1), rng.integers(2, 400, len(child)), 0)
    offset = np.cumsum(np.where(first, 0, np.concatenate([[0], length[:-1]]) + gap))
    begun = np.flatnonzero(first)[np.cumsum(first) - 1]
    start = np.datetime64("2016-04-01") + rng.integers(0, 1600, len(n))[child]
    start = start + (offset - offset[begun])
    closed = ~(last & (rng.random(len(child)) < 0.3))
    ends_care = last | np.append(gap[1:] > 0, True)
    frame = pd.DataFrame(
        {
            "CHILD": 1_000_000 + child,
            "DECOM": pd.Series(start).dt.strftime("%d/%m/%Y"),
            "RNE": np.where(first | (gap > 0), "S", rng.choice(list("LPB"), len(child))),
            "LS": STATUSES[rng.integers(0, len(STATUSES), len(child))],
            "CIN": rng.choice(["N1", "N2", "N5", "N8"], len(child)),
            "PLACE": rng.choice(["U6", "U4", "K2", "R3"], len(child)),
            "PLACE_PROVIDER": rng.choice(["PR1", "PR4"], len(child)),
            "DEC": pd.Series(start + length).dt.strftime("%d/%m/%Y").where(closed, ""),
            "REC": np.where(ends_care, EXITS[rng.integers(0, len(EXITS), len(child))], "X1"),
            "REASON_PLACE_CHANGE": "CARPL",
            "HOME_POST": "ZZ1 1AA",
            "PL_POST": rng.choice(["ZZ1 1AA", "ZZ2 2AA", "ZZ3 3AA"], len(child)),
            "URN": "",
        }
    )
    return frame.assign(REC=frame["REC"].where(closed, ""))


def make_workbook(path: Path, rng: np.random.Generator) -> None:
    """Write a workbook of eleven lists, plainly: openpyxl would take minutes over it."""
    from slinb.records.annex_a import load_lists

    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        names = [f"List {rule.number}" for rule in load_lists()]
        for name, text in describe_workbook(names).items():
            archive.writestr(name, text)
        for i, rule in enumerate(load_lists(), start=1):
            cells = [make_column(c, rng) for c in rule.columns]
            head = "".join(
                f'<c t="inlineStr"><is><t>{escape(c.name)}</t></is></c>' for c in rule.columns
            )
            body = "</row><row>".join("".join(row) for row in zip(*cells, strict=True))
            sheet = f"<sheetData><row>{head}</row><row>{body}</row></sheetData>"
            archive.writestr(
                f"xl/worksheets/sheet{i}.xml", f"<worksheet {_MAIN}>{sheet}</worksheet>"
            )


_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = 'xmlns="http://schemas.openxmlformats.org/package/2006/'


def describe_workbook(names: list[str]) -> dict[str, str]:
    """Return the parts of a workbook that say which sheets there are and what a date looks like."""
    sheets = "".join(
        f'<sheet name="{name}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    links += f'<Relationship Id="rId99" Type="{_OFFICE}/styles" Target="styles.xml"/>'
    root = f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
    book = f"<sheets>{sheets}</sheets>"
    formats = "<cellXfs><xf/><xf numFmtId='14'/></cellXfs>"
    return {
        "[Content_Types].xml": f'<Types {_PACKAGE}content-types"/>',
        "_rels/.rels": f'<Relationships {_PACKAGE}relationships">{root}</Relationships>',
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_OFFICE}">{book}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships {_PACKAGE}relationships">{links}'
        "</Relationships>",
        "xl/styles.xml": f"<styleSheet {_MAIN}>{formats}</styleSheet>",
    }


def make_column(column: object, rng: np.random.Generator) -> list[str]:
    """Return the cells of one column: identifiers, dates, numbers and spelt-out values."""
    from slinb.records.meanings import load_meanings

    kind, accepted = column.kind, column.accepted  # type: ignore[attr-defined]
    if kind == "day":
        days = rng.integers(43_000, 45_747, LIST_ROWS)  # 22 September 2017 to 31 March 2025
        return [f'<c s="1"><v>{day}</v></c>' for day in days]
    if kind == "whole":
        return [f"<c><v>{n}</v></c>" for n in rng.integers(0, 9, LIST_ROWS)]
    if kind == "choice":
        labels = np.array([escape(v) for v in load_meanings()[accepted].accepted])
        texts = labels[rng.integers(0, len(labels), LIST_ROWS)]
    elif kind == "id":
        texts = np.array([f"SAMPLE{i:07d}" for i in range(LIST_ROWS)])
    else:
        texts = np.full(LIST_ROWS, "Team SAMPLE")
    return [f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts]


# Measuring ----------------------------------------------------------------------------------


def measure_set(folder: Path) -> None:
    from slinb.catalogue.periods import Period
    from slinb.records.prepare import count_records

    rows = json.loads((folder / "rows.json").read_text())
    watch = Stopwatch()
    counted = count_records(folder / "set", Period.parse(QUARTER))
    wall, cpu = watch.read()
    assert counted.account["rows_in"].sum() == rows
    say(f"SSDA903 set of {rows:,} rows, read and counted", wall, cpu)


def measure_annex(folder: Path) -> None:
    from slinb.catalogue.periods import Period
    from slinb.records.prepare import count_records

    watch = Stopwatch()
    counted = count_records(folder / "annex_a.xlsx", Period.parse(QUARTER))
    wall, cpu = watch.read()
    assert counted.account["rows_in"].sum() == 11 * LIST_ROWS
    assert len(counted.return_counts) > 20
    say(f"Annex A, 11 lists of {LIST_ROWS:,} rows, read, checked and counted", wall, cpu)


def say(what: str, wall: float, cpu: float) -> None:
    print(f"{what:66} {wall:7.2f} s wall {cpu:7.2f} s cpu   {read_peak()}")


def measure_engine(folder: Path) -> None:
    from slinb.catalogue.periods import Period
    from slinb.records.children import build_children
    from slinb.records.episodes import build_episodes
    from slinb.records.identity import number_children
    from slinb.records.problems import ProblemLog
    from slinb.records.ssda903 import read_ssda903

    quarter, log = Period.parse(QUARTER), ProblemLog()
    day, today = np.datetime64(quarter.end, "D"), np.datetime64("2025-06-30", "D")
    tables, _ = read_ssda903(sorted((folder / "set").glob("*.csv")), log)
    numbers, n = number_children(tables, log)
    parts = list(zip(tables, numbers, strict=True))
    held = [part for part in parts if part[0].name == "episodes"]
    episodes, source, _ = build_episodes(held, log, day, today)
    children = build_children(parts, n, log, today)
    watch = Stopwatch()
    counts = stitch_and_count(episodes, children, source, quarter)
    wall, cpu = watch.read()
    say(f"{len(episodes):,} episodes stitched and counted, S1 to S15", wall, cpu)
    some = episodes.take(episodes.child <= episodes.child[LOOP_EPISODES])
    columns = ("child", "start", "end", "legal", "reason", "ceased")
    frame = pd.DataFrame({name: getattr(some, name) for name in columns})
    frame["birth"] = children.birth[some.child]
    watch = Stopwatch()
    plain = loop_plainly(frame, pd.Timestamp(quarter.end))
    loop_wall, loop_cpu = watch.read()
    check_same(plain, stitch_and_count(some, children, source, quarter))
    say(f"  plain pandas, child by child, {len(some):,} of them", loop_wall, loop_cpu)
    each, plain_each = cpu / len(episodes), loop_cpu / len(some)
    print(f"  ratio an episode {plain_each / each:,.0f}; loop {plain_each * 1e5:.1f} s a 100,000")
    assert len(counts) > 500


def stitch_and_count(episodes, children, source, quarter):
    """Return every count of the deep dive that rests on episodes."""
    from slinb.records.flows import (
        Flows,
        count_conversion,
        count_endings,
        count_reentry,
        count_starts,
        list_delays,
        list_risk,
    )
    from slinb.records.section20 import Records, build_stock
    from slinb.records.spells import stitch
    from slinb.records.stock import count_stock, list_durations

    day = np.datetime64(quarter.end, "D")
    care = stitch(episodes, day)
    stock = build_stock(Records(episodes, source, children, None, care, day))
    flows = Flows(care, children, quarter, source.covers_from)
    rows = [*count_stock(stock), *count_starts(flows), *count_conversion(flows)]
    rows += [*count_endings(flows), *count_reentry(flows)]
    list_durations(stock), list_risk(flows), list_delays(flows)
    return rows


def loop_plainly(frame: pd.DataFrame, day: pd.Timestamp) -> dict[str, int]:
    """Stitch child by child with pandas and count a few measures, as one would at first."""
    counts = dict.fromkeys(("cla", "s20", "over 6", "starts"), 0)
    for _, group in frame.groupby("child"):
        adult = group["birth"].iloc[0] + pd.DateOffset(years=18)
        for period in stitch_plainly(group, day):
            count_period(period, adult, day, counts)
    return counts


def stitch_plainly(group: pd.DataFrame, day: pd.Timestamp) -> list[list[dict]]:
    """Return the periods of care of one child; the made-up episodes never overlap."""
    from slinb.records.codes import load_codes

    breaks = {load_codes()["LS"].position[code] for code in ("V3", "V4")}
    goes_on = load_codes()["REC"].position["X1"]
    started = load_codes()["RNE"].position["S"]
    periods: list[list[dict]] = []
    for _, row in group.sort_values("start").iterrows():
        if row["legal"] in breaks:
            continue
        end = row["end"] if pd.notna(row["end"]) and row["end"] <= day else None
        piece = {"start": row["start"], "end": end, "legal": row["legal"]}
        piece["ceased"] = row["ceased"] if end is not None else -1
        piece["known"] = bool(periods) or row["reason"] == started
        joined = False
        if periods and (last := periods[-1][-1])["end"] is not None:
            gap = (row["start"] - last["end"]).days
            starts = row["reason"] == started
            says_end = last["ceased"] not in (-1, goes_on)
            joined = gap == 0 and not (says_end and starts)
            joined |= gap == 1 and last["ceased"] == goes_on and not starts
        if joined:
            periods[-1].append(piece)
        else:
            periods.append([piece])
    return periods


def count_period(
    period: list[dict], adult: pd.Timestamp, day: pd.Timestamp, counts: dict[str, int]
) -> None:
    from slinb.records.codes import load_codes

    v2 = load_codes()["LS"].position["V2"]
    first, last = period[0], period[-1]
    if last["end"] is None and not adult <= day:
        counts["cla"] += 1
        if last["legal"] == v2:
            counts["s20"] += 1
            spell = last
            for piece in reversed(period):
                if piece["legal"] != v2:
                    break
                spell = piece
            counts["over 6"] += spell["start"] + pd.DateOffset(months=6) < day
    recent = first["start"] > day - pd.DateOffset(years=1)
    if first["known"] and first["legal"] == v2 and recent and not adult <= first["start"]:
        counts["starts"] += 1


def check_same(plain: dict[str, int], rows: list[dict[str, object]]) -> None:
    """Refuse to quote a ratio between two ways that do not count the same."""
    from slinb.records.schema import conform_counts

    frame = conform_counts(rows)
    own = frame[(frame["population"] == "all") & (frame["breakdown"] == "")]
    share = own[own["measure"] == "S1"].iloc[0]
    starts = own[(own["measure"] == "S3") & (own["window"] == "year")].iloc[0]
    over = own[own["item"] == "over 6 months"].iloc[0]
    fast = {"cla": share["denominator"], "s20": share["numerator"], "over 6": over["numerator"]}
    fast["starts"] = starts["numerator"]
    assert fast == {name: plain[name] for name in fast}, (plain, fast)


PARTS = {"make": make, "set": measure_set, "engine": measure_engine, "annex": measure_annex}

if __name__ == "__main__":
    if len(sys.argv) > 1:
        PARTS[sys.argv[1]](Path(sys.argv[2]))
    else:
        main()
