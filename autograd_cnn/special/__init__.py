"""Special functions under the names of ``torch.special``."""

from .._functions._out import taking_out as _taking_out
from .._functions.activation import log_softmax, softmax
from .._functions.exponential import exp2, expm1, log1p, logit, xlogy
from .._functions.exponential import sigmoid as expit
from .._functions.incomplete_gamma import igamma as gammainc
from .._functions.incomplete_gamma import igammac as gammaincc
from .._functions.reduction import logsumexp
from .._functions.rounding import round
from .._functions.scaled import erfcx, i0e, i1e
from .._functions.special import (
    digamma,
    entr,
    erf,
    erfc,
    erfinv,
    i0,
    i1,
    log_ndtr,
    ndtr,
    ndtri,
    polygamma,
    xlog1py,
)
from .._functions.special import digamma as psi
from .._functions.special import i0 as modified_bessel_i0
from .._functions.special import i1 as modified_bessel_i1
from .._functions.special import lgamma as gammaln
from .._functions.special import mvlgamma as multigammaln
from .._functions.trigonometric import sinc

globals().update(_taking_out(globals()))

__all__ = [
    "digamma",
    "entr",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp2",
    "expit",
    "expm1",
    "gammainc",
    "gammaincc",
    "gammaln",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "sinc",
    "softmax",
    "xlog1py",
    "xlogy",
]
