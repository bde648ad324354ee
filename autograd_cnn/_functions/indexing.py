"""Reading by index: ``x[...]`` in all its forms, gather, index_select, take. What is read more than once adds
up its gradients."""

import re
import warnings
from collections.abc import Sequence
from operator import index
from types import EllipsisType
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from ..ops import _indexing as primitives
from ..ops._errors import scalar_type
from ..ops.kernels import on_host
from ._arguments import array_in, names_arguments
from ._data import array_of
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
    ones are numbers.

    A list that holds more than numbers is read as a tuple, one part for each axis, as in PyTorch.
    """
    if type(index) is list and any(map(_is_a_part, index)):
        index = tuple(index)
    return tuple(map(_plain_part, index)) if isinstance(index, tuple) else _plain_part(index)


def _is_a_part(element: Any) -> bool:
    """Whether an element of a list says that each element is the index of an axis."""
    return (
        element is None or element is Ellipsis or isinstance(element, (slice, Handle, Sequence, np.ndarray))
    )


def _plain_part(part: Any) -> Any:
    """What is in an index for one axis (or several, a mask), without Tensors."""
    if part is None or part is Ellipsis or type(part) is int or type(part) is bool:
        return part
    if isinstance(part, slice):
        return plain_slice(part)
    if isinstance(part, Handle):
        part = part.array
    elif isinstance(part, Sequence):
        part = _index_of_sequence(part)
    elif isinstance(part, np.generic):
        if part.dtype.kind not in "iu":
            raise _no_index(part)
        return int(part)
    if not hasattr(part, "dtype"):
        if not hasattr(part, "__index__"):
            raise _no_index(part)
        return part.__index__()
    if part.shape == () and part.dtype.kind == "i":
        return int(part)
    if part.dtype.name not in ("int64", "int32", "uint8", "bool"):
        raise IndexError(
            f"tensors used as indices must be long, int, byte or bool tensors, not {part.dtype}; convert "
            f"with "
            ".long()"
        )
    if part.dtype == np.uint8:
        warnings.warn(
            "indexing with dtype torch.uint8 is now deprecated, please use a dtype torch.bool instead.",
            UserWarning,
            stacklevel=4,
        )
        part = part.astype(np.bool_)
    return part.copy()


def _index_of_sequence(part: Sequence[Any]) -> Any:
    """Numbers in (nested) sequences as an array of truth values or of int64; of other numbers the whole
    part."""
    if isinstance(part, str):
        raise TypeError(f"new(): invalid data type 'str': an index holds numbers, not {part!r}")
    array = array_of(part)
    return array if array.dtype == np.bool_ and array.size else array.astype(np.int64)


def _no_index(part: Any) -> IndexError:
    return IndexError(
        "only integers, slices (`:`), ellipsis (`...`), None and long or byte Variables are valid indices "
        "(got "
        f"{type(part).__name__})"
    )


def plain_slice(part: slice) -> slice:
    """A slice of Python's numbers; ValueError where it runs backwards, for a view can't."""
    if part.step is not None and part.step <= 0:
        raise ValueError(
            "slice step cannot be zero"
            if part.step == 0
            else "step must be greater than zero; flip() runs backwards"
        )
    return slice(*(None if n is None else index(n) for n in (part.start, part.stop, part.step)))


_OUTSIDE = re.compile(r"index (-?\d+) is out of bounds for axis (\d+) with size (\d+)")


def outside(error: IndexError, input: Operand) -> IndexError:
    """What NumPy says of an index of ``input`` that is not there, in PyTorch's words."""
    text = str(error)
    if (found := _OUTSIDE.search(text)) is not None:
        number, axis, size = found.groups()
        if size == "0":
            return IndexError(
                f"index is out of bounds for dimension with size 0: {number} in dimension {axis}"
            )
        return IndexError(f"index {number} is out of bounds for dimension {axis} with size {size}")
    if text.startswith("boolean index did not match"):
        return IndexError(f"The shape of the mask does not match that of the indexed tensor: {text}")
    if input.ndim == 0 and text.startswith("too many indices"):
        return IndexError(
            "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to "
            "convert a 0-dim tensor to a number"
        )
    return (
        IndexError(f"too many indices for tensor of dimension {input.ndim}") if "too many" in text else error
    )


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
    try:
        if type(index) is int or (type(index) is slice and index.step is None):
            return primitives.getitem(input, index=index)
        basic, advanced = two_steps(plain_index(index), input.ndim)
        if advanced is None:
            return primitives.getitem(input, index=basic)
        part = input if basic is None else primitives.getitem(input, index=basic)
        return primitives.getitem(part, index=advanced)
    except IndexError as error:
        raise outside(error, input) from None


def at_least_1d(x: S) -> S:
    """A number as a vector of one element."""
    return ops.reshape(x, shape=(1,)) if x.ndim == 0 else x


def index_array(index: Any, name: str, *kinds: str) -> Any:
    """The integers of an index tensor, as an array; int32 or int64 unless ``kinds`` says otherwise."""
    array = array_in(index)
    if array.dtype.name not in (kinds or ("int32", "int64")):
        wrong = IndexError if name == "index_fill" else RuntimeError
        raise wrong(
            f"{name}(): Expected dtype {'/'.join(kinds) or 'int32/int64'} for index, got {array.dtype}"
        )
    return array


