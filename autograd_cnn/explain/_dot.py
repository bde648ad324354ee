"""From the records of a graph to DOT: boxes, clusters for opened groups, and edges that show the signal."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from ._groups import Group, closed_at, grouped
from ._labels import bytes_text, group_label, leaf_label, operator_label, shape_text, signal_text, tooltip
from ._picture import Picture
from ._reading import Edge, Reading
from ._signals import Signal, Signals

FONT = "DejaVu Sans,Helvetica,Arial,sans-serif"
_COLOURS = {"ok": "#0969da", "zero": "#6e7781", "nan": "#cf222e", "inf": "#bc4c00"}
_STYLES = {"ok": "solid", "zero": "dashed", "nan": "bold", "inf": "bold"}
_SEVERITY = {"zero": 0, "ok": 1, "inf": 2, "nan": 3}
_FILLS = {"module": "#ddf4ff", "composition": "#fff8c5", "repeat": "#fbefff", "scope": "#eaeef2"}
_LABELLED_EDGES = 150
"""Beyond this many edges their labels would cover each other: the norms then stand in tool tips."""


class Flow(NamedTuple):
    """All uses of one value by one box: an arrow."""

    producer: int
    box: str
    uses: list[Edge]


class Drawing:
    """One picture in the making."""

    def __init__(
        self,
        reading: Reading,
        signals: Signals,
        *,
        depth: int | None = None,
        expand: "str | Iterable[str]" = (),
        fold: bool = True,
        formulas: bool = True,
    ) -> None:
        self.reading, self.signals, self.formulas = reading, signals, formulas
        self.root, self.home = grouped(reading, fold)
        self.closed = closed_at(self.root, self.home, depth, expand)
        self.first = {id(group): min(group.members(), default=0) for group in self.root.walk()}
        norms = [math.log10(s.norm) for s in signals.along.values() if s.state == "ok"]
        self.low, self.high = (min(norms), max(norms)) if norms else (0.0, 0.0)

    def box(self, index: int, prefix: str = "") -> str:
        """The id of the box that shows a vertex."""
        group = self.closed[index]
        return f"{prefix}n{index}" if group is None else f"{prefix}g{self.first[id(group)]}"

    def flows(self, prefix: str = "") -> list[Flow]:
        """The arrows: uses of one value merged where they lie in one closed group; none inside a group."""
        merged: dict[tuple[int, str, int], list[Edge]] = {}
        for edge in self.reading.edges:
            consumer = self.box(edge.consumer, prefix)
            if consumer != self.box(edge.producer, prefix):
                place = edge.position if self.closed[edge.consumer] is None else -1
                merged.setdefault((edge.producer, consumer, place), []).append(edge)
        return [Flow(producer, box, uses) for (producer, box, _), uses in merged.items()]

    def lines(self, direction: str, prefix: str = "", indent: str = "\t") -> list[str]:
        """The picture's statements."""
        out: list[str] = []
        flows = self.flows(prefix)
        counts = Counter(flow.producer for flow in flows)
        sums: dict[int, list[int]] = {}
        for index, count in counts.items():
            if count > 1 and direction == "backward":
                closed = self.closed[index]
                holder = self.home[index] if closed is None else closed.outer
                sums.setdefault(id(holder), []).append(index)
        self._boxes(self.root, direction, prefix, indent, out, sums)
        (self._backward_edges if direction == "backward" else self._forward_edges)(flows, prefix, indent, out)
        return out

    def _boxes(
        self,
        group: Group,
        direction: str,
        prefix: str,
        indent: str,
        out: list[str],
        sums: dict[int, list[int]],
    ) -> None:
        """The boxes of a group and, as clusters, of its opened groups; without recursion on depth beyond the
        modules' own."""
        for index in group.vertices:
            if self.closed[index] is None:
                out.append(indent + self._vertex(index, direction, prefix))
        for index in sums.get(id(group), ()):
            tip = _quote(
                f"the contributions to the gradient of {self.reading.vertices[index].name} are added"
            )
            look = (
                'label="Σ" shape=circle width=0.32 fixedsize=true fillcolor="#ffffff" color="#0969da" '
                f"tooltip={tip}"
            )
            out.append(f"{indent}{prefix}s{index} [{look}]")
        for inner in sorted(group.groups, key=lambda g: self.first[id(g)]):
            members = inner.members()
            if not members:
                continue
            if self.closed[members[0]] is inner:
                label = group_label(inner, self.reading, self.signals.at if direction == "backward" else {})
                tip = _quote(f"{inner.path} ({inner.kind}): {len(members)} values")
                out.append(
                    f"{indent}{prefix}g{self.first[id(inner)]} [label={label} "
                    f'fillcolor="{_FILLS.get(inner.kind, "#eaeef2")}" peripheries=2 tooltip={tip}]'
                )
                continue
            times = f" × {inner.count}" if inner.kind == "repeat" else ""
            out.append(f"{indent}subgraph cluster_{prefix}{self.first[id(inner)]}_{inner.level} {{")
            out.append(
                f"{indent}\tlabel={_quote(inner.name + times)} labeljust=l "
                f'tooltip={_quote(inner.path)} style="rounded,filled" color="#8c959f" '
                f'fillcolor="{_cluster_fill(inner)}"'
            )
            self._boxes(inner, direction, prefix, indent + "\t", out, sums)
            out.append(f"{indent}}}")

    def _vertex(self, index: int, direction: str, prefix: str) -> str:
        vertex = self.reading.vertices[index]
        signal = self.signals.at.get(index) if direction == "backward" else None
        if vertex.is_leaf:
            look = 'shape=box style="filled" fillcolor="#dafbe1" color="#1a7f37"'
            return (
                f"{prefix}n{index} [label={leaf_label(vertex, signal)} {look} "
                f"tooltip={_quote(f'{vertex.name}: leaf {shape_text(vertex.shape)}')}]"
            )
        label = operator_label(vertex, self.reading, self.formulas and direction == "backward")
        border = (
            "" if signal is None or signal.state == "ok" else f' color="{_COLOURS[signal.state]}" penwidth=2'
        )
        return f"{prefix}n{index} [label={label}{border} tooltip={_quote(tooltip(vertex, self.reading))}]"

    def _forward_edges(self, flows: list[Flow], prefix: str, indent: str, out: list[str]) -> None:
        for flow in flows:
            out.append(f'{indent}{self.box(flow.producer, prefix)} -> {flow.box} [color="#57606a"]')

    def _backward_edges(self, flows: list[Flow], prefix: str, indent: str, out: list[str]) -> None:
        reading, labelled = self.reading, len(flows) <= _LABELLED_EDGES
        root = reading.root
        out.append(
            f'{indent}{prefix}seed [label="1" shape=circle width=0.3 fixedsize=true fontsize=11 '
            f'tooltip="the gradient of {root.name} for itself"]'
        )
        out.append(
            f"{indent}{prefix}seed -> {self.box(root.index, prefix)} "
            f"[{self._look(self.signals.at.get(root.index), labelled)}]"
        )
        arriving = Counter(flow.producer for flow in flows)
        for index, count in arriving.items():
            if count > 1:
                out.append(
                    f"{indent}{prefix}s{index} -> {self.box(index, prefix)} "
                    f"[{self._look(self.signals.at.get(index), labelled)}]"
                )
        for flow in flows:
            target = (
                f"{prefix}s{flow.producer}"
                if arriving[flow.producer] > 1
                else self.box(flow.producer, prefix)
            )
            out.append(
                f"{indent}{flow.box} -> {target} "
                f"[{self._look(self.signal_of(flow), labelled, len(flow.uses))}]"
            )

    def signal_of(self, flow: Flow) -> Signal | None:
        """What an arrow carries: of several terms the sum where the arrow is all that arrives, else the
        largest."""
        if (
            len(flow.uses) == len(self.reading.vertices[flow.producer].uses) > 1
            and flow.producer in self.signals.at
        ):
            return self.signals.at[flow.producer]
        signals = [
            self.signals.along[e.consumer, e.position]
            for e in flow.uses
            if (e.consumer, e.position) in self.signals.along
        ]
        return max(signals, key=lambda s: (_SEVERITY[s.state], s.norm), default=None)

    def _look(self, signal: Signal | None, labelled: bool, terms: int = 1) -> str:
        """How an arrow looks that carries ``signal``."""
        if signal is None:
            return 'color="#57606a"'
        width = 1.0
        if signal.state == "ok" and self.high > self.low:
            width += (
                4.0
                * (min(max(math.log10(signal.norm), self.low), self.high) - self.low)
                / (self.high - self.low)
            )
        colour = _COLOURS[signal.state]
        shown = signal_text(signal) if terms == 1 else f"{signal_text(signal)} ({terms} terms)"
        label = f' label=" {shown} "' if labelled else ""
        tip = f"norm {signal_text(signal)}" if terms == 1 else f"{terms} terms, norm {signal_text(signal)}"
        return (
            f'color="{colour}" fontcolor="{colour}" style={_STYLES[signal.state]} '
            f'penwidth={width:.2f}{label} tooltip="{tip}" labeltooltip="{tip}"'
        )

    def saved_lines(self, indent: str = "\t") -> list[str]:
        """In a picture of both passes: which value of the forward each step of the backward needs."""
        pairs: dict[tuple[str, str], int] = {}
        for vertex in self.reading.vertices:
            if vertex.is_leaf:
                continue
            producers = {e.position: e.producer for e in vertex.inputs}
            for origin in vertex.node.plan.origins:
                source = None if origin is None else vertex.index if origin < 0 else producers.get(origin)
                if source is not None:
                    pair = self.box(source, "f"), self.box(vertex.index, "b")
                    pairs[pair] = pairs.get(pair, 0) + 1
        return [
            f'{indent}{a} -> {b} [style=dotted color="#8250df" arrowhead=open constraint=false '
            'tooltip="kept for the backward pass"]'
            for a, b in pairs
        ]


