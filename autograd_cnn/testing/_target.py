"""A function of Tensors, or a module with its parameters, seen as a function of the arrays that want
gradients."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine.differentiate import grad
from .._engine.modes import enable_grad
from .._tensor import Tensor, tensor_of
from ..func import functional_call
from ._numeric import Array, read_only

STEPS = {"float64": 5e-4, "float32": 3e-2, "float16": 0.25}
"""The step of differences where the function computes in this dtype: with Richardson the error is the step's
fourth power, and the rounding error divided by the step."""


class Target:
    """``function(*inputs)``, where inputs (and a module's parameters) that require gradients can be
    replaced."""

    def __init__(
        self, function: Callable[..., Any], inputs: Sequence[Any], *, parameters: bool = True
    ) -> None:
        self.function, self.inputs = function, tuple(inputs)
        named = getattr(function, "named_parameters", None)
        self.parameters = dict(named()) if named is not None and parameters else {}
        # a module has both
        self.buffers = dict(function.named_buffers()) if self.parameters else {}  # type: ignore[attr-defined]
        self.places = [i for i, x in enumerate(self.inputs) if isinstance(x, Tensor) and x.requires_grad]
        self.names = [name for name, p in self.parameters.items() if p.requires_grad]
        self.labels = [f"input {i}" for i in self.places] + [f"parameter {name!r}" for name in self.names]
        self.values: list[Array] = [self.inputs[i].array for i in self.places] + [
            self.parameters[name].array for name in self.names
        ]

    def run(
        self, values: Sequence[Array], *, wide: bool = False, writeable: bool = False
    ) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """Leaves made of ``values``, and the floating-point results computed from them; ``wide`` brings
        everything to float64."""

        def ready(x: Array) -> Array:
            return x.astype(np.float64) if wide and x.dtype.kind == "f" else x

        leaves = [tensor_of(ready(x) if writeable else read_only(ready(x)), True) for x in values]
        args: list[Any] = [
            tensor_of(ready(x.array)) if isinstance(x, Tensor) and not x.requires_grad else x
            for x in self.inputs
        ]
        for i, leaf in zip(self.places, leaves, strict=False):
            args[i] = leaf
        with enable_grad():
            if self.parameters:
                state = {
                    name: tensor_of(ready(t.array.copy()))
                    for name, t in {**self.parameters, **self.buffers}.items()
                }
                state |= dict(zip(self.names, leaves[len(self.places) :], strict=True))
                out = functional_call(self.function, state, tuple(args))
            else:
                out = self.function(*args)
        return leaves, floating(out)

    def applied(self, variables: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """The results on Tensors that are part of a graph; everything else comes in their dtype."""
        kind = variables[0].array.dtype

        def constant(x: Any) -> Any:
            return (
                tensor_of(x.array.astype(kind if x.array.dtype.kind == "f" else x.array.dtype))
                if isinstance(x, Tensor)
                else x
            )

        args = [constant(x) for x in self.inputs]
        for i, v in zip(self.places, variables, strict=False):
            args[i] = v
        if not self.parameters:
            return floating(self.function(*args))
        state = {name: constant(t) for name, t in {**self.parameters, **self.buffers}.items()}
        state |= dict(zip(self.names, variables[len(self.places) :], strict=True))
        return floating(functional_call(self.function, state, tuple(args)))

    def with_same(self, k: int, j: int) -> "Target":
        """The same function where variable ``j`` is variable ``k``."""
        a, b = self.places[k], self.places[j]

        def tied(*args: Any) -> Any:
            return self.function(*args[:b], args[a], *args[b:])

        return Target(tied, [x for i, x in enumerate(self.inputs) if i != b], parameters=False)


def floating(out: Any) -> tuple[Tensor, ...]:
    """The results that have gradients, of a function that returns one tensor or several."""
    several = out if isinstance(out, (tuple, list)) else (out,)
    return tuple(o for o in several if isinstance(o, Tensor) and o.array.dtype.kind == "f")


def pull(outputs: Sequence[Tensor], leaves: Sequence[Tensor], upstream: Sequence[Any]) -> list[Array]:
    """The analytic gradient for each leaf, as arrays; None in ``upstream`` where nothing comes back."""
    live = [(o, u) for o, u in zip(outputs, upstream, strict=True) if u is not None and o.requires_grad]
    if not live:
        return [np.zeros_like(leaf.array) for leaf in leaves]
    signals = [tensor_of(read_only(u)) for _, u in live]
    found = grad([o for o, _ in live], list(leaves), signals, retain_graph=True, allow_unused=True)
    return [
        np.zeros_like(leaf.array) if g is None else g.array for g, leaf in zip(found, leaves, strict=True)
    ]


class Slopes(NamedTuple):
    """The derivative of every result along one direction, flat, in float64."""

    value: Array
    left: Array
    right: Array
    """The slopes on both sides, which are apart at a kink."""
    kink: Array
    """Where two-sided differences do not settle: a kink or a jump is there."""
    jump: Array
    rounding: float
    """How large the error of ``value`` may be for rounding alone."""


def flat(outputs: Sequence[Tensor]) -> Array:
    """All results in one vector of float64, on the CPU."""
    parts = [move(o.array, CPU).astype(np.float64).reshape(-1) for o in outputs]
    return np.concatenate(parts) if parts else np.zeros(0)


class Differences:
    """Derivatives of a target by differences: central, at two steps, extrapolated (Richardson)."""

    def __init__(self, target: Target, eps: float | None = None, nondeterminism: float = 0.0) -> None:
        self.target, self.wide, self.nondeterminism = target, True, nondeterminism
        self.values = [x.astype(np.float64) if x.dtype.kind == "f" else x for x in target.values]
        try:
            _, out = target.run(self.values, wide=True)
        except RuntimeError:  # tensors inside the function have another dtype: it computes as it was given
            self.wide = False
            self.values = list(target.values)
            _, out = target.run(self.values)
        kinds = [o.array.dtype for o in out] + ([] if self.wide else [x.dtype for x in self.values])
        self.dtype = min(kinds, key=lambda d: d.itemsize, default=np.dtype(np.float64))
        self.step = STEPS[str(self.dtype)] if eps is None else eps
        self.sizes = [o.array.size for o in out]
        self.shapes = [o.array.shape for o in out]
        self.start = flat(out)

    def at(self, k: int, by: Array) -> Array:
        """All results with ``by`` added to variable ``k``."""
        moved = [read_only(x + by).astype(x.dtype) if i == k else x for i, x in enumerate(self.values)]
        return flat(self.target.run(moved, wide=self.wide)[1])

    def noise(self, step: float) -> float:
        """How far differences may be off for rounding, and for results that are not quite the same in every
        call."""
        top = float(abs(self.start).max(initial=0.0)) + 1e-300
        return (16 * float(np.finfo(self.dtype).eps) * top + self.nondeterminism) / step

    def along(self, k: int, v: Array) -> Slopes:
        """The slopes where variable ``k`` moves along ``v``; the step shrinks where differences do not
        settle."""
        f0 = self.start
        result: Slopes | None = None
        for h in (self.step, self.step / 10, self.step / 100):
            noise = self.noise(h)
            far, near = (
                (self.at(k, h * v), self.at(k, -h * v)),
                (self.at(k, h / 2 * v), self.at(k, -h / 2 * v)),
            )
            wide, narrow = (far[0] - far[1]) / (2 * h), (near[0] - near[1]) / h
            gap, inner = abs(far[0] - 2 * f0 + far[1]) / h, abs(near[0] - 2 * f0 + near[1]) / (h / 2)
            apart = abs(wide - narrow) > 1e-4 * (1e-3 + abs(narrow)) + noise
            bent = (inner > 0.75 * gap) & (inner > 1e-3 * (1e-3 + abs(narrow)) + 2 * noise)
            unsettled = apart | bent | ~np.isfinite(narrow)
            now = Slopes(
                (4 * narrow - wide) / 3,
                (f0 - near[1]) / (h / 2),
                (near[0] - f0) / (h / 2),
                unsettled,
                bent & (inner > 1.5 * gap),
                noise,
            )
            if result is None:
                result = now
            else:  # what was settled stays as it is
                old = result.kink
                value, left, right, kink = (
                    np.where(old, b, a) for a, b in zip(result[:4], now[:4], strict=True)
                )
                result = Slopes(value, left, right, kink, now.jump & old, noise)
            if not result.kink.any():
                break
        assert result is not None
        return result

    def gradient(self, k: int, upstream: Sequence[Any]) -> Array:
        """The gradient of ``sum(<upstream, results>)`` for variable ``k``, element by element."""
        u = (
            np.concatenate([move(s, CPU).astype(np.float64).reshape(-1) for s in upstream])
            if upstream
            else np.zeros(0)
        )
        x = self.values[k]
        return np.array([float(self.along(k, unit).value @ u) for unit in units(x)]).reshape(x.shape)


def units(x: Array) -> Iterator[Array]:
    """The unit vectors of the shape of ``x``, one after the other."""
    for i in range(x.size):
        unit = np.zeros_like(x, order="C")
        unit.reshape(-1)[i] = 1
        yield unit
