"""Who measures: told of each operator after it has run, with the time at which its forward began."""

import re
import threading
import traceback
from collections.abc import Callable, Sequence
from time import perf_counter_ns
from typing import Any

from .._engine import memory
from .._engine.modes import Observing
from .._engine.node import GraphNode, Node
from .._engine.node_names import running_name
from .._engine.source import is_internal
from ..ops import Operator, registry
from ..utils.flop_counter import flops_of, gradient_flops
from ._events import FunctionEvent, nest

FORWARD, BACKWARD, USER = 0, 1, 7
"""Scopes of events."""


class _Clock:
    """Notes when the forwards of primitives begin and end, in each thread its own. They are stood in for
    while somebody measures, and are themselves again after: who does not measure pays nothing."""

    def __init__(self) -> None:
        self._users = 0
        self._lock = threading.Lock()
        self._forwards: dict[str, Callable[..., Any]] = {}
        self.here = threading.local()

    def start(self) -> None:
        """One more measures."""
        with self._lock:
            self._users += 1
            if self._users == 1:
                for name, primitive in registry.items():
                    self._forwards[name] = primitive.forward
                    primitive.forward = self._timed(primitive.forward)

    def stop(self) -> None:
        """One less."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                for name, forward in self._forwards.items():
                    registry[name].forward = forward
                self._forwards.clear()

    def _timed(self, forward: Callable[..., Any]) -> Callable[..., Any]:
        here = self.here

        def run(*operands: Any, **params: Any) -> Any:
            began = perf_counter_ns()
            result = forward(*operands, **params)
            here.span = (began, perf_counter_ns())
            return result

        return run

    def span(self) -> tuple[int, int]:
        """When the last forward of this thread began and ended; now, where none was seen."""
        span: tuple[int, int] | None = getattr(self.here, "span", None)
        self.here.span = None
        now = perf_counter_ns()
        return span or (now, now)


_clock = _Clock()


class Recorder(Observing):
    """Makes events of what it is told, between ``begin`` and ``end``."""

    def __init__(self, *, shapes: bool, bytes: bool, stacks: bool, flops: bool) -> None:
        super().__init__()
        self._shapes, self._bytes, self._stacks, self._flops = shapes, bytes, stacks, flops
        self.events: list[FunctionEvent] = []
        self.active = False
        self._origin = self._last = 0

    def begin(self) -> None:
        """Measure from now on."""
        if not self.active:
            self.active, self._origin = True, self._origin or perf_counter_ns()
            _clock.start()

    def end(self) -> None:
        """Measure no more."""
        if self.active:
            self.active = False
            _clock.stop()

    def result(self) -> list[FunctionEvent]:
        """The events in the order in which they began, told of those that ran inside of them."""
        for event in self.events:
            event.cpu_children.clear()
            event.set_cpu_parent(None)
        nest(self.events)
        ordered = sorted(self.events, key=lambda event: event.time_range.start)
        for event in reversed(ordered):  # what runs inside began later
            if event.is_user_annotation:
                event.cpu_memory_usage = sum(child.cpu_memory_usage for child in event.cpu_children)
        return ordered

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """An operator ran."""
        if not self.active:
            return
        event = self._add(f"aten::{running_name(prim.name, operands, params)}", *_clock.span(), FORWARD)
        if self._shapes:
            event.input_shapes = [list(getattr(o, "shape", ())) for o in operands]
        if self._bytes:
            owners = {id(memory.owner(o.array)) for o in operands if hasattr(o, "__primitive__")}
            arrays = [r.array for r in results]
            event.cpu_memory_usage = sum(a.nbytes for a in arrays if id(memory.owner(a)) not in owners)
        if self._flops:
            event.flops = flops_of(prim, operands, params, results[0].shape) or 0

    def began(self, roots: list[GraphNode]) -> None:
        """A backward pass begins: its first step is measured from now."""
        self._last = perf_counter_ns()

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """A node ran, since the one before."""
        now = perf_counter_ns()
        if self.active:
            event = self._add(node.name(), self._last or now, now, BACKWARD)
            event.fwd_thread = event.thread
            if self._shapes:
                event.input_shapes = [list(upstream.shape)] if hasattr(upstream, "shape") else []
            if self._bytes:
                event.cpu_memory_usage = sum(g.nbytes for _, g in contributions if g is not upstream)
            if self._flops:
                event.flops = sum(cost for _, cost in gradient_flops(node, upstream, contributions))
        self._last = perf_counter_ns()

    def ranged(self, name: str, args: str | None, began: int, ended: int) -> None:
        """A part of the program ran that has a name."""
        if self.active:
            event = self._add(re.sub(r"^ProfilerStep#\d+$", "ProfilerStep*", name), began, ended, USER)
            event.trace_name = name
            event.is_user_annotation = True
            event.concrete_inputs = None if args is None else [args]

    def _add(self, name: str, began: int, ended: int, scope: int) -> FunctionEvent:
        start, stop = ((at - self._origin) / 1000 for at in (began, ended))
        thread = threading.get_native_id()
        event = FunctionEvent(len(self.events), name, thread, start, stop, scope=scope)
        if self._stacks:
            event.stack = _stack()
        self.events.append(event)
        return event


def _stack() -> list[str]:
    """The lines of the user's program that led here, the innermost first."""
    lines = []
    for frame, number in traceback.walk_stack(None):
        code = frame.f_code
        if not is_internal(code.co_filename):
            lines.append(f"{code.co_filename}({number}): {code.co_name}")
    return lines
