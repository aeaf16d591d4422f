"""Figures: alternative text, tokens for colours, the same bytes, and closed behind them."""

from __future__ import annotations

import json
import re

import matplotlib as mpl
import plotly.graph_objects as go
import pytest
from bs4 import BeautifulSoup
from matplotlib import pyplot as plt

from slinb.errors import ParameterError
from slinb.show.figures import PLOTLY_MARK, figure_html, plotly_html
from slinb.show.page import PageMarks, page_html
from slinb.show.tables import table_html
from slinb.show.theme import COLOURS, colour, plotly_template, use_matplotlib_theme

WORDS = {"caption": "Re-referrals.", "source": "Source: returns, n = 1,151."}
ALT = 'Luton rises from 19% to 27% & "stays" there <now>'


@pytest.fixture(autouse=True)
def theme():
    mpl.use("Agg")
    with mpl.rc_context():
        use_matplotlib_theme()
        yield
    plt.close("all")


def draw(alt: str = ALT, **words: str) -> BeautifulSoup:
    fig, ax = plt.subplots()
    ax.plot([1, 2, 3], [19, 20, 27], color=colour("series-1"))
    ax.scatter([3], [27], color=colour("worse"), marker="^")
    ax.set_title("Luton − a rise")
    fill = ax.fill_between([1, 2, 3], [18, 19, 25], [20, 21, 29], color=colour("line"))
    fill.set_clip_on(True)
    return BeautifulSoup(str(figure_html(fig, alt, **{**WORDS, **words})), "html.parser")


def test_a_figure_has_alternative_text_caption_and_source() -> None:
    soup = draw()
    assert soup.svg["role"] == "img" and soup.svg["aria-label"] == ALT
    assert soup.figcaption.text == "Re-referrals. Source: returns, n = 1,151."
    assert soup.figcaption.small.text == WORDS["source"]


def test_a_figure_can_carry_the_table_behind_it() -> None:
    table = table_html(["Quarter", "Luton"], [["Q1", "19%"]], caption="Luton")
    assert draw(table=table).details.table.td.text == "19%"
    assert draw().details is None


def test_a_figure_follows_the_pages_colours_and_face() -> None:
    svg = str(draw().svg)
    assert "var(--ink)" in svg and "var(--series-1)" in svg and "var(--worse)" in svg
    assert not {token.light for token in COLOURS.values()} & set(re.findall(r"#\w{6}", svg))
    assert "DejaVu" not in svg and "font-family: var(--font)" in svg
    assert "Luton − a rise" in svg  # text, not outlines


def test_a_figure_gives_the_same_bytes_and_says_nothing_of_when_it_was_drawn() -> None:
    first = str(draw())
    assert str(draw()) == first
    for trace in ("<metadata", "dc:date", "Matplotlib v", "<?xml", "<style", "http"):
        assert trace not in first


def test_two_figures_share_no_id_and_every_reference_is_kept() -> None:
    one, other = draw(), draw("Another finding")
    ids = [{tag["id"] for tag in soup.find_all(id=True)} for soup in (one, other)]
    assert not ids[0] & ids[1]
    used = re.findall(r"url\(#([^)]+)\)", str(one)) + [
        tag["xlink:href"][1:] for tag in one.find_all(attrs={"xlink:href": True})
    ]
    assert used and set(used) <= ids[0]


def test_a_figure_is_closed() -> None:
    draw()
    assert plt.get_fignums() == []


def test_a_figure_without_alternative_text_is_refused() -> None:
    with pytest.raises(ParameterError, match="no alternative text"):
        draw(" ")
    with pytest.raises(ParameterError, match="no alternative text"):
        plotly_html(go.Figure(), "", **WORDS)


def make_plotly() -> go.Figure:
    figure = go.Figure(go.Scatter(x=[1, 2], y=[19, 27], name="</script><script>alert(1)"))
    return figure.update_layout(template=plotly_template())


def test_a_plotly_figure_is_data_and_no_script() -> None:
    html = plotly_html(make_plotly(), ALT, **WORDS)
    soup = BeautifulSoup(str(html), "html.parser")
    assert str(html).startswith(PLOTLY_MARK)
    assert soup.find(class_="plot")["aria-label"] == ALT
    (block,) = soup.find_all("script")
    assert block["type"] == "application/json"
    assert json.loads(block.text)["data"][0]["name"] == "</script><script>alert(1)"
    assert str(plotly_html(make_plotly(), ALT, **WORDS)) == str(html)


def test_a_plotly_figure_is_live_in_the_lab() -> None:
    bundle = plotly_html(make_plotly(), ALT, **WORDS)._repr_mimebundle_()
    assert set(bundle) == {"text/html", "application/vnd.plotly.v1+json"}


def test_plotly_is_in_the_page_once_and_only_where_it_is_used() -> None:
    marks = PageMarks("East of England", "Q3")
    figure = str(plotly_html(make_plotly(), ALT, **WORDS))
    assert len(page_html(str(draw()), "t", marks=marks)) < 100_000
    page = page_html(figure + figure, "t", marks=marks)
    assert page.count("plotly.js v") == 1
    assert len(page.encode()) < 6_000_000


def test_the_title_of_a_plotly_figure_stands_in_the_page_and_wraps() -> None:
    figure = make_plotly().update_layout(title="Luton <b>has</b> risen<br><sup>a & b</sup>")
    html = plotly_html(figure, ALT, **WORDS)
    soup = BeautifulSoup(str(html), "html.parser")
    assert soup.find(class_="title").get_text() == "Luton has risen a & b"
    assert "title" not in json.loads(soup.find("script").text)["layout"]
    # In JupyterLab plotly draws it.
    assert "title" in html._repr_mimebundle_()["application/vnd.plotly.v1+json"]["layout"]
