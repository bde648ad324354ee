"""Activations that PyTorch has among the functions of tensors; the others are in ``nn.functional``."""

from typing import Any, Final

from .. import ops
from .._engine.dtypes import DType
from .._engine.handle import Handle, Operand, T
from ..ops import Primitive
from ..ops import _activation as primitives
from ..ops._errors import scalar_type
from ._arguments import names_arguments
from ._dims import wrap_dim
from ._in_place import in_place
from .conversion import to_dtype

# What torch and nn.functional offer alike; the others have more parameters there, and torch imports them by
# their names.
__all__ = ["relu_"]


@names_arguments
def relu(input: Handle[T]) -> T:
    """max(input, 0); gradient 0 at 0. RuntimeError for booleans."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    return primitives.relu(input)


relu_: Final = in_place(relu)


@names_arguments
def softmax(input: Handle[T], dim: int, dtype: DType | None = None) -> T:
    """exp(input) / sum exp(input) along ``dim``; of a floating-point tensor, or in ``dtype``."""
    return _normalized("softmax", primitives.softmax, input, dim, dtype)


@names_arguments
def log_softmax(input: Handle[T], dim: int, dtype: DType | None = None) -> T:
    """log softmax along ``dim``, without overflow."""
    return _normalized("log_softmax", primitives.log_softmax, input, dim, dtype)


def _real(name: str, x: Operand) -> None:
    """NotImplementedError where ``x`` is not of a floating-point type."""
    if x.array.dtype.kind != "f":
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{scalar_type(x)}' ({x.dtype!r}); convert the input with "
            ".float()"
        )


@names_arguments
def hardshrink(input: Handle[T], lambd: float = 0.5) -> T:
    """``input`` where it is farther than ``lambd`` from 0, else 0."""
    _real("hardshrink", input)
    return ops.where(ops.less_equal(ops.absolute(input), lambd), 0.0, input)


@names_arguments
def prelu(input: Handle[T], weight: Operand) -> T:
    """max(input, 0) + weight * min(input, 0), with one slope or one for each channel (the second dimension).

    The gradient of a slope is the sum of dy x over x <= 0. Raises RuntimeError where the slopes do not fit.
    """
    if input.array.dtype != weight.array.dtype:
        raise RuntimeError(
            f"prelu: Type promoting not supported. Got {input.dtype!r} and {weight.dtype!r}; convert one "
            "with .to(dtype)"
        )
    _real("prelu", input)
    slopes: Any = weight
    if weight.ndim > 1:
        raise RuntimeError(
            f"prelu: Expected `weight` to be a scalar or 1D tensor, but got: ndim = {weight.ndim}"
        )
    if weight.ndim and weight.array.size != 1:
        if not input.ndim:
            raise RuntimeError("prelu: Not allow zero-dim input tensor. It has no channels for the slopes")
        channels = input.array.shape[1] if input.ndim > 1 else 1
        if weight.array.size != channels:
            raise RuntimeError(
                "Mismatch of parameter numbers and input channel size. Found parameter numbers = "
                f"{weight.array.size} and channel size = {channels}."
            )
        slopes = ops.reshape(weight, shape=(-1, *(1,) * (input.ndim - 2)))
    elif weight.ndim:
        slopes = ops.reshape(weight, shape=())
    above = ops.greater(input, 0)
    return ops.where(above, input, ops.multiply(ops.where(above, 0.0, input), slopes))


def _normalized(name: str, primitive: Primitive, input: Handle[T], dim: int, dtype: DType | None) -> T:
    x: Any = input if dtype is None else to_dtype(input, dtype)
    if x.array.dtype.kind != "f":
        raise RuntimeError(
            f"{name}(): input dtype must be floating point, but got {x.dtype!r}; convert it with .float()"
        )
    axis = wrap_dim(dim, x.array.ndim)
    if x.array.ndim == 0:
        return ops.reshape(primitive(ops.reshape(x, shape=(1,)), axis=0), shape=())
    return primitive(x, axis=axis)
