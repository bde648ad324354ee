"""Primitives that move, join and cut as ONNX nodes."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._trace import Trace, type_of


def _reshape(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    trace.node("Reshape", [trace.value(x), trace.numbers(result.shape)], result, allowzero=1)


def _transpose(trace: Trace, result: Any, x: Any, *, axes: Any) -> None:
    trace.node(
        "Transpose",
        [trace.value(x)],
        result,
        perm=list(range(x.ndim))[::-1] if axes is None else [a % x.ndim for a in axes],
    )


def _expand(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    trace.node("Expand", [trace.value(x), trace.numbers(result.shape)], result)


def _concatenate(trace: Trace, result: Any, *parts: Any, axis: int = 0) -> None:
    trace.node("Concat", [trace.value(part, result.array.dtype) for part in parts], result, axis=int(axis))


def _stack(trace: Trace, result: Any, *parts: Any, axis: int = 0) -> None:
    dtype, place = result.array.dtype, trace.numbers([axis])
    apart = [trace.node("Unsqueeze", [trace.value(part, dtype), place]) for part in parts]
    trace.node("Concat", apart, result, axis=int(axis))


def _pad(trace: Trace, result: Any, x: Any, *, widths: Any, value: float = 0.0) -> None:
    sides = [before for before, _ in widths] + [after for _, after in widths]
    trace.node("Pad", [trace.value(x), trace.numbers(sides), trace.value(value, result.array.dtype)], result)


def _getitem(trace: Trace, result: Any, x: Any, *, index: Any) -> None:
    """Slices, whole numbers, new axes and an ellipsis; or one array of whole numbers that is a constant."""
    parts = list(index) if isinstance(index, tuple) else [index]
    if any(part is Ellipsis for part in parts):
        place = next(i for i, part in enumerate(parts) if part is Ellipsis)
        taken = sum(part is not None for part in parts) - 1
        parts[place : place + 1] = [slice(None)] * (x.ndim - taken)
    arrays = [i for i, part in enumerate(parts) if isinstance(part, np.ndarray) and part.dtype.kind in "iu"]
    if len(arrays) == 1 and all(part == slice(None) for i, part in enumerate(parts) if i not in arrays):
        place = arrays[0]
        if _padded_by_index(trace, result, x, parts[place], place):
            return
        where = trace.value(np.asarray(parts[place] % x.shape[place], np.int64))
        trace.node("Gather", [trace.value(x), where], result, axis=place)
        return
    if not all(part is None or isinstance(part, (int, np.integer, slice)) for part in parts):
        raise NotImplementedError(
            f"onnx.export: an index {index!r} has no form in ONNX here; slices, whole numbers, and one "
            "array of "
            "whole numbers that does not depend on the input have"
        )
    kept = [part for part in parts if part is not None]
    sliced = _sliced(trace, x, kept)
    dropped = [axis for axis, part in enumerate(kept) if not isinstance(part, slice)]
    if dropped:
        sliced = trace.node("Squeeze", [sliced, trace.numbers(dropped)])
    left = [part for part in parts if part is None or isinstance(part, slice)]
    new = [axis for axis, part in enumerate(left) if part is None]
    trace.node("Unsqueeze", [sliced, trace.numbers(new)], result) if new else trace.node(
        "Identity", [sliced], result
    )


def _padded_by_index(trace: Trace, result: Any, x: Any, places: Any, axis: int) -> bool:
    """Write an index that holds all places, and some again before and behind them, as the padding it is."""
    size = x.shape[axis]
    if places.ndim != 1:
        return False
    for start in np.flatnonzero(places == 0):
        before = int(start)
        after = len(places) - size - before
        for mode, name in (("reflect", "reflect"), ("edge", "edge"), ("wrap", "")):
            if (mode == "wrap" and max(before, after) > size) or not _is_padding(places, size, before, mode):
                continue
            if name:
                widths = [0] * (2 * x.ndim)
                widths[axis], widths[axis + x.ndim] = before, after
                trace.node("Pad", [trace.value(x), trace.numbers(widths)], result, mode=name)
            else:
                value, along = trace.value(x), trace.numbers([axis])
                end = trace.node(
                    "Slice", [value, trace.numbers([size - before]), trace.numbers([_FAR]), along]
                )
                first = trace.node("Slice", [value, trace.numbers([0]), trace.numbers([after]), along])
                trace.node("Concat", [end, value, first], result, axis=axis)
            return True
    return False


def _is_padding(places: Any, size: int, before: int, mode: str) -> bool:
    """Whether the places are all of them with such padding, ``before`` in front."""
    how: Any = mode
    return len(places) >= before + size and np.array_equal(
        np.pad(np.arange(size), (before, len(places) - size - before), how), places
    )


def _sliced(trace: Trace, x: Any, parts: Sequence[Any]) -> str:
    """``x`` with a range taken of each axis: a whole number is a range of one."""
    starts, stops, steps, axes = [], [], [], []
    for axis, (part, size) in enumerate(zip(parts, x.shape, strict=False)):
        if part == slice(None):
            continue
        if isinstance(part, slice):
            reach = range(*part.indices(size))
            stop = -_FAR if reach.step < 0 and reach.stop < 0 else reach.stop
        else:
            reach = range(int(part) % size, int(part) % size + 1)
            stop = reach.stop
        starts.append(reach.start)
        stops.append(stop)
        steps.append(reach.step)
        axes.append(axis)
    if not axes:
        return trace.value(x)
    return trace.node("Slice", [trace.value(x), *map(trace.numbers, (starts, stops, axes, steps))])


_FAR = 2**31
"""Before the first element, for a slice that goes backwards."""


def _flip(trace: Trace, result: Any, x: Any, *, axis: Any) -> None:
    axes = [axis] if isinstance(axis, int) else list(axis)
    ends = [[-1] * len(axes), [-_FAR] * len(axes), axes, [-1] * len(axes)]
    trace.node("Slice", [trace.value(x), *map(trace.numbers, ends)], result)


def _roll(trace: Trace, result: Any, x: Any, *, shift: Any, axis: Any) -> None:
    """The end before the beginning, axis by axis."""
    value = trace.value(x)
    shifts = [shift] if isinstance(shift, int) else list(shift)
    axes = [axis] if isinstance(axis, int) else list(axis)
    for by, along in zip(shifts, axes, strict=True):
        place = trace.numbers([along])
        size = x.shape[along] or 1
        cut = trace.numbers([size - by % size])
        end = trace.node("Slice", [value, cut, trace.numbers([_FAR]), place])
        value = trace.node(
            "Concat", [end, trace.node("Slice", [value, trace.numbers([0]), cut, place])], axis=along
        )
    trace.node("Identity", [value], result)


def _triangle(upper: bool) -> Callable[..., Any]:
    def write(trace: Trace, result: Any, x: Any, *, k: int = 0) -> None:
        kind = result.array.dtype
        value = trace.value(x, np.int32 if kind == np.bool_ else kind)
        kept = trace.node(
            "Trilu",
            [value, trace.value(np.asarray(k, np.int64))],
            None if kind == np.bool_ else result,
            upper=int(upper),
        )
        if kind == np.bool_:
            trace.node("Cast", [kept], result, to=type_of(kind))

    return write


def _take_along(trace: Trace, result: Any, x: Any, index: Any, *, axis: int) -> None:
    trace.node("GatherElements", [trace.value(x), trace.value(index, np.int64)], result, axis=int(axis))


def _windows(trace: Trace, result: Any, x: Any, *, kernel: Any, stride: Any, dilation: Any) -> None:
    """Along each axis the places of each tap; then the taps' axes before those of positions."""
    value, axes = trace.value(x), len(kernel)
    positions = result.shape[2 + axes :]
    for i in range(axes):
        taps = np.arange(kernel[i])[:, None] * dilation[i] + np.arange(positions[i]) * stride[i]
        value = trace.node("Gather", [value, trace.value(taps.astype(np.int64))], axis=2 + 2 * i)
    order = [0, 1, *range(2, 2 + 2 * axes, 2), *range(3, 2 + 2 * axes, 2)]
    trace.node("Transpose", [value], result, perm=order)


MOVEMENT: dict[str, Callable[..., Any]] = {
    "flip": _flip,
    "roll": _roll,
    "stack": _stack,
    "tril": _triangle(upper=False),
    "triu": _triangle(upper=True),
    "take_along": _take_along,
    "windows": _windows,
    "reshape": _reshape,
    "transpose": _transpose,
    "broadcast_to": _expand,
    "concatenate": _concatenate,
    "pad": _pad,
    "getitem": _getitem,
}
