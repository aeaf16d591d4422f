"""The attack on the published files of the sample quarter, parsed back as a reader has them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup

from slinb.analyse.publication import PublicQuarter, build_publication, list_slots
from slinb.batch.gatekeeper import open_quarter_gate
from slinb.batch.protection import read_publication
from slinb.batch.quarter import Quarter, find_quarter, open_quarter
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.methods.disclosure import Publication, audit, round_half_up
from slinb.workspace import Workspace
from tests.conftest import QUARTER
from tests.methods.disclosure.attacker import recover_cells

pytestmark = pytest.mark.slow
RULES = load_disclosure_rules()
COUNTS = re.compile(r"(?P<top>[\d,]+(?:\.\d+)?) of (?P<bottom>[\d,]+(?:\.\d+)?)")
KEY = ["area", "measure", "period"]


@pytest.fixture(scope="module")
def quarter(sample_quarter: Workspace) -> Quarter:
    return find_quarter(QUARTER, workspace=sample_quarter)


@pytest.fixture(scope="module")
def found(quarter: Quarter) -> PublicQuarter:
    return quarter.protect()


@pytest.fixture(scope="module")
def truth(quarter: Quarter) -> tuple[pd.DataFrame, Publication]:
    """Return where each true count would be printed, and all of them with their relations."""
    measures = {m.id: m for m in quarter.asked}
    slots = list_slots(quarter.points, measures, quarter.region.code)
    publication = build_publication(slots, quarter.points, measures, quarter.region.code, RULES)
    labels = [slots[name] for name in ("count", "of", "area", "period", "span")]
    return slots.assign(id=slots["count"].str.cat(labels, sep="|")), publication


def read_downloads(workspace: Workspace, name: str) -> pd.DataFrame:
    path = workspace.reports(QUARTER) / "downloads" / f"SAMPLE_{name}.csv"
    table = pd.read_csv(path, dtype={"area_code": "str"})
    # In the place of a figure that is not there stands its symbol.
    for column in table.columns.intersection(["numerator", "denominator", "value", "rolling"]):
        table[column] = pd.to_numeric(table[column], errors="coerce")
    return table


def read_rug(workspace: Workspace, quarter: Quarter) -> dict[tuple[str, str], tuple[float, float]]:
    """Return the counts that the details of the rug's cells state, by area and measure."""
    html = (workspace.reports(QUARTER) / "quarterly-rug.html").read_text(encoding="utf-8")
    codes = {a.name: a.code for a in quarter.authorities}
    found = {}
    for row in BeautifulSoup(html, "html.parser").select("tr:has(a[href*='#measure-'])"):
        measure = row.select_one("th a")["href"].partition("#measure-")[2]
        for summary in row.select("details > summary"):
            text = summary.get_text()
            counts = COUNTS.search(text)
            area = next((code for name, code in codes.items() if text.startswith(f"{name}, ")), "")
            if counts and area:
                top, bottom = (float(counts[g].replace(",", "")) for g in ("top", "bottom"))
                found[area, measure] = (top, bottom)
    return found


def find_printed(workspace: Workspace, quarter: Quarter) -> set[tuple[str, str, str, str]]:
    """Return (frame, area, measure, period) of every figure that stands in a file.

    The worst is supposed of a reader: where the file has a figure, he knows both its counts.
    """
    trends = read_downloads(workspace, "trends-trends").rename(
        columns={"area_code": "code", "measure_id": "id"}
    )
    printed = set()
    for frame, column in (("own", "value"), ("shown", "rolling")):
        rows = trends[trends[column].notna()]
        printed |= {(frame, *key) for key in rows[["code", "id", "period"]].to_numpy().tolist()}
    rug = read_downloads(workspace, "quarterly-rug")
    rug = rug[rug["value"].notna()]
    printed |= {("shown", *k) for k in rug[["area_code", "measure_id", "period"]].to_numpy()}
    printed |= {("shown", a, m, QUARTER) for a, m in read_rug(workspace, quarter)}
    return printed | read_explorer(workspace, quarter)


def read_data(path: Path) -> list[dict]:
    """Return the blocks of data that a page carries for its script."""
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    return [json.loads(s.string) for s in soup.select("script[type='application/json']")]


