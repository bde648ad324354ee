"""Hooks on nodes and on several tensors, edges of the graph, what nodes show."""

import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import Function, Variable, grad, graph


def variables(*values):
    return [ag.tensor([value], requires_grad=True) for value in values]


def test_a_hook_after_a_node_sees_both_sides_and_may_replace_what_goes_on():
    (x,) = variables(3.0)
    y = x * 2
    seen = []
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs, outputs)))
    y.grad_fn.register_hook(lambda inputs, outputs: (inputs[0] * 10, None))
    y.backward()
    ((inputs, outputs),) = seen
    assert inputs[0].tolist() == [2.0]
    assert inputs[1] is None
    assert outputs[0].tolist() == [1.0]
    assert x.grad.tolist() == [20.0]


def test_a_hook_before_a_node_may_replace_what_arrives_and_can_be_removed():
    (x,) = variables(3.0)
    y = x.exp()
    with y.grad_fn.register_prehook(lambda outputs: (outputs[0] * 3,)):
        y.backward(retain_graph=True)
    assert x.grad.tolist() == (3 * y.detach()).tolist()
    x.grad = None
    y.backward()
    assert x.grad.tolist() == y.detach().tolist()


@pytest.mark.parametrize(
    ("returned", "error", "match"),
    [
        ((1, 2, 3), RuntimeError, "incorrect number of values"),
        ([1], TypeError, "expected tuple"),
        ((3.0, None), TypeError, "not a Tensor"),
    ],
)
def test_a_hook_that_returns_something_else_is_an_error(returned, error, match):
    (x,) = variables(3.0)
    y = x * 2
    y.grad_fn.register_hook(lambda inputs, outputs: returned)
    with pytest.raises(error, match=match):
        y.backward()
    assert x.grad is None


def test_hooks_in_a_recorded_pass_can_be_differentiated():
    (x,) = variables(3.0)
    y = x * x
    y.grad_fn.register_hook(lambda inputs, outputs: tuple(g and g * 2 for g in inputs))
    (g,) = grad(y, x, create_graph=True)
    assert g.tolist() == [12.0]
    assert grad(g, x)[0].tolist() == [4.0]


def test_the_node_of_a_leaf_has_hooks_around_the_accumulation():
    (x,) = variables(3.0)
    y = x * 2
    leaf = y.grad_fn.next_functions[0][0]
    assert (type(leaf).__name__, leaf.variable is x) == ("AccumulateGrad", True)
    seen = []
    leaf.register_prehook(lambda outputs: (outputs[0] + 1,))
    leaf.register_hook(lambda inputs, outputs: seen.append((inputs, outputs[0].tolist(), x.grad.tolist())))
    y.backward()
    assert seen == [((), [3.0], [3.0])]
    grad(x * 2, x)
    assert len(seen) == 1


def test_what_is_called_after_accumulation():
    (x,) = variables(3.0)
    seen = []
    handle = x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.tolist()))
    (x * 2).backward()
    (x * 2).backward()
    grad(x * 2, x)
    handle.remove()
    (x * 2).backward()
    assert seen == [[2.0], [4.0]]
    x.register_post_accumulate_grad_hook(lambda t: t)
    with pytest.raises(RuntimeError, match="hooks should return None"):
        (x * 2).backward()
    with pytest.raises(RuntimeError, match="non-leaf"):
        (x * 2).register_post_accumulate_grad_hook(print)
    with pytest.raises(RuntimeError, match="doesn't require gradient"):
        ag.ones(1).register_post_accumulate_grad_hook(print)


def test_a_parameter_can_be_updated_inside_the_pass():
    (x,) = variables(3.0)

    def step(t):
        with ag.no_grad():
            t -= 0.5 * t.grad
        t.grad = None

    x.register_post_accumulate_grad_hook(step)
    (x * 2).backward()
    assert (x.tolist(), x.grad) == ([2.0], None)


