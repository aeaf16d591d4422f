"""Pages of this room as soup."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from slinb.show.rug import rug_html
from tests.show.show_tables import make_areas, make_comparison, make_measures, make_region


@pytest.fixture(scope="session")
def rug() -> BeautifulSoup:
    """The rug of eleven authorities and thirty-one measures."""
    html = rug_html(
        make_comparison(), make_measures(), make_areas(), title="The rug", region=make_region()
    )
    return BeautifulSoup(html, "html.parser")
