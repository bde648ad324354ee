"""A DataLoader's worker processes, seen from the main one.

Each worker has a connection for tasks and answers, and a thread here that takes its answers off it. Tasks go
round in turn and so do the answers: the order of batches does not depend on timing.
"""

import os
import queue
import signal
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Iterator
from typing import Any

from . import _parcel
from ._fetch import Recipe
from ._start import GUARD, Inherited, Start, start_of
from ._worker import Batch, Begin, Ended, Failure, work

_PATIENCE = 1.0
"""Seconds that workers get to end by themselves, and once more after SIGTERM."""


class Worker:
    """One process: what it was given to do and has not answered, and its answers."""

    def __init__(self, start: Start, number: int, count: int) -> None:
        context, parcel = start
        self.number = number
        self.waiting = 0
        self.connection, theirs = context.Pipe()
        _connections.add(self.connection)
        self.answers: queue.SimpleQueue[_parcel.Message | Exception | None] = queue.SimpleQueue()
        forks = isinstance(parcel, Inherited)
        self.process = context.Process(
            target=_work_in_fork if forks else work,
            args=(theirs, parcel, number, count),
            name=f"DataLoader worker {number}",
            daemon=True,
        )
        try:
            with warnings.catch_warnings():  # a fork beside threads: see _start.py
                warnings.simplefilter("ignore", DeprecationWarning)
                self.process.start()
        except (EOFError, OSError) as error:
            raise RuntimeError(
                f"DataLoader worker {number} could not be started ({error}); {GUARD}"
            ) from error
        theirs.close()
        self.collector = threading.Thread(target=_collect, args=(self.connection, self.answers), daemon=True)
        self.collector.start()

    def give(self, task: Any) -> None:
        """Send a task; a worker that is gone is noticed when its answer is due."""
        try:
            _parcel.send(self.connection, task)
        except OSError:
            return

    def disconnect(self) -> None:
        """Close the connection to a process that has ended, once its collector has read the end.

        Closed before, its number could be given to the next connection, and the collector would take that
        one's bytes.
        """
        self.collector.join(_PATIENCE)
        if not self.collector.is_alive():
            self.connection.close()

    def answer(self, timeout: float) -> Any:
        """Its next answer; RuntimeError where it died, or gave none in time."""
        try:
            message = self.answers.get(timeout=timeout or None)
        except queue.Empty:
            raise RuntimeError(
                f"DataLoader timed out after {timeout:g} seconds: no answer from worker {self.number} "
                f"(pid {self.process.pid})"
            ) from None
        if message is None or isinstance(message, Exception):
            self.process.join(_PATIENCE if message is None else _PATIENCE / 10)
            if self.process.exitcode is None and message is not None:
                raise RuntimeError(
                    f"a batch of DataLoader worker {self.number} (pid {self.process.pid}) could not "
                    f"be received: {message}"
                ) from message
            raise RuntimeError(
                f"DataLoader worker {self.number} (pid {self.process.pid}) exited unexpectedly with "
                f"{_exit(self.process.exitcode)}; "
                f"what it printed stands above. If that is about bootstrapping: {GUARD}"
            )
        self.waiting -= 1
        return _parcel.unpacked(message)


_connections: "weakref.WeakSet[Any]" = weakref.WeakSet()
"""Our ends of the connections to all workers. A fork inherits them, and would keep them open."""


def _work_in_fork(connection: Any, parcel: Any, number: int, count: int) -> None:
    """:func:`work` in a process that has the program's connections and ways with signals."""
    for other in list(_connections):
        other.close()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    work(connection, parcel, number, count)


def _collect(connection: Any, answers: "queue.SimpleQueue[_parcel.Message | Exception | None]") -> None:
    """Take answers off the connection as they come, so that the worker goes on; at the end None, or why no
    more can be taken."""
    while True:
        try:
            answers.put(_parcel.receive(connection))
        except (EOFError, ConnectionError):
            answers.put(None)
            return
        except (OSError, MemoryError) as error:
            answers.put(error)
            return


def _exit(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"


class OvertakenError(RuntimeError):
    """The workers of a pass were taken for another one."""


class Pool:
    """Workers that all know one recipe."""

    def __init__(
        self, recipe: Recipe, init: Any, count: int, wanted: Any, prefetch: int, timeout: float
    ) -> None:
        self.prefetch, self.timeout = prefetch, timeout
        self.workers: list[Worker] = []
        self.random: list[Any] = [None] * count
        """Each worker's random numbers after its last batch that was taken; None for a worker that gave none
        yet."""
        self._passes = 0
        self._owner = os.getpid()
        start = start_of((recipe, init), wanted, count)
        try:
            for number in range(count):
                self.workers.append(Worker(start, number, count))
        except BaseException:
            self.close()
            raise
        finally:
            start.parcel.close()

    def batches(self, tasks: Iterator[Any], seed: int, first: int = 0, random: Any = None) -> Iterator[Any]:
        """The batches of ``tasks`` in order, some of them worked at ahead of time; the task numbered
        ``first`` comes first.

        ``random``: the states from which the workers' random numbers go on. A pass that begins ends the one
        under way.
        """
        self._begin(seed, random)
        self._passes += 1
        current = self._passes
        turns = deque(self.workers)
        turns.rotate(-(first % len(turns)))
        given: deque[Worker] = deque()
        while current == self._passes:
            while turns and len(given) < self.prefetch * len(self.workers):
                try:
                    task = next(tasks)
                except StopIteration:
                    turns.clear()
                    break
                worker = turns[0]
                turns.rotate(-1)
                worker.give(task)
                worker.waiting += 1
                given.append(worker)
            if not given:
                return
            worker = given.popleft()
            answer = worker.answer(self.timeout)
            if isinstance(answer, Failure):
                answer.raise_again(worker.number)
            if isinstance(answer, Ended):
                turns = deque(w for w in turns if w is not worker)
            if isinstance(answer, Batch):
                self.random[worker.number] = answer.random
                yield answer.batch
        raise OvertakenError(
            "another pass over this DataLoader has begun since, and took its persistent workers; use "
            "one loader for each"
        )

    def _begin(self, seed: int, random: Any) -> None:
        """Tell all workers that a pass begins, after what is left of another one was thrown away."""
        for worker in self.workers:
            while worker.waiting:
                left = worker.answer(self.timeout)
                if isinstance(left, Batch):
                    self.random[worker.number] = left.random
            state = random[worker.number] if random else None
            if state is not None:
                self.random[worker.number] = state
            worker.give(Begin(seed, state))

    def close(self) -> None:
        """End all workers: asked first, then by SIGTERM, then by SIGKILL. A fork of the program has none."""
        if os.getpid() != self._owner:
            return
        for worker in self.workers:
            worker.give(None)
        _join(self.workers)
        for stop in ("terminate", "kill"):
            late = [worker for worker in self.workers if worker.process.is_alive()]
            for worker in late:
                getattr(worker.process, stop)()
            _join(late)
        for worker in self.workers:
            worker.disconnect()
        self.workers = []


def _join(workers: list[Worker]) -> None:
    deadline = time.monotonic() + _PATIENCE
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
