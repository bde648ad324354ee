"""Copies, fills, another dtype, another device; and the ways out of the graph, to Python and NumPy."""

from typing import Any, overload

import numpy as np

from .._devices.device import CPU, DeviceLike, device_of
from .._devices.device import device as make_device
from .._devices.transfer import Route, is_pinned, move, pin
from .._engine import memory
from .._engine.dtypes import TENSOR_TYPES, DType, as_dtype, from_numpy_dtype, get_default_dtype
from .._engine.handle import Handle, Number, Operand, T
from .._engine.layout import kept_order
from .._engine.memory_format import asked, check, contiguous_format, preserve_format
from .._engine.memory_format import memory_format as MemoryFormat
from .._engine.modes import left, state
from .._engine.node import Node, maker
from .._engine.overlap import check_apart, writable
from ..ops import ShapeError, getitem
from ..ops import _conversion as primitives
from ._arguments import names_arguments
from ._in_place import S
from .description import is_contiguous

__all__ = ["clone", "detach", "detach_", "fill", "fill_", "zero_"]

# copies and fills


@names_arguments
def clone(input: Handle[T], *, memory_format: MemoryFormat | None = preserve_format) -> T:
    """A copy in fresh memory, through which gradients flow; laid out as this one, or in ``memory_format``."""
    if memory_format is preserve_format or memory_format is None:
        if input.array.flags.c_contiguous:
            return primitives.contiguous(input)
        out: Any = primitives.cast(input, dtype=input.array.dtype)
        return kept_order(out, input)
    return _laid_out(input, memory_format)


def _laid_out(input: Handle[T], memory_format: MemoryFormat) -> T:
    """A copy in ``memory_format``."""
    order = check(memory_format, input.ndim).order
    out: Any = primitives.contiguous(input, order=order)
    if order:
        out.array = asked(out.array)
    return out


def in_own_memory(out: S, *inputs: Operand) -> S:
    """``out``; a copy where it shows the memory of one of ``inputs``: for functions that promise a new
    result."""
    owners = [memory.owner(x.array) for x in inputs]
    mine = memory.owner(out.array)
    return primitives.cast(out, dtype=out.array.dtype) if any(mine is other for other in owners) else out


def contiguous(input: Handle[T], memory_format: MemoryFormat = contiguous_format) -> T:
    """This tensor if its elements lie in order, or in ``memory_format``, else a copy."""
    x: Any = input
    if memory_format is contiguous_format:
        return x if x.array.flags.c_contiguous else primitives.contiguous(x)
    check(memory_format, x.ndim)
    return x if is_contiguous(x, memory_format) else _laid_out(x, memory_format)


@names_arguments
def detach(input: Handle[T]) -> T:
    """The same memory outside the graph: what is computed from it does not reach back."""
    array = input.array
    if input._view is not None and isinstance(array, np.ndarray) and not array.flags.writeable:
        part = writable(array)  # what shows no element twice, of what does
        array = array if part is None else part
    out: Any = input._lift(array, None)
    if input._view is not None and input.is_inference():
        out._view = input._view
    left(input, "detach()", out)
    return out


@names_arguments
def detach_(input: S) -> S:
    """Leave the graph for good: this tensor becomes a leaf that wants no gradient."""
    input._stand_alone()
    if input._is_view():
        raise RuntimeError("Can't detach views in-place. Use detach() instead.")
    if isinstance(maker(input._node), Node):
        memory.detached(input.array)
    input._node = None
    return input


@names_arguments
def fill_(input: S, value: Operand | Number) -> S:
    """``value``, a number or a tensor without axes, everywhere."""
    if isinstance(value, Handle) and value.array.ndim:
        raise RuntimeError(
            f"fill_ only supports 0-dimension value tensor but got tensor with {value.array.ndim} dimensions."
        )
    each_once(input)[0]._write_at(..., value)
    return input


def each_once(input: Handle[T]) -> tuple[T, tuple[int, ...]]:
    """The part of an expanded tensor that shows each of its elements once, and the axes along which it
    repeats them; any other tensor as it is."""
    x: Any = input
    if x.array.flags.c_contiguous or 0 not in x.array.strides:
        return x, ()
    repeated = [step == 0 and n > 1 for n, step in zip(x.array.shape, x.array.strides, strict=True)]
    part = getitem(x, index=tuple(slice(0, 1) if again else slice(None) for again in repeated))
    return part, tuple(axis for axis, again in enumerate(repeated) if again)


