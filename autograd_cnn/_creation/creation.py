"""Making tensors from data, or filled with numbers that follow a rule."""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, SupportsIndex

import numpy as np

from .._devices.device import DeviceLike, device_of
from .._devices.device import device as make_device
from .._devices.transfer import move
from .._engine import memory
from .._engine.dtypes import DType, as_dtype, from_numpy_dtype, get_default_dtype
from .._engine.handle import Handle, Number, Operand
from .._engine.layout import kept_order
from .._engine.memory_format import empty as empty_in
from .._engine.memory_format import meant, preserve_format
from .._engine.memory_format import memory_format as MemoryFormat
from .._engine.modes import left
from .._functions._data import Array, array_of, shape_of, strided_memory, unwritten
from .._functions._dims import Shape, integer
from .._tensor import Tensor, tensor_of
from .exchange import from_dlpack

__all__ = [
    "as_tensor",
    "asarray",
    "empty",
    "empty_like",
    "empty_permuted",
    "empty_strided",
    "from_numpy",
    "frombuffer",
    "full",
    "full_like",
    "ones",
    "ones_like",
    "scalar_tensor",
    "tensor",
    "zeros",
    "zeros_like",
]


def finish(array: Any, device: DeviceLike | None, requires_grad: bool) -> Tensor:
    """The tensor of ``array`` on ``device`` (None: where tensors are made)."""
    if type(array) is not np.ndarray and isinstance(array, np.generic):
        array = np.asarray(array)
    where = make_device.default if device is None else device
    if where is not None:
        array = move(array, make_device(where))
    return tensor_of(array, requires_grad)


def finish_like(
    input: Operand,
    array: Any,
    device: DeviceLike | None,
    requires_grad: bool,
    memory_format: MemoryFormat | None,
) -> Tensor:
    """The tensor of ``array``, which lies as ``input`` does, on its device, unless others are asked for."""
    made = finish(array, device_of(input.array) if device is None else device, False)
    if memory_format is preserve_format or memory_format is None:
        kept_order(made, input)
    else:
        made = made.contiguous(memory_format)
    return made.requires_grad_() if requires_grad else made


def numpy_dtype(dtype: DType | None) -> np.dtype[Any]:
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
    requires_grad: bool | None = None,
) -> Tensor:
    """``obj`` as a tensor: of a tensor, an array, what speaks DLPack or Python's buffer protocol the memory
    itself, of numbers and sequences of them a copy.

    ``copy``: True always copies, False raises (ValueError) where a copy is needed, None copies where needed.
    """
    source = _sharing(obj, dtype)
    if source is None:
        if copy is False:
            if isinstance(obj, np.generic):
                raise RuntimeError("can't alias NumPy scalars. Either remove copy=False or give an array")
            raise ValueError(f"can't alias arbitrary sequence into a tensor: {type(obj).__name__} is copied")
        made = tensor(obj, dtype=dtype, device=device)
    else:
        made = source.to(dtype=dtype, device=device)
        if copy is False and made is not source:
            raise ValueError(
                f"can't alias tensor from device '{source.device}' to '{made.device}', with dtype "
                f"'{source.dtype}' into dtype '{made.dtype}'"
            )
        made = made.clone() if copy and made is source else made
    if requires_grad and not made.requires_grad:
        made = made.detach().requires_grad_()
    elif requires_grad is False and made.requires_grad and made is not obj:
        made = made.detach()
    return made


def _sharing(obj: Any, dtype: DType | None) -> Tensor | None:
    """A tensor that shares the memory of ``obj``; None where that has none to share."""
    if isinstance(obj, Tensor):
        return obj
    if isinstance(obj, np.ndarray):
        return from_numpy(obj)
    if isinstance(obj, np.generic):
        return None
    if type(obj).__name__ == "PyCapsule" or hasattr(obj, "__dlpack__"):
        return from_dlpack(obj)
    try:
        memoryview(obj)
    except TypeError:
        return None
    return frombuffer(obj, dtype=dtype or get_default_dtype())


