"""What is known of PyTorch's surface: a text of one line a name, which PyTorch itself writes (``gather``).

    module torch.nn.init
    class torch.nn.Linear (in_features, out_features, bias=True, device=None, dtype=None)
    method torch.nn.Linear.reset_parameters ()
    function torch.add (input, other, *, alpha=1, out=None)
    value torch.pi
    alias torch.nn.modules.linear.Linear torch.nn.Linear

A function that takes arguments in several ways has a line for each. An alias is another name of what has been
described.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("facts.txt")

NOT_TOLD = "<not told>"
"""The default of a parameter that may be left out, where the value is not known."""


@dataclass(frozen=True)
class Parameter:
    """One parameter: ``kind`` is "", "/" (by position only) or "*" (by keyword only), "args" or "kwargs" (any
    number of them)."""

    name: str
    default: Any = None
    required: bool = True
    kind: str = ""


@dataclass
class Fact:
    """One name."""

    kind: str
    name: str
    forms: list[tuple[Parameter, ...]] = field(default_factory=list)
    """The ways of calling it; none where it is not known."""
    of: str = ""
    """What an alias is another name of."""


def read(lines: Iterable[str]) -> dict[str, Fact]:
    """The facts by name."""
    found: dict[str, Fact] = {}
    for line in lines:
        if line.startswith("#") or not line.strip():
            continue
        kind, name, *rest = line.rstrip("\n").split(" ", 2)
        fact = found.setdefault(name, Fact(kind, name))
        if kind == "alias":
            fact.of = rest[0]
        elif rest:
            fact.forms.append(parsed(rest[0]))
    return found


def parsed(text: str) -> tuple[Parameter, ...]:
    """The parameters of ``(a, *, b=1)``."""
    definition = ast.parse(f"def f{text}: pass").body[0]
    assert isinstance(definition, ast.FunctionDef)
    given = definition.args
    plain = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [*[None] * (len(plain) - len(given.defaults)), *given.defaults]
    found = [
        _parameter(a, d, "/" if a in given.posonlyargs else "") for a, d in zip(plain, defaults, strict=True)
    ]
    if given.vararg:
        found.append(Parameter(given.vararg.arg, required=False, kind="args"))
    found += [_parameter(a, d, "*") for a, d in zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    if given.kwarg:
        found.append(Parameter(given.kwarg.arg, required=False, kind="kwargs"))
    return tuple(found)


def _parameter(argument: ast.arg, default: ast.expr | None, kind: str) -> Parameter:
    if default is None:
        return Parameter(argument.arg, kind=kind)
    return Parameter(argument.arg, value(ast.unparse(default)), False, kind)


def value(text: str) -> Any:
    """A default as a value where it is a plain one, and as its text where it is not."""
    if text == "...":
        return NOT_TOLD
    if text in ("inf", "-inf", "nan"):
        return float(text)
    try:
        found = ast.literal_eval(text)
    except ValueError:
        return text
    return list(found) if isinstance(found, tuple) else found


def shown(default: Any) -> str:
    """A default as it is written into the file: what is no plain value is written as PyTorch prints it."""
    if default is None or isinstance(default, (bool, int, float, str)):
        return repr(default)
    if isinstance(default, (tuple, list)) and all(
        isinstance(x, (int, float, str, type(None))) for x in default
    ):
        return repr(tuple(default))
    text = str(default).rpartition(".")[2] if str(default).startswith("torch.") else ""
    return repr(f"torch.{text}") if text.isidentifier() else "..."
