"""The order of the backward pass: consumers before producers, without recursion."""

from collections.abc import Iterable

from .node import GraphNode


def toposort(roots: Iterable[GraphNode]) -> list[GraphNode]:
    """Every node that ``roots`` lead to, once, consumers before producers; by counting consumers, without
    recursion."""
    waiting = dict.fromkeys(roots, 0)
    stack = list(waiting)
    while stack:
        for producer in stack.pop().edges:
            if producer is not None:
                if producer in waiting:
                    waiting[producer] += 1
                else:
                    waiting[producer] = 1
                    stack.append(producer)
    order: list[GraphNode] = []
    ready = [node for node, count in waiting.items() if count == 0]
    while ready:
        node = ready.pop()
        order.append(node)
        for producer in node.edges:
            if producer is not None:
                count = waiting[producer] - 1
                if count:
                    waiting[producer] = count
                else:
                    ready.append(producer)
    return order


def leading_to(order: list[GraphNode], targets: Iterable[GraphNode]) -> set[GraphNode]:
    """The nodes of ``order`` from which some target can be reached."""
    found = set(targets)
    for node in reversed(order):
        if not found.isdisjoint(node.edges):
            found.add(node)
    return found
