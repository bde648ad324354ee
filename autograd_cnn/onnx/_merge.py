"""One graph of several runs at different sizes: what was the same in all stays, what varied is written in
sizes.

Every run ran the same operators, or the export is refused. So the file computes, at each of the sizes that
were run, exactly what the model did there.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .._engine import source
from ._arrays import ArrayWriter
from ._sizes import Array, Size, Writer
from ._trace import Step, Trace


class VariedError(Exception):
    """Something depends on a size in a way that has no form in ONNX here: where, and what."""

    def __init__(self, at: int, line: source.Line | None, what: str) -> None:
        super().__init__(what)
        self.at, self.line, self.what = at, line, what


class Merged:
    """The nodes and the constants of several traces as one."""

    def __init__(self, traces: Sequence[Trace], inputs: Sequence[str]) -> None:
        self.traces, self._inputs = traces, inputs
        self.nodes: list[Step] = []
        self.constants: dict[str, Array] = {}
        self._renamed: dict[str, str] = {}
        self._count = 0
        for at in range(max(len(t.nodes) for t in traces)):
            self._step(at, [t.nodes[at] if at < len(t.nodes) else None for t in traces])

    def result(self, names: Sequence[str], shown: str) -> str:
        """The name of a result that has these names in the runs."""
        if len(set(names)) > 1:
            raise VariedError(len(self.nodes), None, f"the result {shown} is computed in another way")
        return self._value(names[0], None, [])

    def shapes(self, name: str) -> list[tuple[int, ...]]:
        """The shapes of a value in the runs."""
        return [t.shapes[name] for t in self.traces]

    def _step(self, at: int, steps: Sequence[Step | None]) -> None:
        first = next(step for step in steps if step is not None)
        others = [step for step in steps if step is not None]
        if len(others) < len(steps) or any(
            (s.operator, s.inputs, s.output) != (first.operator, first.inputs, first.output) for s in others
        ):
            raise VariedError(
                at, first.line, "other operators run: a loop, a condition or a broadcast depends on it"
            )
        if any(not _equal(s.attributes, first.attributes) for s in others):
            told = ", ".join(
                f"{k} {v} or {s.attributes[k]}"
                for s in others
                for k, v in first.attributes.items()
                if not _equal(s.attributes[k], v)
            )
            raise VariedError(
                at, first.line, f"{first.operator} needs numbers that are fixed in ONNX ({told})"
            )
        known = [t.known.get(first.output) for t in self.traces]
        if all(k is not None for k in known) and _same([k for k in known if k is not None]):
            self.constants[first.output] = known[0]  # type: ignore[assignment] # none of them is None
            return
        spare = first.operator == "Reshape"
        names = [
            self._value(name, first, self._sizes(first), at, spare and position == 1)
            for position, name in enumerate(first.inputs)
        ]
        self.nodes.append(first._replace(inputs=tuple(names)))

    def _sizes(self, step: Step) -> list[Size]:
        """The sizes at hand: those of the node's own operands, then those of the inputs."""
        values = [name for name in step.inputs if name in self.traces[0].shapes and self._is_computed(name)]
        return [
            Size(name, axis, tuple(t.shapes[name][axis] for t in self.traces))
            for name in dict.fromkeys([*values, *self._inputs])
            for axis in range(len(self.traces[0].shapes[name]))
        ]

    def _is_computed(self, name: str) -> bool:
        return name not in self.traces[0].constants and name not in self.constants

    def _value(
        self, name: str, step: Step | None, sizes: list[Size], at: int = 0, spare: bool = False
    ) -> str:
        """An operand: computed, or a constant, or what a constant that varies is made of."""
        if name in self._renamed:
            return self._renamed[name]
        arrays = [t.constants[name] for t in self.traces if name in t.constants]
        if not arrays:
            return name
        if len(arrays) == len(self.traces) and _same(arrays):
            self.constants[name] = arrays[0]
            return name
        made = self._expression(arrays, sizes, spare) if len(arrays) == len(self.traces) else None
        if made is None:
            shapes = " or ".join(str(list(a.shape)) for a in arrays[:2])
            values = " or ".join(str(a.tolist()) for a in arrays[:2] if a.size < 9)
            what = f"a constant of shape {shapes}{f' ({values})' if values else ''} has no form in sizes"
            raise VariedError(at, None if step is None else step.line, what)
        self._renamed[name] = made
        return made

    def _expression(self, arrays: Sequence[Array], sizes: list[Size], spare: bool) -> str | None:
        writer = Writer(self._emit, self._constant, sizes)
        if arrays[0].ndim == 1 and arrays[0].dtype == np.int64 and len({a.shape for a in arrays}) == 1:
            return writer.listed(np.stack(arrays, 1).tolist(), spare)
        return ArrayWriter(writer, self._emit, self._constant, self.traces[0].type_of).write(arrays)

    def _emit(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        self._count += 1
        name = f"size_{self._count}"
        self.nodes.append(Step(operator, tuple(inputs), name, attributes, source.here()))
        return name

    def _constant(self, array: Array) -> str:
        self._count += 1
        name = f"number_{self._count}"
        self.constants[name] = array
        return name

    def needed(self, results: Sequence[str]) -> tuple[list[Step], dict[str, Array]]:
        """The nodes that lead to the results, and their constants."""
        wanted, kept = set(results), []
        for step in reversed(self.nodes):
            if step.output in wanted:
                kept.append(step)
                wanted.update(step.inputs)
        return kept[::-1], {name: array for name, array in self.constants.items() if name in wanted}


def _same(arrays: Sequence[Array]) -> bool:
    first = arrays[0]
    return all(
        a is first
        or (
            a.shape == first.shape
            and a.dtype == first.dtype
            and np.array_equal(a, first, equal_nan=first.dtype.kind == "f")
        )
        for a in arrays[1:]
    )


def _equal(a: Any, b: Any) -> bool:
    if isinstance(a, Mapping):
        return a.keys() == b.keys() and all(_equal(a[k], b[k]) for k in a)
    return bool(a == b)
