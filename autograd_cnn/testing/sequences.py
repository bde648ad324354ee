"""Random sequences: thirty steps that mix views, writes in place, operators, hooks, passes and modes.

A sequence is lines of Python over ``torch``, so that one that goes wrong can be read, sent and run. It runs
in two libraries in lockstep: after each step values, dtypes, shapes, ``requires_grad``, ``is_leaf`` and what
was raised are compared, after each pass every ``.grad``, and at the end first and second gradients::

    sequence, mismatch = compare(7, autograd_cnn, torch)
    if mismatch:
        print(mismatch.said)
        print(shrunk(sequence, autograd_cnn, torch))

``programs`` are made of operators alone; they run in NumPy too. Here the order of what happens matters: what
a view shows after its base was written, which pass may run, which write is refused. ``python -m
autograd_cnn.testing.sequences 0 1000`` runs many, in processes of their own. Where there is no second
library, :func:`slopes` compares gradients with differences, of sequences that hide nothing from the graph.
"""

import itertools
import sys
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ._blocks import main
from ._numeric import slope
from ._sequences import graph, operators, views, writes
from ._sequences.definitions import DEFINITIONS, needed
from ._sequences.drawing import Draw, is_floating
from ._sequences.kinds import drawn
from ._sequences.lockstep import Mismatch, Run, lockstep
from ._sequences.shrinking import shrink

__all__ = ["Mismatch", "Sequence", "compare", "report", "shrunk", "slopes"]

_FAMILIES = (views, writes, operators, graph)
"""What fills the table of kinds when it is imported."""


class Sequence(NamedTuple):
    """Lines of Python over ``torch``; printed, a script that imports it."""

    steps: tuple[str, ...]

    def mismatch(self, ours: Any, theirs: Any) -> Mismatch | None:
        """The first difference between two libraries."""
        return lockstep(self.steps, Run(ours), Run(theirs))

    def __str__(self) -> str:
        text = "\n".join(self.steps)
        head = "import copy\nimport torch\nimport torch.utils.checkpoint\n\nseen, heard = [], []\n"
        return "\n\n".join([head, *(DEFINITIONS[name] for name in needed(text)), text]) + "\n"


def compare(seed: int, ours: Any, theirs: Any, length: int = 30) -> tuple[Sequence, Mismatch | None]:
    """Draw a sequence of ``length`` steps, and some at its end, while it runs in both libraries, until they
    part or it ends; the same for the same seed and the same ``theirs``."""
    one, other, steps = Run(ours), Run(theirs), list[str]()

    def taken() -> Iterator[str]:
        draw = Draw(seed, other.names, one.names)
        for text in itertools.chain(_begun(draw), _middle(draw, length), _closing(draw)):
            steps.append(text)
            yield text

    found = lockstep(taken(), one, other)
    return Sequence(tuple(steps)), found


def shrunk(sequence: Sequence, ours: Any, theirs: Any) -> Sequence:
    """The smallest sequence found in which the libraries part in the same way."""
    found = sequence.mismatch(ours, theirs)
    if found is None:
        return sequence

    def fails(steps: tuple[str, ...]) -> bool:
        again = Sequence(steps).mismatch(ours, theirs)
        return again is not None and again.way == found.way

    return Sequence(shrink(sequence.steps[: found.step + 1], fails))


def report(seed: int, ours: Any, theirs: Any) -> str | None:
    """Where the sequence of this seed parts two libraries, and the smallest script found; None where they
    agree."""
    sequence, mismatch = compare(seed, ours, theirs)
    if mismatch is None:
        return None
    return f"seed {seed}, {mismatch.said}\n{shrunk(sequence, ours, theirs)}"


def slopes(seed: int, library: Any, length: int = 15) -> tuple[Sequence, float, float] | None:
    """A sequence of views, writes and operators without kinks, and its derivative along a random direction
    of its two inputs: by a backward pass, and by differences. None where the pass is refused, for a value
    that it needs was overwritten."""
    run, steps = Run(library), list[str]()
    draw = Draw(seed, run.names, run.names, smooth=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for text in itertools.chain(_begun(draw), _middle(draw, length)):
            if run.step(text) is None:
                steps.append(text)
        inputs = [run.names[name] for name in ("v0", "v1")]
        starts = [np.array(x.tolist()) for x in inputs]
        try:
            _total(run).backward()
        except RuntimeError:
            return None
        source = np.random.default_rng(seed)
        directions = [source.choice((-1.0, 1.0), x.shape) for x in starts]
        gradients = [np.zeros(()) if x.grad is None else np.array(x.grad.tolist()) for x in inputs]
        pairs = list(zip(gradients, directions, strict=True))

        def value(t: float) -> float:
            again = Run(library)
            moved = (library.tensor(x + t * v) for x, v in zip(starts, directions, strict=True))
            again.names.update(zip(("v0", "v1"), moved, strict=True))
            for text in steps[2:]:
                again.step(text)
            return float(_total(again))

        scale = float(sum(abs(g).sum() for g in gradients))
        return Sequence(tuple(steps)), float(sum((g * v).sum() for g, v in pairs)), slope(value, scale).value


def _total(run: Run) -> Any:
    """One number of all tensors of a run."""
    return sum(t.sin().sum() for t in run.tensors().values() if t is not None and is_floating(t))


def _begun(draw: Draw) -> Iterator[str]:
    yield graph.leaf(draw)
    yield graph.leaf(draw)
    yield f"{draw.fresh()} = v0 * 1.5"


def _middle(draw: Draw, length: int) -> Iterator[str]:
    for _ in range(length):
        yield drawn(draw)


def _closing(draw: Draw) -> Iterator[str]:
    """First and second gradients of the latest tensors, and a pass that frees the graph."""
    leaves = draw.wanting()[:4]
    of, tops = ", ".join(leaves), [n for n in draw.known() if is_floating(draw.names[n])][-6:]
    how = "retain_graph" if draw.listens else "create_graph"
    for top in tops if leaves else ():
        first, second = (", ".join(draw.fresh() for _ in leaves) for _ in range(2))
        yield f"[{first}] = torch.autograd.grad({top}.sin().sum(), [{of}], {how}=True, allow_unused=True)"
        if not draw.listens:
            # Whether what is zero leads anywhere is a matter of how a rule is written.
            squares = f"sum((g * g).sum() for g in ({first}) if g is not None and g.requires_grad)"
            yield (
                f"[{second}] = torch.autograd.grad({squares} + 0.0 * v0.sum(), [{of}], retain_graph=True, "
                "allow_unused=True)"
            )
    yield f"{draw.choice(tops)}.sin().sum().backward()"


if __name__ == "__main__":
    sys.exit(main(f"{__package__}.sequences", __doc__))
