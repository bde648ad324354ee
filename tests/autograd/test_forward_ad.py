"""Dual tensors and functions with a jvp of their own."""

import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import Function, forward_ad, gradcheck
from tests.recorded import pytorch


@pytest.mark.parametrize(
    "function",
    [
        lambda t, x: (x * x).sin(),
        lambda t, x: t.nn.functional.softmax(x, 0) @ x,
        lambda t, x: x.clone().mul_(x).add_(1),
        lambda t, x: t.zeros(3, dtype=t.float64).copy_(x.exp()),
        lambda t, x: x.detach() * x,
    ],
)
def test_a_tangent_is_what_it_is_in_pytorch(function):
    def call(t):
        x = t.tensor([0.5, -1.0, 2.0], dtype=t.float64)
        along = t.tensor([1.0, 0.5, -2.0], dtype=t.float64)
        ad = t.autograd.forward_ad
        with ad.dual_level():
            return tuple(ad.unpack_dual(function(t, ad.make_dual(x, along))))

    pytorch.gives(call(ag), call, rtol=1e-10, atol=1e-12)


def test_what_is_no_dual_has_no_tangent_and_a_level_ends():
    x, t = ag.ones(2), ag.ones(2)
    with forward_ad.dual_level() as level:
        dual = forward_ad.make_dual(x, t)
        assert level == 0
        assert forward_ad.unpack_dual(dual).tangent is t
        assert forward_ad.unpack_dual(x).tangent is None
        assert forward_ad.unpack_dual(dual.detach() * 2).tangent is None
        with pytest.raises(RuntimeError, match="Nested forward mode AD"):
            forward_ad.enter_dual_level()
    assert forward_ad.unpack_dual(dual).tangent is None
    with pytest.raises(RuntimeError, match="no level exists"):
        forward_ad.make_dual(x, t)


@pytest.mark.parametrize(
    ("primal", "tangent", "error", "match"),
    [
        (ag.ones(2), ag.ones(3), RuntimeError, "different size"),
        (ag.ones(2), ag.ones(2, dtype=ag.int64), ValueError, "Expected tangent to be floating point"),
        (ag.ones(2, dtype=ag.int64), ag.ones(2), ValueError, "Expected primal to be floating point"),
    ],
)
def test_a_tangent_that_does_not_fit_is_an_error(primal, tangent, error, match):
    with forward_ad.dual_level(), pytest.raises(error, match=match):
        forward_ad.make_dual(primal, tangent)


def test_a_tangent_can_be_differentiated():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(w, ag.tensor([1.0, 0.5]))
        forward_ad.unpack_dual((dual**3).sum()).tangent.backward()
    assert w.grad.tolist() == [6.0, 6.0]


class Scaled(Function):
    """``forward(x, k)`` is x k and x²; ``factor`` stands in jvp alone, to tell who was asked."""

    factor = 1.0

    @staticmethod
    def forward(ctx, x, k):
        ctx.save_for_forward(x)
        ctx.save_for_backward(x)
        ctx.k = k
        return x * k, x * x

    @staticmethod
    def backward(ctx, g, h):
        return g * ctx.k + 2 * h * ctx.saved_tensors[0], None

    @staticmethod
    def jvp(ctx, t, k):
        assert k is None
        (x,) = ctx.saved_tensors
        return Scaled.factor * t * ctx.k, 2 * x * t


def test_a_function_answers_by_its_jvp(monkeypatch):
    x = ag.tensor([1.0, 3.0], dtype=ag.float64, requires_grad=True)
    assert gradcheck(Scaled.apply, (x, 3.0), check_forward_ad=True)
    _, (first, second) = ag.func.jvp(lambda x: Scaled.apply(x, 3.0), (x.detach(),), (ag.ones_like(x),))
    assert (first.tolist(), second.tolist()) == ([3.0, 3.0], [2.0, 6.0])
    monkeypatch.setattr(Scaled, "factor", 2.0)
    assert not gradcheck(Scaled.apply, (x, 3.0), check_forward_ad=True, raise_exception=False)
    assert gradcheck(Scaled.apply, (x, 3.0))


@pytest.mark.parametrize(
    "function",
    [
        lambda t, x: x * 2,
        lambda t, x: x.clone().mul_(3).sin(),
        lambda t, x: t.cat([x, x[1:] * x[:-1]]),
    ],
)
@pytest.mark.parametrize("way", ["no_grad", "set_grad_enabled", "decorated"])
def test_tangents_go_on_where_no_gradients_are_asked_for(function, way):
    def call(t):
        def silent(x):
            if way == "decorated":
                return t.no_grad()(lambda x: function(t, x))(x)
            with t.no_grad() if way == "no_grad" else t.set_grad_enabled(False):
                assert not t.is_grad_enabled()
                return function(t, x)

        def mixed(x):
            return x.sum() - silent(x)

        x, along = t.tensor([0.5, -1.0, 2.0]), t.tensor([1.0, 0.5, -2.0])
        with t.autograd.forward_ad.dual_level():
            dual = t.autograd.forward_ad.make_dual(x, along)
            level = tuple(t.autograd.forward_ad.unpack_dual(mixed(dual)))
        jacobian = t.func.jacfwd(mixed)(x)
        return level, t.func.jvp(mixed, (x,), (along,)), jacobian, t.func.grad(lambda x: mixed(x).sum())(x)

    pytorch.gives(call(ag), call, rtol=1e-5, atol=1e-6)


def test_gradients_do_not_flow_where_only_tangents_do():
    w = ag.tensor([1.0, 2.0], requires_grad=True)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(w, ag.ones(2))
        with ag.no_grad():
            silent = dual * dual
        out = (dual * 3 - silent).sum()
        out.backward()
        assert forward_ad.unpack_dual(out).tangent.item() == 0.0
    assert w.grad.tolist() == [3.0, 3.0]


def test_a_buffer_written_in_forward_mode_without_gradients_keeps_no_history():
    mean, w = ag.zeros(2), ag.nn.Parameter(ag.ones(2))

    def function(x):
        with ag.no_grad():
            mean.mul_(0.5).add_(x.detach())
            w.mul_(2)
        return x * w

    assert ag.func.jvp(function, (ag.ones(2),), (ag.ones(2),))[1].tolist() == [2.0, 2.0]
    assert not mean.requires_grad
    assert w.is_leaf


def test_the_tangent_of_a_dual_prints():
    def call(t):
        with t.autograd.forward_ad.dual_level():
            x = t.ones(2)
            dual = t.autograd.forward_ad.make_dual(x, t.full((2,), 2.0))
            return str(x), str(dual), str(dual * 3)

    pytorch.gives(call(ag), call)


class Product(Function):
    """x y, with a jvp."""

    @staticmethod
    def forward(ctx, x, y, k):
        ctx.save_for_forward(x, y)
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, g):
        x, y = ctx.saved_tensors
        return g * y, g * x, None

    @staticmethod
    def jvp(ctx, dx, dy, dk):
        x, y = ctx.saved_tensors
        assert dk is None
        return dx * y + x * dy


def test_a_jvp_gets_zeros_where_no_tangent_came_and_a_graph_may_be_used_before():
    y = ag.tensor([3.0], requires_grad=True)
    with forward_ad.dual_level():
        out = Product.apply(forward_ad.make_dual(ag.tensor([2.0]), ag.ones(1)), y, 1)
        out.backward()
        assert forward_ad.unpack_dual(out).tangent.tolist() == [3.0]
    assert y.grad.tolist() == [2.0]
