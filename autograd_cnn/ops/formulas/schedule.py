"""How a formula runs over its space: which axes are rows that a reduction must have seen before the next step
begins, which sums are gathered on the way, and what is left to do on their small results.

Axes are of two kinds. Along the *row* axes values are reduced that later steps need (the maximum of a
softmax, the mean of a layer norm): a row is passed over several times. The others are *outer* axes: each of
their places is done by itself, and they are cut into pieces for threads.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from .._arithmetic import multiply
from .apart import taken_apart
from .expression import Expression
from .makers import NoFormulaError

VIEWS = frozenset(("reshape", "broadcast_to"))
"""Operators that change the shape around a value."""

SUMS = frozenset(("sum", "sum_to"))
REDUCTIONS = SUMS | {"amax", "amin"}

MANY = 2**10
"""Results of a sum that are too many to be gathered by each piece by itself."""


class Total(NamedTuple):
    """A sum over some axes that nothing in the loops waits for."""

    node: Expression
    value: Expression
    reduced: frozenset[int]
    meant: Expression
    """The sum of the formula that it is, or a ``factor`` of."""
    factor: int


def name_of(node: Expression) -> str:
    return node.op if isinstance(node.op, str) else node.op.name


class Schedule:
    """The plan of a formula's loops."""

    outputs: tuple[Expression, ...]
    rows: frozenset[int]
    outer: frozenset[int]
    sizes: dict[int, int]

    def __init__(self, outputs: Sequence[Expression]) -> None:
        self.outputs = tuple(outputs)
        trace = outputs[0].trace
        self.singles = trace.singles
        self.instead: dict[Expression, Expression] = {}
        """Sums as they are written otherwise: along rows taken apart, or of fewer axes and multiplied."""
        self.counted: dict[Expression, tuple[Expression, int]] = {}
        """Of the latter which sum is meant, and how often each of its values counts."""
        for node in trace.known.values():
            if len(node.varies()) < sum(a is not None for a in node.axes):
                raise NoFormulaError("an axis that runs along two of one value")
        order = self._look()
        for node in order:
            if name_of(node) in SUMS and self.factor[node] != 1:
                self.instead[node] = self._multiplied(node)
        order = self._look()
        self.rows = self._rows(order)
        if self.rows and not self.singles:
            for node in order:
                if name_of(node) in SUMS and self.reduced[node] == self.rows:
                    found = self._apart(node)
                    if found is not node:
                        self.instead[node] = found
            order = self._look()
        space = frozenset[int]().union(
            *self.depends.values(), *self.reduced.values(), *(o.varies() for o in outputs)
        )
        self.outer = space - self.rows
        self.sizes = {a: trace.sizes[a] for a in space}
        self._sort_out(order)

    def resolved(self, node: Expression) -> Expression:
        """What ``node`` is written as, without what only changes its shape."""
        while True:
            if node.lowered is not None:
                node = node.lowered
            elif node in self.instead:
                node = self.instead[node]
            elif name_of(node) in VIEWS:
                node = node.args[0]
            else:
                return node

    def _look(self) -> list[Expression]:
        """All values, operands first; which axes each depends on, and which it is reduced over."""
        order: dict[Expression, None] = {}
        stack = [(self.resolved(o), False) for o in reversed(self.outputs)]
        while stack:
            node, done = stack.pop()
            if done:
                order[node] = None
            elif node not in order:
                stack.append((node, True))
                stack.extend((self.resolved(a), False) for a in reversed(node.args))
        self.depends: dict[Expression, frozenset[int]] = {}
        self.reduced: dict[Expression, frozenset[int]] = {}
        self.factor: dict[Expression, int] = {}
        for node in order:
            self._place(node)
        return list(order)

    def _place(self, node: Expression) -> frozenset[int]:
        """The axes that a value depends on, once those of its operands are known."""
        trace = node.trace
        below = node.varies()
        if node.args:
            below = frozenset[int]().union(*(self.depends[self.resolved(a)] for a in node.args))
        if name_of(node) in REDUCTIONS:
            over = frozenset(trace.find(a) for a in node.params["reduced"])
            self.reduced[node] = over & below
            self.factor[node] = math.prod(trace.sizes[a] for a in over - below)
            below -= over
        self.depends[node] = below
        return below

    def _multiplied(self, node: Expression) -> Expression:
        """A sum over axes along some of which its value does not change, over the others alone, times their
        sizes."""
        trace, over = node.trace, self.reduced[node]
        kept = node.args[0]
        if over:
            kept = trace.make(node.op, (kept,), {"reduced": tuple(sorted(over))}, ())
            self.counted[kept] = node, self.factor[node]
        return trace.make(multiply, (kept, trace.constant(self.factor[node])), {}, ())

    def _apart(self, node: Expression) -> Expression:
        """A sum along the row, made of sums that wait for less; itself where a part of it changes along some
        of the row's axes only."""
        trace, rows = node.trace, self.rows
        parts: list[Expression] = []

        def total(part: Expression) -> Expression:
            parts.append(part)
            return trace.make(node.op, (part,), {"reduced": tuple(sorted(rows))}, ())

        def along(part: Expression) -> bool:
            return bool(self._found(part) & rows)

        count = math.prod(trace.sizes[a] for a in rows)
        found = taken_apart(node.args[0], total, count, along, self.resolved)
        return found if all(self._found(part) & rows == rows for part in parts) else node

    def _found(self, part: Expression) -> frozenset[int]:
        """The axes that a new value depends on."""
        if part not in self.depends:
            for a in part.args:
                self._found(self.resolved(a))
            self._place(part)
        return self.depends[part]

    def _rows(self, order: list[Expression]) -> frozenset[int]:
        """The axes of reductions on whose results something along these axes depends."""
        reach = {node: self.depends[node] for node in order}
        for output in self.outputs:
            reach[self.resolved(output)] |= output.varies()
        for node in reversed(order):
            for a in map(self.resolved, node.args):
                reach[a] |= reach[node]
        waited = {r: over for r, over in self.reduced.items() if over & reach[r]}
        if len(set(waited.values())) > 1:
            raise NoFormulaError("reductions over different axes that depend on each other")
        return next(iter(waited.values()), None) or self._alone()

    def _alone(self) -> frozenset[int]:
        """The axes of a reduction for which nobody waits, and that is better taken along rows: an extreme, or
        a sum with so many results that each piece's own would be more than the numbers."""
        space = frozenset[int]().union(*self.depends.values(), *self.reduced.values())
        found: frozenset[int] = frozenset()
        most = MANY
        for node, over in self.reduced.items():
            kept = math.prod(node.trace.sizes[a] for a in space - over)
            if over and (name_of(node) not in SUMS or kept > most):
                found, most = over, max(most, kept)
        return found

    def _sort_out(self, order: list[Expression]) -> None:
        """Levels of what the loops compute, the totals they gather, and what comes after."""
        self.level: dict[Expression, int] = {}
        self.totals: list[Total] = []
        self.nodes: list[Expression] = []
        after: set[Expression] = set()
        for node in order:
            args = [self.resolved(a) for a in node.args]
            if any(a in after for a in args):
                after.add(node)
                continue
            level = max((self.level[a] for a in args), default=0)
            if self.reduced.get(node) and self.reduced[node] == self.rows:
                level += 1
            elif self.reduced.get(node):
                if name_of(node) not in SUMS:
                    raise NoFormulaError(f"{name_of(node)} over axes that are not the rows")
                meant = self.counted.get(node, (node, 1))
                self.totals.append(Total(node, args[0], self.reduced[node], *meant))
                after.add(node)
                continue
            self.level[node] = level
            self.nodes.append(node)
        for total in self.totals:
            loops = self.outer | self.rows if self.in_rows(total.value) else self.outer
            if not loops <= total.reduced | self.depends[total.node]:
                raise NoFormulaError("a sum beside loops that it has no part in")
        whole, each = self.outer | self.rows, self.outer
        self.stored: list[tuple[int, Expression]] = []
        """Outputs that the loops write, by their number."""
        self.late: list[int] = []
        """Outputs that are computed from totals afterwards."""
        for i, output in enumerate(self.outputs):
            value = self.resolved(output)
            if value not in after and output.varies() in (whole, each) and value.op != "constant":
                self.stored.append((i, value))
            else:
                self.late.append(i)
        if not self.stored and not self.totals:
            raise NoFormulaError("nothing to run over")

    @property
    def levels(self) -> int:
        """How often a row is passed over before its results are known."""
        return max((self.level[n] for n in self.nodes if self.reduced.get(n)), default=0)

    def in_rows(self, node: Expression) -> bool:
        """Whether a value changes along the row."""
        return bool(self.depends[node] & self.rows)
