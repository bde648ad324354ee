"""Arithmetic with what it rounds off, in float64: a number is the sum of two, the second of which begins
where the first ends (Knuth's sum, Dekker's product), so that differences keep their digits."""

import numpy as np


def two_sum(a, b):
    """a + b rounded, and what it lacks."""
    total = a + b
    part = total - a
    return total, (a - (total - part)) + (b - part)


def halves(a):
    """``a`` as the sum of two numbers of half its digits each."""
    high = a * 134217729.0  # 2**27 + 1
    high = high - (high - a)
    return high, a - high


def two_product(a, b):
    """a b rounded, and what it lacks; for numbers below 1e300."""
    product = a * b
    (a, a_low), (b, b_low) = halves(a), halves(b)
    return product, ((a * b - product) + a * b_low + a_low * b) + a_low * b_low


class Twice:
    """An array in two parts, with some 32 digits. Plain arrays and numbers can stand beside it."""

    __array_ufunc__ = None  # so that NumPy leaves array * Twice to Twice
    __slots__ = ("high", "low")

    def __init__(self, high, low=0.0):
        self.high, self.low = high, low

    def __add__(self, other):
        other = other if isinstance(other, Twice) else Twice(other)
        high, low = two_sum(self.high, other.high)
        return Twice(*two_sum(high, low + (self.low + other.low)))

    def __neg__(self):
        return Twice(-self.high, -self.low)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        other = other if isinstance(other, Twice) else Twice(other)
        high, low = two_product(self.high, other.high)
        return Twice(*two_sum(high, low + (self.high * other.low + self.low * other.high)))

    def __truediv__(self, number):
        high = self.high / number
        product, lacks = two_product(high, number)
        return Twice(*two_sum(high, ((self.high - product) - lacks + self.low) / number))

    __radd__, __rmul__ = __add__, __mul__


def chosen(mask, a, b):
    """``a`` where the mask is True, else ``b``, which may both be in two parts."""
    if isinstance(a, Twice):
        return Twice(np.where(mask, a.high, b.high), np.where(mask, a.low, b.low))
    return np.where(mask, a, b)


def scaled(a, exponent):
    """a 2**exponent, of an array or of one in two parts."""
    if isinstance(a, Twice):
        return Twice(np.ldexp(a.high, exponent), np.ldexp(a.low, exponent))
    return np.ldexp(a, exponent)


def leading(a):
    """An array, or the first of its two parts."""
    return a.high if isinstance(a, Twice) else a


def rounded(a):
    """An array, or the sum of its two parts."""
    return a.high + a.low if isinstance(a, Twice) else a
