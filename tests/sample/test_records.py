"""Sample records: the totals are the published ones, and every planted error is found."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pandas as pd
import pytest

from slinb.catalogue.areas import Area, load_areas
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.records.prepare import CountedRecords, count_records
from slinb.sample.record_errors import EPISODE_ERRORS
from slinb.sample.records import MANIFEST, write_sample_records
from slinb.sample.totals import read_totals

QUARTER = Period.parse("2025-26-Q3")
#: What a planted error brings with it: a status that is no code is an unmapped status too.
FOLLOWS = {"unknown code": {"unmapped status"}}
NAMES = ("Luton", "Thurrock", "Bedford", "Southend-on-Sea")
Written = tuple[Path, pd.DataFrame, dict[str, CountedRecords]]
AREAS = [a for name in NAMES if (a := load_areas().find(name))]


@pytest.fixture(scope="module")
def written(pack: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder = tmp_path_factory.mktemp("sample")
    manifest = write_sample_records(folder, pack, quarter=QUARTER, areas=AREAS)
    return folder, manifest, {a.code: count_records(folder / a.slug, QUARTER) for a in AREAS}


@pytest.mark.parametrize("area", AREAS, ids=lambda a: a.slug)
def test_totals_are_the_published_ones(area: Area, pack: pd.DataFrame, written: Written) -> None:
    """Children looked after, under Section 20 and UASC of 31 March 2025, from both sources."""
    totals = read_totals(pack, area)
    cells = written[2][area.code].return_counts.set_index(["source", "count"])["value"]
    for source in ("SSDA903", "Annex A"):
        found = [int(cells[source, name]) for name in ("cla", "cla_s20", "uasc")]
        assert found == [totals.children, totals.section_20, totals.uasc]


def test_luton_is_set_to_its_published_figures(pack: pd.DataFrame) -> None:
    """DfE, children looked after on 31 March 2025 (EES release of 2025), as the pack has them."""
    own = pack[(pack["area"] == AREAS[0].code) & (pack["period"] == "2024-25")]
    by_measure = own.set_index("measure")["numerator"]
    totals = read_totals(pack, AREAS[0])
    assert totals.children == by_measure["cla_rate"]
    assert totals.section_20 == by_measure["s20_pct"]
    assert totals.uasc == by_measure["uasc_cla_pct"]


@pytest.mark.parametrize("area", AREAS, ids=lambda a: a.slug)
def test_all_planted_errors_are_found_and_nothing_else(area: Area, written: Written) -> None:
    _, manifest, counted = written
    planted = set(manifest.loc[manifest["area"] == area.code, "rule"])
    follow = set().union(*(FOLLOWS.get(rule, set()) for rule in planted))
    found = set(counted[area.code].problems["rule"])
    assert planted <= found
    assert found <= planted | follow


def test_every_kind_of_error_is_planted_somewhere(written: Written) -> None:
    planted = set(written[1]["rule"])
    assert {error.rule for error in EPISODE_ERRORS if error.rule} <= planted
    assert {
        "rows above the headers", "renamed column", "sheet repeats another",
        "headers without rows", "unmapped value", "no whole number", "status before care",
    } <= planted  # fmt: skip


def test_the_sample_looks_like_care(written: Written) -> None:
    """Plausible: some convert, some go home and come back, long spells are the fewer."""
    counts = pd.concat([c.counts for c in written[2].values()]).query(
        "population == 'all' and source == 'SSDA903'"
    )
    twelve = counts.query("measure == 'S9' and item == 'within 12 months'")
    share = twelve["numerator"].sum() / twelve["denominator"].sum()
    assert 0.1 < share < 0.45
    back = counts.query("measure == 'S12' and item == 'within 12 months'")
    assert 0.03 < back["numerator"].sum() / back["denominator"].sum() < 0.35
    over = counts.query("measure == 'S6'").groupby("item")["numerator"].sum()
    assert over["over 3 months"] > over["over 6 months"] > over["over 24 months"] > 0
    placed = counts.query("measure == 'S13' and across == 'ordered'")
    foster = placed.query("category == 'foster care'")["numerator"].sum()
    assert 0.5 < foster / placed["numerator"].sum() < 0.9


def test_everything_is_marked_as_made_up(written: Written) -> None:
    folder, manifest, _ = written
    assert "SAMPLE" in (folder / "SAMPLE.txt").read_text(encoding="utf-8")
    header = pd.read_csv(folder / "luton" / "ssda903" / "2025" / "header.csv", dtype=str)
    assert header["CHILD"].str.startswith("SAMPLE").all()
    episodes = pd.read_csv(folder / "luton" / "ssda903" / "2025" / "episodes.csv", dtype=str)
    assert episodes["PL_POST"].dropna().str.startswith("ZZ").all()
    assert len(pd.read_csv(folder / MANIFEST)) == len(manifest)


def test_the_same_seed_gives_the_same_children(tmp_path: Path) -> None:
    totals = zip(
        ("cla_rate", "s20_pct", "uasc_cla_pct", "cp_neglect_pct"),
        (40.0, 10.0, 4.0, 9.0),
        strict=True,
    )
    few = pd.DataFrame(
        {
            "area": AREAS[0].code,
            "period": "2024-25",
            "measure": measure,
            "numerator": n,
            "denominator": 20.0,
        }
        for measure, n in totals
    )

    def digest(name: str, seed: int) -> str:
        write_sample_records(tmp_path / name, few, seed, QUARTER, AREAS[:1])
        files = sorted((tmp_path / name).rglob("*.csv"))
        return hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()

    assert digest("a", 1) == digest("b", 1) != digest("c", 2)


def test_an_authority_without_published_totals_is_refused(
    pack: pd.DataFrame, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match="No published count of s20_pct for Luton"):
        write_sample_records(tmp_path, pack[pack["measure"] != "s20_pct"], areas=AREAS[:1])
    with pytest.raises(ParameterError, match=r"No published number of plans.* for Luton"):
        write_sample_records(tmp_path, pack[pack["measure"] != "cp_neglect_pct"], areas=AREAS[:1])
