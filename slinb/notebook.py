"""What the notebooks call: one call a picture, each taking an open quarter.

Everything here binds the result tables of a quarter to the drawing of :mod:`slinb.show`; the
figures come from :mod:`slinb.analyse`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from slinb.analyse.funnels import draw_funnel_curve, draw_funnel_curves
from slinb.batch.edition import Edition, RugKind
from slinb.batch.quarter import open_quarter
from slinb.catalogue.areas import Area
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.explain import load_explain_rules
from slinb.catalogue.measures import Measure
from slinb.check.rules import load_rules
from slinb.errors import ParameterError
from slinb.show.annual_report import ANNUAL_REPORT_TABLES, YearView, annual_report_html
from slinb.show.audit_receipt import AUDIT_RECEIPT_TABLES, audit_receipt_html
from slinb.show.audits import AUDIT_TABLES, AuditView, audits_html
from slinb.show.explain_list import explain_html
from slinb.show.explorer import EXPLORER_TABLES, ExplorerView, explorer_html
from slinb.show.funnel_charts import funnels_html
from slinb.show.markup import Html
from slinb.show.measure_links import (
    link_measures,
    list_domains,
    measure_page_stem,
    select_domain,
)
from slinb.show.measure_page import MEASURE_TABLES, measures_html
from slinb.show.messages_list import messages_html
from slinb.show.neglect import NEGLECT_TABLES, NeglectView, neglect_html
from slinb.show.profile import PROFILE_TABLES, profile_html
from slinb.show.quality import quality_html
from slinb.show.receipt import RECEIPT_TABLES, receipt_html
from slinb.show.receipt_neglect import (
    NEGLECT_RECEIPT_TABLES,
    NEGLECT_WITH_REGION,
    neglect_receipt_html,
)
from slinb.show.rug import RugExtras, rug_html
from slinb.show.rug_sparks import list_published_sparks, list_sparks
from slinb.show.section20 import SECTION20_TABLES, Section20View, section20_html
from slinb.show.section20_receipt import (
    SECTION20_RECEIPT_TABLES,
    SECTION20_WITH_REGION,
    section20_receipt_html,
)
from slinb.show.sensitivity_list import sensitivity_html
from slinb.show.slides_deck import SLIDES_TABLES, SlidesView
from slinb.show.slides_page import slides_html
from slinb.show.suppression import suppression_html
from slinb.show.theme import notebook_style_html
from slinb.show.travel_table import travel_html
from slinb.show.trend_charts import trends_html
from slinb.show.triangle import TRIANGLE_TABLES, TriangleView, triangle_html

if TYPE_CHECKING:
    from ipywidgets import Widget
    from pandas import DataFrame
    from plotly.graph_objects import Figure

__all__ = [
    "open_quarter",
    "pick_comparison",
    "pick_funnel",
    "pick_trend",
    "show_annual_report",
    "show_audits",
    "show_comparison",
    "show_explain",
    "show_explorer",
    "show_funnels",
    "show_measures",
    "show_messages",
    "show_neglect",
    "show_own_audits",
    "show_own_neglect",
    "show_own_section20",
    "show_profile",
    "show_quality",
    "show_receipt",
    "show_rug",
    "show_section20",
    "show_sensitivity",
    "show_slides",
    "show_suppression",
    "show_travel",
    "show_trends",
    "show_triangle",
]


def show_rug(
    quarter: Edition,
    kind: RugKind,
    measures: Sequence[str] = (),
    *,
    benchmark: str = "region",
    show_ranks: bool = False,
) -> Html:
    """Show the rug of a quarter.

    Parameters
    ----------
    quarter : Edition
    kind : {"annual", "quarterly"}
        On published figures or on the quarter's returns.
    measures : sequence of str
        Measure ids (``slinb measures`` lists them); all of the rug if empty.
    benchmark : {"region", "england", "neighbours"}
        What every authority is compared with.
    show_ranks : bool, default False
        Open with ranks and quartile bands shown.
    """
    words = {
        "annual": "Latest published year of each measure",
        "quarterly": f"Returns for {quarter.period.label}",
    }
    chosen = quarter.select_measures(measures, kind)
    return _style(
        rug_html(
            quarter.comparison(kind, measures),
            chosen,
            quarter.authorities,
            title=f"{words[kind]}: the authorities of the {quarter.region.name}",
            region=quarter.region,
            benchmark=benchmark,
            show_ranks=show_ranks,
            extras=_find_extras(quarter, kind, chosen, benchmark),
        )
    )


def _find_extras(
    quarter: Edition, kind: RugKind, measures: Sequence[Measure], benchmark: str
) -> RugExtras:
    """Return what stands beside the figures of a rug of the whole region."""
    if kind == "annual":
        table = quarter.result("published_series")
        sparks = list_published_sparks(table, measures, quarter.region)
    else:
        sparks = list_sparks(quarter.result("trends"), measures, quarter.region)
    return RugExtras(
        # What was tested is the rug's own statement, which is made against the region.
        firmness=quarter.result(f"firmness_{kind}") if benchmark == "region" else None,
        sparks=sparks,
        measures=link_measures(measures, quarter.prefix),
        profiles=_link_profiles(quarter),
    )


def _link_profiles(quarter: Edition) -> dict[str, str]:
    stem = f"{quarter.prefix}authority-profile"
    return {a.code: f"{stem}-{a.slug}.html" for a in quarter.authorities}


def show_measures(quarter: Edition, domain: str) -> Html:
    """Show what each measure of a domain is, and every authority's series of it.

    Raises
    ------
    ParameterError
        No domain of that name has a measure of the rugs.
    """
    chosen = select_domain(quarter.measures, domain)
    if not chosen:
        raise ParameterError(
            f"“{domain}” is no domain of measures.",
            f"They are: {', '.join(list_domains(quarter.measures))}.",
        )
    return _style(
        measures_html(
            {name: quarter.result_for(name, measure_page_stem(domain)) for name in MEASURE_TABLES},
            chosen,
            quarter.areas,
            quarter.region,
            profiles=_link_profiles(quarter),
        )
    )


def show_quality(quarter: Edition) -> Html:
    """Show what was sent, what was queried and what is therefore not shown.

    The public edition says how often each rule asked whom, and nothing of what was sent.
    """
    return _style(
        quality_html(
            quarter.result("summary"),
            quarter.result("queries"),
            quarter.result("submissions"),
            quarter.measures,
            quarter.authorities,
            quarter.period,
            rules={r.id: r.looks_for for suite in load_rules().suites.values() for r in suite},
            public=quarter.public,
        )
    )


def show_suppression(quarter: Edition) -> Html:
    """Show how much the public edition suppresses, in which counts, and that it was proved."""
    return _style(
        suppression_html(
            quarter.result("suppression"), quarter.result("audit"), load_disclosure_rules()
        )
    )


def show_profile(quarter: Edition, authority: str) -> Html:
    """Show one authority's page: where it stands out, its trends, its neighbours, its list.

    Raises
    ------
    ParameterError
        ``authority`` is not one of the region's.
    """
    chosen, tables = _read_own(quarter, authority, PROFILE_TABLES, "authority-profile")
    return _style(
        profile_html(
            tables,
            quarter.measures,
            chosen,
            quarter.areas,
            quarter.region,
            load_explain_rules(),
            own_words=not quarter.public,
            rug=f"{quarter.prefix}quarterly-rug.html#rug",
            links=link_measures(quarter.measures, quarter.prefix),
        )
    )


def show_section20(quarter: Edition, section: str) -> Html:
    """Show one section of the Section 20 briefing (:data:`slinb.show.section20.SECTIONS`)."""

    def read() -> Section20View:
        tables = {name: quarter.result(name) for name in SECTION20_TABLES}
        return Section20View(tables, quarter.authorities, quarter.region, quarter.period)

    return _style(section20_html(quarter.keep("section20", read), section))


def show_neglect(quarter: Edition, section: str) -> Html:
    """Show one section of the neglect briefing (:data:`slinb.show.neglect.SECTIONS`)."""

    def read() -> NeglectView:
        tables = {name: quarter.result(name) for name in NEGLECT_TABLES}
        return NeglectView(tables, quarter.authorities, quarter.region, quarter.period)

    return _style(neglect_html(quarter.keep("neglect", read), section))


def show_audits(quarter: Edition, section: str) -> Html:
    """Show one section on the audits of the quarter (:data:`slinb.show.audits.SECTIONS`).

    Where no exercise was held the section ``messages`` says so and the others are empty.
    """

    def read() -> AuditView:
        tables = {name: quarter.result(name) for name in AUDIT_TABLES}
        given = (quarter.authorities, quarter.region, quarter.period)
        return AuditView(tables, *given, withheld=quarter.public)

    return _style(audits_html(quarter.keep("audits", read), section))


def show_triangle(quarter: Edition) -> Html:
    """Show for each authority what data, audits and its own view say, and where they differ."""
    tables = {name: quarter.result(name) for name in TRIANGLE_TABLES}
    return _style(triangle_html(TriangleView(tables, quarter.authorities, quarter.period)))


def show_receipt(quarter: Edition, authority: str) -> Html:
    """Show what one authority gets back for its return; of the restricted edition only.

    Raises
    ------
    ParameterError
        ``authority`` is not one of the region's, or the edition is the public one.
    """
    chosen, tables = _read_own(quarter, authority, RECEIPT_TABLES)
    return _style(
        receipt_html(
            tables,
            quarter.measures,
            chosen,
            quarter.areas,
            quarter.region,
            quarter.period,
        )
    )


def show_own_audits(quarter: Edition, authority: str) -> Html:
    """Show what one authority gets back for its audits; of the restricted edition only.

    Raises
    ------
    ParameterError
        ``authority`` is not one of the region's.
    """
    chosen, tables = _read_own(quarter, authority, AUDIT_RECEIPT_TABLES)
    return _style(audit_receipt_html(tables, chosen, quarter.period))


def show_own_section20(quarter: Edition, authority: str) -> Html:
    """Show what one authority gets back for its Section 20 counts; of the restricted edition only.

    Raises
    ------
    ParameterError
        ``authority`` is not one of the region's.
    """
    chosen, tables = _read_own(quarter, authority, SECTION20_RECEIPT_TABLES)
    view = Section20View(tables, [chosen], quarter.region, quarter.period)
    return _style(section20_receipt_html(view, chosen))


def show_own_neglect(quarter: Edition, authority: str) -> Html:
    """Show what one authority gets back for its counts on neglect; of the restricted edition only.

    Raises
    ------
    ParameterError
        ``authority`` is not one of the region's.
    """
    chosen, tables = _read_own(quarter, authority, NEGLECT_RECEIPT_TABLES)
    view = NeglectView(tables, [chosen], quarter.region, quarter.period)
    return _style(neglect_receipt_html(view, chosen))


def _read_own(
    quarter: Edition, authority: str, names: Sequence[str], page: str = "receipt"
) -> tuple[Area, dict[str, DataFrame]]:
    """Return an authority and tables for its page: with others' rows where it stands among them."""
    chosen = _find_authority(quarter, authority)

    def read(name: str) -> DataFrame:
        if name.startswith("comparison_"):
            return quarter.result_for(name, f"{page}-{chosen.slug}")
        if name in (*SECTION20_WITH_REGION, *NEGLECT_WITH_REGION):
            return quarter.result(name)
        return quarter.result_of(name, chosen)

    return chosen, {name: read(name) for name in names}


