"""From the cells of one measure's row to one observation: number, reason or question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from slinb.catalogue.measures import Measure
from slinb.collect.cells import EMPTY_CELL, CellReading, show_raw
from slinb.collect.findings import Finding
from slinb.collect.layout import Owners, Part, asked_parts, count_id, find_owners
from slinb.schema import VALUE_STATUSES

_EMPTY_WORD = "(empty)"


@dataclass(frozen=True)
class Figure:
    """One measure's row as it was found in a return.

    Parameters
    ----------
    measure : str
        Measure id.
    sheet, cell : str
        Where its number cells stand: "E12" or "E12:F12"; "row 12" in a flat file.
    parts : mapping of part to CellReading
        What stood in the number cells.
    places : mapping of part to str
        The cell of each part.
    note : str
        The sender's note.
    final : bool
        Whether the sender calls the figure final (flat files only).
    """

    measure: str
    sheet: str = ""
    cell: str = ""
    parts: Mapping[Part, CellReading] = field(default_factory=dict)
    places: Mapping[Part, str] = field(default_factory=dict)
    note: str = ""
    final: bool = False

    def reading(self, part: Part) -> CellReading:
        """Return what stood in a part's cell; an empty cell where there is none."""
        return self.parts.get(part, EMPTY_CELL)


@dataclass(frozen=True)
class Settled:
    """What one row comes to: the number columns of an observation, and what to ask about it."""

    status: str
    sent: str = ""
    numerator: float = float("nan")
    denominator: float = float("nan")
    value: float = float("nan")
    findings: tuple[Finding, ...] = ()


def settle_figures(
    measures: Sequence[Measure],
    figures: Mapping[str, Figure],
    population: Mapping[str, float],
) -> dict[str, Settled]:
    """Settle every measure of one return.

    Parameters
    ----------
    measures : sequence of Measure
        The measures asked for.
    figures : mapping of measure id to Figure
        The rows found; a measure without one is missing.
    population : mapping of count id to float
        The authority's populations, in persons.

    Returns
    -------
    dict of str to Settled
        One entry a measure, in the order of ``measures``. The counts of a figure stand there
        only where its status carries a number, so that no half of a pair is ever summed; a
        denominator of 0 keeps its counts and has no value.
    """
    owners = find_owners(measures)
    return {
        m.id: _settle(m, figures.get(m.id, Figure(m.id)), figures, owners, population)
        for m in measures
    }


def compute_value(measure: Measure, numerator: float, denominator: float) -> float:
    """Return multiplier × numerator / denominator; NaN where the denominator is 0 or unknown.

    Examples
    --------
    >>> from slinb.catalogue.measures import load_measures
    >>> round(compute_value(load_measures()["rereferrals_pct"], 312, 1151), 1)
    27.1
    """
    if not abs(denominator) > 0:
        return float("nan")
    return measure.multiplier * numerator / denominator


def _settle(
    measure: Measure,
    figure: Figure,
    figures: Mapping[str, Figure],
    owners: Owners,
    population: Mapping[str, float],
) -> Settled:
    readings, own = _resolve(measure, figure, figures, owners)
    if not own:
        return Settled("missing")
    findings = [_ask(measure, figure, p, r) for p, r in readings.items() if r.rule]
    status = _combine([r.status for r in readings.values()])
    if status == "missing":
        findings.append(_ask_half(measure, figure, readings))
    if status == "provisional" and figure.final:
        status = "final"
    bare = Settled(status, _say_sent(list(readings.values())), findings=tuple(findings))
    return (
        bare
        if status not in VALUE_STATUSES
        else _add_numbers(bare, measure, figure, readings, population)
    )


def _add_numbers(
    bare: Settled,
    measure: Measure,
    figure: Figure,
    readings: Mapping[Part, CellReading],
    population: Mapping[str, float],
) -> Settled:
    numbers = {p: r.number for p, r in readings.items() if r.number is not None}
    if measure.kind == "value":
        return replace(bare, value=numbers["value"])
    above, findings = numbers["numerator"], bare.findings
    if measure.uses_population:
        below, asked = _find_population(measure, figure, population)
        findings = (*findings, *asked)
    else:
        below = numbers["denominator"]
    value = compute_value(measure, above, below)
    return replace(bare, numerator=above, denominator=below, value=value, findings=findings)


def _resolve(
    measure: Measure, figure: Figure, figures: Mapping[str, Figure], owners: Owners
) -> tuple[dict[Part, CellReading], bool]:
    """Return each part's reading, and whether anything at all was sent for the measure.

    A cell that repeats another takes what stands there, without asking about it twice; it says
    nothing of its own. A row of nothing but such cells is sent as soon as one of them is.
    """
    readings: dict[Part, CellReading] = {}
    typed, repeated = [], []
    for part in asked_parts(measure):
        reading = figure.reading(part)
        owner, owner_part = owners.get(count_id(measure, part), (measure.id, part))
        source = figures.get(owner, Figure(owner)).reading(owner_part)
        if owner != measure.id and (reading.status == "missing" or reading.text == source.text):
            reading = replace(source, rule="", severity="", problem="", action="")
            repeated.append(reading)
        else:
            typed.append(reading)
        readings[part] = reading
    return readings, any(r.status != "missing" for r in typed or repeated)


def _combine(statuses: Sequence[str]) -> str:
    """Return the status of a figure from those of its cells: the one that says least of it."""
    for status in ("unreadable", "missing"):
        if status in statuses:
            return status
    without = [status for status in statuses if status not in VALUE_STATUSES]
    return without[0] if without else max(statuses, key=("provisional", "estimated").index)


def _say_sent(readings: Sequence[CellReading]) -> str:
    texts = (r.text or (_EMPTY_WORD if r.status == "missing" else "") for r in readings)
    return " / ".join(filter(None, texts))


def _ask(measure: Measure, figure: Figure, part: Part, reading: CellReading) -> Finding:
    return Finding(
        reading.rule,
        f"{measure.title}, {part}: {reading.problem}",
        reading.action,
        figure.sheet,
        figure.places.get(part, figure.cell),
        reading.text,
        measure.id,
    )


def _ask_half(measure: Measure, figure: Figure, readings: Mapping[Part, CellReading]) -> Finding:
    empty = next(part for part, reading in readings.items() if reading.status == "missing")
    return Finding(
        "half_sent",
        f"{measure.title}: the {empty} is empty, so the other count cannot be used.",
        f"Send the {empty}: {getattr(measure, empty)}.",
        figure.sheet,
        figure.places.get(empty, figure.cell),
        _say_sent(list(readings.values())),
        measure.id,
    )


def _find_population(
    measure: Measure, figure: Figure, population: Mapping[str, float]
) -> tuple[float, list[Finding]]:
    """Return the population behind a rate: the published one, else the one in the workbook."""
    cell = figure.reading("denominator")
    known = population.get(measure.denominator_count, cell.number)
    where = (figure.sheet, figure.places.get("denominator", figure.cell), cell.text, measure.id)
    if known is None:
        problem = f"{measure.title}: no population is known, so no rate can be worked out."
        action = "Regional team: read the published populations, then run the quarter again."
        return float("nan"), [Finding("population_missing", problem, action, *where)]
    if cell.text and cell.number != known:
        problem = (
            f"{measure.title}: the population stands as “{cell.text}” and was pre-filled as "
            f"{show_raw(float(known))}, which is used."
        )
        action = "Nothing, unless the published estimate is wrong: then tell the regional team."
        return known, [Finding("population_changed", problem, action, *where)]
    return known, []
