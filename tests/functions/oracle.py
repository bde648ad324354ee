"""Run one function with this library and with PyTorch on the same numbers, and compare all that a user can
see.

Compared are values, shapes and dtypes of the results, the gradient of a projection of them with fixed
weights, and the gradient of a projection of that gradient.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_cnn as ours
from tests.recorded import pytorch

DTYPES = ("float64", "float32")
LAYOUTS = ("contiguous", "transposed", "spread")

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
    """One function, and with which operands it is called; those of whole numbers or truth values get no
    gradient."""

    name: str
    function: Callable[..., Any]
    """``function(library, *operands)``, where ``library`` is this one or PyTorch."""
    domains: tuple[str, ...] = ("real",)
    cases: Sequence[tuple[Any, ...]] = ()
    """Groups of operands: the shape of each, which is drawn from its domain, or its array; those that
    broadcast, if none is given."""
    order: int = 2
    """Up to which derivative it is compared."""
    tolerance: float = 1.0
    """A factor on the allowed error, for what is an iteration or a long sum, or what PyTorch itself computes
    less exactly."""

    def __str__(self) -> str:
        return self.name

    def groups(self) -> Sequence[tuple[Any, ...]]:
        """The groups of operands it is compared on."""
        return self.cases or (ONE, TWO, THREE)[len(self.domains) - 1]


def rows(table: dict[str, Sequence[Any]], order: int = 2, tolerance: float = 1.0) -> list[Any]:
    """A table ``name: (function, operands, ...)`` as parameters of a test; operands after the first are
    marked slow."""
    out = []
    for name, (function, *cases) in table.items():
        for i, case in enumerate(cases):
            row = Row(f"{name}-{i}", function, ("real",) * len(case), [case], order, tolerance)
            out.append(pytest.param(row, id=str(row), marks=[] if i == 0 else [pytest.mark.slow]))
    return out


def _array(spec: Any, domain: str, random: np.random.Generator, dtype: str, layout: str) -> Any:
    array = np.array(DOMAINS[domain](random, spec) if isinstance(spec, tuple) else spec)
    if array.dtype.kind == "f":
        array = array.astype(dtype)
    if layout == "contiguous" or array.ndim == 0:
        return array
    return np.ascontiguousarray(array.T).T if layout == "transposed" else _spread(array)


def _spread(a: Any) -> Any:
    """The same elements in memory that is not contiguous, the axes in reverse order."""
    room = np.zeros(tuple(2 * n for n in reversed(a.shape)), a.dtype)
    view = room[tuple(slice(None, None, 2) for _ in a.shape)].T
    view[...] = a
    return view


def _flat(result: Any) -> list[Any]:
    """The tensors in a result, in order."""
    return [x for part in result for x in _flat(part)] if isinstance(result, (tuple, list)) else [result]


class Run(NamedTuple):
    """What one library computed, as arrays."""

    values: list[Any]
    gradients: list[list[Any]]
    """By order of the derivative, of every operand of floating point; zeros where nothing depends on it."""


def _run(library: Any, function: Callable[..., Any], arrays: Sequence[Any], order: int) -> Run:
    operands = [library.from_numpy(np.asarray(a)) for a in arrays]
    wanted = [x for x, a in zip(operands, arrays, strict=True) if order and a.dtype.kind == "f"]
    for x in wanted:
        x.requires_grad_()
    outputs = _flat(function(library, *operands))
    values = [x.detach().numpy() if hasattr(x, "detach") else x for x in outputs]
    levels = []
    for level in range(1, order + 1 if wanted else 1):
        live = [(i, x) for i, x in enumerate(outputs) if getattr(x, "requires_grad", False)]
        outputs = [None] * len(wanted)
        if live:
            total: Any = sum((x * library.from_numpy(_weights(level, i, x))).sum() for i, x in live)
            outputs = list(
                library.autograd.grad(total, wanted, create_graph=level < order, allow_unused=True)
            )
        levels.append(
            [
                np.zeros(tuple(x.shape)) if g is None else g.detach().numpy(force=True)
                for g, x in zip(outputs, wanted, strict=True)
            ]
        )
    return Run(values, levels)


def _weights(level: int, index: int, x: Any) -> Any:
    """All positive, so that where a gradient is infinite its sign shows."""
    return np.asarray(
        np.random.default_rng([level, index]).uniform(0.5, 1.5, tuple(x.shape)),
        str(x.dtype).removeprefix("torch."),
    )


def run_ours(function: Callable[..., Any], arrays: Sequence[Any], order: int = 2) -> Run:
    """The call by this library."""
    return _run(ours, function, arrays, order)


def run_torch(function: Callable[..., Any], arrays: Sequence[Any], order: int = 2) -> Run:
    """The call by PyTorch."""
    return Run(*pytorch(_run, function, arrays, order))


def compare(
    row: Row, dtype: str = "float64", layout: str = "contiguous", seed: int = 0, most: int | None = None
) -> None:
    """Assert that both libraries show the same for the groups of operands of ``row``, or for the first
    ``most``."""
    for i, group in enumerate(row.groups()[:most]):

        def drawn(i: int = i, group: tuple[Any, ...] = group) -> list[Any]:
            random = np.random.default_rng([seed, i, *row.name.encode()])
            return [
                _array(spec, domain, random, dtype, layout)
                for spec, domain in zip(group, row.domains, strict=True)
            ]

        found, expected = (
            run_ours(row.function, drawn(), row.order),
            run_torch(row.function, drawn(), row.order),
        )
        assert_same(found, expected, f"{row.name} of {group}, {dtype}, {layout}", row.tolerance)


def assert_same(found: Run, expected: Run, what: str, tolerance: float = 1.0) -> None:
    """Values with their shapes and dtypes, and gradients of every order, agree."""
    assert len(found.values) == len(expected.values), what
    for a, b in zip(found.values, expected.values, strict=True):
        if not hasattr(b, "dtype"):
            assert a == b, what
            continue
        assert a.dtype == b.dtype, f"{what}: dtype {a.dtype}, PyTorch {b.dtype}"
        _close(a, b, f"{what}: value", tolerance)
    for order, (ours_all, theirs_all) in enumerate(zip(found.gradients, expected.gradients, strict=True), 1):
        for i, (a, b) in enumerate(zip(ours_all, theirs_all, strict=True)):
            _close(a, b, f"{what}: gradient of order {order} of operand {i}", tolerance * 10)


def _close(found: Any, expected: Any, what: str, tolerance: float) -> None:
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, PyTorch {expected.shape}"
    if expected.dtype.kind != "f":
        np.testing.assert_array_equal(found, expected, err_msg=what)
        return
    error = tolerance * (2e-6 if np.float32 in (found.dtype, expected.dtype) else 1e-12)
    np.testing.assert_allclose(found, expected, rtol=error, atol=error, equal_nan=True, err_msg=what)


def same_error(function: Callable[..., Any], *arrays: Any) -> None:
    """Assert that both libraries refuse the call, with the same type of error: Python's type beneath, where
    PyTorch derives one."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 - PyTorch decides which type it is
        pytorch(lambda t: function(t, *[t.from_numpy(np.array(a)) for a in arrays]))
    with pytest.raises(expected.type):
        function(ours, *[ours.from_numpy(np.array(a)) for a in arrays])
