"""Scans by compiled loops: along any axis, from either end, in the bits of NumPy's scan in float64."""

from typing import Any

import numpy as np
import pytest

from autograd_cnn import ops
from autograd_cnn.ops import kernels

pytest.importorskip("numba")

SHAPES = [(5,), (3, 1000), (40, 3, 70), (4, 5, 1), (100, 129)]
SCANS: dict[str, Any] = {
    "sum": lambda x, axis: ops.cumsum(x, axis=axis),
    "sum from the end": lambda x, axis: ops.cumsum(x, axis=axis, reverse=True),
    "product": lambda x, axis: ops.cumprod(x, axis=axis),
}


@pytest.mark.parametrize("dtype", ["f4", "f8", "i8"])
@pytest.mark.parametrize("name", SCANS)
def test_scan(name: str, dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 0)
    draw = np.random.default_rng(0)
    for shape in SHAPES:
        x = (draw.standard_normal(shape) * 2).astype(dtype)
        if dtype[0] == "f":
            x.flat[3::41], x.flat[4::1013] = np.inf, np.nan
        for laid in (x, np.asfortranarray(x), np.flip(x.copy(), -1)):
            for axis in range(-1, len(shape) - 1):
                found = SCANS[name](laid, axis)
                with kernels.using_numpy(), np.errstate(all="ignore"):
                    np.testing.assert_array_equal(found, SCANS[name](laid, axis))


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_recurrence(dtype: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 0)
    draw = np.random.default_rng(0)
    for shape in SHAPES:
        a, b = (draw.uniform(-1, 1, shape).astype(dtype) for _ in range(2))
        for axis in range(len(shape)):
            found = ops.recurrence(a, np.asfortranarray(b), axis=axis)
            with kernels.using_numpy():
                expected = ops.recurrence(a, b, axis=axis)
            np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)
