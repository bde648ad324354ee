"""Methods of sums, products, powers and bounds, element by element."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import arithmetic, bounds


class ArithmeticMethods(Handle[T]):
    """Methods of sums, products, powers and bounds, element by element."""

    __slots__ = ()

    def add(self, other: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.add`."""
        return arithmetic.add(self, other, alpha=alpha)

    def sub(self, other: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.sub`."""
        return arithmetic.sub(self, other, alpha=alpha)

    def mul(self, other: Any) -> Any:
        """See :func:`autograd_cnn.mul`."""
        return arithmetic.mul(self, other)

    def div(self, other: Any, *, rounding_mode: Any = None) -> Any:
        """See :func:`autograd_cnn.div`."""
        return arithmetic.div(self, other, rounding_mode=rounding_mode)

    def true_divide(self, other: Any) -> Any:
        """See :func:`autograd_cnn.true_divide`."""
        return arithmetic.true_divide(self, other)

    def floor_divide(self, other: Any) -> Any:
        """See :func:`autograd_cnn.floor_divide`."""
        return arithmetic.floor_divide(self, other)

    def remainder(self, other: Any) -> Any:
        """See :func:`autograd_cnn.remainder`."""
        return arithmetic.remainder(self, other)

    def fmod(self, other: Any) -> Any:
        """See :func:`autograd_cnn.fmod`."""
        return arithmetic.fmod(self, other)

    def pow(self, exponent: Any) -> Any:
        """See :func:`autograd_cnn.pow`."""
        return arithmetic.pow(self, exponent)

    def __pow__(self, other: Any) -> Any:
        return arithmetic.pow(self, other)

    def __ipow__(self, other: Any) -> Any:
        return self._overwrite(self.__pow__(other))

    def float_power(self, exponent: Any) -> Any:
        """See :func:`autograd_cnn.float_power`."""
        return arithmetic.float_power(self, exponent)

    def square(self) -> Any:
        """See :func:`autograd_cnn.square`."""
        return arithmetic.square(self)

    def reciprocal(self) -> Any:
        """See :func:`autograd_cnn.reciprocal`."""
        return arithmetic.reciprocal(self)

    def neg(self) -> Any:
        """See :func:`autograd_cnn.neg`."""
        return arithmetic.neg(self)

    def positive(self) -> Any:
        """See :func:`autograd_cnn.positive`."""
        return arithmetic.positive(self)

    def abs(self) -> Any:
        """See :func:`autograd_cnn.abs`."""
        return arithmetic.abs(self)

    def copysign(self, other: Any) -> Any:
        """See :func:`autograd_cnn.copysign`."""
        return arithmetic.copysign(self, other)

    def lerp(self, end: Any, weight: Any) -> Any:
        """See :func:`autograd_cnn.lerp`."""
        return arithmetic.lerp(self, end, weight)

    def addcmul(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """See :func:`autograd_cnn.addcmul`."""
        return arithmetic.addcmul(self, tensor1, tensor2, value=value)

    def addcdiv(self, tensor1: Any, tensor2: Any, *, value: Any = 1) -> Any:
        """See :func:`autograd_cnn.addcdiv`."""
        return arithmetic.addcdiv(self, tensor1, tensor2, value=value)

    def ldexp(self, other: Any) -> Any:
        """See :func:`autograd_cnn.ldexp`."""
        return arithmetic.ldexp(self, other)

    def frexp(self) -> Any:
        """See :func:`autograd_cnn.frexp`."""
        return arithmetic.frexp(self)

    def nan_to_num(self, nan: Any = None, posinf: Any = None, neginf: Any = None) -> Any:
        """See :func:`autograd_cnn.nan_to_num`."""
        return arithmetic.nan_to_num(self, nan, posinf, neginf)

    def deg2rad(self) -> Any:
        """See :func:`autograd_cnn.deg2rad`."""
        return arithmetic.deg2rad(self)

    def rad2deg(self) -> Any:
        """See :func:`autograd_cnn.rad2deg`."""
        return arithmetic.rad2deg(self)

    def gcd(self, other: Any) -> Any:
        """See :func:`autograd_cnn.gcd`."""
        return arithmetic.gcd(self, other)

    def lcm(self, other: Any) -> Any:
        """See :func:`autograd_cnn.lcm`."""
        return arithmetic.lcm(self, other)

    def nextafter(self, other: Any) -> Any:
        """See :func:`autograd_cnn.nextafter`."""
        return arithmetic.nextafter(self, other)

    def subtract(self, other: Any, *, alpha: Any = 1) -> Any:
        """See :func:`autograd_cnn.subtract`."""
        return arithmetic.subtract(self, other, alpha=alpha)

    def multiply(self, other: Any) -> Any:
        """See :func:`autograd_cnn.multiply`."""
        return arithmetic.multiply(self, other)

    def divide(self, other: Any, *, rounding_mode: Any = None) -> Any:
        """See :func:`autograd_cnn.divide`."""
        return arithmetic.divide(self, other, rounding_mode=rounding_mode)

    def negative(self) -> Any:
        """See :func:`autograd_cnn.negative`."""
        return arithmetic.negative(self)

    def absolute(self) -> Any:
        """See :func:`autograd_cnn.absolute`."""
        return arithmetic.absolute(self)

    def maximum(self, other: Any) -> Any:
        """See :func:`autograd_cnn.maximum`."""
        return bounds.maximum(self, other)

    def minimum(self, other: Any) -> Any:
        """See :func:`autograd_cnn.minimum`."""
        return bounds.minimum(self, other)

    def fmax(self, other: Any) -> Any:
        """See :func:`autograd_cnn.fmax`."""
        return bounds.fmax(self, other)

    def fmin(self, other: Any) -> Any:
        """See :func:`autograd_cnn.fmin`."""
        return bounds.fmin(self, other)

    def clamp(self, min: Any = None, max: Any = None) -> Any:
        """See :func:`autograd_cnn.clamp`."""
        return bounds.clamp(self, min, max)

    def clamp_min(self, min: Any) -> Any:
        """See :func:`autograd_cnn.clamp_min`."""
        return bounds.clamp_min(self, min)

    def clamp_max(self, max: Any) -> Any:
        """See :func:`autograd_cnn.clamp_max`."""
        return bounds.clamp_max(self, max)

    def relu(self) -> Any:
        """See :func:`autograd_cnn.relu`."""
        return bounds.relu(self)

    def clip(self, min: Any = None, max: Any = None) -> Any:
        """See :func:`autograd_cnn.clip`."""
        return bounds.clip(self, min, max)

    def angle(self) -> Any:
        """See :func:`autograd_cnn.angle`."""
        return arithmetic.angle(self)

    def conj(self) -> Any:
        """See :func:`autograd_cnn.conj`."""
        return arithmetic.conj(self)

    def conj_physical(self) -> Any:
        """See :func:`autograd_cnn.conj_physical`."""
        return arithmetic.conj_physical(self)

    def resolve_conj(self) -> Any:
        """See :func:`autograd_cnn.resolve_conj`."""
        return arithmetic.resolve_conj(self)

    def resolve_neg(self) -> Any:
        """See :func:`autograd_cnn.resolve_neg`."""
        return arithmetic.resolve_neg(self)

    @property
    def real(self) -> Any:
        """The tensor itself: this engine is for real numbers."""
        return self
