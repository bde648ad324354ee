"""What random calls beside PyTorch found (``testing/calls``), by kind: numbers were worked out by hand."""

import inspect
import math
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
import autograd_cnn.nn.functional as F

UNFRAMED = ("size", "stride")
"""Looked up in every other line of a program: no frame asks for other names."""


def takes_dim() -> list[str]:
    """The functions and methods that have a parameter ``dim``."""
    holders = {"torch": ag, "linalg": ag.linalg, "Tensor": ag.Tensor}
    return [
        f"{space}.{name}"
        for space, holder in holders.items()
        for name, function in sorted(
            vars(holder).items() if holder is not ag.Tensor else inspect.getmembers(holder)
        )
        if not name.startswith("_")
        and name not in UNFRAMED
        and inspect.isfunction(function)
        and "autograd_cnn" in function.__module__
        if "dim" in inspect.signature(function).parameters and "nn" not in function.__module__.split(".")
    ]


@pytest.mark.parametrize("label", takes_dim())
def test_every_dim_may_be_called_axis(label: str) -> None:
    space, name = label.split(".")
    function = getattr({"torch": ag, "linalg": ag.linalg, "Tensor": ag.Tensor}[space], name)
    names = [
        p.name
        for p in inspect.signature(function).parameters.values()
        if p.default is p.empty and p.kind is not p.VAR_POSITIONAL
    ]
    given = {name: ag.ones(2, 2) for name in names[1:] if name != "dim"}
    with pytest.raises(Exception) as caught:  # noqa: PT011 - of any class: what it says counts
        function(ag.ones(2, 2), **given, axis="no dimension")
    assert "unexpected keyword" not in str(caught.value)
    assert "missing" not in str(caught.value)


NARROW = ("uint8", "int8", "int16", "int32", "int64", "bool")


@pytest.mark.parametrize("name", NARROW)
@pytest.mark.parametrize("reduce", [ag.sum, ag.nansum, ag.prod])
def test_reductions_keep_the_dtype_that_is_asked_for(reduce: Any, name: str) -> None:
    dtype = getattr(ag, name)
    total = reduce(ag.tensor([[1, 0], [100, 100]]), dim=1, dtype=dtype)
    assert total.dtype == dtype
    assert reduce(ag.tensor([200, 100]), dtype=ag.uint8).item() == (44 if reduce is not ag.prod else 32)


def test_running_sums_are_written_in_the_dtype_of_their_tensor() -> None:
    assert ag.tensor([True, True, False]).cumprod_(0).tolist() == [True, True, False]
    assert ag.tensor([100, 100], dtype=ag.int8).cumsum_(0).tolist() == [100, -56]


@pytest.mark.parametrize("p", [-1.0, -2.0, -0.5])
def test_a_zero_makes_a_norm_below_p_0_zero_with_all_its_slopes(p: float) -> None:
    x = ag.tensor([3.0, 0.0, -2.0], requires_grad=True)
    ag.linalg.vector_norm(x, p).backward()
    assert x.grad.tolist() == [0.0, 0.0, 0.0]


EMPTY = [(0, 3), (3, 0), (2, 0, 3)]


@pytest.mark.parametrize("shape", EMPTY)
@pytest.mark.parametrize("p", [1, 2, math.inf])
def test_norms_and_conditions_of_matrices_of_nothing_are_zero(p: float, shape: tuple[int, ...]) -> None:
    x = ag.zeros(shape)
    assert (ag.linalg.cond(x, p) == 0).all()
    if p == 2 or x.sum(-2 if p == 1 else -1).numel() == 0:
        assert (ag.linalg.matrix_norm(x, p) == 0).all()
    with pytest.raises(IndexError, match="non-zero size"):
        ag.linalg.matrix_norm(ag.zeros(0, 0), -p)


def test_a_linear_map_of_no_features_is_its_bias() -> None:
    assert F.linear(ag.ones(2, 3, 0), ag.ones(4, 0)).tolist() == ag.zeros(2, 3, 4).tolist()
    assert F.linear(ag.ones(2, 3, 0), ag.ones(2, 0), ag.tensor([1.0, 2.0]))[1, 2].tolist() == [1.0, 2.0]


