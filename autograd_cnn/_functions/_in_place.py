"""In-place forms: ``sin_ = in_place(sin)`` is the function, and the method, that overwrites a tensor with its
sine."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from .._engine.handle import Handle
from ._arguments import UNFIT, wrong_argument

P = ParamSpec("P")
S = TypeVar("S", bound=Handle[Any])
"""The tensor that is written, and returned: a Parameter stays one."""


def in_place(function: Callable[Concatenate[Any, P], Any]) -> Callable[Concatenate[S, P], S]:
    """``function`` of a tensor (and more), as one that writes the result into that tensor and returns it.

    Raises RuntimeError where the result has another shape or a higher dtype, and where the tensor can't be
    written; TypeError that names ``input`` where that is no Tensor.
    """

    def overwrite(input: S, *args: P.args, **options: P.kwargs) -> S:
        try:
            return input._overwrite(function(input, *args, **options))
        except UNFIT as error:
            raise wrong_argument(overwrite, (input, *args), options, error) from None

    written: Any = functools.update_wrapper(
        overwrite, function
    )  # "input" may be named: Concatenate can't say so
    written.__name__, written.__qualname__ = f"{function.__name__}_", f"{function.__qualname__}_"
    written.__doc__ = f"In place, see :func:`{function.__name__}`. {function.__doc__}"
    return written
