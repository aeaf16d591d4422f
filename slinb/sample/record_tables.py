"""Made-up children as SSDA903 tables and Annex A lists, as an authority's systems export them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slinb.sample.care_histories import MadeChild, MadeEpisode

Rows = list[list[str]]
Cells = dict[str, Any]
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
_NEEDS = {
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

    def name_child(self, child: MadeChild) -> str:
        """Return the identifier of a made-up child: SAMPLE stands in it."""
        return f"SAMPLE{self.number:02d}{child.number:06d}"


def write_day(day: np.datetime64 | None) -> str:
    """Write a day as authorities do: 31/03/2025; blank where there is none."""
    if day is None:
        return ""
    year, month, number = str(day).split("-")
    return f"{number}/{month}/{year}"


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
    authority: Authority, children: Sequence[MadeChild], year: int, last_day: np.datetime64
) -> dict[str, Rows]:
    """Return the rows of every table of one reporting year's file.

    The file of a year holds every episode that was open at some time in it, as it stood at the
    year's end: what ended later is open in it, and stands again in the next year's.
    """
    first = np.datetime64(f"{year - 1}-04-01", "D")
    last = min(np.datetime64(f"{year}-03-31", "D"), last_day)
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
    first: np.datetime64,
    last: np.datetime64,
) -> None:
    name, born = authority.name_child(child), write_day(child.birth)
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
    last_day: np.datetime64,
    rng: np.random.Generator,
) -> list[Cells]:
    """Return the rows of list 8: the children in care, and those who left in six months."""
    since = last_day - np.timedelta64(182, "D")
    return [
        _list_child(authority, child, last_day, rng)
        for child in children
        if child.episodes[-1].end is None or child.episodes[-1].end > since
    ]


def _list_child(
    authority: Authority, child: MadeChild, last_day: np.datetime64, rng: np.random.Generator
) -> Cells:
    last, started = child.episodes[-1], child.started
    spelling = STATUS_SPELLINGS[authority.number % len(STATUS_SPELLINGS)]
    year_ago = last_day - np.timedelta64(365, "D")
    visit = _recently(rng, last_day, started, 1, 50)
    health = _recently(rng, last_day, started, 20, 420)
    return {
        **list_person(authority.name_child(child), child, last_day),
        _UASC: "Yes" if child.uasc else "No",
        "Does the Child have a Disability": "Yes" if child.disabled else "No",
        "Date Started to be Looked After": _to_date(started),
        "Child's Category of Need": _NEEDS[last.need],
        _AGAIN: "Yes" if started != child.episodes[0].start else "No",
        "Start date of current legal status": _to_date(_find_status_start(child)),
        "Child's Legal Status": spelling["L1" if last.legal == "L2" else last.legal],
        "Date of Latest Statutory Review": _to_date(child.reviews[-1] if child.reviews else None),
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
        "Date Ceased to be Looked After": _to_date(last.end),
        "Reason Ceased to be Looked After": (
            _CEASED.get(last.ceased, "n) Care ceased for any other reason") if last.end else ""
        ),
        "Start Date of Most Recent Placement": _to_date(last.start),
        "Placement Type": _PLACES.get(last.place) or _PLACES[last.place[0]],
        "Placement Provider": "a) Own LA" if last.provider == "PR1" else "b) Private",
        "Placement postcode": last.placed,
        "URN of Placement": last.urn,
        "Placement Location": "a) In" if rng.random() < 0.65 else "b) Out",
        "LA of Placement": authority.name,
        **_WORKERS,
    }


def _find_status_start(child: MadeChild) -> np.datetime64:
    """Return the start of the child's last legal status: of the first episode of its spell."""
    start = child.episodes[-1].start
    for episode in reversed(child.episodes):
        if episode.legal != child.episodes[-1].legal or episode.start < child.started:
            break
        start = episode.start
    return start


