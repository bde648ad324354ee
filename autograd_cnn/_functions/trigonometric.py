"""The circular and the hyperbolic functions. Integers become floats of the default dtype first."""

from typing import Final

from .. import ops
from .._engine.handle import Handle, Operand, T
from ..ops import _trigonometric as primitives
from ._arguments import names_arguments
from ._in_place import in_place

__all__ = [
    "acos",
    "acos_",
    "acosh",
    "acosh_",
    "arccos",
    "arccos_",
    "arccosh",
    "arccosh_",
    "arcsin",
    "arcsin_",
    "arcsinh",
    "arcsinh_",
    "arctan",
    "arctan2",
    "arctan_",
    "arctanh",
    "arctanh_",
    "asin",
    "asin_",
    "asinh",
    "asinh_",
    "atan",
    "atan2",
    "atan_",
    "atanh",
    "atanh_",
    "cos",
    "cos_",
    "cosh",
    "cosh_",
    "hypot",
    "sin",
    "sin_",
    "sinc",
    "sinc_",
    "sinh",
    "sinh_",
    "tan",
    "tan_",
    "tanh",
    "tanh_",
]


def sin(input: Handle[T]) -> T:
    """The sine."""
    return primitives.sin(input)


sin_: Final = in_place(sin)


def cos(input: Handle[T]) -> T:
    """The cosine."""
    return primitives.cos(input)


cos_: Final = in_place(cos)


def tan(input: Handle[T]) -> T:
    """The tangent."""
    return primitives.tan(input)


tan_: Final = in_place(tan)


def asin(input: Handle[T]) -> T:
    """The inverse of the sine."""
    return primitives.asin(input)


asin_: Final = in_place(asin)


def acos(input: Handle[T]) -> T:
    """The inverse of the cosine."""
    return primitives.acos(input)


acos_: Final = in_place(acos)


def atan(input: Handle[T]) -> T:
    """The inverse of the tangent."""
    return primitives.atan(input)


atan_: Final = in_place(atan)


@names_arguments
def atan2(input: Handle[T], other: Operand) -> T:
    """The angle of the point (other, input); its gradient at the origin is 0."""
    return primitives.atan2(input, other)


atan2_: Final = in_place(atan2)


def sinh(input: Handle[T]) -> T:
    """The hyperbolic sine."""
    return primitives.sinh(input)


sinh_: Final = in_place(sinh)


def cosh(input: Handle[T]) -> T:
    """The hyperbolic cosine."""
    return primitives.cosh(input)


cosh_: Final = in_place(cosh)


def tanh(input: Handle[T]) -> T:
    """The hyperbolic tangent."""
    return primitives.tanh(input)


tanh_: Final = in_place(tanh)


def asinh(input: Handle[T]) -> T:
    """The inverse of the hyperbolic sine."""
    return primitives.asinh(input)


asinh_: Final = in_place(asinh)


def acosh(input: Handle[T]) -> T:
    """The inverse of the hyperbolic cosine."""
    return primitives.acosh(input)


acosh_: Final = in_place(acosh)


def atanh(input: Handle[T]) -> T:
    """The inverse of the hyperbolic tangent."""
    return primitives.atanh(input)


atanh_: Final = in_place(atanh)


def sinc(input: Handle[T]) -> T:
    """sin(pi input) / (pi input), and 1 at 0."""
    return ops.sinc(input)


sinc_: Final = in_place(sinc)


@names_arguments
def hypot(input: Handle[T], other: Operand) -> T:
    """sqrt(input**2 + other**2), without overflow."""
    return primitives.hypot(input, other)


hypot_: Final = in_place(hypot)


arcsin = asin
arccos = acos
arctan = atan
arctan2 = atan2
arcsinh = asinh
arccosh = acosh
arctanh = atanh
arcsin_ = asin_
arccos_ = acos_
arctan_ = atan_
arcsinh_ = asinh_
arccosh_ = acosh_
arctanh_ = atanh_
