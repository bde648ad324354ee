"""Nested containers taken apart into leaves, and put together again, by PyTorch's (semi-private) names.

Lists, tuples, named tuples, dicts, ordered and default dicts and deques are containers, and classes that were
registered; everything else is a leaf.
"""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

__all__ = [
    "LeafSpec",
    "PyTree",
    "TreeSpec",
    "register_pytree_node",
    "tree_all",
    "tree_all_only",
    "tree_any",
    "tree_any_only",
    "tree_flatten",
    "tree_flatten_with_path",
    "tree_iter",
    "tree_leaves",
    "tree_map",
    "tree_map_",
    "tree_map_only",
    "tree_map_only_",
    "tree_structure",
    "tree_unflatten",
]

PyTree = Any
Context = Any


class NodeDef(NamedTuple):
    """How a kind of container is taken apart, into its parts and what else it is, and made again."""

    flatten_fn: Callable[[Any], tuple[list[Any], Any]]
    unflatten_fn: Callable[[Iterable[Any], Any], Any]


def _made(kind: type) -> NodeDef:
    return NodeDef(lambda x: (list(x), None), lambda parts, context: kind(parts))


def _mapping(make: Callable[[Any, dict[Any, Any]], Any], also: Callable[[Any], Any]) -> NodeDef:
    """A mapping: its context is its keys, and ``also`` what else ``make`` must know."""
    return NodeDef(
        lambda x: (list(x.values()), (also(x), list(x))),
        lambda parts, context: make(context[0], dict(zip(context[1], parts, strict=True))),
    )


def _nothing(container: Any) -> None:
    return None


SUPPORTED_NODES: dict[Any, NodeDef] = {
    list: _made(list),
    tuple: _made(tuple),
    dict: _mapping(lambda also, items: items, _nothing),
    OrderedDict: _mapping(lambda also, items: OrderedDict(items), _nothing),
    defaultdict: _mapping(defaultdict, lambda x: x.default_factory),
    deque: NodeDef(lambda x: (list(x), x.maxlen), lambda parts, context: deque(parts, context)),
}
_NAMED = NodeDef(lambda x: (list(x), type(x)), lambda parts, context: context(*parts))


def register_pytree_node(
    cls: type,
    flatten_fn: Callable[[Any], tuple[list[Any], Any]],
    unflatten_fn: Callable[[Iterable[Any], Any], Any],
    **options: Any,
) -> None:
    """Let ``cls`` be a container: ``flatten_fn`` gives its parts and what else it is. ValueError where it is
    one already."""
    if cls in SUPPORTED_NODES:
        raise ValueError(f"{cls} is already registered as pytree node")
    SUPPORTED_NODES[cls] = NodeDef(flatten_fn, unflatten_fn)


_register_pytree_node = register_pytree_node


@dataclass
class TreeSpec:
    """The shape of a tree: the kind of its container, what else that is, and the shapes of its parts."""

    type: Any
    context: Any
    children_specs: "list[TreeSpec]"
    num_nodes: int = field(init=False)
    num_leaves: int = field(init=False)
    num_children: int = field(init=False)

    def __post_init__(self) -> None:
        self.num_children = len(self.children_specs)
        self.num_nodes = 1 + sum(spec.num_nodes for spec in self.children_specs)
        self.num_leaves = sum(spec.num_leaves for spec in self.children_specs) if self.type else 1

    def is_leaf(self) -> bool:
        """Whether it is a leaf's."""
        return self.type is None

    def unflatten(self, leaves: Iterable[Any]) -> Any:
        """The tree of this shape with these leaves; ValueError where there are more or fewer."""
        given = list(leaves)
        if len(given) != self.num_leaves:
            raise ValueError(
                f"treespec.unflatten(leaves): `leaves` has length {len(given)} but the spec refers to a "
                f"pytree that holds {self.num_leaves} items ({self})."
            )
        return self._built(iter(given))

    def _built(self, leaves: Any) -> Any:
        if self.type is None:
            return next(leaves)
        parts = [spec._built(leaves) for spec in self.children_specs]
        return _node(self.type).unflatten_fn(parts, self.context)


class LeafSpec(TreeSpec):
    """The shape of a leaf."""

    def __init__(self) -> None:
        super().__init__(None, None, [])


def _is_named(kind: Any) -> bool:
    return issubclass(kind, tuple) and hasattr(kind, "_fields")


def _node(kind: Any) -> NodeDef:
    return _NAMED if kind not in SUPPORTED_NODES and _is_named(kind) else SUPPORTED_NODES[kind]


def _is_container(value: Any) -> bool:
    return type(value) in SUPPORTED_NODES or _is_named(type(value))


