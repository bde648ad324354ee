"""The circular and the hyperbolic functions. Integers become floats of the default dtype first."""

from typing import Any

from .. import ops
from ._arguments import names_arguments


def sin(input: Any) -> Any:
    """The sine."""
    return ops.sin(input)


def cos(input: Any) -> Any:
    """The cosine."""
    return ops.cos(input)


def tan(input: Any) -> Any:
    """The tangent."""
    return ops.tan(input)


def asin(input: Any) -> Any:
    """The inverse of the sine."""
    return ops.asin(input)


def acos(input: Any) -> Any:
    """The inverse of the cosine."""
    return ops.acos(input)


def atan(input: Any) -> Any:
    """The inverse of the tangent."""
    return ops.atan(input)


@names_arguments
def atan2(input: Any, other: Any) -> Any:
    """The angle of the point (other, input); its gradient at the origin is 0."""
    return ops.atan2(input, other)


def sinh(input: Any) -> Any:
    """The hyperbolic sine."""
    return ops.sinh(input)


def cosh(input: Any) -> Any:
    """The hyperbolic cosine."""
    return ops.cosh(input)


def tanh(input: Any) -> Any:
    """The hyperbolic tangent."""
    return ops.tanh(input)


def asinh(input: Any) -> Any:
    """The inverse of the hyperbolic sine."""
    return ops.asinh(input)


def acosh(input: Any) -> Any:
    """The inverse of the hyperbolic cosine."""
    return ops.acosh(input)


def atanh(input: Any) -> Any:
    """The inverse of the hyperbolic tangent."""
    return ops.atanh(input)


def sinc(input: Any) -> Any:
    """sin(pi input) / (pi input), and 1 at 0."""
    return ops.sinc(input)


@names_arguments
def hypot(input: Any, other: Any) -> Any:
    """sqrt(input**2 + other**2), without overflow."""
    return ops.hypot(input, other)


arcsin, arccos, arctan, arctan2 = asin, acos, atan, atan2
arcsinh, arccosh, arctanh = asinh, acosh, atanh
