"""Reading and writing by index, against PyTorch."""

import numpy as np
import pytest

import autograd_cnn as ours
from tests.recorded import libraries, pytorch

from .oracle import DTYPES, LAYOUTS, compare, rows, same_error

pytestmark = pytest.mark.filterwarnings("ignore:index_reduce:UserWarning")  # PyTorch calls it a beta

I = np.array  # noqa: E741 - index arrays, written short in the tables
ALONG = I([[0, 2, 1], [1, 1, 0]])

GETITEM = {
    "integer": (lambda t, x: (x[1], x[-1], x[0, 2], x[1, -1]), ((2, 3, 4),), ((2, 3),)),
    "slices": (lambda t, x: (x[:1], x[1:, ::2], x[:, -2:], x[5:], x[..., 1], x[..., :2], x[:]), ((2, 3, 4),)),
    "none": (
        lambda t, x: (x[None], x[:, None], x[..., None], x[None, 1, None], x[None, ..., None]),
        ((2, 3),),
    ),
    "0d": (lambda t, x: (x[None], x[...], x[()], x[None, ...]), ((),)),
    "list": (lambda t, x: (x[[0, 1, 0]], x[[1]], x[[-1, 0], [2, 1]], x[:, [0, 0, 2]], x[[]]), ((2, 3, 4),)),
    "bool-array": (
        lambda t, x: (
            x[t.tensor([True, False])],
            x[:, t.tensor([True, False, True])],
            x[x > 0],
            x[x.sum(-1) > 0],
        ),
        ((2, 3, 4),),
    ),
    "bool": (lambda t, x: (x[True], x[False], x[t.tensor(True)], x[True, 1], x[None, True]), ((2, 3),)),
    "tensor": (
        lambda t, x, i: (x[i], x[i, i], x[:, i], x[i, 1], x[0, i], x[..., i]),
        ((3, 3, 3), I([0, 2, 2])),
    ),
    "tensor-2d": (lambda t, x, i: (x[i], x[:, i], x[i, 0], x[i, :, i]), ((3, 3, 3), I([[0, 2], [1, -1]]))),
    "mixed": (
        lambda t, x, i: (
            x[0, :, i],
            x[i, :, 1],
            x[i, :, i],
            x[:, i, None],
            x[None, i],
            x[i, ..., 0],
            x[0, i, :, i],
            x[:, 1, i],
            x[1:, i, ::2],
        ),
        ((3, 3, 3, 3), I([0, 2])),
    ),
    "broadcast": (
        lambda t, x, i, j: (x[i, j], x[i, :, j], x[:, i, j]),
        ((3, 3, 3), I([[0], [2]]), I([1, 0, 2])),
    ),
    "number-tensor": (
        lambda t, x: (x[t.tensor(1)], x[:, t.tensor(-1)], x[t.tensor(0), t.tensor([0, 1])]),
        ((2, 3),),
    ),
    "mask-and-tensor": (
        lambda t, x, i: (x[t.tensor([True, False, True]), i], x[i, :, t.tensor([True, False, True])]),
        ((3, 3, 3), I([0, 2])),
    ),
    "numpy": (
        lambda t, x: (x[np.array([0, 1, 1])], x[np.int64(1)], x[:, np.array([True, False, True])]),
        ((2, 3),),
    ),
    "empty": (
        lambda t, x: (x[:0], x[:, 1], x[..., None], x[t.tensor([], dtype=t.int64)]),
        ((0, 3),),
        ((2, 3),),
    ),
}

