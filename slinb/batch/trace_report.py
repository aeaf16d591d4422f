"""Trace a figure of a published page: which quarter, whose observations, which period."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pandas as pd

from slinb.batch.folders import PREFIX, SUFFIX, TO_AUTHORITIES
from slinb.batch.plan import load_plan
from slinb.batch.protection import read_protection
from slinb.batch.quarter import Quarter, find_quarter
from slinb.batch.results import DIVES
from slinb.batch.trace import describe_trace, hide_withheld, list_measure_names, trace_figure
from slinb.batch.trace_audits import AuditTracer
from slinb.batch.trace_dives import DiveTracer, compute_value, load_dive
from slinb.batch.trace_names import (
    Name,
    choose_name,
    find_place,
    fit_names,
    refuse_words,
    split_words,
)
from slinb.batch.trace_parts import Figure, add_up, agrees, describe_parts, write_counts
from slinb.catalogue.areas import Area
from slinb.catalogue.audits import load_audit_instrument
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.collect.audit_tables import AUDIT_ANSWERS, AUDIT_CASES
from slinb.errors import ParameterError
from slinb.schema import OBSERVATIONS, TableSchema
from slinb.workspace import Workspace

#: Whose figures a page shows first; the others are looked for where its own do not fit.
_FAMILIES = ("measures", "section20", "neglect", "audits")
_OF_PAGE = {"section-20": ("section20",), "neglect": ("neglect", "audits")}
_TITLES = {"section20": "Section 20", "neglect": "Neglect", "audits": "Audits"}


def trace_report(report: Path, cell: str, region: str) -> str:
    """Say in lines of text where a figure of a page came from.

    Parameters
    ----------
    report : Path
        A published page or the folder that it lies in; of a page of official figures the latest
        published period is traced, of any other the quarter's returns.
    cell : str
        What and where: "cla_rate Luton", "S8 Luton", "S6 Essex over 12 months, not UASC",
        "audits Essex moderation".
    region : str
        Name or code of the region.

    Raises
    ------
    ParameterError
        The report is none of ours, or the words fit no figure or several: says which there are.
    """
    quarter = find_quarter(
        _name_quarter(report), region, workspace=Workspace.find(report.resolve())
    )
    trace = _Trace(quarter, report)
    area, words = find_place(cell, quarter.areas, trace.find_own())
    if not words.strip():
        raise ParameterError(f"“{cell}” names no figure.", f"Write what and where: S8 {area.name}.")
    seen: list[Name] = []
    for family in trace.list_families(words):
        names = trace.list_names(family)
        if fit_names(words, names):
            return trace.describe(family, choose_name(words, names, area.name), area)
        seen += names
    raise refuse_words(words, seen, area.name)


@dataclass(frozen=True)
class _Trace:
    """One page: what it shows, and where that came from."""

    quarter: Quarter
    report: Path

    @property
    def edition(self) -> Literal["public", "restricted"]:
        return "public" if _find_suffix(self.report) == SUFFIX["public"] else "restricted"

    @property
    def stem(self) -> str:
        return self.report.stem.removeprefix(PREFIX["restricted"])

    def find_own(self) -> Area | None:
        """Return the authority whose own page it is."""
        own = (a for a in self.quarter.authorities if self.stem.endswith(f"-{a.slug}"))
        return max(own, key=lambda a: len(a.slug), default=None)

    def list_families(self, words: str) -> list[str]:
        """Return the families that words may be of: those of a typed id, else the page's first."""
        typed = set(split_words(words))
        first = _OF_PAGE.get(self.stem, ())
        ordered = [*first, *(f for f in _FAMILIES if f not in first)]
        known = [family for family in ordered if not typed.isdisjoint(self._list_ids(family))]
        return known or ordered

    def _list_ids(self, family: str) -> list[str]:
        if family == "measures":
            return [m.id for m in self.quarter.measures]
        if family == "audits":
            return [family]
        return [measure.casefold() for measure in load_dive(family)[0].measures]

    def list_names(self, family: str) -> list[Name]:
        if family == "measures":
            return list_measure_names(self.quarter.measures)
        return self._open(family).list_names()

    def describe(self, family: str, name: Name, area: Area) -> str:
        if family == "measures":
            return self._describe_measure(name.key, area)
        here = [self.quarter.region, *self.quarter.authorities]
        if area not in here:
            raise ParameterError(
                f"{area.name} is not in {self.quarter.region.name}: {name} has no figure for it.",
                f"Name one of: {', '.join(a.name for a in here)}; or another --region.",
            )
        tracer = self._open(family)
        figure = tracer.read_figure(name, area.code)
        head = f"{_TITLES[family]}: {name.title} ({name})"
        if self.edition == "public":
            # Whose cells there are, and whose there are not, would say who has somebody.
            own = family != "audits" and area != self.quarter.region
            shown = f"{area.name}, {self.quarter.period.id}: {'withheld' if own else figure}"
            return "\n".join([head, shown, self._point_to_restricted(name, area)])
        parts = tracer.trace(name, area.code)
        told = describe_parts(parts, self.quarter.areas)
        without = [self.quarter.areas[c].name for c in tracer.list_absent(name, area.code)]
        if without:
            told.append(f"  Without {', '.join(without)}: nothing that could be counted.")
        shown = f"{area.name}, {self.quarter.period.id}: {figure}"
        return "\n".join([head, shown, *told, _conclude(figure, parts)])

    def _point_to_restricted(self, name: Name, area: Area) -> str:
        page = f"reports/{self.quarter.reports('restricted').name}"
        if not self.report.is_dir():
            page += f"/{PREFIX['restricted']}{self.stem}.html"
        return (
            "The counts behind it are not for the public edition. The restricted one has them:\n"
            f'  slinb trace {page} "{name.write(area.name)}"'
        )

    def _open(self, family: str) -> DiveTracer | AuditTracer:
        return self._open_audits() if family == "audits" else self._open_dive(family)

    def _open_dive(self, name: str) -> DiveTracer:
        quarter, edition = self.quarter, self.quarter.edition(self.edition)
        dive, data = load_dive(name)
        counts, durations = (self._read(n, DIVES[n]) for n in ("dive_counts", "dive_durations"))
        return DiveTracer(
            dive,
            data,
            counts,
            durations,
            edition.result(f"{name}_figures"),
            edition.result(f"{name}_medians"),
            quarter.published,
            tuple(a.code for a in quarter.authorities),
            quarter.region.code,
            quarter.period,
        )

    def _open_audits(self) -> AuditTracer:
        edition = self.quarter.edition(self.edition)
        return AuditTracer(
            load_audit_instrument(),
            self._read("audit_cases", AUDIT_CASES),
            self._read("audit_answers", AUDIT_ANSWERS),
            edition.result("audits_grades"),
            edition.result("audits_questions"),
            edition.result("audits_moderation"),
            tuple(a.code for a in self.quarter.authorities),
            self.quarter.region.code,
        )

    def _read(self, name: str, schema: TableSchema) -> pd.DataFrame:
        path = self.quarter.folder / f"{name}.parquet"
        return pd.read_parquet(path) if path.exists() else schema.empty()

    def _describe_measure(self, measure: Measure, area: Area) -> str:
        quarter = self.quarter
        official = self._is_official(measure)
        if official:
            observations, period = quarter.published, _find_latest(quarter, measure, area)
        else:
            own = [quarter.earlier, quarter.table("accepted"), quarter.table("quarantined")]
            observations, period = pd.concat(own, ignore_index=True), quarter.period
        traced = trace_figure(observations, measure, area, period, quarter.areas)
        if self.edition == "public" and not official:
            traced = hide_withheld(traced, self._read_public(), measure)
        return describe_trace(traced, measure, quarter.areas)

    def _read_public(self) -> pd.DataFrame:
        """Return the counts of each quarter as the public edition has them; none if never made."""
        if not self.quarter.protected.is_dir():
            return OBSERVATIONS.empty()
        found = read_protection(self.quarter.protected)
        return found.points.own if found.proved else OBSERVATIONS.empty()

    def _is_official(self, measure: Measure) -> bool:
        """Whether the page shows the official figure of a measure."""
        known = {briefing.notebook.replace("_", "-"): briefing.uses for briefing in load_plan()}
        published = known.get(self.stem) == "published" or self.stem in _OF_PAGE
        return published or not measure.quarterly


