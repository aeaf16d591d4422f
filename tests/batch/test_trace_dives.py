"""Every figure of a deep dive is the sum of the cells that a trace names."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from slinb.analyse.dive_scope import Scope
from slinb.analyse.section20_figures import compute_section20_figures
from slinb.batch.trace_dives import DiveTracer, compute_value, load_dive
from slinb.batch.trace_names import Name, choose_name, fit_names
from slinb.batch.trace_parts import agrees, describe_parts
from slinb.catalogue.areas import load_areas
from slinb.catalogue.section20 import load_section20
from slinb.show.section20 import Section20View, section20_html, write_section20_messages
from tests.analyse import neglect_kit, section20_kit

AREAS = load_areas()
DIVES = ("section20", "neglect")
#: Of some thousand figures, to be quick.
EVERY = 37
NUMBERS = ["numerator", "denominator"]


def number_cells(frame: pd.DataFrame) -> pd.DataFrame:
    """Give every row of a made-up return cells of its own."""
    row = frame.groupby(["area", "sheet"]).cumcount() + 6
    return frame.assign(cell="J" + row.astype(str) + ":L" + row.astype(str))


@lru_cache(maxsize=2)
def open_dive(name: str) -> DiveTracer:
    kit = section20_kit if name == "section20" else neglect_kit
    dives, tables = kit.make_dives(), kit.make_tables("restricted")
    dive, data = load_dive(name)
    return DiveTracer(
        dive, data, number_cells(dives.counts),
        number_cells(dives.durations.assign(sheet="Durations")), tables[f"{name}_figures"],
        tables[f"{name}_medians"], section20_kit.load_pack(section20_kit._PACK),
        kit.CODES, kit.REGION.code, kit.QUARTER,
    )  # fmt: skip


def choose(tracer: DiveTracer, words: str) -> Name:
    return choose_name(words, tracer.list_names(), "Bedford")


@pytest.mark.parametrize("dive", DIVES)
def test_every_name_means_its_own_figure(dive: str) -> None:
    names = open_dive(dive).list_names()
    assert len(names) > 100
    for name in names[::EVERY]:
        assert fit_names(str(name), names) == [name]


@pytest.mark.parametrize("dive", DIVES)
def test_the_cells_add_up_to_the_figure(dive: str) -> None:
    """Read each cell again from the returns, add, divide: it is what the page's table has."""
    tracer = open_dive(dive)
    cells = tracer.counts.set_index(["file", "sheet", "cell"])
    checked = 0
    shares = [n for n in tracer.list_names() if "item" in n.key and "rate" not in n.key["item"]]
    for name in shares[::EVERY]:
        for area in (tracer.region, tracer.authorities[0]):
            figure, parts = tracer.read_figure(name, area), tracer.trace(name, area)
            if figure.status != "final":
                continue
            places = parts[["file", "sheet", "cell"]].itertuples(index=False, name=None)
            read = cells.loc[list(places), NUMBERS].reset_index(drop=True)
            nobody = parts["label"].str.contains("nobody named")
            above = read["numerator"].mask(nobody, 0).sum()
            # One base for the categories of a breakdown, in each cohort of each authority.
            base = [parts["area"], parts["label"].str.extract(r"cohort (\S+)")[0].fillna("")]
            below = read["denominator"].groupby(base).first().sum()
            assert (above, below) == (figure.numerator, figure.denominator), (str(name), area)
            if below:
                assert figure.value == pytest.approx(100 * above / below)
            assert agrees(figure, parts, compute_value(parts, figure))
            checked += 1
    assert checked > 10


def test_categories_drawn_together_share_one_base() -> None:
    tracer = open_dive("section20")
    name = choose(tracer, "S11 ending group care or placement order, all")
    parts = tracer.trace(name, tracer.authorities[0])
    assert parts["same_base"].tolist() == [False, True, True, True]
    lines = describe_parts(parts, AREAS)
    assert " of the same " in lines[2]
    assert " of the same " not in lines[1]


def test_a_rate_stands_over_the_children_of_the_published_release() -> None:
    tracer = open_dive("section20")
    name = choose(tracer, "S1 stock rate")
    parts = tracer.trace(name, tracer.region)
    people = parts[parts["numerator"].isna()]
    pack = tracer.published.set_index(["file", "cell", "measure"])["value"]
    stated = [pack.loc[(row.file, row.cell, "population_0_17")] for row in people.itertuples()]
    assert people["denominator"].tolist() == stated
    figure = tracer.read_figure(name, tracer.region)
    assert len(people) == len(section20_kit.SENDERS)
    assert figure.value == pytest.approx(1e4 * parts["numerator"].sum() / sum(stated))


