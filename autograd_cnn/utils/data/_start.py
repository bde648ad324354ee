"""How worker processes are started, and how the dataset reaches them.

On Linux the program is forked, as PyTorch's is: a worker then has the dataset already, whatever it is made
of, and a script needs no guard. A fork copies the locks of other threads in whatever state they are; where
such threads are at work, workers come from the fork server instead, if the dataset can be pickled and the
script be imported again. Elsewhere they are started anew (spawn). What the program chose for all processes,
``multiprocessing.set_start_method``, is the choice here too.
"""

import multiprocessing
import os
import pickle
import sys
import threading
from typing import Any, NamedTuple

from . import _parcel

GUARD = (
    'the script that starts it needs an `if __name__ == "__main__":` around what it runs, as '
    "worker processes import it"
)


class Start(NamedTuple):
    """What is known before the first worker starts."""

    context: Any
    parcel: "_parcel.Parcel | Inherited"


class Inherited:
    """A value that a forked worker has already."""

    def __init__(self, value: Any) -> None:
        self._value = value

    def open(self) -> Any:
        """The value."""
        return self._value

    def close(self) -> None:
        """Nothing to let go of."""


def start_of(value: Any, wanted: Any, count: int) -> Start:
    """How ``count`` workers that need ``value`` are started; ``wanted``: the context asked for, or None.

    RuntimeError where a worker would run the whole script again; where ``value`` can't be sent, what pickling
    raises.
    """
    context = context_of(wanted)
    if context.get_start_method() == "fork":
        return Start(context, Inherited(value))
    may_fork = wanted is None and _forks_by_default()
    if not _importable_again():
        if may_fork:
            return _forked(value)
        raise RuntimeError(f"DataLoader with num_workers={count} can't start them: {GUARD}")
    try:
        return Start(context, _parcel.Parcel(value))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        if may_fork:
            return _forked(value)
        raise type(error)(
            f"DataLoader with num_workers={count}: the dataset, collate_fn and worker_init_fn are "
            "sent to other processes, and one "
            f"of them can't be pickled: {error}. Define functions and classes at the top of a "
            "module (no lambda), or use num_workers=0"
        ) from error


def _forked(value: Any) -> Start:
    return Start(multiprocessing.get_context("fork"), Inherited(value))


def context_of(wanted: Any) -> Any:
    """The way processes are started: as the user wants, or by a fork where that is safe."""
    if wanted is not None and not isinstance(wanted, str):
        return wanted
    methods = multiprocessing.get_all_start_methods()
    if wanted is not None and wanted not in methods:
        raise ValueError(
            "multiprocessing_context option should specify a valid start method in "
            f"{methods!r}, but got multiprocessing_context={wanted!r}"
        )
    chosen = wanted or multiprocessing.get_start_method(allow_none=True)
    if chosen is None and _forks_by_default() and not _threads_at_work():
        chosen = "fork"
    served = "forkserver" in methods and _server_is_ours()
    return multiprocessing.get_context(chosen or ("forkserver" if served else "spawn"))


def _forks_by_default() -> bool:
    """Whether the program may be forked unasked: macOS knows fork, but its own libraries don't."""
    return sys.platform == "linux" and multiprocessing.get_start_method(allow_none=True) != "spawn"


def _threads_at_work() -> bool:
    """Whether a fork would find other threads, which may hold locks; those of the library itself and other
    daemons (a progress bar's) hold none that a worker waits for."""
    here = threading.current_thread()
    return here is not threading.main_thread() or any(
        not thread.daemon for thread in threading.enumerate() if thread is not here
    )


def _importable_again() -> bool:
    """Whether a worker may import the program's script: one that nowhere asks for its ``__name__`` would run
    whole again.

    What has no file (a notebook, ``python -c``), and a package's ``__main__``, is not imported.
    """
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is None or (main.__spec__ is not None and main.__spec__.name.endswith("__main__")):
        return True
    try:
        with open(path, "rb") as file:
            return b"__name__" in file.read()
    except OSError:  # no file now; the worker will say so
        return True


def _server_is_ours() -> bool:
    """Whether this process may ask for the fork server: the child of a fork can't ask its parent's."""
    global _asked_by
    _asked_by = _asked_by or os.getpid()
    return _asked_by == os.getpid()


_asked_by = 0
"""The process that asked for the fork server first."""