def fill(input: Handle[T], value: Operand | Number) -> T:
    """``value``, a number or a tensor without axes (which gets the gradient), in the shape and dtype of
    ``input``."""
    copy: Any = clone(input)
    return fill_(copy, value)


@names_arguments
def zero_(input: S) -> S:
    """Zeros everywhere."""
    each_once(input)[0]._write_at(..., 0)
    return input


def copy_(input: S, other: Operand, non_blocking: bool = False) -> S:
    """The elements of ``other``, which broadcasts and is converted to this tensor's dtype and device."""
    if isinstance(other, (bool, int, float, np.number)):
        other = input._lift(np.asarray(other), None)
    if not isinstance(other, Handle):
        raise TypeError(f"copy_(): argument 'other' (position 1) must be Tensor, not {type(other).__name__}")
    try:
        shape = np.broadcast_shapes(other.array.shape, input.array.shape)
    except ValueError:
        raise misfit(input.array.shape, other.array.shape) from None
    if shape != input.array.shape:
        raise ShapeError(
            f"output with shape {list(input.array.shape)} doesn't match the broadcast shape {list(shape)} "
            f"of the "
            f"source, {list(other.array.shape)}"
        )
    check_apart(input.array, other.array)
    input._write_at(..., moved(other, device=device_of(input.array)))
    return input


def misfit(shape: tuple[int, ...], source: tuple[int, ...]) -> ShapeError:
    """What to say of a source that does not broadcast: the last axis where it does not."""
    back = next(i for i, (n, m) in enumerate(zip(shape[::-1], source[::-1], strict=False)) if m not in (1, n))
    return ShapeError(
        f"The size of tensor a ({shape[-1 - back]}) must match the size of tensor b ({source[-1 - back]}) at "
        f"non-singleton dimension {max(len(shape), len(source)) - 1 - back}: {list(shape)} and "
        f"{list(source)} do not broadcast"
    )


# another dtype, another device


def to_dtype(input: Handle[T], dtype: DType) -> T:
    """``input`` in ``dtype``; itself where it has it."""
    x: Any = input
    target = as_dtype(dtype).dtype
    if x.array.dtype == target:
        return x
    out = primitives.cast(x, dtype=target)
    return out if out.array.flags.c_contiguous else kept_order(out, input)


