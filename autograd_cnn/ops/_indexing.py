"""Reading by index. The gradient adds each element back to where it was read: the rules stand beside the
operators that add, in ``_scattering``."""

import functools

import numpy as np

from ._arrays import array_module
from ._errors import ShapeError
from ._primitive import primitive
from .kernels import on_host

BASIC = (int, slice, type(None), type(Ellipsis))


def is_basic(index) -> bool:
    """Whether an index is made of integers, slices, None and ``...`` only: reading then gives a view, each
    element once."""
    parts = index if isinstance(index, tuple) else (index,)
    return all(isinstance(part, BASIC) and not isinstance(part, bool) for part in parts)


_ALL = slice(None)


def rows_named(index):
    """The axis and the array of integers where an index is nothing but one array along one axis; else
    None."""
    if type(index) is np.ndarray:
        return (0, index) if index.dtype.kind in "iu" and index.ndim else None
    if type(index) is not tuple:
        return None
    found = [i for i, part in enumerate(index) if type(part) is np.ndarray]
    if len(found) != 1:
        return None
    (axis,) = found
    rest = index[:axis] + index[axis + 1 :]
    if not all(type(part) is slice and part == _ALL for part in rest):
        return None
    return (axis, index[axis]) if index[axis].dtype.kind in "iu" and index[axis].ndim else None


@primitive(view=True, linear=True)
def getitem(x, /, *, index):
    """x[index], in every form NumPy has; a view where the index is basic, also of a single element. What is
    chosen by arrays lies in rows."""
    if (rows := rows_named(index)) is not None and type(x) is np.ndarray and x.size:
        axis, names = rows
        k = on_host(names.size * (x.size // x.shape[axis])) if axis < x.ndim else None
        if k is not None and (out := k.rows.rows(x, names, axis)) is not None:
            return out
    out = x[index]
    if isinstance(out, np.generic):
        return x[(*index, ...) if isinstance(index, tuple) else (index, ...)]
    if out.flags.c_contiguous or is_basic(index):
        return out
    return array_module(x).ascontiguousarray(out)


def indices_and_shapes():
    """Samples: shapes, and an index into each."""
    return (
        [(3, 4), (slice(1, None), -1)],
        [(3, 4), (np.array([0, 0, 2]), slice(None, None, 2))],
        [(3,), np.array([True, False, True])],
        [(4, 2), np.array([[0, 3], [-1, 0]])],
    )


getitem.samples(
    lambda draw: (
        [draw.call(draw(*shape), index=index) for shape, index in indices_and_shapes()]
        + [draw.call(draw(0, 3), index=(slice(None), 1))]
    )
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


def kernels_for(x, index):
    """The compiled kernels where they may read or write x by an index beside it; else None."""
    if type(x) is np.ndarray and type(index) is np.ndarray and x.size:
        return on_host(index.size)
    return None


def check_fits(index, axis: int, shape: tuple[int, ...]) -> None:
    """ShapeError where ``index`` is none beside an array of ``shape``."""
    axis %= len(shape)
    if index.ndim != len(shape) or any(
        n > m for i, (n, m) in enumerate(zip(index.shape, shape, strict=True)) if i != axis
    ):
        raise ShapeError(
            f"index of shape {index.shape} does not fit shape {shape} along axis {axis}: "
            "it needs as many axes, none of them longer except that one"
        )


def along(index, axis: int, shape: tuple[int, ...]):
    """Open grids that read (or write) ``index`` along ``axis`` of an array of ``shape``."""
    check_fits(index, axis, shape)
    axis %= len(shape)
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


@primitive(linear=True, half="same")
def take_along(x, index, /, *, axis):
    """``out[i][j][k] = x[i][index[i][j][k]][k]`` for axis 1: PyTorch's gather."""
    check_fits(index, axis, x.shape)
    k = kernels_for(x, index)
    if k is not None and (out := k.indexing.take(x, index, axis)) is not None:
        return out
    return x[along(index, axis, x.shape)]


take_along.nondifferentiable("index")
take_along.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw.index(4, (3, 2)), axis=1),
        draw.call(draw(3, 4), draw.index(3, (5, 2)), axis=0),
        draw.call(draw(0, 4), draw.index(4, (0, 2)), axis=-1),
    ]
)
