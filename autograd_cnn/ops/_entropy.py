"""Entropy, and cross-entropy of probabilities that two outcomes share, elementwise."""

import numpy as np

from ._bounds import clamp_min
from ._exponential import log, log1p, logaddexp, logistic
from ._primitive import primitive


@primitive(promotes="float")
def entropy(x, /):
    """-x log(x); 0 at 0, where it is infinitely steep, and -inf below."""
    return np.where(x > 0, -x * np.log(x), np.where(x < 0, -np.inf, x * 0))


@entropy.vjp("x")
def entropy_x(g, x):
    return -g * (log(x) + 1)


entropy.samples(lambda draw: [draw.positive(2, 3), draw.positive(()), draw(0, 3)])

LEAST_LOG = -100.0
"""No logarithm counts as less: a probability of exactly 0 costs 100."""
LEAST_DIVISOR = float(np.float32(1e-12))
"""By no less is the gradient divided: beside a wrong answer of 0 or 1 it stays finite."""


@primitive(broadcasts=True, promotes="common")
def binary_cross_entropy(x, t, /):
    """-t log(x) - (1 - t) log(1 - x) for probabilities x and targets t; both logarithms are at least -100, as
    in PyTorch."""
    return (t - 1) * np.maximum(np.log1p(-x), LEAST_LOG) - t * np.maximum(np.log(x), LEAST_LOG)


@binary_cross_entropy.vjp("x")
def binary_cross_entropy_x(g, x, t):
    return g * ((1 - t) / clamp_min(1 - x, LEAST_DIVISOR) - t / clamp_min(x, LEAST_DIVISOR))


@binary_cross_entropy.vjp("t")
def binary_cross_entropy_t(g, x):
    return g * (log1p(-x) - log(x))


binary_cross_entropy.samples(
    lambda draw: [
        (draw.uniform(2, 3, low=0.1, high=0.9), draw.uniform(2, 3, low=0.1, high=0.9)),
        (draw.uniform(2, 1, low=0.1, high=0.9), draw.uniform(3, low=0.1, high=0.9)),
        (draw.uniform(0, 3, low=0.1, high=0.9), draw.uniform(0, 3, low=0.1, high=0.9)),
    ]
)


@primitive(broadcasts=True, promotes="float")
def logistic_loss(x, positive, negative, /):
    """positive log(1 + exp(-x)) + negative log(1 + exp(x)), without overflow, and exact where it is small."""
    straight = np.where(np.greater_equal(x, 0), negative, np.negative(positive)) * x
    return straight + np.log1p(np.exp(-np.absolute(x))) * np.add(positive, negative)


@logistic_loss.vjp("x")
def logistic_loss_x(g, x, positive, negative):
    return g * (negative * logistic(x) - positive * logistic(-x))


@logistic_loss.vjp("positive", formula="g * logaddexp(0.0, -x)")
def logistic_loss_positive(g, x):
    return g * logaddexp(0.0, -x)


@logistic_loss.vjp("negative", formula="g * logaddexp(0.0, x)")
def logistic_loss_negative(g, x):
    return g * logaddexp(0.0, x)


logistic_loss.samples(
    lambda draw: [
        (draw(2, 3), draw(2, 3), draw(2, 3)),
        (draw(2, 1), draw(3), draw(())),
        (draw(0, 3), draw(0, 3), draw(0, 3)),
    ]
)
