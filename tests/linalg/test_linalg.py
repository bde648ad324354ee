"""Linear algebra and norms, against PyTorch. Factors are compared where they are unique, up to the signs
LAPACK chooses."""

import math

import numpy as np
import pytest

import autograd_cnn as ours

from ..functions.oracle import LAYOUTS, compare, rows, same_error


def _eye(t, x):
    return t.from_numpy(np.eye(x.shape[-1], dtype=str(x.dtype).removeprefix("torch.")))


def _regular(t, x):
    """A matrix far from singular."""
    return x + 3 * _eye(t, x)


def _positive(t, x):
    return x @ x.mT + _eye(t, x)


def _spread(t, x):
    """A symmetric matrix whose eigenvalues lie apart."""
    return x @ x.mT + t.from_numpy(
        np.diag(np.arange(x.shape[-2]) * 4.0).astype(str(x.dtype).removeprefix("torch."))
    )


SQUARE = (((3, 3),), ((2, 3, 3),), ((1, 1),), ((2, 1, 2, 2),), ((0, 0),), ((0, 2, 2),))
NOT_EMPTY = SQUARE[:4]
ORDERS = (2, 1, 3, 1.5, 0.5, math.inf, -math.inf, 4)


def norms(t, x):
    return tuple(t.linalg.vector_norm(x, p) for p in ORDERS)


