"""The digits of every elementwise function: values, first and second slopes against mpmath, at the places
where formulas break."""

import inspect
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ag
from autograd_cnn import nn
from autograd_cnn._functions import (
    activation,
    arithmetic,
    bounds,
    exponential,
    incomplete_gamma,
    rounding,
    scaled,
    special,
    trigonometric,
)
from tests.recorded import kind_of, pytorch

from .digits import ORDERS, Wanted, computed, errors, wanted
from .digits_physics import PHYSICS
from .digits_table import ELEMENTWISE, Row

ROWS = [*ELEMENTWISE, *PHYSICS]

QUICK = 16
"""So many places of each row are looked at by quick tests."""

FURTHER_THAN_PYTORCH = {
    "addcmul": "PyTorch fuses product and sum",
    "addcdiv": "the same",
    "i0e": "five units, for the rounding of 50 terms",
    "lgamma": "beside a root",
    "poisson_nll_loss": "beside a root, and NumPy's exponential of float32 is off by two units",
    "poisson_nll_loss(full)": "the same",
}
"""Whose bound is larger than 4 units and than twice PyTorch's error."""


def _worst(row: Row, want: Wanted, dtype: str) -> list[str]:
    """What is said of the places that are further off than ``row`` allows."""
    found = errors(ag, row, want, dtype)
    values = computed(ag, row, want, dtype)
    return [
        f"{ORDERS[order]} of operand {k} at {want.points[i]}: {values[order, k][i]}, and mathematics says "
        f"{want.exact[order, k][i]} ({off:.3g} units)"
        for (order, k), offs in found.items()
        for i, off in enumerate(offs)
        if off > row.ulps[order]
    ]


def _ids(row: Row) -> str:
    return row.name


@pytest.mark.parametrize("row", ROWS, ids=_ids)
def test_digits_at_some_places(row: Row) -> None:
    assert _worst(row, wanted(row, "float64", QUICK), "float64") == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("row", ROWS, ids=_ids)
def test_digits(row: Row, dtype: str) -> None:
    assert _worst(row, wanted(row, dtype), dtype) == []


@pytest.mark.slow
@pytest.mark.parametrize("row", [row for row in ROWS if row.ulps != (4, 4, 64)], ids=_ids)
def test_a_wider_bound_is_pytorch_s(row: Row) -> None:
    """Where a row allows more than 4 units (64 for second slopes), PyTorch is off as far, or half as far."""
    torch = pytest.importorskip("torch")
    worst = [0.0, 0.0, 0.0]
    for dtype in ("float64", "float32"):
        want = wanted(row, dtype)
        for (order, _), offs in errors(torch, row, want, dtype).items():
            worst[order] = max(worst[order], *offs)
    allowed = [max(least, 2 * off) for least, off in zip((4, 4, 64), worst, strict=True)]
    if row.name not in FURTHER_THAN_PYTORCH:
        assert all(bound <= most for bound, most in zip(row.ulps, allowed, strict=True)), worst


WHOLE = {
    "bool": [True, False, True],
    "uint8": [1, 0, 3],
    "int32": [-2, 1, 3],
    "int64": [2, 1, -3],
}


def _of_whole_numbers(library: Any, row: Row, dtype: str, numbers: str) -> tuple[str, Any]:
    """The dtype that ``row`` gives of whole numbers, and the values; or the error."""
    arrays = [np.roll(np.array(WHOLE[numbers]), i).astype(dtype) for i in range(len(row.grids))]
    try:
        result = row.call(library, *map(library.from_numpy, arrays))
    except (RuntimeError, TypeError, ValueError) as error:
        return kind_of(error), None
    return str(result.dtype).removeprefix("torch."), result.numpy()


