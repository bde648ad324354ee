"""Sums, products, quotients and powers, element by element; the operands broadcast."""

import math
from typing import Any, Final, Generic, NamedTuple, overload

import numpy as np

from .. import ops
from .._engine.dtypes import get_default_dtype
from .._engine.handle import Handle, Number, Operand, T
from .._engine.operands import result_dtype
from .._engine.operators import NoOperandError
from .._engine.recording import of_constants
from .._engine.single import in_single
from ..ops import _arithmetic as primitives
from ._arguments import array_in, in_older_order, names_arguments
from ._dims import number
from ._in_place import S, in_place
from ._return_types import return_type
from .conversion import to_dtype

__all__ = [
    "abs",
    "abs_",
    "absolute",
    "add",
    "addcdiv",
    "addcmul",
    "angle",
    "conj",
    "conj_physical",
    "copysign",
    "deg2rad",
    "deg2rad_",
    "div",
    "divide",
    "frexp",
    "ldexp",
    "ldexp_",
    "lerp",
    "mul",
    "multiply",
    "nan_to_num",
    "nan_to_num_",
    "neg",
    "neg_",
    "negative",
    "negative_",
    "positive",
    "pow",
    "rad2deg",
    "rad2deg_",
    "real",
    "reciprocal",
    "reciprocal_",
    "resolve_conj",
    "resolve_neg",
    "rsub",
    "square",
    "square_",
    "sub",
    "subtract",
    "true_divide",
]


def _kind(*operands: Operand | Number) -> str:
    """The kind of the operands' common dtype: ``"b"``, ``"i"``, ``"u"`` or ``"f"``."""
    return result_dtype([getattr(x, "array", x) for x in operands]).kind


def _scaled(other: Any, alpha: Any, input: Any) -> Any:
    """``alpha * other``, where PyTorch allows that alpha: a fraction where the result is one, a bool beside
    booleans."""
    result = _kind(input, other)
    if isinstance(alpha, (float, np.floating)) and result != "f":
        raise RuntimeError("For integral input tensors, argument alpha must not be a floating point number.")
    if isinstance(alpha, bool) and result != "b":
        raise RuntimeError("Boolean alpha only supported for Boolean results.")
    if result == "b":
        return ops.logical_and(other, bool(alpha))
    if not hasattr(other, "array"):
        return other * alpha
    # in the dtype of the sum: -1 times a uint8 is 255 in its own
    common = result_dtype([getattr(x, "array", x) for x in (input, other)])
    return of_constants(primitives.multiply(to_dtype(other, common), alpha), other)


@in_single
def _combined(combine: Any, input: Any, other: Any, alpha: Any) -> Any:
    return combine(input, _scaled(other, alpha, input))


def _in_older_order(function: Any, args: tuple[Any, ...], alpha: Any) -> Any:
    """The result of ``function(input, alpha, other)``."""
    options = {} if type(alpha) is int and alpha == 1 else {"alpha": alpha}
    found = in_older_order(function, args, options)
    if found is NotImplemented:
        raise TypeError(
            f"{function.__name__}() takes 2 positional arguments but {len(args)} were given: give the factor "
            "as alpha="
        )
    return found


def add(input: Handle[T], other: Operand | Number, *older: Operand, alpha: Number = 1) -> T:
    """input + alpha * other; ``add(input, alpha, other)`` is PyTorch's older order."""
    if older:
        return _in_older_order(add, (input, other, *older), alpha)
    if type(alpha) is int and alpha == 1:
        return primitives.add(input, other)
    return _combined(primitives.add, input, other, alpha)


add_: Final = in_place(add)


def sub(input: Handle[T], other: Operand | Number, *older: Operand, alpha: Number = 1) -> T:
    """input - alpha * other; ``sub(input, alpha, other)`` is PyTorch's older order."""
    if older:
        return _in_older_order(sub, (input, other, *older), alpha)
    if type(other) in (bool, np.bool_):
        other = input._lift(np.asarray(other), None)  # which is refused
    if type(alpha) is int and alpha == 1:
        return primitives.subtract(input, other)
    return _combined(primitives.subtract, input, other, alpha)


sub_: Final = in_place(sub)


