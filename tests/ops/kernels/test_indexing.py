"""Reading and writing by index in compiled loops: what NumPy's text reads and writes, for every dtype, along
any axis, with indices that name a place twice, count from the end, or are out of bounds."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import autograd_cnn as ac
from autograd_cnn import ops
from autograd_cnn.ops import kernels
from autograd_cnn.ops._writing import kept_along, write_along, written_along

pytest.importorskip("numba")

Array = Any
SHAPES = [(7, 30), (300, 3), (5000,), (3, 4, 65), (2, 3, 1, 5), (1, 1)]
DTYPES = ["f4", "f8", "f2", "i8", "i4", "u1", "?"]


@pytest.fixture(autouse=True)
def _every_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernels, "SMALL", 0)


def cases() -> Iterator[tuple[Array, Array, int, Any]]:
    """An array, an index beside it, the axis, and a generator."""
    draw = np.random.default_rng(0)
    for shape in SHAPES:
        for axis in range(-1, len(shape) - 1):
            for count in (1, shape[axis], 2 * shape[axis] + 3):
                beside = list(shape)
                beside[axis] = count
                index = draw.integers(0, shape[axis], beside)
                yield draw.standard_normal(shape) * 9, index, axis, draw


def same(primitive: Callable[..., Array], *operands: Array, **parameters: Any) -> None:
    """A kernel gives what NumPy gives; sums up to rounding, for NumPy rounds them more often."""
    found = primitive(*operands, **parameters)
    with kernels.using_numpy():
        expected = primitive(*operands, **parameters)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    if primitive in (ops.put_along, ops.additem):
        np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-4)
    else:
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", DTYPES)
def test_along_an_axis(dtype: str) -> None:
    for values, index, axis, draw in cases():
        x, v = values.astype(dtype), (draw.standard_normal(index.shape) * 9).astype(dtype)
        for laid in (x, np.asfortranarray(x), np.flip(x.copy(), 0)):
            same(ops.take_along, laid, index, axis=axis)
            same(kept_along, laid, np.asfortranarray(index), axis=axis)
        same(ops.take_along, x, index - x.shape[axis], axis=axis)
        same(ops.take_along, x, index.astype(np.int32), axis=axis)
        for source in (v, np.asfortranarray(v), np.array(1, dtype)):
            same(write_along, x, source, index, axis=axis)
        same(written_along, v, index, axis=axis, shape=x.shape)
        same(ops.put_along, np.flip(v, 0), index, axis=axis, shape=x.shape)


@pytest.mark.parametrize("dtype", DTYPES)
def test_rows(dtype: str) -> None:
    for values, _, axis, draw in cases():
        x, axis = values.astype(dtype), axis % values.ndim
        for shape in ((5,), (2, 3), (400,)):
            names = draw.integers(-x.shape[axis], x.shape[axis], shape)
            index = (*[slice(None)] * axis, names) if axis else names
            same(ops.getitem, x, index=index)
            same(ops.getitem, np.asfortranarray(x), index=index)
            g = (draw.standard_normal(x[index].shape) * 9).astype(dtype)
            same(ops.additem, g, index=index, shape=x.shape)


def test_nothing_is_lost_where_much_comes_to_one_place() -> None:
    ones, index = np.full((300_000, 1), 0.1, np.float32), np.zeros((300_000, 1), np.int64)
    total = np.float32(300_000 * float(np.float32(0.1)))
    assert ops.put_along(ones, index, axis=0, shape=(2, 1))[0, 0] == total
    assert ops.additem(ones, index=index[:, 0], shape=(2, 1))[0, 0] == total
    assert (ops.additem(ones.repeat(3, 1), index=index[:, 0], shape=(2, 3))[0] == total).all()


@pytest.mark.parametrize("wrong", [-1, 50, 2**40, -(2**40)])
def test_an_index_out_of_bounds_is_an_error(wrong: int) -> None:
    x, index = ac.zeros(50, 200), ac.zeros(50, 200, dtype=ac.int64)
    index[3, 7] = wrong
    for call in (
        lambda: x.gather(0, index),
        lambda: x.scatter(0, index, x),
        lambda: x.scatter_add(0, index, x),
    ):
        with pytest.raises(RuntimeError, match=f"index {wrong} is out of bounds for dimension with size 50"):
            call()
    with pytest.raises(IndexError, match="out of range"):
        ac.nn.functional.embedding(index, x)
    if wrong != -1:
        with pytest.raises(IndexError, match="out of bounds"):
            x[index[3]]


@pytest.mark.parametrize("name", ["take", "put", "write", "rows"])
def test_the_same_bits_for_any_number_of_threads(name: str) -> None:
    draw = np.random.default_rng(0)
    x, index = draw.standard_normal((500, 700)).astype("f"), draw.integers(0, 500, (500, 700))
    calls = {
        "take": lambda: ops.take_along(x, index, axis=0),
        "put": lambda: ops.put_along(x, index, axis=0, shape=x.shape),
        "write": lambda: write_along(x, x, index, axis=0),
        "rows": lambda: ops.additem(x, index=index[:, 0], shape=(500, 700)),
    }
    before, found = ac.get_num_threads(), []
    try:
        for threads in (1, 2):
            ac.set_num_threads(threads)
            found.append(calls[name]())
    finally:
        ac.set_num_threads(before)
    np.testing.assert_array_equal(*found)
