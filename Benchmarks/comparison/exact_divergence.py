"""KL(P || Q) of a layout, pair by pair in double precision: one measure for every embedding.

P has the wanted perplexity over all other points, whatever an implementation left out; numpy only.
"""

import numpy as np

BLOCK = 500


def squared_distances(left, right):
    squares = (left * left).sum(1)[:, None] + (right * right).sum(1)[None] - 2 * left @ right.T
    return np.maximum(squares, 0)


def conditional(squares, perplexity):
    """Rows of p(j|i); the distance to oneself is infinite. Bisection of the precision."""
    offsets = squares - squares.min(1, keepdims=True)
    others = np.isfinite(offsets)
    offsets = np.where(others, offsets, 0)
    low, high = np.zeros(len(offsets)), np.full(len(offsets), np.inf)
    precision = others.sum(1) / offsets.sum(1)
    for _ in range(100):
        weights = np.where(others, np.exp(-precision[:, None] * offsets), 0)
        total = weights.sum(1)
        entropy = np.log(total) + precision * (weights * offsets).sum(1) / total
        excess = entropy - np.log(perplexity)
        if np.abs(excess).max() < 1e-7:
            break
        low, high = np.where(excess > 0, precision, low), np.where(excess > 0, high, precision)
        precision = np.where(np.isinf(high), 2 * low, (low + high) / 2)
    return weights / total[:, None]


def affinities(points, perplexity):
    """[point, point] in float32, symmetric, adding up to 1."""
    points = points.astype(np.float64) - points.astype(np.float64).mean(0)
    count = len(points)
    rows = np.empty((count, count), np.float32)
    for start in range(0, count, BLOCK):
        squares = squared_distances(points[start : start + BLOCK], points)
        places = np.arange(len(squares))
        squares[places, start + places] = np.inf
        rows[start : start + BLOCK] = conditional(squares, perplexity)
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        mean = (rows[block, start:] + rows[start:, block].T) / (2 * count)
        rows[block, start:] = mean
        rows[start:, block] = mean.T
    return rows


def divergence(p, layout):
    layout = layout.astype(np.float64)
    normaliser, total = 0.0, 0.0
    for start in range(0, len(layout), BLOCK):
        spread = 1 + squared_distances(layout[start : start + BLOCK], layout)
        normaliser += (1 / spread).sum() - len(spread)
        rows = p[start : start + BLOCK].astype(np.float64)
        felt = rows > 0
        total += (rows[felt] * np.log(rows[felt] * spread[felt])).sum()
    return total + np.log(normaliser)
