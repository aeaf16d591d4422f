"""Reading the XML of the CIN census as a stream: columns of codes, never a tree of the file.

Elements are told by their local name, in any case and namespace. A block that is none of the
census's is never left out in silence: where all its fields belong to one table it is read as
that table, else it is named. A document type declaration is refused before anything in it is
read, so that no entity is ever expanded or fetched.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.parsers import expat

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.errors import Place
from slinb.records.grid import RecordsError, fold_header
from slinb.records.problems import ProblemLog, mask_text
from slinb.records.specification import Specification
from slinb.records.ssda903 import SourceTable

_CHUNK = 1 << 20
#: Elements that only hold others.
_CONTAINERS = frozenset(
    fold_header(name)
    for name in (
        "Message",
        "Children",
        "CollectionDetails",
        "Source",
        "Content",
        "CINLevel",
        "Disabilities",
        "FactorsIdentifiedAtAssessment",
        "Reviews",
    )
)
#: Elements that repeat within a record: each makes a row of a table of its own.
_REPEATED = {
    "DISABILITY": ("disabilities", "Disability"),
    "ASSESSMENTFACTORS": ("factors", "AssessmentFactor"),
    "ASSESSMENTFACTOR": ("factors", "AssessmentFactor"),
    "CPPREVIEWDATE": ("reviews", "CPPreviewDate"),
}
_CHILD = "CHILD"
_HOLDER = object()
_ROOT = object()


@dataclass
class _Column:
    """One column while it is gathered: a code a row, and the distinct texts."""

    codes: array[int] = field(default_factory=lambda: array("i"))
    texts: dict[str, int] = field(default_factory=dict)

    def put(self, row: int, text: str) -> bool:
        """Set the text of a row; False where the row has one already."""
        codes = self.codes
        if len(codes) > row:
            return False
        if len(codes) < row:
            codes.extend([-1] * (row - len(codes)))
        codes.append(self.texts.setdefault(text, len(self.texts)))
        return True

    def build(self, n: int) -> pd.Categorical:
        codes = np.full(n, -1, dtype=np.int32)
        codes[: len(self.codes)] = self.codes
        return pd.Categorical.from_codes(codes, pd.Index(list(self.texts), dtype="str"))


@dataclass
class _Table:
    """One table while it is gathered."""

    name: str
    columns: dict[str, _Column]
    child: array[int] = field(default_factory=lambda: array("i"))
    episode: array[int] = field(default_factory=lambda: array("i"))
    assessment: array[int] = field(default_factory=lambda: array("i"))


class _Gatherer:
    """Takes the parser's events and fills the tables."""

    def __init__(self, specification: Specification, place: Place) -> None:
        self.specification, self.place = specification, place
        self.tables = {
            rule.name: _Table(rule.name, {fold_header(c.name): _Column() for c in rule.columns})
            for rule in specification.tables
        }
        self.kinds: dict[str, Any] = dict.fromkeys(_CONTAINERS, _HOLDER)
        for rule in specification.tables:
            self.kinds |= dict.fromkeys(rule.xml, self.tables[rule.name])
        self.kinds[_CHILD] = _CHILD
        self.children = 0
        self.child = self.episode = self.assessment = -1
        self.stack: list[Any] = [_ROOT]
        self.texts: list[str] = []
        self.names: dict[str, str] = {}
        self.written: dict[str, str] = {}
        self.strange: dict[str, int] = {}
        self.doubled: dict[str, int] = {}
        self.renamed: dict[tuple[str, str], int] = {}
        self.unknown: dict[str, int] = {}
        # The unknown block that is being passed over: its leaves, and how deep within it we are.
        self.lost: list[tuple[str, str]] | None = None
        self.depth = 0
        self.leaf = False

    # Events -------------------------------------------------------------------------------

    def refuse(self, *_: Any) -> None:
        """Refuse a document type declaration: no census has one, and entities hide in it."""
        raise RecordsError(
            "The XML declares a document type, which can hide entities: refused unread.",
            "A census file as sent to the DfE has none. Export it again.",
            self.place,
        )

    def start(self, raw: str, _: dict[str, str]) -> None:
        """Open an element."""
        self.texts.clear()
        if self.lost is not None:
            self.depth += 1
            self.leaf = True
            return
        stack = self.stack
        if type(stack[-1]) is str and stack[-1] is not _CHILD:
            self.lost, self.depth, self.leaf = [], 1, True
            return
        name = self.names.get(raw) or self._fold(raw)
        kind = self.kinds.get(name, name)
        stack.append(kind)
        if type(kind) is _Table:
            self.open(kind)
        elif kind is _CHILD:
            self.child = self.children
            self.children += 1

    def end(self, raw: str) -> None:
        """Close an element: a leaf fills a field of the record around it."""
        if self.lost is not None:
            self._end_lost(raw)
            return
        kind = self.stack.pop()
        if type(kind) is _Table:
            if kind.name == "episodes":
                self.episode = self.assessment = -1
            elif kind.name == "assessments":
                self.assessment = -1
        elif kind is _CHILD:
            self.child = -1
        elif kind is not _HOLDER:
            text = "".join(self.texts).strip()
            if text:
                self._put(kind, text)
        self.texts.clear()

    def open(self, table: _Table) -> None:
        """Begin a row of a table."""
        row = len(table.child)
        if table.name == "episodes":
            self.episode = row
        elif table.name == "assessments":
            self.assessment = row
        table.child.append(self.child)
        table.episode.append(self.episode)
        table.assessment.append(self.assessment)

    # Fields -------------------------------------------------------------------------------

    def _fold(self, raw: str) -> str:
        """Return an element's local name as it is compared, under the census's own spelling."""
        name = fold_header(raw.rsplit(":", 1)[-1])
        spelt = self.specification.name_column(name)
        # "is" tells a Child from a leaf, so the name must be the one object.
        folded = _CHILD if name == _CHILD else fold_header(spelt) if spelt else name
        self.names[raw] = folded
        self.written.setdefault(folded, raw.rsplit(":", 1)[-1])
        return folded

    def _put(self, name: str, text: str) -> None:
        if name in _REPEATED:
            self._put_repeated(name, text)
            return
        owner = self.stack[-1]
        if type(owner) is not _Table:
            owner = next((k for k in reversed(self.stack) if type(k) is _Table), None)
        column = owner.columns.get(name) if owner else None
        if column is None or owner is None:
            self.strange[name] = self.strange.get(name, 0) + 1
        elif not column.put(len(owner.child) - 1, text):
            self.doubled[name] = self.doubled.get(name, 0) + 1

    def _put_repeated(self, name: str, text: str) -> None:
        table, field_name = _REPEATED[name]
        self.open(self.tables[table])
        column = self.tables[table].columns[fold_header(field_name)]
        column.put(len(self.tables[table].child) - 1, text)

    # Unknown blocks -----------------------------------------------------------------------

    def _end_lost(self, raw: str) -> None:
        self.depth -= 1
        if self.depth >= 0:
            if self.leaf and self.lost is not None:
                name = self.names.get(raw) or self._fold(raw)
                self.lost.append((name, "".join(self.texts).strip()))
            self.leaf = False
            return
        block, leaves = self.stack.pop(), self.lost or []
        self.lost = None
        self.texts.clear()
        table = self._recognise(leaves)
        if table is None:
            self.unknown[block] = self.unknown.get(block, 0) + 1
            return
        self.renamed[block, table.name] = self.renamed.get((block, table.name), 0) + 1
        self.open(table)
        for name, text in leaves:
            if text:
                self.stack.append(table)
                self._put(name, text)
                self.stack.pop()
        if table.name == "assessments":
            self.assessment = -1

    def _recognise(self, leaves: list[tuple[str, str]]) -> _Table | None:
        """Return the table that all fields of a block belong to, if it is one only."""
        names = {name for name, _ in leaves}
        single = names - set(_REPEATED)
        fitting = [
            self.tables[rule.name]
            for rule in self.specification.tables
            if rule.xml
            and rule.name != "episodes"
            and single
            and single <= set(self.tables[rule.name].columns)
            and single & {fold_header(s) for s in rule.signature}
        ]
        return fitting[0] if len(fitting) == 1 else None


