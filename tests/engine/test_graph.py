"""The graph: its order, the backward pass, what is an error, what listens, and what is left in memory."""

import gc
import random
import threading
import weakref

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._engine.sort import leading_to, toposort
from autograd_cnn.autograd import grad


def leaf(*values, dtype=np.float64):
    return ag.Tensor(np.array(values if len(values) != 1 else values[0], dtype), requires_grad=True)


def close(tensor, expected) -> None:
    np.testing.assert_allclose(tensor.array, np.asarray(expected, np.float64), rtol=1e-12, atol=1e-12)


class Point:
    """A node for the sort, which looks at edges only."""

    def __init__(self, *edges) -> None:
        self.edges = edges


# the topological sort


@pytest.mark.parametrize("seed", range(20))
def test_every_node_comes_once_and_before_its_producers(seed: int) -> None:
    source = random.Random(seed)
    nodes: list[Point] = []
    for _ in range(60):
        nodes.append(Point(*(source.choice([None, *nodes]) for _ in range(source.randrange(4)))))
    roots = source.sample(nodes, 3)
    order = toposort(roots)
    reached, stack = set(), list(roots)
    while stack:
        node = stack.pop()
        if node not in reached:
            reached.add(node)
            stack += [edge for edge in node.edges if edge is not None]
    assert len(order) == len(set(order))
    assert set(order) == reached
    place = {node: i for i, node in enumerate(order)}
    assert all(place[node] < place[edge] for node in order for edge in node.edges if edge is not None)


def test_a_root_that_another_root_leads_to_comes_after_it() -> None:
    low = Point()
    high = Point(low)
    assert toposort([low, high]) == [high, low]
    assert toposort([high, low]) == [high, low]


def test_leading_to_names_the_nodes_between() -> None:
    x, y = Point(), Point()
    middle, aside = Point(x), Point(y)
    top = Point(middle, aside)
    assert leading_to(toposort([top]), [x]) == {x, middle, top}


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
        match=r"only Tensors of floating point dtype can require gradients, not torch.int64.*\.float\(\)",
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
    (x * x * x).backward(create_graph=True)
    assert x.grad.requires_grad
    first, x.grad = x.grad, None
    first.backward()
    close(x.grad, [12.0])


# hooks


def test_a_hook_sees_the_sum_of_all_contributions_once_and_may_replace_it() -> None:
    x = leaf([1.0, 2.0])
    seen = []
    h = x * 2.0
    h.register_hook(lambda g: seen.append(g.tolist()))
    handle = h.register_hook(lambda g: g * 10.0)
    y = (h * h + h).sum()
    y.backward(retain_graph=True)
    assert seen == [[5.0, 9.0]]
    close(x.grad, [100.0, 180.0])
    handle.remove()
    handle.remove()
    x.grad = None
    y.backward()
    close(x.grad, [10.0, 18.0])


def test_a_removed_hook_leaves_the_others() -> None:
    x, seen = leaf([1.0]), []
    first = x.register_hook(lambda g: seen.append("first"))
    x.register_hook(lambda g: seen.append("second"))
    first.remove()
    first.remove()
    (x * 3.0).backward()
    assert seen == ["second"]


def test_hooks_of_a_leaf_change_what_arrives_in_grad() -> None:
    x = leaf([1.0])
    x.register_hook(lambda g: -g)
    (x * 3.0).backward()
    close(x.grad, [-3.0])


def test_hooks_run_on_tensors_of_the_graph_under_create_graph() -> None:
    x = leaf([2.0])
    kinds = []
    x.register_hook(lambda g: kinds.append(g.requires_grad))
    (x * x).backward(create_graph=True)
    assert kinds == [True]


def test_wrong_hooks_are_refused() -> None:
    with pytest.raises(
        RuntimeError, match="cannot register a hook on a tensor that doesn't require gradient"
    ):
        ag.tensor([1.0]).register_hook(lambda g: g)
    y = leaf([1.0, 2.0]) * 2.0
    y.register_hook(lambda g: g.sum())
    with pytest.raises(RuntimeError, match=r"hook returned a gradient of shape \[\] for one of shape \[2\]"):
        y.sum().backward()


