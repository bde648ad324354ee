"""Traces of mistakes in where values stand: shapes, orders, axes, borders and masks."""

import itertools

import numpy as np

from ._evidence import CLOSE, Array, Diagnosis, Evidence, agree, broadcasts


def shape(e: Evidence) -> Diagnosis | None:
    """The gradient has another shape than the operand."""
    found, expected = e.found, e.expected
    if found.shape == expected.shape:
        return None
    said = f"it has shape {list(found.shape)}, the operand {list(expected.shape)}"
    extra = found.ndim - expected.ndim
    if extra >= 0:
        axes = (
            *range(extra),
            *(extra + i for i, n in enumerate(expected.shape) if n == 1 and found.shape[extra + i] != 1),
        )
        total = found.sum(axes)
        if axes and total.size == expected.size:
            right = "; summed it is right" if agree(total.reshape(expected.shape), expected) else ""
            return Diagnosis(
                "unbroadcast",
                f"{said}: the sum over axes {axes}, where the operand was broadcast, is missing{right}",
            )
    for axes in itertools.permutations(range(found.ndim)) if found.ndim < 6 else ():
        if agree(found.transpose(axes), expected):
            return Diagnosis("transposed", f"{said}: transposed with axes {axes} it is right")
    others = [expected.shape] if e.upstream is None else [expected.shape, np.shape(e.upstream)]
    if any(sorted(found.shape) == sorted(shape) and found.shape != shape for shape in others):
        return Diagnosis(
            "transposed", f"{said}: the axes are in another order; a transpose is missing or too many"
        )
    if e.upstream is not None and np.ndim(e.upstream) > expected.ndim:
        kept = [
            axis
            for axis in range(np.ndim(e.upstream))
            if found.shape == tuple(np.delete(np.shape(e.upstream), axis))
        ]
        if kept:
            return Diagnosis(
                "axis", f"{said}: the upstream signal was summed over axis {kept[0]}, which is the wrong one"
            )
    if found.size == expected.size:
        return Diagnosis("shape", f"{said}: a reshape is missing")
    if extra <= 0 and broadcasts(found.shape, expected.shape):
        return Diagnosis(
            "axis",
            f"{said}: it was summed over an axis too many, or the upstream signal was not spread over "
            "the axis again",
        )
    return Diagnosis("shape", f"{said}: a slice, a padding or a window has another size than in the forward")


def places(e: Evidence) -> Diagnosis | None:
    """The right values at other places: transposed, reversed, shifted."""
    found, expected = e.found, e.expected
    if found.size < 2 or agree(found, expected):
        return None
    for axes in itertools.permutations(range(found.ndim)) if found.ndim < 6 else ():
        if [found.shape[a] for a in axes] == list(expected.shape) and agree(found.transpose(axes), expected):
            return Diagnosis(
                "transposed", f"transposed with axes {axes} it is right: a transpose is missing or too many"
            )
    for axis in range(found.ndim):
        if agree(np.flip(found, axis), expected):
            return Diagnosis(
                "reversed",
                f"reversed along axis {axis} it is right: a kernel is not flipped, or an order runs "
                "the other way",
            )
    for axis in range(found.ndim):
        n = found.shape[axis]
        for by in (1, -1, 2, -2):
            if abs(by) < n and (
                agree(np.roll(found, by, axis), expected) or _overlap(found, expected, by, axis)
            ):
                return Diagnosis(
                    "shifted",
                    f"moved by {by} along axis {axis} it is right: an offset or the padding is off by "
                    f"{abs(by)}",
                )
    if agree(np.sort(found, axis=None), np.sort(expected, axis=None)):
        return Diagnosis(
            "permuted",
            "the right values stand at other places: a reshape, an axis or an index is taken in "
            "another order",
        )
    return None


def _overlap(found: Array, expected: Array, by: int, axis: int) -> bool:
    """Whether the parts that a shift leaves inside agree."""
    n = found.shape[axis]
    if n - abs(by) < 2:
        return False
    a = np.take(found, range(max(0, -by), n - max(0, by)), axis)
    b = np.take(expected, range(max(0, by), n - max(0, -by)), axis)
    return agree(a, b) and bool(abs(a).max() > 0) and not agree(a, np.full_like(a, a.flat[0]))


def axis(e: Evidence) -> Diagnosis | None:
    """The gradient is constant, or summed, along an axis along which the right one is not."""
    found, expected = e.found, e.expected
    for axis in range(found.ndim):
        if found.shape[axis] < 2:
            continue
        for how, reduced in (
            ("summed", expected.sum(axis, keepdims=True)),
            ("averaged", expected.mean(axis, keepdims=True)),
        ):
            if agree(found, np.broadcast_to(reduced, found.shape)):
                return Diagnosis(
                    "axis",
                    f"it is the right gradient {how} over axis {axis}: that sum belongs to another "
                    "axis or nowhere",
                )
    flat = [
        i
        for i in range(found.ndim)
        if found.shape[i] > 1 and agree(found, np.broadcast_to(np.take(found, [0], i), found.shape), 1e-12)
    ]
    right = [
        i
        for i in range(found.ndim)
        if found.shape[i] > 1 and agree(expected, np.broadcast_to(np.take(expected, [0], i), found.shape))
    ]
    if set(flat) != set(right) and flat:
        return Diagnosis(
            "axis",
            f"it is constant along axes {flat}, the right one along {right}: a reduction or a spread "
            "over the wrong axis",
        )
    return None


def region(e: Evidence) -> Diagnosis | None:
    """Right in some places only: at borders, on one side of a kink, but for some elements."""
    scale = float(abs(e.expected).max(initial=0.0)) or 1.0
    wrong = ~(abs(e.found - e.expected) <= CLOSE * scale)
    if (
        wrong.size > 1
        and e.expected.any()
        and bool(((e.found != 0) ^ (abs(e.expected) > CLOSE * scale)).all())
    ):
        return Diagnosis(
            "condition",
            "it is zero just where the right one is not, and the other way round: the condition of "
            "the mask is reversed",
        )
    count = int(wrong.sum())
    if count == 0 or count == wrong.size:
        return None
    for name, value in e.known.items():
        x = np.asarray(value)
        if x.shape == wrong.shape and x.dtype.kind == "f":
            for said, side in (("> 0", x > 0), ("< 0", x < 0)):
                if bool((wrong <= side).all()) and count == int(side.sum()) and 0 < count < wrong.size:
                    return Diagnosis(
                        "condition", f"it is wrong just where {name} {said}: the mask or the condition there"
                    )
    for axis, n in enumerate(wrong.shape):
        lines = wrong.any(axis=tuple(i for i in range(wrong.ndim) if i != axis))
        at = np.flatnonzero(lines)
        if n > 2 and len(at) <= 2 and set(at) <= {0, 1, n - 2, n - 1}:
            return Diagnosis(
                "border",
                f"it is wrong only at the border {[int(i) for i in at]} of axis {axis}: the padding, "
                "or a slice off by one",
            )
    if bool((e.found[wrong] == 0).all()):
        return Diagnosis(
            "places",
            f"{count} of {wrong.size} elements got nothing, the others are right: an index or a mask "
            "leaves them out",
        )
    if count > 0.8 * wrong.size:
        return None  # the few that agree may do so by chance
    place = [int(i) for i in np.argwhere(wrong)[0]]
    return Diagnosis(
        "places",
        f"{count} of {wrong.size} elements are wrong, the first at {place}; the others are right: an "
        "index, a mask or a border",
    )
