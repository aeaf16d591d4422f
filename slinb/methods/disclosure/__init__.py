"""Disclosure control: protect tables of small counts, and prove what was published safe.

See ``docs/disclosure.md`` for the rules, their sources, and what is proved against whom.
"""

from __future__ import annotations

from slinb.methods.disclosure.audit import Audit, audit
from slinb.methods.disclosure.build import (
    add_rates,
    add_sums,
    link,
    link_releases,
    tabulate,
    two_way,
)
from slinb.methods.disclosure.model import Publication, Settings, combine
from slinb.methods.disclosure.protect import protect
from slinb.methods.disclosure.publish import Protected
from slinb.methods.disclosure.rounding import derive_rates, round_half_up

__all__ = [
    "Audit",
    "Protected",
    "Publication",
    "Settings",
    "add_rates",
    "add_sums",
    "audit",
    "combine",
    "derive_rates",
    "link",
    "link_releases",
    "protect",
    "round_half_up",
    "tabulate",
    "two_way",
]
