"""Reductions, scans and statistics against PyTorch: one row per call, over shapes, precisions and layouts;
ties, NaN, zeros, errors."""

import warnings
from typing import Any

import numpy as np
import pytest

import autograd_cnn
from tests.recorded import libraries, pytorch

from .oracle import DTYPES, LAYOUTS, Row, assert_same, compare, run_ours, run_torch

SHAPES = [((3, 4),), ((2, 3, 4),), ((4, 1),)]
WITH_SCALAR = [*SHAPES, ((),), ((1,),)]
WITH_EMPTY = [*SHAPES, ((0, 3),), ((3, 0),)]
EVERY = [*WITH_SCALAR, ((0, 3),), ((3, 0),), ((0,),)]

inf, nan = np.inf, np.nan


def over_dims(
    name: str, domain: str = "real", shapes: Any = WITH_SCALAR, several: bool = True, order: int = 2
) -> list[Row]:
    """``name`` over everything, over one dimension, keeping it, and over two."""

    def call(*args: Any, **options: Any) -> Any:
        return lambda module, x: getattr(module, name)(x, *args, **options)

    at_least_two = [group for group in shapes if len(group[0]) > 1]
    rows = [
        Row(f"{name}(-1)", call(-1), (domain,), shapes, order),
        Row(f"{name}(0, keepdim)", call(0, keepdim=True), (domain,), shapes, order),
    ]
    if several:
        rows.append(Row(f"{name}((0, -1))", call((0, -1)), (domain,), at_least_two, order))
        rows.append(
            Row(f"{name}((0, 1), keepdim)", call((0, 1), keepdim=True), (domain,), at_least_two, order)
        )
    return rows


def whole(names: str, domain: str = "real", shapes: Any = WITH_SCALAR, order: int = 2) -> list[Row]:
    """Functions called with the tensor alone."""

    def call(name: str) -> Any:
        return lambda module, x: getattr(module, name)(x)

    return [Row(name, call(name), (domain,), shapes, order) for name in names.split()]


def scan(name: str, domain: str = "real") -> list[Row]:
    """``name`` along the first and the last dimension."""
    return [
        Row(f"{name}({dim})", lambda m, x, d=dim: getattr(m, name)(x, d), (domain,), EVERY) for dim in (0, -1)
    ]


