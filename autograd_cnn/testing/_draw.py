"""What the ``samples`` of a primitive receive: a source of arrays that is the same in every run."""

import math
import zlib
from typing import Any

import numpy as np

from ..ops import Primitive, Sample

Array = Any


class Draw:
    """Random arrays of a shape: ``draw(2, 3)``; ``draw(())`` has no axes, ``draw(0, 3)`` no elements. Always
    float64."""

    def __init__(self, seed: int = 0) -> None:
        self.generator: np.random.Generator = np.random.default_rng(seed)

    def __call__(self, *shape: Any) -> Array:
        """Standard normal values."""
        return np.asarray(self.generator.standard_normal(_shape(shape)))

    def uniform(self, *shape: Any, low: float = 0.0, high: float = 1.0) -> Array:
        """Values between ``low`` and ``high``."""
        return np.asarray(self.generator.uniform(low, high, _shape(shape)))

    def positive(self, *shape: Any) -> Array:
        """Values between 0.5 and 2: for logarithms, roots and denominators."""
        return self.uniform(*shape, low=0.5, high=2.0)

    def away_from_zero(self, *shape: Any) -> Array:
        """Values of either sign, at least 0.25 from 0: for operators with a kink there."""
        x = self(*shape)
        return np.asarray(x + np.copysign(0.25, x))

    def distinct(self, *shape: Any) -> Array:
        """Values at least 0.1 from each other, in random order: for maxima, sorting and medians."""
        size = math.prod(_shape(shape))
        steps = self.generator.permutation(size) - size / 2
        return np.asarray((steps * 0.25 + self.generator.uniform(0.0, 0.15, size)).reshape(_shape(shape)))

    def mask(self, *shape: Any) -> Array:
        """True or False."""
        return np.asarray(self.generator.random(_shape(shape)) < 0.5)

    def index(self, size: int, shape: Any = ()) -> Array:
        """Integers from 0 to ``size - 1``."""
        return np.asarray(self.generator.integers(0, size, _shape((shape,))))

    def direction(self, *shape: Any) -> Array:
        """Values of either sign between 0.5 and 1 in size: no component is too small to be seen."""
        return np.asarray(
            self.uniform(*shape, low=0.5, high=1.0) * self.generator.choice((-1.0, 1.0), _shape(shape))
        )

    @staticmethod
    def call(*operands: Any, **parameters: Any) -> Sample:
        """One call of the operator, with parameters."""
        return Sample(operands, parameters)


def draw_for(primitive: Primitive, seed: int = 0) -> Draw:
    """The source for one primitive: another one for each name, so that adding an operator changes no other's
    samples."""
    return Draw(zlib.crc32(primitive.name.encode()) + seed)


def samples_of(primitive: Primitive, draw: Draw) -> list[Sample]:
    """The declared samples of ``primitive`` as calls: an array is one operand, a tuple several."""
    made = [] if primitive.make_samples is None else primitive.make_samples(draw)
    return [_sample(entry) for entry in made]


def _sample(entry: Any) -> Sample:
    if isinstance(entry, Sample):
        return Sample(tuple(map(np.asarray, entry.operands)), entry.parameters)
    operands = entry if isinstance(entry, tuple) else (entry,)
    return Sample(tuple(map(np.asarray, operands)), {})


def _shape(shape: tuple[Any, ...]) -> tuple[int, ...]:
    """``draw(2, 3)`` and ``draw((2, 3))`` alike."""
    if len(shape) == 1 and isinstance(shape[0], (tuple, list)):
        shape = tuple(shape[0])
    return tuple(int(n) for n in shape)
