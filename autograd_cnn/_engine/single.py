"""Functions of several operators that compute in float32 where they are given halves, and round once, at the
end: what stands between the operators, such as the squares of a variance, is never rounded. Of single
operators ``ops._half`` takes care.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np

from ..ops import cast
from ..ops._half import HALF, SINGLE, Half
from . import memory
from .handle import Handle
from .operands import result_dtype

F = TypeVar("F", bound=Callable[..., Any])


def _halves(value: Any) -> bool:
    if isinstance(value, Handle):
        return bool(value.array.dtype == HALF)
    return type(value) in (tuple, list) and any(map(_halves, value))


def takes_halves(half: Half, args: Sequence[Any], options: dict[str, Any]) -> bool:
    """Whether a function declared ``half`` is to compute these arguments in float32."""
    for value in (*args, *options.values()) if options else args:
        if (isinstance(value, Handle) or type(value) in (tuple, list)) and _halves(value):
            return half == "single" or (
                half == "kernels" and isinstance(getattr(value, "array", None), np.ndarray)
            )
    return False


def call_in_single(
    function: Callable[..., Any], args: Sequence[Any], options: dict[str, Any], writes: Sequence[str] = ()
) -> Any:
    """``function`` of halves, in float32 and rounded; beside wider tensors the result is as wide.

    What it would write into its first argument (``inplace``) or into ``out`` is rounded into those; the
    arguments named in ``writes``, whose memory it changes, are written too.
    """
    try:
        given = _signature(function).bind(*args, **options)
    except TypeError:
        return function(*args, **options)  # which says what is wrong
    arguments = given.arguments
    target = arguments.get("out")
    if arguments.get("inplace"):
        target = next(iter(arguments.values()))
    before = dict(arguments)
    arguments.update({name: _widened(value) for name, value in arguments.items()})
    arguments.update({name: nothing for name, nothing in (("out", None), ("inplace", False)) if name in before})
    result = function(*given.args, **given.kwargs)
    for name in writes:
        tensor = before.get(name)
        if tensor is not None and tensor.array.dtype == HALF:
            tensor.array[...] = arguments[name].array
            memory.wrote(tensor.array)
    kinds = [value.array for value in _tensors(before.values()) if value.array.dtype.kind == "f"]
    if result_dtype(kinds) == HALF:
        result = _rounded(result)
    return result if target is None else target._overwrite(result)


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _tensors(values: Any) -> list[Handle[Any]]:
    found = []
    for value in values:
        if isinstance(value, Handle):
            found.append(value)
        elif type(value) in (tuple, list):
            found += _tensors(value)
    return found


def _widened(value: Any) -> Any:
    if isinstance(value, Handle):
        return cast(value, dtype=SINGLE) if value.array.dtype == HALF else value
    return type(value)(map(_widened, value)) if type(value) in (tuple, list) and _halves(value) else value


def _rounded(value: Any) -> Any:
    if isinstance(value, Handle):
        return cast(value, dtype=HALF) if value.array.dtype == SINGLE else value
    if isinstance(value, (tuple, list)):
        parts = map(_rounded, value)
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


def in_single(function: F) -> F:
    """Let ``function``, of tensors, compute halves in float32."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        if takes_halves("single", args, options):
            return call_in_single(function, args, options)
        return function(*args, **options)

    return called  # type: ignore[return-value]  # functools.wraps keeps the signature
