"""Reductions over axes. ``axis`` is None (all), an int or a tuple; the gradient goes back to every reduced
element."""

import math

import numpy as np

from ._arrays import array_module, in_rows, largest, normalize_axes
from ._broadcasting import broadcast_to
from ._comparison import where
from ._errors import ShapeError
from ._exponential import exp
from ._movement import flip, reshape
from ._primitive import primitive
from ._scan import cumprod, following, previous
from ._summation import total


def kept_shape(shape: tuple[int, ...], axis) -> tuple[int, ...]:
    """``shape`` with the reduced axes kept at size 1."""
    axes = normalize_axes(axis, len(shape))
    return tuple(1 if i in axes else n for i, n in enumerate(shape))


def reduced_count(shape: tuple[int, ...], axis) -> int:
    """How many elements go into one result."""
    return math.prod(shape[i] for i in normalize_axes(axis, len(shape)))


def unreduce(g, shape, axis):
    """A reduction's result, repeated over the axes it was reduced along: the adjoint of sum."""
    return broadcast_to(reshape(g, shape=kept_shape(shape, axis)), shape=shape)


@primitive(linear=True)
@in_rows
def sum(x, /, *, axis=None, keepdims=False):
    return total(x, axis, keepdims)


@sum.vjp("x")
def sum_x(g, x_shape, axis):
    return unreduce(g, x_shape, axis)


@primitive(linear=True)
@in_rows
def mean(x, /, *, axis=None, keepdims=False):
    """The mean; NaN where there is nothing to average, as in PyTorch."""
    return total(x, axis, keepdims) / x.dtype.type(reduced_count(x.shape, axis))


@mean.vjp("x")
def mean_x(g, x_shape, axis):
    return unreduce(g / reduced_count(x_shape, axis), x_shape, axis)


@primitive
@in_rows
def amax(x, /, *, axis=None, keepdims=False):
    """The largest element; equal winners share the gradient evenly. NaN wins, and gets the gradient."""
    _refuse_empty("amax", x, axis)
    return x.max(axis=axis, keepdims=keepdims)


@primitive
@in_rows
def amin(x, /, *, axis=None, keepdims=False):
    """The smallest element; equal winners share the gradient evenly. NaN wins, and gets the gradient."""
    _refuse_empty("amin", x, axis)
    return x.min(axis=axis, keepdims=keepdims)


@primitive(differentiable=False)
def tied(x, y, /):
    """1 where x is y, also where both are NaN, else 0; in x's dtype."""
    return (np.equal(x, y) | (np.isnan(x) & np.isnan(y))).astype(x.dtype)


tied.samples(lambda draw: [(draw(2, 3), draw(2, 3)), (draw(()), draw(()))])


def share_among_winners(g, x, out, axis):
    """The gradient of an element chosen by its size: spread evenly over the elements that equal it."""
    winners = tied(x, unreduce(out, x.shape, axis))
    return winners * (unreduce(g, x.shape, axis) / sum(winners, axis=axis, keepdims=True))


@amax.vjp("x")
def amax_x(g, x, out, axis):
    return share_among_winners(g, x, out, axis)


@amin.vjp("x")
def amin_x(g, x, out, axis):
    return share_among_winners(g, x, out, axis)


def _refuse_empty(name, x, axis):
    if reduced_count(x.shape, axis) == 0:
        raise ShapeError(
            f"{name}: there is no element to choose along axis {axis} of shape {x.shape}; give an "
            "axis that is not empty"
        )


@primitive
@in_rows
def prod(x, /, *, axis, keepdims=False):
    """The product along one axis; its gradient is right where elements are zero, to any order."""
    return x.prod(axis=axis, keepdims=keepdims, dtype=x.dtype)


@prod.vjp("x")
def prod_x(g, x, axis):
    return unreduce(g, x.shape, axis) * (previous(cumprod(x, axis=axis), axis, 1.0) * product_after(x, axis))


def product_after(x, axis):
    """For each element the product of those after it."""
    return following(flip(cumprod(flip(x, axis=axis), axis=axis), axis=axis), axis, 1.0)


prod.samples(
    lambda draw: [
        draw.call(draw(2, 3, 4), axis=1),
        draw.call(draw(3, 2), axis=-2, keepdims=True),
        draw.call(draw(3), axis=0),
        draw.call(draw(0, 3), axis=1),
    ]
)


@primitive(differentiable=False)
@in_rows
def all(x, /, *, axis=None, keepdims=False):
    """Whether every element counts as true; NaN does."""
    return np.all(x, axis=axis, keepdims=keepdims)


@primitive(differentiable=False)
@in_rows
def any(x, /, *, axis=None, keepdims=False):
    """Whether some element counts as true; NaN does."""
    return np.any(x, axis=axis, keepdims=keepdims)


@primitive(differentiable=False)
def count_nonzero(x, /, *, axis=None):
    """How many elements are not 0."""
    return np.not_equal(x, 0).sum(axis=axis, dtype=np.int64)


def _truths(draw):
    return [draw.mask(2, 3), draw.call(draw(2, 3), axis=1), draw.call(draw(0, 3), axis=0)]


all.samples(_truths)
any.samples(_truths)
count_nonzero.samples(_truths)


@primitive(differentiable=False)
@in_rows
def argmax(x, /, *, axis=None, keepdims=False):
    """The index of the (first) largest element, in the flattened array where ``axis`` is None."""
    return array_module(x).argmax(x, axis=axis, keepdims=keepdims)


@primitive(differentiable=False)
@in_rows
def argmin(x, /, *, axis=None, keepdims=False):
    """The index of the (first) smallest element, in the flattened array where ``axis`` is None."""
    return array_module(x).argmin(x, axis=axis, keepdims=keepdims)


def _choices(draw):
    return [draw.call(draw(2, 3), axis=1), draw(2, 3)]


argmax.samples(_choices)
argmin.samples(_choices)


@primitive
@in_rows
def logsumexp(x, /, *, axis=None, keepdims=False):
    """log of the sum of exp(x), with the maximum taken out first so that nothing overflows."""
    top = largest(x, axis)
    top = np.where(np.isfinite(top), top, x.dtype.type(0))
    out = np.log(total(np.exp(x - top), axis, keepdims=True)) + top
    return (
        out
        if keepdims
        else np.reshape(out, [n for i, n in enumerate(out.shape) if i not in normalize_axes(axis, x.ndim)])
    )


@logsumexp.vjp("x", formula="unreduce(g, x.shape, axis) * exp(x - unreduce(out, x.shape, axis))")
def logsumexp_x(g, x, out, axis):
    return unreduce(g, x.shape, axis) * exp(x - unreduce(where(out == -math.inf, 0.0, out), x.shape, axis))


def _reductions(draw):
    return [
        draw.call(draw.distinct(2, 3, 4)),
        draw.call(draw.distinct(2, 3, 4), axis=1),
        draw.call(draw.distinct(2, 3, 4), axis=(0, -1), keepdims=True),
        draw.call(draw.distinct(()), axis=None),
        draw.call(draw(0, 3), axis=1),
    ]


sum.samples(_reductions)
mean.samples(_reductions)
amax.samples(_reductions)
amin.samples(_reductions)
logsumexp.samples(_reductions)