@pytest.mark.parametrize("row", [row for row in ROWS if "hinge" not in row.name], ids=_ids)
@pytest.mark.filterwarnings("ignore")
def test_whole_numbers_give_pytorch_s_dtype(row: Row) -> None:
    """Where PyTorch computes; where it refuses, it is refused too, or computed in the default dtype. The
    values are those of the same numbers in float64."""
    theirs = pytorch(lambda t: [_of_whole_numbers(t, row, dtype, dtype)[0] for dtype in WHOLE])
    for dtype, expected in zip(WHOLE, theirs, strict=True):
        found, values = _of_whole_numbers(ag, row, dtype, dtype)
        assert found == expected or "Error" in expected, (dtype, expected)
        assert found != "float64" or row.name == "float_power", dtype
        if found == "float32" and dtype != "uint8":  # in which differences wrap around, as in PyTorch
            _, exact = _of_whole_numbers(ag, row, "float64", dtype)
            np.testing.assert_allclose(values, exact, rtol=2e-3, atol=1e-6)  # 1 - eps has few digits


FAMILIES = (
    *(
        activation,
        arithmetic,
        bounds,
        exponential,
        incomplete_gamma,
        rounding,
        scaled,
        special,
        trigonometric,
    ),
    *(ag.special, nn.functional.activation, nn.functional.distance_loss),
)
EXACT = {
    *("angle", "real", "conj", "conj_physical", "resolve_conj", "resolve_neg", "frexp", "nan_to_num"),
    *("ceil", "floor", "trunc", "round", "sign", "floor_divide", "nextafter", "clip"),
}
"""Elementwise, but what is computed is chosen or cut off, not rounded."""
NOT_ELEMENTWISE = {"softmax", "softmin", "log_softmax", "gumbel_softmax", "logsumexp"}
"""They look at a whole axis."""


def test_every_elementwise_function_has_a_row() -> None:
    rows = {row.name.partition("(")[0] for row in ROWS}
    functions = {
        name: getattr(family, name)
        for family in FAMILIES
        for name in family.__all__
        if not name.endswith("_")
    }
    functions = {name: inspect.unwrap(function) for name, function in functions.items()}
    known = {id(functions[name]) for name in functions if name in rows}
    missing = {
        name
        for name, function in functions.items()
        if id(function) not in known and name not in EXACT | NOT_ELEMENTWISE
    }
    exact = {id(functions[name]) for name in functions if name in EXACT}
    assert {name for name in missing if id(functions[name]) not in exact} == set()


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_saturated_number_by_itself_keeps_half_of_its_digits(name: str, dtype: str) -> None:
    """The slope of one number, whatever others stand beside it."""
    for x in np.linspace(-40.0, 40.0, 101).astype(dtype):
        t = ag.tensor(x, requires_grad=True)
        getattr(t, name)().backward()
        z = np.exp(-abs(float(x)) * (2 if name == "tanh" else 1))
        expected = z / (1 + z) ** 2 * (4 if name == "tanh" else 1)
        np.testing.assert_allclose(float(t.grad), expected, rtol=2 * np.finfo(dtype).eps ** 0.5)


def test_equal_infinities_share_a_sum_of_exponentials() -> None:
    """And give 0, not NaN, where nothing is asked of them."""
    for weight in (0.0, 1.0):
        x, y = (ag.tensor([-np.inf, 1.0], requires_grad=True) for _ in range(2))
        for function in (ag.logaddexp, ag.logaddexp2):
            x.grad = y.grad = None
            function(x, y).backward(ag.tensor([weight, 1.0]))
            np.testing.assert_array_equal(x.grad.numpy(), [weight / 2, 0.5])
            np.testing.assert_array_equal(y.grad.numpy(), [weight / 2, 0.5])


def test_gates_are_shut_at_minus_infinity() -> None:
    x = ag.tensor([-np.inf, -1e4, np.inf, 1.0])
    for name in ("gelu", "silu", "mish"):
        found = getattr(nn.functional, name)(x).numpy()
        assert found[0] == 0, name
        assert found[2] == np.inf, name
        assert found[3] > 0.7, name
