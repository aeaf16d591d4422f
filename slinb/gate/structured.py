"""Passages of JSON: records, parallel arrays (plotly traces), tables of arrays, nested keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache, partial
from typing import Any

from slinb.gate.encoded import decode_array
from slinb.gate.grid import read_grid, show
from slinb.gate.passages import Level, Passage, Passages, level
from slinb.gate.silent import is_silent

_NAMING = ("title", "caption", "name", "label", "heading", "measure", "area", "text")
_DEPTH = 4


def read_json(value: Any, place: str = "JSON", levels: tuple[Level, ...] = ()) -> Passages:
    """Yield every scalar of a JSON value with the keys, siblings and titles around it.

    Parameters
    ----------
    value : object
        As ``json.loads`` returns it.
    place : str
        Where it stands, for a person.
    levels : tuple of Level
        What stands around it.
    """
    if isinstance(value, dict):
        yield from _read_object(_decode(value), place, levels)
    elif isinstance(value, list):
        yield from _read_list(value, place, levels)
    elif value is not None:
        yield Passage(place, show(value), levels, _form(value))


def _form(value: Any) -> Any:
    return "prose" if isinstance(value, str) else "cell"


def _decode(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object whose typed arrays are plain lists."""
    return {
        key: (decode_array(v) or _decode(v)) if isinstance(v, dict) else v
        for key, v in value.items()
    }


def _read_list(value: list[Any], place: str, levels: tuple[Level, ...]) -> Passages:
    if value and all(isinstance(row, list) and _are_scalars(row) for row in value):
        yield from read_grid(value, lambda i, j: f"{place}[{i}][{j}]", levels)
        return
    words = level(v for v in value if isinstance(v, str)) if _are_scalars(value) else ()
    for i, item in enumerate(value):
        yield from read_json(item, f"{place}[{i}]", (*words, *levels))


def _read_object(value: dict[str, Any], place: str, levels: tuple[Level, ...]) -> Passages:
    strings = {k: v for k, v in value.items() if isinstance(v, str) and len(v) < 2000}
    titles = level(t for v in value.values() for t in _find_titles(v, _DEPTH))
    # A number may be a code ("old_code": 822), so plain ones are told along.
    around = (*level(strings.values(), tight=True), *titles, *levels)
    arrays = dict(_find_arrays(value))
    for key, item in value.items():
        at = f"{place}.{key}"
        if isinstance(item, dict):
            rest = {k: v for k, v in item.items() if (f"{key}.{k}") not in arrays}
            yield from _read_object(rest, at, (*level([key], tight=True), *around))
        elif isinstance(item, list):
            if key not in arrays:
                inner = (*level([key], tight=True), *around)
                yield from read_json(item, at, inner)
        elif item is not None:
            others = level((v for k, v in strings.items() if k != key), tight=True)
            own = (*level([key], tight=True), *others, *titles, *levels)
            yield Passage(at, show(item), own, _form(item), key)
    yield from _read_arrays(arrays, place, around)


def _find_titles(value: Any, depth: int, *, named: bool = False) -> Iterator[str]:
    """Yield the titles within a part of an object, not the texts of its data."""
    if not isinstance(value, dict) or not depth:
        return
    for key, item in value.items():
        if isinstance(item, str) and (named or key in _NAMING[:5]) and len(item) < 500:
            yield item
        elif isinstance(item, dict):
            yield from _find_titles(item, depth - 1, named=key in _NAMING)


def _are_scalars(value: list[Any]) -> bool:
    return not any(isinstance(v, (dict, list)) for v in value)


def _find_arrays(value: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, list[Any]]]:
    """Yield the arrays of an object and of the objects in it: columns of one table."""
    for key, item in value.items():
        if isinstance(item, list) and item and not any(isinstance(v, dict) for v in item):
            yield prefix + key, item
        elif isinstance(item, dict) and not prefix:
            yield from _find_arrays(item, f"{key}.")


def _read_arrays(arrays: dict[str, list[Any]], place: str, levels: tuple[Level, ...]) -> Passages:
    """Read arrays of one length side by side, and matrices with the arrays that head them."""
    words = {key: [_words(part) for part in array] for key, array in arrays.items()}
    naming = {key: parts for key, parts in words.items() if any(parts)}
    # Most arrays hold numbers, and what stands beside these is the same for all of them.
    name_row = lru_cache(maxsize=None)(partial(_name_row, naming))
    for key, array in arrays.items():
        others = tuple(k for k, w in naming.items() if k != key and len(w) == len(array))
        own_key = level([key], tight=True)
        for i, item in enumerate(array):
            text = "" if isinstance(item, list) else show(item)
            if not isinstance(item, list) and is_silent(text, key):
                continue
            row = own_key + name_row(others, i)
            at = f"{place}.{key}[{i}]"
            if not isinstance(item, list):
                yield Passage(at, text, row + levels, _form(item), key)
                continue
            heads = _find_heads(arrays, item)
            for j, part in enumerate(_flatten(item)):
                head = level((h[j] for h in heads if isinstance(h[j], str)), tight=True)
                own = level(w for w in item if isinstance(w, str) and w != part)
                yield Passage(f"{at}[{j}]", show(part), (*head, *own, *row, *levels), _form(part))


def _name_row(naming: dict[str, list[list[str]]], keys: Sequence[str], i: int) -> tuple[Level, ...]:
    """Return what the words of some arrays say at one place."""
    return level((word for key in keys for word in naming[key][i]), tight=True)


def _find_heads(arrays: dict[str, list[Any]], row: list[Any]) -> list[list[Any]]:
    return [a for a in arrays.values() if len(a) == len(row) and _are_scalars(a)]


def _words(part: Any) -> list[str]:
    parts = part if isinstance(part, list) else [part]
    return [p for p in parts if isinstance(p, str)]


def _flatten(item: list[Any]) -> list[Any]:
    """Return the scalars of a row, of rows within it too."""
    return [
        scalar for part in item for scalar in (_flatten(part) if isinstance(part, list) else [part])
    ]
