"""Factorisations of matrices in the last two axes, and the pseudo-inverse, with their published gradients.

Giles 2008 ("Collected matrix derivative results"), Walter and Lehmann 2010 (QR), Golub and Pereyra 1973
(pseudo-inverse), Murray 2016 (Cholesky). Symmetric matrices are read as (x + xᵀ) / 2, so that their
gradients are symmetric.
"""

import numpy as np

from ._contraction import swap_last
from ._errors import ShapeError
from ._linalg import check_matrix, columns, finite_svd, inv, named_errors
from ._movement import reshape
from ._primitive import primitive
from ._strided import put_diagonal
from ._triangular import mirrored


def rows(s):
    """Numbers as a column, one for each row of a matrix beside it."""
    return reshape(s, shape=(*s.shape, 1))


def diag(s):
    """Square matrices with s on the diagonal."""
    return put_diagonal(s, shape=(*s.shape, s.shape[-1]), axis1=-2, axis2=-1)


def eye_like(s):
    """The identity matrix that has as many rows as s has elements in its last axis."""
    return diag(s * 0.0 + 1.0)


def skew(x):
    """x - xᵀ."""
    return x - swap_last(x)


def symmetric(x):
    """(x + xᵀ) / 2."""
    return (x + swap_last(x)) / 2


def indefinite_minor(matrix):
    """The order of the first leading minor that is not positive, from 1 on; 0 where all are."""
    lower = np.zeros_like(matrix)
    for i in range(len(matrix)):
        rest = matrix[i, i] - lower[i, :i] @ lower[i, :i]
        if not rest > 0:
            return i + 1
        lower[i, i] = np.sqrt(rest)
        lower[i + 1 :, i] = (matrix[i + 1 :, i] - lower[i + 1 :, :i] @ lower[i, :i]) / lower[i, i]
    return 0


@primitive
def cholesky(x, /):
    """L, lower triangular, with L Lᵀ = x, of symmetric positive-definite matrices."""
    check_matrix("cholesky", x)
    with named_errors(
        "cholesky",
        "The factorization could not be completed because the input is not positive-definite (the leading "
        "minor of order {} is not positive-definite).",
        x,
        indefinite_minor,
    ):
        out = np.linalg.cholesky(symmetric(x))
        if type(out) is np.ndarray and np.isnan(out).any():
            raise np.linalg.LinAlgError("it holds NaN")
        return out


@cholesky.vjp("x")
def cholesky_x(g, out):
    return swap_last(inv(out)) @ mirrored(swap_last(out) @ g) @ inv(out) / 2


@primitive(outputs=("q", "r"))
def qr(x, /):
    """Q with orthonormal columns and R upper triangular, Q R = x, of matrices with at least as many rows as
    columns."""
    check_matrix("qr", x, square=False)
    if x.shape[-2] < x.shape[-1]:
        raise ShapeError(
            f"qr: a wide matrix of shape {x.shape} has no gradient here; factor its first "
            f"{x.shape[-2]} columns"
        )
    return tuple(np.linalg.qr(x))


@qr.vjp("x", formula="(g_q + q @ mirrored(r @ swap_last(g_r) - swap_last(g_q) @ q)) @ swap_last(inv(r))")
def qr_x(g_q, g_r, q, r):
    if g_q is None:
        return q @ mirrored(r @ swap_last(g_r)) @ swap_last(inv(r))
    inner = -(swap_last(g_q) @ q) if g_r is None else r @ swap_last(g_r) - swap_last(g_q) @ q
    return (g_q + q @ mirrored(inner)) @ swap_last(inv(r))


def inverse_gaps(s):
    """1 / (s_k - s_j) beside the diagonal, 0 on it."""
    one = eye_like(s)
    return (1.0 - one) / (columns(s) - rows(s) + one)


@primitive(outputs=("w", "v"))
def eigh(x, /):
    """The eigenvalues of symmetric matrices, ascending, and their eigenvectors, in columns."""
    check_matrix("eigh", x)
    with named_errors(
        "eigh", "The algorithm failed to converge; the matrix may hold NaN or be ill-conditioned"
    ):
        return tuple(np.linalg.eigh(symmetric(x)))