def read_cin_xml(
    path: Path, file: str, specification: Specification, log: ProblemLog
) -> tuple[list[SourceTable], list[dict[str, Any]]]:
    """Read a census file as one table a block.

    The row of a record is the number of its Child element: the first child is row 1. Records
    carry the number of their episode (``CINdetailsID``) and assessment (``AssessmentID``)
    within the file.

    Parameters
    ----------
    path, file : Path, str
        The file, and what messages call it.
    specification : Specification
        The tables of the census.
    log : ProblemLog
        Takes unknown blocks and elements.

    Returns
    -------
    tables : list of SourceTable
    unread : list of dict
        ACCOUNT rows of blocks that are of no table.

    Raises
    ------
    RecordsError
        Not well-formed (with the line), a document type declaration, another collection, or no
        child at all.
    """
    place = Place(file)
    gatherer = _Gatherer(specification, place)
    _parse(path, gatherer, place)
    _refuse_other(gatherer, place)
    _note_odd(gatherer, file, log)
    unread = [
        {"file": file, "sheet": mask_text(gatherer.written[name]), "rows_in": n, "unread": n}
        for name, n in gatherer.unknown.items()
    ]
    return [_build(t, gatherer, file) for t in gatherer.tables.values() if len(t.child)], unread


def _parse(path: Path, gatherer: _Gatherer, place: Place) -> None:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = gatherer.start
    parser.EndElementHandler = gatherer.end
    parser.CharacterDataHandler = gatherer.texts.append
    parser.StartDoctypeDeclHandler = gatherer.refuse
    parser.EntityDeclHandler = gatherer.refuse
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    try:
        with path.open("rb") as handle:
            while chunk := handle.read(_CHUNK):
                parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = getattr(error, "lineno", parser.CurrentLineNumber)
        raise RecordsError(
            f"The XML is not well-formed in line {line}, after {gatherer.children} children.",
            "Export the census again; a file cut off or edited by hand cannot be used.",
            place,
            rows=gatherer.children,
        ) from error


