"""From a call that differs to the smallest one that still does."""

import math
from collections.abc import Callable, Iterator
from typing import Any

from ._call import Argument, Call
from ._draw import FLOATS, Made


def _without_arguments(call: Call) -> Iterator[Call]:
    required = {p.name for p in call.door.parameters if p.required}
    for i, argument in enumerate(call.arguments):
        if argument.name and argument.name not in required and not call.text:
            rest = (*call.arguments[:i], *(Argument(a.name, a.value, True) for a in call.arguments[i + 1 :]))
            yield call._replace(arguments=rest)


def _with(call: Call, i: int, **changes: Any) -> Call:
    made = list(call.made)
    made[i] = made[i]._replace(**changes)
    return call._replace(made=tuple(made))


def _unused(call: Call) -> Iterator[Call]:
    for i, made in enumerate(call.made):
        text = call.statement() + " ".join(m.steps + m.of for m in call.made if m is not made)
        if made.name not in _words(text):
            yield call._replace(made=(*call.made[:i], *call.made[i + 1 :]))


def _words(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c == "_" else " " for c in text).split())


def _plainer(call: Call) -> Iterator[Call]:
    """Tensors of their own, contiguous, without a gradient, of plain numbers."""
    for i, made in enumerate(call.made):
        count = math.prod(made.seen)
        if made.steps or made.of:
            numbers = (made.numbers * (count + 1))[:count] or (1,) * count
            yield _with(call, i, steps="", of="", shape=made.seen, numbers=numbers)
            if ".clone()" in made.steps and made.steps != ".clone()":
                yield _with(call, i, steps=".clone()", shape=made.seen, numbers=numbers)
        if made.wants:
            yield _with(call, i, wants=False)
        if made.dtype in FLOATS and made.dtype != "float64":
            yield _with(call, i, dtype="float64")
        for numbers in (
            tuple(float(n) if made.dtype in FLOATS else n for n in range(1, count + 1)),
            (1,) * count,
            tuple(round(n, 1) if isinstance(n, float) and math.isfinite(n) else n for n in made.numbers),
        ):
            if made.numbers != numbers and len(numbers) == len(made.numbers) and made.dtype != "bool":
                yield _with(call, i, numbers=numbers)


def _smaller(call: Call) -> Iterator[Call]:
    """The same size, wherever it appears, made smaller; an axis less."""
    sizes = {n for made in call.made for n in made.seen if n > 1}
    for size in sorted(sizes, reverse=True):
        for less in (1, 2):
            if less < size:
                yield call._replace(
                    made=tuple(
                        _cut(made, tuple(less if n == size else n for n in made.seen)) for made in call.made
                    )
                )
    for i, made in enumerate(call.made):
        if len(made.seen) and not made.steps and not made.of:
            yield _with(call, i, **_cut(made, made.seen[1:])._asdict())
            yield _with(call, i, **_cut(made, made.seen[:-1])._asdict())


def _cut(made: Made, shape: tuple[int, ...]) -> Made:
    if made.steps or made.of:
        return made
    count = math.prod(shape)
    return made._replace(
        shape=shape, seen=shape, numbers=(made.numbers * (count + 1))[:count] or (1,) * count
    )


def shrunk(call: Call, differs: Callable[[Call], bool], most: int = 300) -> Call:
    """The smallest call found, in ``most`` tries, for which ``differs`` still holds."""
    tries = 0
    again = True
    while again:
        again = False
        for step in (_without_arguments, _unused, _plainer, _smaller):
            for smaller in step(call):
                tries += 1
                if tries > most:
                    return call
                if smaller != call and differs(smaller):
                    call, again = smaller, True
                    break
    return call
