"""Putting tensors together, and taking them apart: cat, stack, split and their kin. The parts of a split are
views."""

import builtins
import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import ops
from .._engine.handle import Handle
from ._arguments import names_arguments
from ._dims import numpy_names, wrap_dim
from .movement import atleast_1d, atleast_2d, atleast_3d
from .repetition import broadcast_tensors


@numpy_names
def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
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
    return ops.concatenate(*tensors, axis=wrap_dim(dim, tensors[0].ndim))


@numpy_names
def concat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """:func:`cat` under another name."""
    return cat(tensors, dim)


def concatenate(tensors: Sequence[Any], axis: int = 0, dim: int | None = None) -> Any:
    """:func:`cat` under NumPy's name."""
    return cat(tensors, axis if dim is None else dim)


@numpy_names
def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
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
    return ops.stack(*tensors, axis=_new_dim(dim, len(first)))


def _new_dim(dim: int, ndim: int) -> int:
    if not -ndim - 1 <= dim <= ndim:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-ndim - 1}, {ndim}], but got {dim})"
        )
    return dim % (ndim + 1)


@names_arguments
def hstack(tensors: Sequence[Any]) -> Any:
    """The tensors side by side: along the second dimension, vectors along the first."""
    parts = atleast_1d(tuple(tensors))
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


@names_arguments
def vstack(tensors: Sequence[Any]) -> Any:
    """The tensors one below the other; vectors are rows."""
    return cat(atleast_2d(tuple(tensors)), 0)


@names_arguments
def row_stack(tensors: Sequence[Any]) -> Any:
    """:func:`vstack` under another name."""
    return vstack(tensors)


@names_arguments
def dstack(tensors: Sequence[Any]) -> Any:
    """The tensors one behind the other, along the third dimension."""
    return cat(atleast_3d(tuple(tensors)), 2)


@names_arguments
def column_stack(tensors: Sequence[Any]) -> Any:
    """The tensors side by side; vectors are columns."""
    return hstack([ops.reshape(x, shape=(int(np.prod(x.shape)), 1)) if x.ndim <= 1 else x for x in tensors])


def piece(input: Any, axis: int, start: int, stop: int) -> Any:
    """A view of ``input`` from ``start`` to ``stop`` along ``axis``."""
    return ops.getitem(input, index=(*[slice(None)] * axis, slice(start, stop)))


def _pieces(input: Any, axis: int, bounds: Sequence[int]) -> tuple[Any, ...]:
    return tuple(piece(input, axis, a, b) for a, b in itertools.pairwise(bounds))


def _splittable(input: Any, name: str) -> None:
    if input.ndim == 0:
        raise RuntimeError(f"{name} expects at least a 1-dimensional tensor")


