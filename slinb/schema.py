"""The tables that pass between the rooms of the house: every column once, with its meaning.

Each table is a tidy pandas DataFrame. A schema says which columns it has, in which order, of
which dtype and what they mean; :meth:`TableSchema.conform` makes a frame obey it or raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from slinb.errors import SchemaError

Dtype = Literal["str", "float64", "int64", "bool"]
_EMPTY: dict[Dtype, Any] = {"str": "", "float64": float("nan"), "int64": 0, "bool": False}

#: What can be said of an observation's value. Only the first group carries a number.
VALUE_STATUSES = ("final", "provisional", "estimated")
#: Why there is no number; the symbol is the publisher's (DfE: c, k or low, u, x, z).
NO_VALUE_STATUSES = {
    "suppressed": "c",  # confidential: a small number, or one that would reveal it
    "rounds_to_zero": "k",  # not zero, but rounds to it
    "low_reliability": "u",
    "not_available": "x",
    "not_applicable": "z",  # excluded, not missing
    "not_collected": "",
    "missing": "",  # a cell left empty, or a row that never came
    "unreadable": "",  # something was sent that is not a number
    "quarantined": "",  # a number was sent, queried, and not yet confirmed
}
STATUSES = (*VALUE_STATUSES, *NO_VALUE_STATUSES)
SEVERITIES = ("stop", "query", "note")


@dataclass(frozen=True)
class Column:
    """One column: its name, dtype and meaning."""

    name: str
    dtype: Dtype
    meaning: str


@dataclass(frozen=True)
class TableSchema:
    """The columns of one table, in order.

    Examples
    --------
    >>> list(QUERIES.empty().columns)[:3]
    ['area', 'period', 'measure']
    """

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Column names in order."""
        return [column.name for column in self.columns]

    def empty(self) -> pd.DataFrame:
        """Return a frame of no rows with the right columns and dtypes."""
        return pd.DataFrame({c.name: pd.Series(dtype=c.dtype) for c in self.columns})

    def from_rows(self, rows: list[dict[str, Any]]) -> pd.DataFrame:
        """Build a frame from dictionaries; a column that a row leaves out gets its empty value."""
        if not rows:
            return self.empty()
        return self.conform(pd.DataFrame.from_records(rows), fill=True)

    def conform(self, frame: pd.DataFrame, *, fill: bool = False) -> pd.DataFrame:
        """Return ``frame`` with exactly these columns, in this order and of these dtypes.

        Parameters
        ----------
        frame : DataFrame
            Rows to bring into shape.
        fill : bool, default False
            Add a missing column with its empty value instead of refusing.

        Raises
        ------
        SchemaError
            A column is missing (unless ``fill``), unknown, or cannot take its dtype.
        """
        unknown = [name for name in frame.columns if name not in self.names]
        missing = [name for name in self.names if name not in frame.columns]
        if unknown or (missing and not fill):
            raise SchemaError(
                f"Table “{self.name}”: missing columns {missing}, unknown columns {unknown}.",
                f"Its columns are: {', '.join(self.names)}.",
            )
        return pd.DataFrame({c.name: self._cast(frame, c) for c in self.columns})

    def _cast(self, frame: pd.DataFrame, column: Column) -> pd.Series[Any]:
        empty = _EMPTY[column.dtype]
        if column.name not in frame.columns:
            return pd.Series(empty, index=frame.index, dtype=column.dtype)
        values = frame[column.name]
        try:
            if column.dtype == "str":
                if values.dtype == "str" and not values.hasnans:
                    return values  # as nearly every table comes
                return values.astype("str").where(values.notna(), "").astype("str")
            if column.dtype != "float64" and values.hasnans:
                values = values.where(values.notna(), empty)
            return values.astype(column.dtype)
        except (TypeError, ValueError) as error:
            raise SchemaError(
                f"Table “{self.name}”, column “{column.name}” cannot be {column.dtype}: {error}."
            ) from error


def _table(name: str, *columns: tuple[str, Dtype, str]) -> TableSchema:
    return TableSchema(name, tuple(Column(*column) for column in columns))


