"""Order: the permutation that sorts, and where values belong in a sorted sequence. Values then follow by
``take_along``."""

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._primitive import primitive
from .kernels import on_host


@primitive(differentiable=False)
def argsort(x, /, *, axis=-1, descending=False, count=None):
    """The indices that sort x along ``axis``, or the first ``count`` of them; equal elements in their order.
    NaN counts as the largest."""
    if type(x) is np.ndarray and x.size and (k := on_host(x.size)) is not None:
        places = k.sorting.order(x, axis, descending, count)
        if places is not None:
            return places
    if descending:
        backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
        places = x.shape[axis] - 1 - np.flip(backwards, axis)
    else:
        places = np.argsort(x, axis=axis, kind="stable")
    if count is not None:
        places = array_module(x).ascontiguousarray(places[(*[slice(None)] * (axis % x.ndim), slice(count))])
    return places.astype(np.int64, copy=False)


argsort.samples(
    lambda draw: [
        draw.distinct(2, 3),
        draw.call(draw.distinct(4, 2), axis=0, descending=True),
        draw.call(draw.distinct(2, 20), axis=1, count=1),
        draw(0, 3),
    ]
)


@primitive(differentiable=False)
def searchsorted(edges, x, /, *, right=False):
    """Where each x would be inserted in the sorted ``edges`` (their last axis): before (or after) equal
    ones."""
    side = "right" if right else "left"
    xp = array_module(x)
    if edges.ndim == 1:
        return xp.searchsorted(edges, x.reshape(-1), side).reshape(x.shape).astype(np.int64, copy=False)
    if edges.shape[:-1] != x.shape[:-1]:
        raise ShapeError(
            "searchsorted: boundaries tensor should be 1 dimension or the first N-1 dimensions of "
            "boundaries tensor and input value tensor must match, "
            f"but we got boundaries tensor {list(edges.shape)} and input value tensor {list(x.shape)}"
        )
    out = xp.empty(x.shape, np.int64)
    for place in np.ndindex(x.shape[:-1]):
        out[place] = xp.searchsorted(edges[place], x[place], side)
    return out


searchsorted.samples(
    lambda draw: [
        (np.sort(draw.distinct(5)), draw(2, 3)),
        (np.sort(draw.distinct(2, 5)), draw(2, 3)),
        (np.sort(draw.distinct(5)), draw(())),
    ]
)


@primitive(differentiable=False)
def argwhere(x, /):
    """The index of each element that is not zero: one row each."""
    if x.ndim == 0:
        return array_module(x).zeros((int(bool(x)), 0), np.int64)
    return array_module(x).argwhere(x).astype(np.int64, copy=False)


argwhere.samples(lambda draw: [draw(2, 3), draw.mask(3, 2), draw(()), draw(0, 3)])
