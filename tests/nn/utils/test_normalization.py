"""Weight and spectral normalization, by hooks and by parametrizations, beside PyTorch: states, outputs and
gradients."""

import copy
import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.nn.utils import parametrize
from tests.recorded import pytorch


def layer(module, kind):
    module.manual_seed(0)
    make = {
        "linear": lambda: module.nn.Linear(4, 3),
        "conv": lambda: module.nn.Conv2d(2, 3, 3),
        "transposed": lambda: module.nn.ConvTranspose2d(2, 3, 3),
    }
    return make[kind]().double()


def image(module, kind):
    shape = (5, 4) if kind == "linear" else (2, 2, 5, 5)
    return module.tensor(np.random.default_rng(0).normal(size=shape), dtype=module.float64)


WAYS = {
    "weight norm by hook": lambda m, layer: m.nn.utils.weight_norm(layer),
    "weight norm, one length": lambda m, layer: m.nn.utils.weight_norm(layer, dim=None),
    "weight norm of columns": lambda m, layer: m.nn.utils.weight_norm(layer, dim=1),
    "spectral norm by hook": lambda m, layer: m.nn.utils.spectral_norm(layer, n_power_iterations=2),
    "weight norm": lambda m, layer: m.nn.utils.parametrizations.weight_norm(layer),
    "weight norm, whole": lambda m, layer: m.nn.utils.parametrizations.weight_norm(layer, dim=None),
    "spectral norm": lambda m, layer: m.nn.utils.parametrizations.spectral_norm(layer),
}


@pytest.mark.parametrize("kind", ["linear", "conv", "transposed"])
@pytest.mark.parametrize("way", WAYS)
def test_three_steps_are_pytorchs(way, kind):
    torch = pytest.importorskip("torch")
    found = []
    for module in (ag, torch):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # the hooks are deprecated
            one = WAYS[way](module, layer(module, kind))
        optimizer = module.optim.SGD(one.parameters(), lr=0.1)
        losses = []
        for _ in range(3):
            optimizer.zero_grad()
            loss = (one(image(module, kind)) ** 2).sum()
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        one.eval()
        losses.append(one(image(module, kind)).sum().item())
        found.append(
            (losses, {name: np.asarray(value.detach().numpy()) for name, value in one.state_dict().items()})
        )
    (ours, state), (theirs, expected) = found
    np.testing.assert_allclose(ours, theirs, rtol=1e-10)
    assert list(state) == list(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(state[name], value, rtol=1e-9, atol=1e-12, err_msg=name)


@pytest.mark.filterwarnings("ignore:.*deprecated:FutureWarning")
@pytest.mark.parametrize(
    ("add", "remove"),
    [
        (nn.utils.weight_norm, nn.utils.remove_weight_norm),
        (nn.utils.spectral_norm, nn.utils.remove_spectral_norm),
    ],
)
def test_a_normalization_is_taken_away_again(add, remove):
    one = layer(ag, "linear")
    names = sorted(dict(one.named_parameters()))
    add(one)
    with pytest.raises(RuntimeError, match="Cannot register two"):
        add(one)
    x = image(ag, "linear")
    one.eval()
    before = one(x).detach().array
    remove(one)
    np.testing.assert_allclose(one(x).detach().array, before, rtol=1e-12)
    assert sorted(dict(one.named_parameters())) == names
    with pytest.raises(ValueError, match="not found in Linear"):
        remove(one)


class Symmetric(nn.Module):
    def forward(self, x):
        return x.triu() + x.triu(1).T

    def right_inverse(self, a):
        return a.triu()


class Doubled(nn.Module):
    def forward(self, x):
        return 2 * x


def test_a_parametrization_of_ones_own():
    one = nn.Linear(3, 3)
    original = one.weight
    parametrize.register_parametrization(one, "weight", Symmetric())
    assert parametrize.is_parametrized(one, "weight")
    assert not parametrize.is_parametrized(one, "bias")
    assert one.parametrizations.weight.original is original
    assert type(one).__name__ == "ParametrizedLinear"
    assert parametrize.type_before_parametrizations(one) is nn.Linear
    np.testing.assert_array_equal(one.weight.detach().array, one.weight.detach().array.T)
    one.weight = ag.tensor([[1.0, 2, 3], [2, 4, 5], [3, 5, 6]])
    assert one.weight.tolist() == [[1, 2, 3], [2, 4, 5], [3, 5, 6]]
    one(ag.ones(1, 3)).sum().backward()
    assert original.grad.shape == (3, 3)
    assert sorted(one.state_dict()) == ["bias", "parametrizations.weight.original"]

    parametrize.register_parametrization(one, "weight", Doubled())
    assert one.weight.tolist() == [[2, 4, 6], [4, 8, 10], [6, 10, 12]]
    with parametrize.cached():
        assert one.weight is one.weight
    assert one.weight is not one.weight

    other = copy.deepcopy(one)
    assert other.weight.tolist() == one.weight.tolist()
    assert other.parametrizations.weight.original is not original

    parametrize.remove_parametrizations(one, "weight")
    assert type(one) is nn.Linear
    assert one.weight is original
    assert original.tolist() == [[2, 4, 6], [4, 8, 10], [6, 10, 12]]


def test_parametrizations_that_can_not_be():
    one = nn.Linear(3, 2)
    with pytest.raises(ValueError, match="does not have a parameter"):
        parametrize.register_parametrization(one, "wait", Doubled())
    with pytest.raises(ValueError, match="does not have a parametrization on weight"):
        parametrize.remove_parametrizations(one, "weight")

    class First(nn.Module):
        def forward(self, x):
            return x[0]

    with pytest.raises(ValueError, match="may not change the shape"):
        parametrize.register_parametrization(one, "weight", First())
    nn.utils.parametrizations.weight_norm(one)
    with pytest.raises(ValueError, match="sequence of tensors"):
        parametrize.remove_parametrizations(one, "weight", leave_parametrized=False)


def lengths(t, shape, pow, dim):
    return t.norm_except_dim(t.arange(24.0).reshape(shape) - 3, pow, dim)


@pytest.mark.parametrize("shape", [(24,), (4, 6), (2, 3, 4)])
def test_lengths_but_along_one_dimension_are_pytorchs(shape):
    for pow in (0, 1, 2, 3):
        for dim in range(-len(shape), len(shape)):
            pytorch.gives(lengths(ag, shape, pow, dim), lengths, shape, pow, dim, rtol=1e-6)


@pytest.mark.parametrize(("shape", "dim"), [((2, 3), 5), ((), 0)])
def test_a_dimension_that_a_weight_has_not_is_an_index_error(shape, dim):
    with pytest.raises(IndexError):
        ag.norm_except_dim(ag.ones(shape), 2, dim)
    layer = nn.Linear(3, 2)
    with pytest.raises(IndexError), pytest.warns(FutureWarning, match="deprecated"):
        nn.utils.weight_norm(layer, dim=5)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_the_last_layer_of_attention_is_found_by_its_class():
    layer = nn.MultiheadAttention(4, 2).out_proj
    assert type(layer) is nn.modules.linear.NonDynamicallyQuantizableLinear
