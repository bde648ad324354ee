"""Comparisons, tests and logic as methods."""

from ..._engine.handle import Handle, Number, Operand, T
from ..._functions.comparison import *
from ..._functions.comparison import (
    eq_,
    ge_,
    gt_,
    heaviside_,
    le_,
    logical_and_,
    logical_not_,
    logical_or_,
    logical_xor_,
    lt_,
    ne_,
)


class ComparisonMethods(Handle[T]):
    """Comparisons, tests and logic, and their in-place forms."""

    __slots__ = ()

    allclose = allclose
    eq = eq
    eq_ = eq_
    equal = equal
    ge = ge
    ge_ = ge_
    greater = gt
    greater_ = gt_
    greater_equal = ge
    greater_equal_ = ge_
    gt = gt
    gt_ = gt_
    heaviside = heaviside
    heaviside_ = heaviside_
    isclose = isclose
    isfinite = isfinite
    isinf = isinf
    isnan = isnan
    isneginf = isneginf
    isposinf = isposinf
    isreal = isreal
    le = le
    le_ = le_
    less = lt
    less_ = lt_
    less_equal = le
    less_equal_ = le_
    logical_and = logical_and
    logical_and_ = logical_and_
    logical_not = logical_not
    logical_not_ = logical_not_
    logical_or = logical_or
    logical_or_ = logical_or_
    logical_xor = logical_xor
    logical_xor_ = logical_xor_
    lt = lt
    lt_ = lt_
    ne = ne
    ne_ = ne_
    not_equal = ne
    not_equal_ = ne_
    signbit = signbit

    def where(self, condition: Operand, other: Operand | Number) -> T:
        """self where the condition holds, else other; see :func:`autograd_cnn.where`."""
        return where(condition, self, other)
