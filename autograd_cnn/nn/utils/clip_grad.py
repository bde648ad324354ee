"""Gradients kept from growing: their norm, or each of their elements."""

import math
import types
import warnings
from collections.abc import Iterable

from ..._creation.creation import tensor
from ..._engine.dtypes import float16
from ..._engine.modes import no_grad
from ..._engine.operands import result_dtype
from ..._functions.joining import stack
from ..._functions.norm import norm
from ..._tensor import Tensor

__all__ = [
    "clip_grad_norm",
    "clip_grad_norm_",
    "clip_grad_value_",
    "clip_grads_with_norm_",
    "get_total_norm",
]

Parameters = Tensor | Iterable[Tensor]


@no_grad()
def get_total_norm(
    tensors: Parameters, norm_type: float = 2.0, error_if_nonfinite: bool = False, foreach: bool | None = None
) -> Tensor:
    """The norm of all elements of ``tensors`` together, as one vector. RuntimeError, if so asked, where it is
    not finite.

    ``foreach`` chooses among PyTorch's implementations and changes nothing here.
    """
    listed = _listed(tensors)
    total = _total_norm(listed, float(norm_type))
    _check_finite(total, norm_type, error_if_nonfinite)
    return _as_of(total, listed)


def _check_finite(total: Tensor, norm_type: float, error_if_nonfinite: bool) -> None:
    if error_if_nonfinite and not math.isfinite(total.item()):
        raise RuntimeError(
            f"The total norm of order {float(norm_type)} for gradients from `parameters` is "
            "non-finite, so it cannot be clipped. To "
            "disable this error and scale the gradients by the non-finite norm anyway, set "
            "`error_if_nonfinite=False`"
        )


def _total_norm(tensors: list[Tensor], norm_type: float) -> Tensor:
    """Of halves in float32: it may be more than they hold."""
    each = [norm(_wide(t), norm_type) for t in tensors]
    return norm(stack([n.to(each[0].device) for n in each]), norm_type) if each else tensor(0.0)


def _wide(t: Tensor) -> Tensor:
    return t.float() if t.dtype == float16 else t


def _as_of(total: Tensor, tensors: list[Tensor]) -> Tensor:
    """``total`` in the dtype of ``tensors``."""
    return total.to(result_dtype([t.array for t in tensors])) if tensors else total


@no_grad()
def clip_grads_with_norm_(
    parameters: Parameters, max_norm: float, total_norm: Tensor, foreach: bool | None = None
) -> None:
    """Scale the gradients by max_norm / (total_norm + 1e-6) where that is below 1."""
    scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
    for gradient in _gradients(parameters):
        here = scale.to(gradient.device)
        if gradient.dtype == float16:  # which would round the scale, to 0 where it is small
            gradient.copy_(_wide(gradient) * here)
        else:
            gradient.mul_(here)


def clip_grad_norm_(
    parameters: Parameters,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scale the gradients in place so that their norm, all together, is at most ``max_norm``; the norm before
    is returned."""
    listed = _listed(parameters)
    if isinstance(parameters, types.GeneratorType) and not listed:
        warnings.warn(
            "`parameters` is an empty generator, no gradient clipping will occur.", UserWarning, stacklevel=2
        )
    gradients = _gradients(listed)
    with no_grad():
        total = _total_norm(gradients, float(norm_type))
        _check_finite(total, norm_type, error_if_nonfinite)
    clip_grads_with_norm_(listed, max_norm, total)
    return _as_of(total, gradients)


def clip_grad_norm(
    parameters: Parameters,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """The former name of :func:`clip_grad_norm_`."""
    warnings.warn(
        "`torch.nn.utils.clip_grad_norm` is now deprecated in favor of `torch.nn.utils.clip_grad_norm_`.",
        FutureWarning,
        stacklevel=2,
    )
    return clip_grad_norm_(parameters, max_norm, norm_type, error_if_nonfinite)


@no_grad()
def clip_grad_value_(parameters: Parameters, clip_value: float, foreach: bool | None = None) -> None:
    """Bring each element of the gradients between -clip_value and clip_value, in place."""
    for gradient in _gradients(parameters):
        gradient.clamp_(min=-float(clip_value), max=float(clip_value))


def _listed(tensors: Parameters) -> list[Tensor]:
    return [tensors] if isinstance(tensors, Tensor) else list(tensors)


def _gradients(parameters: Parameters) -> list[Tensor]:
    return [p.grad for p in _listed(parameters) if p.grad is not None]
