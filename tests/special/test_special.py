"""torch.special's own names, against SciPy's functions of the same meaning."""

import numpy as np
import pytest
from scipy import special

import autograd_cnn as ag
from tests import standin

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
    ends = ag.tensor([np.inf, -np.inf, np.nan])
    value = getattr(ag.special, name)(ends)
    assert value.dtype == ag.float32
    assert value[0] == 0
    assert value[1] == 0 if name in ON_BOTH_SIDES else value[1].isnan()
    assert value[2].isnan()


def test_modified_functions_of_infinity() -> None:
    ends = ag.tensor([np.inf, -np.inf])
    assert ag.special.i0(ends).tolist() == [np.inf, np.inf]
    assert ag.special.i1(ends).tolist() == [np.inf, -np.inf]
    assert ag.special.i0e(ends).tolist() == ag.special.i1e(ends).tolist() == [0, 0]


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


@pytest.mark.parametrize("name", POLYNOMIALS)
@pytest.mark.parametrize("dtype", [ag.float32, ag.float64])
def test_polynomials_at_the_ends_of_the_line(name: str, dtype: ag.dtype) -> None:
    """They are infinite where they are not constant, and what depends on NaN is NaN."""
    function, sign = getattr(ag.special, name), -1.0 if name == "laguerre_polynomial_l" else 1.0
    ends = ag.tensor([np.inf, -np.inf, np.nan], dtype=dtype)
    for degree in (-2, -1, 0):
        assert function(ends, degree).tolist() == [float(degree == 0)] * 3
    for degree in (1, 2, 3, 4, 9, 200):
        right, left, unknown = function(ends, degree).tolist()
        assert (right, left) == (sign**degree * np.inf, (-sign) ** degree * np.inf)
        assert np.isnan(unknown)
        assert function(ag.tensor([1e35], dtype=dtype), degree).item() * sign**degree > 1e34
    assert function(ends[:1], ag.tensor([np.nan])).isnan().all()
    assert function(ag.zeros(0, 3), ag.ones(3)).shape == (0, 3)


def test_polynomials_of_high_degree() -> None:
    """A million steps would take long, and round."""
    x, n = ag.tensor([0.5, -1.0, 1.0, 1.5], dtype=ag.float64), 1_000_000
    assert ag.special.chebyshev_polynomial_t(x, n).tolist() == [-0.5, 1.0, 1.0, np.inf]
    assert ag.special.chebyshev_polynomial_u(x, n).tolist()[1:] == [n + 1.0, n + 1.0, np.inf]
    large = ag.special.hermite_polynomial_h(ag.tensor(0.0, dtype=ag.float64), ag.tensor([150, 600]))
    assert large[0].item() == pytest.approx(special.eval_hermite(150, 0.0))
    assert large[1] == np.inf


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
    ends = ag.tensor([np.inf, 2.0, np.nan])
    np.testing.assert_array_equal(ag.special.zeta(2.0, ends[::2]), [0, np.nan])
    np.testing.assert_array_equal(ag.special.zeta(np.inf, ag.tensor([0.5, 1.0, 2.0])), [np.inf, 1, 0])
    assert ag.special.zeta(ag.tensor(3), ag.tensor(2)).dtype == ag.float32
    assert ag.special.zeta(ag.ones(2), ag.ones(2, dtype=ag.float64)).dtype == ag.float64
    with pytest.raises(TypeError, match="must be Tensor"):
        ag.special.zeta(2.0, 3.0)
    x = ag.tensor([0.7, 3.0], dtype=ag.float64, requires_grad=True)
    assert ag.autograd.gradgradcheck(lambda x: ag.special.zeta(2.5, x), (x,))


@pytest.mark.parametrize("name", ["gammainc", "gammaincc", "zeta"])
def test_operands_without_a_gradient_are_promoted_too(name: str) -> None:
    function = getattr(ag.special, name)
    a, x = ag.tensor([1.5, 2.5], dtype=ag.float64), ag.tensor([0.5, 3.0])
    assert function(a, x).dtype == function(a.float(), x.double()).dtype == ag.float64
    np.testing.assert_array_equal(function(a, x), function(a, x.double()))
    assert function(ag.tensor([2, 3]), x).tolist() == function(ag.tensor([2.0, 3.0]), x).tolist()


@pytest.mark.parametrize("name", ["airy_ai", "gammainc", "legendre_polynomial_p", "zeta"])
def test_arrays_of_a_device_stay_there(name: str) -> None:
    """What NumPy has to compute comes back."""
    function, x = getattr(ag.special, name), ag.tensor([0.3, 1.5, 7.0], dtype=ag.float64)
    operands = [x] if name == "airy_ai" else [x + 1, x]
    with standin.installed():
        found = function(*(operand.to("cuda") for operand in operands))
        assert found.device.type == "cuda"
        np.testing.assert_allclose(found.cpu().numpy(), function(*operands).numpy(), rtol=1e-12)


@pytest.mark.parametrize("name", ["hermite_polynomial_h", "laguerre_polynomial_l", "legendre_polynomial_p"])
def test_polynomials_of_endless_recurrences_are_nan(name: str) -> None:
    found = getattr(ag.special, name)(ag.tensor([0.5, 0.5, 0.5]), ag.tensor([2.0**40, -3.0, float("inf")]))
    assert np.isnan(found.numpy()).tolist() == [True, False, True]
    assert found[1] == 0


MANY = """
    bessel_j0 chebyshev_polynomial_t digamma erf erfcx erfinv gammainc gammaln i0 i1e log_ndtr
    modified_bessel_k0 ndtri sinc
"""


@pytest.mark.parametrize("name", MANY.split())
def test_results_lie_in_memory_as_operands_do(name):
    """Their axes keep their order; what repeats elements gives rows."""
    function = getattr(ag.special, name)
    x = ag.rand(2, 3, 4) * 0.8 + 0.1
    others = (x + 1,) if name in ("chebyshev_polynomial_t", "gammainc") else ()
    rows = function(x, *others)
    for order in ((0, 2, 1), (2, 0, 1), (1, 0, 2)):
        back = [order.index(axis) for axis in range(3)]
        turned = [part.permute(order).contiguous().permute(back) for part in (x, *others)]
        made = function(*turned)
        assert made.stride() == turned[0].stride()
        assert ag.equal(made, rows)
    assert function(x[:, :1].expand(2, 3, 4), *others).is_contiguous()