TABLE = {
    "inv": (
        lambda t, x: (t.linalg.inv(_regular(t, x)), t.inverse(_regular(t, x)), _regular(t, x).inverse()),
        *SQUARE,
    ),
    "solve": (
        lambda t, x, y: t.linalg.solve(_regular(t, x), y),
        ((3, 3), (3, 2)),
        ((3, 3), (3,)),
        ((2, 3, 3), (2, 3)),
        ((2, 3, 3), (3, 2)),
        ((3, 3), (2, 3, 1)),
    ),
    "solve-right": (lambda t, x, y: t.linalg.solve(_regular(t, x), y, left=False), ((3, 3), (2, 3))),
    "solve_triangular": (
        lambda t, x, y: (
            t.linalg.solve_triangular(_regular(t, x).triu(), y, upper=True),
            t.linalg.solve_triangular(_regular(t, x).tril(), y, upper=False),
        ),
        ((3, 3), (3, 2)),
    ),
    "solve_triangular-unit": (
        lambda t, x, y: (
            t.linalg.solve_triangular(_regular(t, x), y, upper=True, unitriangular=True),
            t.linalg.solve_triangular(_regular(t, x), y.mT, upper=False, left=False),
        ),
        ((3, 3), (3, 2)),
    ),
    "det": (lambda t, x: (t.linalg.det(x), t.det(_regular(t, x)), x.det()), *NOT_EMPTY),
    "det-empty": (lambda t, x: t.linalg.det(x), ((0, 0),)),
    "slogdet": (
        lambda t, x: (
            *t.linalg.slogdet(_regular(t, x)),
            _regular(t, x).slogdet()[1],
            t.logdet(_positive(t, x)),
        ),
        *NOT_EMPTY,
    ),
    "cholesky": (
        lambda t, x: (t.linalg.cholesky(_positive(t, x)), t.linalg.cholesky(_positive(t, x), upper=True)),
        *NOT_EMPTY,
    ),
    "cholesky_solve": (
        lambda t, x, y: (
            t.cholesky_solve(y, t.linalg.cholesky(_positive(t, x))),
            t.cholesky_inverse(t.linalg.cholesky(_positive(t, x))),
        ),
        ((3, 3), (3, 2)),
    ),
    "qr": (lambda t, x: t.linalg.qr(x), ((3, 3),), ((4, 2),), ((2, 4),), ((2, 3, 2),), ((2, 2, 3),)),
    "qr-r": (lambda t, x: t.linalg.qr(x.detach(), "r").R, ((4, 2),)),
    "qr-complete": (lambda t, x: t.linalg.qr(x.detach(), "complete"), ((4, 2),)),
    "qr-complete-wide": (lambda t, x: t.linalg.qr(x, "complete"), ((2, 4),)),
    "eigh": (
        lambda t, x: (
            t.linalg.eigh(_spread(t, x)).eigenvalues,
            t.linalg.eigh(_spread(t, x)).eigenvectors ** 2,
            t.linalg.eigvalsh(_spread(t, x)),
        ),
        ((3, 3),),
        ((2, 3, 3),),
        ((1, 1),),
    ),
    "eigh-values": (
        lambda t, x: (t.linalg.eigh(_spread(t, x))[0], t.linalg.eigvalsh(_spread(t, x), "U")),
        ((3, 3),),
    ),
    "eigh-one-triangle": (
        lambda t, x: (t.linalg.eigvalsh(x.detach()), t.linalg.eigvalsh(x.detach(), "U")),
        ((3, 3),),
    ),
    "svd": (
        lambda t, x: (
            t.linalg.svd(x, full_matrices=False).U ** 2,
            t.linalg.svdvals(x),
            t.linalg.svd(x, full_matrices=False).Vh ** 2,
        ),
        ((3, 3),),
        ((4, 2),),
        ((2, 4),),
        ((2, 3, 2),),
    ),
    "svd-product": (
        lambda t, x: (
            t.linalg.svd(x, False).U @ t.linalg.svd(x, False).Vh,
            t.linalg.svd(x, full_matrices=False).S,
        ),
        ((3, 3),),
        ((4, 2),),
        ((2, 4),),
    ),
    "svd-full": (lambda t, x: [part.abs() for part in t.linalg.svd(x.detach())], ((4, 2),), ((2, 3),)),
    "svd-older": (lambda t, x: (t.svd(x).S, t.svd(x).V ** 2), ((4, 2),)),
    "pinv": (
        lambda t, x: (t.linalg.pinv(x), t.pinverse(x), x.pinverse()),
        ((4, 2),),
        ((2, 4),),
        ((3, 3),),
        ((2, 3, 2),),
    ),
    "pinv-rank": (lambda t, x, y: t.linalg.pinv(x @ y, rtol=1e-4), ((4, 2), (2, 3))),
    "matrix_power": (
        lambda t, x: [t.linalg.matrix_power(_regular(t, x) / 3, n) for n in (0, 1, 2, 5, -1, -3)],
        ((3, 3),),
        ((2, 2, 2),),
    ),
    "matrix_exp": (lambda t, x: (t.linalg.matrix_exp(x), t.matrix_exp(x * 5), x.matrix_exp()), *NOT_EMPTY),
    "tensorinv": (lambda t, x: t.linalg.tensorinv(x), ((2, 3, 6),)),
    "tensorsolve": (lambda t, x, y: t.linalg.tensorsolve(x, y), ((2, 3, 6), (2, 3))),
    "matrix_rank": (
        lambda t, x, y: (
            t.linalg.matrix_rank((x @ y).detach()),
            t.linalg.matrix_rank(x.detach()),
            t.linalg.matrix_rank(x.detach(), atol=100.0),
        ),
        ((4, 2), (2, 3)),
        ((2, 4, 2), (2, 3)),
    ),
    "lstsq": (lambda t, x, y: t.linalg.lstsq(x, y).solution, ((4, 2), (4, 3)), ((2, 4, 2), (2, 4, 1))),
    "lstsq-drivers": (
        lambda t, x, y: [
            t.linalg.lstsq(x.detach(), y.detach(), driver=d)
            for d in (None, "gels", "gelsd", "gelss", "gelsy")
        ],
        ((4, 2), (4, 3)),
        ((2, 4, 2), (2, 4, 3)),
        ((2, 4), (2, 3)),
    ),
    "cond": (lambda t, x: [t.linalg.cond(_regular(t, x), p) for p in (None, 2, -2)], ((3, 3),)),
    "cond-norms": (
        lambda t, x: [t.linalg.cond(_regular(t, x).detach(), p) for p in ("fro", "nuc", 1, math.inf)],
        ((3, 3),),
    ),
    "vector_norm": (norms, ((3,),), ((2, 3),), ((),)),
    "vector_norm-dims": (
        lambda t, x: (
            t.linalg.vector_norm(x, dim=1),
            t.linalg.vector_norm(x, 3, dim=(0, 2), keepdim=True),
            t.linalg.vector_norm(x, math.inf, dim=-1),
            t.linalg.vector_norm(x, 1, dim=(0, 1, 2), keepdim=True),
        ),
        ((2, 3, 4),),
    ),
    "vector_norm-count": (lambda t, x: t.linalg.vector_norm(x.detach(), 0), ((2, 3),)),
    "vector_norm-empty": (
        lambda t, x: (t.linalg.vector_norm(x), t.linalg.vector_norm(x, 1, dim=1), t.linalg.vector_norm(x, 3)),
        ((0, 3),),
    ),
    "matrix_norm": (
        lambda t, x: [t.linalg.matrix_norm(x, p) for p in ("fro", "nuc", 1, -1, math.inf, -math.inf, 2, -2)],
        ((3, 2),),
        ((2, 3, 4),),
    ),
    "matrix_norm-dims": (
        lambda t, x: [
            t.linalg.matrix_norm(x, p, dim=(2, 0), keepdim=True) for p in ("fro", "nuc", 1, math.inf, 2)
        ],
        ((2, 3, 4),),
    ),
    "linalg.norm": (
        lambda t, x: (
            t.linalg.norm(x),
            t.linalg.norm(x, "fro"),
            t.linalg.norm(x, 1),
            t.linalg.norm(x, 2, dim=1),
            t.linalg.norm(x, 1, (0, 1)),
        ),
        ((2, 3),),
    ),
    "norm": (
        lambda t, x: (
            t.norm(x),
            x.norm(),
            x.norm(1),
            x.norm(p=3, dim=1),
            t.norm(x, dim=(0, 1), keepdim=True),
            x.norm(math.inf, 0),
            t.norm(x, "nuc"),
        ),
        ((2, 3),),
    ),
    "dist": (lambda t, x, y: (t.dist(x, y), x.dist(y, 1)), ((2, 3), (2, 3)), ((2, 3), (3,))),
}

