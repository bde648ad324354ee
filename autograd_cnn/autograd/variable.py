"""``Variable``: what tensors with gradients were called before they became one class with Tensors. Old
scripts use it."""

from collections.abc import Callable
from typing import NoReturn

from .._engine.modes import state
from .._tensor import Tensor

__all__ = ["Variable"]


class _IsTensor(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class _Engine:
    """What runs backward passes, as far as users call it."""

    @staticmethod
    def queue_callback(callback: Callable[[], None]) -> None:
        """Call ``callback`` when the backward pass that runs is over. RuntimeError where none runs."""
        running = state.get().running
        if running is None:
            raise RuntimeError("Final callbacks can only be installed during backward pass.")
        running.callbacks.append(callback)


def refused(*args: object, **kwargs: object) -> NoReturn:
    """RuntimeError: ``torch.autograd.variable(...)`` is ``torch.tensor(...)`` today."""
    raise RuntimeError("`torch.autograd.variable(...)` is deprecated, use `torch.tensor(...)` instead")


class Variable(metaclass=_IsTensor):
    """``Variable(tensor, requires_grad=False)`` is a new tensor of the same memory, outside the graph; every
    tensor is an instance."""

    _execution_engine = _Engine()

    def __new__(  # type: ignore[misc]  # a Tensor is made, as in PyTorch
        cls, data: Tensor, requires_grad: bool = False, volatile: bool = False
    ) -> Tensor:
        t = data.detach()
        return t.requires_grad_() if requires_grad else t
