"""Histograms of points: how many of them fall into each box of a grid."""

import math
from collections.abc import Sequence
from typing import Any, Generic, NamedTuple

import numpy as np

from .._engine.handle import Handle, Operand, T
from ._arguments import names_arguments
from ._return_types import return_type

__all__ = ["histogramdd"]


class HistogramGrid(NamedTuple, Generic[T]):
    """What ``histogramdd`` returns."""

    hist: T
    bin_edges: tuple[T, ...]


_HISTOGRAMDD = return_type("histogramdd", HistogramGrid)


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
        raise RuntimeError(f"histogramdd: expected a floating-point tensor, but got {input.dtype!r}")
    size, dtype = input.shape[-1], input.array.dtype
    given: list[Any] = [bins] * size if isinstance(bins, int) else list(bins)
    if len(given) != size:
        raise RuntimeError(
            f"torch.histogramdd: the size of bins must be equal to the innermost dimension of the input: "
            f"expected {size}, but got {len(given)}"
        )
    if range is not None and len(range) != 2 * size:
        raise RuntimeError(
            f"torch.histogramdd: for a {size}-dimensional histogram range should have {2 * size} elements, "
            f"but got {len(range)}"
        )
    if weight is not None and tuple(weight.shape) != tuple(input.shape[:-1]):
        raise RuntimeError(
            "torch.histogramdd: if weight tensor is provided it should have the same shape as the input "
            f"tensor excluding its innermost dimension, but got input with shape {list(input.shape)} and "
            f"weight with shape {list(weight.shape)}"
        )
    points = input.array.reshape(math.prod(input.shape[:-1]), size)
    limits = range if range is not None else [bound for column in points.T for bound in _extremes(column)]
    edges = [_edges(i, bins_of, limits[2 * i], limits[2 * i + 1], dtype) for i, bins_of in enumerate(given)]
    weights = None if weight is None else weight.array.reshape(-1)
    hist, _ = np.histogramdd(points, edges, density=density, weights=weights)
    return _HISTOGRAMDD(
        input._lift(hist.astype(dtype), None), tuple(input._lift(part, None) for part in edges)
    )


def _extremes(column: Any) -> tuple[float, float]:
    """The least and the largest of the coordinates; RuntimeError where one is not finite."""
    if not np.isfinite(column).all():
        raise RuntimeError("torch.histogramdd: the range of the elements is not finite: give range=(...)")
    return (float(column.min()), float(column.max())) if column.size else (0.0, 1.0)


def _edges(dimension: int, bins: Any, low: float, high: float, dtype: Any) -> Any:
    if isinstance(bins, Handle):
        return bins.array.astype(dtype)
    if bins <= 0:
        raise RuntimeError(f"torch.histogramdd(): bins must be > 0, but got {bins} for dimension {dimension}")
    if low > high:
        raise RuntimeError(
            f"torch.histogramdd: min should not exceed max, but got min {low} max {high} for dimension "
            f"{dimension}"
        )
    if low == high:
        low, high = low - 0.5, high + 0.5
    return np.linspace(low, high, int(bins) + 1, dtype=dtype)