def _find_authority(quarter: Edition, name: str) -> Area:
    found = quarter.areas.find(name)
    if found is None or found not in quarter.authorities:
        raise ParameterError(
            f"“{name}” is no authority of the {quarter.region.name}.",
            f"They are: {', '.join(a.name for a in quarter.authorities)}.",
        )
    return found


def show_messages(quarter: Edition, kind: RugKind) -> Html:
    """Show the five messages and five questions of the region and of each authority."""
    return _style(
        messages_html(
            quarter.result(f"messages_{kind}"),
            quarter.comparison(kind),
            quarter.measures,
            quarter.authorities,
            quarter.region,
            rug=f"{quarter.prefix}{kind}-rug.html#rug",
            links=link_measures(quarter.measures, quarter.prefix),
        )
    )


def show_trends(quarter: Edition, measures: Sequence[str] = ()) -> Html:
    """Show who has a new signal this quarter, with a chart of each."""
    chosen = quarter.select_measures(measures, "quarterly")
    areas = [*quarter.authorities, quarter.region]
    return _style(str(trends_html(quarter.result("trends"), chosen, areas)))


def show_travel(quarter: Edition, measures: Sequence[str] = ()) -> Html:
    """Show the direction of travel of every measure, since last quarter and a year ago."""
    chosen = quarter.select_measures(measures, "quarterly")
    table = quarter.result("travel_quarterly")
    links = link_measures(chosen, quarter.prefix)
    made = travel_html(table, chosen, quarter.authorities, region=quarter.region, links=links)
    return _style(str(made))


