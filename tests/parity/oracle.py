"""Run one function with this library and with PyTorch on the same numbers, and compare all that a user can see.

Compared are values, shapes, dtypes and views of the results, the gradient of a random projection of them, and the gradient
of a random projection of that gradient.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pytest

import autograd_cnn as ours

theirs = pytest.importorskip("torch")

DTYPES = ("float64", "float32")
LAYOUTS = ("contiguous", "transposed")


class Row(NamedTuple):
    """One function and the shapes (or arrays) of its operands; integer and boolean arrays get no gradient."""

    name: str
    function: Callable[..., Any]
    operands: tuple[Any, ...]
    order: int = 2
    """Up to which derivative it is compared."""

    def __str__(self) -> str:
        return self.name


def rows(table: dict[str, Sequence[Any]], order: int = 2) -> list[Any]:
    """A table ``name: (function, operands, ...)`` as parameters of a test; operands after the first are marked slow."""
    out = []
    for name, (function, *cases) in table.items():
        for i, case in enumerate(cases):
            row = Row(f"{name}-{i}", function, case, order)
            out.append(pytest.param(row, id=str(row), marks=[] if i == 0 else [pytest.mark.slow]))
    return out


def _array(spec: Any, random: np.random.Generator, dtype: str, layout: str) -> Any:
    if isinstance(spec, tuple):
        spec = random.standard_normal(spec)
    array = np.asarray(spec)
    if array.dtype.kind == "f":
        array = array.astype(dtype)
    if layout == "transposed" and array.ndim > 1:
        array = np.ascontiguousarray(array.T).T
    return array


def flat(result: Any) -> list[Any]:
    """The tensors in a result, in order."""
    if isinstance(result, (tuple, list)):
        return [x for part in result for x in flat(part)]
    return [result]


def _run(lib: Any, function: Callable[..., Any], arrays: list[Any], weights: Callable[[int, Any], Any], order: int) -> dict[str, list[Any]]:
    leaves = [lib.from_numpy(a.copy(order="K")) for a in arrays]
    for leaf, a in zip(leaves, arrays, strict=True):
        if a.dtype.kind == "f" and order:
            leaf.requires_grad_()
    outputs = flat(function(lib, *leaves))
    seen: dict[str, list[Any]] = {"results": [_seen(x) for x in outputs]}
    wanted = [leaf for leaf in leaves if leaf.requires_grad]
    for level in range(1, order + 1):
        parts = [(x * lib.from_numpy(weights(level * 100 + i, x))).sum() for i, x in enumerate(outputs) if getattr(x, "requires_grad", False)]
        if not parts:
            break
        total: Any = sum(parts)
        grads = lib.autograd.grad(total, wanted, create_graph=level < order, allow_unused=True)
        seen[f"gradient of order {level}"] = [
            np.zeros(tuple(leaf.shape)) if g is None else g.detach().numpy() for g, leaf in zip(grads, wanted, strict=True)
        ]
        outputs = list(grads)
    return seen


def _seen(x: Any) -> Any:
    return (x.detach().numpy(), str(x.dtype).removeprefix("torch.")) if hasattr(x, "detach") else x


def compare(row: Row, dtype: str = "float64", layout: str = "contiguous", seed: int = 0) -> None:
    """Assert that both libraries show the same."""
    random = np.random.default_rng(seed)
    arrays = [_array(spec, random, dtype, layout) for spec in row.operands]

    def weights(key: int, x: Any) -> Any:
        return np.random.default_rng(key).standard_normal(tuple(x.shape)).astype(str(x.dtype).removeprefix("torch."))

    expected = _run(theirs, row.function, arrays, weights, row.order)
    found = _run(ours, row.function, arrays, weights, row.order)
    tolerance = 1e-8 if dtype == "float64" else 2e-3
    assert len(found["results"]) == len(expected["results"])
    for a, b in zip(found["results"], expected["results"], strict=True):
        if not isinstance(b, tuple):
            assert a == b
            continue
        assert a[0].shape == b[0].shape, "the shape of a result"
        assert a[1] == b[1], "the dtype of a result"
        np.testing.assert_allclose(a[0], b[0], rtol=tolerance, atol=tolerance, err_msg="a result")
    for level in ("gradient of order 1", "gradient of order 2"):
        a_level, b_level = found.get(level, []), expected.get(level, [])
        for i in range(max(len(a_level), len(b_level))):
            zero = np.zeros(())
            a, b = (side[i] if i < len(side) else zero for side in (a_level, b_level))
            scale = max(1.0, float(np.abs(b).max(initial=0.0)))
            np.testing.assert_allclose(a, np.broadcast_to(b, np.broadcast_shapes(a.shape, b.shape)), rtol=tolerance, atol=tolerance * scale, err_msg=level)


def same_error(function: Callable[..., Any], *arrays: Any) -> None:
    """Assert that both libraries refuse the call, with the same type of error: Python's type beneath, where PyTorch derives one."""
    with pytest.raises(Exception) as expected:  # noqa: PT011 - PyTorch decides which type it is
        function(theirs, *[theirs.from_numpy(np.array(a)) for a in arrays])
    known = next(kind for kind in expected.type.__mro__ if kind.__module__ == "builtins")
    with pytest.raises(known):
        function(ours, *[ours.from_numpy(np.array(a)) for a in arrays])
