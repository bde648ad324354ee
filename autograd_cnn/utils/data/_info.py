"""Which worker this process is."""

from typing import Any, NamedTuple


class WorkerInfo(NamedTuple):
    """What a dataset in a worker may ask: which worker of how many it is in, its seed, and the worker's copy
    of itself."""

    id: int
    num_workers: int
    seed: int
    dataset: Any


current: WorkerInfo | None = None
"""Set in a worker when its first pass begins."""


def get_worker_info() -> WorkerInfo | None:
    """The worker this is called in; None in the main process."""
    return current
