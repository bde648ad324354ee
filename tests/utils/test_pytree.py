"""Containers taken apart and put together again."""

from collections import OrderedDict, defaultdict, deque, namedtuple

import pytest

from autograd_cnn.utils import _pytree as tree

Pair = namedtuple("Pair", ["a", "b"])


@pytest.mark.parametrize(("value", "leaves"), [
    (1, [1]),
    (None, [None]),
    ([1, (2, {"a": 3})], [1, 2, 3]),
    ({"b": 1, "a": [2]}, [1, 2]),
    (OrderedDict(x=1, y=2), [1, 2]),
    (defaultdict(list, x=[1]), [1]),
    (deque([1, 2], 3), [1, 2]),
    (Pair(1, [2]), [1, 2]),
    ([], []),
])  # fmt: skip
def test_apart_and_together(value, leaves):
    found, spec = tree.tree_flatten(value)
    assert found == leaves == tree.tree_leaves(value)
    assert spec.num_leaves == len(leaves)
    again = tree.tree_unflatten(found, spec)
    assert again == value
    assert type(again) is type(value)
    assert spec == tree.tree_structure(again)


def test_functions_of_leaves():
    value = {"a": [1, 2.5], "b": "x"}
    assert tree.tree_map(str, value) == {"a": ["1", "2.5"], "b": "x"}
    assert tree.tree_map_only((int, float), lambda x: x + 1, value) == {"a": [2, 3.5], "b": "x"}
    assert tree.tree_map(lambda x, y: x + y, [1, 2], [3, 4]) == [4, 6]
    assert tree.tree_any(lambda x: x == "x", value)
    assert not tree.tree_all(lambda x: x == "x", value)
    assert tree.tree_all_only(int, lambda x: x == 1, value)
    assert tree.tree_leaves(value, is_leaf=lambda x: isinstance(x, list)) == [[1, 2.5], "x"]
    assert tree.tree_flatten_with_path({"a": [5]})[0] == [(("a", 0), 5)]


def test_too_many_leaves_are_refused():
    with pytest.raises(ValueError, match="holds 2 items"):
        tree.tree_unflatten([1], tree.tree_structure([0, 0]))


def test_a_class_can_be_a_container():
    class Box:
        def __init__(self, inner):
            self.inner = inner

    tree.register_pytree_node(Box, lambda box: ([box.inner], None), lambda parts, context: Box(*parts))
    assert tree.tree_map(lambda x: x + 1, [Box(1)])[0].inner == 2
    with pytest.raises(ValueError, match="already registered"):
        tree.register_pytree_node(Box, list, list)
