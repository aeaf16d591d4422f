"""Checks of a quarter: Great Expectations suites, quarantine, and the query log.

Great Expectations is imported only when a suite runs, not with this package.
"""

from slinb.check.logs import write_query_logs
from slinb.check.quarter import CheckResult, check_quarter, check_quarters

__all__ = ["CheckResult", "check_quarter", "check_quarters", "write_query_logs"]
