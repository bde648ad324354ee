"""What a model computes, as a list of ONNX nodes, written while it runs.

The trace stands where the engine tells an observer of every primitive. A composition that ONNX has an
operator for, such as a convolution, is written as that operator instead, and what runs inside it is not told
(see ``_compositions``).
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU
from .._devices.transfer import move
from .._engine import source
from .._engine.handle import Handle
from .._engine.node import Node
from .._engine.observers import Observer
from ..ops import Operator, Primitive


class Step(NamedTuple):
    """A node to be, and the user's line that led to it."""

    operator: str
    inputs: tuple[str, ...]
    output: str
    attributes: dict[str, Any]
    line: source.Line


class Trace(Observer):
    """Nodes and constants so far, and the name of every value.

    Where sizes may differ later (``dynamic``), what is computed of constants is written too: they may be made
    of sizes. ``spatial``: other axes than the first are among these.
    """

    def __init__(
        self,
        onnx: Any,
        operators: dict[str, Callable[..., Any]],
        dynamic: bool = False,
        spatial: bool = False,
    ) -> None:
        self._onnx, self._operators = onnx, operators
        self.dynamic, self.spatial = dynamic, spatial
        self.nodes: list[Step] = []
        self.shapes: dict[str, tuple[int, ...]] = {}
        self.known: dict[str, np.ndarray[Any, Any]] = {}
        """The results that were computed of constants only."""
        self.constants: dict[str, np.ndarray[Any, Any]] = {}
        self._names: dict[Any, str] = {}
        self._kept: list[Any] = []
        """Tensors that were named: their identity must not go to another one."""
        self._computed: set[str] = set()
        """Names of inputs and of nodes' outputs; all others are constants'."""
        self._count = 0

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
        self.shapes[name] = tuple(tensor.array.shape)

    def value(self, operand: Any, dtype: Any = None) -> str:
        """The name of an operand; what is no computed value becomes a constant of ``dtype``."""
        if isinstance(operand, Handle):
            tensor: Any = operand
            known = self._names.get(self._key(tensor))
            if known is None and type(tensor._node) is Node:
                raise RuntimeError(
                    f"onnx.export: a tensor of shape {tuple(tensor.shape)} was computed by something "
                    "that the export did not see"
                )
            name = known or self._fresh("constant")
            self.name(tensor, name)
            if tensor._node is None or not tensor._node.edges:
                self._write_constant(name, np.asarray(move(tensor.array, CPU)))
            return (
                name
                if dtype is None or tensor.array.dtype == dtype
                else self.node("Cast", [name], to=self.type_of(dtype))
            )
        name = self._fresh("constant")
        self._write_constant(name, np.asarray(operand, dtype))
        return name

    def _write_constant(self, name: str, array: np.ndarray[Any, Any]) -> None:
        if name not in self._computed:
            self.constants.setdefault(name, array)

    def inputs(self, tensors: dict[str, Any]) -> None:
        """The model's inputs by name."""
        self._computed.update(tensors)
        for name, tensor in tensors.items():
            self.name(tensor, name)

    def _fresh(self, stem: str) -> str:
        self._count += 1
        return f"{stem}_{self._count}"

    def type_of(self, dtype: Any) -> int:
        """ONNX's number for a dtype."""
        return int(self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    # nodes

    def node(self, operator: str, inputs: Sequence[str], result: Any = None, **attributes: Any) -> str:
        """Add a node; its output is named after ``result``, if that is given. The output's name."""
        name = self._fresh(operator.lower())
        self.nodes.append(Step(operator, tuple(inputs), name, attributes, source.here()))
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
        names = [self._names.get(self._key(x)) for x in operands if isinstance(x, Handle)]
        if all(name is None or name in self.known for name in names):
            self._of_constants(prim, operands, params, results)
            return
        if not isinstance(prim, Primitive):
            for result in results:
                self._name_again(result)
            return
        write = self._operators.get(prim.name)
        if write is None:
            raise NotImplementedError(
                f"onnx.export: no ONNX operator is known for {prim.name} (at "
                f"{source.describe(source.here())}); known are "
                f"{', '.join(sorted(self._operators))}, convolutions, "
                "pooling, linear layers and batch normalisation"
            )
        write(self, results[0], *operands, **{**prim.defaults, **params})

    def _of_constants(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """The result is a constant too; but where sizes may differ, it may be made of them."""
        write = self._operators.get(prim.name)
        if not self.dynamic or write is None or not isinstance(prim, Primitive):
            return
        try:
            write(self, results[0], *operands, **{**prim.defaults, **params})
        except NotImplementedError:
            return
        name = self._names.get(self._key(results[0]))
        if name is not None:
            self.known[name] = np.asarray(move(results[0].array, CPU))

    def _name_again(self, result: Any) -> None:
        """Another handle of a value that has a name."""
        for tensor in reversed(self._kept):
            if tensor.array is result.array:
                self.name(result, self._names[self._key(tensor)])
                return

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """A value left the graph: what is computed from it is a constant, unless it is the same value under
        another handle."""
        if result is not None and isinstance(result, Handle) and self._key(tensor) in self._names:
            self.name(result, self._names[self._key(tensor)])
