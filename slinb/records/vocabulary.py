"""Every word that a table of counts may carry: measures, items, groups, bands and reasons.

A count is described with these words only. That is what makes it impossible, not only unlikely,
for a cell of a record to travel in the text of a count.
"""

from __future__ import annotations

SSDA903, ANNEX_A = "SSDA903", "Annex A"
ALL, UASC, NOT_UASC = "all", "UASC", "not UASC"
POPULATIONS = (ALL, UASC, NOT_UASC)
WINDOWS = ("snapshot", "quarter", "year", "cohort")
NOT_KNOWN = "not known"

TITLES = {
    "S1": "Children under Section 20, share of children looked after",
    "S2": "Section 20 without unaccompanied children; their share of Section 20",
    "S3": "Children starting care under Section 20",
    "S4": "Age at the start of Section 20, and now",
    "S5": "Need at the start of Section 20",
    "S6": "Duration of the current Section 20 spell",
    "S7": "Age by duration of the current Section 20 spell",
    "S8": "Long Section 20 spells by permanence plan",
    "S9": "Section 20 starters who became subject to an order",
    "S10": "Time from the start under Section 20 to an order",
    "S11": "How Section 20 spells ended",
    "S12": "Children back in care after going home from Section 20",
    "S13": "Placement and distance, Section 20 and ordered",
    "S14": "Disability and short breaks",
    "S15": "Reviews and visits in time, Section 20 and ordered",
    "S16": "Letters before proceedings",
    "S17": "Data quality",
}

SECTION_20, SHORT_BREAKS = "Section 20", "short breaks"
ORDERS = ("interim care order", "full care order", "freed for adoption", "placement order")
PROTECTION, JUSTICE = "child protection", "youth justice"
LEGAL = (SECTION_20, SHORT_BREAKS, *ORDERS, PROTECTION, JUSTICE)
ORDERED, OTHER_STATUS = "ordered", "other status"

AGES = ("under 1", "1 to 4", "5 to 9", "10 to 15", "16 and 17")
#: Lowest age of each of AGES, then the age that is no child's.
AGE_EDGES = (0, 1, 5, 10, 16, 18)
DURATIONS = (
    "up to 3 months",
    "over 3 to 6 months",
    "over 6 to 12 months",
    "over 12 to 24 months",
    "over 24 months",
)
#: Months that a spell must have passed to fall into the second and later of DURATIONS.
DURATION_MONTHS = (3, 6, 12, 24)
OVER = tuple(f"over {months} months" for months in DURATION_MONTHS)
CONVERSION_MONTHS = (3, 6, 12)
WITHIN = tuple(f"within {months} months" for months in CONVERSION_MONTHS)
REENTRY_MONTHS = (6, 12)

NEEDS = (
    "N1 abuse or neglect",
    "N2 disability",
    "N3 parental illness",
    "N4 acute stress",
    "N5 dysfunction",
    "N6 behaviour",
    "N7 low income",
    "N8 absent parenting",
    "not in need",
    "not stated",
)
PLACEMENTS = (
    "foster care",
    "placed for adoption",
    "with parents",
    "supported or independent",
    "children's home",
    "residential school",
    "other residential",
    "other placement",
    "temporary",
)
LOCATIONS = ("in the authority", "outside the authority")
DISTANCES = ("20 miles or less", "over 20 miles")
HOME_PLANNED, HOME_UNPLANNED, HOME_UNSTATED = (
    "home as planned",
    "home unplanned",
    "home, planning not stated",
)
HOME = (HOME_PLANNED, HOME_UNPLANNED, HOME_UNSTATED)
RELATIVES = "relatives"
BIRTHDAY = "18th birthday"
EXITS = (
    *HOME,
    RELATIVES,
    "special guardianship",
    "child arrangements order",
    "adopted",
    "died",
    "other authority",
    "independent living",
    "adult services",
    "custody",
    "remand ended",
    "assessed as adult",
    "moved abroad",
    "stayed with carers",
    "other ending",
    NOT_KNOWN,
)
#: How a Section 20 spell can end: into another legal status, or out of care.
ENDINGS = (
    "interim care order",
    "full care order",
    "freed for adoption",
    "placement order",
    PROTECTION,
    JUSTICE,
    SHORT_BREAKS,
    *EXITS,
    BIRTHDAY,
)
PLANS = (
    "return to family",
    "adoption",
    "special guardianship or child arrangements",
    "supported living",
    "long-term residential",
    "long-term fostering",
    "other plan",
)
YESNO = ("yes", "no")
BREAKDOWNS = (
    "age at start",
    "age now",
    "need",
    "duration",
    "age and duration",
    "plan",
    "plan and duration",
    "ending",
    "placement",
    "location",
    "distance",
    "legal status",
    "short breaks",
    "disability",
    "check",
)
ITEMS = (
    "stock",
    "starts",
    "UASC share of Section 20",
    *OVER,
    *WITHIN,
    "over 6 months with a plan to return home",
    "endings",
    "unplanned home share",
    "back in care",
    "placed",
    "short breaks",
    "reviewed in time",
    "visited in time",
    "failed",
)
SHORT_BREAK_CODES = ("V3", "V4")
#: Data-quality checks of S17; the numbers are the DfE's own (2024-25 validation rules).
CHECKS = {
    "378": "Section 20 (V2) while placed with parents (P1)",
    "359": "looked after past the 18th birthday",
    "361": "police protection of more than 72 hours",
    "365": "short break of more than 17 days",
    "367": "more than 75 days of short breaks in 12 months",
    "358": "youth justice status under the age of 10",
    "304": "still an unaccompanied child past the 18th birthday",
    "434": "reason says legal status alone changed, the episodes do not",
    "435": "reason says placement alone changed, the episodes do not",
    "436": "reason says both changed, the episodes do not",
    "503B": "legal status of an episode differs between year files",
    "status before care": "legal status starts before care does",
    "unmapped status": "legal status that could not be mapped",
    "no birth date": "child without a date of birth",
}

#: Why children are not in a count.
ADULT_WHY = "aged 18 or over"
UNKNOWN_START = "start lies before the files"
UNKNOWN_STATUS = "legal status not known"
IMMATURE = "not yet followed for so long"
UNKNOWN_DISTANCE = "distance not known"
UNKNOWN_LOCATION = "location not known"
UNKNOWN_PLAN = "plan not known"
UNCHECKED = "could not be checked"
REASONS = (
    ADULT_WHY,
    UNKNOWN_START,
    UNKNOWN_STATUS,
    IMMATURE,
    UNKNOWN_DISTANCE,
    UNKNOWN_LOCATION,
    UNKNOWN_PLAN,
    UNCHECKED,
)

WORDS = frozenset(
    (
        *(
            SSDA903,
            ANNEX_A,
            *POPULATIONS,
            *WINDOWS,
            NOT_KNOWN,
            *TITLES,
            *LEGAL,
            ORDERED,
            OTHER_STATUS,
        ),
        *(*AGES, *DURATIONS, *NEEDS, *PLACEMENTS, *LOCATIONS, *DISTANCES, *ENDINGS, *PLANS),
        *(*YESNO, *BREAKDOWNS, *ITEMS, *SHORT_BREAK_CODES, *CHECKS, *REASONS),
    )
)
