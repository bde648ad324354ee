"""check, gradcheck and gradgradcheck: right functions pass, each kind of mistake is found and called by its
name."""

import warnings

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.autograd import Function, GradcheckError, gradcheck, gradgradcheck
from autograd_cnn.nn import functional as F
from autograd_cnn.testing import Draw, check


def leaf(*shape, dtype=ag.float64, seed=0):
    return ag.tensor(Draw(seed)(*shape), dtype=dtype, requires_grad=True)


def cube(rule):
    """x³ with ``rule(g, x)`` as its backward pass."""

    class Cube(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, g):
            return rule(g, *ctx.saved_tensors)

    return Cube.apply


RIGHT = [
    (lambda x, y: (x * y).sin(), (leaf(2, 3), leaf(3))),
    (lambda x, y: x @ y, (leaf(2, 3), leaf(3, 2))),
    (lambda x, y: (x * y, x + y), (leaf(2, 3), leaf(2, 3, seed=1))),
    (lambda x: x.exp(), (leaf(()),)),
    (lambda x: x.expand(3, 2), (leaf(1, 2),)),
    (lambda x, index: x[index], (leaf(4), ag.tensor([0, 0, 3]))),
    (lambda x: F.relu(x), (leaf(3, 4),)),
    (lambda x: x.t().exp(), (leaf(2, 3),)),
]


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("number", range(len(RIGHT)))
def test_right_functions_pass_in_every_mode(number, fast):
    function, inputs = RIGHT[number]
    assert gradcheck(function, inputs, fast_mode=fast, check_forward_ad=True, check_batched_grad=True)
    assert gradgradcheck(function, inputs, fast_mode=fast)
    assert check(function, *inputs, order=3, fast=True)


@pytest.mark.parametrize(
    ("rule", "cause", "says"),
    [
        (lambda g, x: -3 * g * x**2, "sign", "minus the right gradient"),
        (lambda g, x: 6 * g * x**2, "factor", "2 times the right gradient"),
        (lambda g, x: 3 * x**2, "upstream", "ignores g"),
        (lambda g, x: 3 * g * x, "operand factor", "multiplied by input 0 it is right"),
        (lambda g, x: 3 * g * x**2 + g, "term", "-1 * g added"),
        (lambda g, x: (3 * g * x**2).t(), "transposed", "transposed with axes (1, 0)"),
        (lambda g, x: (3 * g * x**2).roll(1, 1), "shifted", "along axis 1"),
        (lambda g, x: (3 * g * x**2).flip(0), "reversed", "reversed along axis 0"),
        (
            lambda g, x: (3 * g * x**2).mean(0, keepdim=True).expand(3, 3).clone(),
            "axis",
            "averaged over axis 0",
        ),
        (lambda g, x: 3 * g * x**2 * (x > 0), "condition", "wrong just where input 0 < 0"),
        (lambda g, x: 0 * g, "zero", "zero everywhere"),
        (lambda g, x: 3 * g * x**2 * float("nan"), "not finite", "NaN"),
        (lambda g, x: 3 * g * x.detach() ** 2, "second order", "reads .array"),
        (lambda g, x: g.mul_(3) * x**2, "in place", "compute a new array"),
        (
            lambda g, x: (3 * g * x**2)[None].expand(2, -1, -1),
            "factor",
            "2 times",
        ),
    ],
)
def test_mistakes_are_named(rule, cause, says):
    report = check(cube(rule), leaf(3, 3), order=2)
    assert not report
    assert report.causes == [cause]
    assert says in str(report)


def test_the_report_names_the_worst_element_both_values_and_the_distance():
    report = check(cube(lambda g, x: -3 * g * x**2), ag.tensor([2.0], dtype=ag.float64, requires_grad=True))
    said = str(report)
    assert "output 0 with respect to input 0" in said
    assert "the analytic gradient is -12, the numerical 12" in said
    assert "ULPs of float64" in said


