"""Interleaved timing: every library waits in its own process and takes its turn, A B A B, so that all see the
same machine."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from typing import Any

from .rows import Row

SETTLE = 0.1
"""Seconds between turns: threads of OpenBLAS and OpenMP spin for some 30 ms after their last work, in the
next one's way."""


class Worker:
    """A process that takes steps when asked."""

    def __init__(self, side: str, row: Row, threads: int, memory_format: str) -> None:
        self.side, self.memory_format = side, memory_format
        environment = {
            **os.environ,
            **{f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "MKL", "OPENBLAS", "NUMBA")},
        }
        command = [sys.executable, "-m", "benchmarks.worker", side, row.name, str(threads), memory_format]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )
        self.times: list[float] = []

    def read(self) -> Any:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        return json.loads(line) if line else {"missing": f"the process ended with {self.process.wait()}"}

    def ask(self, what: str) -> Any:
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()
        return self.read()

    def close(self) -> None:
        with self.process:  # closes what leads to it, and waits
            pass


def measure(row: Row, sides: dict[str, tuple[str, ...]], threads: int, seconds: float) -> dict[str, Any]:
    """Times in milliseconds, ratios and memory of all sides on one row; a side that lacks it says why.

    The ratio to PyTorch is the median over rounds of ours / theirs in the same round, for the memory format
    that is better.
    """
    missing: dict[str, str] = {}
    workers: list[Worker] = []
    for side, formats in sides.items():
        for memory_format in formats:
            worker = Worker(side, row, threads, memory_format)
            said = worker.read()
            if "missing" in said:
                if memory_format in ("", "contiguous"):
                    missing[side] = said["missing"]
                worker.close()
            else:
                workers.append(worker)
    steps = dict.fromkeys(workers, 1)
    for worker in workers:
        (one,) = worker.ask("1")
        steps[worker] = max(3, min(50, int(0.05 / one)))
    rounds, began = 0, time.perf_counter()
    while rounds < 5 or (time.perf_counter() - began < seconds and rounds < 25):
        for worker in workers:
            time.sleep(SETTLE)
            worker.times.append(statistics.median(worker.ask(str(steps[worker]))) * 1e3)
        rounds += 1
    memory = {worker: worker.ask("memory")["memory"] for worker in workers}
    for worker in workers:
        worker.close()
    return _summary(row, workers, memory, missing, rounds)


def _summary(
    row: Row, workers: list[Worker], memory: dict[Worker, Any], missing: dict[str, str], rounds: int
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "row": row.name,
        "title": row.title,
        "bound": row.bound,
        "aim": row.aim,
        "rounds": rounds,
        "missing": missing,
        "sides": {},
    }
    best: dict[str, Worker] = {}
    for worker in workers:
        other = best.get(worker.side)
        if other is None or statistics.median(worker.times) < statistics.median(other.times):
            best[worker.side] = worker
    for side, worker in best.items():
        found["sides"][side] = {
            "milliseconds": statistics.median(worker.times),
            "quartiles": statistics.quantiles(worker.times, n=4)[::2],
            "format": worker.memory_format,
            "memory_kb": memory[worker],
        }
    if "autograd_cnn" in best:
        ours = best["autograd_cnn"]
        for side, worker in best.items():
            if worker is not ours:
                found["sides"][side]["ratio"] = statistics.median(
                    a / b for a, b in zip(ours.times, worker.times, strict=True)
                )
                if memory[ours] and memory[worker] and row.memory is not None:
                    found["sides"][side]["memory_ratio"] = memory[ours] / min(
                        memory[w] for w in workers if w.side == side
                    )
                    found["memory_bound"] = row.memory
    return found


def import_times(rounds: int = 9) -> dict[str, float]:
    """Milliseconds from start to end of an interpreter that imports a package, medians of interleaved runs.

    Bytecode is at hand, as pip leaves it: it is written to a folder of its own by a first run that does not
    count.
    """
    names = ("numpy", "autograd_cnn", "torch")
    times: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory() as folder:
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = folder
        for turn in range(rounds + 1):
            for name in names:
                began = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-c", f"import {name}"], capture_output=True, env=environment
                )
                if done.returncode == 0 and turn:
                    times[name].append((time.perf_counter() - began) * 1e3)
    return {name: statistics.median(found) for name, found in times.items() if found}
