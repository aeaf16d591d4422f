"""Sample CIN censuses: made-up children, plans by category as published, errors planted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.periods import Period
from slinb.sample.cin_histories import MadeCase, MadeFamilyMember, make_census_children
from slinb.sample.days import Day, count_day, write_iso
from slinb.sample.totals import DEFAULT_SEED, MANIFEST_COLUMNS, read_plan_totals

CENSUS_MANIFEST = "sample_census_errors.csv"
#: Yearly files that are written, the last one up to the end of the quarter.
CENSUS_YEARS = 3
_MARK = (
    "SAMPLE. Every child in this census was made up by slinb. Only the number of child protection\n"
    "plans, and how many of them are for neglect or multiple, are the published ones; errors were\n"
    f"planted on purpose and are listed in {CENSUS_MANIFEST}.\n"
)
_RULES = {
    "a date that does not exist": "no date",
    "a date with the day first": "not ISO",
    "a misspelt block": "renamed block",
    "a block of the authority's own": "unknown block",
    "an element of the authority's own": "unknown element",
    "a child without its characteristics": "child without characteristics",
    "a case closed before it was referred": "end before start",
    "a factor that is no code": "unknown code",
    "one case twice": "repeated row",
    "a closed case without a reason": "closed without reason",
}


def write_sample_census(
    folder: Path,
    published: pd.DataFrame,
    seed: int = DEFAULT_SEED,
    quarter: Period | None = None,
    areas: Sequence[Area] | None = None,
) -> pd.DataFrame:
    """Write a made-up CIN census of three years for each authority.

    Parameters
    ----------
    folder : Path
        Gets a folder an authority (``luton/cin_census/2026/cin_census.xml``) and the manifest.
    published : DataFrame
        OBSERVATIONS with the published ``cp_neglect_pct``, ``cp_neglect_multiple_pct``,
        ``cp_starting_rate`` and ``referrals_rate``; of each the latest reporting year counts.
    seed : int
        The same seed gives the same children.
    quarter : Period, optional
        The quarter at whose end the totals are met; 2025-26-Q3 if left out.
    areas : sequence of Area, optional
        The authorities; the region's eleven if left out.

    Returns
    -------
    DataFrame
        The manifest: area, file, error, the rule that must find it, and how many.

    Raises
    ------
    ParameterError
        The number of plans of an authority is not published.
    """
    quarter = quarter or Period.parse("2025-26-Q3")
    chosen = areas or load_areas().authorities(DEFAULT_REGION)
    last_day = count_day(quarter.end)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        row
        for number, area in enumerate(chosen, start=1)
        for row in write_authority_census(
            folder,
            make_census_children(read_plan_totals(published, area), seed, last_day, number),
            quarter,
            area,
            number,
        )
    ]
    return write_census_manifest(folder, rows)


def write_authority_census(
    folder: Path,
    families: Sequence[MadeFamilyMember],
    quarter: Period,
    area: Area,
    number: int,
) -> list[dict[str, object]]:
    """Write the censuses of one authority into a folder of its name.

    Parameters
    ----------
    folder : Path
        Gets ``luton/cin_census/2026/cin_census.xml`` and the years before.
    families : sequence of MadeFamilyMember
        Its children (:func:`slinb.sample.cin_histories.make_census_children`).
    quarter, area, number
        For when and whom, and the number that its identifiers carry.

    Returns
    -------
    list of dict
        Rows of the manifest: errors stand in the latest year.
    """
    rows: list[dict[str, object]] = []
    day = count_day(quarter.end)
    last = quarter.reporting_year().year + 1
    for year in range(last - CENSUS_YEARS + 1, last + 1):
        path = folder / area.slug / "cin_census" / str(year) / "cin_census.xml"
        planted = write_census(path, families, year, day, number, spoil=year == last)
        file = path.relative_to(folder).as_posix()
        rows += [
            {"area": area.code, "file": file, "error": e, "rule": _RULES[e], "n": 1}
            for e in planted
        ]
    return rows


def write_census_manifest(folder: Path, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    """Write the list of errors planted in the censuses, and the note that all is made up."""
    (folder / "SAMPLE_census.txt").write_text(_MARK, encoding="utf-8")
    manifest = pd.DataFrame(list(rows), columns=MANIFEST_COLUMNS)
    path = folder / CENSUS_MANIFEST
    manifest.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return manifest


# Writing ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Year:
    """What one year's file can know: what happened from its first day to its last."""

    year: int
    last: Day

    @property
    def first(self) -> Day:
        return count_day(dt.date(self.year - 1, 4, 1))

    @property
    def new_sex(self) -> bool:
        """Whether sex is written with letters, as from 2025."""
        return self.year >= 2025

    @property
    def has_proceedings(self) -> bool:
        """Whether the census has the pre-proceedings block, as from 2026."""
        return self.year >= 2026

    def holds(self, case: MadeCase) -> bool:
        open_then = case.closure is None or case.closure >= self.first
        return bool(case.referral <= self.last and open_then)

    def known(self, day: Day | None) -> Day | None:
        return day if day is not None and day <= self.last else None