@numpy_names
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Views of pieces along ``dim``: of one size (the last may be smaller), or of the given sizes."""
    _splittable(tensor, "split")
    axis = wrap_dim(dim, tensor.ndim)
    n = tensor.shape[axis]
    if isinstance(split_size_or_sections, (int, np.integer)):
        size = int(split_size_or_sections)
        if size < 0 or (size == 0 and n):
            raise RuntimeError(
                f"split expects split_size be non-negative, but got split_size={size}"
                if size < 0
                else f"split_size can only be 0 if dimension size is 0, but got dimension size of {n}"
            )
        return _pieces(tensor, axis, [*range(0, builtins.max(n, 1), size or 1), n])
    sections = [int(s) for s in split_size_or_sections]
    if sum(sections) != n or any(s < 0 for s in sections):
        raise RuntimeError(
            f"split_with_sizes expects split_sizes to sum exactly to {n} (input tensor's size at "
            f"dimension {dim}), but got split_sizes={sections}"
        )
    return _pieces(tensor, axis, [0, *itertools.accumulate(sections)])


@names_arguments
def split_with_sizes(input: Any, split_sizes: Sequence[int], dim: int = 0) -> tuple[Any, ...]:
    """Views of pieces of the given sizes along ``dim``."""
    return split(input, list(split_sizes), dim)


@numpy_names
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most ``chunks`` views of equal size along ``dim``, the last perhaps smaller."""
    _splittable(input, "chunk")
    if chunks <= 0:
        raise RuntimeError(f"chunk expects `chunks` to be greater than 0, got: {chunks}")
    n = input.shape[wrap_dim(dim, input.ndim)]
    return split(input, -(-n // chunks), dim) if n else split(input, [0] * chunks, dim)


@numpy_names
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Views of ``n`` pieces whose sizes differ by at most one, or of the pieces between indices."""
    _splittable(input, "tensor_split")
    axis = wrap_dim(dim, input.ndim)
    n = input.shape[axis]
    if isinstance(indices_or_sections, Handle):
        indices_or_sections = indices_or_sections.array.tolist()
    if isinstance(indices_or_sections, (int, np.integer)):
        parts = int(indices_or_sections)
        if parts <= 0:
            raise RuntimeError(f"number of sections must be larger than 0, got {parts}")
        return _pieces(input, axis, [i * (n // parts) + builtins.min(i, n % parts) for i in range(parts + 1)])
    bounds = [slice(None, int(i)).indices(n)[1] for i in indices_or_sections]
    return tuple(piece(input, axis, a, builtins.max(a, b)) for a, b in itertools.pairwise([0, *bounds, n]))


def _split_along(name: str, input: Any, indices_or_sections: Any, dim: int, least: int) -> tuple[Any, ...]:
    if input.ndim < least:
        raise RuntimeError(
            f"torch.{name} requires a tensor with at least {least} dimension{'s' * (least > 1)}, but "
            f"got a tensor with {input.ndim} dimensions!"
        )
    if isinstance(indices_or_sections, int) and (
        indices_or_sections <= 0 or input.shape[dim] % indices_or_sections
    ):
        raise RuntimeError(
            f"torch.{name} attempted to split along dimension {dim}, but the size of the dimension "
            f"{input.shape[dim]} is not divisible by the split_size {indices_or_sections}!"
        )
    return tensor_split(input, indices_or_sections, dim)


@names_arguments
def hsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Equal pieces side by side: along the second dimension, of a vector along the first."""
    return _split_along("hsplit", input, indices_or_sections, 0 if input.ndim == 1 else 1, 1)


@names_arguments
def vsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Equal pieces one below the other, along the first dimension."""
    return _split_along("vsplit", input, indices_or_sections, 0, 2)


@names_arguments
def dsplit(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
    """Equal pieces along the third dimension."""
    return _split_along("dsplit", input, indices_or_sections, 2, 3)


@numpy_names
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """A view of each slice along ``dim``, without that dimension."""
    if input.ndim == 0:
        raise IndexError("Dimension specified as 0 but tensor has no dimensions")
    axis = wrap_dim(dim, input.ndim)
    return tuple(ops.getitem(input, index=(*[slice(None)] * axis, i)) for i in range(input.shape[axis]))


@names_arguments
def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """The coordinates of a grid: vector i varies along dimension i (with ``"xy"`` the first two change
    places)."""
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f'torch.meshgrid: indexing must be one of "xy" or "ij", but received: {indexing}')
    several = tuple(tensors[0]) if len(tensors) == 1 and isinstance(tensors[0], (tuple, list)) else tensors
    if any(x.ndim > 1 for x in several):
        raise RuntimeError("torch.meshgrid: Expected 0D or 1D tensor in the tensor list")
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


def cartesian_prod(*tensors: Any) -> Any:
    """Every choice of one element from each vector, one row each."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([ops.reshape(grid, shape=(-1,)) for grid in meshgrid(*tensors)], 1)


@names_arguments
def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every choice of ``r`` elements of a vector, in order, one row each."""
    if input.ndim != 1:
        raise RuntimeError(f"Expect a 1D vector, but got shape {list(input.shape)}")
    if r < 0:
        raise RuntimeError(f"Expect a non-negative number, but got {r}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64)
    return ops.getitem(input, index=rows.reshape(-1, r) if r else np.zeros(0, np.int64))


@names_arguments
def block_diag(*tensors: Any) -> Any:
    """The matrices (or rows, or numbers) on the diagonal of one matrix, zeros beside them."""
    for i, x in enumerate(tensors):
        if x.ndim > 2:
            raise RuntimeError(
                f"torch.block_diag: Input tensors must have 2 or fewer dimensions. Input {i} has "
                f"{x.ndim} dimensions"
            )
    parts = [ops.reshape(x, shape=(1,) * (2 - x.ndim) + tuple(x.shape)) for x in tensors]
    total = sum(x.shape[1] for x in parts)
    left, out = 0, []
    for x in parts:
        out.append(ops.pad(x, widths=((0, 0), (left, total - left - x.shape[1]))))
        left += x.shape[1]
    return cat(out, 0)
