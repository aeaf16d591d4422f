"""Where the files of one quarter lie: what it is made from, what it makes, what it publishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from slinb.batch.parts import PARTS, EditionName, Part, find_part
from slinb.catalogue.areas import DEFAULT_REGION, Area, load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.families import Family, group_by_counts
from slinb.catalogue.measures import Measure, load_measures
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError
from slinb.workspace import SAMPLE_MARKER, Workspace, is_sample

EDITIONS: tuple[EditionName, ...] = ("public", "restricted")
#: What follows the quarter in the name of each folder of reports.
SUFFIX: dict[EditionName, str] = {"public": "", "restricted": "-restricted"}
#: Of the folder whose files go to one authority each.
TO_AUTHORITIES = "-to-authorities"
#: How the name of each file of an edition begins: nobody attaches a restricted one unawares.
PREFIX: dict[EditionName, str] = {"public": "", "restricted": "RESTRICTED_"}
#: Folder of one authority's own rows, or of those for one reader, within a part of the tables.
OWN = "of"


@dataclass(frozen=True)
class QuarterFolders:
    """The folders of one quarter of one region.

    Parameters
    ----------
    period : Period
        The quarter.
    region : Area
        The region whose authorities are compared.
    workspace : Workspace
        The project.
    """

    period: Period
    region: Area
    workspace: Workspace

    @property
    def returns(self) -> Path:
        """Folder of the returns as they came."""
        return self.workspace.returns(self.period.id)

    @property
    def folder(self) -> Path:
        """Folder of the processed tables."""
        return self.workspace.processed(self.period.id)

    @property
    def read(self) -> Path:
        """Folder of what each file that came in says, before anything is made of it."""
        return self.folder / "read"

    @property
    def results(self) -> Path:
        """Folder of this region's result tables."""
        return self.folder / "results" / self.region.slug

    @property
    def asked(self) -> list[Measure]:
        """The measures of the quarterly return that are compared."""
        return [m for m in load_measures().quarterly() if m.rug]

    @property
    def families(self) -> list[Family]:
        """The measures whose counts are protected together."""
        return group_by_counts(self.asked, load_disclosure_rules())

    def counted(self, family: str) -> Path:
        """Folder of what came of one family of measures."""
        return self.folder / "counted" / family

    def family(self, family: str) -> Path:
        """Folder of one family's protected counts."""
        return self.results / "families" / family

    @property
    def protected(self) -> Path:
        """Folder of the protected counts, from which the public edition is made."""
        return self.results / "protected"

    @property
    def publication(self) -> Path:
        """Folder of what the public edition holds of the counts."""
        return self.results / "publication"

    @property
    def released(self) -> Path:
        """Folder of what was put before the public, for the audit of the next quarter."""
        return self.results / "released"

    @property
    def gate(self) -> Path:
        """Folder of what no public file may show."""
        return self.results / "gate"

    def part(self, edition: EditionName, part: Part) -> Path:
        """Folder of one part of an edition's tables."""
        return self.results / edition / part

    def tables(self, edition: EditionName) -> tuple[Path, ...]:
        """Folders of an edition's tables; the directors' edition tells of the public one too."""
        parts = (*PARTS, "told") if edition == "restricted" else PARTS
        return tuple(self.part(edition, part) for part in parts)

    def find_table(self, edition: EditionName, name: str) -> Path:
        """Return the file of a table of an edition, whether or not it is there."""
        return self.part(edition, find_part(edition, name)) / f"{name}.parquet"

    @property
    def sample(self) -> bool:
        """Whether the quarter's returns are made up."""
        # An earlier quarter of a sample was never returned here: its tables carry the mark.
        return is_sample(self.returns if self.returns.is_dir() else self.folder)

    def reports(self, edition: EditionName) -> Path:
        """Folder of an edition's briefings."""
        return self.workspace.reports(self.period.id, SUFFIX[edition])

    @property
    def letters(self) -> Path:
        """Folder of what goes to one authority each."""
        return self.workspace.reports(self.period.id, TO_AUTHORITIES)

    def list_earlier(self) -> list[Path]:
        """Return the processed folders of earlier quarters, the oldest first.

        Made-up quarters are history for a made-up quarter only, never for a real one.
        """
        parent = self.folder.parent
        folders = [p for p in parent.iterdir() if p.is_dir()] if parent.is_dir() else []
        earlier = [p for p in sorted(folders) if _is_earlier(p.name, self.period)]
        return [p for p in earlier if is_sample(p) == self.sample]

    @property
    def before(self) -> QuarterFolders:
        """The folders of the quarter before."""
        return QuarterFolders(self.period.previous(), self.region, self.workspace)

    def list_history(self) -> Iterator[Path]:
        """Yield the files of earlier quarters that this one is compared with."""
        for folder in self.list_earlier():
            yield find_observations(folder)
            yield folder / "audit_narratives.parquet"
            yield folder / SAMPLE_MARKER
        yield self.folder / SAMPLE_MARKER


def building_folder(published: Path) -> Path:
    """Return where a folder of reports is built: beside the published one, hidden."""
    return published.with_name(f".{published.name}.building")


def find_observations(folder: Path) -> Path:
    """Return the file of a quarter's accepted observations, in whatever state the quarter is."""
    accepted = folder / "accepted.parquet"
    return accepted if accepted.exists() else folder / "observations.parquet"


def _is_earlier(name: str, period: Period) -> bool:
    try:
        other = Period.parse(name)
    except ValueError:
        return False
    return other.kind == "quarter" and other < period


def find_folders(
    quarter: str, region: str = DEFAULT_REGION, *, workspace: Workspace | None = None
) -> QuarterFolders:
    """Return the folders of a quarter.

    Parameters
    ----------
    quarter : str
        "2025-26-Q3".
    region : str
        Name or code of a region.
    workspace : Workspace, optional
        The project around the current folder if left out.

    Raises
    ------
    PeriodError
        ``quarter`` is no period.
    ParameterError
        It is no quarter, or ``region`` no region.
    """
    area = load_areas().region(region)
    return QuarterFolders(parse_quarter(quarter), area, workspace or Workspace.find())


def parse_quarter(text: str) -> Period:
    """Read a financial-year quarter, refusing other kinds of period."""
    period = Period.parse(text)
    if period.kind != "quarter":
        raise ParameterError(f"“{text}” is not a quarter.", "Write it as 2025-26-Q3.")
    return period
