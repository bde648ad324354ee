"""Names and arguments of distributions that scripts use by keyword."""

import pytest

import autograd_cnn as ag
from autograd_cnn import distributions
from autograd_cnn.distributions import constraints, transforms
from tests.recorded import pytorch

CASES = {
    "half normal": lambda d, x: d.HalfNormal(1.5).icdf(prob=x),
    "half cauchy": lambda d, x: d.HalfCauchy(1.5).icdf(prob=x),
    "mixture": lambda d, x: mixed(d, x).log_prob(x=x),
    "cdf of a mixture": lambda d, x: mixed(d, x).cdf(x=x),
    "survival": lambda d, x: d.GeneralizedPareto(0.0 * x, 1.0, 0.3).log_survival_function(x),
    "survival of none": lambda d, x: d.GeneralizedPareto(0.0 * x, 1.0, 0.0).log_survival_function(x),
    "log of a cdf": lambda d, x: d.GeneralizedPareto(0.0 * x, 1.0, -0.2).log_cdf(x),
    "cdf": lambda d, x: d.GeneralizedPareto(0.0 * x, 1.0, 0.3).cdf(x),
    "correlations": lambda d, x: d.CorrCholeskyTransform().log_abs_det_jacobian(
        x, d.CorrCholeskyTransform()(x), intermediates=None
    ),
}


def mixed(d, x):
    weights = d.Categorical((x * 0 + 1)[:2])
    return d.MixtureSameFamily(weights, d.Normal(x[:2], (x * 0 + 1)[:2]))


def given(t, name):
    return CASES[name](t.distributions, t.tensor([0.2, 0.5, 0.7]))


@pytest.mark.parametrize("name", CASES)
def test_by_their_names(name):
    pytorch.gives(given(ag, name), given, name, rtol=1e-5, atol=1e-6)


def test_constraints_that_depend():
    assert constraints.is_dependent(transforms.AffineTransform.domain)
    assert transforms.AffineTransform(0, 1).domain is constraints.real
    assert constraints.multinomial(3).check(x=ag.tensor([1.0, 2.0]))
    with pytest.raises(ValueError, match="dependent"):
        distributions.Uniform.support.check(x=ag.ones(1))


def test_properties_that_wait():
    class Counted:
        asked = 0

        @distributions.utils.lazy_property
        def value(self):
            self.asked += 1
            return 3

    counted = Counted()
    assert (counted.value, counted.value, counted.asked) == (3, 3, 1)
    assert isinstance(Counted.value, distributions.utils.lazy_property)
