"""Where in the user's program an operator was called: the first frame outside this package."""

import os
import sys
from types import CodeType

Line = tuple[CodeType, int]
"""A code object and an offset into it: cheap to take; the line number is worked out when somebody asks."""

_here = os.path.dirname(os.path.realpath(__file__))
_roots = tuple(path + os.sep for path in (_here, os.path.realpath(os.path.join(_here, "ops"))))
_internal: dict[str, bool] = {}


def _is_internal(filename: str) -> bool:
    known = _internal.get(filename)
    if known is None:
        known = _internal[filename] = os.path.realpath(filename).startswith(_roots)
    return known


def here() -> Line:
    """The user's line that led to this call."""
    frame = sys._getframe(1)
    while frame.f_back is not None and _is_internal(frame.f_code.co_filename):
        frame = frame.f_back
    return frame.f_code, frame.f_lasti


def number(line: Line) -> int:
    """The line number of ``line`` in its file."""
    code, offset = line
    for start, stop, line_number in code.co_lines():
        if start <= offset < stop and line_number is not None:
            return line_number
    return code.co_firstlineno


def describe(line: Line | None) -> str:
    """``file:number``, or what to do to know it."""
    if line is None:
        return "(line not kept: record the forward pass inside explain.lines())"
    return f"{line[0].co_filename}:{number(line)}"
