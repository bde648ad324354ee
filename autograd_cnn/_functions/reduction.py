"""Reductions over dimensions."""

import builtins
from typing import Any, NamedTuple

from .. import ops
from ._dims import Dim, wrap_dim, wrap_dims
from .conversion import to_dtype


class ValuesIndices(NamedTuple):
    """What ``max(dim)`` and its kin return."""

    values: Any
    indices: Any


def sum(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The sum; of integers and booleans an int64."""
    if dtype is not None:
        input = to_dtype(input, dtype)
    elif input.array.dtype.kind != "f":
        input = to_dtype(input, "int64")
    return ops.sum(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def mean(input: Any, dim: Dim = None, keepdim: bool = False, *, dtype: Any = None) -> Any:
    """The mean of a floating-point tensor."""
    if dtype is not None:
        input = to_dtype(input, dtype)
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"mean(): could not infer output dtype. Input dtype must be floating point, got {input.dtype!r}; convert it with .float()")
    return ops.mean(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def amax(input: Any, dim: Dim = (), keepdim: bool = False) -> Any:
    """The largest element; equal winners share the gradient."""
    return ops.amax(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def amin(input: Any, dim: Dim = (), keepdim: bool = False) -> Any:
    """The smallest element; equal winners share the gradient."""
    return ops.amin(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def argmax(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The index of the largest element."""
    if input.array.size == 0 and dim is None:
        raise IndexError("argmax(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.")
    return ops.argmax(input, axis=None if dim is None else wrap_dims(dim, input.ndim) and wrap_dim(dim, input.ndim), keepdims=keepdim)


def max(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of two tensors."""
    if dim is None:
        return ops.amax(input)
    if not isinstance(dim, int):
        return ops.maximum(input, dim)
    return _extreme(input, dim, keepdim, input)


def min(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; along ``dim`` (values, indices), the gradient to the first winner; elementwise of two tensors."""
    if dim is None:
        return ops.amin(input)
    if not isinstance(dim, int):
        return ops.minimum(input, dim)
    return _extreme(input, dim, keepdim, -input)


def _extreme(input: Any, dim: int, keepdim: bool, keys: Any) -> ValuesIndices:
    axis = wrap_dim(dim, input.ndim)
    if input.ndim == 0:
        return ValuesIndices(ops.reshape(input, shape=()), ops.argmax(keys))
    indices = ops.argmax(keys, axis=axis, keepdims=True)
    values = ops.take_along(input, indices, axis=axis)
    if keepdim:
        return ValuesIndices(values, indices)
    shape = input.array.shape[:axis] + input.array.shape[axis + 1 :]
    return ValuesIndices(ops.reshape(values, shape=shape), ops.reshape(indices, shape=shape))


def logsumexp(input: Any, dim: Dim, keepdim: bool = False) -> Any:
    """log of the sum of exponentials, without overflow."""
    return ops.logsumexp(input, axis=wrap_dims(dim, input.ndim), keepdims=keepdim)


def softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """exp(input) / sum exp(input) along ``dim``."""
    input = input if dtype is None else to_dtype(input, dtype)
    return ops.softmax(input, axis=wrap_dim(dim, input.ndim))


def log_softmax(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """log softmax along ``dim``, without overflow."""
    input = input if dtype is None else to_dtype(input, dtype)
    return ops.log_softmax(input, axis=wrap_dim(dim, input.ndim))


def all(input: Any, dim: Dim = None, keepdim: bool = False) -> Any:
    """Whether every element counts as true."""
    return ops.logical_not(any(ops.equal(input, 0), dim, keepdim))


def any(input: Any, dim: Dim = None, keepdim: bool = False) -> Any:
    """Whether some element counts as true."""
    counts = ops.sum(ops.cast(ops.not_equal(input, 0), dtype="int64"), axis=wrap_dims(dim, builtins.len(input.shape)), keepdims=keepdim)
    return ops.greater(counts, 0)
