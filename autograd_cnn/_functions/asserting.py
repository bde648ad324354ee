"""What programs ask to be true: ``torch._assert`` and its kin, which PyTorch's own libraries use though they
begin with an underscore."""

from collections.abc import Callable
from typing import Any

from .._engine.handle import Handle, Operand

__all__ = [
    "_assert",
    "_assert_async",
    "_check",
    "_check_index",
    "_check_is_size",
    "_check_not_implemented",
    "_check_tensor_all",
    "_check_type",
    "_check_value",
    "_check_with",
]

Message = Callable[[], Any] | None


def _assert(condition: Any, message: Any) -> None:
    """AssertionError with ``message`` where ``condition`` is not true."""
    if not condition:
        raise AssertionError(message)


def _assert_async(
    tensor: Operand, msg: str = "Expected Tensor with single nonzero value, but got zero"
) -> None:
    """RuntimeError with ``msg`` where ``tensor``, which has one element, is zero."""
    if not tensor:
        raise RuntimeError(msg)


def _check_with(error_type: type[Exception], cond: bool, message: Message) -> None:
    """``error_type`` with what ``message`` returns where ``cond`` is False; TypeError for a tensor."""
    if isinstance(cond, Handle):
        raise TypeError(
            "cond must be a bool, but got a Tensor. For tensor conditions, use torch._check_tensor_all() to "
            "assert that all elements are true."
        )
    if not isinstance(cond, bool):
        raise TypeError(f"cond must be a bool, but got {type(cond)}")
    if message is not None and not callable(message):
        raise TypeError("message must be a callable")
    if not cond:
        raise error_type("Expected cond to be True, but got False." if message is None else str(message()))


def _check(cond: bool, message: Message = None) -> None:
    """RuntimeError where ``cond`` is False."""
    _check_with(RuntimeError, cond, message)


def _check_index(cond: bool, message: Message = None) -> None:
    """IndexError where ``cond`` is False."""
    _check_with(IndexError, cond, message)


def _check_value(cond: bool, message: Message = None) -> None:
    """ValueError where ``cond`` is False."""
    _check_with(ValueError, cond, message)


def _check_type(cond: bool, message: Message = None) -> None:
    """TypeError where ``cond`` is False."""
    _check_with(TypeError, cond, message)


def _check_not_implemented(cond: bool, message: Message = None) -> None:
    """NotImplementedError where ``cond`` is False."""
    _check_with(NotImplementedError, cond, message)


def _check_is_size(i: int, message: Message = None, *, max: int | None = None) -> None:
    """RuntimeError where ``i`` is no size: below 0, or above ``max``."""
    _check(bool(i >= 0 and (max is None or i <= max)), message)


def _check_tensor_all(cond: Any, message: Message = None) -> None:
    """RuntimeError unless all of the booleans in the tensor ``cond`` are True."""
    if not isinstance(cond, Handle):
        raise TypeError(f"cond must be a tensor, but got {type(cond)}")
    if cond.array.dtype.kind != "b":
        raise TypeError(f"cond tensor must have dtype torch.bool, but got {cond.dtype!r}")
    _check(bool(cond.array.all()), message)
