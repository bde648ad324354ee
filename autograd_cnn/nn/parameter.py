"""Parameters and buffers: the tensors a module holds."""

from typing import Any

from .._tensor import Tensor


class Parameter(Tensor):
    """A tensor that a module learns: set as an attribute, it is found by ``module.parameters()``.

    Shares the memory of ``data``. ``requires_grad`` says whether it wants a gradient.
    """

    def __new__(cls, data: Any = (), requires_grad: bool = True) -> "Parameter":
        return super().__new__(cls, data, requires_grad)  # type: ignore[return-value]  # object.__new__(cls) inside

    @property
    def data(self) -> Tensor:
        """The same memory outside the graph, as a plain tensor."""
        return self.detach()

    @data.setter
    def data(self, value: Tensor) -> None:
        Tensor.data.fset(self, value)  # type: ignore[attr-defined]  # mypy does not know a property's setter

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()