def write_census(
    path: Path,
    families: Sequence[MadeFamilyMember],
    year: int,
    day: Day,
    number: int,
    *,
    spoil: bool = False,
) -> list[str]:
    """Write the census of one year, as it stood on its last day or on ``day``.

    Returns
    -------
    list of str
        The errors planted.
    """
    last = min(count_day(dt.date(year, 3, 31)), day)
    known = _Year(year, last)
    path.parent.mkdir(parents=True, exist_ok=True)
    planted: list[str] = []
    spoilers = dict(_SPOILERS) if spoil else {}
    with path.open("w", encoding="utf-8", newline="\n") as handle:
        handle.write(_write_header(year, last))
        for child in families:
            cases = [case for case in child.cases if known.holds(case)]
            if not cases:
                continue
            text = _write_child(child, cases, known, number)
            # One error a child, on children whose cases are all closed: no total changes.
            if spoilers and all(known.known(case.closure) is not None for case in cases):
                name, error = next(iter(spoilers.items()))
                if (spoilt := error(text)) != text:
                    text = spoilt
                    planted.append(name)
                    del spoilers[name]
            handle.write(text)
        handle.write("</Children>\n</Message>\n")
    return planted


def _write_header(year: int, last: Day) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- SAMPLE: every child was made up -->\n'
        "<Message>\n<Header><CollectionDetails><Collection>CIN</Collection>"
        f"<Year>{year}</Year><ReferenceDate>{write_iso(last)}</ReferenceDate></CollectionDetails>"
        "<Source><SourceLevel>L</SourceLevel><LEA>000</LEA><SoftwareCode>SAMPLE</SoftwareCode>"
        "</Source></Header>\n<Children>\n"
    )


def _write_child(
    child: MadeFamilyMember, cases: Sequence[MadeCase], known: _Year, number: int
) -> str:
    sex = ("F" if child.female else "M") if known.new_sex else ("2" if child.female else "1")
    tag = "Sex" if known.new_sex else "GenderCurrent"
    parts = [
        f"<Child>\n<ChildIdentifiers><LAchildID>SAMPLE{number:02d}{child.number:06d}</LAchildID>"
        f"<UPNunknown>UN1</UPNunknown><PersonBirthDate>{write_iso(child.birth)}</PersonBirthDate>"
        f"<{tag}>{sex}</{tag}></ChildIdentifiers>\n"
        "<ChildCharacteristics><Ethnicity>NOBT</Ethnicity></ChildCharacteristics>\n"
    ]
    parts += [_write_case(case, known) for case in cases]
    return "".join([*parts, "</Child>\n"])


def _write_case(case: MadeCase, known: _Year) -> str:
    closed = known.known(case.closure)
    return "".join(
        [
            "<CINdetails>",
            _date("CINreferralDate", case.referral),
            _leaf("ReferralSource", case.source),
            _leaf("PrimaryNeedCode", case.need),
            _date("CINclosureDate", closed),
            _leaf("ReasonForClosure", None if closed is None else "RC8" if case.nfa else "RC7"),
            *_write_assessment(case, known),
            *_write_enquiry(case, known),
            _leaf("ReferralNFA", int(case.nfa)),
            *_write_plan(case, known),
            "</CINdetails>\n",
        ]
    )


def _write_assessment(case: MadeCase, known: _Year) -> list[str]:
    if (started := known.known(case.assessed)) is None:
        return []
    signed = known.known(case.authorised)
    factors = [_leaf("AssessmentFactors", code) for code in case.factors if signed is not None]
    inner = f"<FactorsIdentifiedAtAssessment>{''.join(factors)}</FactorsIdentifiedAtAssessment>"
    return [
        "\n<Assessments>",
        _date("AssessmentActualStartDate", started),
        _date("AssessmentAuthorisationDate", signed),
        inner if factors else "",
        "</Assessments>",
    ]