GATHER = {
    "gather": (
        lambda t, x, i: (t.gather(x, 1, i), x.gather(0, i % 2), x.gather(-1, i)),
        ((2, 3), ALONG),
        ((4, 3), ALONG),
    ),
    "gather-0d": (lambda t, x: (x.gather(0, t.tensor(0)), x.gather(0, t.tensor([0, 0]))), ((),)),
    "take_along_dim": (
        lambda t, x, i: (
            t.take_along_dim(x, i, 1),
            x.contiguous().take_along_dim(i.contiguous()),
            x.take_along_dim(i[:1], 1),
        ),
        ((2, 3), ALONG),
    ),
    "index_select": (
        lambda t, x, i: (t.index_select(x, 0, i), x.index_select(-1, i), x.index_select(1, i[:0])),
        ((3, 3), I([2, 0, 2])),
    ),
    "index_select-0d": (lambda t, x: x.index_select(0, t.tensor([0])), ((),)),
    "select": (lambda t, x: (x.select(0, 1), t.select(x, -1, -1)), ((2, 3),)),
    "narrow": (
        lambda t, x: (x.narrow(0, 1, 2), t.narrow(x, 1, -2, 1), x.narrow(1, 3, 0), x.narrow_copy(0, 1, 1)),
        ((3, 3),),
    ),
    "take": (lambda t, x, i: (t.take(x, i), x.take(i - 6)), ((2, 3), I([[0, 5], [5, 2]]))),
    "masked_select": (
        lambda t, x: (t.masked_select(x, x > 0), x.masked_select(t.tensor([True, False, True]))),
        ((2, 3),),
    ),
    "masked_select-0d": (lambda t, x: t.masked_select(x, t.tensor([True, False, True])), ((),)),
}

SCATTER = {
    "scatter": (
        lambda t, x, y: (
            x.scatter(1, t.tensor([[0, 2], [1, 0]]), y[:, :2]),
            t.scatter(x, 0, t.tensor([[1, 0, 1], [0, 1, 0]]), y),
        ),
        ((2, 3), (2, 3)),
    ),
    "scatter-value": (
        lambda t, x: (x.scatter(1, t.tensor([[0, 2]]), 5.0), t.scatter(x, 0, t.tensor([[1, 0, 1]]), value=2)),
        ((2, 3),),
    ),
    "scatter_add": (
        lambda t, x, y, i: (
            x.scatter_add(1, i, y),
            t.scatter_add(x, 0, i % 2, y),
            x.scatter_add(1, i[:0], y[:0]),
        ),
        ((2, 3), (2, 3), ALONG),
    ),
    "scatter-0d": (
        lambda t, x, y: (x.scatter(0, t.tensor(0), y), x.scatter_add(0, t.tensor([0]), y.reshape(1))),
        ((), ()),
    ),
    **{
        f"scatter_reduce-{kind}-{own}": (
            lambda t, x, y, i, kind=kind, own=own: t.scatter_reduce(x, 1, i, y, kind, include_self=own),
            ((2, 4), (2, 3), I([[0, 2, 0], [1, 1, 1]])),
            ((3, 5), (3, 6), I([[0, 2, 0, 4, 2, 2], [1, 1, 1, 1, 1, 1], [4, 3, 2, 1, 0, 0]])),
        )
        for kind in ("sum", "mean", "amax", "amin", "prod")
        for own in (True, False)
    },
    "scatter_reduce-ties": (
        lambda t, x, i: (
            x.scatter_reduce(1, i, x[:, :3], "amax"),
            x.scatter_reduce(1, i, x[:, :3] * 1, "amin"),
        ),
        (I([[1.0, 1.0, 1.0, 0.0], [2.0, 2.0, 3.0, 3.0]]), I([[0, 1, 0], [1, 1, 1]])),
    ),
    "scatter_reduce-integers": (
        lambda t, x, i: tuple(
            t.scatter_reduce(x, 0, i, x, kind) for kind in ("sum", "mean", "amax", "amin", "prod")
        ),
        (I([5, -3, 7, 2]), I([0, 0, 2, 2])),
    ),
    "index_add": (
        lambda t, x, y, i: (t.index_add(x, 0, i, y), x.index_add(0, i, y, alpha=-2)),
        ((4, 3), (3, 3), I([1, 0, 1])),
    ),
    "index_add-last": (lambda t, x, y, i: x.index_add(-1, i, y), ((3, 4), (3, 3), I([1, 0, 1]))),
    **{
        f"index_reduce-{kind}": (
            lambda t, x, y, i, kind=kind: (
                t.index_reduce(x, 0, i, y, kind),
                x.index_reduce(0, i, y, kind, include_self=False),
            ),
            ((4, 3), (3, 3), I([1, 0, 1])),
        )
        for kind in ("prod", "mean", "amax", "amin")
    },
    "index_copy": (
        lambda t, x, y, i: (t.index_copy(x, 0, i, y), x.index_copy(0, i, y)),
        ((4, 3), (2, 3), I([1, 3])),
    ),
    "index_fill": (
        lambda t, x, i: (t.index_fill(x, 0, i, 2.0), x.index_fill(-1, i, -1)),
        ((4, 4), I([1, 3])),
    ),
    "index_fill-tensor": (lambda t, x, y, i: x.index_fill(1, i, y), ((4, 4), (), I([1, 3]))),
    "index_put": (
        lambda t, x, y, i: (
            t.index_put(x, (i,), y),
            x.index_put((i, i), y[0, 0]),
            x.index_put((i,), y, accumulate=True),
        ),
        ((4, 3), (2, 3), I([1, 2])),
    ),
    "index_put-accumulate": (
        lambda t, x, y, i: (x.index_put((i,), y, accumulate=True), x.index_put((x > 0,), y[0, 0], True)),
        ((4, 3), (1, 3), I([1, 1])),
    ),
    "masked_fill": (
        lambda t, x, y: (
            x.masked_fill(x > 0, 2.0),
            t.masked_fill(x, x > 0, y),
            x.masked_fill(t.tensor([True, False, False]), -1),
        ),
        ((2, 3), ()),
    ),
    "masked_scatter": (
        lambda t, x, y: (x.masked_scatter(x > 0, y), t.masked_scatter(x, t.tensor([True, False, True]), y)),
        ((2, 3), (3, 4)),
    ),
    "put": (
        lambda t, x, y, i: (t.put(x, i, y), x.put(i, y, accumulate=True)),
        ((2, 3), (2,), I([1, 4])),
        ((3,), (2,), I([-1, 0])),
    ),
    "select_scatter": (
        lambda t, x, y: (t.select_scatter(x, y, 0, 1), x.select_scatter(y, 0, -1)),
        ((2, 3), (3,)),
    ),
    "slice_scatter": (
        lambda t, x, y: (
            t.slice_scatter(x, y, 0, 1),
            x.slice_scatter(y, 0, 0, 5, 2),
            x.slice_scatter(y, start=1),
        ),
        ((3, 3), (2, 3)),
    ),
    "one_hot": (
        lambda t, i: (t.nn.functional.one_hot(i), t.nn.functional.one_hot(i, 5)),
        (I([[0, 2], [1, 1]]),),
    ),
}


