"""Formulas in compiled loops beside their definitions in float64: values and gradients, in any memory, for
any number of threads."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

import autograd_cnn as ag
import autograd_cnn.nn.functional as F
from autograd_cnn import ops
from autograd_cnn.ops import kernels, registry
from autograd_cnn.ops.formulas import Formula, fused, loops
from autograd_cnn.ops.formulas.derivative import gradients
from autograd_cnn.ops.formulas.expression import Trace
from autograd_cnn.ops.formulas.loops import Loops, evaluate
from autograd_cnn.ops.formulas.makers import NoFormulaError
from autograd_cnn.ops.formulas.schedule import Schedule
from autograd_cnn.testing._draw import draw_for, samples_of

SHAPES = [(7,), (8,), (67,), (3, 5), (5, 16), (4, 33), (2, 3, 9), (3, 1, 4, 11), (2, 17, 3, 2)]
WRAPPED = [p for p in registry.values() if isinstance(p, Formula)]
ELEMENTWISE = [p for p in WRAPPED if "axes" not in p.defaults]


@pytest.fixture(autouse=True)
def small_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fused, "SMALL", 0)


def in_any_memory(array: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same numbers, laid out at random: axes in another order, gaps, backwards, read-only."""
    order = rng.permutation(array.ndim)
    steps = [int(s) for s in rng.choice([1, 1, 2, -1, -2], array.ndim)]
    sizes = [array.shape[i] * abs(s) for i, s in zip(order, (steps[i] for i in order), strict=True)]
    memory = np.full(sizes, np.nan, array.dtype) if array.dtype != bool else np.zeros(sizes, bool)
    turned = memory.transpose(np.argsort(order))
    view = turned[(..., *(slice(None, None, s) for s in steps))]
    view[...] = array
    view.flags.writeable = False
    return view


def compared(
    function: Callable[..., Any], arrays: list[np.ndarray], seed: int, tolerance: float = 3e-6, **params: Any
) -> None:
    """Loops for a function of primitives and for its gradients, beside the same in float64."""
    rng = np.random.default_rng(seed + 1000)
    trace, names = Trace(), [f"x{i}" for i in range(len(arrays))]
    symbols = [trace.operand(n, a.shape, a.dtype == bool) for n, a in zip(names, arrays, strict=True)]
    out = function(*symbols, **params)
    g = np.asarray(rng.normal(size=out.shape), "f")
    wanted = [s for s in symbols if not s.truth]
    back = gradients(out, wanted, trace.operand("g", g.shape))
    laid = [in_any_memory(a, rng) for a in (*arrays, g)]
    found = Loops([out], names, laid[:-1])(laid[:-1]) + Loops(back, [*names, "g"], laid)(laid)
    known = {n: a if a.dtype == bool else a.astype(np.float64) for n, a in zip(names, arrays, strict=True)}
    with np.errstate(all="ignore"):
        exact = [np.asarray(evaluate(e, {**known, "g": g.astype(np.float64)}, {})) for e in (out, *back)]
    for mine, theirs in zip(found, exact, strict=True):
        assert mine.shape == theirs.shape
        assert mine.dtype == np.float32
        scale = np.abs(theirs).max(initial=1e-30)
        np.testing.assert_allclose(mine, theirs, rtol=tolerance, atol=tolerance * scale)


@pytest.mark.parametrize("prim", ELEMENTWISE, ids=lambda p: p.name)
def test_elementwise_formulas(prim: Formula) -> None:
    for seed, shape in enumerate(SHAPES):
        rng = np.random.default_rng(seed)
        arrays = [rng.normal(size=shape).astype("f") * 3 for _ in prim.operands]
        given = samples_of(prim, draw_for(prim))[0].parameters
        compared(prim.definition, arrays, seed, **{**prim.defaults, **given})


def layer_norm(x: Any, w: Any, b: Any, axes: tuple[int, ...]) -> Any:
    norm: Any = registry["normalized_affine"]
    return norm.definition(x, w, b, axes=axes, eps=1e-5)


