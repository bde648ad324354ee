"""Functions that change the shape and the order of elements."""

import builtins
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from .._engine.memory import owner
from ._arguments import names_arguments
from ._dims import listed, numpy_names, sizes, wrap_dim


@names_arguments
def reshape(input: Any, shape: Any) -> Any:
    """The same elements in another shape; one size may be -1. A view where the memory allows it."""
    return ops.reshape(input, shape=sizes(shape, ()))


def view(input: Any, *shape: Any) -> Any:
    """The same memory in another shape (or, given a dtype, read as that dtype); RuntimeError where that needs
    a copy."""
    if len(shape) == 1 and not isinstance(shape[0], (int, np.integer, Sequence)):
        raise TypeError(f"view: expected sizes, not {shape[0]!r}; to convert to another dtype use .to(dtype)")
    _lay_in_rows(input)
    out = ops.reshape(input, shape=sizes(shape[0], shape[1:]) if shape else ())
    if not input.array.flags.c_contiguous and input.array.size and owner(out.array) is not owner(input.array):
        raise RuntimeError(
            "view size is not compatible with input tensor's size and stride (at least one dimension "
            "spans across two contiguous subspaces). "
            f"Use .reshape(...) instead: shape {list(input.shape)} to {list(out.shape)} copies"
        )
    return out


def _lay_in_rows(input: Any) -> None:
    """Lay a result out anew whose memory format a convolution or a pooling chose (channels last), so that it
    has the views it has in PyTorch."""
    array = input.array
    chosen = (
        array.ndim == 4 and not array.flags.c_contiguous and array.transpose(0, 2, 3, 1).flags.c_contiguous
    )
    if chosen and input._view is None and not (input.is_leaf and input.requires_grad):
        input.array = ops.array_module(array).ascontiguousarray(array)


@names_arguments
def view_as(input: Any, other: Any) -> Any:
    """``input`` viewed in the shape of ``other``."""
    return view(input, tuple(other.shape))


@names_arguments
def reshape_as(input: Any, other: Any) -> Any:
    """``input`` in the shape of ``other``."""
    return ops.reshape(input, shape=tuple(other.shape))


def ravel(input: Any) -> Any:
    """All elements in one dimension."""
    return ops.reshape(input, shape=(-1,))


@names_arguments
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """Dimensions ``start_dim`` to ``end_dim`` as one."""
    shape = tuple(input.shape)
    start, end = wrap_dim(start_dim, len(shape)), wrap_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return ops.reshape(input, shape=(*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :]))


@names_arguments
def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Any:
    """Dimension ``dim`` as several of ``sizes``; one may be -1."""
    axis, shape, new = wrap_dim(dim, input.ndim), tuple(input.shape), list(sizes)
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
    return ops.reshape(input, shape=(*shape[:axis], *new, *shape[axis + 1 :]))


@names_arguments
def permute(input: Any, dims: Any) -> Any:
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
    return ops.transpose(input, axes=axes)


@names_arguments
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Dimensions ``dim0`` and ``dim1`` swapped."""
    order = list(range(builtins.max(input.ndim, 1)))
    a, b = wrap_dim(dim0, input.ndim), wrap_dim(dim1, input.ndim)
    order[a], order[b] = order[b], order[a]
    return ops.transpose(input, axes=tuple(order[: input.ndim]))


@names_arguments
def swapaxes(input: Any, axis0: int, axis1: int) -> Any:
    """:func:`transpose` under NumPy's name."""
    return transpose(input, axis0, axis1)


@names_arguments
def swapdims(input: Any, dim0: int, dim1: int) -> Any:
    """:func:`transpose` under another name."""
    return transpose(input, dim0, dim1)


@names_arguments
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """The dimensions ``source`` moved to the places ``destination``; the others keep their order."""
    sources, targets = ([wrap_dim(d, input.ndim) for d in listed(dims)] for dims in (source, destination))
    if len(sources) != len(targets):
        raise RuntimeError(
            f"movedim: Invalid source or destination dims: source ({source}) should contain the same "
            f"number of dims as destination ({destination})"
        )
    if len(set(sources)) != len(sources) or len(set(targets)) != len(targets):
        raise RuntimeError(f"movedim: repeated dim in source ({source}) or destination ({destination})")
    if input.ndim == 0:
        return ops.transpose(input, axes=())
    rest = iter([d for d in range(input.ndim) if d not in sources])
    moved = dict(zip(targets, sources, strict=True))
    return ops.transpose(input, axes=tuple(moved[d] if d in moved else next(rest) for d in range(input.ndim)))


moveaxis = movedim


