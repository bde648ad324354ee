"""Methods that are functions of one element (and a few of two): exponentials, circular and special functions,
rounding."""

from typing import Any

from ..._engine.handle import Handle
from ..._functions import exponential, rounding, special, trigonometric


class ElementwiseMethods(Handle):
    """Methods that are functions of one element (and a few of two): exponentials, circular and special
    functions, rounding."""

    __slots__ = ()

    def exp(self) -> Any:
        """See :func:`autograd_cnn.exp`."""
        return exponential.exp(self)

    def exp2(self) -> Any:
        """See :func:`autograd_cnn.exp2`."""
        return exponential.exp2(self)

    def expm1(self) -> Any:
        """See :func:`autograd_cnn.expm1`."""
        return exponential.expm1(self)

    def log(self) -> Any:
        """See :func:`autograd_cnn.log`."""
        return exponential.log(self)

    def log2(self) -> Any:
        """See :func:`autograd_cnn.log2`."""
        return exponential.log2(self)

    def log10(self) -> Any:
        """See :func:`autograd_cnn.log10`."""
        return exponential.log10(self)

    def log1p(self) -> Any:
        """See :func:`autograd_cnn.log1p`."""
        return exponential.log1p(self)

    def sqrt(self) -> Any:
        """See :func:`autograd_cnn.sqrt`."""
        return exponential.sqrt(self)

    def rsqrt(self) -> Any:
        """See :func:`autograd_cnn.rsqrt`."""
        return exponential.rsqrt(self)

    def sigmoid(self) -> Any:
        """See :func:`autograd_cnn.sigmoid`."""
        return exponential.sigmoid(self)

    def logit(self, eps: Any = None) -> Any:
        """See :func:`autograd_cnn.logit`."""
        return exponential.logit(self, eps)

    def logaddexp(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logaddexp`."""
        return exponential.logaddexp(self, other)

    def logaddexp2(self, other: Any) -> Any:
        """See :func:`autograd_cnn.logaddexp2`."""
        return exponential.logaddexp2(self, other)

    def xlogy(self, other: Any) -> Any:
        """See :func:`autograd_cnn.xlogy`."""
        return exponential.xlogy(self, other)

    def sin(self) -> Any:
        """See :func:`autograd_cnn.sin`."""
        return trigonometric.sin(self)

    def cos(self) -> Any:
        """See :func:`autograd_cnn.cos`."""
        return trigonometric.cos(self)

    def tan(self) -> Any:
        """See :func:`autograd_cnn.tan`."""
        return trigonometric.tan(self)

    def asin(self) -> Any:
        """See :func:`autograd_cnn.asin`."""
        return trigonometric.asin(self)

    def acos(self) -> Any:
        """See :func:`autograd_cnn.acos`."""
        return trigonometric.acos(self)

    def atan(self) -> Any:
        """See :func:`autograd_cnn.atan`."""
        return trigonometric.atan(self)

    def atan2(self, other: Any) -> Any:
        """See :func:`autograd_cnn.atan2`."""
        return trigonometric.atan2(self, other)

    def sinh(self) -> Any:
        """See :func:`autograd_cnn.sinh`."""
        return trigonometric.sinh(self)

    def cosh(self) -> Any:
        """See :func:`autograd_cnn.cosh`."""
        return trigonometric.cosh(self)

    def tanh(self) -> Any:
        """See :func:`autograd_cnn.tanh`."""
        return trigonometric.tanh(self)

    def asinh(self) -> Any:
        """See :func:`autograd_cnn.asinh`."""
        return trigonometric.asinh(self)

    def acosh(self) -> Any:
        """See :func:`autograd_cnn.acosh`."""
        return trigonometric.acosh(self)

    def atanh(self) -> Any:
        """See :func:`autograd_cnn.atanh`."""
        return trigonometric.atanh(self)

    def sinc(self) -> Any:
        """See :func:`autograd_cnn.sinc`."""
        return trigonometric.sinc(self)

    def hypot(self, other: Any) -> Any:
        """See :func:`autograd_cnn.hypot`."""
        return trigonometric.hypot(self, other)

    def arcsin(self) -> Any:
        """See :func:`autograd_cnn.arcsin`."""
        return trigonometric.arcsin(self)

    def arccos(self) -> Any:
        """See :func:`autograd_cnn.arccos`."""
        return trigonometric.arccos(self)

    def arctan(self) -> Any:
        """See :func:`autograd_cnn.arctan`."""
        return trigonometric.arctan(self)

    def arctan2(self, other: Any) -> Any:
        """See :func:`autograd_cnn.arctan2`."""
        return trigonometric.arctan2(self, other)

    def arcsinh(self) -> Any:
        """See :func:`autograd_cnn.arcsinh`."""
        return trigonometric.arcsinh(self)

    def arccosh(self) -> Any:
        """See :func:`autograd_cnn.arccosh`."""
        return trigonometric.arccosh(self)

    def arctanh(self) -> Any:
        """See :func:`autograd_cnn.arctanh`."""
        return trigonometric.arctanh(self)

    def erf(self) -> Any:
        """See :func:`autograd_cnn.erf`."""
        return special.erf(self)

    def erfc(self) -> Any:
        """See :func:`autograd_cnn.erfc`."""
        return special.erfc(self)

    def igamma(self, other: Any) -> Any:
        """See :func:`autograd_cnn.igamma`."""
        return special.igamma(self, other)

    def igammac(self, other: Any) -> Any:
        """See :func:`autograd_cnn.igammac`."""
        return special.igammac(self, other)

    def erfinv(self) -> Any:
        """See :func:`autograd_cnn.erfinv`."""
        return special.erfinv(self)

    def lgamma(self) -> Any:
        """See :func:`autograd_cnn.lgamma`."""
        return special.lgamma(self)

    def digamma(self) -> Any:
        """See :func:`autograd_cnn.digamma`."""
        return special.digamma(self)

    def polygamma(self, n: int) -> Any:
        """See :func:`autograd_cnn.polygamma`."""
        return special.polygamma(n, self)

    def mvlgamma(self, p: int) -> Any:
        """See :func:`autograd_cnn.mvlgamma`."""
        return special.mvlgamma(self, p)

    def i0(self) -> Any:
        """See :func:`autograd_cnn.i0`."""
        return special.i0(self)

    def sign(self) -> Any:
        """See :func:`autograd_cnn.sign`."""
        return rounding.sign(self)

    def floor(self) -> Any:
        """See :func:`autograd_cnn.floor`."""
        return rounding.floor(self)

    def ceil(self) -> Any:
        """See :func:`autograd_cnn.ceil`."""
        return rounding.ceil(self)

    def trunc(self) -> Any:
        """See :func:`autograd_cnn.trunc`."""
        return rounding.trunc(self)

    def round(self, *, decimals: int = 0) -> Any:
        """See :func:`autograd_cnn.round`."""
        return rounding.round(self, decimals=decimals)

    def frac(self) -> Any:
        """See :func:`autograd_cnn.frac`."""
        return rounding.frac(self)

    def sgn(self) -> Any:
        """See :func:`autograd_cnn.sgn`."""
        return rounding.sgn(self)

    def fix(self) -> Any:
        """See :func:`autograd_cnn.fix`."""
        return rounding.fix(self)
