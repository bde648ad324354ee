"""Softmax with cross-entropy over rows of logits, serially: it is small beside the layers before it."""

import math

import numpy as np

from ._launch import inner


@inner
def _cross_entropy(x, labels, ignored):
    """The mean loss over labels that count, and the place of a label that is no class (-1: none)."""
    rows, classes = x.shape
    total, count = 0.0, 0
    for r in range(rows):
        label = labels[r]
        if label == ignored:
            continue
        if label < 0 or label >= classes:
            return 0.0, r
        line = x[r]
        largest = line[0]
        for c in range(classes):
            largest = max(largest, line[c])
        if not math.isfinite(largest):
            largest = np.float32(0)
        spread = 0.0
        for c in range(classes):
            spread += np.exp(line[c] - largest)
        total += np.log(spread) + largest - line[label]
        count += 1
    return total / count, -1


def cross_entropy(x, labels, ignored):
    """The loss as an array without axes, or the place of a label that is no class."""
    loss, wrong = _cross_entropy(x, labels, ignored)
    return np.asarray(loss, np.float32), wrong


@inner
def _gradient(x, labels, ignored, out):
    rows, classes = x.shape
    count = 0
    for r in range(rows):
        if labels[r] != ignored:
            count += 1
    for r in range(rows):
        line, to = x[r], out[r]
        if labels[r] == ignored:
            to[:] = 0
            continue
        largest = line[0]
        for c in range(classes):
            largest = max(largest, line[c])
        if not math.isfinite(largest):
            largest = np.float32(0)
        spread = np.float32(0)
        for c in range(classes):
            to[c] = np.exp(line[c] - largest)
            spread += to[c]
        scale = np.float32(1) / (spread * np.float32(count))
        for c in range(classes):
            to[c] *= scale
        to[labels[r]] -= np.float32(1) / np.float32(count)


def cross_entropy_gradient(x, labels, ignored):
    """(softmax(x) - 1 at the label) / number of labels that count; zero rows for the others."""
    out = np.empty_like(x)
    _gradient(x, labels, ignored, out)
    return out
