"""Functions that change the shape and the order of elements."""

import math
from collections.abc import Sequence
from operator import index
from typing import Any, Final, SupportsIndex, overload

from .. import ops
from .._engine.dtypes import DType, as_dtype
from .._engine.handle import Handle, Operand, T
from .._engine.layout import lay_in_rows
from .._engine.memory import owner
from ..ops import _movement as primitives
from ._arguments import names_arguments
from ._dims import Dim, Shape, integer, listed, new_dim, sizes, wrap_dim
from ._in_place import becomes
from ._reinterpreting import reinterpreted
from .conversion import contiguous

__all__ = [
    "adjoint",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "flatten",
    "flip",
    "fliplr",
    "flipud",
    "moveaxis",
    "movedim",
    "permute",
    "ravel",
    "reshape",
    "roll",
    "rot90",
    "squeeze",
    "swapaxes",
    "swapdims",
    "t",
    "transpose",
    "unflatten",
    "unsqueeze",
]


@names_arguments
def reshape(input: Handle[T], shape: Shape) -> T:
    """The same elements in another shape; one size may be -1. A view where the memory allows it."""
    return primitives.reshape(input, shape=sizes(shape, ()))


def view(input: Handle[T], *shape: Shape | DType, size: Shape | None = None, dtype: DType | None = None) -> T:
    """The same memory in another shape; RuntimeError where that needs a copy. With a ``dtype`` instead, the
    same bytes read as numbers of that dtype, which no gradient goes through.

    In PyTorch the result of a convolution lies in rows. Here it may lie channels last, where ``view(-1)``
    cannot show its elements in order. Such a result is laid in rows first, and with it every tensor that
    looks into its memory, so that a write through one still reaches all. Where that can't be - NumPy or
    another library holds an array of it, or a view has no place in rows - it stays, and this is a
    RuntimeError too.
    """
    given: Any = shape
    if size is not None or dtype is not None:
        given = (*shape, *(each for each in (size, dtype) if each is not None))
    if not given or (given is not shape and len(given) > 1):
        raise TypeError(
            f"view() received an invalid combination of arguments - got ({_kinds(shape, size, dtype)}); give "
            "it sizes, or a dtype"
        )
    first = given[0]
    if len(given) == 1 and not isinstance(first, (int, Sequence)) and not hasattr(type(first), "__index__"):
        return reinterpreted(input, as_dtype(first).dtype)
    wanted = sizes(first, given[1:])
    lay_in_rows(input, wanted)
    out = primitives.reshape(input, shape=wanted)
    if not input.array.flags.c_contiguous and input.array.size and owner(out.array) is not owner(input.array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension "
            "spans across two contiguous subspaces). "
            f"Use .reshape(...) instead: shape {list(input.shape)} to {list(out.shape)} copies"
        )
    return out


def _kinds(shape: tuple[Any, ...], size: Any, dtype: Any) -> str:
    """The types of what :func:`view` was given, for an error."""
    named = [f"{name}={type(v).__name__}" for name, v in (("size", size), ("dtype", dtype)) if v is not None]
    return ", ".join([*(type(each).__name__ for each in shape), *named])


@names_arguments
def view_as(input: Handle[T], other: Operand) -> T:
    """``input`` viewed in the shape of ``other``."""
    return view(input, tuple(other.shape))


@names_arguments
def reshape_as(input: Handle[T], other: Operand) -> T:
    """``input`` in the shape of ``other``."""
    return primitives.reshape(input, shape=tuple(other.shape))


@names_arguments
def ravel(input: Handle[T]) -> T:
    """All elements in one dimension; a copy unless they lie in order."""
    return primitives.reshape(contiguous(input), shape=(-1,))


@names_arguments
def flatten(input: Handle[T], start_dim: SupportsIndex = 0, end_dim: SupportsIndex = -1) -> T:
    """Dimensions ``start_dim`` to ``end_dim`` as one; the tensor itself where that is one dimension."""
    shape = tuple(input.shape)
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    if start == end and shape:
        same: Any = input
        return same
    whole = math.prod(shape[start : end + 1])
    return primitives.reshape(input, shape=(*shape[:start], whole, *shape[end + 1 :]))


@names_arguments
def unflatten(input: Handle[T], dim: SupportsIndex, sizes: Sequence[SupportsIndex]) -> T:
    """Dimension ``dim`` as several of ``sizes``; one may be -1."""
    axis, shape, new = wrap_dim(dim, input.ndim), tuple(input.shape), list(map(index, sizes))
    if not new:
        raise RuntimeError("unflatten: sizes must be non-empty")
    if -1 in new:
        rest = -math.prod(new)
        new[new.index(-1)] = shape[axis] // rest if rest else 0
    if math.prod(new) != shape[axis]:
        raise RuntimeError(
            f"unflatten: Provided sizes {list(sizes)} don't multiply up to the size of dim {dim} "
            f"({shape[axis]}) in the input tensor"
        )
    return primitives.reshape(input, shape=(*shape[:axis], *new, *shape[axis + 1 :]))


