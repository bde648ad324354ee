"""Parameters and buffers: the tensors a module holds."""

from typing import Any, Self

from .._functions._data import array_of
from .._tensor import Tensor

__all__ = [
    "Buffer",
    "Parameter",
]


def _source(data: Any) -> Any:
    """The array that a parameter shares: that of a tensor, one of NumPy's, or a new one of numbers."""
    source = data.array if isinstance(data, Tensor) else data
    return source if hasattr(source, "dtype") else array_of(source, "float32")


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = (), requires_grad: bool = True) -> Self:
        return cls._sharing(_source(data), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A parameter of the same values, with memory of its own and, as in PyTorch, without a gradient."""
        found = type(self)._sharing(self.array.copy(order="K"))
        memo[id(self)] = found.requires_grad_(self.requires_grad)
        return found

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()


class Buffer(Tensor):
    """A tensor that is state but not learnt: set as an attribute, it is found by ``module.buffers()``.

    It stands in ``state_dict`` unless ``persistent`` is False.
    Shares the memory of ``data``.
    """

    persistent: bool

    def __new__(cls, data: Any = (), *, persistent: bool = True) -> Self:
        found = cls._sharing(_source(data))
        found.persistent = persistent
        return found