def _conclude(figure: Figure, parts: pd.DataFrame) -> str:
    """Say what the cells make together, and whether that is what the page shows."""
    if parts.empty:
        return "Nothing was sent that it could be made of."
    if figure.status not in ("final", "provisional", "estimated"):
        return "So the page shows no figure."
    value, counts = compute_value(parts, figure), write_counts(*add_up(parts))
    if not agrees(figure, parts, value):
        return (
            f"Together {counts}: not what the page shows. The returns were collected again since; "
            "run the quarter to bring the page up to date."
        )
    if figure.unit == "months":
        return f"Half of the {counts} lie within {value:,.1f} months, as the page shows."
    unit = figure.unit if figure.unit == "%" else f" {figure.unit}"
    return f"Together {counts}, which is {value:,.1f}{unit}, as the page shows."


def _name_quarter(report: Path) -> str:
    folder = _find_folder(report)
    return folder.name.removesuffix(_find_suffix(report))


def _find_folder(report: Path) -> Path:
    return report.resolve() if report.is_dir() else report.resolve().parent


def _find_suffix(report: Path) -> str:
    """Return what follows the quarter in the name of a report's folder."""
    known: Iterable[str] = (SUFFIX["restricted"], TO_AUTHORITIES)
    ends: Callable[[str], bool] = _find_folder(report).name.endswith
    return next((suffix for suffix in known if ends(suffix)), SUFFIX["public"])


def _find_latest(quarter: Quarter, measure: Measure, area: Area) -> Period:
    mine = quarter.published["measure"].eq(measure.id)
    codes = [area.code, *(a.code for a in quarter.areas.authorities(area.code))]
    periods = quarter.published.loc[mine & quarter.published["area"].isin(codes), "period"]
    if periods.empty:
        raise ParameterError(
            f"No official figure of {measure.id} is known for {area.name}.",
            "Name a page of the quarter's returns, such as quarterly-rug.html.",
        )
    return max(Period.parse(text) for text in periods.unique())
