"""Random tensors: their dtypes, shapes, numbers, layouts, and whose memory they share, as text that makes
them."""

import math
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, NamedTuple

Shape = tuple[int, ...]

FLOATS = ("float32", "float64", "float16")
WHOLE = ("int64", "int32", "int16", "int8", "uint8")
EPSILON = {"float16": 2.0**-10, "float32": 2.0**-23, "float64": 2.0**-52}
"""The distance of 1 from the next number."""
DTYPES = ("float32", "float64", "int64", "bool", "float16", "int32", "uint8", "int16", "int8")
_WEIGHTS = (40, 28, 9, 6, 4, 4, 3, 3, 3)


class Code(str):
    """Text of a script, which stands in an argument as it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


class Made(NamedTuple):
    """One tensor of a call: the numbers it is made of, and the steps from them to what is passed."""

    name: str
    dtype: str
    shape: Shape
    """Of the numbers."""
    numbers: tuple[float, ...]
    steps: str = ""
    """The text of views of it: ``".t()[1:]"``."""
    wants: bool = False
    """Whether a gradient is asked for."""
    of: str = ""
    """Another tensor whose memory this one looks into; then there are no numbers."""
    seen: Shape = ()
    """The shape of what is passed."""

    def lines(self) -> list[str]:
        """The text that makes it: its memory, named with a 0, and what is passed."""
        if self.of:
            return [f"{self.name} = {self.of}{self.steps}"]
        made = f"torch.{_literal(self.numbers, self.shape, self.dtype)}"
        if self.wants:
            made += ".requires_grad_()"
        if not self.steps:
            return [f"{self.name} = {self.name}0 = {made}"]
        return [f"{self.name}0 = {made}", f"{self.name} = {self.name}0{self.steps}"]

    def moved(self, step: int) -> "Made":
        """The same with other last digits: equal numbers move alike, and so stay equal; those at which
        functions have kinks (0, 1/2, 1, 3, ...) stay where they are."""
        if self.dtype not in FLOATS:
            return self
        unit = step * EPSILON[self.dtype]
        return self._replace(
            numbers=tuple(
                n
                if not math.isfinite(n) or n % 0.25 == 0
                else n * (1 + unit * ((round(n * 300) % 17 - 8) or 5))
                for n in self.numbers
            )
        )


def _literal(numbers: Sequence[float], shape: Shape, dtype: str) -> str:
    if not math.prod(shape):
        return f"zeros({shape!r}, dtype=torch.{dtype})"
    if len(set(map(repr, numbers))) == 1 and len(numbers) > 1:
        return f"full({shape!r}, {numbers[0]!r}, dtype=torch.{dtype})"
    return f"tensor({_nested(list(numbers), shape)!r}, dtype=torch.{dtype})"


def _nested(numbers: list[Any], shape: Shape) -> Any:
    if not shape:
        return numbers[0]
    for size in reversed(shape[1:]):
        numbers = [numbers[i : i + size] for i in range(0, len(numbers), size)]
    return numbers


class Draw:
    """The random choices of one call, and the tensors made for it."""

    def __init__(self, random: Random, writes: bool = False) -> None:
        self.random = random
        self.writes = writes
        self.grades = True
        """Whether gradients may be asked for."""
        self.special = True
        """Whether there may be infinities, NaN and the like among the numbers."""
        self.made: dict[str, Made] = {}
        self.shapes: dict[str, Shape] = {}
        """Of what is passed, by name."""
        self.plain = random.random() < 0.35
        """Whether this call keeps to contiguous tensors of its own."""

    # choices

    def chance(self, share: float) -> bool:
        """True in this share of cases."""
        return self.random.random() < share

    def one(self, choices: Sequence[Any]) -> Any:
        """One of them."""
        return choices[int(self.random.random() * len(choices))]

    def whole(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return self.random.randint(low, high)

    def number(self, low: float = -2.0, high: float = 2.0) -> float:
        """A number of few digits."""
        return round(self.random.uniform(low, high), 2)

    def dtype(self, kinds: Sequence[str] = DTYPES) -> str:
        """A dtype; everyday ones more often."""
        return self.random.choices(kinds, [_WEIGHTS[DTYPES.index(kind)] for kind in kinds])[0]

    def floating(self) -> str:
        """A floating-point dtype, now and then another one."""
        return self.dtype(FLOATS) if self.chance(0.96) else self.dtype()

    # shapes

    def size(self) -> int:
        """The size of one axis."""
        return self.random.choices((2, 3, 4, 1, 5, 0, 7), (30, 30, 14, 13, 6, 4, 3))[0]

    def shape(self, least: int = 0, most: int = 5) -> Shape:
        """A shape of ``least`` to ``most`` axes."""
        weights = (9, 22, 34, 20, 11, 4)[least : most + 1]
        axes = self.random.choices(range(least, most + 1), weights)[0]
        while True:
            shape = tuple(self.size() for _ in range(axes))
            if math.prod(shape) <= 150:
                return shape

    def beside(self, shape: Shape) -> Shape:
        """A shape that broadcasts with ``shape``."""
        if self.chance(0.5):
            return shape
        kept = shape[self.whole(0, len(shape)) :] if self.chance(0.6) else shape
        other = tuple(1 if self.chance(0.25) else n for n in kept)
        return (self.one((1, 2)), *other) if self.chance(0.07) and len(other) < 5 else other

    # numbers

    def numbers(self, count: int, dtype: str, values: "Values | None") -> tuple[float, ...]:
        """So many numbers that fit a dtype."""
        if values is not None:
            return tuple(values(self, count, dtype))
        if dtype == "bool":
            return tuple(self.chance(0.5) for _ in range(count))
        if dtype in WHOLE:
            low, high = (0 if dtype == "uint8" else -4), 5
            return tuple(self.whole(low, high) for _ in range(count))
        style = self.random.random()
        if style < 0.12 and self.special:
            return tuple(float(self.whole(-3, 3)) for _ in range(count))
        drawn = [self.number() for _ in range(count)]
        if style > 0.93 and count and self.special:
            drawn[self.whole(0, count - 1)] = self.one(
                (math.inf, -math.inf, math.nan, -0.0, 0.0, 1e-30, 30.0)
            )
        return tuple(drawn)

    # tensors

    def tensor(
        self,
        shape: Shape | None = None,
        dtype: str | None = None,
        values: "Values | None" = None,
        wants: bool | None = None,
    ) -> Code:
        """A new tensor, in some layout, perhaps in the memory of another; the name it has in the script."""
        shape = self.shape() if shape is None else tuple(shape)
        dtype = self.dtype() if dtype is None else dtype
        name = "abcdefghij"[len(self.made)]
        if (
            values is None
            and not self.plain
            and not self.writes
            and (shared := self._shared(name, shape, dtype))
        ):
            return shared
        wants = (self.chance(0.7) if wants is None else wants) and dtype in FLOATS and self.grades
        base, steps = (shape, "") if self.plain or getattr(values, "plain", False) else self._layout(shape)
        if self.writes and not self.made and wants:
            steps = (".clone()" if self.chance(0.8) else "") + steps
        count = math.prod(base)
        numbers = self.numbers(count, dtype, values)
        self.made[name] = Made(name, dtype, base, numbers, steps, wants, seen=shape)
        self.shapes[name] = shape
        return Code(name)

    def structured(self, shape: Shape, dtype: str, values: "Values") -> Code:
        """A batch of square matrices whose numbers have a structure that a transposition keeps."""
        name = "abcdefghij"[len(self.made)]
        numbers = self.numbers(math.prod(shape), dtype, values)
        wants = self.grades and self.chance(0.7) and dtype in FLOATS
        steps = "" if self.plain else self.one(("", ".mT", ".mT.contiguous()", "[...]"))
        self.made[name] = Made(name, dtype, shape, numbers, steps, wants, seen=shape)
        self.shapes[name] = shape
        return Code(name)

    def _shared(self, name: str, shape: Shape, dtype: str) -> Code | None:
        """The same tensor again, or another view of its memory."""
        for other, made in self.made.items():
            if made.dtype != dtype or self.shapes[other] != shape or not self.chance(0.12):
                continue
            steps = self.one(("", "", "[:]", f".view_as({other})", ".flip(0)", ".detach()"))
            if len(shape) == 2 and shape[0] == shape[1] and self.chance(0.5):
                steps = ".t()"
            if not steps:
                return Code(other)
            if steps == ".flip(0)" and not shape:
                return None
            self.made[name] = Made(name, dtype, shape, (), steps, False, other, shape)
            self.shapes[name] = shape
            return Code(name)
        return None

    def _layout(self, shape: Shape) -> tuple[Shape, str]:
        """A shape to start from, and steps that lead from there to ``shape``."""
        axes = len(shape)
        choice = self.random.random()
        if not axes:
            return ((2,), "[1]") if choice > 0.8 else (shape, "")
        if choice < 0.45:
            return shape, ""
        axis = self.whole(0, axes - 1)
        before = ":, " * axis
        if choice < 0.6 and axes > 1:
            order = list(range(axes))
            self.random.shuffle(order)
            base = tuple(shape[order.index(i)] for i in range(axes))
            return base, f".permute({', '.join(map(str, order))})" if order != sorted(order) else ""
        if choice < 0.68 and axes > 1:
            return (*shape[:-2], shape[-1], shape[-2]), ".transpose(-1, -2)"
        if choice < 0.78:
            wide = (*shape[:axis], 2 * shape[axis], *shape[axis + 1 :])
            return wide, f"[{before}{self.one(('::2', '1::2'))}]"
        if choice < 0.87:
            return (*shape[:axis], shape[axis] + 1, *shape[axis + 1 :]), f"[{before}1:]"
        if choice < 0.9 and axes > 1 and not self.writes and shape[-1]:  # rows that overlap
            return (*shape[:-2], shape[-2] + shape[-1] - 1), f".unfold(-1, {shape[-1]}, 1)"
        if choice < 0.92:
            return (*shape, shape[-1]), ".diagonal(0, -2, -1)"
        if choice < 0.95 and not self.writes:
            return (*shape[:axis], 1, *shape[axis + 1 :]), f".expand{shape!r}"
        if axes == 4:
            return tuple(shape[i] for i in (0, 2, 3, 1)), ".permute(0, 3, 1, 2)"
        return (*shape, 2), f"[{'...'}, {self.whole(0, 1)}]"


Values = Callable[[Draw, int, str], Sequence[float]]


def uniform(low: float, high: float) -> Values:
    """Numbers between two; whole ones for whole dtypes."""

    def values(draw: Draw, count: int, dtype: str) -> list[float]:
        if dtype == "bool":
            return [draw.chance(0.5) for _ in range(count)]
        if dtype in WHOLE:
            first = math.ceil(max(low, 0) if dtype == "uint8" else low)
            return [draw.whole(first, max(math.floor(high), first)) for _ in range(count)]
        return [draw.number(low, high) for _ in range(count)]

    return values


def distinct(draw: Draw, count: int, dtype: str) -> list[float]:
    """Numbers of which no two are equal, as far as the dtype has so many."""
    if dtype == "bool":
        return [draw.chance(0.5) for _ in range(count)]
    order = list(range(count))
    draw.random.shuffle(order)
    if dtype in WHOLE:
        return [n % 120 - (0 if dtype == "uint8" else min(count // 2, 60)) for n in order]
    return [round(n * 0.25 - count * 0.125 + 0.05, 3) for n in order]


class Plain:
    """``values`` in memory of their own, in order: none of them comes twice, as where an axis is expanded."""

    plain = True

    def __init__(self, values: Values) -> None:
        self.values = values

    def __call__(self, draw: Draw, count: int, dtype: str) -> Sequence[float]:
        return self.values(draw, count, dtype)


def below(size: int, least: int = 0) -> Values:
    """Places along an axis of ``size``, some of them again; rarely one outside."""

    def values(draw: Draw, count: int, dtype: str) -> list[float]:
        high = max(size - 1, least)
        drawn: list[float] = [draw.whole(least, high) for _ in range(count)]
        if count and draw.chance(0.03):
            drawn[draw.whole(0, count - 1)] = draw.one((size, -1, -size - 1))
        if dtype == "bool":
            return [bool(n) for n in drawn]
        return [abs(n) for n in drawn] if dtype == "uint8" else drawn

    return values


def whole(least: int, most: int) -> Values:
    """Whole numbers from ``least`` to ``most``."""
    return lambda draw, count, dtype: [draw.whole(least, most) for _ in range(count)]


class Once:
    """Places along an axis of ``size``, each once, as far as there are so many.

    Where several numbers are written to one place, PyTorch does not say which one stays, and its gradient
    goes to all of them; here it goes to the last.
    """

    plain = True
    """In memory of their own, in order: what lies between them would come twice."""

    def __init__(self, size: int) -> None:
        self.size = size

    def __call__(self, draw: Draw, count: int, dtype: str) -> list[float]:
        places = draw.random.sample(range(self.size), min(count, self.size))
        return [*places, *[0] * (count - len(places))]


class OnceAlong:
    """Places along the axis ``axis`` of a ``shape``, each once in a row, as far as there are so many: see
    :class:`Once`."""

    plain = True

    def __init__(self, shape: Shape, axis: int, size: int) -> None:
        self.shape, self.axis, self.size = shape, axis, size

    def __call__(self, draw: Draw, count: int, dtype: str) -> list[float]:
        length = self.shape[self.axis] if self.shape else 1
        after = math.prod(self.shape[self.axis + 1 :])
        places: list[float] = [0] * count
        for row in range(count // max(length, 1)):
            start = row // after * after * length + row % after
            drawn = Once(self.size)(draw, length, dtype)
            for i, place in enumerate(drawn):
                places[start + i * after] = place
        return places


def dominant(rows: int, symmetric: bool = False, positive: bool = False) -> Values:
    """Batches of square matrices with a large diagonal: well conditioned."""

    def values(draw: Draw, count: int, dtype: str) -> list[float]:
        drawn: list[float] = [draw.number(-1, 1) for _ in range(count)]
        for i in range(count):
            batch, place = divmod(i, rows * rows)
            row, column = divmod(place, rows)
            if symmetric and column < row:
                drawn[i] = drawn[batch * rows * rows + column * rows + row]
            elif row == column:
                drawn[i] = round(
                    (1 if positive or draw.chance(0.5) else -1) * (rows + row + draw.number(0.1, 0.9)), 2
                )
        return [int(n) for n in drawn] if dtype in WHOLE or dtype == "bool" else drawn

    return values


def scattered(draw: Draw, count: int, dtype: str) -> list[float]:
    """Numbers without a pattern, all of them finite, and none of them -0.0."""
    return [draw.number(-2, 2) + 0.0 for _ in range(count)]
