"""All parameters as one vector, and back."""

from collections.abc import Iterable

from ..._functions.joining import cat
from ..._tensor import Tensor

__all__ = [
    "parameters_to_vector",
    "vector_to_parameters",
]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """The elements of all parameters, one after another; differentiable."""
    listed = list(parameters)
    _check_devices(listed)
    return cat([p.reshape(-1) for p in listed])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Let the parameters be slices of ``vec``, whose memory they share from here on."""
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type(vec).__name__}")
    listed = list(parameters)
    _check_devices(listed)
    begin = 0
    for p in listed:
        end = begin + p.numel()
        p.data = vec[begin:end].reshape(p.shape).detach()
        begin = end


def _check_devices(parameters: list[Tensor]) -> None:
    if len({str(p.device) for p in parameters}) > 1:
        raise TypeError("Found two parameters on different devices, this is currently not supported.")
