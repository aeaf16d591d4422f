"""Writing made-up audits for a region, with mistakes on purpose, marked SAMPLE."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import Field

from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.audits import AuditInstrument, load_audit_instrument
from slinb.catalogue.periods import Period
from slinb.catalogue.reading import CatalogueEntry, Slug, Words, build_entry, read_toml
from slinb.collect.audit_layout import (
    ACTIONS,
    ACTIONS_MARK,
    CASES,
    CASES_MARK,
    COVER,
    NARRATIVE,
    SAY_MARK,
    name_audit,
)
from slinb.collect.audit_tables import NARRATIVES
from slinb.collect.audit_template import build_audit_template
from slinb.collect.cells import name_cell
from slinb.collect.layout import (
    COVER_COLUMN,
    COVER_MARK,
    FIRST_ROW,
    HEADING_ROW,
    ID_ROW,
    SAMPLE_WORD,
    return_due,
)
from slinb.collect.returns import SAMPLE_MARKER, is_sample
from slinb.errors import ParameterError
from slinb.sample.levels import make_generator
from slinb.sample.plant import MANIFEST_COLUMNS
from slinb.stamp import save_workbook

AUDIT_MANIFEST = "sample_defects.csv"
_MARK = (
    "SAMPLE. Every audit in this folder was made up by “slinb sample”.\n"
    "No authority sent any of it. Delete the folder before real audits are put here.\n"
)


class _AuditDefect(CatalogueEntry):
    kind: Slug
    authority: int = Field(ge=0)
    rule: Slug
    severity: Slug
    words: Words


class _Profile(CatalogueEntry):
    cases: int = Field(ge=0)
    good: float = Field(ge=0, le=1)
    stricter: float = Field(ge=0, le=1)
    peer: float = Field(ge=0, le=1)
    direction: Words


class _Settings(CatalogueEntry):
    moderated: float
    softer: float
    not_applicable: float
    weaker: float
    weak: tuple[Slug, ...]
    themes: float
    actions: float
    authority: tuple[_Profile, ...]
    narrative: tuple[dict[str, str], ...]
    earlier: tuple[dict[str, str], ...]
    action: tuple[Words, ...]
    defect: tuple[_AuditDefect, ...]


@dataclass(frozen=True)
class AuditsWritten:
    """What was written: the folder, its workbooks, and the mistakes in them with their rule."""

    folder: Path
    workbooks: tuple[Path, ...]
    defects: pd.DataFrame


def write_audits(
    root: Path, quarter: str, *, region: str = DEFAULT_REGION, seed: int = 20260131
) -> AuditsWritten:
    """Write made-up audit workbooks for a region's authorities.

    Parameters
    ----------
    root : Path
        Root of the workspace; the workbooks go to ``data/raw/audits/<quarter>``.
    quarter : str
        The quarter of the exercise.
    region : str
        Code of the region.
    seed : int
        The same seed gives the same bytes.

    Raises
    ------
    ParameterError
        The folder holds something that is not a sample.
    """
    now, instrument = Period.parse(quarter), load_audit_instrument()
    folder = root / "data" / "raw" / "audits" / now.id
    _make_folder(folder)
    written, planted = [], []
    for place, area in enumerate(load_areas().authorities(region)):
        defects = [d for d in _load_settings().defect if d.authority == place]
        path = folder / name_audit(area, now, sample=True)
        draft = _Draft(area, now, instrument, seed, place)
        for defect in defects:
            where = _PLANTERS[defect.kind](draft)
            planted.append(_describe(defect, area, path.name, where))
        if not any(d.kind == "no_workbook" for d in defects):
            draft.finish()
            written.append(save_workbook(draft.workbook, path, stamp=now.end))
    manifest = pd.DataFrame(planted, columns=MANIFEST_COLUMNS)
    manifest.to_csv(folder / AUDIT_MANIFEST, index=False, encoding="utf-8", lineterminator="\n")
    return AuditsWritten(folder, tuple(written), manifest)


def write_earlier_narratives(
    root: Path, quarter: str, *, region: str = DEFAULT_REGION
) -> Path | None:
    """Write what the authorities said in a made-up exercise two quarters before.

    Parameters
    ----------
    root, quarter, region
        As in :func:`write_audits`.

    Returns
    -------
    Path or None
        The table; None, and nothing written, where that quarter was not made up here.
    """
    before = Period.parse(quarter).previous().previous()
    folder = root / "data" / "processed" / before.id
    if not is_sample(folder):
        return None
    said = _load_settings().earlier
    rows = [
        {"area": area.code, "period": before.id, "prompt": prompt, "text": text}
        for place, area in enumerate(load_areas().authorities(region))
        for prompt, text in said[place % len(said)].items()
    ]
    path = folder / "audit_narratives.parquet"
    NARRATIVES.from_rows(rows).to_parquet(path, index=False)
    return path


def _make_folder(folder: Path) -> None:
    held = folder.is_dir() and any(not p.name.startswith(".") for p in folder.iterdir())
    if held and not is_sample(folder):
        raise ParameterError(
            f"{folder.name} under data/raw/audits holds audits that are no sample.",
            "Move them away, or make the sample of another quarter.",
        )
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob(f"{SAMPLE_WORD}_*"):
        old.unlink()
    (folder / SAMPLE_MARKER).write_text(_MARK, encoding="utf-8")


class _Draft:
    """One authority's workbook in the making."""

    def __init__(
        self, area: Area, quarter: Period, instrument: AuditInstrument, seed: int, place: int
    ) -> None:
        settings = _load_settings()
        self.area, self.quarter, self.instrument = area, quarter, instrument
        self.profile = settings.authority[place % len(settings.authority)]
        self.rng = make_generator(seed, area.code, quarter.id, "audits")
        self.workbook: Workbook = build_audit_template(area, quarter, instrument, sample=True)
        self.sent = return_due(quarter) - dt.timedelta(days=int(self.rng.integers(3, 15)))
        self.count = self.profile.cases
        for line in range(self.count):
            self._fill_case(line)
        self._fill_actions()
        said = settings.narrative[place % len(settings.narrative)]
        for prompt, answer in {"direction": self.profile.direction, **said}.items():
            self.say(prompt, answer)

    def finish(self) -> None:
        """Fill the cover, whose number of cases is the one meant."""
        cover = {"submitted_on": self.sent, "role": "Principal social worker"}
        for line, answer in {**cover, "audited": self.count}.items():
            self._answer(COVER, COVER_MARK + line, answer)

    def put(self, line: int, column: str, value: object, sheet: str = CASES) -> str:
        """Put a value in a line of a sheet; return the name of its cell."""
        mark = (CASES_MARK if sheet == CASES else ACTIONS_MARK) + column
        number = find_column(self.workbook[sheet], mark)
        self.workbook[sheet].cell(FIRST_ROW + 1 + line, number).value = value
        return name_cell(FIRST_ROW + line, number - 1)

    def case(self, line: int) -> str:
        """Return the id of a line of cases."""
        return str(self.workbook[CASES].cell(FIRST_ROW + 1 + line, 1).value)

    def rename_case(self, line: int, name: str) -> str:
        """Give a case another id, on both sheets; return the name of its cell."""
        before, sheet = self.case(line), self.workbook[ACTIONS]
        for row in range(FIRST_ROW + 1, sheet.max_row + 1):
            if sheet.cell(row, 1).value == before:
                sheet.cell(row, 1).value = name
        return self.put(line, "case", name)

    def say(self, prompt: str, answer: object) -> str:
        """Answer a prompt; return the name of the cell."""
        return self._answer(NARRATIVE, SAY_MARK + prompt, answer)

    def _answer(self, sheet: str, mark: str, answer: object) -> str:
        row = next(c.row for c in self.workbook[sheet]["A"] if c.value == mark)
        self.workbook[sheet].cell(row, COVER_COLUMN + 1).value = answer
        return name_cell(row - 1, COVER_COLUMN)

    def _pick(self, labels: tuple[str, ...]) -> str:
        return labels[int(self.rng.integers(len(labels)))]

    def _fill_case(self, line: int) -> None:
        settings, instrument, rng = _load_settings(), self.instrument, self.rng
        for column in ("cohort", "age_band", "open_band", "tool"):
            self.put(line, column, self._pick(instrument.labels(column)))
        for column in ("multi_agency", "feedback"):
            self.put(line, column, self._pick(instrument.labels("yes_no")))
        self.put(line, "auditor", instrument.labels("auditor")[rng.random() < self.profile.peer])
        own = self._draw_grade()
        self.put(line, "own", own)
        if rng.random() < settings.moderated:
            self.put(line, "moderated", self._moderate(own))
        for question in instrument.questions:
            missing = rng.random() < settings.not_applicable
            weaker = question.id in settings.weak and rng.random() < settings.weaker
            shift = int(rng.choice([-1, 0, 0, 0, 1])) + weaker
            grade = min(max(own + shift, 1), len(instrument.grades))
            self.put(line, f"q.{question.id}", "NA" if missing else grade)
        named = rng.permutation(len(instrument.labels("theme")))
        for place in range(min(int(rng.poisson(settings.themes)), 3)):
            self.put(line, f"theme.{place + 1}", instrument.labels("theme")[named[place]])

    def _draw_grade(self) -> int:
        good = self.rng.random() < self.profile.good
        return int(self.rng.choice([1, 2, 2, 2] if good else [3, 3, 3, 4]))

    def _moderate(self, own: int) -> int:
        draw = self.rng.random()
        if draw < self.profile.stricter:
            return min(own + 1, len(self.instrument.grades))
        return max(own - 1, 1) if draw > 1 - _load_settings().softer else own

    def _fill_actions(self) -> None:
        settings, rng = _load_settings(), self.rng
        total = min(int(rng.poisson(settings.actions * self.count)), self.instrument.action_rows)
        scales = self.instrument.labels("timescale")
        for line in range(total if self.count else 0):
            agreed = self.quarter.end - dt.timedelta(days=int(rng.integers(5, 85)))
            place = int(rng.integers(len(scales)))
            due = agreed + dt.timedelta(days=(1, 28, 60)[place])
            completed = due + dt.timedelta(days=int(rng.integers(-12, 10)))
            told: dict[str, Any] = {
                "case": self.case(int(rng.integers(self.count))),
                "action": self._pick(settings.action),
                "timescale": scales[place],
                "due": due,
                "completed": completed if completed <= self.sent and rng.random() < 0.8 else None,
            }
            for column, value in told.items():
                self.put(line, column, value, ACTIONS)


