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

    with pytest.raises(TypeError, match="argument 0 is of type"):
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


# views and writes


def passed_on(take):
    """A function that returns a view of its input."""

    class View(Function):
        @staticmethod
        def forward(ctx, x):
            return take(x)

        @staticmethod
        def backward(ctx, g):
            return g * 1

    return View


VIEWS = {
    "the whole": lambda x: x[:],
    "itself": lambda x: x,
    "reshaped": lambda x: x.view(3),
    "detached": lambda x: x.detach(),
    "expanded": lambda x: x.expand(3),
}


def write_view(y):
    y[1:].mul_(3)


def write_index(y):
    y[0] = 5.0


def write_values(y):
    y.copy_(ag.ones(3, requires_grad=True) * 2)


@pytest.mark.parametrize("write", [lambda y: y.mul_(3), write_view, write_index, write_values])
@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("part", [False, True])
def test_a_view_that_a_function_returned_is_not_used_after_a_write_to_its_base(view, write, part):
    x = ag.ones(4, requires_grad=True)
    root = x * 1
    y = root[1:] if part else root[:3] * 1
    z = passed_on(VIEWS[view]).apply(y)
    before = (z * z).sum()
    write(y)
    for use in (
        lambda: z.sum(),
        lambda: z.requires_grad,
        lambda: z[0],
        lambda: z.add_(1),
        lambda: z.backward(),
    ):
        with pytest.raises(RuntimeError, match=r"modified inplace|being written in place"):
            use()
    assert z.detach().tolist() == y.tolist()  # its values may be looked at
    with ag.no_grad():
        z * 2
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        before.backward()


def test_a_view_of_a_base_that_is_gone_is_used():
    x = ag.ones(3, requires_grad=True)
    z = passed_on(lambda t: t[:2]).apply(x * 2)
    assert z.requires_grad
    (z * z).sum()


def test_a_base_that_is_asked_for_a_gradient_or_detached_was_not_written():
    base = ag.ones(3)
    with ag.no_grad():
        view = base[:2]
    base.requires_grad_()
    assert (view * 2).tolist() == [2.0, 2.0]
    y = base * 2
    with ag.no_grad():
        view = y[:2]
    y.detach_()
    assert (view * 2).tolist() == [4.0, 4.0]


def test_a_view_under_no_grad_is_not_used_after_a_recorded_write_to_its_base():
    w = ag.ones(3, requires_grad=True)
    base = ag.zeros(3)
    with ag.no_grad():
        view = base[:2]
    base.add_(w)
    with pytest.raises(RuntimeError, match=r"under no_grad.*modified inplace"):
        view * 2
    with ag.no_grad():
        assert (view * 2).tolist() == [2.0, 2.0]


def test_outputs_that_share_memory_are_not_used_after_a_write_to_one():
    class Both(Function):
        @staticmethod
        def forward(ctx, x):
            y = x * 2
            return y, y[:]

        @staticmethod
        def backward(ctx, g, h):
            return 2 * g + 2 * h

    x = ag.ones(2, requires_grad=True)
    first, second = Both.apply(x)
    (first + second).sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]
    first, second = Both.apply(x)
    with pytest.raises(RuntimeError, match="being written in place"):
        second.mul_(3)
    first.mul_(3)
    with pytest.raises(RuntimeError, match="modified inplace"):
        second.sum()


# what backward returns, and what it sees


def returning(value):
    class Returning(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def backward(ctx, g):
            return value(g)

    return Returning


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (lambda g: g.double(), [1.0, 1.0]),
        (lambda g: g.half(), [1.0, 1.0]),
        (lambda g: g.long() * 3, [3.0, 3.0]),
        (lambda g: ag.ones(3, 2), [3.0, 3.0]),
        (lambda g: ag.ones(4, 1, 2, dtype=ag.float64), [4.0, 4.0]),
        (lambda g: g.expand(5, 2), [5.0, 5.0]),
    ],
)
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_gradient_of_another_dtype_or_broadcast_shape_is_brought_to_the_operands(
    value, expected, create_graph
):
    x = ag.ones(2, requires_grad=True)
    (g,) = ag.autograd.grad(returning(value).apply(x).sum(), x, create_graph=create_graph)
    assert (g.tolist(), g.dtype, g.shape) == (expected, ag.float32, (2,))


@pytest.mark.parametrize("shape", [(3,), (1,), (2, 1), ()])
@pytest.mark.parametrize("create_graph", [False, True])
def test_a_gradient_that_fits_in_no_way_is_refused(shape, create_graph):
    x = ag.ones(2, requires_grad=True)
    with pytest.raises(
        RuntimeError, match=r"Function ReturningBackward returned an invalid gradient at index 0 - got \["
    ):
        ag.autograd.grad(returning(lambda g: ag.ones(shape)).apply(x).sum(), x, create_graph=create_graph)


