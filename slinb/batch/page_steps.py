"""The steps that make files for readers: a page with its downloads, each let through by the gate.

What a step needs it imports at work: the plan of a quarter is read without any of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from slinb.batch.folders import QuarterFolders, building_folder
from slinb.batch.parts import EditionName
from slinb.batch.plan import Page, find_page
from slinb.batch.steps import open_whole

if TYPE_CHECKING:
    from slinb.batch.edition import Edition
    from slinb.batch.quarter import Quarter
    from slinb.show.page import PageMarks

#: What a page says of its readers.
READERS: dict[EditionName, str] = {
    "public": "Public edition: small numbers are suppressed",
    "restricted": "Restricted: for the directors' group, with small numbers, not for publication",
}
_ONE_READER = "Restricted: for this authority only, not for publication"
#: What a page of official figures says in place of a quarter: each measure has its own year.
_PUBLISHED = "Latest official figures"
_REFUSED = (
    "The last check before publication found a protected number in it. The run's log names the "
    "place, not the number."
)


def make_downloads(root: Path, quarter: str, region: str, edition: EditionName, stem: str) -> None:
    """Write the downloads of a page.

    Raises
    ------
    DisclosureError
        The gate refuses one of them: then the page has none.
    """
    from slinb.show.download_files import write_downloads
    from slinb.show.downloads import briefing_downloads

    opened = open_whole(root, quarter, region)
    view, page = opened.edition(edition), _find_page(opened, stem)
    folder = building_folder(opened.reports(edition)) / "downloads"
    name, marks = name_downloads(view, page), mark_page(view, page)
    try:
        written: list[Path] = []
        if page.briefing.tables:
            tables = {table: view.result(table) for table in page.briefing.tables}
            sheets = briefing_downloads(tables, view.measures, view.areas, edition=view.name)
            written += write_downloads(
                folder, name, sheets, title=page.title, marks=marks, stamp=view.period.end
            )
        if page.briefing.deck:
            written.append(_write_deck(folder / f"{name}.pptx", view, page, marks))
        if view.public:
            pass_gate(opened, [(path.name, path.read_bytes()) for path in written])
    except Exception:
        for path in folder.glob(f"{name}[.-]*"):  # what was not let through stays nowhere
            path.unlink()
        raise


def make_page(root: Path, quarter: str, region: str, edition: EditionName, stem: str) -> None:
    """Execute the notebook of a page and export it.

    Raises
    ------
    DisclosureError
        The gate refuses the page.
    """
    from slinb.batch.brief import execute_notebook
    from slinb.show.download_files import downloads_html, list_downloads
    from slinb.show.notebook import export_notebook

    opened = open_whole(root, quarter, region)
    view, page = opened.edition(edition), _find_page(opened, stem)
    alone = page.briefing.readers == "authority"
    folder = building_folder(opened.letters if alone else opened.reports(edition))
    # A worker outlives a run: the project that it was started for may be another one.
    os.environ["SLINB_HOME"] = str(root)
    notebook = execute_notebook(
        opened.workspace.notebooks / f"{page.briefing.notebook}.ipynb",
        opened.folder / "notebooks" / edition / f"{stem}.ipynb",
        {"quarter": quarter, "region": region, "edition": edition, **page.parameters},
        folder=root,
    )
    files = sorted((folder / "downloads").glob(f"{name_downloads(view, page)}[.-]*"))
    made = export_notebook(
        notebook,
        title=page.title,
        marks=mark_page(view, page),
        lead=page.briefing.summary,
        tail=str(downloads_html(list_downloads(files, base=folder))),
    )
    name = f"{view.prefix}{stem}.html"
    if view.public:
        pass_gate(opened, [(name, made.encode("utf-8"))])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(made, encoding="utf-8", newline="\n")


def _write_deck(path: Path, view: Edition, page: Page, marks: PageMarks) -> Path:
    from slinb.show.slides_deck import SLIDES_TABLES, SlidesView
    from slinb.show.slides_file import write_slides

    tables = {name: view.result(name) for name in SLIDES_TABLES}
    shown = SlidesView(tables, view.measures, view.authorities, view.region, view.period)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_slides(path, shown, title=page.title, marks=marks, stamp=view.period.end)


def _find_page(quarter: Quarter, stem: str) -> Page:
    from slinb.show.measure_links import list_domains

    return find_page(stem, quarter.authorities, list_domains(quarter.measures))


def name_downloads(view: Edition, page: Page) -> str:
    """Return how the names of a page's downloads begin."""
    mark = "SAMPLE_" if view.sample and page.briefing.uses == "returns" else ""
    return f"{view.prefix}{mark}{page.stem}"


def mark_page(view: Edition, page: Page | None = None) -> PageMarks:
    """Return what a page of an edition says of itself; of the index if no page is given."""
    from slinb.show.page import PageMarks

    returns = page is None or page.briefing.uses == "returns"
    alone = page is not None and page.briefing.readers == "authority"
    sources = view.result("sources")
    return PageMarks(
        region=view.region.name,
        quarter=view.period.label if returns else _PUBLISHED,
        edition=_ONE_READER if alone else READERS[view.name],
        sample=view.sample and returns,
        sources=tuple(f"{s.publisher}: {s.release}." for s in sources.itertuples()),
        index="" if alone else f"{view.prefix}index.html",
        accessibility="" if alone else f"{view.prefix}accessibility.html",
    )


def pass_gate(quarter: QuarterFolders, files: Iterable[tuple[str, bytes]]) -> None:
    """Read files of a public edition once more before they are published.

    Raises
    ------
    DisclosureError
        One of them shows a protected number; its notes name the places, for the log.
    """
    from slinb.batch.gatekeeper import open_quarter_gate
    from slinb.errors import DisclosureError

    gate = open_quarter_gate(quarter)
    leaks = [leak for name, content in files for leak in gate.find_leaks(name, content)]
    if leaks:
        error = DisclosureError(_REFUSED)
        for leak in leaks:
            error.add_note(f"the gate refused {leak.file}: {leak}")
        raise error
