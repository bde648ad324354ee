"""Hooks of modules: the border where the gradients of what goes in, or comes out, are seen."""

import itertools
from collections.abc import Callable
from typing import Any

from .. import ops
from .._tensor import Tensor

Gradients = tuple[Any, ...]


def border(values: Any, on_gradients: Callable[[Gradients], Gradients | None]) -> Any:
    """``values`` (a tensor, or a tuple holding some), all of whose gradients ``on_gradients`` sees at once
    and may replace.

    It receives one gradient for each value, None for one that wants none. Several tensors are joined into one
    vector and taken apart again, so that their gradients arrive together.
    """
    parts = list(values) if isinstance(values, tuple) else [values]
    wanted = [i for i, part in enumerate(parts) if isinstance(part, Tensor) and part.requires_grad]
    if not wanted:
        return values
    count = len(parts)

    def seen(found: list[Any]) -> list[Any]:
        gradients: list[Any] = [None] * count
        for i, g in zip(wanted, found, strict=True):
            gradients[i] = g
        replaced = on_gradients(tuple(gradients))
        return found if replaced is None else [replaced[i] for i in wanted]

    for i, t in zip(wanted, _passed([parts[i] for i in wanted], seen), strict=True):
        parts[i] = t
    return tuple(parts) if isinstance(values, tuple) else parts[0]


def _passed(tensors: list[Tensor], seen: Callable[[list[Any]], list[Any]]) -> list[Tensor]:
    if len(tensors) == 1:
        same = ops.reshape(tensors[0], shape=tensors[0].array.shape)
        same.register_hook(lambda g: seen([g])[0])
        return [same]
    shapes = [t.array.shape for t in tensors]
    ends = list(itertools.accumulate(t.array.size for t in tensors))
    starts = [0, *ends[:-1]]

    def apart(vector: Any) -> list[Any]:
        return [
            ops.reshape(vector[a:b], shape=shape) for a, b, shape in zip(starts, ends, shapes, strict=True)
        ]

    def joined(parts: list[Any]) -> Any:
        return ops.concatenate(*[ops.reshape(part, shape=(-1,)) for part in parts], axis=0)

    vector = joined(tensors)
    vector.register_hook(lambda g: joined(seen(apart(g))))
    return apart(vector)
