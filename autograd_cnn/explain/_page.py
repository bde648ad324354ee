"""``page``: one self-contained HTML file that shows the graph and plays its backward pass."""

import html
import importlib.resources
import json
import linecache
import os
import sys
from typing import Any

import numpy as np

from .._engine import source
from .._engine.node import Node
from .._engine.statistics import host
from .._files.atomic import write_atomically
from ._arrays import number, summary
from ._groups import Group, grouped
from ._jacobian import local_gradient
from ._labels import formulas
from ._names import given_names, variable_names
from ._reading import Reading, Vertex, root_of
from ._signals import BackwardPass, measure, raw, signals_of, upstream_of
from ._watch import Watch, latest_watch, read_watched, watched_or_rehearsed

PICTURED = 200
"""Beyond this many operators arrays are told by numbers only, or the file would grow too large."""
TYPESET = 2000
"""Beyond this many, formulas are plain text."""


def page(
    loss: Any,
    path: "str | os.PathLike[str]",
    params: Any = None,
    *,
    fold: bool = True,
    title: str | None = None,
) -> str:
    """Write the page for the graph of ``loss`` to ``path``; returns the path. It needs no server and no
    network.

    Values of the forward pass are shown as far as ``explain.watch()`` was on; the backward pass is the one
    that was watched, else one rehearsed for the page. ``params`` names the leaves, as in :func:`draw`.

    The data stands in ``<script type="application/json" id="graph">``: ``nodes``, ``edges``, ``params``,
    ``groups``, ``order``.

    Raises:
        ValueError: ``loss`` has no graph.
    """
    names = {**variable_names(sys._getframe(1)), **given_names(params)}
    reading = read_watched(loss, names)
    data = graph_data(reading, watched_or_rehearsed(loss), latest_watch(root_of(loss)), fold)
    heading = title or f"The backward pass of {reading.root.name}"
    write_atomically(path, page_text(data, heading).encode())
    return os.fspath(path)


def page_text(data: dict[str, Any], title: str) -> str:
    """The file: template, style, script and data."""
    files = importlib.resources.files(__package__) / "player"
    text = (files / "page.html").read_text(encoding="utf-8")
    packed = json.dumps(
        {"title": title, **data}, ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).replace("<", "\\u003c")
    parts = {
        "TITLE": html.escape(title),
        "STYLE": (files / "player.css").read_text(encoding="utf-8"),
        "SCRIPT": "\n".join(
            (files / name).read_text(encoding="utf-8") for name in ("layout.js", "arrays.js", "player.js")
        ),
        "DATA": packed,
    }
    for name, part in parts.items():
        text = text.replace(f"@{name}@", part)
    return text


def graph_data(
    reading: Reading, record: BackwardPass | None, seen: Watch | None, fold: bool = True
) -> dict[str, Any]:
    """Everything that the page knows."""
    root, home = grouped(reading, fold)
    groups = [g for g in root.walk() if g is root or g.members()]
    place = {id(group): i for i, group in enumerate(groups)}
    signals = signals_of(reading, record)
    pictured = len(reading.vertices) <= PICTURED
    style = "mathml" if len(reading.vertices) <= TYPESET else "unicode"
    running: dict[int, Any] = {}
    nodes = {
        v.index: _node(v, reading, seen, place[id(home[v.index])], style, pictured) for v in reading.vertices
    }
    order = []
    for vertex in record.operators(reading) if record is not None else ():
        order.append(vertex.index)
        nodes[vertex.index]["parts"] = _parts(vertex, reading, record, running, pictured)
    for vertex in reading.vertices:
        upstream = None if record is None else upstream_of(vertex, reading, record)
        nodes[vertex.index]["upstream"] = None if upstream is None else summary(upstream, pictured)
    edges = []
    for edge in reading.edges:
        signal = signals.along.get((edge.consumer, edge.position))
        told = {"from": edge.producer, "to": edge.consumer, "position": edge.position}
        edges.append(told if signal is None else {**told, "norm": number(signal.norm), "state": signal.state})
    leaves = [v for v in reading.vertices if v.is_leaf]
    parameters = [
        {
            "id": v.index,
            "name": v.name,
            "shape": list(v.shape),
            "grad_norm": number(signals.at[v.index].norm) if v.index in signals.at else None,
        }
        for v in leaves
    ]
    return {
        "root": reading.root.index,
        "order": order,
        "nodes": list(nodes.values()),
        "edges": edges,
        "params": parameters,
        "groups": [_group(group, place) for group in groups],
    }


def _group(group: Group, place: dict[int, int]) -> dict[str, Any]:
    outer = None if group.outer is None else place[id(group.outer)]
    return {
        "id": place[id(group)],
        "name": group.name,
        "path": group.path,
        "kind": group.kind,
        "outer": outer,
        "count": group.count,
    }


def _node(
    vertex: Vertex, reading: Reading, seen: Watch | None, group: int, style: str, pictured: bool
) -> dict[str, Any]:
    line = getattr(vertex.node, "line", None)
    told: dict[str, Any] = {
        "id": vertex.index,
        "op": vertex.op,
        "name": vertex.name,
        "formula": "\n".join(formulas(vertex, reading, "unicode")),
        "line": vertex.line,
        "shape": list(vertex.shape),
        "dtype": vertex.dtype,
        "device": vertex.device,
        "saved_bytes": vertex.saved_bytes,
        "group": group,
        "upstream": None,
    }
    if style == "mathml" and not vertex.is_leaf:
        told["mathml"] = formulas(vertex, reading, "mathml")
    if line is not None:
        told["source"] = linecache.getline(line[0].co_filename, source.number(line)).strip()
    value = _value(vertex, seen)
    if value is not None:
        told["value"] = summary(value, pictured)
    return told


def _value(vertex: Vertex, seen: Watch | None) -> Any:
    """The value of a leaf, or of an operator that was watched or keeps its result."""
    if vertex.is_leaf:
        tensor = vertex.node.tensor()
        return None if tensor is None else tensor.array
    if seen is not None and vertex.node in seen.calls:
        return seen.value_of(vertex.node)
    return next((item.value for item in vertex.saved if item.origin == -1), None)


def _parts(
    vertex: Vertex, reading: Reading, record: BackwardPass | None, running: dict[int, Any], pictured: bool
) -> list[dict[str, Any]]:
    """For each operand: the local gradient, the product, and what adding it to the operand's gradient
    does."""
    node = vertex.node
    if not isinstance(node, Node) or record is None:
        return []
    upstream = record.upstream.get(node)
    told = []
    for edge in vertex.inputs:
        part = record.parts.get((node, edge.position))
        if part is None:
            continue
        producer = reading.vertices[edge.producer]
        product = host(part)
        before = running.get(edge.producer)
        with np.errstate(all="ignore"):
            total = (
                product if before is None else before + product if before.shape == product.shape else product
            )
        running[edge.producer] = total
        told.append(
            {
                "operand": node.operand_name(edge.position),
                "producer": edge.producer,
                "local": local_gradient(
                    vertex,
                    edge.position,
                    edge.shape,
                    None if upstream is None or isinstance(upstream, list) else raw(upstream),
                )
                if pictured
                else None,
                "product": summary(product, pictured),
                "uses": len(producer.uses),
                "before": None if before is None else number(measure(before).norm),
                "after": number(measure(total).norm),
            }
        )
    return told