def _setitem(write):
    """A function that writes into a computed tensor and returns it."""

    def function(t, x, *rest):
        out = x * 2
        write(t, out, *rest)
        return out, out * out

    return function


SETITEM = {
    name: (_setitem(write), *cases)
    for name, (write, *cases) in {
        "integer": (lambda t, x, y: x.__setitem__(1, y), ((2, 3), (3,)), ((2, 3), ())),
        "element": (lambda t, x, y: x.__setitem__((1, -1), y), ((2, 3), ())),
        "slice": (
            lambda t, x, y: x.__setitem__((slice(None), slice(1, None)), y),
            ((2, 3), (2, 2)),
            ((2, 3), (2,)),
        ),
        "ellipsis": (lambda t, x, y: x.__setitem__((..., 0), y), ((2, 3, 2), (2, 3))),
        "none": (lambda t, x, y: x.__setitem__((None, 0), y), ((2, 3), (1, 3))),
        "number": (lambda t, x: x.__setitem__(0, 5.0), ((2, 3),)),
        "all": (lambda t, x, y: x.__setitem__((), y), ((), ())),
        "mask": (lambda t, x, y: x.__setitem__(x > 0, y), ((2, 3), ())),
        "mask-rows": (
            lambda t, x, y: x.__setitem__(t.tensor([True, False, True]), y),
            ((3, 3), (2, 3)),
            ((3, 3), (3,)),
        ),
        "tensor": (lambda t, x, y, i: x.__setitem__(i, y), ((3, 3), (2, 3), I([0, 2]))),
        "two-tensors": (lambda t, x, y, i: x.__setitem__((i, i), y), ((3, 3), (2,), I([0, 2]))),
        "integer-and-tensor": (
            lambda t, x, y, i: x.__setitem__((0, slice(None), i), y),
            ((2, 3, 3), (3, 2), I([0, 2])),
        ),
        "tensor-slice-integer": (
            lambda t, x, y, i: x.__setitem__((i, slice(1, None), 0), y),
            ((3, 3, 3), (2, 2), I([0, 2])),
        ),
        "other-dtype": (lambda t, x: x.__setitem__(0, t.tensor([1, 2, 3])), ((2, 3),)),
        "twice": (
            lambda t, x, y: (x.__setitem__(0, y), x.__setitem__((slice(None), 0), x[:, 1])),
            ((2, 3), (3,)),
        ),
        "through-a-view": (lambda t, x, y: x.t()[1:].__setitem__(0, y), ((2, 3), (2,))),
        "leading-ones": (lambda t, x, y: x.__setitem__(0, y), ((2, 3), (1, 1, 3))),
    }.items()
}


