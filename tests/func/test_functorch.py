"""Modules as functions, several modules as one, and the names of functorch; trees and errors of the
transforms."""

import pytest

import autograd_cnn as ag
from autograd_cnn import func
from autograd_cnn.func import functorch


def test_several_models_are_mapped_over_at_once():
    models = [ag.nn.Linear(3, 2) for _ in range(4)]
    params, buffers = func.stack_module_state(models)
    x = ag.randn(5, 3)

    def call(p, b, x):
        return func.functional_call(models[0], (p, b), (x,))

    out = func.vmap(call, in_dims=(0, 0, None))(params, buffers, x)
    assert ag.allclose(out, ag.stack([model(x) for model in models]))
    assert all(p.requires_grad and p.is_leaf for p in params.values())
    with pytest.raises(RuntimeError, match="at least one model"):
        func.stack_module_state([])
    with pytest.raises(RuntimeError, match="same class"):
        func.stack_module_state([models[0], ag.nn.ReLU()])
    with pytest.raises(RuntimeError, match="training/eval"):
        func.stack_module_state([models[0], ag.nn.Linear(3, 2).eval()])


@pytest.mark.filterwarnings("ignore:We've integrated functorch:FutureWarning")
def test_a_module_as_a_function():
    model, x = ag.nn.Linear(3, 2), ag.randn(5, 3)
    function, params = functorch.make_functional(model)
    assert ag.equal(function(params, x), model(x))
    net = ag.nn.Sequential(model, ag.nn.BatchNorm1d(2))
    function, params, buffers = functorch.make_functional_with_buffers(net.eval())
    assert ag.equal(function(params, buffers, x), net(x))
    with pytest.raises(RuntimeError, match="has buffers"):
        functorch.make_functional(net)
    function, params, _ = functorch.combine_state_for_ensemble([ag.nn.Linear(3, 2) for _ in range(4)])
    assert func.vmap(function, (0, 0, None))(params, (), x).shape == (4, 5, 2)


def test_the_old_names_say_that_they_have_moved():
    with pytest.warns(FutureWarning, match=r"`functorch.vmap` is deprecated.*`torch.vmap`"):
        functorch.vmap(ag.sin)
    assert functorch.vmap.__name__ == "vmap"


def test_batch_norms_that_keep_no_statistics_can_be_mapped_over():
    net = func.replace_all_batch_norm_modules_(ag.nn.Sequential(ag.nn.BatchNorm1d(2)))
    assert net[0].running_mean is None
    assert func.vmap(net)(ag.randn(3, 4, 2)).shape == (3, 4, 2)


def test_what_is_differentiated_by_may_be_written_in_place():
    def f(x):
        y = x.clone()
        x.mul_(2)
        return (x * y).sum()

    assert func.grad(f)(ag.tensor([1.0, 2.0])).tolist() == [4.0, 8.0]
    assert func.jacrev(lambda x: x.exp_())(ag.zeros(2)).tolist() == [[1.0, 0.0], [0.0, 1.0]]
    _, pushed = func.jvp(lambda x: x.mul_(3), (ag.ones(2),), (ag.ones(2),))
    assert pushed.tolist() == [3.0, 3.0]


def test_trees_of_dimensions():
    x, y = ag.arange(6.0).reshape(2, 3), ag.arange(3.0)
    mapped = func.vmap(
        lambda d, z: {"sum": d["a"] + d["b"][0] * z, "z": z}, in_dims=({"a": 0, "b": (None,)}, None)
    )
    out = mapped({"a": x, "b": (y,)}, 2.0 * y)
    assert ag.equal(out["sum"], x + y * 2.0 * y)
    assert out["z"].shape == (2, 3)
    first, second = func.vmap(lambda a: (a, a), out_dims=(0, 1))(x)
    assert (first.shape, second.shape) == ((2, 3), (3, 2))


X = ag.ones(2, 3)


@pytest.mark.parametrize(
    ("call", "error", "match"),
    [
        (
            lambda: func.vmap(ag.sin, in_dims=(0, 0))(X),
            ValueError,
            "not compatible with the structure of `inputs`",
        ),
        (lambda: func.vmap(ag.sin, in_dims="0")(X), ValueError, "expected `in_dims` to be int"),
        (lambda: func.vmap(ag.sin)(), ValueError, "got no inputs"),
        (lambda: func.vmap(ag.mul)(X, 2), ValueError, "We cannot vmap over non-Tensor arguments"),
        (lambda: func.vmap(ag.sin, in_dims=2)(X), ValueError, "dimensionality 2"),
        (lambda: func.vmap(ag.sin, in_dims=(None,))(X), ValueError, "at least one Tensor"),
        (lambda: func.vmap(lambda x: 1)(X), ValueError, "must only return Tensors"),
        (lambda: func.vmap(ag.sin, out_dims=(0, 0))(X), ValueError, "structure of `outputs`"),
        (lambda: func.vmap(ag.sin, out_dims="0")(X), ValueError, "`out_dims` must be"),
        (lambda: func.vmap(ag.sin, chunk_size=0), ValueError, "greater than 0"),
        (lambda: func.jacrev(ag.sin, chunk_size=0), ValueError, "greater than 0"),
        (lambda: func.grad(ag.mul, argnums=[0])(X, X), RuntimeError, "int or Tuple"),
        (lambda: func.grad(ag.mul, argnums=("0",))(X, X), RuntimeError, "must be int"),
        (lambda: func.grad(ag.mul, argnums=(0, -2))(X, X), RuntimeError, "must be unique"),
        (lambda: func.grad(ag.mul, argnums=2)(X, X), RuntimeError, "but only 2 positional inputs"),
        (lambda: func.jacfwd(ag.sin, argnums=())(X), RuntimeError, "non-empty"),
        (lambda: func.vjp(lambda x: None, X), RuntimeError, "non-empty output"),
        (lambda: func.vjp(lambda x: 1, X), RuntimeError, "return only tensors"),
        (lambda: func.vjp(ag.sin, X)[1]((X, X)), RuntimeError, "Expected pytree structure"),
        (lambda: func.grad(lambda x: x.sum(), has_aux=True)(X), RuntimeError, "should be a tuple"),
        (lambda: func.jvp(ag.sin, X, X), RuntimeError, "Expected primals to be a tuple"),
        (lambda: func.jvp(ag.sin, (X,), (X, X)), RuntimeError, "same python structure"),
        (lambda: func.jvp(ag.sin, (), ()), RuntimeError, "at least one Tensor"),
        (lambda: func.functionalize(ag.sin, remove="views"), RuntimeError, "Valid options"),
    ],
)
def test_what_does_not_fit_is_an_error(call, error, match):
    with pytest.raises(error, match=match):
        call()
