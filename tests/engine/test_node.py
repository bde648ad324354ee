"""Nodes: their names, what they keep and how they are asked for it, and what is left in memory."""

import gc
import warnings
import weakref

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import grad


def leaf(*values, dtype=np.float64):
    return ag.tensor(np.array(values if len(values) != 1 else values[0], dtype), requires_grad=True)


def close(tensor, expected) -> None:
    np.testing.assert_allclose(tensor.array, np.asarray(expected, np.float64), rtol=1e-12, atol=1e-12)


def test_nodes_are_named_as_pytorch_names_them() -> None:
    y = ag.exp(leaf([1.0]) * 2.0)
    assert (y.grad_fn.name(), type(y.grad_fn).__name__) == ("ExpBackward0", "ExpBackward0")
    ((producer, index),) = y.grad_fn.next_functions
    assert (producer.name(), index) == ("MulBackward0", 0)
    assert leaf([1.0]).grad_fn is None


# what is left in memory


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


@pytest.mark.quick_share(2)
@pytest.mark.usefixtures("collector_off")
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_backward_pass_leaves_no_cycles(create_graph: bool) -> None:
    x = leaf(np.ones(100))
    h = ag.exp(x) * x
    h.register_hook(lambda g: g * 2.0)
    h.retain_grad()
    y = (h * h).sum()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # create_graph keeps the graph alive in x.grad
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
    x, constant = leaf([1.0, 2.0]), ag.tensor(np.array([3.0, 4.0]))
    y = x * constant
    assert y.grad_fn.saved == (constant.array,)
    assert (x + constant).grad_fn.saved == ()
    assert ag.exp(x).grad_fn.plan.names == ("out",)


# what it saved


def test_a_node_tells_what_it_keeps_by_name_value_and_origin() -> None:
    @ag.primitive(aux=("mask",))
    def kept(x, y, /, *, by=2.0):
        return x * y * by, x > 0

    @kept.vjp("x")
    def kept_x(g, y, out, mask, by, y_shape):
        return g * y * by

    kept.nondifferentiable("y")
    x, y = leaf([1.0, -1.0]), ag.tensor([3.0, 4.0], dtype="float64")
    node = kept(x, y).grad_fn
    items = {item.name: item for item in node.saved_items()}
    assert list(items) == ["y", "out", "mask", "by", "y_shape"]
    assert items["y"].value is y.array
    assert [item.origin for item in items.values()] == [1, -1, None, None, None]
    assert [name for name, item in items.items() if item.is_result] == ["out"]
    assert node.value_of("by") == 2.0
    assert node.value_of("nothing") is None
    assert (node.operand_name(0), node.operand_name(1)) == ("x", "y")
    assert ag.stack([x, x]).grad_fn.operand_name(1) == "xs"


def test_what_is_freed_or_packed_is_not_told() -> None:
    x = leaf([1.0])
    y = x * x
    node = y.grad_fn
    assert len(node.saved_items()) == 2
    assert not node.freed
    y.backward()
    assert node.freed
    assert node.saved_items() == ()
    with ag.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: t):
        packed = (x * x).grad_fn
    assert packed.saved_items() == ()
    assert not packed.freed


def test_scopes_are_listed_from_the_outermost() -> None:
    from autograd_cnn._engine import modes
    from autograd_cnn._engine.node import scopes

    with modes.scope("net", "module"), modes.scope("conv1", "module"):
        node = (leaf([1.0]) * 2.0).grad_fn
    assert [scope.name for scope in scopes(node.scope)] == ["net", "conv1"]
    assert scopes(None) == []