@pytest.mark.parametrize(
    ("dive", "words"), [("section20", "S6 median"), ("neglect", "N4 median neglect")]
)
def test_a_median_is_that_of_the_cells_of_its_duration_table(dive: str, words: str) -> None:
    tracer = open_dive(dive)
    name = choose(tracer, words)
    for area in (tracer.region, tracer.authorities[0]):
        figure, parts = tracer.read_figure(name, area), tracer.trace(name, area)
        rows = tracer.durations.set_index(["file", "sheet", "cell"])
        read = rows.loc[list(parts[["file", "sheet", "cell"]].itertuples(index=False, name=None))]
        # Slowly: every spell by itself, in the month in which it lies.
        spells = np.sort(np.repeat(read["month"].to_numpy(), read["n"].astype(int).to_numpy()))
        middle = spells[(len(spells) - 1) // 2]
        assert len(spells) == figure.numerator
        assert middle <= figure.value <= middle + 1
        assert agrees(figure, parts, compute_value(parts, figure))


def test_a_practice_answer_leads_to_its_two_cells() -> None:
    tracer = open_dive("section20")
    counts = tracer.counts.assign(
        cell=tracer.counts["cell"].mask(tracer.counts["source"].eq("practice return"), "D7, F7")
    )
    parts = replace(tracer, counts=counts).trace(
        choose(tracer, "capacity recorded"), section20_kit.SENDERS[0].code
    )
    (line,) = describe_parts(parts, AREAS)
    assert line.endswith("cell D7, F7; practice return)")


def test_a_category_that_a_return_does_not_name_is_nobody_over_the_same_base() -> None:
    tracer = open_dive("section20")
    mine = {"measure": "S5", "item": "stock", "population": "all"}
    code = section20_kit.SENDERS[0].code
    rows = tracer.counts
    here = rows["area"].eq(code) & np.logical_and.reduce([rows[k].eq(v) for k, v in mine.items()])
    gone = rows[~(here & rows["category"].eq("N5 dysfunction"))]
    figures = compute_section20_figures(
        gone, tracer.published, load_section20(),
        Scope("section20", tracer.region, tracer.authorities, tracer.period),
    )  # fmt: skip
    without = replace(tracer, counts=gone, figures=figures)
    name = choose(without, "S5 stock, need: N5 dysfunction")
    figure, parts = without.read_figure(name, code), without.trace(name, code)
    assert figure.numerator == 0
    assert parts["label"].tolist() == ["nobody named, base of another row"]
    base = gone.set_index(["file", "cell"]).loc[(parts["file"][0], parts["cell"][0])]
    assert figure.denominator == parts["denominator"][0] == base["denominator"]


def test_who_is_not_in_the_regions_figure_is_named() -> None:
    tracer = open_dive("section20")
    name = choose(tracer, "S8 with a plan to return home")
    held = tracer.counts["area"].eq(section20_kit.SENDERS[0].code)
    held &= tracer.counts["item"].eq(name.key["item"])
    counts = tracer.counts.assign(status=tracer.counts["status"].mask(held, "quarantined"))
    counts[NUMBERS] = counts[NUMBERS].mask(held)
    figures = compute_section20_figures(
        counts, tracer.published, load_section20(),
        Scope("section20", tracer.region, tracer.authorities, tracer.period),
    )  # fmt: skip
    quarantined = replace(tracer, counts=counts, figures=figures)
    absent = quarantined.list_absent(name, tracer.region)
    assert absent == [
        c
        for c in tracer.authorities
        if c in (section20_kit.SILENT.code, section20_kit.SENDERS[0].code)
    ]
    assert not quarantined.trace(name, tracer.region)["area"].isin(absent).any()
    (line,) = describe_parts(quarantined.trace(name, absent[0]), AREAS)
    assert "sent, queried and not yet confirmed" in line


def test_the_sum_stands_on_the_page() -> None:
    tracer = open_dive("section20")
    tables = section20_kit.make_tables("restricted")
    words = write_section20_messages(tables["section20_findings"], load_section20(), AREAS)
    view = Section20View(
        {**tables, "section20_messages": words}, section20_kit.AREAS, section20_kit.REGION,
        section20_kit.QUARTER,
    )  # fmt: skip
    page = re.sub(r"<[^>]+>|\s+", " ", str(section20_html(view, "duration")).replace("\xa0", " "))
    parts = tracer.trace(choose(tracer, "S6 over 12 months, without UASC"), tracer.region)
    above, below = parts["numerator"].sum(), parts["denominator"].sum()
    assert f"({above:,.0f} of {below:,.0f}) have lasted more than 12 months" in page


def test_a_public_figure_is_read_as_the_public_edition_has_it() -> None:
    tables = neglect_kit.make_tables("public")
    tracer = replace(
        open_dive("neglect"), figures=tables["neglect_figures"], medians=tables["neglect_medians"]
    )
    name = choose(tracer, "N1 neglect or multiple")
    assert str(tracer.read_figure(name, tracer.authorities[0])) == "withheld"
    assert tracer.read_figure(name, tracer.region).numerator % neglect_kit.BASE == 0
    assert str(tracer.read_figure(choose(tracer, "N4 median neglect"), tracer.region)) == "withheld"
