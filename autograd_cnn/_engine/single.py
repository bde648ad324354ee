"""Functions of several operators that compute in float32 where they are given halves, and round once, at the
end: what stands between the operators, such as the squares of a variance, is never rounded. Of single
operators ``ops._half`` takes care.
"""

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar, overload

import numpy as np

from ..ops import cast
from ..ops._half import HALF, SINGLE, Half
from . import memory
from .handle import Handle
from .operands import result_dtype

F = TypeVar("F", bound=Callable[..., Any])


def _first_half(values: Iterable[Any]) -> Handle[Any] | None:
    """The first tensor of half precision among the arguments and in sequences of them."""
    for value in values:
        if isinstance(value, Handle):
            if value.array.dtype == HALF:
                return value
        elif isinstance(value, (tuple, list)) and (found := _first_half(value)) is not None:
            return found
    return None


def takes_halves(half: Half, args: Sequence[Any], options: dict[str, Any]) -> bool:
    """Whether a function declared ``half`` is to compute these arguments in float32."""
    found = _first_half((*args, *options.values()) if options else args)
    return found is not None and (half == "single" or isinstance(found.array, np.ndarray))


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
    arguments.update({name: _mapped(_widened, value) for name, value in arguments.items()})
    arguments.update(
        {name: nothing for name, nothing in (("out", None), ("inplace", False)) if name in before}
    )
    began = memory.epoch
    result = function(*given.args, **given.kwargs)
    for name in writes:
        tensor = before.get(name)
        if tensor is not None and memory.written_since(arguments[name].array, began) is not None:
            memory.settle(tensor.array)
            tensor.array[...] = arguments[name].array
            memory.wrote(tensor.array)
    kinds = [value.array for value in _tensors(before.values()) if value.array.dtype.kind == "f"]
    if result_dtype(kinds) == HALF:
        result = _mapped(_rounded, result)
    return result if target is None else target._overwrite(result)


@functools.cache
def _signature(function: Callable[..., Any]) -> inspect.Signature:
    return inspect.signature(function)


def _tensors(values: Iterable[Any]) -> Iterator[Handle[Any]]:
    for value in values:
        if isinstance(value, Handle):
            yield value
        elif isinstance(value, (tuple, list)):
            yield from _tensors(value)


def _mapped(change: Callable[[Handle[Any]], Any], value: Any) -> Any:
    """``value`` with the tensors changed that it is, or that stand in its sequences."""
    if isinstance(value, Handle):
        return change(value)
    if isinstance(value, (tuple, list)):
        parts = [_mapped(change, part) for part in value]
        return type(value)(*parts) if hasattr(value, "_fields") else type(value)(parts)
    return value


def _widened(tensor: Handle[Any]) -> Any:
    return cast(tensor, dtype=SINGLE) if tensor.array.dtype == HALF else tensor


def _rounded(tensor: Handle[Any]) -> Any:
    return cast(tensor, dtype=HALF) if tensor.array.dtype == SINGLE else tensor


@overload
def in_single(function: F, /) -> F: ...
@overload
def in_single(*, half: Half) -> Callable[[F], F]: ...
def in_single(function: Callable[..., Any] | None = None, /, *, half: Half = "single") -> Any:
    """Let ``function``, of tensors and sequences of tensors, compute halves in float32; with
    ``half="kernels"`` on the host only."""
    if function is None:
        return lambda f: _computing(f, half)
    return _computing(function, half)


def _computing(function: F, half: Half) -> F:
    """See :func:`in_single`."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        if takes_halves(half, args, options):
            return call_in_single(function, args, options)
        return function(*args, **options)

    return called  # type: ignore[return-value]  # functools.wraps keeps the signature
