"""A step runs again only if its code, parameters, inputs or packages changed; else it is kept."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import slinb
from slinb.batch import digests, graph
from slinb.batch.graph import Need, Step, build_graph, run_graph
from slinb.batch.store import Store
from slinb.errors import SlinbError
from tests.batch import graph_kit as kit


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "raw").mkdir()
    for name, number in zip("abc", (10, 20, 30), strict=True):
        send(tmp_path, name, number)
    kit.LOG.clear()
    return tmp_path


def send(root: Path, name: str, number: int) -> None:
    (root / "raw" / f"{name}.txt").write_text(str(number), encoding="utf-8")


def store_of(root: Path) -> Store:
    return Store(root / "store", root)


def run(root: Path, **options) -> dict[str, str]:
    """Run the quarter in small and return what became of each step."""
    kit.LOG.clear()
    options.setdefault("plan", kit.make_graph(root))
    plan = options.pop("plan")
    results = run_graph(plan, store_of(root), kit.AtOnce(), **options)
    return {name: result.state for name, result in results.items()}


def test_everything_is_made_once_and_kept_after_that(root: Path) -> None:
    assert set(run(root).values()) == {"made"}
    assert (root / "pages" / "b.html").read_text(encoding="utf-8") == "b: 20 of 6"
    assert set(run(root).values()) == {"kept"}
    assert kit.LOG == []


def test_one_resubmission_runs_its_own_pages_and_what_pools_it_only(root: Path) -> None:
    run(root)
    send(root, "b", 21)  # the region's figure rounds to what it was
    done = run(root)
    made = {name for name, state in done.items() if state == "made"}
    assert made == {"collect b", "compare", "page b", "index"}
    assert (root / "pages" / "b.html").read_text(encoding="utf-8") == "b: 21 of 6"


def test_a_resubmission_that_moves_the_region_moves_every_page(root: Path) -> None:
    run(root)
    send(root, "b", 90)
    done = run(root)
    assert done["collect a"] == "kept"
    assert done["page a"] == "made"
    assert (root / "pages" / "a.html").read_text(encoding="utf-8") == "a: 10 of 13"


def test_what_was_made_before_comes_back_without_being_made_again(root: Path) -> None:
    run(root)
    send(root, "b", 21)
    run(root)
    send(root, "b", 20)
    assert set(run(root).values()) == {"kept"}
    assert (root / "pages" / "b.html").read_text(encoding="utf-8") == "b: 20 of 6"


def test_a_deleted_output_comes_back(root: Path) -> None:
    run(root)
    (root / "pages" / "a.html").unlink()
    (root / "pages" / "b.html").write_text("spoilt", encoding="utf-8")
    assert set(run(root).values()) == {"kept"}
    assert (root / "pages" / "a.html").read_text(encoding="utf-8") == "a: 10 of 6"
    assert (root / "pages" / "b.html").read_text(encoding="utf-8") == "b: 20 of 6"


def test_a_damaged_store_makes_its_step_again(root: Path) -> None:
    run(root)
    for stored in (root / "store" / "objects").glob("*/*"):
        stored.write_text("damaged", encoding="utf-8")
    (root / "pages" / "a.html").unlink()
    done = run(root)
    assert done["page a"] == "made"
    assert (root / "pages" / "a.html").read_text(encoding="utf-8") == "a: 10 of 6"


def test_force_makes_all_or_those_named(root: Path) -> None:
    run(root)
    assert set(run(root, force=True).values()) == {"made"}
    done = run(root, force={"page c"})
    assert [name for name, state in done.items() if state == "made"] == ["page c"]


def test_a_failing_page_does_not_touch_the_others_nor_the_index(root: Path) -> None:
    done = run(root, plan=kit.make_graph(root, broken="b"))
    assert done["page b"] == "failed"
    assert {done["page a"], done["page c"], done["index"]} == {"made"}
    assert (root / "index.txt").read_text(encoding="utf-8") == "a.html, c.html"
    assert run(root)["page b"] == "made"  # mended: only then is it stored


def test_what_needs_a_failed_step_is_skipped_and_says_so(root: Path) -> None:
    steps = [
        Step("bad", kit.break_down),
        Step("next", kit.do_nothing, needs=(Need("bad"),)),
        Step("after", kit.do_nothing, needs=(Need("next"),)),
    ]
    results = run_graph(build_graph(steps, root), store_of(root), kit.AtOnce())
    assert {n: r.state for n, r in results.items()} == {
        "bad": "failed", "next": "skipped", "after": "skipped",
    }  # fmt: skip
    assert results["next"].reason == "bad failed"
    assert results["bad"].failure.kind == "ZeroDivisionError"


def test_a_step_that_writes_nothing_has_failed(root: Path) -> None:
    plan = build_graph([Step("empty", kit.do_nothing, outputs=("pages/x.html",))], root)
    result = run_graph(plan, store_of(root), kit.AtOnce())["empty"]
    assert result.state == "failed"
    assert "without writing pages/x.html" in result.failure.told


def test_each_step_is_told_of_as_it_begins_and_ends(root: Path) -> None:
    begun, ended = [], []
    run(root, on_start=begun.append, on_end=lambda r: ended.append(r.step))
    assert sorted(begun) == sorted(ended) == sorted(kit.make_graph(root).steps)


def judge(root: Path, **options) -> dict[str, tuple[str, str]]:
    verdicts = kit.make_graph(root).judge(store_of(root), **options)
    return {v.step: (v.action, v.reason) for v in verdicts}


def test_the_plan_says_what_would_run_and_why(root: Path) -> None:
    assert set(judge(root).values()) == {("make", "never made")}
    run(root)
    assert set(judge(root).values()) == {("keep", "nothing changed")}
    send(root, "b", 90)
    told = judge(root)
    assert told["collect b"] == ("make", "files changed: raw/b.txt")
    assert told["compare"] == ("wait", "depends on collect b")
    assert told["collect a"][0] == "keep"
    assert told["page a"] == ("wait", "depends on compare")
    assert judge(root, force=True)["page a"] == ("make", "asked for")
    assert kit.LOG.count("page a") == 1  # asking ran nothing


@pytest.mark.parametrize(
    ("what", "replacement", "reason"),
    [
        ("digest_code", lambda _: {"x.py": "new"}, "code changed: batch/"),
        ("list_packages", lambda: {"pandas": "99"}, "installed packages changed: "),
    ],
)
def test_new_code_or_new_packages_make_everything_again(
    root: Path, monkeypatch: pytest.MonkeyPatch, what: str, replacement, reason: str
) -> None:
    monkeypatch.setattr(graph, "digest_code", lambda _: {"batch/old.py": "1"})
    run(root)
    monkeypatch.setattr(graph, what, replacement)
    assert reason in judge(root)["collect a"][1]
    assert set(run(root).values()) == {"made"}


def test_new_parameters_make_the_step_again(root: Path) -> None:
    (root / "out").mkdir()
    raw = root / "raw" / "a.txt"

    def plan(name: str):
        step = Step("read", kit.read_returns, (raw, root / "out" / name), (f"out/{name}",))
        return build_graph([step], root)

    assert run(root, plan=plan("one"))["read"] == "made"
    assert run(root, plan=plan("one"))["read"] == "kept"
    verdict = plan("two").judge(store_of(root))[0]
    assert verdict.reason == "parameters changed; makes other files than before"


def test_names_that_stand_twice_unknown_needs_and_circles_are_refused(root: Path) -> None:
    step = Step("x", kit.do_nothing)
    with pytest.raises(SlinbError, match=r"one name: \['x'\]"):
        build_graph([step, step], root)
    with pytest.raises(SlinbError, match="needs “y”, which is no step"):
        build_graph([Step("x", kit.do_nothing, needs=(Need("y"),))], root)
    circle = [Step(a, kit.do_nothing, needs=(Need(b),)) for a, b in ("xy", "yx")]
    with pytest.raises(SlinbError, match="in a circle"):
        build_graph(circle, root)


def test_a_stored_key_does_not_depend_on_where_the_project_lies(tmp_path: Path) -> None:
    keys = []
    for name in ("here", "there"):
        root = tmp_path / name
        (root / "raw").mkdir(parents=True)
        for letter in "abc":
            send(root, letter, 10)
        results = run_graph(kit.make_graph(root), store_of(root), kit.AtOnce())
        keys.append({n: r.key for n, r in results.items()})
    assert keys[0] == keys[1]


def test_pruning_keeps_the_last_few_of_each_step(root: Path) -> None:
    store = store_of(root)
    for number in (1, 2, 3, 4):
        send(root, "a", number * 100)
        run(root)
    assert store.prune(keep=2) > 0
    assert set(run(root).values()) == {"kept"}
    send(root, "a", 300)  # the last but one
    assert set(run(root).values()) == {"kept"}
    assert store.prune(keep=2) == 0
    send(root, "a", 100)
    assert run(root)["collect a"] == "made"


def test_of_a_step_that_is_gone_nothing_stays(root: Path) -> None:
    store = store_of(root)
    run(root)
    assert store.find_latest("collect a") is not None
    store.prune(gone=lambda step: step == "collect a")
    assert store.find_latest("collect a") is None
    assert store.find_latest("collect b") is not None
    assert run(root)["collect a"] == "made"


def test_code_is_followed_through_its_imports() -> None:
    found = {p.as_posix().rpartition("/slinb/")[2] for p in digests.find_sources(("slinb.check",))}
    assert {"check/rules.py", "schema.py", "catalogue/measures.py", "errors.py"} <= found
    assert {"check/suites/values.toml", "catalogue/areas.csv"} <= found  # data is code here
    assert not any(name.startswith(("show/", "sample/", "cli")) for name in found)


def test_the_packages_are_those_that_are_installed() -> None:
    import papermill

    assert digests.list_packages()["papermill"] == papermill.__version__


def test_a_step_takes_only_arguments_whose_digest_tells_all(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b"
    assert digests.write_plainly({"x": (path, 1)}, tmp_path) == {"x": ["a/b", 1]}
    with pytest.raises(TypeError, match="cannot be given object"):
        digests.write_plainly([object()], tmp_path)


def test_imports_are_found_as_python_reads_them() -> None:
    """Every module of slinb by its syntax tree: what a step runs must never be missed."""
    package = Path(slinb.__file__).parent
    for file in package.rglob("*.py"):
        named = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                named |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                named |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        ours = {name for name in named if name.partition(".")[0] == "slinb"}
        assert ours <= set(digests._read_imports(file)), file.name
