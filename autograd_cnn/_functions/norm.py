"""Norms of vectors and matrices."""

import math
from collections.abc import Sequence
from typing import Any, SupportsIndex

from .. import ops
from .._engine.dtypes import DType
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops import _norm as primitives
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._dims import Dim, listed, wrap_dim, wrap_dims
from ._in_place import S
from .conversion import to_dtype

__all__ = ["dist", "frobenius_norm", "norm", "norm_except_dim", "nuclear_norm", "renorm"]


def _floating(name: str, x: Operand, dtype: DType | None) -> Operand:
    x = x if dtype is None else to_dtype(x, dtype)
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}: dtype should be floating point or complex, but got {scalar_type(x.array)}"
            if dtype is not None
            else f"{name}: Expected a floating point or complex tensor as input. Got {scalar_type(x.array)}; "
            "convert it with .float()"
        )
    return x


@names_arguments
def vector_norm(
    x: Handle[T],
    ord: float = 2,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> T:
    """(sum of ``|x|**ord``)``**(1/ord)`` over ``dim``, or over all elements (``linalg.vector_norm``).

    ``ord`` inf and -inf are the largest and the smallest ``|x|``, 0 counts what is not zero. The gradient is
    0 where the norm is 0; equal extremes share it evenly.
    """
    x = _floating("linalg.vector_norm", x, dtype)
    axes = wrap_dims(dim, x.ndim)
    over: dict[str, Any] = {"axis": axes, "keepdims": keepdim}
    if ord == 2:
        return primitives.euclidean_norm(x, **over)
    if ord == 1:
        return ops.sum(ops.absolute(x), **over)
    if ord == 0:
        return ops.sum(ops.absolute(ops.where(ops.not_equal(x, 0), 1.0, ops.sign(x))), **over)  # NaN counts
    if ord < 0 or math.isinf(ord):
        _refuse_empty(x, ord, axes)
    if math.isinf(ord):
        return (ops.amax if ord > 0 else ops.amin)(ops.absolute(x), **over)
    return primitives.p_norm(x, p=float(ord), **over)


def _refuse_empty(x: Operand, ord: float, axes: tuple[int, ...] | None) -> None:
    """RuntimeError where there is no largest or smallest of what a norm is taken over."""
    axis = next((a for a in axes or () if x.array.shape[a] == 0), None)
    if axis is None and (axes is not None or x.array.size):
        return
    where = (
        "an empty tensor because"
        if axes is None
        else f"the dimension {axis} because this dimension is empty and"
    )
    raise RuntimeError(
        f"linalg.vector_norm cannot compute the {ord:g} norm on {where} the operation does not have an "
        f"identity"
    )


@names_arguments
def matrix_norm(
    A: Handle[T],
    ord: float | str = "fro",
    dim: Sequence[SupportsIndex] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> T:
    """A norm of matrices (``linalg.matrix_norm``).

    Args:
        ord: ``"fro"`` (of all elements), ``"nuc"`` (sum of singular values), 1 / inf (largest column / row
            sum of ``|A|``), 2 (largest singular value); -1, -inf and -2 take the smallest.
    """
    A = _floating("linalg.matrix_norm", A, dtype)  # noqa: N806 - PyTorch's name
    if A.ndim < 2:
        raise RuntimeError(
            f"linalg.matrix_norm: The input tensor A must have at least 2 dimensions. Got {A.ndim}"
        )
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {tuple(dim)}")
    rows, columns = (wrap_dim(d, A.ndim) for d in dim)
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    order: Any = ord
    smallest = min(A.shape[rows], A.shape[columns])
    if order in (2, math.inf, 1) and not (
        smallest if order == 2 else A.shape[columns if order == 1 else rows]
    ):
        return ops.sum(A, axis=(rows, columns), keepdims=keepdim)  # of nothing 0
    if order == "fro":
        return primitives.euclidean_norm(A, axis=(rows, columns), keepdims=keepdim)
    if order == "nuc" or order in (2, -2):
        values = _singular_values(A, rows, columns)
        out = ops.sum(values, axis=-1) if order == "nuc" else _extreme(values, -1, order)
        return _kept(out, A, rows, columns) if keepdim else out
    if order not in (1, -1, math.inf, -math.inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {order} not supported.")
    first, second = (rows, columns) if abs(order) == 1 else (columns, rows)
    sums = ops.sum(ops.absolute(A), axis=first, keepdims=True)
    out = _extreme(sums, second, order, keepdims=True)
    return out if keepdim else ops.reshape(out, shape=_without(A.shape, rows, columns))


def _extreme(values: Any, axis: int, order: float, keepdims: bool = False) -> Any:
    """The largest of ``values``, which are not negative: 0 of none; the smallest for a negative ``order``."""
    if order > 0:
        reduce = ops.amax if values.array.shape[axis] else ops.sum
        return reduce(values, axis=axis, keepdims=keepdims)
    if not values.array.shape[axis]:
        raise IndexError(f"amin(): Expected reduction dim {axis} to have non-zero size.")
    return ops.amin(values, axis=axis, keepdims=keepdims)


def _singular_values(A: Operand, rows: int, columns: int) -> Any:
    axes = [i for i in range(A.ndim) if i not in (rows, columns)]
    return ops.svd(ops.transpose(A, axes=(*axes, rows, columns)))[1]


def _without(shape: Any, rows: int, columns: int) -> tuple[int, ...]:
    return tuple(n for i, n in enumerate(shape) if i not in (rows, columns))


def _kept(out: Operand, A: Operand, rows: int, columns: int) -> Any:
    return ops.reshape(out, shape=tuple(1 if i in (rows, columns) else n for i, n in enumerate(A.shape)))


@names_arguments
def linalg_norm(
    A: Handle[T],
    ord: float | str | None = None,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> T:
    """A vector norm or, for two dimensions, a matrix norm; without ``ord`` the length of all elements
    (``linalg.norm``)."""
    if ord is None:
        return vector_norm(A, 2, dim, keepdim, dtype=dtype)
    if dim is None and A.ndim not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.ndim}D."
        )
    dims = (0, 1)[: A.ndim] if dim is None else listed(dim)
    matrix = len(dims) == 2
    if isinstance(ord, str) and not matrix:
        raise RuntimeError(
            f"linalg.norm: ord={ord!r} needs a matrix: two dimensions, got dim={dim} of shape {list(A.shape)}"
        )
    if matrix:
        return matrix_norm(A, ord, dims, keepdim, dtype=dtype)
    order: Any = ord
    return vector_norm(A, order, dim, keepdim, dtype=dtype)


@names_arguments
def norm(
    input: Handle[T],
    p: float | str | None = "fro",
    dim: Dim = None,
    keepdim: bool = False,
    dtype: DType | None = None,
) -> T:
    """The p-norm over ``dim``, as if those dimensions were one; ``"fro"`` is 2, ``"nuc"`` that of matrices
    (``torch.norm``)."""
    if p == "nuc":
        return matrix_norm(input, "nuc", (-2, -1) if dim is None else listed(dim), keepdim, dtype=dtype)
    if isinstance(p, str) and p != "fro":
        raise RuntimeError(f"only valid string values are 'fro' and 'nuc', found {p}")
    order: Any = 2 if p in ("fro", None) else p
    return vector_norm(input, order, dim, keepdim, dtype=dtype)


@names_arguments
def norm_except_dim(v: Handle[T], pow: float = 2, dim: SupportsIndex = 0) -> T:
    """The p-norm, p = ``pow``, over all dimensions but ``dim``, which keep length 1; over all of them for
    ``dim`` = -1. The lengths of a weight whose direction is learnt apart."""
    if dim == -1:
        return vector_norm(v, pow)
    kept = wrap_dim(dim, v.ndim)
    if v.ndim == 0:
        raise IndexError("norm_except_dim: v needs a dimension, got a tensor of shape []")
    if v.ndim == 1:
        return vector_norm(ops.reshape(v, shape=(v.shape[0], 1)), pow, 1)
    return vector_norm(v, pow, tuple(i for i in range(v.ndim) if i != kept), keepdim=True)


@names_arguments
@in_single
def dist(input: Handle[T], other: Operand, p: float = 2) -> T:
    """The p-norm of ``input - other``."""
    return vector_norm(input - other, p)


@names_arguments
@in_single
def renorm(input: Handle[T], p: float, dim: SupportsIndex, maxnorm: float) -> T:
    """``input``, its slices along ``dim`` scaled down to p-norm ``maxnorm`` where theirs is larger; at
    ``maxnorm`` they stay."""
    axis = wrap_dim(dim, input.ndim)
    if input.ndim < 2:
        raise RuntimeError(f"renorm: input needs at least 2 dimensions, got {input.ndim} dimensions")
    if not p > 0 or maxnorm < 0:
        raise RuntimeError(
            f"renorm: expected a positive p and a maxnorm that is not negative, got p={p}, maxnorm={maxnorm}"
        )
    others = tuple(i for i in range(input.ndim) if i != axis)
    long = vector_norm(input._lift(input.array, None), p, others, keepdim=True) > maxnorm
    vectors = ops.where(long, input, 1.0)  # of the others no norm is differentiated: theirs may be NaN
    norms = vector_norm(vectors, p, others, keepdim=True)
    return ops.where(long, vectors / (norms + 1e-7) * maxnorm, input)


@names_arguments
def renorm_(input: S, p: float, dim: SupportsIndex, maxnorm: float) -> S:
    """In place, see :func:`renorm`."""
    before = ops.cast(input, dtype=input.array.dtype)  # its norms need what is overwritten
    return input._overwrite(renorm(before, p, dim, maxnorm))


@names_arguments
def frobenius_norm(input: Handle[T], dim: Dim = (), keepdim: bool = False) -> T:
    """The length of ``input`` over ``dim``: :func:`norm` with ``p="fro"``. The gradient is 0 where the norm
    is 0."""
    return vector_norm(input, 2, dim, keepdim)


@names_arguments
def nuclear_norm(
    input: Handle[T], dim: Sequence[SupportsIndex] | bool = (-2, -1), keepdim: bool = False
) -> T:
    """The sum of the singular values of the matrices in two dimensions; ``dim`` may be left out before
    ``keepdim``."""
    if isinstance(dim, bool):
        return matrix_norm(input, "nuc", (-2, -1), dim)
    return matrix_norm(input, "nuc", dim, keepdim)
