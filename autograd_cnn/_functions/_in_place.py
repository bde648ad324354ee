"""In-place forms: ``sin_ = in_place(sin)`` is the function, and the method, that overwrites its tensor with its
sine; ``t_ = becomes(t)`` the one after which the tensor is its own view."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._engine.handle import Handle

P = ParamSpec("P")
S = TypeVar("S", bound=Handle[Any])


def in_place(function: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """``function`` of a tensor (and more), as one that writes the result into that tensor and returns it.

    Raises RuntimeError where the result has another shape or a higher dtype, or the tensor can't be written:
    see ``Tensor.add_`` and its kin.
    """

    @functools.wraps(function)
    def overwrite(input: S, /, *args: P.args, **options: P.kwargs) -> S:
        value = function(input, *args, **options)
        return input._overwrite(value)

    overwrite.__name__, overwrite.__qualname__ = f"{function.__name__}_", f"{function.__qualname__}_"
    overwrite.__doc__ = f"In place, see :func:`{function.__name__}`. {function.__doc__}"
    return overwrite


def becomes(view: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """``view`` of a tensor (and more), as one after which the tensor itself is that view, and which returns it.

    Raises RuntimeError for a leaf that requires a gradient, unless nothing is recorded.
    """

    @functools.wraps(view)
    def become(input: S, /, *args: P.args, **options: P.kwargs) -> S:
        return input._become(view(input, *args, **options))

    become.__name__, become.__qualname__ = f"{view.__name__}_", f"{view.__qualname__}_"
    become.__doc__ = f"The tensor itself changes its shape, see :func:`{view.__name__}`. {view.__doc__}"
    return become
