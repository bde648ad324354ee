"""Run a script written for PyTorch: ``python -m autograd_cnn.run script.py [arguments]``.

``import torch`` and ``import torchvision`` in that process, and in those that it starts by
``multiprocessing`` (the workers of a DataLoader), give this package; nothing is installed, and other
processes are not touched.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from ._as_torch import install_as_torch
from ._names import Missing, missing_names

__all__ = ["main"]


def _run(script: Path) -> None:
    """Run the script as the program's ``__main__``, whose stand-in the processes import that it starts."""
    main = ModuleType("__main__")
    main.__file__ = str(script)
    main.__dict__["__builtins__"] = __builtins__
    before = sys.modules["__main__"]
    sys.modules["__main__"] = main
    try:
        install_as_torch()
        exec(compile(script.read_bytes(), str(script), "exec"), main.__dict__)
    finally:
        sys.modules["__main__"] = before


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
    sys.argv = argv
    sys.path.insert(0, str(script.resolve().parent))
    try:
        _run(script)
    except (AttributeError, ImportError, NotImplementedError) as error:
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
