"""The documentation of every primitive, from the primitives themselves: one page for each file of ``ops/``.

Formulas come from the rules' own source, what is saved from their arguments' names, conventions from the
docstrings, and the errors from running the checks of :mod:`autograd_cnn.testing` while the pages are written.
"""

import ast
import inspect
import re
import sys
from functools import cache
from html import escape
from itertools import groupby
from typing import Any

from autograd_cnn.explain._formula import formula
from autograd_cnn.ops import Primitive, registry
from autograd_cnn.ops._formula import rule_expression, rule_text
from autograd_cnn.ops._signature import REQUIRED
from autograd_cnn.testing import Case

CHECKS = {"order1": "first order", "order2": "second order", "adjoint": "adjoint"}

DERIVED = {
    "activation": ("activations", "softmax-loss"),
    "arithmetic": ("index", "broadcasting"),
    "broadcasting": ("broadcasting",),
    "contraction": ("matrix-calculus", "fully-connected", "convolution"),
    "exponential": ("activations",),
    "fused_convolution": ("convolution", "transposed-convolution"),
    "fused_linear": ("fully-connected",),
    "fused_loss": ("softmax-loss",),
    "fused_normalization": ("batch-norm",),
    "fused_pooling": ("max-pooling",),
    "indexing": ("max-pooling",),
    "pooling": ("max-pooling",),
    "reduction": ("broadcasting",),
    "windows": ("im2col", "transposed-convolution"),
}
"""The pages that derive a family's formulas step by step."""


@cache
def pages() -> dict[str, str]:
    """File names without ``.md``, and Markdown."""
    built_in = [p for p in registry.values() if p.__module__.startswith("autograd_cnn.ops.")]
    families = {module: list(group) for module, group in groupby(sorted(built_in, key=_module), _module)}
    texts = {
        module.rsplit("._", 1)[-1]: _family(module, primitives) for module, primitives in families.items()
    }
    return {"index": _index(families), **texts}


def _module(primitive: Primitive) -> str:
    return primitive.__module__


def _index(families: dict[str, list[Primitive]]) -> str:
    count = sum(map(len, families.values()))
    lines = [
        "# Primitives",
        "",
        f"The {count} operators that everything else is composed of. Each has its local gradients "
        "beside it; the formulas on",
        "these pages are rendered from the rules' own source, and the errors are those of the checks, "
        "run while the pages were built.",
        "A gradient is written with a bar over its value: with $y = f(x)$, the upstream signal is "
        "$\\bar y$ and the rule gives $\\bar x$.",
        "",
        "| file | about | primitives |",
        "| --- | --- | --- |",
    ]
    for module, primitives in families.items():
        name = module.rsplit("._", 1)[-1]
        about = (
            (sys.modules[module].__doc__ or "")
            .split("\n", 1)[0]
            .split(". ")[0]
            .rstrip(".")
            .replace("|", "\\|")
        )
        links = ", ".join(f"[`{p.name}`]({name}.md#{p.name})" for p in primitives)
        lines.append(f"| [{name.replace('_', ' ')}]({name}.md) | {about} | {links} |")
    return "\n".join(lines) + "\n"


def _family(module: str, primitives: list[Primitive]) -> str:
    name = module.rsplit("._", 1)[-1]
    about = _code(inspect.cleandoc(sys.modules[module].__doc__ or ""))
    contents = " · ".join(f"[`{p.name}`](#{p.name})" for p in primitives)
    title = name.replace("_", " ").capitalize()
    derived = ", ".join(
        f"[{page.replace('-', ' ').replace('index', 'the three steps')}](../derivations/{page}.md)"
        for page in DERIVED.get(name, ())
    )
    steps = [f"Derived step by step in: {derived}."] if derived else []
    return (
        "\n\n".join(
            [f"# {title}", about, f"From `ops/_{name}.py`: {contents}", *steps, *map(_primitive, primitives)]
        )
        + "\n"
    )


