"""Optimizers: their trajectories are PyTorch's; their options, groups and state behave as PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn, optim

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
]


def bumpy(x, y):
    """A loss of the parameters x (3, 4) and y (5,) with bounded gradients, so that no optimizer runs away."""
    return (x.tanh() * (x.sum() - 1).tanh()).sum() + ((y - 2) * (y - 2)).tanh().sum() + (x.sum() * y.sum() * 0.1).tanh()


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


@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW"])
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
    with pytest.raises(ValueError, match=r"'exp_avg' of shape \[7\]"):
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
        (lambda p: optim.SGD([{"params": [p]}, {"params": [p]}]), ValueError, "more than one parameter group"),
        (lambda p: optim.SGD([p], lr=-0.1), ValueError, "Invalid learning rate: -0.1"),
        (lambda p: optim.SGD([p], momentum=-1), ValueError, "Invalid momentum value: -1"),
        (lambda p: optim.SGD([p], weight_decay=-1), ValueError, "Invalid weight_decay value: -1"),
        (lambda p: optim.SGD([p], nesterov=True), ValueError, "Nesterov momentum requires a momentum and zero dampening"),
        (lambda p: optim.SGD([p], differentiable=True), NotImplementedError, "differentiable=True"),
        (lambda p: optim.Adam([p], eps=-1), ValueError, "Invalid epsilon value: -1"),
        (lambda p: optim.Adam([p], betas=(1.0, 0.9)), ValueError, "Invalid beta parameter at index 0: 1.0"),
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
