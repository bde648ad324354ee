"""Parameters and buffers: the tensors a module holds."""

from typing import Any, Self

from .._tensor import Tensor

__all__ = [
    "Buffer",
    "Parameter",
]


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = (), requires_grad: bool = True) -> Self:
        return super().__new__(cls, data, requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """A parameter of the same values, with memory of its own and, as in PyTorch, without a gradient."""
        found = type(self).__new__(type(self), self.array.copy(order="K"), False)
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
        found = super().__new__(cls, data)
        found.persistent = persistent
        return found