def find_column(sheet: Worksheet, mark: str) -> int:
    """Return the number of a column by its mark."""
    return int(next(c.column for c in sheet[ID_ROW + 1] if c.value == mark))


def _describe(
    defect: _AuditDefect, area: Area, file: str, where: tuple[str, str]
) -> dict[str, str]:
    row = dict.fromkeys(MANIFEST_COLUMNS, "")
    row |= {"file": "" if defect.kind == "no_workbook" else file, "area": area.code}
    row |= {"sheet": where[0], "cell": where[1], "defect": defect.words}
    return row | {"rule": defect.rule, "severity": defect.severity}


@lru_cache(maxsize=1)
def _load_settings() -> _Settings:
    source = files("slinb.sample") / "audits.toml"
    return build_entry(_Settings, read_toml(source), source.name)


# Each planter spoils one draft and says where: sheet and cell. -----------------------------


def _plant_words(draft: _Draft) -> tuple[str, str]:
    draft.put(1, "own", "RI")
    return CASES, draft.put(0, "own", "Good")


def _plant_letter(draft: _Draft) -> tuple[str, str]:
    return CASES, draft.put(2, "own", "B")


def _plant_five(draft: _Draft) -> tuple[str, str]:
    return CASES, draft.put(4, "q.chronology", 5)


