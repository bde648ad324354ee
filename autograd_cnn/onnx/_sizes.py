"""Numbers that depend on sizes, written in sizes: what a constant becomes where an axis of an input may have
any length.

The model ran at several sizes. A number that was another one each time is looked for among the sizes of what
is at hand, their multiples, quotients, products and sums, which have to give it in every run.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

Emit = Callable[..., str]
"""Adds a node: the operator, its inputs, its attributes; returns the name of its output."""
Array = np.ndarray[Any, Any]


class Size(NamedTuple):
    """The length of one axis of a value, in every run."""

    value: str
    axis: int
    lengths: tuple[int, ...]


class Writer:
    """Writes expressions in the sizes ``known`` as nodes; the lists they make have one element."""

    def __init__(self, emit: Emit, constant: Callable[[Array], str], known: Sequence[Size]) -> None:
        self._emit, self._constant = emit, constant
        unique = {size.lengths: size for size in reversed(known) if len(set(size.lengths)) > 1}
        self.known = list(reversed(unique.values()))

    def numbers(self, values: Sequence[int]) -> str:
        """A list that does not vary."""
        return self._constant(np.asarray(values, np.int64))

    def dim(self, size: Size) -> str:
        """A size as a list of one."""
        return self._emit("Shape", [size.value], start=size.axis, end=size.axis + 1)

    def products(self) -> Iterator[tuple[tuple[Size, ...], list[int]]]:
        """Every product of up to three sizes, the simplest first."""
        for many in (1, 2, 3):
            for chosen in itertools.combinations_with_replacement(self.known, many):
                yield chosen, [int(np.prod(row)) for row in zip(*(s.lengths for s in chosen), strict=True)]

    def product(self, sizes: Sequence[Size]) -> str:
        """A product of sizes."""
        name = self.dim(sizes[0])
        for size in sizes[1:]:
            name = self._emit("Mul", [name, self.dim(size)])
        return name

    def whole(self, values: Sequence[int]) -> str | None:
        """A whole number that was ``values``, as a list of one; None where no expression gives it."""
        if len(set(values)) == 1:
            return self.numbers([values[0]])
        for sizes, row in self.products():
            line = _line(row, values)
            if line is not None:
                return self._scaled(self.product(sizes), *line)
        return self._quotient(values) or self._sum(values)

    def _scaled(self, name: str, slope: Fraction, offset: Fraction) -> str:
        """``slope`` times a value plus ``offset``, which is whole."""
        over = slope.denominator * offset.denominator // np.gcd(slope.denominator, offset.denominator)
        by, plus = int(slope * over), int(offset * over)
        name = name if by == 1 else self._emit("Mul", [name, self.numbers([by])])
        name = name if plus == 0 else self._emit("Add", [name, self.numbers([plus])])
        return name if over == 1 else self._emit("Div", [name, self.numbers([int(over)])])

    def _quotient(self, values: Sequence[int]) -> str | None:
        """A quotient rounded down: ``(size * a + b) // c``."""
        for size, c, a in itertools.product(self.known, range(2, 65), (1, -1)):
            pairs = [
                (y * c - a * s, y * c - a * s + c - 1) for y, s in zip(values, size.lengths, strict=True)
            ]
            low, high = max(p[0] for p in pairs), min(p[1] for p in pairs)
            residues = {s % c for s in size.lengths}
            if low <= high and (low == high or len(residues) < 2) and a == 1:
                shifted = self._emit("Add", [self.dim(size), self.numbers([low])])
                return self._emit("Div", [shifted, self.numbers([c])])
            if low <= high and a == -1 and low == high:
                negative = self._emit("Neg", [self.dim(size)])
                shifted = self._emit("Add", [negative, self.numbers([low])])
                return self._emit("Div", [shifted, self.numbers([c])])
        return None

    def _sum(self, values: Sequence[int]) -> str | None:
        """Whole multiples of two sizes, and a number."""
        for pair in itertools.combinations(self.known, 2):
            table = np.array([*(s.lengths for s in pair), [1] * len(values)], np.float64).T
            found = np.linalg.lstsq(table, np.asarray(values, np.float64), rcond=None)[0]
            by = np.round(found).astype(np.int64)
            if np.linalg.matrix_rank(table) == 3 and bool((table @ by == values).all()):
                parts = [
                    self._scaled(self.dim(s), Fraction(int(a)), Fraction(0))
                    for s, a in zip(pair, by, strict=False)
                ]
                total = self._emit("Add", parts)
                return total if by[2] == 0 else self._emit("Add", [total, self.numbers([int(by[2])])])
        return None

    def real(self, values: Sequence[float], double: int) -> str | None:
        """A number that was ``values``, as a list of one double: a line in a product of sizes, its
        reciprocal, its root, the reciprocal of its root, or its logarithm."""
        y = np.asarray(values, np.float64)
        ways: list[tuple[Array, list[str]]] = [(y, [])]
        if bool((y != 0).all()):
            ways += [(1 / y, ["Reciprocal"])]
        if bool((y > 0).all()):
            ways += [(y * y, ["Sqrt"]), (1 / (y * y), ["Sqrt", "Reciprocal"])]
        if bool((abs(y) < 50).all()):
            ways.append((np.exp(y), ["Log"]))
        for (target, after), (sizes, row) in itertools.product(ways, list(self.products())):
            table = np.array([row, [1.0] * len(row)]).T
            by = np.linalg.lstsq(table, target, rcond=None)[0]
            by = np.where(abs(by) < 1e-9 * abs(by).max(), 0.0, by)
            near = np.round(by * 5040) / 5040
            by = np.where(abs(by - near) <= 1e-6 * abs(by), near, by)
            if by[0] != 0 and bool((abs(table @ by - target) <= 2e-6 * abs(target)).all()):
                name = self._emit("Cast", [self.product(sizes)], to=double)
                name = self._emit("Mul", [name, self._constant(np.array([by[0]]))])
                name = self._emit("Add", [name, self._constant(np.array([by[1]]))])
                for operator in after:
                    name = self._emit(operator, [name])
                return name
        return None

    def listed(self, columns: Sequence[Sequence[int]], spare: bool = False) -> str | None:
        """A list of whole numbers, entry by entry; with ``spare`` one that has no expression may be -1."""
        parts: list[str] = []
        for values in columns:
            part = self.whole(values)
            if part is None and spare:
                part, spare = self.numbers([-1]), False
            if part is None:
                return None
            parts.append(part)
        return self._emit("Concat", parts, axis=0)


def _line(x: Sequence[int], y: Sequence[int]) -> tuple[Fraction, Fraction] | None:
    """The line through all points, or None."""
    first = next((i for i in range(1, len(x)) if x[i] != x[0]), None)
    if first is None:
        return None
    slope = Fraction(y[first] - y[0], x[first] - x[0])
    offset = y[0] - slope * x[0]
    whole = all(slope * a + offset == b for a, b in zip(x, y, strict=True))
    return (slope, offset) if slope != 0 and whole else None
