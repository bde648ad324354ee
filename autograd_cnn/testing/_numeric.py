"""A primitive seen as a function of its operands: its results, its analytic gradients, and slopes by
differences."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU, device
from .._devices.transfer import move
from .._engine.differentiate import run_backward
from .._tensor import Tensor, tensor_of
from ..ops import Primitive, Sample

Array = Any
STEP = 5e-4
"""Central differences at STEP and STEP / 2, extrapolated: the error is of order STEP**4 in float64."""


class Call(NamedTuple):
    """One call of a primitive, on arrays that cannot be written."""

    primitive: Primitive
    operands: tuple[Array, ...]
    parameters: dict[str, Any]

    @property
    def wanted(self) -> tuple[int, ...]:
        """Positions of the operands that have a gradient."""
        prim = self.primitive
        return tuple(
            i
            for i, x in enumerate(self.operands)
            if x.dtype.kind == "f" and prim.operand_name(i) not in prim.without_rule
        )

    def label(self, position: int) -> str:
        """The name of an operand: ``x``, or ``xs[1]``."""
        name = self.primitive.operand_name(position)
        return f"{name}[{position}]" if self.primitive.variadic else name

    def at(self, operands: Sequence[Array]) -> "Call":
        """The same call on other operands."""
        return Call(self.primitive, tuple(map(read_only, operands)), self.parameters)

    def moved(self, position: int, by: Array) -> "Call":
        """The same call with ``by`` added to one operand."""
        return self.at([x + by if i == position else x for i, x in enumerate(self.operands)])

    def __str__(self) -> str:
        operands = ", ".join(f"{self.label(i)} {x.dtype}{list(x.shape)}" for i, x in enumerate(self.operands))
        parameters = (f"{name}={value!r}" for name, value in self.parameters.items())
        return f"{self.primitive.name}({', '.join((operands, *parameters))})"


def call_of(primitive: Primitive, sample: Sample, dtype: str = "float64", on: device = CPU) -> Call:
    """A sample made ready: floating-point operands in ``dtype``, on a device, read-only."""
    operands = (x.astype(dtype) if x.dtype.kind == "f" else x for x in sample.operands)
    parameters = {name: _moved(value, on) for name, value in sample.parameters.items()}
    return Call(primitive, tuple(read_only(move(np.array(x, order="C"), on)) for x in operands), parameters)


def _moved(parameter: Any, on: device) -> Any:
    """A parameter with its index arrays on a device."""
    if isinstance(parameter, tuple):
        return tuple(_moved(part, on) for part in parameter)
    return move(parameter, on) if isinstance(parameter, np.ndarray) else parameter


def read_only(array: Array) -> Array:
    """An array that a rule can't write (NumPy's; CuPy has no such flag)."""
    if isinstance(array, np.generic):
        array = np.asarray(array)
    if isinstance(array, np.ndarray):
        array = array.view()
        array.flags.writeable = False
    return array


def results(call: Call) -> tuple[Array, ...]:
    """The results of the primitive on plain arrays."""
    out = call.primitive(*call.operands, **call.parameters)
    return tuple(out) if call.primitive.outputs else (out,)


def known_to_rules(call: Call) -> dict[str, Any]:
    """What rules may ask for beside the upstream signal, by name."""
    prim = call.primitive
    raw = prim.forward(*call.operands, **call.parameters)
    made = tuple(raw) if prim.several else (raw,)
    known: dict[str, Any] = {**prim.defaults, **call.parameters}
    known.update(zip((*(prim.outputs or ("out",)), *prim.aux), made, strict=True))
    if prim.variadic:
        (name,) = prim.operands
        return {**known, name: call.operands, f"{name}_shape": tuple(x.shape for x in call.operands)}
    for name, x in zip(prim.operands, call.operands, strict=True):
        known[name], known[f"{name}_shape"] = x, x.shape
    known.update({name: kept.compute(*map(known.get, kept.needs)) for name, kept in prim.kept.items()})
    return known


def recorded(call: Call, positions: Sequence[int]) -> tuple[list[Tensor], tuple[Tensor, ...]]:
    """The operands at ``positions`` as leaves, and the results computed from them."""
    operands = [tensor_of(x, i in positions) for i, x in enumerate(call.operands)]
    out = call.primitive(*operands, **call.parameters)
    return [operands[i] for i in positions], tuple(out) if call.primitive.outputs else (out,)


def gradients(
    outputs: Sequence[Any], upstream: Sequence[Any], inputs: Sequence[Any], create_graph: bool = False
) -> list[Any]:
    """The gradient of ``sum(<upstream, outputs>)`` for each input, zeros where it does not matter. Tensors
    with ``create_graph``."""
    live = [(o, u) for o, u in zip(outputs, upstream, strict=True) if o.requires_grad and u is not None]
    found: dict[Any, Any] = {}
    if live:
        targets = [t._node for t in inputs]
        found, _ = run_backward(
            [o for o, _ in live],
            [u if isinstance(u, Tensor) else tensor_of(u) for _, u in live],
            True,
            create_graph,
            targets,
        )
    zero = {t._node: np.zeros_like(t.array) for t in inputs if t._node not in found}
    return [
        found[t._node][0] if t._node in found else tensor_of(zero[t._node]) if create_graph else zero[t._node]
        for t in inputs
    ]


def vjp(call: Call, positions: Sequence[int], upstream: Sequence[Array]) -> list[Array]:
    """What the local gradients give to the operands at ``positions``; None in ``upstream`` where nothing
    came."""
    leaves, out = recorded(call, positions)
    return gradients(out, upstream, leaves)


def vjp_of_vjp(
    call: Call, positions: Sequence[int], upstream: Sequence[Array], second: Sequence[Array]
) -> list[Array]:
    """The gradient of ``sum(<second, vjp>)`` for the operands at ``positions`` and then for each upstream
    signal."""
    leaves, out = recorded(call, positions)
    signals = [tensor_of(u, True) for u in upstream]
    first = gradients(out, signals, leaves, create_graph=True)
    return gradients(first, second, [*leaves, *signals])


def inner(a: Sequence[Array], b: Sequence[Array]) -> float:
    """The sum of all products of elements, in float64."""
    return sum(
        float(np.multiply(move(read_only(x), CPU), move(read_only(y), CPU), dtype=np.float64).sum())
        for x, y in zip(a, b, strict=True)
    )


def magnitude(a: Sequence[Array], b: Sequence[Array]) -> float:
    """The same of absolute values: the scale of rounding errors in :func:`inner`."""
    return inner([abs(x) for x in a], [abs(y) for y in b])


class Slope(NamedTuple):
    """A derivative by differences, the step that was used, and whether differences with two steps agreed."""

    value: float
    step: float
    smooth: bool


def slope(f: Callable[[float], float], scale: float, step: float = STEP) -> Slope:
    """f'(0), by central differences with Richardson extrapolation.

    Where two steps disagree by more than 1e-4 of ``scale`` a kink is near, or the function bends sharply: the
    step shrinks, down to a hundredth.
    """

    def difference(h: float) -> float:
        return (f(h) - f(-h)) / (2 * h)

    for h in (step, step / 10, step / 100):
        wide, narrow = difference(h), difference(h / 2)
        smooth = abs(wide - narrow) <= 1e-4 * (scale + abs(narrow))
        if smooth:
            break
    return Slope((4 * narrow - wide) / 3, h, smooth)
