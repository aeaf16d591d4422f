"""Judgement marks: the colour class, the symbol and the word for "really different"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from slinb.catalogue.measures import Polarity

Side = Literal["higher", "lower"]
Level = Literal["95%", "99.8%"]

UP, DOWN = "\N{BLACK UP-POINTING TRIANGLE}", "\N{BLACK DOWN-POINTING TRIANGLE}"
_SIDES: dict[tuple[str, str], Side] = {
    ("better", "higher"): "higher",
    ("worse", "higher"): "lower",
    ("better", "lower"): "lower",
    ("worse", "lower"): "higher",
    ("higher", "none"): "higher",
    ("lower", "none"): "lower",
}


@dataclass(frozen=True)
class Mark:
    """What a cell shows of a judgement.

    Parameters
    ----------
    word : str
        "better", "worse", "higher" or "lower".
    side : {"higher", "lower"}
        On which side of the benchmark the figure lies: the way the arrows point.
    level : {"95%", "99.8%"}
        The confidence at which it differs: one arrow or two.
    """

    word: str
    side: Side
    level: Level

    @property
    def arrows(self) -> str:
        """One arrow at 95%, two at 99.8%."""
        return (UP if self.side == "higher" else DOWN) * (2 if self.level == "99.8%" else 1)

    @property
    def css_class(self) -> str:
        """Colour class: b (better), w (worse) or n (no judgement), and 1 or 2 for the level."""
        kind = self.word[0] if self.word in ("better", "worse") else "n"
        return f"{kind}{len(self.arrows)}"


def mark_judgement(judgement: str, judgement_998: str, polarity: Polarity) -> Mark | None:
    """Turn the judgements of a comparison into a mark; None where there is no real difference.

    Parameters
    ----------
    judgement, judgement_998 : str
        As in ``schema.COMPARISON``: at 95% and at 99.8%.
    polarity : {"higher", "lower", "none"}
        Which way is good for the measure.

    Raises
    ------
    ValueError
        The judgement cannot come from a measure of this polarity ("better" without polarity).

    Examples
    --------
    >>> mark = mark_judgement("worse", "similar", "lower")
    >>> mark.arrows, mark.word, mark.css_class
    ('▲', 'worse', 'w1')
    """
    if judgement in ("similar", "not compared", ""):
        return None
    side = _SIDES.get((judgement, polarity))
    if side is None:
        raise ValueError(f"“{judgement}” cannot be said of a measure of polarity “{polarity}”")
    return Mark(judgement, side, "99.8%" if judgement_998 == judgement else "95%")
