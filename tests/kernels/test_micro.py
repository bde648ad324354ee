"""The product in registers, at every width, with and without what was there before; and the transposed tile."""

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from autograd_cnn.ops.kernels._micro import COLUMNS, LANES, ROWS, multiply, transpose_tile  # noqa: E402 - after importorskip


@numba.njit
def _multiply(add, a, offsets, steps, b, c, rows, columns, outer):
    inner = steps // outer
    multiply(
        add, a.ctypes.data, offsets.ctypes.data, inner, 1, b.ctypes.data, inner * b.shape[1], b.shape[1], outer, inner,
        c.ctypes.data, c.shape[1], rows, columns,
    )  # fmt: skip


@pytest.mark.parametrize("columns", sorted({1, LANES - 1, LANES, LANES + 1, COLUMNS - LANES + 1, COLUMNS - 1, COLUMNS}))
@pytest.mark.parametrize("rows", range(1, ROWS + 1))
@pytest.mark.parametrize("add", [False, True])
def test_product_of_a_few_rows(rows: int, columns: int, add: bool) -> None:
    draw = np.random.default_rng([rows, columns])
    a, b = draw.standard_normal((rows, 12)).astype("f"), draw.standard_normal((12, columns)).astype("f")
    c = np.full((rows + 1, columns + 1), 7, np.float32)
    expected = c.copy()
    expected[:rows, :columns] = a.astype(float) @ b + (7 if add else 0)
    _multiply(add, a, np.arange(ROWS) * 12, 12, b, c, rows, columns, 3)
    np.testing.assert_allclose(c, expected, rtol=1e-5, atol=1e-5)


def test_nothing_is_read_or_written_beyond_the_columns() -> None:
    memory = np.full(4 * LANES, np.nan, np.float32)
    a, b, c = np.ones((1, 1), np.float32), memory[: LANES + 1].reshape(1, -1), memory[2 * LANES : 3 * LANES + 1].reshape(1, -1)
    b[:] = 2
    _multiply(False, a, np.zeros(ROWS, np.int64), 1, b, c, 1, LANES + 1, 1)
    assert (c == 2).all()
    assert np.isnan(memory[LANES + 1 : 2 * LANES]).all()
    assert np.isnan(memory[3 * LANES + 1 :]).all()


@numba.njit
def _transpose(source, out, table):
    transpose_tile(source.ctypes.data, source.shape[1], out.ctypes.data, table.ctypes.data)


def test_transposed_tile() -> None:
    source = np.arange(LANES * (LANES + 3), dtype=np.float32).reshape(LANES, LANES + 3)
    out, order = np.zeros((LANES, LANES), np.float32), np.random.default_rng(0).permutation(LANES)
    _transpose(source, out, order * LANES)
    np.testing.assert_array_equal(out[order], source[:, :LANES].T)