@names_arguments
def permute(input: Handle[T], dims: Shape) -> T:
    """The dimensions in the order ``dims``."""
    order = sizes(dims, ())
    if len(order) != input.ndim:
        raise RuntimeError(
            "permute(sparse_coo): number of dimensions in the tensor input does not match the length "
            "of the desired ordering of dimensions "
            f"i.e. input.dim() = {input.ndim} is not equal to len(dims) = {len(order)}"
        )
    axes = tuple(wrap_dim(d, input.ndim) for d in order)
    if len(set(axes)) != len(axes):
        raise RuntimeError(f"permute(): duplicate dims are not allowed, got {order}")
    return primitives.transpose(input, axes=axes)


@names_arguments
def transpose(input: Handle[T], dim0: SupportsIndex, dim1: SupportsIndex) -> T:
    """Dimensions ``dim0`` and ``dim1`` swapped."""
    order = list(range(max(input.ndim, 1)))
    a, b = wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim)
    order[a], order[b] = order[b], order[a]
    return primitives.transpose(input, axes=tuple(order[: input.ndim]))


transpose_: Final = becomes(transpose)


@names_arguments
def swapaxes(input: Handle[T], axis0: SupportsIndex, axis1: SupportsIndex) -> T:
    """:func:`transpose` under NumPy's name."""
    return transpose(input, axis0, axis1)


swapaxes_: Final = becomes(swapaxes)


@names_arguments
def swapdims(input: Handle[T], dim0: SupportsIndex, dim1: SupportsIndex) -> T:
    """:func:`transpose` under another name."""
    return transpose(input, dim0, dim1)


swapdims_: Final = becomes(swapdims)


@names_arguments
def movedim(input: Handle[T], source: Shape, destination: Shape) -> T:
    """The dimensions ``source`` moved to the places ``destination``; the others keep their order."""
    sources, targets = ([wrap_dim(d, input.ndim) for d in listed(dims)] for dims in (source, destination))
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({source}) should contain the same "
            f"number of dims as destination ({destination})"
        )
    for name, axes, given in (("source", sources, source), ("destination", targets, destination)):
        if len(set(axes)) != len(axes):
            raise RuntimeError(f"movedim: repeated dim in `{name}` ({given})")
    if input.ndim == 0:
        return primitives.transpose(input, axes=())
    rest = iter([d for d in range(input.ndim) if d not in sources])
    moved = dict(zip(targets, sources, strict=True))
    return primitives.transpose(
        input, axes=tuple(moved[d] if d in moved else next(rest) for d in range(input.ndim))
    )


moveaxis = movedim


@names_arguments
def t(input: Handle[T]) -> T:
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return primitives.transpose(input, axes=tuple(reversed(range(input.ndim))))


t_: Final = becomes(t)


@names_arguments
def adjoint(input: Handle[T]) -> T:
    """The last two dimensions swapped (numbers are real here)."""
    if input.ndim == 1:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. Got "
            f"{input.ndim}-D tensor."
        )
    return transpose(input, -2, -1) if input.ndim else t(input)


@names_arguments
def squeeze(input: Handle[T], dim: Dim = None) -> T:
    """Without the dimensions of size 1 (or those of ``dim`` that have it)."""
    shape = tuple(input.shape)
    dims = range(len(shape)) if dim is None else [wrap_dim(d, len(shape)) for d in listed(dim)]
    return primitives.reshape(input, shape=tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims))


squeeze_: Final = becomes(squeeze)


@names_arguments
def unsqueeze(input: Handle[T], dim: SupportsIndex) -> T:
    """With a new dimension of size 1 at ``dim``."""
    shape = list(input.shape)
    last = len(shape)
    at = dim % (last + 1) if type(dim) is int and -last - 1 <= dim <= last else new_dim(dim, last)
    shape.insert(at, 1)
    return primitives.reshape(input, shape=tuple(shape))


unsqueeze_: Final = becomes(unsqueeze)


@names_arguments
def flip(input: Handle[T], dims: Shape) -> T:
    """A copy with the elements in reverse order along ``dims``."""
    axes = tuple(wrap_dim(d, input.ndim) for d in listed(dims))
    if len(set(axes)) != len(axes):
        raise RuntimeError(
            f"dim {next(a for a in axes if axes.count(a) > 1)} appears multiple times in the list of dims"
        )
    return primitives.flip(input, axis=axes if input.ndim else ())