def _inplace(name, *args):
    def function(t, x, *rest):
        out = x * 2
        returned = getattr(out, name)(*(a(t) if callable(a) else a for a in args), *rest)
        assert returned is out
        return (out,)

    return function


def _index(values):
    return lambda t: t.tensor(values)


INPLACE = {
    "scatter_": (_inplace("scatter_", 1, _index([[0, 2]])), ((2, 3), (1, 2))),
    "scatter_add_": (_inplace("scatter_add_", 1, _index([[0, 0]])), ((2, 3), (1, 2))),
    "scatter_reduce_": (
        lambda t, x, y: (x * 2).scatter_reduce_(1, t.tensor([[0, 0]]), y, "mean"),
        ((2, 3), (1, 2)),
    ),
    "index_add_": (_inplace("index_add_", 0, _index([1, 1])), ((3, 2), (2, 2))),
    "index_copy_": (_inplace("index_copy_", 0, _index([1, 0])), ((3, 2), (2, 2))),
    "index_fill_": (_inplace("index_fill_", 1, _index([1]), 3.0), ((3, 2),)),
    "index_put_": (
        lambda t, x, y: (x * 2).index_put_((t.tensor([0, 0]),), y, accumulate=True),
        ((3, 2), (2, 2)),
    ),
    "masked_fill_": (_inplace("masked_fill_", _index([True, False]), 3.0), ((3, 2),)),
    "masked_scatter_": (_inplace("masked_scatter_", _index([True, False])), ((3, 2), (3,))),
    "put_": (_inplace("put_", _index([1, 4])), ((3, 2), (2,))),
    "tril_": (_inplace("tril_", 1), ((3, 3),)),
    "triu_": (_inplace("triu_"), ((3, 3),)),
    "fill_diagonal_": (_inplace("fill_diagonal_", 3.0), ((3, 4),)),
    "addmm_": (_inplace("addmm_"), ((2, 2), (2, 3), (3, 2))),
}

TABLES = {"getitem": GETITEM, "gather": GATHER, "scatter": SCATTER, "setitem": SETITEM, "inplace": INPLACE}
EVERY = {f"{family}-{name}": row for family, table in TABLES.items() for name, row in table.items()}

