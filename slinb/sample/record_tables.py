"""Made-up children as SSDA903 tables and Annex A lists, as an authority's systems export them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slinb.sample.care_histories import MadeChild, MadeEpisode
from slinb.sample.days import Day, count_day, draw_whole, find_date, write_british

Rows = list[list[str]]
Cells = dict[str, Any]
#: How far the lists of events reach back.
SIX_MONTHS = 182
#: Legal status of list 8: each authority's system has its own way of saying it.
STATUS_SPELLINGS: tuple[dict[str, str], ...] = (
    {
        "C1": "a) Interim care orders",
        "C2": "b) Full care orders",
        "E1": "d) Placement order granted",
        "V2": "e) Accommodated under S20",
        "L1": "f) Detained on child protection grounds in LA accommodation",
        "J1": "g) Youth justice legal Statuses",
    },
    {
        "C1": "C1 - Interim Care Order",
        "C2": "C2 - Full Care Order",
        "E1": "E1 - Placement order",
        "V2": "V2 - Single period of accommodation under Section 20",
        "L1": "L1 - Police protection",
        "J1": "J1 - On remand",
    },
    {
        "C1": "INTERIM CARE ORDER [C1]",
        "C2": "Care Order",
        "E1": "Placement Order Granted",
        "V2": "Accommodated under Section 20 (single)",
        "L1": "EPO",
        "J1": "Remanded to LA accommodation",
    },
)
NEEDS = {
    "N1": "a) Abuse or neglect",
    "N2": "b) Child's disability",
    "N3": "c) Parents illness or disability",
    "N4": "d) Family in acute stress",
    "N5": "e) Family dysfunction",
    "N6": "f) Socially unacceptable behaviour",
    "N7": "g) Low income",
    "N8": "h) Absent parenting",
}
_PLACES = {
    "U": "a) Foster placement",
    "A": "b) Placed for adoption",
    "P": "c) Placed with parents",
    "H": "d) Independent living",
    "K3": "f) Residential accommodation",
    "K2": "h) Children's Homes",
    "R3": "k) Family Centre or Mother and Baby Unit",
    "S": "m) Residential school",
}
_CEASED = {
    "E11": "a) Adopted",
    "E12": "a) Adopted",
    "E4A": "d) Returned home to live with parents or relatives",
    "E4B": "d) Returned home to live with parents or relatives",
    "E13": (
        "e) Left care to live with parents, relatives or other person with no parental "
        "responsibility"
    ),
    "E41": "f) Residence order granted",
    "E45": "g) Special Guardianship Orders",
    "E47": "g) Special Guardianship Orders",
    "E5": "h) Moved into independent living",
    "E6": "h) Moved into independent living",
    "E7": "i) Transferred to residential care funded by adult social services",
    "E14": "k) Accommodation on remand ended",
}
_PLANS = {
    "V2": "a) Return to family",
    "C1": "a) Return to family",
    "C2": "f) Long-term fostering",
    "E1": "b) Adoption",
    "J1": "g) Other",
    "L1": "g) Other",
    "L2": "g) Other",
}


@dataclass(frozen=True)
class Authority:
    """One authority of the sample.

    Parameters
    ----------
    code, name, slug : str
        ONS code, name, and name of its folder.
    number : int
        Its place in the sample, which decides what its systems do differently.
    """

    code: str
    name: str
    slug: str
    number: int

    def name_child(self, number: int) -> str:
        """Return the identifier of a made-up child: SAMPLE stands in it."""
        return f"SAMPLE{self.number:02d}{number:06d}"


def write_day(day: Day | None) -> str:
    """Write a day as authorities do: 31/03/2025; blank where there is none."""
    return "" if day is None else write_british(day)


# SSDA903 ------------------------------------------------------------------------------------

HEADERS = {
    "header": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "episodes": [
        "CHILD",
        "DECOM",
        "RNE",
        "LS",
        "CIN",
        "PLACE",
        "PLACE_PROVIDER",
        "DEC",
        "REC",
        "REASON_PLACE_CHANGE",
        "HOME_POST",
        "PL_POST",
        "URN",
    ],
    "uasc": ["CHILD", "SEX", "DOB", "DUC"],
    "reviews": ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
}


def list_year(
    authority: Authority, children: Sequence[MadeChild], year: int, last_day: Day
) -> dict[str, Rows]:
    """Return the rows of every table of one reporting year's file.

    The file of a year holds every episode that was open at some time in it, as it stood at the
    year's end: what ended later is open in it, and stands again in the next year's.
    """
    first = count_day(dt.date(year - 1, 4, 1))
    last = min(count_day(dt.date(year, 3, 31)), last_day)
    tables: dict[str, Rows] = {name: [] for name in HEADERS}
    for child in children:
        episodes = [
            e for e in child.episodes if e.start <= last and (e.end is None or e.end >= first)
        ]
        if episodes:
            _add_child(tables, authority, child, episodes, year, first, last)
    return tables


def _add_child(
    tables: dict[str, Rows],
    authority: Authority,
    child: MadeChild,
    episodes: Sequence[MadeEpisode],
    year: int,
    first: Day,
    last: Day,
) -> None:
    name, born = authority.name_child(child.number), write_day(child.birth)
    sex = child.sex if year >= 2025 else {"M": "1", "F": "2"}[child.sex]
    upn = f"X{authority.number:02d}{child.number:010d}"
    tables["header"].append([name, sex, born, "OOTH" if child.uasc else "WBRI", upn, "", ""])
    for episode in episodes:
        over = episode.end is not None and episode.end <= last
        tables["episodes"].append(
            [
                name,
                write_day(episode.start),
                episode.reason,
                episode.legal,
                episode.need,
                episode.place,
                episode.provider,
                write_day(episode.end) if over else "",
                episode.ceased if over else "",
                "CARPL" if over and episode.ceased == "X1" else "",
                episode.home,
                episode.placed,
                episode.urn,
            ]
        )
    if child.uasc:
        tables["uasc"].append([name, sex, born, write_day(child.adult_day)])
    for review in child.reviews:
        if first <= review <= last:
            tables["reviews"].append([name, born, write_day(review), "PN1"])


# Annex A ------------------------------------------------------------------------------------


def list_care(
    authority: Authority,
    children: Sequence[MadeChild],
    last_day: Day,
    rng: np.random.Generator,
) -> list[Cells]:
    """Return the rows of list 8: the children in care, and those who left in six months."""
    since = last_day - SIX_MONTHS
    return [
        _list_child(authority, child, last_day, rng)
        for child in children
        if child.episodes[-1].end is None or child.episodes[-1].end > since
    ]


def _list_child(
    authority: Authority, child: MadeChild, last_day: Day, rng: np.random.Generator
) -> Cells:
    last, started = child.episodes[-1], child.started
    spelling = STATUS_SPELLINGS[authority.number % len(STATUS_SPELLINGS)]
    year_ago = last_day - 365
    visit = _recently(rng, last_day, started, 1, 50)
    health = _recently(rng, last_day, started, 20, 420)
    return {
        **list_person(authority.name_child(child.number), child.sex, child.birth, last_day),
        "Ethnicity": "e) Other ethnic group" if child.uasc else "a) White",
        _UASC: "Yes" if child.uasc else "No",
        "Does the Child have a Disability": "Yes" if child.disabled else "No",
        "Date Started to be Looked After": to_date(started),
        "Child's Category of Need": NEEDS[last.need],
        _AGAIN: "Yes" if started != child.episodes[0].start else "No",
        "Start date of current legal status": to_date(_find_status_start(child)),
        "Child's Legal Status": spelling["L1" if last.legal == "L2" else last.legal],
        "Date of Latest Statutory Review": to_date(child.reviews[-1] if child.reviews else None),
        "Date of Last Social Work Visit": visit,
        "What is the permanence plan for this child?": (
            "f) Long-term fostering" if child.uasc else _PLANS[last.legal]
        ),
        "Date of Last IRO Visit / Contact to the Child": visit,
        "Date of Last Health Assessment": health,
        "Date of Last Dental Check": health,
        "Number of Placements in the Last 12 months": sum(
            e.reason in "SPB" and e.start > year_ago for e in child.episodes
        ),
        "Date Ceased to be Looked After": to_date(last.end),
        "Reason Ceased to be Looked After": (
            _CEASED.get(last.ceased, "n) Care ceased for any other reason") if last.end else ""
        ),
        "Start Date of Most Recent Placement": to_date(last.start),
        "Placement Type": _PLACES.get(last.place) or _PLACES[last.place[0]],
        "Placement Provider": "a) Own LA" if last.provider == "PR1" else "b) Private",
        "Placement postcode": last.placed,
        "URN of Placement": last.urn,
        "Placement Location": "a) In" if rng.random() < 0.65 else "b) Out",
        "LA of Placement": authority.name,
        **WORKERS,
    }


def _find_status_start(child: MadeChild) -> Day:
    """Return the start of the child's last legal status: of the first episode of its spell."""
    start = child.episodes[-1].start
    for episode in reversed(child.episodes):
        if episode.legal != child.episodes[-1].legal or episode.start < child.started:
            break
        start = episode.start
    return start


