"""docs/names.md: what stands here for PyTorch's names, and the conventions that they follow at kinks."""

import inspect
import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import autograd_cnn as ag
from autograd_cnn.ops import registry

from .compare import Row, summary
from .scope import OUT_OF_SCOPE

PAGE = Path(__file__).parents[2] / "docs" / "names.md"
VERSION = "2.13.0"

HEAD = """# PyTorch's names

Every public name, method, argument and default of PyTorch {version} and torchvision, enumerated by
`python -m scripts.surface`: {same} of {total} that are in scope are the same here ({share:.1f} %). The
names that a script uses are listed by `autograd-cnn check script.py`.

- **same**: the name is here, with its arguments, their order and defaults.
- **on purpose**: it differs, or is absent, for the reason given below.
- **missing**: neither; there must be none.
- **out of scope**: it belongs to one of the subjects [below](#out-of-scope).

| package | names | same | on purpose | missing | out of scope |
| --- | --- | --- | --- | --- | --- |
"""


def package(row: Row) -> str:
    """The module that a name is counted with: ``torch.nn.functional``, ``torch.Tensor``."""
    parts = row.name.split(".")
    if len(parts) < 3:
        return parts[0] if row.kind != "module" else row.name
    deep = parts[:3] in (["torch", "nn", "functional"], ["torch", "nn", "utils"], ["torch", "utils", "data"])
    place = ".".join(parts[: 3 if deep and len(parts) > 3 else 2])
    return place if parts[1][0].islower() or parts[1] == "Tensor" else "torch"


def page(found: list[Row]) -> str:
    """The text."""
    same, total, _ = summary(found)
    lines = [
        HEAD.format(version=VERSION, same=f"{same:,}", total=f"{total:,}", share=100 * same / total).rstrip()
    ]
    places: defaultdict[str, list[Row]] = defaultdict(list)
    for row in found:
        places[package(row)].append(row)
    for place, rows in sorted(places.items()):
        counts = Counter(row.status for row in rows)
        lines.append(
            f"| {place} | {len(rows)} | {counts['same']} | {counts['argued']} | "
            f"{counts['absent'] + counts['differs']} | {counts['out of scope']} |"
        )
    lines += ["", "## On purpose", *_argued(found), "", "## Out of scope", "", *_out(found)]
    lines += ["", "## Conventions", "", CONVENTIONS, "", "| function | convention |", "| --- | --- |"]
    lines += [f"| `{name}` | {_cell(text)} |" for name, text in conventions()]
    return "\n".join(lines) + "\n"


def _argued(found: list[Row]) -> list[str]:
    """The reasons, and what each is said of."""
    reasons: defaultdict[str, list[str]] = defaultdict(list)
    for row in found:
        if row.status == "argued":
            arguments = ", ".join(filter(None, row.differences))
            reasons[row.note].append(f"`{row.name}`" + (f" ({arguments})" if arguments else ""))
    return [f"\n{reason[:1].upper()}{reason[1:]}: {', '.join(names)}." for reason, names in reasons.items()]


def _out(found: list[Row]) -> list[str]:
    counts = Counter(row.note for row in found if row.status == "out of scope")
    return [f"- {why}: {counts[why]} names" for why in OUT_OF_SCOPE if counts[why]]


CONVENTIONS = "Gradients at kinks, jumps and ties are PyTorch's. Slices with negative steps are taken here."

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

EDGES = re.compile(r"gradient|NaN|ties|winner|at 0|equal|-inf| inf")


def conventions() -> list[tuple[str, str]]:
    """The functions that have a kink, a jump or an edge, and what holds there."""
    spaces = {"": ag, "nn.functional.": ag.nn.functional, "linalg.": ag.linalg, "special.": ag.special}
    found = {}
    for prefix, space in spaces.items():
        for name in dir(space):
            value = getattr(space, name)
            if name.startswith("_") or name.endswith("_") or inspect.isclass(value) or not callable(value):
                continue
            text = convention(space, name)
            if text and found.get(name) != text:
                found[prefix + name] = text
    return sorted(found.items())


def convention(space: Any, name: str) -> str:
    """What the documentation of a name says of kinks, ties and edges; that of its primitive where that is
    fuller."""
    if space is ag and name in TOLD:
        return TOLD[name]
    doors = (getattr(space, name, None), registry.get(name))
    texts = [t for t in (getattr(door, "__doc__", None) for door in doors) if t]
    firsts = [t.strip().split("\n\n")[0].replace("\n", " ") for t in texts]
    fullest = max(firsts, key=lambda first: len(EDGES.findall(first)), default="")
    if not EDGES.search(fullest):
        return ""
    unmarked = re.sub(r":\w+:`([^`]*)`", r"\1", fullest).replace("``", "")
    return re.sub(r"\s+", " ", unmarked).strip().rstrip(".")


def _cell(text: str) -> str:
    return text.replace("|", r"\|")
