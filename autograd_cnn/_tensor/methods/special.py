"""Special functions as methods."""

from typing import Final

from ..._engine.handle import Handle, T
from ..._functions._in_place import in_place
from ..._functions.special import *
from ..._functions.special import digamma_, erfinv_, lgamma_, mvlgamma_


class SpecialMethods(Handle[T]):
    """Special functions, and their in-place forms."""

    __slots__ = ()

    digamma = digamma
    digamma_ = digamma_
    erf = erf
    erf_ = erf_
    erfc = erfc
    erfc_ = erfc_
    erfinv = erfinv
    erfinv_ = erfinv_
    i0 = i0
    i0_ = i0_
    lgamma = lgamma
    lgamma_ = lgamma_
    mvlgamma = mvlgamma
    mvlgamma_ = mvlgamma_

    def polygamma(self, n: int) -> T:
        """The nth derivative of digamma."""
        return polygamma(n, self)

    polygamma_: Final = in_place(polygamma)
