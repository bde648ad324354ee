"""Checks never assure falsely: wrong backward formulas of every operator are found, whatever the mistake, and
right ones are not accused."""

import dataclasses
import typing

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn.autograd import Function, GradcheckError, gradcheck, gradgradcheck
from autograd_cnn.ops import registry
from autograd_cnn.testing import bisect, check
from autograd_cnn.testing._draw import draw_for, samples_of

from .mistakes import MISTAKES, wrapped

SITES = [
    p
    for p in registry.values()
    if not p.outputs and not p.variadic and p.differentiable and p.make_samples is not None
]
"""The operators of one result."""


def first_sample(primitive):
    """The first sample with a few elements, as Tensors; those that have a gradient ask for it."""
    samples = samples_of(primitive, draw_for(primitive))
    samples = [s for s in samples if primitive(*s.operands, **s.parameters).size] or samples
    sizes = [sum(x.size for x in s.operands) for s in samples]
    best = min(range(len(samples)), key=lambda i: (not 3 <= sizes[i] <= 60, sizes[i]))
    operands = []
    for name, x in zip(primitive.operands, samples[best].operands, strict=True):
        wanted = x.dtype.kind == "f" and name not in primitive.without_rule
        operands.append(ag.tensor(x, requires_grad=wanted))
    return operands, samples[best].parameters


def changes(function, right, operands):
    """Whether a mistake changes any gradient, for three signals; a mistake that does not is none."""
    source = np.random.default_rng(1)
    leaves = [t for t in operands if t.requires_grad]
    out, reference = function(*operands), right(*operands)
    if out.array.size == 0:
        return False
    for scale in (1.0, 1e5, 1e-5, 0.0):
        numbers = np.asarray(scale * source.normal(size=out.shape))
        ways = [ag.from_numpy(numbers), ag.from_numpy(numbers.copy(order="F")), ag.tensor(scale).double()]
        for g in (*ways[:2], ways[2].expand(out.shape)):
            try:
                wrong = ag.autograd.grad(out, leaves, g, retain_graph=True, materialize_grads=True)
            except RuntimeError:
                return True
            fine = ag.autograd.grad(reference, leaves, g, retain_graph=True, materialize_grads=True)
            for a, b in zip(wrong, fine, strict=True):
                size = abs(b.array).max(initial=0.0)
                if abs(a.array - b.array).max(initial=0.0) > 1e-4 * size + (1e-8 if size < 1e-8 else 0):
                    return True
    return False


def found(function, operands, number):
    """Whether a check finds fault; by turns each of the doors."""
    doors = (
        lambda: check(function, *operands),
        lambda: check(function, *operands, fast=True),
        lambda: gradcheck(function, tuple(operands), raise_exception=False),
        lambda: gradcheck(function, tuple(operands), raise_exception=False, fast_mode=True),
    )
    return not doors[number % len(doors)]()


def sweep(share, of):
    missed, accused, planted = [], [], 0
    for at, primitive in enumerate(SITES):
        operands, parameters = first_sample(primitive)
        if not primitive(*operands, **parameters).array.size:
            continue
        right = wrapped(primitive, parameters, None).apply
        for number, (name, mistake) in enumerate(MISTAKES.items()):
            if (at * len(MISTAKES) + number * 7) % of != share:
                continue
            function = wrapped(primitive, parameters, mistake).apply
            if name == "g in place" or changes(function, right, operands):
                planted += 1
                if not found(function, operands, at + number):
                    missed.append(f"{name} in {primitive.name} (door {(at + number) % 4})")
        if at % min(of, 8) == share % 8 and found(right, operands, at):
            accused.append(f"{primitive.name} (door {at % 4})")
    assert not missed, missed
    assert not accused, accused
    assert planted > 20


def test_mistakes_in_operators_are_found_and_right_ones_are_not_accused():
    sweep(3, 97)


@pytest.mark.slow
@pytest.mark.parametrize("share", range(8))
def test_every_mistake_in_every_operator_is_found(share):
    sweep(share, 8)


