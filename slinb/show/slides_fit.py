"""How large a text may be so that it fits its box: no slide cuts a word off."""

from __future__ import annotations

from collections.abc import Sequence

from slinb.show.drawings import measure_text

#: Line height over type size, as PowerPoint and LibreOffice set it with room to spare.
LEADING = 1.22
#: The outline of a word is narrower than the room that it takes.
_SPARE = 1.05
_STEP = 0.5


def wrap_text(text: str, width: float, size: float, *, bold: bool = False) -> int:
    """Return how many lines a text takes.

    Parameters
    ----------
    text : str
    width : float
        Of the box, in points.
    size : float
        Of the type, in points.

    Examples
    --------
    >>> wrap_text("one two three", 1000, 12), wrap_text("one two three", 40, 12)
    (1, 3)
    """
    space = _measure("x x", size, bold=bold) - 2 * _measure("x", size, bold=bold)
    lines, used = 1, 0.0
    for word in text.split():
        long = _measure(word, size, bold=bold)
        if used and used + space + long > width:
            lines, used = lines + 1, 0.0
        used += long + (space if used else 0.0)
        # A word that is wider than its box is broken, and that is ugly: it costs two lines more.
        lines += 2 if used > width and used == long else 0
    return lines


def fit_text(
    texts: Sequence[str],
    box: tuple[float, float],
    sizes: tuple[float, float],
    *,
    gap: float = 0.0,
    bold: bool = False,
) -> float:
    """Return the largest size at which paragraphs fit a box.

    Parameters
    ----------
    texts : sequence of str
        One paragraph each.
    box : tuple of float
        Width and height in points.
    sizes : tuple of float
        The smallest and the largest size. The smallest is returned even where it does not fit.
    gap : float
        Room after each paragraph, in parts of a line.

    Examples
    --------
    >>> fit_text(["A short title"], (600, 60), (18, 28))
    28
    """
    size = sizes[1]
    while size > sizes[0] and find_height(texts, box[0], size, gap=gap, bold=bold) > box[1]:
        size -= _STEP
    return size


def find_height(
    texts: Sequence[str], width: float, size: float, *, gap: float = 0.0, bold: bool = False
) -> float:
    """Return the height of paragraphs in points."""
    lines = sum(wrap_text(text, width, size, bold=bold) + gap for text in texts)
    return lines * size * LEADING


def fit_rows(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    height: float,
    sizes: tuple[float, float],
    *,
    padding: tuple[float, float] = (14.4, 7.2),
) -> tuple[float, list[float]]:
    """Return the largest size at which a table fits its box, and the height of each row.

    Parameters
    ----------
    rows : sequence of sequence of str
        The heading row first.
    widths : sequence of float
        Of the columns, in points.
    height : float
        Of the box, in points.
    sizes : tuple of float
        The smallest and the largest size.
    padding : tuple of float
        What a cell loses of its width, and adds to its height.
    """
    size = sizes[1]
    while size > sizes[0] and sum(_find_heights(rows, widths, size, padding)) > height:
        size -= _STEP
    return size, _find_heights(rows, widths, size, padding)


def _find_heights(
    rows: Sequence[Sequence[str]],
    widths: Sequence[float],
    size: float,
    padding: tuple[float, float],
) -> list[float]:
    return [
        max(
            # Headings and first cells are bold.
            wrap_text(text, width - padding[0], size, bold=i == 0 or j == 0)
            for j, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        * size
        * LEADING
        + padding[1]
        for i, row in enumerate(rows)
    ]


def _measure(text: str, size: float, *, bold: bool) -> float:
    return measure_text(text, 100.0, bold=bold) * size / 100.0 * _SPARE
