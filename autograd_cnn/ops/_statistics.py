"""Statistics: the variance, the middle element, the most frequent one, and counts."""

import math

import numpy as np

from ._arrays import array_module, in_rows
from ._comparison import where
from ._primitive import primitive
from ._reduction import mean, reduced_count, share_among_winners, unreduce
from ._scan import accumulate
from ._sorting import argsort
from ._summation import of_powers, total


@primitive
@in_rows
def var(x, /, *, axis=None, keepdims=False, correction=1):
    """The mean square of x - mean(x), over n - correction elements; NaN or infinite where that is not
    positive."""
    count = x.dtype.type(_freedom(x.shape, axis, correction))
    return of_powers(_square_deviation(axis), lambda q: q / count, x, axis, keepdims, degree=2)


@var.vjp("x")
def var_x(g, x, axis, correction):
    return unreduce(g, x.shape, axis) * (
        (2 / degrees(x.shape, axis, correction)) * (x - mean(x, axis=axis, keepdims=True))
    )


@primitive
@in_rows
def std(x, /, *, axis=None, keepdims=False, correction=1):
    """The square root of the variance; where that is 0 the gradient is 0."""
    count = x.dtype.type(_freedom(x.shape, axis, correction))
    return of_powers(_square_deviation(axis), lambda q: np.sqrt(q / count), x, axis, keepdims)


@std.vjp("x")
def std_x(g, x, out, axis, correction):
    return unreduce(where(out == 0, 0.0, g / degrees(x.shape, axis, correction)), x.shape, axis) * (
        (x - mean(x, axis=axis, keepdims=True)) / unreduce(where(out == 0, 1.0, out), x.shape, axis)
    )


def _square_deviation(axis):
    """What sums the squares of the distances from the mean; of the rounded mean, and corrected for what was
    lost."""

    def squares(x):
        count = x.dtype.type(reduced_count(x.shape, axis))
        away = x - total(x, axis, keepdims=True) / count
        lost = total(away, axis, keepdims=True)
        away *= away
        return np.maximum(total(away, axis, keepdims=True) - lost * lost / count, 0)

    return squares


def _freedom(shape, axis, correction):
    return max(reduced_count(shape, axis) - correction, 0)


def degrees(shape, axis, correction):
    """The degrees of freedom n - correction; NaN where there are none, which makes the gradient NaN."""
    return _freedom(shape, axis, correction) or math.nan


def _spreads(draw):
    return [
        draw.call(draw.distinct(2, 3, 4)),
        draw.call(draw.distinct(2, 3), axis=1, correction=0),
        draw.call(draw.distinct(2, 3, 4), axis=(0, -1), keepdims=True),
        draw.call(draw(0, 3), axis=1),
    ]


var.samples(_spreads)
std.samples(_spreads)


@primitive
def median(x, /):
    """The middle element of all, the lower one of two; NaN where there is one or nothing; equal ones share
    the gradient."""
    flat = np.sort(x, axis=None)
    if not flat.size:
        return _nothing(x)
    return flat[-1] if flat[-1] != flat[-1] else flat[(flat.size - 1) // 2]


@primitive
def nanmedian(x, /):
    """The median of what is a number."""
    flat = np.sort(x, axis=None)
    count = int(np.count_nonzero(flat == flat))
    return flat[(count - 1) // 2] if count else _nothing(x)


def _nothing(x):
    """The median of no element: NaN, and what PyTorch's NaN becomes as an integer: the smallest one of 32 or
    64 bits, of which fewer bits are 0, or True."""
    if x.dtype.kind == "b":
        return np.full_like(x, True, shape=())
    whole = np.iinfo(x.dtype).min if x.dtype.kind == "i" and x.dtype.itemsize >= 4 else 0
    return np.full_like(x, np.nan if x.dtype.kind == "f" else whole, shape=())


@median.vjp("x")
def median_x(g, x, out):
    return share_among_winners(g, x, out, None)


@nanmedian.vjp("x")
def nanmedian_x(g, x, out):
    return share_among_winners(g, x, out, None)


def _of_all(draw):
    return [draw.distinct(2, 3), draw.distinct(3), draw.distinct(())]


median.samples(_of_all)
nanmedian.samples(_of_all)


@primitive(differentiable=False)
def median_index(x, /, *, axis, skip_nan=False):
    """Where the (lower) middle element along an axis stands; the first NaN, where there is one that is not
    skipped."""
    order = argsort(x, axis=axis)
    numbers = np.equal(x, x).sum(axis=axis, keepdims=True, dtype=np.int64)
    middle = np.maximum(numbers - 1, 0) // 2
    place = middle if skip_nan else np.where(numbers < x.shape[axis], numbers, middle)
    return np.take_along_axis(order, place, axis).astype(np.int64, copy=False)


@primitive(differentiable=False)
def mode_index(x, /, *, axis):
    """Where the most frequent element along an axis stands last; of equally frequent ones the smallest."""
    order = np.moveaxis(argsort(x, axis=axis), axis, -1)
    ranked = np.take_along_axis(np.moveaxis(x, axis, -1), order, -1)
    places = np.broadcast_to(array_module(x).arange(ranked.shape[-1]), ranked.shape)
    begins = np.where(ranked[..., 1:] != ranked[..., :-1], places[..., 1:], 0)
    length = places - accumulate(np.maximum, np.concatenate((np.zeros_like(places[..., :1]), begins), -1), -1)
    longest = np.argmax(length, axis=-1, keepdims=True)
    return np.moveaxis(np.take_along_axis(order, longest, -1), -1, axis).astype(np.int64, copy=False)


def _along_an_axis(draw):
    return [draw.call(draw.distinct(2, 3), axis=1), draw.call(draw.distinct(4), axis=0)]


median_index.samples(_along_an_axis)
mode_index.samples(_along_an_axis)


@primitive(differentiable=False)
def bincount(x, /, *, weights=None, minlength=0):
    """How often each of 0, 1, 2, ... occurs, or the sum of the weights at its places."""
    return np.bincount(x, weights, minlength)


@primitive(differentiable=False, half="single")
def histogram(x, /, *, bins, low, high):
    """How many elements fall into each of ``bins`` intervals of one width from ``low`` to ``high``; others
    are not counted."""
    inside = x[(x >= low) & (x <= high)]
    where_to = np.minimum(((inside - low) * (bins / (high - low))).astype(np.intp), bins - 1)
    return np.bincount(where_to, minlength=bins).astype(x.dtype)


bincount.samples(lambda draw: [draw.index(9, (5,)), draw.call(draw.index(3, (4,)), minlength=5)])
histogram.samples(lambda draw: [draw.call(draw(5, 3), bins=4, low=-1.0, high=1.0)])
