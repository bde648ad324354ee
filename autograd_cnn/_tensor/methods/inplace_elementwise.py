"""The rest of the methods that write into the tensor, family by family: ``x.sin_()`` overwrites x with
``x.sin()``.

``self`` is typed as Any: the methods without the underscore stand in other mixins of the same Tensor.
"""

from typing import Any

from ..._engine.handle import Handle, T


class InPlaceElementwiseMethods(Handle[T]):
    """Methods that overwrite the tensor element by element."""

    __slots__ = ()

    def true_divide_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.true_divide`."""
        return self._overwrite(self.true_divide(other))

    def floor_divide_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.floor_divide`."""
        return self._overwrite(self.floor_divide(other))

    def remainder_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.remainder`."""
        return self._overwrite(self.remainder(other))

    def fmod_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.fmod`."""
        return self._overwrite(self.fmod(other))

    def float_power_(self: Any, exponent: Any) -> Any:
        """In place, see :func:`autograd_cnn.float_power`."""
        return self._overwrite(self.float_power(exponent))

    def square_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.square`."""
        return self._overwrite(self.square())

    def reciprocal_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.reciprocal`."""
        return self._overwrite(self.reciprocal())

    def copysign_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.copysign`."""
        return self._overwrite(self.copysign(other))

    def ldexp_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.ldexp`."""
        return self._overwrite(self.ldexp(other))

    def nan_to_num_(self: Any, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.nan_to_num`."""
        return self._overwrite(self.nan_to_num(nan, posinf, neginf))

    def deg2rad_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.deg2rad`."""
        return self._overwrite(self.deg2rad())

    def rad2deg_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.rad2deg`."""
        return self._overwrite(self.rad2deg())

    def gcd_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.gcd`."""
        return self._overwrite(self.gcd(other))

    def lcm_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.lcm`."""
        return self._overwrite(self.lcm(other))

    def nextafter_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.nextafter`."""
        return self._overwrite(self.nextafter(other))

    def subtract_(self: Any, other: Any, *, alpha: Any = 1) -> Any:
        """In place, see :func:`autograd_cnn.subtract`."""
        return self._overwrite(self.subtract(other, alpha=alpha))

    def multiply_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.multiply`."""
        return self._overwrite(self.multiply(other))

    def divide_(self: Any, other: Any, *, rounding_mode: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.divide`."""
        return self._overwrite(self.divide(other, rounding_mode=rounding_mode))

    def negative_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.negative`."""
        return self._overwrite(self.negative())

    def absolute_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.absolute`."""
        return self._overwrite(self.absolute())

    def clamp_min_(self: Any, min: Any) -> Any:
        """In place, see :func:`autograd_cnn.clamp_min`."""
        return self._overwrite(self.clamp_min(min))

    def clamp_max_(self: Any, max: Any) -> Any:
        """In place, see :func:`autograd_cnn.clamp_max`."""
        return self._overwrite(self.clamp_max(max))

    def exp2_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.exp2`."""
        return self._overwrite(self.exp2())

    def expm1_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.expm1`."""
        return self._overwrite(self.expm1())

    def log2_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.log2`."""
        return self._overwrite(self.log2())

    def log10_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.log10`."""
        return self._overwrite(self.log10())

    def log1p_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.log1p`."""
        return self._overwrite(self.log1p())

    def rsqrt_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.rsqrt`."""
        return self._overwrite(self.rsqrt())

    def logit_(self: Any, eps: Any = None) -> Any:
        """In place, see :func:`autograd_cnn.logit`."""
        return self._overwrite(self.logit(eps))

    def xlogy_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.xlogy`."""
        return self._overwrite(self.xlogy(other))

    def erf_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.erf`."""
        return self._overwrite(self.erf())

    def erfc_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.erfc`."""
        return self._overwrite(self.erfc())

    def erfinv_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.erfinv`."""
        return self._overwrite(self.erfinv())

    def lgamma_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.lgamma`."""
        return self._overwrite(self.lgamma())

    def digamma_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.digamma`."""
        return self._overwrite(self.digamma())

    def polygamma_(self: Any, n: int) -> Any:
        """In place, see :func:`autograd_cnn.polygamma`."""
        return self._overwrite(self.polygamma(n))

    def mvlgamma_(self: Any, p: int) -> Any:
        """In place, see :func:`autograd_cnn.mvlgamma`."""
        return self._overwrite(self.mvlgamma(p))

    def i0_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.i0`."""
        return self._overwrite(self.i0())

    def sign_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.sign`."""
        return self._overwrite(self.sign())

    def floor_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.floor`."""
        return self._overwrite(self.floor())

    def ceil_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.ceil`."""
        return self._overwrite(self.ceil())

    def trunc_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.trunc`."""
        return self._overwrite(self.trunc())

    def round_(self: Any, *, decimals: int = 0) -> Any:
        """In place, see :func:`autograd_cnn.round`."""
        return self._overwrite(self.round(decimals=decimals))

    def frac_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.frac`."""
        return self._overwrite(self.frac())

    def sgn_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.sgn`."""
        return self._overwrite(self.sgn())

    def fix_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.fix`."""
        return self._overwrite(self.fix())

    def eq_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.eq`."""
        return self._overwrite(self.eq(other))

    def ne_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.ne`."""
        return self._overwrite(self.ne(other))

    def lt_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.lt`."""
        return self._overwrite(self.lt(other))

    def le_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.le`."""
        return self._overwrite(self.le(other))

    def gt_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.gt`."""
        return self._overwrite(self.gt(other))

    def ge_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.ge`."""
        return self._overwrite(self.ge(other))

    def heaviside_(self: Any, values: Any) -> Any:
        """In place, see :func:`autograd_cnn.heaviside`."""
        return self._overwrite(self.heaviside(values))

    def logical_not_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.logical_not`."""
        return self._overwrite(self.logical_not())

    def logical_and_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.logical_and`."""
        return self._overwrite(self.logical_and(other))

    def logical_or_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.logical_or`."""
        return self._overwrite(self.logical_or(other))

    def logical_xor_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.logical_xor`."""
        return self._overwrite(self.logical_xor(other))

    def bitwise_not_(self: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_not`."""
        return self._overwrite(self.bitwise_not())

    def bitwise_and_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_and`."""
        return self._overwrite(self.bitwise_and(other))

    def bitwise_or_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_or`."""
        return self._overwrite(self.bitwise_or(other))

    def bitwise_xor_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_xor`."""
        return self._overwrite(self.bitwise_xor(other))

    def bitwise_left_shift_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_left_shift`."""
        return self._overwrite(self.bitwise_left_shift(other))

    def bitwise_right_shift_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.bitwise_right_shift`."""
        return self._overwrite(self.bitwise_right_shift(other))

    def not_equal_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.not_equal`."""
        return self._overwrite(self.not_equal(other))

    def less_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.less`."""
        return self._overwrite(self.less(other))

    def less_equal_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.less_equal`."""
        return self._overwrite(self.less_equal(other))

    def greater_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.greater`."""
        return self._overwrite(self.greater(other))

    def greater_equal_(self: Any, other: Any) -> Any:
        """In place, see :func:`autograd_cnn.greater_equal`."""
        return self._overwrite(self.greater_equal(other))
