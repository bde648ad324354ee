"""``Variable``: what tensors with gradients were called before they became one class with Tensors. Old
scripts use it."""

from .._tensor import Tensor

__all__ = ["Variable"]


class _IsTensor(type):
    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor)


class Variable(metaclass=_IsTensor):
    """``Variable(tensor, requires_grad=False)`` is a new tensor of the same memory, outside the graph; every
    tensor is an instance."""

    # type: ignore, for a Tensor is made, as in PyTorch
    def __new__(  # type: ignore[misc]
        cls, data: Tensor, requires_grad: bool = False, volatile: bool = False
    ) -> Tensor:
        t = data.detach()
        return t.requires_grad_() if requires_grad else t
