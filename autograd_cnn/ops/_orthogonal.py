"""Orthogonal polynomials of any degree, in float64, then rounded to the operands' dtype (DLMF 18.9.1). They
have no gradient, as in PyTorch.

All by their three-term recurrence; Chebyshev's between -1 and 1, from the degree 64 on, by their cosines and
sines (18.5.1 to 18.5.4). The degree may be a tensor; fractions are cut off, and of a negative degree the
polynomial is 0.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._arrays import common_dtype
from ._primitive import primitive
from ._special import _on_host

_BLOCK = 8192
_CLOSED = 64
"""From this degree on Chebyshev's polynomials are computed by their cosines and sines."""
_HERMITE = 512
"""Beyond this degree Hermite's are NaN, in float32 beyond a quarter of it, as in PyTorch."""


def _by_recurrence(x, n, first, following, most):
    """The polynomial of the degree n, element by element: p0 = 1, p1 = ``first``, and p(k + 1) from p(k) and
    p(k - 1)."""
    before, here = np.ones_like(x), first(x)
    value = np.where(n < 0, 0.0, np.where(n == 0, before, here))
    for k in range(1, int(min(n.max(initial=0), most))):
        before, here = here, following(k, x, here, before)
        value = np.where(n == k + 1, here, value)
    return value


def _polynomial(
    name: str,
    first: Callable[[Any], Any],
    following: Callable[..., Any],
    about: str,
    closed: Callable[[Any, Any], Any] | None = None,
    shifted: bool = False,
    most: float = np.inf,
) -> Any:
    """The primitive of a family; ``closed(n, angle)`` is its form in x = cos(angle)."""

    def compute(x, n, most):
        x, n = (2 * x - 1 if shifted else x), np.trunc(n)
        if closed is None:
            return np.where(n > most, np.nan, _by_recurrence(x, n, first, following, most))
        inside = (np.absolute(x) < 1) & (n >= _CLOSED)
        value = _by_recurrence(x, np.where(inside, 0, n), first, following, most)
        angle = np.arccos(np.where(inside, x, 0.5))
        return np.where(inside, closed(n, angle), value)

    def forward(x, n, /):
        if not (hasattr(x, "dtype") or hasattr(n, "dtype")):
            raise TypeError(
                f"one of the operands must be a Tensor, got {type(x).__name__} and {type(n).__name__}"
            )
        dtype = common_dtype(x, n)
        limit = most if dtype == np.float64 else most / 4
        wide = np.broadcast_shapes(np.shape(x), np.shape(n))
        out = np.empty(wide, dtype)
        flat = out.reshape(-1)
        x, n = (np.broadcast_to(a, wide).reshape(-1) for a in (x, n))
        with np.errstate(all="ignore"):
            for start in range(0, flat.size, _BLOCK):
                part = slice(start, start + _BLOCK)
                flat[part] = compute(x[part].astype(np.float64), n[part].astype(np.float64), limit)
        return out

    forward.__name__ = forward.__qualname__ = name
    forward.__doc__ = about
    made: Any = primitive(broadcasts=True, promotes="float", differentiable=False)(_on_host(forward))
    made.samples(
        lambda draw: [
            (draw(2, 3), np.array([0.0, 1.0, 5.0])),
            (draw(()), np.array(2.0)),
            (draw(0, 3), np.array(2.0)),
        ]
    )
    return made


def _doubled(k, x, here, before):
    return 2 * x * here - before


_CHEBYSHEV = {
    "t": ("first", lambda x: x, lambda n, a: np.cos(n * a)),
    "u": ("second", lambda x: 2 * x, lambda n, a: np.sin((n + 1) * a) / np.sin(a)),
    "v": ("third", lambda x: 2 * x - 1, lambda n, a: np.cos((n + 0.5) * a) / np.cos(a / 2)),
    "w": ("fourth", lambda x: 2 * x + 1, lambda n, a: np.sin((n + 0.5) * a) / np.sin(a / 2)),
}

(
    chebyshev_polynomial_t,
    chebyshev_polynomial_u,
    chebyshev_polynomial_v,
    chebyshev_polynomial_w,
) = (
    _polynomial(
        f"chebyshev_polynomial_{kind}", first, _doubled, f"Chebyshev's polynomials of the {th} kind.", closed
    )
    for kind, (th, first, closed) in _CHEBYSHEV.items()
)
(
    shifted_chebyshev_polynomial_t,
    shifted_chebyshev_polynomial_u,
    shifted_chebyshev_polynomial_v,
    shifted_chebyshev_polynomial_w,
) = (
    _polynomial(
        f"shifted_chebyshev_polynomial_{kind}",
        first,
        _doubled,
        f"Chebyshev's polynomials of the {th} kind at 2 x - 1.",
        closed,
        shifted=True,
    )
    for kind, (th, first, closed) in _CHEBYSHEV.items()
)
hermite_polynomial_h = _polynomial(
    "hermite_polynomial_h",
    lambda x: 2 * x,
    lambda k, x, here, before: 2 * x * here - 2 * k * before,
    "Hermite's polynomials, of the physicists.",
    most=_HERMITE,
)
hermite_polynomial_he = _polynomial(
    "hermite_polynomial_he",
    lambda x: x,
    lambda k, x, here, before: x * here - k * before,
    "Hermite's polynomials, of the probabilists.",
    most=_HERMITE,
)
laguerre_polynomial_l = _polynomial(
    "laguerre_polynomial_l",
    lambda x: 1 - x,
    lambda k, x, here, before: ((2 * k + 1 - x) * here - k * before) / (k + 1),
    "Laguerre's polynomials.",
)
legendre_polynomial_p = _polynomial(
    "legendre_polynomial_p",
    lambda x: x,
    lambda k, x, here, before: ((2 * k + 1) * x * here - k * before) / (k + 1),
    "Legendre's polynomials.",
)
