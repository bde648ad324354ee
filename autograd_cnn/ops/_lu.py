"""Gaussian elimination: a matrix as a lower times an upper triangular one, with the gradient of Walter and
Lehmann 2010."""

import math

import numpy as np

from ._arrays import array_module
from ._contraction import swap_last
from ._linalg import check_matrix, inv
from ._primitive import primitive
from ._triangular import tril, triu


def eliminate(work, exchange=None):
    """Turn ``work`` (batch, rows, columns) into L below the diagonal and U on and above it; ``exchange(i)``
    comes before step i.

    A pivot that is 0 is left alone, as LAPACK leaves it.
    """
    for i in range(min(work.shape[-2:])):
        if exchange is not None:
            exchange(i)
        pivot = work[:, i, i]
        factors = work[:, i + 1 :, i] / np.where(pivot == 0, 1, pivot)[:, None]
        work[:, i + 1 :, i] = factors
        work[:, i + 1 :, i + 1 :] -= factors[:, :, None] * work[:, i, None, i + 1 :]
    return work


@primitive(outputs=("l", "u"))
def lu(x, /):
    """L, with ones on its diagonal, and U with L U = x, of square matrices whose rows are in the order of
    their pivots already."""
    check_matrix("lu", x)
    packed = eliminate(x.reshape(math.prod(x.shape[:-2]), *x.shape[-2:]).copy()).reshape(x.shape)
    return np.tril(packed, -1) + array_module(x).eye(x.shape[-1], dtype=x.dtype), np.triu(packed)


@lu.vjp(
    "x",
    formula="swap_last(inv(l)) @ (tril(swap_last(l) @ g_l, k=-1) + triu(g_u @ swap_last(u))) @ "
    "swap_last(inv(u))",
)
def lu_x(g_l, g_u, l, u):  # noqa: E741 - the mathematics' name
    below = None if g_l is None else tril(swap_last(l) @ g_l, k=-1)
    above = None if g_u is None else triu(g_u @ swap_last(u))
    inner = below if above is None else above if below is None else below + above
    return swap_last(inv(l)) @ inner @ swap_last(inv(u))


lu.samples(lambda draw: [draw(3, 3) + 4 * np.eye(3), draw(2, 2, 2) + 4 * np.eye(2), draw(0, 0)])
