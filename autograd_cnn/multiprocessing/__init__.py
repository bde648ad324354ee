"""Python's ``multiprocessing`` under PyTorch's name, with ``spawn``, which starts a function several times.

Tensors in queues and pipes are sent as copies of their numbers.
"""

import multiprocessing as _processes
import sys
from multiprocessing import *

from ._spawn import ProcessContext as ProcessContext
from ._spawn import ProcessException as ProcessException
from ._spawn import ProcessExitedException as ProcessExitedException
from ._spawn import ProcessRaisedException as ProcessRaisedException
from ._spawn import SpawnContext as SpawnContext
from ._spawn import spawn as spawn
from ._spawn import start_processes as start_processes

context = _processes.context
process = _processes.process
reducer = _processes.reducer


def get_all_sharing_strategies() -> set[str]:
    """How tensors may be shared between processes; the names are PyTorch's."""
    return {"file_system", "file_descriptor"} if sys.platform == "linux" else {"file_system"}


def get_sharing_strategy() -> str:
    """The strategy in use: what is sent is copied, whichever it is."""
    return _strategy


def set_sharing_strategy(new_strategy: str) -> None:
    """Choose a strategy by its name; nothing depends on it here."""
    global _strategy
    if new_strategy not in get_all_sharing_strategies():
        raise AssertionError(
            f"{new_strategy!r} is no sharing strategy; known are {sorted(get_all_sharing_strategies())}"
        )
    _strategy = new_strategy


_strategy = "file_descriptor" if sys.platform == "linux" else "file_system"


def init_reductions() -> None:
    """Nothing is to be registered: tensors are pickled like all else."""
