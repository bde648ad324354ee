"""Transforms of transforms, for samples."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..._random import distributions, stream
from .._random_transforms import _unit
from ._transform import Transform

__all__ = ["Compose", "RandomApply", "RandomChoice", "RandomOrder"]


class _Container(Transform):
    def __init__(self, transforms: Sequence[Callable[..., Any]]) -> None:
        super().__init__()
        if not hasattr(transforms, "__len__") or not hasattr(transforms, "__iter__"):
            raise TypeError("Argument transforms should be a sequence of callables")
        if not len(transforms):
            raise ValueError("Pass at least one transform")
        self.transforms = transforms

    @staticmethod
    def _through(chosen: Any, inputs: tuple[Any, ...]) -> Any:
        """The sample after one transform and the other."""
        for transform in chosen:
            found = transform(*inputs)
            inputs = found if len(inputs) > 1 else (found,)
        return inputs if len(inputs) > 1 else inputs[0]

    def extra_repr(self) -> str:
        """A line for each transform."""
        return "\n".join(f"    {transform}" for transform in self.transforms)


class Compose(_Container):
    """One transform after the other."""

    def forward(self, *inputs: Any) -> Any:
        return self._through(self.transforms, inputs)


class RandomApply(_Container):
    """All of them with probability ``p``, else none."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], p: float = 0.5) -> None:
        super().__init__(transforms)
        if not 0.0 <= p <= 1.0:
            raise ValueError("`p` should be a floating point value in the interval [0.0, 1.0].")
        self.p = p

    def forward(self, *inputs: Any) -> Any:
        return self._through(self.transforms if _unit() < self.p else [], inputs)


class RandomChoice(_Container):
    """One of them, with the probabilities ``p``."""

    def __init__(self, transforms: Sequence[Callable[..., Any]], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        shares = [1] * len(transforms) if p is None else list(p)
        if len(shares) != len(transforms):
            raise ValueError(
                f"Length of p doesn't match the number of transforms: {len(shares)} != {len(transforms)}"
            )
        self.p: list[float] = [share / sum(shares) for share in shares]

    def forward(self, *inputs: Any) -> Any:
        return self._through(
            [self.transforms[int(distributions.multinomial(np.array(self.p, np.float32), 1)[0])]], inputs
        )


class RandomOrder(_Container):
    """All of them, in a random order."""

    def forward(self, *inputs: Any) -> Any:
        return self._through([self.transforms[int(i)] for i in stream.randperm(len(self.transforms))], inputs)
