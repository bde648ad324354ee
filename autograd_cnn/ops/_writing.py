"""Writing at places. Of several values for one place the last one stays, and it alone gets a gradient."""

import math

import numpy as np

from ._arrays import array_module
from ._broadcasting import sum_to
from ._creation import zeros_like
from ._indexing import along, check_fits, follow, getitem, indices_and_shapes, kernels_for
from ._movement import reshape, transpose
from ._primitive import primitive


def last_written(index, x):
    """Which of the values that ``x[index] = v`` writes one after another are in x afterwards: a mask that
    broadcasts to ``x[index]``, or None for all of them."""
    shape = x.shape
    parts = list(index) if isinstance(index, tuple) else [index]
    if not any(getattr(part, "ndim", 0) and part.dtype.kind in "iu" for part in parts):
        return None
    dots = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    parts[dots : dots + 1] = [slice(None)] * (len(shape) - sum(map(_axes_of, parts)))
    sizes: list[int] = []
    axis = 0
    for i, part in enumerate(parts):
        count = _axes_of(part)
        if isinstance(part, slice):  # each of its elements once: one stands for all
            parts[i] = slice(None)
        sizes += [1] if isinstance(part, slice) else shape[axis : axis + count]
        axis += count
    xp = array_module(*parts)
    places = xp.arange(math.prod(sizes)).reshape(sizes)[tuple(parts)]
    order = places.argsort(axis=None, kind="stable")
    inorder = places.reshape(-1)[order]
    stays = xp.ones(places.size, np.bool_)
    stays[order[:-1]] = inorder[1:] != inorder[:-1]
    return None if stays.all() else array_module(x).asarray(stays.reshape(places.shape))


def _axes_of(part) -> int:
    """How many axes a part of an index stands for; ``...`` is none of its own."""
    if part is None or part is Ellipsis or isinstance(part, bool):
        return 0
    return part.ndim if getattr(part, "dtype", None) == np.bool_ else 1


def _in_rows(index):
    """``index`` with its arrays in the order of their own indices."""
    if isinstance(index, tuple):
        return tuple(map(_in_rows, index))
    return np.ascontiguousarray(index) if getattr(index, "ndim", 0) > 0 else index


def write_at(x, index, v) -> None:
    """``x[index] = v``; of several values for one place the last one stays: NumPy writes in the order in
    which the index lies in memory, a GPU in no order."""
    if type(x) is np.ndarray:
        x[_in_rows(index)] = v
        return
    stays = last_written(index, x)
    if stays is None:
        x[index] = v
        return
    xp = array_module(x)
    places = xp.arange(x.size).reshape(x.shape)[index]
    stays = xp.broadcast_to(stays, places.shape)
    x[xp.unravel_index(places[stays], x.shape)] = xp.broadcast_to(v, places.shape)[stays]


@primitive(view=True, linear=True)
def getkept(x, /, *, index):
    """What of v is in x after ``x[index] = v``: ``x[index]``, and 0 for the values that were written over."""
    stays = last_written(index, x)
    return getitem(x, index=index) if stays is None else np.where(stays, x[index], x.dtype.type(0))


@primitive(linear=True, half="same")
def putitem(x, /, *, index, shape):
    """Zeros of ``shape`` with x written at ``index``."""
    out = array_module(x).zeros(shape, x.dtype)
    write_at(out, index, x)
    return out


@getkept.vjp("x")
def getkept_x(g, x_shape, index):
    return putitem(g, index=index, shape=x_shape)


@putitem.vjp("x")
def putitem_x(g, index):
    return getkept(g, index=index)


getkept.samples(lambda draw: [draw.call(draw(*shape), index=index) for shape, index in indices_and_shapes()])
putitem.samples(
    lambda draw: [
        draw.call(np.asarray(draw(*shape)[index]), index=index, shape=shape)
        for shape, index in indices_and_shapes()
    ]
)


@primitive(half="same")
def setitem(x, v, /, *, index):
    """A copy of x with v written at ``index``; of several values for one place the last one stays, and it
    alone gets a gradient."""
    out = x.copy()
    write_at(out, index, v)
    return out


@setitem.vjp("x")
def setitem_x(g, index):
    return setitem(g, 0.0, index=index)


@setitem.vjp("v")
def setitem_v(g, v_shape, index):
    return sum_to(getkept(g, index=index), shape=v_shape)


setitem.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw(2, 4), index=slice(1, None)),
        draw.call(draw(3, 4), draw(()), index=(1, slice(None))),
        draw.call(draw(3, 4), draw(2, 1), index=np.array([2, 0])),
        draw.call(draw(3, 4), draw(3, 1), index=np.array([2, 0, -1])),
        draw.call(draw(3, 4), draw(2, 2), index=(np.array([[0, 1], [0, -2]]), np.array([1, 3]))),
    ]
)


