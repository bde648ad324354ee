"""What runs in a DataLoader's worker process."""

import os
import queue
import random
import signal
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NamedTuple

import numpy as np

from ...._random import stream
from ....ops.kernels import _switches
from .. import _info, _parcel
from .._random_states import random_states, restore_random_states
from ..datapipes._graph import give_seeds, share_out
from ..datapipes.datapipe import IterDataPipe, MapDataPipe
from .fetch import ENDED, Recipe, Seeds


class Begin(NamedTuple):
    """The order to begin a pass. ``random``: the states to go on from, where the pass is the rest of another
    one."""

    seeds: Seeds
    random: Any


class Batch(NamedTuple):
    """An answer: a batch, and the states of the random numbers after it."""

    batch: Any
    random: Any


class Ended(NamedTuple):
    """An answer: this worker's stream has no more items."""


class Failure(NamedTuple):
    """An answer: an exception, as text, with its class if that can be sent."""

    kind: Any
    text: str

    def raise_again(self, number: int) -> None:
        """Raise the same class of exception, its message led by the worker's own traceback."""
        message = (
            f"Caught {getattr(self.kind, '__name__', self.kind)} in DataLoader worker process "
            f"{number}.\n{self.text}"
        )
        raise _again(self.kind, message)


def _again(kind: type[BaseException], message: str) -> BaseException:
    """An exception that is caught as a ``kind``, and says ``message``.

    Where the constructor of the class wants or makes something else of it, the class gets a subclass of the
    same name that is made without it; the attributes that it would have set are missing then.
    """
    if issubclass(kind, StopIteration):  # it would end the loop, or be another error
        return RuntimeError(message)
    for make in (kind, partial(_made_without_constructor, kind)):
        with suppress(Exception):  # a class of the user's, whose methods may want or do anything
            again: BaseException = make(message)
            if str(again) == message:
                return again
    return RuntimeError(message)


def _made_without_constructor(kind: type[BaseException], message: str) -> BaseException:
    said = {
        "__init__": lambda self, *args: None,
        "__str__": lambda self: message,
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
    }
    made: BaseException = type(kind.__name__, (kind,), said)(message)
    return made


def failure(error: BaseException) -> Failure:
    """The exception as an answer."""
    return Failure(type(error), "".join(traceback.format_exception(error)))


def work(connection: "Connection[Any, Any]", parcel: Any, number: int, count: int) -> None:
    """Answer each task that comes through the connection, in order, until None comes or the other end is
    gone."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches all processes of a terminal: the main one decides
    _switches.run_serially()
    tasks: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(connection, tasks), daemon=True).start()
    problem: Failure | None = None
    recipe: Any = None
    init: Callable[[int], None] | None = None
    try:
        recipe, init = parcel.open()
    except Exception as error:  # noqa: BLE001 - unpickling runs the dataset's code: this is the answer
        problem = failure(error)
    fetch: Any = None
    while (task := tasks.get()) is not None:
        try:
            if isinstance(task, Begin):
                problem = None if recipe is not None else problem
                fetch = (
                    _begun(task, recipe, init, number, count, first=fetch is None)
                    if recipe is not None
                    else None
                )
                continue
            answer = problem or _answer(fetch(task))
        except Exception as error:  # noqa: BLE001 - the dataset's code; whatever it raises is the answer
            answer = failure(error)
            if isinstance(task, Begin):
                problem = answer
                continue
        _send(connection, answer)


def _answer(batch: Any) -> Any:
    return Ended() if batch is ENDED else Batch(batch, random_states())


def _listen(connection: "Connection[Any, Any]", tasks: "queue.SimpleQueue[Any]") -> None:
    """Pass the tasks on. A main process that is gone ends this one, whatever it is at."""
    while True:
        try:
            task = _parcel.unpacked(_parcel.receive(connection))
        except (EOFError, OSError):
            os._exit(1)
        tasks.put(task)
        if task is None:
            return


def _send(connection: "Connection[Any, Any]", answer: Any) -> None:
    try:
        _parcel.send(connection, answer)
    except (BrokenPipeError, ConnectionResetError):
        os._exit(1)
    except Exception as error:  # noqa: BLE001 - what can't be pickled; pickling raises anything
        said = (
            answer.text
            if isinstance(answer, Failure)
            else f"its batch can't be sent to the main process: {failure(error).text}"
        )
        _parcel.send(connection, Failure(RuntimeError, said))


def _begun(
    task: Begin, recipe: Recipe, init: Callable[[int], None] | None, number: int, count: int, *, first: bool
) -> Any:
    """A fetcher for the pass; in the worker's first one its random numbers start, pipes are shared out, and
    the user's function is called."""
    base, pipes = task.seeds
    if first:
        seed = base + number
        random.seed(seed)
        stream.default_stream.seed(seed)
        words = np.random.SeedSequence((number, base & 0xFFFFFFFF, base >> 32, 0)).generate_state(4)
        np.random.seed(words)  # the generator that datasets use, seeded as PyTorch does
        _info.current = _info.WorkerInfo(number, count, seed, recipe.dataset)
        if isinstance(recipe.dataset, (IterDataPipe, MapDataPipe)):
            share_out(recipe.dataset, count, number)
        if init is not None:
            init(number)
    if pipes is not None:
        give_seeds(recipe.dataset, pipes)
    if task.random is not None:
        restore_random_states(task.random)
    return recipe.fetcher()
