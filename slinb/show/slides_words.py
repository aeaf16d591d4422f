"""What the slides say in words of their own: how to read them, sources, method and limits."""

from __future__ import annotations

from slinb.catalogue.areas import Area
from slinb.catalogue.measures import Measure
from slinb.catalogue.periods import Period
from slinb.show.formats import decapitalise, format_period, polarity_phrase
from slinb.show.prose import clean_text

#: A sign, what it means, and its tint: as a reader meets them.
HOW_TO_READ: tuple[tuple[str, str, str], ...] = (
    (
        "▲ better or ▼ better (blue)",
        "Really different, and on the good side. The arrow says whether the figure is higher or "
        "lower; the word says whether that is good.",
        "better",
    ),
    (
        "▲ worse or ▼ worse (orange)",
        "Really different, and not on the good side. It opens a conversation; it is no verdict.",
        "worse",
    ),
    (
        "▲ higher or ▼ lower (grey)",
        "Really different, where neither way is good or bad in itself.",
        "neutral",
    ),
    (
        "No sign, hollow bar",
        "No real difference: chance alone could explain it. Its place in the order means nothing.",
        "",
    ),
    (
        "One arrow, two arrows",
        "How sure: one arrow, chance would do this 1 time in 20; two arrows, 1 time in 500.",
        "",
    ),
    (
        "“Better than”",
        "Said only where the measure has a good direction, which stands beside it: “lower is "
        "better”. “Higher than” alone never means good.",
        "",
    ),
    (
        "A range, and the thin line",
        "The 95% interval. Had the year gone a little differently by chance, the figure would be "
        "somewhere in it. Small numbers have long lines.",
        "",
    ),
    (
        "c, or a reason",
        "No figure: c is withheld to protect small numbers. A missing figure is never zero.",
        "",
    ),
)


def find_claim(message: str) -> str:
    """Return the finding of a message, to stand as a title: what it says before its figures.

    Examples
    --------
    >>> find_claim("Luton is worse than the region on “Dental checks”: 74.0% against 80.8%.")
    'Luton is worse than the region on “Dental checks”'
    """
    text = " ".join(clean_text(message).split())
    claim, colon, _ = text.partition(": ")
    return claim if colon else text.rstrip(".")


def say_source(period: Period, region: Area) -> str:
    """Say where the figures of a quarter come from."""
    return f"Source: quarterly returns of the authorities, {region.name}, {period.label}."


def say_figure_source(measure: Measure, compared: int, asked: int, period: Period) -> str:
    """Say the source of one measure's figures, and how many authorities are behind them.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> period = Period.parse("2025-26-Q3")
    >>> say_figure_source(load_measures()["dental_pct"], 10, 11, period)[-54:]
    'of the authorities. n = 10 of 11 authorities compared.'
    """
    when = format_period(period, measure.shown)
    return (
        f"{measure.title}, {when}; {polarity_phrase(measure)}. Source: quarterly returns of the "
        f"authorities. n = {compared} of {asked} authorities compared."
    )


def say_notes(measure: Measure) -> tuple[str, ...]:
    """Say what a speaker needs of a measure: definition, why it is watched, what to mind."""
    parts = (
        f"{measure.title}: {decapitalise(measure.polarity_words)}",
        f"Why it is watched: {measure.why}",
        f"Mind: {measure.caution}" if measure.caution else "",
    )
    return tuple(part for part in parts if part)


def say_sources(period: Period) -> tuple[str, ...]:
    """Say sources, method and limits, one line each."""
    return (
        f"Figures of the authorities and of the region: quarterly returns for {period.label}. "
        "They are provisional and are replaced when official figures come out.",
        "Figures of England: Department for Education and other official statistics, latest "
        "published period, which may be older than the quarter.",
        "Events are counted over twelve months, children on a day. The region's figure pools the "
        "authorities; one of which no figure came is left out, and the slide says so.",
        "A difference is called real at the 95% level. Of a hundred comparisons in which nothing "
        "differs, about five would still be called real: read the pattern, not the one cell.",
        "Nothing here says why a figure differs. Children, need, recording and practice all can.",
        "Contains public sector information licensed under the Open Government Licence v3.0.",
    )
