"""Reading and writing by index. Reading copies elements, so the gradient adds each back to where it was
read."""

import functools
import math

import numpy as np

from ._arrays import array_module
from ._broadcasting import sum_to
from ._errors import ShapeError
from ._primitive import primitive
from .kernels import on_device

BASIC = (int, slice, type(None), type(Ellipsis))


def is_basic(index) -> bool:
    """Whether an index is made of integers, slices, None and ``...`` only: reading then gives a view, each
    element once."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(part, BASIC) and not isinstance(part, bool) for part in parts)


def add_at(size: int, positions, values):
    """A vector of ``size`` zeros to which ``values`` are added at ``positions``; equal positions
    accumulate."""
    xp = array_module(values)
    positions, values = positions.reshape(-1), values.reshape(-1)
    if xp is np and values.dtype.kind == "f" and values.size:
        return np.bincount(positions, values, size).astype(values.dtype, copy=False)
    if xp is not np and (k := on_device(values)) is not None:
        return k.scatter.add_rows(size, positions, values)
    out = xp.zeros(size, values.dtype if xp is np or values.dtype.kind == "f" else np.uint64)
    xp.add.at(
        out, positions, values.astype(out.dtype, copy=False)
    )  # CuPy adds no signed 64-bit integers; unsigned ones wrap alike
    return out.astype(values.dtype, copy=False)


@primitive(view=True, linear=True)
def getitem(x, /, *, index):
    """x[index], in every form NumPy has; a view where the index is basic, also of a single element."""
    out = x[index]
    return (
        x[(*index, ...) if isinstance(index, tuple) else (index, ...)] if isinstance(out, np.generic) else out
    )


@getitem.vjp("x")
def getitem_x(g, x_shape, index):
    return scatter_add(g, index=index, shape=x_shape)


@primitive(linear=True)
def scatter_add(x, /, *, index, shape):
    """Zeros of ``shape`` to which x is added at ``index``; an element named twice receives both."""
    xp = array_module(x)
    if is_basic(index):
        out = xp.zeros(shape, x.dtype)
        out[index] = x
        return out
    if getattr(index, "dtype", np.dtype(bool)).kind in "iu" and index.ndim and x.size:
        rows, values = index.reshape(-1) % shape[0], x.reshape(-1, *shape[1:])
        if xp is np and isinstance(index, np.ndarray):
            return _add_rows(shape, rows, values)
        if xp is not np and (k := on_device(x)) is not None:
            return k.scatter.add_rows(shape[0], xp.asarray(rows), values)
    size = math.prod(shape)
    positions = xp.arange(size).reshape(shape)[index]
    return add_at(size, positions, x).reshape(shape)


def _add_rows(shape, rows, values):
    """Zeros of ``shape`` to which ``values`` are added row by row: sorted, so that those of one row stand
    together."""
    out = np.zeros(shape, values.dtype)
    order = rows.argsort(kind="stable")
    ordered = rows[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    out[ordered[starts]] = np.add.reduceat(values[order], starts, axis=0)
    return out


@scatter_add.vjp("x")
def scatter_add_x(g, index):
    return getitem(g, index=index)


def _indices():
    return (
        [(3, 4), (slice(1, None), -1)],
        [(3, 4), (np.array([0, 0, 2]), slice(None, None, 2))],
        [(3,), np.array([True, False, True])],
        [(4, 2), np.array([[0, 3], [-1, 0]])],
    )


getitem.samples(
    lambda draw: (
        [draw.call(draw(*shape), index=index) for shape, index in _indices()]
        + [draw.call(draw(0, 3), index=(slice(None), 1))]
    )
)
scatter_add.samples(
    lambda draw: [
        draw.call(np.asarray(draw(*shape)[index]), index=index, shape=shape) for shape, index in _indices()
    ]
)


@primitive
def setitem(x, v, /, *, index):
    """A copy of x with v written at ``index``."""
    out = x.copy()
    out[index] = v
    return out


@setitem.vjp("x", formula="setitem(g, 0.0, index=index)")
def setitem_x(g, index):
    return setitem(g, 0.0, index=index)


@setitem.vjp("v")
def setitem_v(g, v_shape, index):
    return sum_to(getitem(g, index=index), shape=v_shape)


setitem.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw(2, 4), index=slice(1, None)),
        draw.call(draw(3, 4), draw(()), index=(1, slice(None))),
        draw.call(draw(3, 4), draw(2, 1), index=np.array([2, 0])),
    ]
)


def steps(path):
    """The views on the way from a root to ``path``, first to last; a path is a linked cell (path before,
    primitive, parameters)."""
    out = []
    while path is not None:
        before, view, parameters = path
        out.append((view, parameters))
        path = before
    return reversed(out)


def follow(x, path):
    """The view of x that ``path`` describes."""
    for view, parameters in steps(path):
        x = view(x, **parameters)
    return x


@primitive
def put_view(x, v, /, *, path):
    """A copy of x with v written into the region that ``path`` shows: what writing into a view does to its
    root."""
    out = x.copy()
    follow(out, path)[...] = v
    return out


@put_view.vjp("x")
def put_view_x(g, path):
    return put_view(g, 0.0, path=path)


@put_view.vjp("v")
def put_view_v(g, v_shape, path):
    return sum_to(follow(g, path), shape=v_shape)


put_view.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw(4), path=(None, getitem, {"index": 1})),
        draw.call(
            draw(3, 4),
            draw(()),
            path=((None, getitem, {"index": slice(1, 3)}), getitem, {"index": (slice(None), 2)}),
        ),
    ]
)


def _along(index, axis: int, shape: tuple[int, ...]):
    """Open grids that read (or write) ``index`` along ``axis`` of an array of ``shape``."""
    axis %= len(shape)
    if index.ndim != len(shape) or any(
        n > m for i, (n, m) in enumerate(zip(index.shape, shape, strict=True)) if i != axis
    ):
        raise ShapeError(
            f"index of shape {index.shape} does not fit shape {shape} along axis {axis}: "
            "it needs as many axes, none of them longer except that one"
        )
    small = isinstance(index, np.ndarray) and max(index.shape) <= 4096
    grids = (
        _open_grids(index.shape)
        if small
        else tuple(array_module(index).ogrid[tuple(map(slice, index.shape))])
    )
    return (*grids[:axis], index, *grids[axis + 1 :])


@functools.lru_cache(maxsize=256)
def _open_grids(shape: tuple[int, ...]):
    """The indices of each axis, shaped to broadcast; kept, for ``ogrid`` takes longer than a small gather."""
    grids = tuple(np.ogrid[tuple(map(slice, shape))])
    for grid in grids:
        grid.flags.writeable = False
    return grids


@primitive(linear=True)
def take_along(x, index, /, *, axis):
    """``out[i][j][k] = x[i][index[i][j][k]][k]`` for axis 1: PyTorch's gather."""
    return x[_along(index, axis, x.shape)]


