"""Activation checkpointing changes memory, not gradients."""

import functools

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine import modes
from autograd_cnn._engine.sort import toposort
from autograd_cnn.utils import checkpoint as module
from autograd_cnn.utils.checkpoint import CheckpointError

checkpoint = functools.partial(module.checkpoint, use_reentrant=False)
checkpoint_sequential = functools.partial(module.checkpoint_sequential, use_reentrant=False)


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


# what is written


WRITING = {
    "mul_": lambda a: a.mul_(2).sin(),
    "add_": lambda a: a.add_(1).pow(2),
    "by index": lambda a: _indexed(a),
    "through a view": lambda a: _viewed(a),
    "zero_ at the end": lambda a: _zeroed(a),
}


def _indexed(a):
    a[0] = a[1] * 2
    return a * a


def _viewed(a):
    a[1:].mul_(3)
    return a.exp()


def _zeroed(a):
    out = (a * 1).exp()
    with ag.no_grad():
        a.zero_()
    return out


def slopes(call, x):
    (g,) = ag.autograd.grad(call(x * 1), x, ag.tensor([1.0, 2.0, 3.0], dtype=ag.float64))
    return g.tolist()


def variable():
    return ag.tensor([-0.7, 0.4, -0.2], dtype=ag.float64, requires_grad=True)


@pytest.mark.parametrize("name", WRITING)
@pytest.mark.parametrize("reentrant", [True, False])
def test_a_function_that_writes_its_input_is_refused(name, reentrant):
    x = variable()
    y = checkpoint(WRITING[name], x * 1, use_reentrant=reentrant).sum()
    with pytest.raises(RuntimeError, match="modified by an inplace operation: an input of the checkpointed"):
        y.backward()


def test_a_function_that_writes_a_copy_of_its_input_is_fine():
    for name, write in WRITING.items():
        x = variable()
        given = slopes(lambda a, write=write: checkpoint(lambda b: write(b.clone()), a), x)
        plain = slopes(lambda a, write=write: write(a.clone()), x) if name != "zero_ at the end" else given
        assert given == plain, name


@pytest.mark.parametrize("where", ["positional", "keyword", "in a list", "numpy", "nested", "sequential"])
def test_an_input_written_after_the_call_is_refused(where):
    x, buffer = variable(), np.ones(3)
    other = ag.from_numpy(buffer)

    def f(a, others=(), named=None):
        return (a * (named if named is not None else others[0])).exp()

    if where == "positional":
        y = checkpoint(lambda a, b: (a * b).exp(), x, other)
    elif where == "keyword":
        y = checkpoint(f, x, named=other)
    elif where == "nested":
        y = checkpoint(lambda a, b: checkpoint(lambda c: (c * b).exp(), a), x, other)
    elif where == "sequential":
        other = x * 1
        y = checkpoint_sequential([lambda a: (a * a).exp(), lambda a: a * 1], 2, other)
    else:
        y = checkpoint(f, x, [other])
    if where == "numpy":
        buffer[0] = 5.0
    else:
        other.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_what_was_saved_inside_and_written_there_is_refused_as_in_a_plain_call():
    def f(a):
        h = a.exp()
        squared = h * h
        h.mul_(2)
        return squared

    for call in (f, lambda a: checkpoint(f, a)):
        with (
            module.set_checkpoint_early_stop(False),
            pytest.raises(RuntimeError, match="modified by an inplace operation"),
        ):
            slopes(call, variable())


@pytest.mark.parametrize("early", [True, False])
def test_a_second_run_stops_where_nothing_more_is_needed(early):
    """As in PyTorch, also before a write that would come after that."""
    ran = []

    def f(a):
        ran.append("begun")
        out = a.exp()
        ran.append("ended")
        return out

    with module.set_checkpoint_early_stop(early):
        checkpoint(f, variable()).sum().backward()
    assert ran == ["begun", "ended", "begun", *([] if early else ["ended"])]


def test_a_reentrant_checkpoint_of_constants_is_not_recorded_and_warns():
    weight = variable()
    with pytest.warns(UserWarning, match="None of the inputs have requires_grad=True"):
        y = checkpoint(lambda a: a * weight, ag.ones(3), use_reentrant=True)
    assert not y.requires_grad


@pytest.mark.parametrize(
    "call",
    [lambda x: module.checkpoint(ag.exp, x), lambda x: module.checkpoint_sequential([ag.exp], 1, x)],
)
def test_not_to_say_whether_it_is_reentrant_warns(call):
    with pytest.warns(UserWarning, match="use_reentrant parameter should be passed explicitly"):
        call(variable())


def test_names_of_selective_checkpoints():
    contexts = functools.partial(
        module.create_selective_checkpoint_contexts,
        lambda context, op, *args: module.CheckpointPolicy.PREFER_RECOMPUTE,
    )
    x = variable()
    assert slopes(lambda a: checkpoint(ag.exp, a, context_fn=contexts), x) == slopes(ag.exp, x)
    with pytest.raises(TypeError, match="either a function or a list"):
        module.create_selective_checkpoint_contexts(3)


def test_operators_that_write_inside_have_their_old_values():
    def f(a):
        h = a * 1
        return h.mul_(a).div_(a * a + 1).exp_()

    x = variable()
    assert slopes(lambda a: checkpoint(f, a), x) == slopes(f, x)
    assert slopes(lambda a: checkpoint(lambda b: checkpoint(f, b), a), x) == slopes(f, x)


# how it is run again


def test_it_is_run_again_under_the_modes_of_the_first_run():
    seen = []

    def f(a):
        now = modes.state.get()
        seen.append((now.fusion, now.ahead is not None))
        return ag.nn.functional.linear(a, a).tanh()

    x = ag.rand(3, 3, requires_grad=True)
    with modes.fusion(False), ag.autocast("cpu"):
        y = checkpoint(f, x).sum()
    y.backward()
    assert seen == [(False, True)] * 2


def test_gradients_under_autocast_are_those_of_the_plain_call():
    def loss(call):
        ag.manual_seed(0)
        x = ag.rand(4, 4, requires_grad=True)
        with ag.autocast("cpu", dtype=ag.float16):
            y = call(lambda a: (a @ a).exp() @ a, x).sum()
        y.backward()
        return x.grad.tolist()

    assert loss(checkpoint) == loss(lambda f, x: f(x))


def test_another_shape_or_dtype_the_second_time_is_an_error():
    for second in (lambda t: t[:1].exp(), lambda t: t.double().exp()):
        calls = []

        def changing(t, second=second, calls=calls):
            calls.append(1)
            return t.exp() if len(calls) == 1 else second(t)

        x = ag.ones(3, requires_grad=True)
        y = checkpoint(changing, x)
        with pytest.raises(CheckpointError, match="have different metadata than during the forward pass"):
            y.sum().backward()
    with pytest.raises(ValueError, match="determinism_check should be one of default, none"):
        checkpoint(ag.exp, x, determinism_check="some")


def test_a_reentrant_call_is_refused_where_pytorch_refuses_it():
    x = ag.ones(1, requires_grad=True)
    for backward in (
        lambda y: ag.autograd.grad(y, x),
        lambda y: y.backward(inputs=[x]),
    ):
        with pytest.raises(
            RuntimeError, match=r"incompatible with .grad\(\) or passing an `inputs` parameter"
        ):
            backward(checkpoint(ag.exp, x, use_reentrant=True))
        backward(checkpoint(ag.exp, x, use_reentrant=False))
    checkpoint(ag.exp, x, use_reentrant=True).backward()
