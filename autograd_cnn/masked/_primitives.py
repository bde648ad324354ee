"""What a primitive makes of tensors that carry a mask."""

from collections.abc import Sequence
from typing import Any, TypeAlias

from .._engine.dtypes import bool_ as truth
from .._engine.operators import NoOperandError
from .._functions.broadcasting import broadcast_to
from .._functions.comparison import where
from .._tensor import Tensor
from ..ops import Primitive

Masked: TypeAlias = tuple[Any, Tensor | None]
"""An operand and its mask; None lets every element take part."""

_ELEMENTWISE = frozenset(
    (
        *("absolute", "bitwise_not", "ceil", "floor", "isfinite", "isinf", "isnan", "leaky_relu"),
        *("logical_not", "nan_to_num", "negative", "relu", "round", "sign", "signbit", "square", "trunc"),
        *("zeros_like",),
    )
)
"""Elementwise primitives that neither broadcast nor make floats of integers, by which the others are told."""

_MOVING = frozenset(
    (
        *("broadcast_to", "concatenate", "contiguous", "crop", "diagonal", "flip", "getitem", "reshape"),
        *("roll", "stack", "transpose", "unfold"),
    )
)
"""They choose among elements, or lay them elsewhere: the mask goes with them."""


def under_masks(prim: Primitive, operands: Sequence[Masked], params: dict[str, Any]) -> Masked:
    """The result of ``prim`` and its mask.

    Raises TypeError where ``prim`` puts elements together that may be left out, ValueError where the masks
    are not the same.
    """
    values, masks = [value for value, _ in operands], [mask for _, mask in operands]
    if prim.name in _MOVING:
        every = [_mask_of(value, mask) for value, mask in operands]
        return prim(*values, **params), prim(*every, **params)
    if not (prim.broadcasts or prim.promotes == "float" or prim.name in _ELEMENTWISE):
        raise NoOperandError(
            f"{prim.name}() has no meaning for a MaskedTensor; take get_data() and get_mask(), or a "
            "function of masked with mask="
        )
    out: Any = prim(*values, **params)
    if prim.name == "where":
        chosen: Any = where(values[0], *(_mask_of(value, mask) for value, mask in operands[1:]))
        return out, chosen if masks[0] is None else chosen & masks[0]
    given = [mask for mask in masks if mask is not None]
    if any(not _equal(given[0], mask) for mask in given[1:]):
        raise ValueError(
            "Input masks must match. If you need support for this, please open an issue on Github: "
            "combine get_data() of both under one mask"
        )
    mask: Any = broadcast_to(given[0], tuple(out.shape)) if given else None
    return out, mask


def _mask_of(value: Any, mask: Tensor | None) -> Any:
    """The mask; True everywhere where there is none."""
    if mask is None:
        return value.new_ones(value.shape, dtype=truth) if isinstance(value, Tensor) else True
    return mask


def _equal(mask: Tensor, other: Tensor) -> bool:
    return mask.ndim == other.ndim and bool((mask == other).all())
