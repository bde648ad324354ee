"""Nodes called like functions, what anomaly mode warns of, and views that the graph can't follow."""

import contextlib
import io
import warnings

import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import Function, detect_anomaly
from tests.recorded import pytorch


def test_a_node_is_its_rule():
    def call(t):
        x = t.tensor([1.0, 2.0, 3.0], requires_grad=True)
        product = x * t.tensor([2.0, 3.0, 4.0])
        first, _, _ = x.unbind()
        signal = t.ones(3)
        return (
            product.grad_fn(signal)[0],
            x.exp().grad_fn(signal).requires_grad,
            first.grad_fn(t.ones(()), None, t.ones(())),
            x.sin().grad_fn(None) is None,
        )

    pytorch.gives(call(ag), call, rtol=1e-6)


@pytest.mark.parametrize("recorded", [True, False])
def test_what_a_node_gives_is_recorded_where_operators_are(recorded):
    x = ag.tensor([2.0], requires_grad=True)
    with ag.set_grad_enabled(recorded):
        g = (x**3).grad_fn(ag.ones(1)) if recorded else None
    y = (x * x.detach() * x).grad_fn
    assert y is not None
    if g is not None:
        g[0].backward()
        assert x.grad.tolist() == [12.0]


@pytest.mark.parametrize(
    ("arguments", "match"),
    [((), "expected 1 arguments, got 0"), ((1, 2), "expected 1 arguments, got 2"), ((1,), "not a Variable")],
)
def test_a_bad_call_of_a_node_is_an_error(arguments, match):
    y = ag.ones(1, requires_grad=True).exp()
    with pytest.raises(TypeError, match=match):
        y.grad_fn(*arguments)


def test_a_node_can_not_be_called_once_it_is_freed():
    y = ag.ones(1, requires_grad=True).exp()
    y.backward()
    with pytest.raises(RuntimeError, match="already been freed"):
        y.grad_fn(ag.ones(1))


class Refusing(Function):
    """Its backward raises an error of its own."""

    @staticmethod
    def forward(ctx, x):
        return x.clone()

    @staticmethod
    def backward(ctx, g):
        raise ValueError("no")


def overwritten():
    x = ag.ones(3, requires_grad=True) + 1
    y = x**2
    x += 1
    return y.sum()


@pytest.mark.parametrize(
    ("make", "error", "name"),
    [
        (overwritten, RuntimeError, "PowBackward0"),
        (lambda: Refusing.apply(ag.ones(1, requires_grad=True)), ValueError, "RefusingBackward"),
    ],
)
@pytest.mark.parametrize("inside", [True, False])
def test_anomaly_mode_warns_of_the_operator_that_fails(make, error, name, inside):
    made = None if inside else make()
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        with detect_anomaly():
            out = make() if made is None else made
            with pytest.raises(error):
                out.backward()
    message = str(told[-1].message)
    assert len(told) == 2
    assert f"Error detected in {name}" in message
    if inside:
        assert "Traceback of forward call" in message
        assert __file__ in message
    else:
        assert "No forward pass information" in message


def test_the_error_is_not_lost_where_warnings_are_errors():
    heard = io.StringIO()
    with warnings.catch_warnings(), contextlib.redirect_stderr(heard):
        warnings.simplefilter("ignore")
        with detect_anomaly():
            warnings.simplefilter("error")
            with pytest.raises(ValueError, match="no"):
                Refusing.apply(ag.ones(1, requires_grad=True)).backward()
    assert "Error detected in RefusingBackward" in heard.getvalue()


def test_a_view_that_the_graph_lost_prints_as_invalid():
    x = ag.ones(2, requires_grad=True).clone()
    with ag.no_grad():
        view = x[:1]
    x.mul_(2)
    assert repr(view) == "tensor([2.], grad_fn=<Invalid>)"


@pytest.mark.parametrize("name", ["data", "requires_grad"])
def test_what_a_tensor_needs_is_not_deleted(name):
    x = ag.ones(2)
    with pytest.raises(RuntimeError):
        delattr(x, name)
    with pytest.raises(RuntimeError, match="must be a bool"):
        x.requires_grad = None


class Showing(Function):
    """A view: of its argument, or of something of its own."""

    @staticmethod
    def forward(ctx, x, own):
        return (x.clone() if own else x).view(-1)

    @staticmethod
    def backward(ctx, g):
        return g, None


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("recorded", [True, False])
def test_a_view_that_a_function_made_is_not_written(own, recorded):
    x = ag.ones(2, requires_grad=recorded).clone()
    shown = Showing.apply(x, own)
    written = ag.ones(2, requires_grad=True)
    with pytest.raises(RuntimeError, match="This view was created inside a custom Function"):
        shown.add_(written)
    with ag.no_grad():
        shown.add_(1)


def test_a_view_of_a_leaf_is_not_written_though_nobody_holds_the_leaf():
    with pytest.raises(RuntimeError, match="a view of a leaf Variable"):
        ag.ones(3, requires_grad=True).narrow(0, 0, 3).relu_()


def test_one_place_of_an_expanded_tensor_can_be_written():
    def call(t):
        x = t.ones(1).expand(4)
        x[0] = 3.0
        x[1] *= 2.0
        x[2:3] += 1.0
        return x.clone()

    pytorch.gives(call(ag), call)
    with pytest.raises(RuntimeError, match="more than one element"):
        ag.ones(1).expand(4)[1:3] = 0.0


@pytest.mark.parametrize(
    ("name", "argument"), [("unsafe_split", 1), ("unsafe_split_with_sizes", (1, 1, 1)), ("unsafe_chunk", 3)]
)
def test_unsafe_pieces_may_be_written(name, argument):
    def call(t):
        x = t.ones(3, 3, requires_grad=True)
        first, second, _ = getattr(t, name)(x + x, argument)
        first.mul_(second)
        first.sum().backward()
        return first.detach(), x.grad, [p.shape for p in getattr(x, name)(argument, 1)]

    pytorch.gives(call(ag), call)


def test_resizing_counts_as_a_write():
    def call(t):
        x, versions = t.ones(1), []
        for shape in [(1, 2), (3,), (3,), (2, 2)]:
            versions.append(x.resize_(shape)._version)
        return versions

    pytorch.gives(call(ag), call)


def test_a_part_of_an_expanded_tensor_that_nobody_else_holds_can_be_written():
    def call(t):
        x = t.ones(2, requires_grad=True)
        with t.no_grad():
            wide = x.clone().expand(3, 2)
            wide[0] += 1.0
            wide[1] /= 4.0
        return wide.clone()

    pytorch.gives(call(ag), call)
