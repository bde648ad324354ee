"""The compiled loops draw the very numbers that NumPy's text draws, and leave the stream where it does."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn._random import stream
from autograd_cnn._random.stream import Stream
from autograd_cnn.ops import kernels

pytest.importorskip("numba")

SIZES = (1, 2, 15, 16, 17, 31, 100, 623, 624, 625, 1249, 5001, 70_003)
Draw = Callable[[int, Any], Any]

DRAWS: dict[str, Draw] = {
    "words": lambda n, source: source.words(n),
    "uniform": lambda n, source: stream.uniform((n,), generator=source),
    "uniform between": lambda n, source: stream.uniform((n,), -0.3, 0.7, generator=source),
    "uniform double": lambda n, source: stream.uniform((n,), -1, 2, generator=source, dtype=np.float64),
    "uniform half": lambda n, source: stream.uniform((n,), generator=source, dtype=np.float16),
    "normal": lambda n, source: stream.normal((n,), generator=source),
    "normal around": lambda n, source: stream.normal((n,), 0.3, 1.7, generator=source),
    "normal half": lambda n, source: stream.normal((n,), generator=source, dtype=np.float16),
    "normal double": lambda n, source: stream.normal((n,), generator=source, dtype=np.float64),
    "bernoulli": lambda n, source: stream.bernoulli((n,), 0.3, generator=source),
    "bernoulli always": lambda n, source: stream.bernoulli((n,), 1.0, generator=source),
    "bernoulli integers": lambda n, source: stream.bernoulli((n,), 0.7, generator=source, dtype=np.int32),
    "bernoulli of each": lambda n, source: stream.bernoulli(
        (n,), np.linspace(0, 1, n, dtype="f"), generator=source
    ),
    "randint": lambda n, source: stream.randint((n,), -5, 1000, generator=source, dtype=np.int16),
    "randint unsigned": lambda n, source: stream.randint(
        (n,), 2**63, 2**63 + 9, generator=source, dtype=np.uint64
    ),
    "random": lambda n, source: stream.random_integers((n,), generator=source, dtype=np.int32),
    "randperm": lambda n, source: stream.randperm(n, generator=source),
    "exponential": lambda n, source: stream.exponential((n,), generator=source),
}


@pytest.mark.parametrize("name", DRAWS)
def test_the_same_numbers(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 0)
    compiled, plain = Stream(7), Stream(7)
    for n in SIZES:
        found = DRAWS[name](n, compiled)
        with kernels.using_numpy():
            expected = DRAWS[name](n, plain)
        assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
        np.testing.assert_array_equal(found, expected, err_msg=f"{n} numbers")
        np.testing.assert_array_equal(compiled.get_state(), plain.get_state())


@pytest.mark.parametrize("name", ["uniform", "normal", "bernoulli", "randint", "randperm"])
def test_the_same_numbers_for_any_number_of_threads(name: str) -> None:
    before = ac.get_num_threads()
    found = []
    try:
        for threads in (1, 2):
            ac.set_num_threads(threads)
            found.append(DRAWS[name](300_003, Stream(3)))
    finally:
        ac.set_num_threads(before)
    np.testing.assert_array_equal(*found)


def test_a_state_set_again_is_gone_on_from() -> None:
    source = Stream(1)
    stream.normal((5000,), generator=source)
    state = source.get_state()
    first = stream.uniform((5000,), generator=source)
    source.set_state(state)
    np.testing.assert_array_equal(stream.uniform((5000,), generator=source), first)
    source.seed(1)
    stream.normal((5000,), generator=source)
    np.testing.assert_array_equal(source.get_state(), state)
