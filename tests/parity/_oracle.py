"""One call made twice, with PyTorch and with this package: values, shapes, dtypes, first and second gradients must agree."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np
import torch

import autograd_cnn
from autograd_cnn.autograd import grad

Call = Callable[..., Any]

DOMAINS: dict[str, Callable[[np.random.Generator, tuple[int, ...]], Any]] = {
    "real": lambda rng, shape: rng.standard_normal(shape) * 1.5,
    "positive": lambda rng, shape: rng.uniform(0.3, 3.0, shape),
    "above one": lambda rng, shape: rng.uniform(1.2, 3.0, shape),
    "unit": lambda rng, shape: rng.uniform(-0.9, 0.9, shape),
    "probability": lambda rng, shape: rng.uniform(0.05, 0.95, shape),
    "away from zero": lambda rng, shape: rng.uniform(0.4, 2.0, shape) * rng.choice([-1.0, 1.0], shape),
    "fractions": lambda rng, shape: rng.integers(-4, 4, shape) + rng.uniform(0.2, 0.4, shape),
    "distinct": lambda rng, shape: (rng.permutation(int(np.prod(shape))).reshape(shape) - 3.0) * 0.37,
    "some zeros": lambda rng, shape: rng.standard_normal(shape) * (rng.random(shape) > 0.3),
    "integer": lambda rng, shape: rng.integers(-5, 6, shape),
    "natural": lambda rng, shape: rng.integers(1, 6, shape),
    "mask": lambda rng, shape: rng.random(shape) > 0.5,
}
"""How the operands of a row are drawn."""

ONE = [((3, 4),), ((),), ((0, 3),), ((2, 1, 3),)]
TWO = [((3, 4), (3, 4)), ((2, 1, 3), (4, 1)), ((), (3,)), ((3,), ()), ((0, 3), (3,)), ((), ())]
THREE = [((3, 4), (3, 4), (3, 4)), ((2, 1, 3), (4, 1), ()), ((0, 3), (3,), (1, 3))]


class Row(NamedTuple):
    """One operator: its call, and from which numbers and shapes each operand is drawn."""

    name: str
    call: Call
    """``call(module, *operands)``, where ``module`` is ``torch`` or this package."""
    domains: tuple[str, ...] = ("real",)
    shapes: Any = None
    gradient: bool = True
    tolerance: float = 1.0
    """A factor on the allowed error, for what PyTorch itself computes less exactly."""

    def __str__(self) -> str:
        return self.name


def layouts(row: Row, quick: bool) -> Iterator[tuple[str, list[np.ndarray[Any, Any]]]]:
    """The operands of every check of ``row``: each tuple of shapes, both precisions, and operands that are not contiguous."""
    shapes = row.shapes or {1: ONE, 2: TWO, 3: THREE}[len(row.domains)]
    for i, group in enumerate(shapes[:2] if quick else shapes):
        for dtype in ("float64",) if quick else ("float64", "float32"):
            for spread in (False,) if quick else (False, True):
                rng = np.random.default_rng([i, len(row.name), sum(map(ord, row.name))])
                arrays = [DOMAINS[domain](rng, shape) for domain, shape in zip(row.domains, group, strict=True)]
                arrays = [np.asarray(a, dtype if np.asarray(a).dtype.kind == "f" else None) for a in arrays]
                yield f"{group}, {dtype}{', strided' if spread else ''}", [_spread(a) if spread else a for a in arrays]


def _spread(a: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The same elements in memory that is not contiguous, the axes in reverse order."""
    if a.ndim == 0:
        return a
    room = np.zeros(tuple(2 * n for n in reversed(a.shape)), a.dtype)
    view = room[tuple(slice(None, None, 2) for _ in a.shape)].T
    view[...] = a
    return view


def results(value: Any) -> list[Any]:
    """The tensors in a call's result, in order."""
    if isinstance(value, (tuple, list)):
        return [part for item in value for part in results(item)]
    return [value]


