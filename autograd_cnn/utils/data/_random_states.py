"""The random numbers that a dataset may draw: this library's, Python's and NumPy's."""

import random
from typing import Any

import numpy as np

from ..._creation.creation import from_numpy
from ..._random import stream as _random


def random_states() -> list[Any]:
    """The states of this library's, Python's and NumPy's global generators, as values that a file holds."""
    version, words, gauss = random.getstate()
    _, key, position, has_gauss, cached = np.random.get_state()
    python, numpy = np.array(words, np.int64), np.asarray(key).astype(np.int64)
    return [
        from_numpy(_random.default_stream.get_state()),
        [version, from_numpy(python), gauss],
        [from_numpy(numpy), int(position), int(has_gauss), float(cached)],
    ]


def restore_random_states(states: Any) -> None:
    """Go on from what :func:`random_states` gave."""
    stream, (version, words, gauss), (key, position, has_gauss, cached) = states
    _random.default_stream.set_state(stream.numpy())
    random.setstate((version, tuple(words.tolist()), gauss))
    np.random.set_state(("MT19937", key.numpy().astype(np.uint32), position, has_gauss, cached))
