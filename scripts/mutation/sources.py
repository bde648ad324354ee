"""Mutants of a source file: it with one small change each, as a slip of the pen would make it.

The text is changed where the syntax tree says, and all else stays, also the numbers of lines. Not changed are
texts, annotations, decorators, assertions, and what only prints: no promise of the library hangs on them.
"""

import ast
import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

Change = ast.AST | None
"""What stands in a node's place; None: ``pass``."""

_NEGATED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_AT_THE_BOUNDARY: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}
_OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
_HARMLESS_ARGUMENTS = {"strict", "stacklevel", "name", "maxsize"}
"""Keywords that guard against what can't be, or only help a reader."""
_PRINTING = {"__repr__", "__str__"}
_LARGE = 100
"""Numbers from here on are limits that somebody chose; one more is as good."""


class Mutant(NamedTuple):
    """One change of a file."""

    path: str
    where: str
    """The function, by its qualified name; empty at the top of the file."""
    line: int
    before: str
    after: str
    start: int
    end: int
    """Which bytes of the file are replaced, and by ``text``."""
    text: str
    key: str
    """What identifies it, also when lines have moved."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.where}: {self.before}  ->  {self.after}"

    def applied(self, source: bytes) -> bytes:
        """The changed file."""
        return source[: self.start] + self.text.encode() + source[self.end :]


def mutants(root: Path, path: str) -> list[Mutant]:
    """All mutants of the file ``path`` below ``root``."""
    source = (root / path).read_bytes()
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    seen: Counter[str] = Counter()
    found = []
    for node, where, change in _walk(ast.parse(source), ""):
        start, end = (
            starts[node.lineno - 1] + node.col_offset,
            starts[node.end_lineno - 1] + node.end_col_offset,
        )
        before, after = _short(source[start:end].decode()), "pass" if change is None else ast.unparse(change)
        statement = isinstance(node, ast.stmt)
        text = (after if statement else f"({after})") if change is not None else "pass"
        text += "\n" * (node.end_lineno - node.lineno) if statement else ""
        if not statement and node.end_lineno > node.lineno:
            text = text[:-1] + "\n" * (node.end_lineno - node.lineno) + ")"
        key = f"{path} {where}: {before} -> {_short(after)}"
        seen[key] += 1
        key += f" ({seen[key]})" if seen[key] > 1 else ""
        found.append(Mutant(path, where, node.lineno, before, _short(after), start, end, text, key))
    return found


def sample(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """``count`` of the mutants, chosen by ``seed`` and by what they change: edits elsewhere in the file leave
    the choice alone."""
    return sorted(every, key=lambda mutant: hashlib.sha256(f"{seed} {mutant.key}".encode()).digest())[:count]


def _short(text: str) -> str:
    return " ".join(text.split())


def _walk(node: ast.AST, where: str) -> Iterator[tuple[Any, str, Change]]:
    """Every change of what is inside ``node``: the node to be replaced, the function it is in, and its
    replacement."""
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "keywords") and not isinstance(node, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_left_alone(child):
                continue
            inner = where
            if isinstance(child, (ast.FunctionDef, ast.ClassDef)):
                if child.name in _PRINTING:
                    continue
                inner = f"{where}.{child.name}" if where else child.name
            for change in _changes_of(child, node):
                yield child, where, change
            if not isinstance(child, ast.Raise):
                yield from _walk(child, inner)


def _is_left_alone(node: ast.AST) -> bool:
    if isinstance(node, ast.keyword):
        return node.arg in _HARMLESS_ARGUMENTS
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in ("TypeVar", "ContextVar", "NamedTuple")
    ):
        return True
    if (
        isinstance(node, ast.Raise)
        and isinstance(node.exc, ast.Call)
        and ast.unparse(node.exc.func) == "AssertionError"
    ):
        return True  # as an assertion: what can't be
    return isinstance(node, (ast.JoinedStr, ast.Assert, ast.Import, ast.ImportFrom))


def _changes_of(node: ast.AST, parent: ast.AST) -> Iterator[Change]:
    for kinds, change in _CHANGES:
        if isinstance(node, kinds):
            yield from change(node, parent)
    condition = getattr(parent, "test", None) is node or (
        isinstance(parent, ast.comprehension) and node in parent.ifs
    )
    if condition and not isinstance(node, (ast.Compare, ast.BoolOp, ast.UnaryOp)):
        yield ast.UnaryOp(ast.Not(), node)


def _comparison(node: ast.Compare, parent: ast.AST) -> Iterator[Change]:
    for table in (_NEGATED, _AT_THE_BOUNDARY):
        for i, op in enumerate(node.ops):
            if type(op) in table:
                yield ast.Compare(
                    node.left, [*node.ops[:i], table[type(op)](), *node.ops[i + 1 :]], node.comparators
                )


def _constant(node: ast.Constant, parent: ast.AST) -> Iterator[Change]:
    if type(node.value) is bool:
        yield ast.Constant(not node.value)
    elif type(node.value) is int and node.value < _LARGE:
        yield ast.Constant(node.value + 1)


def _combination(node: ast.BoolOp, parent: ast.AST) -> Iterator[Change]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for i in range(len(node.values)):
        rest = node.values[:i] + node.values[i + 1 :]
        yield rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _sum(node: ast.BinOp, parent: ast.AST) -> Iterator[Change]:
    if (
        type(node.op) in _OPERATORS
        and not isinstance(node.left, (ast.JoinedStr, ast.Constant))
        and not isinstance(node.right, ast.JoinedStr)
    ):
        yield ast.BinOp(node.left, _OPERATORS[type(node.op)](), node.right)


def _negation(node: ast.UnaryOp, parent: ast.AST) -> Iterator[Change]:
    if isinstance(node.op, (ast.Not, ast.USub)):
        yield node.operand


def _call(node: ast.Call, parent: ast.AST) -> Iterator[Change]:
    for i, keyword in enumerate(node.keywords):
        if keyword.arg is not None and keyword.arg not in _HARMLESS_ARGUMENTS:
            yield ast.Call(node.func, node.args, node.keywords[:i] + node.keywords[i + 1 :])
    if (
        isinstance(node.func, ast.Name)
        and node.func.id in ("isinstance", "issubclass")
        and isinstance(node.args[1], ast.Tuple)
    ):
        yield from (ast.Call(node.func, [node.args[0], fewer], []) for fewer in _without_one(node.args[1]))
    elif len(node.args) > 1 and not isinstance(node.args[-1], ast.Starred):
        yield ast.Call(node.func, node.args[:-1], node.keywords)
    if (
        isinstance(node.func, ast.Attribute)
        and not node.args
        and not node.keywords
        and not isinstance(parent, ast.Expr)
    ):
        yield node.func.value


def _without_one(node: ast.Tuple) -> Iterator[ast.Tuple]:
    for i in range(len(node.elts)):
        yield ast.Tuple(node.elts[:i] + node.elts[i + 1 :], ast.Load())


def _exceptions(node: ast.Tuple, parent: ast.AST) -> Iterator[Change]:
    if isinstance(parent, ast.ExceptHandler):
        yield from _without_one(node)


def _choice(node: ast.IfExp, parent: ast.AST) -> Iterator[Change]:
    yield node.body
    yield node.orelse


def _statement(node: ast.stmt, parent: ast.AST) -> Iterator[Change]:
    """A statement left out, or ending otherwise. Assignments to names are left: what reads them would fail at
    once."""
    if isinstance(node, ast.Return):
        if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
            yield ast.Return(ast.Constant(None))
    elif isinstance(node, ast.Assign):
        if not any(isinstance(target, ast.Name) for target in node.targets):
            yield None
    elif isinstance(node, ast.AnnAssign):
        if node.value is not None and isinstance(node.target, ast.Attribute):
            yield None
    elif isinstance(node, (ast.Expr, ast.AugAssign, ast.Raise, ast.Delete, ast.Continue, ast.Break)):
        yield None


_CHANGES: list[tuple[Any, Callable[[Any, ast.AST], Iterator[Change]]]] = [
    (ast.Compare, _comparison),
    (ast.Constant, _constant),
    (ast.BoolOp, _combination),
    (ast.BinOp, _sum),
    (ast.UnaryOp, _negation),
    (ast.Call, _call),
    (ast.Tuple, _exceptions),
    (ast.IfExp, _choice),
    (ast.stmt, _statement),
]
