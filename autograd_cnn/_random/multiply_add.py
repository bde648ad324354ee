"""x * factor + summand, rounded once, as the fused multiply-add of processors rounds it. PyTorch's compiled
code uses it."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]


def multiply_add(x: Array, factor: Any, summand: Any) -> Array:
    """``x * factor + summand`` of singles, or of doubles, rounded once.

    The product of two singles is exact in a double. For doubles the errors of the product (T. J. Dekker,
    1971) and of the sum (D. E. Knuth) are found and added at the end.
    """
    if x.dtype == np.float32:
        out = x.astype(np.float64)
        out *= factor
        out += summand
        return out.astype(np.float32)
    product = x * factor
    x_high, x_low = _halves(x)
    factor_high, factor_low = _halves(factor)
    product_error = x_low * factor_low - (
        ((product - x_high * factor_high) - x_low * factor_high) - x_high * factor_low
    )
    total = product + summand
    part = total - product
    total_error = (product - (total - part)) + (summand - part)
    return total + (product_error + total_error)  # type: ignore[no-any-return]  # arrays of doubles


def _halves(x: Any) -> tuple[Any, Any]:
    """x as a sum of two numbers of 26 bits, whose products are exact."""
    scaled = x * np.float64(2**27 + 1)
    high = scaled - (scaled - x)
    return high, x - high
