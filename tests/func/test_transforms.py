"""Functional transforms, against PyTorch's."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import func

torch = pytest.importorskip("torch")


def agree(ours, theirs):
    if isinstance(ours, (tuple, list)):
        assert len(ours) == len(theirs)
        for a, b in zip(ours, theirs, strict=True):
            agree(a, b)
    elif isinstance(ours, dict):
        assert ours.keys() == theirs.keys()
        for key in ours:
            agree(ours[key], theirs[key])
    else:
        assert tuple(ours.shape) == tuple(theirs.shape)
        np.testing.assert_allclose(ours.detach().numpy(), theirs.detach().numpy(), rtol=1e-10, atol=1e-12)


def data(*shape, seed=0):
    array = np.random.default_rng(seed).normal(size=shape)
    return ag.from_numpy(array.copy()), torch.from_numpy(array.copy())


def scalar(x, y):
    return (x.exp() * y).sum() + (x * x).sum()


def vector(x, y):
    return (x * y).exp() * x.sum()


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), -1])
def test_grad(argnums):
    (x, tx), (y, ty) = data(3), data(3, seed=1)
    agree(func.grad(scalar, argnums)(x, y), torch.func.grad(scalar, argnums)(tx, ty))


def test_grad_of_grad():
    (x, tx), (y, ty) = data(3), data(3, seed=1)
    ours = func.grad(lambda x: func.grad(scalar)(x, y).pow(2).sum())(x)
    theirs = torch.func.grad(lambda x: torch.func.grad(scalar)(x, ty).pow(2).sum())(tx)
    agree(ours, theirs)


def test_grad_and_value_with_aux():
    (x, tx), (y, ty) = data(3), data(3, seed=1)

    def f(x, y):
        return scalar(x, y), x * 2

    agree(func.grad_and_value(f, has_aux=True)(x, y), torch.func.grad_and_value(f, has_aux=True)(tx, ty))


def test_grad_by_a_dict_of_parameters():
    (w, tw), (b, tb), (x, tx) = data(2, 3), data(2, seed=1), data(3, seed=2)

    def f(p, x):
        return ((p["w"] @ x + p["b"]) ** 2).sum()

    agree(func.grad(f)({"w": w, "b": b}, x), torch.func.grad(f)({"w": tw, "b": tb}, tx))


def test_results_are_free_of_the_graph():
    (x, _), (y, _) = data(3), data(3, seed=1)
    found, value = func.grad_and_value(scalar)(x, y)
    assert not found.requires_grad
    assert not value.requires_grad
    assert not x.requires_grad


def test_an_outer_variable_keeps_its_gradient():
    (x, _), (y, _) = data(3), data(3, seed=1)
    y.requires_grad_()
    func.grad(scalar)(x, y).sum().backward()
    np.testing.assert_allclose(y.grad.numpy(), np.exp(x.numpy()), rtol=1e-12)


def test_vjp():
    (x, tx), (y, ty), (v, tv) = data(3), data(3, seed=1), data(3, seed=2)
    out, pull = func.vjp(vector, x, y)
    t_out, t_pull = torch.func.vjp(vector, tx, ty)
    agree(out, t_out)
    agree(pull(v), t_pull(tv))


def test_jvp():
    (x, tx), (y, ty), (v, tv) = data(3), data(3, seed=1), data(3, seed=2)
    agree(func.jvp(vector, (x, y), (v, v)), torch.func.jvp(vector, (tx, ty), (tv, tv)))


@pytest.mark.parametrize("name", ["jacrev", "jacfwd"])
@pytest.mark.parametrize("argnums", [0, (0, 1)])
def test_jacobians(name, argnums):
    (x, tx), (y, ty) = data(3), data(3, seed=1)
    agree(getattr(func, name)(vector, argnums)(x, y), getattr(torch.func, name)(vector, argnums)(tx, ty))


def test_jacobian_of_a_matrix_function():
    (x, tx) = data(2, 3)
    agree(func.jacrev(lambda x: x @ x.T)(x), torch.func.jacrev(lambda x: x @ x.T)(tx))
    agree(func.jacfwd(lambda x: x @ x.T)(x), torch.func.jacfwd(lambda x: x @ x.T)(tx))


def test_hessian():
    (x, tx) = data(3)
    agree(
        func.hessian(lambda x: (x.exp() * x).sum())(x), torch.func.hessian(lambda x: (x.exp() * x).sum())(tx)
    )


@pytest.mark.parametrize(("in_dims", "out_dims"), [((0, None), 0), ((1, 0), 1), ((-1, None), 0)])
def test_vmap(in_dims, out_dims):
    shapes = {(0, None): ((4, 3), (3,)), (1, 0): ((3, 4), (4, 3)), (-1, None): ((3, 4), (3,))}[in_dims]
    (x, tx), (y, ty) = data(*shapes[0]), data(*shapes[1], seed=1)
    agree(func.vmap(vector, in_dims, out_dims)(x, y), torch.func.vmap(vector, in_dims, out_dims)(tx, ty))


def test_gradients_per_example():
    (x, tx), (y, ty) = data(4, 3), data(3, seed=1)
    agree(
        func.vmap(func.grad(scalar), (0, None))(x, y),
        torch.func.vmap(torch.func.grad(scalar), (0, None))(tx, ty),
    )


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
