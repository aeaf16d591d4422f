"""A passage: a piece of text of a file, with everything around it that says what it is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

#: prose: a sentence; cell: the figure of a table's cell, a data point or an attribute of one;
#: label: an identifier (id, class, file name), in which words are joined by - and _
Form = Literal["prose", "cell", "label"]


#: Stands between the parts of what a level says.
SEPARATOR = " \x1f "


class Level(NamedTuple):
    """What one step of the surroundings says.

    Parameters
    ----------
    text : str
        A row's header, a figure's caption, the heading of a section.
    tight : bool
        It belongs to this passage alone (a row, a column, a data point), so that a period
        which it names is the passage's own.
    """

    text: str
    tight: bool = False


class Passage(NamedTuple):
    """One piece of text and its surroundings.

    Parameters
    ----------
    place : str
        Where it stands, for a person ("line 12, title of td", "sheet “Data”, C5").
    text : str
        The text in which numbers are looked for.
    levels : tuple of Level
        What surrounds it, nearest first.
    form : {"prose", "cell", "label"}
    key : str
        Header, key or attribute name under which it stands, if any.
    """

    place: str
    text: str
    levels: tuple[Level, ...] = ()
    form: Form = "prose"
    key: str = ""


def level(parts: Iterable[object], *, tight: bool = False) -> tuple[Level, ...]:
    """Return one level that says all parts, or none where there is nothing to say.

    A unit separator keeps the parts apart, so that no name arises across two of them.
    """
    said = [text for part in parts if part and (text := str(part).strip())]
    if not said:
        return ()
    text = said[0] if len(said) == 1 else SEPARATOR.join(dict.fromkeys(said))
    return (Level(text, tight),)


Passages = Iterator[Passage]
