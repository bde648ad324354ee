"""How worker processes are started, and how the dataset reaches them.

By the fork server, or anew (spawn) where there is none: then they import the program's script and are sent
the dataset. A fork of the program itself copies threads' locks in whatever state they are, so it is what is
left where the other ways can't work: for a script without a guard, which may not be imported again, and for
datasets that can't be pickled (local classes, lambdas). PyTorch forks always.
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
    may_fork = wanted is None and _may_fork()
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
    """The way processes are started: as the user wants, or by the fork server where there is one."""
    if wanted is not None and not isinstance(wanted, str):
        return wanted
    methods = multiprocessing.get_all_start_methods()
    if wanted is not None and wanted not in methods:
        raise ValueError(f"multiprocessing_context {wanted!r} is not one of {methods}")
    return multiprocessing.get_context(
        wanted or ("forkserver" if "forkserver" in methods and _server_is_ours() else "spawn")
    )


def _may_fork() -> bool:
    """Whether a fork finds no thread at work that the program waits for.

    macOS knows fork, but its own libraries don't.
    """
    others = [t for t in threading.enumerate() if t is not threading.current_thread() and not t.daemon]
    return sys.platform == "linux" and threading.current_thread() is threading.main_thread() and not others


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
