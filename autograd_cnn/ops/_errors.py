"""What a primitive raises when its operands do not fit: RuntimeErrors, as PyTorch's are, and a TypeError for
what is no operand at all."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._plan import Operator

_SCALAR_TYPES = {
    "float16": "Half",
    "float32": "Float",
    "float64": "Double",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "bool": "Bool",
}


def scalar_type(x: Any) -> str:
    """What PyTorch's messages call a dtype (or that of an array or tensor): "Float", "Long"."""
    name: str = np.dtype(getattr(x, "dtype", x)).name
    return _SCALAR_TYPES.get(name, name)


class ShapeError(RuntimeError):
    """Shapes, axes or indices do not fit the operator; the message names the operator, the operands and the
    shapes."""


class DTypeError(RuntimeError):
    """A dtype does not fit the operator; the message names the operator, the operands and the dtypes."""


class LinAlgError(RuntimeError):
    """A matrix is singular, or not positive definite, where the operator needs it to be; the message names
    the operator."""


class DeviceError(RuntimeError):
    """Operands live on different devices, or a device is not there; the message names them."""


class OutOfMemoryError(RuntimeError, MemoryError):
    """A device has no memory left for a result; the message names the operator, the sizes and what is
    allocated."""


def wrong_operand(operator: Operator, args: Sequence[Any], error: Exception) -> Exception:
    """What to raise where ``error`` came from an operand that is no array; else ``error`` itself."""
    wrong = [i for i, a in enumerate(args) if not hasattr(a, "dtype")]
    strange = [i for i in wrong if type(args[i]) not in (bool, int, float)]
    wrong = strange or (wrong if len(wrong) == len(args) else [])
    if not wrong or (isinstance(error, AttributeError) and hasattr(error.obj, "dtype")):
        return error
    i = wrong[0]
    name = f"'{operator.operands[i]}' " if not operator.variadic and i < len(operator.operands) else ""
    return TypeError(
        f"{operator.name}(): argument {name}(position {i + 1}) must be Tensor, not {type(args[i]).__name__}"
    )
