"""``autograd-cnn check``: what a script, or a whole repository, written for PyTorch would miss here."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .._names import missing_names
from ._options import UsageError


def check(scripts: Sequence[Path]) -> int:
    """Print one line per missing name, and for folders how many files have any; 1 where there are some, else
    0. UsageError for a file that is no Python program; in a folder such a file is told and passed over."""
    several = len(scripts) > 1 or any(path.is_dir() for path in scripts)
    found: list[str] = []
    read = concerned = 0
    for path in scripts:
        for script in _programs(path):
            try:
                missing = missing_names(script.read_text(encoding="utf-8"), str(script))
            except (SyntaxError, UnicodeDecodeError) as error:
                if not path.is_dir():
                    raise UsageError(f"{script} is not a Python program: {error}") from error
                print(f"{script}: not a Python program: {error}")
                continue
            read += 1
            concerned += bool(missing)
            found += [f"{script}: {name}" if several else str(name) for name in missing]
    print("\n".join(found) if found else "Every name of PyTorch's that is used is here.")
    if any(path.is_dir() for path in scripts):
        print(f"{read} files read; {concerned} of them miss something.")
    return 1 if found else 0


def _programs(path: Path) -> Iterator[Path]:
    """The file itself; of a folder every Python file below it, but for hidden folders."""
    if not path.is_dir():
        yield path
        return
    for folder, below, files in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(folder) / file for file in sorted(files) if file.endswith(".py"))