X = [0.25, -0.75]
TAKE_A_NUMBER = {
    "leaky_relu": lambda n: F.leaky_relu(ag.tensor(X), n(0.5)),
    "nan_to_num": lambda n: ag.nan_to_num(ag.tensor([math.nan]), n(0.5)),
    "round": lambda n: ag.round(ag.tensor(X), decimals=n(1)),
    "logit": lambda n: ag.logit(ag.tensor(X), n(0.125)),
    "kaiser_window": lambda n: ag.kaiser_window(4, True, n(2.0)),
    "hamming_window": lambda n: ag.hamming_window(4, beta=n(0.5)),
    "cauchy_": lambda n: (ag.manual_seed(0), ag.tensor(X).cauchy_(n(1.0), n(2.0)))[1],
    "normal_": lambda n: (ag.manual_seed(0), ag.tensor(X).normal_(n(1.0), n(2.0)))[1],
    "uniform_": lambda n: (ag.manual_seed(0), ag.tensor(X).uniform_(n(1.0), n(2.0)))[1],
    "exponential_": lambda n: (ag.manual_seed(0), ag.tensor(X).exponential_(n(2.0)))[1],
    "log_normal_": lambda n: (ag.manual_seed(0), ag.tensor(X).log_normal_(n(1.0), n(2.0)))[1],
}


@pytest.mark.parametrize("name", TAKE_A_NUMBER)
def test_a_tensor_without_axes_is_taken_for_a_number(name: str) -> None:
    call = TAKE_A_NUMBER[name]
    expected = call(lambda value: value)
    assert call(ag.tensor).tolist() == expected.tolist()
    assert call(np.array).tolist() == expected.tolist()
    with pytest.raises(TypeError):
        call(lambda value: ag.tensor([value]))
    with pytest.raises(TypeError):
        call(lambda value: ag.tensor(float(value), requires_grad=True))


@pytest.mark.parametrize("name", ["add", "sub", "mul", "div", "true_divide", "floor_divide"])
def test_arithmetic_of_two_numbers_makes_a_tensor(name: str) -> None:
    value = getattr(ag, name)(7, 2)
    assert isinstance(value, ag.Tensor)
    assert value.dtype == (ag.float32 if name in ("div", "true_divide") else ag.int64)
    assert value.item() == {"add": 9, "sub": 5, "mul": 14, "floor_divide": 3}.get(name, 3.5)


def test_a_middle_that_has_no_weight_may_be_nan() -> None:
    (slope,) = ag.gradient(ag.tensor([-1.0, math.nan, 3.0]))
    assert slope.tolist()[1] == 2.0
    assert ag.gradient(ag.tensor([1.0, 2.0]), spacing=[0])[0].tolist() == [math.inf, math.inf]


LOSSES = {
    "huber_loss": "input",
    "soft_margin_loss": "input",
    "hinge_embedding_loss": "input",
    "binary_cross_entropy_with_logits": "target",
    "mse_loss": "wider",
    "smooth_l1_loss": "wider",
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("kinds", [(ag.float32, ag.float64), (ag.float64, ag.float32)])
def test_losses_of_two_dtypes(name: str, kinds: tuple[ag.dtype, ag.dtype]) -> None:
    x = ag.tensor([0.3, -0.4], dtype=kinds[0], requires_grad=True)
    t = ag.tensor([1.0, 1.0], dtype=kinds[1], requires_grad=True)
    loss = getattr(F, name)(x, t)
    assert loss.dtype == {"input": kinds[0], "target": kinds[1], "wider": ag.float64}[LOSSES[name]]
    first = ag.autograd.grad(loss, [x, t], create_graph=True, materialize_grads=True)
    assert [g.dtype for g in first] == list(kinds)
    again = ag.autograd.grad(first[0].sum() + (x * t).sum(), [x, t])
    assert [g.dtype for g in again] == list(kinds)


def test_sums_of_truth_values_weigh_by_truth() -> None:
    yes, row = ag.tensor(True), ag.tensor([True, False])
    assert ag.addr(yes, row, row, beta=-1).tolist() == [[True, True], [True, True]]
    assert ag.addr(yes, row, row, beta=0, alpha=-2).tolist() == [[True, False], [False, False]]


@pytest.mark.parametrize("drop", [F.alpha_dropout, F.feature_alpha_dropout])
def test_dropout_that_drops_nothing_gives_the_tensor_itself(drop: Any) -> None:
    x = ag.ones(2, 2, dtype=ag.float16, requires_grad=True)
    assert drop(x, inplace=True) is x
    with pytest.warns(UserWarning, match="0-D input"):
        assert F.dropout2d(ag.tensor(1.0), 1.0).item() == 0.0


def test_a_transposition_by_einsum_is_a_view_in_any_dtype() -> None:
    x = ag.zeros(2, 3, dtype=ag.float16)
    ag.einsum("ij->ji", x)[2, 1] = 5.0
    assert x[1, 2].item() == 5.0


def test_edges_of_activations() -> None:
    x = ag.tensor([math.nan, 0.2, 2.0], requires_grad=True)
    F.softshrink(x).sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]
    assert F.hardtanh_(ag.tensor([-2.0, 2.0]), 1.5, 1.0).tolist() == [1.0, 1.0]
    assert ag.logit(ag.tensor([0.2, 0.95]), 0.9).tolist() == pytest.approx([2.19722, -2.19722], rel=1e-4)


