"""Functions of physics in mpmath, for ``test_digits``: Bessel's and Airy's functions, zeta and orthogonal
polynomials. Only zeta has a slope, of its second operand, as in PyTorch."""

from collections.abc import Callable
from typing import Any

import mpmath as mp

from . import jets as j
from .digits_table import FEW, LINE, WIDE, Row, named, positive


def value(function: Callable[..., Any]) -> Callable[..., Any]:
    """A function of mpmath, as one of jets whose slopes nobody asks for."""
    return lambda *x: j.Jet(function(*(each.value for each in x)))


def hankel(order: int, x: Any, turned: bool) -> Any:
    """J, or Y if ``turned``, of a large number: mpmath's own Y takes minutes there. At infinity 0."""
    if x > mp.mpf(10) ** 320:
        return mp.mpf(0)
    p, q, term = mp.mpf(1), mp.mpf(0), mp.mpf(1)
    for k in range(1, 12):
        term *= mp.mpf(4 * order * order - (2 * k - 1) ** 2) / (8 * k * x)
        sign = (-1) ** (k // 2)
        p, q = (p, q + sign * term) if k % 2 else (p + sign * term, q)
    total, difference = mp.cos(x) + mp.sin(x), mp.sin(x) - mp.cos(x)
    cosine, sine = (difference, -total) if order else (total, difference)
    return (p * sine + q * cosine if turned else p * cosine - q * sine) / mp.sqrt(mp.pi * x)


def first_kind(order: int) -> Callable[..., Any]:
    return value(
        lambda x: (
            mp.besselj(order, x)
            if abs(x) < 1e6
            else mp.sign(x) ** order * hankel(order, abs(x), turned=False)
        )
    )


def second_kind(order: int) -> Callable[..., Any]:
    return value(lambda x: mp.bessely(order, x) if x < 1e6 else hankel(order, x, turned=True))


def k_by_powers(order: int, x: Any) -> Any:
    """K, by its powers and a logarithm, with the digits that they cancel: mpmath's own K takes long."""
    with mp.extradps(int(x) + 5):
        term, first, rest, below, above = (x / 2) ** order, mp.mpf(0), mp.mpf(0), mp.mpf(0), mp.mpf(order)
        for k in range(1, 40 + 3 * int(x)):
            first, rest = first + term, rest + term * (below + above)
            term *= x * x / (4 * k * (k + order))
            below, above = below + mp.mpf(1) / k, above + mp.mpf(1) / (k + order)
        log = (mp.log(x / 2) + mp.euler) * first
        return 1 / x + log - rest / 2 if order else rest / 2 - log


def third_kind(order: int, scaled: bool = False) -> Callable[..., Any]:
    def of(x: Any) -> Any:
        if x > 1e6:
            return mp.sqrt(mp.pi / (2 * x)) * (1 + mp.mpf(4 * order - 1) / (8 * x)) if scaled else mp.mpf(0)
        k = k_by_powers(order, x) if x < 60 else mp.besselk(order, x)
        return k * (mp.exp(x) if scaled else 1)

    return value(of)


def airy(x: Any) -> Any:
    return mp.airyai(x) if x < 1e6 else mp.mpf(0)


def sine_by(x: Any) -> Any:
    return mp.sin(x) / x if 0 < abs(x) < mp.mpf(10) ** 320 else mp.mpf(not x)


ZEROS = (
    *(2.404825557695773, 5.520078110286311, 21.21163662987926, 3.8317059702075125, 19.615858510468243),
    *(0.8935769662791675, 3.957678419314858, 22.782028047291558, 2.197141326031017, 21.188068934142212),
    *(-2.338107410459767, -5.520559828095551, -9.02265085334098),
)
"""Beside them J, Y or Airy's function is 0."""
BETWEEN = tuple(x / 8 for x in range(1, 240))
EVERYWHERE = (*WIDE, *BETWEEN, *ZEROS)
BOTH = (*LINE, *BETWEEN, *(-x for x in BETWEEN), *ZEROS)


def alone(name: str, truth: Callable[..., Any], *grids: tuple[float, ...], **options: Any) -> Row:
    """The row of a function that has no slope."""
    return Row(name, named(name), truth, grids, digits=30, order=0, **options)


CYLINDER = [
    alone("airy_ai", value(airy), BOTH, ulps=(5, 4, 64), domain=lambda x: x > -1e10),
    alone("bessel_j0", first_kind(0), BOTH),
    alone("bessel_j1", first_kind(1), BOTH),
    alone("bessel_y0", second_kind(0), EVERYWHERE, domain=positive),
    alone("bessel_y1", second_kind(1), EVERYWHERE, domain=positive),
    *(
        alone(f"{kind}_k{n}", third_kind(n, kind.startswith("scaled")), EVERYWHERE, domain=positive)
        for n in (0, 1)
        for kind in ("modified_bessel", "scaled_modified_bessel")
    ),
    alone("spherical_bessel_j0", value(sine_by), BOTH),
]


def hurwitz(s: Any, q: Any) -> Any:
    """zeta(s, q); first the terms on the left of 0."""
    size = s * mp.log10(q) if q > 0 else s * (1 + mp.log10(1 - q))
    if q > 0 and size > 800:
        return mp.mpf(0)
    with mp.extradps(int(max(0, size))):  # what is small has as many digits, and what is left of large terms
        left = max(0, -int(mp.floor(q)))
        return sum((mp.power(q + k, -s) for k in range(left)), mp.zeta(s, q + left))


def zeta(s: Any, q: Any) -> Any:
    v, at = s.value, q.value
    return q.through(hurwitz(v, at), -v * hurwitz(v + 1, at), v * (v + 1) * hurwitz(v + 2, at))


EXPONENTS = (1 + 2**-52, 1.001, 1.5, 2.0, 3.0, 4.7, 5.0, 12.0, 40.0, 41.3, 170.0, 1e3, 1e10, 1e25)
PLACES = (
    *(5e-324, 2e-310, 1e-300, 1e-30, 1e-9, 0.3, 0.5, 1.0, 1 + 2**-23, 1.25, 2.7, 7.1, 12.3, 40.4, 160.3, 1e3),
    *(
        1e10,
        1e25,
        1e38,
        1e154,
        1e300,
        -1e-30,
        -1e-9,
        -0.25,
        -0.5,
        -0.75,
        -2.3,
        -7.4999,
        -11.7,
        -50.5,
        -1e3 - 0.3,
    ),
)


def converges(s: float, q: float) -> bool:
    return s > 1 and q != 0 and (q > 0 or (s == int(s) and q != int(q) and s < 200))


ZETA = [Row("zeta", named("zeta"), zeta, (EXPONENTS, PLACES), digits=30, live=(1,), domain=converges)]

DEGREES = (0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 7.0, 12.0, 30.0, 90.0)


def power_of(beside: Callable[[Any], Any], shifted: bool = False) -> Callable[..., Any]:
    """A polynomial of Chebyshev's from those of the first and second kind: T + y U, maybe at 2 x - 1."""

    def of(x: Any, n: Any) -> Any:
        x, t, u = (2 * x - 1 if shifted else x), mp.mpf(1), mp.mpf(0)
        for _ in range(int(n)):
            t, u = x * t + (x * x - 1) * u, x * u + t
        return t + beside(x) * u

    return of


BESIDE = {"t": lambda x: 0, "u": lambda x: x, "v": lambda x: x - 1, "w": lambda x: x + 1}


def recurrence(coefficients: Callable[[int], tuple[Any, Any, Any]]) -> Callable[..., Any]:
    """p(k + 1) = (a x + c) p(k) - b p(k - 1)."""

    def of(x: Any, n: Any) -> Any:
        before, here = mp.mpf(0), mp.mpf(1)
        for k in range(int(n)):
            a, b, c = coefficients(k)
            before, here = here, (a * x + c) * here - b * before
        return here

    return of


FAMILIES = {
    **{f"chebyshev_polynomial_{kind}": power_of(beside) for kind, beside in BESIDE.items()},
    **{f"shifted_chebyshev_polynomial_{kind}": power_of(beside, True) for kind, beside in BESIDE.items()},
    "hermite_polynomial_h": recurrence(lambda k: (2, 2 * k, 0)),
    "hermite_polynomial_he": recurrence(lambda k: (1, k, 0)),
    "laguerre_polynomial_l": recurrence(
        lambda k: (-mp.mpf(1) / (k + 1), mp.mpf(k) / (k + 1), mp.mpf(2 * k + 1) / (k + 1))
    ),
    "legendre_polynomial_p": recurrence(lambda k: (mp.mpf(2 * k + 1) / (k + 1), mp.mpf(k) / (k + 1), 0)),
}
CIRCLE = (0.1, 0.3, 0.5, 0.7071067811865476, 0.8660254037844386, 0.9, 0.999, 1.0, 1.25, 2.0)
LINE_AND_CIRCLE = tuple(sign * x for x in (*FEW, *CIRCLE) for sign in (1.0, -1.0))
POLYNOMIALS = [alone(name, value(of), LINE_AND_CIRCLE, DEGREES) for name, of in FAMILIES.items()]
PHYSICS = [*CYLINDER, *ZETA, *POLYNOMIALS]
