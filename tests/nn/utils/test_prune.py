"""Pruning: masks by method, on top of each other, over several parameters, and away again."""

import pickle

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.nn.utils import prune

METHODS = {
    "identity": (prune.identity, {}, 0),
    "random": (prune.random_unstructured, {"amount": 0.5}, 12),
    "magnitude": (prune.l1_unstructured, {"amount": 7}, 7),
    "random channels": (prune.random_structured, {"amount": 1, "dim": 0}, 6),
    "channels": (prune.ln_structured, {"amount": 0.5, "n": 2, "dim": 1}, 12),
    "mask": (prune.custom_from_mask, {"mask": ag.eye(4, 6)}, 20),
}


@pytest.mark.parametrize("name", METHODS)
def test_a_method_prunes_that_many(name):
    function, options, count = METHODS[name]
    layer = nn.Linear(6, 4)
    original = layer.weight
    assert function(layer, "weight", **options) is layer
    assert layer.weight_orig is original
    assert dict(layer.named_parameters()).keys() == {"weight_orig", "bias"}
    assert int((layer.weight_mask == 0).sum()) == count
    assert ag.equal(layer.weight, original * layer.weight_mask)
    layer(ag.ones(1, 6)).sum().backward()
    assert ag.equal(original.grad, layer.weight_mask)  # what is pruned does not learn
    assert prune.is_pruned(layer)
    again = pickle.loads(pickle.dumps(layer))
    assert ag.equal(again(ag.ones(1, 6)), layer(ag.ones(1, 6)))
    prune.remove(layer, "weight")
    assert layer.weight is original
    assert not prune.is_pruned(layer)
    assert "weight_mask" not in layer.state_dict()
    assert int((layer.weight == 0).sum()) == count


def test_what_is_smallest_goes():
    layer = nn.Linear(3, 2, bias=False)
    layer.weight.data = ag.tensor([[1.0, -5.0, 3.0], [-0.5, 4.0, 2.0]])
    prune.l1_unstructured(layer, "weight", 2)
    assert layer.weight.tolist() == [[0, -5, 3], [0, 4, 2]]
    prune.ln_structured(layer, "weight", 1, n=1, dim=1)  # of the columns that are left
    assert layer.weight.tolist() == [[0, -5, 0], [0, 4, 0]]
    assert len(next(iter(layer._forward_pre_hooks.values()))) == 2


def test_scores_are_judged_in_place_of_the_weight():
    layer = nn.Linear(3, 1, bias=False)
    prune.l1_unstructured(layer, "weight", 1, importance_scores=ag.tensor([[3.0, 1.0, 2.0]]))
    assert layer.weight_mask.tolist() == [[1, 0, 1]]


def test_several_parameters_as_one():
    model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Linear(2, 1, bias=False))
    model[0].weight.data = ag.tensor([[1.0, 8.0], [7.0, 6.0]])
    model[1].weight.data = ag.tensor([[2.0, 3.0]])
    places = [(model[0], "weight"), (model[1], "weight")]
    prune.global_unstructured(places, pruning_method=prune.L1Unstructured, amount=0.5)
    assert model[0].weight_mask.tolist() == [[0, 1], [1, 1]]
    assert model[1].weight_mask.tolist() == [[0, 0]]
    with pytest.raises(TypeError, match='Only "unstructured" PRUNING_TYPE supported'):
        prune.global_unstructured(places, pruning_method=prune.LnStructured, amount=1, n=2)


def test_a_method_that_fails_leaves_the_layer():
    class Failing(prune.BasePruningMethod):
        PRUNING_TYPE = "unstructured"

        def compute_mask(self, t, default_mask):
            raise ArithmeticError("no mask")

    layer = nn.Linear(2, 2)
    weight = layer.weight
    with pytest.raises(ArithmeticError):
        Failing.apply(layer, "weight")
    assert layer.weight is weight
    assert not prune.is_pruned(layer)
    assert set(layer.state_dict()) == {"weight", "bias"}


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda m: prune.l1_unstructured(m, "weight", 1.5), ValueError, "float in the range"),
        (lambda m: prune.l1_unstructured(m, "weight", -1), ValueError, "non-negative integer"),
        (lambda m: prune.l1_unstructured(m, "weight", "a"), TypeError, "Invalid type for amount"),
        (
            lambda m: prune.l1_unstructured(m, "weight", 100),
            ValueError,
            "smaller than the number of parameters",
        ),
        (lambda m: prune.random_structured(m, "bias", 1, dim=0), ValueError, "multidimensional"),
        (lambda m: prune.random_structured(m, "weight", 1, dim=2), IndexError, "Invalid index 2"),
        (lambda m: prune.remove(m, "weight"), ValueError, "has to be pruned"),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call(nn.Linear(3, 2))
