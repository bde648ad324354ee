"""Determinants of matrices in the last two axes, and their derivatives by singular values: products of all
but one, and of all but two, which are finite for singular matrices too."""

import numpy as np

from ._arrays import array_module
from ._contraction import swap_last
from ._linalg import check_matrix, columns, each, finite_svd, inv, squares
from ._primitive import primitive
from ._reduction import sum


@primitive
def det(x, /):
    """The determinant; its gradient is the matrix of cofactors, which is finite for singular matrices too."""
    check_matrix("det", x)
    return np.linalg.det(x)


@det.vjp("x")
def det_x(g, x):
    return each(g) * cofactors(x)


def _factors(name, x):
    """U, s and Vᵀ of the matrices that are finite, with det(U) det(V); and which those are."""
    check_matrix(name, x)
    finite = np.isfinite(x).all(axis=(-2, -1), keepdims=True)
    u, s, vh = finite_svd(np.where(finite, x, x.dtype.type(0)))
    return u, s, vh, each(np.linalg.det(u) * np.linalg.det(vh)), finite


def _products_but_one(s):
    """The product of all but one, for each one."""
    one = np.ones_like(s[..., :1])
    before = np.cumprod(np.concatenate([one, s], -1), -1)[..., :-1]
    after = np.flip(np.cumprod(np.concatenate([one, np.flip(s, -1)], -1), -1), -1)[..., 1:]
    return before * after


@primitive
def cofactors(x, /):
    """det(x) x⁻ᵀ, by singular values: products of all but one. NaN for a matrix that is not finite."""
    u, s, vh, turn, finite = _factors("cofactors", x)
    return np.where(finite, turn * ((u * columns(_products_but_one(s))) @ vh), x.dtype.type(np.nan))


@cofactors.vjp("x")
def cofactors_x(g, x):
    return cofactors_along(x, g)


@primitive
def cofactors_along(x, y, /):
    """The derivative of the cofactors of x in the direction y, by products of all singular values but two:
    finite for singular matrices too. It is symmetric, as det's second derivative is."""
    u, s, vh, turn, finite = _factors("cofactors_along", x)
    n = s.shape[-1]
    rest = np.zeros_like(u)
    for i in range(n):
        others = [k for k in range(n) if k != i]
        rest[..., i, others] = _products_but_one(s[..., others])
    inner = np.swapaxes(u, -1, -2) @ y @ np.swapaxes(vh, -1, -2)
    own = (rest @ np.diagonal(inner, axis1=-2, axis2=-1)[..., None])[..., 0]
    change = own[..., None] * array_module(x).eye(n, dtype=x.dtype) - rest * np.swapaxes(inner, -1, -2)
    return np.where(finite, turn * (u @ change @ vh), x.dtype.type(np.nan))


@cofactors_along.vjp("y")
def cofactors_along_y(g, x):
    return cofactors_along(x, g)


@cofactors_along.vjp(
    "x",
    formula="cofactors_along(x, (y * each(sum(g * cofactors(x), axis=(-2, -1))) + g * each(sum(y * "
    "cofactors(x), axis=(-2, -1))) - g @ swap_last(cofactors(x)) @ y - y @ swap_last(cofactors(x)) @ g) / "
    "each(det(x))) - cofactors(x) * each(sum(g * out, axis=(-2, -1)) / det(x))",
)
def cofactors_along_x(g, x, y, out):
    """From its quotient by the determinant, (sum(y * c) c - c yᵀ c) / det(x) of the cofactors c, which is
    not finite for a singular matrix."""
    c, whole = cofactors(x), each(det(x))
    parts = [each(sum(a * c, axis=(-2, -1))) for a in (g, y)]
    turned = g @ swap_last(c) @ y + y @ swap_last(c) @ g
    along = cofactors_along(x, (y * parts[0] + g * parts[1] - turned) / whole)
    return along - c * each(sum(g * out, axis=(-2, -1))) / whole


@primitive(outputs=("sign_", "logabsdet"))
def slogdet(x, /):
    """The sign of the determinant, and the logarithm of its absolute value."""
    check_matrix("slogdet", x)
    sign_, logabsdet = np.linalg.slogdet(x)
    return array_module(x).asarray(sign_), array_module(x).asarray(logabsdet)


@slogdet.vjp("x", formula="each(g_logabsdet) * swap_last(inv(x))")
def slogdet_x(g_sign_, g_logabsdet, x):
    return x * 0.0 if g_logabsdet is None else each(g_logabsdet) * swap_last(inv(x))  # the sign is constant


det.samples(squares)
cofactors.samples(squares)
cofactors_along.samples(
    lambda draw: [(draw(3, 3) + 4 * np.eye(3), draw(3, 3)), (draw(2, 3, 3) + 4 * np.eye(3), draw(2, 3, 3))]
)
slogdet.samples(squares)
