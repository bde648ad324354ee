"""The gallery's examples, from the script that makes it."""

import importlib.util
from pathlib import Path

_path = Path(__file__).resolve().parents[2] / "scripts" / "gallery.py"
_spec = importlib.util.spec_from_file_location("gallery_script", _path)
assert _spec is not None
assert _spec.loader is not None
script = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(script)
EXAMPLES = script.EXAMPLES
