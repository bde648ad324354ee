"""With the collector off, tensors go with their last name: leaves, results, views, hooks, gradients of
gradients, modules."""

import gc
import weakref

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import func, nn, optim


def plain_leaf(keep):
    keep(ag.ones(3, requires_grad=True))


def leaf_with_a_gradient(keep):
    x = ag.ones(3, requires_grad=True)
    (x * x).sum().backward()
    keep(x, x.grad)


def result_never_run_backwards(keep):
    x = ag.ones(3, requires_grad=True)
    keep(x, x.exp() * x)


def view_and_what_was_written_into_it(keep):
    x = ag.ones(3, requires_grad=True)
    y = x * 2.0
    view = y[1:]
    view *= 3.0
    y.sum().backward()
    keep(x, y, view)


def retained_gradient_and_hook(keep):
    x = ag.ones(3, requires_grad=True)
    y = x * 2.0
    y.retain_grad()
    y.register_hook(lambda g: g * 1.0)
    y.sum().backward()
    keep(x, y, y.grad)


def gradient_of_a_gradient(keep):
    x = ag.ones(3, requires_grad=True)
    with pytest.warns(UserWarning, match="create_graph=True"):
        (x**3).sum().backward(create_graph=True)
    second = ag.autograd.grad(x.grad.sum(), x, create_graph=True)[0]
    x.grad = None  # as in PyTorch: a leaf and the graph in its own .grad hold each other
    keep(x, second)


def failed_backward_pass(keep):
    x = ag.ones(3, requires_grad=True)
    y = x.exp()
    loss = y.sum()
    with ag.no_grad():
        y += 1.0
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()
    keep(x, y, loss)


def module_and_optimizer(keep):
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(), nn.Linear(18, 2))
    optimizer = optim.Adam(model.parameters())
    for _ in range(3):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(ag.rand(2, 1, 5, 5)), ag.tensor([0, 1])).backward()
        optimizer.step()
    keep(*model.parameters(), model, optimizer)


def caught_exceptions(keep):
    x = ag.ones(3, requires_grad=True)
    y = x.exp()
    for other in (ag.ones(4), ag.ones(2, 2, 4)):  # of NumPy's, and one of the primitive's own
        with pytest.raises(RuntimeError):
            y + other
        with pytest.raises(RuntimeError):
            y @ other
    keep(x, y)


def function_that_writes_its_operand(keep):
    class Doubled(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2.0)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * 2.0

    x = ag.ones(3, requires_grad=True)
    y = x * 1.0
    Doubled.apply(y).sum().backward()
    keep(x, y)


def functional_transforms(keep):
    x = ag.ones(3)

    def cube(x):
        return (x**3).sum()

    results = [
        func.grad(cube)(x),
        func.hessian(cube)(x),
        func.jvp(cube, (x,), (x,))[1],
        func.vmap(ag.sin)(x),
        func.vjp(cube, x)[0],
    ]
    keep(x, *results)


@pytest.mark.quick_share(3)
@pytest.mark.parametrize(
    "make",
    [
        plain_leaf,
        leaf_with_a_gradient,
        result_never_run_backwards,
        view_and_what_was_written_into_it,
        retained_gradient_and_hook,
        gradient_of_a_gradient,
        failed_backward_pass,
        module_and_optimizer,
        caught_exceptions,
        function_that_writes_its_operand,
        functional_transforms,
    ],
    ids=lambda make: make.__name__,
)
def test_goes_with_the_last_name(make):
    held = []
    gc.collect()
    gc.disable()
    try:
        make(lambda *things: held.extend(map(weakref.ref, things)))
        left = [type(thing).__name__ for thing in (reference() for reference in held) if thing is not None]
    finally:
        gc.enable()
    assert held
    assert left == []


def test_backward_frees_what_was_saved_while_the_loss_lives_and_no_grad_keeps_nothing():
    x = ag.tensor(np.ones(1000), requires_grad=True)
    y = x.exp()
    saved = weakref.ref(y.array)
    loss = (y * 2.0).sum()
    del y
    assert saved() is not None
    loss.backward()
    assert saved() is None
    with ag.no_grad():
        z = x.exp()
        array = weakref.ref(z.array)
        total = z.sum()
        del z
    assert array() is None
    assert total.grad_fn is None