def _recently(
    rng: np.random.Generator,
    last_day: Day,
    not_before: Day,
    least: int,
    most: int,
) -> dt.date:
    return find_date(max(last_day - draw_whole(rng, least, most), not_before))


def list_person(name: str, sex: str, birth: Day, last_day: Day) -> Cells:
    """Return the cells with which every list of children begins."""
    return {
        "Child Unique ID": name,
        "Gender": "a) Male" if sex == "M" else "b) Female",
        "Ethnicity": "a) White",
        "Date of Birth": find_date(birth),
        "Age of Child (Years)": int((last_day - birth) / 365.25),
    }


def to_date(day: Day | None) -> dt.date | None:
    """Return the date of a day, None where there is none."""
    return None if day is None else find_date(day)


_UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
_AGAIN = (
    "Is this a second or subsequent period of being a Looked After Child within the last 12 "
    "months (Y/N)"
)
WORKERS = {"Allocated Team": "Team SAMPLE", "Allocated Worker": "Worker SAMPLE"}


def list_others(
    authority: Authority,
    children: Sequence[MadeChild],
    last_day: Day,
    rng: np.random.Generator,
    n: int = 80,
) -> dict[int, list[Cells]]:
    """Return rows of lists 9 and 10, so many children each: their sizes are no authority's."""
    children = [child for child in children if child.adult_day > last_day]
    lists: dict[int, list[Cells]] = {}
    for number, draw in ((9, _draw_leaver), (10, _draw_adoption)):
        chosen = rng.choice(len(children), size=min(n, len(children)), replace=False)
        lists[number] = [
            {
                **list_person(
                    f"{authority.name_child(child.number)}L{number}",
                    child.sex,
                    child.birth,
                    last_day,
                ),
                **draw(rng, last_day),
            }
            for child in (children[i] for i in chosen)
        ]
    return lists