def _cluster_fill(group: Group) -> str:
    return "#f6f8fa" if group.level % 2 else "#ffffff"


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def picture(drawing: Drawing, direction: str, title: str | None, format: str) -> Picture:
    """The whole of a drawing as a Digraph."""
    reading = drawing.reading
    made = Picture("backward" if direction != "forward" else "forward", format=format)
    kept = sum(v.saved_bytes for v in reading.vertices)
    bytes_kept = f", {bytes_text(kept)} kept" if kept else ""
    caption = (
        title
        or f"{direction.capitalize() if direction != 'both' else 'Forward and backward'} of "
        f"{reading.root.name}: {len(reading.vertices)} values{bytes_kept}"
    )
    made.body += [
        f"\tgraph [label={_quote(caption)} labelloc=t fontname={_quote(FONT)} fontsize=13 "
        f"bgcolor=white rankdir=TB nodesep=0.3 ranksep=0.4 tooltip={_quote(caption)}]\n",
        '\tnode [shape=box style="rounded,filled" fillcolor=white color="#57606a" '
        f'fontname={_quote(FONT)} fontsize=12 margin="0.08,0.04"]\n',
        f"\tedge [fontname={_quote(FONT)} fontsize=10 arrowsize=0.7]\n",
    ]
    lines: list[str] = []
    if direction == "both":
        for side, prefix in (("forward", "f"), ("backward", "b")):
            lines += [
                f"\tsubgraph cluster_{side} {{",
                f'\t\tlabel={side} color="#8c959f" style=rounded',
                *drawing.lines(side, prefix, "\t\t"),
                "\t}",
            ]
        lines += drawing.saved_lines()
    else:
        lines = drawing.lines(direction)
    made.body += [line + "\n" for line in lines]
    return made
