"""Optimizers: their trajectories are PyTorch's; their options, groups and state behave as PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim
from tests.recorded import pytorch

OPTIONS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.05, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.5, "maximize": True}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.95), "eps": 1e-4, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True}),
    ("Adam", {"lr": 0.01, "maximize": True}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True, "maximize": True}),
    ("Adamax", {"lr": 0.05}),
    ("Adamax", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {"lr": 0.05}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "momentum_decay": 0.01}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {"lr": 0.05}),
    ("RAdam", {"lr": 0.05, "betas": (0.9, 0.8), "weight_decay": 0.1}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("Adagrad", {"lr": 0.1}),
    (
        "Adagrad",
        {
            "lr": 0.1,
            "lr_decay": 0.05,
            "weight_decay": 0.1,
            "initial_accumulator_value": 0.5,
            "maximize": True,
        },
    ),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "eps": 1e-3, "weight_decay": 0.1, "maximize": True}),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.01, "momentum": 0.9, "centered": True, "alpha": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.01, "maximize": True, "eps": 1e-3}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.05, "etas": (0.4, 1.5), "step_sizes": (1e-4, 0.2), "maximize": True}),
    ("ASGD", {"lr": 0.1}),
    ("ASGD", {"lr": 0.1, "lambd": 0.01, "alpha": 0.5, "t0": 10, "weight_decay": 0.1, "maximize": True}),
]


def bumpy(x, y):
    """A loss of the parameters x (3, 4) and y (5,) with bounded gradients, so that no optimizer runs away."""
    return (
        (x.tanh() * (x.sum() - 1).tanh()).sum()
        + ((y - 2) * (y - 2) * 0.1).tanh().sum()
        + (x.sum() * y.sum() * 0.1).tanh()
    )


@pytest.mark.parametrize(("name", "options"), OPTIONS, ids=lambda v: v if isinstance(v, str) else "-".join(v))
def test_fifty_steps_are_pytorchs(name, options):
    torch = pytest.importorskip("torch")
    start = np.random.default_rng(0)
    values = [start.normal(size=(3, 4)) * 0.3, start.normal(size=5)]
    ours = [ag.tensor(v, requires_grad=True) for v in values]
    theirs = [torch.tensor(v, requires_grad=True) for v in values]
    mine, other = getattr(optim, name)(ours, **options), getattr(torch.optim, name)(theirs, **options)
    for _ in range(50):
        for parameters, optimizer in ((ours, mine), (theirs, other)):
            optimizer.zero_grad()
            bumpy(*parameters).backward()
            optimizer.step()
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.array, b.detach().numpy(), rtol=0, atol=1e-9)
    state, expected = mine.state_dict(), other.state_dict()
    assert state["param_groups"] == expected["param_groups"]
    for number, entries in expected["state"].items():
        assert set(entries) == set(state["state"][number])
        for key, value in entries.items():
            np.testing.assert_allclose(state["state"][number][key].array, value.numpy(), atol=1e-9)


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("options", [
    {"lr": 0.1},
    {"lr": 0.5, "max_iter": 4, "history_size": 2},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "lr": 20.0, "max_iter": 7, "history_size": 3},
    {"line_search_fn": "strong_wolfe", "max_iter": 10, "max_eval": 4},
], ids=lambda o: "-".join(o))  # fmt: skip
def test_lbfgs_goes_pytorchs_way(options):
    torch = pytest.importorskip("torch")
    start = np.random.default_rng(1)
    values = [start.normal(size=(3, 4)), start.normal(size=5)]
    ours = [ag.tensor(v, requires_grad=True) for v in values]
    theirs = [torch.tensor(v, requires_grad=True) for v in values]
    mine, other = optim.LBFGS(ours, **options), torch.optim.LBFGS(theirs, **options)

    def valley(x, y):
        if (
            "line_search_fn" not in options
        ):  # steps of a fixed length blow rounding up where the loss is not convex
            return (x * x + x.sin()).sum() + ((y - x.mean()) ** 2).sum() + y.cos().sum() * 0.3
        return ((x * x - y[:4]) ** 2).sum() * 3 + ((1 - x) ** 2).sum() + y.cos().sum()

    for _ in range(50):
        losses = []
        for parameters, optimizer in ((ours, mine), (theirs, other)):

            def closure(parameters=parameters, optimizer=optimizer):
                optimizer.zero_grad()
                loss = valley(*parameters)
                loss.backward()
                return loss

            losses.append(optimizer.step(closure).item())
        assert losses[0] == pytest.approx(losses[1], abs=1e-9)
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(a.array, b.detach().numpy(), rtol=0, atol=1e-9)
    state, expected = mine.state_dict(), other.state_dict()
    assert state["param_groups"] == expected["param_groups"]
    assert set(state["state"][0]) == set(expected["state"][0])
    assert [state["state"][0][k] for k in ("func_evals", "n_iter")] == [
        expected["state"][0][k] for k in ("func_evals", "n_iter")
    ]


def test_lbfgs_continues_from_its_state():
    def run(parameters, optimizer, steps):
        def closure():
            optimizer.zero_grad()
            loss = bumpy(*parameters)
            loss.backward()
            return loss

        for _ in range(steps):
            optimizer.step(closure)

    def fresh():
        return [
            ag.tensor(np.linspace(-1, 1, 12).reshape(3, 4), requires_grad=True),
            ag.tensor(np.ones(5), requires_grad=True),
        ]

    whole, parts = fresh(), fresh()
    run(whole, optim.LBFGS(whole, lr=0.2, max_iter=3, history_size=4), 6)
    first = optim.LBFGS(parts, lr=0.2, max_iter=3, history_size=4)
    run(parts, first, 3)
    second = optim.LBFGS(parts, lr=1.0)
    second.load_state_dict(first.state_dict())
    run(parts, second, 3)
    for a, b in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(a.array, b.array)


def test_lbfgs_says_what_it_needs():
    with pytest.raises(ValueError, match="parameter groups"):
        optim.LBFGS([{"params": [p]} for p in parameters()])
    with pytest.raises(TypeError, match="needs a closure"):
        optim.LBFGS(parameters()).step()
    with pytest.raises(RuntimeError, match="only 'strong_wolfe' is supported"):
        optim.LBFGS(parameters(), line_search_fn="armijo").step(lambda: ag.zeros(()))


def parameters():
    return [ag.tensor(np.arange(3.0), requires_grad=True), ag.tensor(np.ones((2, 2)), requires_grad=True)]


def test_a_step_writes_into_the_parameters_memory_and_records_nothing():
    p = parameters()[0]
    memory = p.array
    p.grad = ag.tensor(np.ones(3))
    optim.SGD([p], lr=0.5).step()
    assert p.array is memory
    assert p.is_leaf
    np.testing.assert_array_equal(memory, np.arange(3.0) - 0.5)


def test_backward_after_a_step_says_that_a_saved_parameter_was_overwritten():
    p = parameters()[0]
    loss = (p * p).sum()
    p.grad = ag.tensor(np.ones(3))
    optim.SGD([p], lr=0.5).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_parameters_without_gradient_stay():
    p, q = parameters()
    p.grad = ag.tensor(np.ones(3))
    optimizer = optim.Adam([p, q], lr=0.1)
    optimizer.step()
    np.testing.assert_array_equal(q.array, np.ones((2, 2)))
    assert list(optimizer.state_dict()["state"]) == [0]


def test_groups_have_their_own_options():
    p, q = parameters()
    optimizer = optim.SGD([{"params": [p]}, {"params": q, "lr": 1.0}], lr=0.1)
    p.grad, q.grad = ag.tensor(np.ones(3)), ag.tensor(np.ones((2, 2)))
    optimizer.step()
    np.testing.assert_allclose(p.array, np.arange(3.0) - 0.1)
    np.testing.assert_allclose(q.array, np.zeros((2, 2)))


def test_zero_grad_forgets_or_overwrites():
    p, _ = parameters()
    optimizer = optim.SGD([p])
    (p * 2).sum().backward()
    optimizer.zero_grad(set_to_none=False)
    np.testing.assert_array_equal(p.grad.array, np.zeros(3))
    optimizer.zero_grad()
    assert p.grad is None


def test_the_closure_is_run_with_gradients_and_its_loss_returned():
    p, _ = parameters()
    optimizer = optim.SGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with ag.no_grad():
        assert optimizer.step(closure).item() == 5.0
    np.testing.assert_allclose(p.array, np.arange(3.0) * 0.8)


@pytest.mark.parametrize(
    "name",
    ["SGD", "Adam", "AdamW", "Adamax", "NAdam", "RAdam", "Adagrad", "Adadelta", "RMSprop", "Rprop", "ASGD"],
)
def test_a_run_continues_from_a_state_dict_as_if_it_had_not_stopped(name):
    options = {"momentum": 0.9} if name == "SGD" else {}

    def run(p, optimizer, steps):
        for _ in range(steps):
            optimizer.zero_grad()
            (p * p * p).sum().backward()
            optimizer.step()

    p = parameters()[0]
    whole = getattr(optim, name)([p], lr=0.01, **options)
    run(p, whole, 6)
    q = parameters()[0]
    first = getattr(optim, name)([q], lr=0.01, **options)
    run(q, first, 3)
    second = getattr(optim, name)([q], lr=0.5)
    second.load_state_dict(first.state_dict())
    run(q, second, 3)
    np.testing.assert_array_equal(p.array, q.array)


@pytest.mark.parametrize(("name", "options"), OPTIONS)
def test_states_are_pytorchs_at_any_step(name, options):
    """Their keys, types, shapes and numbers; and a run goes on from its state of any step."""
    torch = pytest.importorskip("torch")
    made = [[m.ones(2, 3, requires_grad=True), m.zeros(2, requires_grad=True)] for m in (ag, torch)]
    pairs = [getattr(m.optim, name)(p, **options) for m, p in zip((ag, torch), made, strict=True)]
    for step in range(4):
        for m, optimizer, parameters in zip((ag, torch), pairs, made, strict=True):
            rng = np.random.default_rng(step)
            optimizer.state["mine"] = {"step": step, "loss": 0.5}
            for i, p in enumerate(parameters):
                p.grad = None if i and step < 2 else m.tensor(rng.normal(size=p.shape), dtype=p.dtype)
        ours, theirs = (optimizer.state_dict() for optimizer in pairs)
        assert ours["state"]["mine"] == theirs["state"]["mine"]
        assert [*ours["state"]] == [*theirs["state"]]
        for key in range(2):
            mine, other = ours["state"].get(key, {}), theirs["state"].get(key, {})
            assert mine.keys() == other.keys()
            for entry, value in other.items():
                assert type(mine[entry]).__name__ == type(value).__name__, entry
                np.testing.assert_allclose(np.asarray(mine[entry]), np.asarray(value), rtol=1e-5, atol=1e-7)
        again = getattr(optim, name)(made[0], **options)
        again.load_state_dict(ours)
        assert again.state["mine"] == {"step": step, "loss": 0.5}
        pairs[0] = again
        for optimizer in pairs:
            optimizer.step()
    for mine, other in zip(*made, strict=True):
        np.testing.assert_allclose(mine.tolist(), other.tolist(), rtol=1e-5, atol=1e-6)


def test_a_state_for_parameters_that_are_not_there_is_refused():
    optimizer = optim.SGD([ag.zeros(1, requires_grad=True)], momentum=0.9)
    state = optimizer.state_dict()
    state["state"][7] = {"momentum_buffer": ag.zeros(1)}
    with pytest.raises(ValueError, match="none of its groups names"):
        optimizer.load_state_dict(state)


def test_an_optimizer_that_wraps_another_needs_no_constructor():
    """As sharpness-aware minimization does: it shares the groups, and takes its steps around the other's."""

    class Wrapped(optim.Optimizer):
        def __init__(self, inner):
            self.inner, self.param_groups, self.state = inner, inner.param_groups, inner.state

        def step(self, closure=None):
            self.inner.step()
            return "done"

    p = ag.ones(1, requires_grad=True)
    wrapped = Wrapped(optim.SGD([p], lr=0.5))
    (p * p).sum().backward()
    assert wrapped.step() == "done"
    wrapped.zero_grad()
    assert (p.item(), p.grad) == (0.0, None)