ERRORS = {
    "too-many": (lambda t, x: x[0, 0, 0], (2, 3)),
    "out-of-range": (lambda t, x: x[2], (2, 3)),
    "out-of-range-list": (lambda t, x: x[[0, 2]], (2, 3)),
    "number-of-0d": (lambda t, x: x[0], ()),
    "float-index": (lambda t, x: x[t.tensor([0.5])], (2, 3)),
    "mask-shape": (lambda t, x: x[t.tensor([True, False, True])], (2, 3)),
    "set-shape": (lambda t, x: x.__setitem__(0, t.ones(2)), (2, 3)),
    "gather-range": (lambda t, x: x.gather(1, t.tensor([[3]])), (2, 3)),
    "gather-negative": (lambda t, x: x.gather(1, t.tensor([[-1]])), (2, 3)),
    "gather-dims": (lambda t, x: x.gather(1, t.tensor([0])), (2, 3)),
    "gather-float": (lambda t, x: x.gather(1, t.tensor([[0.0]])), (2, 3)),
    "index_select-range": (lambda t, x: x.index_select(0, t.tensor([2])), (2, 3)),
    "index_select-2d": (lambda t, x: x.index_select(0, t.tensor([[0]])), (2, 3)),
    "narrow": (lambda t, x: x.narrow(0, 1, 2), (2, 3)),
    "select": (lambda t, x: x.select(0, 2), (2, 3)),
    "take-range": (lambda t, x: x.take(t.tensor([6])), (2, 3)),
    "masked_fill-mask": (lambda t, x: x.masked_fill(t.tensor([1, 0, 1]), 0.0), (2, 3)),
    "masked_scatter-few": (lambda t, x: x.masked_scatter(x > 0, t.ones(2, dtype=t.float64)), (2, 3)),
    "scatter-reduce": (lambda t, x: x.scatter_reduce(0, t.tensor([[0]]), x, "median"), (2, 3)),
    "index_add-shape": (lambda t, x: x.index_add(0, t.tensor([0]), x), (2, 3)),
    "index_copy-range": (lambda t, x: x.index_copy(0, t.tensor([0, 5]), x), (2, 3)),
    "select_scatter": (lambda t, x: t.select_scatter(x, x, 0, 0), (2, 3)),
}


@pytest.mark.parametrize("row", rows(EVERY))
def test_same_as_pytorch(row):
    compare(row)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", rows(EVERY))
def test_same_as_pytorch_in_every_dtype_and_layout(row, dtype, layout):
    compare(row, dtype, layout, seed=1)


@pytest.mark.parametrize("name", ERRORS)
def test_refuses_what_pytorch_refuses(name):
    function, shape = ERRORS[name]
    same_error(function, np.ones(shape))


def test_scatter_with_a_larger_source_or_an_older_reduction():
    """PyTorch gives the values, but no gradient."""
    index = np.array([[0, 2, 0]])

    def run(lib):
        x, y, i = (
            lib.from_numpy(np.arange(6.0).reshape(2, 3)),
            lib.from_numpy(np.ones((2, 5))),
            lib.from_numpy(index),
        )
        out = (
            x.scatter(1, i[:, :2], y),
            x.scatter_add(1, i, y),
            x.scatter(1, i, 3.0, reduce="add"),
            x.scatter(1, i, 3.0, reduce="multiply"),
        )
        return [part.numpy() for part in out]

    pytorch.gives(run(ours), run)


def test_a_failed_write_changes_nothing():
    x = ours.zeros(2, 3)
    with pytest.raises(RuntimeError):
        x.scatter_(1, ours.tensor([[0, 7]]), 1.0)
    with pytest.raises(IndexError):
        x.index_fill_(0, ours.tensor([0, 7]), 1.0)
    assert (x.numpy() == 0).all()


def test_the_index_is_copied_so_that_a_later_write_does_not_change_the_gradient():
    x = ours.ones(3, requires_grad=True)
    i = ours.tensor([0, 1])
    y = x[i]
    i.fill_(2)
    y.sum().backward()
    assert x.grad.tolist() == [1, 1, 0]


def test_writing_a_leaf_that_wants_a_gradient_is_refused():
    for lib in libraries():
        x = lib.ones(3, requires_grad=True)
        with pytest.raises(RuntimeError):
            x[0] = 1
        with pytest.raises(RuntimeError):
            x.masked_fill_(x > 0, 1)
