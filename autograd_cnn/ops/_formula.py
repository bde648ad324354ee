"""The formula of a local gradient, read from the rule itself: what is shown is what runs.

A rule that is one ``return`` of an expression is its own formula. A longer rule carries ``formula="..."``, an
expression in the same vocabulary (operators, the names a rule may ask for, and the operators of this
package).
"""

import ast
import inspect
import sys
import textwrap
from typing import Any

from ._plan import Operator, RuleEntry
from ._primitive import registry


def rule_expression(primitive: Operator, operand: str) -> ast.expr:
    """The syntax tree of the local gradient of ``primitive`` for ``operand``.

    Raises:
        LookupError: the operand has no rule, or the rule is longer than one expression and has no
            ``formula=``.
    """
    entry = primitive.rules.get(operand)
    if entry is None:
        raise LookupError(
            f"{primitive.name} has no local gradient for its operand {operand!r}; it has: "
            f"{', '.join(primitive.rules) or 'none'}"
        )
    expression = written(entry) if entry.formula is not None else returned(entry)
    if expression is None:
        raise LookupError(
            f"{entry.rule.__name__}: the rule is not one return of an expression (or its source is "
            "not at hand); "
            f'give its formula: @{primitive.name}.vjp({operand!r}, formula="...")'
        )
    if (
        len(entry.operands) > 1
        and isinstance(expression, ast.Tuple)
        and len(expression.elts) == len(entry.operands)
    ):
        return expression.elts[entry.operands.index(operand)]
    return expression


def rule_text(primitive: Operator, operand: str) -> str:
    """The same as one line of Python, in one canonical spelling: ``g * out``."""
    return ast.unparse(rule_expression(primitive, operand))


def written(entry: RuleEntry) -> ast.expr:
    """The tree of the formula given with the rule."""
    assert entry.formula is not None
    text = entry.formula if isinstance(entry.formula, str) else entry.formula()
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise LookupError(
            f"{entry.rule.__name__}: its formula {text!r} is not an expression ({error.msg})"
        ) from error


def returned(entry: RuleEntry) -> ast.expr | None:
    """The tree of the expression that the rule returns; None where it does more than that."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(entry.rule)))
    except (OSError, TypeError, SyntaxError):  # typed at a prompt, built in, or part of a larger statement
        return None
    function = tree.body[0]
    if not isinstance(function, ast.FunctionDef):
        return None
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    only = body[0] if len(body) == 1 else None
    return only.value if isinstance(only, ast.Return) else None


def evaluate(expression: ast.expr, entry: RuleEntry, known: dict[str, Any]) -> Any:
    """The value of a formula, where the names mean what they mean beside the rule, or in this package."""
    names = {**vars(sys.modules[__package__]), **registry, **inspect.unwrap(entry.rule).__globals__, **known}
    return eval(compile(ast.Expression(expression), f"<formula of {entry.rule.__name__}>", "eval"), names)
