"""What a row names is put together from its cells, and is what the row names as one text."""

from __future__ import annotations

import random

import pytest

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.gate.concerns import Concerns
from slinb.gate.encoded import unwrap
from slinb.gate.names import Names, normalise
from slinb.gate.passages import SEPARATOR, Level
from slinb.gate.secrets import Secret, Secrets
from slinb.gate.silent import hides

AREAS, MEASURES = load_areas(), load_measures()
SECRETS = Secrets(
    Secret(area.code, measure.id, "2025-26-Q3", "numerator", 3)
    for area in AREAS.authorities("E12000006")
    for measure in MEASURES
)
NAMES = Names(AREAS, MEASURES, SECRETS.areas)
_TITLES = [text for m in MEASURES for text in (m.id, m.title, m.short, m.numerator)]
PHRASES = [*(a.name for a in AREAS), *(a.code for a in AREAS), *_TITLES]
#: What says nothing, what is a name only where it stands alone, and what is written otherwise.
ODD = ["", " ", "–", "\u200b", "822", "Referrals", "12.3", "2025-26-Q3", "½ ﬁ", "Bed\u00adford"]


def says_the_same(concerns: Concerns, text: str) -> bool:
    """Compare the areas and the measures that are found with those in the text as a whole."""
    found = NAMES.find_ids(normalise(text))
    area = concerns.meet("", [Level(text), Level("cp_neglect_pct")])
    measure = concerns.meet("", [Level(text), Level("Bedford")])
    return (area, measure) == (bool(found & SECRETS.areas), bool(found & SECRETS.measures))


@pytest.mark.parametrize("other", ["Bedford", "cp_neglect_pct"])
def test_a_name_over_two_cells_is_found_as_in_one_text(other: str) -> None:
    """ "Central | Bedfordshire": read apart they would name another area, or none."""
    concerns = Concerns(SECRETS, NAMES)
    for phrase in PHRASES:
        words = phrase.split()
        for i in range(1, len(words)):
            cells = (other, " ".join(words[:i]), "–", " ".join(words[i:]))
            for parts in (cells, (*cells[:2], cells[3]), (cells[1], cells[3], other)):
                assert says_the_same(concerns, SEPARATOR.join(parts)), parts


def test_any_cells_together_name_what_their_row_names() -> None:
    concerns, chance = Concerns(SECRETS, NAMES), random.Random(7)  # noqa: S311  # no secret
    cells = [*PHRASES, *(p.partition(" ")[0] for p in PHRASES), *(ODD * 40)]
    for _ in range(5000):
        row = SEPARATOR.join(chance.choice(cells) for _ in range(chance.randint(2, 5)))
        assert says_the_same(concerns, row), row


@pytest.mark.parametrize("digits", range(1, 9))
def test_no_plain_number_hides_anything(digits: int) -> None:
    """They are passed unread, so that what reads them must find nothing in them either."""
    chance = random.Random(digits)  # noqa: S311  # no secret
    for _ in range(500):
        number = str(chance.randrange(10**digits))
        for text in (f"{number}.{chance.randrange(10**12)}", number, f"-{number[:6]}"):
            assert list(unwrap(text)) == []
            assert not hides(text)
