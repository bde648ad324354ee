"""A local gradient as mathematics: the rule's own expression, set with the names of the graph at hand.

The convention is Griewank's: the upstream signal of a result y is ȳ, the gradient of an operand x is x̄.
The expression comes from the rule's source (``rule_expression``), so what is shown is what runs.
"""

import ast
from functools import lru_cache
from typing import Any

from ..ops import Operator
from ..ops._formula import rule_expression
from ._simplify import simplified
from ._styles import STYLES, Unicode

_COMPARE = {
    ast.Gt: " > ",
    ast.Lt: " < ",
    ast.GtE: " ≥ ",
    ast.LtE: " ≤ ",
    ast.Eq: " = ",
    ast.NotEq: " ≠ ",
}
_OPPOSITE = {
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
}
_CONSTANTS = {"math.pi": "π", "math.nan": "NaN", "math.inf": "∞", "math.e": "e"}
_ALIASES = {
    "sum": "Σ",
    "negative": "−",
    "unreduce": "spread",
    "broadcast_to": "broadcast",
    "sum_to": "sum",
    "sign": "sgn",
    "absolute": "abs",
}
_TO_SHAPE = frozenset(("sum_to", "broadcast_to", "reshape"))
_ADD, _TIMES, _UNARY, _POWER, _ATOM = range(1, 6)

Numbers = tuple[tuple[str, Any], ...]
Shapes = tuple[tuple[str, tuple[int, ...]], ...]


def formula(
    primitive: Operator,
    operand: str,
    names: dict[str, str],
    shapes: Shapes = (),
    values: "dict[str, Any] | None" = None,
    style: str = "unicode",
    adds: bool = False,
    numbers: Numbers = (),
) -> str:
    """The local gradient of ``primitive`` for ``operand``, as an equation.

    Args:
        names: what operands and results are called; ``"out"`` is the result, ``"g"`` is not needed.
        shapes: known shapes of operands and result (``"out"``), sorted by name; spares sums that add nothing.
        values: parameters whose value is known.
        style: ``"unicode"``, ``"label"`` (Graphviz), ``"latex"`` or ``"mathml"``.
        numbers: operands that are numbers, which are put in and worked out.
        adds: the operand is used elsewhere too, so this is one term of its gradient: ``+=`` for ``=``.
    """
    pen = STYLES[style]
    fields = {key: pen.name(name) for key, name in names.items()}
    fields.update({f"bar {key}": pen.bar(name) for key, name in names.items()})
    for key, value in (values or {}).items():
        fields[key] = pen.text(short(value)).replace("%%", "%")
    return template(primitive, operand, shapes, frozenset(fields), style, adds, numbers) % fields


def short(value: Any) -> str:
    """A parameter's value in a few letters."""
    if isinstance(value, tuple) and value and all(isinstance(n, int) for n in value):
        return "×".join(map(str, value))
    if isinstance(value, float):
        return f"{value:.4g}"
    text = str(value)
    return text if len(text) <= 24 else text[:23] + "…"


@lru_cache(maxsize=8192)
def template(
    primitive: Operator,
    operand: str,
    shapes: Shapes,
    known: frozenset[str],
    style: str,
    adds: bool = False,
    numbers: Numbers = (),
) -> str:
    """The formula with ``%(name)s`` where a name will stand, or ``%(bar name)s`` for its gradient."""
    try:
        expression = simplified(expression_of(primitive, operand), dict(numbers))
    except LookupError:
        pen = STYLES[style]
        return pen.equation(
            f"%(bar {operand})s",
            adds,
            pen.text(f"(the rule of {primitive.name} is longer than one expression)"),
        )
    shape = dict(shapes)
    if primitive.broadcasts and "out" in shape and operand in shape and shape["out"] != shape[operand]:
        target = ast.Name(f"{operand}_shape")
        expression = ast.Call(ast.Name("sum_to"), [expression], [ast.keyword("shape", target)])
    setter = _Setter(STYLES[style], shape, known)
    return setter.pen.equation(f"%(bar {operand})s", adds, setter.set(expression)[0])


@lru_cache(maxsize=2048)
def expression_of(primitive: Operator, operand: str) -> ast.expr:
    """``rule_expression``, read once."""
    return rule_expression(primitive, operand)


