"""``dim`` arguments: checked as PyTorch checks them, and turned into NumPy's axes."""

import functools
from collections.abc import Callable
from contextlib import suppress
from operator import index
from typing import Any, TypeVar

import numpy as np

from ._arguments import UNFIT, wrong_argument

F = TypeVar("F", bound=Callable[..., Any])

Dim = int | tuple[int, ...] | list[int] | None


def integer(name: str, value: Any) -> int:
    """``value``, a whole number (also of NumPy's, or a tensor of one element), as an int; TypeError where it
    is none, or a bool."""
    if not isinstance(value, bool):
        with suppress(TypeError):
            return index(value)
    raise TypeError(f"argument '{name}' must be int, not {type(value).__name__}")


def wrap_dim(dim: int, ndim: int) -> int:
    """``dim`` in ``0..ndim-1``; IndexError where it is out of range. A tensor without axes counts as having
    one."""
    size = max(ndim, 1)
    if type(dim) is not int:
        dim = integer("dim", dim)
    if not -size <= dim < size:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-size}, {size - 1}], but got {dim})"
        )
    return dim % size


def wrap_dims(dim: Dim, ndim: int) -> tuple[int, ...] | None:
    """Axes for ``dim``; None and the empty tuple mean all of them."""
    if dim is None:
        return None
    dims = tuple(dim) if isinstance(dim, (tuple, list)) else (dim,)
    if not dims or ndim == 0:
        for d in dims:
            wrap_dim(d, ndim)
        return None
    axes = tuple(wrap_dim(d, ndim) for d in dims)
    if len(set(axes)) != len(axes):
        raise RuntimeError(
            f"dim {next(a for a in axes if axes.count(a) > 1)} appears multiple times in the list of "
            f"dims {dims}"
        )
    return axes


def listed(dims: Any) -> tuple[int, ...]:
    """One dimension or several, as a tuple of ints."""
    given = (dims,) if isinstance(dims, (int, np.integer)) else dims
    return tuple([d if type(d) is int else integer("dims", d) for d in given])


def sizes(first: Any, rest: tuple[Any, ...]) -> tuple[int, ...]:
    """``reshape(2, 3)`` and ``reshape((2, 3))`` alike."""
    given = first if not rest and isinstance(first, (tuple, list)) else (first, *rest)
    return tuple([n if type(n) is int else integer("size", n) for n in given])


def numpy_names(function: F) -> F:
    """Let ``function`` take ``axis`` for ``dim`` and ``keepdims`` for ``keepdim``, as PyTorch's functions
    do."""

    @functools.wraps(function)
    def translated(*args: Any, **options: Any) -> Any:
        if options:
            for numpy_name, name in (("axis", "dim"), ("keepdims", "keepdim")):
                if numpy_name in options:
                    options[name] = options.pop(numpy_name)
        try:
            return function(*args, **options)
        except UNFIT as error:
            raise wrong_argument(function, args, options, error) from None

    return translated  # type: ignore[return-value]  # it takes what F takes, and two names more
