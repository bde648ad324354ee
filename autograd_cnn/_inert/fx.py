"""Tracing of models into graphs: the names that models are decorated with."""

from ._answers import refusing, unchanged

__all__ = ["Graph", "GraphModule", "Interpreter", "Node", "Proxy", "Tracer", "symbolic_trace", "wrap"]

wrap = has_side_effect = unchanged


class GraphModule:
    """A model that was traced; none is."""


class Graph:
    """What tracing finds."""


class Node:
    """An operation in a graph."""


class Proxy:
    """What runs through a model that is traced; never seen here."""


class Tracer:
    """What traces a model."""

    trace = refusing("torch.fx.Tracer.trace", "look at the graph of a result: explain.draw(y)")


class Interpreter:
    """What runs a graph."""

    run = refusing("torch.fx.Interpreter.run", "call the model")


symbolic_trace = refusing("torch.fx.symbolic_trace", "look at the graph of a result: explain.draw(y)")
