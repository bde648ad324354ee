"""Scans: each result gathers what stands before it along an axis.

Their gradients are scans again. One linear recurrence, ``h[t] = a[t] h[t-1] + b[t]``, serves the products
(where it makes the gradient right at zeros, to any order) and the exponentials (where it keeps every factor
below 1).
"""

import numpy as np

from ._arrays import array_module, in_rows
from ._exponential import exp
from ._movement import flip
from ._padding import crop, pad
from ._primitive import primitive
from .kernels import on_host


def previous(x, axis, first):
    """x moved one step along ``axis``: each element is the one before; ``first`` stands in front."""
    return crop(pad(x, widths=_ends(x.ndim, axis, 1, 0), value=first), widths=_ends(x.ndim, axis, 0, 1))


def following(x, axis, last):
    """x moved one step back along ``axis``: each element is the one after; ``last`` stands at the end."""
    return crop(pad(x, widths=_ends(x.ndim, axis, 0, 1), value=last), widths=_ends(x.ndim, axis, 1, 0))


def _ends(ndim, axis, before, after):
    return tuple((before, after) if i == axis % ndim else (0, 0) for i in range(ndim))


def accumulate(combine, x, axis):
    """``combine.accumulate``; CuPy has none, there in log2(n) steps, each of which doubles what an element
    has gathered."""
    if array_module(x) is np:
        return combine.accumulate(x, axis=axis)
    out = np.moveaxis(x.copy(), axis, 0)
    reach = 1
    while reach < len(out):
        out[reach:] = combine(out[reach:], out[:-reach])
        reach *= 2
    return np.moveaxis(out, 0, axis)


def _in_double(scan, x):
    """A scan of float32 in float64: its elements are added one after the other, so that errors add up."""
    return scan(x.astype(np.float64)).astype(x.dtype) if x.dtype == np.float32 else scan(x)


def _compiled(*arrays):
    """The compiled scans where they are worth it for these arrays; else None."""
    size = arrays[0].size
    k = on_host(size) if size and all(type(a) is np.ndarray for a in arrays) else None
    return None if k is None else k.scan


def _by_kernel(x, axis, product, reverse=False):
    return None if (k := _compiled(x)) is None else k.scan(x, axis, product, reverse)


@primitive(linear=True)
@in_rows
def cumsum(x, /, *, axis, reverse=False):
    """The sums of the elements up to each; with ``reverse`` of those from it on."""
    out = _by_kernel(x, axis, False, reverse)
    if out is not None:
        return out
    if reverse:
        return np.flip(_in_double(lambda z: np.cumsum(z, axis=axis, dtype=z.dtype), np.flip(x, axis)), axis)
    return _in_double(lambda z: np.cumsum(z, axis=axis, dtype=z.dtype), x)


@cumsum.vjp("x")
def cumsum_x(g, axis, reverse):
    return cumsum(g, axis=axis, reverse=not reverse)


@primitive
def recurrence(a, b, /, *, axis):
    """h[t] = a[t] h[t-1] + b[t] along ``axis``, from h[0] = b[0] (a[0] is not used)."""
    if (k := _compiled(b, a)) is not None and (out := k.recurrence(a, b, axis)) is not None:
        return out
    a, h = np.moveaxis(a, axis, 0), np.moveaxis(b.copy(), axis, 0)
    for t in range(1, len(h)):
        h[t] += a[t] * h[t - 1]
    return np.moveaxis(h, 0, axis)


def recurrence_back(a, b, axis):
    """The same from the end: h[t] = a[t+1] h[t+1] + b[t], the adjoint of the recurrence in b."""
    return flip(
        recurrence(flip(following(a, axis, 0.0), axis=axis), flip(b, axis=axis), axis=axis), axis=axis
    )


@recurrence.vjp("a")
def recurrence_a(g, a, out, axis):
    return recurrence_back(a, g, axis) * previous(out, axis, 0.0)


@recurrence.vjp("b")
def recurrence_b(g, a, axis):
    return recurrence_back(a, g, axis)


@primitive
@in_rows
def cumprod(x, /, *, axis):
    """The products of the elements up to each."""
    out = _by_kernel(x, axis, True)
    if out is not None:
        return out
    return _in_double(lambda z: np.cumprod(z, axis=axis, dtype=z.dtype), x)


@cumprod.vjp("x")
def cumprod_x(g, x, out, axis):
    return previous(out, axis, 1.0) * recurrence_back(x, g, axis)


@primitive
@in_rows
def logcumsumexp(x, /, *, axis):
    """log of the sums of exp(x) up to each, without overflow."""
    return _in_double(lambda z: accumulate(np.logaddexp, z, axis), x)


@logcumsumexp.vjp("x")
def logcumsumexp_x(g, x, out, axis):
    return exp(x - out) * recurrence_back(exp(previous(out, axis, 0.0) - out), g, axis)


def _extreme_index(x, axis, choose):
    if (k := _compiled(x)) is not None and (out := k.extremes(x, axis, choose is np.minimum)) is not None:
        return out
    xp = array_module(x)
    reached = (x == accumulate(choose, x, axis)) | (x != x)
    shape = [1] * x.ndim
    shape[axis] = x.shape[axis]
    return accumulate(np.maximum, xp.where(reached, xp.arange(x.shape[axis]).reshape(shape), 0), axis)


@primitive(differentiable=False)
@in_rows
def cummax_index(x, /, *, axis):
    """Where the largest element up to each stands; the last of equals. NaN counts as the largest."""
    return _extreme_index(x, axis, np.maximum)


@primitive(differentiable=False)
@in_rows
def cummin_index(x, /, *, axis):
    """Where the smallest element up to each stands; the last of equals. NaN counts as the smallest."""
    return _extreme_index(x, axis, np.minimum)


def _scans(draw):
    return [
        draw.call(draw.distinct(2, 3), axis=1),
        draw.call(draw.distinct(3, 2), axis=0),
        draw.call(draw(0, 3), axis=-1),
    ]


cumsum.samples(lambda draw: [*_scans(draw), draw.call(draw(2, 3), axis=1, reverse=True)])
cumprod.samples(_scans)
logcumsumexp.samples(_scans)
cummax_index.samples(_scans)
cummin_index.samples(_scans)
recurrence.samples(
    lambda draw: [
        draw.call(draw(2, 3), draw(2, 3), axis=1),
        draw.call(draw(3), draw(3), axis=0),
        draw.call(draw(0, 3), draw(0, 3), axis=0),
    ]
)
