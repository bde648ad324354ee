"""Many calls in a process of their own, for another library's mistakes may end it."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

from ._call import Call, generate
from ._compare import SERIOUS, compare
from ._shrink import shrunk

BLOCK = 2000
"""Calls in one process."""


class Found(NamedTuple):
    """What came of many calls."""

    calls: int
    reports: tuple[str, ...]
    """Of each call that differs: what differs, and the smallest script found."""
    ended: tuple[int, ...]
    """Seeds at which the process ended."""


def reports(first: int, count: int, mine: Any, theirs: Any, progress: int | None = None) -> Iterator[str]:
    """Of each of ``count`` calls from the seed ``first`` on that differs seriously: what, and a script.

    The seed in work is kept in the file ``progress``.
    """
    for seed in range(first, first + count):
        if progress is not None:
            os.pwrite(progress, b"%12d" % seed, 0)
        call = generate(seed)
        found = [d for d in compare(call, mine, theirs) if d.kind in SERIOUS]
        if found:
            kind = found[0].kind

            def still(smaller: Call, kind: str = kind) -> bool:
                return any(d.kind == kind for d in compare(smaller, mine, theirs))

            small = shrunk(call, still)
            left = next(d for d in compare(small, mine, theirs) if d.kind == kind)
            yield f"seed {seed}, {call.door.label}, {left}\n{small.script()}"


def _block(first: int, count: int) -> Found:
    """A block of calls in processes of their own, one after the other."""
    end, found, ended, done = first + count, list[str](), list[int](), 0
    with tempfile.NamedTemporaryFile() as progress:
        while first < end:
            command = [
                sys.executable,
                "-m",
                __package__,
                str(first),
                str(end - first),
                "--progress",
                progress.name,
            ]
            ran = subprocess.run(command, capture_output=True, text=True, check=False)
            found += [part for part in ran.stdout.split("\n\n") if part.strip()]
            if ran.returncode in (0, 1):
                return Found(done + end - first, tuple(found), tuple(ended))
            with open(progress.name) as seen:
                at = int(seen.read() or first)
            if at < first or "Error" in ran.stderr.splitlines()[-1:]:
                raise RuntimeError(f"the calls from seed {first} on did not run:\n{ran.stderr}")
            ended.append(at)
            done, first = done + at - first, at + 1
    return Found(done, tuple(found), tuple(ended))


def many(first: int, count: int, workers: int = os.cpu_count() or 1) -> Found:
    """``count`` calls from the seed ``first`` on, here and in PyTorch."""
    blocks = [(start, min(BLOCK, first + count - start)) for start in range(first, first + count, BLOCK)]
    with ThreadPoolExecutor(workers) as pool:
        found = list(pool.map(lambda block: _block(*block), blocks))
    return Found(
        sum(block.calls for block in found),
        tuple(report for block in found for report in block.reports),
        tuple(seed for block in found for seed in block.ended),
    )
