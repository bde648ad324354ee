"""What is wrong with a gradient, in words: the right one by differences, the wrong one, and what a mistake
makes of it.

Every mistake leaves a trace: a forgotten minus turns the sign, a forgotten sum leaves an axis, an ignored
upstream signal gives the same gradient whatever the signal. :func:`diagnose` looks for these traces, the most
telling first.
"""

import itertools
from collections.abc import Iterator

import numpy as np

from ._evidence import CLOSE, Array, Diagnosis, Evidence, agree, ratio, same


def diagnose(evidence: Evidence) -> Diagnosis:
    """The first cause that explains ``found``; it is likely, not certain."""
    found = np.asarray(evidence.found, np.float64)
    evidence = evidence._replace(found=found, expected=np.asarray(evidence.expected, np.float64))
    looks = (
        _shape,
        _numbers,
        _nothing,
        _upstream,
        _sign,
        _places,
        _precision,
        _factor,
        _axis,
        _operand_factor,
        _region,
        _term,
    )
    return next(
        (said for look in looks if (said := look(evidence)) is not None),
        Diagnosis(
            "unknown",
            "no simple mistake explains it; derive the gradient again, one intermediate function at a time",
        ),
    )


def _shape(e: Evidence) -> Diagnosis | None:
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
    if extra <= 0 and _broadcasts(found.shape, expected.shape):
        return Diagnosis(
            "axis",
            f"{said}: it was summed over an axis too many, or the upstream signal was not spread over "
            "the axis again",
        )
    return Diagnosis("shape", f"{said}: a slice, a padding or a window has another size than in the forward")


def _broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def _numbers(e: Evidence) -> Diagnosis | None:
    if bool(np.isfinite(e.found).all()) or not bool(np.isfinite(e.expected).all()):
        return None
    return Diagnosis(
        "not finite",
        "it has NaN or infinite elements where the numerical gradient is finite: a division by zero, "
        "a log or a root at 0",
    )


def _nothing(e: Evidence) -> Diagnosis | None:
    if bool((e.found == 0).all()) and bool((e.expected != 0).any()):
        return Diagnosis(
            "zero",
            "it is zero everywhere: the rule returns no gradient, or the value left the graph "
            "(detach, .array, .item())",
        )
    return None


def _upstream(e: Evidence) -> Diagnosis | None:
    """Another upstream signal gives the same gradient, or the gradient is not linear in it."""
    if e.upstream is None:
        return None
    u = np.asarray(e.upstream, np.float64)
    if e.again is not None:
        once, other, twice = (
            e.again(u),
            e.again(u[::-1] * 1.7 + 0.3 if u.ndim else u * 1.7 + 0.3),
            e.again(2 * u),
        )
        if once.shape == other.shape and agree(once, other, 1e-12):
            return Diagnosis(
                "upstream", "it is the same for every upstream signal: the rule ignores g; multiply by it"
            )
        if once.shape == twice.shape and not agree(2 * once, twice):
            return Diagnosis(
                "upstream",
                "it is not proportional to the upstream signal g, which must enter once, as a factor",
            )
    if u.shape == e.found.shape and agree(e.found * u, e.expected):
        return Diagnosis("upstream", "multiplied by the upstream signal it is right: the rule ignores g")
    return None


def _sign(e: Evidence) -> Diagnosis | None:
    if agree(-e.found, e.expected):
        return Diagnosis("sign", "the sign: it is exactly minus the right gradient")
    return None


def _places(e: Evidence) -> Diagnosis | None:
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


def _factor(e: Evidence) -> Diagnosis | None:
    c = ratio(e.found, e.expected)
    if c is None or abs(c - 1) < CLOSE:
        return None
    sizes = {
        "the size of the operand": e.expected.size,
        **{f"the length of axis {i}": n for i, n in enumerate(e.expected.shape)},
    }
    if e.upstream is not None:
        sizes |= {"the size of the result": np.size(e.upstream)}
        sizes |= {f"the length of axis {i} of the result": n for i, n in enumerate(np.shape(e.upstream))}
    reason = next(
        (f"; {n} is {what}" for what, n in sizes.items() if n > 1 and (same(c, n) or same(c * n, 1))), ""
    )
    n = next((n for n in sizes.values() if n > 1 and same(c * n, 1)), None)
    return Diagnosis(
        "factor", f"a constant factor: it is {f'1/{n}' if n else f'{c:.6g}'} times the right gradient{reason}"
    )


def _powers(e: Evidence) -> Iterator[tuple[str, Array]]:
    """Operands, result and upstream signal, and simple powers of them, that fit the gradient's shape."""
    arrays = dict(e.known)
    if e.upstream is not None:
        arrays["g"] = e.upstream
    with np.errstate(all="ignore"):
        for name, value in arrays.items():
            x = np.asarray(value, np.float64)
            if x.shape and not _broadcasts(x.shape, e.expected.shape):
                continue
            for power, said in ((1, name), (2, f"{name}²"), (-1, f"1/{name}"), (-2, f"1/{name}²")):
                made = np.broadcast_to(x**power, e.expected.shape)
                if bool(np.isfinite(made).all()):
                    yield said, made


def _operand_factor(e: Evidence) -> Diagnosis | None:
    """found times a power of an operand is right."""
    for said, factor in _powers(e):
        if np.ptp(factor) == 0:
            continue
        c = ratio(e.expected, e.found * factor)
        if c is not None:
            name = "upstream" if said == "g" else "operand factor"
            constant = "" if same(c, 1) else f"{c:.6g} times "
            return Diagnosis(name, f"multiplied by {constant}{said} it is right: this factor is missing")
    return None


def _axis(e: Evidence) -> Diagnosis | None:
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


def _region(e: Evidence) -> Diagnosis | None:
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


def _term(e: Evidence) -> Diagnosis | None:
    """A simple term is missing or too many."""
    difference = e.expected - e.found
    terms = {said: value for said, value in _powers(e) if "1/" not in said}
    g = terms.get("g")
    if g is not None:
        terms |= {f"g * {said}": value * g for said, value in list(terms.items()) if said not in ("g", "g²")}
    terms["1"] = np.ones(e.expected.shape)
    for said, value in terms.items():
        c = ratio(difference, value)
        if c is not None:
            return Diagnosis("term", f"a term is missing: with {c:+.6g} * {said} added it is right")
    with np.errstate(all="ignore"):
        for said, value in (
            ("", terms["1"]),
            *((f"{said} * ", value) for said, value in terms.items() if said not in ("1", "g")),
        ):
            quotient = difference / value
            for axis, n in enumerate(quotient.shape):
                if (
                    n > 1
                    and bool(np.isfinite(quotient).all())
                    and agree(quotient, np.broadcast_to(quotient.mean(axis, keepdims=True), quotient.shape))
                ):
                    what = f"the term {said}(a value that is the same along axis {axis})"
                    return Diagnosis(
                        "term",
                        f"{what} is missing: a sum along that axis, through which its elements depend "
                        "on each other",
                    )
    return None


def _precision(e: Evidence) -> Diagnosis | None:
    """Every element nearly right, by no common factor."""
    apart, size = abs(e.found - e.expected), abs(e.expected)
    seen = apart > 1e-8 * float(size.max(initial=0.0))
    if not seen.any() or not bool((apart <= 2e-3 * size + 1e-8).all()):
        return None
    if int(seen.sum()) > 1 and ratio(e.found, e.expected, 1e-7) is not None:
        return None
    off = float((apart[seen] / size[seen]).max())
    return Diagnosis(
        "precision",
        f"it is nearly right, off by {off:.1e} of its size: a narrower dtype on the way, or an approximation",
    )
