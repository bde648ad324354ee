"""A step or a loading that fails has changed not one bit, and says all that is wrong."""

import copy
import math

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim

OPTIMIZERS = [
    "SGD",
    "Adam",
    "AdamW",
    "RMSprop",
    "Adagrad",
    "Adadelta",
    "Adamax",
    "NAdam",
    "RAdam",
    "Rprop",
    "ASGD",
]


def warmed(name: str):
    """Three parameters, and an optimizer with two steps behind it."""
    params = [
        ag.tensor(np.random.default_rng(i).normal(size=(3, 2)).astype(np.float32), requires_grad=True)
        for i in range(3)
    ]
    options = {"lr": 0.1, "momentum": 0.9} if name == "SGD" else {}
    optimizer = getattr(optim, name)(params, **options)
    for _ in range(2):
        for p in params:
            p.grad = ag.ones(3, 2)
        optimizer.step()
    return params, optimizer


def bits(params, optimizer) -> str:
    state = optimizer.state_dict()
    entries = {
        k: {n: v.numpy().tobytes() if isinstance(v, ag.Tensor) else v for n, v in s.items()}
        for k, s in state["state"].items()
    }
    return repr(([p.array.tobytes() for p in params], entries, state["param_groups"]))


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_failing_step_changes_nothing_and_lists_every_problem(name):
    params, optimizer = warmed(name)
    params[1]._grad = ag.ones(4)
    params[2].array = np.broadcast_to(np.float32(1), (3, 2))  # as an expanded tensor
    before = bits(params, optimizer)
    with pytest.raises(
        RuntimeError,
        match=r"nothing was changed: parameter 1 is float32 of shape \[3, 2\], but its gradient is float32 "
        r"of shape \[4\]; parameter 2 .*read-only",
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
    with pytest.raises(TypeError, match="nothing was changed: 'lr' of parameter group 0 is 'fast'"):
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
    for part in (
        "'lr' of parameter group 0 is 'fast'",
        f"{tensor!r} of parameter 0 is a Tensor of shape [7]",
        "state of parameter 1 is a int",
        "parameters [9]",
    ):
        assert part in str(told.value)
    assert bits(params, optimizer) == before


def spoiled(state, name):
    """The same, with something wrong in its first parameter, in each of the ways; each with the words that
    tell."""
    for value, said in (
        (None, f"{name!r} of parameter 0 is None"),
        ("x", f"{name!r} of parameter 0 is 'x'"),
        (ag.ones(7), f"{name!r} of parameter 0 is a Tensor of shape \\[7\\]"),
        (ag.ones(3, 2, dtype=ag.bool), f"{name!r} of parameter 0 is a Tensor of shape .* dtype torch.bool"),
        (np.ones((3, 2), np.float32), f"{name!r} of parameter 0 is a ndarray"),
        (..., f"the state of parameter 0 has no {name!r}"),
    ):
        bad = copy.deepcopy(state)
        bad["state"][0][name] = value
        if value is ...:
            del bad["state"][0][name]
        yield bad, said


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_entry_of_a_state_that_is_missing_or_of_another_kind_is_refused(name):
    """By loading, and by the next step where it was put there by hand."""
    params, optimizer = warmed(name)
    state = copy.deepcopy(optimizer.state_dict())
    before = bits(params, optimizer)
    for entry in state["state"][0]:
        for bad, said in spoiled(state, entry):
            if name == "SGD" and bad["state"][0].get(entry) is None:
                continue  # momentum may begin later
            with pytest.raises(ValueError, match=f"nothing was loaded.*{said}"):
                optimizer.load_state_dict(bad)
            assert bits(params, optimizer) == before
            optimizer.state[params[0]] = bad["state"][0]
            with pytest.raises(RuntimeError, match=f"nothing was changed.*{said}"):
                optimizer.step()
            optimizer.load_state_dict(state)
            assert bits(params, optimizer) == before


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_each_option_that_is_of_another_kind_is_refused(name):
    params, optimizer = warmed(name)
    state = copy.deepcopy(optimizer.state_dict())
    before = bits(params, optimizer)
    for option, default in optimizer.defaults.items():
        if default is None:
            continue
        bad = copy.deepcopy(state)
        bad["param_groups"][0][option] = ag.ones(3)
        with pytest.raises(ValueError, match=f"{option!r} of parameter group 0 is a Tensor of shape \\[3\\]"):
            optimizer.load_state_dict(bad)
        kept = optimizer.param_groups[0][option]
        optimizer.param_groups[0][option] = (1, "x")
        with pytest.raises(
            TypeError, match=f"nothing was changed: {option!r} of parameter group 0 is \\(1, 'x'\\)"
        ):
            optimizer.step()
        optimizer.param_groups[0][option] = kept
    assert bits(params, optimizer) == before


@pytest.mark.parametrize(("name", "option"), [("Adam", "amsgrad"), ("RMSprop", "centered")])
def test_a_switch_thrown_after_the_first_step_is_told_what_it_lacks(name, option):
    params, optimizer = warmed(name)
    optimizer.param_groups[0][option] = True
    before = bits(params, optimizer)
    with pytest.raises(RuntimeError, match="nothing was changed: the state of parameter 0 has no"):
        optimizer.step()
    assert bits(params, optimizer) == before


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ([0, 0, 1], "parameter 0 twice"),
        ("abc", "list of numbers"),
        ([[], [], []], "list of numbers"),
        (None, "list of numbers"),
    ],
)
def test_parameters_that_are_not_named_one_by_one_are_refused(params, said):
    _, optimizer = warmed("Adam")
    state = copy.deepcopy(optimizer.state_dict())
    state["param_groups"][0]["params"] = params
    with pytest.raises(ValueError, match=said):
        optimizer.load_state_dict(state)


