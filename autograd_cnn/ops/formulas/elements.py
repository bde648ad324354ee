"""What each elementwise primitive is on vectors: the table that says what the compiler of formulas can write.

An entry has the primitive's name and takes its operands as values (masks where they are truth values) and its
parameters. What is missing here is no part of a fused formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import angles, functions, special

if TYPE_CHECKING:
    from .vector import Value

Element = Callable[..., Any]


def _maximum(x: Value, y: Value) -> Value:
    """NaN wins."""
    return (x.is_nan() | (x > y)).choose(x, y)


def _minimum(x: Value, y: Value) -> Value:
    return (x.is_nan() | (x < y)).choose(x, y)


def _sign(x: Value) -> Value:
    return (x > 0).choose(1.0, (x < 0).choose(-1.0, _zero(x)))


def _zero(x: Value) -> Value:
    return x.like(0.0)


def _clamp(x: Value, low: Value, high: Value) -> Value:
    return _minimum(_maximum(x, x.like(low)), x.like(high))


def _relu(x: Value) -> Value:
    return (x < 0).choose(0.0, x)


def _gated(x: Value, gate: Value) -> Value:
    """x gate; 0 where the gate is 0, of infinities too."""
    lost = gate.equals(0) & x.intrinsic("fabs").equals(math.inf)
    return lost.choose(-gate, x * gate)


def _hypot(x: Value, y: Value) -> Value:
    """The squares of singles are numbers of doubles."""
    kind, x, y = x.kind, x.double(), y.double()
    endless = x.intrinsic("fabs").equals(math.inf) | y.intrinsic("fabs").equals(math.inf)  # beside NaN too
    return endless.choose(math.inf, (x * x + y * y).intrinsic("sqrt")).to(kind)


def _cosine(x: Value, y: Value) -> Value:
    """x / hypot(x, y)"""
    kind, ratio = x.kind, x.double() / (x.double() * x.double() + y.double() * y.double()).intrinsic("sqrt")
    alone = x.intrinsic("fabs").equals(math.inf) & (y.intrinsic("fabs") < math.inf)
    return alone.choose(x.like(1.0).intrinsic("copysign", x), ratio.to(kind))


def _tied(x: Value, y: Value) -> Value:
    return (x.equals(y) | (x.is_nan() & y.is_nan())).choose(x.like(1.0), 0.0)


def _soft_sign(x: Value) -> Value:
    size = x.intrinsic("fabs")
    return size.equals(math.inf).choose(x.like(1.0).intrinsic("copysign", x), x / (size + 1))


ELEMENTS: dict[str, Element] = {
    "absolute": lambda x: x.intrinsic("fabs"),
    "add": lambda x, y: x + y,
    "subtract": lambda x, y: x - y,
    "multiply": lambda x, y: x * y,
    "divide": lambda x, y: x / y,
    "negative": lambda x: -x,
    "square": lambda x: x * x,
    "reciprocal": lambda x: 1 / x,
    "sqrt": lambda x: x.intrinsic("sqrt"),
    "rsqrt": lambda x: 1 / x.intrinsic("sqrt"),
    "exp": functions.exp,
    "expm1": functions.expm1,
    "log": functions.log,
    "log1p": functions.log1p,
    "logaddexp": functions.logaddexp,
    "exp2": functions.exp2,
    "log2": functions.log2,
    "log10": functions.log10,
    "power": functions.power,
    "sin": angles.sin,
    "cos": angles.cos,
    "tan": angles.tan,
    "asin": angles.asin,
    "acos": angles.acos,
    "atan": angles.atan,
    "atan2": angles.atan2,
    "sinh": angles.sinh,
    "cosh": angles.cosh,
    "asinh": angles.asinh,
    "acosh": angles.acosh,
    "atanh": angles.atanh,
    "one_minus_square": lambda x: (1 - x) * (x + 1),
    "erfinv": special.erfinv,
    "lgamma": special.lgamma,
    "digamma": special.digamma,
    "tanh": functions.tanh,
    "sigmoid": functions.logistic,
    "logistic": functions.logistic,
    "bell": functions.bell,
    "ndtr": functions.ndtr,
    "erf": functions.erf,
    "erfc": functions.erfc,
    "hypot": _hypot,
    "cosine": _cosine,
    "maximum": _maximum,
    "minimum": _minimum,
    "clamp": _clamp,
    "relu": _relu,
    "relu_gradient": lambda dy, y: (y <= 0).choose(0.0, dy),
    "leaky_relu": lambda x, negative_slope: (x > 0).choose(x, x * negative_slope),
    "gated": _gated,
    "tied": _tied,
    "soft_sign": _soft_sign,
    "sign": _sign,
    "copysign": lambda x, y: x.intrinsic("copysign", y),
    "floor": lambda x: x.intrinsic("floor"),
    "ceil": lambda x: x.intrinsic("ceil"),
    "trunc": lambda x: x.intrinsic("trunc"),
    "isnan": lambda x: x.is_nan(),
    "isinf": lambda x: x.intrinsic("fabs").equals(math.inf),
    "isfinite": lambda x: x.intrinsic("fabs") < math.inf,
    "equal": lambda x, y: x.equals(y),
    "not_equal": lambda x, y: x.differs(y),
    "less": lambda x, y: x < y,
    "less_equal": lambda x, y: x <= y,
    "greater": lambda x, y: x > y,
    "greater_equal": lambda x, y: x >= y,
    "logical_and": lambda x, y: x & y,
    "logical_or": lambda x, y: x | y,
    "logical_xor": lambda x, y: x ^ y,
    "logical_not": lambda x: ~x,
    "bitwise_and": lambda x, y: x & y,
    "bitwise_or": lambda x, y: x | y,
    "where": lambda condition, x, y: condition.choose(x, y),
    "zeros_like": _zero,
}

LOGICAL = frozenset(("logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or"))
"""Whose operands are truth values."""

MASKS = LOGICAL | {
    *("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    *("isnan", "isinf", "isfinite"),
}
"""Whose values are truth values."""

IN_ONE_PASS = MASKS | {
    *("absolute", "add", "subtract", "multiply", "divide", "negative", "square", "reciprocal", "sqrt"),
    *("maximum", "minimum", "copysign", "floor", "ceil", "trunc", "zeros_like"),
    *("relu", "relu_gradient"),
}
"""What NumPy, or a kernel of its own, computes in one pass over memory: alone it gains nothing here."""
