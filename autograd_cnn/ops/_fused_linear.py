"""The fully connected layer as one operator: x Wᵀ + b."""

import numpy as np

from ._contraction import matmul, swap_last
from ._errors import DTypeError, ShapeError
from ._primitive import primitive
from ._reduction import sum
from .kernels import compiled


@primitive(half="kernels")
def affine(x, weight, bias, /):
    """x Wᵀ + b: (M, K), (N, K), (N,) -> (M, N)."""
    if x.ndim != 2 or weight.ndim != 2 or x.shape[1] != weight.shape[1] or bias.shape != weight.shape[:1]:
        raise ShapeError(
            f"affine: expected (M, K), (N, K) and (N,), got shapes {x.shape}, {weight.shape} and {bias.shape}"
        )
    if not x.dtype == weight.dtype == bias.dtype:
        raise DTypeError(
            f"affine: expected one dtype, got {x.dtype}, {weight.dtype} and {bias.dtype}; convert "
            "with .to(dtype)"
        )
    if (k := compiled(x, weight, bias, work=x.size * len(weight))) is not None and k.product.serves(
        x, weight.T
    ):
        return k.product.product(x, weight.T, bias)
    return np.matmul(x, weight.T) + bias


@affine.vjp("x")
def affine_x(g, weight):
    return matmul(g, weight)


@affine.vjp("weight")
def affine_weight(g, x):
    return matmul(swap_last(g), x)


@affine.vjp("bias")
def affine_bias(g):
    return sum(g, axis=0)


affine.samples(lambda draw: [(draw(2, 3), draw(4, 3), draw(4)), (draw(0, 3), draw(2, 3), draw(2))])