def in_bounds(index: Any, size: int) -> bool:
    """Whether all of ``index`` is from 0 to ``size`` - 1: in one look, for as unsigned integers negative ones
    are the largest of all."""
    if type(index) is np.ndarray and (k := on_host(index.size)) is not None:
        return bool(k.indexing.in_bounds(index, size))
    if index.dtype.kind == "i":
        index = index.view(f"u{index.itemsize}")
    return not index.size or bool(index.max() < size)


def check_bounds(index: Any, size: int, name: str, least: int = 0) -> None:
    """IndexError-like refusal of indices outside ``least..size-1``, before anything is written."""
    if least == 0 and in_bounds(index, size):
        return
    if index.size and not (least <= index.min() and index.max() < size):
        wrong = index.min() if index.min() < least else index.max()
        raise IndexError(f"{name}: index {wrong} is out of bounds for dimension with size {size}")


@names_arguments
def gather(input: Handle[T], dim: SupportsIndex, index: Operand, *, sparse_grad: bool = False) -> T:
    """``out[i][j][k] = input[i][index[i][j][k]][k]`` for dim 1."""
    axis = wrap_dim(dim, input.ndim)
    array = index_array(index, "gather")
    if array.size == 0 and array.ndim != input.ndim:
        return ops.getitem(ops.reshape(input, shape=(-1,)), index=np.zeros(array.shape, np.int64))
    x = at_least_1d(input)
    _check_along(array, x.ndim, x.shape[axis], "gather")
    places = operand_of(index, array) if array.ndim else array.reshape(-1)
    out = primitives.take_along(x, places, axis=axis)
    return out if array.ndim else ops.reshape(out, shape=())


def _check_along(index: Any, ndim: int, size: int, name: str) -> None:
    if max(index.ndim, 1) != ndim:
        raise RuntimeError(
            f"{name}: Index tensor must have the same number of dimensions as input tensor; got "
            f"{index.ndim} and {ndim}"
        )
    if not in_bounds(index, size):
        raise RuntimeError(
            f"{name}: index {index.min() if index.min() < 0 else index.max()} is out of bounds for "
            f"dimension with size {size}"
        )


def along(index: Any, x: Operand, axis: int, name: str) -> Any:
    """The index of a scatter or gather into x, checked, with a dimension at least."""
    array = index_array(index, name)
    _check_along(array, x.ndim, x.shape[axis], name)
    return array.reshape(-1) if array.ndim == 0 else array


def operand_of(index: Any, array: Any) -> Any:
    """The operand that ``array`` is: the tensor itself, which is not copied to be kept for a gradient, where
    there is one."""
    return index if isinstance(index, Handle) and array is index.array else array


@names_arguments
def take_along_dim(input: Handle[T], indices: Operand, dim: SupportsIndex | None = None) -> T:
    """The elements of ``input`` at ``indices`` along ``dim``, broadcast against each other; flattened without
    ``dim``. Along a ``dim`` they count round and round: -1 is the last, as is the size minus one."""
    if dim is None:
        places = index_array(indices, "take_along_dim").reshape(-1)
        return gather(ops.reshape(input, shape=(-1,)), 0, places)
    array = indices.array if isinstance(indices, Handle) else np.asarray(indices)
    if array.dtype != np.int64:
        raise RuntimeError(
            f"torch.take_along_dim(): dtype of indices should be Long but got {scalar_type(array)}"
        )
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
    return gather(spread, axis, index % max(input.shape[axis], 1))


@names_arguments
def index_select(input: Handle[T], dim: SupportsIndex, index: Operand) -> T:
    """The slices of ``input`` along ``dim`` that the vector ``index`` names."""
    axis = wrap_dim(dim, input.ndim)
    array = index_array(index, "index_select").copy()
    if array.ndim > 1:
        raise IndexError(f"index_select(): Index is supposed to be a vector, but got dim {array.ndim}")
    x = at_least_1d(input)
    if input.ndim > 1 and not input.shape[axis] and array.size:
        raise RuntimeError("index_select(): self indexing axis dim should be positive")
    if input.ndim == 0 and array.size != 1:
        raise RuntimeError(
            f"index_select(): Index to scalar can have only 1 value, got {array.size} value(s)"
        )
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
    if isinstance(start, Handle) and (start.ndim or start.array.dtype.kind not in "iu"):
        raise RuntimeError("start must be an 0-dim integral Tensor.")
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
    out = narrow(input, dim, integer("start", start), length)
    return ops.cast(out, dtype=out.array.dtype)


@names_arguments
def take(input: Handle[T], index: Operand) -> T:
    """The elements at ``index`` in the flattened ``input``, in the shape of ``index``."""
    array = index_array(index, "take", "int64").copy()
    size = int(np.prod(input.shape))
    check_bounds(array, size, "take", -size)
    out = primitives.getitem(ops.reshape(input, shape=(-1,)), index=array.reshape(-1))
    return ops.reshape(out, shape=array.shape)


@names_arguments
def masked_select(input: Handle[T], mask: Operand) -> T:
    """The elements where ``mask`` holds, in one dimension."""
    where = array_in(mask)
    if where.dtype != np.bool_:
        raise RuntimeError("masked_select: expected BoolTensor for mask")
    shape = broadcast_shapes(tuple(input.shape), where.shape)
    return primitives.getitem(
        at_least_1d(ops.broadcast_to(input, shape=shape)),
        index=np.atleast_1d(np.broadcast_to(where, shape).copy()),
    )
