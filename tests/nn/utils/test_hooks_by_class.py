"""The classes behind ``spectral_norm``, ``weight_norm`` and ``prune``; small names of packed sequences."""

import warnings
from importlib import import_module

import pytest

import autograd_cnn as ag
from autograd_cnn.nn.utils import rnn
from tests.recorded import pytorch


def filled(t, *shape):
    return (t.arange(12.0, dtype=t.float64)[: shape[0] * shape[1]] * 0.9).sin().reshape(shape)


def layer(t):
    made = t.nn.Linear(3, 4, bias=False, dtype=t.float64)
    with t.no_grad():
        made.weight.copy_(filled(t, 4, 3))
    return made


def spectral(t):
    kind = import_module(f"{t.__name__}.nn.utils.spectral_norm").SpectralNorm
    one = layer(t)
    hook = kind.apply(one, "weight", 3, 0, 1e-12)
    with t.no_grad():
        one.weight_u.copy_(t.ones(4, dtype=t.float64) / 2)
    found = [one(t.ones(1, 3, dtype=t.float64)).detach(), sorted(one.state_dict())]
    found += [one.state_dict()._metadata[""]["spectral_norm"], hook.reshape_weight_to_matrix(one.weight)]
    hook.remove(one)
    return [*found, sorted(one._parameters), kind().n_power_iterations]


def of_before(t):
    """What becomes of a state that has the weight and no vector for the inputs."""
    one = t.nn.utils.spectral_norm(layer(t))
    state = one.state_dict()
    state._metadata[""].pop("spectral_norm")
    del state["weight_v"]
    u = t.ones(4, dtype=t.float64) / 2
    state["weight_u"], state["weight"] = u, state["weight_orig"] / 1.5
    one.load_state_dict(state)
    sigma = u.dot(one.weight_orig @ one.weight_v)
    return one.weight_v, sigma.detach(), one.load_state_dict({}, strict=False).missing_keys


def weight(t):
    kind = import_module(f"{t.__name__}.nn.utils.weight_norm").WeightNorm
    one = layer(t)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        hook = kind.apply(one, "weight", None)
    found = [hook.dim, one.weight_g.detach(), hook.compute_weight(one).detach()]
    hook.remove(one)
    return [*found, sorted(one._parameters)]


@pytest.mark.parametrize("case", [spectral, of_before, weight])
def test_hooks_by_their_classes(case):
    pytorch.gives(case(ag), case, rtol=1e-7, atol=1e-9)


def test_norms_are_taken_away_with_their_hooks():
    one = layer(ag)
    ag.nn.utils.remove_spectral_norm(ag.nn.utils.spectral_norm(one))
    assert not one._state_dict_hooks
    assert not one._load_state_dict_pre_hooks
    assert not one._forward_pre_hooks


METHODS = {
    "Identity": {},
    "L1Unstructured": {"amount": 4},
    "LnStructured": {"amount": 2, "n": 2, "dim": 0},
    "RandomUnstructured": {"amount": 4},
    "RandomStructured": {"amount": 1},
}


def pruned(t, name):
    one = layer(t)
    methods = import_module(f"{t.__name__}.nn.utils.prune")
    getattr(methods, name).apply(one, "weight", **METHODS[name])
    random = name.startswith("Random")
    return one.weight_mask.sum() if random else one.weight_mask


@pytest.mark.parametrize("name", METHODS)
def test_pruning_by_its_classes(name):
    pytorch.gives(pruned(ag, name), pruned, name)


def test_pruning_by_a_mask():
    one = layer(ag)
    import_module("autograd_cnn.nn.utils.prune").CustomFromMask.apply(one, "weight", mask=ag.zeros(4, 3))
    assert one.weight.abs().sum() == 0


def test_small_names_of_packed_sequences():
    assert rnn.bind(None, abs) is None
    assert rnn.bind(-3, abs) == 3
    sizes = ag.tensor([2, 1])
    old = rnn.PackedSequence((ag.ones(3), sizes))
    assert old.batch_sizes is sizes
    assert isinstance(old, rnn.PackedSequence_)
