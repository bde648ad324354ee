"""What a DataLoader does with a pipe: it finds those that shuffle among the pipes that it is made of."""

from collections.abc import Iterator
from typing import Any
from warnings import warn

from ._combining import _Split
from .datapipe import IterDataPipe, MapDataPipe
from .iter import Shuffled, drawn_seed


def pipes(pipe: Any) -> Iterator[Any]:
    """``pipe`` and those it is made of, each once."""
    waiting, seen = [pipe], set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, (list, tuple)):
            waiting += found
        elif isinstance(found, (IterDataPipe, MapDataPipe, _Split)) and id(found) not in seen:
            seen.add(id(found))
            waiting += vars(found).values()
            yield found


def shufflers(pipe: Any) -> list[Any]:
    """Those that shuffle."""
    return [found for found in pipes(pipe) if isinstance(found, Shuffled) or hasattr(found, "set_shuffle")]


def shuffling(pipe: Any, shuffle: bool | None) -> Any:
    """``pipe`` with shuffling on or off, where that is said; with a shuffler, where it should be on and there
    is none. Another dataset as it is."""
    if shuffle is None or not isinstance(pipe, IterDataPipe):
        return pipe
    found = shufflers(pipe)
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


def share_seeds(pipe: Any) -> None:
    """Give those that shuffle a seed before the pipe is copied into workers: all of them shuffle alike, and
    each takes its own items out of the same order."""
    for shuffler in shufflers(pipe):
        if isinstance(shuffler, Shuffled) and shuffler.seeds_itself:
            shuffler.set_seed(drawn_seed())