ROWS = [
    *whole(
        "sum nansum mean nanmean prod std var std_mean var_mean", shapes=[((3, 4),), ((2, 3, 4),), ((5,),)]
    ),
    *whole("sum nansum mean nanmean prod median nanmedian", shapes=[((),), ((0,),), ((0, 3),)]),
    *whole("max min amax amin aminmax median nanmedian", "distinct"),
    *whole("argmax argmin all any count_nonzero", "distinct", order=0),
    *whole("prod", "some zeros"),
    *over_dims("sum", shapes=EVERY),
    *over_dims("nansum", shapes=EVERY),
    *over_dims("mean", shapes=EVERY),
    *over_dims("nanmean", shapes=EVERY),
    *over_dims("logsumexp", shapes=EVERY),
    *over_dims("amax", "distinct"),
    *over_dims("amin", "distinct"),
    *over_dims("std", shapes=[((3, 4),), ((2, 3, 4),), ((2, 2),)]),
    *over_dims("var", shapes=[((3, 4),), ((2, 3, 4),), ((2, 2),)]),
    *over_dims("std_mean", shapes=[((3, 4),), ((2, 3, 4),)]),
    *over_dims("var_mean", shapes=[((3, 4),), ((2, 3, 4),)]),
    *over_dims("prod", "some zeros", EVERY, several=False),
    *over_dims("max", "distinct", several=False),
    *over_dims("min", "distinct", several=False),
    *over_dims("median", "distinct", several=False),
    *over_dims("nanmedian", "distinct", several=False),
    *over_dims("mode", "distinct", several=False),
    *over_dims("mode", "integer", several=False),
    *over_dims("argmax", "distinct", several=False, order=0),
    *over_dims("argmin", "distinct", several=False, order=0),
    *over_dims("all", "mask", EVERY, order=0),
    *over_dims("any", "mask", EVERY, order=0),
    *over_dims("sum", "integer", EVERY),
    *over_dims("prod", "integer", EVERY, several=False),
    *over_dims("sum", "mask", EVERY),
    *over_dims("amax", "integer", WITH_SCALAR),
    *[
        Row(f"{name}({dim})", lambda m, x, n=name, d=dim: getattr(m, n)(x, d), ("real",), EVERY)
        for name in ("softmax", "log_softmax")
        for dim in (0, -1)
    ],
    *scan("cumsum"),
    *scan("cumprod"),
    *scan("cumprod", "some zeros"),
    *scan("logcumsumexp"),
    *scan("cummax"),
    *scan("cummin"),
    *scan("cumsum", "integer"),
    *scan("cumprod", "integer"),
    *scan("cumsum", "mask"),
    *scan("cummax", "integer"),
    Row(
        "count_nonzero(dim)",
        lambda m, x: (m.count_nonzero(x, 0), m.count_nonzero(x, (0, 1))),
        ("some zeros",),
        [((3, 4),), ((0, 3),)],
        0,
    ),
    Row("aminmax(dim)", lambda m, x: m.aminmax(x, dim=1, keepdim=True), ("distinct",), [((3, 4),)]),
    Row("sum(dtype)", lambda m, x: m.sum(x, dtype=m.float32), ("integer",), SHAPES),
    Row("mean(dtype)", lambda m, x: m.mean(x, 0, dtype=m.float64), ("integer",), SHAPES),
    Row("softmax(dtype)", lambda m, x: m.softmax(x, 0, dtype=m.float64), ("integer",), SHAPES),
    Row("cumsum(dtype)", lambda m, x: m.cumsum(x, 0, dtype=m.float32), ("integer",), SHAPES),
    Row(
        "var(unbiased)",
        lambda m, x: (m.var(x, False), m.var(x, 0, False), m.var(x, 0, unbiased=True, keepdim=True)),
        ("real",),
        [((3, 4),)],
    ),
    Row(
        "std(correction)",
        lambda m, x: (m.std(x, correction=0), m.std(x, 1, correction=2, keepdim=True)),
        ("real",),
        [((3, 4),)],
    ),
    Row(
        "x.var, x.std",
        lambda m, x: (x.var(0), x.std(1, False), x.var(correction=0), x.std(dim=(0, 1))),
        ("real",),
        [((3, 4),)],
    ),
    Row(
        "methods",
        lambda m, x: (
            x.sum(),
            x.mean(0),
            x.prod(1),
            x.max(),
            x.min(0),
            x.amax(0),
            x.cumsum(1),
            x.logsumexp(0),
        ),
        ("distinct",),
        [((3, 4),)],
    ),
    Row(
        "max of two",
        lambda m, x, y: (m.max(x, y), m.min(x, other=y), x.max(y)),
        ("real", "real"),
        [((3, 4), (4,))],
    ),
    Row(
        "diff",
        lambda m, x: (m.diff(x), m.diff(x, dim=0), m.diff(x, n=2, dim=1), m.diff(x, n=0)),
        ("real",),
        [((3, 4),), ((1, 5),)],
    ),
    Row(
        "gradient",
        lambda m, x: (m.gradient(x), m.gradient(x, dim=0, edge_order=2), m.gradient(x, spacing=0.5)),
        ("real",),
        [((3, 4),), ((5, 3),)],
    ),
    Row(
        "gradient(places)",
        lambda m, x: m.gradient(x, spacing=(_places(m, x, 0), _places(m, x, 1)), edge_order=2),
        ("real",),
        [((4, 5),)],
    ),
    Row("gradient of two", lambda m, x: m.gradient(x, spacing=2.0), ("real",), [((2,),)]),
    Row("diff of masks", lambda m, x: m.diff(x), ("mask",), [((3, 4),)]),
    Row(
        "diff(prepend, append)",
        lambda m, x, y: m.diff(x, prepend=y, append=y),
        ("real", "real"),
        [((3, 4), (3, 2))],
    ),
    Row(
        "trapezoid",
        lambda m, x: (m.trapezoid(x), m.trapezoid(x, dx=0.5, dim=0), m.trapz(x)),
        ("real",),
        [((3, 4),)],
    ),
    Row(
        "trapezoid(x)",
        lambda m, y, x: (m.trapezoid(y, x), m.cumulative_trapezoid(y, x)),
        ("real", "real"),
        [((3, 4), (4,)), ((3, 4), (3, 4))],
    ),
    Row("cumulative_trapezoid", lambda m, x: m.cumulative_trapezoid(x, dim=0), ("real",), [((3, 4),)]),
    *[
        Row(
            f"dist({p})",
            lambda m, x, y, p=p: m.dist(x, y, p),
            ("real", "real"),
            [((3, 4), (3, 4)), ((2, 3), (3,))],
            2 if p else 0,
        )
        for p in (0, 1, 2, 3, 2.5, inf, -inf)
    ],
    Row("cov", lambda m, x: (m.cov(x), m.cov(x, correction=0)), ("real",), [((3, 4),), ((5,),)]),
    Row(
        "cov(weights)",
        lambda m, x, f, a: m.cov(x, fweights=f, aweights=a),
        ("real", "natural", "positive"),
        [((3, 4), (4,), (4,))],
    ),
    Row("cov(fweights)", lambda m, x, f: m.cov(x, fweights=f), ("real", "natural"), [((3, 4), (4,))]),
    Row("corrcoef", lambda m, x: m.corrcoef(x), ("real",), [((3, 4),), ((2, 6),)], 2, 10),
    *[
        Row(
            f"quantile({q}, {how})",
            lambda m, x, q=q, how=how: (
                m.quantile(x, q, interpolation=how),
                m.quantile(x, q, 0, interpolation=how),
            ),
            ("distinct",),
            SHAPES,
        )
        for q in (0.0, 0.3, 0.5, 1.0)
        for how in ("linear", "lower", "higher", "midpoint", "nearest")
    ],
    Row(
        "quantile(vector)",
        lambda m, x: (
            m.quantile(x, _vector(m, x)),
            m.quantile(x, _vector(m, x), 1, True),
            m.nanquantile(x, _vector(m, x), 0),
        ),
        ("distinct",),
        SHAPES,
    ),
    Row("histc", lambda m, x: (m.histc(x, 5), m.histc(x, 4, -1.0, 1.0)), ("real",), [((3, 4),), ((20,),)], 0),
    Row(
        "histogram",
        lambda m, x: (m.histogram(x, 5), m.histogram(x, 4, range=(-1.0, 1.0), density=True)),
        ("real",),
        [((3, 4),)],
        0,
    ),
    Row(
        "histogram(edges)",
        lambda m, x, w: m.histogram(x, _vector(m, x), weight=w),
        ("real", "positive"),
        [((12,), (12,))],
        0,
    ),
    Row(
        "bincount", lambda m, x: (m.bincount(x), m.bincount(x, minlength=9)), ("natural",), [((7,),), ((0,),)]
    ),
    Row("bincount(weights)", lambda m, x, w: m.bincount(x, w), ("natural", "real"), [((7,), (7,))], 0),
]


