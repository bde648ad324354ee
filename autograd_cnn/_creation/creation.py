"""Making tensors from data, or filled with numbers that follow a rule."""

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex, overload

import numpy as np

from .._devices.device import DeviceLike, device_of
from .._devices.device import device as make_device
from .._devices.transfer import move
from .._engine import memory
from .._engine.dtypes import DType, as_dtype, from_numpy_dtype, get_default_dtype
from .._engine.handle import Handle, Number, Operand
from .._engine.modes import left
from .._functions._arguments import names_arguments
from .._functions._data import Array, array_of, inferred_dtype, shape_of, unwritten
from .._functions._dims import Shape, integer
from .._random.multiply_add import multiply_add
from .._tensor import Tensor, tensor_of

__all__ = [
    "arange",
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "eye",
    "from_numpy",
    "full",
    "full_like",
    "linspace",
    "logspace",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tensor",
    "zeros",
    "zeros_like",
]


def finish(array: Any, device: DeviceLike | None, requires_grad: bool) -> Tensor:
    """The tensor of ``array`` on ``device`` (None: where it is)."""
    array = np.asarray(array) if isinstance(array, np.generic) else array
    return tensor_of(array if device is None else move(array, make_device(device)), requires_grad)


def _numpy_dtype(dtype: DType | None) -> np.dtype[Any]:
    """The dtype asked for; the default one where it is None."""
    return (get_default_dtype() if dtype is None else as_dtype(dtype)).dtype


# from data


def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A new tensor with a copy of ``data``: numbers, nested sequences, arrays or tensors.

    Python's floats get the default dtype, its ints int64; arrays, NumPy's numbers and tensors keep theirs.
    """
    out = finish(array_of(data, dtype), device, requires_grad)
    if isinstance(data, Tensor):
        left(data, "tensor()", out)
    return out


def as_tensor(data: Any, dtype: DType | None = None, device: DeviceLike | None = None) -> Tensor:
    """``data`` as a tensor; it shares memory, and a tensor its history, where dtype and device allow."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)
    if isinstance(data, np.ndarray):
        return from_numpy(data).to(dtype=dtype, device=device)
    return tensor(data, dtype=dtype, device=device)