def test_saved_inputs_are_the_tensors_themselves_and_want_gradients():
    seen = []

    class Look(Function):
        @staticmethod
        def forward(ctx, x, y, z):
            ctx.save_for_backward(x, z, y)
            return x * y

        @staticmethod
        def backward(ctx, g):
            x, z, y = ctx.saved_tensors
            seen.append((x, z, y, ag.is_grad_enabled()))
            with ag.enable_grad():  # as adjoint methods and reversible networks do
                again = (x * y).sum()
            return *ag.autograd.grad(again, (x, y)), None

    x, weight = ag.ones(2, requires_grad=True), ag.ones(2, requires_grad=True)
    z = ag.zeros(1)
    y = weight * 3
    Look.apply(x, y, z).sum().backward()
    (xs, zs, ys, recorded) = seen[0]
    assert (xs is x, zs is z, ys is y, recorded) == (True, True, True, False)
    assert (x.grad.tolist(), weight.grad.tolist()) == ([3.0, 3.0], [3.0, 3.0])
    assert ys.requires_grad


def test_vjp_is_another_name_of_backward_and_both_are_one_too_many():
    class Named(Function):
        @staticmethod
        def forward(ctx, x):
            return x * 2

        @staticmethod
        def vjp(ctx, g):
            return g * 2

    class Twice(Named):
        @staticmethod
        def backward(ctx, g):
            return g

    x = ag.ones(1, requires_grad=True)
    Named.apply(x).backward()
    assert x.grad.item() == 2.0
    with pytest.raises(RuntimeError, match="Implementing both 'backward' and 'vjp'"):
        Twice.apply(x).backward()


def test_arguments_go_by_name_where_there_is_a_setup_context():
    class Scaled(Function):
        @staticmethod
        def forward(x, by=2.0):
            return x * by

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.by = inputs[1]

        @staticmethod
        def backward(ctx, g):
            return g * ctx.by, None

    x = ag.ones(1, requires_grad=True)
    (Scaled.apply(x, by=5.0) + Scaled.apply(x=x)).backward()
    assert x.grad.item() == 7.0
    with pytest.raises(TypeError, match="takes no keyword arguments"):
        returning(lambda g: g).apply(x=x)


# hooks on what is saved


def test_hooks_that_keep_the_tensor_have_the_value_from_before_the_operators_own_write():
    for keep in (lambda t: t, lambda t: [t], lambda t: (t, t.clone())[1]):
        x = ag.tensor([1.0, 2.0], requires_grad=True)
        w = ag.tensor([3.0, 4.0], requires_grad=True)
        with saved_tensors_hooks(keep, lambda kept: kept[0] if isinstance(kept, list) else kept):
            y = x * 1
            y.mul_(w).div_(w * 2)
            y *= w
            y.exp_()
        y.sum().backward()
        plain, other = (ag.tensor(t.tolist(), requires_grad=True) for t in (x, w))
        (plain * other / (other * 2) * other).exp().sum().backward()
        np.testing.assert_allclose(x.grad, plain.grad, 1e-6)
        np.testing.assert_allclose(w.grad, other.grad, 1e-6)


def test_what_hooks_gave_back_and_somebody_wrote_is_refused_as_without_hooks():
    for keep in (lambda t: t, lambda t: t.detach()):
        x = ag.ones(2, requires_grad=True)
        with saved_tensors_hooks(keep, lambda kept: kept):
            y = x.exp()
            z = y * y
            y.mul_(2)
        with pytest.raises(RuntimeError, match="modified by an inplace operation: multiply needs"):
            z.sum().backward()


def test_a_result_that_hooks_hold_is_what_it_was():
    for keep in (lambda t: t, lambda t: t.detach()):
        x = ag.ones(2, requires_grad=True)
        with saved_tensors_hooks(keep, lambda kept: kept):
            y = (x * 1).exp_()
            y.mul_(2)
        y.sum().backward()
        np.testing.assert_allclose(x.grad, 2 * np.exp([1.0, 1.0]), 1e-6)


def test_hooks_may_write_into_memory_of_their_own():
    pool = ag.zeros(8)

    def take(t):
        pool[: t.numel()].copy_(t.flatten())
        return pool[: t.numel()].clone(), t.shape

    def give(kept):
        pool[: kept[0].numel()].copy_(kept[0])
        return pool[: kept[0].numel()].view(kept[1]).clone()

    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with saved_tensors_hooks(take, give):
        y = (x * x).exp()
    y.sum().backward()
    np.testing.assert_allclose(x.grad, 2 * np.array([1.0, 2.0]) * np.exp([1.0, 4.0]), 1e-6)


