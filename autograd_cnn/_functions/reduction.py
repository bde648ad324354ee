"""Reductions over dimensions."""

from typing import Any, NamedTuple

from .. import ops
from .._engine.dtypes import get_default_dtype
from ._dims import Dim, numpy_names, wrap_dim, wrap_dims
from .conversion import to_dtype


class ValuesIndices(NamedTuple):
    """What ``max(dim)`` and its kin return."""

    values: Any
    indices: Any


class MinMax(NamedTuple):
    """What ``aminmax`` returns."""

    min: Any
    max: Any


def _summable(input: Any, dtype: Any) -> Any:
    """``input`` as ``dtype``; where none is given, integers and booleans as int64."""
    if dtype is not None:
        return to_dtype(input, dtype)
    return input if input.array.dtype.kind == "f" else to_dtype(input, "int64")


def floating(name: str, input: Any) -> Any:
    """``input``, which must be of a floating-point type."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): input dtype must be floating point, but got {input.dtype!r}; convert it with .float()"
        )
    return input


@numpy_names
def sum(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum; of integers and booleans an int64."""
    input = _summable(input, dtype)
    return ops.sum(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


@numpy_names
def nansum(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum, with NaN counted as 0; a NaN's gradient is 0."""
    input = _summable(input, dtype)
    return sum(
        ops.where(ops.isnan(input), 0.0, input) if input.array.dtype.kind == "f" else input, dim, keepdim
    )


@numpy_names
def mean(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean of a floating-point tensor."""
    if dtype is not None:
        input = to_dtype(input, dtype)
    if input.array.dtype.kind != "f":
        raise RuntimeError(
            "mean(): could not infer output dtype. Input dtype must be floating point, got "
            f"{input.dtype!r}; convert it with .float()"
        )
    return ops.mean(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


@numpy_names
def nanmean(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean of what is a number; NaN where nothing is."""
    input = floating("nanmean", input if dtype is None else to_dtype(input, dtype))
    count = sum(ops.logical_not(ops.isnan(input)), dim, keepdim)
    return ops.divide(nansum(input, dim, keepdim), to_dtype(count, input.array.dtype))


@numpy_names
def prod(input: Any, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The product; of integers and booleans an int64. Its gradient is right where elements are 0."""
    input = _summable(input, dtype)
    if dim is None or input.ndim == 0:
        wrap_dim(dim or 0, input.ndim)
        return ops.prod(ops.reshape(input, shape=(-1,)), axis=0)
    return ops.prod(input, axis=wrap_dim(dim, input.ndim), keepdims=keepdim)


def _axes_not_empty(name: str, input: Any, dim: Dim) -> tuple[int, ...] | None:
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


@numpy_names
def amax(input: Any, dim: Dim = (), keepdim: bool = False) -> Any:
    """The largest element; equal winners share the gradient."""
    return ops.amax(input, axis=_axes_not_empty("amax", input, dim), keepdims=keepdim)


@numpy_names
def amin(input: Any, dim: Dim = (), keepdim: bool = False) -> Any:
    """The smallest element; equal winners share the gradient."""
    return ops.amin(input, axis=_axes_not_empty("amin", input, dim), keepdims=keepdim)


@numpy_names
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> MinMax:
    """The smallest and the largest element, as ``(min, max)``; equal winners share the gradient."""
    axes = _axes_not_empty("aminmax", input, dim)
    return MinMax(ops.amin(input, axis=axes, keepdims=keepdim), ops.amax(input, axis=axes, keepdims=keepdim))


@numpy_names
def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the (first) largest element; NaN counts as the largest."""
    axes = _axes_not_empty("argmax", input, dim)
    return ops.argmax(input, axis=axes and axes[0], keepdims=keepdim)


@numpy_names
def argmin(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the (first) smallest element; NaN counts as the smallest."""
    axes = _axes_not_empty("argmin", input, dim)
    return ops.argmin(input, axis=axes and axes[0], keepdims=keepdim)


@numpy_names
def max(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The largest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of
    two tensors."""
    if dim is None and other is None:
        return ops.amax(input, axis=_axes_not_empty("max", input, None))
    if not isinstance(dim, int):
        return ops.maximum(input, other if dim is None else dim)
    return _extreme("max", ops.argmax, input, dim, keepdim)


@numpy_names
def min(input: Any, dim: Any = None, keepdim: bool = False, *, other: Any = None) -> Any:
    """The smallest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of
    two tensors."""
    if dim is None and other is None:
        return ops.amin(input, axis=_axes_not_empty("min", input, None))
    if not isinstance(dim, int):
        return ops.minimum(input, other if dim is None else dim)
    return _extreme("min", ops.argmin, input, dim, keepdim)


def _extreme(name: str, choose: Any, input: Any, dim: int, keepdim: bool) -> ValuesIndices:
    axes = _axes_not_empty(name, input, dim)
    if axes is None:
        return chosen(input, ops.reshape(choose(input), shape=(1,)), 0, keepdim)
    return chosen(input, choose(input, axis=axes[0], keepdims=True), axes[0], keepdim)


def chosen(input: Any, indices: Any, axis: int, keepdim: bool) -> ValuesIndices:
    """The elements that ``indices`` (of size 1 along ``axis``) choose, with the indices."""
    shape = tuple(input.array.shape)
    kept = (
        (*shape[:axis], 1, *shape[axis + 1 :]) if keepdim and shape else (*shape[:axis], *shape[axis + 1 :])
    )
    values = ops.take_along(input if shape else ops.reshape(input, shape=(1,)), indices, axis=axis)
    return ValuesIndices(ops.reshape(values, shape=kept), ops.reshape(indices, shape=kept))


@numpy_names
def logsumexp(input: Any, dim: Dim, keepdim: bool = False) -> Any:
    """log of the sum of exponentials, without overflow."""
    input = input if input.array.dtype.kind == "f" else to_dtype(input, get_default_dtype())
    return ops.logsumexp(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


@numpy_names
def all(input: Any, dim: Dim = None, keepdim: bool = False) -> Any:
    """Whether every element counts as true; of uint8 a uint8."""
    return _as_truth(ops.all(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim), input)


@numpy_names
def any(input: Any, dim: Dim = None, keepdim: bool = False) -> Any:
    """Whether some element counts as true; of uint8 a uint8."""
    return _as_truth(ops.any(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim), input)


def _as_truth(result: Any, input: Any) -> Any:
    return to_dtype(result, "uint8") if input.array.dtype == "uint8" else result


@numpy_names
def count_nonzero(input: Any, dim: Dim = None) -> Any:
    """How many elements are not 0."""
    return ops.count_nonzero(input, axis=wrap_dims(dim, input.ndim))
