"""What happens when a NumPy function meets a Tensor: it goes to the public function of that meaning, or it raises.

Nothing ever detaches silently.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._functions import contraction, elementwise, movement, reduction
from ._handle import Handle

UFUNCS: dict[Any, Callable[..., Any]] = {
    np.add: elementwise.add,
    np.subtract: elementwise.sub,
    np.multiply: elementwise.mul,
    np.divide: elementwise.div,
    np.power: elementwise.pow,
    np.negative: elementwise.neg,
    np.absolute: elementwise.abs,
    np.sign: elementwise.sign,
    np.exp: elementwise.exp,
    np.log: elementwise.log,
    np.sqrt: elementwise.sqrt,
    np.tanh: elementwise.tanh,
    np.maximum: elementwise.maximum,
    np.minimum: elementwise.minimum,
    np.equal: elementwise.eq,
    np.not_equal: elementwise.ne,
    np.less: elementwise.lt,
    np.less_equal: elementwise.le,
    np.greater: elementwise.gt,
    np.greater_equal: elementwise.ge,
    np.isnan: elementwise.isnan,
    np.isfinite: elementwise.isfinite,
    np.matmul: contraction.matmul,
}


def _sum(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduction.sum(a, axis, keepdims)


def _mean(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    return reduction.mean(a, axis, keepdims)


def _where(condition: Any, x: Any, y: Any) -> Any:
    return elementwise.where(condition, x, y)


def _concatenate(arrays: Any, axis: int = 0) -> Any:
    return movement.cat(list(arrays), axis)


def _stack(arrays: Any, axis: int = 0) -> Any:
    return movement.stack(list(arrays), axis)


def _reshape(a: Any, shape: Any) -> Any:
    return movement.reshape(a, shape)


def _transpose(a: Any, axes: Any = None) -> Any:
    return movement.permute(a, tuple(reversed(range(a.ndim))) if axes is None else tuple(axes))


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _sum,
    np.mean: _mean,
    np.where: _where,
    np.concatenate: _concatenate,
    np.stack: _stack,
    np.reshape: _reshape,
    np.transpose: _transpose,
}


class NumPyProtocol(Handle):
    """The part of a Tensor that NumPy's functions call."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        function = UFUNCS.get(ufunc)
        if function is None or method != "__call__" or options:
            how = f".{method}" if method != "__call__" else ""
            what = f"np.{ufunc.__name__}{how}({', '.join(options)})"
            raise TypeError(
                f"{what} has no gradient here; use the function of autograd_cnn with this meaning, or tensor.detach().numpy() to leave the graph"
            )
        return function(*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        mapped = FUNCTIONS.get(function)
        if mapped is None:
            raise TypeError(
                f"np.{function.__name__} has no gradient here; use the function of autograd_cnn with this meaning, or tensor.detach().numpy() to leave the graph"
            )
        return mapped(*args, **options)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        if self._node is not None:
            raise RuntimeError("np.asarray(tensor) would leave the graph silently: use tensor.detach().numpy()")
        if not isinstance(self.array, np.ndarray):
            raise TypeError("a tensor on a GPU does not turn into a NumPy array by itself; use tensor.cpu().numpy()")
        return np.array(self.array, dtype=dtype, copy=copy)
