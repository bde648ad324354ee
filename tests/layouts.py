"""The same numbers in other memory: any order of axes, any steps, gaps full of NaN, addresses that are no
multiple of anything."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def junk(dtype: np.dtype[Any]) -> Any:
    """What stands where nobody may read: NaN, or the largest number."""
    return np.nan if dtype.kind == "f" else np.iinfo(dtype).max if dtype.kind in "iu" else True


def relaid(x: Array, draw: np.random.Generator) -> Array:
    """The numbers of ``x`` in memory of its own, laid out at random. About every third time some axes are
    expanded: their numbers become those of the first index, in steps of 0."""
    for axis in range(x.ndim):
        if x.shape[axis] > 1 and draw.random() < 0.1:
            return np.broadcast_to(relaid(x.take([0], axis), draw), x.shape)
    order = draw.permutation(x.ndim) if draw.random() < 0.7 else np.arange(x.ndim)
    gaps = draw.random() < 0.7
    steps = draw.choice([1, 1, 2, 3], x.ndim) if gaps else np.ones(x.ndim, int)
    before = draw.integers(0, 3, x.ndim) * gaps
    after = draw.integers(0, 3, x.ndim) * gaps
    sizes = [int(n * s + a + b) for n, s, a, b in zip(x.shape, steps, before, after, strict=True)]
    wide = _memory([sizes[axis] for axis in order], x.dtype, int(draw.choice([0, 0, 1, 4])))
    wide = wide.transpose(np.argsort(order))
    place = tuple(
        slice(int(b), int(b + n * s), int(s)) for b, n, s in zip(before, x.shape, steps, strict=True)
    )
    out = wide[*place, ...]
    backwards = tuple(slice(None, None, -1 if gaps and draw.random() < 0.3 else 1) for _ in range(x.ndim))
    out = out[*backwards, ...]
    out[...] = x
    if draw.random() < 0.2:
        out.flags.writeable = False
    return out


def _memory(sizes: list[int], dtype: np.dtype[Any], offset: int) -> Array:
    """Memory full of junk that begins ``offset`` bytes behind an aligned address."""
    count = int(np.prod(sizes, dtype=np.int64))
    whole = np.empty(count * dtype.itemsize + 64, np.uint8)
    out = np.ndarray(sizes, dtype, whole, offset)
    out[...] = junk(dtype)
    return out


def in_rows(x: Array) -> Array:
    """The same numbers in C order, in memory of their own."""
    return np.array(x, order="C", copy=True)
