"""Dropout: elements, or whole channels, set to zero at random while training."""

import math
import warnings
from typing import Any

from ... import ops
from ..._devices.device import device_of
from ..._devices.transfer import move
from ..._engine.layout import drawn_like
from ..._engine.single import in_single
from ..._engine.source import stacklevel
from ..._random import stream
from ..._tensor import Tensor
from .._composition import composition

__all__ = [
    "alpha_dropout",
    "dropout",
    "dropout1d",
    "dropout2d",
    "dropout3d",
    "feature_alpha_dropout",
]


def _drops(input: Tensor, p: float, training: bool) -> bool:
    """Whether anything is to be dropped; checked before a random number is drawn."""
    if not 0.0 <= p <= 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0.0 or not input.array.size:
        return False
    if p < 1.0 and input.array.dtype.kind != "f":
        raise RuntimeError(
            f"dropout: result type Float can't be cast to the desired output type {input.dtype!r}; "
            "convert the input with .float()"
        )
    return True


def _dropped(
    input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...] | None
) -> Tensor:
    if not _drops(input, p, training):
        return input
    if p == 1.0:
        output = input * 0
    else:
        kept = _drawn(mask_shape, 1 - p, input)
        kept /= 1 - p
        output = input * ops.broadcast_to(
            input._lift(move(kept, device_of(input.array)), None), shape=input.array.shape
        )
    return input._overwrite(output) if inplace else output


def _drawn(shape: tuple[int, ...] | None, p: float, input: Tensor) -> Any:
    """Ones with probability ``p``, else zeros: of a ``shape``, or one for each element in the order of
    memory, as in PyTorch."""

    def draw(shape: tuple[int, ...]) -> Any:
        return stream.bernoulli(shape, p, dtype=input.array.dtype)

    return drawn_like(input, draw) if shape is None else draw(shape)


@composition(half="same")
def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training each element is 0 with probability ``p`` and 1 / (1 - p) times itself otherwise; else
    the input.

    Raises ValueError where ``p`` is no probability.
    """
    return _dropped(input, p, training, inplace, None)


def _dropped_channels(
    function: str, axes: int, input: Tensor, p: float, training: bool, inplace: bool
) -> Tensor:
    """Whole channels dropped. Other numbers of dimensions are taken as PyTorch takes them: by ``dropout1d``
    not at all, by ``dropout2d`` as a batch, by ``dropout3d`` as no batch."""
    if input.ndim not in (axes + 1, axes + 2):
        if axes == 1:
            raise RuntimeError(
                f"dropout1d: Expected 2D or 3D input, but received a {input.ndim}D input: (N, C, L) or (C, L)"
            )
        warnings.warn(
            f"{function}: Received a {input.ndim}-D input to {function}, which takes {axes + 1}-D or "
            f"{axes + 2}-D inputs; to drop elements of any input use dropout.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    unbatched = axes != 2 and input.ndim != axes + 2
    if axes == 2 and input.ndim == 3:
        warnings.warn(
            "dropout2d: Received a 3-D input to dropout2d and assuming that channel-wise 1D dropout behavior "
            "is desired - input is interpreted as shape (N, C, L), where C is the channel dim. For one image "
            "(C, H, W) add a batch dimension.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    shape, lead = input.array.shape, 1 if unbatched else 2
    _check_features(input, lead, p, training)
    return _dropped(input, p, training, inplace, (*shape[:lead], *(1,) * (len(shape) - lead)))


def _check_features(input: Tensor, axes: int, p: float, training: bool) -> None:
    if input.ndim < axes and training and 0 < p < 1 and input.array.size:
        raise RuntimeError("Feature dropout requires at least 2 dimensions in the input")


@composition(half="same")
def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """:func:`dropout` of whole channels of (N, C, L) or (C, L)."""
    return _dropped_channels("dropout1d", 1, input, p, training, inplace)


@composition(half="same")
def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """:func:`dropout` of whole channels of (N, C, H, W). As in PyTorch three dimensions are (N, C, L)."""
    return _dropped_channels("dropout2d", 2, input, p, training, inplace)


@composition(half="same")
def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """:func:`dropout` of whole channels of (N, C, D, H, W) or (C, D, H, W)."""
    return _dropped_channels("dropout3d", 3, input, p, training, inplace)


_SATURATED = 1.7580993408473766
"""Minus the value that SELU tends to far below 0: what a dropped element becomes."""


def _alpha_dropped(
    input: Tensor, p: float, training: bool, inplace: bool, mask_shape: tuple[int, ...] | None
) -> Tensor:
    if not _drops(input, p, training):
        return input
    output = input * 0 if p == 1.0 else _saturated(input, p, mask_shape)
    return input._overwrite(output) if inplace else output


@in_single
def _saturated(input: Tensor, p: float, mask_shape: tuple[int, ...] | None) -> Tensor:
    """Elements at their least value with probability ``p``, scaled and shifted to mean 0 and variance 1."""
    scale = 1 / math.sqrt((_SATURATED * _SATURATED * p + 1) * (1 - p))
    kept = _drawn(mask_shape, 1 - p, input)
    shift = (kept - 1) * (_SATURATED * scale) + _SATURATED * scale * p
    where = device_of(input.array)
    return input * move((kept * scale).astype(input.array.dtype), where) + move(
        shift.astype(input.array.dtype), where
    )


@composition(half="same")
def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """Dropout that keeps mean 0 and variance 1 of SELU's outputs: dropped elements take its least value
    (Klambauer et al. 2017)."""
    return _alpha_dropped(input, p, training, inplace, None)


@composition(half="same")
def feature_alpha_dropout(
    input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False
) -> Tensor:
    """:func:`alpha_dropout` of whole channels of (N, C, *)."""
    shape = input.array.shape
    _check_features(input, 2, p, training)
    return _alpha_dropped(input, p, training, inplace, (*shape[:2], *(1,) * (len(shape) - 2)))
