"""Inverses and exponentials of matrices in the last two axes, with their published gradients.

Giles 2008 ("Collected matrix derivative results"); Higham 2005 for the exponential.
"""

import math
from contextlib import contextmanager

import numpy as np

from ._arrays import array_module
from ._broadcasting import sum_to
from ._contraction import swap_last
from ._errors import DTypeError, LinAlgError, ShapeError, scalar_type
from ._joining import concatenate
from ._movement import reshape
from ._primitive import primitive


def check_matrix(name, x, square=True):
    if x.ndim < 2:
        raise ShapeError(
            f"linalg.{name}: The input tensor A must have at least 2 dimensions. Got shape {x.shape}"
        )
    if square and x.shape[-1] != x.shape[-2]:
        raise ShapeError(
            f"linalg.{name}: A must be batches of square matrices, but they are {x.shape[-2]} by "
            f"{x.shape[-1]} matrices"
        )
    if x.dtype.kind != "f" or x.dtype.itemsize < 4:
        raise DTypeError(
            f"linalg.{name}: Expected a floating point or complex tensor as input. Got "
            f"{scalar_type(x)}; it takes 32 or 64 bits: convert it with .float()"
        )


@contextmanager
def named_errors(name, why, x=None, place=None):
    """NumPy's LinAlgError, as the error of this operator: which of the matrices ``x`` it was, and where in
    it, as ``place`` of one matrix tells."""
    try:
        yield
    except np.linalg.LinAlgError as error:
        which = ""
        if place is not None:
            matrices = x.reshape(-1, *x.shape[-2:])
            places = [place(matrix) for matrix in matrices]
            i = next((i for i, found in enumerate(places) if found), len(places) - 1)
            why = why.format(places[i] or x.shape[-1])
            which = f"(Batch element {i}): " if x.ndim > 2 else ""
        raise LinAlgError(f"{name if '.' in name else f'linalg.{name}'}: {which}{why}") from error


def zero_pivot(matrix):
    """Where elimination with pivoting meets a pivot that is 0, from 1 on; 0 where it meets none."""
    work = np.array(matrix, np.float64)
    for i in range(len(work)):
        best = i + int(np.absolute(work[i:, i]).argmax())
        work[[i, best]] = work[[best, i]]
        if work[i, i] == 0:
            return i + 1
        work[i + 1 :] -= np.outer(work[i + 1 :, i] / work[i, i], work[i])
    return 0


def zero_pivots(x):
    """The place of the first pivot that is 0, of each matrix."""
    return np.array([zero_pivot(matrix) for matrix in x.reshape(-1, *x.shape[-2:])]).reshape(x.shape[:-2])


def finite_svd(x, **how):
    """NumPy's singular value decomposition, but only of finite matrices: of others LAPACK searches without
    end, or gives NaN."""
    if type(x) is np.ndarray and not np.isfinite(x).all():
        raise LinAlgError(
            "linalg.svd: The algorithm failed to converge because the input matrix contained "
            f"non-finite values ({x.size - np.isfinite(x).sum()} "
            f"of {x.size} elements); autograd.detect_anomaly() finds where the first NaN came from"
        )
    with named_errors("svd", "The algorithm failed to converge"):
        return np.linalg.svd(x, **how)


def columns(s):
    """Numbers as a row, one for each column of a matrix beside it."""
    return reshape(s, shape=(*s.shape[:-1], 1, s.shape[-1]))


def each(s):
    """Numbers as matrices of one element, one for each matrix beside it."""
    return reshape(s, shape=(*s.shape, 1, 1))


@primitive
def inv(x, /):
    """The inverse of square matrices."""
    check_matrix("inv", x)
    with named_errors(
        "inv",
        "The diagonal element {} is zero, the inversion could not be completed because the input matrix is "
        "singular.",
        x,
        zero_pivot,
    ):
        return np.linalg.inv(x)


@inv.vjp("x")
def inv_x(g, out):
    return -(swap_last(out) @ g @ swap_last(out))