ROWS: list[tuple[str, Callable[..., Any], list[tuple[int, ...]], dict[str, Any]]] = [
    *(
        (f"{name} {shape} {axis}", lambda x, name=name, axis=axis: registry[name](x, axis=axis), [shape], {})
        for name in ("softmax", "log_softmax")
        for shape, axis in [
            ((3, 7), 1),
            ((3, 7), 0),
            ((2, 19, 5), 1),
            ((2, 3, 17), -1),
            ((4, 1), 1),
            ((9,), 0),
        ]
    ),
    ("layer norm", layer_norm, [(5, 13), (13,), (13,)], {"axes": (1,)}),
    ("over two axes", layer_norm, [(3, 4, 9), (4, 9), (4, 9)], {"axes": (1, 2)}),
    ("group norm", layer_norm, [(2, 3, 4, 9), (3, 4, 1), (3, 4, 1)], {"axes": (2, 3)}),
    ("instance norm", layer_norm, [(2, 5, 10), (5, 1), (5, 1)], {"axes": (2,)}),
    ("of columns", layer_norm, [(11, 18), (18,), (18,)], {"axes": (0,)}),
    ("row of one", layer_norm, [(4, 1, 6), (1, 6), (1, 6)], {"axes": (1, 2)}),
]


@pytest.mark.quick_share(3)
@pytest.mark.parametrize(("name", "function", "shapes", "params"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(
    name: str, function: Callable[..., Any], shapes: list[tuple[int, ...]], params: dict[str, Any]
) -> None:
    for seed in range(4):
        rng = np.random.default_rng(seed)
        compared(function, [np.asarray(rng.normal(size=s), "f") for s in shapes], seed, 1e-5, **params)


SUMS: dict[str, tuple[Callable[..., Any], list[tuple[int, ...]]]] = {
    "mean of squares": (lambda x, y: ops.mean(ops.square(x - y)), [(5, 9), (5, 9)]),
    "sum of rows": (lambda x, y: ops.sum(x * y, axis=1), [(5, 19), (5, 19)]),
    "sum of columns": (lambda x, y: ops.sum(ops.exp(x) * y, axis=0), [(5, 19), (5, 19)]),
    "bias": (lambda x, b: ops.relu(x + b), [(6, 11), (11,)]),
    "bias of channels": (lambda x, b: ops.tanh(x + b), [(2, 5, 3, 4), (5, 1, 1)]),
    "outer": (lambda x, y: ops.sigmoid(x * y), [(7, 1), (1, 19)]),
    "number": (lambda x, y: ops.tanh(x * y), [(7, 3), ()]),
    "sum of softmax": (lambda x, y: ops.sum(ops.softmax(x, axis=1) * y), [(6, 10), (6, 10)]),
    "norm": (lambda x, y: x / ops.euclidean_norm(x, axis=1, keepdims=True) * y, [(6, 10), ()]),
    "rows of means": (lambda x, y: ops.mean(x, axis=1, keepdims=True) * y, [(6, 10), (6, 1)]),
    "maxima": (lambda x, y: ops.exp(x - ops.amax(x, axis=1, keepdims=True)) * y, [(6, 10), (10,)]),
}


@pytest.mark.parametrize("name", SUMS)
def test_broadcasts_and_sums(name: str) -> None:
    function, shapes = SUMS[name]
    for seed in range(6):
        rng = np.random.default_rng(seed)
        compared(function, [np.asarray(rng.normal(size=s), "f") for s in shapes], seed, 1e-5)


def test_a_large_mean_costs_no_digits() -> None:
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(8, 300)) + 1e4).astype("f")
    w, b = (rng.normal(size=300).astype("f") for _ in range(2))
    compared(layer_norm, [x, w, b], 0, 1e-5, axes=(1,))
    compared(lambda x: (ops.mean(x, axis=1, keepdims=True) - x) * 2.0, [x], 0, 1e-6)


