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
    tested |= {"logsumexp", "softmax", "log_softmax", "multigammaln", "polygamma"}
    assert set(ag.special.__all__) - tested == {"round"}  # of numbers to decimals: with rounding
