"""One edition of a quarter: the tables that its notebooks may read, and no others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeVar, cast

import pandas as pd

from slinb.batch.folders import OWN, PREFIX
from slinb.batch.parts import EditionName
from slinb.catalogue.areas import Area, Areas, load_areas
from slinb.catalogue.measures import Measure, Measures, load_measures
from slinb.catalogue.periods import Period
from slinb.errors import ParameterError

RugKind = Literal["annual", "quarterly"]
_Kept = TypeVar("_Kept")


@dataclass(frozen=True)
class Edition:
    """A quarter of a region as one edition shows it: what :func:`open_quarter` gives a notebook.

    It knows result tables only. Those of the public edition were made from protected counts,
    so nothing that a notebook draws from it can hold a protected one.

    Parameters
    ----------
    name : {"public", "restricted"}
    period : Period
        The quarter.
    region : Area
        The region whose authorities are compared.
    folders : tuple of Path
        Where the edition's tables are stored.
    sample : bool
        The quarter's returns are made up.
    compute : callable
        Makes the tables where none are stored: a region that was not run.
    """

    name: EditionName
    period: Period
    region: Area
    folders: tuple[Path, ...]
    sample: bool
    compute: Callable[[], Mapping[str, pd.DataFrame]]
    _kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def prefix(self) -> str:
        """How the name of each of its files begins: nobody attaches a restricted one unawares."""
        return PREFIX[self.name]

    @property
    def areas(self) -> Areas:
        """All areas of England."""
        return load_areas()

    @property
    def measures(self) -> Measures:
        """All measures of the catalogue."""
        return load_measures()

    @property
    def authorities(self) -> list[Area]:
        """The region's authorities, by name."""
        return self.areas.authorities(self.region.code)

    @property
    def public(self) -> bool:
        """Whether small numbers are protected."""
        return self.name == "public"

    def select_measures(self, ids: Sequence[str], kind: RugKind) -> list[Measure]:
        """Return the measures of a rug: those named, or all that such a rug can show."""
        if ids:
            return self.measures.select(ids)
        if kind == "quarterly":
            return [m for m in self.measures.quarterly() if m.rug]
        return [m for m in self.measures if m.published and m.rug]

    def comparison(self, kind: RugKind, measures: Sequence[str] = ()) -> pd.DataFrame:
        """Return the comparison of a rug: published figures, or the quarter's returns.

        Parameters
        ----------
        kind : {"annual", "quarterly"}
            On published figures, each measure in the latest year published; or on the
            quarter's returns.
        measures : sequence of str
            Measure ids; all of the rug if empty.

        Returns
        -------
        DataFrame
            Rows of :data:`slinb.schema.COMPARISON`.
        """
        return self.result(
            f"comparison_{kind}", [m.id for m in self.select_measures(measures, kind)]
        )

    def result(self, name: str, measures: Sequence[str] = ()) -> pd.DataFrame:
        """Return one table (:mod:`slinb.batch.results`), as stored or computed now.

        Parameters
        ----------
        name : str
            "comparison_annual", "trends", "submissions", ...
        measures : sequence of str
            Keep the rows of these measures; all if empty.

        Raises
        ------
        ParameterError
            The edition has no table of that name.
        """
        table = self._read(name)
        if not measures:
            return table
        return table[table["measure"].isin(list(measures))].reset_index(drop=True)

    def result_of(self, name: str, authority: Area) -> pd.DataFrame:
        """Return the rows of one table that are about one authority.

        Parameters
        ----------
        name : str
            As for :meth:`result`.
        authority : Area

        Raises
        ------
        ParameterError
            The edition has no table of that name.
        """
        for folder in self.folders:
            path = folder / OWN / authority.slug / f"{name}.parquet"
            if path.exists():
                return pd.read_parquet(path)
        return keep_own(self.result(name), authority)

    def result_for(self, name: str, reader: str) -> pd.DataFrame:
        """Return the rows of one table that a reader shows; the whole where none are kept apart.

        Parameters
        ----------
        name : str
            As for :meth:`result`.
        reader : str
            A page by the name of its file, "authority-profile-luton"
            (:mod:`slinb.batch.extracts`).

        Raises
        ------
        ParameterError
            The edition has no table of that name.
        """
        for folder in self.folders:
            path = folder / OWN / reader / f"{name}.parquet"
            if path.exists():
                return pd.read_parquet(path)
        return self.result(name)

    def keep(self, name: str, make: Callable[[], _Kept]) -> _Kept:
        """Return what ``make`` gives, made once for all the cells of a notebook."""
        if name not in self._kept:
            self._kept[name] = make()
        return cast("_Kept", self._kept[name])

    def _read(self, name: str) -> pd.DataFrame:
        for folder in self.folders:
            if (folder / f"{name}.parquet").exists():
                return pd.read_parquet(folder / f"{name}.parquet")
        # Of an edition that was run, a table that is not there was not made, or not asked for.
        known = {} if any(folder.exists() for folder in self.folders) else self._computed
        if name not in known:
            raise ParameterError(
                f"The {self.name} edition has no table “{name}”.",
                f"It has: {', '.join(known or self._list_stored())}.",
            )
        return known[name]

    def _list_stored(self) -> list[str]:
        return sorted({p.stem for folder in self.folders for p in folder.glob("*.parquet")})

    @cached_property
    def _computed(self) -> Mapping[str, pd.DataFrame]:
        return self.compute()


def keep_own(table: pd.DataFrame, authority: Area) -> pd.DataFrame:
    """Return the rows of a result table that are about one authority."""
    return table[table["area"].eq(authority.code)].reset_index(drop=True)
