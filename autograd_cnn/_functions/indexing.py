"""Reading by index: ``x[...]`` in all its forms, gather, index_select, take. What is read more than once adds
up its gradients."""

from collections.abc import Sequence
from types import EllipsisType
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from ..ops import _indexing as primitives
from ._arguments import names_arguments
from ._dims import integer, wrap_dim
from ._in_place import S
from .broadcasting import broadcast_shapes

__all__ = [
    "gather",
    "index_select",
    "masked_select",
    "narrow",
    "narrow_copy",
    "select",
    "take",
    "take_along_dim",
]

Index: TypeAlias = (
    SupportsIndex | slice | EllipsisType | Operand | np.ndarray[Any, Any] | Sequence[Any] | None
)
"""What may stand in brackets: numbers, slices, None, ``...``, masks, integer tensors, or a tuple of them."""


def plain_index(index: Any) -> Any:
    """An index without Tensors: arrays are copied (a later write must not change what the gradient uses), 0-d
    ones are numbers."""
    if isinstance(index, tuple):
        return tuple(plain_index(part) for part in index)
    if isinstance(index, Handle):
        index = index.array
    if isinstance(index, (list, range)):
        index = np.asarray([plain_index(part) for part in index])
        index = index.astype(np.int64) if index.size == 0 else index
    if isinstance(index, np.generic) and index.dtype.kind in "iu":
        return int(index)
    if isinstance(index, slice):
        return slice(*(None if n is None else int(n) for n in (index.start, index.stop, index.step)))
    if hasattr(index, "dtype") and hasattr(index, "shape"):
        if index.dtype.kind not in "iub":
            raise IndexError(
                f"tensors used as indices must be long, int, byte or bool tensors, not {index.dtype}"
            )
        if index.dtype == np.uint8:
            index = index.astype(np.bool_)
        return int(index) if index.shape == () and index.dtype.kind == "i" else index.copy()
    return index


def two_steps(index: Any, ndim: int) -> tuple[Any, Any]:
    """``x[index]`` as ``x[basic][advanced]``: integers, slices and None first (a view), then masks and index
    arrays.

    Either is None where there is nothing to do. NumPy counts an integer beside index arrays as one of them,
    and then orders the result's dimensions otherwise; PyTorch selects first.
    """
    if ops.is_basic(index):
        return index, None
    parts = list(index) if isinstance(index, tuple) else [index]
    if all(hasattr(part, "dtype") for part in parts):
        return None, index
    used = sum(
        part.ndim
        if getattr(part, "dtype", None) == np.bool_
        else 0
        if part is None or part is Ellipsis or isinstance(part, bool)
        else 1
        for part in parts
    )
    if used > ndim:
        raise IndexError(f"too many indices for tensor of dimension {ndim}")
    full = slice(None)
    dots = next((i for i, part in enumerate(parts) if part is Ellipsis), len(parts))
    parts[dots : dots + 1] = [full] * (ndim - used)
    basic: list[Any] = []
    advanced: list[Any] = []
    for part in parts:
        if hasattr(part, "dtype"):
            basic += [full] * (part.ndim if part.dtype == np.bool_ else 1)
            advanced.append(part)
        elif isinstance(part, bool):
            advanced.append(part)
        else:
            basic.append(part)
            if not isinstance(part, int):
                advanced.append(full)
    return (None if all(part == full for part in basic) else tuple(basic)), tuple(advanced)


def getitem(input: Handle[T], index: Index) -> T:
    """input[index]: a view where the index is made of integers, slices, None and ``...``, else a copy."""
    if type(index) is int or type(index) is slice:
        return primitives.getitem(input, index=index)
    basic, advanced = two_steps(plain_index(index), input.ndim)
    if advanced is None:
        return primitives.getitem(input, index=basic)
    part = input if basic is None else primitives.getitem(input, index=basic)
    return primitives.getitem(part, index=advanced)


def at_least_1d(x: S) -> S:
    """A number as a vector of one element."""
    return ops.reshape(x, shape=(1,)) if x.ndim == 0 else x


def index_array(index: Any, name: str) -> Any:
    """The integers of an index tensor, as an array."""
    array = index.array if isinstance(index, Handle) else np.asarray(index)
    if array.dtype.kind == "O":
        raise TypeError(f"{name}(): argument 'index' must be Tensor, not {type(index).__name__}")
    if array.dtype.kind != "i":
        raise RuntimeError(f"{name}(): Expected dtype int32/int64 for index, got {array.dtype}")
    return array


def check_bounds(index: Any, size: int, name: str, least: int = 0) -> None:
    """IndexError-like refusal of indices outside ``least..size-1``, before anything is written."""
    if index.size and not (least <= index.min() and index.max() < size):
        wrong = index.min() if index.min() < least else index.max()
        raise IndexError(f"{name}: index {wrong} is out of bounds for dimension with size {size}")


@names_arguments
def gather(input: Handle[T], dim: SupportsIndex, index: Operand, *, sparse_grad: bool = False) -> T:
    """``out[i][j][k] = input[i][index[i][j][k]][k]`` for dim 1."""
    axis = wrap_dim(dim, input.ndim)
    array = index_array(index, "gather")
    x = at_least_1d(input)
    _check_along(array, x.ndim, x.shape[axis], "gather")
    places = array.reshape(-1) if array.ndim == 0 else index if isinstance(index, Handle) else array
    out = primitives.take_along(x, places, axis=axis)
    return out if array.ndim else ops.reshape(out, shape=())


