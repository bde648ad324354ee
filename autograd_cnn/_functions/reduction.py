"""Reductions over dimensions."""

import warnings
from typing import Any, Generic, NamedTuple, SupportsIndex, overload

from .. import ops
from .._engine.dtypes import DType, get_default_dtype
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from .._engine.source import stacklevel
from ..ops import _reduction as primitives
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._dims import Dim, integer, wrap_dim, wrap_dims
from ._in_place import S
from ._return_types import return_type
from .conversion import to_dtype

__all__ = [
    "all",
    "amax",
    "amin",
    "aminmax",
    "any",
    "argmax",
    "argmin",
    "count_nonzero",
    "logsumexp",
    "max",
    "mean",
    "min",
    "nanmean",
    "nansum",
    "prod",
    "sum",
]


class ValuesIndices(NamedTuple, Generic[T]):
    """What ``max(dim)`` and its kin return."""

    values: T
    indices: T


class MinMax(NamedTuple, Generic[T]):
    """What ``aminmax`` returns."""

    min: T
    max: T


_MAX, _MIN, _AMINMAX = (
    return_type("max", ValuesIndices),
    return_type("min", ValuesIndices),
    return_type("aminmax", MinMax),
)


def summable(input: S, dtype: DType | None) -> S:
    """``input`` as ``dtype``; where none is given, integers and booleans as int64."""
    if dtype is not None:
        return to_dtype(input, dtype)
    return input if input.array.dtype.kind == "f" else to_dtype(input, "int64")


def check_freedom(name: str, input: Operand, result: Operand, correction: float) -> None:
    """A warning where a spread is asked for of no more elements than the correction takes away."""
    if correction * result.array.size >= input.array.size and input.array.size:
        warnings.warn(
            f"{name}(): degrees of freedom is <= 0. Correction should be strictly less than the reduction "
            "factor (input numel divided by output numel).",
            UserWarning,
            stacklevel=stacklevel(),
        )


def in_dtype_of(input: Operand, result: S) -> S:
    """``result`` in the dtype of ``input``: NumPy adds up small integers as large ones. A floating result
    stays what it is, float32 where ``autocast`` says so."""
    dtype = input.array.dtype
    return result if dtype.kind == "f" or result.array.dtype == dtype else to_dtype(result, dtype)


def floating(name: str, input: S) -> S:
    """``input``, which must be of a floating-point type."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): input dtype must be floating point, but got {input.dtype!r}, {name!r} not "
            f"implemented for {scalar_type(input.array)!r}; convert it with .float()"
        )
    return input


@names_arguments
def sum(input: Handle[T], dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> T:
    """The sum; of integers and booleans an int64."""
    input = summable(input, dtype)
    out = primitives.sum(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)
    return in_dtype_of(input, out)


@names_arguments
def nansum(input: Handle[T], dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> T:
    """The sum, with NaN counted as 0; a NaN's gradient is 0."""
    numbers = ops.where(ops.isnan(input), 0.0, input) if input.array.dtype.kind == "f" else input
    return sum(numbers, dim, keepdim, dtype=dtype)


