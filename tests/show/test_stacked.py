from __future__ import annotations

from slinb.show.stacked import stack_html


def test_each_cell_carries_its_heading_and_everything_is_escaped() -> None:
    html = stack_html(["Authority", "A <b>"], [["Luton & co", "<i>3"]], caption="Who <u>")
    assert '<th role="rowheader" scope="row">Luton &amp; co</th>' in html
    assert '<td role="cell" data-label="A &lt;b&gt;">&lt;i&gt;3</td>' in html
    assert "<caption>Who &lt;u&gt;</caption>" in html


def test_a_cell_without_a_figure_is_marked_so_that_a_phone_leaves_it_out() -> None:
    html = stack_html(["Authority", "A", "B"], [["Luton", "–", ""]], caption="Who", numbers=[1])
    assert html.count('class="nil"') == 2
    assert "num" not in html