def test_the_same_bits_for_any_number_of_threads() -> None:
    rng = np.random.default_rng(0)
    x = ag.tensor(rng.normal(size=(500, 333)).astype("f"))
    w = ag.tensor(rng.normal(size=333).astype("f"), requires_grad=True)

    def results() -> Any:
        w.grad = None
        y = F.layer_norm(x, (333,), w, w)
        F.gelu(y).sum().backward()
        assert w.grad is not None
        return [y.detach().numpy().tobytes(), w.grad.numpy().tobytes()]

    before = ag.get_num_threads()
    found = []
    try:
        for count in (1, 2, before):
            ag.set_num_threads(count)
            found.append(results())
    finally:
        ag.set_num_threads(before)
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("name", ["gelu", "silu", "mish", "elu", "softplus", "logsigmoid", "selu", "celu"])
def test_nan_stays_and_infinities_end_where_they_should(name: str) -> None:
    x = np.array([np.nan, np.inf, -np.inf, 0.0, 1.0, -1.0, 1e30, -1e30, 1e-40] * 3, "f")
    by_loops = getattr(F, name)(ag.tensor(x)).numpy()
    with kernels.using_numpy():
        plain = getattr(F, name)(ag.tensor(x)).numpy()
    np.testing.assert_allclose(by_loops, plain, rtol=1e-6)


def test_a_wrong_operand_is_told_as_ever() -> None:
    with pytest.raises(RuntimeError, match="not implemented for"):
        F.gelu(ag.ones(3, dtype=ag.int64))
    with pytest.raises(RuntimeError, match="normalized_shape"):
        F.layer_norm(ag.ones(3, 4), (5,))


def test_what_is_no_formula_says_so() -> None:
    trace = Trace()
    x = trace.operand("x", (3, 4))
    for function in (ops.cumsum, ops.nan_to_num, lambda v, **_: v if v > 0 else -v):
        with pytest.raises(NoFormulaError):
            function(x, axis=0) if function is ops.cumsum else function(x)
    with pytest.raises(NoFormulaError, match="reshape"):
        ops.reshape(x, shape=(4, 3))
    with pytest.raises(NoFormulaError, match="different axes"):
        Schedule([x - ops.mean(x, axis=0, keepdims=True) - ops.amax(x, axis=1, keepdims=True)])


def test_one_function_serves_all_sizes_and_numbers() -> None:

    compiled = {}
    for n, beta in ((9, 1.0), (1000, 2.0), (31, 0.3)):
        before = len(loops._functions)
        F.softplus(ag.randn(n, 7), beta=beta)
        compiled[n] = len(loops._functions) - before
    assert sum(compiled.values()) <= 1


def test_code_is_shared_by_what_is_alike_alone() -> None:
    """The gradient of a bias, kept along an axis or summed over all, needs other code."""
    x, w, b = ag.randn(64, 32, 1), ag.ones(1), ag.zeros(1, requires_grad=True)
    F.layer_norm(x, (1,), w, b).mul(ag.ones(64, 32, 1)).sum().backward()
    x, w, b = ag.randn(32, 64), ag.ones(64), ag.zeros(64, requires_grad=True)
    c = ag.arange(64 * 32).reshape(64, 32).float()
    (F.layer_norm(x, (64,), w, b).t() * c).sum().backward()
    assert b.grad is not None
    assert b.grad.tolist() == c.sum(1).tolist()


def test_squares_beyond_a_single() -> None:
    for size in (1e25, 1e-25):
        for shape in ((2000, 1), (50, 40)):
            x = ag.full(shape, size)
            assert ag.allclose(F.rms_norm(x, shape[1:], eps=0.0), ag.ones(shape))
    compared(lambda x: ops.euclidean_norm(x, axis=(0, 1)), [np.full((5, 8), 1e25, "f")], 0)


