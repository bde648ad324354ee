"""Activations that PyTorch has among the functions of tensors; the others are in ``nn.functional``."""

from typing import Any, Final

from .. import ops
from .._engine.dtypes import DType
from .._engine.handle import Handle, T
from ..ops import Primitive
from ..ops import _activation as primitives
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
def softmax(input: Handle[T], dim: int, *, dtype: DType | None = None) -> T:
    """exp(input) / sum exp(input) along ``dim``; of a floating-point tensor, or in ``dtype``."""
    return _normalized("softmax", primitives.softmax, input, dim, dtype)


@names_arguments
def log_softmax(input: Handle[T], dim: int, *, dtype: DType | None = None) -> T:
    """log softmax along ``dim``, without overflow."""
    return _normalized("log_softmax", primitives.log_softmax, input, dim, dtype)


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
