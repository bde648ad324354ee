"""What a Tensor is: its dtype under promotion, its properties, its operators, what it refuses; PyTorch is
asked."""

import enum
import itertools
import operator
import pickle

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import ops
from tests.recorded import pytorch

DTYPES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"]
FUNCTIONS = {
    "add": operator.add,
    "multiply": operator.mul,
    "divide": operator.truediv,
    "less": operator.lt,
}


def tensor(t, values, dtype):
    return t.tensor(np.array(values).astype(dtype))


def same(function, *arguments) -> None:
    """``function(library, *arguments)`` is the same with this library and with PyTorch."""
    equal(function(ag, *arguments), pytorch(function, *arguments))


def equal(a, b) -> None:
    """The same dtype, shape and values."""
    assert str(a.dtype) == f"torch.{b.dtype}"
    assert tuple(a.shape) == b.shape
    np.testing.assert_allclose(
        np.asarray(a.tolist(), np.float64), np.asarray(b.tolist(), np.float64), rtol=1e-3
    )


# promotion


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(
    "shapes", [([1, 1], [1, 1]), ([1, 1], 1), (1, [1, 1]), (1, 1)], ids=["1d 1d", "1d 0d", "0d 1d", "0d 0d"]
)
def test_every_pair_of_dtypes_is_promoted_as_in_pytorch(name: str, shapes) -> None:
    function = FUNCTIONS[name]
    for x, y in itertools.product(DTYPES, DTYPES):
        same(lambda t, x=x, y=y: function(tensor(t, shapes[0], x), tensor(t, shapes[1], y)))


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("number", [True, 2, 2.5, -1.0], ids=repr)
def test_python_numbers_promote_only_to_a_higher_category(name: str, number) -> None:
    function = FUNCTIONS[name]
    for dtype, values in itertools.product(DTYPES, ([1, 1], 1)):
        same(lambda t, v=values, d=dtype: function(tensor(t, v, d), number))
        same(lambda t, v=values, d=dtype: function(number, tensor(t, v, d)))


def test_an_array_that_stands_before_a_tensor_is_promoted_too() -> None:
    expected = pytorch(lambda t: t.tensor([1, 2]) + t.tensor([0.5, 0.5]))
    equal(np.array([1, 2]) + ag.tensor([0.5, 0.5]), expected)
    equal(ops.add(np.array([1, 2]), ag.tensor([0.5, 0.5])), expected)


def test_subclasses_of_numbers_are_those_numbers() -> None:
    class Celsius(float):
        pass

    class Level(enum.IntEnum):
        HIGH = 3

    for value in (Celsius(2.5), Level.HIGH):
        same(lambda t, value=value: t.tensor([1, 2]) * value)
        same(lambda t, value=value: t.tensor([1.0, 2.0]) * value)


@pytest.mark.parametrize("name", ["maximum", "minimum", "where"])
def test_functions_of_two_promote_alike(name: str) -> None:
    def result(t, x, y):
        a, b = tensor(t, [1, 1], x), tensor(t, 1, y)
        if name == "where":
            return t.where(t.tensor([True, False]), a, b)
        return getattr(t.ops if t is ag else t, name)(a, b)

    for x, y in itertools.product(DTYPES, DTYPES):
        same(result, x, y)


def test_concatenation_promotes_among_all_its_parts() -> None:
    for x, y in itertools.product(DTYPES, DTYPES):
        same(lambda t, x=x, y=y: t.cat([tensor(t, [1, 1], x), tensor(t, [1], y)]))


def test_numpy_scalars_count_as_python_numbers_and_arrays_as_tensors() -> None:
    single = ag.ones(2)
    assert (single * np.float64(0.5)).dtype == ag.float32
    assert (np.float64(0.5) * single).dtype == ag.float32
    assert (single * np.ones(2)).dtype == ag.float64
    assert (np.ones(2) * single).dtype == ag.float64
    assert (single * np.ones(2, np.int64)).dtype == ag.float32


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "tanh", "sigmoid"])
def test_integers_become_the_default_dtype_where_the_result_is_real(name: str) -> None:
    for dtype in DTYPES:
        if dtype == "float16":
            continue  # rounding differs
        same(lambda t, dtype=dtype: getattr(tensor(t, [1, 1], dtype), name)())


@pytest.mark.parametrize("name", ["sum", "mean", "amax", "prod", "cumsum"])
def test_dtypes_of_reductions(name: str) -> None:
    arguments = (0,) if name == "cumsum" else ()

    def result(t, dtype):
        return getattr(tensor(t, [1, 1], dtype), name)(*arguments)

    for dtype in DTYPES:
        try:
            expected = pytorch(result, dtype)
        except RuntimeError:
            with pytest.raises(RuntimeError):
                result(ag, dtype)
        else:
            equal(result(ag, dtype), expected)


