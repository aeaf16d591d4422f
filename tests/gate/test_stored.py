"""A gate from its file judges as the gate that was opened from the same secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.catalogue.areas import load_areas
from slinb.catalogue.measures import load_measures
from slinb.errors import DisclosureError
from slinb.gate.folder import Gate, open_gate
from slinb.gate.secrets import Secret
from slinb.gate.stored import GATE_FILE, load_gate, store_gate
from tests.gate import kit
from tests.gate.test_hiding_places import PLANTS
from tests.gate.test_quiet import QUIET

#: 3.5 explains the value of 3 of 86; 3 explains no count; another area's cell explains nothing.
SHOWN = (
    Secret(kit.AREA, kit.MEASURE, "2024-25", "value", 3.52, 1),
    Secret(kit.AREA, kit.MEASURE, "2024-25", "numerator", 3, 1),
    Secret("E06000032", kit.MEASURE, kit.PERIOD, "value", 12.4, 1),
)
EVERYTHING = {
    **{name: (plant.file, plant.content) for name, plant in PLANTS.items()},
    **{name: ("page.html", content) for name, content in QUIET.items()},
    "two figures": (
        "page.html",
        "<h2>Bedford, plans for neglect</h2><p>3.5%</p><p>3 of them</p><p>12.4%</p>",
    ),
}


@pytest.fixture(scope="module")
def gates(tmp_path_factory: pytest.TempPathFactory) -> tuple[Gate, Gate]:
    folder = tmp_path_factory.mktemp("gate")
    store_gate(folder, kit.SECRETS, SHOWN, threshold=5)
    opened = open_gate(kit.SECRETS, load_areas(), load_measures(), shown=SHOWN, threshold=5)
    return opened, load_gate(folder, load_areas(), load_measures())


@pytest.mark.parametrize(("name", "content"), EVERYTHING.values(), ids=EVERYTHING)
def test_a_stored_gate_finds_the_same(
    name: str, content: str | bytes, gates: tuple[Gate, Gate]
) -> None:
    opened, stored = gates
    assert stored.find_leaks(name, content) == opened.find_leaks(name, content)


def test_the_threshold_is_stored(tmp_path: Path) -> None:
    """Ten children are a small count where the threshold is ten: then nothing excuses them."""
    secret = Secret(kit.AREA, kit.MEASURE, kit.PERIOD, "numerator", 10, 1)
    shown = Secret(kit.AREA, kit.MEASURE, kit.PERIOD, "excluded", 10, 1)
    page = "<p>Bedford, plans for neglect: 10 children</p>"
    for threshold, found in ((5, 0), (10, 1)):
        store_gate(tmp_path, [secret], [shown], threshold=threshold)
        gate = load_gate(tmp_path, load_areas(), load_measures())
        assert len(gate.find_leaks("a.html", page)) == found


def test_the_same_secrets_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        store_gate(tmp_path / name, kit.SECRETS, SHOWN, threshold=5)
    one, two = ((tmp_path / name / GATE_FILE).read_bytes() for name in ("one", "two"))
    assert one == two


def test_without_its_file_there_is_no_gate(tmp_path: Path) -> None:
    with pytest.raises(DisclosureError, match="cannot be read"):
        load_gate(tmp_path, load_areas(), load_measures())
    (tmp_path / GATE_FILE).write_bytes(b"PAR1 damaged")
    with pytest.raises(DisclosureError, match="cannot be read"):
        load_gate(tmp_path, load_areas(), load_measures())