def _plant_blank(draft: _Draft) -> tuple[str, str]:
    draft.put(6, "q.fathers", None)
    return CASES, f"row {FIRST_ROW + 7}"


def _plant_no_own(draft: _Draft) -> tuple[str, str]:
    draft.put(3, "moderated", 3)
    return CASES, draft.put(3, "own", None)


def _plant_twice(draft: _Draft) -> tuple[str, str]:
    draft.put(1, "own", 1)
    draft.put(0, "own", 4)
    draft.rename_case(1, draft.case(0))
    # Neither line is used: the cover counts what is left.
    draft.count -= 2
    return CASES, f"row {FIRST_ROW + 1}"


def _plant_none(_: _Draft) -> tuple[str, str]:
    return COVER, ""


def _plant_name(draft: _Draft) -> tuple[str, str]:
    text = "Mrs Example asked us to look again at Jordan E., born 03/05/2014; we did."
    return NARRATIVE, draft.say("why", text)


def _plant_markup(draft: _Draft) -> tuple[str, str]:
    return NARRATIVE, draft.say("offer", "<b>Our guide</b> <script>alert('no')</script>")


def _plant_own_id(draft: _Draft) -> tuple[str, str]:
    return CASES, draft.rename_case(8, "1004711")


def _plant_extra(draft: _Draft) -> tuple[str, str]:
    sheet = draft.workbook[CASES]
    column = sheet.max_column + 1
    sheet.cell(HEADING_ROW + 1, column).value = "Team"
    for line in range(draft.profile.cases):
        sheet.cell(FIRST_ROW + 1 + line, column).value = "North"
    return CASES, name_cell(HEADING_ROW, column - 1)


def _plant_date(draft: _Draft) -> tuple[str, str]:
    return ACTIONS, draft.put(0, "completed", "31/02/2026", ACTIONS)


def _plant_missing(draft: _Draft) -> tuple[str, str]:
    sheet = draft.workbook[CASES]
    sheet.delete_cols(find_column(sheet, f"{CASES_MARK}q.poverty"))
    sheet.title = "Neglect audits final"
    return sheet.title, ""


def _plant_nothing(_: _Draft) -> tuple[str, str]:
    return "", ""


_PLANTERS: dict[str, Callable[[_Draft], tuple[str, str]]] = {
    "words": _plant_words,
    "letter": _plant_letter,
    "five": _plant_five,
    "blank": _plant_blank,
    "no_own": _plant_no_own,
    "twice": _plant_twice,
    "none_audited": _plant_none,
    "name": _plant_name,
    "markup": _plant_markup,
    "own_id": _plant_own_id,
    "extra_column": _plant_extra,
    "impossible_date": _plant_date,
    "missing_column": _plant_missing,
    "no_workbook": _plant_nothing,
}
