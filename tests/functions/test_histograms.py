"""Histograms of points, and what histograms refuse."""

import numpy as np
import pytest

import autograd_cnn as ag


@pytest.mark.parametrize("options", [
    {"bins": 2}, {"bins": [2, 3]}, {"bins": 2, "range": [0.0, 1.0, 0.2, 0.5]}, {"bins": 3, "density": True},
    {"bins": 2, "weight": 1}, {"bins": [np.array([0.0, 0.3, 1.0]), np.array([0.0, 2.0])]},
])  # fmt: skip
def test_histograms_of_points(options):
    torch = pytest.importorskip("torch")
    points = np.random.RandomState(0).rand(4, 5, 2)

    def answer(lib):
        own = dict(options)
        if "weight" in own:
            own["weight"] = lib.tensor(points[..., 0])
        if isinstance(own["bins"], list) and isinstance(own["bins"][0], np.ndarray):
            own["bins"] = [lib.tensor(edges) for edges in own["bins"]]
        found = lib.histogramdd(lib.tensor(points), **own)
        return [found.hist.numpy(), *(edges.numpy() for edges in found.bin_edges)]

    for mine, theirs in zip(answer(ag), answer(torch), strict=True):
        np.testing.assert_allclose(mine, theirs)


EDGES = ag.tensor([0.0, 1.0])


@pytest.mark.parametrize(("options", "told"), [
    ({"bins": [2]}, "innermost"),
    ({"bins": [EDGES]}, "expected 2 sequences of bin edges"),
    ({"bins": 0}, "> 0"),
    ({"bins": 2, "range": [0, 1]}, "4 elements"),
    ({"bins": 2, "range": [1, 0, 0, 1]}, "exceed"),
    ({"bins": 2, "range": [0, 1, 0, float("nan")]}, r"dimension 1's range \[0, nan\] is not finite"),
    ({"bins": 2, "weight": ag.ones(4)}, "weight"),
    ({"bins": 2, "weight": ag.ones(3).double()}, r"input\(float\), and weight\(double\)"),
    ({"bins": [EDGES, EDGES.double()]}, "bins for dimension 1 with dtype double"),
    ({"bins": [EDGES, EDGES[:0]]}, "at least 1 element"),
    ({"bins": [EDGES, EDGES[:1]]}, "bins must be > 0, but got 0 for dimension 1"),
    ({"bins": [EDGES, EDGES.reshape(2, 1)]}, "one dimension, but got 2"),
    ({"bins": [EDGES, EDGES.flip(0)]}, "must not decrease"),
])  # fmt: skip
def test_what_histograms_refuse(options, told):
    with pytest.raises(RuntimeError, match=told):
        ag.histogramdd(ag.rand(3, 2), **options)
    if isinstance(options["bins"], list) and len(options["bins"]) == 2:
        with pytest.raises(RuntimeError, match=told.replace("dimension 1", "dimension 0")):
            ag.histogram(ag.rand(3), options["bins"][1])


@pytest.mark.parametrize("bins", [2.5, True, "a", [2, 3.5]])
def test_bins_are_whole_numbers(bins):
    for count in (ag.histogram, ag.histogramdd):
        with pytest.raises(TypeError, match="bins"):
            count(ag.rand(3, 2), bins)


def test_points_without_coordinates_fall_into_no_box():
    found = ag.histogramdd(ag.ones(3, 0), 2)
    assert (found.hist.shape, found.hist.item(), found.bin_edges) == ((), 0.0, ())
    assert ag.histogramdd(ag.ones(0, 2), 2).hist.tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_counts_of_integers_have_a_length_that_is_none_below_zero():
    with pytest.raises(RuntimeError, match="minlength should be >= 0"):
        ag.bincount(ag.tensor([1]), minlength=-1)
    with pytest.raises(NotImplementedError, match='"bincount" not implemented'):
        ag.bincount(ag.tensor([1.0]))
