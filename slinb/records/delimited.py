"""Reading a CSV that somebody exported: any encoding and separator, and no cell moved or lost.

A row with too many or too few cells never shifts the columns: it is read by itself, noted, and
put back in its place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv as arrow_csv

from slinb.errors import Place
from slinb.records.grid import TOP_ROWS, Grid, HeaderScore, RecordsError, find_headers
from slinb.records.problems import ProblemLog

_SEPARATORS = ",;\t|"
#: Most columns repeat few texts: kept as codes of distinct texts they are small and fast.
_TEXT = pa.dictionary(pa.int32(), pa.string())
#: A cell may run over so many lines.
_CELL_LINES = 3
_SOMETHING = re.compile(rb"[^\x00\s\xef\xbb\xbf]")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


def read_delimited(path: Path, file: str, score: HeaderScore, log: ProblemLog) -> Grid:
    """Read a CSV file as text.

    Parameters
    ----------
    path : Path
        The file.
    file : str
        What messages call it: its name, with its folder where two files share a name.
    score : callable
        Tells how much a row looks like headers; the best of the top rows is taken.
    log : ProblemLog
        Takes what was found and what was done.

    Raises
    ------
    RecordsError
        The file is empty, is a spreadsheet or web page under another name, or has no headers.
    """
    content = _decode(path, file, log)
    if quoted := b'"' in content:
        content = _close_quotes(content, file, log)
    lines = _split_top(content)
    separator = _find_separator(lines)
    top = list(csv.reader(lines, delimiter=separator))
    at = find_headers(top, score)
    if at < 0:
        raise RecordsError(
            f"No row of the first {len(top)} holds the headers of a known table.",
            "Export the table with its column headers in one row.",
            Place(file),
            rows=max(sum(1 for line in content.splitlines() if line.strip()) - 1, 0),
        )
    headers = _cut_headers(top[at], top[at + 1 : at + 2])
    table, odd = _parse(content, len(headers), at + 1, separator, quoted)
    return _assemble(file, headers, at, separator, table, odd, log)


def _decode(path: Path, file: str, log: ProblemLog) -> bytes:
    """Return the content as UTF-8 without a byte order mark."""
    raw = path.read_bytes()
    place = Place(file)
    if raw.startswith((_ZIP, _OLE)):
        raise RecordsError(
            "This is an Excel workbook under the name of a CSV file.",
            "Open it in Excel and save each sheet as “CSV UTF-8”, or rename it to .xlsx.",
            place,
        )
    if not _SOMETHING.search(raw):
        raise RecordsError("The file is empty.", "Export it again.", place)
    if raw[:500].lstrip().lower().startswith((b"<html", b"<!doctype", b"<table")):
        raise RecordsError("This is a web page, not a table.", "Export it as CSV.", place)
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
    elif raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16").encode("utf-8")
    if raw.isascii():
        return raw
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        log.note(
            "encoding",
            "The file is not UTF-8.",
            "Read as Windows-1252, as older systems export.",
            file=file,
            n=1,
        )
        return raw.decode("cp1252", errors="replace").encode("utf-8")
    return raw


def _close_quotes(content: bytes, file: str, log: ProblemLog) -> bytes:
    """Take the quote out of a line in which it opens and nothing closes it soon after.

    Otherwise it would swallow the rows up to the next quote. A cell that runs over a few lines
    is left alone: its quote closes.
    """
    signs = np.frombuffer(content, dtype=np.uint8)
    ends = np.flatnonzero(signs == ord("\n"))
    line = np.searchsorted(ends, np.flatnonzero(signs == ord('"')))
    lines, n = np.unique(line, return_counts=True)
    odd = lines[n % 2 == 1].tolist()
    lonely = []
    while odd:
        first = odd.pop(0)
        if odd and odd[0] - first <= _CELL_LINES:
            odd.pop(0)
        else:
            lonely.append(first)
    if not lonely:
        return content
    log.note(
        "open quote",
        "A quotation mark opens in the row and does not close.",
        "Read as part of the text.",
        file=file,
        rows=np.array(lonely) + 1,
    )
    mended = bytearray(content)
    bounds = np.concatenate([[0], ends + 1, [len(content)]])
    for at in lonely:
        start, stop = int(bounds[at]), int(bounds[at + 1])
        mended[start:stop] = mended[start:stop].replace(b'"', b"'")
    return bytes(mended)


def _split_top(content: bytes) -> list[str]:
    """Return the first lines as text, without the "sep=;" line that Excel understands."""
    head = content[: 1 << 16].decode("utf-8", errors="ignore")
    lines = head.splitlines()
    complete = lines if len(head) < 1 << 16 else lines[:-1]
    return complete[:TOP_ROWS]


def _find_separator(lines: Sequence[str]) -> str:
    if lines and lines[0].lower().startswith("sep=") and len(lines[0]) > 4:
        return lines[0][4]
    counts = {s: max((line.count(s) for line in lines), default=0) for s in _SEPARATORS}
    return max(counts, key=lambda s: counts[s])


def _cut_headers(headers: Sequence[str], following: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the headers as wide as the table is.

    A separator at the end of every row makes one more cell than headers; without a header of
    its own that cell would shift every column in some readers.
    """
    cut = [h.strip() for h in headers]
    while cut and not cut[-1]:
        cut.pop()
    width = len(following[0]) if following else 0
    trailing = width > len(cut) and not any(c.strip() for c in following[0][len(cut) :])
    return (*cut, *([""] * (width - len(cut)) if trailing else []))


