"""The door of a briefing: a section by its name, or who is wrong."""

from __future__ import annotations

import pytest

from slinb.errors import ParameterError
from slinb.show.dive_section import show_section, write_section
from slinb.show.markup import Html


def test_a_section_is_written_from_its_view() -> None:
    html = show_section(
        {"one": lambda view: write_section("one", str(view), [])}, "one", "Now", briefing="made-up"
    )
    assert "<h2>Now</h2>" in str(html)


def test_a_section_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(ParameterError, match="The made-up briefing has no section “two”") as raised:
        show_section({"one": Html, "other": Html}, "two", "Now", briefing="made-up")
    assert "one, other" in str(raised.value)
