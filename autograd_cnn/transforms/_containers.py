"""Random choices between transforms."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from ..nn import Module
from ._random_transforms import _unit

__all__ = ["RandomApply", "RandomChoice", "RandomOrder", "RandomTransforms"]


class RandomTransforms(Module):
    """Transforms of which some are chosen."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]) -> None:
        super().__init__()
        if not isinstance(transforms, (Sequence, Module)):
            raise TypeError("Argument transforms should be a sequence")
        self.transforms = transforms

    def forward(self, img: Any) -> Any:
        raise NotImplementedError

    def __repr__(self) -> str:
        return "\n".join([f"{type(self).__name__}(", *(f"    {line}" for line in self._lines()), ")"])

    def _lines(self) -> list[Any]:
        return list(self.transforms)


class RandomApply(RandomTransforms):
    """All of them with probability ``p``, else none."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: float = 0.5) -> None:
        super().__init__(transforms)
        self.p = p

    def forward(self, img: Any) -> Any:
        if self.p < _unit():
            return img
        for transform in self.transforms:
            img = transform(img)
        return img

    def _lines(self) -> list[Any]:
        return [f"p={self.p}", *self.transforms]


class RandomOrder(RandomTransforms):
    """All of them, in a random order (of Python's own generator)."""

    def forward(self, img: Any) -> Any:
        order = list(range(len(self.transforms)))
        random.shuffle(order)
        for i in order:
            img = self.transforms[i](img)
        return img


class RandomChoice(RandomTransforms):
    """One of them (by Python's own generator), with the probabilities ``p``."""

    def __init__(self, transforms: Sequence[Callable[[Any], Any]], p: Sequence[float] | None = None) -> None:
        super().__init__(transforms)
        if p is not None and not isinstance(p, Sequence):
            raise TypeError("Argument p should be a sequence")
        self.p = p

    def forward(self, img: Any) -> Any:
        return random.choices(self.transforms, weights=self.p)[0](img)

    def __repr__(self) -> str:
        return f"{super().__repr__()}(p={self.p})"
