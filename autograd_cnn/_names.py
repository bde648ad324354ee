"""Where PyTorch's module names lead here, and what to use for names that are not here."""

import ast
import difflib
import importlib
from typing import Any, NamedTuple

MODULES = {
    "torch": "autograd_cnn",
    "functorch": "autograd_cnn.func.functorch",
    "torchvision": "autograd_cnn.vision",
    "torchvision.datasets": "autograd_cnn.datasets",
    "torchvision.models": "autograd_cnn.models",
    "torchvision.transforms": "autograd_cnn.transforms",
    "torchvision.utils": "autograd_cnn.utils",
}
"""PyTorch's modules and ours, where the path below the top differs."""

PACKAGES = ("torch", "torchvision", "functorch")

INSTEAD = {
    "torch.nn.parallel.DistributedDataParallel": "use the model itself",
    "torch.backends": "nothing: threads are set by set_num_threads, and results are deterministic",
    "torch.jit": "run the function as it is: there is nothing to compile",
    "torch.distributed": "train in one process",
    "torch.multiprocessing": "use DataLoader(num_workers=...) or Python's multiprocessing with the spawn "
    "method",
    "torch.sparse": "use dense tensors",
    "torch.fft": "use numpy.fft on tensor.detach().numpy(); it has no gradient here",
    "torch.complex64": "keep real and imaginary parts as two real tensors",
    "torch.complex128": "keep real and imaginary parts as two real tensors",
    "torch.hub": "use autograd_cnn.models and load(path)",
    "torch.utils.tensorboard": "write a CSV, or use the tensorboard package itself",
    "torch.profiler": "use cProfile, or autograd_cnn.explain.ledger for memory",
    "torch.quantization": "keep float32",
    "torch.bfloat16": "use float16 or float32",
}


class Missing(NamedTuple):
    """A name of PyTorch's that a script uses and that is not here."""

    name: str
    line: int
    instead: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.name} is not in autograd_cnn; {self.instead}"


def ours(name: str) -> str:
    """Our module for PyTorch's module ``name``: ``torch.nn.functional`` is ``autograd_cnn.nn.functional``."""
    place = name
    while place not in MODULES:
        place = place.rpartition(".")[0]
    return MODULES[place] + name[len(place) :]


def resolve(name: str) -> Any:
    """The object that PyTorch's dotted ``name`` stands for here; AttributeError where there is none."""
    parts = ours(name).split(".")
    found: Any = importlib.import_module(parts[0])
    for i, part in enumerate(parts[1:], 1):
        try:
            found = getattr(found, part)
        except AttributeError:
            if not hasattr(found, "__path__"):
                raise
            try:
                found = importlib.import_module(".".join(parts[: i + 1]))
            except ModuleNotFoundError as error:
                raise AttributeError(f"{name} is not in autograd_cnn") from error
    return found


def advice(name: str) -> str:
    """What to use instead of a missing name."""
    for known, what in INSTEAD.items():
        if name == known or name.startswith(known + "."):
            return what
    parent, _, last = name.rpartition(".")
    try:
        near = difflib.get_close_matches(
            last, [n for n in dir(resolve(parent)) if not n.startswith("_")], 3, 0.75
        )
    except (AttributeError, ImportError, KeyError):
        near = []
    return f"did you mean {' or '.join(near)}?" if near else "docs/operators.md lists what there is"


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
            if not hasattr(value, "__path__") and not hasattr(value, "__file__"):
                break  # a class or a function: what is asked of it is known only when the script runs
    return sorted(found.values(), key=lambda m: m.line)