ONCE = {  # PyTorch's second derivative is NaN at zeros, or fails
    "vector_norm-zero": (
        lambda t, x: [t.linalg.vector_norm(x * 0, p) for p in (2, 1, 3, 1.5, math.inf)],
        ((2, 3),),
    ),
    "vector_norm-ties": (
        lambda t, x: (t.linalg.vector_norm(x, math.inf), t.linalg.vector_norm(x, -math.inf)),
        (np.array([1.0, -2, 2, 1, -1]),),
    ),
    "vector_norm-some-zeros": (
        lambda t, x: [t.linalg.vector_norm(x, p) for p in (2, 1, 3, 1.5)],
        (np.array([1.0, 0, -2, 0]),),
    ),
}

ERRORS = {
    "inv-singular": (lambda t, x: t.linalg.inv(x), np.ones((2, 2))),
    "inv-rectangular": (lambda t, x: t.linalg.inv(x), np.ones((2, 3))),
    "inv-vector": (lambda t, x: t.linalg.inv(x), np.ones(2)),
    "inv-integers": (lambda t, x: t.linalg.inv(x), np.ones((2, 2), np.int64)),
    "solve-singular": (lambda t, x: t.linalg.solve(x, x), np.ones((2, 2))),
    "solve-shapes": (lambda t, x: t.linalg.solve(x, x[:1]), np.eye(2)),
    "cholesky-negative": (lambda t, x: t.linalg.cholesky(x), -np.eye(2)),
    "det-rectangular": (lambda t, x: t.linalg.det(x), np.ones((2, 3))),
    "qr-mode": (lambda t, x: t.linalg.qr(x, "full"), np.ones((2, 3))),
    "matrix_norm-order": (lambda t, x: t.linalg.matrix_norm(x, 3), np.ones((2, 3))),
    "matrix_norm-vector": (lambda t, x: t.linalg.matrix_norm(x), np.ones(3)),
    "norm-3d": (lambda t, x: t.linalg.norm(x, 1), np.ones((2, 3, 2))),
    "vector_norm-integers": (lambda t, x: t.linalg.vector_norm(x), np.ones(2, np.int64)),
    "vector_norm-empty": (lambda t, x: t.linalg.vector_norm(x, math.inf), np.ones(0)),
    "matrix_power": (lambda t, x: t.linalg.matrix_power(x, 2), np.ones((2, 3))),
    "multi_dot-one": (lambda t, x: t.linalg.multi_dot([x]), np.ones((2, 3))),
}


