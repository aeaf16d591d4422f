"""Office files with one moment in them: the same content gives the same bytes."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

_DATES = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")
_OFFICE = (".xlsx", ".pptx")


def find_moment(day: dt.date) -> dt.datetime:
    """Return noon of a day: what a file carries as the time of its making."""
    return dt.datetime.combine(day, dt.time(12))


def save_workbook(workbook: Workbook, path: Path, *, stamp: dt.date) -> Path:
    """Save a workbook so that the same content gives the same bytes: it carries one ``stamp``."""
    moment = find_moment(stamp)
    workbook.properties.created, workbook.properties.creator = moment, "slinb"
    buffer = io.BytesIO()
    workbook.save(buffer)
    path.write_bytes(stamp_office(buffer.getvalue(), moment))
    return path


def stamp_office(content: bytes, moment: dt.datetime) -> bytes:
    """Return an Office file that says it was made at a moment, whenever that was done.

    Excel and PowerPoint keep the time of saving in a property and in each entry of the archive;
    a chart of a slide keeps its figures in a workbook of its own, which has both again.

    Parameters
    ----------
    content : bytes
        A .xlsx or .pptx.
    moment : datetime

    Raises
    ------
    zipfile.BadZipFile
        It is no Office file.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as made, zipfile.ZipFile(buffer, "w") as kept:
        for entry in made.infolist():
            part = _stamp_part(entry.filename, made.read(entry), moment)
            fixed = zipfile.ZipInfo(entry.filename, date_time=moment.timetuple()[:6])
            kept.writestr(fixed, part, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _stamp_part(name: str, part: bytes, moment: dt.datetime) -> bytes:
    if name == "docProps/core.xml":
        dated = f"{moment.isoformat()}Z".encode()
        return _DATES.sub(rb"\g<1>" + dated + rb"\g<3>", part)
    return stamp_office(part, moment) if name.endswith(_OFFICE) else part