def test_gradients_come_back_in_the_dtype_of_each_operand() -> None:
    for x, y in itertools.product(["float16", "float32", "float64"], repeat=2):

        def gradient(t, i, x=x, y=y):
            a, b = tensor(t, [1.0, 2.0], x).requires_grad_(), tensor(t, 3.0, y).requires_grad_()
            (a * b).sum().backward()
            return (a.grad, b.grad)[i]

        same(gradient, 0)
        same(gradient, 1)


# broadcasting


@pytest.mark.parametrize(
    ("x", "y"),
    [((2, 1, 3), (4, 1)), ((), (2,)), ((0, 3), (1, 3)), ((1,), (2, 1)), ((3,), (3,)), ((1, 1), ())],
)
def test_gradients_of_broadcast_operands_are_summed_back(x, y) -> None:
    source = np.random.default_rng(0)
    a, b = source.normal(size=x), source.normal(size=y)

    def gradients(t):
        p, q = (t.tensor(v, requires_grad=True) for v in (a, b))
        (p * q + p / (q * q + 1.0) - q).sum().backward()
        return p.grad, q.grad

    for v, mine, other in zip((a, b), gradients(ag), pytorch(gradients), strict=True):
        assert mine.array.shape == np.shape(v)
        np.testing.assert_allclose(mine.array, other, rtol=1e-12)


# kinks, ties and edges


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("relu", [-1.0, 0.0, 2.0]),
        ("abs", [-1.0, 0.0, 2.0]),
        ("sqrt", [0.0, 1.0, 4.0]),
        ("amax", [3.0, 1.0, 3.0]),
        ("amin", [1.0, 1.0, 3.0]),
        ("max", [3.0, 1.0, 3.0]),
    ],
)
def test_gradients_at_kinks_and_ties_are_pytorchs(name: str, values) -> None:
    def gradient(t):
        x = t.tensor(values, dtype=t.float64, requires_grad=True)
        getattr(x, name)().sum().backward()
        return x.grad

    pytorch.gives(gradient(ag), gradient)


@pytest.mark.parametrize(
    ("x", "y"),
    [([2.0, 0.0, 0.0, -2.0], [0.0, 0.0, 2.0, 2.0]), ([0.0, -1.0, 3.0, 2.0], [-1.0, 3.0, 1.0, 0.5])],
)
def test_powers_at_the_edges(x, y) -> None:
    def gradients(t):
        a, b = (t.tensor(v, dtype=t.float64, requires_grad=True) for v in (x, y))
        (a**b).sum().backward()
        return a.grad, b.grad

    for mine, other in zip(gradients(ag), pytorch(gradients), strict=True):
        np.testing.assert_allclose(mine.array, other)


def test_the_branch_not_taken_gets_zero_also_where_it_is_nan() -> None:
    x = ag.tensor(np.array([-1.0, 4.0]), requires_grad=True)
    ag.where(x > 0, x.sqrt(), 0.0).sum().backward()
    assert x.grad.tolist()[1] == 0.25
    y = ag.tensor(np.array([np.nan, 1.0]), requires_grad=True)
    ag.where(ag.tensor([False, True]), y, 0.0).sum().backward()
    assert y.grad.tolist() == [0.0, 1.0]


# what it is


def test_shape_dtype_and_device_print_as_in_pytorch() -> None:
    def said(t):
        x = t.ones(2, 3)
        return repr(x.shape), repr(x.dtype), repr(x.device)

    pytorch.gives(said(ag), said)
    x = ag.ones(2, 3)
    assert x.shape.numel() == 6
    assert (x.ndim, x.dim(), x.numel(), len(x), x.size(1)) == (2, 2, 6, 2, 3)


def test_a_result_without_axes_is_still_an_array() -> None:
    for y in (ag.ones(2).sum(), ag.ones(2)[0], ag.tensor(1.0) * 2, ag.ones(2) @ ag.ones(2)):
        assert type(y.array) is np.ndarray
        assert y.shape == ()


def test_leaves_and_computed_tensors() -> None:
    x = ag.tensor([1.0], requires_grad=True)
    y = x * 2.0
    z = y.detach()
    assert [t.is_leaf for t in (x, y, z)] == [True, False, True]
    assert [t.requires_grad for t in (x, y, z)] == [True, True, False]
    assert np.shares_memory(y.array, z.array)
    assert x.grad is None
    x.requires_grad = False
    assert not (x * 2.0).requires_grad
    assert ag.tensor([1, 2]).requires_grad_(False).requires_grad is False


