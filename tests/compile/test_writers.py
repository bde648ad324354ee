"""Who writes into memory lets operators that wait for it run first."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "autograd_cnn"
SETTLES = {"settle", "_check_writable"}
NOTES = {"_wrote", "wrote", "wrote_unwatched"}
KNOWN = {"_wrote"}
"""What only notes a write, for those who call it."""


def called(function: ast.AST) -> set[str]:
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}


def test_every_writer_settles_first():
    found, missing = 0, []
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for function in ast.walk(ast.parse(text)) if "wrote" in text else ():
            if isinstance(function, ast.FunctionDef) and function.name not in KNOWN:
                names = called(function)
                if names & NOTES:
                    found += 1
                    if not names & SETTLES:
                        missing.append(f"{path.relative_to(PACKAGE)}: {function.name}")
    assert found > 15
    assert missing == []
