"""How often a stable series gets a false signal: own quarters against rolling twelve months.

Run `python benchmarks/rolling_xmr.py`; the figures are quoted in docs/methods.md. Series are
drawn with no change in them at all, so every flag is false. Rolling values share three of four
quarters with the one before: the moving range over them is too small and runs come of themselves.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from slinb.methods.trend import FLAGS, xmr_many

SEED = 20260331
SERIES = 20_000
EVENTS = 120  # a quarter's events of a middling authority
CASES, SHARE = 150, 0.22  # a quarter's cases and the share of them: repeat plans, re-referrals


def main() -> None:
    random = np.random.default_rng(SEED)
    print(f"{SERIES:,} stable series each; share with a false signal, seed {SEED}")
    print(f"{'':34}{'any point':>10}{'last point':>12}   " + "".join(f"{f:>14}" for f in FLAGS))
    for points in (12, 20):
        for kind, draw in (("events", draw_events), ("proportion", draw_proportions)):
            own = draw(random, points + 3)
            report(f"{kind}, {points} quarters, own values", own[0][:, 3:] / own[1][:, 3:])
            report(f"{kind}, {points} quarters, rolling", roll(own[0]) / roll(own[1]))


def draw_events(random: np.random.Generator, points: int) -> tuple[np.ndarray, np.ndarray]:
    counts = random.poisson(EVENTS, (SERIES, points)).astype(float)
    return counts, np.ones_like(counts)


def draw_proportions(random: np.random.Generator, points: int) -> tuple[np.ndarray, np.ndarray]:
    cases = random.poisson(CASES, (SERIES, points)).clip(1)
    return random.binomial(cases, SHARE).astype(float), cases.astype(float)


def roll(counts: np.ndarray) -> np.ndarray:
    return np.lib.stride_tricks.sliding_window_view(counts, 4, axis=1).sum(axis=2)


def report(label: str, values: np.ndarray) -> None:
    series, points = values.shape
    frame = pd.DataFrame({"series": np.repeat(np.arange(series), points), "value": values.ravel()})
    flags = xmr_many(frame, "series")["flag"].to_numpy(dtype=object).reshape(series, points)
    flagged = pd.notna(flags)
    by_rule = "".join(f"{(flags == rule).any(axis=1).mean():14.1%}" for rule in FLAGS)
    print(f"{label:34}{flagged.any(axis=1).mean():10.1%}{flagged[:, -1].mean():12.1%}   {by_rule}")


if __name__ == "__main__":
    main()
