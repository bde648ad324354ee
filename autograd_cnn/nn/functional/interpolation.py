"""Images in other sizes. Along each axis a result is a weighted sum of some elements: the axis times a
matrix."""

import math
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ... import ops
from ..._engine.recording import of_constants
from ..._engine.source import stacklevel
from ..._functions._arguments import floating
from ..._functions._dims import integer
from ..._functions.conversion import in_own_memory
from ..._tensor import Tensor
from ...ops import array_module
from .._composition import composition, fusible
from ._arguments import only_batches_empty
from .adaptive_pooling import adaptive_average, along_axis

__all__ = [
    "interpolate",
    "upsample",
    "upsample_bilinear",
    "upsample_nearest",
]

Matrix = np.ndarray[Any, Any]
_AXES = {"linear": 1, "bilinear": 2, "bicubic": 2, "trilinear": 3}


def cubic_weights(t: Any, a: float = -0.75) -> list[Any]:
    """The weights of the elements at -1, 0, 1 and 2 for a place ``t`` between 0 and 1 (Keys 1981)."""
    return [_far(t + 1, a), _near(t, a), _near(1 - t, a), _far(2 - t, a)]


def _near(d: Any, a: float) -> Any:
    return ((a + 2) * d - (a + 3)) * d * d + 1


def _far(d: Any, a: float) -> Any:
    return ((a * d - 5 * a) * d + 8 * a) * d - 4 * a


MOST = 2**31 - 1
"""The largest size that an image may get."""


def _source(size: int, target: int, step: float, align_corners: bool) -> Matrix:
    """Where each result stands in the coordinates of the input."""
    places = np.arange(target, dtype=np.float64)
    return places * step if align_corners else (places + 0.5) * step - 0.5


@lru_cache(maxsize=256)
def _matrix(size: int, target: int, step: float, kind: str, align_corners: bool) -> Matrix:
    """The matrix (target, size) of linear or cubic interpolation."""
    source = _source(size, target, step, align_corners)
    if kind == "linear":
        source = np.clip(source, 0, None)
        first = np.minimum(source.astype(np.int64), size - 1)
        part = np.clip(source - first, 0, 1)
        taps, weights = [first, np.minimum(first + 1, size - 1)], [1 - part, part]
    else:
        first = np.floor(source).astype(np.int64)
        taps, weights = [first + k for k in (-1, 0, 1, 2)], cubic_weights(source - first)
    out = np.zeros((target, size))
    for tap, weight in zip(taps, weights, strict=True):
        np.add.at(out, (np.arange(target), np.clip(tap, 0, size - 1)), weight)
    return out


@lru_cache(maxsize=256)
def _smooth_matrix(size: int, target: int, step: float, kind: str) -> Matrix:
    """The same with the kernel widened where the image shrinks, so that every pixel counts
    (``antialias``)."""
    widening = max(step, 1.0)
    reach = (1.0 if kind == "linear" else 2.0) * widening
    out = np.zeros((target, size))
    for i in range(target):
        centre = step * (i + 0.5)
        low, high = max(int(centre - reach + 0.5), 0), min(int(centre + reach + 0.5), size)
        d = np.abs((np.arange(low, high) - centre + 0.5) / widening)
        cubic = np.where(d < 1, _near(d, -0.5), np.where(d < 2, _far(d, -0.5), 0.0))
        weights = np.clip(1 - d, 0, None) if kind == "linear" else cubic
        out[i, low:high] = weights / weights.sum()
    return out


