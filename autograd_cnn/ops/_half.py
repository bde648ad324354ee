"""float16 is a format to keep numbers in, not one to compute in: of eleven digits, and full at 65504.

What is computed of half-precision arrays is computed in float32 and rounded once, at the end: sums, squares
and counts on the way neither overflow nor lose digits. Which operators that concerns is declared with them,
by the ``half`` of a primitive:

- ``"single"``: forward and rules compute in float32;
- ``"kernels"``: so they do on the host; on a GPU the forward takes halves as they are, for its kernels (and
  cuBLAS, cuDNN, CuPy's elementwise loops) have registers of float32 themselves;
- ``"same"``: the elements only move or are compared, and nothing needs to be wider.
"""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

Half = Literal["single", "kernels", "same"]

HALF, SINGLE = np.dtype(np.float16), np.dtype(np.float32)
_NORMAL = (float(np.finfo(HALF).tiny), float(np.finfo(HALF).max))


def has_half(values: Sequence[Any]) -> bool:
    """Whether one of the arrays is of half precision."""
    return any(getattr(a, "dtype", None) == HALF for a in values)


def in_single(half: Half, values: Sequence[Any]) -> bool:
    """Whether an operator declared ``half`` is to compute these operands in float32."""
    if half == "same" or not has_half(values):
        return False
    return half == "single" or not all(map(_fits_kernels, values))


def _fits_kernels(value: Any) -> bool:
    """Whether ``value`` is on a GPU, or a number that is (nearly) the same in half precision."""
    if hasattr(value, "dtype"):
        return not isinstance(value, np.ndarray)
    least, most = _NORMAL
    return bool(value == 0 or least <= abs(value) <= most)


def single(value: Any) -> Any:
    """``value`` in float32 where it is an array of half precision, or a tuple with such; else as it is."""
    if type(value) is tuple:
        return tuple(map(single, value))
    return value.astype(SINGLE) if getattr(value, "dtype", None) == HALF else value


def rounded(value: Any) -> Any:
    """``value`` in half precision where it is an array of float32; else as it is."""
    return value.astype(HALF) if getattr(value, "dtype", None) == SINGLE else value


def _is_wider(value: Any) -> bool:
    kind = getattr(value, "dtype", HALF)
    return bool(kind.kind == "f" and kind != HALF)


def rounded_results(out: Any, outputs: int, operands: Sequence[Any]) -> Any:
    """What a forward made in float32 of ``operands`` in half precision, rounded: all of it, or the first
    ``outputs`` of several; auxiliary values stay. Beside wider operands the result is as wide as they are."""
    if any(map(_is_wider, operands)):
        return out
    return (*map(rounded, out[:outputs]), *out[outputs:]) if type(out) is tuple else rounded(out)
