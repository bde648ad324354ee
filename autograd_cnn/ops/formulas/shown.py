"""An expression as a line of Python: what docs and pictures show of a derived gradient."""

import ast
import math

from .expression import Expression

_BINARY: dict[str, ast.operator] = {
    "add": ast.Add(),
    "subtract": ast.Sub(),
    "multiply": ast.Mult(),
    "divide": ast.Div(),
    "logical_and": ast.BitAnd(),
    "logical_or": ast.BitOr(),
}
_COMPARED: dict[str, ast.cmpop] = {
    "equal": ast.Eq(),
    "not_equal": ast.NotEq(),
    "less": ast.Lt(),
    "less_equal": ast.LtE(),
    "greater": ast.Gt(),
    "greater_equal": ast.GtE(),
}


def shown(node: Expression) -> str:
    """``node`` with Python's operators where there are such, and the names of primitives."""
    return ast.unparse(ast.fix_missing_locations(_tree(node)))


def _tree(node: Expression) -> ast.expr:
    if node.op == "operand":
        return ast.Name(node.params["name"])
    if node.op == "constant":
        return _number(node.params["value"])
    assert not isinstance(node.op, str)
    name, args = node.op.name, [_tree(a) for a in node.args]
    if name in _BINARY:
        return ast.BinOp(args[0], _BINARY[name], args[1])
    if name in _COMPARED:
        return ast.Compare(args[0], [_COMPARED[name]], [args[1]])
    if name == "negative":
        return ast.UnaryOp(ast.USub(), args[0])
    if name == "logical_not":
        return ast.UnaryOp(ast.Invert(), args[0])
    told = {k: v for k, v in node.params.items() if k in node.op.defaults and node.op.defaults[k] != v}
    return ast.Call(ast.Name(name), args, [ast.keyword(k, ast.Constant(v)) for k, v in told.items()])


def _number(value: float) -> ast.expr:
    if value < 0:
        return ast.UnaryOp(ast.USub(), _number(-value))
    if not math.isfinite(value):
        return ast.Attribute(ast.Name("math"), str(value))
    return ast.Constant(int(value) if value == int(value) and value < 1e6 else float(f"{value:.17g}"))
