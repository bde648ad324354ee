"""Elementwise functions against PyTorch: one row per operator, checked over shapes, precisions and layouts,
and at kinks."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn
from tests.recorded import libraries, pytorch
from tests.tensor.test_numpy_protocol import ANSWERED

from .oracle import DOMAINS, DTYPES, LAYOUTS, Row, assert_same, compare, run_ours, run_torch


def unary(names: str, *domains: str, order: int = 2, tolerance: float = 1.0) -> list[Row]:
    """Rows of functions of one operand, called by name."""
    return [Row(name, _named(name), domains or ("real",), (), order, tolerance) for name in names.split()]


def _named(name: str) -> Any:
    return lambda module, *operands: getattr(module, name)(*operands)


REAL = ("real", "real")
ROWS = [
    *unary(
        "exp exp2 expm1 square sin cos tan atan sinh cosh tanh asinh sigmoid erf erfc neg negative "
        "positive i0"
    ),
    *unary("abs absolute relu sinc", "away from zero"),
    *unary("log log2 log10 log1p sqrt rsqrt reciprocal", "positive"),
    *unary("lgamma digamma", "positive", tolerance=1000),
    *unary("acosh arccosh", "above one"),
    *unary("asin acos atanh erfinv arcsin arccos arctanh", "unit", tolerance=10),
    *unary("logit", "probability"),
    *unary("floor ceil round trunc frac sign fix", "fractions"),
    *unary("deg2rad rad2deg nan_to_num"),
    *unary("isnan isinf isfinite isposinf isneginf isreal signbit logical_not", order=0),
    *unary("bitwise_not", "integer", order=0),
    *unary("add sub mul subtract multiply logaddexp logaddexp2 maximum minimum fmax fmin rsub", *REAL),
    *unary("copysign", "away from zero", "away from zero"),
    *unary("div divide true_divide hypot atan2 arctan2", "real", "away from zero"),
    *unary("pow float_power", "positive", "real"),
    *unary("xlogy", "real", "positive"),
    *unary("remainder fmod", "fractions", "positive"),
    *unary("floor_divide", "fractions", "positive", order=0),
    *unary("ldexp", *REAL),
    *unary("nextafter", *REAL),
    *unary("eq ne lt le gt ge not_equal less less_equal greater greater_equal", "integer", "integer"),
    *unary("logical_and logical_or logical_xor", "integer", "mask"),
    *unary("bitwise_and bitwise_or bitwise_xor gcd lcm", "integer", "integer"),
    *unary("bitwise_and bitwise_or bitwise_xor", "mask", "mask"),
    *unary("bitwise_left_shift bitwise_right_shift", "integer", "natural"),
    *unary("floor_divide remainder fmod", "integer", "natural"),
    *unary("addcmul", "real", "real", "real"),
    Row(
        "clamp",
        _named("clamp"),
        ("real",) * 3,
        [((3, 4), (3, 4), (3, 4)), ((2, 4, 3), (4, 1), ()), ((0, 3), (3,), (1, 3))],
    ),
    *unary("addcdiv", "real", "real", "away from zero"),
    *unary("where", "mask", "real", "real"),
    *unary("lerp", "real", "real", "real"),
    *unary("heaviside", *REAL, order=0),
    *unary("isclose", *REAL),
    Row("logit(eps)", lambda m, x: m.logit(x, eps=0.2), ("probability",)),
    Row("polygamma(1)", lambda m, x: m.polygamma(1, x), ("positive",), tolerance=3000),
    Row("polygamma(3)", lambda m, x: m.polygamma(3, x), ("positive",), tolerance=3000),
    Row("mvlgamma", lambda m, x: m.mvlgamma(x, 2), ("above one",), tolerance=1000),
    Row("frexp", lambda m, x: m.frexp(x)),
    Row("round(decimals)", lambda m, x: m.round(x, decimals=1), ("fractions",)),
    Row("add(alpha)", lambda m, x, y: m.add(x, y, alpha=2.5), REAL),
    Row("sub(alpha)", lambda m, x, y: m.sub(x, y, alpha=-0.5), REAL),
    Row("addcmul(value)", lambda m, x, y, z: m.addcmul(x, y, z, value=0.5), ("real",) * 3),
    Row(
        "addcdiv(value)",
        lambda m, x, y, z: m.addcdiv(x, y, z, value=0.5),
        ("real", "real", "positive"),
        tolerance=10,
    ),
    Row("div(trunc)", lambda m, x, y: m.div(x, y, rounding_mode="trunc"), ("fractions", "positive")),
    Row("div(floor)", lambda m, x, y: m.div(x, y, rounding_mode="floor"), ("fractions", "positive")),
    Row("div(trunc) of integers", lambda m, x, y: m.div(x, y, rounding_mode="trunc"), ("integer", "natural")),
    Row("clamp(numbers)", lambda m, x: m.clamp(x, -0.5, 0.75)),
    Row("clamp(min)", lambda m, x: m.clamp(x, min=-0.5)),
    Row("clamp(max)", lambda m, x: m.clamp(x, max=0.5)),
    Row("clamp(tensor min)", lambda m, x, y: m.clamp(x, min=y), REAL),
    Row("clamp(tensor max)", lambda m, x, y: m.clamp(x, max=y), REAL),
    Row("clip", lambda m, x: m.clip(x, -0.5, 0.5)),
    Row("x ** 2", lambda m, x: x**2),
    Row("x ** 3.0", lambda m, x: x**3.0),
    Row("x ** -1.5", lambda m, x: x**-1.5, ("positive",)),
    Row("x ** 0", lambda m, x: x**0),
    Row("2 ** x", lambda m, x: 2**x),
    Row("pow(number, x)", lambda m, x: m.pow(1.5, x)),
    Row("lerp(number)", lambda m, x, y: m.lerp(x, y, 0.3), REAL),
    Row("xlogy(number)", lambda m, x: m.xlogy(x, 2.0)),
    Row(
        "operators",
        lambda m, x, y: (x + y, x - y, x * y, x / y, -x, +x, abs(x)),
        ("away from zero", "away from zero"),
    ),
    Row(
        "operators with numbers", lambda m, x: (1 + x, 1 - x, 2 * x, 2 / x, x / 2, x - 1), ("away from zero",)
    ),
    Row(
        "whole operators",
        lambda m, x, y: (x // y, x % y, x & y, x | y, x ^ y, ~x, x << y, x >> y),
        ("integer", "natural"),
    ),
    Row("% and // of numbers", lambda m, x: (x % 3, x % 2.5), ("positive",)),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_agrees(row: Row) -> None:
    compare(row, most=2)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_agrees_over_shapes_precisions_and_layouts(row: Row, dtype: str, layout: str) -> None:
    compare(row, dtype, layout, seed=1)


inf, nan = np.inf, np.nan
EDGES = np.array([0.0, -0.0, 1.0, -1.0, 0.5, 1e4, -1e4, inf, -inf, nan])
EDGE_UNARY = [
    "exp",
    "exp2",
    "expm1",
    "square",
    "sin",
    "cos",
    "tan",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "sigmoid",
    "erf",
    "erfc",
    "neg",
    "abs",
    "relu",
    "sinc",
    "log",
    "log2",
    "log10",
    "log1p",
    "sqrt",
    "rsqrt",
    "reciprocal",
    "acosh",
    "asin",
    "acos",
    "atanh",
    "erfinv",
    "logit",
    "floor",
    "ceil",
    "round",
    "trunc",
    "frac",
    "sign",
    "nan_to_num",
    "isnan",
    "isinf",
    "isfinite",
    "signbit",
    "deg2rad",
    "lgamma",
    "i0",
]


@pytest.mark.parametrize("name", EDGE_UNARY)
def test_values_and_gradients_at_kinks_and_infinities(name: str) -> None:
    differentiable = name not in ("isnan", "isinf", "isfinite", "signbit")
    edges = EDGES
    if name == "lgamma":  # whose derivative at -1 PyTorch gives as NaN or 1e16
        edges = EDGES[EDGES != -1]
    if name == "logit":  # whose derivative at -0.0 is inf for PyTorch, and -inf by the formula
        edges = EDGES[1:]
        edges = edges[edges != 0]
    if name == "i0":  # which is inf at inf, but NaN for PyTorch
        edges = EDGES[~np.isinf(EDGES)]
    ours, theirs = (run(_named(name), [edges], order=int(differentiable)) for run in (run_ours, run_torch))
    assert_same(ours, theirs, f"{name} of {edges}", tolerance=10)


EDGE_BINARY = [
    "add",
    "sub",
    "mul",
    "div",
    "maximum",
    "minimum",
    "fmax",
    "fmin",
    "pow",
    "atan2",
    "hypot",
    "logaddexp",
    "xlogy",
    "remainder",
    "fmod",
    "copysign",
    "eq",
    "lt",
    "ge",
]
_PAIRS = np.array([0.0, 1.0, -1.0, 2.0, 1e4, inf, -inf, nan])


@pytest.mark.parametrize("name", EDGE_BINARY)
def test_pairs_at_kinks_and_infinities(name: str) -> None:
    x, y = (a.reshape(-1) for a in np.meshgrid(_PAIRS, _PAIRS))
    if name == "copysign":
        finite = np.isfinite(x)  # inf / inf is NaN in PyTorch's gradient; here the gradient is the sign
        x, y = x[finite], y[finite]
    if name == "hypot":  # likewise
        finite = np.isfinite(x) == np.isfinite(y)
        x, y = x[finite], y[finite]
    if name == "logaddexp":  # equal infinities have half of the gradient each, and NaN in PyTorch
        known = np.isfinite(x) | (x != y)
        x, y = x[known], y[known]
    if name == "fmod":  # where there is no remainder it is NaN, and so is its gradient
        known = (y != 0) & ~np.isinf(x)
        x, y = x[known], y[known]
    ours, theirs = (run(_named(name), [x.copy(), y.copy()], order=1) for run in (run_ours, run_torch))
    assert_same(ours, theirs, f"{name} of pairs")


def test_clamp_at_its_bounds() -> None:
    x, low, high = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, nan]), np.zeros(6), np.ones(6)
    for call in (
        lambda m, x: m.clamp(x, 0.0, 1.0),
        lambda m, x: m.clamp(x, min=0.0),
        lambda m, x: m.clamp(x, max=1.0),
        lambda m, x: m.clamp(x, 1.0, 0.0),
    ):
        assert_same(run_ours(call, [x]), run_torch(call, [x]), "clamp by numbers")
    for bounds in ((low, high), (high, low), (low, low)):
        arrays = [x, *bounds]
        call = _named("clamp")
        assert_same(run_ours(call, arrays), run_torch(call, arrays), f"clamp by tensors {bounds}")


def test_second_gradients_at_zero() -> None:
    x = np.array([0.0, 2.0])
    for name in (
        "square",
        "abs",
        "relu",
        "sin",
        "sinh",
        "tanh",
        "sigmoid",
        "erf",
        "i0",
        "atan",
        "asinh",
        "expm1",
        "log1p",
    ):
        assert_same(run_ours(_named(name), [x]), run_torch(_named(name), [x]), name)
    for exponent in (0, 1, 2, 3, 2.0, 2.5):
        call = lambda m, x, e=exponent: x**e  # noqa: E731 - a call, written as in the table
        assert_same(run_ours(call, [x]), run_torch(call, [x]), f"x ** {exponent}")


def test_where_gives_nothing_to_the_branch_not_taken() -> None:
    def call(m, x):
        half = m.where(x > 0, m.sqrt(m.clamp(x, min=1e-3)), x * 2)
        return half + m.where(x > 0, x, m.full_like(x, nan) * 0).nan_to_num()

    x = np.array([-1.0, 4.0])
    assert_same(run_ours(call, [x]), run_torch(call, [x]), "where")


EVERY_DTYPE = ("bool", "uint8", "int8", "int32", "int64", "float16", "float32", "float64")
PROMOTED = ["add", "mul", "div", "maximum", "pow", "atan2", "eq", "logical_and", "copysign", "xlogy", "where"]


@pytest.mark.parametrize("name", PROMOTED)
def test_promotes_as_pytorch_does(name: str) -> None:
    """Every pair of dtypes, tensors with axes and without, and Python numbers."""
    pairs = [
        (np.ones(shapes[0], first), second(1) if isinstance(second, type) else np.ones(shapes[1], second))
        for first in EVERY_DTYPE
        for second in (*EVERY_DTYPE, bool, int, float)
        for shapes in (((2,), (2,)), ((2,), ()), ((), (2,)))
    ]

    def said(module: Any, x: Any, y: Any) -> str:
        operands = [module.from_numpy(v) if isinstance(v, np.ndarray) else v for v in (x, y)]
        condition = [module.from_numpy(np.ones((2,), bool))] if name == "where" else []
        try:
            return str(getattr(module, name)(*condition, *operands).dtype).removeprefix("torch.")
        except (RuntimeError, TypeError):
            return "error"

    expected = pytorch(lambda t: " ".join(said(t, x, y) for x, y in pairs)).split()
    for (x, y), wanted in zip(pairs, expected, strict=True):
        found = said(autograd_cnn, x, y)
        assert wanted in ("error", found), f"{name} of {x!r} and {y!r}: {found}, PyTorch {wanted}"


@pytest.mark.parametrize(
    "name",
    [
        "exp",
        "sqrt",
        "sin",
        "sigmoid",
        "erf",
        "reciprocal",
        "abs",
        "neg",
        "sign",
        "square",
        "floor",
        "round",
        "isnan",
        "logical_not",
    ],
)
def test_integers(name: str) -> None:
    for dtype in ("uint8", "int32", "int64", "bool"):
        x = np.array([0, 1, 3], dtype)

        def call(t: Any, x: Any = x) -> Any:
            return getattr(t, name)(t.from_numpy(x))

        try:
            expected = pytorch(call)
        except (RuntimeError, NotImplementedError):
            continue
        found = call(autograd_cnn).numpy()
        assert found.dtype == expected.dtype
        np.testing.assert_allclose(found, expected, rtol=2e-6)


@pytest.mark.parametrize(
    "call",
    [
        lambda m, t: t([2]) ** -1,
        lambda m, t: t([1]) // 0,
        lambda m, t: t([1]) % 0,
        lambda m, t: m.fmod(t([1]), t([0])),
        lambda m, t: m.div(t([1]), 2, rounding_mode="up"),
        lambda m, t: m.add(t([1]), t([1]), alpha=1.5),
        lambda m, t: m.clamp(t([1.0])),
        lambda m, t: m.maximum(t([1.0]), 2.0),
        lambda m, t: m.lerp(t([1.0]), t([1]), 0.5),
        lambda m, t: m.addcdiv(t([1]), t([1]), t([1])),
        lambda m, t: m.bitwise_and(t([1.0]), t([1.0])),
        lambda m, t: m.frac(t([1])),
        lambda m, t: m.isclose(t([1]), t([1.0])),
        lambda m, t: m.polygamma(-1, t([1.0])),
        lambda m, t: -t([True]),
        lambda m, t: t([True]) - t([True]),
        lambda m, t: t([1.0, 2.0]) + t([1.0, 2.0, 3.0]),
        lambda m, t: m.relu(t([True])),
        lambda m, t: m.where(t([1.0]), t([1.0]), t([2.0])),
        lambda m, t: m.heaviside(t([1]), t([1.0])),
        lambda m, t: m.frexp(t([1])),
        lambda m, t: t([1]).add_(1.5),
    ],
)
def test_refuses_what_pytorch_refuses(call: Any) -> None:
    with pytest.raises((RuntimeError, TypeError)) as theirs:
        pytorch(lambda t: call(t, t.tensor))
    kind = TypeError if isinstance(theirs.value, TypeError) else RuntimeError
    with pytest.raises(kind):
        call(autograd_cnn, autograd_cnn.tensor)


def test_powers_of_integers() -> None:
    x, y = np.array([2, -2, 1, -1, 3, 0]), np.array([-1, -1, -1, -3, 2, 0])
    call = _named("pow")
    assert_same(run_ours(call, [x, y], order=0), run_torch(call, [x, y], order=0), "pow of integers")


def test_truth_of_whole_tensors() -> None:
    for module in libraries():
        make = module.tensor
        x = make([1.0, nan])
        assert module.equal(make([1.0]), make([1.0])) is True
        assert module.equal(make([1.0]), make([1.0, 2.0])) is False
        assert module.allclose(x, x) is False
        assert module.allclose(x, x, equal_nan=True) is True
        assert module.allclose(make([1.0, inf]), make([1.0 + 1e-9, inf])) is True


IN_PLACE = [
    "abs",
    "acos",
    "asin",
    "atan",
    "ceil",
    "cos",
    "cosh",
    "digamma",
    "erf",
    "erfc",
    "exp",
    "exp2",
    "expm1",
    "floor",
    "frac",
    "lgamma",
    "log",
    "log10",
    "log1p",
    "log2",
    "neg",
    "reciprocal",
    "round",
    "rsqrt",
    "sigmoid",
    "sign",
    "sin",
    "sinh",
    "sqrt",
    "square",
    "tan",
    "tanh",
    "trunc",
    "sinc",
    "i0",
    "relu",
    "deg2rad",
    "nan_to_num",
]


@pytest.mark.parametrize("name", IN_PLACE)
def test_in_place(name: str) -> None:
    x = DOMAINS["probability"](np.random.default_rng(0), (2, 3))

    def call(module: Any, x: Any) -> Any:
        y = x * 1
        same = getattr(y, f"{name}_")()
        assert same is y
        return y

    assert_same(run_ours(call, [x]), run_torch(call, [x]), f"{name}_", tolerance=1000)


def test_in_place_with_operands() -> None:
    x, y, z = (DOMAINS["positive"](np.random.default_rng(i), (2, 3)) for i in range(3))
    calls = [
        lambda m, x, y, z: (x * 1).add_(y, alpha=2),
        lambda m, x, y, z: (x * 1).sub_(y).mul_(z).div_(y),
        lambda m, x, y, z: (x * 1).pow_(y),
        lambda m, x, y, z: (x * 1).clamp_(0.5, 1.5).clamp_min_(0.7).clamp_max_(1.2),
        lambda m, x, y, z: (x * 1).addcmul_(y, z, value=2).addcdiv_(y, z),
        lambda m, x, y, z: (x * 1).lerp_(y, 0.3).lerp_(z, y),
        lambda m, x, y, z: (x * 1).atan2_(y).copysign_(z),
        lambda m, x, y, z: (x * 1).remainder_(y).fmod_(z),
        lambda m, x, y, z: (x * 1).floor_divide_(y).eq_(z) * x,
        lambda m, x, y, z: (x * 1).logit_(eps=0.1),
    ]
    for i, call in enumerate(calls):
        order = 0 if i == 8 else 2
        assert_same(run_ours(call, [x, y, z], order), run_torch(call, [x, y, z], order), f"in place {i}")


def test_special_functions_far_out() -> None:
    """Against SciPy: the tails of erfc and erfinv, the gamma family on both sides of zero."""
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-6.3, 26.0, 500)

    def ours(name: str, x: Any) -> Any:
        return getattr(autograd_cnn, name)(autograd_cnn.from_numpy(x)).numpy()

    np.testing.assert_allclose(ours("erfc", x), special.erfc(x), rtol=1e-13)
    near_one = 1 - np.logspace(-15, -1, 40)
    np.testing.assert_allclose(ours("erfinv", near_one), special.erfinv(near_one), rtol=1e-13)
    np.testing.assert_allclose(ours("lgamma", x), special.gammaln(x), rtol=1e-12, atol=2e-14)
    np.testing.assert_allclose(ours("digamma", x), special.digamma(x), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(ours("i0", x), special.i0(x), rtol=1e-13)
    for n in (1, 2, 4):
        positive = np.linspace(0.05, 30, 200)
        np.testing.assert_allclose(
            autograd_cnn.polygamma(n, autograd_cnn.from_numpy(positive)).numpy(),
            special.polygamma(n, positive),
            rtol=1e-12,
        )


def test_a_choice_between_numbers_has_the_default_dtype() -> None:
    for numbers in ((1.0, 0.0), (1, 0), (1, 0.5)):

        def call(m: Any, numbers: Any = numbers) -> str:
            return str(m.where(m.tensor([True, False]), *numbers).dtype)

        assert call(autograd_cnn) == pytorch(call)


def test_names_of_complex_numbers_mean_the_real_case() -> None:
    x = np.array([-1.0, 0.0, 2.0, nan])
    call = lambda m, x: (m.angle(x), m.conj(x) * 1, m.real(x) * 2, x.real + 1)  # noqa: E731 - as in the table
    assert_same(run_ours(call, [x]), run_torch(call, [x]), "angle")


def test_functions_with_an_underscore_write() -> None:
    for name in ("exp_", "relu_", "sin_", "neg_", "sqrt_", "floor_"):
        x = autograd_cnn.tensor([4.0, 1.0])
        y = getattr(autograd_cnn, name)(x)
        assert y is x
        pytorch.gives(x, lambda t, name=name: getattr(t, name)(t.tensor([4.0, 1.0])), rtol=1e-6)


UFUNCS = [f for f in ANSWERED if f.nin <= 2 and f.nout == 1 and f is not np.matmul]
WHOLE = (
    np.gcd,
    np.lcm,
    np.bitwise_and,
    np.bitwise_or,
    np.bitwise_xor,
    np.invert,
    np.left_shift,
    np.right_shift,
)


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda f: f.__name__)
def test_numpys_function_of_a_tensor_is_numpys_value(ufunc: np.ufunc) -> None:
    numbers = (
        np.array([1, 2, 3])
        if ufunc in WHOLE
        else np.array([0.25, 0.5, 0.75]) + (1.0 if ufunc is np.arccosh else 0.0)
    )
    arrays = [numbers, numbers[::-1].copy()][: ufunc.nin]
    if ufunc is np.ldexp:
        arrays[1] = np.array([1, 2, 3])
    result = ufunc(*(autograd_cnn.from_numpy(a) for a in arrays))
    assert isinstance(result, autograd_cnn.Tensor)
    np.testing.assert_allclose(result.numpy(), ufunc(*arrays), rtol=1e-12)


SMALL = np.array([200, 3], np.uint8)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
def test_products_of_small_integers_are_made_in_the_common_dtype(dtype: str) -> None:
    def products(m: Any, x: Any, y: Any) -> Any:
        return (m.addcmul(x, y, y), m.ldexp(x, y // 50))

    x = np.ones(2, dtype)
    assert_same(run_ours(products, [x, SMALL], 0), run_torch(products, [x, SMALL], 0), dtype)


@pytest.mark.parametrize("value", [300, 1e30, inf])
def test_a_number_that_does_not_fit_is_refused(value: float) -> None:
    for module in libraries():
        with pytest.raises(RuntimeError, match="without overflow"):
            module.ones(2, dtype=module.uint8).masked_fill(module.tensor([True, False]), value)


def test_operators_leave_what_they_do_not_know_to_the_other_operand():
    class Other:
        def __rpow__(self, base):
            return "power"

        def __matmul__(self, other):
            return NotImplemented

    x = autograd_cnn.ones(2)
    assert x.__rdiv__(4).tolist() == x.__div__(0.25).tolist() == [4, 4]
    assert x.__ipow__(object()) is x.__rmatmul__(object()) is NotImplemented
    with pytest.raises(TypeError, match="unsupported operand"):
        Other() @ x
    x **= Other()
    assert x == "power"


def test_a_power_of_doubles_is_written_into_doubles():
    x = autograd_cnn.tensor([1.0, 2.0])
    with pytest.raises(RuntimeError, match="Float but the operation's result requires"):
        x.float_power_(2)
    assert x.double().float_power_(2).tolist() == [1, 4]


def test_floats_have_no_bits_to_invert():
    with pytest.raises(TypeError, match="only implemented on integer and Boolean-type tensors"):
        ~autograd_cnn.ones(2)
    assert (~autograd_cnn.tensor([1, -1])).tolist() == [-2, 0]
