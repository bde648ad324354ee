"""Scans along a dimension, differences, and areas under a curve."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from ._arguments import names_arguments
from ._dims import numpy_names, wrap_dim
from .conversion import to_dtype
from .reduction import ValuesIndices, floating


def _along(input: Any, dim: int, scan: Callable[[Any, int], Any]) -> Any:
    """``scan`` along ``dim``; a tensor without axes counts as having one."""
    axis = wrap_dim(dim, input.ndim)
    return scan(input, axis) if input.ndim else ops.reshape(scan(ops.reshape(input, shape=(1,)), 0), shape=())


def _summable(input: Any, dtype: Any) -> Any:
    if dtype is not None:
        return to_dtype(input, dtype)
    return input if input.array.dtype.kind == "f" else to_dtype(input, "int64")


@numpy_names
def cumsum(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The sums of the elements up to each along ``dim``; of integers and booleans an int64."""
    return _along(_summable(input, dtype), dim, lambda x, axis: ops.cumsum(x, axis=axis))


@numpy_names
def cumprod(input: Any, dim: int, *, dtype: Any = None) -> Any:
    """The products of the elements up to each along ``dim``. Its gradient is right where elements are 0."""
    return _along(_summable(input, dtype), dim, lambda x, axis: ops.cumprod(x, axis=axis))


@numpy_names
def logcumsumexp(input: Any, dim: int) -> Any:
    """log of the sums of exponentials up to each along ``dim``, without overflow."""
    return _along(floating("logcumsumexp", input), dim, lambda x, axis: ops.logcumsumexp(x, axis=axis))


@numpy_names
def cummax(input: Any, dim: int) -> ValuesIndices:
    """The largest element up to each along ``dim``, and its index (the last of equals, which gets the
    gradient)."""
    return _cumulative_extreme(input, dim, ops.cummax_index)


@numpy_names
def cummin(input: Any, dim: int) -> ValuesIndices:
    """The smallest element up to each along ``dim``, and its index (the last of equals, which gets the
    gradient)."""
    return _cumulative_extreme(input, dim, ops.cummin_index)


def _cumulative_extreme(input: Any, dim: int, choose: ops.Primitive) -> ValuesIndices:
    indices = _along(input, dim, lambda x, axis: choose(x, axis=axis))
    values = _along(
        input, dim, lambda x, axis: ops.take_along(x, ops.reshape(indices, shape=x.array.shape), axis=axis)
    )
    return ValuesIndices(values, indices)


def _part(input: Any, axis: int, start: int | None, stop: int | None) -> Any:
    return ops.getitem(input, index=(*[slice(None)] * axis, slice(start, stop)))


@numpy_names
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """The differences of neighbours along ``dim``, taken ``n`` times; of booleans whether they differ."""
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if n < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    axis = wrap_dim(dim, input.ndim)
    parts = [part for part in (prepend, input, append) if part is not None]
    out = ops.concatenate(*parts, axis=axis) if len(parts) > 1 else input
    minus = ops.logical_xor if out.array.dtype.kind == "b" else ops.subtract
    for _ in range(n):
        out = minus(_part(out, axis, 1, None), _part(out, axis, None, -1))
    return out


@names_arguments
def gradient(input: Any, *, spacing: Any = 1, dim: Any = None, edge_order: int = 1) -> list[Any]:
    """Estimates of the derivative along each of ``dim`` (default: all), central inside and one-sided at the
    ends.

    ``spacing`` is the step, one number or one for each dimension; or for each dimension a vector of places.
    """
    axes = [
        wrap_dim(d, input.ndim)
        for d in (range(input.ndim) if dim is None else (dim,) if isinstance(dim, int) else dim)
    ]
    steps = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing] * len(axes)
    if len(steps) != len(axes):
        raise RuntimeError(
            f"torch.gradient expected spacing to be one number or {len(axes)}, one for each "
            f"dimension, but got {len(steps)}"
        )
    if edge_order not in (1, 2):
        raise RuntimeError(f"torch.gradient only supports edge_order=1 and edge_order=2, not {edge_order}")
    return [_derivative(input, axis, step, edge_order) for axis, step in zip(axes, steps, strict=True)]


