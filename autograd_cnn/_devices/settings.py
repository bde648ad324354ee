"""Determinism and threads: functions that scripts call once at their beginning. The switches that they set
stand in ``ops.kernels._switches``."""

import warnings

from ..ops.kernels import _switches

__all__ = [
    "are_deterministic_algorithms_enabled",
    "get_deterministic_debug_mode",
    "get_num_interop_threads",
    "get_num_threads",
    "is_deterministic_algorithms_warn_only_enabled",
    "is_warn_always_enabled",
    "set_deterministic_debug_mode",
    "set_flush_denormal",
    "set_num_interop_threads",
    "set_num_threads",
    "set_warn_always",
    "use_deterministic_algorithms",
]


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """On a GPU, add to rows in a fixed order (the gradients of ``embedding``, ``gather``, indices), which
    takes a sort.

    All other algorithms are deterministic anyway, and on the CPU all of them. What ``empty`` and its kin make
    is filled with NaN, or the largest integer.
    """
    _switches.deterministic = bool(mode)
    _switches.deterministic_warn_only = bool(mode and warn_only)


def alert_not_deterministic(caller: str) -> None:
    """RuntimeError, or a warning under ``warn_only``, where deterministic algorithms are asked for and
    PyTorch's ``caller`` has none; here it has, but a script should be told what it would be told there."""
    if not _switches.deterministic:
        return
    said = f"{caller} does not have a deterministic implementation, but you set 'torch.use_deterministic_"
    if _switches.deterministic_warn_only:
        warnings.warn(f"{said}algorithms(True, warn_only=True)'.", UserWarning, stacklevel=3)
        return
    raise RuntimeError(
        f"{said}algorithms(True)'. You can turn off determinism just for this operation, or you can use the "
        "'warn_only=True' option, if that's acceptable for your application."
    )


def are_deterministic_algorithms_enabled() -> bool:
    """What :func:`use_deterministic_algorithms` was told."""
    return _switches.deterministic


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """What :func:`use_deterministic_algorithms` was told."""
    return _switches.deterministic_warn_only


_DEBUG_MODES = ("default", "warn", "error")


def set_deterministic_debug_mode(debug_mode: int | str) -> None:
    """:func:`use_deterministic_algorithms` by a word or a number: "default" (0), "warn" (1), "error" (2).

    Raises RuntimeError for another word or number, TypeError for neither.
    """
    if not isinstance(debug_mode, (int, str)):
        raise TypeError(f"debug_mode must be str or int, but got {type(debug_mode)}")
    if debug_mode not in (*_DEBUG_MODES, 0, 1, 2):
        raise RuntimeError(
            f"invalid value of debug_mode, expected 0, 1, 2, `default`, `warn`, `error`, but got {debug_mode}"
        )
    level = _DEBUG_MODES.index(debug_mode) if isinstance(debug_mode, str) else debug_mode
    use_deterministic_algorithms(level > 0, warn_only=level == 1)


def get_deterministic_debug_mode() -> int:
    """What :func:`set_deterministic_debug_mode` was told, as a number."""
    if not _switches.deterministic:
        return 0
    return 1 if _switches.deterministic_warn_only else 2


_warn_always = False


def set_warn_always(b: bool, /) -> None:
    """Kept for :func:`is_warn_always_enabled`: warnings are repeated as Python's filters say. TypeError where
    it is no bool."""
    global _warn_always
    if not isinstance(b, bool):
        raise TypeError(f"setWarnOnlyOnce expects a bool, but got {type(b).__name__}")
    _warn_always = b


def is_warn_always_enabled() -> bool:
    """What :func:`set_warn_always` was told."""
    return _warn_always


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


def set_num_interop_threads(num: int) -> None:
    """Nothing to do: operators run one after another. RuntimeError unless it is positive."""
    if num <= 0:
        raise RuntimeError(f"set_num_interop_threads expects a positive integer, got {num}")


def get_num_interop_threads() -> int:
    """1: operators run one after another."""
    return 1


def set_flush_denormal(mode: bool) -> bool:
    """False: the processor's mode is not changed."""
    return False
