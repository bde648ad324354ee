"""What a model computes, as a list of steps of ONNX operators, written while it runs.

The trace stands where the engine tells an observer of every primitive. A composition that ONNX has an
operator for, such as a convolution, is written as that operator instead, and what runs inside it is not told
(see ``_compositions``).
"""

import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine import memory
from .._engine.handle import Handle
from .._engine.node import Node
from .._engine.observers import Observer
from .._engine.source import Line, describe, here
from ..ops import Operator, Primitive

Array = np.ndarray[Any, Any]


class Step(NamedTuple):
    """One ONNX node to be: what it computes from which values."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]
    shape: tuple[int, ...] | None
    """Of the output, where it is known."""
    line: Line
    """Where in the user's program it was asked for."""

    @property
    def place(self) -> str:
        """``file:number``."""
        return describe(self.line)


class Trace(Observer):
    """Steps and constants so far, and the name of every value.

    With ``dynamic`` some sizes of the inputs may differ later: then also what is computed from constants
    alone is written, where ONNX has the operator, for a constant's size may depend on an input's. ``known``
    are constants of an earlier trace, which are not copied again where they are the same.
    """

    def __init__(
        self,
        operators: dict[str, Callable[..., Any]],
        *,
        dynamic: bool = False,
        known: dict[str, Array] | None = None,
    ) -> None:
        self._operators, self.dynamic, self._known = operators, dynamic, known or {}
        self.steps: list[Step] = []
        self.constants: dict[str, Array] = {}
        self._names: dict[Any, str] = {}
        self._kept: list[Any] = []
        """Tensors that were named: their identity must not go to another one."""
        self._computed: set[str] = set()
        """Names of inputs and of steps' outputs; all others are constants'."""
        self._of_constants: set[str] = set()
        """Those that were computed from constants alone."""
        self._named_at: dict[str, int] = {}
        """The epoch of writes at which a value without a node was named."""
        self._count = 0

    @property
    def operators(self) -> list[tuple[str, tuple[str, ...]]]:
        """What runs on which values."""
        return [(step.operator, step.inputs) for step in self.steps]

    # names

    @staticmethod
    def _key(tensor: Any) -> Any:
        """A value is known by the node that made it, which in-place operators move along; a constant by its
        handle."""
        return id(tensor) if tensor._node is None else tensor._node

    def name(self, tensor: Any, name: str) -> None:
        """Call a value by this name from here on."""
        self._kept.append(tensor)
        self._names[self._key(tensor)] = name
        if tensor._node is None:
            self._named_at[name] = memory.epoch

    def value(self, operand: Any, dtype: Any = None) -> str:
        """The name of an operand; what is no computed value becomes a constant of ``dtype``."""
        if isinstance(operand, Handle):
            name = self._name_of(operand)
            same = dtype is None or operand.array.dtype == dtype
            return name if same else self.node("Cast", [name], to=type_of(dtype))
        name = self._fresh("constant")
        self._write_constant(name, np.asarray(operand, dtype))
        return name

    def _name_of(self, tensor: Any) -> str:
        known = self._names.get(self._key(tensor))
        if known is None and isinstance(tensor._node, Node):
            raise RuntimeError(
                f"onnx.export: a tensor of shape {tuple(tensor.shape)} was computed by something "
                "that the export did not see"
            )
        written = (
            known is not None
            and tensor._node is None
            and memory.written_since(tensor.array, self._named_at[known]) is not None
        )
        if known in self._computed and not (written and known in self._of_constants):
            if written:
                raise NotImplementedError(
                    "onnx.export: a computed value that takes no gradient was written in place before "
                    f"{describe(here())}, "
                    "which the file can't tell; write the operator that is not in place"
                )
            return known
        if known is None or written:
            known = self._fresh("constant")
            self.name(tensor, known)
        self._write_constant(known, np.asarray(move(tensor.array, CPU)))
        return known

    def _write_constant(self, name: str, array: Array) -> None:
        if name in self.constants:
            return
        before = self._known.get(name)
        same = before is not None and _equal(before, array)
        self.constants[name] = before if same and before is not None else array.copy()

    def inputs(self, tensors: dict[str, Any]) -> None:
        """The model's inputs by name."""
        self._computed.update(tensors)
        for name, tensor in tensors.items():
            self.name(tensor, name)

    def _fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    # steps

    def node(self, operator: str, inputs: Sequence[str], result: Any = None, **attributes: Any) -> str:
        """Add a step; its output is named after ``result``, if that is given. The output's name."""
        name = self._fresh(operator.lower())
        shape = None if result is None else tuple(result.shape)
        self.steps.append(Step(operator, tuple(inputs), name, attributes, shape, here()))
        self._computed.add(name)
        if result is not None:
            self.name(result, name)
        return name

    def numbers(self, values: Sequence[int]) -> str:
        """A constant list of integers, such as axes or a shape."""
        return self.value(np.asarray(values, np.int64))

    # what the engine tells

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """A primitive ran, or an ``autograd.Function``, which is what its forward ran."""
        constant = not any(self._is_computed(x) for x in operands)
        if constant and not self.dynamic and not any(self._is_named(x) for x in operands):
            return  # its result is a constant, too
        if not isinstance(prim, Primitive):
            for result in results:
                self._name_again(result)
            return
        write = self._operators.get(prim.name)
        if write is None:
            if constant:
                return
            raise NotImplementedError(
                f"onnx.export: no ONNX operator is known for {prim.name}; known are "
                f"{', '.join(sorted(self._operators))}, convolutions, "
                "pooling, linear layers and batch normalisation"
            )
        steps = len(self.steps)
        try:
            write(self, results[0], *operands, **{**prim.defaults, **params})
        except NotImplementedError:
            if not constant:
                raise
            del self.steps[steps:]
        if constant:
            self._of_constants.update(step.output for step in self.steps[steps:])

    def _is_named(self, operand: Any) -> bool:
        return isinstance(operand, Handle) and self._key(operand) in self._names

    def _is_computed(self, operand: Any) -> bool:
        """Whether it is made of an input."""
        if not isinstance(operand, Handle):
            return False
        name = self._names.get(self._key(operand))
        return name in self._computed and name not in self._of_constants

    def _name_again(self, result: Any) -> None:
        """Another handle of a value that has a name."""
        for tensor in reversed(self._kept):
            if tensor.array is result.array:
                self.name(result, self._names[self._key(tensor)])
                return

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """A value left the graph: what is computed from it is a constant, unless it is the same value under
        another handle."""
        known = self._names.get(self._key(tensor))
        if known is None:
            return
        if isinstance(result, Handle):
            self.name(result, known)
        elif known in self._computed:
            warnings.warn(
                f"onnx.export: a computed value left the graph by {how} ({describe(here())}); what comes "
                "of it "
                "is written as it was for the example",
                stacklevel=2,
            )


def _equal(a: Array, b: Array) -> bool:
    """Bit by bit: NaN is NaN."""
    return a is b or (
        a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
    )


def type_of(dtype: Any) -> int:
    """ONNX's number for a dtype."""
    import onnx

    return int(onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))
