"""Leaving the Tensor for Python or NumPy, and changing dtype or device."""

from typing import Any, TypeAlias

import numpy as np

from ..._devices.device import CPU, device_of
from ..._devices.transfer import is_pinned, move, pin
from ..._engine import memory
from ..._engine.dtypes import from_numpy_dtype
from ..._engine.handle import Handle, T
from ..._engine.modes import left
from ..._engine.size import Size
from ..._functions import conversion
from ..._functions._dims import wrap_dim

_bool: TypeAlias = bool  # the class body gives these names to methods
_int: TypeAlias = int
_float: TypeAlias = float


class ConversionMethods(Handle[T]):
    """Methods that convert."""

    __slots__ = ()

    def item(self) -> Any:
        """The Python number in a tensor of one element."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        left(self, "item()")
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers; a number for a tensor without axes."""
        left(self, "tolist()")
        return self.array.tolist()

    def numpy(self, *, force: "_bool" = False) -> np.ndarray[Any, Any]:
        """The NumPy array that shares this tensor's memory; with ``force``, detached and brought to the host
        first."""
        left(self, "numpy()")
        if force:
            memory.lend(self.array, may_be_saved=True)
            return move(self.array, CPU)  # type: ignore[no-any-return]  # a host array
        if self._present_node() is not None:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead."
            )
        if not isinstance(self.array, np.ndarray):
            where = device_of(self.array)
            raise TypeError(
                f"can't convert {where} device type tensor to numpy. Use Tensor.cpu() to copy the "
                "tensor to host memory first."
            )
        memory.lend(self.array, may_be_saved=True)
        return self.array

    def __dlpack__(
        self, *, stream: Any = None, max_version: Any = None, dl_device: Any = None, copy: Any = None
    ) -> Any:
        """Its memory for another library's ``from_dlpack``, without a copy."""
        return conversion.dlpack(self, stream=stream, max_version=max_version, dl_device=dl_device, copy=copy)

    def __dlpack_device__(self) -> tuple["_int", "_int"]:
        """Where its memory is, in DLPack's numbers."""
        return conversion.dlpack_device(self)

    # copies

    def clone(self) -> Any:
        """A copy in fresh memory, through which gradients flow."""
        return conversion.clone(self)

    def contiguous(self) -> Any:
        """This tensor if its elements lie in order, else a copy."""
        return self if self.array.flags.c_contiguous else conversion.contiguous(self)

    def is_contiguous(self) -> "_bool":
        """Whether the elements lie in memory in the order of the indices."""
        return _bool(self.array.flags.c_contiguous)

    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: Any = None,
        copy: "_bool" = False,
        non_blocking: "_bool" = False,
    ) -> Any:
        """In another dtype or on another device: ``to(dtype)``, ``to(device)``, ``to(device, dtype)``,
        ``to(other)``."""
        kind, place, copied = conversion.target_of(args, dtype, device, copy)
        flags = [arg for arg in args if arg is True or arg is False]
        return conversion.to(self, kind, place, copied, non_blocking or flags[:1] == [True])

    def cpu(self) -> Any:
        """In the host's memory."""
        return conversion.to(self, None, "cpu")

    def cuda(self, device: Any = None, non_blocking: "_bool" = False) -> Any:
        """In a GPU's memory."""
        return conversion.to(self, None, "cuda" if device is None else device, non_blocking=non_blocking)

    def pin_memory(self) -> Any:
        """A copy in host memory that a GPU can reach by itself, for copies in the background; itself where it
        is there already."""
        return self if is_pinned(self.array) else self._lift(pin(move(self.array, CPU)), None)

    def is_pinned(self) -> "_bool":
        """Whether it is in host memory that a GPU can reach by itself."""
        return is_pinned(self.array)

    def type(self, dtype: Any = None) -> Any:
        """In ``dtype``; without it the name of the type, such as "torch.FloatTensor"."""
        return (
            conversion.type_name(from_numpy_dtype(self.array.dtype))
            if dtype is None
            else conversion.as_type(self, dtype)
        )

    def type_as(self, other: Any) -> Any:
        """In the dtype of ``other``."""
        return conversion.to_dtype(self, other.array.dtype)

    def half(self) -> Any:
        """As float16."""
        return conversion.to_dtype(self, "float16")

    def float(self) -> Any:
        """As float32."""
        return conversion.to_dtype(self, "float32")

    def double(self) -> Any:
        """As float64."""
        return conversion.to_dtype(self, "float64")

    def byte(self) -> Any:
        """As uint8."""
        return conversion.to_dtype(self, "uint8")

    def char(self) -> Any:
        """As int8."""
        return conversion.to_dtype(self, "int8")

    def short(self) -> Any:
        """As int16."""
        return conversion.to_dtype(self, "int16")

    def int(self) -> Any:
        """As int32."""
        return conversion.to_dtype(self, "int32")

    def long(self) -> Any:
        """As int64."""
        return conversion.to_dtype(self, "int64")

    def bool(self) -> Any:
        """As booleans: whether each element is not zero."""
        return conversion.to_dtype(self, "bool")

    # what it is

    def size(self, dim: Any = None) -> Any:
        """The shape, or the size of one dimension."""
        shape = Size(self.array.shape)
        return shape if dim is None else shape[wrap_dim(dim, len(shape))]

    def dim(self) -> "_int":
        """The number of dimensions."""
        return _int(self.array.ndim)

    def ndimension(self) -> "_int":
        """The number of dimensions."""
        return _int(self.array.ndim)

    def numel(self) -> "_int":
        """The number of elements."""
        return _int(self.array.size)

    def nelement(self) -> "_int":
        """The number of elements."""
        return _int(self.array.size)

    def element_size(self) -> "_int":
        """Bytes per element."""
        return _int(self.array.itemsize)

    @property
    def itemsize(self) -> "_int":
        """Bytes per element."""
        return _int(self.array.itemsize)

    @property
    def nbytes(self) -> "_int":
        """Bytes of all elements."""
        return _int(self.array.nbytes)

    def stride(self, dim: Any = None) -> Any:
        """The steps in memory, counted in elements, from one index to the next along each dimension, or along
        one."""
        steps = tuple(step // self.array.itemsize for step in self.array.strides)
        return steps if dim is None else steps[wrap_dim(dim, len(steps))]

    def data_ptr(self) -> "_int":
        """The address of the first element."""
        return _int(self.array.ctypes.data if isinstance(self.array, np.ndarray) else self.array.data.ptr)

    def is_floating_point(self) -> "_bool":
        """Whether the elements are floating-point numbers."""
        return _bool(self.array.dtype.kind == "f")

    def is_complex(self) -> "_bool":
        """Always False: this engine is for real numbers."""
        return False

    def is_nonzero(self) -> "_bool":
        """Whether the one element is not zero."""
        return conversion.is_nonzero(self)

    def is_same_size(self, other: Any) -> "_bool":
        """Whether both have the same shape."""
        return conversion.is_same_size(self, other)

    def is_signed(self) -> "_bool":
        """Whether the dtype has negative numbers."""
        return _bool(self.array.dtype.kind in "fi")

    @property
    def is_cuda(self) -> "_bool":
        """Whether it is in a GPU's memory."""
        return device_of(self.array).type == "cuda"

    @property
    def is_cpu(self) -> "_bool":
        """Whether it is in the host's memory."""
        return not self.is_cuda

    def get_device(self) -> "_int":
        """The number of the GPU it is on; -1 on the host."""
        index = device_of(self.array).index
        return -1 if index is None else index

    # Python's protocols

    def _single(self) -> Any:
        if self.array.size != 1:
            raise ValueError(
                "only one element tensors can be converted to Python scalars, not one with "
                f"{self.array.size} elements"
            )
        return self.array.item()

    def __bool__(self) -> "_bool":
        if self.array.size != 1:
            many = "more than one value" if self.array.size else "no values"
            raise RuntimeError(f"Boolean value of Tensor with {many} is ambiguous; ask .any() or .all()")
        return _bool(self.array.item())

    def __float__(self) -> "_float":
        return _float(self._single())

    def __int__(self) -> "_int":
        return _int(self._single())

    def __complex__(self) -> complex:
        return complex(self._single())

    def __index__(self) -> "_int":
        if self.array.dtype.kind not in "iub" or self.array.size != 1:
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return _int(self.array.item())

    def __format__(self, spec: str) -> str:
        if self.array.ndim == 0:
            return format(self.array.item(), spec)
        return object.__format__(self, spec)
