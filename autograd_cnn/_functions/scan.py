"""Scans along a dimension, differences, and areas under a curve."""

from collections.abc import Sequence
from typing import Any, SupportsIndex

import numpy as np

from .. import ops
from .._engine.dtypes import DType, get_default_dtype, join
from .._engine.handle import Handle, Number, Operand, T
from .._engine.recording import of_constants
from .._engine.single import in_single
from ..ops import _scan as primitives
from ._arguments import names_arguments
from ._dims import Dim, integer, listed, wrap_dim
from ._in_place import S
from ._return_types import return_type
from .conversion import to_dtype
from .reduction import ValuesIndices, floating, in_dtype_of, summable

__all__ = [
    "cummax",
    "cummin",
    "cumprod",
    "cumsum",
    "cumulative_trapezoid",
    "diff",
    "gradient",
    "logcumsumexp",
    "trapezoid",
    "trapz",
]


def _along(scan: ops.Primitive, input: Operand, dim: SupportsIndex) -> Any:
    """``scan`` along ``dim``; a tensor without axes counts as having one."""
    axis = wrap_dim(dim, input.ndim)
    if input.ndim:
        return in_dtype_of(input, scan(input, axis=axis))
    return in_dtype_of(input, ops.reshape(scan(ops.reshape(input, shape=(1,)), axis=0), shape=()))


@names_arguments
def cumsum(input: Handle[T], dim: SupportsIndex, *, dtype: DType | None = None) -> T:
    """The sums of the elements up to each along ``dim``; of integers and booleans an int64."""
    return _along(primitives.cumsum, summable(input, dtype), dim)


@names_arguments
def cumsum_(input: S, dim: SupportsIndex, *, dtype: DType | None = None) -> S:
    """In place, and in the dtype of input, see :func:`cumsum`."""
    return input._overwrite(cumsum(input, dim, dtype=input.dtype if dtype is None else dtype))


@names_arguments
def cumprod(input: Handle[T], dim: SupportsIndex, *, dtype: DType | None = None) -> T:
    """The products of the elements up to each along ``dim``. Its gradient is right where elements are 0."""
    return _along(primitives.cumprod, summable(input, dtype), dim)


@names_arguments
def cumprod_(input: S, dim: SupportsIndex, *, dtype: DType | None = None) -> S:
    """In place, and in the dtype of input, see :func:`cumprod`."""
    return input._overwrite(cumprod(input, dim, dtype=input.dtype if dtype is None else dtype))


@names_arguments
def logcumsumexp(input: Handle[T], dim: SupportsIndex) -> T:
    """log of the sums of exponentials up to each along ``dim``, without overflow."""
    return _along(primitives.logcumsumexp, floating("logcumsumexp", input), dim)


_CUMMAX, _CUMMIN = (return_type(name, ValuesIndices) for name in ("cummax", "cummin"))


@names_arguments
def cummax(input: Handle[T], dim: SupportsIndex) -> ValuesIndices[T]:
    """The largest element up to each along ``dim``, and its index (the last of equals, which gets the
    gradient)."""
    return _cumulative_extreme(_CUMMAX, primitives.cummax_index, input, dim)


@names_arguments
def cummin(input: Handle[T], dim: SupportsIndex) -> ValuesIndices[T]:
    """The smallest element up to each along ``dim``, and its index (the last of equals, which gets the
    gradient)."""
    return _cumulative_extreme(_CUMMIN, primitives.cummin_index, input, dim)


def _cumulative_extreme(
    kind: type[ValuesIndices[Any]], choose: ops.Primitive, input: Operand, dim: SupportsIndex
) -> ValuesIndices[Any]:
    axis = wrap_dim(dim, input.ndim)
    rows: Operand = input if input.ndim else ops.reshape(input, shape=(1,))
    indices = choose(rows, axis=axis)
    values = ops.take_along(rows, indices, axis=axis)
    if input.ndim:
        return kind(values, indices)
    return kind(ops.reshape(values, shape=()), ops.reshape(indices, shape=()))


def _part(input: Operand, axis: int, start: int | None, stop: int | None) -> Any:
    return ops.getitem(input, index=(*[slice(None)] * axis, slice(start, stop)))


@names_arguments
def diff(
    input: Handle[T],
    n: SupportsIndex = 1,
    dim: SupportsIndex = -1,
    prepend: Operand | None = None,
    append: Operand | None = None,
) -> T:
    """The differences of neighbours along ``dim``, taken ``n`` times; of booleans whether they differ."""
    if input.ndim == 0:
        raise RuntimeError("diff expects input to be at least one-dimensional")
    if (times := n if type(n) is int else integer("n", n)) < 0:
        raise RuntimeError(f"order must be non-negative but got {n}")
    if times == 0:
        return ops.cast(input, dtype=input.array.dtype)
    axis = wrap_dim(dim, input.ndim)
    for part in [part for part in (prepend, append) if part is not None]:
        if part.ndim != input.ndim:
            raise RuntimeError("diff expects prepend or append to be the same dimension as input")
        for i in range(input.ndim):
            if i != axis and part.shape[i] != input.shape[i]:
                raise RuntimeError(
                    "diff expects the shape of tensor to prepend or append to match that of input except "
                    f"along the differencing dimension; input.size({i}) = {input.shape[i]}, but got "
                    f"tensor.size({i}) = {part.shape[i]}"
                )
    parts = [part for part in (prepend, input, append) if part is not None]
    out: Any = ops.concatenate(*parts, axis=axis) if len(parts) > 1 else input
    minus = ops.logical_xor if out.array.dtype.kind == "b" else ops.subtract
    for _ in range(times):
        out = minus(_part(out, axis, 1, None), _part(out, axis, None, -1))
    return out


