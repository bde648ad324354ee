"""The transforms of F(4x4, 3x3): Y = Aᵀ [(G w Gᵀ) ⊙ (Bᵀ d B)] A (Winograd 1980; Lavin and Gray 2016,
section 4.3).

A tile of 4 x 4 results needs a patch d of 6 x 6 pixels, and 36 products where the definition takes 144.
Points 0, 1, -1, 2, -2, ∞. Each function is one side of a transform; it runs on rows, then on columns, for
many channels at once.
"""

from .._vectors import vectorized


def _input(a, b, c, d, e, f):
    """Bᵀ: six pixels."""
    p, q = e - 4 * c, d - 4 * b
    r, s = e - c, 2 * (d - b)
    return 4 * a - 5 * c + e, p + q, p - q, r + s, r - s, 4 * b - 5 * d + f


def _output(a, b, c, d, e, f):
    """Aᵀ: six products to four results."""
    p, q, r, s = b + c, b - c, d + e, d - e
    return a + p + r, q + 2 * s, p + 4 * r, q + 8 * s + f


def _signal(a, b, c, d):
    """A: four upstream signals to six, the transpose of Aᵀ."""
    p, q, r, s = a + c, b + d, a + 4 * c, 2 * b + 8 * d
    return a, p + q, p - q, r + s, r - s, d


def _weight(a, b, c):
    """G: three taps to six."""
    p, q = -1 / 6 * (a + c), 1 / 6 * b
    r, s = 1 / 24 * a + 1 / 6 * c, 1 / 12 * b
    return 1 / 4 * a, p - q, p + q, r + s, r - s, c


def _weight_gradient(a, b, c, d, e, f):
    """Gᵀ: six to three taps."""
    p, q, r, s = b + c, c - b, d + e, d - e
    return 1 / 4 * a - 1 / 6 * p + 1 / 24 * r, 1 / 6 * q + 1 / 12 * s, 1 / 6 * (r - p) + f


input_side = vectorized(_input, 6)
output_side = vectorized(_output, 6)
signal_side = vectorized(_signal, 4)
weight_side = vectorized(_weight, 3)
weight_gradient_side = vectorized(_weight_gradient, 6)
