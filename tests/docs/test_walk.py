"""The walk on the design page goes through the files that the real calls go through, in their order."""

import json
import re
import subprocess
import sys

from .pages import DOCS, ROOT

FOLLOW = """
import json, sys
from pathlib import Path
import autograd_cnn as ag
from autograd_cnn.nn import functional as F
from autograd_cnn.ops.kernels import using_numpy

package, files = Path(ag.__file__).parent, []

def note(frame, event, _):
    path = Path(frame.f_code.co_filename)
    if event == "call" and path.is_relative_to(package):
        name = path.relative_to(package).as_posix()
        if name not in files:
            files.append(name)

x, w = ag.ones(2, 3, 8, 8), ag.ones(4, 3, 3, 3, requires_grad=True)
line = compile(sys.argv[1], "line", "eval")
with using_numpy():
    eval(line)  # plans are made once, and there is a gradient already
    sys.setprofile(note)
    eval(line)
    sys.setprofile(None)
print(json.dumps(files))
"""
"""Prints the files whose functions run in a line, in the order of their first calls; in a process of its own,
for what other tests left alive, such as lent memory, is looked at by the engine too."""


def test_the_walk_is_the_real_one() -> None:
    text = (DOCS / "design.md").read_text(encoding="utf-8")
    section = text[text.index("\n## A walk\n") : text.index("\n## A primitive\n")]
    line = re.search(r"^`(F\..*)`, file by file", section, re.MULTILINE)
    assert line is not None
    told = list(dict.fromkeys(re.findall(r"`([\w/]+\.py)`", section)))
    command = [sys.executable, "-c", FOLLOW, line[1]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    files = json.loads(done.stdout)
    assert files[files.index("nn/_composition.py") :] == told
