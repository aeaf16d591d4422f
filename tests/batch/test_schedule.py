"""The plan of a quarter: what each page waits for, and which files decide that it is made again."""

from __future__ import annotations

from fnmatch import fnmatch
from pathlib import Path

import pytest

from slinb.batch.folders import EDITIONS, find_folders
from slinb.batch.parts import EditionName
from slinb.batch.plan import load_plan
from slinb.batch.schedule import Schedule, name_reading_step, schedule_quarter
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
    first = {"populations", "read audits", "collect"}
    assert set(names[:3]) == first and names[2] == "collect"
    for step in plan.graph.steps.values():
        assert all(names.index(need.step) < names.index(step.name) for need in step.needs)
        assert step.needs or step.name in first


def test_each_return_is_read_by_a_step_of_its_own(tmp_path: Path) -> None:
    folder = Workspace(tmp_path).returns("2025-26-Q3")
    folder.mkdir(parents=True)
    files = [
        "Return [Q3] (2).xlsx",
        "return - luton.csv",
        "return luton.csv",
        "SAMPLE.txt",
        "x.docx",
    ]
    for name in files:
        (folder / name).write_text("x", encoding="utf-8")
    plan = schedule(tmp_path)
    reading = {n: s for n, s in plan.graph.steps.items() if n.startswith("read return ")}
    assert [path.name for s in reading.values() for path in s.files] == sorted(files[:3])
    outputs = [o for s in reading.values() for o in s.outputs]
    assert len(set(outputs)) == 3
    for one in outputs:
        assert not set(one.removesuffix("*.parquet")) & set("[]*?\n ()")
    needs = {need.step for need in plan.graph.steps["collect"].needs}
    assert needs == {*reading, "populations", "read audits"}
    assert plan.graph.steps["collect"].files[0] == folder


def test_the_step_of_a_return_is_named_in_signs_for_a_log() -> None:
    assert name_reading_step(Path("Ünï (2).xlsx")) == "read return Ünï (2).xlsx"
    odd = [name_reading_step(Path(name)) for name in ("a\nb.csv", "a\tb.csv", "a\udc80b.csv")]
    assert len(set(odd)) == 3
    assert all(name.isprintable() and name.isascii() for name in odd)


def test_no_step_that_an_edition_is_said_to_rest_on_names_a_return(tmp_path: Path) -> None:
    folder = Workspace(tmp_path).returns("2025-26-Q3")
    folder.mkdir(parents=True)
    (folder / "Jane Smith.xlsx").write_text("x", encoding="utf-8")
    plan = schedule(tmp_path)
    assert any("Jane" in name for name in plan.graph.steps)
    for edition in EDITIONS:
        assert "collect" in plan.list_steps(edition)
        assert not any("Jane" in name for name in plan.list_steps(edition))
        assert folder in plan.list_inputs(edition)


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
    assert not reads(plan, step, own.replace("/of", "/comparison_quarterly.parquet"))
    extracts = own.replace("returns/of", "extracts/of")
    for page in ("authority-profile", "receipt"):
        table = f"{extracts}/{page}-luton/comparison_quarterly.parquet"
        assert reads(plan, f"{page}-luton (restricted)", table)
        assert not reads(plan, f"{page}-bedford (restricted)", table)
    told = own.replace("returns/of", "told/of")
    assert reads(plan, "receipt-luton (restricted)", f"{told}/luton/public.parquet")


def test_a_domain_s_page_and_the_triangle_read_their_own_measures(tmp_path: Path) -> None:
    plan = schedule(tmp_path)
    results = "data/processed/2025-26-Q3/results/east-of-england/restricted"
    page = "measures-front-door (restricted)"
    for name in ("comparison_quarterly", "comparison_annual", "trends", "published_series"):
        assert reads(plan, page, f"{results}/extracts/of/measures-front-door/{name}.parquet")
        assert not reads(plan, page, f"{results}/extracts/of/measures-placements/{name}.parquet")
        assert not reads(plan, page, f"{results}/returns/{name}.parquet")
    audits = "audits (restricted)"
    for name in ("comparison_quarterly", "travel_quarterly"):
        assert reads(plan, audits, f"{results}/extracts/of/triangle/{name}.parquet")
        assert not reads(plan, audits, f"{results}/returns/{name}.parquet")
    assert reads(plan, audits, f"{results}/official/comparison_annual.parquet")


def test_official_figures_wait_for_nothing_of_the_returns_but_the_comparison(
    tmp_path: Path,
) -> None:
    plan = schedule(tmp_path)
    needs = {need.step for need in plan.graph.steps["annual-rug (public)"].needs}
    assert needs == {"official (public)", "gate (public)", "downloads of annual-rug (public)"}


def test_official_figures_are_made_from_what_closes_with_them_and_from_no_return(
    tmp_path: Path,
) -> None:
    plan = schedule(tmp_path)
    for edition in EDITIONS:
        step = plan.graph.steps[f"official ({edition})"]
        assert {need.step for need in step.needs} == {f"closing ({edition})"}
        assert step.files == (Workspace(tmp_path).published,)
        pages = [plan.graph.steps[name] for name in plan.list_pages(edition)]
        assert not any("closing" in need.pattern for page in pages for need in page.needs)


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