def read_explorer(workspace: Workspace, quarter: Quarter) -> set[tuple[str, str, str, str]]:
    """Return (frame, area, measure, period) of every figure of the returns in the explorer."""
    codes = {a.name: a.code for a in [*quarter.authorities, quarter.region]}
    (data,) = read_data(workspace.reports(QUARTER) / "explorer.html")
    found = set()
    for measure in data["kinds"]["quarterly"]["measures"]:
        for series in measure["trend"]:
            for frame, column in (("own", "value"), ("shown", "rolling")):
                figures = zip(series["period"], series.get(column, []), strict=False)
                key = (frame, codes[series["area"]], measure["measure"])
                found |= {(*key, period) for period, figure in figures if figure is not None}
        for block in (*measure["comparison"], *filter(None, [measure["funnel"]])):
            pairs = zip(block["area"], block["value"], strict=True)
            areas = {codes[area] for area, value in pairs if value is not None}
            found |= {("shown", area, measure["measure"], QUARTER) for area in areas}
    return found


def read_back(
    truth: tuple[pd.DataFrame, Publication],
    printed: set,
    secret: set[str],
    also: set[str] = frozenset(),
) -> Publication:
    """Return the publication as the files give it.

    ``secret`` are the cells that must not be found out; a count that is not printed only
    because the other one of its figure is secret is none. ``also`` are cells shown as well.
    """
    slots, publication = truth
    frames = slots["frame"].str.removeprefix("region_")
    keys = zip(frames, slots["area"], slots["measure"], slots["period"], strict=True)
    seen = set(slots.loc[[key in printed for key in keys], "id"]) | also
    cells = publication.cells
    shown = cells["cell"].isin(seen)
    value = cells["value"].where(~cells["rounded"], round_half_up(cells["value"], RULES.base))
    hidden = cells["cell"].isin(secret) & ~shown
    # A rest (denominator less numerator) is printed nowhere: it follows, or it is not known.
    symbol = hidden.map({True: "c", False: ""}).mask(~shown & ~hidden, "x")
    symbol = symbol.mask(cells["rounded"] & cells["value"].gt(0) & value.eq(0), "k")
    known = cells.assign(value=value.where(shown & symbol.eq("")), symbol=symbol)
    return replace(publication, cells=known)


def test_the_files_agree_with_one_another_and_show_no_small_count(
    sample_quarter: Workspace, quarter: Quarter
) -> None:
    rug = read_downloads(sample_quarter, "quarterly-rug")
    rug = rug[rug["benchmark"].eq("region")].set_index(["area_code", "measure_id"])
    stated = read_rug(sample_quarter, quarter)
    assert len(stated) > 250
    for key, (top, bottom) in stated.items():
        assert rug.loc[key, "numerator"] == pytest.approx(top, abs=0.05)
        assert rug.loc[key, "denominator"] == pytest.approx(bottom, abs=0.05)
    posts = [m.id for m in quarter.asked if m.posts]
    children = rug[~rug.index.get_level_values("measure_id").isin(posts)]
    assert not children["numerator"].between(1, 5).any()
    assert rug["value"].isna().sum() > 20


def test_the_attack_on_the_published_files_recovers_nothing(
    sample_quarter: Workspace,
    quarter: Quarter,
    found: PublicQuarter,
    truth: tuple[pd.DataFrame, Publication],
) -> None:
    printed = find_printed(sample_quarter, quarter)
    secret = set(found.protected.log["cell"])
    small = truth[1].cells["value"].between(1, 5) & ~truth[1].cells["rounded"]
    assert set(truth[1].cells.loc[small, "cell"]) <= secret
    known = read_back(truth, printed, secret)
    hidden = known.cells["symbol"].eq("c")
    assert hidden.sum() > 500
    assert not known.cells.loc[small, "value"].notna().any()
    assert recover_cells(known, RULES.min_range) == {}


def test_the_attack_succeeds_where_complementary_suppression_is_taken_away(
    sample_quarter: Workspace,
    quarter: Quarter,
    found: PublicQuarter,
    truth: tuple[pd.DataFrame, Publication],
) -> None:
    log = found.protected.log
    extra = set(log.loc[log["reason"].eq("complementary"), "cell"]) & set(truth[0]["id"])
    assert len(extra) > 100
    known = read_back(truth, find_printed(sample_quarter, quarter), set(log["cell"]), extra)
    recovered = recover_cells(known, RULES.min_range)
    true = dict(zip(truth[1].cells["cell"], truth[1].cells["value"], strict=True))
    assert len(recovered) > 50
    assert all(low <= true[cell] <= high for cell, (low, high) in recovered.items())


