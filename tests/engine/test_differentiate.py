"""autograd.grad and autograd.backward: PyTorch's signatures, results and errors; gradients never share
memory."""

import inspect
import itertools
import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import backward, grad


def leaf(*values):
    return ag.tensor(list(values), dtype=ag.float64, requires_grad=True)


def test_the_signatures_are_pytorchs():
    torch = pytest.importorskip("torch")
    for ours, theirs in ((grad, torch.autograd.grad), (backward, torch.autograd.backward)):
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(theirs).parameters)
        for name, parameter in inspect.signature(theirs).parameters.items():
            assert inspect.signature(ours).parameters[name].default == parameter.default, name


def test_grad_returns_gradients_and_leaves_grad_alone():
    x, y = leaf(1.0, 2.0), leaf(3.0, 5.0)
    gx, gy = grad((x * x * y).sum(), [x, y])
    np.testing.assert_array_equal(gx.array, [6.0, 20.0])
    np.testing.assert_array_equal(gy.array, [1.0, 4.0])
    assert x.grad is None
    assert not gx.requires_grad


def test_grad_of_several_outputs_with_upstream_signals():
    x = leaf(1.0, 2.0)
    (g,) = grad([x * 2, (x * x).sum()], x, [ag.tensor([1.0, 10.0], dtype=ag.float64), None])
    np.testing.assert_array_equal(g.array, [4.0, 24.0])


def test_grad_with_respect_to_a_value_inside_the_graph():
    x = leaf(1.0, 2.0)
    inner = x * 3
    (g,) = grad((inner * inner).sum(), inner)
    np.testing.assert_array_equal(g.array, [6.0, 12.0])


def test_derivatives_of_higher_order():
    x = leaf(2.0)
    value = (x * x * x * x).sum()
    expected = [32.0, 48.0, 48.0, 24.0]
    for wanted in expected:
        (value,) = grad(value, x, create_graph=True)
        assert value.item() == wanted
        value = value.sum()


def test_unused_inputs():
    x, other = leaf(1.0), leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="appears to not have been used in the graph"):
        grad((x * x).sum(), [x, other])
    assert grad((x * x).sum(), [x, other], allow_unused=True)[1] is None
    np.testing.assert_array_equal(
        grad((x * x).sum(), [x, other], materialize_grads=True)[1].array, [0.0, 0.0]
    )
    with pytest.raises(ValueError, match="materialize_grads"):
        grad((x * x).sum(), x, allow_unused=False, materialize_grads=True)


def test_the_graph_is_freed_unless_retained():
    x = leaf(1.0)
    y = (x * x).sum()
    grad(y, x, retain_graph=True)
    grad(y, x)
    with pytest.raises(RuntimeError, match="a second time"):
        grad(y, x)


@pytest.mark.parametrize("create_graph", [False, True])
def test_gradients_share_memory_with_nothing(create_graph):
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    upstream = ag.tensor([1.0, 1.0], dtype=ag.float64)
    total = x + y
    found = [*grad(total, [x, y, x, total], upstream, create_graph=create_graph), upstream, x, y, total]
    for a, b in itertools.combinations(found, 2):
        assert not np.shares_memory(a.array, b.array)
    for g in found[:4]:
        np.testing.assert_array_equal(g.array, [1.0, 1.0])


@pytest.mark.parametrize("create_graph", [False, True])
def test_accumulated_gradients_share_memory_with_nothing(create_graph):
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    upstream = ag.tensor([1.0, 1.0], dtype=ag.float64)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        backward(x + y, upstream, create_graph=create_graph)
    for a, b in itertools.combinations([x.grad, y.grad, upstream], 2):
        assert not np.shares_memory(a.array, b.array)


def test_backward_adds_up_from_several_tensors_and_into_the_inputs_named():
    x, y = leaf(1.0), leaf(2.0)
    a, b = x * y, x * x
    backward([a, b], retain_graph=True)
    assert (x.grad.item(), y.grad.item()) == (4.0, 1.0)
    backward([a], inputs=[y])
    assert (x.grad.item(), y.grad.item()) == (4.0, 2.0)


def test_gradients_of_a_batch_of_upstream_signals():
    x, w, unused = leaf(1.0, 2.0), leaf(3.0), leaf(5.0)
    out, total = x * x * w, (x * w).sum()
    batch, numbers = ag.tensor(np.eye(2)), ag.tensor([1.0, 2.0], dtype=ag.float64)
    options = {"is_grads_batched": True, "retain_graph": True}
    dx, dw = grad(out, [x, w], batch, **options)
    assert (dx.tolist(), dw.tolist()) == ([[6.0, 0.0], [0.0, 12.0]], [[1.0], [4.0]])
    dx, nothing = grad([out, total], [x, unused], [batch, numbers], allow_unused=True, **options)
    assert (dx.tolist(), nothing) == ([[9.0, 3.0], [6.0, 18.0]], None)
    (dx,) = grad(out, x, batch, is_grads_batched=True, create_graph=True)
    (second,) = grad(dx.sum(), x, retain_graph=True)
    assert second.tolist() == [6.0, 6.0]
    (none,) = grad(out, x, batch[:0], **options)
    assert none.shape == (0, 2)
    (dx,) = grad(out, x, batch, is_grads_batched=True)
    with pytest.raises(RuntimeError, match="a second time"):
        out.sum().backward()


