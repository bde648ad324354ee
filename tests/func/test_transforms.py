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
    with pytest.raises(ValueError, match="got sizes \\[3, 4\\]"):
        func.vmap(scalar)(ag.ones(3, 2), ag.ones(4, 2))


def test_grad_of_a_vector_is_an_error():
    with pytest.raises(RuntimeError, match=r"return a scalar tensor, got tensor with 1 dims.*jacrev"):
        func.grad(lambda x: x * 2)(ag.ones(3))


def test_functional_call_swaps_parameters_for_one_call():
    model = ag.nn.Linear(3, 2)
    before = [p.detach().clone() for p in model.parameters()]
    given = {"weight": ag.ones(2, 3), "bias": ag.zeros(2)}
    assert func.functional_call(model, given, (ag.ones(3),)).tolist() == [3.0, 3.0]
    assert all((p == b).all() for p, b in zip(model.parameters(), before, strict=True))


def test_functional_call_strict_names_what_is_missing():
    with pytest.raises(RuntimeError, match=r"Missing key\(s\): 'bias'"):
        func.functional_call(ag.nn.Linear(3, 2), {"weight": ag.ones(2, 3)}, (ag.ones(3),), strict=True)


# layouts

TURNED = {
    "transposed": lambda t, x: x.transpose(-1, -2) * 2,
    "exp of the transposed": lambda t, x: x.transpose(-1, -2).exp(),
    "a step over columns": lambda t, x: x[:, ::2].sin(),
    "permuted": lambda t, x: (x[None] * x).permute(2, 0, 1),
    "expanded": lambda t, x: x[:, :1].expand(3, 3),
    "flipped": lambda t, x: x.flip(0).cos(),
    "slogdet": lambda t, x: t.linalg.slogdet(x)[1],
    "inverse": lambda t, x: t.linalg.inv(x),
    "cholesky": lambda t, x: t.linalg.cholesky(x @ x.transpose(0, 1) + 3 * t.eye(3, dtype=t.float64)),
    "convolution": lambda t, x: t.nn.functional.conv2d(x[None, None], x[None, None, :2, :2]).exp(),
}
SQUARE = data(3, 3) + 2 * np.eye(3)
JACOBIANS = {
    "jacrev": lambda t, f, x: t.func.jacrev(f)(x),
    "jacfwd": lambda t, f, x: t.func.jacfwd(f)(x),
    "jacobian": lambda t, f, x: t.autograd.functional.jacobian(f, x),
    "jacrev of jacrev": lambda t, f, x: t.func.jacrev(t.func.jacrev(f))(x),
    "hessian": lambda t, f, x: t.autograd.functional.hessian(lambda y: (f(y) ** 2).sum(), x),
    "func.hessian": lambda t, f, x: t.func.hessian(lambda y: (f(y) ** 2).sum())(x),
}


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("name", TURNED)
@pytest.mark.parametrize("how", JACOBIANS)
def test_jacobians_of_results_in_any_layout(how, name):
    agree(lambda t, x: JACOBIANS[how](t, lambda y: TURNED[name](t, y), x), SQUARE)
    agree(lambda t, x: JACOBIANS[how](t, lambda y: TURNED[name](t, y), x.transpose(0, 1)), SQUARE)


@pytest.mark.quick_share(4)
@pytest.mark.parametrize("name", TURNED)
def test_reverse_over_forward_mode_is_reverse_over_reverse(name):  # of slogdet, PyTorch's is zero
    x = ag.from_numpy(SQUARE)

    def f(y):
        return TURNED[name](ag, y)

    np.testing.assert_allclose(func.jacrev(func.jacfwd(f))(x), func.jacrev(func.jacrev(f))(x), 1e-10, 1e-12)


# the caller's mode


def test_a_transform_under_no_grad_is_a_constant_to_the_code_around_it():
    def around(t, x):
        with t.no_grad():
            slope = t.func.grad(lambda y: (y**3).sum())(x)
            value, pull = t.func.vjp(lambda y: y**3, x)
            rows = t.func.jacrev(lambda y: y**3)(x)
            columns = t.func.jacfwd(lambda y: y**3)(x)
            pushed = t.func.jvp(lambda y: y**3, (x,), (t.ones_like(x),))[1]
            parts = slope + value + pull(t.ones_like(x))[0] + rows.sum(0) + columns.sum(0) + pushed
        return (x * parts).sum()

    agree(lambda t, x: t.func.grad(lambda y: around(t, y))(x), data(3))


