"""Methods that are functions of one element (and a few of two): exponentials, circular and special functions,
rounding."""

from typing import Any

from ..._engine.handle import Handle, T
from ..._functions import exponential, rounding, special


class ElementwiseMethods(Handle[T]):
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