def test_packing_does_not_write_what_it_is_given():
    x = ag.ones(2, requires_grad=True)
    y = x * 1
    with saved_tensors_hooks(lambda t: t.mul_(2), lambda kept: kept):
        with pytest.raises(RuntimeError, match="pack hook is modifying its input in place"):
            y * y
        x * 2  # keeps nothing


def test_unpacking_gives_a_tensor():
    x = ag.ones(2, requires_grad=True)
    with saved_tensors_hooks(lambda t: t, lambda kept: kept.numpy()):
        y = x * x
    with pytest.raises(TypeError, match="unpack_hook expected to be a Tensor but got result of type ndarray"):
        y.sum().backward()


@pytest.mark.parametrize("kind", [staticmethod, classmethod])
def test_setup_context_is_given_the_defaults_of_forward(kind):
    """Of forward's arguments all are there, and backward answers for all."""

    class Power(ag.autograd.Function):
        @staticmethod
        def forward(x, n=3):
            return x**n

        @staticmethod
        def setup_context(ctx, inputs, output):
            x, ctx.n = inputs
            ctx.save_for_backward(x)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * ctx.n * x ** (ctx.n - 1), None

    class Again(Power):
        @classmethod
        def forward(cls, x, n=3):
            return x**n

    function = Power if kind is staticmethod else Again
    x = ag.tensor([2.0, -1.0], requires_grad=True)
    function.apply(x).sum().backward()
    assert x.grad.tolist() == [12.0, 3.0]
    x.grad = None
    function.apply(x, 2).sum().backward()
    assert x.grad.tolist() == [4.0, -2.0]


def test_what_pytorch_says_of_a_write_into_an_output_that_is_a_view():
    class Shows(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1]

        @staticmethod
        def backward(ctx, g):
            return g.expand(2)

    shown = ag.ones(2, requires_grad=True) * 1.0
    out = Shows.apply(shown)
    with pytest.raises(RuntimeError, match=r"Output 0 of Shows is a view .* inside a custom Function"):
        out += 1
    base = ag.ones(2, requires_grad=True) * 1.0
    with ag.no_grad():
        part = base[:1]
    with pytest.raises(RuntimeError, match="A view was created in no_grad mode and is being modified"):
        part.mul_(2.0)
    with ag.inference_mode():
        part = base[:1]
    with pytest.raises(RuntimeError, match=r"A view was created in inference mode and .* in normal mode"):
        part.mul_(2.0)


def test_several_views_that_a_function_returns_are_told_as_such():
    class Parts(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x[:1], x[1:]

        @staticmethod
        def backward(ctx, g, h):
            return ag.cat([g, h])

    base = ag.ones(2, requires_grad=True) * 1.0
    first, _ = Parts.apply(base)
    with pytest.raises(RuntimeError, match=r"Output 0 of Parts is a view .* returns multiple views"):
        first += 1


@pytest.mark.parametrize("mark", ["mark_dirty", "mark_non_differentiable"])
def test_only_tensors_are_marked(mark):
    class Wrong(Function):
        @staticmethod
        def forward(ctx, x):
            getattr(ctx, mark)(3)
            return x * 1.0

    with pytest.raises(RuntimeError, match=f"{mark} .*argument 0 is of type int"):
        Wrong.apply(ag.tensor([1.0], requires_grad=True))


def test_older_uses_of_a_function_are_told():
    class Old(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.mark_dirty(x + 1.0)
            ctx.save_for_backward(x)
            return x * 1.0

        @staticmethod
        def backward(ctx, g):
            return g * ctx.saved_variables[0]

    x = ag.tensor([2.0], requires_grad=True)
    with pytest.raises(RuntimeError, match="Legacy autograd function with non-static forward method"):
        Old()(x)
    with (
        pytest.warns(UserWarning, match=r"Only input Tensors should be given to ctx\.mark_dirty"),
        pytest.raises(RuntimeError, match="Some elements marked as dirty"),
    ):
        Old.apply(x)


def test_saved_variables_are_the_saved_tensors():
    class Square(ag.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, g):
            return 2.0 * g * ctx.saved_variables[0]

    x = ag.tensor([3.0], requires_grad=True)
    with pytest.warns(DeprecationWarning, match="'saved_variables' is deprecated"):
        Square.apply(x).backward()
    assert x.grad.tolist() == [6.0]
