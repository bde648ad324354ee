"""Slopes that a result no longer tells. ``1 - y * y`` and ``y * (1 - y)`` are the slopes of tanh and sigmoid
as long as y has digits left beside 1; where it has few, the slope is computed from x when a node is made."""

from typing import Any, NamedTuple

import numpy as np

from ._primitive import primitive
from .kernels import on_device

_EDGE = 0.9
"""A result beyond this has lost digits beside 1 that its slope needs."""


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


def _bell(x, rate, name):
    """exp(-rate |x|) / (1 + exp(-rate |x|))**2."""
    if (k := on_device(x)) is not None and (out := getattr(k.elementwise, name)(x)) is not None:
        return out
    with np.errstate(all="ignore"):
        z = np.exp(np.absolute(x) * -rate)
        return z / np.square(1 + z)


def sigmoid_tail(x, out):
    """Where sigmoid is near 1; None where it is so nowhere. On a GPU, where to look would be to wait, all."""
    if type(out) is np.ndarray:
        if not out.size or out.flat[out.argmax()] <= _EDGE:
            return None
        if out.ndim:
            places = np.nonzero(out > _EDGE)
            return Tail(places, _bell(x[places], 1, "sigmoid_slope"))
    return Tail(..., _bell(x, 1, "sigmoid_slope"))


def tanh_tail(x, out):
    """Where tanh is near 1 or -1; None where it is so nowhere. On a GPU all."""
    if type(out) is np.ndarray:
        if not out.size or (out.flat[out.argmax()] <= _EDGE and out.flat[out.argmin()] >= -_EDGE):
            return None
        if out.ndim:
            places = np.nonzero(np.absolute(out) > _EDGE)
            return Tail(places, 4 * _bell(x[places], 2, "tanh_slope"))
    return Tail(..., 4 * _bell(x, 2, "tanh_slope"))


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
