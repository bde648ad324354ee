"""Order by compiled loops: that of NumPy's stable sort, for every dtype, along any axis, and the first."""

from typing import Any

import numpy as np
import pytest

pytest.importorskip("numba")

from autograd_cnn.ops import argsort, kernels

SHAPES = [((3, 1000), 1), ((300, 3), 0), ((5000,), 0), ((2, 7, 60), 1), ((4, 17), 1), ((1, 1), 0)]
DTYPES = ["f4", "f8", "f2", "i8", "i4", "i2", "i1", "u1", "u4", "?"]


def numbers(dtype: str, shape: tuple[int, ...]) -> Any:
    """Numbers with many ties, and all that is no ordinary number."""
    draw = np.random.default_rng(len(shape))
    x = draw.standard_normal(shape) * 40
    if dtype == "i8":
        return (x * 2.0**30).astype(dtype) if len(shape) > 1 else x.astype(dtype)
    if dtype[0] != "f":
        return (x > 0) if dtype == "?" else np.abs(x).astype(dtype) if dtype[0] == "u" else x.astype(dtype)
    x = x.astype(dtype)
    odd = [0.0, -0.0, np.nan, -np.nan, np.inf, -np.inf, 5e-324 if dtype == "f8" else 1e-45, 3.0]
    for i, value in enumerate(odd):
        x.flat[i :: 11 + i] = value
    return x


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("dtype", DTYPES)
def test_order(dtype: str, descending: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 0)
    for shape, axis in SHAPES:
        x = numbers(dtype, shape)
        for count in (None, 0, 1, 2, 5, x.shape[axis] // 17, x.shape[axis] // 2):
            given = {"axis": axis, "descending": descending, "count": count}
            if count is not None and count > x.shape[axis]:
                continue
            with kernels.using_numpy():
                expected = argsort(x, **given)
            for laid in (x, np.asfortranarray(x), np.flip(np.flip(x, axis).copy(), axis)):
                found = argsort(laid, **given)
                assert found.dtype == np.int64
                assert found.flags.c_contiguous
                np.testing.assert_array_equal(found, expected, err_msg=f"{shape} {given}")


def test_the_first_of_what_is_all_alike() -> None:
    x = np.zeros((2, 40_000), np.float32)
    np.testing.assert_array_equal(argsort(x, count=9), [range(9)] * 2)
    x[:, 100:] = -1
    np.testing.assert_array_equal(argsort(x, descending=True, count=102), [range(102)] * 2)
