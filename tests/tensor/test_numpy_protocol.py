"""NumPy functions on Tensors: differentiable under the same name, or an error that says what to write; never
a silent detach."""

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn._tensor import numpy_protocol as protocol


def leaf(values) -> ag.Tensor:
    return ag.tensor(np.array(values, np.float64), requires_grad=True)


ALL = sorted(
    {f for name in dir(np) if isinstance(f := getattr(np, name), np.ufunc)}, key=lambda f: f.__name__
)
REFUSED = frozenset(
    ["bitwise_count", "cbrt", "conjugate", "divmod", "isnat", "matvec", "modf", "spacing", "vecdot", "vecmat"]
)
"""Those of NumPy's that have no function here."""
ANSWERED = [f for f in ALL if f.__name__ not in REFUSED]


@pytest.mark.parametrize("function", ANSWERED, ids=lambda f: f.__name__)
def test_every_mapped_ufunc_means_the_same(function: np.ufunc) -> None:
    """The values are NumPy's, on a tensor and on a tensor with an array; real results have a history."""
    integers = (
        "bitwise" in function.__name__
        or "shift" in function.__name__
        or function in (np.invert, np.gcd, np.lcm)
    )
    if function is np.matmul:
        operands = [np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[0.5, 1.0], [2.0, 1.0]])]
    elif integers:
        operands = [np.array([4, 3]), np.array([1, 3])]
    else:
        operands = [np.array([0.25, 0.75]), np.array([0.5, 0.75])]
        operands = [x + 1.0 if function is np.arccosh else x for x in operands]
    if function is np.ldexp:
        operands[1] = np.array([1, 2])
    operands = operands[: function.nin]
    expected = function(*operands)
    first = ag.tensor(operands[0].copy(), requires_grad=not integers)
    out = function(first, *operands[1:])
    outs, expecteds = (out, expected) if isinstance(expected, tuple) else ((out,), (expected,))
    for y, e in zip(outs, expecteds, strict=True):
        assert type(y) is ag.Tensor
        np.testing.assert_allclose(y.array.astype(np.float64), e.astype(np.float64), rtol=1e-12)
    if function.nin == 2 and not isinstance(expected, tuple):
        second = ag.tensor(operands[1].copy())
        np.testing.assert_allclose(
            function(operands[0], second).array.astype(np.float64), expected.astype(np.float64), rtol=1e-12
        )


def test_gradients_flow_through_ufuncs_and_functions() -> None:
    x, a = leaf([0.5, 2.0]), np.array([3.0, 4.0])
    y = (
        np.sum(np.exp(x) * a + np.where(a > 3, x, 0.0))
        + np.concatenate([x, x]).sum()
        + np.mean(np.stack([x, x]))
    )
    y.backward()
    np.testing.assert_allclose(x.grad.array, np.exp([0.5, 2.0]) * a + [0.0, 1.0] + 2.0 + 0.5)


def test_a_tensor_on_either_side_of_an_array() -> None:
    t, a = leaf([1.0, 2.0]), np.array([4.0, 5.0])
    for y in (a * t, t * a, a + t, a - t, a / t, a @ t, np.float64(2) * t, t * np.float64(2), a**t, a < t):
        assert type(y) is ag.Tensor
    assert all(y.requires_grad for y in (a * t, a @ t, np.float64(2) * t))


@pytest.mark.parametrize("call", ["argpartition", "partition", "unwrap"])
def test_functions_that_are_not_mapped_say_what_to_write(call: str) -> None:
    arguments = (1,) if call.endswith("partition") else ()
    with pytest.raises(
        TypeError,
        match=rf"np\.{call} has no gradient here; use the function of autograd_cnn with this meaning, or "
        r"tensor\.detach\(\)\.numpy\(\) to leave the graph",
    ):
        getattr(np, call)(leaf([1.0, 2.0]), *arguments)


def test_ufunc_methods_and_options_say_what_to_write() -> None:
    t, a = leaf([1.0, 2.0]), np.array([1.0, 2.0])
    with pytest.raises(TypeError, match=r"np\.add\.reduce\(.*\) has no gradient here"):
        np.add.reduce(t)
    with pytest.raises(TypeError, match=r"np\.add\(out\) has no gradient here"):
        np.add(a, t, out=a)
    with pytest.raises(TypeError, match=r"np\.multiply\.outer"):
        np.multiply.outer(a, t)
    for function in ALL:
        if function.__name__ in REFUSED:
            with pytest.raises(TypeError, match=rf"np\.{function.__name__}\(\) has no gradient here"):
                function(*[t] * function.nin)