def rosenbrock(search):
    x = ag.tensor([-1.5, 2.0], requires_grad=True)
    optimizer = optim.LBFGS([x], lr=0.5, max_iter=5, line_search_fn=search)

    def closure():
        optimizer.zero_grad()
        loss = (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2
        loss.backward()
        return loss

    optimizer.step(closure)
    return [x], optimizer, closure


@pytest.mark.parametrize("search", [None, "strong_wolfe"])
@pytest.mark.parametrize("calls", [0, 1, 3])
def test_a_closure_that_fails_at_a_trial_point_leaves_lbfgs_where_it_was(search, calls):
    params, optimizer, closure = rosenbrock(search)
    left = iter(range(calls))
    before = repr((params[0].tolist(), optimizer.state_dict()))

    def failing():
        if next(left, None) is None:
            raise OSError("in the closure")
        return closure()

    with pytest.raises(OSError, match="in the closure"):
        optimizer.step(failing)
    assert repr((params[0].tolist(), optimizer.state_dict())) == before


def test_a_state_of_lbfgs_that_does_not_fit_is_refused():
    params, optimizer, closure = rosenbrock(None)
    state = copy.deepcopy(optimizer.state_dict())
    before = repr((params[0].tolist(), optimizer.state_dict()))
    for entry in state["state"][0]:
        bad = copy.deepcopy(state)
        bad["state"][0][entry] = "x"
        with pytest.raises(ValueError, match=f"{entry!r}"):
            optimizer.load_state_dict(bad)
        if entry != "al":
            del bad["state"][0][entry]
            with pytest.raises(ValueError, match=f"the state of parameter 0 has no {entry!r}"):
                optimizer.load_state_dict(bad)
    assert repr((params[0].tolist(), optimizer.state_dict())) == before
    optimizer.step(closure)


SCHEDULERS = {
    "StepLR": (3,),
    "MultiStepLR": ([2, 4],),
    "ExponentialLR": (0.9,),
    "CosineAnnealingLR": (9,),
    "OneCycleLR": (0.1, 9),
    "CyclicLR": (0.01, 0.1),
    "LambdaLR": (math.sqrt,),
    "ReduceLROnPlateau": (),
}


@pytest.mark.parametrize("name", SCHEDULERS)
def test_a_scheduler_takes_a_state_that_fits_or_nothing_and_lists_every_problem(name):
    schedules = optim.lr_scheduler
    optimizer = optim.SGD([ag.ones(2, requires_grad=True)], lr=0.1, momentum=0.9)
    scheduler = getattr(schedules, name)(optimizer, *SCHEDULERS[name])
    state = copy.deepcopy(scheduler.state_dict())
    for key in state:
        if key in ("_is_initial", "_get_lr_called_within_step", "default_min_lr"):
            continue
        others = [{**state, key: ag.ones(3)}, {k: v for k, v in state.items() if k != key}]
        for bad in others[key == "_scale_fn_custom" :]:
            with pytest.raises(ValueError, match=f"nothing was loaded: .*{key!r}"):
                scheduler.load_state_dict(bad)
    with pytest.raises(ValueError, match="'other', which is of another scheduler"):
        scheduler.load_state_dict({**state, "other": 1})
    with pytest.raises(ValueError, match=r"'last_epoch'.*'_last_lr'"):
        scheduler.load_state_dict({k: v for k, v in state.items() if k not in ("last_epoch", "_last_lr")})
    with pytest.raises(ValueError, match="not a dict"):
        scheduler.load_state_dict([1])
    assert repr(scheduler.state_dict()) == repr(state)
    chained = schedules.ChainedScheduler(
        [schedules.ExponentialLR(optimizer, 0.9), schedules.StepLR(optimizer, 3)]
    )
    both = copy.deepcopy(chained.state_dict())
    both["_schedulers"][0]["last_epoch"], both["_schedulers"][1]["gamma"] = 7, "x"
    with pytest.raises(ValueError, match=r"in scheduler 1, 'gamma' is 'x', where 0\.1 is expected"):
        chained.load_state_dict(both)
    assert chained._schedulers[0].last_epoch == 0


def test_a_scheduler_of_the_users_own_may_keep_what_it_likes():
    class Mine(optim.lr_scheduler.LRScheduler):
        def get_lr(self):
            self.seen = getattr(self, "seen", 0) + 1
            return [0.1]

    optimizer = optim.SGD([ag.ones(2, requires_grad=True)])
    older = Mine(optimizer)
    state = {**older.state_dict(), "more": [1]}
    Mine(optimizer).load_state_dict(state)


def test_a_grad_scaler_takes_a_whole_state_or_nothing():
    scaler = ag.amp.GradScaler("cpu")
    before = scaler.state_dict()
    with pytest.raises(ValueError, match="'growth_factor' is 'missing'; '_growth_tracker' is 'x'"):
        scaler.load_state_dict({**{k: 3.0 for k in before if k != "growth_factor"}, "_growth_tracker": "x"})
    assert scaler.state_dict() == before


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


@pytest.mark.parametrize(
    "value",
    [np.full((2, 4), "x"), np.full((2, 4), None), np.ones((2, 4), complex)],
    ids=["texts", "objects", "complex"],
)
@pytest.mark.parametrize("assign", [False, True])
def test_arrays_of_what_no_parameter_can_be_are_refused(value, assign):
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    before = [t.numpy().tobytes() for t in model.state_dict().values()]
    with pytest.raises(RuntimeError, match=r'the dtype of "1.weight" in the checkpoint is .* cannot take'):
        model.load_state_dict(
            {name: tensor * 2 for name, tensor in model.state_dict().items()} | {"1.weight": value},
            assign=assign,
        )
    assert [t.numpy().tobytes() for t in model.state_dict().values()] == before


class Extra(nn.Linear):
    """A module that keeps a word, and refuses some."""

    word = "old"

    def get_extra_state(self):
        return {"word": self.word}

    def set_extra_state(self, state):
        if state["word"] == "bad":
            raise OSError("a bad word")
        self.word = state["word"]


def refusing(module, keys):
    raise OSError("a bad word in a hook")


@pytest.mark.parametrize("assign", [False, True])
@pytest.mark.parametrize("where", ["module", "hook"])
def test_a_module_or_a_hook_that_refuses_leaves_the_others_as_they_were(where, assign):
    model = nn.Sequential(Extra(2, 2), Extra(2, 2))
    if where == "hook":
        model[1].register_load_state_dict_post_hook(refusing)
    before, tensors = [t.array.tobytes() for t in model.parameters()], list(model.parameters())
    state = {
        name: part * 2 if isinstance(part, ag.Tensor) else {"word": "new"}
        for name, part in model.state_dict().items()
    }
    if where == "module":
        state["1._extra_state"] = {"word": "bad"}
    with pytest.raises(OSError, match="a bad word"):
        model.load_state_dict(state, assign=assign)
    assert [t.array.tobytes() for t in model.parameters()] == before
    assert all(a is b for a, b in zip(model.parameters(), tensors, strict=True))
    assert (model[0].word, model[1].word) == ("old", "old")


def test_a_parameter_in_memory_that_is_read_only_is_named_before_anything_is_written():
    model = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    model[1].bias.array = np.broadcast_to(np.float32(1), 2)
    before = [t.numpy().tobytes() for t in model.state_dict().values()]
    with pytest.raises(RuntimeError, match=r'"1.bias" lies in memory that is read-only .*assign=True'):
        model.load_state_dict({name: tensor * 2 for name, tensor in model.state_dict().items()})
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
