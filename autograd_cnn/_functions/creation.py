"""Making tensors."""

from typing import Any

import numpy as np

from .._dtype import as_dtype, from_numpy_dtype, get_default_dtype
from .._dtype import device as make_device
from .._handle import Handle
from .._tensor import Tensor
from .._transfer import move
from ._dims import sizes


def tensor(data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A new tensor with a copy of ``data``: numbers, nested lists, arrays or tensors. Floats get the default dtype."""
    if isinstance(data, Handle):
        data = data.array
    if hasattr(data, "dtype") and hasattr(data, "shape"):
        array = data.astype(as_dtype(data.dtype if dtype is None else dtype).dtype, copy=True)
    else:
        array = np.array(_plain(data))
        if dtype is not None:
            array = array.astype(as_dtype(dtype).dtype)
        elif array.dtype.kind == "f" or array.size == 0:
            array = array.astype(get_default_dtype().dtype)
        else:
            from_numpy_dtype(array.dtype)
    if device is not None:
        array = move(np.asarray(array), make_device(device))
    return Tensor(np.asarray(array) if isinstance(array, np.generic) else array, requires_grad)


def _plain(data: Any) -> Any:
    """Nested lists without tensors in them."""
    if isinstance(data, (list, tuple)):
        return [_plain(part) for part in data]
    return data.item() if isinstance(data, Handle) and data.array.ndim == 0 else data.array if isinstance(data, Handle) else data


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """A tensor that shares memory with ``data`` where it can."""
    if isinstance(data, Tensor):
        return data.to(dtype=dtype, device=device)  # type: ignore[no-any-return]
    if isinstance(data, np.ndarray) and (dtype is None or as_dtype(dtype).dtype == data.dtype) and device is None:
        return from_numpy(data)
    return tensor(data, dtype=dtype, device=device)


def from_numpy(ndarray: np.ndarray[Any, Any]) -> Tensor:
    """A tensor that shares the memory of ``ndarray``."""
    if not isinstance(ndarray, np.ndarray):
        raise TypeError(f"expected np.ndarray (got {type(ndarray).__name__})")
    from_numpy_dtype(ndarray.dtype)
    return Tensor(ndarray)


def _filled(array: Any, dtype: Any, device: Any, requires_grad: bool) -> Tensor:
    array = array.astype(as_dtype(dtype).dtype, copy=False) if dtype is not None else array
    return Tensor(array if device is None else move(array, make_device(device)), requires_grad)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of zeros."""
    shape = sizes(size[0], size[1:]) if size else ()
    return _filled(np.zeros(shape, as_dtype(dtype or get_default_dtype()).dtype), None, device, requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A tensor of ones."""
    shape = sizes(size[0], size[1:]) if size else ()
    return _filled(np.ones(shape, as_dtype(dtype or get_default_dtype()).dtype), None, device, requires_grad)


def zeros_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape, dtype and device of ``input``."""
    return _filled(np.zeros_like(input.array), dtype, device, requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape, dtype and device of ``input``."""
    return _filled(np.ones_like(input.array), dtype, device, requires_grad)
