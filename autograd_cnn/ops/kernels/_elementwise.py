"""ReLU and its gradient in one pass, in parallel; arrays are flat."""

import numpy as np
from numba import prange

from .._arrays import in_memory_order
from ._launch import kernel, read, written

PIECE = 2**14
"""Elements of a piece: what a thread takes at a time."""


@kernel(read(1), written(1))
def _relu(x, out):
    for piece in prange((x.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b = x[begin:end], out[begin:end]
        for i in range(a.size):
            b[i] = np.float32(0) if a[i] < 0 else a[i]


@kernel(read(1), read(1), written(1))
def _relu_gradient(g, out, result):
    for piece in prange((g.size + PIECE - 1) // PIECE):
        begin, end = piece * PIECE, (piece + 1) * PIECE
        a, b, c = g[begin:end], out[begin:end], result[begin:end]
        for i in range(a.size):
            c[i] = np.float32(0) if b[i] <= 0 else a[i]


def same_memory(*arrays):
    """Flat views of arrays that lie in memory alike and without gaps, or None."""
    turned = in_memory_order(*arrays)
    return None if turned is None else [a.reshape(-1) for a in turned]


def relu(x):
    """max(x, 0), laid out as ``x``; None where ``x`` has gaps."""
    flat = same_memory(x)
    if flat is None:
        return None
    out = np.empty_like(x)
    _relu.sized(x.size, flat[0], *same_memory(out))
    return out


def relu_gradient(g, out):
    """``g``, and 0 where ``out`` is not above 0; None where the two lie differently in memory."""
    flat = same_memory(g, out)
    if flat is None:
        return None
    result = np.empty_like(g)
    _relu_gradient.sized(g.size, *flat, *same_memory(result))
    return result
