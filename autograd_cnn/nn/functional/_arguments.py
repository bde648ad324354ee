"""What the functions of convolution, pooling and loss share in reading their arguments."""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np

from ... import ops
from ..._engine.dtypes import get_default_dtype
from ..._engine.operands import result_dtype
from ..._engine.single import in_single
from ..._engine.source import stacklevel
from ..._functions._dims import integer
from ..._functions.conversion import to_dtype
from ..._tensor import Tensor
from ...ops._errors import scalar_type

Sizes = int | Sequence[int]


def floating(name: str, input: Tensor, *others: str) -> Tensor:
    """``input``, which must be of a floating-point type, or of one of the ``others``, by NumPy's names:
    results of integers would be cut off to integers."""
    dtype = input.array.dtype
    if dtype.kind != "f" and dtype.name not in others:
        raise NotImplementedError(
            f"\"{name}\" not implemented for '{scalar_type(dtype)}' ({input.dtype!r}); "
            "convert the input with .float()"
        )
    return input


def difference(name: str, input: Tensor, target: Tensor) -> Tensor:
    """``input`` - ``target``, which must be of a floating-point type; truth values count as 0 and 1."""
    if "b" in (input.array.dtype.kind, target.array.dtype.kind):
        common = result_dtype([input.array, target.array])
        input, target = (floating(name, to_dtype(x, common)) for x in (input, target))
    return floating(name, input - target)


def per_axis(name: str, value: Sizes, axes: int, *, least: int | None = 1) -> tuple[int, ...]:
    """One integer for each spatial axis: an int stands for all of them. None of them is below ``least``."""
    if type(value) is int and (least is None or value >= least):
        return (value,) * axes
    given = value if isinstance(value, (tuple, list)) else (value,)
    numbers = tuple([n if type(n) is int else integer(name, n) for n in given])
    if len(numbers) == 1:
        numbers *= axes
    if len(numbers) != axes:
        raise RuntimeError(
            f"expected {name} to be a single integer value or a list of {axes} values, but got "
            f"{name}={list(numbers)}"
        )
    if least is not None and any(n < least for n in numbers):
        raise RuntimeError(
            f"{_refusal(name, least)}: got {name}={list(numbers)}, each must be at least {least}"
        )
    return numbers


def _refusal(name: str, least: int) -> str:
    """PyTorch's words for a number that is too small."""
    if least == 0:
        return f"negative {name} is not supported"
    if name == "dilation":
        return "dilation should be greater than zero"
    return f"non-positive {name} is not supported"


def only_batches_empty(input: Tensor, axes: int) -> None:
    """RuntimeError where any size of (N, C, *spatial) or (C, *spatial) is 0, but for N."""
    shape = input.array.shape
    if 0 in shape[len(shape) - axes - 1 :]:
        raise RuntimeError(
            f"Expected {axes + 1}D or {axes + 2}D (batch mode) tensor with optional 0 dim batch size for "
            f"input, but got:{list(shape)}: channels and spatial sizes must be at least 1"
        )


def batched(function: str, input: Tensor, axes: int) -> tuple[Tensor, bool]:
    """``input`` with a batch axis, and whether it had one: (N, C, *spatial) or (C, *spatial)."""
    ndim = input.array.ndim
    if ndim == axes + 2:
        return input, True
    if ndim == axes + 1:
        return ops.reshape(input, shape=(1, *input.array.shape)), False
    raise RuntimeError(
        f"Expected {axes + 1}D (unbatched) or {axes + 2}D (batched) input to {function}, but got "
        f"input of size: {list(input.shape)}"
    )


def unbatched(output: Tensor, was_batched: bool) -> Tensor:
    """``output`` without the batch axis that :func:`batched` added."""
    return output if was_batched else ops.reshape(output, shape=output.array.shape[1:])


def padded(input: Tensor, widths: Sequence[tuple[int, int]]) -> Tensor:
    """``input`` with zeros (before, after) around each spatial axis; itself where there are none."""
    if not any(map(any, widths)):
        return input
    return ops.pad(input, widths=((0, 0), (0, 0), *widths))


def legacy_reduction(size_average: bool | None, reduce: bool | None, reduction: str) -> str:
    """``reduction``, or what PyTorch's two older arguments stand for."""
    if size_average is not None or reduce is not None:
        reduction = "none" if reduce is False else "sum" if size_average is False else "mean"
        warnings.warn(
            f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
            UserWarning,
            stacklevel=stacklevel(),
        )
    return reduction


def in_floats(input: Tensor) -> Tensor:
    """``input``; integers and truth values in the default dtype."""
    return input if input.array.dtype.kind == "f" else to_dtype(input, get_default_dtype())


def reduced(losses: Tensor, reduction: str) -> Tensor:
    """``losses`` as they are, their sum or their mean."""
    if reduction == "none":
        return losses
    if reduction == "mean":
        if losses.array.dtype.kind != "f":
            raise RuntimeError(
                f"mean(): could not infer output dtype. Input dtype must be floating point, got "
                f"{losses.dtype!r}; convert the input with .float()"
            )
        return ops.mean(losses)
    if reduction == "sum":
        return ops.sum(losses if losses.array.dtype.kind == "f" else to_dtype(losses, np.int64))
    raise ValueError(f"{reduction} is not a valid value for reduction; use 'none', 'mean' or 'sum'")


def in_dtype_of_input(losses: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let ``losses(input, target, *options)``, of elements, be reduced by ``reduction``, in the dtype of
    ``input`` (and of ``weight``, by which they are multiplied before).

    Halves are computed in float32 and rounded once, after the reduction. RuntimeError where floating-point
    losses would be cut off to the integers that ``input`` holds.
    """

    @in_single
    def loss(input: Tensor, target: Tensor, weight: Tensor | None, reduction: str, *options: Any) -> Tensor:
        elements = losses(input, target, *options)
        kept = input.array.dtype
        if elements.array.dtype.kind == "f" and kept.kind != "f":
            raise RuntimeError(
                f"{losses.__name__.strip('_')}: result type {scalar_type(elements.array.dtype)} can't be "
                f"cast to the desired output type {scalar_type(kept)}; convert the input with .float()"
            )
        return reduced(elements if weight is None else elements * weight, reduction)

    @functools.wraps(losses)
    def called(
        input: Tensor, target: Tensor, *options: Any, reduction: str, weight: Tensor | None = None
    ) -> Tensor:
        found = loss(input, target, weight, reduction, *options)
        if found.array.dtype.kind != "f":
            return found
        deciding = [input.array] if weight is None else [input.array, weight.array]
        return to_dtype(found, result_dtype(deciding))

    return called


def refuse_backward(output: Tensor, why: str) -> None:
    """Let a backward pass that comes to the operator of ``output`` raise RuntimeError."""

    def refuse(_: object) -> NoReturn:
        raise RuntimeError(why)

    if output.grad_fn is not None:
        output.grad_fn.register_prehook(refuse)
