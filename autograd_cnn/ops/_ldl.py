"""Symmetric matrices as L D Lᵀ, with blocks of one or two rows in D, by Bunch and Kaufman's pivoting
(1977); packed as LAPACK's sytrf packs them."""

import math

import numpy as np

from ._arrays import array_module
from ._broadcasting import sum_to
from ._errors import LinAlgError
from ._linalg import check_matrix
from ._primitive import primitive

_ALPHA = (1 + math.sqrt(17)) / 8


def _pivot(a, k):
    """Which row comes to the front, and how many rows the block has; None where the column is 0."""
    here, column = abs(a[k, k]), np.absolute(a[k + 1 :, k])
    place = k + 1 + int(column.argmax()) if column.size else k
    largest = column.max(initial=0.0)
    if max(here, largest) == 0:
        return None
    if here >= _ALPHA * largest:
        return k, 1
    row = max(np.absolute(a[place, k:place]).max(), np.absolute(a[place + 1 :, place]).max(initial=0.0))
    if here >= _ALPHA * largest * (largest / row):
        return k, 1
    return place, 1 if abs(a[place, place]) >= _ALPHA * row else 2


def _exchange(a, first, second, k):
    """Exchange two rows and columns of a symmetric matrix, of which the lower triangle is kept."""
    a[second + 1 :, [first, second]] = a[second + 1 :, [second, first]]
    between = slice(first + 1, second)
    a[between, first], a[second, between] = a[second, between].copy(), a[between, first].copy()
    a[first, first], a[second, second] = a[second, second], a[first, first]
    if first != k:
        a[first, k], a[second, k] = a[second, k], a[first, k]


def factor(a):
    """Overwrite the lower triangle of a matrix with L and D; the pivots, from 1 and negative for blocks of
    two, and the place of the first block that is 0."""
    n, k, info = len(a), 0, 0
    pivots = np.zeros(n, np.int32)
    while k < n:
        found = _pivot(a, k)
        if found is None:
            info, pivots[k] = info or k + 1, k + 1
            k += 1
            continue
        place, size = found
        last = k + size - 1
        if place != last:
            _exchange(a, last, place, k)
        rest, below = slice(k + size, n), a[k + size :, k : k + size].copy()
        block = a[k : k + size, k : k + size].copy()
        if size == 2:
            block[0, 1] = block[1, 0]
        multipliers = np.linalg.solve(block, below.T).T if size == 2 else below / block
        a[rest, rest] -= np.tril(multipliers @ below.T)
        a[rest, k : k + size] = multipliers
        pivots[k : k + size] = place + 1 if size == 1 else -(place + 1)
        k += size
    return pivots, info


def ldl(x):
    """The packed factors of symmetric matrices, the pivots and the places of blocks that are 0."""
    check_matrix("ldl_factor_ex", x)
    batch, n = x.shape[:-2], x.shape[-1]
    work = np.tril(np.asarray(x)).reshape(math.prod(batch), n, n)
    pivots, info = np.zeros((len(work), n), np.int32), np.zeros(len(work), np.int32)
    with np.errstate(all="ignore"):
        for i, matrix in enumerate(work):
            pivots[i], info[i] = factor(matrix)
    return work.reshape(x.shape), pivots.reshape(*batch, n), info.reshape(batch)


def _solve(a, pivots, b):
    """Overwrite ``b`` with the solution of L D Lᵀ X = b."""
    n, k, blocks = len(a), 0, []
    while k < n:
        size = 1 if pivots[k] > 0 else 2
        if size == 2 and (k + 1 == n or pivots[k + 1] > 0):
            raise LinAlgError(
                f"ldl_solve: pivots below 0 come in pairs, one for each row of a block of two, but {pivots} "
                f"has a single one at {k}; pass the result of ldl_factor"
            )
        last, place = k + size - 1, abs(int(pivots[k])) - 1
        blocks.append((k, size, last, place))
        b[[last, place]] = b[[place, last]]
        b[k + size :] -= a[k + size :, k : k + size] @ b[k : k + size]
        block = a[k : k + size, k : k + size].copy()
        if size == 2:
            block[0, 1] = block[1, 0]
            b[k : k + 2] = np.linalg.solve(block, b[k : k + 2])
        else:
            b[k] /= block[0, 0]
        k += size
    for k, size, last, place in reversed(blocks):
        b[k : k + size] -= a[k + size :, k : k + size].T @ b[k + size :]
        b[[last, place]] = b[[place, last]]


@primitive
def ldl_solve(ld, pivots, b, /):
    """X with A X = b, of the packed factors of A."""
    xp = array_module(b)
    batch = np.broadcast_shapes(ld.shape[:-2], b.shape[:-2])
    n, m = b.shape[-2:]
    out = np.broadcast_to(b, (*batch, n, m)).reshape(-1, n, m).copy()
    factors = np.broadcast_to(ld, (*batch, n, n)).reshape(-1, n, n)
    turns = np.broadcast_to(pivots, (*batch, n)).reshape(-1, n)
    with np.errstate(all="ignore"):
        for part in zip(factors, turns, out, strict=True):
            _solve(*part)
    return xp.asarray(out.reshape(*batch, n, m))


@ldl_solve.vjp("b")
def ldl_solve_b(g, ld, pivots, b_shape):
    return sum_to(ldl_solve(ld, pivots, g), shape=b_shape)


ldl_solve.nondifferentiable("ld", "pivots")


def _packed(draw):
    x = draw(3, 3)
    found = ldl(np.asarray(x) + np.asarray(x).T + 2 * np.eye(3))
    return [(found[0], found[1], draw(3, 2))]


ldl_solve.samples(_packed)
