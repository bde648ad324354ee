"""Where PyTorch's module paths lead here: one table, and what makes Python's import follow it."""

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any

PACKAGE = "autograd_cnn"

MODULES = {
    "torch": PACKAGE,
    "torchvision": f"{PACKAGE}.vision",
    "torchvision.datasets": f"{PACKAGE}.datasets",
    "torchvision.models": f"{PACKAGE}.models",
    "torchvision.transforms": f"{PACKAGE}.transforms",
    "torchvision.utils": f"{PACKAGE}.utils",
    "functorch": f"{PACKAGE}.func.functorch",
}
"""PyTorch's modules and ours, where the path below the top differs."""

PACKAGES = ("torch", "torchvision", "functorch")

_ELSEWHERE = {
    "": "functional",
    "_inert": """
        _C _dynamo ao compiler cpu distributed export fft fx jit library monitor mps mtia
        overrides package quantization sparse xpu
    """,
    "_inert._dynamo": "_dynamo.eval_frame _dynamo.config",
    "_inert.annotations": "jit.annotations",
    "_inert.config": "__config__",
    "_inert.distributed": """
        distributed.distributed_c10d distributed.fsdp distributed.tensor nn.parallel.distributed
    """,
    "_inert.future": "__future__",
    "_inert.jit": "_jit_internal",
    "_inert.quantization": "ao.quantization",
    "accelerator": "accelerator.memory",
    "amp": "amp.autocast_mode amp.grad_scaler",
    "autograd": "autograd.grad_mode",
    "distributions.student_t": "distributions.studentT",
    "func": "_functorch",
    "nn.modules": """
        nn.modules.channelshuffle nn.modules.flatten nn.modules.fold
        nn.modules.instancenorm nn.modules.pixelshuffle nn.modules.sparse nn.modules.upsampling
    """,
    "nn.comm": "nn.parallel.comm",
    "nn.modules.linear_loss": "nn.modules.linear_cross_entropy_options",
    "nn.parallel": """
        nn.parallel.data_parallel nn.parallel.parallel_apply nn.parallel.replicate
        nn.parallel.scatter_gather
    """,
    "profiler.autograd": "autograd.profiler autograd.profiler_util",
    "signal.windows": "signal.windows.windows",
    "utils.benchmark": "utils.benchmark.utils",
    "utils.benchmark.timer": "utils.benchmark.utils.common",
    "masked": "masked.maskedtensor masked.maskedtensor.core masked.maskedtensor.creation",
}
"""The place here that has the names of a module of PyTorch's, and these modules, below the top. A place that
ends in a folder of modules (``_inert``) has one of that name for each."""


_VISION = {
    "models": "models.mobilenet",
    "models._blocks": "ops.stochastic_depth",
    "transforms": "transforms.autoaugment transforms.transforms",
    "vision.ops.losses": "ops.ciou_loss ops.diou_loss ops.focal_loss ops.giou_loss",
    "vision.ops.position_sensitive": "ops.ps_roi_align ops.ps_roi_pool",
    "vision.ops.regions": "ops.roi_align ops.roi_pool",
}
"""The same of torchvision's."""

_NAMES = {
    "nn.modules.activation": "nn.modules.attention",
    "nn.modules.batchnorm": "nn.modules.lazy",
    "nn.modules.container": "nn.modules.parameter_container",
    "nn.modules.conv": "nn.modules.lazy",
    "nn.modules.linear": "nn.modules.lazy",
    "nn.modules.loss": "nn.modules.distance_loss nn.modules.margin_loss nn.modules.linear_loss",
    "nn.modules.pooling": "nn.modules.fractional_pooling",
}
"""Modules that stand at PyTorch's paths without all of its names, and those that have the others."""


def _table(package: str, elsewhere: dict[str, str]) -> dict[str, str]:
    found = {}
    for place, paths in elsewhere.items():
        for path in paths.split():
            whole = f"{place}.{path}" if place == "_inert" else place
            found[f"{package}.{path}"] = f"{PACKAGE}.{whole}".rstrip(".")
    return found


MODULES |= _table("torch", _ELSEWHERE) | _table("torchvision", _VISION)

_OWN_PATHS = {PACKAGE + path.removeprefix("torch") for path in MODULES if path.startswith("torch.")}

INSTEAD = {
    "torch.jit": "run the function as it is: there is nothing to compile",
    "torch.distributed": "train in one process",
    "torch.sparse": "use dense tensors",
    "torch.quantization": "keep float32",
}