class Run(NamedTuple):
    """What one side computed, as arrays."""

    values: list[Any]
    first: list[Any]
    second: list[Any]


def run(module: Any, make: Call, differentiate: Call, call: Call, arrays: list[Any], gradient: bool, order: int = 2) -> Run:
    """Values, gradients and second gradients of ``call``, each result weighted with fixed numbers."""
    operands = [make(a) for a in arrays]
    wanted = [o for o, a in zip(operands, arrays, strict=True) if gradient and a.dtype.kind == "f"]
    for o in wanted:
        o.requires_grad_(True)
    outs = results(call(module, *operands))
    values = [o.detach().numpy() if hasattr(o, "detach") else o for o in outs]
    rng = np.random.default_rng(7)

    def weighted(tensors: list[Any]) -> Any:
        total = None
        for t in tensors:
            weights = np.asarray(rng.uniform(0.5, 1.5, tuple(t.shape)))
            if t.requires_grad:
                part = (t * make(weights.astype(t.detach().numpy().dtype))).sum()
                total = part if total is None else total + part
        return total

    first, second = [], []
    loss = weighted([o for o in outs if hasattr(o, "detach")]) if wanted else None
    if loss is not None:
        first = list(differentiate(loss, wanted, create_graph=order > 1, allow_unused=True))
        again = weighted([g for g in first if g is not None]) if order > 1 else None
        second = [None] * len(wanted) if again is None else list(differentiate(again, wanted, allow_unused=True))

    def plain(gradients: list[Any]) -> list[Any]:
        return [np.zeros(a.array.shape if hasattr(a, "array") else tuple(a.shape)) if g is None else g.detach().numpy(force=True) for g, a in zip(gradients, wanted, strict=True)]

    return Run(values, plain(first) if first else [], plain(second) if second else [])


def run_torch(call: Call, arrays: list[Any], gradient: bool = True, order: int = 2) -> Run:
    """The call by PyTorch."""
    return run(torch, lambda a: torch.from_numpy(np.asarray(a)), torch.autograd.grad, call, arrays, gradient, order)


def run_ours(call: Call, arrays: list[Any], gradient: bool = True, order: int = 2) -> Run:
    """The call by this package."""
    return run(autograd_cnn, autograd_cnn.from_numpy, grad, call, arrays, gradient, order)


def assert_same(ours: Run, theirs: Run, what: str, tolerance: float = 1.0) -> None:
    """Values with their shapes and dtypes, and both gradients, agree."""
    assert len(ours.values) == len(theirs.values), what
    for mine, other in zip(ours.values, theirs.values, strict=True):
        assert np.shape(mine) == np.shape(other), f"{what}: shape {np.shape(mine)}, PyTorch {np.shape(other)}"
        if hasattr(other, "dtype"):
            assert mine.dtype == other.dtype, f"{what}: dtype {mine.dtype}, PyTorch {other.dtype}"
        _close(mine, other, f"{what}: value", tolerance)
    for name, mine_all, other_all in (("gradient", ours.first, theirs.first), ("second gradient", ours.second, theirs.second)):
        assert len(mine_all) == len(other_all), f"{what}: {name} of {len(mine_all)} operands, PyTorch {len(other_all)}"
        for i, (mine, other) in enumerate(zip(mine_all, other_all, strict=True)):
            _close(mine, other, f"{what}: {name} of operand {i}", tolerance * 10)


def _close(mine: Any, other: Any, what: str, tolerance: float) -> None:
    if np.asarray(other).dtype.kind != "f":
        np.testing.assert_array_equal(mine, other, err_msg=what)
        return
    error = tolerance * (2e-6 if np.asarray(other).dtype == np.float32 else 1e-12)
    np.testing.assert_allclose(mine, other, rtol=error, atol=error, equal_nan=True, err_msg=what)