def _write_enquiry(case: MadeCase, known: _Year) -> list[str]:
    """Write the enquiry and conference before a plan, or the plan of a child in need."""
    if case.plan is None:
        started = known.known(case.authorised)
        if started is None or case.factors == ("21",):
            return []
        ended = known.known(case.closure)
        return [
            "\n<CINPlanDates>",
            _date("CINPlanStartDate", started),
            _date("CINPlanEndDate", ended),
            "</CINPlanDates>",
        ]
    if known.known(case.plan.start - 12) is None:
        return []
    held = known.known(case.plan.start)
    return [
        "\n<Section47>",
        _date("S47ActualStartDate", case.plan.start - 12),
        _date("InitialCPCtarget", case.plan.start),
        _date("DateOfInitialCPC", held),
        _leaf("ICPCnotRequired", 0),
        "</Section47>",
    ]


def _write_reviews(start: Day, until: Day) -> str:
    """Write reviews: the first within three months, later ones within six."""
    days = []
    day = start + 85
    while day <= until:
        days.append(_date("CPPreviewDate", day))
        day = day + 175
    return f"<Reviews>{''.join(days)}</Reviews>" if days else ""


def _write_plan(case: MadeCase, known: _Year) -> list[str]:
    plan = case.plan
    if plan is None or (started := known.known(plan.start)) is None:
        return []
    letter = known.known(plan.letter)
    begun = None if letter is None else max(letter - 20, plan.start)
    block = (
        [
            "\n<PreProceedings>",
            _date("PPStartDate", begun),
            _date("LBPSentDate", letter),
            "</PreProceedings>",
        ]
        if letter is not None and known.has_proceedings
        else []
    )
    return [
        "\n<ChildProtectionPlans>",
        _date("CPPstartDate", started),
        _date("CPPendDate", known.known(plan.end)),
        _leaf("InitialCategoryOfAbuse", plan.initial),
        _leaf("LatestCategoryOfAbuse", plan.latest),
        _leaf("NumberOfPreviousCPP", plan.previous),
        _write_reviews(started, known.known(plan.end) or known.last),
        "</ChildProtectionPlans>",
        *block,
    ]


def _date(name: str, day: Day | None) -> str:
    return "" if day is None else f"<{name}>{write_iso(day)}</{name}>"


def _leaf(name: str, value: object) -> str:
    return "" if value is None else f"<{name}>{value}</{name}>"


# Errors -------------------------------------------------------------------------------------


def _replace(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


def _cut(name: str) -> Callable[[str], str]:
    """Return a spoiler that takes an element out with what is in it."""

    def cut(text: str) -> str:
        head, found, tail = text.partition(f"<{name}>")
        return head + tail.partition(f"</{name}>\n")[2] if found else text

    return cut


def _set(name: str, value: str) -> Callable[[str], str]:
    """Return a spoiler that sets the text of an element."""

    def set_text(text: str) -> str:
        head, found, tail = text.partition(f"<{name}>")
        return f"{head}<{name}>{value}{tail[tail.index('<') :]}" if found else text

    return set_text


def _turn_day(text: str) -> str:
    """Write one date as day, month, year."""
    head, found, tail = text.partition("<AssessmentActualStartDate>")
    day = "/".join(reversed(tail[:10].split("-")))
    return f"{head}{found}{day}{tail[10:]}" if found else text


def _double(text: str) -> str:
    head, found, tail = text.partition("<CINdetails>")
    case = found + tail.partition("</CINdetails>\n")[0] + "</CINdetails>\n"
    return head + case + found + tail


def _misspell(text: str) -> str:
    return text.replace("<Assessments>", "<Assesments>").replace("</Assessments>", "</Assesments>")


def _cut_reason(text: str) -> str:
    head, found, tail = text.partition("<ReasonForClosure>")
    return head + tail.partition("</ReasonForClosure>")[2] if found else text


_SPOILERS: dict[str, Callable[[str], str]] = dict(
    zip(
        _RULES,
        (
            _set("AssessmentAuthorisationDate", "2025-02-30"),
            _turn_day,
            _misspell,
            _replace("<CINdetails>", "<LocalNotes><Note>x</Note></LocalNotes><CINdetails>"),
            _replace("<CINdetails>", "<CINdetails><LocalTeam>made up</LocalTeam>"),
            _cut("ChildCharacteristics"),
            _set("CINclosureDate", "2001-01-01"),
            _set("AssessmentFactors", "99Z"),
            _double,
            _cut_reason,
        ),
        strict=True,
    )
)
