"""Where backward passes begin, and the signals they begin with."""

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from ..ops import ShapeError, cast
from .edges import GradientEdge
from .handle import Handle, Operand
from .modes import enable_grad
from .node import GraphNode, Leaf
from .size import Size
from .sort import toposort

Top: TypeAlias = Operand | GradientEdge
"""Where a backward pass may start or end."""


def node_of(top: Top) -> GraphNode | None:
    """Its place in the graph, if it has one."""
    return top.graph_node() if isinstance(top, GradientEdge) else top._present_node()


def seed(at: int, output: Top, gradient: Any, make: Callable[[Any, None], Any]) -> Any:
    """The upstream signal of ``output``, the one with number ``at``, checked: a Tensor."""
    node = node_of(output)
    if node is None:
        raise RuntimeError(
            f"element {at} of tensors does not require grad and does not have a grad_fn: nothing it was "
            "computed from asked for a gradient (requires_grad=True), or it was computed under "
            "no_grad()"
        )
    array = node if isinstance(output, GradientEdge) else output.array
    if gradient is None:
        if math.prod(array.shape) != 1:
            raise RuntimeError(
                "grad can be implicitly created only for scalar outputs, not for shape "
                f"{list(array.shape)}: reduce it with .sum(), or pass gradient="
            )
        return make(np.ones(array.shape, array.dtype) if array is node else np.ones_like(array), None)
    if not isinstance(gradient, Handle):
        raise TypeError(f"gradients can be either Tensors or None, but got {type(gradient).__name__}")
    if gradient.array.shape != array.shape:
        raise ShapeError(
            f"Mismatch in shape: grad_output[{at}] has a shape of {Size(gradient.array.shape)} and "
            f"output[{at}] has a shape of {Size(array.shape)}."
        )
    if gradient.array.dtype == array.dtype:
        return gradient
    with enable_grad():  # where the pass is recorded, the signal is a part of the graph
        return cast(gradient, dtype=array.dtype)


def tensor_maker(outputs: Sequence[Top], gradients: Sequence[Any]) -> Callable[[Any, None], Any]:
    """What makes a Tensor of an array."""
    if isinstance(outputs[0], Handle):
        return outputs[0]._lift
    given = (t for t in (*outputs, *gradients) if isinstance(t, Handle))
    nodes = [node for node in map(node_of, outputs) if node is not None]
    leaves = (node.tensor() for node in toposort(nodes) if isinstance(node, Leaf))
    return next(t for t in itertools.chain(given, leaves) if t is not None)._lift


def listed(value: Any) -> list[Any]:
    """One tensor, or several."""
    if isinstance(value, (Handle, GradientEdge)) or not isinstance(value, Iterable):
        return [value]
    return list(value)


def upstream_for(outputs: list[Any], gradients: Any) -> list[Any]:
    """The signals that were given for ``outputs``, one or None for each."""
    given = [None] * len(outputs) if gradients is None else listed(gradients)
    if len(given) != len(outputs):
        raise RuntimeError(
            f"got {len(outputs)} tensors and {len(given)} gradients; give one gradient (or None) for "
            "each tensor"
        )
    return given
