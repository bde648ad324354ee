"""Statistics over dimensions: variance, median, mode, quantiles, covariance."""

import builtins
import math
from typing import Any, SupportsIndex, overload

import numpy as np

from .. import ops
from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops import _statistics as primitives
from ._arguments import array_in, names_arguments
from ._dims import Dim, integer, wrap_dim, wrap_dims
from ._return_types import return_type
from .conversion import to_dtype
from .reduction import ValuesIndices, check_freedom, chosen, floating

__all__ = [
    "bincount",
    "corrcoef",
    "cov",
    "histc",
    "median",
    "mode",
    "nanmedian",
    "nanquantile",
    "quantile",
    "std",
    "std_mean",
    "var",
    "var_mean",
]


def _spread(
    name: str, input: Operand, dim: Dim, unbiased: bool | None, keepdim: bool, correction: float | None
) -> Any:
    if isinstance(dim, (bool, np.bool_)):
        dim, unbiased = None, bool(dim)
    if unbiased is not None and correction is not None:
        raise TypeError(f"{name}() takes unbiased or correction, not both")
    if unbiased is not None:
        correction = int(unbiased)
    primitive = primitives.var if name == "var" else primitives.std
    axes = wrap_dims(dim, floating(name, input).ndim)
    taken = 1 if correction is None else correction
    out = primitive(input, axis=axes, keepdims=keepdim, correction=taken)
    check_freedom(name, input, out, taken)
    return out


