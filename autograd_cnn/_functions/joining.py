"""Putting tensors together, and taking them apart: cat, stack, split and their kin. The parts of a split are
views."""

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any, SupportsIndex, TypeAlias, overload

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from .._engine.several import one_of_several
from ..ops import _joining as primitives
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._dims import integer, new_dim, wrap_dim
from .broadcasting import broadcast_tensors
from .movement import atleast_1d, atleast_2d, atleast_3d

__all__ = [
    "block_diag",
    "cartesian_prod",
    "cat",
    "chunk",
    "column_stack",
    "combinations",
    "concat",
    "concatenate",
    "dsplit",
    "dstack",
    "hsplit",
    "hstack",
    "meshgrid",
    "row_stack",
    "split",
    "split_with_sizes",
    "stack",
    "tensor_split",
    "unbind",
    "unsafe_chunk",
    "unsafe_split",
    "unsafe_split_with_sizes",
    "vsplit",
    "vstack",
]

Sections: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
"""How to split: into so many, or at these places."""


@names_arguments
def cat(tensors: Sequence[Handle[T]], dim: SupportsIndex = 0) -> T:
    """The tensors one behind the other along ``dim``; empty vectors count as nothing."""
    tensors = list(tensors)
    if not tensors:
        raise ValueError("torch.cat(): expected a non-empty list of Tensors")
    for i, x in enumerate(tensors):
        if x.ndim == 0:
            raise RuntimeError(f"zero-dimensional tensor (at position {i}) cannot be concatenated; use stack")
    solid = [x for x in tensors if tuple(x.shape) != (0,)]
    if solid and len(solid) < len(tensors) and solid[0].ndim > 1:
        tensors = solid
    return primitives.concatenate(*tensors, axis=wrap_dim(dim, tensors[0].ndim) if solid else 0)


@names_arguments
def concat(tensors: Sequence[Handle[T]], dim: SupportsIndex = 0) -> T:
    """:func:`cat` under another name."""
    return cat(tensors, dim)


@names_arguments
def concatenate(tensors: Sequence[Handle[T]], axis: SupportsIndex = 0, dim: SupportsIndex | None = None) -> T:
    """:func:`cat` under NumPy's name."""
    return cat(tensors, axis if dim is None else dim)


@names_arguments
def stack(tensors: Sequence[Handle[T]], dim: SupportsIndex = 0) -> T:
    """The tensors along a new dimension ``dim``."""
    if not len(tensors):
        raise RuntimeError("stack expects a non-empty TensorList")
    first = tuple(tensors[0].shape)
    for i, x in enumerate(tensors):
        if tuple(x.shape) != first:
            raise RuntimeError(
                f"stack expects each tensor to be equal size, but got {list(first)} at entry 0 and "
                f"{list(x.shape)} at entry {i}"
            )
    return primitives.stack(*tensors, axis=new_dim(dim, len(first)))


@names_arguments
def hstack(tensors: Sequence[Handle[T]]) -> T:
    """The tensors side by side: along the second dimension, vectors along the first."""
    parts = atleast_1d(tuple(tensors))
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@names_arguments
def vstack(tensors: Sequence[Handle[T]]) -> T:
    """The tensors one below the other; vectors are rows."""
    return cat(atleast_2d(tuple(tensors)), 0)


row_stack = vstack


@names_arguments
def dstack(tensors: Sequence[Handle[T]]) -> T:
    """The tensors one behind the other, along the third dimension."""
    return cat(atleast_3d(tuple(tensors)), 2)


@names_arguments
def column_stack(tensors: Sequence[Handle[T]]) -> T:
    """The tensors side by side; vectors are columns."""
    columns = [ops.reshape(x, shape=(math.prod(x.shape), 1)) if x.ndim <= 1 else x for x in tensors]
    return cat(columns, 1)


def _pieces(input: Handle[T], axis: int, bounds: Sequence[int]) -> tuple[T, ...]:
    """Views of ``input`` from each of ``bounds`` to the next along ``axis``."""
    before = [slice(None)] * axis
    return tuple(ops.getitem(input, index=(*before, slice(a, b))) for a, b in itertools.pairwise(bounds))


def _splittable(input: Operand, name: str) -> None:
    if input.ndim == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")


