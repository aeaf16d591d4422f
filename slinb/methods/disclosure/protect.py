"""Hide the small counts, and as few others as make none of them recoverable."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from slinb.methods.disclosure.attack import Target, find_weak
from slinb.methods.disclosure.audit import audit
from slinb.methods.disclosure.build import tabulate
from slinb.methods.disclosure.choose import choose_cells
from slinb.methods.disclosure.circuits import close_circuits
from slinb.methods.disclosure.model import Publication, Settings
from slinb.methods.disclosure.publish import Pattern, Protected, publish
from slinb.methods.disclosure.system import System, build_system, settle
from slinb.methods.disclosure.unknowns import Ints, Mask

#: A component is solved for all its targets at once up to this many cells × targets.
_TOGETHER = 1500
#: From so many cells on, that is for few targets only.
_LARGE = 300


def protect(table: Publication | pd.DataFrame, settings: Settings | None = None) -> Protected:
    """Suppress small counts and what would give them back.

    Counts from 1 to the threshold become ``c`` (zeros are shown, and never hidden); further
    cells become ``c`` until two tables of whole numbers that agree with everything published
    differ in each hidden cell by the region's least range, and no k hidden cells are known to
    sum to k or to k times the threshold. Among the patterns that do, one of low cost to the
    reader is taken: few cells, small ones, parts before totals. Where there is none, the
    table is withheld.

    Parameters
    ----------
    table : Publication or DataFrame
        With true counts. A DataFrame is read by :func:`tabulate`.
    settings : Settings, optional
        The region's rules.

    Returns
    -------
    Protected
        The same input gives the same pattern.

    Examples
    --------
    >>> frame = pd.DataFrame({"area": ["Luton", "Essex", "Norfolk", "Total"],
    ...                       "count": [3, 40, 21, 64]})
    >>> protect(frame).cells["symbol"].tolist()
    ['c', '', 'c', '']
    """
    settings = settings or Settings()
    publication = tabulate(table) if isinstance(table, pd.DataFrame) else table
    public = _find_public(publication, settings)
    withheld: dict[str, str] = {}
    while True:
        outside = publication.cells["table"].isin(list(withheld)).to_numpy()
        system, forced = build_system(publication, settings, outside)
        pattern, failures = _find_pattern(system, forced, public, settings)
        if failures:
            new = _withhold(publication, failures)
            if new.keys() <= withheld.keys():  # nothing that is published now is to blame
                public[[cell for target in failures for cell in target.cells]] = True
        else:
            found = publish(publication, settings, pattern, withheld, public)
            new = _withhold_contradictory(found, settings) if pattern.void.any() else {}
            if not new:
                return found
        withheld = new | withheld


def _find_public(publication: Publication, settings: Settings) -> Mask:
    """Return cells of the last release that it gives away by itself: no one can mend that."""
    fixed = publication.cells["fixed"].to_numpy(bool)
    known = np.zeros(len(fixed), dtype=bool)
    if fixed.any():
        before = publication.keep(fixed)
        system, forced = build_system(before, settings, np.zeros(len(before.cells), dtype=bool))
        for target in find_weak(settle(system, forced)[0], forced, forced, settings):
            known[np.flatnonzero(fixed)[list(target.cells)]] = True
    return known


def _find_pattern(
    system: System, forced: Mask, public: Mask, settings: Settings
) -> tuple[Pattern, list[Target]]:
    """Return the pattern and what no pattern can protect."""
    hidden, void = forced, None
    while True:
        settled, contradicting = settle(system, hidden)
        if void is not None and (contradicting == void).all():
            return Pattern(hidden, void), []
        # A total that is not the sum of its parts reads as if it were once a part is hidden,
        # so what contradicts the table is asked again after each change.
        void = contradicting
        hidden, failures = _complete(settled, hidden, public, settings)
        if failures:
            return Pattern(hidden, void), failures


def _complete(
    system: System, forced: Mask, public: Mask, settings: Settings
) -> tuple[Mask, list[Target]]:
    """Hide candidates until the attack finds nothing, then show again what it can spare."""
    low, high = system.bounds(forced)
    labels = system.components((low < high) | system.candidates)
    known: dict[int, dict[tuple[int, ...], int]] = {}
    hidden = _meet_cuts(system, forced, labels, settings)
    check = hidden & ~public
    # There each target has a programme of its own, which moves it without hiding more if it can.
    doubtful = np.isin(labels, np.flatnonzero(np.bincount(labels[labels >= 0]) > _LARGE))
    while check.any():
        found_weak = find_weak(system, hidden, check, settings, doubtful=doubtful)
        weak = [target for target in found_weak if not public[target.cells[0]]]
        doubtful = np.zeros_like(hidden)
        check = np.zeros_like(hidden)
        for component, targets in _group(weak, labels).items():
            members = labels == component
            wanted = _remember(known.setdefault(component, {}), targets)
            found = _extend(system, (hidden, forced), members, targets, wanted, settings.min_range)
            if found is None:
                return hidden, targets
            hidden[members] = found[members]
            check |= members & hidden & ~public
    return _prune(system, hidden, forced, labels, public, settings), []


def _meet_cuts(system: System, forced: Mask, labels: Ints, settings: Settings) -> Mask:
    """Hide what single equalities ask for; where they ask the impossible, the attack will say."""
    hidden = forced.copy()
    for component in np.unique(labels[forced]):
        more = choose_cells(system, forced, labels == component, [], settings.min_range)
        if more is not None:
            hidden[more] = True
    return hidden


def _group(targets: Sequence[Target], labels: Ints) -> dict[int, list[Target]]:
    groups: dict[int, list[Target]] = {}
    for target in targets:
        groups.setdefault(int(labels[target.cells[0]]), []).append(target)
    return groups


def _remember(known: dict[tuple[int, ...], int], targets: Sequence[Target]) -> list[Target]:
    """Return all targets of a component so far; one that came back is asked for more.

    It comes back where the programme found tables of fractions that no counts can match.
    """
    for target in targets:
        known[target.cells] = known[target.cells] + 1 if target.cells in known else target.need
    return [Target(cells, need) for cells, need in known.items()]


def _extend(
    system: System,
    patterns: tuple[Mask, Mask],
    members: Mask,
    targets: Sequence[Target],
    wanted: Sequence[Target],
    need: int,
) -> Mask | None:
    """Hide what the targets need: anew for all ever met if they are few, else one by one."""
    hidden, forced = patterns
    if int(members.sum()) * len(wanted) <= _TOGETHER:
        start, more = forced, choose_cells(system, forced, members, wanted, need)
    else:
        now = {target.cells for target in targets}
        urgent = [target for target in wanted if target.cells in now]
        start, more = hidden, close_circuits(system, hidden, members, urgent)
    if more is None:
        return None
    found = start.copy()
    found[more] = True
    return found


def _prune(
    system: System, hidden: Mask, forced: Mask, labels: Ints, public: Mask, settings: Settings
) -> Mask:
    """Show again each complementary cell that nothing needs, the dearest first."""
    rules = (labels, public, settings)
    extra = hidden & ~forced
    fewer = _spare(system, hidden, extra, rules, sums=False)
    check = fewer & ~public & np.isin(labels, labels[hidden & ~fewer])
    weak = np.isin(labels, labels[_list_weak(system, fewer, check, rules, sums=True)])
    # Sums are dear to search and seldom there: only where one came to light, at every step.
    return _spare(system, np.where(weak, hidden, fewer), extra & weak, rules, sums=True)


def _spare(
    system: System,
    hidden: Mask,
    extra: Mask,
    rules: tuple[Ints, Mask, Settings],
    *,
    sums: bool,
) -> Mask:
    """Show again what can be spared of ``extra``: together what is too far apart to matter."""
    labels, public, _ = rules
    cells_left = np.flatnonzero(extra)
    cells_left = cells_left[np.argsort(-system.cost[cells_left], kind="stable")]
    while len(cells_left):
        chosen = _pick_apart(system, cells_left)
        cells = cells_left[chosen & ~_are_needed(system, hidden)[cells_left]]
        cells_left = cells_left[~chosen]
        fewer = hidden.copy()
        fewer[cells] = False
        for whole in (False, True):
            check = fewer & ~public & np.isin(labels, labels[cells])
            weak = _list_weak(system, fewer, check, rules, sums=sums)
            if not weak.any():
                break
            # What became weak is put down to the cells shown near it, or to all if that fails.
            fewer |= hidden & (np.isin(labels, labels[weak]) if whole else system.near(weak))
        hidden = fewer
    return hidden


def _list_weak(
    system: System,
    hidden: Mask,
    check: Mask,
    rules: tuple[Ints, Mask, Settings],
    *,
    sums: bool,
) -> Mask:
    """Return the cells of weak targets, without those that nothing can protect any more."""
    weak = np.zeros_like(hidden)
    for target in find_weak(system, hidden, check, rules[2], sums=sums):
        weak[list(target.cells)] = not rules[1][target.cells[0]]
    return weak


def _pick_apart(system: System, cells: Ints) -> Mask:
    """Return which of the cells, taken in their order, have no relation or neighbour in common."""
    size = abs(system.matrix).sign()
    reach = size[:, cells].T @ size
    meet = (reach @ reach.T).tolil().rows
    chosen, blocked = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    for place in range(len(cells)):
        if not blocked[place]:
            chosen[place] = True
            blocked[meet[place]] = True
    return chosen


def _are_needed(system: System, hidden: Mask) -> Mask:
    """Return the cells that, if shown, would leave an equality one unknown: surely a leak."""
    low, high = system.bounds(hidden)
    unknown = abs(system.matrix).sign() @ (low < high).astype(float)
    pairs = (unknown == 2) & (system.low == system.high)
    return np.asarray(abs(system.matrix).T @ pairs.astype(float) > 0)


def _withhold(publication: Publication, failures: Sequence[Target]) -> dict[str, str]:
    """Return the tables to withhold, with the reason in words."""
    found: dict[str, str] = {}
    for target in failures:
        cells = publication.cells.iloc[list(target.cells)]
        names = cells.loc[~cells["fixed"], "table"].unique().tolist()
        for name in names or _find_neighbours(publication, cells["cell"]):
            reason = f"“{cells['cell'].iloc[0]}” could be worked out whatever else is suppressed"
            found.setdefault(str(name), reason)
    return found


def _withhold_contradictory(found: Protected, settings: Settings) -> dict[str, str]:
    """Return tables whose figures contradict each other and that the audit does not pass.

    What a reader makes of contradictions is anyone's guess, so here the audit is asked.
    """
    tables = audit(found.publication, settings, exact=False).findings["table"]
    fixed = found.cells.loc[found.cells["fixed"], "table"]
    reason = "its figures contradict each other, and the audit does not pass what is left"
    return {str(name): reason for name in tables.unique() if name not in set(fixed)}


def _find_neighbours(publication: Publication, cells: pd.Series[str]) -> list[str]:
    """Return the tables of this release that stand in a relation with these cells."""
    terms = publication.terms
    near = terms[terms["relation"].isin(terms.loc[terms["cell"].isin(cells), "relation"])]
    rows = publication.cells[publication.cells["cell"].isin(near["cell"])]
    return sorted(rows.loc[~rows["fixed"], "table"].unique())