def _ago(rng: np.random.Generator, last_day: Day, most: int, least: int = 0) -> dt.date:
    return find_date(last_day - draw_whole(rng, least, most))


def say_yes(rng: np.random.Generator, share: float) -> str:
    """Draw an answer that is yes with a probability."""
    return "Yes" if rng.random() < share else "No"


def _draw_leaver(rng: np.random.Generator, last_day: Day) -> Cells:
    return {
        "Date of Birth": _ago(rng, last_day, 8030, 6940),
        "Age of Child (Years)": None,
        "Does the Child have a Disability": say_yes(rng, 0.12),
        "Allocated Personal Advisor": "Adviser SAMPLE",
        "Eligibility Category": "b) Former relevant",
        "Latest Pathway Plan Review Date": _ago(rng, last_day, 200),
        "LA in Touch": "a) In touch" if rng.random() < 0.93 else "b) Not in touch",
        "Latest Date of Contact": _ago(rng, last_day, 60),
        "Type of Accommodation": "k) Independent living",
        "Suitability of Accommodation": "a) Suitable" if rng.random() < 0.88 else "b) Not suitable",
        "Activity Status": str(
            rng.choice(
                [
                    "F2: Full time in education other than higher",
                    "G5: Not in education, employment or training - other",
                ]
            )
        ),
        **WORKERS,
    }


def _draw_adoption(rng: np.random.Generator, last_day: Day) -> Cells:
    decided = _ago(rng, last_day, 500, 200)
    return {
        "Family identifier": f"SAMPLEF{draw_whole(rng, 1, 10_000):05d}",
        "Does the Child have a Disability": say_yes(rng, 0.12),
        "Date the Child Entered Care": decided - dt.timedelta(days=200),
        "Date of Decision that Child Should be Placed for Adoption": decided,
        "Date of Placement Order": decided + dt.timedelta(days=40),
        "Date Placed for Adoption": decided + dt.timedelta(days=150)
        if rng.random() < 0.6
        else None,
    }


def list_adopters(rng: np.random.Generator, last_day: Day, n: int) -> list[Cells]:
    """Return rows of list 11: made-up prospective adopters."""
    return [
        {
            "Individual adopter identifier": f"SAMPLEA{i:05d}",
            "Family identifier": f"SAMPLEF{i // 2:05d}",
            "Gender": "b) Female" if i % 2 else "a) Male",
            "Ethnicity": "a) White",
            "Disability": "No",
            "Is the (prospective) adopter fostering for adoption?": say_yes(rng, 0.2),
            "Date enquiry received": _ago(rng, last_day, 700, 300),
        }
        for i in range(n)
    ]
