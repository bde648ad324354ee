"""How a gamma number moves with its concentration."""

import math
from typing import Any

import numpy as np

from .. import ops

__all__ = ["gamma_slope"]


def gamma_slope(concentration: Any, sample: Any) -> Any:
    """How a gamma number z moves with its concentration a where its place in the distribution stays:
    dz/da = -(dF/da) / (dF/dz).

    F(z) is an integral of t**(a - 1) exp(-t) / Gamma(a), so that dF/da is that of the same with the factor
    log t - digamma(a); over the whole half line it is 0, and the smaller side is taken. With t = z exp(-+u)
    the integrand is smooth and is summed by the double exponential rule (Takahasi and Mori 1974).
    """
    a, z = (np.asarray(x, np.float64)[..., None] for x in (concentration, sample))
    side = np.where(z <= a, -1.0, 1.0)
    t = np.linspace(-4.5, 4.5, 101)
    u = np.exp(math.pi / 2 * np.sinh(t))
    weight = u * math.pi / 2 * np.cosh(t) * (t[1] - t[0])
    with np.errstate(all="ignore"):
        grown = np.expm1(side * u)
        density = np.exp(side * a * u - z * grown)
        terms = np.nan_to_num(
            density * (np.log(z) + side * u - ops.digamma(a)) * weight, posinf=0.0, neginf=0.0
        )
    slope: Any = side[..., 0] * z[..., 0] * terms.sum(-1)
    return slope
