"""The memory behind a tensor: showing it whole, showing another part of it, sharing it with other processes;
and Python functions called with each element."""

import math
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from .._engine import layout, memory
from .._engine.dtypes import from_numpy_dtype
from .._engine.handle import Handle, Operand, T
from .._engine.inplace import unrecorded_view_of
from .._engine.memory_format import asked, check, preserve_format, suggested
from .._engine.modes import left, state
from .._engine.node import Leaf, leaf_of
from .._engine.storage import NOT_RESIZABLE, UntypedStorage, address, all_bytes, in_shared_memory
from .._engine.storage import is_shared as lies_in_shared_memory
from .._engine.typed_storage import TypedStorage, typed_storage_of
from ._arguments import names_arguments
from ._data import shape_of, source_bytes, unwritten
from ._dims import Shape, integer, sizes
from ._in_place import S
from .conversion import contiguous
from .description import is_contiguous, storage_offset, stride
from .movement import view

__all__ = ["resize_as_"]

Storage = UntypedStorage | TypedStorage


def untyped_storage(input: Operand) -> UntypedStorage:
    """The memory of which it shows a part, or all, byte by byte. Writes into it are seen by each tensor that
    shows it, and watched by none."""
    layout.lay_in_rows(input)
    left(input, "untyped_storage()")
    return UntypedStorage.of(input.array)


def storage(input: Operand) -> TypedStorage:
    """As :func:`untyped_storage`, as elements of this dtype."""
    layout.lay_in_rows(input)
    left(input, "storage()")
    return typed_storage_of(input.array)


def storage_type(input: Operand) -> type[TypedStorage]:
    """The class of :func:`storage`."""
    return TypedStorage