def test_another_librarys_ufunc_is_not_taken_for_the_method_of_its_name() -> None:
    special = pytest.importorskip("scipy.special")
    with pytest.raises(TypeError, match=r"np\.round\(\) has no gradient here"):
        special.round(leaf([1.0, 2.0]))
    assert protocol.UFUNCS.keys() <= set(ALL)


def test_an_array_is_not_written_with_a_tensor_silently() -> None:
    t, a = leaf([1.0, 2.0]), np.array([1.0, 2.0])
    with pytest.raises(TypeError, match="has no gradient here"):
        a += t
    with pytest.raises((RuntimeError, TypeError)):
        a[:] = t
    assert a.tolist() == [1.0, 2.0]


def test_an_array_of_a_tensor_in_the_graph_is_refused() -> None:
    t = leaf([1.0, 2.0])
    with pytest.raises(
        RuntimeError,
        match=r"Use tensor\.detach\(\)\.numpy\(\) instead: np\.asarray.* would leave the graph silently",
    ):
        np.asarray(t)
    assert np.asarray(t.detach()).tolist() == [1.0, 2.0]
    assert np.array(ag.tensor([1, 2]), dtype=np.float32).dtype == np.float32


def test_without_history_asarray_shares_memory_and_copy_does_not() -> None:
    t = ag.tensor([1.0, 2.0])
    assert np.shares_memory(np.asarray(t), t.array)
    assert not np.shares_memory(np.array(t), t.array)


def test_results_without_axes_are_arrays_and_never_objects() -> None:
    t = leaf([1.0, 2.0])
    assert np.sum(t).array.shape == ()
    assert np.where(np.array([True, False]), t, 0).array.dtype == np.float64


@pytest.mark.parametrize("cls", [np.matrix, np.ma.MaskedArray, np.ndarray])
def test_subclasses_of_arrays_compute_as_arrays(cls: type) -> None:
    """A matrix would multiply where an array does not, and masked elements would be left out of sums."""
    values = np.array([[1.0, 2.0], [3.0, 4.0]])
    special = np.ma.array(values, mask=values > 3) if cls is np.ma.MaskedArray else values.view(cls)
    x = ag.tensor(values, requires_grad=True)
    made = [
        ag.tensor(special),
        ag.from_numpy(special),
        ag.as_tensor(special),
        x * special,
        x**special,
        x @ special,
        ag.zeros(2, 2).copy_(ag.as_tensor(special)),
    ]
    assert {type(t.array) for t in made} == {np.ndarray}
    assert (made[0] * made[1]).tolist() == (values * values).tolist()
    assert made[1].sum().item() == 10.0
    assert "4." in repr(made[1])
    ag.from_numpy(special).add_(1.0)
    assert special[0, 0] == 2.0


def test_elements_that_no_tensor_holds_are_refused() -> None:
    x = ag.ones(3, requires_grad=True)
    for foreign in (
        np.array([1j, 2, 3]),
        np.array(["a", "b", "c"]),
        np.zeros(3, [("a", "f4")]),
        np.array([1, 2, 3], object),
    ):
        for call in (
            lambda f=foreign: x * f,
            lambda f=foreign: f * x,
            lambda f=foreign: ag.zeros(3).__setitem__(..., f),
        ):
            with pytest.raises(TypeError, match="is not supported; choose one of"):
                call()


def test_the_other_byte_order_is_an_operand_and_no_memory_of_a_tensor() -> None:
    values = np.arange(4.0).reshape(2, 2)
    swapped = values.astype(values.dtype.newbyteorder())
    x = ag.tensor(values, requires_grad=True)
    (x @ swapped + swapped * x).sum().backward()
    np.testing.assert_array_equal(x.grad.array, values.sum(1) + values)
    for make in (ag.tensor, ag.from_numpy, ag.as_tensor):
        with pytest.raises(ValueError, match=r"byte order.*astype\(array.dtype.newbyteorder"):
            make(swapped)
