"""Muon, Adafactor and SparseAdam; the functions of lists that optimizers of other libraries call."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import optim

MATRIX = np.random.default_rng(0).normal(size=(6, 4))
VECTOR = np.random.default_rng(1).normal(size=5)


@pytest.mark.parametrize(
    ("name", "options", "values", "near"),
    [
        # PyTorch iterates in bfloat16
        ("Muon", {"lr": 0.1}, [MATRIX], 0.02),
        ("Muon", {"lr": 0.1, "nesterov": False, "adjust_lr_fn": "match_rms_adamw"}, [MATRIX.T], 0.02),
        ("Adafactor", {"lr": 0.1}, [MATRIX, VECTOR], 1e-9),
        (
            "Adafactor",
            {"lr": 0.1, "weight_decay": 0.1, "maximize": True, "d": 2.0, "eps": (1e-8, 1e-2)},
            [MATRIX.reshape(2, 3, 4), VECTOR],
            1e-9,
        ),
    ],
)
def test_steps_are_pytorchs(name, options, values, near):
    torch = pytest.importorskip("torch")
    found = []
    for lib in (ag, torch):
        parameters = [lib.from_numpy(v.copy()).requires_grad_() for v in values]
        optimizer = getattr(lib.optim, name)(parameters, **options)
        for step in range(6):
            optimizer.zero_grad()
            sum((p * p).tanh().sum() + p.sum().sin() for p in parameters).backward()
            optimizer.step()
            if step == 2:
                optimizer.load_state_dict(optimizer.state_dict())
        found.append([p.detach().numpy() for p in parameters])
    for mine, theirs in zip(*found, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=near)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda p: optim.Muon([p]), "Muon only supports 2D parameters"),
        (
            lambda p: optim.Muon([p], adjust_lr_fn="arbitrary"),
            "Adjust learning rate function arbitrary is not",
        ),
        (lambda p: optim.Adafactor([p], beta2_decay=1), "beta2_decay should be <= 0"),
        (lambda p: optim.Adafactor([p], d=0), "Clipping threshold d should be >= 1"),
        (lambda p: optim.Adafactor([p], eps=(-1.0, 1e-3)), "epsilon1 should be >= 0"),
        (lambda p: optim.SparseAdam([p], betas=(1.0, 0.9)), "Invalid beta parameter at index 0: 1.0"),
    ],
)
def test_bad_arguments_are_refused_in_pytorchs_words(make, message):
    with pytest.raises(ValueError, match=message):
        make(ag.ones(2, requires_grad=True))


def test_sparse_adam_refuses_dense_gradients():
    weight = ag.ones(2, requires_grad=True)
    weight.grad = ag.ones(2)
    with pytest.raises(RuntimeError, match="does not support dense gradients, please consider Adam"):
        optim.SparseAdam([weight]).step()


LISTS = {
    "add": lambda f, a, b: f(a, b, alpha=2),
    "sub": lambda f, a, b: f(a, 0.5),
    "mul": lambda f, a, b: f(a, [2.0, 3.0]),
    "div": lambda f, a, b: f(a, b),
    "addcmul": lambda f, a, b: f(a, b, b, 0.5),
    "addcdiv": lambda f, a, b: f(a, b, b, [0.5, 2.0]),
    "lerp": lambda f, a, b: f(a, b, 0.25),
    "maximum": lambda f, a, b: f(a, b),
    "clamp_min": lambda f, a, b: f(a, 1.5),
    "pow": lambda f, a, b: f(a, 2.0),
    "sqrt": lambda f, a, b: f(a),
    "neg": lambda f, a, b: f(a),
    "copy": lambda f, a, b: f(a, b),
    "zero": lambda f, a, b: f(a),
}


@pytest.mark.parametrize("name", LISTS)
def test_functions_of_lists_are_pytorchs(name):
    torch = pytest.importorskip("torch")
    found = []
    for lib in (ag, torch):
        a, b = ([lib.tensor([1.0, 2.0]) * k, lib.tensor([[3.0]]) / k] for k in (1, 2))
        if name not in ("copy", "zero"):
            found.append([x.tolist() for x in LISTS[name](getattr(lib, f"_foreach_{name}"), a, b)])
        LISTS[name](getattr(lib, f"_foreach_{name}_"), a, b)
        found.append([x.tolist() for x in a])
    half = len(found) // 2
    for mine, theirs in zip(found[:half], found[half:], strict=True):
        for x, y in zip(mine, theirs, strict=True):
            np.testing.assert_allclose(x, y, rtol=1e-6)


def test_norms_of_a_list_and_lists_of_two_lengths():
    assert [x.item() for x in ag._foreach_norm([ag.ones(4), ag.ones(9)])] == [2.0, 3.0]
    with pytest.raises(RuntimeError, match="must have the same number of tensors"):
        ag._foreach_add([ag.ones(1)], [ag.ones(1)] * 2)
    with pytest.raises(AttributeError):
        ag._foreach_matmul([], [])
