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