OBSERVATIONS = _table(
    "observations",
    ("area", "str", "ONS code of the authority, region or country (E06000032, E12000006)"),
    ("period", "str", "period id (2025-26-Q3, 2024-25; see catalogue.periods)"),
    ("measure", "str", "measure id of the catalogue"),
    ("numerator", "float64", "count above the line; missing where not given"),
    ("denominator", "float64", "count below the line; missing where not given"),
    ("value", "float64", "in the measure's unit: 27.1 for 27.1%; as published where published"),
    ("status", "str", f"one of {', '.join(STATUSES)}"),
    ("sent", "str", "what stood in the source cells, unread: the officer's own text"),
    ("note", "str", "the sender's note or the publisher's footnote"),
    ("publisher", "str", "who states the figure: Department for Education, or the authority"),
    ("release", "str", "release of a publication, or date and role of a submission"),
    ("table", "str", "table id of the catalogue, or “quarterly return”"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet of a workbook, else empty"),
    ("cell", "str", "cell, range or row in which the figure stands"),
)

QUERIES = _table(
    "queries",
    ("area", "str", "ONS code of the authority asked; empty where it cannot be told"),
    ("period", "str", "period id"),
    ("measure", "str", "measure id; empty where the query is about a whole file or sheet"),
    ("severity", "str", "stop (value quarantined), query (please confirm) or note"),
    ("rule", "str", "id of the rule that found it"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet, else empty"),
    ("cell", "str", "cell, range or row"),
    ("sent", "str", "what was sent"),
    ("problem", "str", "what is wrong, in plain words"),
    ("action", "str", "what to do"),
)

SUBMISSIONS = _table(
    "submissions",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the return"),
    ("file", "str", "file name"),
    ("received", "str", "submission date on the workbook's cover, ISO; empty if not given"),
    ("role", "str", "role of the person who signed it off (never a name)"),
    ("template", "str", "template version of the workbook"),
    ("outcome", "str", "used, superseded, refused, missing or late"),
    ("values_in", "int64", "values sent: measures with anything in a number cell"),
    ("narrative", "str", "the authority's own words on the quarter, unformatted"),
)

COMPARISON = _table(
    "comparison",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "period id"),
    ("measure", "str", "measure id"),
    ("numerator", "float64", "count above the line over the period shown"),
    ("denominator", "float64", "count below the line"),
    ("value", "float64", "in the measure's unit"),
    ("lower", "float64", "lower 95% confidence limit, in the measure's unit"),
    ("upper", "float64", "upper 95% confidence limit"),
    ("lower_998", "float64", "lower 99.8% confidence limit"),
    ("upper_998", "float64", "upper 99.8% confidence limit"),
    ("status", "str", "status of the value"),
    ("benchmark", "str", "region, england or neighbours"),
    ("benchmark_value", "float64", "the benchmark, in the measure's unit"),
    ("benchmark_period", "str", "period of the benchmark: a published one may be older"),
    (
        "benchmark_n",
        "int64",
        "authorities with data behind the benchmark (0: one published figure)",
    ),
    ("judgement", "str", "better, similar, worse, higher, lower or not compared, at 95%"),
    ("judgement_998", "str", "the same at 99.8%"),
    ("rank", "float64", "1 is best within the region; missing without polarity or value"),
    ("ranked", "int64", "how many authorities of the region were ranked"),
    ("band", "str", "quartile band A (best) to D within the region; empty without polarity"),
    ("previous", "float64", "value of the period before"),
    ("change", "float64", "value less that of the period before"),
    ("year_ago", "float64", "value of the same period a year earlier"),
    ("change_year", "float64", "value less that of a year earlier"),
    ("table", "str", "where the figure comes from: table id or “quarterly return”"),
    ("file", "str", "file name"),
    ("sheet", "str", "sheet, else empty"),
    ("cell", "str", "cell, range or row"),
    ("note", "str", "what a reader must know: rolling 12 months, parts missing, footnote"),
)

TRENDS = _table(
    "trends",
    ("area", "str", "ONS code of the authority, or of the region"),
    ("measure", "str", "measure id"),
    ("period", "str", "quarter"),
    ("value", "float64", "the quarter's own value: events as an annual rate; missing in a gap"),
    ("rolling", "float64", "the value over twelve months; equal to value for a snapshot"),
    ("segment", "int64", "number of the segment between breaks and rebasings, from 0"),
    ("mean", "float64", "mean of the segment"),
    ("lower", "float64", "lower process limit; missing where the series has none"),
    ("upper", "float64", "upper process limit"),
    ("flag", "str", "outside, trend, two_of_three, shift or empty"),
    (
        "side",
        "str",
        "of a flagged point, whether it lies (for a trend: goes) higher or lower; better or "
        "worse with polarity",
    ),
    ("new", "bool", "the latest point, flagged as the chart of the quarter before was not"),
    ("points", "int64", "points with a value in the segment"),
    ("trial", "bool", "fewer than 13 points: the limits are trial limits"),
    ("note", "str", "why the line breaks, a point is missing or there are no limits"),
)

PUBLISHED_SERIES = _table(
    "published series",
    ("area", "str", "ONS code of the authority, of the region or of England"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id; rows of one area and measure stand in order of time"),
    ("value", "float64", "in the measure's unit; missing where withheld or not available"),
    ("status", "str", "status of the value"),
    ("segment", "int64", "number of the segment between breaks, from 0"),
)

CHANGES = _table(
    "changes",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "the quarter"),
    ("period_before", "str", "the quarter before"),
    ("judgement", "str", "against the region now: better, worse, higher, lower or similar"),
    ("judgement_before", "str", "the same in the quarter before"),
    ("change", "str", "new, ended or turned (from one side to the other)"),
)

TRAVEL = _table(
    "travel",
    ("area", "str", "ONS code of the authority, or of the region"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("since", "str", "last quarter or a year ago"),
    ("period_before", "str", "the period compared with"),
    ("value", "float64", "in the measure's unit"),
    ("value_before", "float64", "the value of the period before"),
    ("change", "float64", "value less value_before"),
    ("lower", "float64", "lower 95% limit of the change; missing where none can be given"),
    ("upper", "float64", "upper 95% limit of the change"),
    (
        "direction",
        "str",
        "improved or worsened, without polarity rose or fell; no real change; not compared",
    ),
    ("note", "str", "what was compared, or why nothing can be"),
)

FUNNEL = _table(
    "funnel",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("numerator", "float64", "count above the line"),
    ("denominator", "float64", "count below the line: the funnel's horizontal axis"),
    ("value", "float64", "in the measure's unit"),
    ("status", "str", "status of the value"),
    ("centre", "float64", "the benchmark around which the funnel stands"),
    ("lower", "float64", "lower 95% limit at this denominator"),
    ("upper", "float64", "upper 95% limit"),
    ("lower_998", "float64", "lower 99.8% limit"),
    ("upper_998", "float64", "upper 99.8% limit"),
    ("phi", "float64", "over-dispersion of the region's authorities: mean winsorised z squared"),
    ("tau2", "float64", "variance between authorities on the arcsine scale; 0 where none is seen"),
    ("overdispersed", "bool", "φ is material: draw the adjusted limits (proportions only)"),
    ("adjusted_lower", "float64", "lower 95% limit with over-dispersion; missing for rates"),
    ("adjusted_upper", "float64", "upper 95% limit with over-dispersion"),
    ("adjusted_lower_998", "float64", "lower 99.8% limit with over-dispersion"),
    ("adjusted_upper_998", "float64", "upper 99.8% limit with over-dispersion"),
    ("judgement", "str", "the rug's judgement at 95%: it rules the drawing"),
    ("judgement_998", "str", "the rug's judgement at 99.8%"),
    ("outside", "bool", "outside the funnel at 95%, as the rug judges"),
    ("disagrees", "bool", "the exact funnel and the rug part at the margin (rates only)"),
    ("note", "str", "why a point or a limit is missing"),
)

FUNNEL_CURVE = _table(
    "funnel_curve",
    ("denominator", "float64", "position on the horizontal axis"),
    ("centre", "float64", "the benchmark"),
    ("lower", "float64", "lower 95% limit"),
    ("upper", "float64", "upper 95% limit"),
    ("lower_998", "float64", "lower 99.8% limit"),
    ("upper_998", "float64", "upper 99.8% limit"),
    ("adjusted_lower", "float64", "with over-dispersion, where it is material; else missing"),
    ("adjusted_upper", "float64", "upper 95% limit with over-dispersion"),
    ("adjusted_lower_998", "float64", "lower 99.8% limit with over-dispersion"),
    ("adjusted_upper_998", "float64", "upper 99.8% limit with over-dispersion"),
)

SENSITIVITY = _table(
    "sensitivity",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("statement", "str", "the judgement that the rug states"),
    ("alternative", "str", "id of the other reasonable choice"),
    ("words", "str", "the choice in words: “England instead of the region”"),
    ("value", "float64", "the authority's value under the choice"),
    ("benchmark_value", "float64", "the benchmark under the choice"),
    ("judgement", "str", "the judgement under the choice; “not compared” where it cannot be made"),
    ("outcome", "str", "holds, fades (no longer a real difference), flips or cannot be made"),
)

FIRMNESS = _table(
    "firmness",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("statement", "str", "the judgement that the rug states"),
    ("firmness", "str", "holds, depends on the comparison, or not tested"),
    ("made", "int64", "alternatives that could be computed"),
    ("changed", "int64", "alternatives under which the statement fades or flips"),
    ("flips_it", "str", "ids of those alternatives, joined by “, ”"),
    ("words", "str", "those alternatives in words, joined by “; ”"),
)

EXPLAIN = _table(
    "explain",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("rule", "str", "id of the rule that put it on the list; several are joined by “, ”"),
    ("priority", "int64", "1 is first: the stated priority rule"),
    ("value", "float64", "in the measure's unit"),
    ("benchmark_value", "float64", "the region's figure"),
    ("judgement", "str", "the rug's judgement"),
    ("change_year", "float64", "value less that of a year ago"),
    ("travel", "str", "direction of travel since a year ago (schema TRAVEL)"),
    ("firmness", "str", "holds, depends on the comparison, or empty without a statement"),
    ("narrative", "str", "the authority's own words this quarter"),
    ("rule_before", "str", "rules by which it was on last quarter's list; empty if it was not"),
    ("narrative_before", "str", "its words last quarter, where it was on the list then"),
    (
        "moved",
        "str",
        "where it was on last quarter's list, whether the number has moved since: better or "
        "worse (higher or lower without polarity), unchanged, not compared; else empty",
    ),
)

REVISIONS = _table(
    "revisions",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("period", "str", "reporting year, or another year that the publication covers"),
    ("quarter", "str", "quarter of the return that closed on the same day"),
    ("provisional", "float64", "what the year's quarterly returns came to"),
    ("published", "float64", "the official figure published later"),
    ("revision", "float64", "published less provisional, in the measure's unit"),
    ("relative", "float64", "revision over the published figure; missing where that is 0"),
)

CONFIDENCE = _table(
    "confidence",
    ("area", "str", "ONS code of the authority"),
    ("measure", "str", "measure id"),
    ("basis", "str", "authority and measure, measure in the region, or none"),
    ("comparisons", "int64", "how many revisions stand behind it"),
    ("median_revision", "float64", "median absolute revision, in the measure's unit"),
    ("usual_revision", "float64", "80th percentile of the absolute revisions"),
    ("largest_revision", "float64", "the largest absolute revision"),
    ("grade", "str", "close, fair, rough, too few to say or never checked"),
)

FINDINGS = _table(
    "findings",
    ("area", "str", "ONS code of the authority or region on whose page the finding stands"),
    ("kind", "str", "message or question"),
    ("order", "int64", "1 is first, within the page and kind"),
    ("pattern", "str", "id of the sentence pattern"),
    ("about", "str", "ONS code of the authority that it is about, or of the region"),
    ("measure", "str", "measure id; empty where the finding is about no single one"),
    ("period", "str", "period id"),
    ("benchmark", "str", "benchmark of the judgement, else empty"),
    ("benchmark_period", "str", "period of the benchmark"),
    ("numerator", "float64", "count above the line"),
    ("denominator", "float64", "count below the line"),
    ("value", "float64", "in the measure's unit"),
    ("status", "str", "status of the value"),
    ("benchmark_value", "float64", "the benchmark"),
    ("judgement", "str", "the comparison's judgement at 95%"),
    ("judgement_998", "str", "the same at 99.8%"),
    ("year_ago", "float64", "value of a year ago, where the change is real; else missing"),
    ("travel", "str", "direction of travel since a year ago; empty where it is not real"),
    ("flag", "str", "signal of the latest quarter, if it is a new one"),
    ("side", "str", "side of the signal"),
    ("trial", "bool", "the signal rests on trial limits"),
    ("firmness", "str", "holds, depends on the comparison, not tested or empty"),
    ("flips_it", "str", "the first alternative, in words, under which the statement changes"),
    ("compared", "int64", "authorities (or measures) that could be compared"),
    ("absent", "str", "codes of the authorities that a region's figure is without"),
    ("above", "str", "codes of the authorities really above the benchmark, joined by spaces"),
    ("below", "str", "codes of those really below it"),
)

MESSAGES = _table(
    "messages",
    ("area", "str", "ONS code of the authority, or of the region"),
    ("kind", "str", "message or question"),
    ("order", "int64", "1 is first"),
    ("text", "str", "the sentence"),
    ("about", "str", "ONS code of the authority that the sentence is about, or of the region"),
    ("measure", "str", "measure id"),
    ("period", "str", "period id"),
    ("benchmark", "str", "benchmark named in the sentence, else empty"),
    ("pattern", "str", "id of the sentence pattern"),
)

YEAR_SIGNALS = _table(
    "year's signals",
    ("area", "str", "ONS code of the authority, or of the region"),
    ("measure", "str", "measure id"),
    ("flag", "str", "outside, trend, two_of_three or shift, in its last quarter"),
    ("side", "str", "as in the trends: higher or lower, better or worse"),
    ("began", "str", "first of the quarters in a row that signal; may lie before the year"),
    ("until", "str", "last of them"),
    ("value", "float64", "the figure of that last quarter alone"),
    (
        "followed",
        "str",
        "new this quarter, goes on, back within its limits, turned, or no figure since",
    ),
    ("trial", "bool", "found on trial limits"),
)

YEAR_QUALITY = _table(
    "year's data quality",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter"),
    ("expected", "int64", "values asked for"),
    ("shown", "int64", "with a figure for the quarter"),
    ("withheld", "int64", "withheld to protect small numbers"),
    ("queried", "int64", "sent and not usable: queried or unreadable"),
    ("missing", "int64", "not sent, or not to be had for the quarter alone"),
)

SUPPRESSION = _table(
    "suppression",
    ("count", "str", "id of the count"),
    ("what", "str", "what is counted, in words"),
    ("status", "str", "published or withheld"),
    ("reason", "str", "why the whole count is withheld, in words"),
    ("figures", "int64", "figures of it that the edition could print"),
    ("suppressed", "int64", "figures of it that it does not"),
    ("primary", "int64", "of these, small themselves; 0 in the public edition, which must not say"),
    ("complementary", "int64", "of these, to protect others; 0 in the public edition"),
)

AUDIT = _table(
    "audit",
    ("passed", "bool", "no suppressed figure can be worked out"),
    ("figures", "int64", "figures that the edition could print"),
    ("primary", "int64", "small figures suppressed"),
    ("complementary", "int64", "figures suppressed to protect others"),
    ("narrowest", "float64", "least distance between the ends of a suppressed figure's range"),
    ("last", "bool", "audited together with last quarter's publication"),
)

_PLACE: tuple[tuple[str, Dtype, str], ...] = (
    ("file", "str", "file name of the return"),
    ("sheet", "str", "sheet of the workbook"),
    ("cell", "str", "cell or row"),
)

DIVE_COUNTS = _table(
    "deep-dive counts",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the return"),
    ("dive", "str", "section20 or neglect"),
    ("measure", "str", "S1 to S19, N1 to N15"),
    ("item", "str", "what is counted within the measure"),
    ("source", "str", "SSDA903, Annex A, CIN census or practice return"),
    ("window", "str", "snapshot, quarter, year (rolling 12 months) or cohort"),
    ("cohort", "str", "quarter in which the children of the row started; empty without cohort"),
    ("population", "str", "all, UASC or not UASC"),
    ("breakdown", "str", "age, need, duration, plan, …; empty for the total"),
    ("category", "str", "the category of the breakdown"),
    ("across", "str", "category of the second breakdown of a matrix, else empty"),
    ("numerator", "float64", "children (or spells, endings, cases) counted; missing by status"),
    ("denominator", "float64", "of how many; missing by status"),
    ("excluded", "float64", "how many could not be counted either way"),
    ("why", "str", "why they were left out"),
    ("status", "str", "final, or why there is no number: suppressed, missing, unreadable"),
    *_PLACE,
)

DIVE_RISK = _table(
    "deep-dive risk tables",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the return"),
    ("dive", "str", "section20 or neglect"),
    ("measure", "str", "S9"),
    ("source", "str", "SSDA903"),
    ("cohort", "str", "quarter of start"),
    ("population", "str", "all, UASC or not UASC"),
    ("month", "int64", "1 is the time from the start to the same day of the next month"),
    ("at_risk", "float64", "children followed through the whole month who had not left before"),
    ("order", "float64", "left for a care or placement order in the month"),
    ("home", "float64", "care ended in the month: home to parents or relatives"),
    ("adult", "float64", "care ended in the month: 18th birthday"),
    ("other", "float64", "care ended in the month for any other or no stated reason"),
    ("status", "str", "final, or why there are no numbers"),
    *_PLACE,
)

DIVE_DURATIONS = _table(
    "deep-dive durations",
    ("area", "str", "ONS code of the authority"),
    ("period", "str", "quarter of the return"),
    ("dive", "str", "section20 or neglect"),
    ("measure", "str", "S6 (current spell), S10 (start to order), N4 (plan) …"),
    ("source", "str", "SSDA903, Annex A or CIN census"),
    ("population", "str", "all, UASC or not UASC; for plans the category"),
    ("month", "int64", "completed months: 0 is less than one month"),
    ("n", "float64", "spells of this length"),
    ("status", "str", "final, or why there is no number"),
    *_PLACE,
)