def test_lbfgs_without_gradients():
    """Nothing to go along, and no division by its length."""
    optimizer = optim.LBFGS([ag.ones(1)], tolerance_grad=-np.inf)
    assert optimizer.step(lambda: ag.tensor([10.0])).tolist() == [10.0]


def test_a_state_dict_that_does_not_fit_changes_nothing():
    p, q = parameters()
    optimizer = optim.Adam([p, q], lr=0.3)
    before = optimizer.state_dict()
    with pytest.raises(ValueError, match="different number of parameter groups"):
        optimizer.load_state_dict({"state": {}, "param_groups": []})
    with pytest.raises(ValueError, match="doesn't match the size of optimizer's group"):
        optimizer.load_state_dict(optim.Adam([parameters()[0]]).state_dict())
    bad = optim.Adam(parameters()).state_dict()
    bad["state"] = {0: {"exp_avg": ag.zeros(7)}}
    with pytest.raises(ValueError, match=r"'exp_avg' of parameter 0 is a Tensor of shape \[7\]"):
        optimizer.load_state_dict(bad)
    assert optimizer.state_dict() == before


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda p: optim.SGD([]), ValueError, "empty parameter list"),
        (lambda p: optim.SGD(p), TypeError, "iterable of Tensors or dicts"),
        (lambda p: optim.SGD([p * 2]), ValueError, "can't optimize a non-leaf Tensor"),
        (lambda p: optim.SGD([1]), TypeError, "one of the params is int"),
        (lambda p: optim.SGD([{"params": {p}}]), TypeError, "ordered collections"),
        (
            lambda p: optim.SGD([{"params": [p]}, {"params": [p]}]),
            ValueError,
            "more than one parameter group",
        ),
        (lambda p: optim.SGD([p], lr=-0.1), ValueError, "Invalid learning rate: -0.1"),
        (lambda p: optim.SGD([p], momentum=-1), ValueError, "Invalid momentum value: -1"),
        (lambda p: optim.SGD([p], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
        (
            lambda p: optim.SGD([p], nesterov=True),
            ValueError,
            "Nesterov momentum requires a momentum and zero dampening",
        ),
        (
            lambda p: optim.SGD([p], differentiable=True, fused=True),
            RuntimeError,
            "`fused` does not support `diff",
        ),
        (lambda p: optim.Adam([p], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (lambda p: optim.Adam([p], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
        (lambda p: optim.Adam([p], lr=ag.zeros(2)), ValueError, "Tensor lr must be 1-element"),
        (lambda p: optim.NAdam([p], momentum_decay=-1), ValueError, "Invalid momentum_decay value: -1"),
        (lambda p: optim.Adadelta([p], rho=2), ValueError, "Invalid rho value: 2"),
        (lambda p: optim.Adagrad([p], lr_decay=-1), ValueError, "Invalid lr_decay value: -1"),
        (lambda p: optim.RMSprop([p], alpha=-1), ValueError, "Invalid alpha value: -1"),
        (lambda p: optim.Rprop([p], etas=(1.1, 1.2)), ValueError, "Invalid eta values: 1.1, 1.2"),
    ],
)
def test_bad_arguments_are_refused_in_pytorchs_words(make, error, message):
    with pytest.raises(error, match=message):
        make(parameters()[0])


def test_hooks_run_around_a_step():
    p = parameters()[0]
    p.grad = ag.tensor(np.ones(3))
    optimizer = optim.SGD([p], lr=1.0)
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(("before", p.array[0])))
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(("after", p.array[0])))
    optimizer.step()
    before.remove()
    optimizer.step()
    assert seen == [("before", 0.0), ("after", -1.0), ("after", -2.0)]


def test_prints_as_pytorch():
    torch = pytest.importorskip("torch")
    ours = optim.AdamW([{"params": parameters()}, {"params": [nn.Parameter(ag.zeros(2))], "lr": 1.0}])
    theirs = torch.optim.AdamW([{"params": [torch.zeros(1)]}, {"params": [torch.zeros(1)], "lr": 1.0}])
    assert repr(ours) == repr(theirs)


def test_named_parameters_keep_their_names():
    p, q = parameters()
    optimizer = optim.SGD([("a", p), ("b", q)])
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["a", "b"]


def test_a_hook_before_a_step_may_add_to_its_arguments():
    p = parameters()[0]
    optimizer = optim.SGD([p], lr=0.1)
    optimizer.register_step_pre_hook(lambda o, args, kwargs: ((*args, lambda: 5), kwargs))
    assert optimizer.step() == 5
    optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
    with pytest.raises(RuntimeError, match=r"None or a tuple of \(new_args, new_kwargs\), but got 3"):
        optimizer.step()


def test_hooks_of_all_optimizers():
    seen = []
    handles = [
        optim.optimizer.register_optimizer_step_pre_hook(
            lambda o, args, kwargs: seen.append(("before", type(o).__name__))
        ),
        optim.optimizer.register_optimizer_step_post_hook(
            lambda o, args, kwargs: seen.append(("after", type(o).__name__))
        ),
    ]
    optim.Adam(parameters()).step()
    for handle in handles:
        handle.remove()
    optim.SGD(parameters()).step()
    assert seen == [("before", "Adam"), ("after", "Adam")]


def test_hooks_around_the_state():
    optimizer = optim.SGD(parameters(), lr=0.1)
    seen = []
    optimizer.register_state_dict_pre_hook(lambda o: seen.append("read"))
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "note": 1})
    optimizer.register_load_state_dict_pre_hook(
        lambda o, state: {**state, "param_groups": [{**state["param_groups"][0], "lr": 7.0}]}
    )
    optimizer.register_load_state_dict_post_hook(lambda o: seen.append("loaded"))
    state = optimizer.state_dict()
    assert state["note"] == 1
    optimizer.load_state_dict(state)
    assert optimizer.param_groups[0]["lr"] == 7.0
    assert state["param_groups"][0]["lr"] == 0.1
    assert seen == ["read", "loaded"]


