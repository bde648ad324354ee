"""The sweep over all primitives; and that it finds every kind of mistake it is there to find."""

import ast
import itertools
from pathlib import Path

import numpy as np
import pytest

import autograd_cnn
import autograd_cnn.nn
from autograd_cnn.ops import cast, fold, primitive, where, windows
from autograd_cnn.testing import Case, Draw, cases, sweep


@pytest.mark.parametrize("case", list(cases()), ids=str)
def test_primitive(case: Case) -> None:
    case.run()


def test_every_primitive_on_a_gpu(device: str) -> None:
    if device == "cpu":
        pytest.skip("done case by case above")
    assert [result for result in sweep(on=device) if result.failure] == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 21))
def test_no_false_alarm_with_other_seeds(seed: int) -> None:
    assert [result for result in sweep(seed=seed) if result.failure] == []


def failures(name: str) -> dict[str, str]:
    """The checks of ``name`` that failed, with what they said."""
    found: dict[str, str] = {}
    for result in sweep(name):
        if result.failure:
            found.setdefault(result.case.check, result.failure)
    return found


def cube(
    rule, formula=None, forward=lambda x: x * x * x, samples=lambda draw: [draw(2, 3), draw(()), draw(0, 3)]
):
    """x³ with ``rule`` as its gradient: registered under the name ``faulty``."""

    def faulty(x, /):
        return forward(x)

    op = primitive(faulty)
    op.vjp("x", formula=formula)(rule)
    if samples:
        op.samples(samples)
    return failures("faulty")


def test_right_rule_passes_every_check() -> None:
    def rule(g, x):
        return g * (3 * x * x)

    assert cube(rule) == {}
    assert cube(rule, formula="3 * g * x * x") == {}


def wrong_factor(g, x):
    return g * (2 * x * x)


def wrong_sign(g, x):
    return -g * (3 * x * x)


def no_upstream(g, x):
    return 3 * x * x + g * 0


def missing_term(g, x):
    return g * (3 * x * x) + 1e-5 * g


def constant_copy(g, x):
    raw = getattr(x, "array", x)
    return g * (3 * raw * raw)


def wrong_only_lifted(g, x):
    return (
        g * (3 * x * x) if isinstance(x, np.ndarray) else g * (3 * x * x) + g * x * 0.5 - g * x.detach() * 0.5
    )


def in_place(g, x):
    g *= 3 * x * x
    return g


def too_wide(g, x):
    return (
        g * (3 * x * x)
        if x.dtype == np.float64
        else g * np.float64(3) * (x * x) * np.ones(x.shape, np.float64)
    )


def wrong_shape(g, x):
    return (g * (3 * x * x)).reshape(-1)


def fortran_only_wrong(g, x):
    return g * (3 * x * x) if x.flags.c_contiguous else g * (3.1 * x * x)


def not_an_array(g, x):
    return 3.0