def _places(module: Any, x: Any, dim: int) -> Any:
    return module.tensor([i**1.5 for i in range(x.shape[dim])], dtype=x.dtype)


def _vector(module: Any, x: Any) -> Any:
    return module.tensor([0.1, 0.5, 0.8], dtype=x.dtype)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_agrees(row: Row) -> None:
    compare(row, most=2)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", ROWS, ids=str)
def test_agrees_over_shapes_precisions_and_layouts(row: Row, dtype: str, layout: str) -> None:
    compare(row, dtype, layout, seed=1)


TIES = np.array([[1.0, 3.0, 3.0, 2.0, 3.0], [2.0, 2.0, 2.0, 2.0, 2.0]])
WITH_NAN = np.array([[1.0, nan, 3.0, 2.0, 3.0], [2.0, 1.0, nan, nan, 0.0]])
INFINITE = np.array([[1.0, -inf, 3.0, -inf, 2.0], [-1e4, 1e4, 0.0, -1e4, 1e4]])
WITH_ZEROS = np.array([[2.0, 0.0, 3.0, 4.0, 5.0], [2.0, 0.0, 3.0, 0.0, 5.0]])

CHOICES = {
    "amax": lambda m, x: (m.amax(x), m.amax(x, 1)),
    "amin": lambda m, x: (m.amin(x), m.amin(x, 1)),
    "max": lambda m, x: m.max(x),
    "min": lambda m, x: m.min(x),
    "max(dim)": lambda m, x: m.max(x, 1),
    "min(dim)": lambda m, x: m.min(x, 1),
    "aminmax": lambda m, x: m.aminmax(x),
    "median": lambda m, x: m.median(x),
    "nanmedian": lambda m, x: m.nanmedian(x),
    "cummax": lambda m, x: m.cummax(x, 1),
    "cummin": lambda m, x: m.cummin(x, 1),
    "nansum": lambda m, x: (m.nansum(x), m.nansum(x, 1)),
    "nanmean": lambda m, x: (m.nanmean(x), m.nanmean(x, 1)),
    "quantile": lambda m, x: (m.quantile(x, 0.4, 1), m.nanquantile(x, 0.4, 1)),
    "argmax": lambda m, x: (m.argmax(x), m.argmax(x, 1), m.argmin(x, 1)),
    "all": lambda m, x: (m.all(x), m.any(x, 1), m.count_nonzero(x)),
    "std": lambda m, x: (m.std(x, 1), m.var(x, 0)),
    "cumsum": lambda m, x: m.cumsum(x, 1),
}


