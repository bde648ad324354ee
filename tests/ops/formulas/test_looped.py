"""Primitives that run in compiled loops, beside their NumPy text: values, slopes, layouts, numbers."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

import autograd_cnn as ag
from autograd_cnn import ops
from autograd_cnn.ops import registry
from autograd_cnn.ops.formulas import fused
from autograd_cnn.ops.formulas.elements import ELEMENTS, IN_ONE_PASS
from autograd_cnn.ops.formulas.fused import Fused
from autograd_cnn.ops.formulas.looped import LEAST
from autograd_cnn.ops.formulas.looped import ROWS as ALONG_ROWS
from tests.ops.formulas.test_elements import HARD, TINY

NAMES = sorted((ELEMENTS.keys() - IN_ONE_PASS) | ALONG_ROWS)
ROWS, COLUMNS = 48, 250  # more than loops are worth for


def made(name: str, rng: np.random.Generator, memory: str = "rows") -> list[np.ndarray]:
    """Operands within the domain, lying in memory in some way."""
    found = []
    for i in range(len(registry[name].operands)):
        x = rng.uniform(0.05, 0.9, (2 * ROWS, 2 * COLUMNS)).astype(np.float32) + (name == "acosh")
        x = {
            "rows": x[:ROWS, :COLUMNS].copy(),
            "columns": x[:ROWS, :COLUMNS].copy("F"),
            "sliced": x[::2, ::2],
            "reversed": x[:ROWS, COLUMNS - 1 :: -1],
            "a row": x[:1, :COLUMNS] if i else x[:ROWS, :COLUMNS],
            "expanded": np.broadcast_to(x[:, :1], x.shape),
        }[memory]
        found.append(x > 0.4 if name == "where" and i == 0 else x)
    return found


def results(name: str, operands: list[Any]) -> list[np.ndarray]:
    """The value, and each local gradient for an upstream signal."""
    prim = registry[name]
    out = prim(*operands)
    known: dict[str, Any] = {**prim.defaults, "out": out, "tail": None}
    for operand, x in zip(prim.operands, operands, strict=True):
        known |= {operand: x, f"{operand}_shape": np.shape(x)}
    g = np.linspace(0.5, 2, out.size, dtype=np.float32).reshape(out.shape)
    rules = [entry.rule(g, *(known[n] for n in entry.needs)) for entry in prim.rules.values()]
    return [np.asarray(a) for a in (out, *rules)]


def compare(looped: list[np.ndarray], written: list[np.ndarray]) -> None:
    for a, b in zip(looped, written, strict=True):
        assert a.shape == b.shape
        np.testing.assert_allclose(a, b, rtol=2e-6, atol=2e-6)  # what cancels in a softmax's slope


@pytest.fixture
def without_loops(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with monkeypatch.context() as patch:
        yield patch


def both(
    name: str, operands: list[Any], patch: pytest.MonkeyPatch
) -> tuple[list[np.ndarray], list[np.ndarray]]:
    looped = results(name, operands)
    patch.setattr(fused, "served", lambda arrays: False)
    written = results(name, operands)
    patch.undo()
    return looped, written


@pytest.mark.parametrize("name", NAMES)
def test_loops_run_and_are_the_text(name: str, without_loops: pytest.MonkeyPatch) -> None:
    ran: list[bool] = []
    call = Fused.__call__

    def counted(self: Fused, *given: Any) -> Any:
        found = call(self, *given)
        ran.append(found is not None)
        return found

    without_loops.setattr(Fused, "__call__", counted)
    operands = made(name, np.random.default_rng(0))
    looped = results(name, operands)
    # the slope of digamma is polygamma, which loops do not know
    assert all(ran) or name == "digamma", ran
    assert ran
    assert all(a.dtype == np.float32 for a in looped)
    without_loops.undo()
    looped, written = both(name, operands, without_loops)
    compare(looped, written)


@pytest.mark.slow
@pytest.mark.parametrize("memory", ["columns", "sliced", "reversed", "a row", "expanded"])
@pytest.mark.parametrize("name", NAMES)
def test_any_memory(name: str, memory: str, without_loops: pytest.MonkeyPatch) -> None:
    looped, written = both(name, made(name, np.random.default_rng(1), memory), without_loops)
    compare(looped, written)
    if memory in ("columns", "sliced"):
        assert looped[0].strides == written[0].strides


@pytest.mark.quick_share(6)
@pytest.mark.parametrize("name", NAMES)
def test_hard_numbers(name: str, without_loops: pytest.MonkeyPatch) -> None:
    """NaN and infinities, zeros, tails and bounds: the text's value and slopes. The smallest number of all is
    left out, of which NumPy's text rounds a square root of 2 away."""
    count = len(registry[name].operands)
    hard = [x for x in HARD if abs(x) != TINY]
    hard = hard if count < 3 else hard[:12] + hard[-3:]
    grid = np.array(list(itertools.product(hard, repeat=count)), np.float32).T
    grid = np.tile(grid, (1, -(-LEAST // grid.shape[1]) if name not in ALONG_ROWS else 40))
    operands = list(grid.copy())
    if name == "where":
        operands[0] = operands[0] > 0
    with np.errstate(all="ignore"):
        looped, written = both(name, operands, without_loops)
    for a, b in zip(looped, written, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=2e-38)


@pytest.mark.parametrize("exponent", [3, 0.5, -1.5, 2, -2.0])
def test_a_number_beside_an_array(exponent: float) -> None:
    x = np.random.default_rng(0).uniform(0.5, 2, 20000).astype(np.float32)
    out = ops.power(x, exponent)
    assert out.dtype == np.float32
    np.testing.assert_allclose(out, x.astype(np.float64) ** exponent, rtol=2e-7)


def test_hard_angles() -> None:
    """Beside whole multiples of pi / 2, and far out, where they are reduced by as many digits as it takes."""
    x = np.concatenate([np.arange(20000) * np.pi / 2, 10.0 ** np.linspace(5, 38, 10000)]).astype(np.float32)
    for function, exact in ((ops.sin, np.sin), (ops.cos, np.cos), (ops.tan, np.tan)):
        np.testing.assert_allclose(function(x), exact(x.astype(np.float64)), rtol=3e-7)


def test_a_saturated_sigmoid_keeps_its_slopes() -> None:
    x = ag.linspace(-100, 100, 20001, requires_grad=True)
    ag.sigmoid(x).sum().backward()
    assert x.grad is not None
    wide = x.detach().double()
    ag.testing.assert_close(x.grad.double(), ag.sigmoid(wide) * ag.sigmoid(-wide), rtol=1e-5, atol=1e-37)


def test_second_derivatives_are_recorded() -> None:
    x = ag.linspace(0.1, 1, 10000, requires_grad=True)
    (first,) = ag.autograd.grad(ag.sin(x).sum(), x, create_graph=True)
    (second,) = ag.autograd.grad(first.sum(), x)
    ag.testing.assert_close(second, -ag.sin(x.detach()))


def test_slopes_as_numbers_of_numpys() -> None:
    x = ag.linspace(-2, 2, 5)
    assert ag.nn.functional.leaky_relu(x, np.array(0.1)).dtype == ag.float32
