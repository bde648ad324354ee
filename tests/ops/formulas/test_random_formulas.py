"""Formulas that nobody thought of: random ones, over operands that broadcast, beside their primitives in
float64."""

from random import Random
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from autograd_cnn import ops
from autograd_cnn.ops.formulas.derivative import gradients
from autograd_cnn.ops.formulas.expression import Expression, Trace
from autograd_cnn.ops.formulas.loops import Loops, evaluate
from autograd_cnn.ops.formulas.makers import NoFormulaError

from .test_formulas import in_any_memory

ONE = [ops.tanh, ops.sigmoid, ops.negative, lambda x: ops.exp(ops.tanh(x)), lambda x: x * 0.5, ops.logistic]
TWO = [
    ops.add,
    ops.subtract,
    ops.multiply,
    lambda x, y: x / (y * y + 1.0),
    lambda x, y: ops.where(x > y, x, y * 0.5),
]


def reduction(draw: Random, x: Expression) -> Expression:
    axes = tuple(i for i in range(x.ndim) if draw.random() < 0.5) or (x.ndim - 1,)
    kind = draw.choice(["sum", "mean", "amax", "norm", "softmax"])
    if kind == "softmax":
        return ops.softmax(x, axis=axes[0])
    if kind == "norm":
        return ops.euclidean_norm(x, axis=axes, keepdims=True) + 0.5
    return getattr(ops, kind)(x, axis=axes, keepdims=draw.random() < 0.8)


def composed(draw: Random, operands: list[Expression]) -> Expression:
    """A formula of all operands, some of them used more than once."""
    values = list(operands)
    for _ in range(draw.randrange(3, 9)):
        turn = draw.random()
        if turn < 0.35 and draw.choice(values).ndim:
            x = draw.choice([v for v in values if v.ndim])
            values.append(reduction(draw, x))
        elif turn < 0.6:
            values.append(draw.choice(ONE)(draw.choice(values)))
        else:
            values.append(draw.choice(TWO)(draw.choice(values), draw.choice(values)))
    out = values[-1]
    for operand in operands:
        out = out + operand * draw.choice([0.5, 1.0, -1.0])
    return ops.sum(out, axis=draw.randrange(out.ndim)) if out.ndim and draw.random() < 0.4 else out


def shapes(draw: Random) -> list[tuple[int, ...]]:
    whole = tuple(draw.choice([1, 2, 3, 5, 9, 17]) for _ in range(draw.randrange(1, 4)))
    found = [whole]
    for _ in range(draw.randrange(3)):
        part = tuple(1 if draw.random() < 0.4 else n for n in whole)
        found.append(part[draw.randrange(len(part) + 1) :])
    return found


def difference(seed: int) -> str | None:
    """What is wrong with the formula of this seed; None where it is right, or no formula."""
    draw, numbers = Random(seed), np.random.default_rng(seed)
    arrays = [np.asarray(numbers.normal(size=s), "f") for s in shapes(draw)]
    trace, names = Trace(), [f"x{i}" for i in range(len(arrays))]
    symbols = [trace.operand(n, a.shape) for n, a in zip(names, arrays, strict=True)]
    try:
        out = composed(draw, symbols)
        g = np.asarray(numbers.normal(size=out.shape), "f")
        back = gradients(out, symbols, trace.operand("g", g.shape))
    except (NoFormulaError, ops.ShapeError):
        return None
    laid = [in_any_memory(a, numbers) for a in (*arrays, g)]
    single: dict[str, Any] = dict(zip([*names, "g"], (*arrays, g), strict=True))
    double: dict[str, Any] = {n: a.astype(np.float64) for n, a in single.items()}
    for what, results, given in (("value", [out], laid[:-1]), ("gradients", back, laid)):
        try:
            found = Loops(results, [*names, "g"][: len(given)], given)(given)
        except NoFormulaError:
            continue
        for i, (mine, e) in enumerate(zip(found, results, strict=True)):
            exact, rounded = np.asarray(evaluate(e, double, {})), evaluate(e, single, {})
            if mine.shape != exact.shape:
                return f"seed {seed}, {what} {i}: shape {mine.shape} instead of {exact.shape}"
            near = 3e-5 * max(1.0, float(np.abs(exact).max(initial=0)))
            near += 4 * float(np.abs(rounded - exact).max(initial=0))  # what rounding alone can do
            if not np.allclose(mine, exact, rtol=3e-5, atol=near):
                return f"seed {seed}, {what} {i}: {mine.reshape(-1)[:4]} instead of {exact.reshape(-1)[:4]}"
    return None


def test_random_formulas_are_their_primitives() -> None:
    assert list(filter(None, map(difference, range(20)))) == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(20, 2020, 250))
def test_more_of_them(first: int) -> None:
    assert list(filter(None, map(difference, range(first, first + 250)))) == []
