"""The contract of a primitive: a user's own operators, and what is refused, when and with which words."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import explain, ops, primitive
from autograd_cnn.autograd import grad
from autograd_cnn.testing import sweep


def leaf(values) -> ag.Tensor:
    return ag.tensor(np.array(values, np.float64), requires_grad=True)


# a user's own operator


def define_softsign():
    @primitive
    def softsign(x, /):
        return x / (1 + abs(x))

    @softsign.vjp("x")
    def softsign_x(g, x):
        return g / ((1 + abs(x)) * (1 + abs(x)))

    softsign.samples(lambda draw: [draw.away_from_zero(2, 3), draw(0, 3)])
    return softsign


def test_a_users_operator_in_ten_lines_is_differentiated_twice() -> None:
    softsign = define_softsign()
    x = leaf([-2.0, 0.5, 3.0])
    a = x.array
    y = softsign(x)
    np.testing.assert_allclose(y.array, a / (1 + abs(a)))
    (first,) = grad(y.sum(), [x], create_graph=True)
    np.testing.assert_allclose(first.array, 1 / (1 + abs(a)) ** 2)
    (second,) = grad(first.sum(), [x])
    np.testing.assert_allclose(second.array, -2 * np.sign(a) / (1 + abs(a)) ** 3)
    assert y.grad_fn.name() == "SoftsignBackward0"


def test_it_is_drawn_with_its_formula() -> None:
    x = leaf([-2.0, 0.5, 3.0])
    source = explain.draw(define_softsign()(x).sum(), {"x": x}).source
    assert "softsign" in source
    assert "x̄" in source
    assert "longer than one expression" not in source


def test_it_passes_the_same_sweep_and_its_formula_is_its_source() -> None:
    softsign = define_softsign()
    assert [result.failure for result in sweep("softsign") if result.failure] == []
    assert ops._formula.rule_text(softsign, "x") == "g / ((1 + abs(x)) * (1 + abs(x)))"


def test_on_plain_arrays_and_numbers_it_is_a_plain_function() -> None:
    softsign = define_softsign()
    out = softsign(np.array([1.0, -3.0]))
    assert type(out) is np.ndarray
    assert out.tolist() == [0.5, -0.75]
    assert type(softsign(np.array(1.0))) is np.ndarray
    assert repr(softsign) == "<primitive softsign(x)>"


def test_parameters_reach_the_rule_given_or_by_default() -> None:
    @primitive
    def scaled(x, /, *, by=2.0, plus):
        return x * by + plus

    @scaled.vjp("x")
    def scaled_x(g, by, x_shape):
        assert x_shape == (2,)
        return g * by

    for parameters, slope in (({"plus": 1.0}, 2.0), ({"by": 5.0, "plus": 0.0}, 5.0)):
        x = leaf([1.0, 2.0])
        scaled(x, **parameters).sum().backward()
        assert x.grad.tolist() == [slope, slope]
    assert repr(scaled) == "<primitive scaled(x, by=2.0, plus)>"


def test_declared_auxiliaries_are_kept_for_the_rule_and_hidden_from_the_caller() -> None:
    @primitive(aux=("mask",))
    def positive_part(x, /):
        mask = x > 0
        return np.where(mask, x, 0.0), mask

    @positive_part.vjp("x")
    def positive_part_x(g, mask):
        return ops.where(mask, g, 0.0)

    x = leaf([1.0, -1.0])
    y = positive_part(x)
    assert y.tolist() == [1.0, 0.0]
    assert positive_part(x.array).tolist() == [1.0, 0.0]
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0]


def define_polar():
    @primitive(outputs=("r", "a"))
    def polar(x, y, /):
        return np.hypot(x, y), np.arctan2(y, x)

    def total(first, second):
        return first if second is None else second if first is None else first + second

    @polar.vjp("x", "y", formula="(g_r * x / r - g_a * y / (r * r), g_r * y / r + g_a * x / (r * r))")
    def polar_xy(g_r, g_a, x, y, r):
        by_r = (None, None) if g_r is None else (g_r * x / r, g_r * y / r)
        by_a = (None, None) if g_a is None else (-g_a * y / (r * r), g_a * x / (r * r))
        return total(by_r[0], by_a[0]), total(by_r[1], by_a[1])

    polar.samples(lambda draw: [(draw.away_from_zero(3), draw.away_from_zero(3))])
    return polar


def test_several_results_and_none_where_nothing_came() -> None:
    polar = define_polar()
    assert [result.failure for result in sweep("polar") if result.failure] == []
    x, y = leaf([3.0]), leaf([4.0])
    r, a = polar(x, y)
    assert type(r) is type(a) is ag.Tensor
    r.backward(retain_graph=True)
    np.testing.assert_allclose([x.grad.item(), y.grad.item()], [0.6, 0.8])
    (gx,) = grad(a.sum(), [x], create_graph=True)
    np.testing.assert_allclose(gx.array, [-4 / 25])
    (gxx,) = grad(gx.sum(), [x])
    np.testing.assert_allclose(gxx.array, [2 * 3 * 4 / 25**2])
    assert [type(out) for out in polar(x.array, y.array)] == [np.ndarray, np.ndarray]


def test_a_rule_may_ask_for_any_of_several_results() -> None:
    @primitive(outputs=("s", "e"))
    def square_and_exponential(x, /):
        return x * x, np.exp(x)

    @square_and_exponential.vjp("x")
    def square_and_exponential_x(g_s, g_e, e):
        return g_e * e

    x = leaf([1.0])
    _, e = square_and_exponential(x)
    e.backward()
    np.testing.assert_allclose(x.grad.array, np.exp([1.0]))


def test_integer_results_of_several_need_no_gradient() -> None:
    @primitive(outputs=("values", "order"))
    def sorted_with_order(x, /):
        order = np.argsort(x)
        return x[order], order

    @sorted_with_order.vjp("x", formula="ops.additem(g_values, index=order, shape=x_shape)")
    def sorted_x(g_values, g_order, order, x_shape):
        return ops.additem(g_values, index=(getattr(order, "array", order),), shape=x_shape)

    x = leaf([3.0, 1.0, 2.0])
    values, order = sorted_with_order(x)
    assert (values.requires_grad, order.requires_grad) == (True, False)
    (values * ag.tensor(np.array([1.0, 10.0, 100.0]))).sum().backward()
    assert x.grad.tolist() == [100.0, 1.0, 10.0]


def test_a_variadic_operator_has_one_joint_rule() -> None:
    @primitive
    def product_of_all(*xs):
        out = xs[0]
        for x in xs[1:]:
            out = out * x
        return out

    @product_of_all.vjp("xs")
    def product_of_all_xs(g, xs, out):
        return [g * out / x for x in xs]

    a, b = leaf([2.0]), leaf([3.0])
    y = product_of_all(a, b, ag.tensor(np.array([5.0])))
    ga, gb = grad(y.sum(), [a, b], create_graph=True)
    assert (ga.tolist(), gb.tolist()) == ([15.0], [10.0])
    same, mixed = grad(ga.sum(), [a, b])
    assert (same.tolist(), mixed.tolist()) == ([0.0], [5.0])


@pytest.mark.parametrize("kind", [ValueError, TypeError, RuntimeError])
def test_what_a_forward_raises_comes_as_it_is(kind) -> None:
    @primitive
    def picky(x, /):
        raise kind("not today")

    with pytest.raises(kind, match=r"^not today$") as caught:
        picky(leaf([1.0]))
    assert caught.value.__cause__ is None


def test_a_gradient_nobody_wants_is_never_computed() -> None:
    ran: list[str] = []

    @primitive
    def both(x, y, /):
        return x * y

    @both.vjp("x")
    def both_x(g, y):
        ran.append("x")
        return g * y

    @both.vjp("y")
    def both_y(g, x):
        ran.append("y")
        return g * x

    x, y = leaf([2.0]), leaf([3.0])
    both(x, y.detach()).backward()
    assert ran == ["x"]
    ran.clear()
    grad(both(x, y).sum(), [y])
    assert ran == ["y"]


# what is refused at import


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (lambda g, input: g, r"takes g first, then any of out, x, x_shape, k, mask; not input"),
        (lambda x, g: g, r"takes g first, then any of out, x, x_shape, k, mask; not g"),
        (lambda: 0, r"takes g first"),
    ],
)
def test_a_rule_with_other_names_is_refused_with_the_legal_ones(rule, says: str) -> None:
    @primitive(aux=("mask",))
    def tested(x, /, *, k=1):
        return x * k, x > 0

    with pytest.raises(TypeError, match=rf"<lambda>: a rule of tested {says}"):
        tested.vjp("x")(rule)
    assert tested.rules == {}


def test_a_rule_for_an_unknown_operand_is_refused() -> None:
    @primitive
    def tested(x, y, /):
        return x * y

    with pytest.raises(TypeError, match=r"tested\.vjp\('z',\): the operands are x, y"):
        tested.vjp("z")
    with pytest.raises(TypeError, match="the operands are x, y"):
        tested.vjp()


def test_results_of_several_are_named_in_the_rule() -> None:
    @primitive(outputs=("u", "v"))
    def split(x, /):
        return x * 1.0, x * 2.0

    with pytest.raises(TypeError, match="a rule of split takes g_u, g_v first, then any of u, v, x, x_shape"):
        split.vjp("x")(lambda g, x: g)


def test_signatures_without_clear_operands_are_refused() -> None:
    with pytest.raises(TypeError, match=r"write operands before '/' and parameters after '\*', not x"):
        primitive(lambda x, y=1: x)
    with pytest.raises(TypeError, match="one operand or more before '/', or a single variadic"):
        primitive(lambda *, k: k)
    with pytest.raises(TypeError, match="one operand or more before '/', or a single variadic"):
        primitive(lambda x, /, *xs: x)

    def tested(g, /):
        return g

    with pytest.raises(TypeError, match="tested: 'g' has a meaning of its own in rules; choose another name"):
        primitive(tested)
    with pytest.raises(TypeError, match="promotes is 'common' or 'float' or None, not 'int'"):
        primitive(promotes="int")(lambda x, /: x)


def test_a_name_that_is_taken_is_refused() -> None:
    def exp(x, /):
        return x

    with pytest.raises(
        TypeError,
        match=r"a primitive 'exp' exists already \(in autograd_cnn\.ops\._exponential\); give this one "
        r"another name",
    ):
        primitive(exp)


# what is refused in use


def test_a_missing_rule_is_an_error_when_recording() -> None:
    @primitive
    def ruleless(x, /):
        return x * 2.0

    assert ruleless(ag.tensor([1.0])).tolist() == [2.0]  # nothing is recorded, so nothing is missing
    with pytest.raises(
        NotImplementedError,
        match=r"ruleless has no local gradient for its operand 'x': register one with "
        r"@ruleless\.vjp\('x'\), or say ruleless\.nondifferentiable\('x'\)",
    ):
        ruleless(leaf([1.0]))


def test_an_operand_declared_nondifferentiable_gets_nothing() -> None:
    @primitive
    def masked(x, m, /):
        return x * m

    masked.vjp("x")(lambda g, m: g * m)
    masked.nondifferentiable("m")
    x, m = leaf([2.0]), leaf([3.0])
    masked(x, m).backward()
    assert x.grad.tolist() == [3.0]
    assert m.grad is None


def test_a_primitive_without_gradient_gives_results_without_history() -> None:
    @primitive(differentiable=False)
    def rounded(x, /):
        return np.round(x)

    y = rounded(leaf([1.4]))
    assert not y.requires_grad


def test_a_tensor_with_axes_as_a_parameter_is_refused() -> None:
    x = leaf([[1.0, 2.0]])
    with pytest.raises(
        TypeError,
        match=r"its parameter 'axis' is not differentiated and takes no Tensor but one without axes",
    ):
        ops.sum(x, axis=ag.tensor([1]))
    assert ops.sum(x, axis=ag.tensor(1)).tolist() == [3.0]

    @primitive
    def shifted(x, /, *, by):
        return x + by

    shifted.vjp("x")(lambda g: g)
    with pytest.raises(
        TypeError, match="shifted: its parameter 'by' is not differentiated and takes no Tensor"
    ):
        shifted(x, by=ag.tensor([1.0]))


def test_what_is_no_operand_is_refused() -> None:
    with pytest.raises(TypeError, match=r"unsupported operand type\(s\) for \+: 'Tensor' and 'str'"):
        leaf([1.0]) + "1"
    with pytest.raises(TypeError, match="not list"):
        ops.multiply(leaf([1.0]), [1.0])


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (
            lambda g: g.reshape(2, 1),
            r"returned a gradient of shape \(2, 1\) and dtype float64, but the operand has shape "
            r"\(2,\) and dtype float64",
        ),
        (
            lambda g: g.astype(np.float32),
            r"returned a gradient of shape \(2,\) and dtype float32, but the operand has shape .*",
        ),
        (lambda g: 1.0, "returned float, not an array"),
        (lambda g: None, "returned NoneType, not an array"),
    ],
    ids=["shape", "dtype", "number", "none"],
)
def test_a_gradient_that_does_not_fit_names_primitive_and_operand(rule, says: str) -> None:
    @primitive
    def tested(x, /):
        return x * 2.0

    tested.vjp("x")(rule)
    with pytest.raises(
        RuntimeError, match=rf"the local gradient of tested for its operand 'x' {says}; correct the rule"
    ):
        tested(leaf([1.0, 2.0])).sum().backward()


def test_a_joint_rule_must_return_one_gradient_for_each_operand() -> None:
    @primitive
    def tested(x, y, /):
        return x * y

    tested.vjp("x", "y")(lambda g: (g,))
    with pytest.raises(
        RuntimeError, match=r"the local gradient of tested .*returned 1 gradient\(s\) for 2 operands"
    ):
        tested(leaf([1.0]), leaf([2.0])).backward()


# shapes, dtypes and devices that do not fit


def test_operands_that_do_not_broadcast_are_named_with_shapes() -> None:
    with pytest.raises(
        ops.ShapeError,
        match=r"The size of tensor a \(3\) must match the size of tensor b \(2\) at non-singleton dimension "
        r"1 \(add of x: shape \[4, 3\], float64, y: shape \[2\], float64\)",
    ):
        leaf(np.ones((4, 3))) + leaf([1.0, 2.0])


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (((2, 3), (2, 4)), r"tensor a \(3\).*tensor b \(4\) at non-singleton dimension 1"),
        (((2, 3), (4, 3)), r"tensor a \(2\).*tensor b \(4\) at non-singleton dimension 0"),
        (((3,), (5, 1, 4)), r"tensor a \(3\).*tensor b \(4\) at non-singleton dimension 2"),
        (((5, 2, 1), (4, 1)), r"tensor a \(2\).*tensor b \(4\) at non-singleton dimension 1"),
        (((5, 1, 3), (2, 2, 3)), r"tensor a \(5\).*tensor b \(2\) at non-singleton dimension 0"),
    ],
)
def test_the_first_axis_from_the_back_that_does_not_fit_is_named(shapes, said) -> None:
    with pytest.raises(ops.ShapeError, match=said):
        ag.ones(*shapes[0]) + ag.ones(*shapes[1])


def test_matrices_that_do_not_fit_are_named_with_shapes() -> None:
    with pytest.raises(ops.ShapeError, match=r"mat1 and mat2 shapes cannot be multiplied \(2x3 and 2x3\)"):
        leaf(np.ones((2, 3))) @ leaf(np.ones((2, 3)))
    with pytest.raises(
        ops.DTypeError,
        match=r"expected m1 and m2 to have the same dtype, but got: double != float .* convert one with \.to",
    ):
        leaf(np.ones((2, 3))) @ ag.ones(3, 2)


def test_the_errors_are_pytorchs_type() -> None:
    assert all(issubclass(kind, RuntimeError) for kind in (ops.ShapeError, ops.DTypeError, ops.DeviceError))


def test_an_error_of_a_users_forward_arrives_as_it_is() -> None:
    @primitive
    def failing(x, /):
        raise ValueError("this operator has its own words")

    with pytest.raises(ValueError, match="its own words"):
        failing(leaf([1.0]))
