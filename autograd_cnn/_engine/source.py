"""Where in the user's program an operator was called: the first frame outside this package."""

import os
import sys
import traceback
from types import CodeType

Line = tuple[CodeType, int]
"""A code object and an offset into it: cheap to take; the line number is worked out when somebody asks."""

_package = os.path.dirname(os.path.dirname(os.path.realpath(__file__))) + os.sep
_internal: dict[str, bool] = {}


def _look(filename: str) -> bool:
    """Whether a file belongs to this package; asked once for each file."""
    known = _internal[filename] = os.path.realpath(filename).startswith(_package)
    return known


def is_internal(filename: str) -> bool:
    """Whether a file belongs to this package."""
    known = _internal.get(filename)
    return _look(filename) if known is None else known


def here() -> Line:
    """The user's line that led to this call."""
    frame, known = sys._getframe(1), _internal.get
    while True:
        code = frame.f_code
        inside = known(code.co_filename)
        if inside is None:
            inside = _look(code.co_filename)
        before = frame.f_back
        if not inside or before is None:
            return code, frame.f_lasti
        frame = before


def stacklevel() -> int:
    """The ``stacklevel`` with which a warning of the caller names the user's line."""
    frame, level = sys._getframe(1), 1
    while frame.f_back is not None:
        name = frame.f_code.co_filename
        if not (_internal[name] if name in _internal else _look(name)):
            break
        frame, level = frame.f_back, level + 1
    return level


def number(line: Line) -> int:
    """The line number of ``line`` in its file."""
    code, offset = line
    for start, stop, line_number in code.co_lines():
        if start <= offset < stop and line_number is not None:
            return line_number
    return code.co_firstlineno


def quoted(line: Line) -> str:
    """The entry of a traceback that tells of ``line``."""
    code, at = line[0], number(line)
    return "".join(traceback.format_list([traceback.FrameSummary(code.co_filename, at, code.co_name)]))


def describe(line: Line | None) -> str:
    """``file:number``, or what to do to know it."""
    if line is None:
        return "(line not kept: record the forward pass inside explain.lines())"
    return f"{line[0].co_filename}:{number(line)}"
