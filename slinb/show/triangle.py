"""The triangle on a page: three sides of each authority, where they differ, who could help whom."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from slinb.catalogue.areas import Area
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.measures import Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.catalogue.triangle import UNKNOWN, TriangleRules, load_triangle_rules
from slinb.show.audit_words import round_half_up, say_none, say_share
from slinb.show.formats import decapitalise, format_value
from slinb.show.markup import Html, render_template
from slinb.show.phrases import join_names, say_when
from slinb.show.rows import Row, list_rows
from slinb.show.stacked import stack_html

#: Result tables of which the triangle is made.
TRIANGLE_TABLES = (
    "triangle",
    "triangle_disagreements",
    "triangle_helpers",
    "triangle_band",
    "audits_narratives",
    "audits_returns",
)
_DATA = {
    "better": "Better than the region",
    "worse": "Worse than the region",
    "mixed": "Better and worse than the region",
    "similar": "Like the region",
    UNKNOWN: "Nothing to compare",
}
_AUDITS = {"good": "Good", "mixed": "Neither good nor below", "below good": "Below good"}

_HELPER_AUDITS = {UNKNOWN: "not known"}


@dataclass(frozen=True)
class Side:
    """One side of an authority's panel: what it says in short, and the lines behind it."""

    name: str
    short: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Quote:
    """One answer of the authority, and its last one; ``held`` says why words do not stand here."""

    question: str
    text: str
    held: str
    before: str = ""
    before_when: str = ""


@dataclass(frozen=True)
class AuthorityPanel:
    """The panel of one authority: its sides, what is asked, and its own words."""

    area: Area
    sides: Sequence[Side]
    asked: Sequence[Row]
    quotes: Sequence[Quote]


@dataclass(frozen=True)
class TriangleView:
    """The triangle of one quarter and region, ready to be shown.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Those of :data:`TRIANGLE_TABLES`. Texts in the narratives are shown: the public edition's
        table has none. One that is flagged is held back here too.
    areas : sequence of Area
        The authorities, in the order of the panels.
    period : Period
        The quarter of the exercise.
    measures : Measures
    instrument, rules
        The wording; those that come with slinb if left out.
    """

    tables: Mapping[str, pd.DataFrame]
    areas: Sequence[Area]
    period: Period
    measures: Measures = field(default_factory=load_measures)
    instrument: AuditInstrument = field(default_factory=load_audit_instrument)
    rules: TriangleRules = field(default_factory=load_triangle_rules)

    def panels(self) -> list[AuthorityPanel]:
        """Return the panel of each authority that stands in the triangle."""
        by_area = {row["area"]: row for row in list_rows(self.tables["triangle"])}
        band = {row["area"]: row for row in list_rows(self.tables["triangle_band"])}
        asked, told = self.tables["triangle_disagreements"], self.tables["audits_returns"]
        came = set(told.loc[told["cases"].gt(0) & told["outcome"].eq("used"), "area"])
        return [
            AuthorityPanel(
                area,
                self._write_sides(by_area[area.code], band.get(area.code), area.code in came),
                list_rows(asked[asked["area"].eq(area.code)]),
                self._quote(area),
            )
            for area in self.areas
            if area.code in by_area
        ]

    def _write_sides(self, row: Row, band: Row | None, came: bool) -> list[Side]:
        stated = (_say_band(band, self.measures),) if band else ()
        return [
            Side("The data", _DATA[row["data"]], (*_list_data(row, self.measures), *stated)),
            Side("The audits", _say_audits(row, came=came), _list_audits(row)),
            Side("The authority", _say_narrative(row, self.instrument), ()),
        ]

    def _quote(self, area: Area) -> list[Quote]:
        said = self.tables["audits_narratives"]
        mine = list_rows(said[said["area"].eq(area.code)])
        now = {r["prompt"]: r for r in mine if r["period"] == self.period.id}
        before = {r["prompt"]: r for r in mine if r["period"] != self.period.id}
        quotes = [
            _make_quote(prompt.question, now.get(prompt.id), before.get(prompt.id))
            for prompt in self.instrument.prompts
            if not prompt.list
        ]
        return [q for q in quotes if q.text or q.held or q.before]


