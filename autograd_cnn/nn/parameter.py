"""Parameters and buffers: the tensors a module holds."""

from typing import Any, Self

from .._tensor import Tensor

__all__ = [
    "Parameter",
]


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = (), requires_grad: bool = True) -> Self:
        return super().__new__(cls, data, requires_grad)

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
