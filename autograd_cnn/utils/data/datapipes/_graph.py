"""What a DataLoader does with a pipe: it finds those that shuffle, draw and are shared out among the pipes
that it is made of."""

from collections.abc import Iterator
from inspect import ismethod
from typing import Any
from warnings import warn

from ...._random.stream import Stream, random_integers
from ._combining import _Split
from .datapipe import IterDataPipe, MapDataPipe


def pipes(pipe: Any) -> Iterator[Any]:
    """``pipe`` and those it is made of, each once, in PyTorch's order: a pipe, what its first part is made
    of, and so on."""
    waiting, seen = [pipe], set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, (list, tuple)):
            waiting += reversed(found)
        elif isinstance(found, dict):
            waiting += reversed(found.values())
        elif isinstance(found, (IterDataPipe, MapDataPipe, _Split)) and id(found) not in seen:
            seen.add(id(found))
            waiting += reversed(vars(found).values())
            yield found


def having(pipe: Any, *methods: str) -> list[Any]:
    """Those of :func:`pipes` that have these methods: the library's, and the user's own."""
    return [found for found in pipes(pipe) if all(ismethod(getattr(found, name, None)) for name in methods)]


def shuffling(pipe: Any, shuffle: bool | None) -> Any:
    """``pipe`` with shuffling on or off, where that is said; with a shuffler, where it should be on and there
    is none. Another dataset as it is."""
    if shuffle is None or not isinstance(pipe, IterDataPipe):
        return pipe
    found = having(pipe, "set_shuffle", "set_seed")
    if shuffle and not found:
        warn(
            "`shuffle=True` was set, but the datapipe does not contain a `Shuffler`. Adding one at the end. "
            "Be aware that the default buffer size might not be sufficient for your task.",
            stacklevel=3,
        )
        pipe = pipe.shuffle()
    for shuffler in found:
        shuffler.set_shuffle(shuffle)
    return pipe


def give_seeds(pipe: Any, shared: int) -> None:
    """Give those that draw numbers a seed each. In every worker these are of the same ``shared`` one: all of
    them shuffle alike, and each takes its own items out of the same order."""
    drawn = Stream(shared)
    for found in having(pipe, "set_seed"):
        found.set_seed(int(random_integers((), generator=drawn)))


def share_out(pipe: Any, count: int, number: int) -> None:
    """Let those that can be shared out take the items of worker ``number`` of ``count``. RuntimeError where
    one of them gets its items from another one."""
    for found in having(pipe, "apply_sharding"):
        for inner in having(found, "apply_sharding"):
            if inner is not found:
                raise RuntimeError(
                    "Sharding twice on a single pipeline is likely unintended and will cause data loss. "
                    f"Sharding already applied to {found} while trying to apply to {inner}: leave one of them"
                )
        found.apply_sharding(count, number)
