"""How much of what the package offers has a type that every checker knows.

    python scripts/type_completeness.py

The package is installed into a temporary folder, as a user has it, and basedpyright looks at each public
symbol there. Printed are the share of known ones and the names of the others. Exit code 1 below 95 percent.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LEAST = 0.95
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "runs", "site", "*.egg-info")


def installed(folder: Path) -> Path:
    """Where the package is, installed from a copy of the sources: a build leaves nothing in them."""
    shutil.copytree(ROOT, folder / "sources", symlinks=True, ignore=NOT_COPIED)
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-build-isolation", "--no-compile", "--target", str(folder / "packages")]
    subprocess.run([*command, *options, str(folder / "sources")], check=True)
    return folder / "packages"


def examined(packages: Path) -> dict[str, Any]:
    """What basedpyright says of the package in the folder ``packages``."""
    command = [sys.executable, "-m", "basedpyright", "--pythonpath", sys.executable, "--outputjson"]
    done = subprocess.run(
        [*command, "--verifytypes", "autograd_cnn", "--ignoreexternal"],
        capture_output=True,
        text=True,
        check=False,
        cwd=packages,
        env={**os.environ, "PYTHONPATH": str(packages)},
    )
    try:
        found: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    except (ValueError, KeyError):
        raise RuntimeError(f"basedpyright failed: {done.stdout}{done.stderr}") from None
    return found


def report(found: Mapping[str, Any]) -> tuple[str, bool]:
    """The share of known symbols and the names of the others, and whether the share is large enough."""
    score = float(found["completenessScore"])
    unknown = sorted(
        symbol["name"] for symbol in found["symbols"] if symbol["isExported"] and not symbol["isTypeKnown"]
    )
    count = sum(found["exportedSymbolCounts"].values())
    head = f"{score:.1%} of {count} public symbols have a known type; at least {LEAST:.0%}"
    return "\n    ".join([head, *unknown]), score >= LEAST


def main() -> int:
    """Print the report; 1 where too few are known."""
    with tempfile.TemporaryDirectory() as folder:
        text, enough = report(examined(installed(Path(folder))))
    print(text)
    return int(not enough)


if __name__ == "__main__":
    sys.exit(main())
