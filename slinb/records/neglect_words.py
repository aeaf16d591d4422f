"""Every word that a count of the neglect deep dive may carry, beside those of the vocabulary."""

from __future__ import annotations

CIN_CENSUS = "CIN census"

NEGLECT_TITLES = {
    "N1": "Child protection plans for neglect, and for neglect or multiple",
    "N2": "Shift between the initial and the latest category",
    "N3": "Plans starting for neglect",
    "N4": "Duration of plans for neglect against other categories",
    "N5": "Repeat plans for neglect",
    "N6": "Referral, closure, referral: the cycle of neglect cases",
    "N7": "Neglect as a factor at assessment, and what stands beside it",
    "N8": "Children in need by primary need",
    "N9": "Ages of children on plans for neglect",
    "N10": "From a plan for neglect into care",
    "N11": "Proceedings prepared: pre-proceedings and the letter",
    "N12": "Impact: absence, health and dental checks",
    "N13": "Use of a neglect tool",
    "N14": "Early help and step-up",
    "N15": "Data quality",
}

NEGLECT, MULTIPLE = "neglect", "multiple"
#: Categories of abuse, and the three groups that durations and repeats are compared by.
CATEGORIES = (NEGLECT, "physical abuse", "sexual abuse", "emotional abuse", MULTIPLE)
OTHER_CATEGORIES = "other categories"
GROUPS = (NEGLECT, MULTIPLE, OTHER_CATEGORIES)
#: Position in GROUPS of each of CATEGORIES, then of what is not known.
GROUP_OF = (0, 2, 2, 2, 1, -1)
NEGLECT_OR_MULTIPLE = "neglect or multiple"
TO_EMOTIONAL, FROM_EMOTIONAL = "neglect to emotional abuse", "emotional abuse to neglect"

PLAN_MONTHS = (12, 18, 24)
PLAN_OVER = tuple(f"over {months} months" for months in PLAN_MONTHS)

#: Ages that add up to 7 to 15 (the JTAI's focus) and to 10 or over.
NEGLECT_AGES = ("unborn", "under 1", "1 to 4", "5 and 6", "7 to 9", "10 to 15", "16 and 17")
NEGLECT_AGE_EDGES = (0, 1, 5, 7, 10, 16, 18)
AGED_7_TO_15, AGED_10_OR_OVER = "aged 7 to 15", "aged 10 or over"

FACTORS = (
    "parental alcohol misuse",
    "parental drug misuse",
    "parental mental health",
    "domestic abuse",
)
NO_FACTOR = "no factor"
CASES = (NEGLECT, "other cases")
REFERRALS = ("one referral", "two referrals", "three or more referrals")
LETTER_GROUPS = (*GROUPS, "no plan")
CARE_STATUSES = ("Section 20", "ordered", "other status")

PLANS_ITEM, SHIFT, STARTS = "plans", "shift", "starts"
ANY_PREVIOUS, PREVIOUS_NEGLECT = "any previous plan", "previous plan also for neglect"
REFERRED_AGAIN = "referred again within 12 months"
BEFORE_FIRST_PLAN = "referrals before the first plan"
BESIDE_NEGLECT, WITHOUT_NEGLECT = "factors beside neglect", "factors without neglect"
IN_NEED = "children in need"
INTO_CARE = "in care by the end of the quarter"
#: Months from the start of a plan within which its child came into care.
CARE_WITHIN = {6: "in care within 6 months", 12: "in care within 12 months"}
PRE_PROCEEDINGS, LETTER_SENT = "pre-proceedings started", "letter sent"
FROM_EARLY_HELP, STEPPED_UP = "referrals from early help", "stepped up"
ASSESSED_WITHOUT = "assessments without factor"
FAILED = "failed"
NEED_BREAK_GROUP = "N1 abuse, neglect and exploitation"

NEGLECT_ITEMS = (
    PLANS_ITEM,
    NEGLECT,
    NEGLECT_OR_MULTIPLE,
    SHIFT,
    TO_EMOTIONAL,
    FROM_EMOTIONAL,
    STARTS,
    *PLAN_OVER,
    ANY_PREVIOUS,
    PREVIOUS_NEGLECT,
    REFERRED_AGAIN,
    BEFORE_FIRST_PLAN,
    BESIDE_NEGLECT,
    WITHOUT_NEGLECT,
    IN_NEED,
    AGED_7_TO_15,
    AGED_10_OR_OVER,
    INTO_CARE,
    *CARE_WITHIN.values(),
    PRE_PROCEEDINGS,
    LETTER_SENT,
    FROM_EARLY_HELP,
    STEPPED_UP,
    MULTIPLE,
    ASSESSED_WITHOUT,
    FAILED,
)
NEGLECT_BREAKDOWNS = (
    "initial category",
    "latest category",
    "initial and latest category",
    "case",
    "referrals",
    "factor",
    "primary need",
    "age now",
    "legal status",
    "check",
)
#: Checks of N15 on the census.
CIN_CHECKS = {
    "date that is none": "a date that does not exist, or is no date",
    "closed before referral": "episode closed before it was referred",
    "closed without reason": "episode closed without a reason",
    "reason without closure": "reason for closure of an episode that is open",
    "plan ends before start": "plan that ends before it starts",
    "plans overlap": "two plans of one child at once",
    "plan without category": "plan whose latest category is blank or not known",
    "previous plans too few": "fewer previous plans stated than the files hold",
    "assessed before start": "assessment authorised before it started",
    "child without birth date": "child with neither a birth date nor an expected one",
    "child without characteristics": "child without its characteristics",
    "child without episode": "child without any episode",
    "child twice": "child that stands twice in one file",
}

NO_CATEGORY = "category not known"
NO_PREVIOUS = "number of previous plans not known"
NO_HISTORY = "category of the previous plan not in the files"
NO_FACTORS = "no factor found or recorded"
NO_AGE = "age not known"
NO_STATUS = "legal status not known"
NOT_FOLLOWED = "not yet followed for so long"
NO_NEED = "need not known"
NEGLECT_REASONS = (
    NO_CATEGORY,
    NO_PREVIOUS,
    NO_HISTORY,
    NO_FACTORS,
    NO_AGE,
    NO_STATUS,
    NOT_FOLLOWED,
    NO_NEED,
)

NEGLECT_WORDS = frozenset(
    (
        CIN_CENSUS,
        *NEGLECT_TITLES,
        *CATEGORIES,
        *GROUPS,
        *NEGLECT_AGES,
        *FACTORS,
        *CASES,
        *REFERRALS,
        *LETTER_GROUPS,
        *CARE_STATUSES,
        *NEGLECT_ITEMS,
        *NEGLECT_BREAKDOWNS,
        *CIN_CHECKS,
        *NEGLECT_REASONS,
        NEED_BREAK_GROUP,
    )
)


def find_dive(measure: str) -> str:
    """Return the deep dive that a measure is of: ``section20`` or ``neglect``.

    Examples
    --------
    >>> find_dive("S9"), find_dive("N4")
    ('section20', 'neglect')
    """
    return "neglect" if measure.startswith("N") else "section20"
