"""Cases of which some end their process: see test_blocks.py."""

import os
import signal
from typing import Any


def report(seed: int, mine: Any, theirs: Any, before: list[int] = []) -> str | None:  # noqa: B006 - kept
    """Of seed 3: a report; 5 ends every process, 8 one that has run others; 9 raises an error."""
    if seed == 5 or (seed == 8 and before):
        os.kill(os.getpid(), signal.SIGSEGV)
    if seed == 9:
        raise ValueError("no such case")
    before.append(seed)
    return f"{seed}\n\ndiffers" if seed == 3 else None