@names_arguments
def split(tensor: Handle[T], split_size_or_sections: Sections, dim: SupportsIndex = 0) -> tuple[T, ...]:
    """Views of pieces along ``dim``: of one size (the last may be smaller), or of the given sizes."""
    split_size = split_size_or_sections
    _splittable(tensor, "split")
    axis = wrap_dim(dim, tensor.ndim)
    n = tensor.shape[axis]
    if not isinstance(split_size, (tuple, list)):
        size = split_size if type(split_size) is int else integer("split_size", split_size)
        if size < 0 or (size == 0 and n):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
                if size < 0
                else f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
            )
        pieces = _pieces(tensor, axis, [*range(0, max(n, 1), size or 1), n])
        return one_of_several(tensor, pieces, "split", lambda gs: ops.concatenate(*gs, axis=axis))
    sections = [integer("split_size", s) for s in split_size]
    if sum(sections) != n or any(s < 0 for s in sections):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={sections}"
        )
    pieces = _pieces(tensor, axis, [0, *itertools.accumulate(sections)])
    return one_of_several(tensor, pieces, "split_with_sizes", lambda gs: ops.concatenate(*gs, axis=axis))


@names_arguments
def split_with_sizes(
    input: Handle[T], split_sizes: Sequence[SupportsIndex], dim: SupportsIndex = 0
) -> tuple[T, ...]:
    """Views of pieces of the given sizes along ``dim``."""
    return split(input, list(split_sizes), dim)