def test_integers_are_told_again_that_they_want_no_gradient() -> None:
    assert ag.tensor([1, 2]).requires_grad_(False).requires_grad is False


@pytest.mark.parametrize("dtype", DTYPES)
def test_what_was_pickled_is_no_slower(dtype: str) -> None:
    """A pickle brings an equal copy of NumPy's dtype, and kernels are chosen by its identity; the memory is
    kept."""
    array = pickle.loads(pickle.dumps(np.ones(3, dtype)))
    tensors = [
        pickle.loads(pickle.dumps(ag.tensor(np.ones(3, dtype)))),
        ag.from_numpy(array),
        ag.Tensor._sharing(array),
    ]
    assert all(t.array.dtype is np.dtype(dtype) for t in tensors)
    assert all(np.shares_memory(t.array, array) for t in tensors[1:])


@pytest.mark.parametrize("requires_grad", [True, False])
def test_a_leaf_comes_out_of_a_pickle_as_it_went_in(requires_grad: bool) -> None:
    again = pickle.loads(pickle.dumps(ag.tensor([1.0, 2.0], requires_grad=requires_grad)))
    assert again.tolist() == [1.0, 2.0]
    assert again.requires_grad is requires_grad


def test_an_error_that_says_enough_comes_without_another_behind_it() -> None:
    with pytest.raises(ops.ShapeError, match="is invalid for input of size 4") as caught:
        ops.reshape(ag.ones(4), shape=(3,))
    assert caught.value.__cause__ is None


def test_data_takes_another_shape_where_the_tensor_is_a_leaf() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2.0
    y.data = ag.zeros(2)
    assert y.tolist() == [0.0, 0.0]
    x.data = ag.ones(3, dtype=ag.float64)
    x.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 1.0]
    assert x.grad.dtype == ag.float64
    constant = ag.ones(2)
    constant.data = ag.ones(3)
    assert constant.shape == (3,)


def test_grad_takes_tensors_that_fit_only() -> None:
    x = ag.tensor([1.0, 2.0], requires_grad=True)
    with pytest.raises(TypeError, match="expected to be a Tensor or None but got grad of type list"):
        x.grad = [1.0, 2.0]
    with pytest.raises(RuntimeError, match=r"gradient of size '\[3\]' to a tensor of size '\[2\]'"):
        x.grad = ag.ones(3)
    with pytest.raises(RuntimeError, match=r"dtype 'torch.float64'.*grad_dtype 'torch.float32'"):
        x.grad = ag.ones(2, dtype=ag.float64)
    x.grad = ag.ones(2)
    (x * 1.0).sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_item_and_numbers() -> None:
    assert ag.tensor([[3.5]]).item() == 3.5
    assert float(ag.tensor(2)) == 2.0
    assert int(ag.tensor(2.7)) == 2
    assert [10, 20, 30][ag.tensor(1)] == 20
    assert bool(ag.tensor([0.0])) is False
    with pytest.raises(RuntimeError, match="a Tensor with 2 elements cannot be converted to Scalar"):
        ag.ones(2).item()
    with pytest.raises(RuntimeError, match="Boolean value of Tensor with more than one value is ambiguous"):
        bool(ag.ones(2))
    with pytest.raises(
        TypeError, match="only integer tensors of a single element can be converted to an index"
    ):
        [1, 2][ag.tensor(1.0)]


def test_numpy_of_a_tensor_that_needs_a_gradient_is_refused() -> None:
    x = ag.tensor([1.0], requires_grad=True)
    with pytest.raises(
        RuntimeError,
        match=r"Can't call numpy\(\) on Tensor that requires grad. Use tensor.detach\(\).numpy\(\) instead.",
    ):
        x.numpy()
    assert x.detach().numpy().tolist() == [1.0]


def test_comparison_gives_masks_and_hash_is_identity() -> None:
    x = ag.tensor([1.0, 2.0])
    assert (x == 1.0).tolist() == [True, False]
    assert (x != x).dtype == ag.tensor(np.zeros(1, bool)).dtype
    assert (x == None) is False  # noqa: E711 - what the operator answers is the question
    assert len({x, x, ag.tensor([1.0, 2.0])}) == 2


