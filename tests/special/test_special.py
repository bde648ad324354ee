"""torch.special's own names, against SciPy's functions of the same meaning."""

import numpy as np
import pytest
from scipy import special

import autograd_cnn as ag

GRID = np.array([-2.5, -0.3, 0.2, 0.9, 1.7, 4.0])
UNARY = {
    "digamma": special.digamma,
    "entr": special.entr,
    "erf": special.erf,
    "erfc": special.erfc,
    "erfcx": special.erfcx,
    "exp2": special.exp2,
    "expit": special.expit,
    "expm1": special.expm1,
    "gammaln": special.gammaln,
    "i0": special.i0,
    "i0e": special.i0e,
    "i1": special.i1,
    "i1e": special.i1e,
    "log_ndtr": special.log_ndtr,
    "modified_bessel_i0": special.i0,
    "modified_bessel_i1": special.i1,
    "ndtr": special.ndtr,
    "psi": special.psi,
    "sinc": np.sinc,
}


@pytest.mark.parametrize("name", UNARY)
def test_functions_of_one_number(name: str) -> None:
    ours = getattr(ag.special, name)(ag.tensor(GRID)).numpy()
    np.testing.assert_allclose(ours, UNARY[name](GRID), rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("name", ["erfinv", "logit", "log1p", "ndtri"])
def test_functions_of_a_part_of_the_line(name: str) -> None:
    grid = np.array([0.01, 0.3, 0.5, 0.9])
    ours = getattr(ag.special, name)(ag.tensor(grid)).numpy()
    np.testing.assert_allclose(ours, getattr(special, name)(grid), rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", ["gammainc", "gammaincc", "xlog1py", "xlogy"])
def test_functions_of_two_numbers(name: str) -> None:
    x, y = np.meshgrid([0.5, 1.0, 3.0], [0.2, 1.5, 6.0])
    ours = getattr(ag.special, name)(ag.tensor(x), ag.tensor(y)).numpy()
    np.testing.assert_allclose(ours, getattr(special, name)(x, y), rtol=1e-9)


def test_sums_and_normalised_exponentials() -> None:
    x = np.random.default_rng(0).normal(size=(3, 4))
    t = ag.tensor(x)
    np.testing.assert_allclose(ag.special.logsumexp(t, 1).numpy(), special.logsumexp(x, 1), rtol=1e-12)
    np.testing.assert_allclose(ag.special.softmax(t, 1).numpy(), special.softmax(x, 1), rtol=1e-12)
    np.testing.assert_allclose(ag.special.log_softmax(t, 1).numpy(), special.log_softmax(x, 1), rtol=1e-12)
    np.testing.assert_allclose(ag.special.multigammaln(t.abs() + 2, 3).numpy(), _multigammaln(x), rtol=1e-12)
    np.testing.assert_allclose(
        ag.special.polygamma(2, t.abs()).numpy(), special.polygamma(2, abs(x)), rtol=1e-9
    )


def _multigammaln(x: np.ndarray) -> np.ndarray:
    return np.vectorize(lambda number: special.multigammaln(abs(number) + 2, 3))(x)


def test_what_special_offers_has_a_test() -> None:
    tested = {*UNARY, "erfinv", "logit", "log1p", "ndtri", "gammainc", "gammaincc", "xlog1py", "xlogy"}
    tested |= {*CYLINDER, *POLYNOMIALS, "zeta"}
    tested |= {"logsumexp", "softmax", "log_softmax", "multigammaln", "polygamma"}
    assert set(ag.special.__all__) - tested == {"round"}  # of numbers to decimals: with rounding


CYLINDER = {
    "airy_ai": lambda x: special.airy(x)[0],
    "bessel_j0": special.j0,
    "bessel_j1": special.j1,
    "bessel_y0": special.y0,
    "bessel_y1": special.y1,
    "modified_bessel_k0": special.k0,
    "modified_bessel_k1": special.k1,
    "scaled_modified_bessel_k0": special.k0e,
    "scaled_modified_bessel_k1": special.k1e,
    "spherical_bessel_j0": lambda x: special.spherical_jn(0, np.abs(x)),
}
ON_BOTH_SIDES = ("airy_ai", "bessel_j0", "bessel_j1", "spherical_bessel_j0")


@pytest.mark.parametrize("name", CYLINDER)
def test_bessels_and_airys_functions(name: str) -> None:
    places = np.concatenate([np.geomspace(1e-6, 1e3, 60), np.linspace(0.4, 25.0, 80)])
    if name in ON_BOTH_SIDES:
        places = np.concatenate([places, -places])
    ours = getattr(ag.special, name)(ag.tensor(places, requires_grad=True))
    assert not ours.requires_grad  # as in PyTorch
    np.testing.assert_allclose(ours.numpy(), CYLINDER[name](places), rtol=2e-11, atol=1e-15)


@pytest.mark.parametrize("name", CYLINDER)
def test_they_end_in_nothing(name: str) -> None:
    ends = ag.tensor([np.inf, np.nan])
    value = getattr(ag.special, name)(ends)
    assert value.dtype == ag.float32
    assert value[0] == 0
    assert value[1].isnan()


POLYNOMIALS = {
    "chebyshev_polynomial_t": special.eval_chebyt,
    "chebyshev_polynomial_u": special.eval_chebyu,
    "chebyshev_polynomial_v": lambda n, x: special.eval_chebyu(n, x) - special.eval_chebyu(n - 1, x),
    "chebyshev_polynomial_w": lambda n, x: special.eval_chebyu(n, x) + special.eval_chebyu(n - 1, x),
    "hermite_polynomial_h": special.eval_hermite,
    "hermite_polynomial_he": special.eval_hermitenorm,
    "laguerre_polynomial_l": special.eval_laguerre,
    "legendre_polynomial_p": special.eval_legendre,
    "shifted_chebyshev_polynomial_t": special.eval_sh_chebyt,
    "shifted_chebyshev_polynomial_u": special.eval_sh_chebyu,
    "shifted_chebyshev_polynomial_v": lambda n, x: (
        special.eval_sh_chebyu(n, x) - special.eval_sh_chebyu(n - 1, x)
    ),
    "shifted_chebyshev_polynomial_w": lambda n, x: (
        special.eval_sh_chebyu(n, x) + special.eval_sh_chebyu(n - 1, x)
    ),
}


@pytest.mark.parametrize("name", POLYNOMIALS)
def test_polynomials_of_every_degree(name: str) -> None:
    function, places = getattr(ag.special, name), np.array([-1.0, -0.3, 0.0, 0.6, 1.0, 1.7])
    degrees = np.array([1, 2, 5, 12, 90])
    ours = function(ag.tensor(places)[:, None], ag.tensor(degrees)).numpy()
    np.testing.assert_allclose(ours, POLYNOMIALS[name](degrees, places[:, None]), rtol=1e-8, atol=1e-11)
    assert function(ag.tensor(places), 0).tolist() == [1.0] * 6
    assert function(ag.tensor(places), -1).tolist() == [0.0] * 6
    assert function(0.5, ag.tensor([2.7])).item() == function(ag.tensor(0.5), 2).item()
    assert function(ag.tensor([1, 2]), 3).dtype == ag.float32


def test_zeta_on_both_sides_and_its_gradient() -> None:
    s, q = np.array([1.5, 3.0, 40.0])[:, None], np.array([1e-3, 1.0, 2.5, 50.0])
    ours = ag.special.zeta(ag.tensor(s), ag.tensor(q)).numpy()
    np.testing.assert_allclose(ours, special.zeta(s, q), rtol=1e-13)
    # one term more on the left
    left = ag.special.zeta(3.0, ag.tensor([-0.5, 0.5], dtype=ag.float64))
    assert (left[0] - left[1]).item() == pytest.approx(-8.0)
    assert (
        ag.special.zeta(ag.tensor([1.0, 0.5, 2.0]), ag.tensor([2.0, 2.0, -1.0])).tolist()[::2] == [np.inf] * 2
    )
    x = ag.tensor([0.7, 3.0], dtype=ag.float64, requires_grad=True)
    assert ag.autograd.gradgradcheck(lambda x: ag.special.zeta(2.5, x), (x,))