def test_a_weight_without_axes_may_have_another_dtype() -> None:
    x, weight = ag.tensor([1.0, 2.0]), ag.tensor(0.5, dtype=ag.float64)
    assert ag.lerp(x, x + 2, weight).dtype == ag.float32
    assert x.lerp_(x + 2, weight).tolist() == [2.0, 3.0]


def test_of_one_place_on_a_logarithmic_scale_the_exponent_is_not_whole() -> None:
    assert ag.logspace(1.5, -1, 1, dtype=ag.int64).tolist() == [31]


def test_nan_is_left_out_before_a_sum_is_rounded() -> None:
    assert ag.nansum(ag.tensor([math.nan, 2.0]), dtype=ag.int32).item() == 2
    assert ag.nansum(ag.tensor([math.nan, 2.0], dtype=ag.float16), dtype=ag.float32).dtype == ag.float32


@pytest.mark.filterwarnings("ignore:non-inplace resize")
def test_resize_shows_its_own_elements_in_another_shape() -> None:
    x = ag.arange(6.0, requires_grad=True)
    for y in (x.resize(2, 3), x.resize_as(ag.zeros(2, 3))):
        assert y.tolist() == [[0, 1, 2], [3, 4, 5]]
        (slopes,) = ag.autograd.grad((y[1] ** 2).sum(), x)
        assert slopes.tolist() == [0, 0, 0, 6, 8, 10]
    for wrong in (lambda: x.resize(2, 4), lambda: x.resize_as(ag.zeros(5))):
        with pytest.raises(RuntimeError, match="requested resize to"):
            wrong()


@pytest.mark.parametrize("name", ["resize_as", "resize_as_", "is_set_to", "map_", "map2_"])
@pytest.mark.filterwarnings("ignore:non-inplace resize")
def test_what_is_no_tensor_is_named(name: str) -> None:
    function = getattr(ag.ones(2), name)
    rest = {"map_": [max], "map2_": [ag.ones(2), max]}.get(name, [])
    with pytest.raises(TypeError, match="must be Tensor, not int"):
        function(3, *rest)


@pytest.mark.parametrize("name", ["int64", "int32", "bool", "uint8"])
def test_zeta_of_a_whole_order_is_a_float(name: str) -> None:
    order = ag.tensor([1, 1]).to(getattr(ag, name)) + ag.tensor([1, 1]).to(getattr(ag, name))
    expected = math.inf if name == "bool" else math.pi**2 / 6
    for found in (ag.special.zeta(order, ag.tensor(1.0)), ag.special.zeta(order, 1)):
        assert found.dtype == ag.float32
        assert found.tolist() == pytest.approx([expected, expected])
    assert ag.special.zeta(ag.ones(1), ag.ones(1, dtype=ag.float64)).dtype == ag.float64
    with pytest.raises(TypeError, match="zeta"):
        ag.special.zeta(2.0, 1.0)  # type: ignore[call-overload]  # what is tested