@names_arguments
def var(
    input: Handle[T],
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> T:
    """The variance, over n - correction elements (default 1; ``unbiased=False`` is correction 0)."""
    return _spread("var", input, dim, unbiased, keepdim, correction)


@names_arguments
def std(
    input: Handle[T],
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> T:
    """The standard deviation; where it is 0 so is the gradient."""
    return _spread("std", input, dim, unbiased, keepdim, correction)


@names_arguments
@in_single
def var_mean(
    input: Handle[T],
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[T, T]:
    """``(var, mean)``."""
    return _spread("var", input, dim, unbiased, keepdim, correction), _mean(input, dim, keepdim)


@names_arguments
@in_single
def std_mean(
    input: Handle[T],
    dim: Dim = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[T, T]:
    """``(std, mean)``."""
    return _spread("std", input, dim, unbiased, keepdim, correction), _mean(input, dim, keepdim)


def _mean(input: Operand, dim: Dim, keepdim: bool) -> Any:
    axes = None if isinstance(dim, (bool, np.bool_)) else wrap_dims(dim, input.ndim)
    return ops.mean(input, axis=axes, keepdims=keepdim)


_BY_INDEX = {name: return_type(name, ValuesIndices) for name in ("median", "nanmedian", "mode")}


def _by_index(
    name: str,
    primitive: ops.Primitive,
    input: Operand,
    dim: SupportsIndex,
    keepdim: bool,
    **options: Any,
) -> ValuesIndices[Any]:
    """The elements along ``dim`` that an index primitive chooses, for the function ``name``."""
    axis = wrap_dim(dim, input.ndim)
    rows: Operand = input if input.ndim else ops.reshape(input, shape=(1,))
    if rows.array.shape[axis] == 0:
        raise IndexError(f"{name}(): Expected reduction dim {axis} to have non-zero size.")
    return chosen(_BY_INDEX[name], input, primitive(rows, axis=axis, **options), axis, keepdim)


@overload
def median(input: Handle[T]) -> T: ...
@overload
def median(input: Handle[T], dim: SupportsIndex, keepdim: bool = False) -> ValuesIndices[T]: ...
@names_arguments
def median(input: Any, dim: SupportsIndex | None = None, keepdim: bool = False) -> Any:
    """The (lower) middle element, whose equals share the gradient; along ``dim`` (values, indices), the
    gradient to one index."""
    if dim is None:
        return primitives.median(input)
    return _by_index("median", primitives.median_index, input, dim, keepdim)


@overload
def nanmedian(input: Handle[T]) -> T: ...
@overload
def nanmedian(input: Handle[T], dim: SupportsIndex, keepdim: bool = False) -> ValuesIndices[T]: ...
@names_arguments
def nanmedian(input: Any, dim: SupportsIndex | None = None, keepdim: bool = False) -> Any:
    """The median of what is a number; along ``dim`` (values, indices)."""
    if dim is None:
        return primitives.nanmedian(input)
    return _by_index("nanmedian", primitives.median_index, input, dim, keepdim, skip_nan=True)


@names_arguments
def mode(input: Handle[T], dim: SupportsIndex = -1, keepdim: bool = False) -> ValuesIndices[T]:
    """The most frequent element along ``dim`` (of several the smallest), and its last index."""
    return _by_index("mode", primitives.mode_index, input, dim, keepdim)


@names_arguments
@in_single
def quantile(
    input: Handle[T],
    q: float | Operand,
    dim: SupportsIndex | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> T:
    """The element (or the point between two) below which the part ``q`` of all lies; for a vector ``q`` a new
    first dimension.

    ``interpolation`` is "linear", "lower", "higher", "midpoint" or "nearest". Where an element is NaN so is
    the result.
    """
    return _quantile("quantile", input, q, dim, keepdim, interpolation)


@names_arguments
@in_single
def nanquantile(
    input: Handle[T],
    q: float | Operand,
    dim: SupportsIndex | None = None,
    keepdim: bool = False,
    *,
    interpolation: str = "linear",
) -> T:
    """The quantile of what is a number."""
    return _quantile("nanquantile", input, q, dim, keepdim, interpolation)


def _quantile(
    name: str, input: Operand, q: Any, dim: SupportsIndex | None, keepdim: bool, interpolation: str
) -> Any:
    floating(name, input)
    dtype = input.array.dtype
    parts = np.asarray(array_in(q), dtype)
    if parts.ndim > 1 or not np.all((parts >= 0) & (parts <= 1)):
        raise RuntimeError(f"{name}() q must be a number or a 1D tensor of values in the range [0, 1]")
    if input.array.size == 0:
        raise RuntimeError(f"{name}() input tensor must be non-empty")
    axis = 0 if dim is None else wrap_dim(dim, input.ndim)
    shape = (*input.array.shape,) if dim is not None else (input.array.size,)
    others = [i for i in range(len(shape)) if i != axis]
    rows = (
        ops.transpose(ops.reshape(input, shape=shape), axes=(*others, axis))
        if shape
        else ops.reshape(input, shape=(1,))
    )
    below, above, weight = _ranks(name, rows.array, parts.reshape(-1), interpolation)
    ranked = ops.take_along(rows, ops.argsort(rows, axis=-1), axis=-1)
    out = ops.take_along(ranked, below, axis=-1)
    if interpolation in ("linear", "midpoint"):
        out = ops.lerp(out, ops.take_along(ranked, above, axis=-1), weight)
    out = ops.transpose(out, axes=(out.ndim - 1, *range(out.ndim - 1)))
    kept = [1] * input.ndim if dim is None else [1 if i == axis else n for i, n in enumerate(shape)]
    rest = kept if keepdim else [shape[i] for i in others]
    return ops.reshape(out, shape=(*parts.shape, *rest))


def _ranks(name: str, rows: Any, parts: Any, interpolation: str) -> tuple[Any, Any, Any]:
    """For each part the places in the sorted rows below and above it, and the weight of the one above."""
    if interpolation not in ("linear", "lower", "higher", "midpoint", "nearest"):
        raise RuntimeError(
            f"{name}() interpolation must be one of linear, lower, higher, midpoint or nearest, but "
            f"got {interpolation}"
        )
    numbers = np.equal(rows, rows).sum(axis=-1, keepdims=True, dtype=rows.dtype)
    size = rows.shape[-1]
    ranks = ops.array_module(rows).asarray(parts) * np.maximum(numbers - 1, 0)
    if name == "quantile":
        ranks = np.where(numbers < size, rows.dtype.type(size - 1), ranks)
    whole: dict[str, Any] = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}
    if interpolation in whole:
        ranks = whole[interpolation](ranks)
    below, above = np.floor(ranks), np.ceil(ranks)
    weight = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
    return below.astype(np.int64), above.astype(np.int64), weight


@names_arguments
@in_single
def cov(
    input: Handle[T],
    *,
    correction: int = 1,
    fweights: Operand | None = None,
    aweights: Operand | None = None,
) -> T:
    """The covariance matrix of the rows, whose columns are observations, weighted by frequencies and by
    importance."""
    if input.ndim > 2:
        raise RuntimeError(
            "cov(): expected input to have two or fewer dimensions but got an input with "
            f"{input.ndim} dimensions"
        )
    rows: Any = ops.reshape(input, shape=(1, -1)) if input.ndim < 2 else input
    rows = rows if rows.array.dtype.kind == "f" else to_dtype(rows, "float32")
    for name, w, kinds in (("fweights", fweights, "iu"), ("aweights", aweights, "f")):
        if w is not None:
            _check_weights(name, w, kinds, rows.array.shape[1])
    weights: list[Any] = [to_dtype(w, rows.array.dtype) for w in (fweights, aweights) if w is not None]
    if weights:
        weight = weights[0] if len(weights) == 1 else ops.multiply(*weights)
        total = ops.sum(weight)
        if total.array == 0:
            raise RuntimeError("cov(): weights sum to zero, can't be normalized")
        center = ops.divide(ops.sum(ops.multiply(rows, weight), axis=1, keepdims=True), total)
        lost = total if aweights is None else ops.sum(ops.multiply(weight, weights[-1]))
        factor = ops.subtract(
            total, correction if aweights is None else ops.multiply(ops.divide(lost, total), correction)
        )
        gap = ops.subtract(rows, center)
        scaled = ops.multiply(gap, weight)
        factor = ops.clamp_min(factor, 0.0)
    else:
        gap = scaled = ops.subtract(rows, ops.mean(rows, axis=1, keepdims=True))
        factor = max(rows.array.shape[1] - correction, 0)
    out = ops.divide(ops.matmul(scaled, ops.swap_last(gap)), factor)
    return ops.reshape(out, shape=()) if out.array.size == 1 else out


def _check_weights(name: str, weights: Operand, kinds: str, count: int) -> None:
    if weights.ndim > 1:
        raise RuntimeError(
            f"cov(): expected {name} to have one or fewer dimensions but got {name} with "
            f"{weights.ndim} dimensions"
        )
    if weights.array.dtype.kind not in kinds:
        wanted = "integral" if kinds == "iu" else "floating point"
        raise RuntimeError(
            f"cov(): expected {name} to have {wanted} dtype but got {name} with {weights.dtype!r} dtype"
        )
    if weights.array.size != count:
        raise RuntimeError(
            f"cov(): expected {name} to have the same numel as there are observations in the input "
            f"but got {weights.array.size} != {count}"
        )
    if (weights.array < 0).any():
        raise RuntimeError(f"cov(): {name} cannot be negative")


@names_arguments
@in_single
def corrcoef(input: Handle[T]) -> T:
    """Pearson's correlation coefficients of the rows, whose columns are observations."""
    covariance = cov(input)
    if covariance.ndim == 0:
        return ops.divide(covariance, covariance)
    diagonal = np.arange(covariance.array.shape[0])
    deviation = ops.sqrt(ops.getitem(covariance, index=(diagonal, diagonal)))
    out = ops.divide(ops.divide(covariance, ops.reshape(deviation, shape=(-1, 1))), deviation)
    return ops.clamp(out, -1.0, 1.0)


@names_arguments
def histc(input: Handle[T], bins: SupportsIndex = 100, min: float = 0, max: float = 0) -> T:
    """How many elements fall into each of ``bins`` intervals from ``min`` to ``max`` (both 0: those of the
    elements)."""
    floating("histc", input)
    low, high, count = float(min), float(max), bins if type(bins) is int else integer("bins", bins)
    if low > high:
        raise RuntimeError("torch.histc: max must be larger than min")
    if count <= 0:
        raise RuntimeError("torch.histc: bins must be > 0")
    if low == high and input.array.size:
        low, high = float(input.array.min()), float(input.array.max())
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(
            f"torch.histc: range of [{low}, {high}] is not finite: give min and max, or take out what "
            "is infinite or NaN"
        )
    if low == high:
        low, high = (
            builtins.min(low - 1, math.nextafter(low, -math.inf)),
            builtins.max(high + 1, math.nextafter(high, math.inf)),
        )
    return primitives.histogram(input, bins=count, low=low, high=high)


@names_arguments
def bincount(input: Handle[T], weights: Operand | None = None, minlength: SupportsIndex = 0) -> T:
    """How often each of 0, 1, 2, ... occurs in a vector of integers, or the sum of the weights at its
    places."""
    array = input.array
    if array.dtype.kind not in "iu":
        raise NotImplementedError(f'"bincount" not implemented for {input.dtype!r}: it counts integers')
    if array.ndim != 1 or (array.size and array.min() < 0):
        raise RuntimeError("bincount only supports 1-d non-negative integral inputs.")
    if weights is not None and weights.array.shape != array.shape:
        raise RuntimeError("weights should be 1-d and have the same length as input")
    heavy = None if weights is None else weights.array
    least = minlength if type(minlength) is int else integer("minlength", minlength)
    if least < 0:
        raise RuntimeError(f"bincount: minlength should be >= 0, but got {least}")
    counts = primitives.bincount(input, weights=heavy, minlength=least)
    if not array.size:
        return to_dtype(counts, np.int64)
    return counts if heavy is None or heavy.dtype != np.float32 else to_dtype(counts, np.float32)
