"""Plain tables: a result table as readers see it, everything in it escaped."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.show.markup import render_template


def table_html(
    head: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    caption: str,
    numbers: Sequence[int] = (),
    foot: Sequence[str] = (),
    cards: bool | None = None,
) -> str:
    """Write a plain table whose first column heads its rows.

    Parameters
    ----------
    head : sequence of str
        Column headings.
    rows : sequence of sequence of str
        Cells as text, already formatted; every one is escaped.
    caption : str
        What the table shows, in a sentence.
    numbers : sequence of int
        Positions of the columns that hold numbers and are set flush right.
    foot : sequence of str
        A row of totals; none where empty.
    cards : bool, optional
        Show a card a row on a phone, each cell with its heading, instead of a table to be moved
        sideways. Unless told, a table of words alone is shown so; every heading is written again
        in each of its cells, so that many tables of numbers would make a page too large.

    Examples
    --------
    >>> html = table_html(["Authority"], [["Luton <b>"]], caption="One row")
    >>> '<th role="rowheader" scope="row">Luton &lt;b&gt;</th>' in html
    True
    """
    return str(
        render_template(
            "table",
            head=head,
            rows=rows,
            caption=caption,
            numbers=set(numbers),
            foot=foot,
            cards=not numbers if cards is None else cards,
        )
    )