def check_sides(name, a, b):
    """The square matrices and the right-hand sides of equations, in one batch; errors where they do not
    fit."""
    check_matrix(name, a)
    if b.dtype != a.dtype:
        kinds = [scalar_type(x.dtype) for x in (a, b)]
        raise DTypeError(
            f"linalg.{name}: Expected A and B to have the same dtype, but found A of type "
            f"{kinds[0]} and B of type {kinds[1]} instead"
        )
    if b.ndim < 2:
        raise ShapeError(f"linalg.{name}: The input tensor B must have at least 2 dimensions.")
    if b.shape[-2] != a.shape[-1]:
        raise ShapeError(
            f"linalg.{name}: Incompatible shapes of A and B for the equation AX = B "
            f"({a.shape[-2]}x{a.shape[-1]} and {b.shape[-2]}x{b.shape[-1]})"
        )
    if a.ndim != b.ndim or a.shape[:-2] != b.shape[:-2]:  # CuPy's solver broadcasts nothing
        try:
            batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        except ValueError:
            raise ShapeError(
                f"linalg.{name}: The batches of A and B must broadcast, but A is of shape {a.shape} "
                f"and B of shape {b.shape}"
            ) from None
        a, b = np.broadcast_to(a, (*batch, *a.shape[-2:])), np.broadcast_to(b, (*batch, *b.shape[-2:]))
    return a, b


@primitive
def solve(a, b, /):
    """X with a @ X = b; both have two axes or more, those before them broadcast."""
    a, b = check_sides("solve", a, b)
    with named_errors(
        "torch.linalg.solve", "The solver failed because the input matrix is singular.", a, zero_pivot
    ):
        return np.linalg.solve(a, b)


@solve.vjp("a")
def solve_a(g, a, out, a_shape):
    return sum_to(-(solve(swap_last(a), g) @ swap_last(out)), shape=a_shape)


@solve.vjp("b")
def solve_b(g, a, b_shape):
    return sum_to(solve(swap_last(a), g), shape=b_shape)


def squares(draw):
    """Regular matrices, and one of nothing."""
    return [draw(3, 3) + 2 * np.eye(3), draw(2, 2, 2) + 2 * np.eye(2), draw(0, 0)]


inv.samples(squares)
solve.samples(
    lambda draw: [
        (draw(3, 3) + 2 * np.eye(3), draw(3, 2)),
        (draw(2, 2, 2) + 2 * np.eye(2), draw(2, 1)),
        (draw(2, 2) + 2 * np.eye(2), draw(3, 2, 1)),
    ]
)


_PADE = (
    64764752532480000.0,
    32382376266240000.0,
    7771770303897600.0,
    1187353796428800.0,
    129060195264000.0,
    10559470521600.0,
    670442572800.0,
    33522128640.0,
    1323241920.0,
    40840800.0,
    960960.0,
    16380.0,
    182.0,
    1.0,
)


@primitive
def matrix_exp(x, /):
    """The sum of xⁿ / n!, by Padé's approximation of order 13 of x / 2ˢ and s squarings (Higham 2005)."""
    check_matrix("matrix_exp", x)
    if not x.size:
        return x.copy()
    size = float(np.abs(x).sum(-2).max())
    squarings = max(0, int(np.ceil(np.log2(size / 5.37)))) if 0 < size < np.inf else 0
    a = x / x.dtype.type(2.0**squarings)
    powers = [np.broadcast_to(array_module(x).eye(x.shape[-1], dtype=x.dtype), x.shape), a @ a]
    for _ in range(5):
        powers.append(powers[-1] @ powers[1])
    even = _weighted(powers, _PADE[::2])
    odd = a @ _weighted(powers, _PADE[1::2])
    out = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        out = out @ out
    return out


def _weighted(powers, weights):
    total = powers[0] * powers[0].dtype.type(weights[0])
    for p, w in zip(powers[1:], weights[1:], strict=True):
        total = total + p * p.dtype.type(w)
    return total


@matrix_exp.vjp("x")
def matrix_exp_x(g, x):
    return upper_right(matrix_exp(block_triangle(swap_last(x), g * unit(g)))) / unit(g)


def unit(g):
    """The power of two that brings an upstream signal near 1: the squarings of a block matrix cost digits
    where one block is far larger than the other. For derivatives it is a number: the gradient is linear in
    the signal."""
    array = getattr(g, "array", g)
    size = float(np.abs(array).max()) if array.size else 0.0
    return float(2.0 ** -round(max(-60.0, min(60.0, math.log2(size))))) if 0 < size < math.inf else 1.0


def block_triangle(a, b):
    """The matrix (a b; 0 a): a function of it has the function's derivative in direction b in its upper
    right."""
    return concatenate(concatenate(a, b, axis=-1), concatenate(a * 0.0, a, axis=-1), axis=-2)


def upper_right(x):
    """The upper right quarter of a matrix."""
    n = x.shape[-1] // 2
    return x[..., :n, n:]


matrix_exp.samples(lambda draw: [draw(3, 3), draw(2, 2, 2), 3 * draw(2, 2), draw(0, 0)])
