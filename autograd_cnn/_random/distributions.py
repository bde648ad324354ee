"""Counts and heavy tails from PyTorch's CPU stream: Poisson, binomial, multinomial, geometric, Cauchy and
log-normal numbers.

They follow PyTorch's recipes draw by draw (``_random`` has the stream), so the same seed gives the same
numbers.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .stream import Array, Shape, Source, exponential, single_normals, stream_of


def _uniform(generator: Source) -> Callable[[], float]:
    """A function that draws the next number of [0, 1), of 53 bits."""
    return stream_of(generator).unit


def poisson(rates: Array, *, generator: Source = None) -> Array:
    """One count for each rate: products of uniform numbers below 10, Hörmann's transformed rejection (1993)
    from there on."""
    draw = _uniform(generator)
    return np.array([_poisson(float(rate), draw) for rate in rates.reshape(-1)], rates.dtype).reshape(
        rates.shape
    )


def _poisson(rate: float, draw: Callable[[], float]) -> int:
    if rate < 10:
        count, product, bound = 0, 1.0, math.exp(-rate)
        while rate:
            product *= draw()
            if product <= bound:
                break
            count += 1
        return count
    b = 0.931 + 2.53 * math.sqrt(rate)
    a = -0.059 + 0.02483 * b
    inverse_alpha, v_r = 1.1239 + 1.1328 / (b - 3.4), 0.9277 - 3.6224 / (b - 2)
    while True:
        u, v = draw() - 0.5, draw()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + rate + 0.43) if us else -1
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0 or (us < 0.013 and v > us) or v == 0:
            continue
        if math.log(v) + math.log(inverse_alpha) - math.log(a / (us * us) + b) <= -rate + k * math.log(
            rate
        ) - math.lgamma(k + 1):
            return k


def binomial(counts: Array, chances: Array, *, generator: Source = None) -> Array:
    """How many of ``counts`` trials succeed: by geometric gaps where few are expected, else Hörmann's BTRS
    (1993)."""
    draw = _uniform(generator)
    many = (
        counts * np.minimum(chances, 1 - chances) >= 10
    )  # in the operands' precision, as PyTorch decides it
    cases = zip(*(x.reshape(-1).tolist() for x in (counts, chances, many)), strict=True)
    return np.array([_binomial(n, p, reject, draw) for n, p, reject in cases], counts.dtype).reshape(
        counts.shape
    )


def _binomial(n: float, p: float, many: bool, draw: Callable[[], float]) -> float:
    if math.isnan(n) or math.isnan(p):
        return math.nan
    if n <= 0 or p <= 0:
        return 0
    if p >= 1:
        return n
    if p > 0.5:
        return n - _binomial(n, 1 - p, many, draw)
    return _rejected(n, p, draw) if many else _gaps(n, p, draw)


def _gaps(n: float, p: float, draw: Callable[[], float]) -> int:
    """The number of geometric gaps between successes that fit into n trials."""
    successes, trials = 0, 0
    while True:
        u = draw()
        trials += math.ceil(math.log(u) / math.log1p(-p)) if u else int(n) + 1
        if trials > n:
            return successes
        successes += 1


def _rejected(n: float, p: float, draw: Callable[[], float]) -> int:
    """Transformed rejection with squeeze."""
    deviation, r, m = math.sqrt(n * p * (1 - p)), p / (1 - p), math.floor((n + 1) * p)
    b = 1.15 + 2.53 * deviation
    a = -0.0873 + 0.0248 * b + 0.01 * p
    alpha, v_r = (2.83 + 5.1 / b) * deviation, 0.92 - 4.2 / b
    while True:
        u, v = draw() - 0.5, draw()
        us = 0.5 - abs(u)
        k = math.floor((2 * a / us + b) * u + n * p + 0.5) if us else -1
        if not 0 <= k <= n:
            continue
        if us >= 0.07 and v <= v_r:
            return k
        bound = (m + 0.5) * math.log((m + 1) / (r * (n - m + 1))) + (n + 1) * math.log(
            (n - m + 1) / (n - k + 1)
        )
        bound += (
            (k + 0.5) * math.log(r * (n - k + 1) / (k + 1))
            + _tail(m)
            + _tail(n - m)
            - _tail(k)
            - _tail(n - k)
        )
        if v == 0 or math.log(v * alpha / (a / (us * us) + b)) <= bound:
            return k


def _tail(k: float) -> float:
    """What Stirling's formula lacks of log k!."""
    if k <= 9:
        return math.lgamma(k + 1) - ((k + 0.5) * math.log(k + 1) - (k + 1) + 0.5 * math.log(2 * math.pi))
    square = (k + 1) ** 2
    return (1 / 12 - (1 / 360 - 1 / 1260 / square) / square) / (k + 1)


