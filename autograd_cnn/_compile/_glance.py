"""Whether who asks for the array of a tensor wants to know its shape only."""

import dis
from types import CodeType, FrameType

DESCRIPTION = frozenset(("dtype", "flags", "itemsize", "nbytes", "ndim", "shape", "size"))
"""What is known of an array before it is computed."""

_seen: dict[int, tuple[CodeType, dict[int, bool]]] = {}
"""By the identity of a code, which is kept alive for it, and the place of an instruction."""


def is_glance(frame: FrameType) -> bool:
    """Whether ``frame`` stands at ``tensor.array`` and goes on with ``.shape`` or the like, read from its
    instructions: so a question needs no code of its own, wherever it is asked. Whatever is not recognised is
    no glance."""
    code, place = frame.f_code, frame.f_lasti
    _, known = _seen.get(id(code)) or _seen.setdefault(id(code), (code, {}))
    found = known.get(place)
    if found is None:
        found = known[place] = _read(code, place)
    return found


def _read(code: CodeType, place: int) -> bool:
    instructions = dis.get_instructions(code)
    for instruction in instructions:
        if instruction.offset == place:
            after = next(instructions, None)
            return (
                instruction.opname == "LOAD_ATTR"
                and instruction.argval == "array"
                and after is not None
                and after.opname == "LOAD_ATTR"
                and after.argval in DESCRIPTION
            )
    return False