@names_arguments
def fliplr(input: Handle[T]) -> T:
    """Each row in reverse order."""
    if input.ndim < 2:
        raise RuntimeError(f"Input must be >= 2-d. but got {input.ndim}-d")
    return primitives.flip(input, axis=(1,))


@names_arguments
def flipud(input: Handle[T]) -> T:
    """The rows in reverse order."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d. but got 0-d")
    return primitives.flip(input, axis=(0,))


@names_arguments
def roll(input: Handle[T], shifts: Shape, dims: Dim = None) -> T:
    """The elements moved on by ``shifts`` along ``dims``, around the end; flattened first where ``dims`` is
    not given."""
    steps = listed(shifts, "shifts")
    if not steps:
        raise RuntimeError("`shifts` required: give a number for each of `dims`")
    given = () if dims is None else listed(dims)
    if len(steps) != (len(given) or 1):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(steps)}, dims:{len(given)}")
    axes = tuple(wrap_dim(d, input.ndim) for d in given)
    if not axes:
        flat = primitives.roll(primitives.reshape(input, shape=(-1,)), shift=steps, axis=(0,))
        return primitives.reshape(flat, shape=tuple(input.shape))
    return primitives.roll(input, shift=steps, axis=axes)


@names_arguments
def rot90(input: Handle[T], k: SupportsIndex = 1, dims: Sequence[SupportsIndex] = (0, 1)) -> T:
    """Turned by 90 degrees ``k`` times in the plane of two dimensions, from the first towards the second."""
    if len(dims) != 2:
        raise RuntimeError(f"expected total rotation dims == 2, but got dims = {len(dims)}")
    if input.ndim < 2:
        raise RuntimeError(f"expected total dims >= 2, but got total dims = {input.ndim}")
    a, b = (wrap_dim(d, input.ndim) for d in dims)
    if a == b:
        raise RuntimeError(
            f"expected rotation dims to be different, but got dim0 = {dims[0]} and dim1 = {dims[1]}"
        )
    turns = (k if type(k) is int else integer("k", k)) % 4
    if turns == 0:
        return ops.cast(input, dtype=input.array.dtype)
    if turns == 2:
        return primitives.flip(input, axis=(a, b))
    return transpose(primitives.flip(input, axis=(b if turns == 1 else a,)), a, b)


def _at_least(ndim: int, tensors: tuple[Any, ...]) -> Any:
    """Each tensor with at least ``ndim`` dimensions; one alone, or a tuple of several."""
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    shapes = {1: lambda n: (n[0],), 2: lambda n: (1, n[0]), 3: lambda n: (1, n[0], 1)}

    def one(x: Any) -> Any:
        if x.ndim >= ndim:
            return x
        shape = (*x.shape, 1) if x.ndim == 2 else shapes[ndim](tuple(x.shape) or (1,))
        return primitives.reshape(x, shape=shape)

    out = tuple(one(x) for x in several)
    return out[0] if several is tensors and len(out) == 1 else out


@overload
def atleast_1d(tensor: Handle[T], /) -> T: ...
@overload
def atleast_1d(tensors: Sequence[Handle[T]], /) -> tuple[T, ...]: ...
@overload
def atleast_1d(first: Handle[T], second: Handle[T], /, *others: Handle[T]) -> tuple[T, ...]: ...
@names_arguments
def atleast_1d(*tensors: Any) -> Any:
    """Numbers as vectors of one element; others as they are."""
    return _at_least(1, tensors)


@overload
def atleast_2d(tensor: Handle[T], /) -> T: ...
@overload
def atleast_2d(tensors: Sequence[Handle[T]], /) -> tuple[T, ...]: ...
@overload
def atleast_2d(first: Handle[T], second: Handle[T], /, *others: Handle[T]) -> tuple[T, ...]: ...
@names_arguments
def atleast_2d(*tensors: Any) -> Any:
    """Vectors as matrices of one row; those with two dimensions or more as they are."""
    return _at_least(2, tensors)


@overload
def atleast_3d(tensor: Handle[T], /) -> T: ...
@overload
def atleast_3d(tensors: Sequence[Handle[T]], /) -> tuple[T, ...]: ...
@overload
def atleast_3d(first: Handle[T], second: Handle[T], /, *others: Handle[T]) -> tuple[T, ...]: ...
@names_arguments
def atleast_3d(*tensors: Any) -> Any:
    """With three dimensions or more: a vector in the middle one, a matrix in the first two."""
    return _at_least(3, tensors)
