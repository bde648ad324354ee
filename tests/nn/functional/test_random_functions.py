"""Functions that draw random numbers: from the same seed PyTorch's numbers, and the distributions they
promise."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.nn import functional as F

X = np.random.default_rng(0).normal(size=(6, 5))


def test_rrelu_draws_a_slope_for_each_negative_element_as_pytorch():
    torch = pytest.importorskip("torch")
    torch.manual_seed(3)
    ag.manual_seed(3)
    x = ag.tensor(X, requires_grad=True)
    y = F.rrelu(x, 0.2, 0.4, training=True)
    np.testing.assert_allclose(
        y.detach().array,
        torch.nn.functional.rrelu(torch.tensor(X), 0.2, 0.4, training=True).numpy(),
        rtol=1e-14,
    )
    y.sum().backward()
    slopes = x.grad.array
    assert (slopes[X > 0] == 1).all()
    assert ((slopes[X <= 0] >= 0.2) & (slopes[X <= 0] <= 0.4)).all()
    np.testing.assert_allclose(slopes * X, y.detach().array, rtol=1e-14)


@pytest.mark.parametrize("drop", [F.alpha_dropout, F.feature_alpha_dropout])
def test_alpha_dropout_keeps_mean_and_variance(drop):
    ag.manual_seed(0)
    x = ag.randn(400, 50, 3, dtype=ag.float64)
    y = drop(x, 0.3, training=True)
    assert abs(float(y.mean())) < 0.05
    assert abs(float(y.std()) - 1) < 0.05
    dropped = len(np.unique(y.array)) < y.array.size
    assert dropped
    assert drop(x, 0.3) is x
    np.testing.assert_array_equal(drop(x, 1.0, training=True).array, np.zeros(x.shape))


def test_feature_alpha_dropout_drops_whole_channels():
    ag.manual_seed(0)
    y = F.feature_alpha_dropout(ag.ones(8, 16, 3, 3), 0.5, training=True).array
    assert len(np.unique(y)) == 2
    assert (y == y[:, :, :1, :1]).all()


def test_gumbel_softmax_samples_the_distribution_and_hard_ones_are_one_hot():
    ag.manual_seed(0)
    logits = ag.tensor(np.log([[0.2, 0.5, 0.3]]).repeat(20000, 0), requires_grad=True)
    hard = F.gumbel_softmax(logits, tau=0.7, hard=True)
    np.testing.assert_allclose(hard.detach().array.mean(0), [0.2, 0.5, 0.3], atol=0.015)
    assert set(np.unique(hard.detach().array.round(12))) == {0.0, 1.0}
    ag.manual_seed(0)
    soft = F.gumbel_softmax(logits, tau=0.7)
    np.testing.assert_allclose(soft.detach().array.sum(1), 1.0)
    assert (soft.detach().array.argmax(1) == hard.detach().array.argmax(1)).all()
    weights = ag.tensor([1.0, 2.0, 4.0], dtype=ag.float64)
    by_hard, by_soft = (
        ag.autograd.grad((sample * weights).sum(), logits)[0].array for sample in (hard, soft)
    )
    np.testing.assert_allclose(by_hard, by_soft)


@pytest.mark.parametrize("name", ["elu", "selu", "celu", "hardtanh", "leaky_relu", "relu", "rrelu"])
def test_names_with_an_underscore_write_their_input(name):
    x = ag.tensor(X)
    expected = getattr(F, name)(ag.tensor(X)).array
    assert getattr(F, f"{name}_")(x) is x
    np.testing.assert_array_equal(x.array, expected)
    leaf = ag.tensor(X, requires_grad=True)
    (getattr(F, f"{name}_")(leaf * 1) ** 2).sum().backward()
    other = ag.tensor(X, requires_grad=True)
    (getattr(F, name)(other) ** 2).sum().backward()
    np.testing.assert_allclose(leaf.grad.array, other.grad.array)
