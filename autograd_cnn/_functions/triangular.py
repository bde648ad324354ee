"""Triangles of matrices, and the trace between them."""

from typing import Final, SupportsIndex

import numpy as np

from .. import ops
from .._engine.handle import Handle, T
from .._engine.single import in_single
from ..ops import _triangular as primitives
from ._arguments import names_arguments
from ._dims import integer
from ._in_place import in_place

__all__ = ["trace", "tril", "triu", "vander"]


@names_arguments
def tril(input: Handle[T], diagonal: SupportsIndex = 0) -> T:
    """The lower triangle of the last two dimensions, zeros above it; ``diagonal`` 0 is the main one, 1 the
    one above."""
    return primitives.tril(input, k=diagonal if type(diagonal) is int else integer("diagonal", diagonal))


tril_: Final = in_place(tril)


@names_arguments
def triu(input: Handle[T], diagonal: SupportsIndex = 0) -> T:
    """The upper triangle of the last two dimensions, zeros below it."""
    return primitives.triu(input, k=diagonal if type(diagonal) is int else integer("diagonal", diagonal))


triu_: Final = in_place(triu)


@names_arguments
def trace(input: Handle[T]) -> T:
    """The sum of a matrix's diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: expected a matrix, but got tensor with dim {input.ndim}")
    entries = ops.diagonal(input)
    return ops.sum(
        entries if entries.array.dtype.kind == "f" else ops.cast(entries, dtype=np.dtype(np.int64))
    )


@names_arguments
@in_single
def vander(x: Handle[T], N: SupportsIndex | None = None, increasing: bool = False) -> T:
    """The powers of the last dimension's elements along a new one: descending, as ``torch.vander``."""
    if x.ndim < 1:
        raise RuntimeError("x must be a one-dimensional tensor.")
    count = x.shape[-1] if N is None else N if type(N) is int else integer("N", N)
    if count < 0:
        raise RuntimeError("N must be non-negative.")
    if x.array.dtype.kind != "f":
        x = ops.cast(x, dtype=np.dtype(np.int64))
    column = ops.reshape(x, shape=(*x.shape, 1))
    powers = ops.array_module(x.array).arange(count)[:: 1 if increasing else -1]
    return ops.power(column, powers.astype(x.array.dtype))


@names_arguments
def linalg_vander(x: Handle[T], *, N: SupportsIndex | None = None) -> T:
    """The powers of the last dimension's elements along a new one, ascending (``linalg.vander``)."""
    if x.ndim == 0:
        x = ops.reshape(x, shape=(1,))
    if N is not None and integer("N", N) < 1:
        raise RuntimeError("N must be greater than 1.")
    return vander(x, N, increasing=True)
