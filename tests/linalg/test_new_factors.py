"""L D Lᵀ, real spectra, a few singular values, and what is said of matrices that don't fit."""

import numpy as np
import pytest

import autograd_cnn as ours

RANDOM = np.random.default_rng(0)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("diagonal", [1.0, 0.0])
def test_ldl_is_lapacks(size, diagonal):
    torch = pytest.importorskip("torch")
    values = RANDOM.normal(size=(2, size, size))
    values = values + values.swapaxes(-1, -2)
    values *= 1 - (1 - diagonal) * np.eye(size)
    right = RANDOM.normal(size=(2, size, 3))
    mine, theirs = (lib.linalg.ldl_factor_ex(lib.from_numpy(values.copy())) for lib in (ours, torch))
    assert mine.pivots.dtype == ours.int32
    for name in ("LD", "pivots", "info"):
        np.testing.assert_allclose(getattr(mine, name).numpy(), getattr(theirs, name).numpy(), atol=1e-12)
    if bool((mine.info == 0).all()):
        b = ours.from_numpy(right).requires_grad_()
        x = ours.linalg.ldl_solve(mine.LD, mine.pivots, b)
        np.testing.assert_allclose(values @ x.detach().numpy(), right, atol=1e-9)
        assert ours.autograd.gradcheck(lambda b: ours.linalg.ldl_solve(mine.LD, mine.pivots, b), (b,))


def test_a_real_spectrum_has_gradients_and_a_complex_one_is_refused():
    basis = RANDOM.normal(size=(3, 3))
    a = ours.from_numpy(basis @ np.diag([1.0, 2.0, 4.0]) @ np.linalg.inv(basis)).requires_grad_()
    values, vectors = ours.linalg.eig(a)
    assert sorted(values.tolist()) == pytest.approx([1.0, 2.0, 4.0])
    np.testing.assert_allclose((a @ vectors).detach(), (vectors * values).detach(), atol=1e-10)
    assert ours.autograd.gradcheck(ours.linalg.eigvals, (a,))
    assert ours.autograd.gradgradcheck(ours.linalg.eigvals, (a,))
    assert ours.autograd.gradcheck(lambda a: ours.linalg.eig(a).eigenvectors.abs(), (a,))
    assert ours.autograd.gradgradcheck(lambda a: ours.linalg.eig(a).eigenvectors.abs(), (a,))
    assert type(ours.linalg.eig(a)).__name__ == "linalg_eig"
    with pytest.raises(NotImplementedError, match="complex"):
        ours.linalg.eig(ours.tensor([[0.0, 1.0], [-1.0, 0.0]]))


@pytest.mark.parametrize("shape", [(2, 4), (4, 2), (2, 3, 2)])
def test_full_matrices_have_the_gradients_of_the_reduced_ones(shape):
    torch = pytest.importorskip("torch")
    values, gradients = RANDOM.normal(size=shape), []
    for lib in (ours, torch):
        a = lib.from_numpy(values.copy()).requires_grad_()
        u, s, vh = lib.linalg.svd(a, full_matrices=True)
        k = min(shape[-2:])
        product = (u[..., :k] * s.unsqueeze(-2)) @ vh[..., :k, :]
        (product.sin().sum() + (s * s).sum()).backward()
        gradients.append(a.grad.numpy())
    np.testing.assert_allclose(*gradients, atol=1e-10)


def test_a_few_singular_values_of_a_matrix_of_low_rank():
    left, right = RANDOM.normal(size=(20, 3)), RANDOM.normal(size=(3, 12))
    a = ours.from_numpy(left @ right)
    true = np.linalg.svd(left @ right, compute_uv=False)[:3]
    for u, s, v in (ours.svd_lowrank(a, 4), ours.svd_lowrank(a.T, 4), ours.pca_lowrank(a, 3, center=False)):
        np.testing.assert_allclose(s[:3].numpy(), true, rtol=1e-9)
        np.testing.assert_allclose((u * s) @ v.T, a if u.shape[0] == 20 else a.T, atol=1e-9)
    with pytest.raises(ValueError, match="not greater than min"):
        ours.pca_lowrank(a, 13)


