"""Runs in a private copy of the project: for each mutant it is told of, the tests, in a process of their own.

Slow imports are done once, here; a fork begins from them. What comes on the input, and goes to the output, is
one line of JSON for each mutant.
"""

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import Any

_MEMORY = 8 << 30
_PRELOADED = ("numpy", "pytest", "_pytest.assertion.rewrite", "scipy.special", "numba", "torch")


def main() -> None:
    """Answer until the input ends."""
    for name in _PRELOADED:
        with contextlib.suppress(ImportError):  # what is not installed, its tests skip
            importlib.import_module(name)
    sys.dont_write_bytecode = True
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"  # in the processes that tests start, too
    for line in sys.stdin:
        task = json.loads(line)
        path = Path(task["path"])
        before = path.read_bytes()
        path.write_bytes(task["source"].encode())
        for stale in path.parent.glob(f"__pycache__/{path.stem}.*.pyc"):
            stale.unlink()  # a version of the same second and size would be taken for the mutant's
        try:
            answer = _judged(task["tests"], task["limit"])
        finally:
            path.write_bytes(before)
        print(json.dumps(answer), flush=True)


def _judged(tests: list[str], limit: float) -> dict[str, Any]:
    """How the tests ended (pytest's exit code; None: not in time), what they said last, and how long they
    took."""
    report = Path("report.txt")
    began = time.monotonic()
    child = os.fork()
    if not child:
        _run(tests, report)
    code = None
    while code is None and time.monotonic() < began + limit:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
        else:
            time.sleep(0.01)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # the test process, if it is late, and those it left behind
    if code is None:
        os.waitpid(child, 0)
    said = report.read_text(errors="replace")
    return {"code": code, "said": said[-3000:], "seconds": time.monotonic() - began}


def _run(tests: list[str], report: Path) -> None:
    """The tests, in the child; it ends here."""
    os.setpgid(0, 0)
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # a shell's background jobs, and what they start, ignore it
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with open(report, "wb") as file, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    options = [
        "-x",
        "-q",
        "-p",
        "no:randomly",
        "-p",
        "no:cacheprovider",
        "-m",
        "not slow",
        "--tb=line",
        "--basetemp=scratch",
        "--hypothesis-seed=0",
    ]
    code = 1
    try:
        import pytest

        code = int(pytest.main([*options, *tests]))
    except BaseException:  # noqa: BLE001 - a mutant may raise anything
        traceback.print_exc()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
