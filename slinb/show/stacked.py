"""Stacked tables: a table on a wide screen and on paper, a list of cards on a phone."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.show.formats import NO_FIGURE
from slinb.show.markup import render_template


def stack_html(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    numbers: Sequence[int] = (),
) -> str:
    """Write a table of short texts that a phone shows as one card a row.

    Parameters
    ----------
    head : sequence of str
        Column headings; on a phone each cell carries its own.
    rows : sequence of sequence of str
        Cells as text, already formatted; every one is escaped. The first heads its row. One
        without a figure is left out on a phone.
    caption : str
        What the table shows, in a sentence.
    numbers : sequence of int
        Positions of the columns that hold numbers and are set flush right.

    Returns
    -------
    str
        HTML that needs ``findings.css``.

    Examples
    --------
    >>> html = stack_html(["Authority", "Cases"], [["Luton", "3"]], caption="Cases")
    >>> '<td role="cell" data-label="Cases">3</td>' in html
    True
    """
    return str(
        render_template(
            "stacked",
            head=head,
            rows=rows,
            caption=caption,
            numbers=set(numbers),
            no_figure=NO_FIGURE,
        )
    )
