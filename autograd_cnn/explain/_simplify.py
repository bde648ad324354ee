"""A formula made shorter by what is known of a node: numbers among its operands are put in and worked out."""

import ast
import operator
from collections.abc import Callable
from typing import Any

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def simplified(expression: ast.expr, numbers: dict[str, Any]) -> ast.expr:
    """``expression`` with ``numbers`` (by operand) put in: sums of numbers worked out, choices taken, x¹ and
    1 · x as x."""
    if not numbers:
        return expression
    made = _Simplifier(numbers).visit(ast.parse(ast.unparse(expression), mode="eval").body)
    assert isinstance(made, ast.expr)
    return made


def _value(e: ast.expr) -> Any:
    return e.value if isinstance(e, ast.Constant) and isinstance(e.value, (bool, int, float)) else None


class _Simplifier(ast.NodeTransformer):
    def __init__(self, numbers: dict[str, Any]) -> None:
        self.numbers = numbers

    def visit_Name(self, e: ast.Name) -> ast.expr:
        return ast.Constant(self.numbers[e.id]) if e.id in self.numbers else e

    def visit_BinOp(self, e: ast.BinOp) -> ast.expr:
        self.generic_visit(e)
        left, right = _value(e.left), _value(e.right)
        if left is not None and right is not None and type(e.op) in _BINARY:
            return ast.Constant(_BINARY[type(e.op)](left, right))
        if isinstance(e.op, (ast.Pow, ast.Mult, ast.Div)) and right == 1:
            return e.left
        if isinstance(e.op, ast.Mult) and left == 1:
            return e.right
        return e

    def visit_Compare(self, e: ast.Compare) -> ast.expr:
        self.generic_visit(e)
        left, right = _value(e.left), _value(e.comparators[0])
        known = left is not None and right is not None and len(e.ops) == 1
        return (
            ast.Constant(_COMPARE[type(e.ops[0])](left, right)) if known and type(e.ops[0]) in _COMPARE else e
        )

    def visit_Call(self, e: ast.Call) -> ast.expr:
        self.generic_visit(e)
        if isinstance(e.func, ast.Name) and e.func.id == "where" and len(e.args) == 3:
            condition = _value(e.args[0])
            if condition is not None:
                return e.args[1] if condition else e.args[2]
        return e
