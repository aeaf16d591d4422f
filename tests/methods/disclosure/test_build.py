"""Publications from tidy tables: cells, sums, shared margins, releases, rates."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from slinb.methods.disclosure import (
    Publication,
    Settings,
    add_rates,
    add_sums,
    combine,
    link,
    link_releases,
    tabulate,
    two_way,
)


def make_plans(counts: list[object], **columns: object) -> pd.DataFrame:
    areas = ["Luton", "Essex", "Norfolk", "Total"]
    return pd.DataFrame({"area": areas, "count": counts} | columns)


def read_equalities(publication: Publication) -> list[tuple[str, str, list[str]]]:
    found = []
    for row in publication.relations.itertuples():
        terms = publication.terms[publication.terms["relation"] == row.relation]
        parts = sorted(terms.loc[terms["cell"] != row.total, "cell"])
        found.append((row.kind, row.total, parts))
    return found


def test_a_two_way_table_has_a_sum_for_every_row_and_column() -> None:
    frame = pd.DataFrame(
        [(r, c, 1) for r in ("a", "b", "Total") for c in ("x", "y", "Total")],
        columns=["age", "need", "count"],
    )
    publication = two_way(frame, "plans", "age", "need")
    sums = {(total, tuple(parts)) for _, total, parts in read_equalities(publication)}
    assert ("plans|a|Total", ("plans|a|x", "plans|a|y")) in sums
    assert ("plans|Total|x", ("plans|a|x", "plans|b|x")) in sums
    assert len(sums) == 6  # three rows, three columns, totals included
    with pytest.raises(ValueError, match="must have the labels"):
        two_way(frame, "plans", "age", "area")


def test_symbols_and_missing_cells_are_no_numbers() -> None:
    cells = tabulate(make_plans([3, "c", None, " z "]), "plans").cells
    assert cells["symbol"].tolist() == ["", "c", "x", "z"]
    assert cells["value"].isna().tolist() == [False, True, True, True]
    given = make_plans([3, 40, np.nan, 64], symbol=["", "", "u", ""])
    assert tabulate(given, "plans").cells["symbol"].tolist() == ["", "", "u", ""]


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (-1, "row 2: “-1” is not a count"),
        (2.5, "row 2: “2.5” is not a count"),
        ("<5", "row 2: “<5” is not a count"),
        (np.inf, "row 2: “inf” is not a count"),
    ],
)
def test_what_is_no_count_is_refused_with_its_place(count: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        tabulate(make_plans([3, count, 21, 64]), "plans")


def test_other_mistakes_are_named() -> None:
    frame = make_plans([3, 40, 21, 64])
    with pytest.raises(ValueError, match="no column “n”"):
        tabulate(frame, "plans", count="n")
    with pytest.raises(ValueError, match="no label column"):
        tabulate(frame[["count"]], "plans")
    with pytest.raises(ValueError, match=re.escape("same labels: “plans|Luton”")):
        tabulate(pd.concat([frame, frame]), "plans")
    with pytest.raises(ValueError, match="unknown symbol “q”"):
        tabulate(frame.assign(symbol="q"), "plans")
    publication = tabulate(frame, "plans")
    with pytest.raises(ValueError, match="No label column “need”"):
        add_sums(publication, "need", {})
    with pytest.raises(ValueError, match="part of itself"):
        add_sums(publication, "area", {"Total": ["Luton", "Total"]})
    with pytest.raises(ValueError, match="No table “care”"):
        publication.table("care")
    with pytest.raises(ValueError, match="two publications"):
        combine(publication, publication)
    with pytest.raises(ValueError, match="at least one"):
        combine()


@pytest.mark.parametrize(("name", "value"), [("threshold", -1), ("base", 0), ("min_range", 0.5)])
def test_settings_out_of_range_are_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Settings(**{name: value})


def test_hierarchies_and_time_are_sums_of_labels_in_every_other_label() -> None:
    areas, periods = ["Luton", "Essex", "East", "England"], ["Q1", "Q2", "Q1 to Q2"]
    frame = pd.DataFrame(
        [(a, p, 9) for a in areas for p in periods], columns=["area", "period", "count"]
    )
    publication = tabulate(frame, "plans", sums={"area": {"East": areas[:2], "England": ["East"]}})
    publication = add_sums(publication, "period", {"Q1 to Q2": ["Q1", "Q2"]}, kind="time")
    found = read_equalities(publication)
    assert ("sum", "plans|East|Q1", ["plans|Essex|Q1", "plans|Luton|Q1"]) in found
    assert ("time", "plans|East|Q1 to Q2", ["plans|East|Q1", "plans|East|Q2"]) in found
    assert [kind for kind, *_ in found].count("sum") == 6
    assert [kind for kind, *_ in found].count("time") == 4


def test_a_margin_is_shared_by_label() -> None:
    by_need = tabulate(
        pd.DataFrame({"age": ["a", "a"], "need": ["x", "Total"], "count": [3, 9]}), "by need"
    )
    by_sex = tabulate(
        pd.DataFrame({"age": ["a", "a"], "sex": ["f", "Total"], "count": [5, 9]}), "by sex"
    )
    both = combine(by_need, by_sex)
    where = {"left_where": {"need": "Total"}, "right_where": {"sex": "Total"}}
    linked = link(both, "by need", "by sex", on=["age"], **where)
    terms = linked.terms[linked.terms["relation"] == linked.relations["relation"].iloc[-1]]
    assert sorted(terms["cell"]) == ["by need|a|Total", "by sex|a|Total"]
    assert linked.relations["kind"].iloc[-1] == "link"
    with pytest.raises(ValueError, match="not one cell for each"):
        link(both, "by need", "by sex", on=["age"])
    with pytest.raises(ValueError, match="No label columns"):
        link(both, "by need", "by sex", on=["area"])


def test_a_release_is_linked_unless_it_was_revised() -> None:
    last = tabulate(make_plans([6, 40, "c", 70], rounded=[False, False, False, True]), "plans")
    now = tabulate(make_plans([6, 41, 22, 69], rounded=[False, False, False, True]), "plans")
    both = link_releases(now, last)
    linked = both.terms[
        both.terms["relation"].isin(both.relations.query("kind == 'release'").relation)
    ]
    assert sorted(linked.query("coefficient > 0")["cell"]) == [
        "plans|Luton",
        "plans|Norfolk",
        "plans|Total",  # 69 is published as 70: not revised
    ]
    assert both.cells.set_index("cell").loc["plans|Essex", "revised"]
    assert both.cells["fixed"].sum() == 4
    other = tabulate(pd.DataFrame({"need": ["x"], "count": [1]}), "plans")
    with pytest.raises(ValueError, match="no label column in common"):
        link_releases(now, other)


def test_a_rate_bounds_its_count_by_whole_numbers() -> None:
    publication = tabulate(make_plans(["c", 40, 21, 64]), "plans")
    rated = add_rates(publication, ["plans|Luton"] * 2, ["plans|Total"] * 2, [4.7, np.nan])
    assert len(rated.relations) == len(publication.relations) + 2
    for count in range(1, 8):
        values = rated.cells["value"].fillna(count).to_numpy()
        sums = (rated.matrix() @ values)[-2:]
        fits = (sums >= rated.relations["low"].iloc[-2:]) & (
            sums <= rated.relations["high"].iloc[-2:]
        )
        assert fits.all() == (round(100 * count / 64, 1) == 4.7)
    with pytest.raises(ValueError, match=re.escape("not published: “plans|Kent”")):
        add_rates(publication, ["plans|Kent"], ["plans|Total"], [1.0])
