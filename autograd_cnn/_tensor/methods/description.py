"""What a tensor is, as methods: its sizes, its memory, its dtype, its device."""

from typing import Final, NoReturn

from ..._engine.dtypes import dtype, from_numpy_dtype
from ..._engine.handle import Handle, T
from ..._engine.memory_format import layout, strided
from ..._engine.node import Leaf
from ..._functions.description import *
from ..._functions.description import (
    const_data_ptr,
    data_ptr,
    dim,
    dim_order,
    element_size,
    get_device,
    is_complex,
    is_contiguous,
    is_pinned,
    size,
    storage_offset,
    stride,
)

ANY_GRAD_DTYPE: Final = "_any_grad_dtype"
"""The attribute of a leaf whose gradient may have any dtype."""


class DescriptionMethods(Handle[T]):
    """Its sizes, its memory, its dtype, its device."""

    __slots__ = ()

    const_data_ptr = const_data_ptr
    data_ptr = data_ptr
    dim = dim
    dim_order = dim_order
    element_size = element_size
    get_device = get_device
    is_complex = is_complex
    is_contiguous = is_contiguous
    is_floating_point = is_floating_point
    is_nonzero = is_nonzero
    is_pinned = is_pinned
    is_same_size = is_same_size
    is_signed = is_signed
    ndimension = dim
    nelement = numel
    numel = numel
    size = size
    storage_offset = storage_offset
    stride = stride

    is_hpu = is_ipu = is_maia = is_meta = is_mkldnn = is_mps = is_mtia = is_nested = is_quantized = False
    is_sparse = is_sparse_csr = is_vulkan = is_xla = is_xpu = False
    name: str | None = None

    def is_conj(self) -> bool:
        """Always False: this engine is for real numbers."""
        return False

    def is_neg(self) -> bool:
        """Always False: no tensor here waits to be negated."""
        return False

    def is_distributed(self) -> bool:
        """Always False."""
        return False

    @property
    def imag(self) -> NoReturn:
        """RuntimeError: there are real numbers only."""
        raise RuntimeError("imag is not implemented for tensors with non-complex dtypes.")

    @property
    def layout(self) -> layout:
        """How it keeps its elements: dense, by strides."""
        return strided

    @property
    def itemsize(self) -> int:
        """Bytes per element."""
        return self.array.itemsize

    @property
    def nbytes(self) -> int:
        """Bytes of all elements."""
        return self.array.nbytes

    @property
    def is_cuda(self) -> bool:
        """Whether it is in a GPU's memory."""
        return self.device.type == "cuda"

    @property
    def is_cpu(self) -> bool:
        """Whether it is in the host's memory."""
        return not self.is_cuda

    @property
    def grad_dtype(self) -> dtype | None:
        """The dtype of its gradient: its own, or None where a gradient of any dtype may be assigned.
        RuntimeError where it is no leaf."""
        if not isinstance(self._present_node(), Leaf | None):
            raise RuntimeError("grad_dtype can only be accessed on leaf tensors.")
        if vars(self).get(ANY_GRAD_DTYPE):
            return None
        return from_numpy_dtype(self.array.dtype)

    @grad_dtype.setter
    def grad_dtype(self, value: dtype | None) -> None:
        if not isinstance(self._present_node(), Leaf | None):
            raise RuntimeError("grad_dtype can only be set on leaf tensors.")
        if value is not None and value != from_numpy_dtype(self.array.dtype):
            raise RuntimeError(
                f"grad_dtype: a gradient has the dtype of its tensor, not {value!r}; convert it in a hook"
            )
        if value is None:
            vars(self)[ANY_GRAD_DTYPE] = True
        else:
            vars(self).pop(ANY_GRAD_DTYPE, None)
