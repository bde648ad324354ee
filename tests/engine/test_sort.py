"""The order of the backward pass."""

import random

import pytest

from autograd_cnn._engine.sort import leading_to, toposort


class Point:
    """A node for the sort, which looks at edges only."""

    def __init__(self, *edges) -> None:
        self.edges = edges


@pytest.mark.parametrize("seed", range(20))
def test_every_node_comes_once_and_before_its_producers(seed: int) -> None:
    source = random.Random(seed)
    nodes: list[Point] = []
    for _ in range(60):
        nodes.append(Point(*(source.choice([None, *nodes]) for _ in range(source.randrange(4)))))
    roots = source.sample(nodes, 3)
    order = toposort(roots)
    reached, stack = set(), list(roots)
    while stack:
        node = stack.pop()
        if node not in reached:
            reached.add(node)
            stack += [edge for edge in node.edges if edge is not None]
    assert len(order) == len(set(order))
    assert set(order) == reached
    place = {node: i for i, node in enumerate(order)}
    assert all(place[node] < place[edge] for node in order for edge in node.edges if edge is not None)


def test_a_root_that_another_root_leads_to_comes_after_it() -> None:
    low = Point()
    high = Point(low)
    assert toposort([low, high]) == [high, low]
    assert toposort([high, low]) == [high, low]


def test_leading_to_names_the_nodes_between() -> None:
    x, y = Point(), Point()
    middle, aside = Point(x), Point(y)
    top = Point(middle, aside)
    assert leading_to(toposort([top]), [x]) == {x, middle, top}