@pytest.mark.parametrize(
    ("rule", "checks", "says"),
    [
        (wrong_factor, {"order1"}, "the gradient for x of faulty"),
        (wrong_sign, {"order1"}, "differences give"),
        (no_upstream, {"order1"}, "along a random direction"),
        (missing_term, {"order1"}, "order1"),
        (constant_copy, {"order2"}, "second-order gradient for x"),
        (wrong_only_lifted, {"order2"}, "second-order gradient for x"),
        (in_place, {"order1"}, "read-only"),
        (too_wide, {"order1"}, "dtype float64, but the operand has shape"),
        (wrong_shape, {"order1"}, "the operand has shape"),
        (fortran_only_wrong, {"layouts"}, "memory layout"),
        (not_an_array, {"order1"}, "not an array"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_wrong_rules_are_found(rule, checks: set[str], says: str) -> None:
    found = cube(rule, formula="0 * g" if rule in (wrong_only_lifted, too_wide) else None)
    assert checks <= set(found)
    assert says in " ".join(itertools.chain(*found.items()))


def test_missing_declarations_are_found() -> None:
    def rule(g, x):
        return g * (3 * x * x)

    def long_rule(g, x):
        square = x * x
        return g * (3 * square)

    assert "declares no samples" in cube(rule, samples=None)["declared"]
    assert "formula=" in cube(long_rule)["declared"]
    assert "is not an expression" in cube(long_rule, formula="g *")["declared"]

    @primitive
    def without(x, y, /):
        return x * y

    without.samples(lambda draw: [(draw(2), draw(2))])
    assert (
        "no local gradient for 'x': @without.vjp('x'), or without.nondifferentiable('x')"
        in failures("without")["declared"]
    )


def test_wrong_formulas_are_found() -> None:
    def long_rule(g, x):
        square = x * x
        return g * (3 * square)

    assert cube(long_rule, formula="3 * g * x**2") == {}
    assert set(cube(long_rule, formula="-3 * g * x**2")) == {"formula"}
    assert "can't be evaluated" in cube(long_rule, formula="3 * g * y**2")["formula"]


@pytest.mark.parametrize(
    ("forward", "says"),
    [
        (lambda x: np.where(x > 5, x, np.inf), "not finite"),
        (lambda x: x, "memory of an operand"),
        (lambda x: x * np.random.default_rng().random(), "other values"),
        (lambda x: x * np.ones(x.shape), "raised the dtype"),
        (lambda x: 3.0, "not an array"),
        (lambda x: np.multiply(x, 2, out=x), "read-only"),
    ],
    ids=["infinite", "aliasing", "random", "float64", "number", "in place"],
)
def test_wrong_forwards_are_found(forward, says: str) -> None:
    assert says in cube(lambda g: g, forward=forward)["values"]


def test_a_forward_that_depends_on_the_memory_layout_is_found() -> None:
    found = cube(lambda g: g, forward=lambda x: x.ravel(order="K").reshape(x.shape) * 1.0)
    assert "memory layout" in found["layouts"]


def test_wrong_adjoints_are_found() -> None:
    @primitive(linear=True)
    def doubled(x, /):
        return 2 * x

    doubled.vjp("x", formula="g + g + 0 * g")(lambda g: g)
    doubled.samples(lambda draw: [draw(2, 3)])
    assert "<Ax, y>" in failures("doubled")["adjoint"]

    @primitive(linear=True)
    def squared(x, /):
        return x * x

    squared.vjp("x", formula="2 * g * x")(lambda g, x: 2 * g * x)
    squared.samples(lambda draw: [draw(2, 3)])
    assert set(failures("squared")) == {"adjoint"}


def test_several_results_are_checked_together_and_alone() -> None:
    def make(rule):
        @primitive(outputs=("s", "d"))
        def sum_difference(x, y, /):
            return x + y, x * y

        sum_difference.vjp("x", formula="g_s + g_d * y")(rule)
        sum_difference.vjp("y", formula="g_s + g_d * x")(lambda g_s, g_d, x: _plus(g_s, g_d, x))
        sum_difference.samples(lambda draw: [(draw(3), draw(3))])
        return failures("sum_difference")

    def _plus(g_s, g_d, other):
        if g_d is None:
            return g_s
        return g_d * other if g_s is None else g_s + g_d * other

    assert make(lambda g_s, g_d, y: _plus(g_s, g_d, y)) == {}
    assert "order1" in make(lambda g_s, g_d, y: g_s + g_d * y)  # None where nothing came
    assert "order1" in make(lambda g_s, g_d, y: _plus(g_s, None, y) if g_s is not None else g_d * y)


def test_a_gradient_that_shares_work_and_a_variadic_one() -> None:
    @primitive
    def product(x, y, /):
        return x * y

    @product.vjp("x", "y")
    def product_xy(g, x, y):
        return g * y, g * x

    product.samples(lambda draw: [(draw(3), draw(3))])
    assert failures("product") == {}

    @primitive
    def total(*xs, scale=1.0):
        out = 0.0
        for x in xs:
            out = out + scale * x
        return out

    @total.vjp("xs", formula="[g * scale for _ in xs_shape]")
    def total_xs(g, xs_shape, scale):
        scaled = g * scale
        return [scaled for _ in xs_shape]

    total.samples(lambda draw: [draw.call(draw(3), draw(3), scale=2.0), draw(2)])
    assert failures("total") == {}


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(LookupError, match=r"no primitive is called 'expp'; there are: .*exp"):
        sweep("expp")


def test_draws_are_the_same_in_every_run_and_keep_their_promises() -> None:
    draw = Draw(3)
    assert np.array_equal(Draw(3)(2, 3), Draw(3)(2, 3))
    assert [draw(()).shape, draw((2, 3)).shape, draw(0, 3).shape] == [(), (2, 3), (0, 3)]
    assert abs(draw.away_from_zero(1000)).min() >= 0.25
    assert draw.positive(1000).min() >= 0.5
    assert np.diff(np.sort(draw.distinct(10, 10), axis=None)).min() >= 0.1 - 1e-12
    index = draw.index(4, (50, 2))
    assert index.dtype.kind == "i"
    assert set(index.ravel()) == {0, 1, 2, 3}
    assert draw.mask(50).dtype == np.bool_
    assert draw.uniform(100, low=2.0, high=3.0).min() >= 2.0


def test_windows_and_fold_are_adjoint_to_the_last_bit() -> None:
    draw = Draw(1)
    sizes = {"kernel": (3, 2), "stride": (2, 1), "dilation": (1, 2)}
    x = draw.index(100, (2, 2, 7, 8)).astype(float)  # integers: sums are exact in any order
    unfolded = windows(x, **sizes)
    y = draw.index(100, unfolded.shape).astype(float)
    assert (unfolded * y).sum() == (x * fold(y, size=(7, 8), **sizes)).sum()


def test_a_mask_is_cast_and_never_multiplied_as_booleans() -> None:
    x = np.array([1.0, np.nan])
    assert np.array_equal(where(np.array([True, False]), x, 0.0), [1.0, 0.0])
    assert cast(np.array([True]), dtype="float32").dtype == np.float32


def test_every_primitive_of_the_package_is_in_the_sweep() -> None:
    """Read from the sources, so that a file that nothing imports is noticed."""
    root = Path(autograd_cnn.__file__).parent
    written = {
        node.name
        for path in {
            *root.rglob("*.py"),
            *(root / "ops").rglob("*.py"),
        }  # where the folder is a link, the first does not follow it
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if ast.unparse(decorator).split("(")[0] in ("primitive", "ops.primitive")
    }
    assert {"exp", "svd", "contiguous"} <= written
    assert written <= {case.primitive.name for case in cases()}
