"""How samples become a batch."""

import numpy as np

import autograd_cnn as ac
from autograd_cnn.utils.data import default_collate, default_convert


def test_a_batch_has_the_structure_of_its_samples():
    found = default_collate([{"x": np.ones(2), "y": (1, "a")}, {"x": np.zeros(2), "y": (2, "b")}])
    assert found["x"].tolist() == [[1.0, 1.0], [0.0, 0.0]]
    numbers, names = found["y"]
    assert numbers.tolist() == [1, 2]
    assert numbers.dtype == ac.int64
    assert list(names) == ["a", "b"]


def test_conversion_turns_arrays_only():
    found = default_convert({"x": np.arange(2), "name": "a", "n": 3})
    assert isinstance(found["x"], ac.Tensor)
    assert found["x"].tolist() == [0, 1]
    assert found["name"] == "a"
    assert found["n"] == 3
