"""Random sequences: thirty steps that mix views, writes in place, operators, hooks, passes and modes.

A sequence is lines of Python over ``torch``, so that one that goes wrong can be read, sent and run. It runs in
two libraries in lockstep: after each step values, dtypes, shapes, ``requires_grad``, ``is_leaf`` and what was
raised are compared, after each pass every ``.grad``, and at the end first and second gradients of what there
is::

    sequence, mismatch = compare(7, autograd_cnn, torch)
    if mismatch:
        print(shrunk(sequence, autograd_cnn, torch))

``programs`` are made of operators alone; they run in NumPy too. Here the order of what happens matters: what a
view shows after its base was written, which pass may run, which write is refused.
"""

import itertools
from collections.abc import Iterator
from typing import Any, NamedTuple

from ._sequences import graph, operators, views, writes
from ._sequences.definitions import DEFINITIONS, needed
from ._sequences.drawing import Draw, is_floating
from ._sequences.kinds import drawn
from ._sequences.lockstep import Mismatch, Run, lockstep
from ._sequences.shrinking import shrink

__all__ = ["Mismatch", "Sequence", "compare", "shrunk"]

_FAMILIES = (views, writes, operators, graph)


class Sequence(NamedTuple):
    """Lines of Python over ``torch``."""

    steps: tuple[str, ...]

    def mismatch(self, ours: Any, theirs: Any) -> Mismatch | None:
        """The first difference between two libraries."""
        return lockstep(self.steps, Run(ours), Run(theirs))

    def __str__(self) -> str:
        text = "\n".join(self.steps)
        head = "import copy\nimport torch\nimport torch.utils.checkpoint\n\nseen, heard = [], []\n"
        return "\n\n".join([head, *(DEFINITIONS[name] for name in needed(text)), text]) + "\n"


def shrunk(sequence: Sequence, ours: Any, theirs: Any) -> Sequence:
    """The smallest sequence found in which the libraries part in the same way."""
    found = sequence.mismatch(ours, theirs)
    if found is None:
        return sequence

    def fails(steps: tuple[str, ...]) -> bool:
        again = Sequence(steps).mismatch(ours, theirs)
        return again is not None and again.way == found.way

    return Sequence(shrink(sequence.steps[: found.step + 1], fails))


def compare(seed: int, ours: Any, theirs: Any, length: int = 30) -> tuple[Sequence, Mismatch | None]:
    """Draw a sequence while it runs in both libraries, until they part or it ends; the same for the same
    seed."""
    one, other, steps = Run(ours), Run(theirs), list[str]()

    def taken() -> Iterator[str]:
        draw = Draw(seed, other.names, one.names)
        for text in itertools.chain(_begun(draw), _middle(draw, length), _closing(draw)):
            steps.append(text)
            yield text

    found = lockstep(taken(), one, other)
    return Sequence(tuple(steps)), found


def _begun(draw: Draw) -> Iterator[str]:
    yield graph.leaf(draw)
    yield graph.leaf(draw)
    yield f"{draw.fresh()} = v0 * 1.5"


def _middle(draw: Draw, length: int) -> Iterator[str]:
    for _ in range(length):
        yield drawn(draw)


def _closing(draw: Draw) -> Iterator[str]:
    """First and second gradients of the latest tensors; then a pass that frees the graph, and one that can't
    run any more."""
    leaves = [n for n in draw.leaves if n in draw.names][:4]
    tops = [n for n in draw.known() if is_floating(draw.names[n])][-6:]
    for top in tops:
        first, second = ([draw.fresh() for _ in leaves] for _ in range(2))
        yield (
            f"{', '.join(first)} = torch.autograd.grad({top}.sin().sum(), [{', '.join(leaves)}], "
            "create_graph=True, allow_unused=True)"
        )
        yield (
            f"{', '.join(second)} = torch.autograd.grad(sum((g * g).sum() for g in ({', '.join(first)}) "
            f"if g is not None and g.requires_grad) + 0.0 * v0.sum(), [{', '.join(leaves)}], retain_graph=True, allow_unused=True)"
        )
    yield f"{draw.choice(tops)}.sin().sum().backward()"
