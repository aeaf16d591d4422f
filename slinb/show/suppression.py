"""What the public edition suppresses, in which counts, and that it was proved safe."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from slinb.catalogue.disclosure import DisclosureRules
from slinb.schema import AUDIT, SUPPRESSION
from slinb.show.formats import format_number
from slinb.show.markup import render_template
from slinb.show.rows import Row, list_rows
from slinb.show.tables import table_html


def suppression_html(suppression: pd.DataFrame, audit: pd.DataFrame, rules: DisclosureRules) -> str:
    """Write the section of the data-quality briefing on small numbers.

    Parameters
    ----------
    suppression : DataFrame
        Rows of :data:`slinb.schema.SUPPRESSION`.
    audit : DataFrame
        One row of :data:`slinb.schema.AUDIT`.
    rules : DisclosureRules
        The region's rules, which the page states.
    """
    rows = list_rows(SUPPRESSION.conform(suppression))
    withheld = [f"{row['what']}: {row['reason']}." for row in rows if row["status"] == "withheld"]
    (proof,) = list_rows(AUDIT.conform(audit))
    hidden = proof["primary"] + proof["complementary"]
    return str(
        render_template(
            "suppression",
            hidden=format_number(hidden),
            figures=format_number(proof["figures"]),
            share=f"{100 * hidden / max(proof['figures'], 1):.1f}%",
            primary=format_number(proof["primary"]),
            complementary=format_number(proof["complementary"]),
            proof=proof,
            narrowest=format_number(proof["narrowest"]),
            rules=rules,
            withheld=withheld,
            table=_counts_table(rows),
        )
    )


def _counts_table(rows: Sequence[Row]) -> str:
    split = any(row["primary"] for row in rows)
    head = ["What is counted", "Figures", "Suppressed"]
    head += ["small themselves", "to protect others"] if split else []
    columns = ["figures", "suppressed", *(["primary", "complementary"] if split else [])]
    ordered = sorted(rows, key=lambda row: (-row["suppressed"], row["what"]))
    body = [
        [_start_sentence(row["what"]), *(format_number(row[name]) for name in columns)]
        for row in ordered
    ]
    caption = "Counts of which anything is suppressed, over all authorities and quarters shown"
    numbers = range(1, len(head))
    return table_html(head, body, caption=caption, numbers=numbers, cards=True) if body else ""


def _start_sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
