"""Special functions under the names of ``torch.special``."""

from .._functions._options import with_options as _with_options
from .._functions.activation import log_softmax, softmax
from .._functions.cylinder import (
    airy_ai,
    bessel_j0,
    bessel_j1,
    bessel_y0,
    bessel_y1,
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
    hermite_polynomial_h,
    hermite_polynomial_he,
    laguerre_polynomial_l,
    legendre_polynomial_p,
    modified_bessel_k0,
    modified_bessel_k1,
    scaled_modified_bessel_k0,
    scaled_modified_bessel_k1,
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
    spherical_bessel_j0,
    zeta,
)
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

globals().update(_with_options(globals()))

__all__ = [
    "airy_ai",
    "bessel_j0",
    "bessel_j1",
    "bessel_y0",
    "bessel_y1",
    "chebyshev_polynomial_t",
    "chebyshev_polynomial_u",
    "chebyshev_polynomial_v",
    "chebyshev_polynomial_w",
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
    "hermite_polynomial_h",
    "hermite_polynomial_he",
    "i0",
    "i0e",
    "i1",
    "i1e",
    "laguerre_polynomial_l",
    "legendre_polynomial_p",
    "log1p",
    "log_ndtr",
    "log_softmax",
    "logit",
    "logsumexp",
    "modified_bessel_i0",
    "modified_bessel_i1",
    "modified_bessel_k0",
    "modified_bessel_k1",
    "multigammaln",
    "ndtr",
    "ndtri",
    "polygamma",
    "psi",
    "round",
    "scaled_modified_bessel_k0",
    "scaled_modified_bessel_k1",
    "shifted_chebyshev_polynomial_t",
    "shifted_chebyshev_polynomial_u",
    "shifted_chebyshev_polynomial_v",
    "shifted_chebyshev_polynomial_w",
    "sinc",
    "softmax",
    "spherical_bessel_j0",
    "xlog1py",
    "xlogy",
    "zeta",
]