@pytest.mark.parametrize("row", rows(TABLE) + rows(ONCE, order=1))
def test_same_as_pytorch(row):
    compare(row)


@pytest.mark.slow
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("row", rows(TABLE) + rows(ONCE, order=1))
def test_same_as_pytorch_in_every_layout(row, layout):
    compare(row, "float64", layout, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("row", rows(TABLE) + rows(ONCE, order=1))
def test_same_as_pytorch_in_float32(row):
    """To ten roundings more than single functions: these are sequences of products."""
    compare(row._replace(order=min(row.order, 1), tolerance=10), "float32", seed=2)


@pytest.mark.parametrize("name", ERRORS)
def test_refuses_what_pytorch_refuses(name):
    function, array = ERRORS[name]
    same_error(function, array)


def test_a_singular_matrix_has_a_determinant_with_a_gradient():
    x = np.array([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [0.5, 1.0, 2.0]])
    leaf = ours.from_numpy(x).requires_grad_()
    ours.linalg.det(leaf).backward()
    cofactors = [[2.0, -1.0, 0.0], [-1.0, 0.5, 0.0], [0.0, 0.0, 0.0]]
    np.testing.assert_allclose(leaf.grad.numpy(), cofactors, atol=1e-9)  # PyTorch 2.13 gives zeros here


def test_equal_singular_values_leave_the_gradient_of_the_values_finite():
    x = ours.eye(3, dtype=ours.float64).requires_grad_()
    ours.linalg.svdvals(x).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), np.eye(3), atol=1e-12)


def test_what_has_no_gradient_says_so():
    x = ours.ones(3, 2, requires_grad=True)
    with pytest.raises(RuntimeError, match="reduced"):
        ours.linalg.qr(x, "complete")


def test_errors_of_linear_algebra_are_catchable_by_name():
    with pytest.raises(ours.linalg.LinAlgError, match="singular"):
        ours.linalg.inv(ours.ones(2, 2))


NOT_FINITE = {
    "svd": ours.linalg.svd,
    "svd of a tall matrix": lambda x: ours.linalg.svd(ours.cat([x, x])),
    "svdvals": ours.linalg.svdvals,
    "pinv": ours.linalg.pinv,
    "pinv(atol)": lambda x: ours.linalg.pinv(x, atol=1e-3),
    "matrix_rank": ours.linalg.matrix_rank,
    "cond": ours.linalg.cond,
    "nuclear norm": lambda x: ours.linalg.norm(x, "nuc"),
    "lstsq": lambda x: ours.linalg.lstsq(x, x),
}


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
@pytest.mark.parametrize("name", NOT_FINITE)
def test_singular_values_of_a_matrix_that_is_not_finite_are_refused(name, value):
    """LAPACK never returns from some of these."""
    x = ours.tensor([[1.0, -0.0, 0.0], [value, 0.0, 2.0], [0.0, -1.0, 2.0]])
    with pytest.raises(
        ours.linalg.LinAlgError, match=r"linalg.svd: .* contained non-finite values \(\d of \d+ elements\)"
    ):
        NOT_FINITE[name](x)


@pytest.mark.parametrize("value", [np.inf, -np.inf, np.nan])
def test_the_gradient_of_a_determinant_that_is_not_finite_is_nan(value):
    x = ours.eye(3).repeat(2, 1, 1)
    x[0, 1, 0] = value
    x.requires_grad_()
    ours.linalg.det(x).sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), [np.full((3, 3), np.nan), np.eye(3)])


@pytest.mark.parametrize("name", ["cholesky", "eigh", "eigvalsh"])
def test_symmetric_matrices_with_nan_are_refused(name):
    with pytest.raises(ours.linalg.LinAlgError, match=f"linalg.{name.replace('vals', '')}"):
        getattr(ours.linalg, name)(ours.full((3, 3), math.nan))
    assert ours.linalg.cholesky_ex(ours.full((3, 3), math.nan)).info.item() == 1
