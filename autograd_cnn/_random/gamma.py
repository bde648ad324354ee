"""Gamma numbers from PyTorch's CPU stream, of any concentration."""

import math

import numpy as np

from .stream import Array, Source, Stream, single_normals, stream_of

__all__ = ["gamma"]


def gamma(concentration: Array, *, generator: Source = None) -> Array:
    """One number of rate 1 for each concentration, in float64: Marsaglia and Tsang's squeeze (2000)."""
    stream = stream_of(generator)
    drawn = [_squeezed(float(c), stream) for c in concentration.reshape(-1)]
    return np.array(drawn, np.float64).reshape(concentration.shape)


def _squeezed(c: float, stream: Stream) -> float:
    if not c > 0:
        return math.nan if math.isnan(c) else 0.0
    factor = 1.0
    if c < 1:  # a number of concentration c + 1, made smaller
        factor, c = (1 - stream.unit()) ** (1 / c), c + 1
    d = c - 1 / 3
    step = 1 / math.sqrt(9 * d)
    while True:
        x = single_normals(stream, 1)[0]
        y = 1 + step * x
        if y <= 0:
            continue
        v, u = y**3, 1 - stream.unit()
        if u < 1 - 0.0331 * x**4 or math.log(u) < 0.5 * x * x + d * (1 - v + math.log(v)):
            return factor * d * v
