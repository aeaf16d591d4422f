"""Random linked tables for the tests, and what a reader can add up in them.

The sums are written out here cell by cell, apart from the builders of the package.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from slinb.methods.disclosure import Publication, add_sums, link, link_releases, tabulate

Sum = tuple[str, tuple[str, ...]]
Face = tuple[str, str]
DIMENSIONS = ("age", "need", "sex")
FACES: tuple[Face, ...] = (("age", "need"), ("age", "sex"), ("need", "sex"))


@dataclass(frozen=True)
class Family:
    """Tables with figures in common: cell id to true count, and every total with its parts."""

    counts: dict[str, int]
    sums: list[Sum]
    rounded: frozenset[str] = frozenset()


def add_margins(table: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a two-way table with its row, column and grand totals."""
    wide = np.column_stack([table, table.sum(axis=1)])
    return np.vstack([wide, wide.sum(axis=0)])


def make_cubes(
    number: int, seed: int, faces: tuple[Face, ...] = FACES
) -> tuple[Publication, list[Family]]:
    """Two-way tables of the same children by age, need and sex, sharing their margins."""
    rng = np.random.default_rng(seed)
    cubes = [_draw_cube(rng) for _ in range(number)]
    rows = [row for n, cube in enumerate(cubes) for face in faces for row in _rows(cube, n, face)]
    frame = pd.DataFrame(rows, columns=["table", *DIMENSIONS, "family", "count"])
    publication = tabulate(frame)
    for on, left, right in _shared(faces):
        publication = link(
            publication,
            _title(left),
            _title(right),
            on=["family", on],
            left_where={name: "Total" for name in left if name != on},
            right_where={name: "Total" for name in right if name != on},
        )
    return publication, [_read_cube(cube, n, faces) for n, cube in enumerate(cubes)]


def _draw_cube(rng: np.random.Generator) -> npt.NDArray[np.int64]:
    cube = rng.poisson(rng.choice([1, 2, 4, 9]), rng.choice([2, 2, 2, 3], 3))
    cube[tuple(rng.integers(0, cube.shape))] += rng.integers(0, 30)
    return cube


def _shared(faces: tuple[Face, ...]) -> list[tuple[str, Face, Face]]:
    pairs = [(on, [face for face in faces if on in face]) for on in DIMENSIONS]
    return [(on, both[0], both[1]) for on, both in pairs if len(both) == 2]


def _title(face: Face) -> str:
    return f"{face[0]} by {face[1]}"


def _flatten(cube: npt.NDArray[np.int64], face: Face) -> npt.NDArray[np.int64]:
    gone = next(n for n, name in enumerate(DIMENSIONS) if name not in face)
    return add_margins(cube.sum(axis=gone))


def _labels(name: str, size: int) -> list[str]:
    return [*(f"{name}{i}" for i in range(size - 1)), "Total"]


def _rows(cube: npt.NDArray[np.int64], family: int, face: Face) -> list[tuple[object, ...]]:
    table = _flatten(cube, face)
    labels = [_labels(name, size) for name, size in zip(face, table.shape, strict=True)]
    rows = []
    for place, (i, j) in zip(np.ndindex(table.shape), product(*labels), strict=True):
        by = dict(zip(face, (i, j), strict=True))
        row = (by.get(name, "") for name in DIMENSIONS)
        rows.append((_title(face), *row, str(family), int(table[place])))
    return rows


def _name(face: Face, family: int, **labels: str) -> str:
    return "|".join([_title(face), *(labels.get(d, "") for d in DIMENSIONS), str(family)])


def _read_cube(cube: npt.NDArray[np.int64], family: int, faces: tuple[Face, ...]) -> Family:
    counts: dict[str, int] = {}
    sums: list[Sum] = []
    for face in faces:
        table = _flatten(cube, face)
        rows, columns = (_labels(n, size) for n, size in zip(face, table.shape, strict=True))
        names = [[_name(face, family, **{face[0]: r, face[1]: c}) for c in columns] for r in rows]
        counts |= {names[i][j]: int(table[i, j]) for i, j in np.ndindex(table.shape)}
        sums += [(row[-1], tuple(row[:-1])) for row in names]
        sums += [(column[-1], column[:-1]) for column in zip(*names, strict=True)]
    for on, left, right in _shared(faces):
        for label in _labels(on, cube.shape[DIMENSIONS.index(on)] + 1):
            place = dict.fromkeys(DIMENSIONS, "Total") | {on: label}
            ends = [_name(f, family, **{d: place[d] for d in f}) for f in (left, right)]
            sums.append((ends[0], (ends[1],)))
    return Family(counts, sums)


def make_regions(number: int, seed: int) -> tuple[Publication, list[Family]]:
    """Authorities and their rounded region, by quarter and year to date."""
    rng = np.random.default_rng(seed)
    frames, families = [], []
    periods, areas = ["Q1", "Q2", "Q1 to Q2"], ["A", "B", "C", "D", "Region"]
    for family in range(number):
        table = rng.poisson(rng.choice([2, 4, 12, 40], size=(4, 1)), (4, 2))
        wide = add_margins(table)
        frame = pd.DataFrame(list(product(areas, periods)), columns=["area", "period"])
        frame = frame.assign(table="plans", family=str(family), count=wide.ravel())
        frames.append(frame.assign(rounded=frame["area"] == "Region"))
        families.append(_read_region(wide, areas, periods, family))
    publication = tabulate(pd.concat(frames, ignore_index=True), sums={})
    publication = add_sums(publication, "area", {"Region": areas[:-1]})
    publication = add_sums(publication, "period", {periods[-1]: periods[:-1]}, kind="time")
    return publication, families


def _read_region(
    wide: npt.NDArray[np.int64], areas: list[str], periods: list[str], family: int
) -> Family:
    names = [[f"plans|{a}|{p}|{family}" for p in periods] for a in areas]
    counts = {names[i][j]: int(wide[i, j]) for i, j in np.ndindex(wide.shape)}
    sums = [(row[-1], tuple(row[:-1])) for row in names]
    sums += [(names[-1][j], tuple(row[j] for row in names[:-1])) for j in range(len(periods))]
    return Family(counts, sums, frozenset(names[-1]))


def link_to_last(
    publication: Publication, families: list[Family], last: Publication
) -> tuple[Publication, list[Family]]:
    """The regions of this quarter beside what was published of their first one."""
    before = set(last.cells["cell"])
    ending = " (last release)"
    linked = []
    for family in families:
        old = [name for name in family.counts if name in before]
        counts = family.counts | {name + ending: family.counts[name] for name in old}
        sums = family.sums + [(name, (name + ending,)) for name in old]
        sums += [
            (total + ending, tuple(part + ending for part in parts))
            for total, parts in family.sums
            if {total, *parts} <= set(old)
        ]
        rounded = family.rounded | {name + ending for name in old if name in family.rounded}
        linked.append(Family(counts, sums, frozenset(rounded)))
    return link_releases(publication, last), linked
