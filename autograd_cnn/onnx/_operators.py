"""Primitives as ONNX nodes: each function gets the trace, the result, the operands and the parameters, and
adds nodes."""

from collections.abc import Callable
from typing import Any

from ._elementwise import ELEMENTWISE
from ._movement import MOVEMENT
from ._reductions import REDUCTIONS
from ._trace import Trace


def _max_pool_index(trace: Trace, result: Any, x: Any, **params: Any) -> None:
    raise NotImplementedError("onnx.export: max-pooling with return_indices has no form in ONNX here")


OPERATORS: dict[str, Callable[..., Any]] = (
    ELEMENTWISE | MOVEMENT | REDUCTIONS | {"max_pool_index": _max_pool_index}
)
