"""Reading the XML return of the SSDA903: one CHILD element a child, its tables nested in it.

The elements are those that the DfE's schema names (EXPSSDA903 / CHILD / HEADER, EPISODE; within
HEADER one element a review, missing episode and so on). UASC, OC3 and AD1 have no element of
their own: their fields stand among the header's, and make a row where the field that carries
them does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd

from slinb.errors import Place
from slinb.records.grid import Grid, RecordsError
from slinb.records.problems import ProblemLog
from slinb.records.specification import Specification, TableRule

#: A field of the header that says that the child has a row in a table without element.
_CARRIERS = {"DUC": "uasc", "IN_TOUCH": "oc3", "DATE_INT": "ad1"}
#: A CHILD element of another return (the CIN census has such) holds neither.
_PARTS = frozenset({"HEADER", "EPISODE"})
_UASC_YES = frozenset({"1", "Y", "YES", "TRUE"})


def read_xml(path: Path, file: str, specification: Specification, log: ProblemLog) -> list[Grid]:
    """Read an XML return as one grid a table.

    The row of a record is the number of its CHILD element: the first child is row 1.

    Raises
    ------
    RecordsError
        The file is no well-formed XML, or holds no CHILD element.
    """
    gathered: dict[str, list[tuple[int, dict[str, str]]]] = {}
    strange: dict[str, int] = {}
    children = 0
    try:
        # The authority's own file; expat itself bounds the expansion of entities.
        for _, element in ET.iterparse(path, events=("end",)):  # noqa: S314
            if _name(element) != "CHILD" or not {_name(part) for part in element} & _PARTS:
                continue
            children += 1
            for table, record in _walk_child(element, specification, strange):
                gathered.setdefault(table, []).append((children, record))
            element.clear()
    except (ET.ParseError, UnicodeDecodeError, ValueError) as error:
        raise RecordsError(
            f"The XML breaks off or is malformed after child {children}.",
            "Export the return again; a file cut off on its way cannot be used.",
            Place(file),
        ) from error
    if not children:
        raise RecordsError(
            "The XML holds no CHILD element: it is no SSDA903 return.",
            "Give the return as submitted to the DfE (root EXPSSDA903), or the CSV tables.",
            Place(file),
        )
    for name, n in strange.items():
        log.note(
            "unknown element",
            f"Element {name} belongs to no table of the return.",
            "Left out.",
            file=file,
            n=n,
        )
    return [_build_grid(file, table, records) for table, records in gathered.items()]


def _name(element: ET.Element) -> str:
    """Return an element's name without namespace, upper case."""
    return element.tag.rsplit("}", 1)[-1].upper()


def _walk_child(
    child: ET.Element, specification: Specification, strange: dict[str, int]
) -> Iterator[tuple[str, dict[str, str]]]:
    """Give (table, fields) of every record of one child."""
    by_element = {element: rule.name for rule in specification.tables for element in rule.xml}
    header: dict[str, str] = {}
    nested: list[tuple[str, ET.Element]] = []
    for part in child.iter():
        name = _name(part)
        if part is child or name == "HEADER":
            continue
        if len(part):
            if name in by_element:
                nested.append((by_element[name], part))
            else:
                strange[name] = strange.get(name, 0) + 1
    inside = {id(leaf) for _, part in nested for leaf in part.iter()}
    for leaf in child.iter():
        if not len(leaf) and id(leaf) not in inside and leaf.text and leaf.text.strip():
            header.setdefault(_field(leaf, specification, strange), leaf.text.strip())
    header.pop("", None)
    yield "header", _keep(header, specification["header"])
    for table in _find_carried(header):
        yield table, _keep(header, specification[table])
    identity: dict[str, str] = {k: header[k] for k in ("CHILD", "DOB", "SEX") if k in header}
    for table, part in nested:
        fields = {
            _field(leaf, specification, strange): (leaf.text or "").strip()
            for leaf in part
            if not len(leaf)
        }
        yield table, _keep({**identity, **fields}, specification[table])


def _keep(fields: dict[str, str], rule: TableRule) -> dict[str, str]:
    return {name: text for name, text in fields.items() if name in rule.by_name}


def _field(leaf: ET.Element, specification: Specification, strange: dict[str, int]) -> str:
    """Return the column that an element fills, counting those that fill none."""
    if not (name := specification.name_column(_name(leaf))):
        strange[_name(leaf)] = strange.get(_name(leaf), 0) + 1
    return name


def _find_carried(header: dict[str, str]) -> Iterator[str]:
    for carrier, table in _CARRIERS.items():
        if carrier in header:
            yield table
    if "DUC" not in header and header.get("UASC", "").upper() in _UASC_YES:
        yield "uasc"


def _build_grid(file: str, table: str, records: list[tuple[int, dict[str, str]]]) -> Grid:
    names = list(dict.fromkeys(name for _, record in records for name in record))
    cells = pd.DataFrame(
        {
            i: pd.Categorical([record.get(name) or None for _, record in records])
            for i, name in enumerate(names)
        }
    )
    rows = np.array([row for row, _ in records], dtype=np.int64)
    return Grid(file, table, tuple(names), rows, cells)
