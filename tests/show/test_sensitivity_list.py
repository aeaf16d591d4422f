"""What would change: each statement once, firm or not, with the choices that change it."""

from __future__ import annotations

import pandas as pd
import pytest

from slinb.catalogue.measures import Measures
from slinb.errors import SchemaError
from slinb.schema import FIRMNESS, SENSITIVITY
from slinb.show.markup import read_asset
from slinb.show.sensitivity_list import sensitivity_html
from tests.show.finding_tables import (
    EAST,
    ESSEX,
    LOWER,
    LUTON,
    NEITHER,
    make_comparison,
    read,
    text_of,
)

MEASURES = Measures([LOWER, NEITHER.model_copy(update={"number": 9})])
CHANGES = [
    ("england", "England (year to 31 March 2025) instead of the region", 27.0, "similar", "fades"),
    *[
        (
            f"neighbours_2025_{how}",
            f"statistical neighbours (2025 model, {how} of 10) instead of the region",
            figure,
            "better",
            "flips",
        )
        for how, figure in (("mean", 29.1), ("median", 30.4))
    ],
    (
        "neighbours_2021_pooled",
        "statistical neighbours (2021 model, pooled of 8) instead of the region",
        29.9,
        "better",
        "flips",
    ),
    ("three_years", "three years pooled instead of one", 26.0, "similar", "fades"),
    ("region_without_it", "the region without Luton", 19.2, "worse", "holds"),
]


def tables(firmness="depends on the comparison", area=LUTON, measure=LOWER, made=9, changed=5):
    key = {"area": area.code, "measure": measure.id, "period": "2025-26-Q3"}
    firm = FIRMNESS.from_rows(
        [{**key, "statement": "worse", "firmness": firmness, "made": made, "changed": changed}]
    )
    rows = [
        {
            **key,
            "statement": "worse",
            "alternative": name,
            "words": words,
            "value": 26.5 if name == "three_years" else 27.1,
            "benchmark_value": figure,
            "judgement": judgement,
            "outcome": outcome,
        }
        for name, words, figure, judgement, outcome in CHANGES
        if firmness.startswith("depends")
    ]
    comparison = make_comparison(
        [
            {
                "area": area.code,
                "value": 27.1,
                "numerator": 312.0,
                "denominator": 1151.0,
                "judgement": "worse" if measure is LOWER else "higher",
                "judgement_998": "worse" if measure is LOWER else "higher",
            }
        ],
        measure,
    )
    return firm, SENSITIVITY.from_rows(rows), comparison


def page(*sets):
    firm, sensitivity, comparison = (
        pd.concat(frames, ignore_index=True) for frames in zip(*sets, strict=True)
    )
    return read(sensitivity_html(firm, sensitivity, comparison, MEASURES, EAST))


def cell(row, label: str) -> str:
    return text_of(row.select_one(f'[data-label="{label}"]'))


def test_a_statement_stands_with_the_rugs_sign_and_figures() -> None:
    row = page(tables()).select_one("tr.depends")
    assert row.th.text == f"{LOWER.short}lower is better"
    assert cell(row, "The rug says") == "▲▲ worse 27.1% against the region's 19.4%"
    assert row.select_one(".sign")["class"] == ["sign", "w2"]
    assert cell(row, "Firm?") == "Depends: 5 of 9 other comparisons would not say so"


def test_choices_are_grouped_by_what_they_make_of_it_with_their_figures() -> None:
    said = cell(page(tables()).select_one("tr.depends"), "What changes it")
    assert said == (
        "No real difference with England (year to 31 March 2025): 27.0%; "
        "three years pooled instead of one: 26.5% against 26.0% "
        "Better with statistical neighbours, 2025 model: mean 29.1%, median 30.4%; "
        "statistical neighbours, 2021 model, 8 of 10 with a figure: pooled 29.9%"
    )


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (9, "Holds under all 9 other comparisons"),
        (1, "Holds under the one other comparison"),
    ],
)
def test_a_statement_that_holds_says_under_how_many(made, words) -> None:
    row = page(tables("holds", made=made, changed=0)).select_one("tr.holds")
    assert cell(row, "Firm?") == words
    assert cell(row, "What changes it") == "nothing"


def test_a_statement_that_could_not_be_tested_says_so() -> None:
    soup = page(tables("not tested", made=0, changed=0), tables("holds", area=ESSEX, changed=0))
    row = soup.select_one("tr.untested")
    assert cell(row, "Firm?") == "Not tested: no other comparison could be made"
    heads = [th.text for th in soup.table.select("thead th")]
    assert heads == ["Authority", "Hold", "Depend", "Not tested"]
    assert soup.select_one("p.big").text.endswith("0 depend on it and 1 could not be tested.")


def test_the_lead_and_the_overview_count() -> None:
    soup = page(
        tables(),
        tables("holds", measure=MEASURES["cla_rate"], changed=0),
        tables("holds", area=ESSEX, changed=0),
    )
    assert soup.select_one("p.big").text == (
        "2 of 3 findings hold whichever reasonable comparison is made; 1 depends on it."
    )
    rows = soup.table.select("tbody tr")
    overview = {row.th.text: [td.text for td in row.select("td")] for row in rows}
    assert overview == {"Essex": ["1", "0"], "Luton": ["1", "1"]}
    heads = [text_of(h3) for h3 in soup.select("h3")]
    assert heads == ["Essex: 1 of 1 hold", "Luton: 1 of 2 hold"]
    targets = {tag["id"] for tag in soup.find_all(id=True)}
    assert {a["href"][1:] for a in soup.table.select("a")} <= targets


def test_findings_of_an_authority_stand_in_the_catalogues_order() -> None:
    soup = page(tables("holds", measure=MEASURES["cla_rate"], changed=0), tables())
    names = [row.th.contents[0] for row in soup.select("tr.holds, tr.depends")]
    assert names == [LOWER.short, NEITHER.short]


def test_the_filter_is_three_plain_choices_that_the_style_sheet_obeys() -> None:
    soup = page(tables())
    choices = soup.select("fieldset.filter input[type=radio]")
    assert [choice["value"] for choice in choices] == ["all", "holds", "depends"]
    assert len({choice["name"] for choice in choices}) == 1 and choices[0].has_attr("checked")
    css = read_asset("findings.css")
    for shown, hidden in (("holds", "tr.depends"), ("depends", "tr.holds")):
        rule = next(part for part in css.split(",") if f'[value="{shown}"]' in part)
        assert f":is({hidden}" in rule


def test_an_unknown_choice_is_shown_in_its_own_words() -> None:
    firm, sensitivity, comparison = tables()
    sensitivity = sensitivity.assign(words="a choice <b>that</b> nobody foresaw")
    soup = page((firm, sensitivity, comparison))
    assert "a choice <b>that</b> nobody foresaw" in soup.text and soup.select("td b") == []


def test_a_statement_that_the_rug_has_no_figure_for_says_so() -> None:
    firm, sensitivity, comparison = tables()
    row = page((firm, sensitivity, comparison.iloc[:0])).select_one("tr.depends")
    assert cell(row, "The rug says") == "no figure"


def test_no_statement_is_said() -> None:
    html = sensitivity_html(
        FIRMNESS.empty(), SENSITIVITY.empty(), make_comparison([]), MEASURES, EAST
    )
    assert "The rug states no real difference" in str(html) and "<table" not in str(html)


def test_a_table_without_its_columns_is_refused() -> None:
    _, sensitivity, comparison = tables()
    with pytest.raises(SchemaError, match="firmness"):
        sensitivity_html(pd.DataFrame({"area": ["x"]}), sensitivity, comparison, MEASURES, EAST)
