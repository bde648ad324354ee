"""Operators in PyTorch's way: a class with forward and backward."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd.function import Function, once_differentiable
from autograd_cnn.autograd.graph import save_on_cpu, saved_tensors_hooks


def both_ways(define, use, *data):
    """``use(module, operator, tensors)`` here and under PyTorch, with the same class body; the lists of
    arrays must agree."""
    torch = pytest.importorskip("torch")
    results = []
    for module, base in ((ag, Function), (torch, torch.autograd.Function)):
        tensors = [module.tensor(d, dtype=module.float64, requires_grad=True) for d in data]
        results.append([t.detach().numpy() for t in use(module, define(base), *tensors)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def scaled_exp(base):
    class ScaledExp(base):
        @staticmethod
        def forward(ctx, x, k):
            y = x.exp() * k
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, g):
            (y,) = ctx.saved_tensors
            return g * y, None

    return ScaledExp


def product_and_sum(base):
    class ProductAndSum(base):
        @staticmethod
        def forward(ctx, x, y):
            ctx.save_for_backward(x, None, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx, g_product, g_sum):
            x, nothing, y = ctx.saved_tensors
            assert nothing is None
            return g_product * y + g_sum, g_product * x + g_sum

    return ProductAndSum


def derivatives(module, loss, *inputs):
    """Gradients, and gradients of a function of them."""
    first = module.autograd.grad(loss, inputs, create_graph=True)
    second = module.autograd.grad(sum((g * g).sum() for g in first), inputs, allow_unused=True)
    return [*first, *second]


def test_first_and_second_order_equal_pytorch():
    both_ways(scaled_exp, lambda m, f, x: derivatives(m, f.apply(x, 3.0).pow(2).sum(), x), [0.5, -1.0])


def test_several_outputs_equal_pytorch():
    def use(m, f, x, y):
        product, total = f.apply(x, y)
        return derivatives(m, (product * total * total).sum(), x, y)

    both_ways(product_and_sum, use, [1.0, 2.0], [3.0, -1.0])


def test_an_output_nobody_used_arrives_as_zeros():
    both_ways(
        product_and_sum,
        lambda m, f, x, y: derivatives(m, f.apply(x, y)[0].sum(), x, y),
        [1.0, 2.0],
        [3.0, -1.0],
    )


def test_needs_input_grad_tells_what_is_wanted():
    seen = []

    class Add(Function):
        @staticmethod
        def forward(ctx, x, y):
            seen.append(ctx.needs_input_grad)
            return x + y

        @staticmethod
        def backward(ctx, g):
            return (g if ctx.needs_input_grad[0] else None), (g if ctx.needs_input_grad[1] else None)

    x = ag.tensor([1.0], requires_grad=True)
    Add.apply(x, ag.tensor([2.0])).sum().backward()
    assert seen == [(True, False)]
    assert x.grad.tolist() == [1.0]


def test_setup_context_separates_the_computation():
    class Square(Function):
        @staticmethod
        def forward(x):
            return x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = ag.tensor([3.0], requires_grad=True)
    Square.apply(x).sum().backward()
    assert x.grad.tolist() == [6.0]


def test_marked_outputs_have_no_gradient():
    class Halves(Function):
        @staticmethod
        def forward(ctx, x):
            mask = (x > 0).float()
            ctx.mark_non_differentiable(mask)
            return x * mask, mask

        @staticmethod
        def backward(ctx, g, g_mask):
            return g

    out, mask = Halves.apply(ag.tensor([1.0, -1.0], requires_grad=True))
    assert out.requires_grad
    assert not mask.requires_grad


def test_a_saved_input_that_was_overwritten_is_an_error():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 1
    product, _ = product_and_sum(Function).apply(y, x)
    with ag.no_grad():
        y += 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation: ProductAndSum"):
        product.sum().backward()


def test_a_wrong_number_of_gradients_is_named():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x, y):
            return x + y

        @staticmethod
        def backward(ctx, g):
            return g

    with pytest.raises(
        RuntimeError, match=r"WrongBackward returned an incorrect number of gradients \(expected 2, got 1\)"
    ):
        Wrong.apply(ag.tensor([1.0], requires_grad=True), ag.tensor([1.0])).sum().backward()


def test_only_tensors_are_saved():
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(3)

    with pytest.raises(TypeError, match="keep it as an attribute of ctx"):
        Wrong.apply(ag.tensor([1.0], requires_grad=True))


def test_once_differentiable_refuses_a_second_derivative():
    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        @once_differentiable
        def backward(ctx, g):
            return 2 * g * ctx.saved_tensors[0]

    x = ag.tensor([3.0], requires_grad=True)
    (g,) = ag.autograd.grad(Square.apply(x).sum(), [x], create_graph=True)
    assert g.tolist() == [6.0]
    with pytest.raises(RuntimeError, match="differentiate twice a function that was marked"):
        g.sum().backward()


def test_what_is_saved_goes_through_the_hooks():
    shelf = []

    def pack(t):
        shelf.append(t)
        return len(shelf) - 1

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(pack, lambda place: shelf[place]):
        y = (x.exp() * x).sum()
    assert len(shelf) == 3  # the result of exp, and both factors
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp([1.0, 2.0]) * [2.0, 3.0], rtol=1e-6)


def test_save_on_cpu_changes_no_gradient():
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with save_on_cpu():
        y = x.exp().sum()
    y.backward()
    np.testing.assert_allclose(x.grad.numpy(), np.exp([1.0, 2.0]), rtol=1e-6)


def function(name, forward, backward):
    return type(name, (Function,), {"forward": staticmethod(forward), "backward": staticmethod(backward)})


def test_whatever_it_saved_and_somebody_overwrote_is_an_error():
    """An index or an intermediate value, neither operand nor result of the call."""
    index, kept = ag.tensor([0, 1]), []

    def forward(ctx, x):
        kept.append(x.exp())
        ctx.save_for_backward(index, kept[0])
        return kept[0][index]

    def backward(ctx, g):
        index, out = ctx.saved_tensors
        return ag.zeros(4).index_put((index,), g) * out

    picked = function("Picked", forward, backward)
    for written in (index, kept):
        x = ag.ones(4, requires_grad=True)
        kept.clear()
        y = picked.apply(x)
        (index if written is index else kept[0]).add_(1)
        with pytest.raises(
            RuntimeError,
            match=r"Picked needs its 'saved\d' of shape \[\d\], which was overwritten at .*test_function.py",
        ):
            y.sum().backward()
        assert x.grad is None
        index.copy_(ag.tensor([0, 1]))


@pytest.mark.parametrize("show", [lambda x: x, lambda x: x.view(2, 2), lambda x: x[1:]])
def test_a_view_that_it_returns_is_not_written(show):
    torch = pytest.importorskip("torch")
    for lib in (ag, torch):
        base = lib.autograd.Function
        members = {
            "forward": staticmethod(lambda ctx, x: show(x)),
            "backward": staticmethod(lambda ctx, g: g),
        }
        y = lib.ones(4, requires_grad=True) * 1.0
        z = type("Shown", (base,), members).apply(y)
        with pytest.raises(RuntimeError, match="Shown"):
            z.mul_(2.0)


def test_what_it_writes_into_a_view_reaches_the_root():
    def forward(ctx, x):
        x.mul_(2.0)
        ctx.mark_dirty(x)
        return x

    doubled = function("Doubled", forward, lambda ctx, g: g * 2.0)
    x = ag.tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)
    y = x * 1.0
    view = y[:2]
    assert doubled.apply(view) is view
    (y * y).sum().backward()
    assert x.grad.tolist() == [8.0, 16.0, 6.0, 8.0]
    with pytest.raises(
        RuntimeError, match="a leaf Variable that requires grad has been used in an in-place operation"
    ):
        doubled.apply(x[:2])
    forgotten = function("Forgotten", lambda ctx, x: forward(ctx, x) * 1.0, lambda ctx, g: g)
    with pytest.raises(
        RuntimeError, match="Forgotten: some inputs that forward marked as dirty were not returned"
    ):
        forgotten.apply(x * 1.0)


def exp_in_place(base):
    class ExpInPlace(base):
        @staticmethod
        def forward(ctx, x):
            x.exp_()
            ctx.mark_dirty(x)
            ctx.save_for_backward(x)
            return x

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_tensors[0]

    return ExpInPlace


def test_a_written_input_may_be_saved_as_the_result_that_it_is():
    both_ways(exp_in_place, lambda m, f, x: derivatives(m, f.apply(x * 1.0).pow(2).sum(), x), [0.5, -1.0])


def test_a_write_that_forward_tells_of_is_known_where_nothing_is_recorded():
    def forward(ctx, x):
        x.detach().numpy()[...] = 5.0
        ctx.mark_dirty(x)
        return x

    filled = function("Filled", forward, lambda ctx, g: g)
    x, w = ag.ones(2), ag.ones(2, requires_grad=True)
    loss = (w * x).sum()
    filled.apply(x)
    with pytest.raises(RuntimeError, match="modified by an inplace operation: multiply"):
        loss.backward()
