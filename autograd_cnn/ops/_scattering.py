"""Adding at places, the adjoint of reading: the rules of ``getitem`` and ``take_along`` stand here too, each
beside the operator it calls."""

import math

import numpy as np

from ._arrays import array_module
from ._indexing import (
    along,
    check_fits,
    getitem,
    indices_and_shapes,
    is_basic,
    kernels_for,
    rows_named,
    take_along,
)
from ._primitive import primitive
from .kernels import on_device, on_host


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


@primitive(linear=True, half="kernels")
def additem(x, /, *, index, shape):
    """Zeros of ``shape`` to which x is added at ``index``; an element named twice receives both."""
    xp = array_module(x)
    if is_basic(index):
        out = xp.zeros(shape, x.dtype)
        out[index] = x
        return out
    if (rows := rows_named(index)) is not None and type(x) is np.ndarray and x.size:
        axis, names = rows
        k = on_host(x.size)
        if k is not None and (out := k.rows.add_rows(x, names, axis, shape)) is not None:
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


@getitem.vjp("x")
def getitem_x(g, x_shape, index):
    return additem(g, index=index, shape=x_shape)


@additem.vjp("x")
def additem_x(g, index):
    return getitem(g, index=index)


additem.samples(
    lambda draw: [
        draw.call(np.asarray(draw(*shape)[index]), index=index, shape=shape)
        for shape, index in indices_and_shapes()
    ]
)


@primitive(linear=True, half="kernels")
def put_along(x, index, /, *, axis, shape):
    """Zeros of ``shape`` to which x is added at the places ``take_along`` would read: the adjoint of
    gather."""
    check_fits(index, axis, shape)
    k = kernels_for(x, index)
    if k is not None and (out := k.indexing.put(x, index, axis, shape)) is not None:
        return out
    grids = along(index, axis, shape)
    strides = [math.prod(shape[i + 1 :]) for i in range(len(shape))]
    wrapped = [grid % n if n else grid for grid, n in zip(grids, shape, strict=True)]
    positions = array_module(x).zeros(index.shape, np.intp)
    for grid, stride in zip(wrapped, strides, strict=True):
        positions += grid * stride
    return add_at(math.prod(shape), positions, x).reshape(shape)


put_along.nondifferentiable("index")


@take_along.vjp("x")
def take_along_x(g, index, x_shape, axis):
    return put_along(g, index, axis=axis, shape=x_shape)


@put_along.vjp("x")
def put_along_x(g, index, axis):
    return take_along(g, index, axis=axis)


put_along.samples(
    lambda draw: [
        draw.call(draw(3, 2), draw.index(4, (3, 2)), axis=1, shape=(3, 4)),
        draw.call(draw(5, 2), draw.index(3, (5, 2)), axis=0, shape=(3, 4)),
    ]
)
