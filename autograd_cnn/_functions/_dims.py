"""``dim`` arguments: checked as PyTorch checks them, and turned into NumPy's axes."""

from collections.abc import Sequence
from contextlib import suppress
from operator import index
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

Dim: TypeAlias = SupportsIndex | Sequence[SupportsIndex] | None
"""One dimension, several, or all: numbers of Python's or NumPy's, or integer tensors without axes."""

Shape: TypeAlias = SupportsIndex | Sequence[SupportsIndex]
"""What a size is given by: numbers one by one, or all in one sequence."""


def integer(name: str, value: Any) -> int:
    """``value``, a whole number (also of NumPy's, or a tensor of one element), as an int; TypeError where it
    is none. A truth value is none either, as in PyTorch."""
    if not (isinstance(value, bool) or getattr(value, "dtype", None) == np.bool_):
        with suppress(TypeError):
            return index(value)
    raise TypeError(f"argument '{name}' must be int, not {type(value).__name__}")


def number(name: str, value: Any) -> Any:
    """``value``, a number of Python's or NumPy's, or a tensor without axes that requires no gradient, as
    Python's; TypeError where it is none."""
    if isinstance(value, (int, float)) and not isinstance(value, np.generic):  # np.float64 is a float
        return value
    array = getattr(value, "array", value)
    if isinstance(array, (np.generic, np.ndarray)) and not array.ndim and not getattr(value, "_node", None):
        return array.item()
    raise TypeError(f"argument '{name}' must be float, not {type(value).__name__}")


def wrap_dim(dim: SupportsIndex, ndim: int) -> int:
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


def new_dim(dim: SupportsIndex, ndim: int) -> int:
    """The place ``dim`` of a dimension to be added, in ``0..ndim``; IndexError where it is out of range."""
    if type(dim) is not int:
        dim = integer("dim", dim)
    if not -ndim - 1 <= dim <= ndim:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-ndim - 1}, {ndim}], but got {dim})"
        )
    return dim % (ndim + 1)


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


def listed(dims: Any, name: str = "dim") -> tuple[int, ...]:
    """One dimension or several, as a tuple."""
    if type(dims) is int:
        return (dims,)
    if hasattr(dims, "__index__") and getattr(dims, "ndim", 0) == 0:
        return (integer(name, dims),)
    return tuple([d if type(d) is int else integer(name, d) for d in dims])


def sizes(first: Any, rest: tuple[Any, ...]) -> tuple[int, ...]:
    """``reshape(2, 3)`` and ``reshape((2, 3))`` alike."""
    given = first if not rest and isinstance(first, (tuple, list)) else (first, *rest)
    return tuple([n if type(n) is int else integer("size", n) for n in given])
