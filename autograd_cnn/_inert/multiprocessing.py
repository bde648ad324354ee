"""Python's multiprocessing. A tensor that is sent to another process arrives as a copy."""

from multiprocessing import *
from multiprocessing import get_context
from typing import Any

__all__ = [
    "get_all_sharing_strategies",
    "get_context",
    "get_sharing_strategy",
    "set_sharing_strategy",
    "spawn",
    "start_processes",
]


def get_all_sharing_strategies() -> set[str]:
    """The ways in which PyTorch shares memory."""
    return {"file_descriptor", "file_system"}


def get_sharing_strategy() -> str:
    """PyTorch's default."""
    return "file_descriptor"


def set_sharing_strategy(new_strategy: str) -> None:
    """Nothing to do: tensors are copied."""


def start_processes(
    fn: Any,
    args: Any = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> Any:
    """Run ``fn(i, *args)`` in ``nprocs`` processes; wait for them where ``join``, and raise RuntimeError
    where one failed."""
    context: Any = get_context(start_method)
    processes = [context.Process(target=fn, args=(i, *args), daemon=daemon) for i in range(nprocs)]
    for process in processes:
        process.start()
    if not join:
        return processes
    for process in processes:
        process.join()
    failed = [i for i, process in enumerate(processes) if process.exitcode]
    if failed:
        raise RuntimeError(f"process {failed[0]} terminated with exit code {processes[failed[0]].exitcode}")
    return None


def spawn(
    fn: Any,
    args: Any = (),
    nprocs: int = 1,
    join: bool = True,
    daemon: bool = False,
    start_method: str = "spawn",
) -> Any:
    """The same, in processes that are started anew."""
    return start_processes(fn, args, nprocs, join, daemon, start_method)
