"""What moderation does to the grades: who moved which way, and how far graders agree."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from slinb.analyse.audit_tables import MODERATION, MODERATION_MATRIX
from slinb.analyse.audit_withhold import settle_rows
from slinb.catalogue.audits import AuditInstrument
from slinb.methods.agreement import measure_agreement

_MATRIX_KEYS = ["area", "period", "own", "moderated"]


def cross_moderation(
    cases: pd.DataFrame, instrument: AuditInstrument, region: str, *, least: int | None = None
) -> pd.DataFrame:
    """Count the cases by own and moderated grade.

    Parameters
    ----------
    cases : DataFrame
        ``AUDIT_CASES`` of :mod:`slinb.collect.audit_tables`; a case without both is left out.
    instrument, region, least
        As in :func:`slinb.analyse.audits.grade_audits`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.MODERATION_MATRIX`: every pair of grades for
        each authority with at least one such case, and the region.
    """
    least = instrument.withhold_below if least is None else least
    counts = _count_pairs(cases, instrument)
    if counts.empty:
        return MODERATION_MATRIX.empty()
    cells = [c for c in counts.columns if "→" in c]
    # The share is not wanted here, only who is withheld and how the region is pooled.
    counts = counts.assign(same=0.0)
    rows = settle_rows(counts, ["period"], region, least, above="same", below="n", hide=cells)
    long = rows.drop(columns="n").melt(["area", "period", "status"], cells, "pair", "n")
    pair = long["pair"].str.split("→", expand=True).astype("int64")
    long = long.assign(own=pair[0], moderated=pair[1]).drop(columns="pair")
    order = {area: i for i, area in enumerate(rows["area"])}
    long = long.sort_values(_MATRIX_KEYS, key=lambda s: s.map(order) if s.name == "area" else s)
    return MODERATION_MATRIX.conform(long.reset_index(drop=True))


def measure_moderation(
    cases: pd.DataFrame, instrument: AuditInstrument, region: str, *, least: int | None = None
) -> pd.DataFrame:
    """Say how moderation moved the grades: share moved down, and kappa.

    Parameters
    ----------
    cases, instrument, region, least
        As in :func:`cross_moderation`.

    Returns
    -------
    DataFrame
        Rows of :data:`slinb.analyse.audit_tables.MODERATION`: the share is that of the cases
        moved to a worse grade. Kappa is given from ``instrument.least_pairs`` cases on.
    """
    least = instrument.withhold_below if least is None else least
    counts = _count_pairs(cases, instrument)
    if counts.empty:
        return MODERATION.empty()
    tables = _read_matrices(counts, instrument)
    size = len(instrument.numbers)
    # Grades run from best to worst, so above the diagonal moderation was the stricter.
    counts["same"] = np.trace(tables, axis1=1, axis2=2)
    counts["down"] = (tables * np.triu(np.ones((size, size)), 1)).sum(axis=(1, 2))
    counts["up"] = counts["n"] - counts["same"] - counts["down"]
    hide = ["same", "up", "down", *(c for c in counts.columns if "→" in c)]
    rows = settle_rows(counts, ["period"], region, least, above="down", below="n", hide=hide)
    # From what is shown, so that a withheld table gives no kappa either.
    shown = np.nan_to_num(_read_matrices(rows, instrument))
    agreed = pd.DataFrame(list(_agree(shown, instrument.least_pairs)), index=rows.index)
    return MODERATION.conform(pd.concat([rows, agreed], axis=1)[MODERATION.names])


def _count_pairs(cases: pd.DataFrame, instrument: AuditInstrument) -> pd.DataFrame:
    """Count each pair of grades, one row an authority, one column a pair ("2→3")."""
    both = cases[cases["own"].notna() & cases["moderated"].notna()]
    if both.empty:
        return pd.DataFrame()
    pairs = pd.DataFrame(
        {
            f"{own}→{moderated}": both["own"].eq(own) & both["moderated"].eq(moderated)
            for own in instrument.numbers
            for moderated in instrument.numbers
        }
    ).astype("float64")
    keyed = pd.concat([both[["area", "period"]], pairs.assign(n=1.0)], axis=1)
    return keyed.groupby(["area", "period"], as_index=False).sum()


def _read_matrices(rows: pd.DataFrame, instrument: AuditInstrument) -> np.ndarray:
    size = len(instrument.numbers)
    cells = [f"{a}→{b}" for a in instrument.numbers for b in instrument.numbers]
    return rows[cells].to_numpy(dtype=float).reshape(len(rows), size, size)


def _agree(tables: np.ndarray, least_pairs: int) -> Iterator[dict[str, float]]:
    for table in tables:
        if table.sum() < least_pairs:
            yield dict.fromkeys(("kappa", "kappa_lower", "kappa_upper", "kappa_plain"), np.nan)
            continue
        weighted = measure_agreement(table, "linear")
        yield {
            "kappa": weighted.kappa,
            "kappa_lower": weighted.lower,
            "kappa_upper": weighted.upper,
            "kappa_plain": measure_agreement(table).kappa,
        }
