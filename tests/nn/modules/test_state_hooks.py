"""What modules keep beside tensors, hooks around their state, and hooks of all modules: as in PyTorch."""

import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.nn.modules import module as everywhere


def libraries():
    yield ag
    yield pytest.importorskip("torch")


def counter(module):
    class Counter(module.nn.Module):
        def __init__(self):
            super().__init__()
            self.calls = 0
            self.weight = module.nn.Parameter(module.zeros(1))

        def forward(self, x):
            self.calls += 1
            return x * self.weight

        def get_extra_state(self):
            return {"calls": self.calls}

        def set_extra_state(self, state):
            self.calls = state["calls"]

    return Counter()


def test_extra_state_is_saved_and_loaded():
    for module in libraries():
        model = module.nn.Sequential(counter(module), module.nn.Linear(1, 1))
        model(module.ones(1))
        state = model.state_dict()
        assert list(state) == ["0.weight", "0._extra_state", "1.weight", "1.bias"]
        other = module.nn.Sequential(counter(module), module.nn.Linear(1, 1))
        assert str(other.load_state_dict(state)) == "<All keys matched successfully>"
        assert other[0].calls == 1
        del state["0._extra_state"]
        with pytest.raises(RuntimeError, match=r'Missing key\(s\) in state_dict: "0._extra_state"'):
            other.load_state_dict(state)


def test_hooks_around_reading():
    for module in libraries():
        model = module.nn.Sequential(module.nn.Linear(1, 1))
        seen = []
        before = model[0].register_state_dict_pre_hook(
            lambda m, prefix, keep_vars, seen=seen: seen.append((prefix, keep_vars))
        )
        after = model.register_state_dict_post_hook(
            lambda m, state, prefix, metadata: state.update(note=len(state))
        )
        assert list(model.state_dict()) == ["0.weight", "0.bias", "note"]
        assert seen == [("0.", False)]
        before.remove()
        after.remove()
        assert list(model.state_dict()) == ["0.weight", "0.bias"]


def test_a_hook_before_loading_renames_without_touching_the_callers_dictionary():
    def rename(module, state, prefix, metadata, strict, missing, unexpected, errors):
        if prefix + "w" in state:
            state[prefix + "weight"] = state.pop(prefix + "w")

    for module in libraries():
        model = module.nn.Sequential(module.nn.Linear(1, 1))
        model[0].register_load_state_dict_pre_hook(rename)
        state = {"0.w": module.full((1, 1), 7.0), "0.bias": module.zeros(1)}
        model.load_state_dict(state)
        assert model[0].weight.item() == 7.0
        assert list(state) == ["0.w", "0.bias"]


def test_a_hook_before_loading_may_object():
    for module in libraries():
        model = module.nn.Linear(1, 1)
        model.register_load_state_dict_pre_hook(
            lambda m, state, prefix, metadata, strict, missing, unexpected, errors: errors.append("too old")
        )
        with pytest.raises(RuntimeError, match="Error\\(s\\) in loading state_dict for Linear:\n\ttoo old"):
            model.load_state_dict(model.state_dict())


def test_a_hook_after_loading_may_forgive():
    for module in libraries():
        model = module.nn.Linear(1, 1)
        model.register_load_state_dict_post_hook(lambda m, keys: keys.missing_keys.clear())
        keys = model.load_state_dict({"weight": module.full((1, 1), 3.0)})
        assert keys.missing_keys == []
        assert model.weight.item() == 3.0
        with pytest.raises(RuntimeError, match=r'Unexpected key\(s\) in state_dict: "nope"'):
            model.load_state_dict({"weight": module.zeros(1, 1), "nope": module.zeros(1)})


def test_hooks_of_all_modules():
    model = nn.Sequential(nn.Linear(1, 1), nn.ReLU())
    seen = []
    handles = [
        everywhere.register_module_forward_pre_hook(
            lambda m, args: seen.append(("before", type(m).__name__))
        ),
        everywhere.register_module_forward_hook(
            lambda m, args, out: seen.append(("after", type(m).__name__))
        ),
        everywhere.register_module_full_backward_pre_hook(
            lambda m, grad_output: seen.append(("back", type(m).__name__))
        ),
        everywhere.register_module_full_backward_hook(
            lambda m, grad_input, grad_output: seen.append(("backed", type(m).__name__))
        ),
    ]
    model(ag.ones(1, 1, requires_grad=True)).sum().backward()
    for handle in handles:
        handle.remove()
    forward = [
        ("before", "Sequential"),
        ("before", "Linear"),
        ("after", "Linear"),
        ("before", "ReLU"),
        ("after", "ReLU"),
        ("after", "Sequential"),
    ]
    assert seen[:6] == forward
    assert set(seen[6:]) == {
        (what, name) for what in ("back", "backed") for name in ("Sequential", "Linear", "ReLU")
    }
    model(ag.ones(1, 1))
    assert len(seen) == 12
