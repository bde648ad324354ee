"""One library in a process of its own: ``python -m benchmarks.worker side row threads format``.

Libraries in one process disturb each other: the threads of one spin while the other's kernels run. The worker
reads numbers from its input; for each it takes so many steps after one that does not count, and answers with
their times as JSON. A line ``memory`` asks for the peak of resident memory during further steps above what
was resident before the step was built.
"""

import importlib
import json
import sys
import time
from pathlib import Path
from typing import Any

from .rows import ROWS


def resident(field: str) -> int:
    """``VmRSS`` or ``VmHWM`` of this process in kilobytes; 0 where the system has no /proc."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(field))


def forget_peak() -> bool:
    """Let the kernel count the peak of resident memory from here on."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return False
    return True


def answer(value: Any) -> None:
    print(json.dumps(value), flush=True)


def main(side: str, name: str, threads: str, memory_format: str) -> None:
    row = next(row for row in ROWS if row.name == name)
    try:
        library = importlib.import_module(f"benchmarks.sides.{side}")
        if side == "autograd_cnn":
            importlib.import_module("autograd_cnn.ops.kernels._compiled")
        before = resident("VmRSS")
        step = library.build(row.kind, row.options, int(threads), memory_format)
    except ImportError as error:
        answer({"missing": f"not installed ({error.name})"})
        return
    except LookupError as error:
        answer({"missing": str(error)})
        return
    for _ in range(3):
        step()
    answer({"ready": True})
    for line in sys.stdin:
        if line.strip() == "memory":
            known = forget_peak()
            step()
            step()
            answer({"memory": (resident("VmHWM") - before) if known else None})
            continue
        step()
        times = []
        for _ in range(int(line)):
            began = time.perf_counter()
            step()
            times.append(time.perf_counter() - began)
        answer(times)


if __name__ == "__main__":
    main(*sys.argv[1:])
