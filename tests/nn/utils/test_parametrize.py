"""Parameters that are computed from others: registering rules, assigning through them, taking them off."""

import copy
import pickle

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.func import functional_call
from autograd_cnn.nn.utils import parametrize


class Symmetric(nn.Module):
    def forward(self, x: ag.Tensor) -> ag.Tensor:
        return x.triu() + x.triu(1).T


class Doubled(nn.Module):
    def forward(self, x: ag.Tensor) -> ag.Tensor:
        return 2 * x

    def right_inverse(self, x: ag.Tensor) -> ag.Tensor:
        return x / 2


class Summed(nn.Module):
    def forward(self, a: ag.Tensor, b: ag.Tensor) -> ag.Tensor:
        return a + b

    def right_inverse(self, x: ag.Tensor) -> tuple[ag.Tensor, ag.Tensor]:
        return x / 4, 3 * x / 4


class Cut(nn.Module):
    def forward(self, x: ag.Tensor) -> ag.Tensor:
        return x[:1]


class Widened(nn.Module):
    def forward(self, x: ag.Tensor) -> ag.Tensor:
        return x.double()


def layer(*rules: nn.Module) -> nn.Linear:
    made = nn.Linear(2, 2, bias=False)
    made.weight.data = ag.tensor([[1.0, 2.0], [3.0, 4.0]])
    for rule in rules:
        parametrize.register_parametrization(made, "weight", rule)
    return made


def test_rules_apply_in_turn_and_gradients_reach_the_original():
    made = layer(Doubled(), Symmetric())
    assert made.weight.tolist() == [[1.0, 2.0], [2.0, 4.0]]  # the doubled half is the weight it was
    assert [name for name, _ in made.named_parameters()] == ["parametrizations.weight.original"]
    made(ag.ones(1, 2)).sum().backward()
    assert made.parametrizations.weight.original.grad.tolist() == [[2.0, 4.0], [0.0, 2.0]]


def test_an_assigned_value_goes_through_the_inverse():
    made = layer(Doubled())
    made.weight = ag.full((2, 2), 6.0)
    assert made.parametrizations.weight.original.tolist() == [[3.0] * 2] * 2
    assert made.weight.tolist() == [[6.0] * 2] * 2
    with pytest.raises(RuntimeError, match="does not implement right_inverse"):
        layer(Symmetric()).weight = ag.ones(2, 2)


def test_a_rule_of_several_originals():
    made = layer(Summed())
    assert list(made.state_dict()) == [f"parametrizations.weight.original{i}" for i in (0, 1)]
    assert made.weight.tolist() == [[1.0, 2.0], [3.0, 4.0]]
    with pytest.raises(ValueError, match="Cannot leave unparametrized"):
        parametrize.remove_parametrizations(made, "weight", leave_parametrized=False)
    parametrize.remove_parametrizations(made, "weight")
    assert isinstance(made.weight, nn.Parameter)


@pytest.mark.parametrize(("leave", "expected"), [(True, 2.0), (False, 1.0)])
def test_what_is_left_when_rules_are_taken_off(leave, expected):
    class Scale(nn.Module):
        def forward(self, x: ag.Tensor) -> ag.Tensor:
            return 2 * x

    made = layer(Scale())
    parametrize.remove_parametrizations(made, "weight", leave_parametrized=leave)
    assert type(made) is nn.Linear
    assert made.weight[0, 0] == expected
    assert [name for name, _ in made.named_parameters()] == ["weight"]


@pytest.mark.parametrize(
    ("rule", "what"), [(Cut(), "change the shape"), (Widened(), "change the dtype")], ids=["shape", "dtype"]
)
def test_a_refused_rule_leaves_the_module_as_it_was(rule, what):
    made = layer()
    weight = made.weight
    with pytest.raises(ValueError, match=what):
        parametrize.register_parametrization(made, "weight", rule)
    assert made.weight is weight
    assert not parametrize.is_parametrized(made)
    parametrize.register_parametrization(made, "weight", rule, unsafe=True)
    assert parametrize.is_parametrized(made, "weight")
    assert parametrize.type_before_parametrizations(made) is nn.Linear


def test_cached_computes_once():
    made = layer(Symmetric())
    with parametrize.cached():
        assert made.weight is made.weight
    assert made.weight is not made.weight


def test_copies_are_apart_and_pickles_are_refused():
    made = layer(Symmetric())
    other = copy.deepcopy(made)
    other.parametrizations.weight.original.data.zero_()
    assert made.weight[0, 0] == 1
    assert other.weight[0, 0] == 0
    with pytest.raises(RuntimeError, match=r"only supported through state_dict\(\)"):
        pickle.dumps(made)


def test_functional_call_takes_the_place_of_originals_and_of_results():
    made, x = layer(Doubled()), ag.ones(1, 2)
    ones = ag.ones(2, 2)
    assert functional_call(made, {"parametrizations.weight.original": ones}, x).tolist() == [[4.0, 4.0]]
    assert made(x).tolist() == [[3.0, 7.0]]


def test_the_older_functional_call_warns_and_computes_the_same():
    with pytest.warns(FutureWarning, match=r"torch\.func\.functional_call"):
        y = nn.utils.stateless.functional_call(layer(), {"weight": ag.ones(2, 2)}, ag.ones(1, 2))
    assert y.tolist() == [[2.0, 2.0]]