def show_funnels(
    quarter: Edition, kind: RugKind = "annual", measures: Sequence[str] = (), *, most: int = 30
) -> Html:
    """Show the funnel of each measure on which authorities differ; the others in a table.

    Parameters
    ----------
    quarter : Edition
    kind : {"annual", "quarterly"}
    measures : sequence of str
        Measure ids; all of the rug if empty.
    most : int, default 30
        Funnels to draw at most, those with the most differences first.
    """
    chosen = quarter.select_measures(measures, kind)
    funnel = quarter.result(f"funnel_{kind}")
    outside = funnel[funnel["outside"] & funnel["measure"].isin([m.id for m in chosen])]
    drawn = quarter.measures.select(outside["measure"].value_counts().index[:most])
    curves = draw_funnel_curves(funnel, drawn)
    sources = {"annual": "Department for Education, latest published year", "quarterly": "Returns"}
    figures = funnels_html(funnel, curves, chosen, quarter.authorities, source=sources[kind])
    return _style(str(figures))


def show_sensitivity(quarter: Edition, kind: RugKind = "annual") -> Html:
    """Show which statements of the rug hold under every other reasonable choice."""
    return _style(
        str(
            sensitivity_html(
                quarter.result(f"firmness_{kind}"),
                quarter.result(f"sensitivity_{kind}"),
                quarter.comparison(kind),
                quarter.measures,
                quarter.authorities,
            )
        )
    )


