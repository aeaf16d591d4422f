"""How the return's workbook looks: colours that say what to type, fonts, borders, print set-up."""

from __future__ import annotations

from functools import lru_cache

from openpyxl.cell.text import InlineFont
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.worksheet.worksheet import Worksheet

FONT = "Arial"
INK = "1F2933"
DARK = "0B4F5C"
TYPE_HERE = "FFF6CC"
FROM_ELSEWHERE = "E3ECEF"
QUIET = "5B6770"
RED = "B42318"

_LINE = Side(style="thin", color="B8C4CA")
_INPUT_LINE = Side(style="thin", color="8A6D00")
GRID = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
INPUT_GRID = Border(left=_INPUT_LINE, right=_INPUT_LINE, top=_INPUT_LINE, bottom=_INPUT_LINE)
FILL_INPUT = PatternFill("solid", fgColor=TYPE_HERE)
FILL_ELSEWHERE = PatternFill("solid", fgColor=FROM_ELSEWHERE)
FILL_HEADING = PatternFill("solid", fgColor=DARK)
FILL_CLOSED = PatternFill("lightUp", fgColor="C3CCD1")
UNLOCKED = Protection(locked=False)
BOLD = InlineFont(rFont=FONT, sz=10, color=INK, b=True)
PLAIN = InlineFont(rFont=FONT, sz=10, color=INK)
TOP = Alignment(vertical="top", horizontal="left", indent=1, wrap_text=True)
TOP_RIGHT = Alignment(vertical="top", horizontal="right")
MIDDLE = Alignment(vertical="center", wrap_text=True)


def set_page(sheet: Worksheet, *, landscape: bool, footer: str) -> None:
    """Set a sheet up for A4, one page wide, with its name and page number at the foot."""
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.footer = 0.3
    sheet.page_margins.top = sheet.page_margins.bottom = 0.6
    sheet.oddFooter.left.text = footer
    sheet.oddFooter.right.text = "&A, page &P of &N"
    sheet.sheet_view.showGridLines = False


def protect(sheet: Worksheet) -> None:
    """Lock a sheet's labels without a password; widths and heights stay free to change."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False
    sheet.protection.formatRows = False


@lru_cache(maxsize=64)
def font(*, bold: bool = False, size: int = 10, color: str = INK, italic: bool = False) -> Font:
    """Return the workbook's font; one object a look, because openpyxl hashes every one it sees."""
    return Font(name=FONT, size=size, bold=bold, italic=italic, color=color)


def estimate_height(text: str, width: float, *, least: float = 15.0) -> float:
    """Return a row height in points for text wrapped at a width in characters of 10 point."""
    lines = sum(-(-max(len(part), 1) // max(int(width * 1.1), 1)) for part in text.split("\n"))
    return max(least, 13.2 * lines + 5)