def _recently(
    rng: np.random.Generator,
    last_day: np.datetime64,
    not_before: np.datetime64,
    least: int,
    most: int,
) -> dt.date:
    day = last_day - np.timedelta64(int(rng.integers(least, most)), "D")
    made: dt.date = max(day, not_before).astype(object)
    return made


def list_person(name: str, child: MadeChild, last_day: np.datetime64) -> Cells:
    """Return the cells with which every list of children begins."""
    return {
        "Child Unique ID": name,
        "Gender": "a) Male" if child.sex == "M" else "b) Female",
        "Ethnicity": "e) Other ethnic group" if child.uasc else "a) White",
        "Date of Birth": _to_date(child.birth),
        "Age of Child (Years)": int((last_day - child.birth).astype(int) / 365.25),
    }


def _to_date(day: np.datetime64 | None) -> dt.date | None:
    return None if day is None else day.astype(object)


_UASC = "Unaccompanied Asylum Seeking Child (UASC) within the Last 12 Months (Y/N)"
_AGAIN = (
    "Is this a second or subsequent period of being a Looked After Child within the last 12 "
    "months (Y/N)"
)
_WORKERS = {"Allocated Team": "Team SAMPLE", "Allocated Worker": "Worker SAMPLE"}


def list_others(
    authority: Authority,
    children: Sequence[MadeChild],
    last_day: np.datetime64,
    rng: np.random.Generator,
    n: int = 80,
) -> dict[int, list[Cells]]:
    """Return rows of the lists beside 8: so many children each, with dates of six months.

    Their sizes are no authority's: only list 8 is set to published totals.
    """
    lists: dict[int, list[Cells]] = {}
    children = [child for child in children if child.adult_day > last_day]
    for number, draw in _DRAWN.items():
        chosen = rng.choice(len(children), size=min(n, len(children)), replace=False)
        lists[number] = [
            {
                **list_person(
                    f"{authority.name_child(children[i])}L{number}", children[i], last_day
                ),
                **draw(rng, last_day),
            }
            for i in chosen
        ]
    return lists


def _ago(rng: np.random.Generator, last_day: np.datetime64, most: int, least: int = 0) -> dt.date:
    made: dt.date = (last_day - np.timedelta64(int(rng.integers(least, most)), "D")).astype(object)
    return made


def _yes(rng: np.random.Generator, share: float) -> str:
    return "Yes" if rng.random() < share else "No"