def _parse(
    content: bytes, width: int, skip: int, separator: str, quoted: bool
) -> tuple[pa.Table, list[tuple[int, str]]]:
    """Parse the regular rows; return them and the odd ones as (row number, text)."""
    odd: list[tuple[int, str]] = []

    def keep(row: Any) -> str:
        odd.append((row.number, row.text))
        return "skip"

    names = [str(i) for i in range(width)]

    def run(quote: str | bool) -> pa.Table:
        odd.clear()
        return arrow_csv.read_csv(
            pa.BufferReader(content),
            # Only the single-threaded reader tells the number of an odd row.
            read_options=arrow_csv.ReadOptions(
                use_threads=False, column_names=names, skip_rows=skip
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=separator,
                quote_char=quote,
                newlines_in_values=bool(quote),
                ignore_empty_lines=False,
                invalid_row_handler=keep,
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, _TEXT), strings_can_be_null=False
            ),
        )

    try:
        table = run('"' if quoted else False)
    except pa.ArrowInvalid:
        # A quote that never closes swallows the rest of the file: read quotes as plain signs.
        table = run(quote=False)
    return table, odd


def _assemble(
    file: str,
    headers: tuple[str, ...],
    at: int,
    separator: str,
    table: pa.Table,
    odd: list[tuple[int, str]],
    log: ProblemLog,
) -> Grid:
    rows = np.arange(len(table) + len(odd), dtype=np.int64) + at + 2
    order: npt.NDArray[np.int64] | None = None
    if odd:
        odd_rows = np.array([row for row, _ in odd], dtype=np.int64)
        mended = _mend_odd(file, odd, len(headers), separator, log)
        extra = [pa.array(column, pa.string()).cast(_TEXT) for column in zip(*mended, strict=True)]
        table = pa.concat_tables([table, pa.table(extra, names=table.column_names)])
        order = np.argsort(np.concatenate([np.delete(rows, odd_rows - at - 2), odd_rows]))
    columns = [_trim(column) for column in table.unify_dictionaries().columns]
    if order is not None:
        columns = [column.take(order) for column in columns]
    filled = _find_filled(columns, len(rows))
    if not filled.all():
        columns = [column[filled] for column in columns]
        log.note(
            "blank rows",
            "Rows with nothing but spaces.",
            "Left out; they are no children.",
            file=file,
            rows=rows[~filled],
        )
    cells = pd.DataFrame(dict(enumerate(columns)), copy=False)
    return Grid(file, "", headers, rows[filled], cells, int((~filled).sum()))


def _trim(column: pa.ChunkedArray) -> pd.Categorical:
    """Return a column without the spaces around its texts, blank as missing."""
    if not column.num_chunks:
        return pd.Categorical([])
    trimmed = pc.utf8_trim_whitespace(column.chunk(0).dictionary).dictionary_encode()
    indices = np.concatenate([chunk.indices.to_numpy() for chunk in column.chunks])
    texts = trimmed.dictionary.to_pylist()
    place = trimmed.indices.to_numpy().astype(np.int32)
    if "" in texts:
        blank = texts.index("")
        place = np.where(place == blank, -1, place - (place > blank)).astype(np.int32)
        texts.pop(blank)
    return pd.Categorical.from_codes(place[indices], texts)


def _mend_odd(
    file: str, odd: list[tuple[int, str]], width: int, separator: str, log: ProblemLog
) -> list[list[str]]:
    """Bring rows of another width to the width of the headers, noting what that meant."""
    long, short, mended = [], [], []
    for number, text in odd:
        cells = next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), [])
        if any(c.strip() for c in cells[width:]):
            long.append(number)
        elif len(cells) < width and any(c.strip() for c in cells):
            short.append(number)
        mended.append((cells + [""] * width)[:width])
    if long:
        log.note(
            "extra cell",
            "Rows with more cells than there are headers.",
            "Read by the headers from the left; what stood beyond them was left out.",
            file=file,
            rows=long,
        )
    if short:
        log.note(
            "short row",
            "Rows with fewer cells than there are headers.",
            "Read by the headers from the left; the missing cells count as blank.",
            file=file,
            rows=short,
        )
    return mended


def _find_filled(columns: Sequence[pd.Categorical], length: int) -> npt.NDArray[np.bool_]:
    filled = np.zeros(length, dtype=bool)
    for column in columns:
        if filled.all():
            break
        filled |= column.codes >= 0
    return filled