def test_a_hook_on_several_tensors_waits_for_those_of_this_pass():
    a, b, c = variables(1.0, 2.0, 3.0)
    seen = []
    handle = graph.register_multi_grad_hook((a, b, c), seen.append)
    (a * b).backward()
    (a * b * c).backward()
    handle.remove()
    (a * b).backward()
    told = [[None if g is None else g.tolist() for g in gradients] for gradients in seen]
    assert told == [[[2.0], [1.0], None], [[6.0], [3.0], [2.0]]]


def test_a_hook_on_any_of_several_tensors_is_called_once_a_pass():
    a, b = variables(1.0, 2.0)
    seen = []
    graph.register_multi_grad_hook((a, b), seen.append, mode="any")
    (a * b).backward()
    (a * b).backward()
    assert len(seen) == 2
    with pytest.raises(ValueError, match="mode"):
        graph.register_multi_grad_hook((a, b), print, mode="some")


def test_an_edge_stands_for_a_tensor():
    (x,) = variables(3.0)
    y = x * 2
    edge, z = graph.get_gradient_edge(y), y.exp()
    assert grad(z, edge)[0].tolist() == z.tolist()
    assert grad(edge, x, ag.ones(1), retain_graph=True)[0].tolist() == [2.0]
    assert grad(edge, x)[0].tolist() == [2.0]
    (x * 5).backward(inputs=[graph.get_gradient_edge(x)])
    assert x.grad.tolist() == [5.0]
    first = (x.expand(3) * 1).unbind()[1]
    assert grad(first * 4, graph.get_gradient_edge(first))[0].tolist() == 4.0
    with pytest.raises(RuntimeError, match=r"does not require gradients"):
        graph.get_gradient_edge(ag.ones(1))
    with pytest.raises(RuntimeError, match="GradientEdge"):
        grad(x * 2, edge, materialize_grads=True)


def test_a_node_shows_what_it_saved_under_the_names_of_its_class():
    a, b = variables(2.0, 3.0)
    y = a * b
    assert type(y.grad_fn).__name__ == "MulBackward0"
    assert isinstance(y.grad_fn, graph.Node)
    assert y.grad_fn is y.grad_fn
    assert y.grad_fn._saved_self is a
    assert y.grad_fn._saved_other is b
    assert {"_saved_self", "_saved_other"} <= set(dir(y.grad_fn))
    e = a.exp()
    assert e.grad_fn._saved_result.tolist() == e.tolist()
    assert not hasattr(y.grad_fn, "_saved_mean")
    y.grad_fn.metadata["mine"] = 1
    assert y.grad_fn.metadata == {"mine": 1}
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        _ = y.grad_fn._saved_self


def test_the_node_of_a_function_shows_its_ctx():
    class Scaled(Function):
        @staticmethod
        def forward(ctx, x, k):
            ctx.save_for_backward(x)
            ctx.k = k
            return x * k

        @staticmethod
        def backward(ctx, g):
            return g * ctx.k, None

    (x,) = variables(2.0)
    node = Scaled.apply(x, 3).grad_fn
    assert (type(node).__name__, node.k, node.saved_tensors[0] is x) == ("ScaledBackward", 3, True)


@pytest.mark.parametrize("split", [lambda x: x.unbind(), lambda x: x.split(1), lambda x: x.chunk(3)])
def test_views_that_are_returned_together_have_one_node(split):
    x = ag.arange(3.0).requires_grad_()
    views = split(x)
    seen = []
    views[0].register_hook(seen.append)
    assert [v.output_nr for v in views] == [0, 1, 2]
    assert views[0].grad_fn is views[2].grad_fn
    (views[1] * 4).sum().backward()
    assert seen == [None]
    assert x.grad.tolist() == [0.0, 4.0, 0.0]
    (g,) = grad((split(x)[2] ** 3).sum(), x, create_graph=True)
    assert grad(g.sum(), x)[0].tolist() == [0.0, 0.0, 12.0]


