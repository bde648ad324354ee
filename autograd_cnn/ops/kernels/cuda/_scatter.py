"""Rows added to rows by number: the gradients of embeddings, gathers and indices."""

import numpy as np

from .. import _switches
from ._launch import Family, cupy, u32

_kernels = Family("scatter")


def add_rows(count, rows, values):
    """``count`` rows of zeros to which ``values`` (K, ...) are added, the k-th to row ``rows[k]``, a number
    from 0 on.

    In a fixed order where deterministic algorithms are asked for, which takes a sort; and for half precision,
    which has no atomic addition here.
    """
    out = cupy().zeros((count, *values.shape[1:]), values.dtype)
    numbers = (u32(len(values)), u32(values.size // len(values)))
    rows = rows.astype(np.int64, copy=False)
    if not _switches.deterministic and values.dtype.char != "e":
        _kernels.each("add_rows", values.size, rows, values, out, *numbers, like=values)
        return out
    order = cupy().argsort(rows, kind="stable").astype(np.int64, copy=False)
    _kernels.each("add_sorted_rows", values.size, rows[order], order, values, out, *numbers, like=values)
    return out