def _derivative(f: Any, axis: int, spacing: Any, edge_order: int) -> Any:
    """The derivative by Lagrange's polynomial through three neighbours (two at the ends, for ``edge_order``
    1)."""
    if f.ndim == 0:
        raise IndexError(f"Dimension specified as {axis} but tensor has no dimensions")
    size, dtype = f.array.shape[axis], f.array.dtype
    if size < edge_order + 1:
        raise RuntimeError(
            "torch.gradient expected each dimension size to be at least edge_order+1, but dimension "
            f"{axis} has {size}"
        )
    places = getattr(spacing, "array", None)
    gaps = (
        np.full(size - 1, spacing, dtype)
        if places is None or not places.ndim
        else np.diff(places).astype(dtype)
    )
    a, b = gaps[:-1], gaps[1:]

    def weighted(start: int, stop: int | None, *weights: Any) -> Any:
        """The sum of the weighted neighbours: the first weight goes to the part from ``start`` on."""
        parts = []
        for i, weight in enumerate(weights):
            last = None if stop is None or stop + i == 0 else stop + i
            column = np.reshape(weight, (-1, *[1] * (f.ndim - 1 - axis)))
            parts.append(ops.multiply(_part(f, axis, start + i, last), column))
        total = parts[0]
        for part in parts[1:]:
            total = ops.add(total, part)
        return total

    pieces = []
    if edge_order == 1:
        pieces = [
            weighted(0, 1, -1 / gaps[:1], 1 / gaps[:1]),
            weighted(-2, -1, -1 / gaps[-1:], 1 / gaps[-1:]),
        ]
    else:
        (a0, b0), (a1, b1) = (a[:1], b[:1]), (a[-1:], b[-1:])
        pieces = [
            weighted(0, 1, -(2 * a0 + b0) / (a0 * (a0 + b0)), (a0 + b0) / (a0 * b0), -a0 / (b0 * (a0 + b0))),
            weighted(-3, -2, b1 / (a1 * (a1 + b1)), -(a1 + b1) / (a1 * b1), (2 * b1 + a1) / (b1 * (a1 + b1))),
        ]
    if size > 2:
        pieces.insert(1, weighted(0, -2, -b / (a * (a + b)), (b - a) / (a * b), a / (b * (a + b))))
    return ops.concatenate(*pieces, axis=axis)


def _trapezoids(y: Any, x: Any, dx: Any, dim: int) -> tuple[Any, int]:
    """The areas between neighbours along ``dim``, and that axis."""
    axis = wrap_dim(dim, y.ndim)
    heights = ops.divide(ops.add(_part(y, axis, 1, None), _part(y, axis, None, -1)), 2)
    if x is None:
        return ops.multiply(heights, dx), axis
    if x.ndim == 1:
        if x.array.shape[0] != y.array.shape[axis]:
            raise RuntimeError(
                "trapezoid(): There must be one `x` value for each sample point, got "
                f"{x.array.shape[0]} for {y.array.shape[axis]}"
            )
        x = ops.reshape(x, shape=(-1, *[1] * (y.ndim - 1 - axis)))
        return ops.multiply(heights, diff(x, dim=0)), axis
    return ops.multiply(heights, diff(x, dim=dim)), axis


@numpy_names
def trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The area under y along ``dim`` by the trapezoidal rule, at the places ``x`` or at steps of ``dx``."""
    areas, axis = _trapezoids(y, x, dx, dim)
    return ops.sum(areas, axis=axis)


@numpy_names
def cumulative_trapezoid(y: Any, x: Any = None, *, dx: Any = 1, dim: int = -1) -> Any:
    """The areas under y up to each place along ``dim`` by the trapezoidal rule."""
    areas, axis = _trapezoids(y, x, dx, dim)
    return ops.cumsum(areas, axis=axis)


trapz = trapezoid