def test_errors_are_those_of_pytorch():
    wrong = cube(lambda g, x: g)
    with pytest.raises(GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"):
        gradcheck(wrong, (leaf(2),))
    with pytest.raises(GradcheckError, match="along a random direction"):
        gradcheck(wrong, (leaf(2),), fast_mode=True)
    assert gradcheck(wrong, (leaf(2),), raise_exception=False) is False
    assert gradcheck(wrong, leaf(2), raise_exception=False) is False
    assert issubclass(GradcheckError, RuntimeError)
    with pytest.raises(ValueError, match="expects at least one input tensor to require gradient"):
        gradcheck(lambda x: x, (ag.ones(2),))
    with pytest.raises(ValueError, match="expects at least one input tensor to require gradient"):
        gradgradcheck(lambda x: x, (ag.ones(2),))
    with pytest.raises(AssertionError, match="at least one of check_forward_ad"):
        gradcheck(lambda x: x, (leaf(2),), check_backward_ad=False)
    with pytest.raises(ValueError, match="order must be 1 or more"):
        check(lambda x: x, leaf(2), order=0)


def test_signatures_are_those_of_pytorch():
    torch = pytest.importorskip("torch")
    import inspect

    for ours, theirs in (
        (gradcheck, torch.autograd.gradcheck),
        (gradgradcheck, torch.autograd.gradgradcheck),
    ):
        a, b = inspect.signature(ours).parameters, inspect.signature(theirs).parameters
        assert {n: (p.kind, p.default) for n, p in a.items()} == {
            n: (p.kind, p.default) for n, p in b.items()
        }


def test_kinks_are_reported_and_no_error():
    x = ag.tensor([0.0, 1.0, -2.0], dtype=ag.float64, requires_grad=True)
    report = check(F.relu, x)
    assert report
    assert report.kinks == ["input 0[0] = 0: slopes 0 on the left, 1 on the right"]
    assert "a jump" in check(lambda x: x.floor() * 2 + x * 0, x).kinks[0]
    with pytest.warns(UserWarning, match=r"kink at input 0\[0\]"):
        assert gradcheck(F.relu, (x,))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert gradcheck(F.relu, (leaf(3),))


def test_at_a_kink_the_gradient_lies_between_the_slopes():
    class Relu(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x.clamp(min=0)

        @staticmethod
        def backward(ctx, g):
            (x,) = ctx.saved_tensors
            return g * (x > 0) + 2 * g * (x == 0)

    x = ag.tensor([0.0, 1.0], dtype=ag.float64, requires_grad=True)
    assert not check(Relu.apply, x)


def test_float32_and_float16_are_checked_against_float64():
    assert check(
        lambda x, w: F.conv2d(x, w, padding=1),
        leaf(1, 2, 4, 4, dtype=ag.float32),
        leaf(2, 2, 3, 3, dtype=ag.float32),
    )
    assert check(lambda x: x.sin(), leaf(3, dtype=ag.float16))
    weight = ag.tensor(Draw(2)(3, 2), dtype=ag.float32)
    report = check(lambda x: x @ weight, leaf(2, 3, dtype=ag.float32))
    assert report
    assert "differences run in float32" in str(report)


def test_a_step_too_small_for_the_dtype_is_said():
    weight = ag.tensor(Draw(2)(3, 2), dtype=ag.float32)
    report = check(lambda x: x @ weight, leaf(2, 3, dtype=ag.float32), eps=1e-8)
    assert report.causes == ["step"]
    assert "too small for float32" in str(report)


def test_functions_that_are_not_functions():
    source = np.random.default_rng(0)
    report = check(lambda x: x * source.uniform(), leaf(3))
    assert report.causes == ["not deterministic"]
    assert check(
        lambda x: x * (1 + 1e-9 * source.uniform()), leaf(3), nondeterminism=1e-6, variations=False, atol=1e-5
    )

    def writes(x):
        x.array[0] = 1.0
        return x * 2

    assert check(writes, leaf(3)).causes == ["in place"]


def test_a_backward_pass_with_a_memory():
    first = {}
    assert not check(cube(lambda g, x: first.setdefault("gradient", 3 * g * x**2)), leaf(3))

    kept = ag.zeros(3, dtype=ag.float64)

    def buffer(g, x):
        kept.array[:] = (3 * g * x**2).array
        return kept

    assert check(cube(buffer), leaf(3)), "the engine copies a gradient that it hands out"


def test_undefined_upstream():
    class Both(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.set_materialize_grads(False)
            return x * 2, x * 3

        @staticmethod
        def backward(ctx, g, h):
            return 2 * g + 3 * h

    report = check(Both.apply, leaf(3), variations=False)
    assert not report
    assert set(report.causes) == {"undefined upstream"}


def test_examples_that_mix():
    mixing = check(lambda x: x - x.mean(0), leaf(3, 2), independent=True)
    assert mixing.causes == ["batch mixing"]
    assert check(lambda x: x - x.mean(1, keepdim=True), leaf(3, 2), independent=True)


def test_a_backward_that_takes_the_memory_for_the_axes():
    def rule(g, x):
        return ag.from_numpy(3 * g.array.ravel(order="K").reshape(g.shape) * x.array**2)

    assert check(cube(rule), leaf(2, 3)).causes == ["layout"]


def test_modules_are_checked_with_their_parameters():
    ag.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.Tanh(), nn.Flatten(), nn.Linear(32, 2))
    state = {name: t.array.copy() for name, t in net.state_dict().items()}
    assert check(net, ag.randn(2, 1, 6, 6), order=2, fast=True, atol=1e-5)
    assert all(np.array_equal(t.array, state[name]) for name, t in net.state_dict().items())

    class Wrong(nn.Module):
        def __init__(self):
            super().__init__()
            self.scale = nn.Parameter(ag.ones(3))

        def forward(self, x):
            return cube(lambda g, s: -3 * g * s**2)(self.scale) * x

    report = check(Wrong(), ag.randn(2, 3))
    assert report.causes == ["sign"]
    assert "parameter 'scale'" in str(report)


def test_gradgradcheck_takes_upstream_signals():
    x, g = leaf(3), leaf(3, seed=4)
    assert gradgradcheck(lambda x: x**3, (x,), (g,))
    assert gradgradcheck(lambda x: x**3, (x,), g, gen_non_contig_grad_outputs=True, check_fwd_over_rev=True)
    with pytest.raises(GradcheckError):
        gradgradcheck(cube(lambda g, x: 3 * g * x.detach() ** 2), (x,), (g,))


@pytest.mark.parametrize("what", ["shape", "dtype"])
@pytest.mark.parametrize("fast_mode", [True, False])
def test_results_that_change_their_form_where_inputs_move_have_no_derivative(what, fast_mode):
    def function(x):
        if (x < 1).any():
            return x
        return ag.cat([x, x]) if what == "shape" else x.float()

    x = ag.ones(1, dtype=ag.float64, requires_grad=True)
    with pytest.raises(AssertionError, match=f"the same {what} when inputs are perturbed"):
        ag.autograd.gradcheck(function, (x,), fast_mode=fast_mode)


class Doubled(ag.autograd.Function):
    """2 x, with three times the tangent."""

    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, g):
        return g * 2

    @staticmethod
    def jvp(ctx, tangent):
        return tangent * 3


def hooked(x):
    y = x.clone()
    y.register_hook(lambda g: g + 0.01)
    return y


@pytest.mark.parametrize("fast_mode", [True, False])
@pytest.mark.parametrize("dtype", [ag.float32, ag.float64])
@pytest.mark.parametrize(
    ("function", "match"),
    [
        (hooked, "Jacobian mismatch for output 0 with respect to input 0"),
        (Doubled.apply, "Jacobian computed with forward mode mismatch for output 0 with respect to input 0"),
        (lambda x: x.detach() * 2, "Numerical gradient for function expected to be zero"),
    ],
)
def test_what_is_wrong_is_said_in_the_words_that_are_searched_for(function, match, dtype, fast_mode):
    x = ag.ones(2, 2, dtype=dtype, requires_grad=True)
    with pytest.raises(ag.autograd.GradcheckError, match=match):
        ag.autograd.gradcheck(function, (x,), fast_mode=fast_mode, check_forward_ad=function == Doubled.apply)