def tree_flatten(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> tuple[list[Any], TreeSpec]:
    """The leaves of a tree, in order, and its shape."""
    leaves: list[Any] = []
    return leaves, _walk(tree, leaves, is_leaf)


def _walk(tree: Any, leaves: list[Any], is_leaf: Callable[[Any], bool] | None) -> TreeSpec:
    if (is_leaf is not None and is_leaf(tree)) or not _is_container(tree):
        leaves.append(tree)
        return LeafSpec()
    parts, context = _node(type(tree)).flatten_fn(tree)
    return TreeSpec(type(tree), context, [_walk(part, leaves, is_leaf) for part in parts])


def tree_unflatten(leaves: Iterable[Any], treespec: TreeSpec) -> Any:
    """The tree of this shape with these leaves."""
    return treespec.unflatten(leaves)


def tree_leaves(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> list[Any]:
    """The leaves, in order."""
    return tree_flatten(tree, is_leaf)[0]


def tree_iter(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> Iterable[Any]:
    """The leaves, one after another."""
    return iter(tree_leaves(tree, is_leaf))


def tree_structure(tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> TreeSpec:
    """The shape."""
    return tree_flatten(tree, is_leaf)[1]


def tree_map(
    func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None
) -> Any:
    """The tree of what ``func`` makes of each leaf (and of those of ``rests`` at its place)."""
    leaves, spec = tree_flatten(tree, is_leaf)
    rows = zip(leaves, *(tree_leaves(rest, is_leaf) for rest in rests), strict=True)
    return spec.unflatten(func(*row) for row in rows)


def tree_map_(
    func: Callable[..., Any], tree: Any, *rests: Any, is_leaf: Callable[[Any], bool] | None = None
) -> Any:
    """Call ``func`` with each leaf; the tree itself is returned."""
    for row in zip(tree_leaves(tree, is_leaf), *(tree_leaves(r, is_leaf) for r in rests), strict=True):
        func(*row)
    return tree


def _is_of(wanted: Any) -> Callable[[Any], bool]:
    if isinstance(wanted, (type, tuple)) or not callable(wanted):
        return lambda leaf: isinstance(leaf, wanted)
    return wanted  # type: ignore[no-any-return]  # a question


def tree_map_only(
    type_or_types_or_pred: Any,
    func: Callable[[Any], Any],
    tree: Any,
    is_leaf: Callable[[Any], bool] | None = None,
) -> Any:
    """The same with leaves of some types only; the others stay."""
    wanted = _is_of(type_or_types_or_pred)
    return tree_map(lambda leaf: func(leaf) if wanted(leaf) else leaf, tree, is_leaf=is_leaf)


def tree_map_only_(
    type_or_types_or_pred: Any,
    func: Callable[[Any], Any],
    tree: Any,
    is_leaf: Callable[[Any], bool] | None = None,
) -> Any:
    """Call ``func`` with each leaf of some types; the tree itself is returned."""
    tree_map_only(type_or_types_or_pred, func, tree, is_leaf)
    return tree


def tree_all(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` is true of all leaves."""
    return all(map(pred, tree_leaves(tree, is_leaf)))


def tree_any(pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None) -> bool:
    """Whether ``pred`` is true of some leaf."""
    return any(map(pred, tree_leaves(tree, is_leaf)))


def tree_all_only(
    type_or_types: Any, pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None
) -> bool:
    """Whether ``pred`` is true of all leaves of some types."""
    wanted = _is_of(type_or_types)
    return all(pred(leaf) for leaf in tree_leaves(tree, is_leaf) if wanted(leaf))


def tree_any_only(
    type_or_types: Any, pred: Callable[[Any], bool], tree: Any, is_leaf: Callable[[Any], bool] | None = None
) -> bool:
    """Whether ``pred`` is true of some leaf of some types."""
    wanted = _is_of(type_or_types)
    return any(pred(leaf) for leaf in tree_leaves(tree, is_leaf) if wanted(leaf))


def tree_flatten_with_path(tree: Any) -> tuple[list[tuple[tuple[Any, ...], Any]], TreeSpec]:
    """The leaves, each with the keys and numbers that lead to it, and the shape."""
    found: list[tuple[tuple[Any, ...], Any]] = []

    def walk(part: Any, path: tuple[Any, ...]) -> TreeSpec:
        if not _is_container(part):
            found.append((path, part))
            return LeafSpec()
        parts, context = _node(type(part)).flatten_fn(part)
        keys = context[1] if isinstance(part, dict) else range(len(parts))
        inner = [walk(p, (*path, key)) for p, key in zip(parts, keys, strict=True)]
        return TreeSpec(type(part), context, inner)

    return found, walk(tree, ())
