"""Parameters and buffers: the tensors a module holds."""

from typing import Any, Self

from .._functions._data import array_of
from .._tensor import Tensor

__all__ = [
    "Parameter",
]


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = (), requires_grad: bool = True) -> Self:
        source = data.array if isinstance(data, Tensor) else data
        return cls._sharing(
            source if hasattr(source, "dtype") else array_of(source, "float32"), requires_grad
        )

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