def rsub(input: Handle[T], other: Operand | Number, *, alpha: Number = 1) -> T:
    """other - alpha * input."""
    if type(alpha) is int and alpha == 1:
        return primitives.subtract(other, input)
    return _combined(primitives.subtract, other, input, alpha)


def mul(input: Handle[T], other: Operand | Number) -> T:
    """input * other."""
    return primitives.multiply(input, other)


mul_: Final = in_place(mul)


def div(input: Handle[T], other: Operand | Number, *, rounding_mode: str | None = None) -> T:
    """input / other; integers give floats. ``rounding_mode`` "trunc" or "floor" rounds (zero gradient) and
    keeps integers."""
    if rounding_mode is None:
        return primitives.divide(input, other)
    if rounding_mode == "trunc":
        return ops.trunc_divide(input, other)
    if rounding_mode == "floor":
        return ops.floor_divide(input, other)
    raise RuntimeError(
        f"div expected rounding_mode to be one of None, 'trunc', or 'floor' but found {rounding_mode!r}"
    )


div_: Final = in_place(div)


def true_divide(input: Handle[T], other: Operand | Number) -> T:
    """input / other; integers give floats."""
    return primitives.divide(input, other)


true_divide_: Final = in_place(true_divide)


@overload
def pow(input: Handle[T], exponent: Operand | Number) -> T: ...
@overload
def pow(input: Number, exponent: Handle[T]) -> T: ...
@names_arguments
def pow(input: Handle[T] | Number, exponent: Handle[T] | Number) -> Any:
    """input to the power of exponent; at exponent 0 the gradient for input is 0."""
    if isinstance(exponent, (int, np.integer)) and exponent < 0 and _kind(input) != "f":
        raise RuntimeError("Integers to negative integer powers are not allowed.")
    return primitives.power(input, exponent)


pow_: Final = in_place(pow)


def power_operator(input: Handle[T], exponent: Any) -> T:
    """``input ** exponent``."""
    try:
        if isinstance(exponent, (int, np.integer)) and exponent < 0 and _kind(input) != "f":
            raise RuntimeError("Integers to negative integer powers are not allowed.")
        return primitives.power(input, exponent)
    except NoOperandError:
        return NotImplemented


def power_written(input: S, exponent: Any) -> S:
    """``input **= exponent``."""
    value = power_operator(input, exponent)
    return value if value is NotImplemented else input._overwrite(value, exponent)


@names_arguments
def square(input: Handle[T]) -> T:
    """input * input; of booleans an int64."""
    return primitives.square(to_dtype(input, "int64") if input.array.dtype.kind == "b" else input)


square_: Final = in_place(square)


def reciprocal(input: Handle[T]) -> T:
    """1 / input."""
    return primitives.reciprocal(input)


reciprocal_: Final = in_place(reciprocal)


def neg(input: Handle[T]) -> T:
    """-input."""
    return primitives.negative(input)


neg_: Final = in_place(neg)


@names_arguments
def positive(input: S) -> S:
    """input itself."""
    if input.array.dtype.kind == "b":
        raise RuntimeError("The `+` operator, on a bool tensor is not supported.")
    return input


def abs(input: Handle[T]) -> T:
    """|input|; gradient 0 at 0."""
    return primitives.absolute(input)


abs_: Final = in_place(abs)


def copysign(input: Handle[T], other: Operand | Number) -> T:
    """|input| with the sign of other; gradient 0 at 0."""
    return primitives.copysign(input, other)


copysign_: Final = in_place(copysign)


@names_arguments
def lerp(input: Handle[T], end: Operand, weight: Operand | Number) -> T:
    """input + weight * (end - input)."""
    if input.array.dtype != end.array.dtype:
        raise RuntimeError(f"expected dtype {input.dtype!r} for `end` but got dtype {end.dtype!r}")
    if isinstance(weight, Handle) and weight.ndim and weight.array.dtype != input.array.dtype:
        raise RuntimeError(f"expected dtype {input.dtype!r} for `weight` but got dtype {weight.dtype!r}")
    mixed = primitives.lerp(input, end, weight)
    return mixed if isinstance(weight, Handle) else of_constants(mixed, input, end)


lerp_: Final = in_place(lerp)


