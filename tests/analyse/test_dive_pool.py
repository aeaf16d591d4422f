"""Counts brought onto one key: which source, which categories, whose sum."""

from __future__ import annotations

import pandas as pd

from slinb.analyse.dive_pool import fill_categories, take_source

ROW = {
    "period": "2025-26-Q3", "item": "stock", "window": "snapshot", "cohort": "",
    "population": "all", "across": "", "source": "lists", "numerator": 3.0, "denominator": 9.0,
    "excluded": 0.0, "why": "", "status": "final",
}  # fmt: skip


def make_counts(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Return counts of an area, a measure and a category."""
    return pd.DataFrame(
        [
            {**ROW, "area": area, "measure": measure, "breakdown": "age", "category": category}
            for area, measure, category in rows
        ]
    )


def test_each_slice_keeps_the_first_source_that_it_has() -> None:
    rows = pd.DataFrame(
        {"area": ["A", "A", "B", "B"], "measure": "M", "source": ["lists", "files", "lists", "new"]}
    )
    kept = take_source(rows, ["files", "lists"])
    assert list(zip(kept["area"], kept["source"], strict=True)) == [("A", "files"), ("B", "lists")]


def test_a_category_that_another_area_has_is_nobody_here() -> None:
    made = fill_categories(make_counts(("A", "M", "young"), ("A", "M", "old"), ("B", "M", "old")))
    own = made[made["area"].eq("B")].set_index("category")
    assert own["numerator"].to_dict() == {"old": 3, "young": 0}
    assert own.loc["young", "denominator"] == 9


def test_a_category_with_its_own_base_was_not_counted_where_it_is_absent() -> None:
    counts = make_counts(("A", "M", "young"), ("A", "M", "old"), ("B", "M", "old"))
    assert len(fill_categories(counts, own_base=["M"])) == len(counts)