@pytest.mark.parametrize("values", ["ties", "nan", "infinite", "zeros"])
@pytest.mark.parametrize("name", CHOICES)
def test_ties_nan_and_infinities(name: str, values: str) -> None:
    x = {"ties": TIES, "nan": WITH_NAN, "infinite": INFINITE, "zeros": WITH_ZEROS}[values]
    choices_without = ("argmax", "all")
    if values == "nan" and name in ("amax", "amin", "aminmax"):
        choices_without += (
            name,
        )  # PyTorch: NaN for every element; here the NaN gets the gradient, as in max()
    ours, theirs = (
        run(CHOICES[name], [x], order=int(name not in choices_without)) for run in (run_ours, run_torch)
    )
    assert_same(ours, theirs, f"{name} of {values}")


def test_takes_the_names_axis_and_keepdims() -> None:
    def call(m, x):
        return (
            m.sum(x, axis=1),
            x.mean(axis=0, keepdims=True),
            x.max(axis=1),
            m.std(x, axis=0),
            x.cumsum(axis=1),
            m.softmax(x, axis=1),
        )

    x = np.array([[1.0, 3.0, 2.0], [5.0, 2.5, 4.0]])
    assert_same(run_ours(call, [x]), run_torch(call, [x]), "axis")


REDUCTIONS = [
    np.sum,
    np.mean,
    np.prod,
    np.max,
    np.min,
    np.all,
    np.any,
    np.var,
    np.std,
    np.nansum,
    np.nanmean,
    np.argmax,
    np.argmin,
    np.cumsum,
    np.cumprod,
]


@pytest.mark.parametrize("function", REDUCTIONS, ids=lambda f: f.__name__)
def test_numpys_function_of_a_tensor_is_numpys_value(function: Any) -> None:
    x = np.array([[1.0, 3.0, 2.0], [5.0, 2.5, 4.0]])
    for options in ({}, {"axis": 1}, {"axis": -2}):
        result = function(autograd_cnn.from_numpy(x), **options)
        assert isinstance(result, autograd_cnn.Tensor)
        np.testing.assert_allclose(result.numpy(), function(x, **options), rtol=1e-12)


def test_nan_gets_the_gradient_of_an_extreme() -> None:
    x = autograd_cnn.tensor([1.0, nan, 3.0], requires_grad=True)
    autograd_cnn.amax(x).backward()
    assert x.grad.tolist() == [0.0, 1.0, 0.0]


def test_medians_of_ties_take_their_values() -> None:
    """Which of equal elements is the middle one is PyTorch's accident; the values are not."""
    for x in (TIES, WITH_NAN):
        for name in ("median", "nanmedian", "mode"):
            ours = getattr(autograd_cnn, name)(autograd_cnn.from_numpy(x), 1)
            pytorch.gives(ours.values, lambda t, x=x, n=name: getattr(t, n)(t.from_numpy(x), 1).values)
            np.testing.assert_array_equal(
                np.take_along_axis(x, ours.indices.numpy()[:, None], 1)[:, 0], ours.values.numpy()
            )


def test_stable_where_exponentials_overflow() -> None:
    for name in ("softmax", "log_softmax", "logsumexp", "logcumsumexp"):
        call = lambda m, x, n=name: getattr(m, n)(x, 1)  # noqa: E731 - a call, written as in the table
        for x in (
            np.array([[1e4, -1e4, 0.0], [1e4, 1e4, 1e4 - 1]]),
            np.array([[-inf, 0.0, 1.0], [0.5, 1.0, -inf]]),
        ):
            order = 2 if np.isfinite(x).all() and name != "logcumsumexp" else 1
            ours, theirs = run_ours(call, [x], order=order), run_torch(call, [x], order=order)
            assert_same(ours, theirs, f"{name} of {x}")


def test_products_with_zeros_to_second_order() -> None:
    for call in (lambda m, x: m.prod(x, 1), lambda m, x: m.prod(x), lambda m, x: m.cumprod(x, 1)):
        assert_same(run_ours(call, [WITH_ZEROS]), run_torch(call, [WITH_ZEROS]), "prod")


