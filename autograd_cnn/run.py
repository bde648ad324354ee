"""Run a script written for PyTorch: ``python -m autograd_cnn.run script.py [arguments]``.

``import torch`` and ``import torchvision`` in that process, and in those that it starts by
``multiprocessing`` (the workers of a DataLoader), give this package; nothing is installed, and other
processes are not touched.
"""

import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from ._names import PACKAGES, Missing, advice, missing_names, ours

__all__ = ["main", "redirect"]


SCRIPT = "AUTOGRAD_CNN_SCRIPT"
"""The environment variable by which started processes know which script their program runs."""


class _Redirection(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``torch`` and what is below it here."""

    def find_spec(
        self, name: str, path: Any = None, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] not in PACKAGES:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        target = ours(spec.name)
        try:
            module = importlib.import_module(target)
        except ModuleNotFoundError as error:
            if error.name is None or not target.startswith(error.name):
                raise
            raise ModuleNotFoundError(
                f"{spec.name} is not in autograd_cnn; {advice(spec.name)}", name=spec.name
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
        for inner, loaded in list(sys.modules.items()):
            if inner.startswith(own):
                sys.modules.setdefault(f"{name}.{inner.removeprefix(own)}", loaded)


def redirect() -> None:
    """From here on ``import torch`` in this process gives ``autograd_cnn``."""
    loaded = [name for name in sys.modules if name.partition(".")[0] in PACKAGES]
    if loaded:
        raise RuntimeError(f"{loaded[0]} is imported already; redirect before the first import of it")
    sys.meta_path.insert(0, _Redirection())


def _run(script: Path) -> None:
    """Run the script as the program's ``__main__``, whose stand-in the processes import that it starts."""
    main = ModuleType("__main__")
    main.__file__ = str(script)
    main.__spec__ = importlib.machinery.ModuleSpec(f"{__package__}._script", None, origin=str(script))
    main.__dict__["__builtins__"] = __builtins__
    os.environ[SCRIPT] = str(script.resolve())
    before = sys.modules["__main__"]
    sys.modules["__main__"] = main
    try:
        execute(script, main.__dict__)
    finally:
        sys.modules["__main__"] = before


def execute(script: Path, names: dict[str, Any]) -> None:
    """Run the text of ``script``, whose top-level names are ``names``."""
    exec(compile(script.read_bytes(), str(script), "exec"), names)


def _report(missing: list[Missing], failed: str | None = None) -> str:
    lines = [str(m) for m in missing]
    head = f"{failed}\n" if failed else ""
    return head + (
        f"This script uses {len(lines)} name(s) that are not here:\n  " + "\n  ".join(lines) if lines else ""
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the script named first, with the rest as its ``sys.argv``."""
    argv = list(sys.argv[1:] if arguments is None else arguments)
    if not argv or argv[0] in ("-h", "--help"):
        print(
            "usage: python -m autograd_cnn.run script.py [arguments]",
            file=sys.stderr if not argv else sys.stdout,
        )
        return 2 if not argv else 0
    script = Path(argv[0])
    if not script.is_file():
        print(f"autograd_cnn.run: there is no file {script}", file=sys.stderr)
        return 2
    try:
        missing = missing_names(script.read_text(encoding="utf-8"), str(script))
    except (SyntaxError, UnicodeDecodeError) as error:
        print(f"autograd_cnn.run: {script} is not a Python program: {error}", file=sys.stderr)
        return 2
    redirect()
    sys.argv = argv
    sys.path.insert(0, str(script.resolve().parent))
    try:
        _run(script)
    except (AttributeError, ImportError) as error:
        if not missing:
            raise
        said = str(error)
        if any(m.name.rpartition(".")[2] in said for m in missing):
            print(_report(missing, f"{type(error).__name__}: {said}"), file=sys.stderr)
            return 1
        raise
    return 0


if __name__ == "__main__":
    sys.exit(main())
