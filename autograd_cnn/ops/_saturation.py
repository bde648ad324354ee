"""Slopes that a result no longer tells. ``1 - y * y`` and ``y * (1 - y)`` are the slopes of tanh and sigmoid
as long as y has digits left beside 1; where it has few, the slope is computed from x when a node is made."""

from typing import Any, NamedTuple

import numpy as np

from ._primitive import primitive
from .kernels import on_device

_EDGE = {np.dtype(kind): 1 - float(np.finfo(kind).eps) ** 0.5 for kind in ("f2", "f4", "f8")}
"""A result beyond this has less than half of the digits that its slope needs."""


class Tail(NamedTuple):
    """The places where a result does not tell its slope, and the slopes there."""

    places: Any
    slopes: Any

    def put(self, slope):
        """``slope`` with what it should be at these places."""
        if isinstance(slope, np.generic):
            slope = np.asarray(slope)
        slope[self.places] = self.slopes
        return slope


def _slope(x, rate):
    """rate**2 z / (1 + z)**2 for z = exp(-rate |x|): the slope of sigmoid for the rate 1, of tanh for 2."""
    if (k := on_device(x)) is not None and (out := k.elementwise.logistic_slope(x, rate)) is not None:
        return out
    if x.dtype == np.float16:
        x = x.astype(np.float32)  # as its rules are computed
    with np.errstate(all="ignore"):
        z = np.exp(np.absolute(x) * -rate)
        return rate * rate * z / np.square(1 + z)


def _tail(x, mask, rate):
    """The slopes where ``mask`` holds; where that is often, or on a GPU (to look there would be to wait), at
    all places, which takes less room than to say which."""
    if mask is not None and mask.ndim and 8 * np.count_nonzero(mask) < mask.size:
        places = np.nonzero(mask)
        return Tail(places, _slope(x[places], rate))
    return Tail(..., _slope(x, rate))


def sigmoid_tail(x, out):
    """Where sigmoid is near 1; None where it is so nowhere."""
    mask = None
    if type(out) is np.ndarray:
        edge = _EDGE[out.dtype]
        if not out.size or out.flat[out.argmax()] <= edge:
            return None
        mask = out > edge
    return _tail(x, mask, 1)


def tanh_tail(x, out):
    """Where tanh is near 1 or -1; None where it is so nowhere."""
    mask = None
    if type(out) is np.ndarray:
        edge = _EDGE[out.dtype]
        if not out.size or (out.flat[out.argmax()] <= edge and out.flat[out.argmin()] >= -edge):
            return None
        mask = np.absolute(out) > edge
    return _tail(x, mask, 2)


@primitive
def sigmoid_gradient(dy, y, /, *, tail=None):
    """dy y (1 - y) for y, the result of a sigmoid, with other slopes in its ``tail``."""
    slope = y * (1 - y)
    return dy * (slope if tail is None else tail.put(slope))


@sigmoid_gradient.vjp("dy", formula="g * y * (1 - y)")
def sigmoid_gradient_dy(g, y, tail):
    return sigmoid_gradient(g, y, tail=tail)


@sigmoid_gradient.vjp("y")
def sigmoid_gradient_y(g, dy, y):
    return g * dy * (1 - 2 * y)


@primitive
def tanh_gradient(dy, y, /, *, tail=None):
    """dy (1 - y**2) for y, the result of a tanh, with other slopes in its ``tail``."""
    slope = 1 - y * y
    return dy * (slope if tail is None else tail.put(slope))


@tanh_gradient.vjp("dy", formula="g * (1 - y * y)")
def tanh_gradient_dy(g, y, tail):
    return tanh_gradient(g, y, tail=tail)


@tanh_gradient.vjp("y")
def tanh_gradient_y(g, dy, y):
    return g * dy * (-2 * y)


for function in (sigmoid_gradient, tanh_gradient):
    function.samples(lambda draw: [(draw(2, 3), draw(2, 3)), (draw(()), draw(())), (draw(0, 3), draw(0, 3))])