def custom(forward, backward):
    """A function with a backward written by hand: ``backward(g, x)``."""

    class Custom(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return forward(x)

        @staticmethod
        def backward(ctx, g):
            return backward(g, *ctx.saved_tensors)

    return Custom.apply


def leaf(values, dtype=ag.float64):
    return ag.tensor(values, dtype=dtype, requires_grad=True)


def verdicts(function, *inputs):
    """What each door says."""
    return {
        bool(check(function, *inputs)),
        bool(check(function, *inputs, fast=True)),
        gradcheck(function, inputs, raise_exception=False),
        gradcheck(function, inputs, raise_exception=False, fast_mode=True),
    }


@pytest.mark.parametrize(
    "signal", [lambda g: g.sign(), lambda g: g.clamp(-1, 1), lambda g: g * g.abs(), lambda g: g + 1e-9]
)
def test_a_rule_that_is_not_linear_in_its_signal_is_found_also_at_second_order(signal):
    wrong = custom(lambda x: x * x, lambda g, x: signal(g) * 2 * x)
    x = leaf([1.0, 2.0, 3.0])
    assert verdicts(wrong, x) == {False}
    with pytest.raises(GradcheckError, match=r"upstream signal|Jacobian mismatch"):
        gradgradcheck(wrong, (x,))


SCALES = [1e-300, 1e-30, 1e-8, 1.0, 1e8, 1e300]


@pytest.mark.parametrize("dtype", [ag.float64, ag.float32])
def test_errors_are_relative_at_any_scale(dtype):
    for scale in [s for s in SCALES if dtype is ag.float64 or 1e-36 < s < 1e36]:
        x = leaf([1.0, 2.0, 3.0], dtype)
        right = custom(lambda x, c=scale: x * c, lambda g, x, c=scale: g * c)
        assert verdicts(right, x) == {True}, scale
        for factor in (2.0, 1.003):
            wrong = custom(lambda x, c=scale: x * c, lambda g, x, c=scale, f=factor: g * (f * c))
            assert verdicts(wrong, x) == {False}, (scale, factor)


def test_small_gradients_beside_large_ones():
    scales = np.array([1e-12, 1e-6, 1.0, 1e6])
    wrong = np.array([1.003, 1.0, 1.0, 1.0])
    function = custom(lambda x: x * ag.from_numpy(scales), lambda g, x: g * ag.from_numpy(scales * wrong))
    assert not check(function, leaf([1.0, 2.0, 3.0, 4.0]))


@dataclasses.dataclass
class Output:
    loss: ag.Tensor
    rest: object = None


class Pair(typing.NamedTuple):
    first: ag.Tensor
    second: ag.Tensor


STRUCTURES = [
    lambda y: {"a": y},
    lambda y: [[[[y]]]],
    lambda y: (1, {"a": [None, (y,)]}),
    lambda y: Pair(y * 0, y),
    lambda y: Output(y.sum()),
    lambda y: Output(None, {"a": Output(y)}),
]


@pytest.mark.parametrize("number", range(len(STRUCTURES)))
def test_results_in_structures_are_checked(number):
    wrong = custom(lambda x: x * x, lambda g, x: 3 * g * x)
    x = leaf([1.0, 2.0])
    assert verdicts(lambda x: STRUCTURES[number](wrong(x)), x) == {False}
    assert verdicts(lambda x: STRUCTURES[number](x * x), x) == {True}
    assert bisect(lambda x: STRUCTURES[number](wrong(x)), x).operator == "Custom"
    assert bisect(lambda x: STRUCTURES[number](x * x), x) is None


def test_inputs_in_structures_and_by_name_are_checked():
    wrong = custom(lambda x: x * x, lambda g, x: 3 * g * x)
    x, y = leaf([1.0, 2.0]), leaf([3.0, 4.0])
    assert not check(lambda d: wrong(d["a"]), {"a": x})
    assert check(lambda d: d["a"] * d["b"][0][1], {"a": x, "b": [[1, y]]}, order=2)
    assert "input 0['b'][1]" in str(check(lambda d: wrong(d["b"][1]), {"b": (1, x)}))
    assert "input k" in str(check(lambda a, *, k: a * wrong(k), x, k=y))
    assert check(lambda a, *, k: a * k, x, k=y)
    assert not gradcheck(lambda p: wrong(p.loss), (Output(x),), raise_exception=False)
    with pytest.raises(TypeError, match="rtoll"):
        check(lambda a: a, x, rtoll=1)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda x: None, "NoneType"),
        (lambda x: 2.0, "float"),
        (lambda x: x.long(), "int64"),
        (lambda x: {}, "dict"),
        (lambda x: {"a": "b"}, "str"),
        (lambda x: ag.ones(3), "no result depends"),
        (lambda x: x.detach() * 0 + 1, "no result depends"),
    ],
)
def test_nothing_checked_is_an_error(function, says):
    x = leaf([1.0, 2.0])
    report = check(function, x)
    assert not report
    assert says in str(report)
    for door in (gradcheck, gradgradcheck):
        with pytest.raises(GradcheckError, match=says):
            door(function, (x,))
    with pytest.raises(ValueError, match="nothing to check"):
        bisect(function, x)


def test_inputs_without_elements():
    empty = ag.zeros(0, 3, requires_grad=True)
    assert check(lambda x: x.sum(), empty).causes == ["no elements"]
    with pytest.warns(UserWarning, match="nothing was checked"):
        assert gradcheck(lambda x: x.sum(), (empty.double().detach().requires_grad_(),))
    assert check(lambda x, y: x.sum() + y * y, empty.double().detach().requires_grad_(), leaf([1.0]))


