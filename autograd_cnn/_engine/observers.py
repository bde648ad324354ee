"""Who is told of what happens in the engine: of every operator, of every way out of the graph, of every step
of a backward pass."""

from collections.abc import Sequence
from typing import Any

from ..ops import Operator
from .node import GraphNode, Node


class Observer:
    """One who is told, where it stands in the state of the modes; it overrides what it wants to know."""

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """``prim`` ran on ``operands`` (Tensors and constants) and made the Tensors ``results``, recorded or
        not.

        What the forward of an ``autograd.Function`` runs is told before it, as unrecorded.
        """

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """The value of ``tensor`` left the graph, by a call such as ``detach()``."""

    def began(self, roots: list[GraphNode]) -> None:
        """A backward pass begins."""

    def hooked(self, node: GraphNode, hook: Any, before: Any, after: Any) -> None:
        """A hook on ``node`` was called with the gradient ``before``, and ``after`` goes on."""

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """``node`` received ``upstream`` and handed each ``(operand position, gradient)`` on."""

    def failed(self, node: Any, error: Exception) -> None:
        """A backward pass ends with ``error``; ``node``, if it is one, is what ran."""

    def ranged(self, name: str, args: str | None, began: int, ended: int) -> None:
        """A part of the program that has a ``name`` ran, between these times of ``perf_counter_ns``."""


class Observers(Observer):
    """Several in the place of one: each is told everything, the outer first."""

    def __init__(self, *observers: Observer) -> None:
        self.observers = observers

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """Tell all of an operator."""
        for observer in self.observers:
            observer.recorded(prim, operands, params, results)

    def left(self, tensor: Any, how: str, result: Any) -> None:
        """Tell all of a way out of the graph."""
        for observer in self.observers:
            observer.left(tensor, how, result)

    def began(self, roots: list[GraphNode]) -> None:
        """Tell all that a backward pass begins."""
        for observer in self.observers:
            observer.began(roots)

    def hooked(self, node: GraphNode, hook: Any, before: Any, after: Any) -> None:
        """Tell all of a hook."""
        for observer in self.observers:
            observer.hooked(node, hook, before, after)

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """Tell all of a step of it."""
        for observer in self.observers:
            observer.step(node, upstream, contributions)

    def failed(self, node: Any, error: Exception) -> None:
        """Tell all that it failed."""
        for observer in self.observers:
            observer.failed(node, error)

    def ranged(self, name: str, args: str | None, began: int, ended: int) -> None:
        """Tell all of a part of the program."""
        for observer in self.observers:
            observer.ranged(name, args, began, ended)


def each(observer: Observer | None) -> tuple[Observer, ...]:
    """Those who are told where ``observer`` stands."""
    if isinstance(observer, Observers):
        return observer.observers
    return () if observer is None else (observer,)


def together(observers: Sequence[Observer]) -> Observer | None:
    """One in the place of all of them."""
    return Observers(*observers) if len(observers) > 1 else observers[0] if observers else None


def beside(before: Observer | None, observer: Observer) -> Observer | None:
    """``observer`` told of everything too, after those who are told ``before``."""
    return together((*each(before), observer))
