"""Layers that learn the size of their input at their first call, beside PyTorch's."""

import copy

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn

CASES = [
    ("LazyLinear(3)", (5, 4)),
    ("LazyLinear(3, bias=False)", (2, 5, 4)),
    ("LazyConv1d(6, 3, groups=2)", (2, 4, 7)),
    ("LazyConv2d(6, 3, padding=1, stride=2)", (2, 4, 6, 5)),
    ("LazyConv3d(6, 3, bias=False)", (2, 4, 4, 4, 4)),
    ("LazyConvTranspose1d(6, 3)", (2, 4, 7)),
    ("LazyConvTranspose2d(6, 3, stride=2)", (2, 4, 6, 5)),
    ("LazyConvTranspose3d(6, 2, groups=2)", (1, 4, 3, 3, 3)),
    ("LazyBatchNorm1d()", (5, 4)),
    ("LazyBatchNorm2d(affine=False)", (2, 4, 6, 5)),
    ("LazyBatchNorm3d()", (2, 4, 2, 3, 2)),
]


@pytest.mark.filterwarnings("ignore:Lazy modules are a new feature")
@pytest.mark.parametrize(("source", "shape"), CASES, ids=lambda value: str(value))
def test_a_lazy_layer_is_pytorchs(source, shape):
    torch = pytest.importorskip("torch")
    x = np.random.default_rng(0).normal(size=shape)
    seen = []
    for library in (ag, torch):
        layer = eval(f"library.nn.{source}", {"library": library})
        before = repr(layer)
        layer = layer.double()
        library.manual_seed(5)
        output = layer(library.tensor(x))
        seen.append(
            (
                before,
                repr(layer),
                type(layer).__name__,
                output.detach().numpy(),
                {k: v.numpy() for k, v in layer.state_dict().items()},
            )
        )
    ours, theirs = seen
    assert ours[:3] == theirs[:3]
    np.testing.assert_allclose(ours[3], theirs[3], rtol=1e-9, atol=1e-12)
    assert list(ours[4]) == list(theirs[4])
    for name, value in theirs[4].items():
        np.testing.assert_allclose(ours[4][name], value, rtol=1e-12, err_msg=name)


def test_an_optimizer_made_before_the_first_call_learns_the_parameters():
    net = nn.Sequential(nn.LazyLinear(8), nn.ReLU(), nn.LazyLinear(1))
    optimizer = ag.optim.SGD(net.parameters(), lr=0.1)
    x = ag.randn(16, 3)
    first = (net(x) ** 2).mean()
    first.backward()
    optimizer.step()
    assert float((net(x) ** 2).mean()) < float(first)
    assert [tuple(p.shape) for p in net.parameters()] == [(8, 3), (8,), (1, 8), (1,)]
    twin = copy.deepcopy(net)
    np.testing.assert_array_equal(twin(x).detach().array, net(x).detach().array)


def test_a_first_input_that_does_not_fit_leaves_the_layer_waiting():
    layer = nn.LazyConv2d(4, 3)
    with pytest.raises(RuntimeError, match="input to LazyConv2d"):
        layer(ag.zeros(3))
    assert layer.has_uninitialized_params()
    assert layer(ag.zeros(1, 2, 5, 5)).shape == (1, 4, 3, 3)
    assert type(layer) is nn.Conv2d
