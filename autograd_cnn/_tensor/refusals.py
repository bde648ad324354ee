"""What ``record`` says where it cannot go on."""

from typing import Any, NoReturn

from .._engine.operands import explain
from ..ops import Plan, Primitive


def refuse_to_keep(plan: Plan, made_there: int) -> None:
    """RuntimeError where an operand that ``plan`` keeps was made in inference mode (its bit is set)."""
    if any(origin is not None and origin >= 0 and made_there >> origin & 1 for origin in plan.origins):
        raise RuntimeError(
            "Inference tensors cannot be saved for backward. Please do not use Tensors created in inference "
            "mode in computation tracked by autograd. To work around this, you can make a clone to get a "
            "normal tensor and use it in autograd, or use `torch.no_grad()` instead of "
            "`torch.inference_mode()`."
        )


def raise_explained(prim: Primitive, arrays: list[Any], error: Exception) -> NoReturn:
    """Raise what :func:`explain` makes of ``error``."""
    said = explain(prim, arrays, error)
    try:
        if said is error:
            raise error
        raise said from error
    finally:
        del said, error  # their tracebacks hold this frame: a cycle would keep the operands alive
