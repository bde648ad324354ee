"""Random programs: some 25 operators on a few inputs, to be run by any library with PyTorch's names and by
NumPy.

``generate(seed)`` draws one; NumPy runs along while it is drawn, so every program has known values, stays
finite, and keeps away from kinks, ties and poles: its slopes exist. ``program.run(torch)`` and
``program.run(autograd_cnn)`` compute the same number from the same inputs::

    program = generate(7)
    loss, inputs = program.run(autograd_cnn)
    loss.backward()
"""

from typing import Any, NamedTuple

import numpy as np

from ._numeric import slope
from ._operations import LARGEST, MOST, OPERATIONS, Array


class Step(NamedTuple):
    """An operation on values computed before, by their numbers."""

    name: str
    operands: tuple[int, ...]
    parameters: dict[str, Any]


class Program(NamedTuple):
    """Inputs, steps, and for each value a constant weight: the result is the weighted sum of all values never
    used again."""

    seed: int
    inputs: tuple[Array, ...]
    steps: tuple[Step, ...]
    weights: dict[int, Array]
    values: tuple[Array, ...]
    """What NumPy computed: the inputs, then the result of each step."""

    def run(self, library: Any, inputs: tuple[Array, ...] | None = None) -> tuple[Any, list[Any]]:
        """The result, and the tensors made of the inputs, which want gradients."""
        made = [library.tensor(x, requires_grad=True) for x in inputs or self.inputs]
        values = list(made)
        for step in self.steps:
            values.append(
                OPERATIONS[step.name].tensors(library, *[values[i] for i in step.operands], **step.parameters)
            )
        total = sum((values[i] * library.tensor(w)).sum() for i, w in self.weights.items())
        return total, made

    def evaluate(self, inputs: tuple[Array, ...] | None = None) -> float:
        """The result by NumPy alone."""
        values = list(inputs or self.inputs)
        for step in self.steps:
            values.append(
                OPERATIONS[step.name].arrays(*[values[i] for i in step.operands], **step.parameters)
            )
        return float(sum((values[i] * w).sum() for i, w in self.weights.items()))

    def slope(self, directions: tuple[Array, ...], scale: float, step: float = 1e-5) -> float:
        """The derivative of :meth:`evaluate` along ``directions``, by differences; ``scale`` is the expected
        size of its terms."""
        return slope(
            lambda t: self.evaluate(tuple(x + t * v for x, v in zip(self.inputs, directions, strict=True))),
            scale,
            step,
        ).value

    def __str__(self) -> str:
        lines = [
            f"# generate({self.seed})",
            *(f"v{i} = input of shape {x.shape}" for i, x in enumerate(self.inputs)),
        ]
        for i, (name, operands, parameters) in enumerate(self.steps, len(self.inputs)):
            said = ", ".join((*(f"v{k}" for k in operands), *(f"{k}={v!r}" for k, v in parameters.items())))
            lines.append(f"v{i} = {name}({said})")
        return "\n".join((*lines, f"result = weighted sum of {', '.join(f'v{i}' for i in self.weights)}"))


def generate(seed: int, length: int = 25) -> Program:
    """A program of ``length`` steps; the same for the same seed."""
    source = np.random.default_rng(seed)
    shapes = [(2, 3), (3,), (2, 3, 4), (4, 1)]
    inputs = tuple(
        source.uniform(-2, 2, shapes[i]) for i in source.permutation(len(shapes))[: source.integers(2, 5)]
    )
    values, steps = list(inputs), list[Step]()
    used: set[int] = set()
    while len(steps) < length:
        step, value = _attempt(source, values)
        if step is not None:
            steps.append(step)
            values.append(value)
            used.update(step.operands)
    weights = {i: source.uniform(-1, 1, v.shape) for i, v in enumerate(values) if i not in used}
    return Program(seed, inputs, tuple(steps), weights, tuple(values))


def _attempt(source: np.random.Generator, values: list[Array]) -> tuple[Step | None, Array]:
    """One step drawn at random, with its value; None where it does not fit or leads to values out of
    bounds."""
    name = str(source.choice(list(OPERATIONS)))
    operation = OPERATIONS[name]
    late = source.uniform(size=operation.arity) ** 0.5  # later values more often
    chosen = tuple(int(i) for i in late * len(values))
    operands = [values[i] for i in chosen]
    parameters = operation.draw(source, *operands)
    if parameters is None:
        return None, None
    try:
        value = np.asarray(operation.arrays(*operands, **parameters))
    except ValueError:  # shapes that do not broadcast
        return None, None
    sound = 0 < value.size <= MOST and bool(np.isfinite(value).all()) and float(abs(value).max()) <= LARGEST
    return (Step(name, chosen, parameters), value) if sound else (None, None)
