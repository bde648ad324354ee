"""The documentation's sources, and the scripts that build it."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
CHECKS = [
    (f"{path.relative_to(DOCS)}:{text[: m.start()].count(chr(10)) + 1}", m[1])
    for path in sorted(DOCS.rglob("*.md"))
    for text in [path.read_text(encoding="utf-8")]
    for m in re.finditer(r"^```check\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
]
"""Each checked block: where it stands, and its text."""


def script(name: str) -> ModuleType:
    """A script of the documentation, as a module."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
