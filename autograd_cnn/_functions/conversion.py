"""Changing the dtype or the device, and asking for them."""

from typing import Any

import numpy as np

from .. import ops
from .._devices.device import device as make_device
from .._devices.device import device_of
from .._devices.transfer import move
from .._engine import memory
from .._engine.dtypes import TENSOR_TYPES, as_dtype, dtype, from_numpy_dtype
from .._engine.handle import Handle
from .._engine.modes import left
from .._engine.operands import constant, result_dtype
from ..ops import primitive
from ._arguments import names_arguments


def to_dtype(input: Any, dtype: Any) -> Any:
    """``input`` in ``dtype``; itself where it has it."""
    target = as_dtype(dtype).dtype
    return input if input.array.dtype == target else ops.cast(input, dtype=target)


def detach(input: Any) -> Any:
    """``input`` without its history, in the same memory."""
    return _checked(input, "detach").detach()


def fill(input: Any, value: Any) -> Any:
    """``value``, a number or a tensor without axes (which gets the gradient), in the shape and dtype of
    ``input``."""
    return clone(input).fill_(value)


@names_arguments
def clone(input: Any) -> Any:
    """A copy in fresh memory, through which gradients flow."""
    return ops.cast(input, dtype=input.array.dtype)


@primitive(linear=True)
def contiguous(x, /):  # type: ignore[no-untyped-def]  # a primitive's operands are arrays of any library
    """A copy whose elements lie in the order of the indices."""
    return x.copy()


@contiguous.vjp("x")
def _contiguous_x(g):  # type: ignore[no-untyped-def]  # forwards and rules take arrays and Tensors
    return g


contiguous.samples(lambda draw: [draw(2, 3), draw(())])


@primitive(view=True, linear=True)
# forwards and rules take arrays and Tensors
def transfer(x, /, *, device, non_blocking=False):  # type: ignore[no-untyped-def]
    """x in the memory of another device."""
    return move(x, device, non_blocking)


def target_of(args: tuple[Any, ...], dtype: Any, device: Any, copy: bool) -> tuple[Any, Any, bool]:
    """dtype, device and copy in ``to(dtype)``, ``to(device, dtype)``, ``to(other)``, each with
    ``non_blocking, copy`` after it."""
    flags = [arg for arg in args if isinstance(arg, bool)]
    rest = args[: len(args) - len(flags)]
    if any(isinstance(arg, bool) for arg in rest) or len(flags) > 2 or len(rest) > 2:
        raise TypeError(
            f"to() takes (dtype), (device, dtype) or (other), then non_blocking and copy, but got {args}"
        )
    for arg in rest:
        if isinstance(arg, Handle) and len(rest) == 1:
            dtype, device = arg.array.dtype, device_of(arg.array)
        elif isinstance(arg, (str, int, make_device)) and device is None and arg is rest[0]:
            device = arg
        elif arg is not None and dtype is None:
            dtype = as_dtype(arg)
        elif arg is not None:
            raise TypeError(
                f"to() received an invalid combination of arguments - got {args}, dtype={dtype}, "
                f"device={device}"
            )
    return dtype, device, copy or (len(flags) == 2 and flags[1])


def as_type(input: Any, dtype: Any) -> Any:
    """``input`` in a dtype that may be named as "torch.FloatTensor"."""
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", None)
    if name is not None and name.removeprefix("torch.") in TENSOR_TYPES:
        dtype = TENSOR_TYPES[name.removeprefix("torch.")]
    elif isinstance(dtype, str):
        raise ValueError(
            f"invalid type: {dtype!r}; choose a dtype or one of "
            f"{', '.join('torch.' + known for known in TENSOR_TYPES)}"
        )
    return to_dtype(input, dtype)


def type_name(kind: dtype) -> str:
    """The older name of a dtype: "torch.FloatTensor"."""
    return "torch." + next(name for name, known in TENSOR_TYPES.items() if known == kind)


def to(
    input: Any, dtype: Any = None, device: Any = None, copy: bool = False, non_blocking: bool = False
) -> Any:
    """``input`` in ``dtype`` on ``device``; itself where nothing changes and no copy is asked for.

    ``non_blocking`` only begins a copy between a GPU and pinned memory; see ``Tensor.pin_memory``.
    """
    out = input
    if device is not None:
        target = make_device(device)
        if target.type != device_of(input.array).type or (
            target.index is not None and target != device_of(input.array)
        ):
            out = transfer(out, device=target, non_blocking=non_blocking)
    if dtype is not None:
        out = to_dtype(out, dtype)
    return clone(out) if copy and out is input else out


@transfer.vjp("x")
def _transfer_x(g, x):  # type: ignore[no-untyped-def]  # forwards and rules take arrays and Tensors
    return transfer(g, device=device_of(x if isinstance(x, np.ndarray) else getattr(x, "array", x)))


transfer.samples(lambda draw: [draw.call(draw(2, 3), device=make_device("cpu"))])


# other libraries

HOST, CUDA = 1, 2
"""DLPack's numbers of the devices."""


def dlpack(input: Any, **options: Any) -> Any:
    """What ``Tensor.__dlpack__`` answers: a capsule with its memory; BufferError where a gradient is wanted,
    for it would not follow."""
    if input._present_node() is not None:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    left(input, "__dlpack__()")
    memory.lend(input.array, may_be_saved=True)
    if isinstance(input.array, np.ndarray):
        options.pop("stream", None)
    return input.array.__dlpack__(**{name: value for name, value in options.items() if value is not None})


def dlpack_device(input: Any) -> tuple[int, int]:
    """DLPack's number of the kind of device, and the device's own."""
    index = device_of(input.array).index
    return (HOST, 0) if index is None else (CUDA, index)


# questions about tensors and dtypes


def _checked(input: Any, function: str) -> Any:
    if not isinstance(input, Handle):
        raise TypeError(
            f"{function}(): argument 'input' (position 1) must be Tensor, not {type(input).__name__}"
        )
    return input


def is_tensor(obj: Any) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Handle)


def is_floating_point(input: Any) -> bool:
    """Whether the elements are floating-point numbers."""
    return bool(_checked(input, "is_floating_point").array.dtype.kind == "f")


def is_nonzero(input: Any) -> bool:
    """Whether the one element is not zero."""
    return bool(_checked(input, "is_nonzero"))


def is_signed(input: Any) -> bool:
    """Whether the dtype has negative numbers."""
    return bool(_checked(input, "is_signed").array.dtype.kind in "if")


def is_same_size(input: Any, other: Any) -> bool:
    """Whether both have the same shape."""
    return bool(_checked(input, "is_same_size").array.shape == _checked(other, "is_same_size").array.shape)


def numel(input: Any) -> int:
    """The number of elements."""
    return int(_checked(input, "numel").array.size)


def result_type(tensor1: Any, tensor2: Any) -> Any:
    """The dtype of ``tensor1 + tensor2``, tensors or numbers: numbers, and tensors without axes, only raise
    the category."""
    return from_numpy_dtype(result_dtype([constant(getattr(t, "array", t)) for t in (tensor1, tensor2)]))