@pytest.mark.parametrize("dtype", [ag.int64, ag.uint8, ag.bool])
def test_weighted_losses_of_whole_numbers(dtype: Any) -> None:
    x, y, w = ag.tensor([1, 0, 1]).to(dtype), ag.tensor([1, 1, 0]).to(dtype), ag.tensor([1.0, 2.0, 5.0])
    if dtype == ag.bool:
        with pytest.raises(RuntimeError, match="bool"):
            F.mse_loss(x, y, weight=w)
        return
    assert F.mse_loss(x, y, reduction="none", weight=w).tolist() == [0, 2, 5]
    assert F.mse_loss(x, y, weight=w).item() == 0.875
    if dtype == ag.int64:
        assert F.l1_loss(x, y, weight=w).item() == 0.875


@pytest.mark.parametrize(
    "kinds", [(ag.float16, ag.float32), (ag.float32, ag.float16), (ag.float16, ag.float64)]
)
@pytest.mark.parametrize("reduction", ["mean", "none"])
@pytest.mark.parametrize("name", ["soft_margin_loss", "hinge_embedding_loss"])
def test_losses_of_signs_have_the_dtype_of_their_input(
    name: str, kinds: tuple[Any, Any], reduction: str
) -> None:
    x = ag.ones(2, dtype=kinds[0], requires_grad=True)
    loss = getattr(F, name)(x, ag.ones(2, dtype=kinds[1]), reduction=reduction)
    assert loss.dtype == kinds[0]
    loss.sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == kinds[0]


@pytest.mark.parametrize(
    "kinds", [(ag.float16, ag.float32), (ag.float32, ag.float16), (ag.float16, ag.float64)]
)
@pytest.mark.parametrize("reduction", ["mean", "none"])
def test_huber_loss_has_the_dtype_of_its_input(kinds: tuple[Any, Any], reduction: str) -> None:
    x, y = ag.ones(2, dtype=kinds[0], requires_grad=True), ag.zeros(2, dtype=kinds[1])
    loss = F.huber_loss(x, y, reduction, 4.0)
    assert loss.dtype == kinds[0]
    assert loss.sum().item() == (0.5 if reduction == "mean" else 1)
    loss.sum().backward()
    assert x.grad is not None
    assert x.grad.dtype == kinds[0]
    with pytest.raises(RuntimeError, match="can't be cast"):
        F.huber_loss(ag.ones(2, dtype=ag.int64), y)


@pytest.mark.parametrize("value", [ag.tensor(3), ag.tensor([3])])
def test_one_number_of_another_dtype_fills_a_mask(value: Any) -> None:
    mask = ag.tensor([True, False, True])
    assert ag.zeros(3).index_put((mask,), value).tolist() == [3, 0, 3]
    for wrong in ((ag.tensor([0, 2]),), (mask,)):
        with pytest.raises(RuntimeError, match="dtypes match"):
            ag.zeros(3).index_put(wrong, value, accumulate=wrong[0] is mask)


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("kind", ["avg", "max"])
def test_sizes_in_a_tensor(axes: int, kind: str) -> None:
    pool = getattr(F, f"adaptive_{kind}_pool{axes}d")
    assert pool(ag.ones(1, *(4,) * axes), ag.tensor([2] * axes)).shape == (1, *(2,) * axes)


@pytest.mark.parametrize(
    ("bounds", "dtype", "expected"),
    [
        ((1.85, 3, 2), ag.int64, [1, 3]),
        ((-1.31, 4, 2.5), ag.int32, [-1, 1, 3]),
        ((3, 0.5, -1.5), int, [3, 2, 1, 0]),
    ],
)
@pytest.mark.filterwarnings("ignore:torch.range is deprecated")
def test_a_range_of_whole_numbers_has_whole_bounds_and_steps(
    bounds: tuple[Any, ...], dtype: Any, expected: list[int]
) -> None:
    assert ag.range(*bounds, dtype=dtype).tolist() == expected


def test_a_number_of_axes_in_a_tensor() -> None:
    x = ag.arange(4.0).reshape(2, 2)
    for one in (ag.tensor(1), ag.tensor([1])):
        assert ag.tensordot(x, x, one).tolist() == (x @ x).tolist()
    assert ag.tensordot(x, x, ag.tensor([[1], [1]])).tolist() == (x @ x.T).tolist()


