"""Rules and thresholds of the analysis are data: they load, and a wrong one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from slinb.catalogue.confounders import load_confounders, read_confounders
from slinb.catalogue.explain import load_explain_rules, read_explain_rules
from slinb.catalogue.grades import load_grades, read_grades
from slinb.catalogue.priorities import load_priorities, read_priorities
from slinb.catalogue.rebasing import load_rebasings, read_rebasings
from slinb.errors import CatalogueError

REBASING = """
[[rebasing]]
id = "one_door"
area = "E06000032"
measure = "rereferrals_pct"
period = "2025-26-Q1"
date = "2025-06-12"
reason = "A single front door opened on 1 April 2025."
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "region.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_regions_own_file_adds_to_the_catalogues(tmp_path: Path) -> None:
    own = load_rebasings(write(tmp_path, REBASING))
    assert len(own) == len(load_rebasings()) + 1
    assert own[-1].applies_to("E06000032")
    assert not own[-1].applies_to("E06000055")
    everyone = read_rebasings(write(tmp_path, REBASING.replace("E06000032", "")))
    assert everyone[0].applies_to("E06000055")
    assert load_rebasings(tmp_path / "absent.toml") == load_rebasings()


@pytest.mark.parametrize(
    ("line", "instead", "words"),
    [
        ('date = "2025-06-12"', "", "date: Field required"),
        ('date = "2025-06-12"', 'date = "in June"', "date: "),
        ('reason = "A single front door opened on 1 April 2025."', "", "reason: Field required"),
        ('reason = "A single front door opened on 1 April 2025."', 'reason = "moved"', "reason: "),
        ('period = "2025-26-Q1"', 'period = "2025-26"', "not a quarter"),
        ('measure = "rereferrals_pct"', 'measure = "rereferals"', "no “rereferals”"),
        ('area = "E06000032"', 'area = "Luton"', "no area has the code “Luton”"),
    ],
)
def test_a_rebasing_needs_its_date_and_reason(
    tmp_path: Path, line: str, instead: str, words: str
) -> None:
    path = write(tmp_path, REBASING.replace(line, instead))
    with pytest.raises(CatalogueError) as caught:
        read_rebasings(path)
    assert "region.toml" in str(caught.value)
    assert "one_door" in str(caught.value)
    assert words in str(caught.value)


def test_a_rebasing_stands_once(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="“one_door” stands twice"):
        load_rebasings(write(tmp_path, REBASING * 2))


def test_a_confounder_of_an_unknown_measure_is_refused(tmp_path: Path) -> None:
    entry = load_confounders()[0].model_dump() | {"other": "nothing"}
    text = "[[confounder]]\n" + "\n".join(f'{k} = "{v}"' for k, v in entry.items())
    with pytest.raises(CatalogueError, match="no measure “nothing”"):
        read_confounders(write(tmp_path, text))


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (read_explain_rules, '[[rule]]\nid = "x"\nwords = "all"\n', "at least one condition"),
        (read_explain_rules, '[[rule]]\nid = "x"\nwords = "all"\nshare = 0.7\n', "share"),
        (read_priorities, "most = 0\nper_domain = 1\nstrengths = 1\noldest = 3\n", "most"),
        (read_grades, 'enough = 5\n[[grade]]\nid = "close"\nshare = -1\n', "share"),
    ],
)
def test_a_wrong_threshold_is_refused_by_name(tmp_path: Path, read, text: str, words: str) -> None:
    with pytest.raises(CatalogueError, match=words):
        read(write(tmp_path, text))


def test_what_comes_with_slinb_loads() -> None:
    assert load_explain_rules().rule
    assert load_priorities().most == 5
    shares = [grade.share for grade in load_grades().grade]
    assert shares == sorted(shares)