def show_annual_report(quarter: Edition, section: str) -> Html:
    """Show one section of the year's report: region, authorities, signals or quality.

    In mid-year it reports the year so far and says so.
    """
    tables = {name: quarter.result(name) for name in ANNUAL_REPORT_TABLES}
    view = YearView(tables, quarter.measures, quarter.authorities, quarter.region, quarter.period)
    return _style(annual_report_html(view, section))


def show_explorer(quarter: Edition) -> Html:
    """Show any measure of any authorities: trend, comparison, funnel, and their table."""
    tables = {name: quarter.result(name) for name in EXPLORER_TABLES}
    curves = {
        (kind, measure): curve
        for kind in ("annual", "quarterly")
        for measure, curve in draw_funnel_curves(tables[f"funnel_{kind}"], quarter.measures).items()
    }
    view = ExplorerView(
        tables, curves, quarter.measures, quarter.authorities, quarter.region, quarter.period
    )
    return _style(explorer_html(view))


def show_slides(quarter: Edition) -> Html:
    """Show the slides for lead members; they can be downloaded as a PowerPoint file too."""
    tables = {name: quarter.result(name) for name in SLIDES_TABLES}
    view = SlidesView(tables, quarter.measures, quarter.authorities, quarter.region, quarter.period)
    return _style(slides_html(view))


def show_explain(quarter: Edition) -> Html:
    """Show who is asked to explain what, with the authority's own words beside it."""
    return _style(
        str(
            explain_html(
                quarter.result("explain"),
                quarter.comparison("quarterly"),
                quarter.measures,
                quarter.authorities,
                load_explain_rules(),
                own_words=not quarter.public,
                links=link_measures(quarter.measures, quarter.prefix),
            )
        )
    )


def pick_trend(quarter: Edition) -> Widget:
    """Return two drop-downs, measure and authority, over the interactive trend chart."""
    from slinb.show.trend_charts import trend_figure

    trends = quarter.result("trends")

    def draw(measure: str, area: str) -> Figure:
        rows = trends[trends["measure"].eq(measure) & trends["area"].eq(area)]
        return trend_figure(rows, quarter.measures[measure], quarter.areas[area])

    return _pick(quarter, "quarterly", draw)


def pick_funnel(quarter: Edition, kind: RugKind) -> Widget:
    """Return a drop-down of measures over the interactive funnel."""
    from ipywidgets import interactive

    from slinb.show.funnel_explore import funnel_figure

    funnel = quarter.result(f"funnel_{kind}")

    def draw(measure: str) -> Figure:
        rows = funnel[funnel["measure"].eq(measure)]
        chosen = quarter.measures[measure]
        curve = draw_funnel_curve(rows, chosen)
        return funnel_figure(rows, curve, chosen, quarter.authorities)

    drawable = [m for m in quarter.select_measures([], kind) if m.kind in ("proportion", "rate")]
    return interactive(draw, measure={m.short: m.id for m in drawable})


def pick_comparison(quarter: Edition, kind: RugKind, *, benchmark: str = "region") -> Widget:
    """Return a drop-down of measures over the interactive comparison of the authorities."""
    from ipywidgets import interactive

    names = {m.short: m.id for m in quarter.select_measures([], kind)}
    return interactive(
        lambda measure: show_comparison(quarter, kind, measure, benchmark=benchmark),
        measure=names,
    )


def _pick(quarter: Edition, kind: RugKind, draw: Callable[[str, str], Figure]) -> Widget:
    from ipywidgets import interactive

    names = {m.short: m.id for m in quarter.select_measures([], kind)}
    places = {a.name: a.code for a in [*quarter.authorities, quarter.region]}
    return interactive(draw, measure=names, area=places)


def show_comparison(
    quarter: Edition, kind: RugKind, measure: str, *, benchmark: str = "region"
) -> Figure:
    """Return one measure as an interactive plotly figure: values, intervals and the benchmark."""
    from slinb.show.explore import draw_comparison

    comparison = quarter.comparison(kind, [measure])
    return draw_comparison(
        comparison[comparison["benchmark"] == benchmark],
        quarter.measures[measure],
        quarter.authorities,
    )


def _style(html: str | Html) -> Html:
    # JupyterLab needs the style sheet beside the piece; the exporter takes it out again.
    return Html(f"{notebook_style_html()}{html}")
