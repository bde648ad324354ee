"""``import torch`` gives this package, in this process and in those that it starts by ``multiprocessing``."""

import importlib.machinery
import importlib.metadata
import os
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from . import version
from ._paths import PACKAGE, PACKAGES, Redirection

__all__ = ["install_as_torch"]

SCRIPT = "AUTOGRAD_CNN_SCRIPT"
"""The environment variable by which started processes know what their program runs: the path of a script,
or ``-m`` and the name of a module; empty where it has no file."""

_VERSIONS = {"torch": str(version.__version__), "torchvision": version.torchvision}


class _Answer(importlib.metadata.Distribution):
    """What is asked of an installed package, for one that is not installed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def read_text(self, filename: str) -> str | None:
        """The metadata; no other file is there."""
        if filename != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: {self._name}\nVersion: {_VERSIONS[self._name]}\n"

    def locate_file(self, path: Any) -> Any:
        """Where a file of the package would be."""
        raise FileNotFoundError(f"{self._name} is autograd_cnn here, it has no files of its own")


class _AsTorch(Redirection):
    """The modules and the versions."""

    def __init__(self) -> None:
        super().__init__(as_torch=True)

    def find_distributions(
        self, context: importlib.metadata.DistributionFinder.Context | None = None
    ) -> Iterator[importlib.metadata.Distribution]:
        """Asked by ``importlib.metadata.version("torch")``."""
        wanted = getattr(context, "name", None)
        yield from (_Answer(name) for name in _VERSIONS if wanted is None or wanted.lower() == name)


def install_as_torch() -> None:
    """From here on ``import torch`` and ``import torchvision`` give this package, in this process and in the
    processes that it starts by ``multiprocessing`` (the workers of a DataLoader).

    Programs and libraries that were written for PyTorch then run on it. ``torch.__version__`` and
    ``importlib.metadata.version("torch")`` are those of the PyTorch whose names are here (2.x). Nothing is
    written to the disk, and no other program is touched. Call it before the first ``import torch``; a second
    call does nothing.

    Raises RuntimeError where PyTorch itself has been imported already.
    """
    redirect()
    _tell(sys.modules["__main__"])


def redirect() -> None:
    """The same for this process alone."""
    if not any(isinstance(finder, _AsTorch) for finder in sys.meta_path):
        loaded = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]
        if loaded:
            raise RuntimeError(
                f"{loaded[0]} is imported already; call install_as_torch() before the first import of it"
            )
        sys.meta_path.insert(0, _AsTorch())
        sys.modules[PACKAGE].__dict__["__version__"] = version.__version__


def _tell(main: ModuleType) -> None:
    """Let started processes run ``_script`` for the program's main module: it redirects before it imports."""
    spec, file = getattr(main, "__spec__", None), getattr(main, "__file__", None)
    name = f"{__package__}._script"
    if spec is not None and (spec.name == name or spec.name.rpartition(".")[2] == "__main__"):
        return  # told already; or a package that is run, which is not imported by what it starts
    if spec is not None:
        os.environ[SCRIPT] = f"-m {spec.name}"
    else:
        os.environ[SCRIPT] = os.path.abspath(file) if file and os.path.exists(file) else ""
    main.__spec__ = importlib.machinery.ModuleSpec(name, None, origin=file)
