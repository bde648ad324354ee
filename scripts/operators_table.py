"""Write docs/operators.md: every public name of PyTorch's that makes sense for dense real tensors, and what
stands for it here.

Needs PyTorch beside the package, to enumerate its names: ``python scripts/operators_table.py``. With
``--check`` it writes nothing and fails where the page is not what it would write.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import torch
from left_out import LEFT_OUT, left_out

import autograd_cnn as ag
from autograd_cnn.ops import registry

VERSION = torch.__version__.partition("+")[0]
PAGE = Path(__file__).resolve().parent.parent / "docs" / "operators.md"

REMOVED = frozenset(["torch.lstsq", "torch.solve", "torch.matrix_rank", "Tensor.lstsq", "Tensor.solve"])
"""What is still named in PyTorch, but only raises an error."""
INSTEAD = {
    "torch.as_strided_": "x = x.as_strided(...)",
    "torch.constant_pad_nd": "nn.functional.pad",
    "torch.alpha_dropout_": "nn.functional.alpha_dropout(x, inplace=True)",
    "torch.dropout_": "nn.functional.dropout(x, inplace=True)",
    "torch.feature_dropout": "nn.functional.dropout1d, dropout2d, dropout3d",
    "torch.feature_dropout_": "nn.functional.dropout2d(x, inplace=True)",
    "torch.feature_alpha_dropout_": "nn.functional.feature_alpha_dropout(x, inplace=True)",
    "torch.embedding_renorm_": "nn.functional.embedding(..., max_norm=...)",
    "torch.histogramdd": "numpy.histogramdd of x.numpy(): counts have no gradient",
    "Tensor.prelu": "nn.functional.prelu",
    "Tensor.hardshrink": "nn.functional.hardshrink",
    "linalg.eigvals": "linalg.eigvalsh of symmetric matrices (the general ones' are complex)",
    "linalg.ldl_factor": "linalg.cholesky or linalg.lu_factor",
    "linalg.ldl_factor_ex": "linalg.cholesky_ex or linalg.lu_factor_ex",
    "linalg.ldl_solve": "linalg.solve or linalg.lu_solve",
    "special.zeta": "polygamma, for whole orders",
    "special.airy_ai": "scipy.special.airy, without a gradient",
    "torch.lobpcg": "linalg.eigh",
    "torch.svd_lowrank": "linalg.svd",
    "torch.pca_lowrank": "linalg.svd",
}
MISPRINTED = {
    "broadcast_to": ("shape",),
    "qr": ("List",),
    "searchsorted": ("values",),
    "true_divide": ("dividend", "divisor"),
    "one_hot": ("tensor",),
}
"""Arguments that PyTorch's documentation names otherwise than its functions."""
IGNORED = frozenset(
    [
        "out",
        "layout",
        "pin_memory",
        "memory_format",
        "names",
        "generator",
        "non_blocking",
        "input",
        "self",
        "device",
        "requires_grad_",
        "async",
    ]
)


class Row(NamedTuple):
    """One line of the table."""

    place: str
    name: str
    status: str
    note: str


def names(place: str, module: Any) -> Iterator[str]:
    """The callables of a module or class that the table is about."""
    for name in sorted(dir(module)):
        if not left_out(name) and f"{place}.{name}" not in REMOVED:
            value = getattr(module, name, None)
            if callable(value) or isinstance(value, property) or inspect.isgetsetdescriptor(value):
                yield name


def their_parameters(function: Any) -> list[str] | None:
    """The parameter names in the first line of PyTorch's documentation, None where it does not tell."""
    doc = (getattr(function, "__doc__", None) or "").strip()
    found = re.match(r"\w[\w.]*\((.*?)\)\s*->", doc.replace("\n", " "))
    if found is None:
        return None
    parts = re.sub(r"[\[({][^\])}]*[\])}]", "", found.group(1)).split(",")
    return [
        n
        for n in (re.sub(r"[=:].*", "", p).strip().lstrip("*") for p in parts)
        if n.isidentifier() and n not in IGNORED
    ]


