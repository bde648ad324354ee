"""Every switch of the process: what may be chosen about kernels, and what a process may do.

They stand on the lowest floor, for kernels read them; who sets one sets it here, and no second copy is kept.
``_devices`` has the public functions over them, ``backends`` PyTorch's names. No compiler is imported for it.
"""

import os

serial_only = False
"""Whether this process launches no parallel kernel: data-loading workers, and every forked child."""

deterministic = False
"""Whether additions to the same place of an array of a GPU are made in a fixed order; on the CPU they always
are."""

deterministic_warn_only = False
"""Whether ``deterministic`` was asked for with ``warn_only``; nothing here depends on it."""

float32_products: str | None = None
"""How exact products of float32 on a GPU must be: "highest", or "high" and "medium", which allow TF32. None
until somebody says: then CuPy's own setting holds."""

cudnn = True
"""Whether convolutions on a GPU are cuDNN's where it is installed."""

cudnn_deterministic = False
"""Whether cuDNN must add in a fixed order, also where ``deterministic`` does not ask for it."""

cudnn_tf32 = True
"""Whether cuDNN may round the operands of float32 convolutions to TF32, as PyTorch lets it."""

cudnn_benchmark = False
"""Whether cuDNN was asked to time its algorithms; its heuristics choose all the same."""

cudnn_benchmark_limit = 10
"""How many algorithms it was asked to time; none are."""

_limit = 0


def set_threads(count):
    """Use at most ``count`` threads from here on."""
    global _limit
    _limit = count


def threads():
    """How many threads a parallel kernel may use in this process."""
    if serial_only:
        return 1
    return _limit or _processors()


def _processors():
    named = os.environ.get("NUMBA_NUM_THREADS") or os.environ.get("OMP_NUM_THREADS", "")
    return (
        int(named)
        if named.isdigit() and int(named)
        else len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def run_serially():
    """From here on this process launches no parallel kernel."""
    global serial_only
    serial_only = True


os.register_at_fork(after_in_child=run_serially)