def _nearest(input: Tensor, axis: int, target: int, step: float, exact: bool) -> Tensor:
    """The nearest element along ``axis`` for each result; whole multiples are repetitions."""
    shape = input.array.shape
    size = shape[axis]
    if size and target % size == 0 and step == size / target:
        apart = ops.reshape(input, shape=(*shape[: axis + 1], 1, *shape[axis + 1 :]))
        spread = ops.broadcast_to(apart, shape=(*shape[: axis + 1], target // size, *shape[axis + 1 :]))
        return ops.reshape(spread, shape=(*shape[:axis], target, *shape[axis + 1 :]))
    kind = np.dtype(np.float64 if input.array.dtype == np.float64 else np.float32)
    places: Any = (np.arange(target).astype(kind) + kind.type(0.5 if exact else 0)) * kind.type(step)
    index = np.minimum(np.floor(places.astype(np.float32)).astype(np.int64), size - 1)
    return ops.getitem(input, index=(*(slice(None),) * axis, array_module(input.array).asarray(index)))


def _target_sizes(
    spatial: tuple[int, ...], size: Any, scale_factor: Any, recompute_scale_factor: bool | None
) -> tuple[list[int], list[float | None]]:
    """The size of each axis, and the scale by which its coordinates go where one was given."""
    if (size is None) == (scale_factor is None):
        raise ValueError(
            "only one of size or scale_factor should be defined"
            if size is not None
            else "either size or scale_factor should be defined"
        )
    given = size if scale_factor is None else scale_factor
    several = list(given) if isinstance(given, (Sequence, np.ndarray)) else [given] * len(spatial)
    if len(several) != len(spatial):
        raise ValueError(
            "Input and output must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(spatial)} and "
            f"{'output size' if scale_factor is None else 'scale_factor'} of {given}."
        )
    if scale_factor is None:
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        try:
            return [integer("size", n) for n in several], [None] * len(spatial)
        except TypeError:
            raise TypeError(
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or Tuple[int, int, int], "
                f"but got size with types {[type(n) for n in several]}"
            ) from None
    targets = [math.floor(float(n) * float(s)) for n, s in zip(spatial, several, strict=True)]
    if max(targets) > MOST:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0 and at most {MOST}, but got input "
            f"{list(spatial)} and output {targets}"
        )
    return targets, [None if recompute_scale_factor else float(s) for s in several]


def _step(size: int, target: int, scale: float | None, align_corners: bool) -> float:
    """How far two results stand apart in the input."""
    if align_corners:
        return (size - 1) / (target - 1) if target > 1 else 0.0
    return 1.0 / scale if scale else size / target


@composition
def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """``input`` (N, C, *spatial) brought to ``size``, or to ``scale_factor`` times its size, by one to three
    spatial axes.

    ``mode``: "nearest", "nearest-exact", "linear" (3-D input), "bilinear", "bicubic" (4-D), "trilinear"
    (5-D), "area". With ``align_corners`` the outer pixels keep their places. An axis that keeps its size
    keeps its elements, also where ``scale_factor`` would put them elsewhere (1.3 of two elements are two):
    in linear modes, and of images with "nearest", which also repeats those of one that doubles. ValueError or
    NotImplementedError where arguments do not fit.
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | bilinear "
                "| bicubic | trilinear"
            )
    elif mode not in _AXES:
        raise NotImplementedError(
            f"Input Error: interpolation mode {mode!r} is not one of nearest, nearest-exact, linear, "
            "bilinear, bicubic, trilinear, area"
        )
    axes = input.ndim - 2
    if not 1 <= axes <= 3 or _AXES.get(mode, axes) != axes:
        raise NotImplementedError(
            f"Input Error: Only 3D, 4D and 5D input Tensors supported (got {input.ndim}D) for the "
            "modes: nearest | linear | bilinear | bicubic | "
            f"trilinear | area | nearest-exact (got {mode}), and linear takes 3D, bilinear and "
            "bicubic 4D, trilinear 5D"
        )
    floating(mode, input, *(("uint8",) if axes == 2 or mode.startswith("nearest") else ()))
    spatial = tuple(input.array.shape[2:])
    targets, scales = _target_sizes(spatial, size, scale_factor, recompute_scale_factor)
    if antialias and not (mode in ("bilinear", "bicubic") and axes == 2):
        raise ValueError("Anti-alias option is only supported for bilinear and bicubic modes")
    if min((*spatial, *targets)) < 1:
        raise RuntimeError(
            f"Input and output sizes should be greater than 0, but got input {list(spatial)} and "
            f"output {targets}"
        )
    if mode == "area":
        floating("area", input)
        return adaptive_average(input, targets)
    only_batches_empty(input, axes)
    return of_constants(resize(input, targets, scales, mode, bool(align_corners), antialias), input)


@fusible
def resize(
    input: Tensor,
    targets: Sequence[int],
    scales: Sequence[float | None],
    mode: str,
    align_corners: bool,
    antialias: bool,
) -> Tensor:
    """``input`` brought to the size ``targets``, one axis after the other."""
    spatial, axes = input.array.shape[2:], input.ndim - 2
    steps = [_step(n, m, s, align_corners) for n, m, s in zip(spatial, targets, scales, strict=True)]
    if not antialias and (mode in _AXES or (mode == "nearest" and axes == 2)) and mode != "bicubic":
        known = (1, 2) if mode == "nearest" else (1,)  # so many times its size
        sizes = zip(steps, spatial, targets, strict=True)
        steps = [n / m if n and m // n in known and m % n == 0 else step for step, n, m in sizes]
    of_bytes = input.array.dtype.kind == "u" and not mode.startswith("nearest")
    output: Any = input
    for axis in reversed(range(axes)) if of_bytes else range(axes):
        matrix = _matrix_of(mode, spatial[axis], targets[axis], steps[axis], align_corners, antialias)
        if matrix is None:
            output = _nearest(output, axis + 2, targets[axis], steps[axis], mode == "nearest-exact")
        elif of_bytes:
            output = _bytes_along_axis(output, axis + 2, matrix)
        else:
            output = along_axis(output, axis + 2, matrix)
    return in_own_memory(output, input)


def _matrix_of(
    mode: str, size: int, target: int, step: float, align_corners: bool, antialias: bool
) -> Matrix | None:
    """The weights along one axis; None where each result is one element."""
    if mode.startswith("nearest"):
        return None
    kind = "cubic" if mode == "bicubic" else "linear"
    return (
        _smooth_matrix(size, target, step, kind)
        if antialias
        else _matrix(size, target, step, kind, align_corners)
    )


def _bytes_along_axis(input: Tensor, axis: int, matrix: Matrix) -> Tensor:
    """:func:`along_axis` of bytes, in single precision and rounded to bytes again: PyTorch does so after each
    axis, the width first (and rounds the weights too: its results may differ by 1)."""
    wide = along_axis(ops.cast(input, dtype=np.dtype(np.float32)), axis, matrix)
    bounded = ops.minimum(ops.maximum(ops.round(wide), 0.0), 255.0)
    return ops.cast(bounded, dtype=input.array.dtype)


def upsample(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:
    """:func:`interpolate` under its older name; warns."""
    _warn_of_old_name("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` in the mode "nearest"; warns."""
    _warn_of_old_name("upsample_nearest")
    return interpolate(input, size, scale_factor)


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """:func:`interpolate` in the mode "bilinear" with aligned corners; warns."""
    _warn_of_old_name("upsample_bilinear")
    return interpolate(input, size, scale_factor, "bilinear", True)


def _warn_of_old_name(name: str) -> None:
    warnings.warn(
        f"`nn.functional.{name}` is deprecated. Use `nn.functional.interpolate` instead.",
        UserWarning,
        stacklevel=stacklevel(),
    )
