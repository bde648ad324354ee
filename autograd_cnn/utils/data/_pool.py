"""A DataLoader's worker processes, seen from the main one.

Workers are started by the fork server, or anew where there is none, and never forked from the program itself:
a fork copies locks and threads in whatever state they are. Each worker has a connection for tasks and
answers, and a thread here that takes its answers off it. Tasks go round in turn and so do the answers: the
order of batches does not depend on timing.
"""

import multiprocessing
import os
import pickle
import queue
import threading
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from . import _parcel
from ._fetch import Recipe
from ._worker import Batch, Begin, Ended, Failure, work

_PATIENCE = 1.0
"""Seconds that workers get to end by themselves, and once more after SIGTERM."""
_GUARD = (
    'the script that starts it needs an `if __name__ == "__main__":` around what it runs, as '
    "worker processes import it"
)


class Worker:
    """One process: what it was given to do and has not answered, and its answers."""

    def __init__(self, context: Any, parcel: _parcel.Parcel, number: int, count: int) -> None:
        self.number = number
        self.waiting = 0
        self.connection, theirs = context.Pipe()
        self.answers: queue.SimpleQueue[_parcel.Message | Exception | None] = queue.SimpleQueue()
        self.process = context.Process(
            target=work, args=(theirs, parcel, number, count), name=f"DataLoader worker {number}", daemon=True
        )
        try:
            self.process.start()
        except (EOFError, OSError) as error:
            raise RuntimeError(
                f"DataLoader worker {number} could not be started ({error}); {_GUARD}"
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
                f"what it printed stands above. If that is about bootstrapping: {_GUARD}"
            )
        self.waiting -= 1
        return _parcel.unpacked(message)


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
        self, recipe: Recipe, init: Any, count: int, context: Any, prefetch: int, timeout: float
    ) -> None:
        self.prefetch, self.timeout = prefetch, timeout
        self.workers: list[Worker] = []
        self.random: list[Any] = [None] * count
        """Each worker's random numbers after its last batch that was taken; None for a worker that gave none
        yet."""
        self._passes = 0
        try:
            parcel = _parcel.Parcel((recipe, init))
        except (pickle.PicklingError, AttributeError, TypeError) as error:
            raise type(error)(
                f"DataLoader with num_workers={count}: the dataset, collate_fn and worker_init_fn are "
                "sent to other processes, and one "
                f"of them can't be pickled: {error}. Define functions and classes at the top of a "
                "module (no lambda), or use num_workers=0"
            ) from error
        try:
            for number in range(count):
                self.workers.append(Worker(context, parcel, number, count))
        except BaseException:
            self.close()
            raise
        finally:
            parcel.close()

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
        """End all workers: asked first, then by SIGTERM, then by SIGKILL."""
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


def context_of(wanted: Any) -> Any:
    """The way processes are started: the fork server where there is one; ValueError for a fork of the program
    itself."""
    name = wanted if isinstance(wanted, str) else "" if wanted is None else wanted.get_start_method()
    if name == "fork":
        raise ValueError(
            "multiprocessing_context='fork' would copy running threads' locks; use 'forkserver' or 'spawn'"
        )
    if wanted is not None and name not in multiprocessing.get_all_start_methods():
        raise ValueError(
            f"multiprocessing_context {wanted!r} is not one of {multiprocessing.get_all_start_methods()}"
        )
    if wanted is not None and not isinstance(wanted, str):
        return wanted
    methods = multiprocessing.get_all_start_methods()
    return multiprocessing.get_context(
        name or ("forkserver" if "forkserver" in methods and _server_is_ours() else "spawn")
    )


def _server_is_ours() -> bool:
    """Whether this process may ask for the fork server: the child of a fork can't ask its parent's."""
    global _asked_by
    _asked_by = _asked_by or os.getpid()
    return _asked_by == os.getpid()


_asked_by = 0
"""The process that asked for the fork server first."""