def _in_one_dtype(*operands: Any) -> list[Any]:
    """Tensors in the common dtype of all, so that no product of two of them overflows a smaller one."""
    common = result_dtype([getattr(x, "array", x) for x in operands])
    return [to_dtype(x, common) if hasattr(x, "array") and x.array.dtype != common else x for x in operands]


def _plus(input: Handle[T], value: Any, term: Any) -> T:
    """input + value * term, where a bool counts as the number it is, and beside whole numbers a whole one."""
    whole = isinstance(value, bool) or (isinstance(value, (float, np.floating)) and _kind(input, term) != "f")
    return add(input, term, alpha=int(value) if whole else value)


@names_arguments
@in_single
def addcmul(input: Handle[T], tensor1: Operand, tensor2: Operand, *, value: Number = 1) -> T:
    """input + value * tensor1 * tensor2."""
    return _plus(input, value, primitives.multiply(*_in_one_dtype(input, tensor1, tensor2)[1:]))


addcmul_: Final = in_place(addcmul)


@names_arguments
@in_single
def addcdiv(input: Handle[T], tensor1: Operand, tensor2: Operand, *, value: Number = 1) -> T:
    """input + value * tensor1 / tensor2."""
    if _kind(tensor1, tensor2) != "f":
        raise RuntimeError(
            "Integer division with addcdiv is no longer supported; convert the tensors with .float()"
        )
    return _plus(input, value, primitives.divide(*_in_one_dtype(input, tensor1, tensor2)[1:]))


addcdiv_: Final = in_place(addcdiv)


@names_arguments
@in_single
def ldexp(input: Handle[T], other: Operand) -> T:
    """input * 2**other."""
    x, exponent = _in_one_dtype(input, other)
    return primitives.multiply(x, primitives.power(2.0, exponent))


ldexp_: Final = in_place(ldexp)


class MantissaExponent(NamedTuple, Generic[T]):
    """What ``frexp`` returns."""

    mantissa: T
    exponent: T


_FREXP = return_type("frexp", MantissaExponent)


@names_arguments
def frexp(input: Handle[T]) -> MantissaExponent[T]:
    """mantissa * 2**exponent = input, 1/2 <= |mantissa| < 1; the exponent is an int32."""
    if _kind(input) != "f":
        raise RuntimeError("torch.frexp() only supports floating-point dtypes")
    _, exponent = primitives.frexp(input)
    scale = primitives.power(2.0, to_dtype(primitives.negative(exponent), input.array.dtype))
    return _FREXP(primitives.multiply(input, scale), exponent)


def nan_to_num(
    input: Handle[T], nan: float | None = None, posinf: float | None = None, neginf: float | None = None
) -> T:
    """input with numbers for NaN (0) and the infinities (the largest numbers of the dtype); these get no
    gradient."""
    given = {"nan": 0.0 if nan is None else nan, "posinf": posinf, "neginf": neginf}
    numbers = {name: value if value is None else number(name, value) for name, value in given.items()}
    return primitives.nan_to_num(input, **numbers)


nan_to_num_: Final = in_place(nan_to_num)


@names_arguments
def real(input: S) -> S:
    """input itself: this engine is for real numbers."""
    array_in(input)  # what has none is refused
    return input


@names_arguments
def angle(input: Handle[T]) -> T:
    """0 where input is not negative, pi where it is, NaN for NaN; its gradient is zero."""
    flat = (
        ops.sign(input)
        if input.array.dtype.kind == "f"
        else ops.cast(ops.sign(input), dtype=get_default_dtype().dtype)
    )
    turned = ops.where(ops.less(input, 0), math.pi, primitives.multiply(flat, 0))
    return ops.where(ops.isnan(input), math.nan, turned) if input.array.dtype.kind == "f" else turned


def deg2rad(input: Handle[T]) -> T:
    """Degrees to radians."""
    return primitives.multiply(input, math.pi / 180)


deg2rad_: Final = in_place(deg2rad)


def rad2deg(input: Handle[T]) -> T:
    """Radians to degrees."""
    return primitives.multiply(input, 180 / math.pi)


rad2deg_: Final = in_place(rad2deg)


subtract = sub
multiply = mul
divide = div
negative = neg
negative_ = neg_
absolute = abs
conj = real
conj_physical = real
resolve_conj = real
resolve_neg = real