def our_parameters(function: Any) -> list[str] | None:
    """The parameter names here, None where anything goes."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL) for p in parameters):
        return None
    return [p.name for p in parameters]


def row(place: str, theirs: Any, ours: Any, name: str) -> Row:
    missing = object()
    mine = getattr(ours, name, missing)
    if mine is missing:
        instead = "scipy.special (PyTorch has no gradient of it either)" if place == "special" else ""
        return Row(place, name, "absent", INSTEAD.get(f"{place}.{name}", instead))
    asked, offered = their_parameters(getattr(theirs, name)), our_parameters(mine)
    # PyTorch's documentation of methods often names an argument otherwise than the method itself: only
    # functions are compared.
    compared = [] if place == "Tensor" else asked or []
    lacking = [
        p for p in compared if offered is not None and p not in offered and p not in MISPRINTED.get(name, ())
    ]
    note = convention(ours, name)
    if lacking:
        return Row(place, name, "differs", f"without {', '.join(lacking)}" + (f"; {note}" if note else ""))
    return Row(place, name, "same", note)


TOLD = {
    "sign": "the gradient is 0 everywhere",
    "sgn": "the gradient is 0 everywhere",
    "round": "halves go to the even number; the gradient is 0 everywhere",
    "floor": "the gradient is 0 everywhere",
    "ceil": "the gradient is 0 everywhere",
    "trunc": "the gradient is 0 everywhere",
    "clamp": "bounds that are numbers: the gradient at a bound is 1; tensors: x gets it at a bound, the "
    "bound nothing; NaN stays",
    "max": "all elements: ties share the gradient; along dim: it goes to the index returned; of two "
    "tensors: half each; NaN wins",
    "min": "all elements: ties share the gradient; along dim: it goes to the index returned; of two "
    "tensors: half each; NaN wins",
    "median": "of an even number the lower one; all elements: ties share the gradient; along dim: it goes "
    "to the index returned",
    "norm": "the gradient is 0 where the norm is 0",
    "prelu": "the gradient at 0 is the slope",
    "pow": "the gradient of x**0 is 0, also at 0; of 0**p it is 0 for p > 1, inf for 0 < p < 1; of the "
    "exponent at 0**p it is 0 for p >= 0",
    "where": "NaN in the branch not taken reaches neither value nor this operator's gradient; 0 * inf "
    "further back is NaN, as in PyTorch",
}
"""Conventions at kinks, jumps and ties that no first paragraph of a documentation says; tests/functions holds
all of them to PyTorch's."""
ALIASES = {"absolute": "abs", "clip": "clamp", "fix": "trunc"}
EDGES = re.compile(r"gradient|NaN|ties|winner|at 0|equal|-inf| inf")


def convention(ours: Any, name: str) -> str:
    """What the documentation of a name says of kinks, ties and edges; that of its function or of its
    primitive where they are fuller. In-place forms have that of what they write."""
    plain = name.removesuffix("_")
    plain = ALIASES.get(plain, plain)
    if plain in TOLD:
        return TOLD[plain]
    doors = (getattr(ours, plain, None), getattr(ag, plain, None), registry.get(plain))
    texts = [t for t in (getattr(door, "__doc__", None) for door in doors) if t]
    firsts = [t.strip().split("\n\n")[0].replace("\n", " ") for t in texts]
    fullest = max(firsts, key=lambda first: len(EDGES.findall(first)), default="")
    if not EDGES.search(fullest):
        return ""
    unmarked = re.sub(r":\w+:`([^`]*)`", r"\1", fullest).replace("``", "")
    return re.sub(r"\s+", " ", unmarked).strip().rstrip(".")


def rows() -> list[Row]:
    places = (
        ("torch", torch, ag),
        ("Tensor", torch.Tensor, ag.Tensor),
        ("nn.functional", torch.nn.functional, ag.nn.functional),
        ("linalg", torch.linalg, ag.linalg),
        ("special", torch.special, ag.special),
    )
    return [row(place, theirs, ours, name) for place, theirs, ours in places for name in names(place, theirs)]


def page(found: list[Row]) -> str:
    lines = [
        "# Operators",
        "",
        f"Generated by `scripts/operators_table.py`; one row per public name of PyTorch {VERSION} that makes "
        "sense for dense real tensors.",
        "**same**: the same name, arguments and conventions (`out=` is not supported anywhere). "
        "**differs**: how. **absent**: what to use.",
        f"Left out are names that concern {'; '.join(LEFT_OUT)}; and names that begin with an underscore.",
        "",
        "Slices with negative steps, which PyTorch refuses with a ValueError, are taken here.",
        "",
        "| where | names | same | differs | absent |",
        "| --- | --- | --- | --- | --- |",
    ]
    for place in dict.fromkeys(r.place for r in found):
        mine = [r for r in found if r.place == place]
        counts = [sum(r.status == status for r in mine) for status in ("same", "differs", "absent")]
        lines.append(f"| {place} | {len(mine)} | {' | '.join(map(str, counts))} |")
    for place in dict.fromkeys(r.place for r in found):
        lines += [
            "",
            f"## {place}",
            "",
            "| name | here | convention, difference or alternative |",
            "| --- | --- | --- |",
        ]
        lines += [
            f"| `{r.name}` | {r.status} | {r.note.replace('|', chr(92) + '|')} |"
            for r in found
            if r.place == place
        ]
    return "\n".join(lines) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="fail where the page is out of date")
    text = page(rows())
    if parser.parse_args().check:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
