"""In-place forms: ``sin_ = in_place(sin)`` is the function, and the method, that overwrites its tensor with
its sine; ``t_ = becomes(t)`` the one after which the tensor is its own view."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._engine.handle import Handle, Operand
from .._engine.overlap import check_apart
from ._arguments import UNFIT, answer

P = ParamSpec("P")
S = TypeVar("S", bound=Handle[Any])
"""The tensor that is written, and returned: a Parameter stays one."""


def in_place(
    function: Callable[Concatenate[Any, P], Any], *, by_argument: bool = False, apart: bool = False
) -> Callable[Concatenate[S, P], S]:
    """``function`` of a tensor (and more), as one that writes the result into that tensor and returns it;
    with ``by_argument`` that is what ``function`` itself does with ``inplace=True``.

    Raises RuntimeError where the result has another shape or a higher dtype, where the tensor can't be
    written, and where it shares a part of another one's memory, with ``apart`` also all of it; TypeError
    that names ``input`` where that is no Tensor.
    """

    def overwrite(input: S, *args: P.args, **options: P.kwargs) -> S:
        try:
            if by_argument:
                in_the_input: Any = {"inplace": True}
                written: S = function(input, *args, **{**options, **in_the_input})
                return written
            if apart:
                _check_apart(input, (*args, *options.values()))
            return input._overwrite(function(input, *args, **options), *args)
        except UNFIT as error:
            return answer(overwrite, (input, *args), options, _renamed(error, function))

    return _in_place_of(function, overwrite, "In place")


def _check_apart(input: Operand, others: tuple[Any, ...]) -> None:
    for other in others:
        several = other if isinstance(other, (tuple, list)) else (other,)
        for read in several:
            if isinstance(read, Handle) and isinstance(input, Handle):
                check_apart(input.array, read.array, entirely=True)


def _renamed(error: Exception, function: Callable[..., Any]) -> Exception:
    """``error``; where it is what ``function`` said of its argument, in the name of the in-place form."""
    said = f"{function.__name__}(): "
    if isinstance(error, TypeError) and str(error).startswith(said):
        return TypeError(f"{function.__name__}_(): {str(error).removeprefix(said)}")
    return error


def becomes(view: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """``view`` of a tensor (and more), as one after which the tensor itself is that view; it returns it.

    Raises RuntimeError for a leaf that requires a gradient, unless nothing is recorded.
    """

    def become(input: S, *args: P.args, **options: P.kwargs) -> S:
        try:
            return input._become(view(input, *args, **options))
        except UNFIT as error:
            return answer(become, (input, *args), options, error)

    return _in_place_of(view, become, "The tensor itself changes its shape")


def _in_place_of(function: Callable[..., Any], form: Callable[..., Any], how: str) -> Any:
    """``form`` under the name, the signature and the documentation of the in-place form of ``function``."""
    functools.update_wrapper(form, function)
    form.__name__, form.__qualname__ = f"{function.__name__}_", f"{function.__qualname__}_"
    form.__doc__ = f"{how}, see :func:`{function.__name__}`. {function.__doc__}"
    return form
