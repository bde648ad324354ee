"""What is told of one seed."""

from typing import Any

from ._call import Call, generate
from ._compare import compare
from ._outcomes import SERIOUS
from ._shrink import shrunk


def report(seed: int, mine: Any, theirs: Any) -> str | None:
    """Where the call of this seed differs seriously, and the smallest script found; None where it doesn't."""
    call = generate(seed)
    found = next((d for d in compare(call, mine, theirs) if d.kind in SERIOUS), None)
    if found is None:
        return None

    def still(smaller: Call) -> bool:
        return any(d.kind == found.kind for d in compare(smaller, mine, theirs))

    small = shrunk(call, still)
    left = next(d for d in compare(small, mine, theirs) if d.kind == found.kind)
    return f"seed {seed}, {call.door.label}, {left}\n{small.script()}"
