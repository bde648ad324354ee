"""Methods that work element by element."""

from typing import Any

from .._functions import elementwise
from .._handle import Handle


class ElementwiseMethods(Handle):
    """Methods that work element by element."""

    __slots__ = ()

    def add(self, other: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.add`."""
        return elementwise.add(self, other, alpha=alpha)

    def sub(self, other: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.sub`."""
        return elementwise.sub(self, other, alpha=alpha)

    def mul(self, other: Any) -> Any:
        """See :func:`autograd_cnn.mul`."""
        return elementwise.mul(self, other)

    def div(self, other: Any) -> Any:
        """See :func:`autograd_cnn.div`."""
        return elementwise.div(self, other)

    def pow(self, exponent: Any) -> Any:
        """See :func:`autograd_cnn.pow`."""
        return elementwise.pow(self, exponent)

    def neg(self) -> Any:
        """See :func:`autograd_cnn.neg`."""
        return elementwise.neg(self)

    def abs(self) -> Any:
        """See :func:`autograd_cnn.abs`."""
        return elementwise.abs(self)

    def sign(self) -> Any:
        """See :func:`autograd_cnn.sign`."""
        return elementwise.sign(self)

    def exp(self) -> Any:
        """See :func:`autograd_cnn.exp`."""
        return elementwise.exp(self)

    def log(self) -> Any:
        """See :func:`autograd_cnn.log`."""
        return elementwise.log(self)

    def sqrt(self) -> Any:
        """See :func:`autograd_cnn.sqrt`."""
        return elementwise.sqrt(self)

    def tanh(self) -> Any:
        """See :func:`autograd_cnn.tanh`."""
        return elementwise.tanh(self)

    def sigmoid(self) -> Any:
        """See :func:`autograd_cnn.sigmoid`."""
        return elementwise.sigmoid(self)

    def relu(self) -> Any:
        """See :func:`autograd_cnn.relu`."""
        return elementwise.relu(self)

    def isnan(self) -> Any:
        """See :func:`autograd_cnn.isnan`."""
        return elementwise.isnan(self)

    def isfinite(self) -> Any:
        """See :func:`autograd_cnn.isfinite`."""
        return elementwise.isfinite(self)

    def logical_not(self) -> Any:
        """See :func:`autograd_cnn.logical_not`."""
        return elementwise.logical_not(self)

    def maximum(self, other: Any) -> Any:
        """See :func:`autograd_cnn.maximum`."""
        return elementwise.maximum(self, other)

    def minimum(self, other: Any) -> Any:
        """See :func:`autograd_cnn.minimum`."""
        return elementwise.minimum(self, other)

    def logical_and(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logical_and`."""
        return elementwise.logical_and(self, other)

    def logical_or(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logical_or`."""
        return elementwise.logical_or(self, other)

    def eq(self, other: Any) -> Any:
        """See :func:`autograd_cnn.eq`."""
        return elementwise.eq(self, other)

    def ne(self, other: Any) -> Any:
        """See :func:`autograd_cnn.ne`."""
        return elementwise.ne(self, other)

    def lt(self, other: Any) -> Any:
        """See :func:`autograd_cnn.lt`."""
        return elementwise.lt(self, other)

    def le(self, other: Any) -> Any:
        """See :func:`autograd_cnn.le`."""
        return elementwise.le(self, other)

    def gt(self, other: Any) -> Any:
        """See :func:`autograd_cnn.gt`."""
        return elementwise.gt(self, other)

    def ge(self, other: Any) -> Any:
        """See :func:`autograd_cnn.ge`."""
        return elementwise.ge(self, other)

    def where(self, condition: Any, other: Any) -> Any:
        """See :func:`autograd_cnn.where`."""
        return elementwise.where(condition, self, other)