@names_arguments
@in_single
def gradient(
    input: Handle[T],
    *,
    spacing: Number | Operand | Sequence[Number | Operand] | None = None,
    dim: Dim = None,
    edge_order: int = 1,
) -> tuple[T, ...]:
    """Estimates of the derivative along each of ``dim`` (default: all), central inside and one-sided at the
    ends.

    ``spacing`` is the step (1), one number or one for each dimension; or for each dimension a vector of
    places.
    """
    axes = [wrap_dim(d, input.ndim) for d in (range(input.ndim) if dim is None else listed(dim))]
    spacing = 1 if spacing is None else spacing
    steps = list(spacing) if isinstance(spacing, (tuple, list)) else [spacing] * len(axes)
    if len(steps) != len(axes):
        raise RuntimeError(
            f"torch.gradient expected spacing to be one number or {len(axes)}, one for each "
            f"dimension, but got {len(steps)}"
        )
    if edge_order not in (1, 2):
        raise RuntimeError(f"torch.gradient only supports edge_order=1 and edge_order=2, not {edge_order}")
    slopes = (_derivative(input, axis, step, edge_order) for axis, step in zip(axes, steps, strict=True))
    return tuple(of_constants(slope, input) for slope in slopes)


def _derivative(f: Operand, axis: int, spacing: Any, edge_order: int) -> Any:
    """The derivative by Lagrange's polynomial through three neighbours (two at the ends, for ``edge_order``
    1)."""
    if f.ndim == 0:
        raise IndexError(f"Dimension specified as {axis} but tensor has no dimensions")
    f = f if f.array.dtype.kind == "f" else to_dtype(f, get_default_dtype())
    size, dtype = f.array.shape[axis], f.array.dtype
    if size < edge_order + 1:
        raise RuntimeError(
            "torch.gradient expected each dimension size to be at least edge_order+1, but dimension "
            f"{axis} has {size}"
        )
    places: Any = getattr(spacing, "array", None)
    is_even = places is None or not places.ndim
    if not is_even and places.dtype.kind == "f":
        dtype = join(dtype, places.dtype)
        f = ops.cast(f, dtype=dtype)
    gaps = np.full(size - 1, spacing, dtype) if is_even else np.diff(places).astype(dtype)
    a, b = gaps[:-1], gaps[1:]

    def slope(start: int, count: int, apart: int, gap: Any) -> Any:
        """The differences of ``count`` elements from ``start`` on to those ``apart``, over the gap."""
        low, high = (_part(f, axis, at, at + count) for at in (start, start + apart))
        return ops.divide(ops.subtract(high, low), np.reshape(gap, (-1, *[1] * (f.ndim - 1 - axis))))

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
        pieces = [slope(0, 1, 1, gaps[:1]), slope(size - 2, 1, 1, gaps[-1:])]
    else:
        (a0, b0), (a1, b1) = (a[:1], b[:1]), (a[-1:], b[-1:])
        pieces = [
            weighted(0, 1, -(2 * a0 + b0) / (a0 * (a0 + b0)), (a0 + b0) / (a0 * b0), -a0 / (b0 * (a0 + b0))),
            weighted(-3, -2, b1 / (a1 * (a1 + b1)), -(a1 + b1) / (a1 * b1), (2 * b1 + a1) / (b1 * (a1 + b1))),
        ]
    if is_even:  # what lies in the middle has no weight, be it a NaN
        pieces.insert(1, slope(0, size - 2, 2, a + b))
    elif size > 2:
        pieces.insert(1, weighted(0, -2, -b / (a * (a + b)), (b - a) / (a * b), a / (b * (a + b))))
    return ops.concatenate(*pieces, axis=axis)


def _trapezoids(y: Operand, x: Operand | None, dx: Number | Operand, dim: SupportsIndex) -> tuple[Any, int]:
    """The areas between neighbours along ``dim``, and that axis."""
    axis = wrap_dim(dim, y.ndim)
    heights = ops.divide(ops.add(_part(y, axis, 1, None), _part(y, axis, None, -1)), 2)
    if x is None:
        areas = ops.multiply(heights, dx)
        return areas if isinstance(dx, Handle) else of_constants(areas, y), axis
    if x.ndim == 1:
        if x.array.shape[0] != y.array.shape[axis]:
            raise RuntimeError(
                "trapezoid(): There must be one `x` value for each sample point, got "
                f"{x.array.shape[0]} for {y.array.shape[axis]}"
            )
        x = ops.reshape(x, shape=(-1, *[1] * (y.ndim - 1 - axis)))
        return ops.multiply(heights, diff(x, dim=0)), axis
    return ops.multiply(heights, diff(x, dim=dim)), axis


@names_arguments
@in_single
def trapezoid(
    y: Handle[T], x: Operand | None = None, *, dx: Number | Operand = 1, dim: SupportsIndex = -1
) -> T:
    """The area under y along ``dim`` by the trapezoidal rule, at the places ``x`` or at steps of ``dx``."""
    areas, axis = _trapezoids(y, x, dx, dim)
    return ops.sum(areas, axis=axis)


@names_arguments
@in_single
def cumulative_trapezoid(
    y: Handle[T], x: Operand | None = None, *, dx: Number | Operand = 1, dim: SupportsIndex = -1
) -> T:
    """The areas under y up to each place along ``dim`` by the trapezoidal rule."""
    areas, axis = _trapezoids(y, x, dx, dim)
    return primitives.cumsum(areas, axis=axis)


trapz = trapezoid
