"""Matrix products."""

from typing import Any

from .. import ops


def matmul(input: Any, other: Any) -> Any:
    """The matrix product; vectors count as a row on the left and a column on the right, leading dimensions broadcast."""
    x, y = input, other
    if x.ndim == 0 or y.ndim == 0:
        raise RuntimeError(f"both arguments to matmul need to be at least 1D, but they are {x.ndim}D and {y.ndim}D")
    if x.ndim >= 2 and y.ndim >= 2:
        return ops.matmul(x, y)
    if x.ndim == 1:
        x = ops.reshape(x, shape=(1, *x.shape))
    if y.ndim == 1:
        y = ops.reshape(y, shape=(*y.shape, 1))
    out = ops.matmul(x, y)
    shape = list(out.shape)
    if other.ndim == 1:
        del shape[-1]
    if input.ndim == 1:
        del shape[-1 if other.ndim == 1 else -2]
    return ops.reshape(out, shape=tuple(shape))


def mm(input: Any, mat2: Any) -> Any:
    """The product of two matrices."""
    if input.ndim != 2 or mat2.ndim != 2:
        raise RuntimeError(f"mm: both tensors must be 2D, got {input.ndim}D and {mat2.ndim}D; matmul broadcasts")
    return ops.matmul(input, mat2)
