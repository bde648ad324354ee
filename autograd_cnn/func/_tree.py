"""Nested tuples, lists, dicts and dataclasses of tensors, taken apart and put together again."""

import copy
import dataclasses
from collections.abc import Callable, Mapping
from typing import Any


def flatten(tree: Any) -> tuple[list[Any], Callable[[list[Any]], Any]]:
    """The leaves of ``tree`` in order, and a function that puts as many others in their places."""
    leaves: list[Any] = []
    rebuild = _walk(tree, leaves, [], "")
    return leaves, lambda values: rebuild(iter(values))


def places(tree: Any) -> list[str]:
    """Where the leaves of ``tree`` stand, as Python would write it: ``["[0]", "[1]['a']", "[2].mean"]``."""
    names: list[str] = []
    _walk(tree, [], names, "")
    return names


def _walk(part: Any, leaves: list[Any], names: list[str], at: str) -> Callable[[Any], Any]:
    """Append the leaves of ``part`` and where they stand; returns what builds it again. (A function inside
    flatten that calls itself is a cycle, and keeps the leaves.)"""
    kind = type(part)
    if isinstance(part, Mapping) and not dataclasses.is_dataclass(part):
        inner = {key: _walk(value, leaves, names, f"{at}[{key!r}]") for key, value in part.items()}
        return lambda take: _mapping(part, {key: rebuild(take) for key, rebuild in inner.items()})
    if isinstance(part, (tuple, list)):
        fields = getattr(part, "_fields", None)
        stands = [f"{at}[{i}]" for i in range(len(part))] if fields is None else [f"{at}.{f}" for f in fields]
        parts = [_walk(value, leaves, names, stand) for value, stand in zip(part, stands, strict=True)]
        if fields is not None:
            return lambda take: kind(*(rebuild(take) for rebuild in parts))
        return lambda take: kind(rebuild(take) for rebuild in parts)
    if dataclasses.is_dataclass(part) and not isinstance(part, type):
        known = [f.name for f in dataclasses.fields(part) if hasattr(part, f.name)]
        inner = {name: _walk(getattr(part, name), leaves, names, f"{at}.{name}") for name in known}
        return lambda take: _filled(part, {name: rebuild(take) for name, rebuild in inner.items()})
    leaves.append(part)
    names.append(at)
    return next


def _mapping(like: Mapping[Any, Any], items: dict[Any, Any]) -> Any:
    """A mapping of the same kind; one that is no dict becomes a dict."""
    if not isinstance(like, dict):
        return items
    made = copy.copy(like)
    made.update(items)
    return made


def _filled(like: Any, values: dict[str, Any]) -> Any:
    """A copy of a dataclass, frozen or not, with other values in its fields."""
    made = copy.copy(like)
    for name, value in values.items():
        object.__setattr__(made, name, value)
    return made


def tree_map(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """``function`` of every leaf of ``tree`` (and the leaves of ``others`` at the same places)."""
    leaves, build = flatten(tree)
    columns = [flatten(other)[0] for other in others]
    return build([function(*row) for row in zip(leaves, *columns, strict=True)])
