"""A DataLoader's worker processes, seen from the main one.

Each worker has a connection for tasks and answers, and a thread here that takes its answers off it. Tasks go
round in turn and so do the answers: the order of batches does not depend on timing, unless ``in_order=False``
asks for what is done first.
"""

import os
import queue
import signal
import threading
import time
import warnings
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from . import _parcel
from ._start import GUARD, Inherited, Start, start_of
from ._utils.fetch import Recipe, Seeds
from ._utils.worker import Batch, Begin, Ended, Failure, work

_PATIENCE = 1.0
"""Seconds that workers get to end by themselves, and once more after SIGTERM."""


class Worker:
    """One process: what it was given to do and has not answered, and its answers."""

    def __init__(self, start: Start, number: int, count: int, done: "queue.SimpleQueue[int] | None") -> None:
        """``done``: where its number is put at each answer that comes; None: nobody asks."""
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
        self.collector = threading.Thread(
            target=_collect,
            args=(self.connection, self.answers, done and partial(done.put, number)),
            daemon=True,
        )
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
                f"DataLoader worker (pid {self.process.pid}) {_exit(self.process.exitcode)}. It was worker "
                f"{self.number}; what it printed stands above. If that is about bootstrapping: {GUARD}"
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


def _collect(
    connection: Any,
    answers: "queue.SimpleQueue[_parcel.Message | Exception | None]",
    tell: Callable[[], None] | None,
) -> None:
    """Take answers off the connection as they come, so that the worker goes on; at the end None, or why no
    more can be taken. ``tell`` is called before each is there to be had."""
    answer: _parcel.Message | Exception | None = None
    ended = False
    while not ended:
        try:
            answer = _parcel.receive(connection)
        except (EOFError, ConnectionError):
            answer, ended = None, True
        except (OSError, MemoryError) as error:
            answer, ended = error, True
        if tell is not None:
            tell()
        answers.put(answer)


def _exit(code: int | None) -> str:
    if code is not None and code < 0:
        return f"is killed by signal: {signal.strsignal(-code)}"
    return f"exited unexpectedly with exit code {code}"


class OvertakenError(RuntimeError):
    """The workers of a pass were taken for another one."""


class Pool:
    """Workers that all know one recipe."""

    def __init__(
        self,
        recipe: Recipe,
        init: Any,
        count: int,
        wanted: Any,
        prefetch: int,
        timeout: float,
        in_order: bool = True,
    ) -> None:
        self.prefetch, self.timeout = prefetch, timeout
        self.done: queue.SimpleQueue[int] | None = None if in_order else queue.SimpleQueue()
        self.workers: list[Worker] = []
        self.random: list[Any] = [None] * count
        """Each worker's random numbers after its last batch that was taken; None for a worker that gave none
        yet."""
        self.passes = 0
        self.seed: int | None = None
        """What their random numbers began from."""
        self._owner = os.getpid()
        start = start_of((recipe, init), wanted, count)
        try:
            for number in range(count):
                self.workers.append(Worker(start, number, count, self.done))
        except BaseException:
            self.close()
            raise
        finally:
            start.parcel.close()

    def batches(self, tasks: Iterator[Any], seeds: Seeds, first: int = 0, random: Any = None) -> "Pass":
        """The batches of ``tasks`` in order, some of them worked at ahead of time; the task numbered
        ``first`` comes first.

        ``random``: the states from which the workers' random numbers go on. A pass that begins ends the one
        under way.
        """
        self._begin(seeds, random)
        self.passes += 1
        self.seed = seeds.workers
        return Pass(self, tasks, first)

    def _begin(self, seeds: Seeds, random: Any) -> None:
        """Tell all workers that a pass begins, after what is left of another one was thrown away."""
        for worker in self.workers:
            while worker.waiting:
                left = worker.answer(self.timeout)
                if isinstance(left, Batch):
                    self.random[worker.number] = left.random
            state = random[worker.number] if random else None
            if state is not None:
                self.random[worker.number] = state
            worker.give(Begin(seeds, state))

        while self.done is not None and not self.done.empty():
            self.done.get()  # the answers thrown away

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


class Pass:
    """The batches of one pass, which workers make. After an exception of the dataset's it goes on."""

    def __init__(self, pool: Pool, tasks: Iterator[Any], first: int) -> None:
        self._pool = pool
        self._tasks = tasks
        self._number = pool.passes
        self._turns = deque(pool.workers)
        self._turns.rotate(-(first % len(pool.workers)))
        self._given: deque[Worker] = deque()
        self._hand_out()

    def __iter__(self) -> "Pass":
        return self

    def __next__(self) -> Any:
        while True:
            if self._number != self._pool.passes:
                raise OvertakenError(
                    "another pass over this DataLoader has begun since, and took its persistent workers; use "
                    "one loader for each"
                )
            self._hand_out()
            if not self._given:
                raise StopIteration
            try:
                worker = self._next_worker()
                answer = worker.answer(self._pool.timeout)
            except BaseException:  # a worker that died or is late, or Ctrl-C: they are of no use any more
                self._pool.close()
                self._turns.clear()
                self._given.clear()
                raise
            if isinstance(answer, Failure):
                answer.raise_again(worker.number)
            if isinstance(answer, Ended) and worker in self._turns:
                self._turns.remove(worker)
            if isinstance(answer, Batch):
                self._pool.random[worker.number] = answer.random
                return answer.batch

    def _hand_out(self) -> None:
        """Give tasks to the workers in turn, as far ahead as they may work, and note to whom."""
        turns, given = self._turns, self._given
        while turns and len(given) < self._pool.prefetch * len(self._pool.workers):
            try:
                task = next(self._tasks)
            except StopIteration:
                turns.clear()
                return
            if self._pool.done is not None:  # the turn of the one that has least to do
                turns.rotate(-min(range(len(turns)), key=lambda i: turns[i].waiting))
            worker = turns[0]
            turns.rotate(-1)
            worker.give(task)
            worker.waiting += 1
            given.append(worker)

    def _next_worker(self) -> Worker:
        """The worker whose answer is taken next: the one that was asked first, or that has answered."""
        given = self._given
        if self._pool.done is None:
            return given.popleft()
        try:
            worker = self._pool.workers[self._pool.done.get(timeout=self._pool.timeout or None)]
        except queue.Empty:
            return given.popleft()  # which gets no more time, and is named
        if worker in given:  # not one that died without a task
            given.remove(worker)
        return worker


def _join(workers: list[Worker]) -> None:
    deadline = time.monotonic() + _PATIENCE
    for worker in workers:
        worker.process.join(max(0.0, deadline - time.monotonic()))
