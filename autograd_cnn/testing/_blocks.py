"""Many random cases in processes of their own, for another library's mistakes may end the process.

A source of cases is a module with ``report(seed, mine, theirs)``: where the case of this seed differs in two
libraries, and the smallest script found; None where it does not.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

BLOCK = 2000
"""Cases in one process."""

_FRAME = re.compile(r'File "(.*?)", line (\d+) in (.+)')
"""A line of what is left of a process that a signal ended."""


class Ended(NamedTuple):
    """A seed at which a process ended."""

    seed: int
    place: str
    """The innermost line of Python; the error, where it was one of Python's."""
    alone: bool
    """Whether it ends a fresh process too. Else a case before it has spoiled the memory."""
    here: bool
    """Whether the line is one of this package."""

    def __str__(self) -> str:
        after = "" if self.alone else ", after others"
        return f"seed {self.seed}{after}: the process ended in {self.place}"


class Found(NamedTuple):
    """What came of many cases."""

    cases: int
    """How many were run to their end."""
    reports: tuple[str, ...]
    """Of each case that differs: what differs, and the smallest script found."""
    ended: tuple[Ended, ...]

    @property
    def mistakes(self) -> tuple[str, ...]:
        """The reports, and what ended in a line of this package or spoiled the memory."""
        return (*self.reports, *(str(end) for end in self.ended if end.here or not end.alone))


def blocks(source: str, first: int, count: int, workers: int = os.cpu_count() or 1) -> Iterator[Found]:
    """``count`` cases of the module ``source`` from the seed ``first`` on, here and in PyTorch; block after
    block, in order."""
    ranges = [(start, min(start + BLOCK, first + count)) for start in range(first, first + count, BLOCK)]
    with ThreadPoolExecutor(workers) as pool:
        yield from pool.map(lambda ends: _block(source, *ends), ranges)


def many(source: str, first: int, count: int, workers: int = os.cpu_count() or 1) -> Found:
    """All :func:`blocks` together."""
    cases, reports, ended = zip(*blocks(source, first, count, workers), strict=True)
    return Found(sum(cases), tuple(r for block in reports for r in block), tuple(e for b in ended for e in b))


def _block(source: str, first: int, end: int) -> Found:
    """The cases from ``first`` to ``end``, in one process after the other: the seed at which one ends is the
    first of the next, and where that ends there too, it is left out."""
    reports, ended, skipped = list[str](), list[Ended](), 0
    start = first
    with tempfile.NamedTemporaryFile() as progress:
        while first < end:
            command = [sys.executable, "-X", "faulthandler", "-m", __name__, source, str(first), str(end)]
            ran = subprocess.run([*command, progress.name], capture_output=True, text=True, check=False)
            reports += [json.loads(line) for line in ran.stdout.splitlines()]
            if not ran.returncode:
                break
            at = int(Path(progress.name).read_text() or -1)
            if at < first:
                raise RuntimeError(f"{source} did not run from seed {first} on:\n{ran.stderr}")
            alone = at == first or ran.returncode > 0
            place, here = _place(ran.stderr) if ran.returncode < 0 else (ran.stderr.splitlines()[-1], True)
            ended = [e for e in ended if e.seed != at] + [Ended(at, place, alone, here)]
            skipped, first = skipped + alone, at + alone
    return Found(end - start - skipped, tuple(reports), tuple(ended))


def _place(said: str) -> tuple[str, bool]:
    """The innermost line of Python in which a signal ended a process, from its last words, and whether it is
    one of this package."""
    found = _FRAME.search(said.rpartition("Current thread")[2])
    if found is None:
        return "a place without a name", True
    file, line, function = found.groups()
    path, package = Path(file), Path(__file__).parents[1]
    here = path.is_relative_to(package) and not path.is_relative_to(package / "testing")
    return f"{'/'.join(path.parts[-2:])}:{line} ({function})", here


def main(source: str, description: str | None) -> int:
    """The command line of a source: reports as they are found; 1 where there are mistakes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("first", type=int, help="the seed of the first case")
    parser.add_argument("count", type=int, nargs="?", default=1, help="how many cases")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="how many processes")
    given = parser.parse_args()
    cases = differ = 0
    for found in blocks(source, given.first, given.count, given.workers):
        cases, differ = cases + found.cases, differ + len(found.mistakes)
        print(*found.reports, *found.ended, f"{cases} cases: {differ}", sep="\n\n", flush=True)
    return int(differ > 0)


def _run() -> None:
    """What one process does: the seed in work is kept in a file, reports are lines of JSON."""
    source, first, end, progress = sys.argv[1:]
    theirs = import_module("torch")
    theirs.set_num_threads(1)
    mine, report = import_module(__package__.partition(".")[0]), import_module(source).report
    with open(progress, "wb", buffering=0) as seen:
        for seed in range(int(first), int(end)):
            os.pwrite(seen.fileno(), b"%12d" % seed, 0)
            told = report(seed, mine, theirs)
            if told is not None:
                print(json.dumps(told), flush=True)


if __name__ == "__main__":
    _run()
