"""What every part of the Section 20 briefing reads from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import ClassVar

from slinb.catalogue.section20 import Section20, load_section20
from slinb.show.dive_view import DiveView

#: What the public edition says of the counts.
SAID_OF_PUBLIC = (
    "Public edition: the authorities' own counts of this quarter are withheld as a whole (c), and "
    "the region's are rounded before a share is worked out. Each authority has its own figures "
    "in its receipt; the published history is whole."
)


@dataclass(frozen=True)
class Section20View(DiveView):
    """The tables of the Section 20 deep dive for one region, ready to be shown."""

    dive: ClassVar[str] = "section20"
    key: ClassVar[str] = "s20"

    data: Section20 = field(default_factory=load_section20)

    @cached_property
    def withheld(self) -> bool:
        """Whether no authority's figure is shown and some are withheld: the public edition."""
        own = [r for r in self.figures.values() if r["area"] != self.region.code]
        hidden = any(row["status"] == "suppressed" for row in own)
        return hidden and all(math.isnan(row["value"]) for row in own)
