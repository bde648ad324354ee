"""Order and search, against PyTorch."""

import numpy as np
import pytest

import autograd_cnn as ours

from .oracle import DTYPES, LAYOUTS, compare, rows, same_error


def _contiguous(function, *tensors):
    """PyTorch warns where these are not."""
    return function(*[x.contiguous() for x in tensors])


TABLE = {
    "sort": (
        lambda t, x: (t.sort(x), x.sort(0), x.sort(-1, descending=True), t.msort(x)),
        ((3, 4),),
        ((2, 3, 4),),
        ((0, 3),),
    ),
    "sort-ties": (
        lambda t, x: (t.sort(x, stable=True), t.sort(x, dim=-1, descending=True, stable=True)),
        (np.array([1.0, 2, 1, 2, 0, 1]),),
    ),
    "sort-nan": (
        lambda t, x: (t.sort(x).values, t.sort(x, descending=True).values),
        (np.array([1.0, np.nan, -1, np.inf]),),
    ),
    "sort-0d": (lambda t, x: (x.sort(), x.argsort(), x.topk(1), x.kthvalue(1)), ((),)),
    "sort-integers": (
        lambda t, x: (x.sort(), x.topk(2), x.argsort(descending=True), x.unique()),
        (np.array([[3, 1, 2], [9, 7, 8]]),),
    ),
    "argsort": (lambda t, x: (t.argsort(x), x.argsort(0, True)), ((3, 4),)),
    "topk": (
        lambda t, x: (t.topk(x, 2), x.topk(1, 0), x.topk(3, largest=False), x.topk(0)),
        ((3, 4),),
        ((2, 3, 4),),
    ),
    "kthvalue": (lambda t, x: (t.kthvalue(x, 2), x.kthvalue(1, 0), x.kthvalue(3, 1, True)), ((3, 4),)),
    "unique": (
        lambda t, x: (
            t.unique(x),
            x.unique(return_inverse=True),
            t.unique(x, return_inverse=True, return_counts=True),
            x.unique(return_counts=True),
        ),
        (np.array([[3, 1, 2], [2, 2, 3]]),),
    ),
    "unique-floats": (lambda t, x: t.unique(x.detach(), return_counts=True), (np.array([3.5, 1.5, 3.5]),)),
    "unique-dim": (
        lambda t, x: (t.unique(x, dim=0, return_inverse=True, return_counts=True), t.unique(x, dim=1)),
        (np.array([[3, 1, 1], [2, 2, 2], [3, 1, 1]]),),
    ),
    "unique_consecutive": (
        lambda t, x: (t.unique_consecutive(x), x.unique_consecutive(return_inverse=True, return_counts=True)),
        (np.array([1, 1, 2, 2, 3, 1, 1]),),
        (np.array([[1, 1], [1, 2]]),),
        (np.array([], np.int64),),
    ),
    "unique_consecutive-dim": (
        lambda t, x: t.unique_consecutive(x, dim=1, return_inverse=True, return_counts=True),
        (np.array([[3, 3, 1], [2, 2, 2]]),),
    ),
    "searchsorted": (
        lambda t, x, y: _contiguous(
            lambda x, y: (
                t.searchsorted(x, y),
                t.searchsorted(x, y, right=True),
                t.searchsorted(x, y, side="right"),
                t.searchsorted(x, 3.0),
                t.bucketize(y, x),
            ),
            x,
            y,
        ),
        (np.array([1.0, 3, 5, 7]), np.array([[3.0, 6], [0, 9]])),
    ),
    "searchsorted-rows": (
        lambda t, x, y: _contiguous(
            lambda x, y: (
                t.searchsorted(x, y),
                t.searchsorted(x, y, out_int32=True),
                t.searchsorted(x, y, sorter=t.argsort(x).contiguous()),
            ),
            x,
            y,
        ),
        (np.array([[1.0, 3, 5], [2, 4, 6]]), np.array([[3.0, 6], [2, 9]])),
    ),
    "bucketize": (
        lambda t, x, y: _contiguous(
            lambda x, y: (t.bucketize(x, y), t.bucketize(x, y, right=True), t.bucketize(2, y)), x, y
        ),
        (np.array([[3, 6], [0, 9]]), np.array([1, 3, 5])),
    ),
    "unravel_index": (
        lambda t, x: (t.unravel_index(x, (3, 4)), t.unravel_index(x, 12)),
        (np.array([[3, 1], [11, 0]]),),
    ),
    "isin": (
        lambda t, x, y: (t.isin(x, y), t.isin(x, 2), t.isin(x, y, invert=True)),
        (np.array([[1, 2], [3, 4]]), np.array([2, 4])),
    ),
    "nonzero": (
        lambda t, x: (t.nonzero(x), x.nonzero(), x.nonzero(as_tuple=True), t.argwhere(x)),
        (np.array([[0, 2], [3, 0]]),),
        (np.array(5),),
        (np.array(0),),
    ),
    "nonzero-mask": (lambda t, x: (t.nonzero(x > 0), (x > 0).argwhere()), ((2, 3, 2),)),
}

ERRORS = {
    "topk": (lambda t, x: x.topk(4), (2, 3)),
    "kthvalue": (lambda t, x: x.kthvalue(0), (2, 3)),
    "sort-dim": (lambda t, x: x.sort(2), (2, 3)),
    "searchsorted-rows": (lambda t, x: t.searchsorted(x, x[:1]), (2, 3)),
    "searchsorted-side": (lambda t, x: t.searchsorted(x, x, side="left", right=True), (2, 3)),
    "bucketize-2d": (lambda t, x: t.bucketize(x, x), (2, 3)),
}


@pytest.mark.parametrize("row", rows(TABLE))
def test_same_as_pytorch(row):
    compare(row)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", rows(TABLE))
def test_same_as_pytorch_in_every_dtype_and_layout(row, dtype, layout):
    compare(row, dtype, layout, seed=1)


@pytest.mark.parametrize("name", ERRORS)
def test_refuses_what_pytorch_refuses(name):
    function, shape = ERRORS[name]
    same_error(function, np.ones(shape))


def test_results_have_names():
    values, indices = ours.tensor([3.0, 1.0]).sort()
    result = ours.sort(ours.tensor([3.0, 1.0]))
    assert result.values.tolist() == values.tolist() == [1, 3]
    assert result.indices.tolist() == indices.tolist() == [1, 0]