def test_a_value_that_left_the_graph_is_found():
    x = leaf([1.0, 2.0])
    with pytest.raises(GradcheckError, match="Numerical gradient for function expected to be zero"):
        gradcheck(lambda x: x.detach() * 2, (x,))


EDGES = {
    "log": (lambda x: x.log(), lambda g, x: g / x, [1e-6, 1e-12, 1e-300, 1e300]),
    "sqrt": (lambda x: x.sqrt(), lambda g, x: g / (2 * x.sqrt()), [1e-8, 1e-20, 1e-300]),
    "asin": (lambda x: x.asin(), lambda g, x: g / ((1 - x) * (1 + x)).sqrt(), [1 - 1e-6, 1e-9 - 1, 1 - 1e-9]),
    "reciprocal": (lambda x: 1 / x, lambda g, x: -g / (x * x), [1e-8, -1e-8, 1e100]),
    "fast": (lambda x: (1e4 * x).sin(), lambda g, x: 1e4 * g * (1e4 * x).cos(), [0.1, 0.25, 0.5, 3.0]),
    "large": (lambda x: x * x, lambda g, x: 2 * g * x, [1e8, 1e100, -1e-8]),
    "near a kink": (lambda x: x.relu(), lambda g, x: g * (x > 0), [1e-7, -1e-9, 1.0]),
}


@pytest.mark.quick_share(3)
@pytest.mark.parametrize("name", EDGES)
def test_edges_of_domains_and_narrow_scales(name):
    forward, backward, values = EDGES[name]
    for value in values:
        x = leaf([value])
        for door in (check, lambda f, x: check(f, x, fast=True)):
            report = door(custom(forward, backward), x)
            assert report, str(report)
            assert not report.kinks, str(report)
            if value != -1e-9:  # there the slope is zero
                assert not door(custom(forward, lambda g, x: 1.003 * backward(g, x)), x), value
    assert verdicts(custom(forward, backward), leaf(values[:2])) == {True}


def test_where_only_one_side_is_in_the_domain():
    x = leaf([0.0])
    one_sided = custom(lambda x: ag.where(x >= 0, x.exp(), x * float("nan")), lambda g, x: g * x.exp())
    assert check(one_sided, x)
    wrong = custom(lambda x: ag.where(x >= 0, x.exp(), x * float("nan")), lambda g, x: 1.003 * g * x.exp())
    assert not check(wrong, x)

    def refuses(x):
        if x.array.min() < 0:
            raise ValueError("negative")
        return x.exp()

    assert check(refuses, x)


HARD = {
    "sums that cancel": (lambda x: nn.functional.batch_norm(x, None, None, training=True).sum(0), (4, 3)),
    "softmax far apart": (lambda x: (x * 10).softmax(1), (2, 3)),
    "equal elements": (lambda x: (x * 0 + 0.1 - (x * 0 + 0.1).mean()) ** 2 + x, (5,)),
    "a large constant": (lambda x: x + 1e8, (3,)),
    "layer norm of two": (lambda x: nn.functional.layer_norm(x, (2,)), (3, 2)),
    "log-sum-exp": (lambda x: (x * 100).logsumexp(0), (4,)),
    "determinant": (lambda x: ag.linalg.det(x @ x.t()), (3, 3)),
    "zeros": (lambda x: (x * 0) ** 3 + (x * 0).sin() * x, (3,)),
}


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("name", HARD)
@pytest.mark.parametrize("dtype", [ag.float64, ag.float32])
def test_right_gradients_of_hard_functions_are_not_accused(name, dtype):
    function, shape = HARD[name]
    x = leaf(np.random.default_rng(0).normal(size=shape), dtype)
    for report in (check(function, x), check(function, x, fast=True), check(function, x, order=2)):
        assert report, str(report)


def test_results_that_are_not_finite_are_not_called_right():
    assert check(lambda x: x.log() * float("inf"), leaf([1.5, 2.0])).causes == ["nothing"]
    report = check(lambda x: x / ag.tensor([0.0, 1.0]).double(), leaf([1.0, 2.0]), variations=False)
    assert "1 of 2 elements of the results are not finite" in str(report)


def test_numbers_without_axes():
    x, y = leaf(1.5), leaf(2.5)
    assert check(lambda x, y: x * y, x, y, order=2, forward=True, batched=True)
    assert verdicts(lambda x, y: (x * y, x.exp()), x, y) == {True}


def test_a_gradient_that_is_constant_is_right_at_second_order():
    assert gradgradcheck(lambda x: x.sign(), (leaf([1.5, -2.0]),))
    assert check(lambda x: x.sign() + 2 * x, leaf([1.5, -2.0]), order=3)
    with pytest.raises(AssertionError, match="at least one of"):
        gradgradcheck(lambda x: x * x, (leaf([1.0]),), check_rev_over_rev=False)
