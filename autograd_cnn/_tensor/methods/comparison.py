"""Methods that compare and test, and work on truth values and bits."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import comparison


class ComparisonMethods(Handle[T]):
    """Methods that compare and test, and work on truth values and bits."""

    __slots__ = ()

    def eq(self, other: Any) -> Any:
        """See :func:`autograd_cnn.eq`."""
        return comparison.eq(self, other)

    def ne(self, other: Any) -> Any:
        """See :func:`autograd_cnn.ne`."""
        return comparison.ne(self, other)

    def lt(self, other: Any) -> Any:
        """See :func:`autograd_cnn.lt`."""
        return comparison.lt(self, other)

    def le(self, other: Any) -> Any:
        """See :func:`autograd_cnn.le`."""
        return comparison.le(self, other)

    def gt(self, other: Any) -> Any:
        """See :func:`autograd_cnn.gt`."""
        return comparison.gt(self, other)

    def ge(self, other: Any) -> Any:
        """See :func:`autograd_cnn.ge`."""
        return comparison.ge(self, other)

    def equal(self, other: Any) -> bool:
        """See :func:`autograd_cnn.equal`."""
        return comparison.equal(self, other)

    def isclose(self, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> Any:
        """See :func:`autograd_cnn.isclose`."""
        return comparison.isclose(self, other, rtol, atol, equal_nan)

    def allclose(self, other: Any, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False) -> bool:
        """See :func:`autograd_cnn.allclose`."""
        return comparison.allclose(self, other, rtol, atol, equal_nan)

    def isnan(self) -> Any:
        """See :func:`autograd_cnn.isnan`."""
        return comparison.isnan(self)

    def isinf(self) -> Any:
        """See :func:`autograd_cnn.isinf`."""
        return comparison.isinf(self)

    def isfinite(self) -> Any:
        """See :func:`autograd_cnn.isfinite`."""
        return comparison.isfinite(self)

    def isposinf(self) -> Any:
        """See :func:`autograd_cnn.isposinf`."""
        return comparison.isposinf(self)

    def isneginf(self) -> Any:
        """See :func:`autograd_cnn.isneginf`."""
        return comparison.isneginf(self)

    def isreal(self) -> Any:
        """See :func:`autograd_cnn.isreal`."""
        return comparison.isreal(self)

    def signbit(self) -> Any:
        """See :func:`autograd_cnn.signbit`."""
        return comparison.signbit(self)

    def heaviside(self, values: Any) -> Any:
        """See :func:`autograd_cnn.heaviside`."""
        return comparison.heaviside(self, values)

    def logical_not(self) -> Any:
        """See :func:`autograd_cnn.logical_not`."""
        return comparison.logical_not(self)

    def logical_and(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logical_and`."""
        return comparison.logical_and(self, other)

    def logical_or(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logical_or`."""
        return comparison.logical_or(self, other)

    def logical_xor(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logical_xor`."""
        return comparison.logical_xor(self, other)

    def bitwise_not(self) -> Any:
        """See :func:`autograd_cnn.bitwise_not`."""
        return comparison.bitwise_not(self)

    def bitwise_and(self, other: Any) -> Any:
        """See :func:`autograd_cnn.bitwise_and`."""
        return comparison.bitwise_and(self, other)

    def bitwise_or(self, other: Any) -> Any:
        """See :func:`autograd_cnn.bitwise_or`."""
        return comparison.bitwise_or(self, other)

    def bitwise_xor(self, other: Any) -> Any:
        """See :func:`autograd_cnn.bitwise_xor`."""
        return comparison.bitwise_xor(self, other)

    def bitwise_left_shift(self, other: Any) -> Any:
        """See :func:`autograd_cnn.bitwise_left_shift`."""
        return comparison.bitwise_left_shift(self, other)

    def bitwise_right_shift(self, other: Any) -> Any:
        """See :func:`autograd_cnn.bitwise_right_shift`."""
        return comparison.bitwise_right_shift(self, other)

    def where(self, condition: Any, other: Any) -> Any:
        """See :func:`autograd_cnn.where`."""
        return comparison.where(condition, self, other)

    def not_equal(self, other: Any) -> Any:
        """See :func:`autograd_cnn.not_equal`."""
        return comparison.not_equal(self, other)

    def less(self, other: Any) -> Any:
        """See :func:`autograd_cnn.less`."""
        return comparison.less(self, other)

    def less_equal(self, other: Any) -> Any:
        """See :func:`autograd_cnn.less_equal`."""
        return comparison.less_equal(self, other)

    def greater(self, other: Any) -> Any:
        """See :func:`autograd_cnn.greater`."""
        return comparison.greater(self, other)

    def greater_equal(self, other: Any) -> Any:
        """See :func:`autograd_cnn.greater_equal`."""
        return comparison.greater_equal(self, other)