def _primitive(p: Primitive) -> str:
    parts = [f"## {p.name} {{: #{p.name} }}", f"`{_signature(p)}`"]
    if p.__doc__:
        parts.append(_code(inspect.cleandoc(p.__doc__)))
    traits = _traits(p)
    if traits:
        parts.append("*" + "; ".join(traits) + ".*")
    if not p.differentiable:
        return "\n\n".join(
            [*parts, "Not differentiable: no gradient is asked for, and none is silently zero."]
        )
    out = _result_names(p)
    names = {**{x: x for x in p.operands}, **out}
    rules = []
    for operand in p.operands:
        if operand in p.without_rule:
            rules.append(f'<div class="rule"><span>no gradient for <code>{operand}</code></span></div>')
            continue
        shown = formula(p, operand, names, style="mathml")
        kept = [
            out.get(n, n)
            for n in p.rules[operand].needs
            if n in (*p.operands, *(p.outputs or ("out",)), *p.aux)
        ]
        saved = ", ".join(f"<code>{n}</code>" for n in kept) or "nothing"
        rule = escape(rule_text(p, operand), quote=True)
        rules.append(
            '<div class="rule"><div class="wide"><math '
            f'title="{rule}">{shown}</math></div><small>keeps {saved}</small></div>'
        )
    return "\n\n".join([*parts, "\n".join(['<div class="rules">', *rules, "</div>"]), _verified(p)])


def _signature(p: Primitive) -> str:
    operands = [f"*{p.operands[0]}"] if p.variadic else [*p.operands, "/"]
    stars = ["*"] if p.defaults and not p.variadic else []
    parameters = [name if value is REQUIRED else f"{name}={value!r}" for name, value in p.defaults.items()]
    results = ", ".join(p.outputs)
    return f"{p.name}({', '.join((*operands, *stars, *parameters))})" + (f" -> {results}" if results else "")


def _result_names(p: Primitive) -> dict[str, str]:
    """What the results are called in formulas: their own names, or a letter that no operand has."""
    return {name: name for name in p.outputs} or {
        "out": next(letter for letter in "yzwu" if letter not in p.operands)
    }


def _traits(p: Primitive) -> list[str]:
    traits = []
    if p.broadcasts:
        traits.append("operands broadcast; the gradient is summed back to each operand's shape")
    if p.promotes:
        traits.append(
            "dtypes are brought to a common one" + (", integers to floats" if p.promotes == "float" else "")
        )
    if p.view:
        traits.append("the result is a view")
    if p.linear:
        traits.append(f"linear, with the adjoint {_adjoint(p)}" if p.rules else "linear")
    return traits


def _adjoint(p: Primitive) -> str:
    """The function that the rule calls: for a linear operator its rule is its adjoint."""
    expression = rule_expression(p, next(iter(p.rules)))
    called = (
        expression.func.id
        if isinstance(expression, ast.Call) and isinstance(expression.func, ast.Name)
        else ""
    )
    if called in registry:
        return f"[`{called}`]({_module(registry[called]).rsplit('._', 1)[-1]}.md#{called})"
    return f"`{ast.unparse(expression)}`"


def _verified(p: Primitive) -> str:
    """The errors of the checks, run now; a failing check ends the build."""
    found: dict[str, Any] = {
        check: Case(p, check).run() for check in CHECKS if check != "adjoint" or p.linear
    }
    shown = ", ".join(
        f"{CHECKS[check]} {error:.0e}" if error else f"{CHECKS[check]} exact"
        for check, error in found.items()
    )
    return f'<p class="verified">Verified in float64 by this build; largest error: {shown}</p>'


def _code(text: str) -> str:
    """A docstring as Markdown: double backticks become single ones, what Markdown would read as its own is
    escaped."""
    parts = re.split(r"(``.+?``)", text.replace("::\n", ":\n"), flags=re.DOTALL)
    parts[::2] = [
        re.sub(r"([*_<$])", r"\\\1", re.sub(r":\w+:`([^`]+)`", r"`\1`", part)) if "`" not in part else part
        for part in parts[::2]
    ]
    return "".join(part.replace("``", "`") for part in parts)
