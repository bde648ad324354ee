"""Sums, products, quotients and powers, element by element; the operands broadcast."""

import math
from typing import Any, NamedTuple

from .. import ops
from .._engine.dtypes import get_default_dtype
from .._engine.operands import result_dtype
from ._arguments import names_arguments
from .conversion import to_dtype


def kind(*operands: Any) -> str:
    """The kind of the operands' common dtype: ``"b"``, ``"i"``, ``"u"`` or ``"f"``."""
    return result_dtype([getattr(x, "array", x) for x in operands]).kind


def scaled(other: Any, alpha: Any, input: Any) -> Any:
    """``alpha * other``, where PyTorch allows that alpha."""
    if isinstance(alpha, float) and kind(input, other) != "f":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    return other if alpha == 1 else ops.multiply(other, alpha) if hasattr(other, "array") else other * alpha


def add(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input + alpha * other."""
    return ops.add(input, scaled(other, alpha, input))


def sub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """input - alpha * other."""
    return ops.subtract(input, scaled(other, alpha, input))


def rsub(input: Any, other: Any, *, alpha: Any = 1) -> Any:
    """other - alpha * input."""
    return ops.subtract(other, scaled(input, alpha, other))


def mul(input: Any, other: Any) -> Any:
    """input * other."""
    return ops.multiply(input, other)


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """input / other; integers give floats. ``rounding_mode`` "trunc" or "floor" rounds (zero gradient) and
    keeps integers."""
    if rounding_mode is None:
        return ops.divide(input, other)
    if rounding_mode == "trunc":
        return ops.trunc_divide(input, other)
    if rounding_mode == "floor":
        return ops.floor_divide(input, other)
    raise RuntimeError(
        f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}"
    )


def true_divide(input: Any, other: Any) -> Any:
    """input / other; integers give floats."""
    return ops.divide(input, other)


def floor_divide(input: Any, other: Any) -> Any:
    """The quotient rounded down; its gradient is zero."""
    return ops.floor_divide(input, other)


def remainder(input: Any, other: Any) -> Any:
    """What is left of input over whole multiples of other; it has the sign of other, as Python's ``%``."""
    return ops.remainder(input, other)


@names_arguments
def fmod(input: Any, other: Any) -> Any:
    """What is left of input over whole multiples of other; it has the sign of input, as C's ``fmod``."""
    return ops.fmod(input, other)


@names_arguments
def pow(input: Any, exponent: Any) -> Any:
    """input to the power of exponent; at exponent 0 the gradient for input is 0."""
    if isinstance(exponent, int) and exponent < 0 and kind(input) != "f":
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return ops.power(input, exponent)


@names_arguments
def float_power(input: Any, exponent: Any) -> Any:
    """input to the power of exponent, in float64."""
    base = to_dtype(input, "float64") if hasattr(input, "array") else float(input)
    return ops.power(base, to_dtype(exponent, "float64") if hasattr(exponent, "array") else float(exponent))


@names_arguments
def square(input: Any) -> Any:
    """input * input; of booleans an int64."""
    return ops.square(to_dtype(input, "int64") if input.array.dtype.kind == "b" else input)


def reciprocal(input: Any) -> Any:
    """1 / input."""
    return ops.reciprocal(input)


def neg(input: Any) -> Any:
    """-input."""
    return ops.negative(input)


@names_arguments
def positive(input: Any) -> Any:
    """input itself."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def abs(input: Any) -> Any:
    """|input|; gradient 0 at 0."""
    return ops.absolute(input)


def copysign(input: Any, other: Any) -> Any:
    """|input| with the sign of other; gradient 0 at 0."""
    return ops.copysign(input, other)


@names_arguments
def lerp(input: Any, end: Any, weight: Any) -> Any:
    """input + weight * (end - input)."""
    if input.array.dtype != end.array.dtype:
        raise RuntimeError(f"expected dtype {input.dtype!r} for `end` but got dtype {end.dtype!r}")
    return ops.lerp(input, end, weight)


def _in_one_dtype(*operands: Any) -> list[Any]:
    """Tensors in the common dtype of all, so that no product of two of them overflows a smaller one."""
    common = result_dtype([getattr(x, "array", x) for x in operands])
    return [to_dtype(x, common) if hasattr(x, "array") and x.array.dtype != common else x for x in operands]


def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """input + value * tensor1 * tensor2."""
    return add(input, ops.multiply(*_in_one_dtype(input, tensor1, tensor2)[1:]), alpha=value)


def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
    """input + value * tensor1 / tensor2."""
    if kind(tensor1, tensor2) != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported; convert the tensors with .float()"
        )
    return add(input, ops.divide(tensor1, tensor2), alpha=value)


@names_arguments
def ldexp(input: Any, other: Any) -> Any:
    """input * 2**other."""
    x, exponent = _in_one_dtype(input, other)
    return ops.multiply(x, ops.power(2.0, exponent))


class MantissaExponent(NamedTuple):
    """What ``frexp`` returns."""

    mantissa: Any
    exponent: Any


@names_arguments
def frexp(input: Any) -> MantissaExponent:
    """mantissa * 2**exponent = input, 1/2 <= |mantissa| < 1; the exponent is an int32."""
    if kind(input) != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    _, exponent = ops.frexp(input)
    scale = ops.power(2.0, to_dtype(ops.negative(exponent), input.array.dtype))
    return MantissaExponent(ops.multiply(input, scale), exponent)


def nan_to_num(
    input: Any, nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> Any:
    """input with numbers for NaN (0) and the infinities (the largest numbers of the dtype); these get no
    gradient."""
    return ops.nan_to_num(input, nan=0.0 if nan is None else nan, posinf=posinf, neginf=neginf)


def real(input: Any) -> Any:
    """input itself: this engine is for real numbers."""
    return input


@names_arguments
def angle(input: Any) -> Any:
    """0 where input is not negative, pi where it is, NaN for NaN; its gradient is zero."""
    flat = (
        ops.sign(input)
        if input.array.dtype.kind == "f"
        else ops.cast(ops.sign(input), dtype=get_default_dtype().dtype)
    )
    turned = ops.where(ops.less(input, 0), math.pi, ops.multiply(flat, 0))
    return ops.where(ops.isnan(input), math.nan, turned) if input.array.dtype.kind == "f" else turned


def deg2rad(input: Any) -> Any:
    """Degrees to radians."""
    return ops.multiply(input, math.pi / 180)


def rad2deg(input: Any) -> Any:
    """Radians to degrees."""
    return ops.multiply(input, 180 / math.pi)


def gcd(input: Any, other: Any) -> Any:
    """The greatest common divisor of integers."""
    return ops.gcd(input, other)


def lcm(input: Any, other: Any) -> Any:
    """The least common multiple of integers."""
    return ops.lcm(input, other)


def nextafter(input: Any, other: Any) -> Any:
    """The next floating-point number from input towards other."""
    return ops.nextafter(input, other)


subtract, multiply, divide, negative, absolute = sub, mul, div, neg, abs
conj = conj_physical = resolve_conj = resolve_neg = real
conj, conj_physical, resolve_conj, resolve_neg = real, real, real, real
