"""Softmax with cross-entropy over rows of logits."""

import numpy as np
from numba import prange, types

from ._exponential import exp
from ._launch import INT, inner, kernel, read, written

BLOCK = 512
"""So many exponentials are added in float32; their sums in float64."""
LANES = 16
"""Partial maxima of a row: one would make each comparison wait for the one before."""


@inner
def _largest(line):
    """The largest number of a row: what is subtracted before exponentials are taken. Infinite, it makes the
    row NaN, as in PyTorch."""
    best = np.full(LANES, -np.inf, np.float32)
    for first in range(0, line.size - LANES + 1, LANES):
        for i in range(LANES):
            value = line[first + i]
            best[i] = value if value > best[i] else best[i]
    for c in range(line.size - line.size % LANES, line.size):
        best[0] = line[c] if line[c] > best[0] else best[0]
    return best.max()


@kernel(read(2), read(1, INT), INT, written(1, types.float64))
def _cross_entropy(x, labels, ignored, losses):
    rows, classes = x.shape
    for r in prange(rows):
        label, line = labels[r], x[r]
        if label == ignored or label < 0 or label >= classes:
            losses[r] = 0
        else:
            largest, spread = _largest(line), np.float64(0)
            for first in range(0, classes, BLOCK):
                part = np.float32(0)
                for c in range(first, min(first + BLOCK, classes)):
                    part += exp(line[c] - largest)
                spread += part
            losses[r] = np.log(spread) + (np.float64(largest) - line[label])


def cross_entropy(x, labels, ignored):
    """The mean loss over labels that count, as an array without axes, and whether some label is no class."""
    losses = np.empty(len(x))
    _cross_entropy.sized(2 * x.size, x, labels, ignored, losses)
    counts = labels != ignored
    wrong = counts & ((labels < 0) | (labels >= x.shape[1]))
    return np.asarray(losses.sum() / np.count_nonzero(counts), np.float32), wrong.any()


@kernel(read(2), read(1, INT), INT, INT, written(2))
def _gradient(x, labels, ignored, count, out):
    rows, classes = x.shape
    for r in prange(rows):
        line, to = x[r], out[r]
        if labels[r] == ignored:
            to[:] = 0
        else:
            largest, spread = _largest(line), np.float64(0)
            for c in range(classes):
                to[c] = exp(line[c] - largest)
            for first in range(0, classes, BLOCK):
                part = np.float32(0)
                for c in range(first, min(first + BLOCK, classes)):
                    part += to[c]
                spread += part
            scale = np.float32(1 / (spread * count))
            for c in range(classes):
                to[c] *= scale
            to[labels[r]] -= np.float32(1) / np.float32(count)


def cross_entropy_gradient(x, labels, ignored):
    """(softmax(x) - 1 at the label) / number of labels that count; zero rows for the others."""
    out = np.empty_like(x)
    _gradient.sized(2 * x.size, x, labels, ignored, np.count_nonzero(labels != ignored), out)
    return out