def test_a_sum_of_truth_values_is_one() -> None:
    truths, nothing = ag.tensor([[True]]), ag.zeros(1, 0, dtype=ag.bool)
    for found in (
        truths.addmm(nothing, nothing.t(), beta=-0.38),
        truths[0].addmv(nothing, nothing[0], beta=0.5),
        truths[None].baddbmm(nothing[None], nothing.t()[None], beta=0.5),
    ):
        assert found.dtype == ag.bool
        assert found.item() is True


@pytest.mark.parametrize("reduce", ["sum", "prod", "mean", "amax", "amin"])
@pytest.mark.parametrize("include_self", [True, False])
def test_what_truth_values_are_reduced_to_is_one(reduce: str, include_self: bool) -> None:
    start, values = ag.tensor([True, False, True]), ag.tensor([True, False, True, False])
    index = ag.tensor([0, 0, 1, 1])
    found = start.scatter_reduce(0, index, values, reduce, include_self=include_self)
    assert found.dtype == ag.bool
    assert (
        found.tolist() == start.scatter_reduce_(0, index, values, reduce, include_self=include_self).tolist()
    )
    if reduce == "prod":
        assert found.tolist() == [False, False, True]


@pytest.mark.parametrize("name", ["floor_divide", "remainder", "fmod"])
def test_nothing_is_divided_by_zero(name: str) -> None:
    nothing, zero = ag.zeros(0, dtype=ag.int64), ag.tensor(0)
    assert getattr(ag, name)(nothing, zero).shape == (0,)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        getattr(ag, name)(ag.ones(1, dtype=ag.int64), zero)


@pytest.mark.parametrize("index", [True, (True,), (True, ...)])
def test_a_truth_value_as_an_index_takes_any_dtype(index: Any) -> None:
    x = ag.tensor(1)
    x[index] = ag.tensor(2.75)
    assert x.item() == 2
    x[False] = ag.tensor(5.0)
    assert x.item() == 2


def test_classes_are_the_last_dimension_of_the_input() -> None:
    x, weight = ag.zeros(1), ag.tensor([[1.0, 0.0], [2.0, 1.0]])
    loss = F.multilabel_soft_margin_loss(x, ag.ones(1), weight, reduction="none")
    np.testing.assert_allclose(loss, math.log(2) * np.array([3.0, 1.0]), rtol=1e-6)


@pytest.mark.parametrize("shape", [(7, 0), (0, 3)])
def test_a_norm_of_nothing_has_gradients_of_two_orders(shape: tuple[int, int]) -> None:
    x = ag.zeros(shape, requires_grad=True)
    (slope,) = ag.autograd.grad(F.layer_norm(x, shape[1:]).sum(), x, create_graph=True)
    assert slope.shape == shape


def test_whether_the_place_itself_takes_part_is_a_truth_value():
    for value in (1, ag.tensor(True), None):
        with pytest.raises(TypeError, match="'include_self' must be bool"):
            ag.zeros(3).scatter_reduce(0, ag.tensor([0]), ag.ones(1), "amax", include_self=value)


def test_the_median_of_no_integer():
    assert [ag.zeros(0, dtype=d).nanmedian().item() for d in (ag.int8, ag.int16, ag.uint8)] == [0, 0, 0]
    assert ag.zeros(0, dtype=ag.int32).median().item() == -(2**31)


def test_a_tensor_without_axes_is_a_number_to_scatter():
    x, places = ag.ones(3, 2), ag.zeros(1, 2, dtype=ag.int64)
    assert ag.equal(ag.scatter(x, 0, places, value=ag.tensor(2.0)), ag.scatter(x, 0, places, value=2.0))
    assert ag.equal(
        ag.scatter(x, 0, places, value=ag.tensor(2), reduce="add"), ag.tensor([[3.0, 3], [1, 1], [1, 1]])
    )
    with pytest.raises(TypeError, match="argument 'value' must be Number, not Tensor"):
        ag.scatter(x, 0, places, value=ag.ones(1))
