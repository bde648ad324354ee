"""What may stand as an operand, how operands are brought to one dtype, and what is said when they do not fit.

Promotion is PyTorch's and not NumPy's: int64 with float32 makes float32; a tensor without axes promotes one
with axes only to a higher category (bool, integer, floating point); a Python number likewise, and then to the
default dtype.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from .._devices.device import device_of
from .._devices.failures import device_failure
from ..ops import DeviceError, DTypeError, Primitive, ShapeError
from .dtypes import category, from_numpy_dtype, get_default_dtype, join, plain
from .operators import NoOperandError

NUMBERS = frozenset((bool, int, float))


def as_number(prim: Primitive, name: str, value: Any) -> Any:
    """What the parameter ``name`` of ``prim`` is given as one of NumPy's numbers, whose dtype would make
    results wider, or as a tensor without axes; TypeError for another one, and for one that requires a
    gradient, for it would get none."""
    if isinstance(value, np.generic):
        return value.item()
    if value.array.ndim or value.requires_grad:
        raise TypeError(
            f"{prim.name}: its parameter {name!r} is not differentiated and takes no Tensor but one without "
            f"axes that requires no gradient, not {value!r}; pass {name}.item()"
        )
    return value.array.item()


def constant(value: Any) -> Any:
    """An operand that is no Tensor: a Python number stays one (it never promotes by size), arrays stay
    arrays."""
    if type(value) in NUMBERS:
        return value
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            from_numpy_dtype(value.dtype)  # raises, and says what is supported
        return plain(value if value.dtype.isnative else value.astype(value.dtype.newbyteorder("=")))
    if isinstance(value, np.generic):
        return value.item()
    if hasattr(value, "__cuda_array_interface__"):
        return value
    if isinstance(value, (bool, int, float)):
        return float(value) if isinstance(value, float) else int(value)
    raise NoOperandError(
        f"expected a Tensor, an array or a number as operand, not {type(value).__name__}; use "
        "tensor(...) to make one"
    )


def wrapped(value: Any, dtype: np.dtype[Any]) -> Any:
    """A number that is written into a tensor: below 0 a uint8 counts from its end, as in PyTorch: -1 is
    255."""
    return value % 256 if dtype == np.uint8 and isinstance(value, int) and -256 < value < 0 else value


_PYTHON = {bool: np.dtype(np.bool_), int: np.dtype(np.int64)}


def result_dtype(arrays: list[Any]) -> np.dtype[Any]:
    """PyTorch's common dtype of arrays and Python numbers."""
    ranks: list[np.dtype[Any] | None] = [None, None, None]
    for array in arrays:
        if hasattr(array, "dtype"):
            rank, found = (0 if array.ndim else 1), array.dtype
        else:
            rank, found = 2, _PYTHON.get(type(array), get_default_dtype().dtype)
        before = ranks[rank]
        ranks[rank] = found if before is None else join(before, found)
    result: np.dtype[Any] | None = None
    for candidate in ranks:
        if candidate is not None and (result is None or category(candidate) > category(result)):
            result = candidate
    assert result is not None
    return result


def promote(prim: Primitive, arrays: list[Any]) -> list[Any]:
    """The operands of ``prim`` in their common dtype; masks and indices stay as they are."""
    if not prim.booleans:
        _refuse_booleans(arrays)
    moving = [
        prim.variadic or name not in prim.unpromoted
        for name in (prim.operands if not prim.variadic else prim.operands * len(arrays))
    ]
    common = result_dtype([a for a, moves in zip(arrays, moving, strict=True) if moves])
    if prim.promotes == "float" and common.kind != "f":
        common = get_default_dtype().dtype
    numbers_stay = common.kind == "f" and any(
        moves and hasattr(a, "dtype") for a, moves in zip(arrays, moving, strict=True)
    )
    out = []
    for a, moves in zip(arrays, moving, strict=True):
        if not moves:
            out.append(a)
        elif not hasattr(a, "dtype"):
            out.append(a if numbers_stay else np.asarray(a).astype(common)[()])  # CuPy takes numbers
        else:
            out.append(a if a.dtype == common else a.astype(common))
    return out


def _refuse_booleans(arrays: list[Any]) -> None:
    """RuntimeError where a truth value is to be subtracted, or subtracted from."""
    truths = [isinstance(a, bool) or getattr(a, "dtype", None) == np.bool_ for a in arrays]
    if all(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or "
            "`logical_xor()` operator instead."
        )
    if any(truths):
        raise RuntimeError(
            "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to "
            "invert a mask, use the `~` or `logical_not()` operator instead."
        )


def beside_gpu(args: Sequence[Any], arrays: list[Any]) -> list[Any] | None:
    """The operands with tensors of no axes moved from the host to the GPU the others are on; None where
    nothing is to be moved."""
    places = {
        device_of(a) for a in arrays if hasattr(a, "shape") and not isinstance(a, (np.ndarray, np.generic))
    }
    alone = [isinstance(a, np.ndarray) and a.ndim == 0 for a in arrays]
    if len(places) != 1 or not any(alone):
        return None
    (place,) = places
    return [
        (arg.item() if isinstance(arg, np.ndarray) else arg.to(place)) if moves else arg
        for arg, moves in zip(args, alone, strict=True)
    ]


def explain(prim: Primitive, arrays: list[Any], error: Exception) -> Exception:
    """An exception of the array library, in words that name the operator, its operands and what to do."""
    failure = device_failure(prim.name, arrays, error)
    if failure is not None or isinstance(error, (RuntimeError, MemoryError)):
        return failure or error
    known = [(name, a) for name, a in zip(prim.operands, arrays, strict=False) if hasattr(a, "shape")]
    devices = {str(device_of(a)) for _, a in known}
    said = ", ".join(
        f"{name}: shape {list(a.shape)}, {a.dtype}" + (f" on {device_of(a)}" if len(devices) > 1 else "")
        for name, a in known
    )
    if len(devices) > 1:
        return DeviceError(
            f"{prim.name}: expected all tensors to be on the same device, but found {said}; move one "
            "with .to(device)"
        )
    if prim.broadcasts and isinstance(error, ValueError) and len(known) > 1:
        for (_, x), (_, y) in combinations(known, 2):
            for axis in range(1, min(x.ndim, y.ndim) + 1):
                n, m = x.shape[-axis], y.shape[-axis]
                if n != m and n != 1 and m != 1:
                    return ShapeError(
                        f"The size of tensor a ({n}) must match the size of tensor b ({m}) at "
                        "non-singleton dimension "
                        f"{max(x.ndim, y.ndim) - axis} ({prim.name} of {said})"
                    )
    if (
        isinstance(error, TypeError)
        and known
        and ("not supported" in str(error) or "did not contain a loop" in str(error))
    ):
        return DTypeError(f"{prim.name} is not defined for these dtypes ({said}); convert with .to(dtype)")
    return error
