"""What the compiler of formulas writes for each elementwise primitive, beside the primitive in float64."""

import inspect
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from autograd_cnn.ops import registry
from autograd_cnn.ops.formulas.elements import ELEMENTS
from autograd_cnn.ops.formulas.expression import Trace
from autograd_cnn.ops.formulas.loops import Loops
from autograd_cnn.ops.formulas.meanings import MEANINGS

TINY, LARGEST = float(np.finfo("f").smallest_subnormal), float(np.finfo("f").max)
HARD = [
    *(0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 3.0, -3.0, 1e-3, -1e-3, 10.0, -10.0, 20.0, -20.0, 40.5, 0.7071),
    *(1e-10, -1e-10, 88.0, 88.7, 89.0, -87.0, -88.0, -100.0, -103.5, -104.0, 1e4, -1e4, 1e25, -1e25, 1e38),
    *(TINY, -TINY, 1e-40, -1e-40, 1.1754944e-38, LARGEST, -LARGEST, np.inf, -np.inf, np.nan),
]
"""Where functions are hard: around 0, in their tails, at the bounds of the range."""

MASKS = ("logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or")
PARAMETERS = {"leaky_relu": {"negative_slope": 0.1}, "bell": {"rate": 0.5}}
ULPS = {"bell": 4, "erfc": 4, "ndtr": 4, "erf": 4, "logaddexp": 4, "cosine": 4, "logistic_loss": 4}
"""The others are within 2 units in the last place."""

ELEMENTWISE = [*sorted(ELEMENTS), "logistic_loss"]


def operands(name: str, rng: np.random.Generator) -> list[np.ndarray]:
    """Every combination of hard numbers, and as many others."""
    prim = registry[name]
    count = len(prim.operands)
    if name in MASKS:
        grid = np.array(list(itertools.product([True, False], repeat=count))).T
        return [np.repeat(row, 5) for row in grid]
    hard = HARD if count < 3 else HARD[:12] + HARD[-3:]
    grid = np.array(list(itertools.product(hard, repeat=count)), np.float32).T
    more = (rng.normal(size=(count, 4000)) * 10.0 ** rng.integers(-3, 3, (count, 4000))).astype(np.float32)
    given = list(np.concatenate([grid, more], 1))
    if name in ("where",):
        given[0] = given[0] > 0
    if name == "logistic_loss":  # of weights, which are not negative
        given[1:] = [np.abs(np.tanh(a)) for a in given[1:]]
    if name == "cast":
        given = [given[0] > 0]
    return given


def computed(function: Callable[..., Any], arrays: list[np.ndarray], **params: Any) -> np.ndarray:
    """By compiled loops."""
    trace, names = Trace(), [f"x{i}" for i in range(len(arrays))]
    symbols = [trace.operand(n, a.shape, a.dtype == bool) for n, a in zip(names, arrays, strict=True)]
    out = function(*symbols, **params)
    if out.truth:  # loops give numbers
        out = registry["cast"](out, dtype="float32")
    (found,) = Loops([out], names, arrays)(arrays)
    return found


def within(found: np.ndarray, exact: np.ndarray, ulps: float, size: np.ndarray | None = None) -> None:
    """Each number within so many units in the last place of the exact one, or of the ``size`` of what cancels
    in it; NaN and infinities alike."""
    with np.errstate(over="ignore"):
        rounded = exact.astype(np.float32)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(rounded))
    finite = np.isfinite(rounded) & np.isfinite(found)
    np.testing.assert_array_equal(found[~finite & ~np.isnan(rounded)], rounded[~finite & ~np.isnan(rounded)])
    with np.errstate(over="ignore"):
        size = np.abs(rounded) if size is None else np.maximum(np.abs(rounded), size)
        unit = np.minimum(np.spacing(size[finite]).astype(np.float64), 2.0**104)
    away = np.abs(found[finite] - exact[finite]) / unit
    worst = away.argmax() if away.size else None
    assert away.max(initial=0) <= ulps, (away.max(), found[finite][worst], exact[finite][worst])


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_each_element_is_its_primitive(name: str) -> None:
    prim, params = registry[name], PARAMETERS.get(name, {})
    given = operands(name, np.random.default_rng(0))
    wide = [a if a.dtype == bool else a.astype(np.float64) for a in given]
    with np.errstate(all="ignore"):
        exact = prim.forward(*wide, **{**prim.defaults, **params})
    found = computed(prim, given, **params)
    size = None
    if name == "logaddexp":  # the larger one and log(1 + exp(-distance)) may cancel
        size = np.max([np.where(np.isfinite(a), np.abs(a), 0) for a in given], 0)
    within(found, np.asarray(exact, np.float64), ULPS.get(name, 2), size)


def test_every_element_is_a_primitive_with_these_operands() -> None:
    for name, element in ELEMENTS.items():
        assert name in registry
        taken = len(inspect.signature(element).parameters)
        assert taken >= len(registry[name].operands), name
    assert set(registry) >= set(MEANINGS)
