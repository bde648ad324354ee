"""Leaving the Tensor for Python or NumPy, and changing dtype or device."""

from typing import Any

import numpy as np

from .._dtype import as_dtype, device, device_of
from .._functions import conversion
from .._handle import Handle
from .._transfer import move


class ConversionMethods(Handle):
    """Methods that convert."""

    __slots__ = ()

    def item(self) -> Any:
        """The Python number in a tensor of one element."""
        if self.array.size != 1:
            raise RuntimeError(f"a Tensor with {self.array.size} elements cannot be converted to Scalar")
        return self.array.item()

    def tolist(self) -> Any:
        """Nested lists of Python numbers."""
        return self.array.tolist()

    def numpy(self, *, force: bool = False) -> np.ndarray[Any, Any]:
        """The NumPy array that shares this tensor's memory."""
        if self._node is not None and not force:
            raise RuntimeError("Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.")
        if not isinstance(self.array, np.ndarray):
            if not force:
                raise TypeError(f"can't convert {device_of(self.array)} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.")
            return move(self.array, device("cpu"))
        return self.array

    def clone(self) -> Any:
        """A copy in fresh memory, through which gradients flow."""
        return conversion.clone(self)

    def contiguous(self) -> Any:
        """This tensor if its elements lie in order, else a copy."""
        return self if self.array.flags.c_contiguous else conversion.contiguous(self)

    def is_contiguous(self) -> bool:
        """Whether the elements lie in memory in the order of the indices."""
        return bool(self.array.flags.c_contiguous)

    def to(self, *args: Any, dtype: Any = None, device: Any = None, copy: bool = False, non_blocking: bool = False) -> Any:
        """In another dtype or on another device: ``to(dtype)``, ``to(device)``, ``to(device, dtype)``, ``to(other)``."""
        for arg in args:
            if isinstance(arg, Handle):
                dtype, device = arg.array.dtype, device_of(arg.array)
            elif isinstance(arg, (str, int)) or type(arg).__name__ == "device":
                device = arg
            elif not isinstance(arg, bool):
                dtype = arg
        return conversion.to(self, None if dtype is None else as_dtype(dtype), device, copy)

    def type_as(self, other: Any) -> Any:
        """In the dtype of ``other``."""
        return conversion.to_dtype(self, other.array.dtype)

    def cpu(self) -> Any:
        """In the host's memory."""
        return conversion.to(self, None, "cpu")

    def cuda(self, device: Any = None) -> Any:
        """In a GPU's memory."""
        return conversion.to(self, None, "cuda" if device is None else device)

    def float(self) -> Any:
        """As float32."""
        return conversion.to_dtype(self, "float32")

    def double(self) -> Any:
        """As float64."""
        return conversion.to_dtype(self, "float64")

    def half(self) -> Any:
        """As float16."""
        return conversion.to_dtype(self, "float16")

    def long(self) -> Any:
        """As int64."""
        return conversion.to_dtype(self, "int64")

    def int(self) -> Any:
        """As int32."""
        return conversion.to_dtype(self, "int32")

    def bool(self) -> Any:
        """As booleans."""
        return conversion.to_dtype(self, "bool")

    def size(self, dim: Any = None) -> Any:
        """The shape, or the size of one dimension."""
        return self.shape if dim is None else self.shape[dim]  # type: ignore[attr-defined]  # the Tensor has it

    def dim(self) -> Any:
        """The number of dimensions."""
        return self.array.ndim

    def numel(self) -> Any:
        """The number of elements."""
        return self.array.size

    def element_size(self) -> Any:
        """Bytes per element."""
        return self.array.itemsize

    def is_floating_point(self) -> Any:
        """Whether the elements are floating-point numbers."""
        return self.array.dtype.kind == "f"

    def __bool__(self) -> Any:
        if self.array.size != 1:
            raise RuntimeError("Boolean value of Tensor with more than one value is ambiguous" if self.array.size else "Boolean value of Tensor with no values is ambiguous")
        return bool(self.array.item())

    def __float__(self) -> Any:
        return float(self.item())

    def __int__(self) -> Any:
        return int(self.item())

    def __index__(self) -> Any:
        if self.array.dtype.kind not in "iub":
            raise TypeError("only integer tensors of a single element can be converted to an index")
        return int(self.item())

    def __format__(self, spec: str) -> str:
        return format(self.item(), spec) if self.array.ndim == 0 and spec else format(repr(self) if not spec else str(self), spec)
