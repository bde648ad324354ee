"""Traces of mistakes in the values themselves: signs, factors, terms, and what was made of the upstream
signal."""

import numpy as np

from ._evidence import CLOSE, Diagnosis, Evidence, agree, powers, ratio, same


def numbers(e: Evidence) -> Diagnosis | None:
    if bool(np.isfinite(e.found).all()) or not bool(np.isfinite(e.expected).all()):
        return None
    return Diagnosis(
        "not finite",
        "it has NaN or infinite elements where the numerical gradient is finite: a division by zero, "
        "a log or a root at 0",
    )


def nothing(e: Evidence) -> Diagnosis | None:
    if bool((e.found == 0).all()) and bool((e.expected != 0).any()):
        return Diagnosis(
            "zero",
            "it is zero everywhere: the rule returns no gradient, or the value left the graph "
            "(detach, .array, .item())",
        )
    return None


def upstream(e: Evidence) -> Diagnosis | None:
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


def sign(e: Evidence) -> Diagnosis | None:
    if agree(-e.found, e.expected):
        return Diagnosis("sign", "the sign: it is exactly minus the right gradient")
    return None


def factor(e: Evidence) -> Diagnosis | None:
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


def operand_factor(e: Evidence) -> Diagnosis | None:
    """found times a power of an operand is right."""
    for said, factor in powers(e):
        if np.ptp(factor) == 0:
            continue
        c = ratio(e.expected, e.found * factor)
        if c is not None:
            name = "upstream" if said == "g" else "operand factor"
            constant = "" if same(c, 1) else f"{c:.6g} times "
            return Diagnosis(name, f"multiplied by {constant}{said} it is right: this factor is missing")
    return None


def term(e: Evidence) -> Diagnosis | None:
    """A simple term is missing or too many."""
    difference = e.expected - e.found
    terms = {said: value for said, value in powers(e) if "1/" not in said}
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


def precision(e: Evidence) -> Diagnosis | None:
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
