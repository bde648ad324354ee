"""In-place forms: ``sin_ = in_place(sin)`` is the function, and the method, that overwrites its tensor with its sine."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._engine.handle import Handle

P = ParamSpec("P")
S = TypeVar("S", bound=Handle[Any])


def in_place(function: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """``function`` of a tensor (and more), as one that writes the result into that tensor and returns it.

    Raises RuntimeError where the result has another shape or a higher dtype, or the tensor can't be written: see
    ``Tensor.add_`` and its kin.
    """

    @functools.wraps(function)
    def overwrite(input: S, /, *args: P.args, **options: P.kwargs) -> S:
        value = function(input, *args, **options)
        return input._overwrite(value)

    overwrite.__name__, overwrite.__qualname__ = f"{function.__name__}_", f"{function.__qualname__}_"
    overwrite.__doc__ = f"In place, see :func:`{function.__name__}`. {function.__doc__}"
    return overwrite


def becomes(function: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """A view ``function`` of a tensor, as one that makes this tensor itself that view, in the same memory, and
    returns it.

    Raises RuntimeError for a leaf that requires a gradient.
    """

    @functools.wraps(function)
    def become(input: S, /, *args: P.args, **options: P.kwargs) -> S:
        return input._become(function(input, *args, **options))

    become.__name__, become.__qualname__ = f"{function.__name__}_", f"{function.__qualname__}_"
    become.__doc__ = (
        f"See :func:`{function.__name__}`; this tensor itself changes its shape. {function.__doc__}"
    )
    return become
