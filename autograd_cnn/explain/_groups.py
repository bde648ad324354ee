"""Which operators belong together: by module, then by composition, then runs that repeat. A closed group is
one box.

A picture is the graph with every closed group contracted to a point, so an opened and a closed picture never
disagree.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ._reading import Reading, Vertex

FOLD_AT = 4
"""How many repetitions are folded into one box."""
LONGEST_PERIOD = 12
BOXES = 40
"""How many boxes a picture has at most where the reader did not say how deep to look."""


@dataclass(eq=False, slots=True)
class Group:
    """A scope's call, or a run of repetitions."""

    name: str
    path: str
    kind: str
    outer: "Group | None"
    level: int
    count: int = 1
    groups: "list[Group]" = field(default_factory=list)
    vertices: list[int] = field(default_factory=list)
    """Those that lie in no inner group."""

    def members(self) -> list[int]:
        """Every vertex inside, in order."""
        found, stack = [], [self]
        while stack:
            group = stack.pop()
            found += group.vertices
            stack += group.groups
        return sorted(found)

    def walk(self) -> "Iterable[Group]":
        """This group and all inside, outer ones first."""
        stack = [self]
        while stack:
            group = stack.pop()
            yield group
            stack += reversed(group.groups)


def grouped(reading: Reading, fold: bool = True) -> tuple[Group, list[Group]]:
    """The tree of groups, and for each vertex the innermost group it lies in."""
    root = Group("", "", "root", None, 0)
    by_cell: dict[int, Group] = {}
    home: list[Group] = []
    for vertex in reading.vertices:
        home.append(root if vertex.is_leaf else _group_of(vertex.node.scope, root, by_cell))
    for vertex in reversed(reading.vertices):
        if vertex.is_leaf:
            home[vertex.index] = _shared(home[e.consumer] for e in vertex.uses) or root
    for vertex in reading.vertices:
        home[vertex.index].vertices.append(vertex.index)
    if fold:
        for group in list(root.walk()):
            _fold_groups(group, reading)
            _fold_runs(group, reading, home)
    for group in root.walk():
        group.level = 0 if group.outer is None else group.outer.level + 1
    return root, home


def _group_of(scope: Any, root: Group, by_cell: dict[int, Group]) -> Group:
    cells = []
    while scope is not None and id(scope) not in by_cell:
        cells.append(scope)
        scope = scope.outer
    group = root if scope is None else by_cell[id(scope)]
    for cell in reversed(cells):
        same = sum(g.name == cell.name for g in group.groups)
        name = cell.name or "module"
        path = f"{group.path}/{name}" if group.path else name
        inner = Group(name, path if not same else f"{path}#{same + 1}", cell.kind, group, 0)
        group.groups.append(inner)
        by_cell[id(cell)] = group = inner
    return group


def _chain(group: Group | None) -> list[Group]:
    chain = []
    while group is not None:
        chain.append(group)
        group = group.outer
    return chain[::-1]


def _shared(groups: Iterable[Group]) -> Group | None:
    """The innermost group that holds them all."""
    common: list[Group] | None = None
    for group in set(groups):
        chain = _chain(group)
        common = chain if common is None else [a for a, b in zip(common, chain, strict=False) if a is b]
    return common[-1] if common else None


def _looks(vertex: Vertex) -> tuple[Any, ...]:
    return vertex.op, vertex.shape, vertex.dtype


def _fold_groups(group: Group, reading: Reading) -> None:
    """Put sibling groups of one name and one structure into a group of their own."""
    alike: dict[Any, list[Group]] = {}
    for inner in group.groups:
        looks = tuple(_looks(reading.vertices[i]) for i in inner.members() if not reading.vertices[i].is_leaf)
        alike.setdefault((inner.name, inner.kind, looks), []).append(inner)
    for same in alike.values():
        if len(same) >= FOLD_AT:
            first = same[0]
            folded = Group(first.name, f"{first.path}*", "repeat", group, 0, len(same), same)
            group.groups[group.groups.index(first)] = folded
            group.groups = [g for g in group.groups if g not in same]
            for inner in same:
                inner.outer = folded


def _fold_runs(group: Group, reading: Reading, home: list[Group]) -> None:
    """Put operators that repeat one after the other, with one period, into groups."""
    if group.kind == "composition":
        return
    operators = [i for i in group.vertices if not reading.vertices[i].is_leaf]
    kinds: dict[Any, int] = {}
    looks = [kinds.setdefault(_looks(reading.vertices[i]), len(kinds)) for i in operators]
    start, folded = 0, 0
    inside: set[int] = set()
    while start < len(looks):
        period, count = _repetition(looks, start)
        if count < FOLD_AT or period * count < 2 * FOLD_AT:
            start += 1
            continue
        run = operators[start : start + period * count]
        start += period * count
        folded += 1
        name = " → ".join(reading.vertices[i].op for i in run[: min(period, 4)]) + (
            " …" if period > 4 else ""
        )
        path = f"{group.path}/repeat{folded}" if group.path else f"repeat{folded}"
        inner = Group(name, path, "repeat", group, 0, count, [], run)
        group.groups.append(inner)
        inside.update(run)
        for i in run:
            home[i] = inner
    if inside:
        group.vertices = [i for i in group.vertices if i not in inside]


def _repetition(looks: list[int], start: int) -> tuple[int, int]:
    """The period and count of the longest repetition that begins at ``start``."""
    best = (1, 1)
    for period in range(1, min(LONGEST_PERIOD, (len(looks) - start) // 2) + 1):
        stop = start + period
        while stop < len(looks) and looks[stop] == looks[stop - period]:
            stop += 1
        count = (stop - start) // period
        if count >= FOLD_AT and period * count > best[0] * best[1]:
            best = (period, count)
    return best


def closed_at(
    root: Group, home: list[Group], depth: int | None, expand: "str | Iterable[str]"
) -> list[Group | None]:
    """For each vertex the outermost closed group it lies in, or None where it is shown itself.

    ``depth`` levels of groups are open (None: as many as keep the picture readable); ``expand`` names groups,
    by name or path, that are open as well, with all that is around them; ``"all"`` opens everything.
    """
    wanted = {expand} if isinstance(expand, str) else set(expand)
    known = {key for group in root.walk() for key in (group.name, group.path)}
    if wanted - known - {"all"}:
        raise ValueError(
            f"expand: there is no group {', '.join(sorted(wanted - known - {'all'}))}; there are "
            f"{', '.join(sorted(known - {''})) or 'none'}"
        )
    opened = {id(root)}
    for group in root.walk():
        if group.name in wanted or group.path in wanted:
            opened.update(id(g) for g in _chain(group))
    deepest = max(group.level for group in root.walk())
    if "all" in wanted:
        depth = deepest
    if depth is None:
        depth = 0
        while depth < deepest and _boxes(home, opened, depth + 1) <= BOXES:
            depth += 1
    return [_closed(group, opened, depth) for group in home]


def _closed(group: Group, opened: set[int], depth: int) -> Group | None:
    return next((g for g in _chain(group) if id(g) not in opened and g.level > depth), None)


def _boxes(home: list[Group], opened: set[int], depth: int) -> int:
    closed = [_closed(group, opened, depth) for group in home]
    return sum(c is None for c in closed) + len({id(c) for c in closed if c is not None})