def test_a_few_eigenvalues():
    a, b = (x @ x.T + np.eye(9) for x in RANDOM.normal(size=(2, 9, 9)))
    values, vectors = ours.lobpcg(ours.from_numpy(a), k=2, B=ours.from_numpy(b))
    np.testing.assert_allclose(a @ vectors.numpy(), b @ vectors.numpy() * values.numpy(), atol=1e-8)
    np.testing.assert_allclose(
        values.numpy(), np.sort(np.linalg.eigvals(np.linalg.solve(b, a)).real)[:-3:-1], rtol=1e-9
    )
    with pytest.raises(ValueError, match="smaller than 3 x the number of requested eigenpairs"):
        ours.lobpcg(ours.eye(8), k=3)


TWO = ours.zeros(2, 2)
PIVOTS = ours.tensor([1, 2], dtype=ours.int32)
BATCH = ours.stack([ours.eye(2), TWO])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ours.linalg.inv(TWO), "linalg.inv: The diagonal element 1 is zero, the inversion could not"),
        (lambda: ours.linalg.inv(BATCH), r"\(Batch element 1\): The diagonal element 1 is zero"),
        (lambda: ours.linalg.solve(BATCH, BATCH), r"\(Batch element 1\): The solver failed"),
        (lambda: ours.linalg.cholesky(BATCH), "leading minor of order 1 is not positive-definite"),
        (lambda: ours.linalg.det(ours.ones(2)), "The input tensor A must have at least 2 dimensions"),
        (lambda: ours.linalg.svd(TWO.int()), "Expected a floating point or complex tensor as input. Got Int"),
        (lambda: ours.linalg.lstsq(TWO, ours.ones(3)), r"input.size\(-2\) should match other.size\(-1\)"),
        (
            lambda: ours.linalg.multi_dot([TWO, ours.ones(3)]),
            r"tensors 0 and 1 with shapes \[2, 2\]",
        ),
        (lambda: ours.dot(TWO, ours.ones(2)), "1D tensors expected, but got 2D and 1D tensors"),
        (
            lambda: ours.mm(TWO, TWO.double()),
            "expected m1 and m2 to have the same dtype, but got: float",
        ),
        (lambda: ours.mv(TWO, ours.ones(3)), r"size mismatch, got input \(2\), mat \(2x2\), vec \(3\)"),
        (lambda: ours.bmm(TWO, TWO), "batch1 must be a 3D tensor"),
        (lambda: ours.linalg.cond(TWO, "wrong"), "linalg.cond got an invalid norm type: wrong"),
        (lambda: ours.linalg.matrix_rank(TWO.int()), "handle types other than float and double"),
        (
            lambda: ours.linalg.solve_triangular(ours.ones(3, 2, 2), ours.ones(3, 2), upper=True),
            r"Incompatible shapes of A and B for the equation AX = B \(2x2 and 3x2\)",
        ),
        (lambda: ours.linalg.ldl_solve(TWO, PIVOTS, ours.ones(3, 1)), "each A matrix is 2 by 2 but each b"),
        (lambda: ours.cholesky_solve(ours.ones(3, 1), TWO), "for cholesky_solve: each A matrix is 2 by 2"),
        (lambda: ours.triangular_solve(ours.ones(3, 1), TWO), "for torch.triangular_solve: each A matrix is"),
        (lambda: ours.linalg.ldl_solve(TWO, PIVOTS, TWO.double()), "b of type Double and A of type Float"),
        (lambda: ours.linalg.ldl_solve(TWO, PIVOTS + 5, TWO), r"\|pivot\| <= LD.size\(-2\)"),
    ],
)
def test_matrices_that_do_not_fit_are_told_in_pytorchs_words(call, words):
    with pytest.raises(RuntimeError, match=words):
        call()


def test_matrices_of_nothing_and_singular_ones():
    assert ours.linalg.tensorinv(ours.ones(0, 2, 0)).shape == (0, 0, 2)
    assert ours.linalg.matrix_norm(ours.empty(0, 2), 2).item() == 0
    assert ours.linalg.cond(TWO, "fro").item() == float("inf")
    assert ours.linalg.vander(ours.tensor(2.0), N=3).tolist() == [[1.0, 2.0, 4.0]]
    assert ours.linalg.cond(BATCH, 1).tolist() == [1.0, float("inf")]


