"""How attention is computed: here in one way, so that choices of kernels are taken and change nothing."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from logging import getLogger
from typing import Any

__all__ = [
    "WARN_FOR_UNFUSED_KERNELS",
    "SDPBackend",
    "activate_flash_attention_impl",
    "current_flash_attention_impl",
    "list_flash_attention_impls",
    "register_flash_attention_impl",
    "restore_flash_attention_impl",
    "sdpa_kernel",
]

WARN_FOR_UNFUSED_KERNELS = False


class SDPBackend(Enum):
    """Ways of computing ``scaled_dot_product_attention``; here it is MATH's."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextmanager
def sdpa_kernel(backends: Sequence[SDPBackend] | SDPBackend, set_priority: bool = False) -> Iterator[None]:
    """Choose the kernels of attention; results do not depend on it. AssertionError for anything else."""
    given = backends if isinstance(backends, (list, tuple)) else [backends]
    if not all(isinstance(backend, SDPBackend) for backend in given):
        raise AssertionError("Backend must be an instance of SDPBackend or a list of SDPBackend instances")
    yield


_known: dict[str, Callable[[], Any]] = {}
_active: list[tuple[str, Any]] = []


def register_flash_attention_impl(impl: str, *, register_fn: Callable[[], Any]) -> None:
    """Remember what makes an implementation of attention active: ``register_fn()``, which returns a handle
    with ``remove()``."""
    _known[impl] = register_fn


def activate_flash_attention_impl(impl: str) -> None:
    """Let a registered implementation make itself active, after the one before was taken away. ValueError
    for another name."""
    restore_flash_attention_impl(_raise_warn=False)
    if impl not in _known:
        raise ValueError(
            f"Unknown flash attention impl '{impl}'. Available implementations: "
            f"{list_flash_attention_impls()}"
        )
    handle = _known[impl]()
    if handle is not None:
        _active.append((impl, handle))


def list_flash_attention_impls() -> list[str]:
    """The names that are registered."""
    return sorted(_known)


def current_flash_attention_impl() -> str | None:
    """The one that is active."""
    return _active[-1][0] if _active else None


def restore_flash_attention_impl(_raise_warn: bool = True) -> None:
    """Take the active one away."""
    if _active:
        _active.pop()[1].remove()
    elif _raise_warn:
        getLogger(__name__).warning("no implementation of attention was activated that could be taken away")
