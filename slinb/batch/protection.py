"""What protecting a quarter gave, as it is stored between the step that protects and those after.

Beside the counts that are left stands what was published of them, which the audit of the next
quarter needs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from slinb.analyse.publication import PublicQuarter, summarise_audit, summarise_suppression
from slinb.analyse.quarter_points import QuarterPoints
from slinb.catalogue.areas import load_areas
from slinb.catalogue.disclosure import load_disclosure_rules
from slinb.catalogue.measures import Measure, load_measures
from slinb.methods.disclosure import Publication, Settings, audit, combine
from slinb.schema import AUDIT

_POINTS = ("own", "shown", "region_own", "region_shown")
_TOLD = ("suppression", "reasons", "audit")
_FRAMES = ("cells", "relations", "terms")


@dataclass(frozen=True)
class Protection:
    """What of a quarter may be published, and what is said of it.

    Parameters
    ----------
    points : QuarterPoints
        Without the numbers that are protected.
    publication : Publication
        This release's part of it, as a reader has it.
    suppression, reasons : DataFrame
        Rows of :data:`slinb.schema.SUPPRESSION`; ``reasons`` are for the region's own eyes.
    audit : DataFrame
        One row of :data:`slinb.schema.AUDIT`.
    """

    points: QuarterPoints
    publication: Publication
    suppression: pd.DataFrame
    reasons: pd.DataFrame
    audit: pd.DataFrame

    @property
    def proved(self) -> bool:
        """Whether the audit found nothing that can be worked out."""
        return bool(self.audit["passed"].all())


def describe_protection(
    found: PublicQuarter, measures: Iterable[Measure], *, last: bool
) -> Protection:
    """Return what is stored of a protected quarter.

    Parameters
    ----------
    found : PublicQuarter
    measures : iterable of Measure
        For the words of each count.
    last : bool
        It was audited together with the quarter before.
    """
    asked = list(measures)
    published = found.protected.publication
    return Protection(
        points=found.points,
        publication=published.keep(~published.cells["fixed"]),
        suppression=summarise_suppression(found, asked, reasons=False),
        reasons=summarise_suppression(found, asked, reasons=True),
        audit=summarise_audit(found, last=last),
    )


def join_protections(parts: Sequence[Protection], last: Publication | None) -> Protection:
    """Put the protected families of a quarter together and prove the whole.

    Parameters
    ----------
    parts : sequence of Protection
    last : Publication or None
        What was published of the quarter before.

    Returns
    -------
    Protection
        Proved if every family is, and if nothing can be worked out from all that is stated of
        them together with the last release.
    """
    points = {name: _put_in_order([getattr(p.points, name) for p in parts]) for name in _POINTS}
    rules = load_disclosure_rules()
    settings = Settings(rules.threshold, rules.base, rules.min_range)
    whole = combine(*(p.publication for p in parts))
    found = audit(whole, settings, exact=False, last=last)
    rows = pd.concat([p.audit for p in parts], ignore_index=True)
    widths = found.ranges["high"] - found.ranges["low"]
    told = rows.iloc[[0]].assign(
        passed=bool(rows["passed"].all() and found.passed),
        narrowest=widths.min(),
        **{name: rows[name].sum() for name in ("figures", "primary", "complementary")},
    )
    return Protection(
        QuarterPoints(**points),
        whole,
        pd.concat([p.suppression for p in parts], ignore_index=True),
        pd.concat([p.reasons for p in parts], ignore_index=True),
        AUDIT.conform(told),
    )


def _put_in_order(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Return points as one return after another gives them, not one family after another."""
    rows = pd.concat(frames, ignore_index=True)
    areas, measures = load_areas(), [measure.id for measure in load_measures()]
    order = pd.DataFrame(
        {
            "period": rows["period"],
            "area": rows["area"].map({code: areas[code].name for code in rows["area"].unique()}),
            "measure": rows["measure"].map({name: place for place, name in enumerate(measures)}),
        }
    )
    return rows.loc[order.sort_values([*order], kind="stable").index].reset_index(drop=True)


def write_protection(folder: Path, protection: Protection) -> None:
    """Write a protection into an empty folder."""
    tables = {name: getattr(protection.points, name) for name in _POINTS}
    tables |= {name: getattr(protection, name) for name in _TOLD}
    _write(folder, tables)
    write_publication(folder / "publication", protection.publication)


def read_protection(folder: Path) -> Protection:
    """Read what :func:`write_protection` wrote.

    Raises
    ------
    FileNotFoundError
        A file of it is missing.
    """
    points = QuarterPoints(**_read(folder, _POINTS))
    return Protection(points, read_publication(folder / "publication"), **_read(folder, _TOLD))


def write_publication(folder: Path, publication: Publication) -> None:
    """Write what a reader has of a publication."""
    _write(folder, {name: getattr(publication, name) for name in _FRAMES})


def read_publication(folder: Path) -> Publication:
    """Read what :func:`write_publication` wrote.

    Raises
    ------
    FileNotFoundError
        A file of it is missing.
    """
    cells, relations, terms = _read(folder, _FRAMES).values()
    return Publication(cells, relations, terms)


def _write(folder: Path, tables: dict[str, pd.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_parquet(folder / f"{name}.parquet", index=False)


def _read(folder: Path, names: Iterable[str]) -> dict[str, pd.DataFrame]:
    return {name: pd.read_parquet(folder / f"{name}.parquet") for name in names}
