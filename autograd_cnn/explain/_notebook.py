"""Rich display in notebooks: tensors, modules and nodes. The formatters are registered with IPython from here
only."""

import html
import sys
from typing import Any

import numpy as np

from .._engine.node import Node
from .._tensor import Tensor
from ._arrays import summary
from ._formula import formula
from ._labels import html_table, shape_text, signal_text
from ._signals import measure

SHOWN = 24
"""A tensor's image has at most this many cells along a side."""


def tensor_html(t: Tensor) -> str:
    """Shape, dtype, device, range, and the elements as a small image."""
    told = summary(t.array, picture=False)
    grad = " · requires grad" if t._node is not None else ""
    head = f"<b>Tensor</b> {shape_text(tuple(t.array.shape))} · {t.array.dtype} · {t.device}{grad}"
    numbers = (
        f"min {told['min']:.4g} · mean {told['mean']:.4g} · max {told['max']:.4g}"
        if isinstance(told["mean"], (int, float))
        else "holds NaN or infinities"
    )
    text = f"<pre>{html.escape(repr(t))}</pre>"
    return f"<div>{head}<br><small>{html.escape(numbers)}</small>{_image(t)}{text}</div>"


def _image(t: Tensor) -> str:
    a = t.array
    if not isinstance(a, np.ndarray) or a.ndim not in (1, 2) or a.size < 2 or a.dtype.kind not in "fiub":
        return ""
    rows = np.atleast_2d(a).astype(np.float64)
    rows = rows[np.ix_(*(np.linspace(0, n - 1, min(n, SHOWN)).round().astype(int) for n in rows.shape))]
    finite = np.where(np.isfinite(rows), rows, 0.0)
    largest = float(np.abs(finite).max()) or 1.0
    cells = []
    for (i, j), value in np.ndenumerate(finite):
        fade = round(255 * (1 - abs(value) / largest))
        fill = f"rgb({fade},{fade},255)" if value < 0 else f"rgb(255,{fade},{fade})"
        cells.append(f'<rect x="{8 * j}" y="{8 * i}" width="8" height="8" fill="{fill}"/>')
    width, height = 8 * rows.shape[1], 8 * rows.shape[0]
    return (
        f'<div><svg width="{width}" height="{height}" role="img" aria-label="the elements: blue '
        f'below, white at, red above zero">{"".join(cells)}</svg></div>'
    )


def node_html(node: Node) -> str:
    """The operator's local gradients, typeset."""
    prim = node.prim
    names = {name: name for name in prim.operands}
    names.update({name: name for name in prim.outputs} if prim.outputs else {"out": "out"})
    rows = [
        formula(prim, operand, names, style="mathml") for operand in prim.operands if operand in prim.rules
    ]
    return (
        f"<div><b>{html.escape(node.name())}</b> {shape_text(tuple(node.shape))}"
        + "".join(f'<math display="block">{row}</math>' for row in rows)
        + "</div>"
    )


def module_html(module: Any) -> str:
    """The module as it prints, and its parameters with the norms of their gradients."""
    rows = []
    for name, p in module.named_parameters():
        grad = "" if p._grad is None else signal_text(measure(p._grad))
        cells = (html.escape(name), shape_text(tuple(p.array.shape)), f"{p.array.size:,}", grad)
        rows.append("".join(f"<td>{cell}</td>" for cell in cells))
    table = html_table(("parameter", "shape", "elements", "‖grad‖"), rows) if rows else ""
    return f"<div><pre>{html.escape(repr(module))}</pre>{table}</div>"


def register_formatters(shell: Any = None) -> bool:
    """Tell IPython (the running one, or ``shell``) how tensors, modules and nodes are shown; whether there
    was one to tell."""
    if shell is None:
        ipython = sys.modules.get("IPython")
        shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return False
    formatter = shell.display_formatter.formatters["text/html"]
    formatter.for_type(Tensor, tensor_html)
    formatter.for_type(Node, node_html)
    formatter.for_type_by_name("autograd_cnn.nn.modules.module", "Module", module_html)
    return True
