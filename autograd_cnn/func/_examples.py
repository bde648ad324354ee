"""Random numbers where a function runs several times in the place of once."""

from typing import Any, Self

from .._random.stream import Stream, watcher


def check_randomness(randomness: str) -> None:
    """RuntimeError for what is none of the three ways."""
    if randomness not in ("error", "different", "same"):
        raise RuntimeError(
            f"Only allowed values for randomness are 'error', 'different', or 'same'. Got {randomness}"
        )


class Examples:
    """The runs of a function, one for each example: ``begin()`` begins each."""

    def __init__(self, randomness: str) -> None:
        self._randomness = randomness
        self._states: dict[Stream, Any] = {}
        """Of the streams that were drawn from: their states before."""

    def __enter__(self) -> Self:
        self._outer = watcher.get()
        self._token = watcher.set(self._drawing)
        return self

    def __exit__(self, *error: object) -> None:
        watcher.reset(self._token)

    def begin(self) -> None:
        """The next run draws what the first one drew, where that was asked for."""
        for stream, state in self._states.items():
            stream.set_state(state)

    def _drawing(self, stream: Stream) -> None:
        """Somebody draws from ``stream``."""
        if self._outer is not None:
            self._outer(stream)
        if self._randomness == "error":
            raise RuntimeError(
                "vmap: called random operation while in randomness error mode. Please either use the 'same' "
                "or 'different' randomness flags on vmap or perform the randomness operation out of vmap"
            )
        if self._randomness == "same" and stream not in self._states:
            self._states[stream] = stream.get_state()
