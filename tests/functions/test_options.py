"""``out=``, ``layout=`` and ``pin_memory=``, by kinds of functions."""

import warnings

import pytest

import autograd_cnn as ag

X = [[3.0, 1.0, 2.0], [0.5, 5.0, 4.0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda **o: ag.exp(ag.tensor(X), **o),
        lambda **o: ag.add(ag.tensor(X), 2, alpha=3, **o),
        lambda **o: ag.mul(input=ag.tensor(X), other=2.0, **o),
        lambda **o: ag.sum(ag.tensor(X), axis=1, **o),
        lambda **o: ag.matmul(ag.tensor(X), ag.tensor(X).T, **o),
        lambda **o: ag.cat([ag.tensor(X), ag.tensor(X)], 1, **o),
        lambda **o: ag.linalg.inv(ag.tensor([[2.0, 0.0], [0.0, 4.0]]), **o),
        lambda **o: ag.special.expit(ag.tensor(X), **o),
        lambda **o: ag.zeros(2, 3, **o),
        lambda **o: ag.arange(4.0, **o),
    ],
)
@pytest.mark.parametrize("fits", [True, False])
def test_out_is_written_and_returned(call, fits):
    expected = call()
    out = ag.full(expected.shape, -1.0) if fits else ag.empty(0)
    assert call(out=out) is out
    assert out.shape == expected.shape
    assert out.tolist() == expected.tolist()
    assert call(out=None).tolist() == expected.tolist()


@pytest.mark.parametrize("name", ["max", "min", "median", "kthvalue", "sort", "topk", "mode", "cummax"])
def test_several_outs_are_a_tuple_that_says_so(name):
    arguments = {"kthvalue": (1, 1), "topk": (2, 1)}.get(name, (1,))
    expected = getattr(ag, name)(ag.tensor(X), *arguments)
    values, indices = ag.empty(0), ag.empty(0, dtype=ag.int64)
    found = getattr(ag, name)(ag.tensor(X), *arguments, out=(values, indices))
    assert found.values is values
    assert found.indices is indices
    assert type(found) is getattr(ag.return_types, f"{name}_out")
    assert values.tolist() == expected.values.tolist()
    assert indices.tolist() == expected.indices.tolist()
    with pytest.raises(TypeError, match="must be tuple of Tensors"):
        getattr(ag, name)(ag.tensor(X), *arguments, out=values)
    with pytest.raises(TypeError, match="expected tuple of 2 elements but got 1"):
        getattr(ag, name)(ag.tensor(X), *arguments, out=(values,))