def multinomial(
    weights: Array,
    count: int,
    replacement: bool = False,
    *,
    generator: Source = None,
    order: Sequence[int] | None = None,
) -> Array:
    """``count`` indices drawn with probability proportional to the ``weights`` along the last axis.
    ``order``: the axes of the weights, the slowest first, in which numbers are drawn for them.

    RuntimeError where these are no weights: negative, not finite, all 0, or fewer than what is to be drawn
    without ``replacement``.
    """
    if not replacement and count > weights.shape[-1]:
        raise RuntimeError(
            f"cannot sample n_sample > prob_dist.size(-1) samples without replacement ({count} > "
            f"{weights.shape[-1]})"
        )
    if not (np.isfinite(weights).all() and (weights >= 0).all()):
        raise RuntimeError("probability tensor contains either `inf`, `nan` or element < 0")
    if weights.size and (weights.sum(-1) == 0).any():
        raise RuntimeError("invalid multinomial distribution (sum of probabilities <= 0)")
    if not replacement or count == 1:
        axes = list(range(weights.ndim)) if order is None else list(order)
        shape = tuple([weights.shape[axis] for axis in axes])
        rivals = exponential(shape, generator=generator, dtype=weights.dtype).transpose(np.argsort(axes))
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            race = weights / rivals
        ranked: Array = np.flip(np.argsort(race, -1, kind="stable"), -1)
        return race.argmax(-1, keepdims=True) if count == 1 else ranked[..., :count].copy()
    rows = weights.reshape(-1, weights.shape[-1])
    units = stream_of(generator).units(len(rows) * count, np.dtype(np.float64)).reshape(len(rows), count)
    chosen = np.empty((len(rows), count), np.int64)
    for row, points, out in zip(rows, units, chosen, strict=True):
        heights = np.cumsum(row)
        heights /= heights[-1]
        heights[-1] = 1
        out[:] = np.searchsorted(heights, points, "left")
    return chosen.reshape(*weights.shape[:-1], count)


def _units(shape: Shape, generator: Source) -> Array:
    return stream_of(generator).units(math.prod(shape), np.dtype(np.float64)).reshape(shape)


def geometric(shape: Shape, p: float, *, generator: Source = None, dtype: Any = np.float32) -> Array:
    """The number of trials up to the first success, of probability ``p`` each."""
    if not 0 < p < 1:
        raise RuntimeError(f"geometric_ expects p to be in (0, 1), but got p={p:g}")
    with np.errstate(divide="ignore"):
        return np.ceil(np.log(_units(shape, generator)) / math.log1p(-p)).astype(dtype)


def cauchy(
    shape: Shape,
    median: float = 0.0,
    sigma: float = 1.0,
    *,
    generator: Source = None,
    dtype: Any = np.float32,
) -> Array:
    """Numbers of the Cauchy distribution with density sigma / pi / ((x - median)**2 + sigma**2)."""
    if not sigma > 0:
        raise RuntimeError(f"cauchy_ expects sigma > 0.0, but found sigma={sigma:g}")
    return (median + sigma * np.tan(math.pi * (_units(shape, generator) - 0.5))).astype(dtype)


def log_normal(
    shape: Shape, mean: float = 1.0, std: float = 2.0, *, generator: Source = None, dtype: Any = np.float32
) -> Array:
    """The exponential of normal numbers."""
    if not std > 0:
        raise RuntimeError(f"log_normal_ expects std > 0.0, but found std={std:g}")
    normals = np.array(single_normals(stream_of(generator), math.prod(shape)), np.float64)
    return np.exp(normals * std + mean).astype(dtype).reshape(shape)
