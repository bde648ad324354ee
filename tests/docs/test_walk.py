"""The walk on the design page goes through the files that the real calls go through, in their order."""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import autograd_cnn as ag
from autograd_cnn.nn import functional as F
from autograd_cnn.ops.kernels import using_numpy

from .pages import DOCS

PACKAGE = Path(ag.__file__).parent


def entered(call: Callable[[], object]) -> list[str]:
    """The files of the package whose functions run in ``call``, in the order of their first calls."""
    files: list[str] = []

    def note(frame: FrameType, event: str, _: Any) -> None:
        path = Path(frame.f_code.co_filename)
        if event == "call" and path.is_relative_to(PACKAGE):
            name = path.relative_to(PACKAGE).as_posix()
            if name not in files:
                files.append(name)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        call()
    finally:
        sys.setprofile(before)
    return files


def test_the_walk_is_the_real_one() -> None:
    text = (DOCS / "design.md").read_text(encoding="utf-8")
    section = text[text.index("\n## A walk\n") : text.index("\n## A primitive\n")]
    line = re.search(r"^`(F\..*)`, file by file", section, re.MULTILINE)
    assert line is not None
    told = list(dict.fromkeys(re.findall(r"`([\w/]+\.py)`", section)))
    names = {"F": F, "x": ag.ones(2, 3, 8, 8), "w": ag.ones(4, 3, 3, 3, requires_grad=True)}
    with using_numpy():
        eval(line[1], names)  # plans are made once, and there is a gradient already
        assert entered(lambda: eval(line[1], names)) == told
