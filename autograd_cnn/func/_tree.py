"""Nested tuples, lists and dicts of tensors, taken apart and put together again."""

from collections.abc import Callable
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of ``tree`` in order, and a function that puts as many others in their places."""
    leaves: list[Any] = []
    rebuild = _walk(tree, leaves)
    return leaves, lambda values: rebuild(iter(values))


def _walk(part: Any, leaves: list[Any]) -> Callable[[Any], Any]:
    """Append the leaves of ``part``; returns what builds it again. (A function inside flatten that calls
    itself is a cycle, and keeps the leaves.)"""
    kind = type(part)
    if isinstance(part, dict):
        inner = {key: _walk(value, leaves) for key, value in part.items()}
        return lambda take: kind((key, rebuild(take)) for key, rebuild in inner.items())
    if isinstance(part, (tuple, list)):
        parts = [_walk(value, leaves) for value in part]
        if hasattr(part, "_fields"):
            return lambda take: kind(*(rebuild(take) for rebuild in parts))
        return lambda take: kind(rebuild(take) for rebuild in parts)
    leaves.append(part)
    return next


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """``function`` of every leaf of ``tree`` (and the leaves of ``others`` at the same places)."""
    leaves, build = flatten(tree)
    columns = [flatten(other)[0] for other in others]
    return build([function(*row) for row in zip(leaves, *columns, strict=True)])