def test_retain_grad_keeps_the_gradient_of_a_computed_tensor() -> None:
    torch = pytest.importorskip("torch")

    def run(x):
        h = x * 2.0
        h.retain_grad()
        h.retain_grad()  # a second call changes nothing
        h.register_hook(lambda g: g * 3.0)
        y = (h * h).sum()
        y.backward(retain_graph=True)
        once = h.grad.tolist()
        y.backward()
        return once, h.grad.tolist(), x.grad.tolist(), h.retains_grad, x.retains_grad

    assert run(leaf([1.0, 2.0])) == run(torch.tensor([1.0, 2.0], dtype=torch.float64, requires_grad=True))
    with pytest.raises(RuntimeError, match="can't retain_grad on Tensor that has requires_grad=False"):
        ag.tensor([1.0]).retain_grad()
    assert ag.tensor([1.0]).retains_grad is False


def test_nodes_are_named_as_pytorch_names_them() -> None:
    y = ag.exp(leaf([1.0]) * 2.0)
    assert repr(y.grad_fn) == "<ExpBackward0>"
    ((producer, index),) = y.grad_fn.next_functions
    assert (producer.name(), index) == ("MulBackward0", 0)
    assert leaf([1.0]).grad_fn is None


# memory


@pytest.fixture
def collector_off():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def in_cycles() -> list[object]:
    """Our objects that only the collector could free; other libraries' garbage is not ours to count."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return [o for o in gc.garbage if type(o).__module__.startswith("autograd_cnn")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


@pytest.mark.usefixtures("collector_off")
def test_memory_goes_with_the_last_name() -> None:
    x = leaf(np.ones(100))
    y = ag.exp(x) * x
    held = [weakref.ref(y), weakref.ref(y.array), weakref.ref(y.grad_fn.saved[1])]
    del y
    assert [ref() for ref in held] == [None] * len(held)
    assert in_cycles() == []


@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_backward_pass_leaves_no_cycles(create_graph: bool) -> None:
    x = leaf(np.ones(100))
    h = ag.exp(x) * x
    h.register_hook(lambda g: g * 2.0)
    h.retain_grad()
    y = (h * h).sum()
    y.backward(create_graph=create_graph)
    held = [weakref.ref(t) for t in (h, y, h.array)]
    x.grad = h.grad = None
    del h, y
    assert [ref() for ref in held] == [None] * 3
    assert in_cycles() == []


@pytest.mark.usefixtures("collector_off")
def test_derivatives_of_derivatives_leave_no_cycles() -> None:
    x = leaf(np.ones(10))
    (first,) = grad((x**3).sum(), [x], create_graph=True)
    (second,) = grad(first.sum(), [x], create_graph=True)
    held = [weakref.ref(first), weakref.ref(second)]
    del first, second
    assert [ref() for ref in held] == [None, None]
    assert in_cycles() == []


@pytest.mark.usefixtures("collector_off")
def test_backward_frees_what_operators_saved_though_the_result_lives_on() -> None:
    x = leaf(np.ones(100))
    h = ag.exp(x)
    kept = weakref.ref(h.array)
    y = (h * h).sum()
    del h
    assert kept() is not None
    y.backward()
    assert kept() is None


def test_a_leaf_whose_tensor_is_gone_gets_no_gradient_and_no_error() -> None:
    x, w = leaf([1.0]), leaf([2.0])
    y = x * w
    del w
    y.backward()
    close(x.grad, [2.0])


def test_only_what_a_rule_asks_for_is_kept() -> None:
    x, constant = leaf([1.0, 2.0]), ag.Tensor(np.array([3.0, 4.0]))
    y = x * constant
    assert y.grad_fn.saved == (constant.array,)
    assert (x + constant).grad_fn.saved == ()
    assert ag.exp(x).grad_fn.plan.names == ("out",)
