"""Running the tests against mutants of source files, each in a private copy of the project."""

import json
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from .sources import Mutant

ROOT = Path(__file__).parents[2]
_COPIED = ("autograd_cnn", "ops", "tests", "scripts", "examples", "pyproject.toml", "pytest_autograd_cnn.py")
_PASSED = 0
"""What pytest ends with."""


class Outcome(NamedTuple):
    """What the tests made of a mutant."""

    mutant: Mutant
    killed: bool
    said: str
    """The last line of the tests' report, or why there is none."""
    seconds: float


class Runner:
    """A process that runs tests in a copy of the project of its own."""

    def __init__(self, copy: Path) -> None:
        environment = {
            **os.environ,
            "PYTHONPATH": str(copy),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OPENBLAS_NUM_THREADS": "1",
            "OMP_NUM_THREADS": "1",
        }
        command = [sys.executable, "-P", str(Path(__file__).with_name("_runner.py"))]
        self.process = subprocess.Popen(
            command, cwd=copy, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, path: str, source: bytes, tests: Sequence[str], limit: float) -> dict[str, Any]:
        """How ``tests`` end where the file ``path`` holds ``source``."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(
            json.dumps({"path": path, "source": source.decode(), "tests": list(tests), "limit": limit}),
            file=self.process.stdin,
            flush=True,
        )
        answer: dict[str, Any] = json.loads(self.process.stdout.readline())
        return answer

    def close(self) -> None:
        """End the process, and close what led to it."""
        with self.process:
            pass


@contextmanager
def runners(count: int) -> Iterator[list[Runner]]:
    """``count`` runners, each in a copy of its own, which goes at the end."""
    with ExitStack() as stack:
        made = []
        for _ in range(count):
            copy = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="mutants-")))
            for name in _COPIED:
                if (ROOT / name).is_dir():
                    shutil.copytree(ROOT / name, copy / name, symlinks=True)
                else:
                    shutil.copy(ROOT / name, copy)
            runner = Runner(copy)
            stack.callback(runner.close)
            made.append(runner)
        yield made


def judge(
    chosen: Sequence[Mutant], tests: Sequence[str], available: list[Runner], tell: Callable[[Outcome], None]
) -> list[Outcome]:
    """What the tests make of each of the mutants, all of one file. RuntimeError where they fail without
    one."""
    path = chosen[0].path
    source = (ROOT / path).read_bytes()
    sound = available[0].ask(path, source, tests, 600)
    if sound["code"] != _PASSED:
        raise RuntimeError(f"the tests of {path} fail without a mutant:\n{sound['said']}")
    limit = 10 + 5 * sound["seconds"]
    free: queue.SimpleQueue[Runner] = queue.SimpleQueue()
    for runner in available:
        free.put(runner)

    def outcome(mutant: Mutant) -> Outcome:
        runner = free.get()
        try:
            answer = runner.ask(path, mutant.applied(source), tests, limit)
        finally:
            free.put(runner)
        last = next(
            (line for line in reversed(answer["said"].splitlines()) if line.startswith(("FAILED", "ERROR"))),
            "",
        )
        said = "not in time" if answer["code"] is None else last or f"ended with {answer['code']}"
        result = Outcome(mutant, answer["code"] != _PASSED, said, answer["seconds"])
        tell(result)
        return result

    with ThreadPoolExecutor(len(available)) as threads:
        return list(threads.map(outcome, chosen))
