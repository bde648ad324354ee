"""Functional transforms, against PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import func
from tests.recorded import pytorch


def agree(function, *arrays):
    """``function(library, *tensors)`` is what it is with PyTorch."""

    def call(t):
        return function(t, *(t.from_numpy(array.copy()) for array in arrays))

    pytorch.gives(call(ag), call, rtol=1e-10, atol=1e-12)


def data(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def scalar(x, y):
    return (x.exp() * y).sum() + (x * x).sum()


def vector(x, y):
    return (x * y).exp() * x.sum()


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), -1])
def test_grad(argnums):
    agree(lambda t, x, y: t.func.grad(scalar, argnums)(x, y), data(3), data(3, seed=1))


def test_grad_of_grad():
    agree(
        lambda t, x, y: t.func.grad(lambda x: t.func.grad(scalar)(x, y).pow(2).sum())(x),
        data(3),
        data(3, seed=1),
    )


def test_grad_and_value_with_aux():
    def f(x, y):
        return scalar(x, y), x * 2

    agree(lambda t, x, y: t.func.grad_and_value(f, has_aux=True)(x, y), data(3), data(3, seed=1))


def test_grad_by_a_dict_of_parameters():
    def f(p, x):
        return ((p["w"] @ x + p["b"]) ** 2).sum()

    agree(
        lambda t, w, b, x: t.func.grad(f)({"w": w, "b": b}, x), data(2, 3), data(2, seed=1), data(3, seed=2)
    )


def test_results_are_free_of_the_graph():
    x, y = ag.from_numpy(data(3)), ag.from_numpy(data(3, seed=1))
    found, value = func.grad_and_value(scalar)(x, y)
    assert not found.requires_grad
    assert not value.requires_grad
    assert not x.requires_grad


def test_an_outer_variable_keeps_its_gradient():
    x, y = ag.from_numpy(data(3)), ag.from_numpy(data(3, seed=1))
    y.requires_grad_()
    func.grad(scalar)(x, y).sum().backward()
    np.testing.assert_allclose(y.grad.numpy(), np.exp(x.numpy()), rtol=1e-12)


def test_vjp():
    def pulled(t, x, y, v):
        out, pull = t.func.vjp(vector, x, y)
        return out, pull(v)

    agree(pulled, data(3), data(3, seed=1), data(3, seed=2))


def test_jvp():
    agree(lambda t, x, y, v: t.func.jvp(vector, (x, y), (v, v)), data(3), data(3, seed=1), data(3, seed=2))


@pytest.mark.parametrize("name", ["jacrev", "jacfwd"])
@pytest.mark.parametrize("argnums", [0, (0, 1)])
def test_jacobians(name, argnums):
    agree(lambda t, x, y: getattr(t.func, name)(vector, argnums)(x, y), data(3), data(3, seed=1))


def test_jacobian_of_a_matrix_function():
    agree(lambda t, x: t.func.jacrev(lambda x: x @ x.T)(x), data(2, 3))
    agree(lambda t, x: t.func.jacfwd(lambda x: x @ x.T)(x), data(2, 3))


def test_hessian():
    agree(lambda t, x: t.func.hessian(lambda x: (x.exp() * x).sum())(x), data(3))


@pytest.mark.parametrize(("in_dims", "out_dims"), [((0, None), 0), ((1, 0), 1), ((-1, None), 0)])
def test_vmap(in_dims, out_dims):
    shapes = {(0, None): ((4, 3), (3,)), (1, 0): ((3, 4), (4, 3)), (-1, None): ((3, 4), (3,))}[in_dims]
    agree(
        lambda t, x, y: t.func.vmap(vector, in_dims, out_dims)(x, y),
        data(*shapes[0]),
        data(*shapes[1], seed=1),
    )


def test_gradients_per_example():
    agree(lambda t, x, y: t.func.vmap(t.func.grad(scalar), (0, None))(x, y), data(4, 3), data(3, seed=1))


def test_vmap_of_different_sizes_is_an_error():
    with pytest.raises(ValueError, match="the sizes differ: \\[3, 4\\]"):
        func.vmap(scalar)(ag.ones(3, 2), ag.ones(4, 2))


def test_grad_of_a_vector_is_an_error():
    with pytest.raises(
        RuntimeError, match=r"return a scalar tensor, got shape \[3\]; reduce it, or use jacrev"
    ):
        func.grad(lambda x: x * 2)(ag.ones(3))


def test_functional_call_swaps_parameters_for_one_call():
    model = ag.nn.Linear(3, 2)
    before = [p.detach().clone() for p in model.parameters()]
    given = {"weight": ag.ones(2, 3), "bias": ag.zeros(2)}
    assert func.functional_call(model, given, (ag.ones(3),)).tolist() == [3.0, 3.0]
    assert all((p == b).all() for p, b in zip(model.parameters(), before, strict=True))


def test_functional_call_strict_names_what_is_missing():
    with pytest.raises(RuntimeError, match=r"Missing key\(s\): bias"):
        func.functional_call(ag.nn.Linear(3, 2), {"weight": ag.ones(2, 3)}, (ag.ones(3),), strict=True)
