"""What is known of a wrong gradient, and how two gradients are compared."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

Array = Any
CLOSE = 1e-5
"""How nearly two gradients agree that are said to be the same, relative to the larger."""


class Diagnosis(NamedTuple):
    """A likely cause: its short name, and a sentence."""

    cause: str
    text: str

    def __str__(self) -> str:
        return f"{self.text} [{self.cause}]"


class Evidence(NamedTuple):
    """What is known of a wrong gradient."""

    found: Array
    expected: Array
    upstream: Array | None = None
    """The upstream signal that both belong to."""
    known: Mapping[str, Array] = {}
    """Operands and result, by name."""
    again: Callable[[Array], Array] | None = None
    """The analytic gradient for another upstream signal."""


def agree(a: Array, b: Array, tolerance: float = CLOSE) -> bool:
    """Whether two arrays have one shape and nearly the same elements."""
    if a.shape != b.shape:
        return False
    if a.size == 0:
        return True
    return bool(abs(a - b).max() <= tolerance * max(float(abs(a).max()), float(abs(b).max()), 1e-300))


def ulps(found: float, expected: float, dtype: Any) -> float:
    """The distance in units in the last place of the larger of the two."""
    largest = np.dtype(dtype).type(max(abs(found), abs(expected)))
    return abs(found - expected) / float(np.spacing(largest)) if found != expected else 0.0


def worst_element(found: Array, expected: Array, dtype: Any) -> str:
    """``at [2, 0] the analytic gradient is 0.5, the numerical -0.5 (relative error 2, 9e+15 ULPs of
    float64)``."""
    difference = abs(found - expected)
    difference = np.where(np.isnan(difference), np.inf, difference)
    place = np.unravel_index(int(difference.argmax()), difference.shape)
    a, b = float(found[place]), float(expected[place])
    relative = abs(a - b) / max(abs(a), abs(b), 1e-300)
    at = f"at {[int(i) for i in place]} " if place else ""
    return (
        f"{at}the analytic gradient is {a:.8g}, the numerical {b:.8g} "
        f"(relative error {relative:.1e}, {ulps(a, b, dtype):.1e} ULPs of {np.dtype(dtype)})"
    )


def ratio(a: Array, b: Array, tolerance: float = CLOSE) -> float | None:
    """The number c with a = c b; None where there is none."""
    size = float(abs(b).max(initial=0.0))
    if size == 0 or not np.isfinite(size):
        return None
    unit = b / size  # squares of very small and very large numbers are none
    with np.errstate(all="ignore"):
        c = float((a / size * unit).sum()) / float((unit * unit).sum())
    return c if c != 0 and agree(a, c * b, tolerance) else None


def same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * abs(b)


def broadcasts(shape: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(shape, to) == to
    except ValueError:
        return False


def powers(e: Evidence) -> Iterator[tuple[str, Array]]:
    """Operands, result and upstream signal, and simple powers of them, that fit the gradient's shape."""
    arrays = dict(e.known)
    if e.upstream is not None:
        arrays["g"] = e.upstream
    with np.errstate(all="ignore"):
        for name, value in arrays.items():
            x = np.asarray(value, np.float64)
            if x.shape and not broadcasts(x.shape, e.expected.shape):
                continue
            for power, said in ((1, name), (2, f"{name}²"), (-1, f"1/{name}"), (-2, f"1/{name}²")):
                made = np.broadcast_to(x**power, e.expected.shape)
                if bool(np.isfinite(made).all()):
                    yield said, made
