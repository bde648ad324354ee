"""Triangular systems of equations, by substitution: a 0 on the diagonal gives infinities and NaN, and no
error.

The gradient is Giles 2008 ("Collected matrix derivative results"), of which a triangle is kept.
"""

import numpy as np

from ._broadcasting import sum_to
from ._contraction import swap_last
from ._linalg import check_sides
from ._primitive import primitive
from ._triangular import tril, triu

_ROWS = 8
"""Of so many, each is solved for itself; of more, one half after the other, with a product between."""


@primitive
def solve_triangular(a, b, /, *, upper=False, unit=False):
    """X with a @ X = b, of which one triangle of ``a`` is read, and with ``unit`` its diagonal neither; axes
    before the last two broadcast."""
    a, b = check_sides("solve_triangular", a, b)
    x = b.copy()
    _substitute(a, x, upper, unit)
    return x


def _substitute(a, x, upper, unit):
    """Overwrite ``x``, the right-hand sides, with the solution."""
    n = a.shape[-1]
    if n <= _ROWS:
        for i in reversed(range(n)) if upper else range(n):
            row, known = slice(i, i + 1), slice(i + 1, n) if upper else slice(0, i)
            x[..., row, :] -= a[..., row, known] @ x[..., known, :]
            if not unit:
                x[..., row, :] /= a[..., row, row]
        return
    halves = (slice(0, n // 2), slice(n // 2, n))
    first, second = reversed(halves) if upper else halves
    _substitute(a[..., first, first], x[..., first, :], upper, unit)
    x[..., second, :] -= a[..., second, first] @ x[..., first, :]
    _substitute(a[..., second, second], x[..., second, :], upper, unit)


def triangle(x, upper, unit):
    """What is read of a matrix: one triangle, with ``unit`` without its diagonal."""
    return triu(x, k=int(unit)) if upper else tril(x, k=-int(unit))


def turned(a, g, upper, unit):
    """The solution of the transposed system."""
    return solve_triangular(swap_last(a), g, upper=not upper, unit=unit)


@solve_triangular.vjp("a")
def solve_triangular_a(g, a, out, a_shape, upper, unit):
    return sum_to(triangle(-(turned(a, g, upper, unit) @ swap_last(out)), upper, unit), shape=a_shape)


@solve_triangular.vjp("b")
def solve_triangular_b(g, a, b_shape, upper, unit):
    return sum_to(turned(a, g, upper, unit), shape=b_shape)


solve_triangular.samples(
    lambda draw: [
        (draw(3, 3) + 2 * np.eye(3), draw(3, 2)),
        draw.call(draw(2, 2, 2) + 2 * np.eye(2), draw(2, 1), upper=True),
        draw.call(draw(2, 2), draw(3, 2, 1), unit=True),
        (draw(0, 0), draw(0, 2)),
    ]
)