@primitive(half="same")
def replace(x, v, /):
    """v in the shape of x: what writing over all of x leaves of it, which is nothing."""
    return np.broadcast_to(v, x.shape).astype(x.dtype)


@replace.vjp("x")
def replace_x(g):
    return zeros_like(g)


@replace.vjp("v")
def replace_v(g, v_shape):
    return sum_to(g, shape=v_shape)


replace.samples(lambda draw: [(draw(2, 3), draw(2, 3)), (draw(2, 3), draw(3)), (draw(0, 3), draw(()))])


@primitive(half="same")
def put_view(x, v, /, *, path):
    """A copy of x with v written into the region that ``path`` shows: what writing into a view does to its
    root."""
    xp = array_module(x)
    out = x.copy(order="C")
    region = follow(out, path)
    if xp.may_share_memory(region, out) and getattr(region.flags, "writeable", True):
        region[...] = v
    else:  # a step of the path copies: x lies in memory in another way than the root did
        places = follow(xp.arange(x.size).reshape(x.shape), path)
        flat = out.reshape(-1)  # the same memory, for it lies in rows
        flat[places] = v
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
        draw.call(
            draw(3, 4),
            draw(4),
            path=(
                ((None, transpose, {"axes": (1, 0)}), reshape, {"shape": (12,)}),
                getitem,
                {"index": slice(1, 5)},
            ),
        ),
    ]
)


def _write_along(out, index, axis, v) -> None:
    """Write v at the places of ``out`` that ``take_along`` would read."""
    check_fits(index, axis, out.shape)
    k = kernels_for(out, index)
    if k is None or not k.indexing.write(out, index, axis, v):
        write_at(out, along(index, axis, out.shape), v)


@primitive(linear=True, half="same")
def kept_along(x, index, /, *, axis):
    """What of v is in x after v was written where ``take_along`` reads; 0 for the values that were written
    over."""
    check_fits(index, axis, x.shape)
    k = kernels_for(x, index)
    if k is not None and (out := k.indexing.kept(x, index, axis)) is not None:
        return out
    place = along(index, axis, x.shape)
    stays = last_written(place, x)
    return x[place] if stays is None else np.where(stays, x[place], x.dtype.type(0))


@primitive(linear=True, half="same")
def written_along(x, index, /, *, axis, shape):
    """Zeros of ``shape`` with x written where ``take_along`` reads."""
    out = array_module(x).zeros(shape, x.dtype)
    _write_along(out, index, axis, x)
    return out


kept_along.nondifferentiable("index")
written_along.nondifferentiable("index")


@kept_along.vjp("x")
def kept_along_x(g, index, x_shape, axis):
    return written_along(g, index, axis=axis, shape=x_shape)


@written_along.vjp("x")
def written_along_x(g, index, axis):
    return kept_along(g, index, axis=axis)


kept_along.samples(
    lambda draw: [
        draw.call(draw(3, 4), np.array([[0, 2, 0], [3, 1, 1]]), axis=1),
        draw.call(draw(3, 4), draw.index(3, (5, 2)), axis=0),
    ]
)
written_along.samples(
    lambda draw: [
        draw.call(draw(2, 3), np.array([[0, 2, 0], [3, 1, 1]]), axis=1, shape=(3, 4)),
        draw.call(draw(5, 2), draw.index(3, (5, 2)), axis=0, shape=(3, 4)),
    ]
)


@primitive(half="same")
def write_along(x, v, index, /, *, axis):
    """A copy of x with v written at the places ``take_along`` would read: PyTorch's scatter. The last of
    equal indices stays, and it alone gets a gradient."""
    out = x.copy()
    _write_along(out, index, axis, v)
    return out


write_along.nondifferentiable("index")


@write_along.vjp("x")
def write_along_x(g, index, axis):
    return write_along(g, 0.0, index, axis=axis)


@write_along.vjp("v")
def write_along_v(g, index, v_shape, axis):
    return sum_to(kept_along(g, index, axis=axis), shape=v_shape)


write_along.samples(
    lambda draw: [
        draw.call(draw(3, 4), draw(3, 2), np.array([[0, 2], [3, 1], [1, 0]]), axis=1),
        draw.call(draw(3, 4), draw(2, 3), np.array([[0, 2, 0], [3, 1, 1]]), axis=1),
        draw.call(draw(3, 4), draw(()), np.array([[1, 2]]), axis=0),
    ]
)
