"""Steps: the sign and rounding. Their gradient is zero."""

from typing import Any

from .. import ops
from ._arguments import names_arguments


@names_arguments
def sign(input: Any) -> Any:
    """-1, 0 or 1; 0 for NaN."""
    return ops.sign(input)


@names_arguments
def floor(input: Any) -> Any:
    """The largest whole number not above input."""
    return ops.floor(input)


@names_arguments
def ceil(input: Any) -> Any:
    """The smallest whole number not below input."""
    return ops.ceil(input)


@names_arguments
def trunc(input: Any) -> Any:
    """input without its fraction."""
    return ops.trunc(input)


@names_arguments
def round(input: Any, *, decimals: int = 0) -> Any:
    """The nearest whole number (or number of that many decimals); halves go to the even one."""
    if decimals and input.array.dtype.kind != "f":
        raise RuntimeError(
            f"round: decimals={decimals} is not implemented for {input.dtype!r}; convert it with .float()"
        )
    return ops.round(input, decimals=decimals)


@names_arguments
def frac(input: Any) -> Any:
    """The fraction of input, with its sign; gradient 1."""
    if input.array.dtype.kind != "f":
        raise RuntimeError(f"frac is not implemented for {input.dtype!r}; convert it with .float()")
    return ops.subtract(input, ops.trunc(input))


sgn, fix = sign, trunc
