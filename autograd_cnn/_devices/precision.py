"""TF32: whether a GPU may round the operands of float32 products to 10 bits of fraction, for its tensor
cores.

CuPy decides for each product which type cuBLAS computes in; it reads ``CUPY_TF32`` in the environment once,
and can be told.
"""

import sys
import warnings
from typing import Any

import numpy as np

from ..ops.kernels import _switches

__all__ = ["get_float32_matmul_precision", "set_float32_matmul_precision"]

_told: tuple[Any, str | None] = (None, None)
"""Which library was told last, and what."""


def set_float32_matmul_precision(precision: str) -> None:
    """ "highest": products of float32 are computed in float32; "high" or "medium" lets a GPU round their
    operands to TF32."""
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current setting is kept",
            UserWarning,
            stacklevel=2,
        )
        return
    _switches.float32_products = precision
    if "cupy" in sys.modules:
        tell(sys.modules["cupy"])


def get_float32_matmul_precision() -> str:
    """What :func:`set_float32_matmul_precision` was told; "highest" until then."""
    return _switches.float32_products or "highest"


def tell(cupy: Any) -> None:
    """Let CuPy know what was chosen, where it does not yet."""
    global _told
    chosen = _switches.float32_products
    if chosen is None or _told == (cupy, chosen):
        return
    linalg = cupy._core._routines_linalg
    exact = linalg.COMPUTE_TYPE_DEFAULT if chosen == "highest" else linalg.COMPUTE_TYPE_TF32
    linalg.set_compute_type(np.float32, exact)
    _told = (cupy, chosen)