def test_a_transform_under_no_grad_computes_all_the_same():
    weight = ag.tensor([2.0], requires_grad=True)
    with ag.no_grad():
        found = func.grad(lambda v: (v * v * weight).sum())(ag.ones(1))
        by_weight = func.grad(lambda v: (v * v).sum())(weight)
    assert (found.tolist(), found.requires_grad) == ([4.0], False)
    assert (by_weight.tolist(), by_weight.requires_grad) == ([4.0], False)


# forward mode


OVERWRITING = {
    "a result": lambda t, x: (x * 2).exp().mul_(3).sin_(),
    "an operand": lambda t, x: _squared_then_zeroed(x),
    "through a view": lambda t, x: _written_through_a_view(x),
    "by index": lambda t, x: _written_by_index(x),
    "relu": lambda t, x: t.nn.functional.relu(x.exp(), inplace=True).add_(1).sqrt_(),
}


def _squared_then_zeroed(x):
    y = x * 1
    z = y * y
    y.zero_()
    return z + y


def _written_through_a_view(x):
    y = x.exp()
    z = y.tanh()
    y[1:].mul_(y[:-1].clone())
    return z * y


def _written_by_index(x):
    y = x.exp()
    z = y * y.sin()
    y[[0, 1]] = y[[1, 0]] * 2
    return z + y


@pytest.mark.parametrize("name", OVERWRITING)
@pytest.mark.parametrize("how", ["jvp", "jacfwd", "linearize"])
def test_forward_mode_needs_nothing_that_was_overwritten(how, name):

    def call(t, x, v):
        def f(y):
            return OVERWRITING[name](t, y)

        if how == "jvp":
            return t.func.jvp(f, (x,), (v,))[1]
        return t.func.jacfwd(f)(x) if how == "jacfwd" else t.func.linearize(f, x)[1](v)

    if how == "linearize":  # PyTorch traces no function that writes
        x, v = (ag.from_numpy(a) for a in (data(3), data(3, seed=1)))
        np.testing.assert_allclose(
            call(ag, x, v).numpy(), func.jvp(lambda y: OVERWRITING[name](ag, y), (x,), (v,))[1]
        )
    else:
        agree(call, data(3), data(3, seed=1))


def test_linearize_runs_the_function_once():
    runs = []
    value, push = func.linearize(
        lambda x: (runs.append(1), x * ag.rand(3, dtype=ag.float64))[1], ag.from_numpy(data(3))
    )
    along = ag.ones(3, dtype=ag.float64)
    np.testing.assert_array_equal(push(along).numpy(), push(along).numpy())
    np.testing.assert_allclose(push(ag.from_numpy(data(3))).numpy(), value.numpy())
    assert len(runs) == 1


# random numbers


DRAWING = {
    "randn": lambda x: x + ag.randn(()),
    "rand of a shape": lambda x: x + ag.rand(2).sum(),
    "dropout": lambda x: ag.nn.functional.dropout(x + ag.ones(64), 0.5).sum(),
    "bernoulli": lambda x: x + ag.bernoulli(ag.full((8,), 0.5)).sum(),
    "uniform_": lambda x: x + ag.empty(2).uniform_().sum(),
    "normal_": lambda x: x + ag.empty(2).normal_().sum(),
    "randint": lambda x: x + ag.randint(0, 1000000, ()),
    "randperm": lambda x: x + (ag.randperm(50) * ag.arange(50)).sum(),
    "rand_like": lambda x: x + ag.rand_like(x),
    "multinomial": lambda x: x + (ag.multinomial(ag.ones(50), 8) * ag.arange(8)).sum(),
    "rrelu": lambda x: x + ag.nn.functional.rrelu(-ag.ones(8), training=True).sum(),
    "a generator": lambda x: x + ag.rand(2, generator=GENERATOR).sum(),
    "init": lambda x: x + ag.nn.init.kaiming_uniform_(ag.empty(2, 2)).sum(),
}
GENERATOR = ag.Generator()


@pytest.mark.parametrize("name", DRAWING)
def test_random_numbers_under_vmap_are_refused_or_the_same_or_different(name):
    x = ag.zeros(5)
    ag.manual_seed(0)
    GENERATOR.manual_seed(0)
    with pytest.raises(RuntimeError, match="called random operation while in randomness error mode"):
        func.vmap(DRAWING[name])(x)
    same = func.vmap(DRAWING[name], randomness="same")(x)
    assert len(set(same.tolist())) == 1
    assert func.vmap(DRAWING[name], randomness="same")(x)[0].item() != same[0].item()  # the stream went on
    assert len(set(func.vmap(DRAWING[name], randomness="different")(x).tolist())) > 1
    DRAWING[name](x[0])  # and outside nothing is refused