def test_the_audit_of_what_was_stored_passes(quarter: Quarter, found: PublicQuarter) -> None:
    stored = read_publication(quarter.publication)
    key = ["cell", "value", "symbol"]
    mine = found.protected.publication.cells
    # Stored is what the families gave one by one; here they were protected all at once.
    one_by_one, at_once = stored.cells[key], mine.loc[~mine["fixed"], key]
    pd.testing.assert_frame_equal(
        one_by_one.sort_values("cell", ignore_index=True),
        at_once.sort_values("cell", ignore_index=True),
    )
    assert audit(stored, exact=False).passed
    assert found.audit.passed
    assert audit(found.protected.publication, exact=False).passed
    assert found.protected.notes == ()


def test_no_public_table_holds_a_number_that_is_suppressed(
    sample_quarter: Workspace, found: PublicQuarter
) -> None:
    gone = found.points.shown
    gone = gone[gone["status"].eq("suppressed")][KEY]
    assert len(gone) > 50
    edition = open_quarter(QUARTER, workspace=sample_quarter)
    for name in ("comparison_quarterly", "funnel_quarterly", "explain"):
        rows = edition.result(name).merge(gone, on=KEY)
        assert rows["value"].isna().all(), name
    trends = edition.result("trends").merge(gone, on=KEY)
    assert trends["rolling"].isna().all()


def test_the_gate_lets_the_public_files_through_and_refuses_the_full_ones(
    sample_quarter: Workspace, quarter: Quarter
) -> None:
    gate = open_quarter_gate(quarter)
    for path in sample_quarter.reports(QUARTER).glob("*.html"):
        assert gate.find_leaks(path.name, path.read_bytes()) == [], path.name
    full = sample_quarter.reports(QUARTER, "-restricted")
    refused = {
        path.name for path in full.glob("*.html") if gate.find_leaks(path.name, path.read_bytes())
    }
    assert {"RESTRICTED_quarterly-rug.html", "RESTRICTED_trends.html"} <= refused


def test_a_public_notebook_cannot_reach_the_full_tables(sample_quarter: Workspace) -> None:
    edition = open_quarter(QUARTER, workspace=sample_quarter)
    for name in ("accepted", "quarantined", "superseded"):
        with pytest.raises(ValueError, match="has no table"):
            edition.result(name)
    assert edition.result("submissions")["narrative"].eq("").all()
    assert edition.result("queries")[["sent", "problem", "action"]].eq("").all(axis=None)
    assert not any(isinstance(v, Quarter) for v in vars(edition).values())


def test_embedded_data_of_public_pages_is_read_by_the_attack_too(
    sample_quarter: Workspace,
) -> None:
    """No page carries data that this attack has not read: a new one must be added to it."""
    for path in sample_quarter.reports(QUARTER).glob("*.html"):
        known = {"explorer.html": [["colours", "kinds", "palette"]]}  # read_explorer
        found = [sorted(block) for block in read_data(path)]
        assert found == known.get(path.name, []), path.name


def test_the_explorer_shows_what_the_downloads_show(
    sample_quarter: Workspace, quarter: Quarter
) -> None:
    found = read_explorer(sample_quarter, quarter)
    assert len(found) > 3000
    trends = open_quarter(QUARTER, workspace=sample_quarter).result("trends")
    own = trends[trends["value"].notna()][["area", "measure", "period"]]
    expected = {("own", *key) for key in own.itertuples(index=False, name=None)}
    assert {key for key in found if key[0] == "own"} == expected


def test_the_region_s_own_counts_come_rounded_to_ten(sample_quarter: Workspace) -> None:
    edition = open_quarter(QUARTER, workspace=sample_quarter)
    posts = {m.id for m in edition.measures if m.posts}
    messages = edition.result("messages_quarterly")
    own = messages[messages["about"].eq(edition.region.code) & ~messages["measure"].isin(posts)]
    people = {m.id for m in edition.measures if m.uses_population}
    found = 0
    for message in own.to_dict("records"):
        for counts in COUNTS.finditer(message["text"]):
            if "authorities" in message["text"][counts.end() : counts.end() + 24]:
                continue
            whole = [] if message["measure"] in people else [counts["bottom"]]
            for number in (counts["top"], *whole):
                assert number.endswith("0"), message["text"]
                found += 1
    assert found > 0
