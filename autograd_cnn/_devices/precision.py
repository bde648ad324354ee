"""TF32: whether a GPU may round the operands of float32 products to 10 bits of fraction, for its tensor
cores.

CuPy decides for each product which type cuBLAS computes in; it reads ``CUPY_TF32`` in the environment once,
and can be told.
"""

import sys
from typing import Any

import numpy as np

_allowed: bool | None = None
_told: Any = None


def tf32_allowed() -> bool:
    """What :func:`allow_tf32` was told; False until then."""
    return bool(_allowed)


def allow_tf32(allowed: bool) -> None:
    """Let float32 products on a GPU use TF32, or not. Until this is called, CuPy's own setting holds."""
    global _allowed, _told
    _allowed, _told = bool(allowed), None
    if "cupy" in sys.modules:
        apply(sys.modules["cupy"])


def apply(cupy: Any) -> None:
    """Tell CuPy, once."""
    global _told
    if _allowed is None or _told is cupy:
        return
    linalg = cupy._core._routines_linalg
    linalg.set_compute_type(np.float32, linalg.COMPUTE_TYPE_TF32 if _allowed else linalg.COMPUTE_TYPE_DEFAULT)
    _told = cupy
