"""What a tensor is: its sizes, its memory, its dtype, its device."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, overload

from .._devices.device import DeviceLike, device_of
from .._devices.transfer import is_pinned as in_pinned_memory
from .._engine import layout
from .._engine import memory_format as formats
from .._engine.dtypes import dtype, from_numpy_dtype
from .._engine.handle import Handle, Number, Operand
from .._engine.memory_format import contiguous_format, preserve_format
from .._engine.memory_format import memory_format as MemoryFormat
from .._engine.operands import constant, result_dtype
from .._engine.size import Size
from .._engine.storage import UntypedStorage, address, all_bytes
from .._engine.typed_storage import TypedStorage
from ..ops._errors import scalar_type
from ._arguments import array_in, names_arguments
from ._dims import wrap_dim

__all__ = [
    "get_device",
    "is_complex",
    "is_floating_point",
    "is_inference",
    "is_nonzero",
    "is_same_size",
    "is_signed",
    "is_storage",
    "is_tensor",
    "numel",
    "result_type",
    "typename",
]


def is_tensor(obj: object) -> bool:
    """Whether ``obj`` is a Tensor."""
    return isinstance(obj, Handle)


def is_storage(obj: object) -> bool:
    """Whether ``obj`` is a storage, of bytes or of elements."""
    return isinstance(obj, UntypedStorage | TypedStorage)


def typename(obj: object) -> str:
    """The name of the type of ``obj`` with its module, as in ``"torch.FloatTensor"`` of a tensor; of a class
    or a function its own name."""
    if isinstance(obj, Handle):
        return f"torch.{scalar_type(obj)}Tensor"
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    module = getattr(named, "__module__", "") or ""
    return named.__qualname__ if module in ("", "builtins") else f"{module}.{named.__qualname__}"


# sizes


@overload
def size(input: Operand, dim: None = None) -> Size: ...
@overload
def size(input: Operand, dim: int) -> int: ...
def size(input: Operand, dim: int | None = None) -> Size | int:
    """The shape, or the size of one dimension."""
    shape = Size(input.array.shape)
    return shape if dim is None else shape[wrap_dim(dim, len(shape))]


def dim(input: Operand) -> int:
    """The number of dimensions."""
    return input.array.ndim


@names_arguments
def numel(input: Operand) -> int:
    """The number of elements."""
    return input.array.size


@names_arguments
def is_same_size(input: Operand, other: Operand) -> bool:
    """Whether both have the same shape."""
    return input.array.shape == other.array.shape


@names_arguments
def is_nonzero(input: Operand) -> bool:
    """Whether the one element is not zero; RuntimeError where there are more, or none."""
    return truth(input)


def truth(input: Operand) -> bool:
    """What ``bool(tensor)`` is, of a tensor of one element."""
    if input.array.size != 1:
        many = "more than one value" if input.array.size else "no values"
        raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous; ask .any() or .all()")
    return bool(input.array.item())


# memory


def element_size(input: Operand) -> int:
    """Bytes per element."""
    return input.array.itemsize


@overload
def stride(input: Operand, dim: None = None) -> tuple[int, ...]: ...
@overload
def stride(input: Operand, dim: int) -> int: ...
def stride(input: Operand, dim: int | None = None) -> tuple[int, ...] | int:
    """The steps in memory, counted in elements, from one index to the next along each dimension, or along
    one."""
    steps = _steps(input.array, layout.steps(input))
    return steps if dim is None else steps[wrap_dim(dim, len(steps))]


def _steps(array: Any, strides: tuple[int, ...]) -> tuple[int, ...]:
    """The strides, given in bytes, in elements. NumPy has zeros where nobody can step, in new axes and
    where there are no elements; PyTorch has there what would lead to the next."""
    shape, steps = array.shape, [step // array.itemsize for step in strides]
    for axis in reversed(range(len(steps))):
        if not steps[axis] and (shape[axis] == 1 or not array.size):
            steps[axis] = steps[axis + 1] * max(shape[axis + 1], 1) if axis + 1 < len(steps) else 1
    return tuple(steps)


def storage_offset(input: Operand) -> int:
    """At which element of its memory it begins."""
    layout.lay_in_rows(input)
    own = all_bytes(input.array)
    return (address(input.array) - address(own)) // int(input.array.itemsize) if input.array.size else 0


def is_contiguous(input: Operand, memory_format: MemoryFormat = contiguous_format) -> bool:
    """Whether the elements lie in memory in the order of the indices, or channels last."""
    if memory_format is contiguous_format or memory_format is preserve_format:
        return layout.contiguous(input)
    return formats.lies(input.array.shape, stride(input), memory_format)


def data_ptr(input: Operand) -> int:
    """The address of the first element; 0 where there is none."""
    return address(input.array) if input.array.size else 0


def const_data_ptr(input: Operand) -> int:
    """:func:`data_ptr`, of who promises not to write there."""
    return data_ptr(input)


AMBIGUOUS = (
    "The tensor does not have unique dim order, or cannot map to exact one of the given memory formats."
)


def dim_order(input: Operand, *, ambiguity_check: bool | Sequence[MemoryFormat] = False) -> tuple[int, ...]:
    """The dimensions from the longest step in memory to the shortest: (0, 2, 3, 1) of channels last; those
    that take no step keep their places.

    With ``ambiguity_check`` it is a RuntimeError where another order would describe the memory as well; of
    formats, unless exactly one of them fits.
    """
    given: Any = ambiguity_check
    listed = [] if isinstance(given, bool) else given
    if not isinstance(listed, list) or not all(isinstance(each, MemoryFormat) for each in listed):
        raise TypeError("The ambiguity_check argument must be a bool or a list of memory formats.")
    steps, shape = stride(input), input.array.shape
    several = 1 in shape or any(a == b for a, b in pairwise(steps))
    if given is not False and several and sum(is_contiguous(input, each) for each in listed) != 1:
        raise RuntimeError(AMBIGUOUS)
    plain = len(shape) < 2 or is_contiguous(input) != is_contiguous(input, formats.channels_last)
    in_rows = plain and is_contiguous(input)
    order = tuple(range(len(shape)) if in_rows else layout.axes_in_memory(input))
    if given and not plain and any(a == b or not a * b for a, b in pairwise(steps[axis] for axis in order)):
        raise RuntimeError("The tensor does not have unique dim order.")
    return order


def is_pinned(input: Operand, device: DeviceLike | None = None) -> bool:
    """Whether it is in host memory that a GPU can reach by itself; ``device`` is accepted: there is one kind
    of GPU."""
    return in_pinned_memory(input.array)


def get_device(input: Operand) -> int:
    """The number of the GPU it is on; -1 on the host."""
    index = device_of(input.array).index
    return -1 if index is None else index


# dtypes


@names_arguments
def is_floating_point(input: Operand) -> bool:
    """Whether the elements are floating-point numbers."""
    return input.array.dtype.kind == "f"


@names_arguments
def is_signed(input: Operand) -> bool:
    """Whether the dtype has negative numbers."""
    return input.array.dtype.kind in "fi"


@names_arguments
def is_complex(input: Operand) -> bool:
    """Always False: this engine is for real numbers."""
    return bool(array_in(input).dtype.kind == "c")


@names_arguments
def is_inference(input: Operand) -> bool:
    """Whether it was made in :class:`inference_mode`."""
    return input.is_inference()


@names_arguments
def result_type(tensor1: Operand | Number, tensor2: Operand | Number) -> dtype:
    """The dtype of ``tensor1 + tensor2``, tensors or numbers: numbers, and tensors without axes, only raise
    the category."""
    return from_numpy_dtype(result_dtype([constant(getattr(t, "array", t)) for t in (tensor1, tensor2)]))