def _check_along(index: Any, ndim: int, size: int, name: str) -> None:
    if max(index.ndim, 1) != ndim:
        raise RuntimeError(
            f"{name}: Index tensor must have the same number of dimensions as input tensor; got "
            f"{index.ndim} and {ndim}"
        )
    if index.size and not (index.min() >= 0 and index.max() < size):
        raise RuntimeError(
            f"{name}: index {index.min() if index.min() < 0 else index.max()} is out of bounds for "
            f"dimension with size {size}"
        )


def along(index: Any, x: Operand, axis: int, name: str) -> Any:
    """The index of a scatter or gather into x, checked, with a dimension at least."""
    array = index_array(index, name)
    _check_along(array, x.ndim, x.shape[axis], name)
    return array.reshape(-1) if array.ndim == 0 else array


@names_arguments
def take_along_dim(input: Handle[T], indices: Operand, dim: SupportsIndex | None = None) -> T:
    """The elements of ``input`` at ``indices`` along ``dim``, broadcast against each other; flattened without
    ``dim``."""
    array = index_array(indices, "take_along_dim")
    if dim is None:
        return gather(ops.reshape(input, shape=(-1,)), 0, array.reshape(-1))
    if array.ndim != input.ndim:
        raise RuntimeError(
            "torch.take_along_dim(): input and indices should have the same number of dimensions, "
            f"but got {input.ndim} dimensions for input, and {array.ndim} dimensions for indices"
        )
    axis = wrap_dim(dim, input.ndim)
    shape = list(
        broadcast_shapes(
            (*input.shape[:axis], *input.shape[axis + 1 :]), (*array.shape[:axis], *array.shape[axis + 1 :])
        )
    )
    spread = ops.broadcast_to(input, shape=(*shape[:axis], input.shape[axis], *shape[axis:]))
    index: Any = np.broadcast_to(array, (*shape[:axis], array.shape[axis], *shape[axis:]))
    return gather(spread, axis, index)


@names_arguments
def index_select(input: Handle[T], dim: SupportsIndex, index: Operand) -> T:
    """The slices of ``input`` along ``dim`` that the vector ``index`` names."""
    axis = wrap_dim(dim, input.ndim)
    array = index_array(index, "index_select").copy()
    if array.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, but got dim {array.ndim}")
    x = at_least_1d(input)
    check_bounds(array, x.shape[axis], "index_select")
    out = primitives.getitem(x, index=(*[slice(None)] * axis, array.reshape(-1)))
    return out if input.ndim else ops.reshape(out, shape=())


@names_arguments
def select(input: Handle[T], dim: SupportsIndex, index: SupportsIndex) -> T:
    """A view of slice ``index`` along ``dim``, without that dimension."""
    if input.ndim == 0:
        raise IndexError("select() cannot be applied to a 0-dim tensor.")
    axis = wrap_dim(dim, input.ndim)
    n = index if type(index) is int else integer("index", index)
    if not -input.shape[axis] <= n < input.shape[axis]:
        raise IndexError(
            f"select(): index {n} out of range for tensor of size {list(input.shape)} at dimension {axis}"
        )
    return primitives.getitem(input, index=(*[slice(None)] * axis, n))


@names_arguments
def narrow(input: Handle[T], dim: SupportsIndex, start: SupportsIndex, length: SupportsIndex) -> T:
    """A view of ``length`` slices along ``dim`` from ``start`` on."""
    if input.ndim == 0:
        raise RuntimeError("narrow() cannot be applied to a 0-dim tensor.")
    axis = wrap_dim(dim, input.ndim)
    first = start if type(start) is int else integer("start", start)
    count = length if type(length) is int else integer("length", length)
    n = input.shape[axis]
    if count < 0:
        raise RuntimeError("narrow(): length must be non-negative.")
    if not -n <= first <= n:
        raise IndexError(f"start out of range (expected to be in range of [{-n}, {n}], but got {first})")
    first += n if first < 0 else 0
    if first + count > n:
        raise RuntimeError(f"start ({first}) + length ({count}) exceeds dimension size ({n}).")
    return primitives.getitem(input, index=(*[slice(None)] * axis, slice(first, first + count)))


@names_arguments
def narrow_copy(input: Handle[T], dim: SupportsIndex, start: SupportsIndex, length: SupportsIndex) -> T:
    """A copy of ``length`` slices along ``dim`` from ``start`` on."""
    out = narrow(input, dim, start, length)
    return ops.cast(out, dtype=out.array.dtype)


@names_arguments
def take(input: Handle[T], index: Operand) -> T:
    """The elements at ``index`` in the flattened ``input``, in the shape of ``index``."""
    array = index_array(index, "take").copy()
    size = int(np.prod(input.shape))
    check_bounds(array, size, "take", -size)
    out = primitives.getitem(ops.reshape(input, shape=(-1,)), index=array.reshape(-1))
    return ops.reshape(out, shape=array.shape)


@names_arguments
def masked_select(input: Handle[T], mask: Operand) -> T:
    """The elements where ``mask`` holds, in one dimension."""
    where = mask.array if isinstance(mask, Handle) else np.asarray(mask)
    if where.dtype != np.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = broadcast_shapes(tuple(input.shape), where.shape)
    return primitives.getitem(
        at_least_1d(ops.broadcast_to(input, shape=shape)),
        index=np.atleast_1d(np.broadcast_to(where, shape).copy()),
    )
