"""``ledger``: what the graph keeps in memory for the backward pass, by operator, module and line, and the
peak."""

import math
import sys
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._engine.memory import owner
from .._engine.node import Node, scopes
from .._engine.sort import toposort
from ._labels import bytes_text
from ._names import Names, given_names, variable_names
from ._reading import Reading, Vertex, block_bytes, kept_arrays, root_of
from ._watch import read_watched

ROWS = 12


class Ledger:
    """What :func:`ledger` returns; prints as tables."""

    def __init__(
        self,
        by_operator: dict[str, int],
        by_module: dict[str, int],
        by_line: dict[str, int],
        peak: int,
        peak_at: str,
    ) -> None:
        self.by_operator = by_operator
        self.by_module = by_module
        self.by_line = by_line
        self.total: int = sum(by_operator.values())
        """Bytes kept now; a block of memory that several operators keep counts once, a leaf's own memory not
        at all."""
        self.peak = peak
        """Bytes kept and gradients alive at the most during the backward pass."""
        self.peak_at = peak_at
        """The operator at which that is."""

    def __str__(self) -> str:
        parts = [
            f"kept for the backward pass: {bytes_text(self.total)}; with gradients at most "
            f"{bytes_text(self.peak)}, at {self.peak_at}"
        ]
        for title, table in (
            ("operator", self.by_operator),
            ("module", self.by_module),
            ("line", self.by_line),
        ):
            parts.append(_table(title, table))
        return "\n\n".join(part for part in parts if part)

    __repr__ = __str__


def _table(title: str, table: Mapping[str, int]) -> str:
    rows = sorted(table.items(), key=lambda row: -row[1])
    shown = [(name or "(none)", bytes_text(count)) for name, count in rows[:ROWS] if count]
    if not shown:
        return ""
    width = max(len(name) for name, _ in [*shown, (f"by {title}", "")])
    more = [f"and {len(rows) - ROWS} more"] if len(rows) > ROWS else []
    return "\n".join(
        [
            f"{f'by {title}':<{width}}      bytes",
            *(f"{name:<{width}} {count:>10}" for name, count in shown),
            *more,
        ]
    )


def scope_path(node: Any) -> str:
    """The modules in force when the node was made: ``LeNet/conv1``."""
    return "/".join(scope.name for scope in scopes(getattr(node, "scope", None)) if scope.kind == "module")


def ledger(loss: Any, params: Any = None) -> Ledger:
    """Account for the memory that the graph of ``loss`` keeps until the backward pass: by operator, by
    module, by line.

    The peak is worked out from the graph: what is kept, freed in the engine's order, and the gradients alive
    beside it. Lines are known inside :func:`watch` and ``explain.lines()``. A graph that was run backwards
    keeps nothing any more, unless it was watched.
    """
    names: Names = {**variable_names(sys._getframe(1)), **given_names(params)}
    reading = read_watched(loss, names)
    leaves = {
        id(owner(t.array)) for v in reading.vertices if v.is_leaf and (t := v.node.tensor()) is not None
    }
    by_operator: dict[str, int] = {}
    by_module: dict[str, int] = {}
    by_line: dict[str, int] = {}
    seen = set(leaves)
    users: dict[int, list[int]] = {}
    sizes: dict[int, int] = {}
    for vertex in reading.vertices:
        for array in kept_arrays(vertex.saved):
            block = id(owner(array))
            users.setdefault(block, []).append(vertex.index)
            if block in seen:
                continue
            seen.add(block)
            sizes[block] = block_bytes(array)
            for table, key in (
                (by_operator, vertex.op),
                (by_module, scope_path(vertex.node)),
                (by_line, vertex.line),
            ):
                table[key] = table.get(key, 0) + sizes[block]
    peak, at = _peak(loss, reading, {block: users[block] for block in sizes}, sizes)
    return Ledger(by_operator, by_module, {} if set(by_line) == {""} else by_line, peak, at)


def gradient_bytes(vertex: Vertex) -> int:
    """The size of the gradient of a value."""
    return math.prod(vertex.shape) * np.dtype(vertex.dtype).itemsize


def _peak(loss: Any, reading: Reading, users: dict[int, list[int]], sizes: dict[int, int]) -> tuple[int, str]:
    """Walk the backward pass: what is kept is freed after its last user, gradients live until they are
    consumed."""
    left = {block: len(found) for block, found in users.items()}
    blocks_of: dict[int, list[int]] = {}
    for block, found in users.items():
        for index in found:
            blocks_of.setdefault(index, []).append(block)
    root = reading.root
    alive = sum(sizes.values()) + gradient_bytes(root)
    has_gradient = {root.index}
    peak, at = alive, root.name
    for node in toposort([root_of(loss)]):
        if not isinstance(node, Node):
            continue
        vertex = reading.vertices[reading.at[node]]
        for edge in vertex.inputs:
            if edge.producer not in has_gradient:
                has_gradient.add(edge.producer)
                alive += gradient_bytes(reading.vertices[edge.producer])
        if alive > peak:
            peak, at = alive, f"{vertex.op} → {vertex.name}"
        alive -= gradient_bytes(vertex)
        for block in blocks_of.get(vertex.index, ()):
            left[block] -= 1
            if not left[block]:
                alive -= sizes[block]
    return peak, at
