"""Activation checkpointing changes memory, not gradients."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.sort import toposort
from autograd_cnn.utils.checkpoint import checkpoint, checkpoint_sequential


def block(x, w):
    return ((x @ w).tanh() * x).exp()


def inputs():
    rng = np.random.default_rng(0)
    return [ag.tensor(rng.normal(size=(3, 3)), requires_grad=True) for _ in range(2)]


def gradients(call, order):
    x, w = inputs()
    (g,) = ag.autograd.grad(call(x, w).sum(), [w], create_graph=order == 2)
    if order == 2:
        (g,) = ag.autograd.grad((g * g).sum(), [x])
    return g.numpy()


@pytest.mark.parametrize("order", [1, 2])
def test_gradients_are_those_of_the_plain_call(order):
    np.testing.assert_array_equal(
        gradients(lambda x, w: checkpoint(block, x, w), order), gradients(block, order)
    )


def test_nothing_is_kept_until_backward():
    x, w = inputs()
    y = checkpoint(block, x, w, use_reentrant=False)
    arrays = [
        v
        for node in toposort([y._node])
        for v in getattr(getattr(node, "saved", ()), "values", ())
        if hasattr(v, "dtype")
    ]
    assert not arrays


def test_random_numbers_are_drawn_again_the_same():
    def noisy(x):
        return (x * ag.rand(3, 3, dtype=ag.float64)).exp()

    x, _ = inputs()
    ag.manual_seed(0)
    (plain,) = ag.autograd.grad(noisy(x).sum(), [x])
    ag.manual_seed(0)
    y = checkpoint(noisy, x).sum()
    ag.rand(5)
    (again,) = ag.autograd.grad(y, [x])
    np.testing.assert_array_equal(plain.numpy(), again.numpy())


def test_parameters_inside_get_their_gradients():
    x, w = inputs()
    checkpoint(lambda t: block(t, w), x).sum().backward()
    plain_x, plain_w = inputs()
    block(plain_x, plain_w).sum().backward()
    np.testing.assert_array_equal(w.grad.numpy(), plain_w.grad.numpy())


def test_sequential_runs_in_segments():
    x, w = inputs()
    steps = [lambda t: (t @ w).tanh()] * 5
    y = checkpoint_sequential(steps, 2, x)
    (found,) = ag.autograd.grad(y.sum(), [w])
    z = x
    for step in steps:
        z = step(z)
    (plain,) = ag.autograd.grad(z.sum(), [w])
    np.testing.assert_allclose(found.numpy(), plain.numpy(), rtol=1e-12)


def test_a_function_that_does_something_else_the_second_time_is_an_error():
    x, _ = inputs()
    calls = []

    def changing(t):
        calls.append(1)
        return t.exp() if len(calls) == 1 else t * 1

    with pytest.raises(RuntimeError, match="it must do the same each time"):
        checkpoint(changing, x).sum().backward()
