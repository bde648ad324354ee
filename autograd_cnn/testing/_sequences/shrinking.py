"""Making a failing sequence small: fewer steps, smaller tensors."""

import ast
import re
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .lockstep import MODE

_FROM = re.compile(r"(v\d+) = .*?\b(v\d+)")
_PASS = re.compile(r"\[((?:v\d+, )*v\d+)\] = torch\.autograd\.grad\(.*?, \[((?:v\d+, )*v\d+)\]")
_LITERAL = re.compile(r"torch\.tensor\((\[.*\]), dtype=")


def shrink(steps: tuple[str, ...], fails: Callable[[tuple[str, ...]], bool]) -> tuple[str, ...]:
    """The shortest sequence found that still ``fails``: steps are dropped, modes left out, tensors cut, until
    nothing more goes."""
    changed = True
    while changed:
        changed = False
        for candidate in _smaller(steps):
            if fails(candidate):
                steps, changed = candidate, True
                break
    return steps


def _smaller(steps: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for count in (8, 4, 2, 1):
        for i in range(len(steps) - count, -1, -1):
            yield steps[:i] + steps[i + count :]
    for i, text in enumerate(steps):
        found = _FROM.match(text)
        if found is not None:  # what it was made of, in its place
            name, source = found.groups()
            yield steps[:i] + tuple(re.sub(rf"\b{name}\b", source, later) for later in steps[i + 1 :])
    for i, text in enumerate(steps):
        for simpler in _simpler(text):
            yield (*steps[:i], simpler, *steps[i + 1 :])


def _simpler(text: str) -> Iterator[str]:
    if text.startswith("with "):
        yield MODE.sub("", text)
    pass_of = _PASS.match(text)
    if pass_of is not None:
        names, inputs = pass_of.group(1).split(", "), pass_of.group(2).split(", ")
        for i in range(len(names) if len(names) == len(inputs) > 1 else 0):
            fewer = ", ".join(names[:i] + names[i + 1 :]), ", ".join(inputs[:i] + inputs[i + 1 :])
            yield text.replace(pass_of.group(1), fewer[0], 1).replace(
                f"[{pass_of.group(2)}]", f"[{fewer[1]}]", 1
            )
    found = _LITERAL.search(text)
    if found is not None:
        numbers = np.array(ast.literal_eval(found.group(1)))
        for axis, n in enumerate(numbers.shape):
            if n > 1:
                cut: Any = np.delete(numbers, -1, axis)
                yield text.replace(found.group(1), str(cut.tolist()))
        plain = np.ceil(np.abs(numbers))
        if (plain != numbers).any():
            yield text.replace(found.group(1), str(plain.tolist()))
