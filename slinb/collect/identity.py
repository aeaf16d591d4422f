"""Whose return is it, and for which quarter: decided before any of its figures is used."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.catalogue.areas import Area, Areas
from slinb.catalogue.periods import Period
from slinb.collect.findings import Finding
from slinb.collect.forms import SentReturn
from slinb.collect.layout import TEMPLATE_VERSION, name_return
from slinb.errors import PeriodError


def guess_area(file: str, expected: Sequence[Area]) -> Area | None:
    """Return the authority that a file name speaks of, or None where it names none or several.

    Examples
    --------
    >>> from slinb.catalogue.areas import load_areas
    >>> east = load_areas().authorities("E12000006")
    >>> guess_area("Q3 return Central Bedfordshire v2.xlsx", east).code
    'E06000056'
    """
    found = _areas_in_name(file, expected)
    return found[0] if len(found) == 1 else None


def identify_area(sent: SentReturn, expected: Sequence[Area], areas: Areas) -> Area | Finding:
    """Return the authority that a return is of, or why it cannot be taken as anybody's.

    Parameters
    ----------
    sent : SentReturn
        The return.
    expected : sequence of Area
        The authorities asked for a return.
    areas : Areas
        All areas of England, to tell an abolished authority or one of another region.
    """
    code, name = sent.answer("area_code"), sent.answer("area_name")
    said = " ".join(filter(None, (code, name)))
    by_code, by_name = areas.find(code) if code else None, areas.find(name) if name else None
    area = by_code or by_name
    if area is None or area.level != "authority" or (code and by_code is None):
        return _refuse_unknown(said)
    if area.abolished:
        return _refuse_abolished(area, areas)
    if by_code and by_name and by_code != by_name:
        return _refuse(
            f"The cover gives the code of {by_code.name} and the name of {by_name.name}.", said
        )
    if area not in expected:
        return Finding(
            "outside_region",
            f"{area.name} is not among the authorities asked for this return.",
            "Move the file to the region that it belongs to, or choose that region for the run.",
            sent=said,
        )
    others = _areas_in_name(sent.file, expected)
    if others and area not in others:
        problem = f"The file is named after {others[0].name}, its cover says {area.name}."
        return _refuse(problem, said)
    return area


def find_quarter_problem(sent: SentReturn, quarter: Period, area: Area) -> Finding | None:
    """Return why a return is not of the quarter that is being collected, or None."""
    said = sent.answer("quarter")
    try:
        found = Period.parse(said)
    except PeriodError:
        problem = f"The cover says “{said}” where the quarter stands, which is no quarter."
        return _refuse_quarter(problem, said, quarter, area)
    if found == quarter:
        return None
    problem = f"The return is for {found.id}; returns of {quarter.id} are being collected."
    return _refuse_quarter(problem, said, quarter, area)


def find_version_problem(sent: SentReturn, absent: Sequence[str], current: str) -> Finding | None:
    """Return what an older (or unknown) template leaves open, or None for the current one.

    Parameters
    ----------
    sent : SentReturn
        The return.
    absent : sequence of str
        Titles of the measures that have no row in it.
    current : str
        The version that the return should have.
    """
    said = sent.answer("template") or "none"
    if said == current:
        return None
    missing = f" Not in it: {'; '.join(absent)}." if absent else " All of its rows fit."
    return Finding(
        "old_template",
        f"The workbook is of template version {said}, not {TEMPLATE_VERSION}.{missing}",
        "Send the figures that are not in it in this quarter's template."
        if absent
        else "Use this quarter's template next time.",
        sent=said,
    )


def _areas_in_name(file: str, expected: Sequence[Area]) -> list[Area]:
    """Find the authorities named in a file name; Central Bedfordshire is not also Bedford."""
    name = f"-{_slug(file.rpartition('.')[0] or file)}-"
    found = []
    for area in sorted(expected, key=lambda a: -len(a.slug)):
        spellings = {area.slug, _slug(area.code), *(_slug(s) for s in area.spellings)}
        for spelling in sorted(spellings, key=len, reverse=True):
            if f"-{spelling}-" in name:
                found.append(area)
                name = name.replace(f"-{spelling}-", "--")
                break
    return found


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _refuse(problem: str, said: str) -> Finding:
    return Finding(
        "wrong_authority",
        f"{problem} None of its figures was used.",
        "Find out whose figures they are, and send them in that authority's own workbook.",
        sheet="Cover",
        sent=said,
    )


def _refuse_unknown(said: str) -> Finding:
    if not said:
        return _refuse("The cover names no authority.", said)
    if not _is_joint(said):
        return _refuse(f"The cover names “{said}”, which is no English authority.", said)
    return Finding(
        "wrong_authority",
        f"“{said}” looks like a joint service; a return is of one authority. "
        "None of its figures was used.",
        "Send one return for each of the authorities that it serves.",
        sheet="Cover",
        sent=said,
    )


def _is_joint(said: str) -> bool:
    return any(mark in said.casefold() for mark in (" and ", " & ", "/", "+"))


def _refuse_abolished(area: Area, areas: Areas) -> Finding:
    successors = " and ".join(areas[code].name for code in area.successors) or "none"
    return Finding(
        "abolished_authority",
        f"{area.name} ({area.code}) was abolished after {area.last_year}; its successors are "
        f"{successors}. None of its figures was used.",
        "Send one return for each successor.",
        sheet="Cover",
        sent=area.code,
    )


def _refuse_quarter(problem: str, said: str, quarter: Period, area: Area) -> Finding:
    return Finding(
        "wrong_quarter",
        f"{problem} None of its figures was used.",
        f"Send the figures in the workbook of {quarter.id} ({name_return(area, quarter)}), or "
        "move this file to the folder of its own quarter.",
        sheet="Cover",
        sent=said,
    )
