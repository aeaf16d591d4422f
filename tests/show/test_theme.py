"""Contrast of every pair of colours, and their distance to colour-blind eyes."""

from __future__ import annotations

import re
from importlib.resources import files

import numpy as np
import pytest

from slinb.show.theme import (
    COLOURS,
    SERIES,
    notebook_style_html,
    page_css,
    plotly_template,
    recolour_svg,
    tokens_css,
    use_matplotlib_theme,
)

MODES = ("light", "dark")
TEXT = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "link") for ground in ("paper", "surface")],
    ("ink", "better-soft"),
    ("ink", "worse-soft"),
    ("better-ink", "better"),
    ("worse-ink", "worse"),
    ("better-soft-ink", "better-soft"),
    ("worse-soft-ink", "worse-soft"),
    ("neutral-soft-ink", "neutral-soft"),
    ("sample-ink", "sample"),
]
GRAPHICS = [
    *[(mark, "paper") for mark in ("better", "worse", "neutral", "rule", "focus", *SERIES)],
    ("neutral", "neutral-soft"),
    ("better", "better-soft"),
    ("worse", "worse-soft"),
]


def to_linear(colour: str) -> np.ndarray:
    """sRGB to linear light (WCAG 2.2, relative luminance)."""
    parts = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Contrast ratio as WCAG 2.2 defines it."""
    light = sorted(float(to_linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light[1] + 0.05) / (light[0] + 0.05)


def test_the_contrast_formula_agrees_with_known_pairs() -> None:
    """Black on white is 21; #767676 on white is the well-known 4.54 (WebAIM)."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.005)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_contrast(ink: str, ground: str, mode: str) -> None:
    assert contrast(getattr(COLOURS[ink], mode), getattr(COLOURS[ground], mode)) >= 4.5


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(("mark", "ground"), GRAPHICS)
def test_drawn_things_have_contrast(mark: str, ground: str, mode: str) -> None:
    assert contrast(getattr(COLOURS[mark], mode), getattr(COLOURS[ground], mode)) >= 3


# Machado, Oliveira and Fernandes (2009), severity 1.0.
DEFICIENCIES = {
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}


def to_lab(linear: np.ndarray) -> np.ndarray:
    """Linear sRGB to CIE L*a*b*, D65."""
    matrix = [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
    xyz = np.array(matrix) @ np.clip(linear, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("deficiency", DEFICIENCIES)
@pytest.mark.parametrize(
    ("one", "other", "least"), [("better", "worse", 40), ("better-soft", "worse-soft", 10)]
)
def test_better_and_worse_stay_apart_for_colour_blind_readers(
    one: str, other: str, least: float, deficiency: str, mode: str
) -> None:
    """CIE76 distance after simulation; 2.3 is just noticeable, 10 seen at a glance."""
    seen = [
        to_lab(np.array(DEFICIENCIES[deficiency]) @ to_linear(getattr(COLOURS[name], mode)))
        for name in (one, other)
    ]
    assert float(np.linalg.norm(seen[0] - seen[1])) >= least


def test_light_values_are_all_different() -> None:
    light = [token.light for token in COLOURS.values()]
    assert len(set(light)) == len(light)


def test_every_token_that_a_style_sheet_uses_exists() -> None:
    used = set(re.findall(r"var\(--([\w-]+)\)", page_css('<svg class="strip"'))) - {"font"}
    assert used <= set(COLOURS)


@pytest.mark.parametrize("name", ["theme.css", "page.css", "lab.css"])
def test_style_sheets_hold_no_colour_of_their_own_and_load_nothing(name: str) -> None:
    css = (files("slinb.show") / name).read_text(encoding="utf-8")
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b", css.replace("#{{", ""))
    assert "@import" not in css and "url(" not in css


def test_dark_tokens_apply_on_screen_only_where_the_reader_asks() -> None:
    light, dark = tokens_css().split("@media screen and (prefers-color-scheme:dark)")
    assert COLOURS["paper"].light in light and COLOURS["paper"].dark in dark


def test_a_drawing_is_recoloured_by_tokens() -> None:
    assert recolour_svg('style="fill: #17212c"') == 'style="fill: var(--ink)"'


def test_notebook_style_carries_the_parts_but_not_the_page() -> None:
    style = notebook_style_html()
    assert ".slinb.rug" in style and "--better:" in style and ".foot" not in style
    assert ".jp-RenderedHTML" in style and "jp-" not in page_css()


def test_charts_share_the_tokens() -> None:
    import matplotlib as mpl

    with mpl.rc_context():
        use_matplotlib_theme()
        cycle = [entry["color"] for entry in mpl.rcParams["axes.prop_cycle"]]
        assert mpl.rcParams["text.color"] == COLOURS["ink"].light
    assert cycle == list(plotly_template().layout.colorway)
    assert not {COLOURS["better"].light, COLOURS["worse"].light} & set(cycle)
