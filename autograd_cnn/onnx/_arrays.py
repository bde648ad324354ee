"""Arrays whose shape depends on sizes: filled with one number, counted along an axis, cut along a
diagonal."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._sizes import Array, Emit, Writer


class ArrayWriter:
    """Writes an array that was another one in every run, in sizes."""

    def __init__(self, writer: Writer, emit: Emit, constant: Any, type_of: Any) -> None:
        self._writer, self._emit, self._constant, self._type_of = writer, emit, constant, type_of

    def write(self, arrays: Sequence[Array]) -> str | None:
        """The array, or None where it is of none of these kinds."""
        if len({a.ndim for a in arrays}) > 1 or any(a.size == 0 for a in arrays):
            return None
        if len({a.shape for a in arrays}) == 1 and arrays[0].size == 1:
            return self.scalar(arrays)
        shape = self._writer.listed([[a.shape[axis] for a in arrays] for axis in range(arrays[0].ndim)])
        if shape is None:
            return None
        return self._filled(arrays, shape) or self._counted(arrays, shape) or self._cut(arrays, shape)

    def scalar(self, arrays: Sequence[Array]) -> str | None:
        """One number."""
        dtype = arrays[0].dtype
        if dtype.kind in "iu":
            name = self._writer.whole([int(a.reshape(())) for a in arrays])
        elif dtype.kind == "f":
            name = self._writer.real([float(a.reshape(())) for a in arrays], self._type_of(np.float64))
        else:
            name = None
        if name is None:
            return None
        name = self._emit("Cast", [name], to=self._type_of(dtype))
        return self._emit("Reshape", [name, self._writer.numbers(arrays[0].shape)])

    def _filled(self, arrays: Sequence[Array], shape: str) -> str | None:
        """One number everywhere."""
        if any(a.min() != a.max() for a in arrays if a.dtype.kind != "b") or any(
            a.all() != a.any() for a in arrays
        ):
            return None
        fills = [a.reshape(-1)[:1] for a in arrays]
        same = all(bool((f == fills[0]).all()) for f in fills)
        one = self._constant(fills[0]) if same else self.scalar(fills)
        return None if one is None else self._emit("Expand", [one, shape])

    def _index(self, arrays: Sequence[Array], axis: int) -> str:
        """0, 1, 2, ... along an axis, with length one along the others."""
        long = self._writer.whole([a.shape[axis] for a in arrays])
        zero, one = (self._constant(np.asarray(i, np.int64)) for i in (0, 1))
        scalar = self._emit("Reshape", [long, self._writer.numbers([])])
        counted = self._emit("Range", [zero, scalar, one])
        return self._emit(
            "Reshape",
            [counted, self._writer.numbers([-1 if i == axis else 1 for i in range(arrays[0].ndim)])],
        )

    def _counted(self, arrays: Sequence[Array], shape: str) -> str | None:
        """An arithmetic series along one axis, the same along the others."""
        if arrays[0].dtype.kind not in "if":
            return None
        for axis in range(arrays[0].ndim):
            rows = [np.moveaxis(a, axis, -1).reshape(-1, a.shape[axis]).astype(np.float64) for a in arrays]
            steps = [float(r[0, 1] - r[0, 0]) if r.shape[1] > 1 else 0.0 for r in rows]
            fits = all(
                np.allclose(r, r[:1, :1] + step * np.arange(r.shape[1]), rtol=1e-5, atol=1e-6 * abs(r).max())
                for r, step in zip(rows, steps, strict=True)
            )
            if not fits or not all(steps):
                continue
            double = self._type_of(np.float64)
            by, first = self._real(steps), self._real([float(r[0, 0]) for r in rows])
            if by is None or first is None:
                return None
            index = self._emit("Cast", [self._index(arrays, axis)], to=double)
            line = self._emit("Add", [self._emit("Mul", [index, by]), first])
            cast = self._emit("Cast", [line], to=self._type_of(arrays[0].dtype))
            return self._emit("Expand", [cast, shape])
        return None

    def _real(self, values: Sequence[float]) -> str | None:
        if max(values) - min(values) <= 1e-6 * max(map(abs, values)):
            return str(self._constant(np.array([values[0]])))
        return self._writer.real(values, self._type_of(np.float64))

    def _cut(self, arrays: Sequence[Array], shape: str) -> str | None:
        """Two numbers, on either side of a diagonal of the last two axes, or on it and beside it."""
        if arrays[0].ndim < 2 or min(a.shape[-1] + a.shape[-2] for a in arrays) < 3:
            return None
        planes = [np.broadcast_to(a.reshape(-1, *a.shape[-2:])[0], a.shape) for a in arrays]
        if not all(np.array_equal(a, p) for a, p in zip(arrays, planes, strict=True)):
            return None
        below = [np.subtract.outer(np.arange(a.shape[-2]), np.arange(a.shape[-1])) for a in arrays]
        for operator, test in (("GreaterOrEqual", np.greater_equal), ("Equal", np.equal)):
            for k in range(-4, 5):
                sides = [
                    (
                        a.reshape(-1, *a.shape[-2:])[0][test(b, k)],
                        a.reshape(-1, *a.shape[-2:])[0][~test(b, k)],
                    )
                    for a, b in zip(arrays, below, strict=True)
                ]
                values = [np.unique(np.concatenate([s[i] for s in sides])) for i in (0, 1)]
                if any(len(v) != 1 for v in values):
                    continue
                rows, columns = (self._index(arrays, arrays[0].ndim - i) for i in (2, 1))
                apart = self._emit("Sub", [rows, columns])
                where = self._emit(operator, [apart, self._constant(np.asarray(k, np.int64))])
                if arrays[0].dtype == np.bool_:
                    chosen = where if values[0][0] else self._emit("Not", [where])
                else:
                    numbers = [self._constant(v.reshape(())) for v in values]
                    chosen = self._emit("Where", [where, *numbers])
                return self._emit("Expand", [chosen, shape])
        return None