def test_spread_of_one_element() -> None:
    for name in ("std", "var"):
        for x in (np.array([[1.0]]), np.array([[2.0, 2.0]])):
            call = lambda m, x, n=name: getattr(m, n)(x, 1)  # noqa: E731 - a call, written as in the table
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", ".*degrees of freedom", UserWarning)  # which PyTorch gives
                theirs = run_torch(call, [x], order=1)
                ours = run_ours(call, [x], order=1)
            assert_same(ours, theirs, name)


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.mean(m.tensor([1])),
        lambda m: m.var(m.tensor([1])),
        lambda m: m.max(m.zeros(0)),
        lambda m: m.amax(m.zeros(0)),
        lambda m: m.max(m.zeros(0, 3), 0),
        lambda m: m.amax(m.zeros(0, 3), 0),
        lambda m: m.argmax(m.zeros(0, 3), 0),
        lambda m: m.argmin(m.zeros(0)),
        lambda m: m.median(m.zeros(0, 3), 0),
        lambda m: m.sum(m.zeros(2, 3), 2),
        lambda m: m.sum(m.zeros(2, 3), (0, 0)),
        lambda m: m.sum(m.zeros(2, 3), -3),
        lambda m: m.cumsum(m.zeros(2), 1),
        lambda m: m.softmax(m.tensor([1]), 0),
        lambda m: m.logcumsumexp(m.tensor([1]), 0),
        lambda m: m.nanmean(m.tensor([1])),
        lambda m: m.quantile(m.tensor([1, 2]), 0.5),
        lambda m: m.quantile(m.tensor([1.0, 2.0]), 1.5),
        lambda m: m.quantile(m.tensor([1.0, 2.0]), 0.5, interpolation="cubic"),
        lambda m: m.quantile(m.zeros(0), 0.5),
        lambda m: m.bincount(m.tensor([-1])),
        lambda m: m.bincount(m.tensor([1.0])),
        lambda m: m.histc(m.tensor([1.0]), 0),
        lambda m: m.histc(m.tensor([1.0]), 3, 2.0, 1.0),
        lambda m: m.diff(m.tensor(1.0)),
        lambda m: m.diff(m.zeros(3), n=-1),
        lambda m: m.cov(m.zeros(2, 2, 2)),
    ],
)
def test_refuses_what_pytorch_refuses(call: Any) -> None:
    with pytest.raises((RuntimeError, IndexError, TypeError)) as theirs:
        pytorch(call)
    kind = IndexError if isinstance(theirs.value, IndexError) else RuntimeError
    with pytest.raises(kind):
        call(autograd_cnn)


EDGES_OF_RANKS = np.array([inf, -inf, 1.0, 1e4, -1e4, 2.0])


@pytest.mark.parametrize("interpolation", ["lower", "higher", "nearest"])
def test_a_quantile_may_be_infinite(interpolation: str) -> None:
    def quantiles(m: Any, x: Any) -> Any:
        return [m.quantile(x, q, interpolation=interpolation) for q in (0.0, 0.3, 1.0)]

    assert_same(
        run_ours(quantiles, [EDGES_OF_RANKS], 1), run_torch(quantiles, [EDGES_OF_RANKS], 1), interpolation
    )


def test_nan_is_unlike_nan_and_not_zero() -> None:
    x = np.array([nan, 1.0, 0.0, nan])

    def count(m: Any, x: Any) -> Any:
        return (
            m.unique(x.detach(), return_inverse=True, return_counts=True),
            m.linalg.vector_norm(x, 0),
            m.dist(x, x * 0, 0),
        )

    assert_same(run_ours(count, [x], 0), run_torch(count, [x], 0), "NaN")


@pytest.mark.parametrize(
    "call",
    [
        lambda m: m.histc(m.tensor([1.0, inf])),
        lambda m: m.histc(m.tensor([nan])),
        lambda m: m.histogram(m.tensor([1.0, inf]), 3),
        lambda m: m.histogram(m.rand(3), 3, range=(0.0, inf)),
        lambda m: m.histogram(m.rand(3), 3, range=(2.0, 1.0)),
        lambda m: m.histogram(m.rand(3), 0),
        lambda m: m.histogram(m.rand(3), 3, weight=m.rand(2)),
        lambda m: m.cov(m.rand(2, 3), fweights=m.tensor([0, 0, 0])),
        lambda m: m.cov(m.rand(2, 3), aweights=m.tensor([-1.0, 1.0, 1.0])),
        lambda m: m.cov(m.rand(2, 3), aweights=m.tensor([1, 1, 1])),
        lambda m: m.cov(m.rand(2, 3), fweights=m.tensor([1.0, 1.0, 1.0])),
        lambda m: m.cov(m.rand(2, 3), aweights=m.rand(2)),
        lambda m: m.cov(m.rand(2, 3), aweights=m.rand(2, 3)),
    ],
)
def test_statistics_refuse_what_pytorch_refuses(call: Any) -> None:
    for module in libraries():
        with pytest.raises(RuntimeError, match=r"histc|histogram|cov"):
            call(module)