def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``obj`` as a tensor. ``copy``: True always copies, False raises where a copy is needed, None copies
    where needed."""
    made = as_tensor(obj, dtype, device)
    source = obj.array if isinstance(obj, Handle) else obj
    alike = isinstance(source, type(made.array)) and source.dtype == made.array.dtype
    shared = alike and (not source.size or np.shares_memory(source, made.array))
    if copy and shared:
        made = made.clone()
    elif copy is False and not shared:
        raise ValueError(f"asarray: a copy of this {type(obj).__name__} is needed, but copy=False forbids it")
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    return made


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the memory of ``ndarray``."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    from_numpy_dtype(ndarray.dtype)
    if any(step < 0 for step in ndarray.strides):
        raise ValueError(
            "At least one stride in the given numpy array is negative, and tensors with negative strides are "
            "not currently supported. (You can probably work around this by making a copy of your array  with "
            "array.copy().)"
        )
    if not ndarray.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. Here "
            "writing to this tensor is refused. You may want to copy the array to protect its data or make it "
            "writable before converting it to a tensor.",
            UserWarning,
            stacklevel=2,
        )
    memory.lend(ndarray)
    return tensor_of(ndarray)


def scalar_tensor(
    s: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor without axes, of the default dtype unless another is given."""
    return tensor(s, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


# filled with one number


def zeros(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros in the shape ``size``."""
    return finish(np.zeros(shape_of(given, size), _numpy_dtype(dtype)), device, requires_grad)


def ones(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones in the shape ``size``."""
    return finish(np.ones(shape_of(given, size), _numpy_dtype(dtype)), device, requires_grad)


def empty(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Memory in the shape ``size`` that nobody has written yet; see :func:`unwritten`."""
    return finish(unwritten(np.empty(shape_of(given, size), _numpy_dtype(dtype))), device, requires_grad)


def full(
    size: Sequence[SupportsIndex],
    fill_value: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``fill_value`` everywhere in the shape ``size``; it gives the dtype where none is given."""
    if not isinstance(size, (tuple, list)):
        raise TypeError(
            f"full(): argument 'size' (position 1) must be tuple of ints, not {type(size).__name__}"
        )
    number = _number(
        fill_value
    )  # of a tensor or of NumPy's its Python number, which says no more than its kind
    value = array_of(number, dtype)
    return finish(np.full(shape_of((size,)), value), device, requires_grad)


def _like(
    input: Operand,
    make: Callable[..., Any],
    dtype: DType | None,
    device: DeviceLike | None,
    requires_grad: bool,
) -> Tensor:
    """What ``make(array, dtype, order)`` gives: in the shape, dtype and device of ``input`` and laid out as
    it is, unless others are given."""
    if not isinstance(input, Handle):
        raise TypeError(f"argument 'input' (position 1) must be Tensor, not {type(input).__name__}")
    array = input.array
    if 0 in array.strides:  # it repeats elements: what is made lies in rows
        array = np.empty_like(array, order="C")
    kind = array.dtype if dtype is None else as_dtype(dtype).dtype
    order = "C" if 0 in array.strides else "K"  # an expanded axis has no place of its own
    return finish(
        make(array, dtype=kind, order=order), device_of(array) if device is None else device, requires_grad
    )


def zeros_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.zeros_like, dtype, device, requires_grad)


def ones_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.ones_like, dtype, device, requires_grad)


def empty_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Unwritten memory in the shape, dtype, device and layout of ``input``."""
    out = _like(input, np.empty_like, dtype, device, requires_grad)
    unwritten(out.array)
    return out


def full_like(
    input: Operand,
    fill_value: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``fill_value`` everywhere in the shape, dtype, device and layout of ``input``."""

    def make(array: Any, dtype: Any, order: Any) -> Any:
        return np.full_like(array, array_of(fill_value, dtype).item(), dtype=dtype, order=order)

    return _like(input, make, dtype, device, requires_grad)


# following a rule


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


@overload
def arange(
    end: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
@overload
def arange(
    start: Number | Operand,
    end: Number | Operand,
    step: Number | Operand = 1,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
def arange(
    *bounds: Any,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    **named: Any,
) -> Tensor:
    """``arange(end)`` or ``arange(start, end, step)``: start, start + step, ... below end; int64 where all
    are integers.

    Each number is computed in double precision and rounded once; PyTorch's vector code may differ in the last
    bit.
    """
    names = ("end",) if len(bounds) == 1 and "end" not in named else ("start", "end", "step")
    given = dict(zip(names, bounds, strict=False)) | named
    if "end" not in given or len(bounds) > 3 or not set(given) <= {"start", "end", "step"}:
        raise TypeError(f"arange takes end, or start, end and step, but got {bounds} and {named}")
    start, end, step = (
        _number(given.get(name, default)) for name, default in (("start", 0), ("end", None), ("step", 1))
    )
    kind = (
        as_dtype(dtype).dtype if dtype is not None else inferred_dtype({type(v) for v in (start, end, step)})
    )
    kind = np.dtype(np.int64) if dtype is None and kind.kind != "f" else kind
    if step != 0 and kind.kind != "f" and int(step) == 0:
        raise ValueError(f"step must be nonzero: {step} is 0 in {kind}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if kind == np.int64:
        start, end, step = int(start), int(end), int(step)
    if (end - start) * step < 0:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign: from {start} to {end} by {step}"
        )
    whole = all(isinstance(v, int) for v in (start, end, step))
    count = -((start - end) // step) if whole else math.ceil((end - start) / step)
    if kind.kind != "f":
        start, step = int(start), int(step)
    values = start + np.arange(count, dtype=np.float64 if kind.kind == "f" else np.int64) * step
    return finish(values.astype(kind), device, requires_grad)


def linspace(
    start: Number | Operand,
    end: Number | Operand,
    steps: SupportsIndex,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end`` at equal distances, both included."""
    return finish(_spaced(_number(start), _number(end), steps, _numpy_dtype(dtype)), device, requires_grad)


def _spaced(start: Any, end: Any, count: SupportsIndex, kind: np.dtype[Any]) -> Array:
    """Each half counts from its own end, so that both ends are exact."""
    steps = count if type(count) is int else integer("steps", count)
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, not {steps}")
    if steps < 2:
        return np.full(steps, start, kind)
    working: Any = np.float32 if kind in (np.float32, np.float16) else np.float64
    start, end = (working(x) if kind.kind == "f" else working(int(x)) for x in (start, end))
    step = (end - start) / working(steps - 1)
    index: Array = np.arange(steps, dtype=working)
    from_start = multiply_add(index, step, start)
    from_end = multiply_add(working(steps - 1) - index, -step, end)
    return np.where(index < steps // 2, from_start, from_end).astype(kind)


def logspace(
    start: Number | Operand,
    end: Number | Operand,
    steps: SupportsIndex,
    base: float = 10.0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` powers of ``base``, from ``base**start`` to ``base**end``."""
    kind = _numpy_dtype(dtype)
    first, last = _number(start), _number(end)
    if kind.kind != "f":
        first, last = int(first), int(last)
    exponents = _spaced(first, last, steps, np.dtype(np.float64))
    return finish(np.power(float(base), exponents).astype(kind), device, requires_grad)


@names_arguments
def eye(
    n: SupportsIndex,
    m: SupportsIndex | None = None,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The ``n`` x ``m`` matrix with ones on its diagonal."""
    rows: Any = n
    columns: Any = n if m is None else m
    for name, size in (("n", rows), ("m", columns)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
        if type(size) is not int:
            integer(name, size)
    return finish(np.eye(int(rows), int(columns), dtype=_numpy_dtype(dtype)), device, requires_grad)
