"""Histograms: how many elements fall between edges, and how many points into each box of a grid."""

import math
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple

import numpy as np

from .._engine.handle import Handle, Operand, T
from .._engine.single import in_single
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._dims import integer
from ._return_types import return_type
from .reduction import floating

__all__ = ["histogram", "histogramdd"]


class HistogramEdges(NamedTuple, Generic[T]):
    """What ``histogram`` returns."""

    hist: T
    bin_edges: T


class HistogramGrid(NamedTuple, Generic[T]):
    """What ``histogramdd`` returns."""

    hist: T
    bin_edges: tuple[T, ...]


_HISTOGRAM = return_type("histogram", HistogramEdges)
_HISTOGRAMDD = return_type("histogramdd", HistogramGrid)


@names_arguments
@in_single
def histogram(
    input: Handle[T],
    bins: int | Operand,
    *,
    range: tuple[float, float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> HistogramEdges[T]:
    """How many elements (or which sum of weights, or which density) fall between the edges: ``bins`` of one
    width, or a vector of edges."""
    floating("histogram", input)
    column = input.array.reshape(-1)
    weights = _weights(input, tuple(input.shape), weight)
    if isinstance(bins, Handle):
        counts, edges = np.histogram(column, _edges(0, bins, input), None, density, weights)
    else:
        count, limits = _count(0, bins), _limits(0, column, range, 1)
        counts, edges = np.histogram(column, count, limits, density, weights)
    return _HISTOGRAM(*(input._lift(part.astype(column.dtype), None) for part in (counts, edges)))


@names_arguments
def histogramdd(
    input: Handle[T],
    bins: int | Sequence[int] | Sequence[Operand],
    range: Sequence[float] | None = None,
    weight: Operand | None = None,
    density: bool = False,
) -> HistogramGrid[T]:
    """How many of the points of the last dimension (or which sum of ``weight``, or which ``density``) fall
    into each box between the edges.

    Args:
        input: Points of D coordinates, shape (*, D), float32 or float64.
        bins: A number of bins of one width for all coordinates, or for each of them; or the edges of each.
        range: The lowest and the highest edge of each coordinate, 2 D numbers; by default its extremes.
        weight: A number for each point, of the shape (*).
    """
    if input.ndim < 2:
        raise RuntimeError(
            "torch.histogramdd: input tensor should have at least 2 dimensions, but got "
            f"{input.ndim}: the last one holds the coordinates of a point"
        )
    if input.array.dtype.kind != "f":
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{scalar_type(input.array)}'")
    size, dtype = input.shape[-1], input.array.dtype
    given = _bins(bins, size)
    points = input.array.reshape(math.prod(input.shape[:-1]), size)
    weights = _weights(input, tuple(input.shape[:-1]), weight)
    edges = list[Any]()
    for i, (each, column) in enumerate(zip(given, points.T, strict=True)):
        if isinstance(each, Handle):
            edges.append(_edges(i, each, input))
        else:
            edges.append(np.linspace(*_limits(i, column, range, size), _count(i, each) + 1, dtype=dtype))
    hist = np.zeros((), dtype)
    if size:
        hist, _ = np.histogramdd(points, edges, density=density, weights=weights)
    return _HISTOGRAMDD(
        input._lift(hist.astype(dtype), None), tuple(input._lift(part, None) for part in edges)
    )


def _bins(bins: Any, size: int) -> list[Any]:
    """The bins of each coordinate; errors where they are others than so many numbers, or vectors."""
    if not isinstance(bins, (list, tuple)):
        return [integer("bins", bins)] * size
    if len(bins) != size:
        of_edges = any(isinstance(each, Handle) for each in bins)
        raise RuntimeError(
            f"torch.histogramdd: expected {size} sequences of bin edges for a {size}-dimensional histogram "
            f"but got {len(bins)}"
            if of_edges
            else "histogramdd: The size of bins must be equal to the innermost dimension of the input: "
            f"expected {size}, but got {len(bins)}"
        )
    return list(bins)


def _count(dimension: int, bins: Any) -> int:
    count = integer("bins", bins)
    if count <= 0:
        raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {count} for dimension {dimension}")
    return count


def _edges(dimension: int, bins: Operand, input: Operand) -> Any:
    """The edges that a vector gives."""
    where, kinds = f"for dimension {dimension}", [scalar_type(x.array).lower() for x in (input, bins)]
    if bins.ndim != 1:
        raise RuntimeError(
            f"torch.histogramdd: bins tensor should have one dimension, but got {bins.ndim} dimensions in "
            f"the bins tensor {where}"
        )
    if kinds[0] != kinds[1]:
        raise RuntimeError(
            "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with "
            f"dtype {kinds[0]} and bins {where} with dtype {kinds[1]}"
        )
    if not bins.array.size:
        raise RuntimeError(
            "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins "
            f"tensor {where}"
        )
    _count(dimension, bins.array.size - 1)
    if not (np.diff(bins.array) >= 0).all():
        raise RuntimeError(f"torch.histogramdd: the edges {where} must not decrease, and not be NaN")
    return bins.array


def _limits(dimension: int, column: Any, range: Sequence[float] | None, size: int) -> tuple[float, float]:
    """The outermost edges: given, or the extremes."""
    if range is None:
        low, high = (float(column.min()), float(column.max())) if column.size else (0.0, 1.0)
    elif len(range) != 2 * size:
        raise RuntimeError(
            f"torch.histogramdd: for a {size}-dimensional histogram range should have {2 * size} elements, "
            f"but got {len(range)}"
        )
    else:
        low, high = range[2 * dimension : 2 * dimension + 2]
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RuntimeError(
            f"torch.histogramdd: dimension {dimension}'s range [{low:g}, {high:g}] is not finite: give a "
            "finite range=, or take out what is infinite or NaN"
        )
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension "
            f"{dimension}"
        )
    return (low - 0.5, high + 0.5) if low == high else (low, high)


def _weights(input: Operand, shape: tuple[int, ...], weight: Operand | None) -> Any:
    if weight is None:
        return None
    if tuple(weight.shape) != shape:
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input "
            f"tensor excluding its innermost dimension, but got input with shape {list(input.shape)} and "
            f"weight with shape {list(weight.shape)}; histogram wants the shape of the input"
        )
    if weight.array.dtype != input.array.dtype:
        kinds = [scalar_type(x.array).lower() for x in (input, weight)]
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the "
            f"same dtype, but got input({kinds[0]}), and weight({kinds[1]})"
        )
    return weight.array.reshape(-1)
