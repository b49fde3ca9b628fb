"""Gradient boosting of small trees on squared error: as much of it as the arbiter of bodies needs.

Friedman, "Greedy function approximation" (2001) and "Stochastic gradient boosting" (2002): each tree is grown on what
the ones before it have left over, and each split looks at some of the signs, drawn by a fixed seed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Tree = Any  # a number, or [sign, threshold, the tree up to it, the tree beyond]


@dataclass(frozen=True)
class Manner:
    """How trees are grown. `leaf`: the fewest rows of one; `drawn`: the share of signs that a split looks at."""

    trees: int = 150
    depth: int = 2
    rate: float = 0.08
    leaf: int = 15
    shrink: float = 5.0
    drawn: float = 0.2
    bins: int = 64
    seed: int = 0


@dataclass(frozen=True)
class _Table:
    """Each sign cut into bins at its quantiles, and where the cuts are."""

    binned: npt.NDArray[np.int64]
    edges: list[Floats]


def _table(signs: Floats, bins: int) -> _Table:
    quantiles = np.linspace(0, 1, bins + 1)[1:-1]
    edges = [np.unique(np.quantile(column, quantiles).round(4)) for column in signs.T]
    columns = [np.searchsorted(cuts, column, side="left") for cuts, column in zip(edges, signs.T, strict=True)]
    return _Table(np.column_stack(columns), edges)


def boosted(signs: Floats, gains: Floats, manner: Manner = Manner()) -> list[Tree]:
    """Trees whose sum estimates the gains; the rate is in their numbers."""
    drawing = np.random.default_rng(manner.seed)
    table, left = _table(signs, manner.bins), gains.copy()
    found = []
    for _ in range(manner.trees):
        tree = _grown(table, left, np.arange(len(left)), manner.depth, manner, drawing)
        left -= estimates([tree], signs)
        found.append(tree)
    return found


def _grown(
    table: _Table,
    left: Floats,
    rows: npt.NDArray[np.int64],
    depth: int,
    manner: Manner,
    drawing: np.random.Generator,
) -> Tree:
    split = _split(table, left, rows, manner, drawing) if depth and len(rows) >= 2 * manner.leaf else None
    if split is None:
        return round(float(manner.rate * left[rows].sum() / (len(rows) + manner.shrink)), 5)
    sign, cut = split
    up_to = table.binned[rows, sign] <= cut
    parts = (_grown(table, left, rows[part], depth - 1, manner, drawing) for part in (up_to, ~up_to))
    return [sign, float(table.edges[sign][cut]), *parts]


def _split(
    table: _Table, left: Floats, rows: npt.NDArray[np.int64], manner: Manner, drawing: np.random.Generator
) -> tuple[int, int] | None:
    """The sign and the cut that explain the most, if any explains something."""
    count = table.binned.shape[1]
    drawn = np.sort(drawing.choice(count, max(1, int(manner.drawn * count)), replace=False))
    found = [(*_cut(table, left, rows, sign, manner), int(sign)) for sign in drawn]
    worth, cut, sign = max(found, key=lambda one: (one[0], -one[2]))
    return (sign, cut) if worth > 0 else None


def _cut(table: _Table, left: Floats, rows: npt.NDArray[np.int64], sign: int, manner: Manner) -> tuple[float, int]:
    """What a sign's best cut explains, and the cut."""
    bins, size = table.binned[rows, sign], len(table.edges[sign]) + 1
    total, number = left[rows].sum(), len(rows)
    sums = np.cumsum(np.bincount(bins, left[rows], size))[:-1]
    counts = np.cumsum(np.bincount(bins, minlength=size))[:-1]
    enough = (counts >= manner.leaf) & (number - counts >= manner.leaf)
    if not enough.any():
        return 0.0, 0
    shrink = manner.shrink
    worth = sums**2 / (counts + shrink) + (total - sums) ** 2 / (number - counts + shrink)
    worth = np.where(enough, worth - total**2 / (number + shrink), -1.0)
    return float(worth.max()), int(worth.argmax())


def estimates(trees: list[Tree], signs: Floats) -> Floats:
    """The sum of what the trees say of each row."""
    return np.sum([_said(tree, signs) for tree in trees], axis=0)


def _said(tree: Tree, signs: Floats) -> Floats:
    if not isinstance(tree, list):
        return np.full(len(signs), float(tree))
    sign, threshold, up_to, beyond = tree
    return np.where(signs[:, sign] <= threshold, _said(up_to, signs), _said(beyond, signs))