def test_zeros_for_what_was_not_used_want_a_gradient_in_a_recorded_pass():
    x, unused = leaf(1.0), leaf(2.0)
    for recorded in (True, False):
        _, zeros = grad(x * x, [x, unused], materialize_grads=True, create_graph=recorded)
        assert (zeros.tolist(), zeros.requires_grad, zeros.is_leaf) == ([0.0], recorded, True)


@pytest.mark.parametrize("several", [False, True])
def test_a_pass_to_a_computed_tensor_leaves_what_that_one_was_made_from(several):
    x = leaf(1.0, 2.0)
    y = (x * 1).max(0).values * x if several else x * x
    z = (y * y).sum()
    grad(z, y)
    y.sum().backward()  # through what made y
    np.testing.assert_allclose(x.grad.array, [2.0, 5.0] if several else [2.0, 4.0])
    top = (x * x).topk(1)
    grad(top.values * 3, top.values)
    top.values.backward()


def test_a_gradient_grows_in_the_memory_it_has():
    x = leaf(1.0, 2.0)
    (x * 3).sum().backward()
    held = x.grad
    (x * 4).sum().backward()
    assert x.grad is held
    assert held.tolist() == [7.0, 7.0]


def test_the_older_name_of_grad_tensors():
    x = leaf(1.0, 2.0)
    one = ag.tensor([1.0, 3.0], dtype=ag.float64)
    with pytest.warns(FutureWarning, match="grad_variables"):
        backward(x * 2, grad_variables=one)
    np.testing.assert_array_equal(x.grad.array, [2.0, 6.0])
    with pytest.raises(RuntimeError, match="both passed"):
        backward(x * 2, one, grad_variables=one)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: grad(x * 2, x), RuntimeError, "grad can be implicitly created only for scalar outputs"),
        (lambda x: grad(x * 2, x, ag.ones(3)), RuntimeError, r"Mismatch in shape: grad_output\[0\]"),
        (lambda x: grad(x * 2, x, [1.0]), TypeError, "gradients can be either Tensors or None"),
        (lambda x: grad((x * 2).sum(), []), RuntimeError, r"`inputs` argument to `grad\(\)` cannot be empty"),
        (lambda x: grad((x * 2).sum(), ag.ones(2)), RuntimeError, "does not require grad"),
        (lambda x: grad(ag.ones(()), x), RuntimeError, "does not require grad"),
        (
            lambda x: grad(x * 2, x, ag.ones(3), is_grads_batched=True),
            RuntimeError,
            r"we interpret the first dimension of each grad_output as the batch dimension",
        ),
        (
            lambda x: grad((x * 2).sum(), x, only_inputs=False),
            RuntimeError,
            "only_inputs=False is not supported",
        ),
        (lambda x: backward([x * 2, x * 3], [ag.ones(2)]), RuntimeError, "got 2 tensors and 1 gradients"),
        (
            lambda x: grad((x * 2).sum(), [x, leaf(1.0, 2.0, 3.0)]),
            RuntimeError,
            r"not have been used in the graph \(input 1, of shape \[3\]\)",
        ),
    ],
)
def test_errors_say_what_to_do(call, error, message):
    with pytest.raises(error, match=message):
        call(leaf(1.0, 2.0))


def test_inputs_are_named_and_a_retained_one_gets_its_gradient_once():
    torch = pytest.importorskip("torch")
    for lib in (ag, torch):
        x = lib.ones(3, requires_grad=True)
        y = x * 2.0
        y.retain_grad()
        (y * y).sum().backward(inputs=[y], retain_graph=True)
        assert y.grad.tolist() == [4.0] * 3
        with pytest.raises(RuntimeError, match="`inputs` argument to `backward\\(\\)` cannot be empty"):
            y.sum().backward(inputs=[])


@pytest.mark.parametrize(
    ("hook", "error", "message"),
    [
        (lambda g: 5, TypeError, "return a Tensor or None, but it returned int"),
        (lambda g: g.double(), RuntimeError, "dtype float64 for one of dtype float32"),
        (lambda g: g.sum(), RuntimeError, r"shape \[\] for one of shape \[3\]"),
    ],
)
def test_a_hook_returns_a_gradient_of_the_same_kind(hook, error, message):
    x = ag.ones(3, requires_grad=True)
    x.register_hook(hook)
    with pytest.raises(error, match=message):
        (x * 2.0).sum().backward()
    assert x.grad is None


def test_a_leaf_converted_after_its_use_gets_the_gradient_in_its_new_dtype():
    model = ag.nn.Linear(3, 1, bias=False)
    seen, loss = [], model(ag.ones(2, 3)).sum()
    handle = model.weight.register_hook(lambda g: seen.append(g.dtype))
    model.double()
    loss.backward()
    assert model.weight.grad.tolist() == [[2.0] * 3]
    assert model.weight.grad.dtype == ag.float64
    model(ag.ones(2, 3, dtype=ag.float64)).sum().backward()
    assert model.weight.grad.tolist() == [[4.0] * 3]
    assert seen == [ag.float32, ag.float64]
    handle.remove()
    model(ag.ones(2, 3, dtype=ag.float64)).sum().backward()
    assert len(seen) == 2
    x, w = ag.ones(3, requires_grad=True), ag.ones(3, requires_grad=True)
    loss = (x * w).sum()
    x.data = ag.ones(2, 2)
    with pytest.raises(
        RuntimeError,
        match=r"shape \[3\] was given the shape \[2, 2\] after it was used.*run the forward pass again",
    ):
        loss.backward()
    assert w.grad is None