@names_arguments
def t(input: Any) -> Any:
    """A matrix transposed; a vector as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects a tensor with <= 2 dimensions, but self is {input.ndim}D")
    return ops.transpose(input, axes=tuple(reversed(range(input.ndim))))


@names_arguments
def adjoint(input: Any) -> Any:
    """The last two dimensions swapped (numbers are real here)."""
    if input.ndim < 2:
        raise RuntimeError(
            "tensor.adjoint() is only supported on matrices or batches of matrices. Got "
            f"{input.ndim}-D tensor."
        )
    return transpose(input, -2, -1)


@numpy_names
def squeeze(input: Any, dim: Any = None) -> Any:
    """Without the dimensions of size 1 (or those of ``dim`` that have it)."""
    shape = tuple(input.shape)
    dims = range(len(shape)) if dim is None else [wrap_dim(d, len(shape)) for d in listed(dim)]
    return ops.reshape(input, shape=tuple(n for i, n in enumerate(shape) if n != 1 or i not in dims))


@numpy_names
def unsqueeze(input: Any, dim: int) -> Any:
    """With a new dimension of size 1 at ``dim``."""
    shape = list(input.shape)
    at = dim if -len(shape) - 1 <= dim <= len(shape) else wrap_dim(dim, len(shape) + 1)
    shape.insert(at if at >= 0 else at + len(shape) + 1, 1)
    return ops.reshape(input, shape=tuple(shape))


@names_arguments
def flip(input: Any, dims: Any) -> Any:
    """A copy with the elements in reverse order along ``dims``."""
    axes = tuple(wrap_dim(d, input.ndim) for d in listed(dims))
    if len(set(axes)) != len(axes):
        raise RuntimeError(
            f"dim {next(a for a in axes if axes.count(a) > 1)} appears multiple times in the list of dims"
        )
    return ops.flip(input, axis=axes if input.ndim else ())


@names_arguments
def fliplr(input: Any) -> Any:
    """Each row in reverse order."""
    if input.ndim < 2:
        raise RuntimeError(f"Input must be >= 2-d, got {input.ndim}-d")
    return flip(input, (1,))


@names_arguments
def flipud(input: Any) -> Any:
    """The rows in reverse order."""
    if input.ndim < 1:
        raise RuntimeError("Input must be >= 1-d")
    return flip(input, (0,))


@names_arguments
def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """The elements moved on by ``shifts`` along ``dims``, around the end; flattened first where ``dims`` is
    not given."""
    steps = listed(shifts)
    if dims is None or (not isinstance(dims, int) and not len(dims)):
        if len(steps) != 1:
            raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(steps)}, dims:0")
        flat = ops.roll(ops.reshape(input, shape=(-1,)), shift=steps, axis=(0,))
        return ops.reshape(flat, shape=tuple(input.shape))
    axes = tuple(wrap_dim(d, input.ndim) for d in listed(dims))
    if len(steps) != len(axes):
        raise RuntimeError(f"roll: shifts and dimensions must align. shifts: {len(steps)}, dims:{len(axes)}")
    return ops.roll(input, shift=steps, axis=axes)


@names_arguments
def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
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
    turns = k % 4
    if turns == 1:
        return transpose(flip(input, (b,)), a, b)
    if turns == 2:
        return flip(input, (a, b))
    return transpose(flip(input, (a,)), a, b) if turns == 3 else ops.cast(input, dtype=input.array.dtype)


def atleast(ndim: int, tensors: tuple[Any, ...]) -> Any:
    """Each tensor with at least ``ndim`` dimensions; one alone, or a tuple of several."""
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    shapes = {1: lambda n: (n[0],), 2: lambda n: (1, n[0]), 3: lambda n: (1, n[0], 1)}

    def one(x: Any) -> Any:
        if x.ndim >= ndim:
            return x
        return ops.reshape(x, shape=(*x.shape, 1) if x.ndim == 2 else shapes[ndim](tuple(x.shape) or (1,)))

    out = tuple(one(x) for x in several)
    return out[0] if several is tensors and len(out) == 1 else out


@names_arguments
def atleast_1d(*tensors: Any) -> Any:
    """Numbers as vectors of one element; others as they are."""
    return atleast(1, tensors)


@names_arguments
def atleast_2d(*tensors: Any) -> Any:
    """Vectors as matrices of one row; those with two dimensions or more as they are."""
    return atleast(2, tensors)


@names_arguments
def atleast_3d(*tensors: Any) -> Any:
    """With three dimensions or more: a vector in the middle one, a matrix in the first two."""
    return atleast(3, tensors)
