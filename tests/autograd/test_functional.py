"""Products with Jacobians and Hessians, against PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import functional
from tests.recorded import pytorch


def agree(function):
    """``function(library, its autograd.functional)`` is what it is with PyTorch."""

    def call(t):
        return function(t, t.autograd.functional)

    pytorch.gives(call(ag), call, rtol=1e-10, atol=1e-12)


def data(t, *shapes):
    rng = np.random.default_rng(0)
    return tuple(t.from_numpy(rng.normal(size=shape)) for shape in shapes)


def scalar(x, y):
    return (x.exp() * y).sum() * (y * y).sum()


def pair(x, y):
    return x * y.sum(), (x * x).sum()


def test_jacobian_of_one_input():
    agree(lambda t, f: f.jacobian(lambda x: x.exp() @ x.T, *data(t, (2, 3))))


def test_jacobian_of_several_inputs_and_outputs():
    agree(lambda t, f: f.jacobian(pair, data(t, (3,), (2,))))


def test_hessian():
    agree(lambda t, f: f.hessian(lambda x: (x.exp() * x).sum(), *data(t, (3,))))
    agree(lambda t, f: f.hessian(scalar, data(t, (3,), (3,))))


@pytest.mark.parametrize("name", ["vhp", "hvp"])
def test_products_with_the_hessian(name):
    agree(lambda t, f: getattr(f, name)(scalar, data(t, (3,), (3,)), data(t, (3,), (3,))))


def test_vjp_and_jvp():
    agree(lambda t, f: f.vjp(pair, data(t, (3,), (2,)), data(t, (3,), ())))
    agree(lambda t, f: f.jvp(pair, data(t, (3,), (2,)), data(t, (3,), (2,))))


def test_results_can_be_differentiated():
    (x,) = data(ag, (3,))
    x.requires_grad_()
    functional.jacobian(lambda x: x * x * x, x, create_graph=True).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 6 * x.detach().numpy(), rtol=1e-12)


def test_strict_refuses_an_independent_input():
    ours = data(ag, (3,), (3,))
    with pytest.raises(RuntimeError, match="function is independent of input 1"):
        functional.jacobian(lambda x, y: x * 2, ours, strict=True)


def test_a_vector_of_another_shape_is_an_error():
    (x,), (v,) = data(ag, (3,)), data(ag, (2,))
    with pytest.raises(
        RuntimeError, match=r"v has invalid size: should be torch.Size.*3.* but got torch.Size.*2"
    ):
        functional.vjp(lambda x: x * 2, x, v)


@pytest.mark.parametrize("name", ["vhp", "hvp"])
def test_strict_refuses_a_second_derivative_that_does_not_depend_on_the_input(name):
    product = getattr(ag.autograd.functional, name)
    x, v = ag.ones(2, dtype=ag.float64), ag.ones(2, dtype=ag.float64)
    assert product(lambda y: (y * 2).sum(), x, v)[1].tolist() == [0.0, 0.0]
    with pytest.raises(RuntimeError, match="strict mode"):
        product(lambda y: (y * 2).sum(), x, v, strict=True)
    assert product(lambda y: y.relu().sum(), x, v, strict=True)[1].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("name", ["jacobian", "hessian"])
def test_strict_and_vectorize_exclude_each_other(name):
    with pytest.raises(RuntimeError, match="`strict=True` and `vectorized=True` are not supported together"):
        getattr(ag.autograd.functional, name)(lambda x: x.sum(), ag.ones(2), strict=True, vectorize=True)
