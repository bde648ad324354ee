"""The gradients of convolutions with respect to their input and their weight, asked for by name."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from .._creation.creation import zeros
from .._engine.differentiate import grad as differentiated
from .._engine.modes import enable_grad, is_grad_enabled
from .._tensor import Tensor
from .functional._arguments import Sizes
from .functional.convolution import conv1d, conv2d, conv3d

__all__ = [
    "conv1d_input",
    "conv1d_weight",
    "conv2d_input",
    "conv2d_weight",
    "conv3d_input",
    "conv3d_weight",
]


def _gradient(
    convolve: Any, size: Sequence[int], other: Tensor, first: bool, grad_output: Tensor, *options: Any
) -> Tensor:
    """The gradient with respect to the ``first`` or second operand, of this ``size``. A convolution is linear
    in either: the gradient at 0 is that everywhere."""
    with enable_grad():
        at = zeros(tuple(size), dtype=other.dtype, device=other.device, requires_grad=True)
        output = convolve(*((at, other) if first else (other, at)), None, *options)
    (found,) = differentiated(output, [at], grad_output, create_graph=is_grad_enabled())
    return found


def _by_input(convolve: Any) -> Callable[..., Tensor]:
    def gradient(
        input_size: Sequence[int],
        weight: Tensor,
        grad_output: Tensor,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
    ) -> Tensor:
        return _gradient(convolve, input_size, weight, True, grad_output, stride, padding, dilation, groups)

    return _named(gradient, convolve, "input")


def _by_weight(convolve: Any) -> Callable[..., Tensor]:
    def gradient(
        input: Tensor,
        weight_size: Sequence[int],
        grad_output: Tensor,
        stride: Sizes = 1,
        padding: Sizes | str = 0,
        dilation: Sizes = 1,
        groups: int = 1,
    ) -> Tensor:
        return _gradient(convolve, weight_size, input, False, grad_output, stride, padding, dilation, groups)

    return _named(gradient, convolve, "weight")


def _named(gradient: Callable[..., Tensor], convolve: Any, of: str) -> Callable[..., Tensor]:
    gradient.__name__ = gradient.__qualname__ = f"{convolve.__name__}_{of}"
    gradient.__doc__ = f"The gradient of ``{convolve.__name__}`` with respect to {of} of this size."
    return gradient


conv1d_input: Final = _by_input(conv1d)
conv1d_weight: Final = _by_weight(conv1d)
conv2d_input: Final = _by_input(conv2d)
conv2d_weight: Final = _by_weight(conv2d)
conv3d_input: Final = _by_input(conv3d)
conv3d_weight: Final = _by_weight(conv3d)