def _shown(content: Any, dtype: np.dtype[Any], offset: int, shape: Any, steps: Any) -> Any:
    """The elements of the bytes ``content`` that begin at element ``offset`` and lie ``steps`` apart; where
    they reach beyond, in larger memory with the same beginning."""
    if any(n < 0 for n in shape) or any(step < 0 for step in steps) or offset < 0:
        raise RuntimeError(
            f"Tensor: invalid storage offset {offset}, sizes {list(shape)} or strides {list(steps)}: all "
            "must be non-negative"
        )
    reach = sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    needed = (offset + reach + 1) * dtype.itemsize if 0 not in shape else 0
    if needed > content.nbytes:
        if id(memory.owner(content)) in memory.lent:
            raise RuntimeError(f"{NOT_RESIZABLE}: a NumPy array shows this memory too; clone() it first")
        larger = np.empty(needed, np.uint8)
        larger[: content.nbytes] = content
        beyond = larger[content.nbytes :]
        unwritten(beyond[: beyond.size // dtype.itemsize * dtype.itemsize].view(dtype))
        content = larger
    strides = tuple(step * dtype.itemsize for step in steps)
    if 0 in shape:
        return np.empty(shape, dtype)
    found: Any = np.ndarray(shape, dtype, content, offset * dtype.itemsize, strides)
    return found


def _steps(shape: tuple[int, ...], order: tuple[int, ...]) -> tuple[int, ...]:
    """The steps of elements that lie without gaps in this order of axes; in rows for an empty one."""
    steps, step = dict[int, int](), 1
    for axis in reversed(order or range(len(shape))):
        steps[axis], step = step, step * max(shape[axis], 1)
    return tuple(steps[axis] for axis in range(len(shape)))


def resize_(input: S, *given: Shape, size: Shape | None = None, memory_format: Any = None) -> S:
    """Show as many elements as ``size`` has, in rows or in ``memory_format``, from where it begins: its own
    come first, and what lies behind them in its memory. Where that is too small, the tensor moves to larger
    memory, and no longer shares it.

    Raises RuntimeError where it requires a gradient, and where NumPy holds the memory that is too small.
    """
    if input._present_node() is not None:
        raise RuntimeError("cannot resize variables that require grad")
    shape = shape_of(given, size)
    order: tuple[int, ...] = ()
    if memory_format is not None:
        if memory_format is preserve_format:
            raise RuntimeError(
                "resize_: Unsupported memory format Preserve; resize_as_ knows what to preserve"
            )
        order = check(memory_format, len(shape)).order
    if shape != input.array.shape or (memory_format is not None and not is_contiguous(input, memory_format)):
        offset = storage_offset(input)
        array = _shown(all_bytes(input.array), input.array.dtype, offset, shape, _steps(shape, order))
        if order:
            array = asked(array)
        if input._shows_another():
            input._view = unrecorded_view_of(
                input, "and was resized", "A view was resized and is being modified inplace"
            )
        memory.moved(input.array, array)
        input._show(array)
    return input


def resize(input: Handle[T], *given: Shape, size: Shape | None = None) -> T:
    """The same elements in another shape: an older name of ``reshape``.

    Raises RuntimeError where the shape has not as many elements.
    """
    warnings.warn("non-inplace resize is deprecated", UserWarning, stacklevel=2)
    return _reshaped(input, shape_of(given, size))


@names_arguments
def resize_as(input: Handle[T], tensor: Operand) -> T:
    """The same elements in the shape of ``tensor``: see :func:`resize`."""
    warnings.warn("non-inplace resize_as is deprecated", UserWarning, stacklevel=3)
    return _reshaped(input, tuple(tensor.array.shape))


def _reshaped(input: Handle[T], shape: tuple[int, ...]) -> T:
    own, wanted = ("x".join(map(str, sizes)) for sizes in (input.array.shape, shape))
    if math.prod(shape) != input.array.size:
        raise RuntimeError(
            f"requested resize to {wanted} ({math.prod(shape)} elements in total), but the given tensor has "
            f"a size of {own} ({input.array.size} elements). resize() keeps the elements, resize_() doesn't"
        )
    return view(contiguous(input), shape)


@names_arguments
def resize_as_(input: S, the_template: Operand, *, memory_format: Any = None) -> S:
    """:func:`resize_` to the shape of ``the_template``; ``torch.preserve_format`` is the order in which that
    lies."""
    _, template = input.array, the_template.array  # the first of what are no tensors is told
    if memory_format is preserve_format:
        memory_format = suggested(template)
    return resize_(input, template.shape, memory_format=memory_format)


def set_(
    input: S,
    source: "Operand | Storage | None" = None,
    storage_offset: int = 0,
    size: Shape | None = None,
    stride: Any = None,
) -> S:
    """Show the memory of ``source``, a tensor or a storage, from now on; nothing, without one. Of a storage
    the part that begins at ``storage_offset`` and has ``size`` and ``stride``, or all of it.

    Raises RuntimeError where the source has another dtype, for a leaf that requires a gradient, and where an
    offset alone, without another size, leads out of a storage; for another size that one grows.
    """
    if isinstance(input._present_node(), Leaf) and state.get().grad:
        raise RuntimeError(
            "a leaf Variable that requires grad is being used in an in-place operation. Set its .data, or "
            "write it under no_grad()"
        )
    kind = input.array.dtype
    if isinstance(source, Handle):
        if source.array.dtype != kind:
            ours, theirs = (from_numpy_dtype(d) for d in (kind, source.array.dtype))
            raise RuntimeError(f"Could not set tensor of type {theirs!r} to a tensor of type {ours!r}")
        if size is None and not storage_offset:
            array = source.array
        else:
            array = _part(input, all_bytes(source.array), storage_offset, size, stride)
    elif source is None:
        array = np.empty(0, kind)
    elif not isinstance(source, (UntypedStorage, TypedStorage)):
        raise TypeError(f"set_(): argument 'source' must be Tensor or a storage, not {type(source).__name__}")
    else:
        array = _part(input, source_bytes(source, kind), storage_offset, size, stride)
    before = input._node
    memory.settle(array)
    input._node = input._view = None
    input._show(array)
    if isinstance(before, Leaf):  # graphs made before lead to what it was
        input._node = leaf_of(input)
        input._node.hooks = before.hooks
    memory.wrote(array)
    return input


def _part(input: Operand, content: Any, offset: int, size: Any, stride: Any) -> Any:
    kind = input.array.dtype
    shape = (content.nbytes // kind.itemsize,) if size is None else sizes(size, ())
    steps = _steps(shape, ()) if stride is None or len(stride) < len(shape) else sizes(stride, ())
    needed = (offset + math.prod(shape)) * kind.itemsize
    if offset > 0 and shape == input.array.shape and needed > content.nbytes:
        raise RuntimeError(
            f"setStorage: sizes {list(shape)}, storage offset {offset}, and itemsize {kind.itemsize} "
            f"requiring a storage size of {needed} are out of bounds for storage of size {content.nbytes}"
        )
    return _shown(content, kind, integer("storage_offset", offset), shape, steps)


@names_arguments
def is_set_to(input: Operand, tensor: Operand) -> bool:
    """Whether both show the same elements of the same memory."""
    same = address(input.array) == address(tensor.array) and input.array.shape == tensor.array.shape
    return same and stride(input) == stride(tensor)


def is_shared(input: Operand) -> bool:
    """Whether processes that are forked from this one write its memory together with it."""
    return lies_in_shared_memory(input.array)


def share_memory_(input: S) -> S:
    """Move it to memory that processes forked from this one write together with it. Views of it that are
    there already stay where they are."""
    if isinstance(input.array, np.ndarray):
        input._show(in_shared_memory(input.array))
    return input


# a function of Python's for each element


def _number_by_number(name: str, input: S, others: tuple[Operand, ...], function: Callable[..., Any]) -> S:
    operands: list[Operand] = [input, *others]
    if any(t._present_node() is not None for t in operands):
        raise RuntimeError(
            f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() instead."
        )
    if not isinstance(input.array, np.ndarray):
        raise TypeError(f"{name} is only implemented on CPU tensors")
    for other in others:
        if other.array.dtype != input.array.dtype:
            raise TypeError(f"{name}: expected argument of dtype {input.dtype!r}, but got {other.dtype!r}")
    numbers = [input.array.ravel().tolist(), *(_expanded(t, input).ravel().tolist() for t in others)]
    found = [function(*parts) for parts in zip(*numbers, strict=True)]
    for value in found:
        if not isinstance(value, (bool, int, float)) and not hasattr(value, "__float__"):
            raise TypeError(f"{name}: the function must give a real number, not {type(value).__name__}")
    values = np.array(found, np.float64 if input.array.dtype.kind == "f" else None)
    input._write_at(..., values.astype(input.array.dtype).reshape(input.array.shape))
    return input


def _expanded(other: Operand, input: Operand) -> Any:
    try:
        return np.broadcast_to(other.array, input.array.shape)
    except ValueError:
        raise RuntimeError(
            f"The expanded size of the tensor {list(input.array.shape)} must match the existing size "
            f"{list(other.array.shape)}"
        ) from None


def apply_(input: S, callable: Callable[[Any], Any]) -> S:
    """``callable`` of each element, in place; slow, for it is called from Python once for each."""
    return _number_by_number("apply_", input, (), callable)


@names_arguments
def map_(input: S, other: Operand, callable: Callable[[Any, Any], Any]) -> S:
    """``callable(element, element of other)``, in place; see :func:`apply_`."""
    return _number_by_number("map_", input, (other,), callable)


@names_arguments
def map2_(input: S, x: Operand, y: Operand, callable: Callable[[Any, Any, Any], Any]) -> S:
    """``callable(element, element of x, element of y)``, in place; see :func:`apply_`."""
    return _number_by_number("map2_", input, (x, y), callable)
