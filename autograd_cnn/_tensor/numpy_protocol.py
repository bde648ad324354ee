"""What happens when a NumPy function meets a Tensor: it goes to the public function of that meaning, or it
raises.

Nothing ever detaches silently.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import ops
from .._engine import memory
from .._engine.handle import Handle, T
from .._engine.modes import state
from .._engine.operands import constant
from .._functions import (
    arithmetic,
    bounds,
    comparison,
    integers,
    movement,
    reduction,
    rounding,
    scan,
    special,
    statistics,
    trigonometric,
)
from . import numpy_arrays

UFUNCS: dict[np.ufunc, Callable[..., Any]] = {
    np.power: arithmetic.pow,
    np.fabs: arithmetic.abs,
    np.radians: arithmetic.deg2rad,
    np.degrees: arithmetic.rad2deg,
    np.equal: comparison.eq,
    np.rint: rounding.round,
    np.invert: integers.bitwise_not,
    np.left_shift: integers.bitwise_left_shift,
    np.right_shift: integers.bitwise_right_shift,
    np.maximum: ops.maximum,
    np.minimum: ops.minimum,
    np.fmax: ops.fmax,
    np.fmin: ops.fmin,
}
"""What NumPy calls by another name, or (the last four) lets a number stand in; every other ufunc is the
Tensor's method of its name."""


def _of_all(function: Callable[..., Any]) -> Callable[..., Any]:
    """NumPy's spelling of a reduction whose ``dim`` is one number, a tuple or None."""

    def reduce(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
        return function(a, axis, keepdims)

    return reduce


def _var(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return statistics.var(a, axis, None, keepdims, correction=ddof)


def _std(a: Any, axis: Any = None, *, ddof: float = 0, keepdims: bool = False) -> Any:
    return statistics.std(a, axis, None, keepdims, correction=ddof)


def _scan(scan_along: Callable[..., Any]) -> Callable[..., Any]:
    def scan_all(a: Any, axis: int | None = None) -> Any:
        return scan_along(movement.reshape(a, (-1,)) if axis is None else a, 0 if axis is None else axis)

    return scan_all


def _clip(a: Any, a_min: Any = None, a_max: Any = None, *, min: Any = None, max: Any = None) -> Any:
    return bounds.clamp(a, a_min if min is None else min, a_max if max is None else max)


def _round(a: Any, decimals: int = 0) -> Any:
    return rounding.round(a, decimals=decimals)


def _nan_to_num(x: Any, *, nan: float = 0.0, posinf: Any = None, neginf: Any = None) -> Any:
    return arithmetic.nan_to_num(x, nan, posinf, neginf)


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.sum: _of_all(reduction.sum),
    np.nansum: _of_all(reduction.nansum),
    np.mean: _of_all(reduction.mean),
    np.nanmean: _of_all(reduction.nanmean),
    np.prod: _of_all(reduction.prod),
    np.max: _of_all(reduction.amax),
    np.amax: _of_all(reduction.amax),
    np.min: _of_all(reduction.amin),
    np.amin: _of_all(reduction.amin),
    np.all: _of_all(reduction.all),
    np.any: _of_all(reduction.any),
    np.argmax: _of_all(reduction.argmax),
    np.argmin: _of_all(reduction.argmin),
    np.count_nonzero: reduction.count_nonzero,
    np.var: _var,
    np.std: _std,
    np.cumsum: _scan(scan.cumsum),
    np.cumprod: _scan(scan.cumprod),
    np.diff: scan.diff,
    np.trapezoid: scan.trapezoid,
    np.clip: _clip,
    np.round: _round,
    np.around: _round,
    np.sinc: trigonometric.sinc,
    np.i0: special.i0,
    np.nan_to_num: _nan_to_num,
    np.isclose: comparison.isclose,
    np.allclose: comparison.allclose,
    np.isposinf: comparison.isposinf,
    np.isneginf: comparison.isneginf,
    np.bincount: statistics.bincount,
    np.where: comparison.where,
    **numpy_arrays.FUNCTIONS,
}


def _wants_gradient(value: Any) -> bool:
    """Whether a tensor among the arguments of a function of NumPy's wants a gradient."""
    if isinstance(value, Handle):
        return value._present_node() is not None
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else ()
    return any(map(_wants_gradient, parts))


def _as_array(value: Any) -> Any:
    """Tensors as arrays, also in tuples and lists."""
    if isinstance(value, Handle):
        return np.asarray(value)
    return type(value)(map(_as_array, value)) if type(value) in (tuple, list) else value


class NumPyProtocol(Handle[T]):
    """The part of a Tensor that NumPy's functions call."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """What ``ufunc`` is of tensors: the method of its name, or what ``UFUNCS`` says."""
        name = ufunc.__name__
        function = UFUNCS.get(ufunc)
        if function is None and getattr(np, name, None) is ufunc:  # another library's may mean another thing
            function = getattr(type(self), name, None)
        if function is None or method != "__call__" or options:
            how = f".{method}" if method != "__call__" else ""
            what = f"np.{name}{how}({', '.join(options)})"
            raise TypeError(
                f"{what} has no gradient here; use the function of autograd_cnn with this meaning, or "
                "tensor.detach().numpy() to leave the graph"
            )
        return function(*self._as_tensors(inputs))

    def __cupy_override_elementwise_kernel__(self, kernel: Any, *inputs: Any, **options: Any) -> Any:
        """CuPy's way to ask, where its array stands left of a Tensor."""
        name = kernel.name.removeprefix("cupy_")
        return self.__array_ufunc__(getattr(np, name), "__call__", *inputs, **options)

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...], options: dict[str, Any]
    ) -> Any:
        """What ``function`` of NumPy's is of tensors, as ``FUNCTIONS`` says; any other takes tensors that
        want no gradient as arrays."""
        mapped = FUNCTIONS.get(function)
        if mapped is None and not _wants_gradient((args, options)):
            return function(*map(_as_array, args), **{name: _as_array(x) for name, x in options.items()})
        if mapped is None:
            raise TypeError(
                f"np.{function.__name__} has no gradient here; use the function of autograd_cnn with "
                "this meaning, or tensor.detach().numpy() to leave the graph"
            )
        return mapped(*self._as_tensors(args), **options)

    def _as_tensors(self, operands: tuple[Any, ...]) -> list[Any]:
        """Arrays beside a Tensor become constants, which their later writes do not reach: the public
        functions look at ``.array``."""
        return [
            self._lift(constant(x).copy(), None)
            if not isinstance(x, (Handle, np.generic)) and hasattr(x, "strides")
            else x
            for x in operands
        ]

    def __array__(self, dtype: np.dtype[Any] | None = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        if state.get().grad and self._present_node() is not None:
            raise RuntimeError(
                "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead: "
                "np.asarray(tensor) would leave the graph silently."
            )
        if not isinstance(self.array, np.ndarray):
            raise TypeError(
                "a tensor on a GPU does not turn into a NumPy array by itself; use tensor.cpu().numpy()"
            )
        made = np.array(self.array, dtype=dtype, copy=copy)
        if np.may_share_memory(made, self.array):
            memory.lend(self.array, may_be_saved=True)
        return made