def _draw_contact(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    source = str(rng.choice(["b) Schools", "d) Health Services", "g) Police", "a) Individual"]))
    return {"Date of Contact": _ago(rng, last_day, 182), "Contact Source": source}


def _draw_early_help(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    start = _ago(rng, last_day, 182, 20)
    return {
        "Assessment start date": start,
        "Assessment completion date": start + dt.timedelta(days=int(rng.integers(5, 20))),
        "Organisation completing assessment": "School SAMPLE",
    }


def _draw_referral(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    return {
        "Date of referral": _ago(rng, last_day, 182),
        "Referral Source": str(rng.choice(["b) Schools", "d) Health Services", "g) Police"])),
        "Referral NFA?": _yes(rng, 0.1),
        "Number of Referrals in Last 12 Months": int(rng.integers(1, 3)),
        **_WORKERS,
    }


def _draw_assessment(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    start = _ago(rng, last_day, 182, 70)
    return {
        "Does the Child have a Disability": _yes(rng, 0.12),
        "Continuous Assessment Start Date": start,
        "Child Seen During Continuous Assessment": _yes(rng, 0.95),
        "Continuous Assessment Date of Authorisation": start
        + dt.timedelta(days=int(rng.integers(10, 70))),
        "Was the child assessed as requiring LA children's social care support?": _yes(rng, 0.6),
        **_WORKERS,
    }


def _draw_enquiry(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    start, held = _ago(rng, last_day, 182, 25), rng.random() < 0.5
    conference = start + dt.timedelta(days=int(rng.integers(8, 25))) if held else None
    return {
        "Does the Child have a Disability": _yes(rng, 0.12),
        "Strategy discussion initiating Section 47 Enquiry Start Date": start,
        "Was an Initial Child Protection Conference deemed unnecessary?": "No" if held else "Yes",
        "Date of Initial Child Protection Conference": conference,
        "Did the Initial Child Protection Conference Result in a Child Protection Plan": (
            _yes(rng, 0.85) if held else None
        ),
        "Number of Section 47 Enquiries in the last 12 months": 1,
        "Number of ICPCs in the last 12 months": int(held),
        **_WORKERS,
    }


def _draw_in_need(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    closed = rng.random() < 0.3
    return {
        "Does the Child have a Disability": _yes(rng, 0.12),
        "CIN Start Date": _ago(rng, last_day, 900, 100),
        "Primary Need Code": "a) Abuse or neglect",
        "Date Child Was Last Seen": _ago(rng, last_day, 40),
        "CIN Closure Date": _ago(rng, last_day, 90) if closed else None,
        "Reason for Closure": "h) Child not in need after assessment" if closed else None,
        "Case Status": "e) Closed episode" if closed else "c) Child in need plan",
        **_WORKERS,
    }


def _draw_plan(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    ended = rng.random() < 0.3
    abuse = str(rng.choice(["a) Neglect", "d) Emotional Abuse", "b) Physical Abuse"]))
    return {
        "Does the Child have a Disability": _yes(rng, 0.12),
        "Child Protection Plan Start Date": _ago(rng, last_day, 800, 100),
        "Initial Category of Abuse": abuse,
        "Latest Category of Abuse": abuse,
        "Date of the Last Statutory Visit": _ago(rng, last_day, 25),
        "Was the Child Seen Alone?": _yes(rng, 0.8),
        "Date of latest review conference": _ago(rng, last_day, 90),
        "Child Protection Plan End Date": _ago(rng, last_day, 90) if ended else None,
        _EMERGENCY: "No",
        "Number of Previous Child Protection Plans": int(rng.random() < 0.2),
        **_WORKERS,
    }


_EMERGENCY = (
    "Subject to Emergency Protection Order or Protected Under Police Powers in Last Six Months "
    "(Y/N)"
)


def _draw_leaver(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    return {
        "Date of Birth": _ago(rng, last_day, 8030, 6940),
        "Age of Child (Years)": None,
        "Does the Child have a Disability": _yes(rng, 0.12),
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
        **_WORKERS,
    }


def _draw_adoption(rng: np.random.Generator, last_day: np.datetime64) -> Cells:
    decided = _ago(rng, last_day, 500, 200)
    return {
        "Family identifier": f"SAMPLEF{int(rng.integers(1, 10_000)):05d}",
        "Does the Child have a Disability": _yes(rng, 0.12),
        "Date the Child Entered Care": decided - dt.timedelta(days=200),
        "Date of Decision that Child Should be Placed for Adoption": decided,
        "Date of Placement Order": decided + dt.timedelta(days=40),
        "Date Placed for Adoption": decided + dt.timedelta(days=150)
        if rng.random() < 0.6
        else None,
    }


def list_adopters(rng: np.random.Generator, last_day: np.datetime64, n: int) -> list[Cells]:
    """Return rows of list 11: made-up prospective adopters."""
    return [
        {
            "Individual adopter identifier": f"SAMPLEA{i:05d}",
            "Family identifier": f"SAMPLEF{i // 2:05d}",
            "Gender": "b) Female" if i % 2 else "a) Male",
            "Ethnicity": "a) White",
            "Disability": "No",
            "Is the (prospective) adopter fostering for adoption?": _yes(rng, 0.2),
            "Date enquiry received": _ago(rng, last_day, 700, 300),
        }
        for i in range(n)
    ]


_DRAWN = {
    1: _draw_contact,
    2: _draw_early_help,
    3: _draw_referral,
    4: _draw_assessment,
    5: _draw_enquiry,
    6: _draw_in_need,
    7: _draw_plan,
    9: _draw_leaver,
    10: _draw_adoption,
}