def moved(
    input: Handle[T],
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    copy: bool = False,
    non_blocking: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> T:
    """``input`` in ``dtype`` on ``device``, laid out in ``memory_format``; itself where nothing changes and
    no copy is asked for.

    ``non_blocking`` only begins a copy between a GPU and pinned memory; see ``Tensor.pin_memory``.
    """
    out: Any = input
    if device is not None:
        target, here = make_device(device), device_of(input.array)
        if target.type != here.type or (target.index is not None and target != here):
            out = primitives.transfer(out, route=Route(target, non_blocking))
    if dtype is not None:
        out = to_dtype(out, dtype)
    if memory_format is not preserve_format and memory_format is not None:
        copied = copy or out is not input
        return clone(out, memory_format=memory_format) if copied else contiguous(out, memory_format)
    return clone(out) if copy and out is input else out


def _asked(args: tuple[Any, ...], dtype: Any, device: Any) -> tuple[Any, Any, list[bool]]:
    """dtype, device, and the flags ``non_blocking, copy`` after them, in ``to(dtype)``, ``to(device, dtype)``
    and ``to(other)``."""
    flags = [arg for arg in args if isinstance(arg, bool)]
    rest = args[: len(args) - len(flags)]
    if any(isinstance(arg, bool) for arg in rest) or len(flags) > 2 or len(rest) > 2:
        raise TypeError(
            f"to() takes (dtype), (device, dtype) or (other), then non_blocking and copy, but got {args}"
        )
    for arg in rest:
        if isinstance(arg, Handle) and len(rest) == 1:
            dtype, device = arg.array.dtype, device_of(arg.array)
        elif isinstance(arg, (str, int, np.integer, make_device)) and device is None and arg is rest[0]:
            device = arg
        elif arg is not None and dtype is None:
            dtype = as_dtype(arg)
        elif arg is not None:
            raise TypeError(
                f"to() received an invalid combination of arguments - got {args}, dtype={dtype}, "
                f"device={device}"
            )
    return dtype, device, flags


def to(
    input: Handle[T],
    *args: DType | DeviceLike | Operand | None,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    copy: bool = False,
    non_blocking: bool = False,
    memory_format: MemoryFormat | None = preserve_format,
) -> T:
    """In another dtype or on another device: ``to(dtype)``, ``to(device)``, ``to(device, dtype)``,
    ``to(other)``; in another order in memory with ``memory_format``."""
    kind, place, flags = _asked(args, dtype, device)
    copy, non_blocking = copy or flags[1:] == [True], non_blocking or flags[:1] == [True]
    return moved(input, kind, place, copy, non_blocking, memory_format)


def cpu(input: Handle[T], memory_format: MemoryFormat = preserve_format) -> T:
    """In the host's memory."""
    return moved(input, None, "cpu", memory_format=memory_format)


def cuda(
    input: Handle[T],
    device: DeviceLike | None = None,
    non_blocking: bool = False,
    memory_format: MemoryFormat = preserve_format,
) -> T:
    """In a GPU's memory."""
    return moved(input, None, "cuda" if device is None else device, False, non_blocking, memory_format)


def pin_memory(input: Handle[T], device: DeviceLike | None = None) -> T:
    """A copy in host memory that a GPU can reach by itself, for copies in the background; itself where it is
    there already. ``device`` is accepted: there is one kind of GPU."""
    x: Any = input
    return x if is_pinned(x.array) else x._lift(pin(move(x.array, CPU)), None)


@overload
def as_type(input: Operand, dtype: None = None, non_blocking: bool = False) -> str: ...
@overload
def as_type(input: Handle[T], dtype: DType, non_blocking: bool = False) -> T: ...
def as_type(input: Handle[T], dtype: DType | None = None, non_blocking: bool = False) -> T | str:
    """In ``dtype``, which may be named as "torch.FloatTensor"; without it the name of the type.
    ``non_blocking`` is accepted: the numbers stay where they are."""
    if dtype is None:
        kind = from_numpy_dtype(input.array.dtype)
        return "torch." + next(name for name, known in TENSOR_TYPES.items() if known == kind)
    if isinstance(dtype, type) and issubclass(dtype, Handle):  # torch.Tensor: what it makes
        dtype = get_default_dtype()
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", None)
    if name is not None and name.removeprefix("torch.") in TENSOR_TYPES:
        dtype = TENSOR_TYPES[name.removeprefix("torch.")]
    elif isinstance(dtype, str):
        raise ValueError(
            f"invalid type: {dtype!r}; choose a dtype or one of "
            f"{', '.join('torch.' + known for known in TENSOR_TYPES)}"
        )
    return to_dtype(input, dtype)


@names_arguments
def type_as(input: Handle[T], other: Operand) -> T:
    """In the dtype of ``other``."""
    return to_dtype(input, other.array.dtype)


# out of the graph


def item(input: Operand) -> bool | int | float:
    """The Python number in a tensor of one element."""
    if input.array.size != 1:
        raise RuntimeError(f"a Tensor with {input.array.size} elements cannot be converted to Scalar")
    left(input, "item()")
    return input.array.item()


def tolist(input: Operand) -> Any:
    """Nested lists of Python numbers; a number for a tensor without axes."""
    left(input, "tolist()")
    return input.array.tolist()


def numpy(input: Operand, *, force: bool = False) -> np.ndarray[Any, Any]:
    """The NumPy array that shares this tensor's memory; with ``force``, detached and brought to the host
    first."""
    left(input, "numpy()")
    if force:
        memory.lend(input.array, may_be_saved=True)
        return move(input.array, CPU)
    if input._present_node() is not None and state.get().grad:
        raise RuntimeError(
            "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
        )
    if not isinstance(input.array, np.ndarray):
        raise TypeError(
            f"can't convert {device_of(input.array)} device type tensor to numpy. Use Tensor.cpu() to copy "
            "the tensor to host memory first."
        )
    memory.lend(input.array, may_be_saved=True)
    return input.array


HOST, CUDA = 1, 2
"""DLPack's numbers of the devices."""


def dlpack(
    input: Operand, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None
) -> Any:
    """Its memory for another library's ``from_dlpack``, without a copy: a capsule; BufferError where a
    gradient is wanted, for it would not follow."""
    if input._present_node() is not None:
        raise BufferError("Can't export tensors that require gradient, use tensor.detach()")
    left(input, "__dlpack__()")
    memory.lend(input.array, may_be_saved=True)
    options = {"max_version": max_version, "dl_device": dl_device, "copy": copy}
    if not isinstance(input.array, np.ndarray):
        options["stream"] = stream
    return input.array.__dlpack__(**{name: value for name, value in options.items() if value is not None})


def dlpack_device(input: Operand) -> tuple[int, int]:
    """Where its memory is, in DLPack's numbers: the kind of device, and its own number."""
    index = device_of(input.array).index
    return (HOST, 0) if index is None else (CUDA, index)
