"""Quarters that several tests look at, each checked once: Great Expectations is not quick."""

from __future__ import annotations

import pytest

from slinb.check import CheckResult
from tests.check.planted import plant
from tests.check.quarters import Tables, clean_tables


@pytest.fixture(scope="session")
def clean() -> Tables:
    return clean_tables()


@pytest.fixture(scope="session")
def clean_result(clean: Tables) -> CheckResult:
    return clean.check()


@pytest.fixture(scope="session")
def planted(clean: Tables) -> Tables:
    return plant(clean)


@pytest.fixture(scope="session")
def planted_result(planted: Tables) -> CheckResult:
    return planted.check()
