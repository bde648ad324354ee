"""``autograd-cnn check``: what a script written for PyTorch would miss here."""

from collections.abc import Sequence
from pathlib import Path

from .._names import missing_names
from ._options import UsageError


def check(scripts: Sequence[Path]) -> int:
    """Print one line per missing name; 1 where there are any, else 0. UsageError for a file that is no Python
    program."""
    found = []
    for script in scripts:
        try:
            missing = missing_names(script.read_text(encoding="utf-8"), str(script))
        except (SyntaxError, UnicodeDecodeError) as error:
            raise UsageError(f"{script} is not a Python program: {error}") from error
        found += [f"{script}: {name}" if len(scripts) > 1 else str(name) for name in missing]
    print("\n".join(found) if found else "Every name of PyTorch's that is used is here.")
    return 1 if found else 0
