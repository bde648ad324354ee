"""The backward pass: large graphs, what is an error, and what arrives in ``.grad``."""

import threading
import weakref

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.sort import toposort
from autograd_cnn.autograd import grad


def leaf(*values, dtype=np.float64):
    return ag.tensor(np.array(values if len(values) != 1 else values[0], dtype), requires_grad=True)


def close(tensor, expected) -> None:
    np.testing.assert_allclose(tensor.array, np.asarray(expected, np.float64), rtol=1e-12, atol=1e-12)


# large graphs


@pytest.mark.parametrize("length", [100_000, pytest.param(1_000_000, marks=pytest.mark.slow)])
def test_a_long_chain_runs_backwards_and_is_freed_without_recursion(length: int) -> None:
    x = leaf([1.0])

    def chain(step):
        y = x
        for _ in range(length):
            y = step(y)
        return y

    y = chain(lambda y: y + 1.0)
    y.backward()
    close(x.grad, [1.0])
    node = weakref.ref(chain(lambda y: y * 1.0).array)  # made and dropped without a backward pass
    assert node() is None
    del y

    def in_a_small_stack() -> None:
        chain(lambda y: y * 1.0).backward()

    before = threading.stack_size(64 * 1024)
    try:
        thread = threading.Thread(target=in_a_small_stack)
        thread.start()
        thread.join()
    finally:
        threading.stack_size(before)
    close(x.grad, [2.0])


def test_a_diamond_with_2_to_the_60_paths_visits_each_node_once() -> None:
    x = leaf([1.0])
    y = x
    for _ in range(60):
        y = y + y
    assert len(toposort([y._node])) == 61
    y.backward()
    close(x.grad, [2.0**60])


def test_a_leaf_used_many_times_adds_all_uses() -> None:
    x = leaf([1.0, 2.0])
    y = sum((x * float(i) for i in range(1000)), 0.0)
    y.sum().backward()
    close(x.grad, [499_500.0, 499_500.0])


def test_the_same_tensor_in_both_places() -> None:
    x = leaf([2.0, 3.0])
    (x * x - x / x + x**x).sum().backward()
    close(x.grad, [4.0 + 4.0 * (np.log(2.0) + 1), 6.0 + 27.0 * (np.log(3.0) + 1)])


def test_an_operand_of_two_outputs_of_one_backward_pass() -> None:
    x = leaf([1.0, 2.0])
    y = x * 3.0
    z = y * y
    assert [
        t.array.tolist()
        for t in grad([y, z], [x], [ag.ones(2, dtype="float64"), ag.ones(2, dtype="float64")])
    ] == [[21.0, 39.0]]


# errors


def test_a_second_backward_pass_says_retain_graph() -> None:
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    y.backward()
    with pytest.raises(
        RuntimeError,
        match=r"backward through the graph a second time.*multiply had saved is gone.*retain_graph=True",
    ):
        y.backward()


def test_retain_graph_keeps_what_was_saved_and_gradients_add_up() -> None:
    x = leaf([1.0, 2.0])
    y = (x * x).sum()
    y.backward(retain_graph=True)
    y.backward()
    close(x.grad, [4.0, 8.0])
    with pytest.raises(RuntimeError, match="a second time"):
        y.backward()


def test_an_operator_that_saves_nothing_can_run_twice_as_in_pytorch() -> None:
    x = leaf([1.0])
    y = x + 1.0
    y.backward()
    y.backward()
    close(x.grad, [2.0])


def test_backward_of_more_than_one_element_asks_for_a_gradient() -> None:
    y = leaf([1.0, 2.0]) * 2.0
    with pytest.raises(
        RuntimeError,
        match=r"grad can be implicitly created only for scalar outputs, not for shape "
        r"\[2\].*\.sum\(\).*gradient=",
    ):
        y.backward()


def test_a_gradient_of_another_shape_or_type_is_refused() -> None:
    y = leaf([1.0, 2.0]) * 2.0
    with pytest.raises(
        RuntimeError,
        match=r"grad_output\[0\] has a shape of torch.Size\(\[3\]\) and output\[0\] has a shape of "
        r"torch.Size\(\[2\]\)",
    ):
        y.backward(ag.ones(3))
    with pytest.raises(TypeError, match="gradients can be either Tensors or None, but got list"):
        y.backward([1.0, 1.0])


def test_a_gradient_of_another_dtype_becomes_that_of_the_tensor() -> None:
    x = leaf([1.0, 2.0])
    x.backward(ag.ones(2, dtype=ag.float32))
    assert x.grad.dtype == ag.float64


