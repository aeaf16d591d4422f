"""Where each measure's page lies, so that every number can lead to it."""

from __future__ import annotations

from collections.abc import Iterable

from slinb.catalogue.measures import Measure

#: Prefix of the id of each measure on its page.
ANCHOR = "measure"
_NOTEBOOK = "measures"


def list_domains(measures: Iterable[Measure]) -> tuple[str, ...]:
    """Return the domains that have a page: those with a measure of the rugs.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> list_domains(load_measures())[0]
    'Front door'
    """
    return tuple(dict.fromkeys(m.domain for m in measures if m.rug and _has_figures(m)))


def select_domain(measures: Iterable[Measure], domain: str) -> list[Measure]:
    """Return the measures of one domain's page, in the catalogue's order."""
    return [m for m in measures if m.rug and m.domain == domain and _has_figures(m)]


def measure_page_stem(domain: str) -> str:
    """Return the file name, without its ending, of a domain's page.

    Examples
    --------
    >>> measure_page_stem("Education and SEND")
    'measures-education-and-send'
    """
    words = "".join(c if c.isalnum() else " " for c in domain.lower()).split()
    return "-".join((_NOTEBOOK, *words))


def link_measure(measure: Measure, prefix: str = "") -> str:
    """Return the address of a measure, relative to another page of the quarter.

    Parameters
    ----------
    measure : Measure
    prefix : str
        How the edition's file names begin.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> link_measure(load_measures()["rereferrals_pct"])
    'measures-front-door.html#measure-rereferrals_pct'
    """
    return f"{prefix}{measure_page_stem(measure.domain)}.html#{ANCHOR}-{measure.id}"


def link_measures(measures: Iterable[Measure], prefix: str = "") -> dict[str, str]:
    """Return the address of every measure that has a page, by measure id."""
    return {m.id: link_measure(m, prefix) for m in measures if m.rug and _has_figures(m)}


def _has_figures(measure: Measure) -> bool:
    return bool(measure.published or measure.quarterly)
