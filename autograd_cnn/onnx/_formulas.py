"""A number that differs from run to run, as a formula of sizes that are known when the file is run.

The model ran several times, on examples of other sizes. A row of observations is what one number was in each
run; it is compared with the rows of all sizes that are known at that place. The first of the formulas below
that holds in every run is taken; the simpler ones come first.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

Row: TypeAlias = tuple[int, ...]

_DIVISORS = (2, 3, 4, 5, 6, 7, 8, 12, 14, 16, 28, 32)
"""By which sizes are divided: strides, patches, heads."""


class Size(NamedTuple):
    """The size of one axis of a value of the file."""

    value: str
    axis: int
    row: Row


class Whole(NamedTuple):
    """``times * ((factor * product of sizes + offset) // divisor)``, then at least ``low`` and at most
    ``high``.

    With ``modulus`` what is left of ``factor * product + offset`` after division by it.
    """

    sizes: tuple[Size, ...]
    factor: int = 1
    offset: int = 0
    divisor: int = 1
    times: int = 1
    modulus: int | None = None
    low: int | None = None
    high: int | None = None
    minus: Size | None = None
    """A size that is taken away before the division."""

    def holds(self, row: Row) -> bool:
        """Whether the formula gives this row."""
        return all(self._at(run) == n for run, n in enumerate(row))

    def _at(self, run: int) -> int:
        n = self.factor * math.prod(size.row[run] for size in self.sizes) + self.offset
        if self.minus is not None:
            n -= self.minus.row[run]
        n = n // self.divisor * self.times if self.modulus is None else n % self.modulus
        if self.low is not None:
            n = max(n, self.low)
        return n if self.high is None else min(n, self.high)


class Real(NamedTuple):
    """``scale * whole ** exponent``, or ``scale * whole / under``."""

    scale: float
    whole: Whole
    exponent: float = 1.0
    under: Whole | None = None


def whole(row: Row, sizes: Sequence[Size]) -> Whole | None:
    """The simplest formula of whole numbers, or None."""
    if len(set(row)) == 1:
        return Whole((), 0, row[0])
    return next((formula for formula in _candidates(row, sizes) if formula.holds(row)), None)


def _candidates(row: Row, sizes: Sequence[Size]) -> Iterator[Whole]:
    for size in sizes:
        yield Whole((size,))
    for size in sizes:
        yield from _linear(row, (size,))
    for size in sizes:
        yield from _rounded(row, size)
    for size in sizes:
        yield from _left(row, size)
    for pair in itertools.combinations_with_replacement(sizes, 2):
        yield from _linear(row, pair)
    for one, other in itertools.permutations(sizes, 2):
        yield Whole((one,), offset=row[0] - one.row[0] + other.row[0], minus=other)
    for triple in itertools.combinations_with_replacement(sizes, 3):
        yield from _linear(row, triple)
    for size in sizes:
        yield from _bounded(row, size)


def _linear(row: Row, factors: tuple[Size, ...]) -> Iterator[Whole]:
    """factor * product + offset, by the two runs in which the product differs most."""
    products = [math.prod(size.row[run] for size in factors) for run in range(len(row))]
    low, high = products.index(min(products)), products.index(max(products))
    rise, run = row[high] - row[low], products[high] - products[low]
    if run and rise and rise % run == 0:
        factor = rise // run
        yield Whole(factors, factor, row[low] - factor * products[low])


def _rounded(row: Row, size: Size) -> Iterator[Whole]:
    """times * ((factor * size + offset) // divisor), as of windows with a stride, halves, multiples of a
    patch."""
    for divisor in _DIVISORS:
        for times in dict.fromkeys((1, divisor, 2, 4)):
            if any(n % times for n in row):
                continue
            for factor in (1, 2, 3, 5, -1):
                if math.gcd(factor, divisor) == 1:
                    offset = max(
                        divisor * (n // times) - factor * s for n, s in zip(row, size.row, strict=True)
                    )
                    yield Whole((size,), factor, offset, divisor, times)


def _left(row: Row, size: Size) -> Iterator[Whole]:
    """(size + offset) mod modulus, or of minus the size: what is missing to a multiple."""
    for modulus in _DIVISORS:
        if min(row) >= 0 and max(row) < modulus:
            for factor in (1, -1):
                yield Whole((size,), factor, (row[0] - factor * size.row[0]) % modulus, modulus=modulus)


def _bounded(row: Row, size: Size) -> Iterator[Whole]:
    """min(size + offset, high), max(size + offset, low)."""
    high, low = max(row), min(row)
    for n, s in zip(row, size.row, strict=True):
        if n != high:
            yield Whole((size,), offset=n - s, high=high)
        if n != low:
            yield Whole((size,), offset=n - s, low=low)


def real(row: Sequence[float], sizes: Sequence[Size], tolerance: float) -> Real | None:
    """A formula of real numbers: a whole one, its root, reciprocal or multiple, or a quotient of two."""
    values = np.asarray(row, np.float64)
    if not np.isfinite(values).all() or not values.all():
        return None
    for exponent in (1.0, -1.0, 0.5, -0.5, 2.0, -2.0):
        for basis in _bases(sizes):
            powers = np.asarray([float(basis._at(run)) for run in range(len(row))])
            if not (powers > 0).all():
                continue
            scales = values / powers**exponent
            if np.ptp(scales) <= tolerance * abs(scales[0]):
                return Real(_tidy(float(np.median(scales)), tolerance), basis, exponent)
    for over, under in itertools.permutations(list(_bases(sizes[:6])), 2):
        quotients = [
            over._at(run) / under._at(run) if under._at(run) else math.nan for run in range(len(row))
        ]
        scales = values / np.asarray([q or math.nan for q in quotients])
        if np.ptp(scales) <= tolerance * abs(scales[0]):
            return Real(_tidy(float(np.median(scales)), tolerance), over, 1.0, under)
    return None


def _bases(sizes: Sequence[Size]) -> Iterator[Whole]:
    for size in sizes:
        for offset in (0, -1, 1, -2):
            yield Whole((size,), offset=offset)
    for pair in itertools.combinations_with_replacement(sizes, 2):
        for offset in (0, -1):
            yield Whole(pair, offset=offset)
    for triple in itertools.combinations_with_replacement(sizes[:6], 3):
        yield Whole(triple)


def _tidy(scale: float, tolerance: float) -> float:
    """A float32's 0.33333334 is a third, where the observations allow it."""
    for denominator in range(1, 65):
        numerator = round(scale * denominator)
        if numerator and abs(scale - numerator / denominator) <= tolerance * abs(scale):
            return numerator / denominator
    return scale


class Pattern(NamedTuple):
    """An array whose size differs from run to run: what it holds, by its index.

    Along each axis k it rises by ``rises[k]`` a step, from ``start``; or, with ``border``, it is ``start``
    where ``column - row >= border[0]`` along the last two axes (where they are equal, with ``diagonal``)
    and ``other`` elsewhere.
    """

    start: Any
    rises: tuple[Any, ...] = ()
    other: Any = None
    border: int | None = None
    diagonal: bool = False


def pattern(array: np.ndarray[Any, Any], tolerance: float) -> Pattern | None:
    """What an array holds, if a short rule says it: one number, an even rise, a triangle, a diagonal."""
    if not array.size:
        return None
    start = array.reshape(-1)[0].item()
    if (array == start).all():
        return Pattern(start, (0,) * array.ndim)
    if array.dtype.kind in "iuf":
        steep = _rising(array, tolerance)
        if steep is not None:
            return steep
    return _triangle(array) if array.ndim >= 2 else None


def _rising(array: np.ndarray[Any, Any], tolerance: float) -> Pattern | None:
    kind = np.float64 if array.dtype.kind == "f" else np.int64
    exact = array.astype(kind)
    if array.dtype.kind == "f" and not np.isfinite(exact).all():
        return None
    start = exact.reshape(-1)[0]
    rises, sum_ = [], np.full(array.shape, start, kind)
    for axis, size in enumerate(array.shape):
        line = exact[(0,) * axis + (slice(None),) + (0,) * (array.ndim - axis - 1)]
        rise = kind(0) if size < 2 else (line[-1] - line[0]) / kind(size - 1)
        if kind is np.int64:
            rise = kind(round(float(rise)))
        rises.append(rise.item())
        index = np.arange(size).reshape(-1, *(1,) * (array.ndim - axis - 1))
        sum_ = sum_ + index.astype(kind) * rise
    allowed = tolerance * np.abs(exact).max() if kind is np.float64 else 0
    return Pattern(start.item(), tuple(rises)) if (np.abs(sum_ - exact) <= allowed).all() else None


def _triangle(array: np.ndarray[Any, Any]) -> Pattern | None:
    """Two numbers, on two sides of a line parallel to the diagonal, or on the diagonal and beside it."""
    rows, columns = array.shape[-2:]
    distance = np.arange(columns) - np.arange(rows)[:, None]
    above = array[..., 0, -1].reshape(-1)[0]
    inside = array == above
    first = distance[inside.reshape(-1, rows, columns)[0]]
    others = array[~inside]
    if columns > 1 and others.size and (others == others[0]).all():
        border = int(first.min())
        if (inside == (distance >= border)).all():
            return Pattern(above.item(), (), others[0].item(), border)
    on = array[..., 0, 0].reshape(-1)[0]
    beside = array[array != on]
    if beside.size and (beside == beside[0]).all() and ((array == on) == (distance == 0)).all():
        return Pattern(on.item(), (), beside[0].item(), 0, diagonal=True)
    return None