def _refuse_other(gatherer: _Gatherer, place: Place) -> None:
    said = gatherer.tables["header"].columns["COLLECTION"].texts
    if said and not {text.upper() for text in said} & {"CIN", "CINCENSUS"}:
        raise RecordsError(
            f"The XML is of another collection: “{mask_text(next(iter(said)))}”.",
            "Give the file of the CIN census.",
            place,
            rows=gatherer.children,
        )
    if not gatherer.children or not len(gatherer.tables["identifiers"].child):
        blocks = ", ".join(f"“{mask_text(gatherer.written[n])}”" for n in gatherer.unknown)
        raise RecordsError(
            "The census holds no child at all"
            + (f"; it holds blocks that are no census's: {blocks}." if blocks else "."),
            "Nothing was checked or counted: export it again.",
            place,
            rows=sum(gatherer.unknown.values()),
        )


def _note_odd(gatherer: _Gatherer, file: str, log: ProblemLog) -> None:
    for (block, table), n in gatherer.renamed.items():
        log.note(
            "renamed block",
            f"A block that is none of the census's; its fields are those of {table}:",
            f"Read as {table}.",
            file=file,
            value=gatherer.written[block],
            n=n,
        )
    for block, n in gatherer.unknown.items():
        log.note(
            "unknown block",
            "A block that is none of the census's:",
            "Not read: what rests on it is missing from every count. Correct its name.",
            file=file,
            value=gatherer.written[block],
            n=n,
        )
    for rule, said, found in (
        ("unknown element", "An element that belongs to no table here:", gatherer.strange),
        ("double element", "An element twice in one record; the first was read:", gatherer.doubled),
    ):
        for name, n in found.items():
            log.note(rule, said, "Left out.", file=file, value=gatherer.written[name], n=n)


def _build(table: _Table, gatherer: _Gatherer, file: str) -> SourceTable:
    n = len(table.child)
    child = np.frombuffer(table.child, dtype=np.int32).astype(np.int64)
    rule = gatherer.specification[table.name]
    cells: dict[str, Any] = {
        name: column.build(n)
        for name in rule.by_name
        if len((column := table.columns[fold_header(name)]).codes)
    }
    if table.name != "header":
        cells["LAchildID"] = _spread_identifiers(gatherer, child)
        cells["CINdetailsID"] = np.array(table.episode, dtype=np.int64)
        cells["AssessmentID"] = np.array(table.assessment, dtype=np.int64)
    return SourceTable(
        table.name,
        file,
        table.name,
        np.maximum(child + 1, 1),
        pd.DataFrame(cells, copy=False),
        blank=0,
    )


def _spread_identifiers(gatherer: _Gatherer, child: npt.NDArray[np.int64]) -> pd.Categorical:
    """Return the identifier of the child that each record stands in."""
    table = gatherer.tables["identifiers"]
    given = table.columns["LACHILDID"].build(len(table.child))
    codes = np.full(gatherer.children + 1, -1, dtype=np.int32)  # the last is for no child
    whose = np.frombuffer(table.child, dtype=np.int32)
    codes[whose[::-1]] = given.codes[::-1]
    codes[-1] = -1
    return pd.Categorical.from_codes(codes[child], given.categories)
