"""What a public function says of an argument that is no Tensor: its name, its place and its type, as PyTorch
does.

Functions ask an argument for its shape or its array without looking at its type first, for that would cost
every call. Where the argument has none, an AttributeError comes from inside; at the way out it becomes a
TypeError that names the argument. So does what Python and NumPy say where they cannot compare, iterate or
compute with it.
"""

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

F = TypeVar("F", bound=Callable[..., Any])

_INNER = (bool, int, float, complex, str, bytes, tuple, list, dict, set, range, np.ndarray, type(None))

_UNFIT = re.compile(
    "not supported between instances|unsupported operand|bad operand type|object is not|cannot "
    "unpack non-|^Cannot cast|could not convert|^can't multiply"
)
"""What Python and NumPy say of a value they cannot work with, mostly with the name of its type in quotes."""

UNFIT = (AttributeError, TypeError, ValueError)
"""The errors that :func:`wrong_argument` is to be asked about."""


def _unfit(given: dict[str, Any], function: Callable[..., Any], name: str, error: Exception) -> Exception:
    """The TypeError for the first argument that is neither a Tensor, nor a number, nor its default, and of a
    type that ``error`` names."""
    text = str(error)
    if not _UNFIT.search(text) or "argument" in text:
        return error
    parameters = inspect.signature(function).parameters
    for place, (parameter, value) in enumerate(given.items()):
        kind = type(value).__name__
        is_named = (
            f"'{kind}'" in text
            or f" {kind} object" in text
            or (kind == "str" and ("<U" in text or repr(value) in text))
        )
        if is_named and not hasattr(value, "_node") and value is not parameters[parameter].default:
            return TypeError(
                f"{name}(): argument '{parameter}' (position {place + 1}) must not be {kind}: {text}"
            )
    return error


def wrong_argument(
    function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], error: Exception
) -> Exception:
    """The TypeError for the argument of ``function`` that ``error`` came from; ``error`` itself where none
    did."""
    try:
        given = inspect.signature(function).bind(*args, **options).arguments
    except TypeError:
        return error
    name = function.__name__
    if name == "forward":  # of a module, which the user calls by its class
        name = type(given.pop("self")).__name__
    if not isinstance(error, AttributeError):
        return _unfit(given, function, name, error)
    for place, (parameter, value) in enumerate(given.items()):
        if value is error.obj:
            takes = "a number, or a tuple of them" if hasattr(value, "_node") else "Tensor"
            return TypeError(
                f"{name}(): argument '{parameter}' (position {place + 1}) must be {takes}, not "
                f"{type(value).__name__}"
            )
        if isinstance(value, (tuple, list)):
            for i, element in enumerate(value):
                if element is error.obj:
                    return TypeError(
                        f"{name}(): argument '{parameter}' (position {place + 1}) must be tuple of Tensors, "
                        f"but found element of type {type(element).__name__} at pos {i}"
                    )
    if isinstance(error.obj, _INNER):
        return TypeError(
            f"{name}(): expected a Tensor, but got {type(error.obj).__name__}; use tensor(...) to make one"
        )
    return error


def names_arguments(function: F) -> F:
    """Let ``function`` say which of its arguments is no Tensor."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except UNFIT as error:
            raise wrong_argument(function, args, options, error) from None

    return called  # type: ignore[return-value]  # functools.wraps keeps the signature
