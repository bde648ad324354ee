"""Names that belong to no large family: LU and its kin, incomplete gamma functions, windows, drawing,
torch.special."""

from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from tests.recorded import libraries, pytorch

from .oracle import Row, assert_same, compare, rows, run_ours, run_torch, same_error

pytestmark = pytest.mark.filterwarnings(
    "ignore:.*is deprecated.*:UserWarning"
)  # PyTorch's, of its older names

SQUARE = np.random.default_rng(0).standard_normal((2, 3, 3)) + 2 * np.eye(3)
POSITIVE = SQUARE @ SQUARE.swapaxes(-1, -2)
TALL = np.random.default_rng(1).standard_normal((4, 3))
ORDERS = np.random.default_rng(2).uniform(0.3, 20.0, (3, 4))
PLACES = np.random.default_rng(3).uniform(0.1, 25.0, (3, 4))
GRID = np.array([-8.0, -2.5, -1.0, -0.3, 0.4, 0.99, 1.0, 3.0])


def _lu_solve(lib: Any, a: Any, b: Any, **how: Any) -> Any:
    return lib.linalg.lu_solve(*lib.linalg.lu_factor(a), b, **how)


def _gamma(name: str) -> Any:
    return lambda lib, x: getattr(lib, name)(
        lib.from_numpy(ORDERS.astype(str(x.dtype).removeprefix("torch."))), x
    )


LINEAR = {
    "lu": (lambda lib, a: lib.linalg.lu(a), (SQUARE,), (TALL,), (TALL.T,), ((2, 2, 3, 4),)),
    "lu_factor": (lambda lib, a: lib.linalg.lu_factor(a), (SQUARE,), (TALL,), (TALL.T,)),
    "lu_factor_ex": (lambda lib, a: lib.linalg.lu_factor_ex(a), (SQUARE,)),
    "lu_unpack": (lambda lib, a: lib.lu_unpack(*lib.linalg.lu_factor(a)), (SQUARE,), (TALL,), (TALL.T,)),
    "lu_solve": (_lu_solve, (SQUARE, (2, 3, 2)), (SQUARE[0], (3, 2))),
    "lu_solve, adjoint": (lambda lib, a, b: _lu_solve(lib, a, b, adjoint=True), (SQUARE, (2, 3, 2))),
    "lu_solve, right": (lambda lib, a, b: _lu_solve(lib, a, b, left=False), (SQUARE, (2, 2, 3))),
    "lu_solve, right, adjoint": (
        lambda lib, a, b: _lu_solve(lib, a, b, left=False, adjoint=True),
        (SQUARE, (2, 2, 3)),
    ),
    "torch.lu_solve": (lambda lib, a, b: lib.lu_solve(b, *lib.linalg.lu_factor(a)), (SQUARE, (2, 3, 2))),
    "cholesky_ex": (lambda lib, a: lib.linalg.cholesky_ex(a @ a.mT), (SQUARE,)),
    "inv_ex": (lambda lib, a: lib.linalg.inv_ex(a), (SQUARE,)),
    "solve_ex": (lambda lib, a, b: lib.linalg.solve_ex(a, b), (SQUARE, (2, 3, 2)), (SQUARE, (2, 3))),
    "householder_product": (
        lambda lib, a, tau: lib.linalg.householder_product(a, tau),
        ((4, 3), (3,)),
        ((2, 4, 3), (2, 2)),
    ),
    "orgqr": (lambda lib, a, tau: a.orgqr(tau), ((4, 3), (3,))),
}
PRODUCTS = {  # PyTorch gives these no (second) gradient
    "ormqr": (lambda lib, a, tau, x: lib.ormqr(a, tau, x), ((4, 3), (3,), (4, 2))),
    "ormqr, right": (lambda lib, a, tau, x: a.ormqr(tau, x, False, True), ((4, 3), (3,), (2, 4))),
    "geqrf": (lambda lib, a: lib.geqrf(a), ((4, 3),), ((2, 3, 3),)),
}
ELEMENTWISE = {
    "igamma": (_gamma("igamma"), (PLACES,)),
    "igammac": (_gamma("igammac"), (PLACES,)),
    "renorm": (lambda lib, x: x.renorm(2, 0, 1.5), ((3, 4),), ((2, 3, 4),)),
    "renorm_": (lambda lib, x: (x * 1).renorm_(1, 1, 0.5), ((3, 4),)),
    "fill": (lambda lib, x, value: lib.fill(x, value) * x, ((2, 3), ())),
    "frobenius_norm": (lambda lib, x: lib.frobenius_norm(x, (0, 1)), ((3, 4),)),
    "nuclear_norm": (lambda lib, x: lib.nuclear_norm(x), ((3, 4),)),
    "erfcx": (lambda lib, x: lib.special.erfcx(x), (GRID[3:],)),
    "i0e": (lambda lib, x: lib.special.i0e(x), (GRID * 20,)),
    "i1": (lambda lib, x: lib.special.i1(x), (GRID,)),
    "i1e": (lambda lib, x: lib.special.i1e(x), (GRID * 20,)),
    "entr": (lambda lib, x: lib.special.entr(x), (np.abs(GRID),)),
    "xlog1py": (lambda lib, x, y: lib.special.xlog1py(x, y), (GRID, np.abs(GRID))),
    "ndtr": (lambda lib, x: lib.special.ndtr(x), (GRID,)),
    "log_ndtr": (lambda lib, x: lib.special.log_ndtr(x), (GRID * 2,)),
    "ndtri": (lambda lib, x: lib.special.ndtri(x), (np.linspace(0.05, 0.95, 7),)),
}


