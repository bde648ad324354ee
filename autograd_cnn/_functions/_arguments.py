"""What a public function says of an argument that is no Tensor: its name, its place and its type, as PyTorch does.

Functions ask an argument for its shape or its array without looking at its type first, for that would cost every call. Where
the argument has none, an AttributeError comes from inside; at the way out it becomes a TypeError that names the argument.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

_INNER = (bool, int, float, complex, str, bytes, tuple, list, dict, set, range, type(None))


def wrong_argument(function: Callable[..., Any], args: tuple[Any, ...], options: dict[str, Any], error: AttributeError) -> Exception:
    """The TypeError for the argument of ``function`` that ``error`` came from; ``error`` itself where none did."""
    try:
        given = inspect.signature(function).bind(*args, **options).arguments
    except TypeError:
        return error
    name = function.__name__
    for place, (parameter, value) in enumerate(given.items()):
        if value is error.obj:
            takes = "a number, or a tuple of them" if hasattr(value, "_node") else "Tensor"
            return TypeError(f"{name}(): argument '{parameter}' (position {place + 1}) must be {takes}, not {type(value).__name__}")
        if isinstance(value, (tuple, list)):
            for i, element in enumerate(value):
                if element is error.obj:
                    return TypeError(
                        f"{name}(): argument '{parameter}' (position {place + 1}) must be tuple of Tensors, "
                        f"but found element of type {type(element).__name__} at pos {i}"
                    )
    if isinstance(error.obj, _INNER):
        return TypeError(f"{name}(): expected a Tensor, but got {type(error.obj).__name__}; use tensor(...) to make one")
    return error


def names_arguments(function: F) -> F:
    """Let ``function`` say which of its arguments is no Tensor."""

    @functools.wraps(function)
    def called(*args: Any, **options: Any) -> Any:
        try:
            return function(*args, **options)
        except AttributeError as error:
            raise wrong_argument(function, args, options, error) from None

    return called  # type: ignore[return-value]  # functools.wraps keeps the signature