def test_same_draws_what_one_run_draws():
    ag.manual_seed(0)
    once = ag.randn(2).sum() + ag.rand(1).sum()
    after = ag.rand(1)
    ag.manual_seed(0)
    mapped = func.vmap(lambda x: x + ag.randn(2).sum() + ag.rand(1).sum(), randomness="same")(ag.zeros(3))
    assert mapped.tolist() == [once.item()] * 3
    assert ag.rand(1).item() == after.item()


def test_vmaps_inside_each_other_keep_their_randomness():
    def rows(outer, inner):
        both = func.vmap(func.vmap(lambda x: x + ag.randn(()), randomness=inner), randomness=outer)
        return both(ag.zeros(3, 4)).numpy()

    assert len(np.unique(rows("same", "same"))) == 1
    assert len(np.unique(rows("same", "different"), axis=0)) == 1
    assert len(np.unique(rows("same", "different"), axis=1).T) == 4
    assert len(np.unique(rows("different", "same"), axis=1).T) == 1
    assert len(np.unique(rows("different", "different"))) == 12
    with pytest.raises(RuntimeError, match="randomness error mode"):
        rows("different", "error")


def test_jacfwd_draws_for_all_columns_the_same():
    def f(x):
        return x * ag.randn(3)

    with pytest.raises(RuntimeError, match="randomness error mode"):
        func.jacfwd(f)(ag.ones(3))
    with pytest.raises(RuntimeError, match="Only allowed values for randomness"):
        func.jacfwd(f, randomness="some")
    ag.manual_seed(0)
    drawn = ag.randn(3)
    ag.manual_seed(0)
    np.testing.assert_array_equal(
        func.jacfwd(f, randomness="same")(ag.ones(3)).numpy(), np.diag(drawn.numpy())
    )


# nothing to map over

EMPTY = {
    "elementwise": (lambda t, x: x.sin() * 2, (0, 3)),
    "a number each": (lambda t, x: x.sum(), (0, 3)),
    "two results": (lambda t, x: (x.exp(), x.mean()), (0, 2, 2)),
    "an inverse": (lambda t, x: t.linalg.inv(x), (0, 2, 2)),
    "a logarithm": (lambda t, x: x.log(), (0,)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_vmap_over_nothing(name):
    f, shape = EMPTY[name]

    def call(t, x):
        x = x.requires_grad_()
        results = t.func.vmap(lambda y: f(t, y))(x)
        results = results if isinstance(results, tuple) else (results,)
        sum(r.sum() for r in results).backward()
        return (x.grad, *[r.detach() for r in results])

    agree(call, np.zeros(shape))


def test_vmap_over_nothing_draws_nothing_and_reaches_what_the_function_uses():
    weight = ag.ones(2, requires_grad=True)
    ag.manual_seed(0)
    first = ag.rand(1).item()
    ag.manual_seed(0)
    out = func.vmap(lambda x: x * weight + ag.rand(2), randomness="different")(ag.zeros(0, 2))
    assert ag.rand(1).item() == first
    out.sum().backward()
    assert weight.grad.tolist() == [0.0, 0.0]
    assert func.vmap(lambda i: weight[i])(ag.zeros(0, dtype=ag.int64)).shape == (0,)


def test_a_result_that_is_the_same_for_all_is_not_stacked():
    agree(
        lambda t, x, y: t.func.vmap(lambda a, b: (a * b, b + 1), in_dims=(0, None), out_dims=(0, None))(x, y),
        data(3),
        data(2),
    )


def test_a_dimension_that_is_not_there_is_an_error():
    for dim in (1, -2):
        with pytest.raises(
            ValueError, match=f"Got in_dim={dim} for some input, but that input is a Tensor of dim"
        ):
            func.vmap(lambda x: x, in_dims=dim)(ag.ones(2))


def test_functional_call_swaps_other_attributes_too_and_refuses_what_is_given_twice():
    class Shifted(ag.nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = ag.nn.Linear(1, 1)
            self.inner.shift = ag.ones(1)

        def forward(self, x):
            return x + self.inner.shift

    module = Shifted()
    assert func.functional_call(module, {"inner.shift": ag.zeros(1)}, ag.ones(1)).item() == 1.0
    assert module(ag.ones(1)).item() == 2.0
    given = {"inner.weight": ag.ones(1, 1)}
    with pytest.raises(ValueError, match=r"\['inner.weight'\] appeared in multiple dictionaries"):
        func.functional_call(module, (given, given), ag.ones(1))