def from_numpy(ndarray: Array) -> Tensor:
    """A tensor that shares the memory of ``ndarray``."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    from_numpy_dtype(ndarray.dtype)
    for step in ndarray.strides:
        if step < 0:
            raise ValueError(
                "At least one stride in the given numpy array is negative, and tensors with negative strides "
                "are not currently supported. (You can probably work around this by making a copy of your "
                "array  with array.copy().)"
            )
    if not ndarray.flags.writeable:
        warnings.warn(
            "The given NumPy array is not writable, and PyTorch does not support non-writable tensors. "
            "Here a write into this tensor is an error; to write, copy the array, or use tensor(array).",
            UserWarning,
            stacklevel=2,
        )
    memory.lend(ndarray)
    return tensor_of(ndarray)


def frombuffer(
    buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A vector that shares the memory of ``buffer`` (bytes, a bytearray, a memoryview ...): ``count``
    elements (all for -1) from the byte ``offset`` on.

    Raises ValueError where the buffer is empty, too short, or no multiple of the element's size.
    """
    try:
        view = memoryview(buffer).cast("B")
    except TypeError:
        raise ValueError("object does not implement Python buffer protocol.") from None
    kind = as_dtype(dtype).dtype
    size, length = kind.itemsize, len(view)
    if length == 0 or count == 0:
        raise ValueError(f"both buffer length ({length}) and count ({count}) must not be 0")
    if not 0 <= offset < length:
        raise ValueError(
            f"offset ({offset} bytes) must be non-negative and no greater than buffer length ({length} "
            "bytes) minus 1"
        )
    if count < 0 and (length - offset) % size:
        raise ValueError(
            f"buffer length ({length - offset} bytes) after offset ({offset} bytes) must be a multiple of "
            f"element size ({size})"
        )
    count = (length - offset) // size if count < 0 else count
    if offset + count * size > length:
        raise ValueError(
            f"requested buffer length ({count} * {size} bytes) after offset ({offset} bytes) must not be "
            f"greater than actual buffer length ({length} bytes)"
        )
    made = from_numpy(np.frombuffer(view, kind, count, offset))
    return made.requires_grad_() if requires_grad else made


def scalar_tensor(
    s: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A tensor without axes, of the default dtype unless another is given."""
    number = _number("scalar_tensor", "s", s)
    return tensor(number, dtype=dtype or get_default_dtype(), device=device, requires_grad=requires_grad)


# filled with one number


def zeros(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros in the shape ``size``."""
    return finish(np.zeros(shape_of(given, size), numpy_dtype(dtype)), device, requires_grad)


def ones(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Ones in the shape ``size``."""
    return finish(np.ones(shape_of(given, size), numpy_dtype(dtype)), device, requires_grad)


def empty(
    *given: Shape,
    size: Shape | None = None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = None,
) -> Tensor:
    """Memory in the shape ``size`` and in ``memory_format`` that nobody has written yet; see
    :func:`unwritten`."""
    shape, kind = shape_of(given, size), numpy_dtype(dtype)
    array = np.empty(shape, kind) if memory_format is None else empty_in(None, shape, kind, memory_format)
    return finish(unwritten(array), device, requires_grad)


def number_in(value: Any) -> Any:
    """The Python number in a tensor or a number of NumPy's; anything else as it is."""
    return value.item() if hasattr(value, "item") else value


def _number(function: str, name: str, value: Any) -> Any:
    """The Python number in ``value``, which says no more than its kind; TypeError where it is no number."""
    if isinstance(number := number_in(value), (int, float, complex)):
        return number
    raise TypeError(f"{function}(): argument '{name}' must be Number, not {type(value).__name__}")


def empty_strided(
    size: Sequence[SupportsIndex],
    stride: Sequence[SupportsIndex],
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Unwritten memory in the shape ``size``, with these steps (in elements) between its elements."""
    array = strided_memory(shape_of((size,)), shape_of((stride,)), numpy_dtype(dtype))
    return finish(array, device, requires_grad)


def empty_permuted(
    size: Sequence[SupportsIndex],
    physical_layout: Sequence[SupportsIndex],
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """Unwritten memory in the shape ``size``, its axes in the order ``physical_layout``, the longest step
    first."""
    shape, order = shape_of((size,)), [integer("physical_layout", axis) for axis in physical_layout]
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(f"empty_permuted: physical_layout {order} is no order of {len(shape)} dimensions")
    memory = unwritten(np.empty([shape[axis] for axis in order], numpy_dtype(dtype)))
    return finish(meant(memory).transpose([order.index(d) for d in range(len(shape))]), device, requires_grad)


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
    number = array_of(_number("full", "fill_value", fill_value), dtype)
    return finish(np.full(shape_of((size,)), number), device, requires_grad)


def _like(
    input: Operand,
    make: Callable[..., Any],
    dtype: DType | None,
    device: DeviceLike | None,
    requires_grad: bool,
    memory_format: MemoryFormat | None,
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
    return finish_like(input, make(array, dtype=kind, order=order), device, requires_grad, memory_format)


def zeros_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Zeros in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.zeros_like, dtype, device, requires_grad, memory_format)


def ones_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Ones in the shape, dtype, device and layout of ``input``."""
    return _like(input, np.ones_like, dtype, device, requires_grad, memory_format)


def empty_like(
    input: Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """Unwritten memory in the shape, dtype, device and layout of ``input``."""
    out = _like(input, np.empty_like, dtype, device, requires_grad, memory_format)
    unwritten(out.array)
    return out


def full_like(
    input: Operand,
    fill_value: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> Tensor:
    """``fill_value`` everywhere in the shape, dtype, device and layout of ``input``."""
    number = _number("full_like", "fill_value", fill_value)

    def make(array: Any, dtype: Any, order: Any) -> Any:
        return np.full_like(array, array_of(number, dtype).item(), dtype=dtype, order=order)

    return _like(input, make, dtype, device, requires_grad, memory_format)