@pytest.mark.parametrize("row", rows(LINEAR))
def test_linear_algebra(row: Row) -> None:
    compare(row)


@pytest.mark.parametrize("row", rows(PRODUCTS, order=0))
def test_reflections(row: Row) -> None:
    compare(row)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("row", rows(ELEMENTWISE, tolerance=100))
def test_elementwise(row: Row, dtype: str) -> None:
    compare(row, dtype)


WINDOWS = ("hann_window", "hamming_window", "blackman_window", "bartlett_window", "kaiser_window")


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("length", [0, 1, 2, 7, 8])
@pytest.mark.parametrize("periodic", [True, False])
def test_windows(name: str, length: int, periodic: bool) -> None:
    for dtype in ("float32", "float64"):

        def window(t: Any, dtype: str = dtype) -> Any:
            return getattr(t, name)(length, periodic, dtype=getattr(t, dtype))

        pytorch.gives(window(ag), window, rtol=1e-6, atol=1e-7)


def test_incomplete_gamma_at_the_edges() -> None:
    a, x = (
        v.reshape(-1) for v in np.meshgrid([0.0, 1.0, -1.0, np.inf, np.nan], [0.0, 2.0, -1.0, np.inf, np.nan])
    )
    for name in ("igamma", "igammac"):

        def call(t: Any, name: str = name) -> Any:
            return getattr(t, name)(t.from_numpy(a), t.from_numpy(x))

        pytorch.gives(call(ag), call, rtol=1e-13)