@names_arguments
def chunk(input: Handle[T], chunks: SupportsIndex, dim: SupportsIndex = 0) -> tuple[T, ...]:
    """At most ``chunks`` views of equal size along ``dim``, the last perhaps smaller."""
    _splittable(input, "chunk")
    if (parts := chunks if type(chunks) is int else integer("chunks", chunks)) <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    axis = wrap_dim(dim, input.ndim)
    n = input.shape[axis]
    return split(input, -(-n // parts) if n else [0] * parts, axis)


@names_arguments
def tensor_split(
    input: Handle[T], indices_or_sections: Sections | Operand, dim: SupportsIndex = 0
) -> tuple[T, ...]:
    """Views of ``n`` pieces whose sizes differ by at most one, or of the pieces between indices."""
    if input.ndim == 0:
        raise RuntimeError(
            "tensor_split expected at least a 1-dimensional tensor, but got a tensor with 0 dims"
        )
    given = indices_or_sections
    if isinstance(given, Handle):
        _check_places(given)
    return _split_at(input, given if type(given) is int else _plain(given), wrap_dim(dim, input.ndim))


def _check_places(given: Operand) -> None:
    """RuntimeError unless it is a number or a vector of int64."""
    said = "tensor_split expected tensor_indices_or_sections to"
    if given.array.dtype != np.int64:
        raise RuntimeError(f"{said} have dtype of long, but got {scalar_type(given.array)}")
    if given.array.ndim > 1:
        raise RuntimeError(
            f"{said} be a zero-dimensional or one-dimensional tensor, but got a tensor with "
            f"{given.array.ndim} dims"
        )


def _plain(indices_or_sections: Sections | Operand) -> int | list[int]:
    given = getattr(indices_or_sections, "array", indices_or_sections)
    if hasattr(given, "tolist"):
        given = given.tolist()
    if isinstance(given, (tuple, list)):
        return [integer("indices", i) for i in given]
    return integer("sections", given)


def _split_at(input: Handle[T], places: int | list[int], axis: int) -> tuple[T, ...]:
    n = input.shape[axis]
    if isinstance(places, int):
        if places <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {places}")
        return _pieces(input, axis, [i * (n // places) + min(i, n % places) for i in range(places + 1)])
    bounds = [0, *(slice(None, i).indices(n)[1] for i in places), n]
    before = [slice(None)] * axis
    return tuple(
        ops.getitem(input, index=(*before, slice(a, max(a, b)))) for a, b in itertools.pairwise(bounds)
    )


def _split_along(
    name: str, input: Handle[T], indices_or_sections: Sections | Operand, dim: int, least: int
) -> tuple[T, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension{'s' * (least > 1)}, but "
            f"got a tensor with {input.ndim} dimensions!"
        )
    places = indices_or_sections if type(indices_or_sections) is int else _plain(indices_or_sections)
    if isinstance(places, int) and (places <= 0 or input.shape[dim] % places):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.shape[dim]} is not divisible by the split_size {places}!"
        )
    return _split_at(input, places, dim)


@names_arguments
def hsplit(input: Handle[T], indices_or_sections: Sections | Operand) -> tuple[T, ...]:
    """Equal pieces side by side: along the second dimension, of a vector along the first."""
    return _split_along("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1, 1)


@names_arguments
def vsplit(input: Handle[T], indices_or_sections: Sections | Operand) -> tuple[T, ...]:
    """Equal pieces one below the other, along the first dimension."""
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


@names_arguments
def dsplit(input: Handle[T], indices_or_sections: Sections | Operand) -> tuple[T, ...]:
    """Equal pieces along the third dimension."""
    return _split_along("dsplit", input, indices_or_sections, 2, 3)


@names_arguments
def unbind(input: Handle[T], dim: SupportsIndex = 0) -> tuple[T, ...]:
    """A view of each slice along ``dim``, without that dimension."""
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axis = wrap_dim(dim, input.ndim)
    slices = (ops.getitem(input, index=(*[slice(None)] * axis, i)) for i in range(input.shape[axis]))
    return one_of_several(input, slices, "unbind", lambda gs: ops.stack(*gs, axis=axis))


def _one_by_one(tensor: Handle[T], pieces: tuple[T, ...], dim: SupportsIndex) -> tuple[T, ...]:
    """The same pieces as views of their own, each of which may be written in place."""
    axis, found, at = wrap_dim(dim, tensor.ndim), [], 0
    for piece in pieces:
        end = at + piece.array.shape[axis]
        found.append(ops.getitem(tensor, index=(*[slice(None)] * axis, slice(at, end))))
        at = end
    return tuple(found)


@names_arguments
def unsafe_split(tensor: Handle[T], split_size: SupportsIndex, dim: SupportsIndex = 0) -> tuple[T, ...]:
    """As :func:`split`, with pieces that may be written in place: PyTorch does not watch these writes, which
    are recorded here."""
    return _one_by_one(tensor, split(tensor, integer("split_size", split_size), dim), dim)


@names_arguments
def unsafe_split_with_sizes(
    input: Handle[T], split_sizes: Sequence[SupportsIndex], dim: SupportsIndex = 0
) -> tuple[T, ...]:
    """As :func:`split_with_sizes`, with pieces that may be written in place."""
    return _one_by_one(input, split_with_sizes(input, split_sizes, dim), dim)


@names_arguments
def unsafe_chunk(input: Handle[T], chunks: SupportsIndex, dim: SupportsIndex = 0) -> tuple[T, ...]:
    """As :func:`chunk`, with pieces that may be written in place."""
    return _one_by_one(input, chunk(input, chunks, dim), dim)


@overload
def meshgrid(*tensors: Handle[T], indexing: str | None = None) -> tuple[T, ...]: ...
@overload
def meshgrid(tensors: Sequence[Handle[T]], /, *, indexing: str | None = None) -> tuple[T, ...]: ...
@names_arguments
def meshgrid(*tensors: Any, indexing: str | None = None) -> Any:
    """The coordinates of a grid: vector i varies along dimension i (with ``"xy"`` the first two change
    places). Without ``indexing`` it is ``"ij"``, with a warning, for NumPy's is ``"xy"``."""
    if indexing is None:
        warnings.warn(
            "torch.meshgrid: in an upcoming release, it will be required to pass the indexing argument.",
            UserWarning,
            stacklevel=3,
        )
        indexing = "ij"
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if not several:
        raise RuntimeError("meshgrid expects a non-empty TensorList")
    if any(x.ndim > 1 for x in several):
        raise RuntimeError("torch.meshgrid: Expected 0D or 1D tensor in the tensor list")
    if len({x.array.dtype for x in several}) > 1:
        raise RuntimeError(
            f"meshgrid expects all tensors to have the same dtype, but got {[x.dtype for x in several]}"
        )
    n = len(several)
    place = list(range(n))
    if indexing == "xy" and n > 1:
        place[:2] = [1, 0]
    return broadcast_tensors(
        [
            ops.reshape(x, shape=tuple(-1 if i == at else 1 for i in range(n)))
            for x, at in zip(several, place, strict=True)
        ]
    )


def cartesian_prod(*tensors: Handle[T]) -> T:
    """Every choice of one element from each vector, one row each."""
    several: Any = tensors
    for x in several:
        if x.ndim != 1:
            raise RuntimeError(f"Expect a 1D vector, but got shape {list(x.shape)}")
    if len(several) == 1:
        return several[0]
    return stack([ops.reshape(grid, shape=(-1,)) for grid in meshgrid(*several, indexing="ij")], 1)


@names_arguments
def combinations(input: Handle[T], r: SupportsIndex = 2, with_replacement: bool = False) -> T:
    """Every choice of ``r`` elements of a vector, in order, one row each."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if (count := r if type(r) is int else integer("r", r)) < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), count)), np.int64)
    return ops.getitem(input, index=rows.reshape(-1, count) if count else np.zeros(0, np.int64))


@names_arguments
def block_diag(*tensors: Handle[T]) -> T:
    """The matrices (or rows, or numbers) on the diagonal of one matrix, zeros beside them."""
    for i, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has "
                f"{x.ndim} dimensions"
            )
    parts = [ops.reshape(x, shape=(1,) * (2 - x.ndim) + tuple(x.shape)) for x in tensors]
    total = sum(x.shape[1] for x in parts)
    left, out = 0, list[Any]()
    for x in parts:
        out.append(ops.pad(x, widths=((0, 0), (left, total - left - x.shape[1]))))
        left += x.shape[1]
    return cat(out, 0)
