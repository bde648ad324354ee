"""The sweep: every registered primitive, through every check that applies to it, on all its samples.

One :class:`Case` is one test: a primitive, a check, a dtype, a device. A test runner makes tests of
:func:`cases`; :func:`sweep` runs them all and returns what it found.
"""

import difflib
import fnmatch
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from .._devices.device import device
from ..ops import Primitive, registry
from . import _checks, _variations
from ._causes import Explained, of_exception
from ._compare import CheckError
from ._draw import Draw, draw_for, samples_of
from ._numeric import Call, call_of


class Check(NamedTuple):
    """What is checked, in which dtypes, and for which primitives."""

    run: Callable[[Call, Draw], float]
    dtypes: tuple[str, ...]
    applies: Callable[[Primitive], bool]


CHECKS = {
    "values": Check(_checks.values, ("float64", "float32"), lambda p: True),
    "order1": Check(_checks.first_order, ("float64", "float32"), lambda p: p.differentiable),
    "order2": Check(_checks.second_order, ("float64", "float32"), lambda p: p.differentiable),
    "layouts": Check(_checks.layouts, ("float64",), lambda p: True),
    "sharing": Check(
        _variations.sharing, ("float64",), lambda p: p.differentiable and (p.variadic or len(p.operands) > 1)
    ),
    "shapes": Check(_variations.shapes, ("float64",), lambda p: p.differentiable and p.broadcasts),
    "integers": Check(
        _variations.integers,
        ("float64",),
        lambda p: p.differentiable and bool(p.promotes) and len(p.operands) > 1,
    ),
    "adjoint": Check(_checks.adjoint, ("float64",), lambda p: p.linear),
    "formula": Check(
        _checks.formula, ("float64",), lambda p: any(entry.formula for entry in p.rules.values())
    ),
}


class Case(NamedTuple):
    """One check of one primitive; ``str(case)`` is its name in a test report: ``exp-order2-float64-cpu``."""

    primitive: Primitive
    check: str
    dtype: str = "float64"
    device: str = "cpu"

    def __str__(self) -> str:
        return f"{self.primitive.name}-{self.check}" + (
            f"-{self.dtype}-{self.device}" if self.check != "declared" else ""
        )

    def run(self, seed: int = 0) -> float:
        """Run it on every sample and return the largest error; raises :class:`CheckError`."""
        if self.check == "declared":
            _checks.declared(self.primitive)
            return 0.0
        draw = draw_for(self.primitive, seed)
        worst, place = 0.0, device(self.device)
        for sample in samples_of(self.primitive, draw):
            call = call_of(self.primitive, sample, self.dtype, place)
            try:
                worst = max(worst, CHECKS[self.check].run(call, draw))
            except CheckError:
                raise
            except Exception as error:
                likely = of_exception(call, error) if self.check != "values" else Explained("exception", "")
                raise CheckError(
                    f"{call}: {type(error).__name__}: {error}{likely.text}", likely.cause
                ) from error
        return worst


class Result(NamedTuple):
    """What became of a case: its largest error, or why it failed."""

    case: Case
    error: float
    failure: str | None
    cause: str = ""
    """The short name of the likely cause of a failure."""


def cases(name: str | None = None, *, on: str = "cpu") -> Iterator[Case]:
    """The cases of the primitive called ``name``, or of every registered one."""
    if name is not None and name not in registry:
        raise LookupError(f"no primitive is called {name!r}; there are: {', '.join(sorted(registry))}")
    for primitive in list(registry.values()) if name is None else [registry[name]]:
        yield Case(primitive, "declared")
        for check, (_, dtypes, applies) in CHECKS.items():
            if applies(primitive):
                yield from (Case(primitive, check, dtype, on) for dtype in dtypes)


def select(
    names: Sequence[str] = (),
    *,
    checks: Sequence[str] = (),
    dtypes: Sequence[str] = (),
    devices: Sequence[str] = ("cpu",),
) -> list[Case]:
    """The cases of the operators ``names`` (``*`` and ``?`` allowed; none: all), reduced to some checks and
    dtypes.

    LookupError where a name, a check or a dtype does not exist.
    """
    chosen: dict[str, None] = {}
    for name in names or ["*"]:
        fitting = fnmatch.filter(registry, name)
        if not fitting:
            near = difflib.get_close_matches(name, registry)
            raise LookupError(
                f"no operator is called {name!r}" + (f"; did you mean {' or '.join(near)}?" if near else "")
            )
        chosen |= dict.fromkeys(fitting)
    known = {
        "checks": {"declared", *CHECKS},
        "dtypes": {d for check in CHECKS.values() for d in check.dtypes},
    }
    for what, given in (("checks", checks), ("dtypes", dtypes)):
        for name in given:
            if name not in known[what]:
                raise LookupError(f"{name!r} is none of the {what}: {', '.join(sorted(known[what]))}")
    return [
        case
        for on in devices
        for name in chosen
        for case in cases(name, on=on)
        if (not checks or case.check in checks) and (not dtypes or case.dtype in dtypes)
    ]


def sweep(name: str | None = None, *, on: str = "cpu", seed: int = 0) -> list[Result]:
    """Run the cases of one primitive or of all; nothing is raised, failures are in the results."""
    return [run(case, seed) for case in cases(name, on=on)]


def run(case: Case, seed: int = 0) -> Result:
    """Run one case; nothing is raised."""
    try:
        return Result(case, case.run(seed), None)
    except Exception as error:  # noqa: BLE001 - a rule may raise anything, and what it raises is the finding
        return Result(case, float("inf"), f"{type(error).__name__}: {error}", getattr(error, "cause", ""))
