"""Sums and extremes in vectors: what they begin with, how they go on, and how lanes become one number."""

from __future__ import annotations

from llvmlite import ir

from .elements import ELEMENTS
from .expression import Expression
from .schedule import name_of
from .vector import DOUBLE, SINGLE, Kind, Value


def identity(node: Expression) -> tuple[Kind, float]:
    """What a reduction begins with, and in which precision it goes on."""
    return {"amax": (SINGLE, float("-inf")), "amin": (SINGLE, float("inf"))}.get(name_of(node), (DOUBLE, 0.0))


def combined(node: Expression, a: Value, b: Value) -> Value:
    name = {"amax": "maximum", "amin": "minimum"}.get(name_of(node), "add")
    found: Value = ELEMENTS[name](b, a)
    return found


def across(node: Expression, value: Value) -> Value:
    """The lanes of a vector, reduced to one number: in halves, always in this order."""
    b = value.builder
    lanes = [
        Value(b, b.extract_element(value.bits, ir.Constant(ir.IntType(32), i)), value.kind, 1)
        for i in range(value.lanes)
    ]
    while len(lanes) > 1:
        half = len(lanes) // 2
        lanes = [combined(node, x, y) for x, y in zip(lanes[:half], lanes[half:], strict=True)]
    return lanes[0]