def test_an_out_of_another_shape_is_resized_with_a_warning():
    out = ag.empty(5)
    with pytest.warns(UserWarning, match=r"An output with one or more elements was resized .* shape \[5\]"):
        ag.exp(ag.zeros(2), out=out)
    assert out.tolist() == [1.0, 1.0]
    grid = ag.empty(2, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ag.arange(4, out=grid)  # as many elements: they are filled in order
    assert grid.tolist() == [[0.0, 1.0], [2.0, 3.0]]


def test_the_dtype_of_out():
    assert ag.add(ag.ones(2), 1, out=ag.empty(2, dtype=ag.float64)).dtype == ag.float64
    assert ag.sum(ag.ones(2), out=ag.empty((), dtype=ag.float64)).dtype == ag.float64
    assert ag.eq(ag.ones(2), 1, out=ag.empty(2)).tolist() == [1.0, 1.0]
    with pytest.raises(RuntimeError, match="result type Float can't be cast to the desired output type Long"):
        ag.add(ag.ones(2), 1, out=ag.empty(2, dtype=ag.int64))
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype float, but got double"):
        ag.mm(ag.ones(2, 2), ag.ones(2, 2), out=ag.empty(2, 2, dtype=ag.float64))
    with pytest.raises(RuntimeError, match="Expected out tensor to have dtype float, but got double"):
        ag.zeros(2, dtype=ag.float32, out=ag.empty(2, dtype=ag.float64))
    with pytest.raises(RuntimeError, match="all only supports bool tensor for result, got: Float"):
        ag.all(ag.ones(2), out=ag.empty(()))


def test_out_and_gradients_do_not_meet():
    leaf = ag.ones(2, requires_grad=True)
    for call in (lambda: ag.exp(leaf, out=ag.empty(2)), lambda: ag.exp(ag.ones(2), out=leaf)):
        with pytest.raises(
            RuntimeError, match=r"functions with out=\.\.\. arguments don't support automatic"
        ):
            call()
    with ag.no_grad():
        assert ag.exp(leaf, out=ag.empty(2)).shape == (2,)


def test_what_has_no_out():
    with pytest.raises(TypeError, match="'out' must be Tensor, not int"):
        ag.exp(ag.ones(2), out=3)
    with pytest.raises(TypeError, match="unexpected keyword argument 'out'"):
        ag.ones(2).exp(out=ag.ones(2))
    with pytest.raises(TypeError, match="unexpected keyword argument 'out'"):
        ag.reshape(ag.ones(2), (2,), out=ag.ones(2))


def test_an_alias_stays_one_function():
    assert ag.special.expit is ag.sigmoid
    assert ag.linalg.matmul is ag.matmul


@pytest.mark.parametrize(
    "make",
    [
        lambda **o: ag.zeros(2, **o),
        lambda **o: ag.eye(2, **o),
        lambda **o: ag.rand(2, **o),
        lambda **o: ag.zeros_like(ag.ones(2), **o),
        lambda **o: ag.ones(1).new_empty(2, **o),
        lambda **o: ag.hann_window(3, **o),
    ],
)
def test_layout_and_pin_memory_of_what_is_made(make):
    assert make(layout=ag.strided, pin_memory=False).layout is ag.strided
    with pytest.raises(RuntimeError, match="sparse_coo is not supported"):
        make(layout=ag.sparse_coo)


def test_results_with_names_print_as_in_pytorch():
    assert repr(ag.ones(1, 2).max(1)) == (
        "torch.return_types.max(\nvalues=tensor([1.]),\nindices=tensor([0]))"
    )
    assert type(ag.tensor([2.0, 1.0]).sort()) is ag.return_types.sort
    assert type(ag.linalg.slogdet(ag.eye(2))) is ag.return_types.linalg_slogdet


@pytest.mark.parametrize("name", ["max", "min", "sort", "median"])
def test_values_and_indices_are_written_in_their_own_dtypes(name):
    function, x = getattr(ag, name), ag.tensor([[2.0, 1.0], [0.0, 3.0]])
    values, indices = function(x, dim=0)
    outs = ag.empty_like(values), ag.empty_like(indices)
    function(x, dim=0, out=outs)
    assert all(map(ag.equal, outs, (values, indices)))
    for wrong in ((outs[0].int(), outs[1]), (outs[0].double(), outs[1]), (outs[0], outs[1].int())):
        with pytest.raises(RuntimeError, match="expected scalar type"):
            function(x, dim=0, out=wrong)


def test_zeros_and_ones_are_drawn_into_any_dtype():
    for dtype in (ag.bool, ag.int64, ag.float64):
        out = ag.full((3,), 7, dtype=ag.float32).to(dtype)
        assert ag.bernoulli(ag.tensor([0.0, 1.0, 1.0]), out=out).tolist() == [0, 1, 1]
        assert out.dtype == dtype


def test_an_out_that_is_filled_is_resized_with_a_warning_of_its_own():
    out = ag.zeros(1, 4)
    with pytest.warns(UserWarning, match="The out tensor will be resized"):
        assert ag.arange(5.0, out=out).shape == out.shape == (5,)
    with pytest.raises(RuntimeError, match="does not support the out kwarg when as_tuple"):
        ag.nonzero(out, as_tuple=True, out=ag.empty(0, dtype=ag.int64))


FACTORIES = {
    "zeros": (2,),
    "full": ((2,), 1.0),
    "arange": (3.0,),
    "linspace": (0, 1, 3),
    "eye": (2,),
    "rand": (2,),
    "randint": (3, (2,)),
    "randperm": (3,),
    "normal": (0.0, 1.0, (2,)),
}


@pytest.mark.parametrize("name", FACTORIES)
def test_a_gradient_that_is_asked_of_what_is_filled_is_asked_of_out(name):
    out = ag.empty(0)
    assert getattr(ag, name)(*FACTORIES[name], out=out, requires_grad=True) is out
    assert out.requires_grad
    assert out.is_leaf
    if name not in ("rand", "normal"):
        with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
            getattr(ag, name)(*FACTORIES[name], out=ag.empty(0, dtype=ag.int64), requires_grad=True)


@pytest.mark.filterwarnings("ignore:An output with one or more elements was resized")
def test_what_is_too_large_is_written_in_its_own_memory():
    memory = ag.ones(3, 3)
    out = memory.t()
    ag.sum(ag.tensor([1.0, 4.0]), out=out)
    assert out.shape == ()
    assert memory.flatten().tolist() == [5, *[1] * 8]
    large = ag.exp(ag.zeros(4, 4), out=memory)
    assert large is memory
    assert large.sum().item() == 16
