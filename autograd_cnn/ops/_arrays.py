"""The array library an array belongs to. Most forwards need not ask: CuPy arrays answer NumPy functions by
themselves."""

import functools
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np


def common_dtype(*operands):
    """The dtype of the first operand that is an array; Python's numbers have none."""
    for operand in operands:
        if hasattr(operand, "dtype"):
            return operand.dtype
    kinds = " and ".join(type(operand).__name__ for operand in operands)
    raise TypeError(f"one of the operands must be a Tensor, but got {kinds}; use tensor(...) to make one")


def array_module(*arrays: Any) -> ModuleType:
    """Return ``cupy`` if any of ``arrays`` is a CuPy array, else ``numpy``. Never imports CuPy: an array of
    it has done so."""
    cupy = sys.modules.get("cupy")
    if cupy is not None and any(isinstance(a, cupy.ndarray) for a in arrays):
        return cupy
    return np


def in_rows(forward: Callable[..., Any]) -> Callable[..., Any]:
    """``forward`` with a result that lies in rows, as PyTorch's does, however its operands lie: ``view`` can
    show it in any shape. Images may stay channels last, which ``view`` lays in rows itself."""

    @functools.wraps(forward)
    def run(*operands: Any, **parameters: Any) -> Any:
        return laid_in_rows(forward(*operands, **parameters))

    return run


def laid_in_rows(out: Any) -> Any:
    """``out``, copied into rows where it lies otherwise and is no image with its channels last."""
    if out.ndim < 2 or out.flags.c_contiguous:
        return out
    if out.ndim in (4, 5) and out.transpose(0, *range(2, out.ndim), 1).flags.c_contiguous:
        return out
    return array_module(out).ascontiguousarray(out)


def in_memory_order(*arrays: Any) -> list[Any] | None:
    """Views of arrays that lie in memory alike and without gaps, with their axes in the order of memory; else
    None."""
    first = arrays[0]
    if any(a.strides != first.strides for a in arrays):
        return None
    order = sorted(range(first.ndim), key=lambda axis: -first.strides[axis])
    turned = [a.transpose(order) for a in arrays]
    return turned if turned[0].flags.c_contiguous else None


def unit_vector(like: Any, element: int) -> Any:
    """Zeros of the shape, dtype and device of ``like``, and 1 at ``element`` in the order of its indices."""
    flat = array_module(like).zeros_like(like, order="C", shape=(like.size,))
    flat[element] = 1
    return flat.reshape(like.shape)


def largest(x: Any, axis: Any) -> Any:
    """The maxima along ``axis``, which stays at size 1; -inf where there is nothing, for which CuPy's maximum
    has no word."""
    if type(x) is np.ndarray:
        return np.maximum.reduce(x, axis=axis, keepdims=True, initial=-np.inf)
    if not x.size:
        axes = normalize_axes(axis, x.ndim)
        return array_module(x).full([1 if i in axes else n for i, n in enumerate(x.shape)], -np.inf, x.dtype)
    return x.max(axis=axis, keepdims=True)


def normalize_axes(axis: int | tuple[int, ...] | None, ndim: int) -> tuple[int, ...]:
    """``axis`` as a tuple of axes in ``0..ndim-1``; None means all of them."""
    if axis is None:
        return tuple(range(ndim))
    axes = axis if isinstance(axis, tuple) else (axis,)
    return tuple(a + ndim if a < 0 else a for a in axes)
