"""Computations on arrays that run as compiled loops where these serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import kernels
from .expression import Expression, Trace
from .loops import Loops
from .makers import NoFormulaError

MOST = 128
"""So many sets of shapes are remembered for a computation."""

SMALL = 2**10
"""Operands of fewer elements are computed primitive by primitive."""

_F32, _BOOL = np.dtype(np.float32), np.dtype(np.bool_)

Written = Callable[[list[Expression], dict[str, Any]], list[Expression]]
"""Results as expressions, of operands as expressions and parameters."""


def served(arrays: Sequence[Any]) -> bool:
    """Whether compiled loops serve these arrays: single precision (and masks) in the host's memory, enough of
    them to be worth a launch."""
    most = 0
    for a in arrays:
        if type(a) is not np.ndarray or not (a.dtype is _F32 or a.dtype == _F32 or a.dtype == _BOOL):
            return False
        if not a.size or not a.flags.aligned:
            return False
        most = max(most, a.size)
    return most >= SMALL and kernels.loaded() is not None


def _told(params: dict[str, Any]) -> str:
    """Parameters as a key: -0.0 is not 0.0, nor True 1, and NaN is NaN."""
    return repr(params) if params else ""


class Fused:
    """A computation in compiled loops, which are made for each set of shapes and strides when it is met."""

    written: Written

    def __init__(self, written: Written, *, singles: bool = False) -> None:
        self.written, self.singles = written, singles
        self.known: dict[Any, Loops | None] = {}
        self.traced: dict[Any, list[Expression]] = {}

    def __call__(
        self, names: Sequence[str], arrays: Sequence[Any], params: dict[str, Any]
    ) -> list[Any] | None:
        """The results; None where the loops do not serve."""
        if not served(arrays):
            return None
        key = (*[(a.shape, a.strides, a.dtype.char) for a in arrays], _told(params))
        try:
            loops = self.known[key]
        except KeyError:
            loops = self._made(names, arrays, params)
            if len(self.known) >= MOST:
                self.known.clear()
            self.known[key] = loops
        return None if loops is None else loops(arrays)

    def _made(self, names: Sequence[str], arrays: Sequence[Any], params: dict[str, Any]) -> Loops | None:
        try:
            return Loops(self.expressions(names, arrays, params), names, arrays)
        except NoFormulaError:
            return None

    def expressions(
        self, names: Sequence[str], arrays: Sequence[Any], params: dict[str, Any]
    ) -> list[Expression]:
        """The computation for operands of these shapes, to be evaluated on any arrays, or on Tensors, which
        record."""
        key = (*[(a.shape, a.dtype == _BOOL) for a in arrays], _told(params))
        found = self.traced.get(key)
        if found is None:
            trace = Trace(singles=self.singles)
            symbols = [
                trace.operand(n, a.shape, a.dtype == _BOOL) for n, a in zip(names, arrays, strict=True)
            ]
            found = self.written(symbols, params)
            if len(self.traced) >= MOST:
                self.traced.clear()
            self.traced[key] = found
        return found
