"""The fully connected layer."""

import math
from types import NotImplementedType
from typing import Any

from ... import ops
from ..._tensor import Tensor
from .._composition import composition, fusible

__all__ = [
    "bilinear",
    "linear",
]


@composition(half="kernels")
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ + b: input (*, K), weight (N, K) or (K,), bias (N,) or (), giving (*, N) or (*).

    With upstream signal G: dW = Gᵀ x, db = the column sums of G, dx = G W. RuntimeError where sizes or
    dtypes do not fit.
    """
    x, w = input.array, weight.array
    if w.ndim not in (1, 2) or x.ndim < 1:
        raise RuntimeError(
            f"linear: expected input (*, K) and weight (N, K) or (K,), but got {list(x.shape)} and "
            f"{list(w.shape)}"
        )
    if x.shape[-1] != w.shape[-1]:
        rows = x.size // max(x.shape[-1], 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and "
            f"{'x'.join(map(str, reversed(w.shape)))}): the input has {x.shape[-1]} features, the weight "
            f"takes {w.shape[-1]}"
        )
    if bias is not None and bias.array.ndim > 1:
        raise RuntimeError(f"linear: expected bias ({w.shape[0]},) or (), but got {list(bias.shape)}")
    if bias is not None and bias.array.dtype != x.dtype and _is_number(bias, x):
        bias = ops.cast(bias, dtype=x.dtype)
    if w.dtype != x.dtype or (bias is not None and bias.array.dtype != x.dtype):
        name, other = ("weight", weight) if bias is None or w.dtype != x.dtype else ("bias", bias)
        raise RuntimeError(
            f"mat1 and mat2 must have the same dtype, but got {input.dtype!r} and {other.dtype!r} "
            f"({name}); convert one with .to(dtype)"
        )
    return affine(input, weight, bias)


def _is_number(bias: Tensor, x: Any) -> bool:
    """Whether the bias of ``x`` is a number, whose dtype counts for nothing: one without axes is, but for a
    matrix ``x``."""
    b = bias.array
    return b.ndim == 0 and x.ndim != 2 and (x.dtype.kind == "f" or b.dtype.kind != "f")


@fusible
def affine(input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """x Wᵀ + b, of operands that fit."""
    axes = input.array.ndim
    if axes == 1 or weight.ndim == 1:
        output = input @ (weight if weight.ndim == 1 else weight.T)
    elif axes == 2:
        output = ops.matmul(input, ops.transpose(weight, axes=(1, 0)))
    else:
        *lead, features = input.array.shape
        count = input.array.size // features if features else math.prod(lead)
        rows = ops.reshape(input, shape=(count, features))
        output = ops.reshape(
            ops.matmul(rows, ops.transpose(weight, axes=(1, 0))), shape=(*lead, weight.array.shape[0])
        )
    return output if bias is None else output + bias


@affine.fused
def as_one_operator(input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor | NotImplementedType:
    """Of matrices of floats that are not empty, with a bias for each column."""
    x, w = input.array, weight.array
    if (
        bias is None
        or not x.ndim == w.ndim == 2
        or bias.array.shape != w.shape[:1]
        or x.dtype.kind != "f"
        or not (x.size and w.size)
    ):
        return NotImplemented
    return ops.affine(input, weight, bias)


@composition(half="kernels")
def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x1ᵀ A_o x2 + b_o for every o: inputs (*, I) and (*, J), weight (O, I, J), bias (O,), giving (*,
    O)."""
    if weight.ndim != 3:
        raise RuntimeError(
            "bilinear(): expected weight of shape (out_features, in1_features, in2_features), but "
            f"got {list(weight.shape)}"
        )
    if input1.array.shape[:-1] != input2.array.shape[:-1]:
        raise RuntimeError(
            f"bilinear(): input batch dimensions do not match: got {list(input1.shape)} and "
            f"{list(input2.shape)}"
        )
    for name, x, size in (
        ("input1", input1, weight.array.shape[1]),
        ("input2", input2, weight.array.shape[2]),
    ):
        if x.array.shape[-1] != size:
            raise RuntimeError(
                f"bilinear(): {name} size does not match weight size: got {x.array.shape[-1]} but "
                f"expected {size}"
            )
    rows, columns = (ops.reshape(x, shape=(-1, x.array.shape[-1])) for x in (input1, input2))
    half = ops.einsum(rows, weight, spec="ni,oij->noj")
    output = ops.reshape(
        ops.einsum(half, columns, spec="noj,nj->no"), shape=(*input1.array.shape[:-1], weight.array.shape[0])
    )
    return output if bias is None else output + bias
