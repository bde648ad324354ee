"""What stands in a box: operator and result, shape, dtype, device, bytes kept, and the local gradients'
formulas."""

import html
import os
from collections.abc import Sequence
from typing import Any

from .._engine.node import Node
from ._formula import formula
from ._groups import Group
from ._names import Names, memory_key
from ._reading import Reading, Vertex
from ._signals import Signal
from ._styles import STYLES

_PARAMETERS_SHOWN = 4


def shape_text(shape: tuple[int, ...]) -> str:
    """``64×6×28×28``; a tensor without axes is a scalar."""
    return "×".join(map(str, shape)) or "scalar"


def bytes_text(count: int) -> str:
    """``4.7 MB``."""
    size = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{count} B" if unit == "B" else f"{size:.3g} {unit}"
        size /= 1000
    raise AssertionError("the last unit always serves")


def signal_text(signal: Signal) -> str:
    """``0``, ``NaN``, ``∞`` or the norm in three digits."""
    return {"zero": "0", "nan": "NaN", "inf": "∞"}.get(signal.state) or f"{signal.norm:.3g}"


def html_table(head: Sequence[str], rows: Sequence[str]) -> str:
    """A table in HTML, of rows of cells."""
    titles = "".join(f"<th>{title}</th>" for title in head)
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table><thead><tr>{titles}</tr></thead><tbody>{body}</tbody></table>"


def known_values(vertex: Vertex) -> dict[str, Any]:
    """Parameters (not operands) whose value the node keeps."""
    return {
        item.name: item.value
        for item in vertex.saved
        if item.origin is None
        and not item.name.endswith("_shape")
        and not hasattr(item.value, "shape")
        and isinstance(item.value, (int, float, str))
    }


def constants(vertex: Vertex) -> list[tuple[str, Any]]:
    """Operands without a gradient, as far as the node keeps them."""
    node = vertex.node
    if node.prim.variadic:
        return []
    kept = vertex.kept_operands().items()
    return [(node.operand_name(i), value) for i, value in kept if node.edges[i] is None]


def constant_names(vertex: Vertex, called: Names) -> dict[str, str]:
    """What operands without a gradient, or outside the part of the graph that is shown, are called: by
    variable, else by role."""
    node = vertex.node
    names = {name: "c" if name in ("x", "y") else name for name in node.prim.operands}
    if not node.prim.variadic:
        edges = zip(node.prim.operands, node.edges, strict=True)
        names.update({name: called[edge] for name, edge in edges if edge is not None and edge in called})
    for name, value in constants(vertex):
        own = called.get(memory_key(value)) if hasattr(value, "base") else None
        if own is not None:
            names[name] = own
    return names


def constant_numbers(vertex: Vertex) -> tuple[tuple[str, Any], ...]:
    """Operands without a gradient that are one number, with their values."""
    found = []
    for name, value in constants(vertex):
        number = (
            value
            if isinstance(value, (bool, int, float))
            else value.item()
            if getattr(value, "ndim", 1) == 0
            else None
        )
        if number is not None:
            found.append((name, number))
    return tuple(found)


def constant_shapes(vertex: Vertex) -> dict[str, tuple[int, ...]]:
    """The shapes of the operands the node keeps."""
    if vertex.node.prim.variadic:
        return {}
    kept = vertex.kept_operands().items()
    return {vertex.node.operand_name(i): value.shape for i, value in kept if hasattr(value, "shape")}


def formulas(vertex: Vertex, reading: Reading, style: str) -> list[str]:
    """The local gradient for each operand that wants one."""
    node = vertex.node
    if not isinstance(node, Node):
        return []
    prim = node.prim
    if not prim.rules:
        return [_by_hand(vertex, reading, i, style) for i in range(len(vertex.inputs))]
    names = constant_names(vertex, reading.names)
    shapes = {"out": vertex.shape, **constant_shapes(vertex)}
    for edge in vertex.inputs:
        producer = reading.vertices[edge.producer]
        if not prim.variadic:
            name = producer.name if edge.output is None else producer.node.prim.outputs[edge.output]
            names[prim.operands[edge.position]] = name
            shapes[prim.operands[edge.position]] = edge.shape
    if prim.outputs:
        names.update({name: name for name in prim.outputs})
    else:
        names["out"] = vertex.name
    operands = list(prim.operands) if prim.variadic else [prim.operands[e.position] for e in vertex.inputs]
    values = known_values(vertex)
    key = tuple(sorted(shapes.items()))
    shared = {
        prim.operands[-1 if prim.variadic else e.position]
        for e in vertex.inputs
        if len(reading.vertices[e.producer].uses) > 1
    }
    known = constant_numbers(vertex)
    wanted = [operand for operand in dict.fromkeys(operands) if operand in prim.rules]
    return [formula(prim, operand, names, key, values, style, operand in shared, known) for operand in wanted]