@names_arguments
def mean(input: Handle[T], dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> T:
    """The mean of a floating-point tensor."""
    if dtype is not None:
        input = to_dtype(input, dtype)
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be floating point, got "
            f"{input.dtype!r}; convert it with .float()"
        )
    return primitives.mean(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


@names_arguments
def nanmean(input: Handle[T], dim: Dim = None, keepdim: bool = False, *, dtype: DType | None = None) -> T:
    """The mean of what is a number; NaN where nothing is."""
    input = floating("nanmean", input if dtype is None else to_dtype(input, dtype))
    return _nanmean(input, dim, keepdim)


@in_single
def _nanmean(input: Operand, dim: Dim, keepdim: bool) -> Any:
    numbers = to_dtype(ops.logical_not(ops.isnan(input)), "int64")
    count = primitives.sum(numbers, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)
    return ops.divide(nansum(input, dim, keepdim), to_dtype(count, input.array.dtype))


@names_arguments
def prod(
    input: Handle[T],
    dim: SupportsIndex | None = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
) -> T:
    """The product; of integers and booleans an int64. Its gradient is right where elements are 0."""
    input = summable(input, dtype)
    if dim is None or input.ndim == 0:
        wrap_dim(0 if dim is None else dim, input.ndim)
        return in_dtype_of(input, primitives.prod(ops.reshape(input, shape=(-1,)), axis=0))
    return in_dtype_of(input, primitives.prod(input, axis=wrap_dim(dim, input.ndim), keepdims=keepdim))


def _axes_not_empty(name: str, input: Operand, dim: Dim) -> tuple[int, ...] | None:
    """The axes for ``dim``, along which there is something to choose from."""
    axes = wrap_dims(dim, input.ndim)
    shape = input.array.shape
    if axes is None and input.array.size == 0:
        error = IndexError if name.startswith("arg") else RuntimeError
        raise error(
            f"{name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the "
            "reduction dim with the 'dim' argument."
        )
    for axis in axes or ():
        if shape[axis] == 0:
            raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    return axes


@names_arguments
def amax(input: Handle[T], dim: Dim = (), keepdim: bool = False) -> T:
    """The largest element; equal winners share the gradient."""
    return primitives.amax(input, axis=_axes_not_empty("amax", input, dim), keepdims=keepdim)


@names_arguments
def amin(input: Handle[T], dim: Dim = (), keepdim: bool = False) -> T:
    """The smallest element; equal winners share the gradient."""
    return primitives.amin(input, axis=_axes_not_empty("amin", input, dim), keepdims=keepdim)


@names_arguments
def aminmax(input: Handle[T], *, dim: SupportsIndex | None = None, keepdim: bool = False) -> MinMax[T]:
    """The smallest and the largest element, as ``(min, max)``; equal winners share the gradient."""
    over = {"axis": _axes_not_empty("aminmax", input, dim), "keepdims": keepdim}
    return _AMINMAX(primitives.amin(input, **over), primitives.amax(input, **over))


@names_arguments
def argmax(input: Handle[T], dim: SupportsIndex | None = None, keepdim: bool = False) -> T:
    """The index of the (first) largest element; NaN counts as the largest."""
    axes = _axes_not_empty("argmax", input, dim if dim is None else wrap_dim(dim, input.ndim))
    return primitives.argmax(input, axis=axes and axes[0], keepdims=keepdim)


@names_arguments
def argmin(input: Handle[T], dim: SupportsIndex | None = None, keepdim: bool = False) -> T:
    """The index of the (first) smallest element; NaN counts as the smallest."""
    axes = _axes_not_empty("argmin", input, dim if dim is None else wrap_dim(dim, input.ndim))
    return primitives.argmin(input, axis=axes and axes[0], keepdims=keepdim)


@overload
def max(input: Handle[T]) -> T: ...
@overload
def max(input: Handle[T], other: Operand) -> T: ...
@overload
def max(input: Handle[T], dim: SupportsIndex, keepdim: bool = False) -> ValuesIndices[T]: ...
@names_arguments
def max(input: Any, *given: Any, dim: Any = None, keepdim: bool = False, other: Any = None) -> Any:
    """The largest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of
    two tensors."""
    if len(given) == 1 and type(given[0]) is int:
        dim = given[0]
    elif given or dim is not None:
        dim, keepdim, other = _dim_or_other("max", given, dim, keepdim, other)
    if other is not None:
        return ops.maximum(input, other)
    if dim is None:
        return primitives.amax(input, axis=_axes_not_empty("max", input, None))
    return _extreme(_MAX, primitives.argmax, input, dim, keepdim)


@overload
def min(input: Handle[T]) -> T: ...
@overload
def min(input: Handle[T], other: Operand) -> T: ...
@overload
def min(input: Handle[T], dim: SupportsIndex, keepdim: bool = False) -> ValuesIndices[T]: ...
@names_arguments
def min(input: Any, *given: Any, dim: Any = None, keepdim: bool = False, other: Any = None) -> Any:
    """The smallest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of
    two tensors."""
    if len(given) == 1 and type(given[0]) is int:
        dim = given[0]
    elif given or dim is not None:
        dim, keepdim, other = _dim_or_other("min", given, dim, keepdim, other)
    if other is not None:
        return ops.minimum(input, other)
    if dim is None:
        return primitives.amin(input, axis=_axes_not_empty("min", input, None))
    return _extreme(_MIN, primitives.argmin, input, dim, keepdim)


def _dim_or_other(
    name: str, given: tuple[Any, ...], dim: Any, keepdim: bool, other: Any
) -> tuple[int | None, bool, Any]:
    """What ``max(input, dim, keepdim)`` and ``max(input, other)`` are given by position. A tensor alone is
    the other one; a number of any kind, or a tensor with ``keepdim`` beside it, is a dimension."""
    if len(given) > 2:
        raise TypeError(f"{name}() takes (input), (input, dim, keepdim) or (input, other), but got {given}")
    if len(given) == 1 and (isinstance(given[0], Handle) or getattr(given[0], "ndim", 0) != 0):
        return None, keepdim, given[0]
    if given:
        dim, keepdim = given[0], given[1] if len(given) == 2 else keepdim
    return None if dim is None else integer("dim", dim), keepdim, other


def _extreme(
    kind: type[ValuesIndices[Any]], choose: ops.Primitive, input: Handle[T], dim: int, keepdim: bool
) -> ValuesIndices[T]:
    axes = _axes_not_empty(kind.__name__, input, dim)
    if axes is None:
        return chosen(kind, input, ops.reshape(choose(input), shape=(1,)), 0, keepdim)
    return chosen(kind, input, choose(input, axis=axes[0], keepdims=True), axes[0], keepdim)


def chosen(
    kind: type[ValuesIndices[Any]], input: Handle[T], indices: Operand, axis: int, keepdim: bool
) -> ValuesIndices[T]:
    """The elements that ``indices`` (of size 1 along ``axis``) choose, with the indices, as a ``kind`` of
    result."""
    shape = tuple(input.array.shape)
    kept = (
        (*shape[:axis], 1, *shape[axis + 1 :]) if keepdim and shape else (*shape[:axis], *shape[axis + 1 :])
    )
    values = ops.take_along(input if shape else ops.reshape(input, shape=(1,)), indices, axis=axis)
    return kind(ops.reshape(values, shape=kept), ops.reshape(indices, shape=kept))


@names_arguments
def logsumexp(input: Handle[T], dim: Dim, keepdim: bool = False) -> T:
    """log of the sum of exponentials, without overflow."""
    input = input if input.array.dtype.kind == "f" else to_dtype(input, get_default_dtype())
    return primitives.logsumexp(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


@names_arguments
def all(input: Handle[T], dim: Dim = None, keepdim: bool = False) -> T:
    """Whether every element counts as true; of uint8 a uint8. An empty ``dim`` asks each element by
    itself."""
    if _is_empty(dim):
        return _as_truth(ops.not_equal(input, 0), input)
    return _as_truth(primitives.all(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim), input)


@names_arguments
def any(input: Handle[T], dim: Dim = None, keepdim: bool = False) -> T:
    """Whether some element counts as true; of uint8 a uint8. An empty ``dim`` asks each element by itself."""
    if _is_empty(dim):
        return _as_truth(ops.not_equal(input, 0), input)
    return _as_truth(primitives.any(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim), input)


def _is_empty(dim: Dim) -> bool:
    return isinstance(dim, (tuple, list)) and not dim


def _as_truth(result: S, input: Operand) -> S:
    return to_dtype(result, "uint8") if input.array.dtype == "uint8" else result


@names_arguments
def count_nonzero(input: Handle[T], dim: Dim = None) -> T:
    """How many elements are not 0."""
    return primitives.count_nonzero(input, axis=wrap_dims(dim, input.ndim))
