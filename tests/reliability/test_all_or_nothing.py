"""A step or a loading that fails has changed not one bit, and says all that is wrong."""

import copy

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim

OPTIMIZERS = ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "Adadelta", "Adamax", "NAdam", "RAdam", "Rprop", "ASGD"]


def warmed(name: str):
    """Three parameters, and an optimizer with two steps behind it."""
    params = [ag.tensor(np.random.default_rng(i).normal(size=(3, 2)).astype(np.float32), requires_grad=True) for i in range(3)]
    options = {"lr": 0.1, "momentum": 0.9} if name == "SGD" else {}
    optimizer = getattr(optim, name)(params, **options)
    for _ in range(2):
        for p in params:
            p.grad = ag.ones(3, 2)
        optimizer.step()
    return params, optimizer


def bits(params, optimizer) -> str:
    state = optimizer.state_dict()
    entries = {k: {n: v.numpy().tobytes() if isinstance(v, ag.Tensor) else v for n, v in s.items()} for k, s in state["state"].items()}
    return repr(([p.array.tobytes() for p in params], entries, state["param_groups"]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_failing_step_changes_nothing_and_lists_every_problem(name):
    params, optimizer = warmed(name)
    params[1]._grad = ag.ones(4)
    params[2].array = np.broadcast_to(np.float32(1), (3, 2))  # as an expanded tensor
    before = bits(params, optimizer)
    with pytest.raises(
        RuntimeError,
        match=r"nothing was changed: parameter 1 is float32 of shape \[3, 2\], but its gradient is float32 of shape \[4\]; parameter 2 .*read-only",
    ):
        optimizer.step()
    assert bits(params, optimizer) == before


@pytest.mark.parametrize("gradient", [ag.ones(3, 2, dtype=ag.int64), "x"], ids=["dtype", "type"])
def test_a_gradient_of_another_kind_is_refused(gradient):
    params, optimizer = warmed("Adam")
    params[2]._grad = gradient
    before = bits(params, optimizer)
    with pytest.raises(RuntimeError, match=r"parameter 2 is float32 of shape \[3, 2\], but its gradient is"):
        optimizer.step()
    assert bits(params, optimizer) == before


def test_a_learning_rate_that_is_no_number_is_refused_before_anything_moves():
    params, optimizer = warmed("SGD")
    optimizer.param_groups[0]["lr"] = "fast"
    before = bits(params, optimizer)
    with pytest.raises(TypeError, match="learning rate of parameter group 0 is 'fast'"):
        optimizer.step()
    assert bits(params, optimizer) == before


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_failing_loading_changes_nothing_and_lists_every_problem(name):
    params, optimizer = warmed(name)
    state = copy.deepcopy(optimizer.state_dict())
    state["param_groups"][0]["lr"] = "fast"
    tensor = next(n for n, v in state["state"][0].items() if isinstance(v, ag.Tensor) and v.ndim)
    state["state"][0][tensor] = ag.ones(7)
    state["state"][1] = 3
    state["state"][9] = {}
    before = bits(params, optimizer)
    with pytest.raises(ValueError, match="nothing was loaded") as told:
        optimizer.load_state_dict(state)
    for part in ("'lr' of parameter group 0 is 'fast'", f"{tensor!r} of shape [7]", "state of parameter 1 is a int", "parameters [9]"):
        assert part in str(told.value)
    assert bits(params, optimizer) == before


def test_a_dict_without_its_parts_is_named_and_older_files_may_lack_switches():
    _, optimizer = warmed("Adam")
    with pytest.raises(ValueError, match="it has no 'state'; it has no 'param_groups'"):
        optimizer.load_state_dict({})
    with pytest.raises(TypeError, match="dict-like"):
        optimizer.load_state_dict(None)
    state = copy.deepcopy(optimizer.state_dict())
    del state["param_groups"][0]["fused"]
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["fused"] is None
    del state["param_groups"][0]["eps"]
    with pytest.raises(ValueError, match="parameter group 0 has no 'eps'"):
        optimizer.load_state_dict(state)


def test_a_failing_strict_loading_of_a_module_lists_every_problem():
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
    state = dict(model.state_dict())
    del state["0.bias"]
    state |= {"extra": ag.ones(1), "2.weight": ag.ones(9), "1.weight": 3}
    before = [t.numpy().tobytes() for t in model.state_dict().values()]
    with pytest.raises(RuntimeError) as told:
        model.load_state_dict(state)
    for part in ("0.bias", "extra", "2.weight", "1.weight"):
        assert part in str(told.value)
    assert [t.numpy().tobytes() for t in model.state_dict().values()] == before


def test_a_failing_backward_pass_changes_no_gradient():
    a, b = ag.ones(3, requires_grad=True), ag.ones(3, requires_grad=True)
    (a * b).sum().backward()

    def fail(_):
        raise ValueError("in a hook")

    b.register_hook(fail)
    with pytest.raises(ValueError, match="in a hook"):
        (a * b).sum().backward()
    assert a.grad.tolist() == b.grad.tolist() == [1, 1, 1]


def test_a_bad_step_of_a_slice_is_told_as_such():
    x = ag.zeros(3)
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        x[::0] = 1.0
    assert x.tolist() == [0, 0, 0]