class _Setter:
    """Walks an expression and sets it; every method returns the text and how tightly it binds."""

    def __init__(self, pen: Unicode, shapes: dict[str, tuple[int, ...]], known: frozenset[str]) -> None:
        self.pen, self.shapes, self.known = pen, shapes, known

    def set(self, e: ast.expr) -> tuple[str, int]:
        """Set any expression."""
        method = getattr(self, f"_{type(e).__name__.lower()}", None)
        return (self.pen.text(ast.unparse(e)), _ATOM) if method is None else method(e)

    def inside(self, e: ast.expr, tightness: int) -> str:
        """``e`` with parentheses if it binds less tightly than its place asks."""
        text, own = self.set(e)
        return text if own >= tightness else self.pen.group(text)

    def _name(self, e: ast.Name) -> tuple[str, int]:
        if e.id == "g":
            return "%(bar out)s", _ATOM
        if e.id.startswith("g_") and f"bar {e.id[2:]}" in self.known:
            return f"%(bar {e.id[2:]})s", _ATOM
        if e.id in self.known:
            return f"%({e.id})s", _ATOM
        return self.pen.name(e.id).replace("%", "%%"), _ATOM

    def _constant(self, e: ast.Constant) -> tuple[str, int]:
        return self.pen.text(
            short(int(e.value) if isinstance(e.value, float) and e.value.is_integer() else e.value)
        ), _ATOM

    def _unaryop(self, e: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(e.op, ast.USub):
            return self.pen.minus + self.inside(e.operand, _UNARY), _UNARY
        return self.pen.operator("¬") + self.inside(e.operand, _ATOM), _UNARY

    def _binop(self, e: ast.BinOp) -> tuple[str, int]:
        pen = self.pen
        if isinstance(e.op, ast.Add):
            return self.inside(e.left, _ADD) + pen.plus + self.inside(e.right, _ADD), _ADD
        if isinstance(e.op, ast.Sub):
            return self.inside(e.left, _ADD) + pen.operator(" − ") + self.inside(e.right, _TIMES), _ADD
        if isinstance(e.op, ast.Mult):
            sign = (
                pen.dot
                if isinstance(e.left, ast.Constant) or isinstance(e.right, ast.Constant)
                else pen.times
            )
            return self.inside(e.left, _TIMES) + sign + self.inside(e.right, _UNARY), _TIMES
        if isinstance(e.op, ast.Div):
            stacked = pen.fraction(self.set(e.left)[0], self.set(e.right)[0])
            return (
                (stacked, _ATOM)
                if stacked
                else (
                    self.inside(e.left, _TIMES) + pen.operator(" / ") + self.inside(e.right, _UNARY),
                    _TIMES,
                )
            )
        if isinstance(e.op, ast.Pow):
            return pen.power(self.inside(e.left, _ATOM), self.set(e.right)[0]), _POWER
        if isinstance(e.op, ast.MatMult):
            return self._product(e.left, e.right)
        sign = " ∧ " if isinstance(e.op, ast.BitAnd) else " ∨ "
        return self.inside(e.left, _TIMES) + pen.operator(sign) + self.inside(e.right, _TIMES), _ADD

    def _compare(self, e: ast.Compare) -> tuple[str, int]:
        text = self.inside(e.left, _ADD)
        for op, right in zip(e.ops, e.comparators, strict=True):
            text += self.pen.operator(_COMPARE.get(type(op), " ? ")) + self.inside(right, _ADD)
        return text, 0

    def _attribute(self, e: ast.Attribute) -> tuple[str, int]:
        constant = _CONSTANTS.get(ast.unparse(e))
        if constant is not None:
            return self.pen.text(constant), _ATOM
        if e.attr == "shape" and isinstance(e.value, ast.Name) and e.value.id in self.shapes:
            return self.pen.text(short(self.shapes[e.value.id])), _ATOM
        return self.inside(e.value, _ATOM) + self.pen.text(f".{e.attr}"), _ATOM

    def _subscript(self, e: ast.Subscript) -> tuple[str, int]:
        return self.pen.below(self.inside(e.value, _ATOM), self.pen.text(ast.unparse(e.slice))), _ATOM

    def _tuple(self, e: ast.Tuple) -> tuple[str, int]:
        return self.pen.group(self.pen.operator(", ").join(self.set(part)[0] for part in e.elts)), _ATOM

    def _ifexp(self, e: ast.IfExp) -> tuple[str, int]:
        return self.pen.cases(self.set(e.test)[0], self.set(e.body)[0], self.set(e.orelse)[0]), _ATOM

    def _product(self, left: ast.expr, right: ast.expr) -> tuple[str, int]:
        return self.inside(left, _TIMES) + self.pen.dot + self.inside(right, _UNARY), _TIMES

    def _call(self, e: ast.Call) -> tuple[str, int]:
        name = e.func.id if isinstance(e.func, ast.Name) else ast.unparse(e.func).removeprefix("math.")
        special = _SPECIAL.get(name)
        found = special(self, e) if special else None
        return found or self._plain_call(name, e)

    def _plain_call(self, name: str, e: ast.Call) -> tuple[str, int]:
        pen = self.pen
        parts = [self.set(a)[0] for a in e.args if not _is_layout(a)]
        inner = pen.operator(", ").join(parts)
        if name in _TO_SHAPE:
            shape = next((k.value for k in e.keywords if k.arg == "shape"), None)
            known = shape.id.removesuffix("_shape") if isinstance(shape, ast.Name) else ""
            if known in self.shapes:
                inner += pen.operator(" → ") + pen.text(short(self.shapes[known]) or "scalar")
        return pen.function(_ALIASES.get(name, name)) + pen.group(inner), _ATOM

    def _where(self, e: ast.Call) -> tuple[str, int] | None:
        condition, yes, no = e.args
        shown = self.set(condition)[0]
        if _is_zero(no):
            return self.pen.bracket(shown) + self.pen.times + self.inside(yes, _TIMES), _TIMES
        if _is_zero(yes) and isinstance(condition, ast.Compare) and len(condition.ops) == 1:
            holds = ast.Compare(
                condition.left, [_OPPOSITE[type(condition.ops[0])]()], condition.comparators
            )  # the same but for NaN
            return self.pen.bracket(self.set(holds)[0]) + self.pen.times + self.inside(no, _TIMES), _TIMES
        if _is_zero(yes):
            opposite = self.pen.operator("¬") + (
                shown if isinstance(condition, ast.Name) else self.pen.group(shown)
            )
            return self.pen.bracket(opposite) + self.pen.times + self.inside(no, _TIMES), _TIMES
        return self.pen.cases(shown, self.set(yes)[0], self.set(no)[0]), _ATOM

    def _sum_to(self, e: ast.Call) -> tuple[str, int] | None:
        target = e.keywords[0].value if e.keywords else None
        operand = target.id.removesuffix("_shape") if isinstance(target, ast.Name) else None
        return (
            self.set(e.args[0])
            if operand in self.shapes and self.shape_of(e.args[0]) == self.shapes[operand]
            else None
        )

    def shape_of(self, e: ast.expr) -> tuple[int, ...] | None:
        """The shape of ``e`` where it is plain to see."""
        if isinstance(e, ast.Name):
            return self.shapes.get("out" if e.id == "g" else e.id)
        if isinstance(e, ast.Call) and isinstance(e.func, ast.Name) and e.args:
            parts = [self.shape_of(a) for a in e.args]
            first = parts[0]
            if first is None or None in parts:
                return None
            if e.func.id == "swap_last":
                return (*first[:-2], first[-1], first[-2])
            second = parts[-1]
            if e.func.id == "matmul" and second is not None and first[:-2] == second[:-2]:
                return (*first[:-1], second[-1])
        return None


def _is_layout(e: ast.expr) -> bool:
    """Whether an argument says only where things lie: an axis or a shape."""
    return (isinstance(e, ast.Name) and (e.id.endswith("_shape") or e.id == "axis")) or (
        isinstance(e, ast.Attribute) and e.attr == "shape"
    )


def _is_zero(e: ast.expr) -> bool:
    return isinstance(e, ast.Constant) and e.value == 0


_SPECIAL: dict[str, Any] = {
    "matmul": lambda s, e: s._product(*e.args),
    "transpose": lambda s, e: (
        (s.pen.transposed(s.inside(e.args[0], _ATOM)), _POWER)
        if len(s.shape_of(e.args[0]) or ()) == 2
        else None
    ),
    "swap_last": lambda s, e: (s.pen.transposed(s.inside(e.args[0], _ATOM)), _POWER),
    "where": _Setter._where,
    "sum_to": _Setter._sum_to,
    "cast": lambda s, e: (
        (s.pen.bracket(s.set(e.args[0])[0]), _ATOM)
        if isinstance(e.args[0], ast.Compare)
        else s.set(e.args[0])
    ),
    "sqrt": lambda s, e: (s.pen.root(s.set(e.args[0])[0]), _ATOM),
    "absolute": lambda s, e: (s.pen.absolute(s.set(e.args[0])[0]), _ATOM),
    "zeros_like": lambda s, e: (s.pen.text("0"), _ATOM),
    "inv": lambda s, e: (s.pen.power(s.inside(e.args[0], _ATOM), s.pen.minus + s.pen.text("1")), _POWER),
    "reduced_count": lambda s, e: (s.pen.name("n"), _ATOM),
}
