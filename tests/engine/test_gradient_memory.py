"""``.grad`` has memory of its own, though a gradient that nobody else knows is not copied into it."""

import tracemalloc

import numpy as np

import autograd_cnn as ac


def shares(a: ac.Tensor, b: ac.Tensor) -> bool:
    return bool(np.shares_memory(a.array, b.array))


def test_the_upstream_signal_given_by_the_user_is_copied() -> None:
    x = ac.ones(3, requires_grad=True)
    upstream = ac.ones(3)
    (x + 0).backward(upstream)
    assert x.grad is not None
    assert not shares(x.grad, upstream)
    upstream[:] = 5
    assert x.grad.tolist() == [1, 1, 1]


def test_two_leaves_that_receive_one_array() -> None:
    a, b = ac.ones(2, 2, requires_grad=True), ac.ones(2, 2, requires_grad=True)
    ((a + b) * 3).sum().backward()
    assert a.grad is not None
    assert b.grad is not None
    assert not shares(a.grad, b.grad)
    a.grad.zero_()
    assert b.grad.tolist() == [[3, 3], [3, 3]]


def test_a_gradient_that_a_hook_kept() -> None:
    kept = []
    x = ac.ones(4, requires_grad=True)
    x.register_hook(kept.append)
    (x * 2).sum().backward()
    assert x.grad is not None
    assert not shares(x.grad, kept[0])


def test_views_of_one_gradient() -> None:
    """A reshape and a transposition hand on views of the array they receive."""
    a, b = ac.ones(4, requires_grad=True), ac.ones(2, 2, requires_grad=True)
    (a.reshape(2, 2) + b.t()).backward(ac.ones(2, 2))
    assert a.grad is not None
    assert b.grad is not None
    assert not shares(a.grad, b.grad)


def test_a_gradient_spread_over_one_number() -> None:
    x = ac.ones(2, 3, requires_grad=True)
    x.sum().backward()
    assert x.grad is not None
    assert 0 not in x.grad.array.strides
    x.grad[0, 0] = 7
    assert x.grad.tolist() == [[7, 1, 1], [1, 1, 1]]


def test_an_operand_that_is_its_own_gradient() -> None:
    """The rule of a product hands on the other factor times the signal, which may be that factor's memory
    where the signal is 1."""
    x = ac.ones(3, requires_grad=True)
    factor = ac.tensor([2.0, 3.0, 4.0])
    (x * factor).sum().backward()
    assert x.grad is not None
    assert not shares(x.grad, factor)


def test_the_memory_of_a_fresh_gradient_is_kept() -> None:
    """Of what a rule made for this leaf alone nothing is copied, also where it was reshaped."""
    from autograd_cnn._engine.gradients import _nobody_else_holds

    fresh, reshaped = np.zeros(6), np.zeros((2, 3)).reshape(6)
    part, known = np.zeros(6)[:3], np.zeros((2, 3))
    view = known.reshape(6)
    other = fresh_too = np.zeros(6)
    found = [
        _nobody_else_holds(fresh),
        _nobody_else_holds(reshaped),
        _nobody_else_holds(part),
        _nobody_else_holds(view),
        _nobody_else_holds(known),
        _nobody_else_holds(fresh_too),
        _nobody_else_holds(np.broadcast_to(np.zeros(1), (4,))),
    ]
    assert found == [True, True, False, False, False, False, False]
    assert other is fresh_too


def test_a_gradient_that_nobody_else_holds_is_not_copied() -> None:
    """The memory that a pass takes at its peak is that of the gradient alone."""
    x, c = ac.ones(2**18, requires_grad=True), ac.ones(2**18) * 2.0
    y, seed = x * c, ac.ones(2**18)
    tracemalloc.start()
    try:
        y.backward(seed)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert x.grad is not None
    assert x.grad.sum().item() == 2.0**19
    assert peak < 1.5 * x.array.nbytes