@eigh.vjp("x", formula="symmetric(v @ (diag(g_w) + (swap_last(v) @ g_v) * inverse_gaps(w)) @ swap_last(v))")
def eigh_x(g_w, g_v, w, v):
    if g_v is None:
        return (v * columns(g_w)) @ swap_last(v)
    inner = (swap_last(v) @ g_v) * inverse_gaps(w)
    return symmetric(v @ (inner if g_w is None else diag(g_w) + inner) @ swap_last(v))


@primitive(outputs=("u", "s", "vh"))
def svd(x, /):
    """U, the singular values (descending) and Vᵀ, with U diag(s) Vᵀ = x; as many of each as the shorter
    side."""
    check_matrix("svd", x, square=False)
    return tuple(finite_svd(x, full_matrices=False))


@svd.vjp(
    "x",
    formula="u @ (diag(g_s) + skew(swap_last(u) @ g_u) * turning(s) * columns(s) + rows(s) * skew(vh @ "
    "swap_last(g_vh)) * turning(s)) @ vh"
    " + outside(g_u, u) / columns(s) @ vh + u @ (swap_last(outside(swap_last(g_vh), "
    "swap_last(vh))) / rows(s))",
)
def svd_x(g_u, g_s, g_vh, u, s, vh):
    parts = []
    if g_s is not None:
        parts.append((u * columns(g_s)) @ vh)
    if g_u is not None:
        parts.append(u @ (skew(swap_last(u) @ g_u) * turning(s) * columns(s)) @ vh)
        if u.shape[-2] > u.shape[-1]:
            parts.append(outside(g_u, u) / columns(s) @ vh)
    if g_vh is not None:
        parts.append(u @ (rows(s) * skew(vh @ swap_last(g_vh)) * turning(s)) @ vh)
        if vh.shape[-1] > vh.shape[-2]:
            parts.append(u @ (swap_last(outside(swap_last(g_vh), swap_last(vh))) / rows(s)))
    total = parts[0]
    for part in parts[1:]:
        total = total + part
    return total


def turning(s):
    """1 / (s_k² - s_j²) beside the diagonal, 0 on it: how two singular directions turn into each other."""
    one = eye_like(s)
    return (1.0 - one) / ((columns(s) - rows(s)) * (columns(s) + rows(s)) + one)


def outside(g, u):
    """The part of g that the columns of u do not span."""
    return g - u @ (swap_last(u) @ g)


@primitive
def pinv(x, /, *, rtol=None):
    """The pseudo-inverse; singular values below ``rtol`` of the largest count as 0."""
    check_matrix("pinv", x, square=False)
    cutoff = max(x.shape[-2:]) * np.finfo(x.dtype).eps if rtol is None else rtol
    if not x.size:
        return np.zeros((*x.shape[:-2], x.shape[-1], x.shape[-2]), x.dtype)
    u, s, vh = finite_svd(x, full_matrices=False)
    large = s > cutoff * s.max(axis=-1, keepdims=True)
    inverses = np.where(large, 1 / np.where(large, s, s.dtype.type(1)), s.dtype.type(0))
    return swap_last(vh) @ (rows(inverses) * swap_last(u))


@pinv.vjp(
    "x",
    formula="outside_rows(swap_last(g), x, out) @ out @ swap_last(out) + swap_last(out) @ out @ "
    "outside_columns(swap_last(g), x, out) - swap_last(out) @ g @ swap_last(out)",
)
def pinv_x(g, x, out):
    turned, back = swap_last(g), swap_last(out)
    return (
        outside_rows(turned, x, out) @ out @ back
        + back @ out @ outside_columns(turned, x, out)
        - back @ g @ back
    )


def outside_rows(g, x, p):
    """(I - x p) g."""
    return g - x @ (p @ g)


def outside_columns(g, x, p):
    """g (I - p x)."""
    return g - (g @ p) @ x


def _positive(draw):
    return [x @ swap_last(x) + np.eye(x.shape[-1]) for x in (draw(3, 3), draw(2, 2, 2))]


cholesky.samples(_positive)
eigh.samples(lambda draw: [x + 2 * np.diag(np.arange(x.shape[-1])) for x in _positive(draw)])
qr.samples(lambda draw: [draw(3, 3), draw(2, 4, 2)])
svd.samples(lambda draw: [draw(3, 3), draw(4, 2), draw(2, 2, 3)])
pinv.samples(lambda draw: [draw(3, 2), draw(2, 2, 3), draw(2, 2)])
