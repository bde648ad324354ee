"""Making tensors of numbers that follow a rule: in steps, at equal distances, powers, ones on a diagonal."""

import math
import warnings
from typing import Any, SupportsIndex, overload

import numpy as np

from .._devices.device import DeviceLike
from .._engine.dtypes import DType, as_dtype
from .._engine.handle import Number, Operand
from .._engine.source import stacklevel
from .._functions._arguments import names_arguments
from .._functions._data import Array, inferred_dtype
from .._functions._dims import integer
from .._random.multiply_add import multiply_add
from .._tensor import Tensor
from .creation import finish, number_in, numpy_dtype

__all__ = ["arange", "eye", "linspace", "logspace", "range"]


@overload
def arange(
    end: Number | Operand,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
@overload
def arange(
    start: Number | Operand,
    end: Number | Operand,
    step: Number | Operand = 1,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor: ...
def arange(
    *bounds: Any,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
    **named: Any,
) -> Tensor:
    """``arange(end)`` or ``arange(start, end, step)``: start, start + step, ... below end; int64 where all
    are integers.

    Each number is computed in double precision and rounded once; PyTorch's vector code may differ in the last
    bit.
    """
    names = ("end",) if len(bounds) == 1 and "end" not in named else ("start", "end", "step")
    given = dict(zip(names, bounds, strict=False)) | named
    if "end" not in given or len(bounds) > 3 or not set(given) <= {"start", "end", "step"}:
        raise TypeError(f"arange takes end, or start, end and step, but got {bounds} and {named}")
    start, end, step = (
        number_in(given.get(name, default)) for name, default in (("start", 0), ("end", None), ("step", 1))
    )
    kind = (
        as_dtype(dtype).dtype if dtype is not None else inferred_dtype({type(v) for v in (start, end, step)})
    )
    kind = np.dtype(np.int64) if dtype is None and kind.kind != "f" else kind
    if step != 0 and kind.kind != "f" and int(step) == 0:
        raise ValueError(f"step must be nonzero: {step} is 0 in {kind}")
    if step == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(start) and math.isfinite(end)):
        raise RuntimeError(f"unsupported range: {start} -> {end}")
    if kind == np.int64:
        start, end, step = int(start), int(end), int(step)
    if (end - start) * step < 0:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign: from {start} to {end} by {step}"
        )
    whole = all(isinstance(v, int) for v in (start, end, step))
    count = -((start - end) // step) if whole else math.ceil((end - start) / step)
    if kind.kind != "f":
        start, step = int(start), int(step)
    values = start + np.arange(count, dtype=np.float64 if kind.kind == "f" else np.int64) * step
    return finish(values.astype(kind), device, requires_grad)


def range(
    start: Number | Operand = 0,
    end: Number | Operand | None = None,
    step: Number | Operand = 1,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """PyTorch's older ``arange``: start, start + step, ... up to end, which is included; floats. Of an
    integer dtype the bounds and the step are cut to whole numbers first."""
    warnings.warn(
        "torch.range is deprecated and will be removed in a future release because its behavior is "
        "inconsistent with Python's range builtin. Instead, use torch.arange, which produces values in "
        "[start, end).",
        UserWarning,
        stacklevel=stacklevel(),
    )
    first, last, width = (
        (0, number_in(start), number_in(step)) if end is None else map(number_in, (start, end, step))
    )
    kind = numpy_dtype(dtype)
    if kind.kind != "f":
        first, last, width = int(first), int(last), int(width)
    if width == 0:
        raise RuntimeError("step must be nonzero")
    if not (math.isfinite(first) and math.isfinite(last)):
        raise RuntimeError(f"unsupported range: {first} -> {last}")
    if (last - first) * width < 0:
        raise RuntimeError(
            f"upper bound and lower bound inconsistent with step sign: {first} to {last} by {width}"
        )
    count = math.floor((last - first) / width) + 1
    values = first + np.arange(count, dtype=np.float64 if kind.kind == "f" else np.int64) * width
    return finish(values.astype(kind), device, requires_grad)


def linspace(
    start: Number | Operand,
    end: Number | Operand,
    steps: SupportsIndex,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` numbers from ``start`` to ``end`` at equal distances, both included."""
    return finish(_spaced(number_in(start), number_in(end), steps, numpy_dtype(dtype)), device, requires_grad)


def _spaced(start: Any, end: Any, count: SupportsIndex, kind: np.dtype[Any]) -> Array:
    """Each half counts from its own end, so that both ends are exact."""
    steps = count if type(count) is int else integer("steps", count)
    if steps < 0:
        raise RuntimeError(f"number of steps must be non-negative, not {steps}")
    if steps < 2:
        return np.full(steps, start, kind)
    working: Any = np.float32 if kind in (np.float32, np.float16) else np.float64
    start, end = (working(x) if kind.kind == "f" else working(int(x)) for x in (start, end))
    step = (end - start) / working(steps - 1)
    index: Array = np.arange(steps, dtype=working)
    from_start = multiply_add(index, step, start)
    from_end = multiply_add(working(steps - 1) - index, -step, end)
    return np.where(index < steps // 2, from_start, from_end).astype(kind)


def logspace(
    start: Number | Operand,
    end: Number | Operand,
    steps: SupportsIndex,
    base: float = 10.0,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """``steps`` powers of ``base``, from ``base**start`` to ``base**end``."""
    kind = numpy_dtype(dtype)
    first, last = number_in(start), number_in(end)
    if kind.kind != "f" and steps != 1:  # of the only one the exponent may be no whole number
        first, last = int(first), int(last)
    exponents = _spaced(first, last, steps, np.dtype(np.float64))
    return finish(np.power(float(base), exponents).astype(kind), device, requires_grad)


@names_arguments
def eye(
    n: SupportsIndex,
    m: SupportsIndex | None = None,
    *,
    dtype: DType | None = None,
    device: DeviceLike | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """The ``n`` x ``m`` matrix with ones on its diagonal."""
    rows: Any = n
    columns: Any = n if m is None else m
    for name, size in (("n", rows), ("m", columns)):
        if size < 0:
            raise RuntimeError(f"{name} must be greater or equal to 0, got {size}")
        if type(size) is not int:
            integer(name, size)
    return finish(np.eye(int(rows), int(columns), dtype=numpy_dtype(dtype)), device, requires_grad)
