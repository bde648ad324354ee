"""A graph as a tree of text, for terminals: groups, operators, shapes, and the norm of each gradient."""

from ._groups import Group, grouped
from ._labels import bytes_text, shape_text, signal_text
from ._reading import Reading
from ._signals import Signals
from ._styles import STYLES


def tree(reading: Reading, signals: Signals, fold: bool = True) -> str:
    """The groups of the graph, nested, with what is in them in the order of evaluation."""
    root, _ = grouped(reading, fold)
    lines: list[tuple[str, str]] = []
    _branch(root, reading, signals, "", lines)
    width = max((len(text) for text, _ in lines), default=0)
    return "\n".join(f"{text:<{width}}  {note}".rstrip() for text, note in lines)


def _turn(index: int, group: Group | None, reading: Reading) -> float:
    """When an entry's turn comes: with its first operator; a leaf's just before its first use."""
    members = [index] if group is None else group.members()
    operators = [i for i in members if not reading.vertices[i].is_leaf]
    return (
        min(operators)
        if operators
        else min(e.consumer for i in members for e in reading.vertices[i].uses) - 0.5
    )


def _branch(
    group: Group, reading: Reading, signals: Signals, indent: str, lines: list[tuple[str, str]]
) -> None:
    entries: list[tuple[int, Group | None]] = [(i, None) for i in group.vertices]
    entries += [(min(g.members()), g) for g in group.groups if g.members()]
    entries.sort(key=lambda entry: _turn(entry[0], entry[1], reading))
    for at, (index, inner) in enumerate(entries):
        last = at == len(entries) - 1
        stem, below = (
            (indent + ("└─ " if last else "├─ "), indent + ("   " if last else "│  "))
            if group.outer is not None
            else ("", "")
        )
        if inner is None:
            vertex = reading.vertices[index]
            what = vertex.name if vertex.is_leaf else f"{vertex.op} → {STYLES['unicode'].name(vertex.name)}"
            norm = f"  ‖grad‖ {signal_text(signals.at[index])}" if index in signals.at else ""
            kept = f"  keeps {bytes_text(vertex.saved_bytes)}" if vertex.saved_bytes else ""
            lines.append((stem + what, f"{shape_text(vertex.shape):<14}{norm}{kept}"))
            continue
        lines.append((f"{stem}{inner.name}" + (f" × {inner.count}" if inner.kind == "repeat" else ""), ""))
        if inner.kind == "repeat" and inner.groups:
            _branch(inner.groups[0], reading, signals, below, lines)
        else:
            _branch(inner, reading, signals, below, lines)
