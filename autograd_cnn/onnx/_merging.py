"""Several traces of one model, on examples of other sizes, as one that serves all sizes.

What is the same in all of them stays. A constant that differs is computed in the file, by a formula of the
sizes that differ (``_formulas``). What differs otherwise can't be written, and is an error that names the
line.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ._formulas import Pattern, Real, Row, Size, Whole, pattern, real, whole
from ._trace import Array, Step, Trace, type_of

_INT = np.dtype(np.int64)


class Merging:
    """The steps and constants that serve all the sizes the traces were made with.

    ``inputs`` are the shapes of the model's inputs in each run. With ``of_values`` the runs differ in the
    numbers of the inputs only, and no constant may.
    """

    def __init__(
        self, traces: Sequence[Trace], inputs: dict[str, list[tuple[int, ...]]], of_values: bool = False
    ) -> None:
        self._of_values = of_values
        self.steps: list[Step] = []
        self.constants: dict[str, Array] = {}
        self._traces = traces
        self._sizes: dict[Row, Size] = {}
        self._written: dict[Any, str] = {}
        """Values of formulas, by what they are of."""
        self._at: Step | None = None
        for name, shapes in inputs.items():
            self._know(name, shapes)
        self._merge()

    def _merge(self) -> None:
        runs = [trace.steps for trace in self._traces]
        for number, same in enumerate(zip(*runs, strict=False)):
            self._compare(same, number)
            self._at = same[0]
            named = tuple(self._input(name) for name in same[0].inputs)
            self.steps.append(same[0]._replace(inputs=named))
            shapes = [step.shape for step in same]
            if None not in shapes:
                self._know(same[0].output, [shape for shape in shapes if shape is not None])
        lengths = {len(steps) for steps in runs}
        if len(lengths) > 1:
            beyond = max(runs, key=len)[min(lengths)]
            raise self._not_dynamic(beyond.place, f"{beyond.operator} runs for some sizes and not for others")

    def _compare(self, same: Sequence[Step], number: int) -> None:
        first = same[0]
        for step in same:
            if (step.operator, step.inputs, step.output) != (first.operator, first.inputs, first.output):
                raise self._not_dynamic(
                    step.place, f"for one size {first.operator} runs there, for another {step.operator}"
                )
            for name, value in step.attributes.items():
                if value != first.attributes[name]:
                    raise self._not_dynamic(
                        step.place,
                        f"{name} of {step.operator} is {first.attributes[name]} for one size and {value} for "
                        "another, and ONNX wants one number there",
                    )

    def _know(self, value: str, shapes: Sequence[tuple[int, ...]]) -> None:
        """From here on the sizes of ``value`` may stand in formulas."""
        if len({len(shape) for shape in shapes}) > 1:
            return
        for axis, row in enumerate(zip(*shapes, strict=True)):
            if len(set(row)) > 1:
                self._sizes[row] = Size(value, axis, row)  # the nearest of those that were alike

    # constants

    def _input(self, name: str) -> str:
        """The name of an operand: the same, or that of the formula which computes it."""
        arrays = [trace.constants[name] for trace in self._traces if name in trace.constants]
        if not arrays:
            return name
        if all(_same(array, arrays[0]) for array in arrays):
            self.constants[name] = arrays[0]
            return name
        if self._of_values:
            raise self._unknown(arrays)
        if name not in self._written:
            self._written[name] = self._formula(arrays)
        return self._written[name]

    def _formula(self, arrays: Sequence[Array]) -> str:
        kind, shapes = arrays[0].dtype, [array.shape for array in arrays]
        if len({len(shape) for shape in shapes}) > 1:
            raise self._unknown(arrays)
        if len(set(shapes)) > 1:
            return self._array(arrays)
        if arrays[0].size > 64:
            raise self._unknown(arrays)
        rows = list(zip(*(array.reshape(-1).tolist() for array in arrays), strict=True))
        parts = [self._number(row, kind, arrays) for row in rows]
        joined = parts[0] if len(parts) == 1 else self._node("Concat", parts, axis=0)
        if arrays[0].ndim == 1:
            return joined
        return self._node("Reshape", [joined, self._constant(np.asarray(shapes[0], np.int64))])

    def _number(self, row: Sequence[Any], kind: np.dtype[Any], arrays: Sequence[Array]) -> str:
        """One number, as a value of shape (1,)."""
        if len(set(row)) == 1:
            return self._constant(np.asarray([row[0]], kind))
        if all(float(n).is_integer() for n in row):
            integral = whole(tuple(int(n) for n in row), self._pool())
            if integral is not None:
                return self._cast(self._whole(integral), _INT, kind)
        if kind.kind == "f":
            found = real(row, self._pool(), _tolerance(kind))
            if found is not None:
                return self._real(found, kind)
        raise self._unknown(arrays)

    def _pool(self) -> list[Size]:
        return list(self._sizes.values())

    def _array(self, arrays: Sequence[Array]) -> str:
        """An array whose shape differs."""
        kind = arrays[0].dtype
        patterns = [pattern(array, _tolerance(kind)) for array in arrays]
        rows = list(zip(*(array.shape for array in arrays), strict=True))
        lengths = [self._number(row, _INT, arrays) for row in rows]
        shape = lengths[0] if len(lengths) == 1 else self._node("Concat", lengths, axis=0)
        known = [p for p in patterns if p is not None]
        if len(known) < len(patterns) or len({_sort(p) for p in known}) > 1:
            raise self._unknown(arrays)
        start = self._number([p.start for p in known], kind, arrays)
        if known[0].border is not None:
            return self._triangle(known, start, lengths, shape, kind, arrays)
        total = start
        for axis, rises in enumerate(zip(*(p.rises for p in known), strict=True)):
            if any(rises):
                index = self._cast(self._along(lengths[axis], len(rows) - axis), _INT, kind)
                total = self._node(
                    "Add", [total, self._node("Mul", [index, self._number(rises, kind, arrays)])]
                )
        return self._node("Expand", [total, shape])

    def _triangle(
        self,
        known: Sequence[Pattern],
        start: str,
        lengths: Sequence[str],
        shape: str,
        kind: np.dtype[Any],
        arrays: Sequence[Array],
    ) -> str:
        distance = self._node("Sub", [self._along(lengths[-1], 1), self._along(lengths[-2], 2)])
        border = self._number([p.border for p in known], _INT, arrays)
        inside = self._node("Equal" if known[0].diagonal else "GreaterOrEqual", [distance, border])
        other = self._number([p.other for p in known], kind, arrays)
        if kind == np.bool_:
            kept = inside if known[0].start else self._node("Not", [inside])
            return self._node("Expand", [kept, shape])
        return self._node("Expand", [self._node("Where", [inside, start, other]), shape])

    def _along(self, length: str, place: int) -> str:
        """0, 1, 2, ... along the axis that is ``place`` from the end."""
        none = self._constant(np.asarray([0], np.int64))
        scalar = self._node("Squeeze", [length, none])
        numbers = self._node("Range", [self._constant(np.asarray(0)), scalar, self._constant(np.asarray(1))])
        if place == 1:
            return numbers
        axes = self._constant(np.arange(1, place, dtype=np.int64))
        return self._node("Unsqueeze", [numbers, axes])

    # formulas

    def _whole(self, formula: Whole) -> str:
        """A formula of whole numbers, as a value of shape (1,)."""
        if formula in self._written:
            return self._written[formula]
        value = self._constant(np.asarray([1], np.int64)) if not formula.sizes else ""
        for size in formula.sizes:
            value = self._node("Mul", [value, self._size(size)]) if value else self._size(size)
        for operator, number, neutral in (("Mul", formula.factor, 1), ("Add", formula.offset, 0)):
            if number != neutral:
                value = self._node(operator, [value, self._constant(np.asarray([number], np.int64))])
        if formula.minus is not None:
            value = self._node("Sub", [value, self._size(formula.minus)])
        if formula.divisor != 1:
            value = self._floor_divide(value, formula.divisor)
        times = None if formula.times == 1 else formula.times
        last = (("Mul", times), ("Mod", formula.modulus), ("Max", formula.low), ("Min", formula.high))
        for operator, bound in last:
            if bound is not None:
                value = self._node(operator, [value, self._constant(np.asarray([bound], np.int64))])
        self._written[formula] = value
        return value

    def _floor_divide(self, value: str, divisor: int) -> str:
        """ONNX's Div rounds to zero, Mod has the divisor's sign: (n - n mod d) / d rounds down."""
        by = self._constant(np.asarray([divisor], np.int64))
        even = self._node("Sub", [value, self._node("Mod", [value, by])])
        return self._node("Div", [even, by])

    def _real(self, formula: Real, kind: np.dtype[Any]) -> str:
        value = self._cast(self._whole(formula.whole), _INT, kind)
        if formula.exponent in (0.5, -0.5):
            value = self._node("Sqrt", [value])
        elif abs(formula.exponent) == 2:
            value = self._node("Mul", [value, value])
        scale = self._constant(np.asarray([formula.scale], kind))
        if formula.exponent < 0:
            return self._node("Div", [scale, value])
        if formula.under is not None:
            value = self._node("Div", [value, self._cast(self._whole(formula.under), _INT, kind)])
        return value if formula.scale == 1 else self._node("Mul", [value, scale])

    def _size(self, size: Size) -> str:
        key = ("size", size.value, size.axis)
        if key not in self._written:
            if ("shape", size.value) not in self._written:
                self._written["shape", size.value] = self._node("Shape", [size.value])
            axis = self._constant(np.asarray([size.axis], np.int64))
            self._written[key] = self._node("Gather", [self._written["shape", size.value], axis], axis=0)
        return self._written[key]

    # steps

    def _node(self, operator: str, inputs: Sequence[str], **attributes: Any) -> str:
        assert self._at is not None
        name = f"size_{len(self.steps)}"
        self.steps.append(Step(operator, tuple(inputs), name, attributes, None, self._at.line))
        return name

    def _constant(self, array: Array) -> str:
        key = (array.dtype.str, array.shape, array.tobytes())
        if key not in self._written:
            name = self._written[key] = f"number_{len(self.constants)}"
            self.constants[name] = array
        return self._written[key]

    def _cast(self, value: str, before: np.dtype[Any], kind: np.dtype[Any]) -> str:
        return value if kind == before else self._node("Cast", [value], to=type_of(kind))

    def _not_dynamic(self, place: str, why: str) -> NotImplementedError:
        if self._of_values:
            return NotImplementedError(
                f"onnx.export: {place} can't be written, for what runs there depends on the numbers in "
                "the example, not on "
                f"tensors computed from them: {why}"
            )
        return NotImplementedError(
            f"onnx.export: {place} can't be written for the sizes that dynamic_axes says may differ: "
            f"{why}. Leave that "
            "axis out of dynamic_axes, or write the line for any size"
        )

    def _unknown(self, arrays: Sequence[Array]) -> NotImplementedError:
        assert self._at is not None
        told = ", ".join(
            f"{array.item()}" if array.size == 1 else f"shape {list(array.shape)}" for array in arrays[:3]
        )
        return self._not_dynamic(
            self._at.place,
            f"a constant of {self._at.operator} differs in a way that no formula tells ({told}, ...); "
            "compute it from the input by operators that have a form in ONNX",
        )


def _same(a: Array, b: Array) -> bool:
    return a is b or (a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f"))


def _sort(p: Pattern) -> tuple[Any, ...]:
    """What must agree between the patterns of two sizes."""
    return (len(p.rises), p.border is None, p.diagonal)


def _tolerance(kind: np.dtype[Any]) -> float:
    return 8 * float(np.finfo(kind).eps) if kind.kind == "f" else 0.0
