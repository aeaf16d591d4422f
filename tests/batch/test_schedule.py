"""The plan of a quarter: what each page waits for, and which files decide that it is made again."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from slinb.batch.folders import EDITIONS, find_folders
from slinb.batch.parts import EditionName
from slinb.batch.plan import load_plan
from slinb.batch.schedule import Schedule, schedule_quarter
from slinb.catalogue.areas import load_areas
from slinb.workspace import Workspace

DOMAINS = ("Front door", "Placements")


def schedule(root: Path, editions: tuple[EditionName, ...] = EDITIONS) -> Schedule:
    folders = find_folders("2025-26-Q3", workspace=Workspace(root))
    authorities = load_areas().authorities(folders.region.code)
    return schedule_quarter(folders, editions, load_plan(), authorities, DOMAINS)


def reads(plan: Schedule, step: str, file: str) -> bool:
    """Whether a file is among the inputs of a step: made by one it needs, and asked for."""
    steps = plan.graph.steps
    return any(
        fnmatch(file, need.pattern)
        and any(fnmatch(file, o.replace("**/", "*")) for o in steps[need.step].outputs)
        for need in steps[step].needs
    )


def test_collecting_comes_first_and_every_step_follows_from_it(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    names = list(plan.graph.steps)
    assert names[0] == "collect"
    for step in plan.graph.steps.values():
        assert all(names.index(need.step) < names.index(step.name) for need in step.needs)
        assert step.needs or step.name == "collect"


def test_the_public_edition_alone_makes_nothing_of_the_restricted_one(tmp_path: Path) -> None:
    plan = schedule(tmp_path, ("public",))
    outputs = [pattern for step in plan.graph.steps.values() for pattern in step.outputs]
    assert not any("restricted" in pattern or "RESTRICTED" in pattern for pattern in outputs)
    assert not any("receipt" in name for name in plan.graph.steps)


def test_no_two_steps_write_the_same_file(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    patterns = [p for step in plan.graph.steps.values() for p in step.outputs]
    pages = [p for p in patterns if p.endswith(".html")]
    assert len(pages) == len(set(pages)) == len(plan.pages)
    for page in (p for p in patterns if p.endswith(".html")):
        assert sum(fnmatch(page, other) for other in patterns) == 1


@pytest.mark.parametrize("edition", EDITIONS)
def test_a_page_reads_the_tables_of_its_own_edition_only(
    tmp_path: Path, edition: EditionName
) -> None:
    plan = schedule(tmp_path)
    results = "data/processed/2025-26-Q3/results/east-of-england"
    step = f"quarterly-rug ({edition})"
    for other in EDITIONS:
        table = f"{results}/{other}/returns/comparison_quarterly.parquet"
        assert reads(plan, step, table) == (other == edition)


def test_an_authority_s_page_reads_its_own_rows_and_where_it_stands(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    own = "data/processed/2025-26-Q3/results/east-of-england/restricted/returns/of"
    step = "authority-profile-luton (restricted)"
    assert reads(plan, step, f"{own}/luton/explain.parquet")
    assert not reads(plan, step, f"{own}/bedford/explain.parquet")
    assert not reads(plan, step, own.replace("/of", "/explain.parquet"))
    assert reads(plan, step, own.replace("/of", "/comparison_quarterly.parquet"))
    told = own.replace("returns/of", "told/of")
    assert reads(plan, "receipt-luton (restricted)", f"{told}/luton/public.parquet")


def test_official_figures_wait_for_nothing_of_the_returns_but_the_comparison(
    tmp_path: Path,
) -> None:
    plan = schedule(tmp_path)
    needs = {need.step for need in plan.graph.steps["annual-rug (public)"].needs}
    assert needs == {"official (public)", "gate (public)", "downloads of annual-rug (public)"}


def test_a_deep_dive_waits_for_no_comparison(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    needs = {need.step for need in plan.graph.steps["section-20 (restricted)"].needs}
    assert needs == {"dives (restricted)", "official (restricted)"}  # the latter for the sources
    assert {need.step for need in plan.graph.steps["dives (restricted)"].needs} == {"check"}


def test_a_changed_count_is_protected_again_in_its_own_family_only(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    counted = "data/processed/2025-26-Q3/counted/cla_rate/accepted.parquet"
    protecting = [name for name in plan.graph.steps if name.startswith("protect ")]
    assert len(protecting) > 10
    assert [name for name in protecting if reads(plan, name, counted)] == ["protect cla_rate"]
    assert {need.step for need in plan.graph.steps["protect"].needs} == set(protecting)


def test_the_restricted_edition_alone_makes_of_the_public_one_what_it_tells_of(
    tmp_path: Path,
) -> None:
    names = schedule(tmp_path, ("restricted",)).graph.steps
    assert [name for name in names if "(public)" in name] == ["returns (public)"]


@pytest.mark.parametrize("edition", EDITIONS)
def test_every_table_that_a_page_reads_has_a_part_that_makes_it(
    tmp_path: Path, edition: EditionName
) -> None:
    steps = schedule(tmp_path).graph.steps
    for step in (s for s in steps.values() if s.name.endswith(f"({edition})")):
        for need in step.needs:
            made = [o.replace("**/", "*") for o in steps[need.step].outputs]
            assert need.pattern == "*" or any(fnmatch(need.pattern, o) for o in made), need


def test_a_page_is_made_even_without_its_downloads(tmp_path: Path) -> None:
    steps = schedule(tmp_path).graph.steps
    (need,) = [n for n in steps["trends (public)"].needs if n.step.startswith("downloads")]
    assert need.despite