def test_singular_matrices_are_told_of() -> None:
    singular = np.array([[[1.0, 2.0], [2.0, 4.0]], [[2.0, 0.0], [0.0, 1.0]]])
    for call in (
        lambda lib, a: lib.linalg.inv_ex(a),
        lambda lib, a: lib.linalg.lu_factor_ex(a),
        lambda lib, a: lib.linalg.cholesky_ex(a - 2),
    ):

        def told(t: Any, call: Any = call) -> Any:
            found = call(t, t.from_numpy(singular))
            return found[0][1].numpy(), found.info.tolist()

        (found, info), (expected, expected_info) = told(ag), pytorch(told)
        assert info == expected_info
        np.testing.assert_allclose(found, expected if info[1] == 0 else np.nan)
    assert bool(ag.linalg.inv_ex(ag.from_numpy(singular)).inverse[0].isnan().all())
    for name in ("inv_ex", "cholesky_ex"):
        same_error(lambda lib, a, name=name: getattr(lib.linalg, name)(a, check_errors=True), -singular)
    same_error(lambda lib, a: lib.linalg.lu_factor(a), singular)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_drawing_gives_the_same_numbers(dtype: str) -> None:
    calls = (
        lambda lib, kind: lib.poisson(lib.tensor([0.0, 0.5, 4.0, 15.0, 300.0] * 8, dtype=kind)),
        lambda lib, kind: lib.binomial(
            lib.tensor([5.0, 100.0, 1000.0, 7.0, 7.0, 1000.0], dtype=kind),
            lib.tensor([0.3, 0.5, 0.9, 0.0, 1.0, 0.01], dtype=kind),
        ),
        lambda lib, kind: lib.empty(20, dtype=kind).geometric_(0.3),
        lambda lib, kind: lib.empty(20, dtype=kind).cauchy_(1.0, 2.0),
        lambda lib, kind: lib.empty(21, dtype=kind).log_normal_(0.5, 0.7),
        lambda lib, kind: lib.full((20,), 0.3, dtype=kind).bernoulli(),
        lambda lib, kind: lib.tensor([0.1, 0.2, 0.7], dtype=kind).multinomial(2),
    )
    for call in calls:

        def drawn(t: Any, call: Any = call) -> Any:
            t.manual_seed(5)
            return call(t, getattr(t, dtype))

        pytorch.gives(drawn(ag), drawn, rtol=1e-6 if dtype == "float32" else 1e-13)


def test_as_strided_scatter() -> None:
    def scattered(lib: Any, x: Any, src: Any) -> Any:
        return lib.as_strided_scatter(x, src, (2, 2), (3, 1), 1)

    compare(Row("as_strided_scatter", scattered, ("real", "real"), [((3, 3), (2, 2))], order=0))
    operands = [ag.randn(*shape, dtype=ag.float64, requires_grad=True) for shape in ((3, 3), (2, 2))]
    assert ag.autograd.gradcheck(
        lambda x, src: scattered(ag, x, src), operands
    )  # PyTorch 2.13's own gradient fails its gradcheck


def test_questions() -> None:
    for lib in libraries():
        x = lib.ones(2, 3)
        assert lib.is_same_size(x, x * 2)
        assert not x.is_same_size(lib.ones(3, 2))
        assert lib.is_signed(x)
        assert not lib.is_signed(x > 0)
        assert lib.tensor([2.0]).is_nonzero()
        assert not lib.detach(lib.ones(1, requires_grad=True)).requires_grad


def test_refusals() -> None:
    same_error(lambda lib, x: lib.poisson(x), [-1.0])
    same_error(lambda lib, x: x.geometric_(1.5), [1.0])
    same_error(lambda lib, x: x.cauchy_(0.0, -1.0), [1.0])
    same_error(lambda lib, x: x.renorm(2, 0, 1.0), [1.0])
    same_error(lambda lib, x: lib.linalg.householder_product(x, x[0]), [[1.0, 2.0]])
    same_error(lambda lib, x: lib.linalg.lu(x), [1.0])
    same_error(lambda lib, x: lib.is_nonzero(x), [1.0, 2.0])


def test_slopes_of_entropies_at_zero() -> None:
    x, y = np.array([0.0, 0.0, 0.0, 2.0, 0.5]), np.array([3.0, 0.5, -0.5, 0.0, 1.0])

    def terms(lib: Any, x: Any, y: Any) -> Any:
        return (lib.special.xlog1py(x, y), lib.special.entr(x))

    assert_same(run_ours(terms, [x, y], 1), run_torch(terms, [x, y], 1), "xlog1py and entr")


def test_the_logit_of_nan_within_bounds_has_no_slope() -> None:
    x = np.array([np.nan, 0.0, 0.5])
    assert_same(
        *(run(lambda lib, x: lib.logit(x, eps=0.1), [x], 1) for run in (run_ours, run_torch)), "logit"
    )
