"""Which names of PyTorch's a program uses that are not here."""

import ast
from typing import NamedTuple

from ._paths import PACKAGES, advice, resolve


class Missing(NamedTuple):
    """A name of PyTorch's that a script uses and that is not here."""

    name: str
    line: int
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.name} is not in autograd_cnn; {self.instead}"


class _Reader(ast.NodeVisitor):
    """Collects the dotted PyTorch names that a program uses, with their lines."""

    def __init__(self) -> None:
        self.aliases: dict[str, str] = {}
        self.used: dict[str, int] = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            if alias.name.partition(".")[0] in PACKAGES:
                self.aliases[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
                self.used.setdefault(alias.name, node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        if node.level == 0 and node.module and node.module.partition(".")[0] in PACKAGES:
            for alias in node.names:
                if alias.name != "*":
                    self.aliases[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                    self.used.setdefault(f"{node.module}.{alias.name}", node.lineno)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        parts: list[str] = []
        inner: ast.expr = node
        while isinstance(inner, ast.Attribute):
            parts.append(inner.attr)
            inner = inner.value
        if isinstance(inner, ast.Name) and inner.id in self.aliases:
            self.used.setdefault(".".join([self.aliases[inner.id], *reversed(parts)]), node.lineno)
        else:
            self.generic_visit(node)


def missing_names(source: str, filename: str = "<script>") -> list[Missing]:
    """The names of PyTorch's that ``source`` uses and that are not here, in the order of their lines."""
    reader = _Reader()
    reader.visit(ast.parse(source, filename))
    found: dict[str, Missing] = {}
    for name, line in reader.used.items():
        parts = name.split(".")
        for end in range(1, len(parts) + 1):
            prefix = ".".join(parts[:end])
            try:
                value = resolve(prefix)
            except (AttributeError, ImportError):
                found.setdefault(prefix, Missing(prefix, line, advice(prefix)))
                break
            if hasattr(value, "__instead__"):
                found.setdefault(prefix, Missing(prefix, line, value.__instead__))
            if not hasattr(value, "__path__") and not hasattr(value, "__file__"):
                break  # a class or a function: what is asked of it is known only when the script runs
    return sorted(found.values(), key=lambda m: m.line)