def test_triangles_with_a_zero_on_the_diagonal_are_solved_row_by_row():
    upper, inf = ours.tensor([[1.0, 2.0], [0.0, 0.0]]), float("inf")
    assert ours.linalg.solve_triangular(upper, ours.ones(2, 1), upper=True).tolist() == [[-inf], [inf]]
    found = ours.linalg.solve_triangular(upper, ours.ones(1, 2), upper=True, left=False)
    assert found.tolist() == [[1.0, -inf]]
    lower = ours.stack([ours.eye(2), upper.T])
    found = ours.linalg.solve_triangular(lower, ours.ones(2, 1), upper=False)
    assert found.tolist() == [[[1.0], [1.0]], [[1.0], [-inf]]]
    many = ours.linalg.solve_triangular(ours.eye(2).expand(2, 2, 2), ours.ones(2, 2), upper=True)
    assert many.tolist() == ours.ones(2, 2, 2).tolist()  # the matrix again, not a vector for each


NAN = float("nan")


@pytest.mark.parametrize(("solve", "expected"), [
    (lambda a, b: ours.linalg.solve_triangular(a, b, upper=False), [NAN, NAN]),
    (lambda a, b: ours.linalg.solve_triangular(a, b, upper=False, unitriangular=True), [1.0, 0.0]),
    (lambda a, b: ours.linalg.solve_triangular(a.T, b, upper=True), [NAN, 1.0]),
    (lambda a, b: ours.linalg.solve_triangular(a, b.T, upper=False, left=False), [NAN, 1.0]),
    (lambda a, b: ours.triangular_solve(b, a, upper=False)[0], [NAN, NAN]),
    (lambda a, b: ours.cholesky_solve(b, a), [NAN, NAN]),
])  # fmt: skip
def test_a_nan_reaches_what_is_computed_from_it(solve, expected):
    a = ours.tensor([[NAN, 0.0], [1.0, 1.0]])
    found = solve(a, ours.ones(2, 1)).flatten()
    np.testing.assert_array_equal(found.numpy(), np.float32(expected))


@pytest.mark.parametrize("upper", [False, True])
@pytest.mark.parametrize("unit", [False, True])
def test_large_triangles_solve_their_equations(upper, unit):
    rng = np.random.default_rng(0)
    a = ours.tensor(rng.normal(size=(2, 37, 37)) / 6 + 2 * np.eye(37), requires_grad=True)
    b = ours.tensor(rng.normal(size=(37, 3)), requires_grad=True)
    read = (ours.triu if upper else ours.tril)(a)
    if unit:
        read = read - ours.diag_embed(read.diagonal(0, -2, -1)) + ours.eye(37, dtype=ours.float64)
    found = []
    for x in (
        ours.linalg.solve_triangular(a, b, upper=upper, unitriangular=unit),
        ours.linalg.solve(read, b.expand(2, 37, 3)),
    ):
        gradients = ours.autograd.grad((x * ours.arange(3.0)).sin().sum(), (a, b))
        found.append([x.detach(), *gradients])
    for mine, other in zip(*found, strict=True):
        np.testing.assert_allclose(mine.numpy(), other.numpy(), rtol=1e-8, atol=1e-10)


def test_factors_with_a_zero_on_the_diagonal():
    factor = ours.tensor([[0.0, 0.0], [1.0, 1.0]])
    assert ours.cholesky_solve(ours.ones(2, 1), factor).flatten().tolist() == [float("inf"), -float("inf")]
    with pytest.raises(ours.linalg.LinAlgError, match="diagonal element 1 is zero"):
        ours.cholesky_inverse(factor)


@pytest.mark.parametrize("matrix", [[[1.0, 1.0], [1.0, 1.0]], [[0.0, 0.0], [0.0, 0.0]], [[0.0]]])
def test_determinants_of_singular_matrices_have_second_derivatives(matrix):
    a = ours.tensor(matrix, dtype=ours.float64, requires_grad=True)
    assert ours.autograd.gradgradcheck(ours.linalg.det, (a,))
