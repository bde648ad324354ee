"""The whole library on one page: every public name, by package and by the file that it is written in."""

import importlib
import inspect
from html import escape
from types import ModuleType
from typing import Any

PACKAGES = {
    "autograd_cnn": "Tensors and the functions of tensors; `import autograd_cnn as torch` reads as PyTorch "
    "does.",
    "autograd_cnn.linalg": "Linear algebra.",
    "autograd_cnn.autograd": "Gradients on demand, functions with a hand-written backward pass, modes.",
    "autograd_cnn.func": "Transforms: they take a function and return a function.",
    "autograd_cnn.nn": "Layers.",
    "autograd_cnn.nn.functional": "Layers as functions: compositions of primitives, some with a fused "
    "operator beside them.",
    "autograd_cnn.nn.init": "How parameters start.",
    "autograd_cnn.optim": "Optimizers.",
    "autograd_cnn.optim.lr_scheduler": "Schedules of learning rates.",
    "autograd_cnn.utils.data": "Datasets, samplers, the loader.",
    "autograd_cnn.datasets": "Images of digits.",
    "autograd_cnn.models": "Networks, with torchvision's names.",
    "autograd_cnn.explain": "Pictures of a backward pass, and what is wrong with it in words.",
    "autograd_cnn.testing": "Gradient checks.",
}

HEAD = """# The library at a glance

{count} public names, generated from the packages. A name's first line of documentation shows when the
pointer rests on it. Below the public names stand the [primitives](primitives/index.md); how close each name
is to PyTorch's is in the [table of names](names.md).

Tensors have the functions of the first section as methods too, and each elementwise one with an underscore,
which writes in place.
"""


def page() -> str:
    """The page as Markdown."""
    sections, count = [], 0
    for package, about in PACKAGES.items():
        names = public(importlib.import_module(package))
        count += len(names)
        groups: dict[str, list[str]] = {}
        for name, value in sorted(names.items(), key=lambda pair: pair[0].lower()):
            groups.setdefault(_group(package, value), []).append(_shown(name, value))
        few = len(names) < 20 or len(groups) == 1
        parts = [("", [x for group in groups.values() for x in group])] if few else sorted(groups.items())
        rows = [f"**{group}** " * bool(group) + " ".join(shown) for group, shown in parts]
        sections.append("\n\n".join([f"## {package}", about, *rows]))
    return "\n\n".join([HEAD.format(count=count), *sections]) + "\n"


def public(module: ModuleType) -> dict[str, Any]:
    """What a package offers: callables, not its submodules."""
    names = getattr(module, "__all__", None) or [name for name in vars(module) if not name.startswith("_")]
    values = {name: getattr(module, name) for name in names}
    return {
        name: v
        for name, v in values.items()
        if callable(v) and getattr(v, "__module__", "autograd_cnn").startswith("autograd_cnn")
    }


def _group(package: str, value: Any) -> str:
    """The last part of the name of the file that a function is written in, as a heading."""
    where = getattr(value, "__module__", "") or ""
    return "" if where == package else where.rsplit(".", 1)[-1].strip("_").replace("_", " ")


def _shown(name: str, value: Any) -> str:
    about = (inspect.getdoc(value) or "").split("\n", 1)[0]
    return f'<code title="{escape(about, quote=True)}">{name}</code>'