def _by_hand(vertex: Vertex, reading: Reading, number: int, style: str) -> str:
    """What an ``autograd.Function`` gives to one of its operands: its backward's result, of what it got."""
    pen, prim, edge = STYLES[style], vertex.node.prim, vertex.inputs[number]
    producer = reading.vertices[edge.producer]
    name = producer.name if edge.output is None else producer.node.prim.outputs[edge.output]
    received = pen.text(", ").join(pen.bar(out) for out in prim.outputs or (vertex.name,))
    place = f")[{edge.position}]" if len(vertex.node.edges) > 1 else ")"
    made = pen.text(f"{prim.name}.backward(") + received + pen.text(place)
    return pen.equation(pen.bar(name), len(producer.uses) > 1, made)


def _rows(rows: list[str]) -> str:
    cells = "".join(
        f'<TR><TD ALIGN="CENTER" CELLPADDING="{3 if "<O>" in row else 1}">{row}</TD></TR>'
        for row in rows
        if row
    )
    return f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{cells}</TABLE>>'


def _small(text: str, colour: str = "#57606a") -> str:
    return f'<FONT POINT-SIZE="10" COLOR="{colour}">{text}</FONT>'


def leaf_label(vertex: Vertex, signal: Signal | None) -> str:
    """A parameter or input: its name in full, and the norm of its gradient."""
    rows = [
        f"<B>{html.escape(vertex.name)}</B>",
        _small(f"{shape_text(vertex.shape)} · {vertex.dtype} · {vertex.device}"),
    ]
    if signal is not None:
        rows.append(_small(f"‖{STYLES['label'].bar(vertex.name)}‖ = {signal_text(signal)}", "#24292f"))
    return _rows(rows)


def operator_label(vertex: Vertex, reading: Reading, with_formulas: bool) -> str:
    """An operator."""
    kept = f" · keeps {bytes_text(vertex.saved_bytes)}" if vertex.saved_bytes else ""
    rows = [
        f"<B>{html.escape(vertex.op)}</B> → {STYLES['label'].name(vertex.name)}",
        _small(f"{shape_text(vertex.shape)} · {vertex.dtype} · {vertex.device}{kept}"),
    ]
    if with_formulas:
        rows += [f'<FONT COLOR="#0a3069">{text}</FONT>' for text in formulas(vertex, reading, "label")]
    return _rows(rows)


def group_label(group: Group, reading: Reading, at: dict[int, Signal]) -> str:
    """A closed group: what it is, what it holds, and what comes out."""
    members = group.members()
    inside = set(members)
    vertices = [reading.vertices[i] for i in members]
    operators = [v for v in vertices if not v.is_leaf]
    results = [v for v in operators if not v.uses or any(e.consumer not in inside for e in v.uses)]
    times = f" × {group.count}" if group.kind == "repeat" else ""
    rows = [f"<B>{html.escape(group.name)}</B>{times}"]
    if results:
        last = results[-1]
        rows.append(_small(f"→ {shape_text(last.shape)} · {last.dtype} · {last.device}"))
    kept = sum(v.saved_bytes for v in operators)
    rows.append(
        _small(
            f"{len(operators)} operator{'s' * (len(operators) != 1)}"
            + (f" · keeps {bytes_text(kept)}" if kept else "")
        )
    )
    leaves = [v for v in vertices if v.is_leaf]
    for leaf in leaves[:_PARAMETERS_SHOWN]:
        norm = (
            f" · ‖{STYLES['label'].bar(leaf.name)}‖ = {signal_text(at[leaf.index])}"
            if leaf.index in at
            else ""
        )
        rows.append(_small(f"{html.escape(leaf.name)} {shape_text(leaf.shape)}{norm}", "#24292f"))
    if len(leaves) > _PARAMETERS_SHOWN:
        rows.append(_small(f"and {len(leaves) - _PARAMETERS_SHOWN} more parameters"))
    return _rows(rows)


def tooltip(vertex: Vertex, reading: Reading) -> str:
    """The box in plain text, with the script's line where it is known."""
    parts = [f"{vertex.name}: {vertex.op} {shape_text(vertex.shape)}", *formulas(vertex, reading, "unicode")]
    return "; ".join([*parts, os.path.basename(vertex.line)] if vertex.line else parts)
