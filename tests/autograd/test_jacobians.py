"""Jacobians as PyTorch's older functions give them, and further names of ``autograd``."""

from importlib import import_module

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch

pytestmark = pytest.mark.filterwarnings("ignore:.*private API:FutureWarning")


def inputs(t):
    x = t.arange(1.0, 5.0, dtype=t.float64).reshape(2, 2).requires_grad_()
    return x, t.ones(2, dtype=t.float64, requires_grad=True), t.ones(2, dtype=t.float64)


def function(x, y, z):
    return (x @ y * z).exp(), x.sum(0)


def numerical(t):
    module = import_module(f"{t.__name__}.autograd.gradcheck")
    given = inputs(t)
    whole = module.get_numerical_jacobian(lambda args: function(*args), given, eps=1e-6)
    outputs = function(*given)
    one = module.get_numerical_jacobian_wrt_specific_input(function, 1, given, outputs, 1e-6)
    return list(whole), list(one)


def analytical(t):
    module = import_module(f"{t.__name__}.autograd.gradcheck")
    given = inputs(t)
    jacobians, *fine = module.get_analytical_jacobian(given, function(*given)[0])
    return list(jacobians), fine


def test_differences():
    pytorch.gives(numerical(ag), numerical, rtol=1e-5, atol=1e-6)


def test_the_backward_pass():
    pytorch.gives(analytical(ag), analytical, rtol=1e-9)


def test_what_is_refused():
    module = import_module("autograd_cnn.autograd.gradcheck")
    given = inputs(ag)
    for call in (
        lambda: module.get_numerical_jacobian(lambda args: args[0], given, grad_out=2.0),
        lambda: module.get_analytical_jacobian(given, given[0] * 2, grad_out=2.0),
    ):
        with pytest.raises(ValueError, match="grad_out"):
            call()
    with pytest.raises(AssertionError, match="requires_grad"):
        module.get_numerical_jacobian_wrt_specific_input(function, 2, given, (), 1e-6)
    with pytest.raises(RuntimeError, match="deprecated"):
        ag.autograd.variable(3)


def layouts(t):
    policy = t.autograd.enforce_grad_layout_policy(False)
    with policy, policy.clone():  # a copy ends where it was made: without a policy
        x = t.ones(2, 3, requires_grad=True)
        (x.t() * 2).sum().backward()
    with t.autograd.forward_ad.dual_level().clone():
        dual = t.autograd.forward_ad.make_dual(t.ones(1), t.ones(1) * 3)
        tangent = t.autograd.forward_ad.unpack_dual(dual * 2).tangent.item()
    return x.grad.tolist(), tangent


def test_modes_are_cloned():
    pytorch.gives(layouts(ag), layouts)


def test_nodes_have_names_and_lead_on():
    x = ag.ones(1, requires_grad=True)
    node = (x * 2).exp().grad_fn
    assert node.next_functions[0][0].name() == "MulBackward0"
    bare = ag.autograd.graph.Node()
    for ask in (bare.name, lambda: bare.next_functions):
        with pytest.raises(NotImplementedError):
            ask()
    called = []
    node.register_hook(fn=lambda g_in, g_out: called.append("after"))
    node.register_prehook(fn=lambda g_out: called.append("before"))
    (x * 1).backward()
    ag.autograd.backward(ag.ones(1, requires_grad=True).exp() + 0)
    assert called == []


@pytest.mark.parametrize("kept", [True, False])
def test_a_checkpoint_as_a_function(kept):
    def run(t):
        checkpoint = import_module(f"{t.__name__}.utils.checkpoint")
        runs, found = [], []

        def part(x, factor, y):
            runs.append(t.is_grad_enabled())
            return x * y * factor, y + 1

        x, y = t.ones(2, requires_grad=True), t.ones(2, requires_grad=True)
        first, second = checkpoint.CheckpointFunction.apply(part, kept, x, 3, y)
        (first.sum() + second.sum()).backward()
        found += [x.grad.tolist(), y.grad.tolist(), runs]
        z = checkpoint.CheckpointFunction.apply(part, kept, x, 3, y)[0].sum()
        try:
            t.autograd.grad(z, x)
        except RuntimeError:
            found.append("refused")
        return found

    pytorch.gives(run(ag), run)


def test_random_numbers_of_devices():
    checkpoint = import_module("autograd_cnn.utils.checkpoint")
    assert checkpoint.get_device_states(ag.ones(1), 3) == ([], [])
    state = ag.get_rng_state()
    ag.rand(3)
    checkpoint.set_device_states([0], [state])
    assert ag.get_rng_state().equal(state)
    assert checkpoint.SelectiveCheckpointContext(is_recompute=False, op_output=3).op_output == 3
