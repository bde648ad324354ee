"""Where passes begin, end and start one another: hooks at their ends, callbacks, edges, deep passes."""

from typing import ClassVar

import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import Function, Variable, grad, graph
from tests.recorded import pytorch


@pytest.mark.parametrize(
    ("way", "targets"),
    [("backward", None), *((way, names) for way in ("backward", "grad") for names in ("a", "b", "ab"))],
)
def test_hooks_of_tensors_and_nodes_run_in_one_order_wherever_a_pass_ends(way, targets):
    def call(t):
        log = []

        def on_tensor(g):
            log.append(1)
            return g * 3

        def before(gs):
            log.append(2)
            return tuple(g * 2 for g in gs)

        a = t.tensor(1.0, requires_grad=True)
        b = a.clone()
        b.grad_fn.register_prehook(before)
        b.register_hook(on_tensor)
        b.grad_fn.register_hook(lambda inputs, outputs: log.append(3))
        leaf = b.grad_fn.next_functions[0][0]
        leaf.register_prehook(before)
        leaf.register_hook(lambda inputs, outputs: log.append(4))
        a.register_hook(on_tensor)
        a.register_post_accumulate_grad_hook(lambda leaf: log.append(5))
        chosen = None if targets is None else [{"a": a, "b": b}[name] for name in targets]
        if way == "grad":
            found = t.autograd.grad(b.sum(), chosen)
        else:
            b.sum().backward(inputs=chosen)
            found = [x.grad for x in chosen or (a,)]
        return log, [g.item() for g in found]

    pytorch.gives(call(ag), call)


class Waiting(Function):
    """The identity; its backward asks for calls at the end of the pass, one of which asks for another."""

    called: ClassVar[list[str]] = []

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        def first():
            Waiting.called.append("first")
            Variable._execution_engine.queue_callback(lambda: Waiting.called.append("second"))

        Variable._execution_engine.queue_callback(first)
        return g


@pytest.mark.parametrize("run", [lambda y, x: y.backward(), lambda y, x: grad(y, x)])
def test_a_callback_may_ask_for_another_one(run):
    x = ag.ones(2, requires_grad=True)
    Waiting.called.clear()
    run(Waiting.apply(x).sum(), x)
    assert Waiting.called == ["first", "second"]


class Nested(Function):
    """The identity; its backward starts a pass of its own, so many times within one another."""

    @staticmethod
    def forward(ctx, x, depth):
        ctx.depth = depth
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        if ctx.depth:
            with ag.enable_grad():
                inner = ag.ones((), requires_grad=True)
                Nested.apply(inner, ctx.depth - 1).backward()
            return g + inner.grad, None
        return g, None


def test_passes_within_passes_do_not_reach_the_limit_of_calls():
    x = ag.ones((), requires_grad=True)
    Nested.apply(x, 300).backward()
    assert x.grad.item() == 301.0


def test_an_error_in_a_deep_pass_reaches_the_caller():
    class Failing(Nested):
        @staticmethod
        def backward(ctx, g):
            if not ctx.depth:
                raise ValueError("at the bottom")
            with ag.enable_grad():
                Failing.apply(ag.ones((), requires_grad=True), ctx.depth - 1).backward()
            return g, None

    with pytest.raises(ValueError, match="at the bottom"):
        Failing.apply(ag.ones((), requires_grad=True), 70).backward()


def test_zeros_are_made_for_edges_that_a_gradient_came_to():
    x, y = (ag.ones(2, requires_grad=True).clone() for _ in range(2))
    edges = [graph.GradientEdge(t.grad_fn, t.output_nr) for t in (x, y)]
    out = x.clone().sum()
    first, second = grad(out, (edges[0], y), materialize_grads=True, retain_graph=True)
    assert (first.tolist(), second.tolist()) == ([1.0, 1.0], [0.0, 0.0])
    with pytest.raises(RuntimeError, match="materialize_grads cannot be used"):
        grad(out, (x, edges[1]), materialize_grads=True)


def test_a_signal_of_another_dtype_is_a_part_of_a_recorded_pass():
    x = ag.tensor([1.0, 2.0], dtype=ag.float64, requires_grad=True)
    signal = ag.ones(2, requires_grad=True)
    (g,) = grad(x * x, x, signal, create_graph=True)
    g.sum().backward()
    assert signal.grad.tolist() == [2.0, 4.0]
    assert signal.grad.dtype is ag.float32


def test_no_tensors_are_no_pass():
    assert ag.autograd.backward(()) is None


@pytest.mark.parametrize("size", [2, 3])
def test_what_is_set_anew_is_a_leaf_of_its_own(size):
    x = ag.nn.Parameter(ag.ones(2))
    edge, before = graph.get_gradient_edge(x), (x * 2).sum()
    with ag.no_grad():
        x.set_(ag.ones(size))
    assert x.requires_grad
    with pytest.raises(RuntimeError, match="to not have been used in the graph"):
        grad(before, x, retain_graph=True)
    assert grad(before, edge)[0].tolist() == [2.0, 2.0]
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0] * size


def test_whether_passes_may_use_threads_is_remembered():
    autograd = ag.autograd
    with autograd.set_multithreading_enabled(False):
        assert not autograd.is_multithreading_enabled()
        with autograd.set_multithreading_enabled(True):
            assert autograd.is_multithreading_enabled()
    assert autograd.is_multithreading_enabled()


@pytest.mark.parametrize(
    "function",
    [
        *(
            lambda t, x, options=options: t.nn.functional.interpolate(x, **options)
            for options in (
                {"scale_factor": 2},
                {"size": 3, "mode": "nearest-exact"},
                {"scale_factor": 2, "mode": "bilinear"},
                {"size": (3, 5), "mode": "bicubic", "align_corners": True},
                {"size": 3, "mode": "bilinear", "antialias": True},
            )
        ),
        lambda t, x: t.nn.functional.affine_grid(x.view(-1)[:6].view(1, 2, 3), (1, 1, 3, 3), False),
        lambda t, x: t.repeat_interleave(x, 2),
        lambda t, x: t.repeat_interleave(x, t.arange(4), 3),
        lambda t, x: t.trapezoid(x),
        lambda t, x: t.trapezoid(x, dx=0.5),
        lambda t, x: t.gradient(x, dim=3)[0],
        lambda t, x: t.add(x, x, alpha=2),
        lambda t, x: t.sub(1, x, alpha=3),
        lambda t, x: t.lerp(x, x + 1, 0.5),
        lambda t, x: x * 2,
        lambda t, x: x.flip(2).roll(1, 3),
    ],
)
def test_a_graph_that_keeps_constants_alone_can_be_passed_twice(function):
    def call(t):
        x = t.ones(1, 1, 4, 4, requires_grad=True)
        y = function(t, x).sum()
        y.backward()
        try:
            y.backward()
        except RuntimeError:
            return "once"
        return "twice"

    pytorch.gives(call(ag), call)


def test_a_hook_of_a_leafs_node_sees_what_hooks_of_the_leaf_did():
    def call(t):
        x = t.ones(2, requires_grad=True)
        leaf = x.view_as(x).grad_fn.next_functions[0][0]
        seen = []

        def add(leaf):
            leaf.grad.add_(0.5)

        leaf.register_hook(lambda inputs, outputs: seen.append(outputs[0].clone()))
        x.register_post_accumulate_grad_hook(add)
        (x * 2).sum().backward()
        return seen

    pytorch.gives(call(ag), call)