def triangle_html(view: TriangleView, *, key: str = "triangle") -> Html:
    """Write for each authority what data, audits and the authority itself say.

    Parameters
    ----------
    view : TriangleView
    key : str
        Id of the section.

    Returns
    -------
    Html
        One ``<section>``; every text in it is escaped.
    """
    panels = view.panels()
    return Html(
        str(
            render_template(
                "triangle",
                key=key,
                lead=_say_lead(panels),
                panels=panels,
                rules=view.rules,
                helpers=_write_helpers(view.tables["triangle_helpers"], view.areas, view.measures),
            )
        )
    )


def _say_lead(panels: Sequence[AuthorityPanel]) -> str:
    if not panels:
        return "No audits and no authority's own view were collected: only the figures speak."
    names = [panel.area.name for panel in panels if panel.asked]
    if not names:
        return "Data, audits and authorities contradict one another nowhere by the stated rules."
    return f"What data, audits and the authorities say differs in {join_names(names)}."


def _make_quote(question: str, now: Row | None, before: Row | None) -> Quote:
    text, held = (now["text"], now["flagged"]) if now else ("", "")
    # Words in which somebody may be recognised are not handed round again.
    old = before["text"] if before and not before["flagged"] else ""
    when = Period.parse(before["period"]).label if before and old else ""
    return Quote(question, "" if held else text, held, old, when)


def _say_band(row: Row, measures: Measures) -> str:
    """State the share of plans for neglect, never without the band above it."""
    when = say_when(row["period"], measures["cp_neglect_pct"])
    whole = [_say_share(row["neglect_region"]), _say_share(row["band_region"])]
    return (
        f"Plans {when}: {_say_share(row['neglect'])} for neglect, {_say_share(row['band'])} for "
        f"neglect or multiple; in the region {whole[0]} and {whole[1]}."
    )


def _say_share(value: float) -> str:
    return "c (withheld)" if math.isnan(value) else f"{round_half_up(value)}%"


def _list_data(row: Row, measures: Measures) -> tuple[str, ...]:
    lines = []
    for word in ("worse", "better", "worsened", "improved"):
        if names := [decapitalise(measures[m].short) for m in row[word].split()]:
            since = " in a year" if word in ("worsened", "improved") else ""
            lines.append(f"Really {word}{since}: {join_names(names)}.")
    return tuple(lines)


def _say_audits(row: Row, *, came: bool) -> str:
    if row["audit_status"] == "suppressed":
        return "Withheld"
    # Cases without a grade: their scale, or their cells, could not be read.
    return _AUDITS.get(row["audits"], "Came, its grades in doubt" if came else "No audits")


def _list_audits(row: Row) -> tuple[str, ...]:
    if row["audit_status"] == "suppressed":
        return (f"{say_none({**row, 'status': 'suppressed'})} cases: too few to show.",)
    if row["audit_status"] == "missing":
        return ()
    stricter = ("Moderation made many grades worse.",) if row["moderation"] == "stricter" else ()
    share = {**row, "status": "final", "good": round(row["value"] * row["n"] / 100)}
    when = "after" if row["basis"] == "moderated" else "before"
    return (f"{say_share(share)}, good or better {when} moderation.", *stricter)


def _say_narrative(row: Row, instrument: AuditInstrument) -> str:
    if row["narrative"] == UNKNOWN:
        return "Has not said"
    return instrument.label("direction", row["narrative"])


def _write_helpers(helpers: pd.DataFrame, areas: Sequence[Area], measures: Measures) -> str:
    if helpers.empty:
        return ""
    names = {area.code: area.name for area in areas}
    rows = [
        [
            names[row["area"]],
            f"{measures[row['measure']].short}: "
            f"{format_value(row['value'], measures[row['measure']])}",
            f"{names[row['helper']]}: "
            f"{format_value(row['helper_value'], measures[row['measure']])}",
            f"{row['rank']}, {row['closeness']}",
            _HELPER_AUDITS.get(row["helper_audits"], str(row["helper_audits"])),
        ]
        for area in areas
        for row in list_rows(helpers[helpers["area"].eq(area.code)])
        if row["helper"] in names
    ]
    return stack_html(
        ["Really worse", "On", "Could ask", "Neighbour", "Its own audits"],
        rows,
        caption="An authority that is really better than the region and a statistical neighbour "
        "of one that is really worse. Rank 1 is the nearest neighbour.",
    )