def test_infinities_beside_a_row() -> None:
    x = np.array([[1, np.inf, 2], [1, -np.inf, 3], [3e38, 3e38, 3e38]], "f")
    trace = Trace()
    symbol = trace.operand("x", x.shape)
    for function in (
        lambda x: x - ops.amax(x, axis=1, keepdims=True),
        lambda x: x - ops.sum(x, axis=1, keepdims=True),
        lambda x: x / ops.amin(x, axis=1, keepdims=True),
        lambda x: x - ops.logsumexp(x, axis=1, keepdims=True),
    ):
        with np.errstate(all="ignore"):
            expected = function(x)
        (found,) = Loops([function(symbol)], ["x"], [x])([x])
        np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("name", ["silu", "gelu", "mish", "softplus", "logsigmoid"])
def test_derivatives_of_high_order_at_zero(name: str) -> None:
    """Those of an even function do not vanish where the function is written with absolute values."""
    x = ag.tensor([0.0, 0.3], dtype=ag.float64, requires_grad=True)
    with kernels.using_numpy():
        at = getattr(F, name)(x)
        for _ in range(4):
            (at,) = ag.autograd.grad(at.sum(), x, create_graph=True)
        step = ag.tensor([1e-3, 0.3 + 1e-3], dtype=ag.float64, requires_grad=True)
        third = []
        for place in (step, ag.tensor([-1e-3, 0.3 - 1e-3], dtype=ag.float64, requires_grad=True)):
            y = getattr(F, name)(place)
            for _ in range(3):
                (y,) = ag.autograd.grad(y.sum(), place, create_graph=True)
            third.append(y.detach())
    assert ag.allclose(at.detach(), (third[0] - third[1]) / 2e-3, rtol=1e-4, atol=1e-5)


def test_numpy_numbers_and_signed_zeros_as_parameters() -> None:
    for n in (3, 2000):
        x = ag.linspace(-2, 2, n)
        assert F.hardtanh(x, np.float64(-1), np.array(1.0)).dtype == ag.float32
        assert F.smooth_l1_loss(x, x * 2, beta=np.float64(0.5)).dtype == ag.float32
        assert F.leaky_relu(x, np.array(0.1)).tolist() == F.leaky_relu(x, 0.1).tolist()
        assert ag.equal(F.hardtanh(x, 0.0, 1.0).signbit(), ag.zeros(n).bool())
        assert F.hardtanh(x, -0.0, 1.0).signbit().any()


def test_results_of_softmax_lie_in_rows() -> None:
    for function in (F.softmax, F.log_softmax):
        assert function(ag.randn(64, 32).t(), -1).is_contiguous()
        assert function(ag.randn(2, 8, 16, 16).permute(0, 2, 3, 1), -1).is_contiguous()


def test_what_does_not_broadcast_is_refused_as_ever() -> None:
    operator = registry["loss_of_logits"]
    for shapes in (((3000,), (2000,)), ((50, 40), (50, 30))):
        with pytest.raises((ops.ShapeError, ValueError), match=r"broadcast|shapes"):
            operator(*(np.zeros(shape, "f") for shape in shapes))


def test_truth_values_are_no_numbers() -> None:
    trace = Trace()
    x = trace.operand("x", (3, 4))
    for function in (
        lambda m: m * x,
        lambda m: ops.sum(m),
        lambda m: ops.where(m, m, m),
        lambda m: ops.exp(m),
    ):
        with pytest.raises(NoFormulaError, match="truth"):
            function(x > 0)
    with pytest.raises(NoFormulaError, match="truth"):
        ops.logical_and(x, x)


def test_many_sums_take_no_more_memory_than_the_numbers() -> None:
    x, y = np.ones((20000, 8), "f"), np.ones((20000, 1), "f")
    trace = Trace()
    product = trace.operand("x", x.shape) * trace.operand("y", y.shape)
    loops_ = Loops([ops.sum(product, axis=1)], ["x", "y"], [x, y])
    assert sum(loops_.layout.total_sizes) * loops_.layout.pieces <= x.nbytes
    np.testing.assert_array_equal(loops_([x, y])[0], np.full(20000, 8.0))
