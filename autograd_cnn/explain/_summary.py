"""``summary``: the layers of a model, what they give, hold, keep and cost."""

import html
import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from .._engine.handle import Handle
from .._engine.memory import owner
from .._engine.modes import Observing, state
from .._engine.node import Node, Scope, maker, scopes
from ..ops import Operator, Primitive
from ._labels import bytes_text, html_table, shape_text
from ._reading import block_bytes, kept_arrays

_MOVES = frozenset(
    (
        "reshape",
        "transpose",
        "broadcast_to",
        "getitem",
        "flip",
        "windows",
        "concatenate",
        "stack",
        "crop",
        "pad",
        "cast",
        "contiguous",
        "take_along",
    )
)


class Row(NamedTuple):
    """One module."""

    path: str
    kind: str
    shape: tuple[int, ...]
    parameters: int
    saved_bytes: int
    flops: int


def flops_of(prim: Operator, operands: Sequence[Any], params: dict[str, Any], result: Any) -> int:
    """Floating-point operations of one call: a multiply-add counts two, moving elements nothing, anything
    else one per element. What the forward of an ``autograd.Function`` runs counts, and not itself."""
    if not isinstance(prim, Primitive):
        return 0
    shapes: list[tuple[int, ...]] = [tuple(getattr(x, "shape", ())) for x in operands]
    size: int = math.prod(result.shape)
    if prim.name == "matmul":
        return 2 * size * shapes[0][-1]
    if prim.name == "einsum":
        x, y = params["spec"].split("->")[0].split(",")
        return int(
            2
            * math.prod(
                {**dict(zip(x, shapes[0], strict=True)), **dict(zip(y, shapes[1], strict=True))}.values()
            )
        )
    if "convolution" in prim.name and len(shapes) > 1 and len(shapes[1]) > 2:
        return 2 * size * math.prod(shapes[1][1:])
    if prim.name == "affine":
        return 2 * size * shapes[0][-1]
    if prim.name in _MOVES:
        return 0
    return max(size, math.prod(shapes[0])) if prim.operands else size


class _Counter(Observing):
    """Counts, by module, what runs inside."""

    def __init__(self) -> None:
        super().__init__(grad=True)
        self.found: dict[str, list[Any]] = {}
        self.blocks: set[int] = set()
        self.keeps: list[Any] = []

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """The engine ran an operator."""
        kept = 0
        node = maker(results[0]._node)
        if isinstance(node, Node):
            for array in kept_arrays(node.saved_items()):
                self.keeps.append(array)
                if id(owner(array)) not in self.blocks:
                    self.blocks.add(id(owner(array)))
                    kept += block_bytes(array)
        cost = flops_of(prim, operands, params, results[0].array)
        for path in _paths(state.get().scope):
            entry = self.found.setdefault(path, [(), 0, 0])
            entry[0] = tuple(results[0].array.shape)
            entry[1] += kept
            entry[2] += cost


def _paths(scope: Scope | None) -> list[str]:
    """The modules in force, as paths, outermost first."""
    names = [inner.name for inner in scopes(scope) if inner.kind == "module"]
    return [".".join(names[1 : i + 1]) for i in range(len(names))]


class Summary:
    """What :func:`summary` returns; prints as a table, and shows itself in a notebook."""

    def __init__(self, rows: list[Row], parameters: int) -> None:
        self.rows = rows
        self.parameters = parameters
        """Of the whole model; a shared one counts once."""
        self.saved_bytes: int = rows[0].saved_bytes if rows else 0
        self.flops: int = rows[0].flops if rows else 0

    def _cells(self) -> list[tuple[str, ...]]:
        head = ("layer", "kind", "output", "parameters", "kept", "FLOPs")
        return [
            head,
            *(
                (
                    r.path or "(model)",
                    r.kind,
                    shape_text(r.shape),
                    f"{r.parameters:,}",
                    bytes_text(r.saved_bytes),
                    f"{r.flops:,}",
                )
                for r in self.rows
            ),
        ]

    def __str__(self) -> str:
        cells = self._cells()
        widths = [max(len(row[i]) for row in cells) for i in range(6)]
        lines = [
            "  ".join(
                c.ljust(w) if i < 3 else c.rjust(w) for i, (c, w) in enumerate(zip(row, widths, strict=True))
            ).rstrip()
            for row in cells
        ]
        total = (
            f"{self.parameters:,} parameters, {bytes_text(self.saved_bytes)} kept for backward, "
            f"{self.flops:,} FLOPs forward (a multiply-add counts two)"
        )
        return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "-" * len(lines[0]), total])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        head, *body = self._cells()
        return html_table(head, ["".join(f"<td>{html.escape(c)}</td>" for c in row) for row in body])


def summary(model: Any, input: Any) -> Summary:
    """Run ``model`` once on ``input`` (a Tensor, or a tuple of arguments) and tabulate its layers.

    For each module: the shape of its last result, its own and inner parameters, the bytes its operators keep
    for the backward pass, and the floating-point operations of the forward pass. Buffers (running averages)
    are put back.
    """
    if not hasattr(model, "named_parameters"):
        raise TypeError(
            f"summary: expected a module (something with named_parameters), not {type(model).__name__}"
        )
    arguments = input if isinstance(input, tuple) else (input,)
    parameters = [(name, p) for name, p in model.named_parameters() if isinstance(p, Handle)]
    buffers = (
        [(b, b.array.copy()) for _, b in model.named_buffers()] if hasattr(model, "named_buffers") else []
    )
    counter = _Counter()
    counter.blocks.update(id(owner(p.array)) for _, p in parameters)
    try:
        with counter:
            model(*arguments)
    finally:
        for buffer, before in buffers:
            buffer.array[...] = before
    kinds = (
        {name: type(module).__name__ for name, module in model.named_modules()}
        if hasattr(model, "named_modules")
        else {}
    )
    rows = []
    for path, (shape, kept, cost) in sorted(
        counter.found.items(), key=lambda item: list(kinds).index(item[0]) if item[0] in kinds else len(kinds)
    ):
        held = sum(p.array.size for name, p in parameters if not path or name.startswith(path + "."))
        rows.append(
            Row(path, kinds.get(path, type(model).__name__ if not path else ""), shape, held, kept, cost)
        )
    return Summary(rows, sum(p.array.size for _, p in parameters))
