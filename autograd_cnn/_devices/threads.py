"""How many threads the compiled kernels use."""

from ..ops.kernels import _switches


def set_num_threads(num: int) -> None:
    """Let kernels use at most ``num`` threads from here on, in this process. Results do not depend on it, to
    the last bit.

    Raises RuntimeError where ``num`` is not positive, TypeError where it is no integer. NumPy's own products
    follow its BLAS (``OPENBLAS_NUM_THREADS``, or the library threadpoolctl).
    """
    if isinstance(num, bool) or not isinstance(num, int):
        raise TypeError(f"set_num_threads expects an int, but got {type(num).__name__}")
    if num < 1:
        raise RuntimeError(f"set_num_threads expects a positive integer, got {num}")
    _switches.set_threads(num)


def get_num_threads() -> int:
    """How many threads kernels may use here: all processors unless told, 1 in a forked child or a
    data-loading worker."""
    return int(_switches.threads())
