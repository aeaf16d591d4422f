"""What one reader shows of the tables in which every authority stands."""

from __future__ import annotations

import pandas as pd
import pytest

from slinb.batch.extracts import extract_tables, keep_closing, keep_figures
from slinb.batch.parts import EXTRACTED, TRIANGLE
from slinb.batch.plan import list_pages, load_plan
from slinb.catalogue.areas import Area
from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.measures import load_measures
from slinb.catalogue.triangle import load_triangle_rules
from slinb.schema import COMPARISON, EXPLAIN, PUBLISHED_SERIES
from slinb.show.measure_links import list_domains
from slinb.show.profile import profile_html
from tests.show.finding_tables import AREAS, ESSEX, HIGHER, LOWER, LUTON, NEITHER, REGION
from tests.show.profile_tables import MEASURES, make_tables


def take(tables: dict[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    whole = {**tables, "published_series": PUBLISHED_SERIES.empty()}
    return extract_tables({n: whole[n] for n in EXTRACTED}, MEASURES, [LUTON, ESSEX])


def draw(tables: dict[str, pd.DataFrame], area: Area) -> str:
    return str(profile_html(tables, MEASURES, area, AREAS, REGION, load_explain_rules()))


@pytest.mark.parametrize("area", [LUTON, ESSEX])
def test_a_profile_is_the_same_from_its_extract(area: Area) -> None:
    tables = make_tables()
    own = take(tables)[f"authority-profile-{area.slug}"]
    assert own["comparison_quarterly"]["measure"].isin([LOWER.id, HIGHER.id]).all()
    assert draw({**tables, **own}, area) == draw(tables, area)


def test_who_differs_on_nothing_has_a_profile_without_comparisons_and_sent_all_the_same() -> None:
    tables = make_tables()
    now = tables["comparison_quarterly"]
    rows = now[now["measure"].eq(NEITHER.id)]
    for name in ("explain", "messages_quarterly"):
        tables[name] = tables[name].iloc[:0]
    tables |= {"comparison_quarterly": rows, "comparison_annual": rows}
    own = take(tables)[f"authority-profile-{LUTON.slug}"]
    assert not len(own["comparison_quarterly"]) and not len(own["comparison_annual"])
    page = draw({**tables, **own}, LUTON)
    assert "does not really differ" in page
    assert "No return of" not in page
    assert page == draw(tables, LUTON)


def test_of_a_figure_that_is_only_asked_about_the_authority_s_own_row_is_kept() -> None:
    tables = make_tables()
    key = {"area": LUTON.code, "measure": NEITHER.id, "priority": 1, "rule": "outside_998"}
    tables["explain"] = EXPLAIN.from_rows([key])
    own = take(tables)[f"authority-profile-{LUTON.slug}"]["comparison_quarterly"]
    assert own.loc[own["measure"].eq(NEITHER.id), "area"].tolist() == [LUTON.code]
    assert set(own.loc[own["measure"].eq(LOWER.id), "area"]) == {LUTON.code, ESSEX.code}


def test_a_receipt_keeps_figures_without_where_they_stand() -> None:
    own = take(make_tables())[f"receipt-{LUTON.slug}"]["comparison_quarterly"]
    plain = own[own["measure"].eq(NEITHER.id)]
    assert plain["value"].tolist() == [60.0]
    assert plain["benchmark_value"].isna().all() and plain["judgement"].eq("").all()
    assert set(own.loc[own["measure"].eq(LOWER.id), "area"]) == {LUTON.code, ESSEX.code}


def test_a_figure_alone_has_no_benchmark() -> None:
    told = keep_figures(make_tables()["comparison_annual"])
    assert COMPARISON.conform(told).equals(told)
    assert told["benchmark"].eq("region").all() and len(told) == 6
    assert told["benchmark_value"].isna().all()


def test_every_page_that_reads_an_extract_has_one() -> None:
    measures = load_measures()
    tables = {name: table.iloc[:0] for name, table in make_tables().items()}
    tables["published_series"] = PUBLISHED_SERIES.empty()
    found = extract_tables({n: tables[n] for n in EXTRACTED}, measures, [LUTON, ESSEX])
    for page in list_pages(load_plan(), [LUTON, ESSEX], list_domains(measures)):
        if page.briefing.extracts:
            assert set(page.briefing.extracts) <= set(found[page.stem]), page.stem
            assert not {*page.briefing.extracts} & {*page.briefing.own, *page.briefing.reads}


def test_beside_official_figures_stands_what_closes_on_the_same_day() -> None:
    def rows(*keys: tuple[str, str]) -> pd.DataFrame:
        return pd.DataFrame(keys, columns=["measure", "period"])

    points = rows(
        ("cla_rate", "2024-25-Q4"), ("cla_rate", "2025-26-Q3"), ("cp_rate", "2024-25-Q4"),
        ("caseload", "2025-26-Q2"), ("caseload", "2024-25-Q4"),
    )  # fmt: skip
    # The year ends on 31 March as Q4 does; the workforce is counted on 30 September.
    published = rows(("cla_rate", "2024-25"), ("cla_rate", "2023-24"), ("caseload", "2025-26-Q2"))
    kept = keep_closing(points, published)
    assert kept.to_numpy().tolist() == [["cla_rate", "2024-25-Q4"], ["caseload", "2025-26-Q2"]]
    assert keep_closing(points, published.iloc[:0]).empty


def test_the_triangle_has_its_measures_and_no_others() -> None:
    tables = make_tables()
    rows = tables["comparison_quarterly"]
    asked = load_triangle_rules().measures[0]
    more = rows[rows["measure"].eq(LOWER.id)].assign(measure=asked)
    tables["comparison_quarterly"] = pd.concat([rows, more], ignore_index=True)
    own = take(tables)[TRIANGLE]["comparison_quarterly"]
    assert set(own["measure"]) <= set(load_triangle_rules().measures)
    assert asked in set(own["measure"])
