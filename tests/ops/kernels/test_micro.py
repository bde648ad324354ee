"""The product in registers, at every width, with and without what was there before; and the transposed
tile."""

import numpy as np
import pytest

numba = pytest.importorskip("numba")

from autograd_cnn.ops.kernels._each import ROWS_EACH, multiply_each  # noqa: E402 - after importorskip
from autograd_cnn.ops.kernels._micro import COLUMNS, ROWS, ZEROS, multiply  # noqa: E402 - after importorskip
from autograd_cnn.ops.kernels._vectors import LANES, transpose_tile  # noqa: E402 - after importorskip


@numba.njit
def _multiply(start, start_row, a, offsets, steps, b, c, rows, columns, outer):
    inner = steps // outer
    multiply(
        (start.ctypes.data, start_row),
        (a.ctypes.data, inner, 1),
        offsets.ctypes.data,
        (b.ctypes.data, inner * b.shape[1], b.shape[1]),
        (outer, inner),
        (c.ctypes.data, c.shape[1]),
        (rows, columns),
    )


@pytest.mark.parametrize(
    "columns", sorted({1, LANES - 1, LANES, LANES + 1, COLUMNS - LANES + 1, COLUMNS - 1, COLUMNS})
)
@pytest.mark.parametrize("rows", range(1, ROWS + 1))
@pytest.mark.parametrize("start", ["zeros", "bias", "itself"])
def test_product_of_a_few_rows(rows: int, columns: int, start: str) -> None:
    draw = np.random.default_rng([rows, columns])
    a, b = draw.standard_normal((rows, 12)).astype("f"), draw.standard_normal((12, columns)).astype("f")
    c = draw.standard_normal((rows + 1, columns + 1)).astype("f")
    bias = draw.standard_normal(columns).astype("f")
    expected = c.copy()
    expected[:rows, :columns] = (
        a.astype(float) @ b + {"zeros": 0, "bias": bias, "itself": c[:rows, :columns]}[start]
    )
    memory, apart = {"zeros": (ZEROS, 0), "bias": (bias, 0), "itself": (c, columns + 1)}[start]
    _multiply(memory, apart, a, np.arange(ROWS) * 12, 12, b, c, rows, columns, 3)
    np.testing.assert_allclose(c, expected, rtol=1e-5, atol=1e-5)


def test_nothing_is_read_or_written_beyond_the_columns() -> None:
    memory = np.full(4 * LANES, np.nan, np.float32)
    a, b, c = (
        np.ones((1, 1), np.float32),
        memory[: LANES + 1].reshape(1, -1),
        memory[2 * LANES : 3 * LANES + 1].reshape(1, -1),
    )
    b[:] = 2
    _multiply(ZEROS, 0, a, np.zeros(ROWS, np.int64), 1, b, c, 1, LANES + 1, 1)
    assert (c == 2).all()
    assert np.isnan(memory[LANES + 1 : 2 * LANES]).all()
    assert np.isnan(memory[3 * LANES + 1 :]).all()


@numba.njit
def _multiply_each(start, start_row, a, offsets, b, steps, c, rows, columns):
    multiply_each(
        (start.ctypes.data, start_row),
        a.ctypes.data,
        offsets.ctypes.data,
        b.ctypes.data,
        (steps.ctypes.data, len(steps)),
        (c.ctypes.data, c.shape[1]),
        (rows, columns),
    )


@pytest.mark.parametrize("columns", [1, LANES - 1, LANES, 2 * LANES + 3])
@pytest.mark.parametrize("rows", [1, min(ROWS_EACH), min(ROWS_EACH) + 1, 2 * max(ROWS_EACH) + 1])
@pytest.mark.parametrize("start", ["bias", "itself"])
def test_product_channel_by_channel(rows: int, columns: int, start: str) -> None:
    draw = np.random.default_rng([rows, columns])
    a, b = (draw.standard_normal((n, columns)).astype("f") for n in (rows + 5, 3))
    c = draw.standard_normal((rows + 1, columns + 1)).astype("f")
    bias = draw.standard_normal(columns).astype("f")
    offsets, taps = draw.permutation(rows), np.array([4, 0, 2])
    steps = 4 * columns * np.stack([taps, np.arange(3)], axis=1)
    expected = c.copy()
    sums = (a[offsets[:, None] + taps] * b.astype(float)).sum(axis=1)
    expected[:rows, :columns] = sums + (bias if start == "bias" else c[:rows, :columns])
    memory, apart = (bias, 0) if start == "bias" else (c, columns + 1)
    _multiply_each(memory, apart, a, offsets * columns, b, steps, c, rows, columns)
    np.testing.assert_allclose(c, expected, rtol=1e-5, atol=1e-5)


@numba.njit
def _transpose(source, rows, columns, out, table):
    transpose_tile(source.ctypes.data, source.shape[1], rows, columns, out.ctypes.data, table.ctypes.data)


@pytest.mark.parametrize("columns", [1, LANES - 1, LANES])
@pytest.mark.parametrize("rows", [1, 2, LANES - 1, LANES])
def test_transposed_tile(rows: int, columns: int) -> None:
    """Columns of the tile go where the table says, and nothing else is written."""
    source = np.arange(LANES * (LANES + 3), dtype=np.float32).reshape(LANES, LANES + 3)
    out, order = np.full((LANES, LANES + 1), -1, np.float32), np.random.default_rng(0).permutation(LANES)
    expected = out.copy()
    expected[order[:columns], :rows] = source[:rows, :columns].T
    _transpose(source, rows, columns, out, order * (LANES + 1))
    np.testing.assert_array_equal(out, expected)
