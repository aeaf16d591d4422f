"""One page of each kind, from the tables of the tests in ``tests/show``."""

from __future__ import annotations

import matplotlib as mpl
import plotly.graph_objects as go
from matplotlib import pyplot as plt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from slinb.show.figures import figure_html, plotly_html
from slinb.show.markup import Html
from slinb.show.notebook import export_notebook
from slinb.show.page import page_html
from slinb.show.tables import table_html
from slinb.show.theme import colour, plotly_template, use_matplotlib_theme
from tests.show.test_page import MARKS, all_pages
from tests.show.test_profile import page as profile_page
from tests.show.test_receipt import page as receipt_page

QUARTERS = [f"Q{1 + i % 4}" for i in range(12)]
LUTON = [19, 20, 21, 20, 22, 23, 22, 24, 25, 25, 26, 27.1]


def make_pages() -> dict[str, str]:
    """Rug, quality, index, an authority's two pages, a notebook with a drawn and a live chart."""
    cells = [
        new_markdown_cell("# Luton in context\n\nLuton's rate has **risen** for three years."),
        new_markdown_cell("## Trend\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        *(_show(figure) for figure in (_draw_trend(), _draw_plotly())),
    ]
    return {
        **all_pages(),
        "notebook": export_notebook(new_notebook(cells=cells), marks=MARKS),
        "profile": page_html(str(profile_page(own_words=True)), "Luton", marks=MARKS),
        "receipt": page_html(str(receipt_page()), "Receipt: Luton", marks=MARKS),
    }


def _show(html: Html) -> NotebookNode:
    output = new_output("display_data", data=html._repr_mimebundle_())
    return new_code_cell("", outputs=[output])


def _table(caption: str) -> str:
    rows = [[q, f"{v:.1f}%"] for q, v in zip(QUARTERS, LUTON, strict=True)]
    return table_html(["Quarter", "Luton"], rows, caption=caption, numbers=[1])


def _draw_trend() -> Html:
    mpl.use("Agg")
    with mpl.rc_context():
        use_matplotlib_theme()
        fig, ax = plt.subplots()
        ax.plot(LUTON, color=colour("series-1"))
        ax.text(11.2, 27.1, "Luton 27.1%", va="center", color=colour("series-1"))
        ax.set_title("Luton's re-referrals have risen")
        ax.set_ylim(0, 30)
        return figure_html(
            fig,
            "Luton's re-referral rate rises from 19.0% to 27.1% in three years.",
            caption="Re-referrals within 12 months, by quarter.",
            source="Source: quarterly returns, n = 1,151 referrals.",
            table=_table("Luton's re-referrals"),
        )


def _draw_plotly() -> Html:
    figure = go.Figure(go.Scatter(y=LUTON, name="Luton"))
    figure.update_layout(template=plotly_template(), title="Luton's re-referrals have risen")
    return plotly_html(
        figure,
        "The same series of Luton, to explore: from 19.0% to 27.1% in three years.",
        caption="The same, to explore.",
        source="Source: quarterly returns.",
        table=_table("Luton's re-referrals, to explore"),
    )
