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


@pytest.mark.parametrize(("source", "shape"), CASES, ids=lambda value: str(value))
@pytest.mark.parametrize("assign", [False, True])
def test_a_state_gives_a_lazy_layer_its_shape(source, shape, assign):
    """What is loaded is kept at the first call, after which the layer is an ordinary one."""
    made, lazy = (eval(f"nn.{source}", {"nn": nn}) for _ in range(2))
    x = ag.tensor(np.random.default_rng(0).normal(size=shape).astype(np.float32))
    made(x)  # in training: running averages move
    state = {name: value.clone() for name, value in made.state_dict().items()}
    assert not lazy.load_state_dict(state, assign=assign).missing_keys
    assert {k: v.tolist() for k, v in lazy.state_dict().items()} == {k: v.tolist() for k, v in state.items()}
    np.testing.assert_array_equal(lazy.eval()(x).detach().numpy(), made.eval()(x).detach().numpy())
    assert type(lazy) is type(made)
    assert all(p.requires_grad for p in lazy.parameters())


def test_what_does_not_fit_a_lazy_layer_leaves_it_lazy():
    lazy = nn.LazyLinear(3)
    with pytest.raises(RuntimeError, match="Unexpected"):
        lazy.load_state_dict({"weight": ag.ones(3, 2), "bias": ag.ones(3), "more": ag.ones(1)})
    assert lazy.has_uninitialized_params()
    assert lazy(ag.ones(1, 5)).shape == (1, 3)


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated")
@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm"])
def test_a_weight_without_a_shape_is_not_normalised(name):
    with pytest.raises(ValueError, match="can't have uninitialized parameters"):
        getattr(nn.utils, name)(nn.LazyLinear(7))