def test_hooks_on_saved_tensors_can_be_forbidden():
    hooks = graph.saved_tensors_hooks(lambda t: t, lambda t: t)
    forbidden = graph.disable_saved_tensors_hooks("not here")
    with forbidden, pytest.raises(RuntimeError, match="not here"), hooks:
        pass
    with hooks, pytest.raises(RuntimeError, match="not now"), graph.disable_saved_tensors_hooks("not now"):
        pass


def test_what_is_saved_may_be_written_where_that_is_allowed():
    x = ag.arange(1.0, 4.0).requires_grad_()
    with graph.allow_mutation_on_saved_tensors():
        y = x * 1
        out = (y * y).sum()
        y.mul_(10)
        out.backward()
        with pytest.raises(RuntimeError, match="nested"), graph.allow_mutation_on_saved_tensors():
            pass
    assert x.grad.tolist() == [2.0, 4.0, 6.0]


def test_versions_count_writes():
    x = ag.ones(3)
    view = x[1:]
    x.add_(1)
    view.zero_()
    assert (x._version, view._version) == (2, 2)
    graph.increment_version(x)
    assert x._version == 3
    with ag.inference_mode():
        made = ag.ones(1)
        assert made.is_inference()
        assert (made * 2).is_inference()
        made.add_(1)
        with pytest.raises(RuntimeError, match="do not track version"):
            _ = made._version
    with pytest.raises(RuntimeError, match="Inplace update to inference tensor"):
        made.add_(1)
    assert not made.clone().is_inference()
    assert not x.is_inference()


def test_a_saved_tensor_that_was_detached_in_place_is_refused():
    (x,) = variables(1.0)
    a = x.clone()
    b = a.sin()
    a.detach_()
    with pytest.raises(RuntimeError, match="detached in-place"):
        b.backward()
    c = x.exp()
    d = c + 1
    c.detach_()
    d.backward()
    assert np.allclose(x.grad.numpy(), np.exp(1.0))


def test_a_callback_is_called_when_the_pass_is_over():
    (x,) = variables(1.0)
    seen = []

    def hook(g):
        Variable._execution_engine.queue_callback(lambda: seen.append(x.grad.tolist()))

    y = x * 2
    y.register_hook(hook)
    y.backward()
    assert seen == [[2.0]]
    with pytest.raises(RuntimeError, match="during backward"):
        Variable._execution_engine.queue_callback(print)


def test_anomaly_detection_says_that_it_is_on():
    with pytest.warns(UserWarning, match="Anomaly Detection has been enabled"):
        ag.autograd.detect_anomaly()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ag.autograd.set_detect_anomaly(False)


def test_a_gradient_can_be_deleted_and_is_not_its_own():
    (x,) = variables(1.0)
    (x * 2).backward()
    del x.grad
    assert x.grad is None
    with pytest.raises(RuntimeError, match="own grad"):
        x.grad = x


def test_an_index_made_of_arrays_is_freed_with_its_node():
    x = ag.ones(3, requires_grad=True)
    y = x[[1, 1]].sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()
    z = x[1:].sum()
    z.backward()
    z.backward()


def test_hooks_that_are_left_or_entered_once_too_often_inside_a_pass_leave_nothing_behind():
    (x,) = variables(1.0)
    packed = []
    hooks = graph.saved_tensors_hooks(lambda t: packed.append(1) or t, lambda t: t)
    for inside in (hooks.__exit__, hooks.__enter__):
        with hooks:
            y = x.exp()
            y.register_hook(lambda g, inside=inside: inside() and None)
            y.backward()
        packed.clear()
        x.exp()
        assert packed == []


def test_what_may_be_written_is_kept_by_its_own_context():
    with graph.allow_mutation_on_saved_tensors():
        (x,) = variables(2.0)
        y = x * x
        z = x.clone() ** 2
    with pytest.raises(AssertionError, match="outside of the 'allow_mutation_on_saved_tensors'"):
        y.backward()
    with graph.allow_mutation_on_saved_tensors(), pytest.raises(AssertionError, match="outside of the"):
        z.backward()
