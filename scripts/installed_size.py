"""Megabytes that the package takes with what it needs: its core, and all that `make train` installs.

    python scripts/installed_size.py

Run it with the interpreter into which `autograd-cnn[train,viz,fast]` is installed. Exit code 1 where a limit
is passed.
"""

import sys
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

import autograd_cnn

LIMITS = {"core": ((), 80), "make train": (("train", "viz", "fast"), 650)}


def needed(name: str, extras: tuple[str, ...], found: set[tuple[str, tuple[str, ...]]]) -> set[str]:
    """The names of ``name``'s requirements, theirs, and so on."""
    if (name, extras) in found:
        return set()
    found.add((name, extras))
    names = {name}
    for line in distribution(name).requires or ():
        requirement = Requirement(line)
        if requirement.marker is None or any(
            requirement.marker.evaluate({"extra": extra}) for extra in ("", *extras)
        ):
            names |= needed(
                requirement.name.lower().replace("_", "-"), tuple(sorted(requirement.extras)), found
            )
    return names


def megabytes(name: str) -> float:
    """What the files of an installed distribution take; of this package, which may be linked to its sources,
    the folders."""
    if name == "autograd-cnn":
        root = Path(autograd_cnn.__file__).parent
        folders = {root, Path(autograd_cnn.ops.__file__).parent}
        sizes = [path.stat().st_size for folder in folders for path in folder.rglob("*") if path.is_file()]
    else:
        found = distribution(name)
        listed = {Path(found.locate_file(file)) for file in found.files or ()}
        compiled = {
            code for folder in {path.parent for path in listed} for code in folder.glob("__pycache__/*.pyc")
        }
        sizes = [path.stat().st_size for path in listed | compiled if path.is_file()]
    return sum(sizes) / 1e6


def main() -> int:
    """Print a table; 1 where a limit is passed."""
    passed = False
    for what, (extras, limit) in LIMITS.items():
        sizes = {name: megabytes(name) for name in needed("autograd-cnn", extras, set())}
        for name, size in sorted(sizes.items(), key=lambda item: -item[1]):
            print(f"    {size:7.1f} MB  {name}")
        total = sum(sizes.values())
        passed |= total > limit
        print(f"{what}: {total:.1f} MB installed; at most {limit} MB")
    return int(passed)


if __name__ == "__main__":
    sys.exit(main())
