"""Steps of an optimizer on other tensors, names of its steps, and schedulers that are taken back."""

import pytest

import autograd_cnn as ag
from tests.recorded import pytorch


def stepped(t):
    own = t.nn.Parameter(t.ones(2, dtype=t.float64))
    optimizer = t.optim.Adam([own], lr=0.1)
    (own * 3).sum().backward()
    optimizer.step()
    before, state = own.detach().clone(), optimizer.state_dict()
    other = t.nn.Parameter(t.full((2,), 5.0, dtype=t.float64))
    told = {
        "state": {0: {k: v.clone() for k, v in state["state"][0].items()}},
        "param_groups": state["param_groups"],
    }
    told["param_groups"][0]["lr"] = 0.5
    with t.optim.swap_in_optimizer_params_and_state(optimizer, {"w": other}, told):
        (other * 3).sum().backward()
        optimizer.step()
    unchanged = bool((own == before).all()) and optimizer.param_groups[0]["params"][0] is own
    steps = [float(s["step"]) for s in (optimizer.state[own], told["state"][0])]
    return other.detach(), unchanged, optimizer.param_groups[0]["lr"], steps[0]


def test_a_step_on_other_tensors():
    pytorch.gives(stepped(ag), stepped, rtol=1e-9)


def test_another_number_of_tensors():
    optimizer = ag.optim.SGD([ag.nn.Parameter(ag.ones(1))], lr=0.1)
    with (
        pytest.raises(ValueError, match="0 tensors for 1 parameters"),
        ag.optim.swap_in_optimizer_params_and_state(optimizer, {}, optimizer.state_dict()),
    ):
        pass
    assert len(optimizer.param_groups[0]["params"]) == 1


def undone(t):
    optimizer = t.optim.SGD([t.nn.Parameter(t.ones(1))], lr=0.1)
    parts = [t.optim.lr_scheduler.ConstantLR(optimizer), t.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)]
    scheduler = t.optim.lr_scheduler.SequentialLR(optimizer, parts, [2])
    before = [part.last_epoch for part in parts]
    scheduler.recursive_undo()
    return before, [part.last_epoch for part in parts]


def test_schedulers_are_taken_back():
    pytorch.gives(undone(ag), undone)


def test_a_step_of_ones_own_runs_the_hooks():
    def step(self, by):
        return by + 1

    optimizer = ag.optim.SGD([ag.nn.Parameter(ag.ones(1))], lr=0.1)
    called = []
    optimizer.register_step_post_hook(lambda *given: called.append("after"))
    with ag.profiler.profile() as profile:
        assert ag.optim.Optimizer.profile_hook_step(step)(optimizer, 2) == 3
    assert called == ["after"]
    assert [event.name for event in profile.events()] == ["Optimizer.step#SGD.step"]
