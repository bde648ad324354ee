"""``FlopCounterMode`` counts the multiplications and additions of products of matrices and of convolutions,
by module and operator, forwards and backwards; ``register_flop_formula`` adds other operators."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any, TypeVar
from warnings import warn

from .._engine.modes import Observing, state
from .._engine.node import Node, Scope, scopes
from .._engine.node_names import running_name
from ..ops import Operator
from ..ops._einsum import swapped
from ._flops import Shape, conv_backward_flop, conv_flop_count, einsum_flop, shape_wrapper
from ._flops import addmm_flop as addmm_flop
from ._flops import baddbmm_flop as baddbmm_flop
from ._flops import bmm_flop as bmm_flop
from ._flops import conv_flop as conv_flop
from ._flops import get_shape as get_shape
from ._flops import mm_flop as mm_flop
from ._flops import sdpa_backward_flop as sdpa_backward_flop
from ._flops import sdpa_backward_flop_count as sdpa_backward_flop_count
from ._flops import sdpa_flop as sdpa_flop
from ._flops import sdpa_flop_count as sdpa_flop_count

__all__ = ["FlopCounterMode", "register_flop_formula"]

Formula = TypeVar("Formula", bound=Callable[..., Any])

SUFFIXES = ("", "K", "M", "B", "T")


flop_registry: dict[str, Callable[..., int]] = {}
"""Formulas for other operators, by their names in :meth:`FlopCounterMode.get_flop_counts`."""


def register_flop_formula(targets: Any, get_raw: bool = False) -> Callable[[Formula], Formula]:
    """Register a formula for operators: their names here (``"aten.relu"``), one or several. It is called with
    the operands' shapes and ``out_shape``; with ``get_raw``, with the tensors and ``out_val``.

    ValueError for what is no name; RuntimeError for one that has a formula.
    """

    def register(formula: Formula) -> Formula:
        for target in targets if isinstance(targets, (list, tuple)) else (targets,):
            if not isinstance(target, str):
                raise ValueError(
                    "register_flop_formula(targets): expected each target to be the name of an operator, "
                    f"such as 'aten.relu', got {target} which is of type {type(target)}"
                )
            if target in flop_registry or target in COUNTED:
                raise RuntimeError(f"duplicate registrations for {target}")
            flop_registry[target] = formula if get_raw else shape_wrapper(formula)
        return formula

    return register


COUNTED = ("aten.mm", "aten.bmm", "aten.addmm", "aten.convolution", "aten.einsum")
"""What is counted in any case."""


def _product(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    return 2 * prod(out) * shapes[0][-1]


def _convolution(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    return conv_flop_count(shapes[0], shapes[1], out)


def _image_gradient(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    return conv_flop_count(shapes[0], shapes[1], out, transposed=True)


def _weight_gradient(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    return conv_flop_count(shapes[1], out, shapes[1])


def _einsum(shapes: Sequence[Shape], out: Shape, params: dict[str, Any]) -> int:
    return einsum_flop(params["spec"], *shapes[:2])


_COSTS: dict[str, Callable[[Sequence[Shape], Shape, dict[str, Any]], int]] = {
    "matmul": _product,
    "affine": _product,
    "einsum": _einsum,
    "convolution": _convolution,
    "biased_convolution": _convolution,
    "convolution_input_gradient": _image_gradient,
    "biased_transposed_convolution": _image_gradient,
    "convolution_weight_gradient": _weight_gradient,
}
"""By primitive. The gradient of either operand costs what the forward does: it is the same product of three
sizes."""


def flops_of(prim: Operator, operands: Sequence[Any], params: dict[str, Any], out: Shape) -> int | None:
    """What an operator costs that has run; None where nothing is known of it."""
    cost = _COSTS.get(prim.name)
    return None if cost is None else cost([getattr(o, "shape", ()) for o in operands], out, params)


class FlopCounterMode(Observing):
    """Count in a block::

        with FlopCounterMode() as counter:
            model(x).sum().backward()
        counter.get_total_flops()

    The table is printed at the end, modules down to ``depth``, unless ``display`` is False.
    ``custom_mapping`` has formulas as of :func:`register_flop_formula`.
    """

    def __init__(
        self,
        mods: Any = None,
        depth: int = 2,
        display: bool = True,
        custom_mapping: dict[Any, Callable[..., int]] | None = None,
    ) -> None:
        super().__init__()
        if mods is not None:
            warn("mods argument is not needed anymore, you can stop passing it", stacklevel=2)
        self.depth, self.display = depth, display
        self.flop_counts: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        custom = (custom_mapping or {}).items()
        self._formulas = {k: f if getattr(f, "_get_raw", False) else shape_wrapper(f) for k, f in custom}

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        if self.display:
            print(self.get_table(self.depth))

    def recorded(
        self, prim: Operator, operands: Sequence[Any], params: dict[str, Any], results: tuple[Any, ...]
    ) -> None:
        """Count an operator that has run."""
        key = f"aten.{running_name(prim.name, operands, params)}"
        formula = self._formulas.get(key) or flop_registry.get(key)
        if formula is not None:
            value = results if prim.outputs else results[0]
            self._count(key, formula(*operands, **params, out_val=value), state.get().scope)
        elif (cost := flops_of(prim, operands, params, results[0].shape)) is not None:
            self._count(key, cost, state.get().scope)

    def step(self, node: Node, upstream: Any, contributions: list[tuple[int, Any]]) -> None:
        """Count the gradients of an operator's operands."""
        for key, cost in gradient_flops(node, upstream, contributions):
            self._count(key, cost, node.scope)

    def _count(self, key: str, cost: int, scope: Scope | None) -> None:
        self.flop_counts["Global"][key] += cost
        path: list[str] = []
        for inner in scopes(scope):
            if inner.kind == "module":
                path.append(inner.name)
                self.flop_counts[".".join(path)][key] += cost

    def get_total_flops(self) -> int:
        """All of them."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[Any, int]]:
        """By module (``"Global"`` is all of them), by operator."""
        return {module: dict(counts) for module, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """Modules down to ``depth`` with their operators; the total first, where it is not that of one
        module."""
        depth = self.depth if depth is None else depth
        total = self.get_total_flops()
        suffix = get_suffix_str(total)
        modules = sorted(m for m in self.flop_counts if m != "Global" and m.count(".") < (depth or 999999))
        whole = any(sum(self.flop_counts[m].values()) >= total for m in modules)
        rows = [("Module", "FLOP", "% Total")]
        for module in modules if whole else ["Global", *modules]:
            counts = self.flop_counts[module]
            indent = " " * (module.count(".") + (not whole and module != "Global"))
            for name, count in ((module, sum(counts.values())), *((f" - {k}", v) for k, v in counts.items())):
                share = convert_to_percent_str(count, total)
                rows.append((indent + name, convert_num_with_suffix(count, suffix), share))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        lines = [
            "  ".join(f"{c:{'<>'[i > 0]}{w}}" for i, (c, w) in enumerate(zip(r, widths, strict=True)))
            for r in rows
        ]
        return "\n".join([lines[0], "  ".join("-" * w for w in widths), *lines[1:]])


def gradient_flops(
    node: Node, upstream: Any, contributions: list[tuple[int, Any]]
) -> Iterator[tuple[str, int]]:
    """The operators that the gradients of a node's operands are, and what they cost."""
    if node.prim.name in _COSTS:
        shapes = _shapes(node, contributions)
        for position, _ in contributions:
            if position < 2:  # the third operand is a bias
                yield _gradient_cost(node, position, upstream.shape, shapes)


