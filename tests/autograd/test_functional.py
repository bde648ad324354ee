"""Products with Jacobians and Hessians, against PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn.autograd import functional

torch = pytest.importorskip("torch")
theirs = torch.autograd.functional


def agree(a, b):
    if isinstance(a, (tuple, list)):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            agree(x, y)
    else:
        assert tuple(a.shape) == tuple(b.shape)
        np.testing.assert_allclose(a.detach().numpy(), b.detach().numpy(), rtol=1e-10, atol=1e-12)


def data(*shapes):
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=shape) for shape in shapes]
    return tuple(ag.from_numpy(a.copy()) for a in arrays), tuple(torch.from_numpy(a.copy()) for a in arrays)


def scalar(x, y):
    return (x.exp() * y).sum() * (y * y).sum()


def pair(x, y):
    return x * y.sum(), (x * x).sum()


def test_jacobian_of_one_input():
    (x,), (tx,) = data((2, 3))
    agree(functional.jacobian(lambda x: x.exp() @ x.T, x), theirs.jacobian(lambda x: x.exp() @ x.T, tx))


def test_jacobian_of_several_inputs_and_outputs():
    ours, others = data((3,), (2,))
    agree(functional.jacobian(pair, ours), theirs.jacobian(pair, others))


def test_hessian():
    (x,), (tx,) = data((3,))
    agree(
        functional.hessian(lambda x: (x.exp() * x).sum(), x),
        theirs.hessian(lambda x: (x.exp() * x).sum(), tx),
    )
    ours, others = data((3,), (3,))
    agree(functional.hessian(scalar, ours), theirs.hessian(scalar, others))


@pytest.mark.parametrize("name", ["vhp", "hvp"])
def test_products_with_the_hessian(name):
    ours, others = data((3,), (3,))
    v, tv = data((3,), (3,))
    agree(getattr(functional, name)(scalar, ours, v), getattr(theirs, name)(scalar, others, tv))


def test_vjp_and_jvp():
    ours, others = data((3,), (2,))
    v, tv = data((3,), ())
    agree(functional.vjp(pair, ours, v), theirs.vjp(pair, others, tv))
    v, tv = data((3,), (2,))
    agree(functional.jvp(pair, ours, v), theirs.jvp(pair, others, tv))


def test_results_can_be_differentiated():
    (x,), _ = data((3,))
    x.requires_grad_()
    functional.jacobian(lambda x: x * x * x, x, create_graph=True).sum().backward()
    np.testing.assert_allclose(x.grad.numpy(), 6 * x.detach().numpy(), rtol=1e-12)


def test_strict_refuses_an_independent_input():
    ours, _ = data((3,), (3,))
    with pytest.raises(RuntimeError, match="input 1 is independent of the outputs"):
        functional.jacobian(lambda x, y: x * 2, ours, strict=True)


def test_a_vector_of_another_shape_is_an_error():
    (x,), (v,) = data((3,))[0], data((2,))[0]
    with pytest.raises(RuntimeError, match=r"v has shapes \[\[2\]\], but they must be \[\[3\]\]"):
        functional.vjp(lambda x: x * 2, x, v)
