"""NumPy's spelling of what moves, picks, sorts and contracts elements, for :mod:`._numpy_protocol`."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import ops
from .._engine.handle import Handle
from .._functions import (
    broadcasting,
    contraction,
    conversion,
    factorization,
    indexing,
    joining,
    linalg,
    movement,
    norm,
    sorting,
    strided,
    triangular,
)
from .._functions._dims import listed
from .._functions.einsum import einsum


def tensors(parts: Sequence[Any]) -> list[Any]:
    """The parts of a list in which a Tensor stands, all as Tensors."""
    known = next((x for x in parts if isinstance(x, Handle)), None)
    return [x if isinstance(x, Handle) or known is None else known._lift(np.asarray(x), None) for x in parts]


def _joined(join: Callable[..., Any]) -> Callable[..., Any]:
    return lambda tup: join(tensors(tup))


def _concatenate(arrays: Sequence[Any], axis: int | None = 0) -> Any:
    parts = tensors(arrays)
    return joining.cat(parts, axis) if axis is not None else joining.cat([movement.ravel(x) for x in parts])


def _stack(arrays: Sequence[Any], axis: int = 0) -> Any:
    return joining.stack(tensors(arrays), axis)


def _split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    if isinstance(indices_or_sections, (int, np.integer)) and ary.shape[axis] % indices_or_sections:
        raise ValueError("array split does not result in an equal division")
    return list(joining.tensor_split(ary, indices_or_sections, axis))


def _array_split(ary: Any, indices_or_sections: Any, axis: int = 0) -> list[Any]:
    return list(joining.tensor_split(ary, indices_or_sections, axis))


def _reshape(a: Any, /, shape: Any) -> Any:
    return movement.reshape(a, shape)


def _transpose(a: Any, axes: Any = None) -> Any:
    return movement.permute(a, tuple(reversed(range(a.ndim))) if axes is None else tuple(axes))


def _squeeze(a: Any, axis: Any = None) -> Any:
    return movement.squeeze(a, axis)


def _expand_dims(a: Any, axis: Any) -> Any:
    axes = listed(axis)
    ndim = a.ndim + len(axes)
    for d in sorted(d % ndim for d in axes):
        a = movement.unsqueeze(a, d)
    return a


def _broadcast_to(array: Any, shape: Any) -> Any:
    return broadcasting.broadcast_to(array, listed(shape))


def _flip(m: Any, axis: Any = None) -> Any:
    return movement.flip(m, tuple(range(m.ndim)) if axis is None else axis)


def _roll(a: Any, shift: Any, axis: Any = None) -> Any:
    steps = listed(shift)
    return movement.roll(
        a, steps * len(listed(axis)) if axis is not None and len(steps) == 1 else steps, axis
    )


def _rot90(m: Any, k: int = 1, axes: Any = (0, 1)) -> Any:
    return movement.rot90(m, k, axes)


def _repeat(a: Any, repeats: Any, axis: int | None = None) -> Any:
    return broadcasting.repeat_interleave(a, repeats, axis)


def _tile(A: Any, reps: Any) -> Any:
    return broadcasting.tile(A, listed(reps))


def _pad(array: Any, pad_width: Any, mode: str = "constant", *, constant_values: Any = 0) -> Any:
    if mode != "constant" or not isinstance(constant_values, (int, float, np.number)):
        raise TypeError(
            f"np.pad(mode={mode!r}) of a Tensor: write nn.functional.pad, whose modes are constant "
            "(with one number), reflect, replicate and circular"
        )
    pairs = np.broadcast_to(np.asarray(pad_width), (array.ndim, 2)).tolist()
    return ops.pad(array, widths=tuple(map(tuple, pairs)), value=float(constant_values))


def _tril(m: Any, k: int = 0) -> Any:
    return triangular.tril(m, k)


def _triu(m: Any, k: int = 0) -> Any:
    return triangular.triu(m, k)


def _diag(v: Any, k: int = 0) -> Any:
    return strided.diag(v, k)


def _diagflat(v: Any, k: int = 0) -> Any:
    return strided.diagflat(v, k)


def _diagonal(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return strided.diagonal(a, offset, axis1, axis2)


def _trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Any:
    return ops.sum(strided.diagonal(a, offset, axis1, axis2), axis=-1)


def _sort(a: Any, axis: int | None = -1) -> Any:
    return sorting.sort(movement.ravel(a) if axis is None else a, -1 if axis is None else axis).values


def _argsort(a: Any, axis: int | None = -1) -> Any:
    return sorting.argsort(movement.ravel(a) if axis is None else a, -1 if axis is None else axis)


def _searchsorted(a: Any, v: Any, side: str = "left", sorter: Any = None) -> Any:
    edges, values = tensors([a, v])
    return sorting.searchsorted(edges, values, side=side, sorter=sorter)


def _unique(
    ar: Any, return_inverse: bool = False, return_counts: bool = False, axis: int | None = None
) -> Any:
    return sorting.unique(ar, return_inverse=return_inverse, return_counts=return_counts, dim=axis)


def _nonzero(a: Any) -> Any:
    return sorting.nonzero(a, as_tuple=True)


def _flatnonzero(a: Any) -> Any:
    return sorting.nonzero(movement.ravel(a), as_tuple=True)[0]


def _take(a: Any, indices: Any, axis: int | None = None) -> Any:
    index = indexing.plain_index((indices,))[0]
    return (
        indexing.getitem(movement.ravel(a), index)
        if axis is None
        else indexing.getitem(a, (*[slice(None)] * (axis % a.ndim), index))
    )


def _take_along_axis(arr: Any, indices: Any, axis: int | None = -1) -> Any:
    return indexing.take_along_dim(arr, indices, axis)


def _meshgrid(*xi: Any, indexing: str = "xy") -> Any:
    return joining.meshgrid(tensors(xi), indexing=indexing)


def _dot(a: Any, b: Any) -> Any:
    a, b = tensors([a, b])
    if a.ndim == 0 or b.ndim == 0:
        return a * b
    return contraction.matmul(a, b) if b.ndim <= 2 else contraction.tensordot(a, b, ([-1], [-2]))


def _vdot(a: Any, b: Any) -> Any:
    return contraction.dot(*map(movement.ravel, tensors([a, b])))


def _outer(a: Any, b: Any) -> Any:
    return contraction.outer(*map(movement.ravel, tensors([a, b])))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    x, y = tensors([a, b])
    return contraction.tensordot(x, y, axes)


def _einsum(*operands: Any, optimize: Any = False) -> Any:
    return einsum(operands[0], *tensors(operands[1:])) if isinstance(operands[0], str) else einsum(*operands)


def _cross(a: Any, b: Any, *, axis: int = -1) -> Any:
    return contraction.linalg_cross(*tensors([a, b]), dim=axis)


def _solve(a: Any, b: Any) -> Any:
    return linalg.solve(*tensors([a, b]))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    return norm.linalg_norm(x, ord, axis, keepdims)


def _svd(a: Any, full_matrices: bool = True, compute_uv: bool = True) -> Any:
    return factorization.linalg_svd(a, full_matrices) if compute_uv else factorization.svdvals(a)


def _pinv(a: Any, rcond: Any = None) -> Any:
    return factorization.pinv(a, rtol=rcond)


def _like(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda a, *args, **options: a._lift(make(a.array, *args, **options), None)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.shape: lambda a: tuple(a.shape),
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.array.size if axis is None else a.shape[axis],
    np.copy: conversion.clone,
    np.zeros_like: _like(np.zeros_like),
    np.ones_like: _like(np.ones_like),
    np.empty_like: _like(np.empty_like),
    np.full_like: _like(np.full_like),
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.hstack: _joined(joining.hstack),
    np.vstack: _joined(joining.vstack),
    np.dstack: _joined(joining.dstack),
    np.column_stack: _joined(joining.column_stack),
    np.split: _split,
    np.array_split: _array_split,
    np.hsplit: lambda ary, n: list(joining.hsplit(ary, n)),
    np.vsplit: lambda ary, n: list(joining.vsplit(ary, n)),
    np.dsplit: lambda ary, n: list(joining.dsplit(ary, n)),
    np.reshape: _reshape,
    np.ravel: movement.ravel,
    np.transpose: _transpose,
    np.matrix_transpose: movement.adjoint,
    np.moveaxis: movement.movedim,
    np.swapaxes: movement.swapaxes,
    np.squeeze: _squeeze,
    np.expand_dims: _expand_dims,
    np.broadcast_to: _broadcast_to,
    np.broadcast_arrays: lambda *args: broadcasting.broadcast_tensors(tensors(args)),
    np.atleast_1d: movement.atleast_1d,
    np.atleast_2d: movement.atleast_2d,
    np.flip: _flip,
    np.fliplr: movement.fliplr,
    np.flipud: movement.flipud,
    np.roll: _roll,
    np.rot90: _rot90,
    np.repeat: _repeat,
    np.tile: _tile,
    np.pad: _pad,
    np.tril: _tril,
    np.triu: _triu,
    np.diag: _diag,
    np.diagflat: _diagflat,
    np.diagonal: _diagonal,
    np.trace: _trace,
    np.sort: _sort,
    np.argsort: _argsort,
    np.searchsorted: _searchsorted,
    np.unique: _unique,
    np.isin: sorting.isin,
    np.nonzero: _nonzero,
    np.flatnonzero: _flatnonzero,
    np.argwhere: sorting.argwhere,
    np.take: _take,
    np.take_along_axis: _take_along_axis,
    np.meshgrid: _meshgrid,
    np.dot: _dot,
    np.vdot: _vdot,
    np.inner: lambda a, b: contraction.inner(*tensors([a, b])),
    np.outer: _outer,
    np.tensordot: _tensordot,
    np.einsum: _einsum,
    np.kron: lambda a, b: contraction.kron(*tensors([a, b])),
    np.cross: _cross,
    np.linalg.inv: linalg.inv,
    np.linalg.pinv: _pinv,
    np.linalg.solve: _solve,
    np.linalg.det: linalg.det,
    np.linalg.slogdet: linalg.slogdet,
    np.linalg.cholesky: factorization.linalg_cholesky,
    np.linalg.qr: factorization.linalg_qr,
    np.linalg.eigh: factorization.eigh,
    np.linalg.eigvalsh: factorization.eigvalsh,
    np.linalg.svd: _svd,
    np.linalg.svdvals: factorization.svdvals,
    np.linalg.norm: _norm,
    np.linalg.matrix_power: linalg.matrix_power,
    np.linalg.multi_dot: lambda arrays: contraction.multi_dot(tensors(arrays)),
    np.linalg.cond: linalg.cond,
}
