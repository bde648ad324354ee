"""Every distribution: its numbers and slopes beside PyTorch's, samples of the same bits, what is refused."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import distributions
from autograd_cnn.distributions import constraints, kl_divergence, transforms

rng = np.random.default_rng(0)


def positive(*shape: int) -> Any:
    return rng.uniform(0.3, 3, shape)


def real(*shape: int) -> Any:
    return rng.normal(size=shape)


def unit(*shape: int) -> Any:
    return rng.uniform(0.1, 0.9, shape)


def spd(n: int) -> Any:
    a = real(n, n)
    return a @ a.T + np.eye(n)


CASES: dict[str, list[dict[str, Any]]] = {
    "Normal": [{"loc": real(3), "scale": positive(2, 3)}],
    "Laplace": [{"loc": real(3), "scale": positive(2, 3)}],
    "Cauchy": [{"loc": real(3), "scale": positive(2, 3)}],
    "Gumbel": [{"loc": real(3), "scale": positive(2, 3)}],
    "Uniform": [{"low": real(3), "high": real(3) + 5}],
    "Exponential": [{"rate": positive(3)}],
    "Gamma": [{"concentration": positive(3), "rate": positive(2, 1)}],
    "Chi2": [{"df": positive(3)}],
    "Dirichlet": [{"concentration": positive(2, 3)}, {"concentration": unit(3) * 0.9}],
    "Beta": [
        {"concentration1": positive(3), "concentration0": positive(2, 3)},
        {"concentration1": 2.0, "concentration0": 3.0},
    ],
    "FisherSnedecor": [{"df1": positive(3) + 4, "df2": positive(3) + 5}],
    "StudentT": [{"df": positive(3) + 2, "loc": real(3), "scale": positive(3)}, {"df": 3.0}],
    "Poisson": [{"rate": positive(3) * 9}],
    "Bernoulli": [{"probs": unit(3)}, {"logits": real(2, 3)}],
    "Categorical": [{"probs": positive(2, 4)}, {"logits": real(4)}],
    "OneHotCategorical": [{"probs": positive(2, 4)}, {"logits": real(4)}],
    "OneHotCategoricalStraightThrough": [{"logits": real(4)}],
    "Binomial": [{"total_count": 5, "probs": unit(3)}, {"total_count": 4, "logits": real(3)}],
    "NegativeBinomial": [
        {"total_count": 5, "probs": unit(3)},
        {"total_count": positive(3), "logits": real(3)},
    ],
    "Multinomial": [{"total_count": 5, "probs": positive(2, 4)}],
    "Geometric": [{"probs": unit(3)}, {"logits": real(3)}],
    "ContinuousBernoulli": [
        {"probs": unit(3)},
        {"probs": np.array([0.4999, 0.5, 0.5005])},
        {"logits": real(3)},
    ],
    "LogNormal": [{"loc": real(3), "scale": positive(3)}],
    "HalfNormal": [{"scale": positive(3)}],
    "HalfCauchy": [{"scale": positive(3)}],
    "Pareto": [{"scale": positive(3), "alpha": positive(3) + 2}],
    "GeneralizedPareto": [
        {"loc": real(3), "scale": positive(3), "concentration": np.array([0.3, 0.0, -0.2])}
    ],
    "Weibull": [{"scale": positive(3), "concentration": positive(3)}],
    "Kumaraswamy": [{"concentration1": positive(3), "concentration0": positive(3)}],
    "LogisticNormal": [{"loc": real(2, 3), "scale": positive(2, 3)}],
    "InverseGamma": [{"concentration": positive(3) + 2, "rate": positive(3)}],
    "RelaxedBernoulli": [{"temperature": np.array(0.7), "probs": unit(3)}],
    "RelaxedOneHotCategorical": [{"temperature": np.array(0.7), "logits": real(2, 3)}],
    "MultivariateNormal": [
        {"loc": real(2, 3), "covariance_matrix": spd(3)},
        {"loc": real(3), "scale_tril": np.linalg.cholesky(spd(3))},
        {"loc": real(3), "precision_matrix": spd(3)},
    ],
    "LowRankMultivariateNormal": [{"loc": real(2, 4), "cov_factor": real(4, 2), "cov_diag": positive(4)}],
    "Wishart": [
        {"df": 5.3, "covariance_matrix": spd(3)},
        {"df": np.array(4.5), "scale_tril": np.linalg.cholesky(spd(3))},
        {"df": 6.0, "precision_matrix": spd(2)},
    ],
    "VonMises": [{"loc": real(3), "concentration": positive(3)}],
    "LKJCholesky": [{"dim": 3, "concentration": np.array(1.5)}, {"dim": 4, "concentration": positive(2)}],
}

EVERY = [(name, i) for name, given in CASES.items() for i in range(len(given))]


def made(library: Any, name: str, i: int) -> tuple[Any, list[Any]]:
    given = {
        k: library.tensor(v.tolist(), dtype=library.float64, requires_grad=True)
        if isinstance(v, np.ndarray)
        else v
        for k, v in CASES[name][i].items()
    }
    leaves = [v for v in given.values() if hasattr(v, "requires_grad")]
    return getattr(library.distributions, name)(**given), leaves


def answer(ask: Callable[..., Any], *arguments: Any) -> Any:
    try:
        found = ask(*arguments)
    except (NotImplementedError, RuntimeError) as error:
        return type(error)
    return np.asarray(found.detach().numpy(), np.float64)


def slopes(library: Any, value: Any, leaves: list[Any]) -> list[Any]:
    if not leaves:
        return []
    found = library.autograd.grad(value.sum(), leaves, allow_unused=True)
    pairs = zip(found, leaves, strict=True)
    return [np.zeros(tuple(leaf.shape)) if g is None else g.numpy() for g, leaf in pairs]


ASKED: dict[str, Callable[[Any, Any, Any], Any]] = {
    "log_prob": lambda p, x, d: p.log_prob(x),
    "entropy": lambda p, x, d: p.entropy(),
    "mean": lambda p, x, d: p.mean,
    "mode": lambda p, x, d: p.mode,
    "variance": lambda p, x, d: p.variance,
    "stddev": lambda p, x, d: p.stddev,
    "cdf": lambda p, x, d: p.cdf(x),
    "icdf": lambda p, x, d: p.icdf(p.cdf(x).detach()),
    "expand": lambda p, x, d: p.expand((2, *p.batch_shape)).log_prob(x),
    "kl": lambda p, x, d: d.kl_divergence(p, p.expand(p.batch_shape)),
    "events": lambda p, x, d: p.enumerate_support(),
}


@pytest.mark.filterwarnings("ignore:Singular sample")  # PyTorch's, of Wishart matrices
@pytest.mark.parametrize(("name", "i"), EVERY)
def test_numbers_and_slopes_are_pytorchs(name: str, i: int) -> None:
    torch = pytest.importorskip("torch")
    ours, leaves = made(ag, name, i)
    theirs, their_leaves = made(torch, name, i)
    torch.manual_seed(1)
    x = theirs.sample((2,)).detach()
    y = ag.tensor(x.tolist(), dtype=ag.float64 if x.is_floating_point() else ag.int64)
    assert (tuple(ours.batch_shape), tuple(ours.event_shape)) == (
        tuple(theirs.batch_shape),
        tuple(theirs.event_shape),
    )
    assert ours.has_rsample == theirs.has_rsample
    for what, ask in ASKED.items():
        if (name, what) == ("Kumaraswamy", "mode"):
            continue  # PyTorch's is NaN for all but one kind of parameters
        mine = answer(ask, ours, y, distributions)
        expected = answer(ask, theirs, x, torch.distributions)
        if name == "GeneralizedPareto" and expected is RuntimeError:
            continue  # PyTorch's mixes dtypes
        if expected is NotImplementedError:
            assert mine is NotImplementedError, what
        else:
            np.testing.assert_allclose(mine, expected, rtol=1e-6, atol=1e-6, err_msg=what)
    if name not in ("Wishart", "GeneralizedPareto"):  # one reads half of a factor; one mixes dtypes there
        mine = slopes(ag, ours.log_prob(y), leaves)
        expected = slopes(torch, theirs.log_prob(x), their_leaves)
        for a, b in zip(mine, expected, strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", [name for name in CASES if name != "Wishart"])
def test_samples_have_pytorchs_bits(name: str) -> None:
    torch = pytest.importorskip("torch")
    ours, theirs = made(ag, name, 0)[0], made(torch, name, 0)[0]
    ag.manual_seed(7)
    torch.manual_seed(7)
    np.testing.assert_allclose(ours.sample((3,)).numpy(), theirs.sample((3,)).numpy(), rtol=1e-6, atol=1e-7)


def test_a_gamma_numbers_slope_keeps_its_place_in_the_distribution() -> None:
    mpmath = pytest.importorskip("mpmath")
    from autograd_cnn.distributions._gamma_slope import gamma_slope

    for a, z in ((0.05, 1e-8), (0.5, 0.1), (1.0, 3.0), (4.0, 2.0), (30.0, 41.0), (900.0, 870.0)):
        below = mpmath.diff(lambda t, z=z: mpmath.gammainc(t, 0, z, regularized=True), a)
        density = mpmath.mpf(z) ** (a - 1) * mpmath.exp(-z) / mpmath.gamma(a)
        assert gamma_slope(np.array(a), np.array(z)) == pytest.approx(float(-below / density), rel=1e-5)


@pytest.mark.parametrize(
    "name", ["Gamma", "Beta", "Dirichlet", "StudentT", "MultivariateNormal", "Gumbel", "Wishart"]
)
def test_the_slope_of_a_mean_of_samples_is_that_of_the_mean(name: str) -> None:
    p, leaves = made(ag, name, 0)
    ag.manual_seed(0)
    samples = p.rsample((1500,))
    weights = ag.tensor(np.linspace(0.5, 2, p.mean.numel()).reshape(tuple(p.mean.shape)))
    mine = slopes(ag, (samples.mean(0) * weights), leaves)
    expected = slopes(ag, p.mean * weights, leaves)
    for a, b in zip(mine, expected, strict=True):
        np.testing.assert_allclose(a, b, atol=0.3 * (1 + np.abs(b).max()))


TRANSFORMS: dict[str, tuple[Any, Any]] = {
    "exp": (transforms.ExpTransform(), real(3)),
    "power": (transforms.PowerTransform(2.5), positive(3)),
    "sigmoid": (transforms.SigmoidTransform(), real(3)),
    "softplus": (transforms.SoftplusTransform(), real(3)),
    "tanh": (transforms.TanhTransform(), real(3)),
    "affine": (transforms.AffineTransform(1.0, -2.0), real(3)),
    "sticks": (transforms.StickBreakingTransform(), real(3)),
    "correlations": (transforms.CorrCholeskyTransform(), real(3)),
    "composed": (
        transforms.ComposeTransform([transforms.AffineTransform(0.3, 2.0), transforms.ExpTransform()]),
        real(3),
    ),
    "cat": (
        transforms.CatTransform([transforms.ExpTransform(), transforms.TanhTransform()], -1, [1, 2]),
        real(3),
    ),
}


@pytest.mark.parametrize("name", TRANSFORMS)
def test_a_maps_inverse_and_its_volume(name: str) -> None:
    t, numbers = TRANSFORMS[name]
    x = ag.tensor(numbers)
    y = t(x)
    np.testing.assert_allclose(t.inv(y).numpy(), numbers, rtol=1e-6, atol=1e-8)
    assert bool(t.codomain.check(y).all())
    jacobian = ag.func.jacrev(t)(x).reshape(-1, x.numel()).numpy()
    if name == "sticks":
        jacobian = jacobian[:-1]
    if name == "correlations":
        jacobian = jacobian[np.tril_indices(3, -1)[0] * 3 + np.tril_indices(3, -1)[1]]
    expected = np.linalg.slogdet(jacobian)[1]
    assert float(t.log_abs_det_jacobian(x, y).sum()) == pytest.approx(expected, rel=1e-5)
    assert tuple(t.forward_shape(x.shape)) == tuple(y.shape)
    assert tuple(t.inverse_shape(y.shape)) == tuple(x.shape)


SETS = {
    "positive": constraints.positive,
    "unit": constraints.unit_interval,
    "below": constraints.less_than(2.0),
    "between": constraints.interval(-1.0, 3.0),
    "simplex": constraints.simplex,
    "vector": constraints.independent(constraints.positive, 1),
}


@pytest.mark.parametrize("registry", ["biject_to", "transform_to"])
@pytest.mark.parametrize("name", SETS)
def test_a_set_has_a_map_onto_it(name: str, registry: str) -> None:
    t = getattr(distributions, registry)(SETS[name])
    y = t(ag.tensor(real(2, 3)))
    assert bool(SETS[name].check(y).all())


def test_a_mixture_is_the_sum_of_its_parts() -> None:
    chances, loc = ag.tensor([0.3, 0.7]), ag.tensor([-1.0, 2.0])
    mixture = distributions.MixtureSameFamily(
        distributions.Categorical(chances), distributions.Normal(loc, 1.0)
    )
    x = ag.tensor([0.5])
    parts = distributions.Normal(loc, 1.0).log_prob(x).exp()
    assert float(mixture.log_prob(x)) == pytest.approx(float((chances * parts).sum().log()), rel=1e-5)
    assert float(mixture.mean) == pytest.approx(1.1, rel=1e-5)
    assert float(mixture.variance) == pytest.approx(1 + 0.3 * 2.1**2 + 0.7 * 0.9**2, rel=1e-5)
    assert mixture.sample((5, 4)).shape == (5, 4)


def test_the_divergence_is_the_mean_of_the_logarithms_difference() -> None:
    ag.manual_seed(0)
    pairs = [
        (distributions.Normal(0.0, 1.0), distributions.Normal(0.5, 2.0)),
        (distributions.Gamma(2.0, 1.0), distributions.Gamma(3.0, 2.0)),
        (distributions.Laplace(0.0, 1.0), distributions.Laplace(1.0, 2.0)),
        (distributions.Gumbel(0.0, 1.0), distributions.Gumbel(0.5, 1.5)),
        (distributions.Geometric(0.4), distributions.Geometric(0.6)),
    ]
    for p, q in pairs:
        x = p.sample((4000,))
        estimate = float((p.log_prob(x) - q.log_prob(x)).mean())
        assert float(kl_divergence(p, q)) == pytest.approx(estimate, abs=0.1)
    with pytest.raises(NotImplementedError, match="No KL"):
        kl_divergence(distributions.Normal(0.0, 1.0), distributions.VonMises(0.0, 1.0))


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("Gamma", (2.0, 1.0)),
        ("Chi2", (3.0,)),
        ("StudentT", (3.0,)),
        ("InverseGamma", (2.0, 1.0)),
        ("NegativeBinomial", (3.0, 0.5)),
        ("FisherSnedecor", (3.0, 4.0)),
        ("Beta", (2.0, 1.0)),
        ("Poisson", (2.0,)),
        ("VonMises", (0.0, 2.0)),
        ("Kumaraswamy", (2.0, 1.0)),
        ("Binomial", (3, 0.5)),
    ],
)
def test_numbers_are_parameters_too(name: str, given: tuple[float, ...]) -> None:
    leaves = [ag.tensor(x, requires_grad=True) if isinstance(x, float) else x for x in given]
    p = getattr(distributions, name)(*leaves)
    assert getattr(distributions, name)(*given).sample().shape == p.sample().shape == ()
    if p.has_rsample:
        p.rsample().backward()
        assert all(np.isfinite(leaf.grad.item()) for leaf in leaves if isinstance(leaf, ag.Tensor))


class Mine(distributions.Normal):
    pass


@pytest.mark.parametrize(
    ("p", "q", "expected"),
    [
        (distributions.Normal(0.0, 1.0), distributions.Chi2(3.0), np.inf),
        (distributions.Chi2(3.0), distributions.Normal(0.0, 1.0), None),
        (distributions.Chi2(3.0), distributions.Exponential(0.5), None),
        (distributions.Chi2(3.0), distributions.Gumbel(0.5, 1.0), None),
        (distributions.Uniform(0.2, 0.8), distributions.Chi2(3.0), None),
        (Mine(0.3, 1.0), distributions.Laplace(0.5, 2.0), None),
        (Mine(0.3, 1.0), distributions.Gumbel(0.5, 2.0), None),
        (Mine(0.3, 1.0), Mine(0.5, 2.0), None),
        (distributions.Laplace(0.5, 2.0), Mine(0.5, 2.0), None),
    ],
)
def test_a_subclass_diverges_as_the_class_above_it(p: Any, q: Any, expected: float | None) -> None:
    ag.manual_seed(0)
    if expected is None:
        x = p.sample((4000,))
        expected = float((p.log_prob(x) - q.log_prob(x)).mean())
    assert float(kl_divergence(p, q)) == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize("p", [distributions.Chi2(3.0), distributions.Gumbel(0.0, 1.0)])
def test_a_divergence_without_a_closed_form_is_refused(p: Any) -> None:
    with pytest.raises(NotImplementedError, match=type(p).__name__):
        kl_divergence(p, distributions.Laplace(0.0, 1.0))


OF_KINDS: dict[str, list[tuple[float, ...]]] = {
    "Beta": [(2.0, 0.7), (3.0, 1.2)],
    "ContinuousBernoulli": [(0.3, 0.8)],
    "Exponential": [(0.7, 2.0)],
    "Gamma": [(2.0, 0.6), (1.5, 0.9)],
    "Gumbel": [(0.5, -1.0), (1.5, 2.0)],
    "Laplace": [(0.5, -1.0), (1.5, 2.0)],
    "Normal": [(0.5, -1.0), (1.5, 2.0)],
    "Pareto": [(0.3, 0.9), (3.0, 1.5)],
    "Uniform": [(0.1, -1.0), (0.8, 3.0)],
    "Bernoulli": [(0.3, 0.8)],
    "Poisson": [(0.7, 2.0)],
}


def test_every_divergence_that_pytorch_knows() -> None:
    torch = pytest.importorskip("torch")

    def of(library: Any, name: str) -> Any:
        given = [library.tensor(x, dtype=library.float64) for x in OF_KINDS[name]]
        return getattr(library.distributions, name)(*given)

    known = {(p.__name__, q.__name__) for p, q in torch.distributions.kl._KL_REGISTRY}
    assert known <= {(p.__name__, q.__name__) for p, q in distributions.kl._registered}
    for p, q in known:
        if p in OF_KINDS and q in OF_KINDS:
            mine = kl_divergence(of(ag, p), of(ag, q)).numpy()
            expected = torch.distributions.kl_divergence(of(torch, p), of(torch, q)).numpy()
            np.testing.assert_allclose(mine, expected, rtol=1e-6, err_msg=f"{p}, {q}")


def test_equal_maps_and_maps_that_remember() -> None:
    scale = ag.tensor([1.0, 2.0])
    assert transforms.AffineTransform(0.0, scale) == transforms.AffineTransform(0.0, scale.clone())
    assert transforms.AffineTransform(0.0, scale) != transforms.AffineTransform(1.0, scale)
    assert transforms.ExpTransform() == transforms.ExpTransform() != transforms.TanhTransform()
    t = transforms.ComposeTransform([transforms.ExpTransform(), transforms.AffineTransform(0.0, 3.0)])
    x = ag.tensor([-400.0])
    assert t.inv(t(x)) == -np.inf  # exp(-400) is 0
    remembering = t.with_cache(1)
    assert remembering.inv(remembering(x)) is x
    assert t.inv.inv is t


@pytest.mark.parametrize(
    ("made_of", "held"),
    [
        (lambda part: transforms.ComposeTransform([part, part]), "parts"),
        (lambda part: transforms.IndependentTransform(part, 1), "base_transform"),
        (lambda part: transforms.CatTransform([part, part]), "transforms"),
        (lambda part: transforms.StackTransform([part, part]), "transforms"),
        (
            lambda part: transforms.IndependentTransform(transforms.ComposeTransform([part]), 1),
            "base_transform",
        ),
    ],
)
def test_a_map_that_remembers_is_made_of_maps_that_do(made_of: Callable[[Any], Any], held: str) -> None:
    class Slow(transforms.Transform):
        bijective = True
        domain = codomain = constraints.real
        asked = 0

        def _call(self, x: ag.Tensor) -> ag.Tensor:
            return x

        def _inverse(self, y: ag.Tensor) -> ag.Tensor:
            Slow.asked += 1
            return y

    t, x = made_of(Slow()), ag.ones(2)
    t.inv(t(x))
    assert Slow.asked > 0
    again = t.with_cache()
    Slow.asked = 0
    parts = getattr(again, held)
    for part in parts if isinstance(parts, list) else [parts]:
        part.inv(part(x))
    assert Slow.asked == 0
    t.inv(t(x))
    assert Slow.asked > 0  # the first one is left as it was


def test_a_class_with_an_init_of_its_own_says_how_it_is_expanded() -> None:
    class Unit(distributions.Normal):
        pass

    class Own(distributions.Normal):
        def __init__(self, loc: ag.Tensor) -> None:
            super().__init__(loc, 1.0)

    assert type(Unit(ag.zeros(2), 1.0).expand((3, 2))) is Unit
    with pytest.raises(NotImplementedError, match="must also define a custom"):
        Own(ag.zeros(2)).expand((3, 2))


def test_what_is_refused_is_told() -> None:
    with pytest.raises(ValueError, match="to satisfy the constraint GreaterThan"):
        distributions.Normal(0.0, -1.0)
    with pytest.raises(ValueError, match="within the support"):
        distributions.Exponential(1.0).log_prob(ag.tensor(-1.0))
    with pytest.raises(ValueError, match="Either `probs` or `logits`"):
        distributions.Bernoulli()
    with pytest.raises(ValueError, match="broadcastable"):
        distributions.Normal(ag.zeros(3), 1.0).log_prob(ag.zeros(4))
    assert float(distributions.Normal(0.0, -1.0, validate_args=False).mean) == 0.0