def _shapes(node: Node, contributions: list[tuple[int, Any]]) -> list[Shape]:
    """The shapes of the operands of a node: of those that want a gradient it has them, and their gradients'
    are the same; of the others it kept the operand."""
    known = {i: edge.shape for i, edge in enumerate(node.edges) if edge is not None}
    known |= {i: gradient.shape for i, gradient in contributions}
    kept = {item.origin: getattr(item.value, "shape", ()) for item in node.saved_items()}
    return [known.get(i) or kept.get(i) or () for i in range(len(node.edges))]


def _gradient_cost(node: Node, position: int, out: Shape, shapes: list[Shape]) -> tuple[str, int]:
    """What the gradient of one operand is called, and costs."""
    name = node.prim.name
    if name == "matmul" or name == "affine":
        longest = max(len(out), *map(len, shapes[:2]))
        return ("aten.mm" if longest == 2 else "aten.bmm"), 2 * prod(out) * (shapes[0] or shapes[1])[-1]
    if name == "einsum":
        spec = node.value_of("spec")
        return "aten.einsum", einsum_flop(swapped(spec, position), out, shapes[1 - position])
    key = "aten.convolution_backward"
    if name in ("convolution", "biased_convolution"):
        mask = (position == 0, position == 1)
        cost = conv_backward_flop(out, *shapes[:2], *[None] * 4, False, None, 1, mask, out_val=shapes[:2])
    elif name == "convolution_weight_gradient":
        cost = conv_flop_count(shapes[1], out, shapes[1])
    else:
        cost = conv_flop_count(out, shapes[1], shapes[0])
    return key, cost


def normalize_tuple(x: Any) -> tuple[Any, ...]:
    """``x`` in a tuple, unless it is one."""
    return x if isinstance(x, tuple) else (x,)


def get_suffix_str(number: int) -> str:
    """The suffix that shows a number with at least two digits before the point: 1001 M is no 1.001 B."""
    return SUFFIXES[max(0, min(len(SUFFIXES) - 1, (len(str(number)) - 2) // 3))]


def convert_num_with_suffix(number: int, suffix: str) -> str:
    """``number`` in thousands of that suffix."""
    return f"{number / 1000 ** SUFFIXES.index(suffix):.3f}{suffix}"


def convert_to_percent_str(num: float, denom: float) -> str:
    """How much ``num`` is of ``denom``."""
    return f"{num / denom:.2%}" if denom else "0%"
