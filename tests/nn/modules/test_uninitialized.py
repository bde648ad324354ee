"""Parameters and buffers without a shape, and modules of users that are lazy."""

import copy
import pickle

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.nn.modules.lazy import LazyModuleMixin
from autograd_cnn.nn.parameter import Buffer, Parameter, UninitializedBuffer, UninitializedParameter, is_lazy

KINDS = [(UninitializedParameter, Parameter), (UninitializedBuffer, Buffer)]


@pytest.mark.parametrize(("kind", "becomes"), KINDS)
def test_a_tensor_without_a_shape(kind, becomes):
    tensor = kind(dtype=ag.float64)
    assert is_lazy(tensor)
    assert repr(tensor) == f"<{kind.__name__}>"
    assert tensor.dtype == ag.float64
    for use in (ag.empty_like, lambda t: t + t, lambda t: t.sum(), ag.exp, lambda t: ag.cat([t, t])):
        with pytest.raises(ValueError, match="uninitialized parameter"):
            use(tensor)
    with pytest.raises(RuntimeError, match="shape of an uninitialized"):
        _ = tensor.shape
    for copied in (copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))):
        assert type(copied(tensor)) is kind
        assert copied(tensor).dtype == ag.float64
    tensor.materialize((2, 3))
    assert type(tensor) is becomes
    assert tensor.shape == (2, 3)
    assert not is_lazy(tensor)
    assert tensor.requires_grad == (becomes is Parameter)


def test_an_optimizer_may_hold_it_before():
    parameter = UninitializedParameter()
    optimizer = ag.optim.SGD([parameter], lr=1.0)
    parameter.materialize(2)
    parameter.data.fill_(3.0)
    (parameter * ag.tensor([1.0, 2.0])).sum().backward()
    optimizer.step()
    assert parameter.tolist() == [2.0, 1.0]


class Scale(LazyModuleMixin, nn.Module):
    """A lazy module as a user writes one."""

    def __init__(self):
        super().__init__()
        self.weight = UninitializedParameter()
        self.register_buffer("seen", UninitializedBuffer())

    def initialize_parameters(self, x, *, scale=1.0):
        if self.has_uninitialized_params():
            self.weight.materialize(x.shape[-1:])
            self.seen.materialize(x.shape[-1:])
            with ag.no_grad():
                self.weight.fill_(scale)

    def forward(self, x, *, scale=1.0):
        return x * self.weight


def test_a_lazy_module_of_a_user():
    module = Scale().double()
    assert module.has_uninitialized_params()
    assert is_lazy(module.state_dict()["weight"])
    assert module(ag.ones(2, 3, dtype=ag.float64), scale=2.0).tolist() == [[2.0] * 3] * 2
    assert not module.has_uninitialized_params()
    assert module.weight.dtype == ag.float64
    assert not hasattr(module, "_initialize_hook")


def test_states_of_lazy_modules():
    full = nn.Linear(3, 2)
    lazy = nn.LazyLinear(2)
    with pytest.raises(RuntimeError, match="shape of an uninitialized"):
        full.load_state_dict(lazy.state_dict())
    lazy.load_state_dict(nn.LazyLinear(2).state_dict())
    assert lazy.has_uninitialized_params()
    lazy.load_state_dict(full.state_dict())
    assert isinstance(lazy, nn.LazyLinear)
    assert not lazy.has_uninitialized_params()
    x = ag.ones(1, 3)
    assert ag.equal(lazy(x), full(x))
    assert type(lazy) is nn.Linear


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: nn.LazyLinear(2).share_memory(), RuntimeError, "share memory on an uninitialized"),
        (lambda: nn.utils.spectral_norm(nn.LazyLinear(2)), ValueError, "uninitialized parameters"),
        (
            lambda: LazyModuleMixin.initialize_parameters(Scale()),
            NotImplementedError,
            "not implemented for Scale",
        ),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_a_skipped_initialization_draws_nothing():
    ag.manual_seed(0)
    first = ag.rand(3)
    ag.manual_seed(0)
    assert nn.utils.skip_init(nn.Linear, 4, 2).weight.shape == (2, 4)
    assert ag.rand(3).tolist() == first.tolist()