def test_iteration_and_length() -> None:
    rows = list(ag.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True))
    assert [row.tolist() for row in rows] == [[1.0, 2.0], [3.0, 4.0]]
    assert all(row.requires_grad for row in rows)
    for broken in (len, iter):
        with pytest.raises(TypeError, match="0-d tensor"):
            broken(ag.tensor(1.0))


def test_masks_combine() -> None:
    a, b = ag.tensor([True, True, False]), ag.tensor([True, False, False])
    assert [(a & b).tolist(), (a | b).tolist(), (~a).tolist()] == [
        [True, False, False],
        [True, True, False],
        [False, False, True],
    ]


# indexing

GRID = np.arange(24.0).reshape(2, 3, 4)
INDICES = {
    "number": 1,
    "negative": -1,
    "slice": slice(1, None),
    "ellipsis": (..., 0),
    "new axis": (None, 0),
    "steps": (slice(None), slice(None, None, 2)),
    "list": ([0, 0, 1],),
    "two lists": ([0, 1], [2, 0]),
    "list between": (slice(None), [0, 2], slice(1, 3)),
    "apart": ([0, 1], slice(None), [1, 1]),
    "empty": slice(0, 0),
}


@pytest.mark.parametrize("name", INDICES)
def test_reading_by_index_and_its_gradient(name: str) -> None:
    def read(t):
        x = t.tensor(GRID, requires_grad=True)
        a = x[INDICES[name]]
        (a * a).sum().backward()
        return a, x.grad

    pytorch.gives(read(ag), read)


def test_reading_by_tensors_masks_and_numpy_arrays() -> None:
    def gradient(t):
        x = t.tensor(GRID, requires_grad=True)
        (
            x[t.tensor([1, 1, 0])].sum() + (x[x > 5.0] ** 2).sum() + x[np.array([0, 1]), t.tensor(1)].sum()
        ).backward()
        return x.grad

    pytorch.gives(gradient(ag), gradient)


def test_an_index_that_changes_later_does_not_change_the_gradient() -> None:
    x, index = ag.tensor(np.arange(3.0), requires_grad=True), np.array([0, 1])
    y = x[index]
    index[:] = 2
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0, 0.0]


def test_wrong_indices_are_refused() -> None:
    x = ag.ones(2, 3)
    with pytest.raises(IndexError):
        x[2]
    with pytest.raises(IndexError):
        x[0, 0, 0]
    with pytest.raises(
        IndexError, match="tensors used as indices must be long, int, byte or bool tensors, not float32"
    ):
        x[ag.tensor([0.5])]


# matrix products


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ((3,), (3,)),
        ((2, 3), (3,)),
        ((3,), (3, 2)),
        ((2, 3), (3, 4)),
        ((5, 2, 3), (3,)),
        ((3,), (5, 3, 2)),
        ((5, 1, 2, 3), (4, 3, 2)),
        ((0, 3), (3, 2)),
    ],
)
def test_matrix_products_of_all_ranks(x, y) -> None:
    source = np.random.default_rng(0)
    a, b = source.normal(size=x), source.normal(size=y)

    def product(t):
        p, q = (t.tensor(v, requires_grad=True) for v in (a, b))
        y = operator.matmul(p, q)
        (y * y).sum().backward()
        return y, p.grad, q.grad

    for mine, other, rtol in zip(product(ag), pytorch(product), (1e-12, 1e-10, 1e-10), strict=True):
        np.testing.assert_allclose(mine.detach().array, other, rtol=rtol)


def test_matrix_products_of_numbers_are_refused() -> None:
    with pytest.raises(
        RuntimeError, match="both arguments to matmul need to be at least 1D, but they are 0D and 1D"
    ):
        ag.tensor(1.0) @ ag.ones(1)


# the constructor


def test_a_new_tensor_copies_what_it_is_given() -> None:
    a = np.ones(2)
    x = ag.tensor(a)
    a[0] = 5.0
    assert x.tolist() == [1.0, 1.0]
    assert x.dtype == ag.float64


@pytest.mark.parametrize(
    "data",
    [1, 1.5, True, [1, 2], [1.0, 2], [[True], [False]], [], [[]], np.float32(2), np.arange(3)],
    ids=repr,
)
def test_dtypes_of_new_tensors(data) -> None:
    same(lambda t: t.tensor(data))


def test_what_is_no_tensor_data_is_refused() -> None:
    with pytest.raises(ValueError, match=r"inhomogeneous|expected sequence of length"):
        ag.tensor([[1, 2], [3]])
    with pytest.raises(TypeError):
        ag.tensor(["a"])
    with pytest.raises(TypeError, match=r"expected np\.ndarray"):
        ag.from_numpy([1.0])