def ours(name: str) -> str:
    """Our module for PyTorch's module ``name``: ``torch.nn.functional`` is ``autograd_cnn.nn.functional``.

    AttributeError for a name that is none of PyTorch's.
    """
    place = name
    while place not in MODULES:
        place = place.rpartition(".")[0]
        if not place:
            raise AttributeError(f"{name} is not a module of PyTorch's, and so not one of {PACKAGE}")
    return MODULES[place] + name[len(place) :]


def resolve(name: str) -> Any:
    """The object that PyTorch's dotted ``name`` stands for here; AttributeError where there is none.

    A function may have the name of the module that it comes from (``autograd.gradcheck``): it is meant alone,
    and the module before a dot.
    """
    parent, dot, last = name.rpartition(".")
    missing = AttributeError(f"{name} is not in {PACKAGE}")
    if dot:
        held = resolve(parent)
        if hasattr(held, last):
            return getattr(held, last)
        module = held if isinstance(held, ModuleType) else _module(parent)
        if module is None:
            raise missing
        if hasattr(module, last):
            return getattr(module, last)
    found = _module(name)
    if found is None:
        raise missing
    return found


def _module(name: str) -> ModuleType | None:
    """Our module for PyTorch's, imported; None where there is none."""
    own = ours(name)
    try:
        return importlib.import_module(own)
    except ModuleNotFoundError as error:
        if error.name is None or not own.startswith(error.name):
            raise
        return None


def advice(name: str) -> str:
    """What to use instead of a missing name."""
    for known, what in INSTEAD.items():
        if name == known or name.startswith(known + "."):
            return what
    from difflib import get_close_matches

    parent, _, last = name.rpartition(".")
    try:
        near = get_close_matches(last, [n for n in dir(resolve(parent)) if not n.startswith("_")], 3, 0.75)
    except (AttributeError, ImportError, KeyError):
        near = []
    return f"did you mean {' or '.join(near)}?" if near else "docs/names.md lists what there is"


class _KeepsFunctions(ModuleType):
    """A module in which a function keeps its name when a module of that name is imported: Python's import
    would put the module there."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (isinstance(value, ModuleType) and callable(vars(self).get(name))):
            super().__setattr__(name, value)


class Redirection(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds PyTorch's modules here: under this package's name those whose path differs, and with
    ``as_torch`` all of them under PyTorch's names too."""

    def __init__(self, as_torch: bool = False) -> None:
        self._as_torch = as_torch

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        top, dot, rest = name.partition(".")
        if self._as_torch:
            found = ours(name) if top in PACKAGES else name
        else:
            found = ours(f"torch{dot}{rest}") if top == PACKAGE else name
        if found == name:
            return None
        parent, _, last = name.rpartition(".")
        holder = sys.modules.get(parent)
        if holder is not None and callable(vars(holder).get(last)):
            holder.__class__ = _KeepsFunctions
        return importlib.machinery.ModuleSpec(name, self, origin=found, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        target = spec.origin or ""
        try:
            module = importlib.import_module(target)
        except ModuleNotFoundError as error:
            if error.name is None or not target.startswith(error.name):
                raise
            raise ModuleNotFoundError(
                f"{spec.name} is not in {PACKAGE}; {advice(spec.name)}", name=spec.name
            ) from error
        self._own = (module, module.__spec__)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """The module has run already; it keeps its own specification, and what it has imported is imported
        under PyTorch's name too: else the first ``from torch.autograd.gradcheck import ...`` would put that
        module in the place of the function of this name."""
        name = module.__spec__.name if module.__spec__ is not None else ""
        if self._own[0] is module:
            module.__spec__ = self._own[1]
        own = f"{module.__name__}."
        if self._as_torch:
            for inner, loaded in list(sys.modules.items()):
                if inner.startswith(own):
                    sys.modules.setdefault(f"{name}.{inner.removeprefix(own)}", loaded)


def elsewhere(place: str) -> Any:
    """The ``__getattr__`` of a module that lacks what PyTorch has at this path: modules, so that
    ``nn.modules.flatten`` can be used without being imported, as there, and names of ``_NAMES``."""

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes that module's
        if f"{place}.{name}" in _OWN_PATHS:
            return importlib.import_module(f"{place}.{name}")
        for other in _NAMES.get(place.removeprefix(f"{PACKAGE}."), "").split():
            module = importlib.import_module(f"{PACKAGE}.{other}")
            if name in module.__all__:
                return getattr(module, name)
        raise AttributeError(f"module {place!r} has no attribute {name!r}")

    return __getattr__


def install() -> None:
    """Let paths of PyTorch's be imported under this package's name."""
    if not any(type(finder) is Redirection for finder in sys.meta_path):
        sys.meta_path.append(Redirection())
