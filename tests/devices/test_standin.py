"""The stand-in for CuPy is as strict as CuPy: what it takes and refuses."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from tests import standin


@pytest.fixture
def cupy() -> Iterator[Any]:
    with standin.installed() as library:
        yield library


def test_the_stand_in_is_strict(cupy: Any) -> None:
    x = cupy.asarray(np.ones(3))
    with pytest.raises(TypeError, match="Implicit conversion"):
        np.asarray(x)
    with pytest.raises(TypeError, match="Unsupported type"):
        x + np.ones(3)
    with pytest.raises(TypeError):
        np.add.reduce(x)
    with pytest.raises(TypeError, match="no initial"):
        x.max(initial=0.0)
    with pytest.raises(TypeError, match="does not support int64"):
        cupy.add.at(cupy.zeros(3, np.int64), cupy.asarray([0]), 1)
    assert isinstance(x.sum(), standin.ndarray)
    assert isinstance(np.exp(x), standin.ndarray)
    assert float(x.sum()) == 3.0
    assert x[np.array([0, 2])].get().tolist() == [1.0, 1.0]  # CuPy takes NumPy's arrays as indices


def test_a_captured_graph_repeats_its_calls_and_refuses_to_wait(cupy: Any) -> None:
    x, stream = cupy.asarray(np.ones(3)), cupy.cuda.Stream()
    stream.begin_capture()
    y = x * 2
    x += 1
    with pytest.raises(RuntimeError, match="stream is capturing"):
        float(y.sum())
    graph = stream.end_capture()
    graph.launch()
    assert (x.get().tolist(), y.get().tolist()) == ([2.0] * 3, [2.0] * 3)
    graph.launch()
    assert (x.get().tolist(), y.get().tolist()) == ([3.0] * 3, [4.0] * 3)