def test_backward_of_what_needs_no_gradient_says_why() -> None:
    x = leaf([1.0])
    with ag.no_grad():
        y = x * 2.0
    for t in (ag.tensor([1.0]), y, x.detach()):
        with pytest.raises(
            RuntimeError,
            match=r"does not require grad and does not have a grad_fn.*requires_grad=True.*no_grad",
        ):
            t.backward()


def test_a_failing_backward_changes_no_gradient() -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])

    @ag.primitive
    def failing(x, /):
        return x * 2.0

    failing.vjp("x")(lambda g: g.reshape(2, 1))
    y = failing(x) * w
    with pytest.raises(
        RuntimeError,
        match=r"the local gradient of failing for its operand 'x' returned a gradient of shape \(2, 1\)",
    ):
        y.sum().backward()
    assert x.grad is None
    assert w.grad is None


def test_only_floating_point_tensors_take_gradients() -> None:
    with pytest.raises(
        RuntimeError,
        match=r"Only Tensors of floating point and complex dtype can require .* not torch.int64.*\.float\(\)",
    ):
        ag.tensor([1, 2], requires_grad=True)


def test_requires_grad_of_a_computed_tensor_stays() -> None:
    y = leaf([1.0]) * 2.0
    with pytest.raises(
        RuntimeError, match=r"you can only change requires_grad flags of leaf variables.*detach"
    ):
        y.requires_grad = False


# what arrives in .grad


def test_gradients_of_two_leaves_never_share_memory() -> None:
    a, b, upstream = leaf([1.0, 2.0]), leaf([3.0, 4.0]), ag.ones(2, dtype="float64")
    (a + b).backward(upstream)
    arrays = [a.grad.array, b.grad.array, upstream.array]
    assert not any(np.shares_memory(p, q) for i, p in enumerate(arrays) for q in arrays[:i])
    a.grad.array[...] = 7.0
    close(b.grad, [1.0, 1.0])


def test_a_broadcast_gradient_becomes_memory_of_its_own() -> None:
    x = leaf([1.0, 2.0, 3.0])
    x.sum().backward()
    assert x.grad.array.strides == (8,)
    x.grad.array[0] = 5.0
    close(x.grad, [5.0, 1.0, 1.0])


def test_a_leaf_itself_runs_backward() -> None:
    x = leaf([1.0, 2.0])
    upstream = ag.tensor([3.0, 4.0], dtype="float64")
    x.backward(upstream)
    close(x.grad, [3.0, 4.0])
    assert not np.shares_memory(x.grad.array, upstream.array)


def test_gradients_have_the_dtype_of_their_leaf() -> None:
    single, double = leaf([1.0, 2.0], dtype=np.float32), leaf([3.0, 4.0])
    (single * double).sum().backward()
    assert (single.grad.dtype, double.grad.dtype) == (ag.float32, ag.float64)


def test_backward_of_chosen_inputs_leaves_the_others() -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    h = x * w
    (h * h).sum().backward(inputs=[w, h])
    assert x.grad is None
    close(w.grad, [6.0, 32.0])
    close(h.grad, [6.0, 16.0])


def test_create_graph_gives_gradients_that_have_gradients() -> None:
    x = leaf([2.0, 3.0])
    (first,) = grad((x**4).sum(), [x], create_graph=True)
    (second,) = grad(first.sum(), [x], create_graph=True)
    (third,) = grad(second.sum(), [x])
    close(first, [32.0, 108.0])
    close(second, [48.0, 108.0])
    close(third, [48.0, 72.0])
    assert not third.requires_grad


def test_backward_with_create_graph_fills_grad_with_a_tensor_of_the_graph() -> None:
    x = leaf([2.0])
    with pytest.warns(UserWarning, match="create_graph=True"):
        (x * x * x).backward(create_graph=True)
    assert x.grad.requires_grad
    first, x.grad = x.grad, None
    first.backward()
    close(x.grad, [12.0])


@pytest.mark.parametrize("several", [lambda w: w, lambda w: (w,), lambda w: (t for t in [w])])
def test_inputs_is_one_tensor_or_any_number(several) -> None:
    x, w = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    (x * w).sum().backward(inputs=several(w))
    assert x.grad is None
    close(w.grad, [1.0, 2.0])
    with pytest.raises(RuntimeError, match="`inputs` argument to `backward\\(\\)` cannot be empty"):
        (x * w).sum().backward(inputs=[])
