"""Places in the graph, named without a tensor."""

from typing import Any, NamedTuple

from .node import GraphNode, Leaf, Node, Output, output_of


class GradientEdge(NamedTuple):
    """Where a gradient arrives: a node, and which of its results is meant. ``grad`` and ``backward`` take it
    in the place of a tensor, of which only the place in the graph matters."""

    node: Node | Leaf
    output_nr: int = 0
    ownership_token: Any = None

    def graph_node(self) -> GraphNode:
        """The node of the tensor that stands there."""
        if isinstance(self.ownership_token, Output):
            return self.ownership_token
        if isinstance(self.node, Node) and self.node.prim.outputs:
            return output_of(self.node, self.output_nr, self.node)
        return self.node


def edge_of(node: GraphNode) -> GradientEdge:
    """The edge that leads to the tensor of ``node``."""
    if isinstance(node, Output):
        return GradientEdge(node.edges[0], node.index, node)
    return GradientEdge(node, 0)
