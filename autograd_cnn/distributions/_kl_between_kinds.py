"""KL divergences between distributions of different kinds: -H(p) - E[log q], expected under p.

log q(x) is a sum of few statistics of x, such as x, x**2 and log x, each of which is expected in closed form
under many p. So one table has log q in terms of statistics, others these, and every pair follows from them;
where p reaches beyond what q allows the divergence is infinite.
"""

import math
from collections.abc import Callable
from typing import Any

from .._functions.broadcasting import broadcast_shapes
from .._functions.comparison import where
from .._tensor import Tensor
from .beta import Beta
from .continuous_bernoulli import ContinuousBernoulli
from .exponential import Exponential
from .gamma import Gamma
from .gumbel import Gumbel
from .laplace import Laplace
from .normal import Normal
from .pareto import Pareto
from .uniform import Uniform
from .utils import euler_constant

__all__ = ["KINDS", "between_kinds"]

Statistic = dict[type, Callable[[Any], Any]]

BOUNDS: Statistic = {
    Beta: lambda p: (0.0, 1.0),
    ContinuousBernoulli: lambda p: (0.0, 1.0),
    Exponential: lambda p: (0.0, math.inf),
    Gamma: lambda p: (0.0, math.inf),
    Pareto: lambda p: (p.scale, math.inf),
    Uniform: lambda p: (p.low, p.high),
    Normal: lambda p: (-math.inf, math.inf),
    Laplace: lambda p: (-math.inf, math.inf),
    Gumbel: lambda p: (-math.inf, math.inf),
}
"""Between what the events lie."""


def _x_log_x(x: Tensor) -> Tensor:
    return where(x > 0, x * x.log(), 0.0)


def _uniform_log(low: Tensor, high: Tensor) -> Tensor:
    return (_x_log_x(high) - _x_log_x(low)) / (high - low) - 1


MEAN_LOG: Statistic = {
    Beta: lambda p: p.concentration1.digamma() - (p.concentration1 + p.concentration0).digamma(),
    Gamma: lambda p: p.concentration.digamma() - p.rate.log(),
    Exponential: lambda p: -euler_constant - p.rate.log(),
    Pareto: lambda p: p.scale.log() + p.alpha.reciprocal(),
    Uniform: lambda p: _uniform_log(p.low, p.high),
}
"""E[log x]."""

MEAN_LOG_OF_REST: Statistic = {
    Beta: lambda p: p.concentration0.digamma() - (p.concentration1 + p.concentration0).digamma(),
    Uniform: lambda p: _uniform_log(1 - p.high, 1 - p.low),
}
"""E[log(1 - x)]."""

DECAY: dict[type, Callable[[Any, Tensor], Tensor]] = {
    Exponential: lambda p, t: p.rate / (p.rate + t),
    Gamma: lambda p, t: (p.rate / (p.rate + t)) ** p.concentration,
    Normal: lambda p, t: (-t * p.loc + (t * p.scale) ** 2 / 2).exp(),
    Uniform: lambda p, t: ((-t * p.low).exp() - (-t * p.high).exp()) / (t * (p.high - p.low)),
}
"""E[exp(-t x)]."""


def _distance(p: Normal, center: Tensor) -> Tensor:
    apart, root = p.loc - center, math.sqrt(2.0)
    peak = p.scale * math.sqrt(2 / math.pi) * (-((apart / (root * p.scale)) ** 2)).exp()
    return peak + apart * (apart / (root * p.scale)).erf()


DISTANCE: dict[type, Callable[[Any, Tensor], Tensor]] = {Normal: _distance}
"""E|x - center|."""


def _of(table: dict[type, Callable[..., Any]], p: Any, *others: Any) -> Any:
    """What ``table`` has for the kind of ``p``, or for the class nearest above it, of ``p`` and ``others``;
    NotImplementedError where nobody knows it."""
    for kind in type(p).__mro__:
        if kind in table:
            return table[kind](p, *others)
    raise NotImplementedError(f"the divergence needs a statistic that {type(p).__name__} has not")


def _expected_beta(q: Beta, p: Any) -> Tensor:
    a, b = q.concentration1, q.concentration0
    normalizer = a.lgamma() + b.lgamma() - (a + b).lgamma()
    return (a - 1) * _of(MEAN_LOG, p) + (b - 1) * _of(MEAN_LOG_OF_REST, p) - normalizer


def _expected_gamma(q: Gamma, p: Any) -> Tensor:
    c, rate = q.concentration, q.rate
    return c * rate.log() - c.lgamma() + (c - 1) * _of(MEAN_LOG, p) - rate * p.mean


def _expected_gumbel(q: Gumbel, p: Any) -> Tensor:
    t = q.scale.reciprocal()
    return (q.loc - p.mean) * t - (q.loc * t).exp() * _of(DECAY, p, t) - q.scale.log()


def _expected_laplace(q: Laplace, p: Any) -> Tensor:
    return -_of(DISTANCE, p, q.loc) / q.scale - (2 * q.scale).log()


def _expected_normal(q: Normal, p: Any) -> Tensor:
    square = p.variance + (p.mean - q.loc) ** 2
    return -square / (2 * q.scale**2) - q.scale.log() - 0.5 * math.log(2 * math.pi)


EXPECTED: dict[type, Callable[[Any, Any], Tensor]] = {
    Beta: _expected_beta,
    ContinuousBernoulli: lambda q, p: p.mean * q.logits + (-q.probs).log1p() + q._log_constant(),
    Exponential: lambda q, p: q.rate.log() - q.rate * p.mean,
    Gamma: _expected_gamma,
    Gumbel: _expected_gumbel,
    Laplace: _expected_laplace,
    Normal: _expected_normal,
    Pareto: lambda q, p: q.alpha.log() + q.alpha * q.scale.log() - (q.alpha + 1) * _of(MEAN_LOG, p),
    Uniform: lambda q, p: -(q.high - q.low).log(),
}
"""E[log q], expected under p."""

KINDS = tuple(BOUNDS)


def between_kinds(p: Any, q: Any) -> Tensor:
    """KL(p, q) of two of ``KINDS`` or their subclasses; NotImplementedError where a statistic of p is
    unknown."""
    (low, high), (least, most) = _of(BOUNDS, p), _of(BOUNDS, q)
    shape = broadcast_shapes(p.batch_shape, q.batch_shape)
    zeros = p.mean.new_zeros(shape)
    outside = (zeros + low < zeros + least) | (zeros + high > zeros + most)
    if outside.all():
        return zeros + math.inf
    value = -p.entropy() - _of(EXPECTED, q, p)
    return where(outside, math.inf, value)