def test_an_optimizer_of_ones_own_writes_through_data():
    class Signs(optim.Optimizer):
        def __init__(self, params, lr=0.1):
            super().__init__(params, {"lr": lr})

        @ag.no_grad()
        def step(self, closure=None):
            for group in self.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        self.state[p]["steps"] = self.state[p].get("steps", 0) + 1
                        p.data.add_(p.grad.data.sign(), alpha=-group["lr"])

    p, _ = parameters()
    optimizer, seen = Signs([p]), []
    optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(o))
    (p * p).sum().backward()
    optimizer.step()
    np.testing.assert_allclose(p.array, [0.0, 0.9, 1.9])
    assert seen == [optimizer]
    assert optimizer.state_dict()["state"] == {0: {"steps": 1}}


def test_states_of_pytorch_load_here():
    torch = pytest.importorskip("torch")
    for name in ("SGD", "Adam", "NAdam", "RMSprop", "Rprop", "ASGD", "Adagrad"):
        options = {"momentum": 0.9, "lr": 0.1} if name == "SGD" else {}
        theirs = [torch.ones(3, dtype=torch.float64, requires_grad=True)]
        other = getattr(torch.optim, name)(theirs, **options)
        ours = [ag.ones(3, dtype=ag.float64, requires_grad=True)]
        mine = getattr(optim, name)(ours, **options)
        (theirs[0] ** 2).sum().backward()
        other.step()
        state = other.state_dict()
        entries = {
            k: ag.tensor(v.numpy()) if isinstance(v, torch.Tensor) else v
            for k, v in state["state"][0].items()
        }
        mine.load_state_dict({"state": {0: entries}, "param_groups": state["param_groups"]})
        ours[0].data.copy_(ag.tensor(theirs[0].detach().numpy()))
        ours[0].grad = ag.tensor(theirs[0].grad.numpy())
        other.step()
        mine.step()
        np.testing.assert_allclose(
            ours[0].array, theirs[0].detach().numpy(), rtol=0, atol=1e-12, err_msg=name
        )


def told_to_hooks(t):
    optimizer = t.optim.SGD([t.nn.Parameter(t.ones(2))], lr=0.1)
    told = []
    optimizer.register_step_pre_hook(lambda o, args, kwargs: told.append((args[0] is o, len(args), kwargs)))
    optimizer.register_step_post_hook(lambda o, args, kwargs: told.append((args[0] is o, len(args), kwargs)))
    optimizer.step()
    optimizer.step(lambda: None)
    optimizer.step(closure=None)
    return told


def test_hooks_are_told_the_optimizer_among_the_arguments():
    pytorch.gives(told_to_hooks(ag), told_to_hooks)