take_along.nondifferentiable("index")


@take_along.vjp("x")
def take_along_x(g, index, x_shape, axis):
    return put_along(g, index, axis=axis, shape=x_shape)


@primitive(linear=True)
def put_along(x, index, /, *, axis, shape):
    """Zeros of ``shape`` to which x is added at the places ``take_along`` would read: the adjoint of
    gather."""
    grids = _along(index, axis, shape)
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    wrapped = [grid % n if n else grid for grid, n in zip(grids, shape, strict=True)]
    positions = array_module(x).zeros(index.shape, np.intp)
    for grid, stride in zip(wrapped, strides, strict=True):
        positions += grid * stride
    return add_at(math.prod(shape), positions, x).reshape(shape)


put_along.nondifferentiable("index")


@put_along.vjp("x")
def put_along_x(g, index, axis):
    return take_along(g, index, axis=axis)


@primitive
def write_along(x, v, index, /, *, axis):
    """A copy of x with v written at the places ``take_along`` would read: PyTorch's scatter. The last of
    equal indices stays."""
    out = x.copy()
    out[_along(index, axis, x.shape)] = v
    return out


write_along.nondifferentiable("index")


@write_along.vjp("x")
def write_along_x(g, index, axis):
    return write_along(g, 0.0, index, axis=axis)


@write_along.vjp("v")
def write_along_v(g, index, v_shape, axis):
    return sum_to(take_along(g, index, axis=axis), shape=v_shape)


write_along.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw(3, 2), np.array([[0, 2], [3, 1], [1, 0]]), axis=1),
        draw.call(draw(3, 4), draw(()), np.array([[1, 2]]), axis=0),
    ]
)
take_along.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw.index(4, (3, 2)), axis=1),
        draw.call(draw(3, 4), draw.index(3, (5, 2)), axis=0),
        draw.call(draw(0, 4), draw.index(4, (0, 2)), axis=-1),
    ]
)
put_along.samples(
    lambda draw: [
        draw.call(draw(3, 2), draw.index(4, (3, 2)), axis=1, shape=(3, 4)),
        draw.call(draw(5, 2), draw.index(3, (5, 2)), axis=0, shape=(3, 4)),
    ]
)


@primitive(differentiable=False)
def argmax(x, /, *, axis=None, keepdims=False):
    """The index of the (first) largest element, in the flattened array where ``axis`` is None."""
    return array_module(x).argmax(x, axis=axis, keepdims=keepdims)


@primitive(differentiable=False)
def argmin(x, /, *, axis=None, keepdims=False):
    """The index of the (first) smallest element, in the flattened array where ``axis`` is None."""
    return array_module(x).argmin(x, axis=axis, keepdims=keepdims)


for choice in (argmax, argmin):
    choice.samples(lambda draw: [draw.call(draw(2, 3), axis=1), draw(2, 3)])
