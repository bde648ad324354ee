"""The fully connected layer."""

from ... import ops
from ..._tensor import Tensor
from .._composition import composition


@composition
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ + b: input (*, K), weight (N, K) or (K,), bias (N,) or (), giving (*, N) or (*).

    With upstream signal G: dW = Gᵀ x, db = the column sums of G, dx = G W. RuntimeError where sizes or dtypes do not fit.
    """
    if weight.ndim not in (1, 2) or input.ndim < 1:
        raise RuntimeError(f"linear: expected input (*, K) and weight (N, K) or (K,), but got {list(input.shape)} and {list(weight.shape)}")
    features = weight.array.shape[-1]
    if input.array.shape[-1] != features:
        rows = input.array.size // max(input.array.shape[-1], 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{input.array.shape[-1]} and "
            f"{'x'.join(map(str, reversed(weight.shape)))}): the input has {input.array.shape[-1]} features, the weight takes {features}"
        )
    for name, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.array.dtype != input.array.dtype:
            raise RuntimeError(
                f"mat1 and mat2 must have the same dtype, but got {input.dtype!r} and {other.dtype!r} ({name}); convert one with .to(dtype)"
            )
    if input.ndim == 1 or weight.ndim == 1:
        output = input @ (weight if weight.ndim == 1 else weight.T)
    elif input.ndim == 2:
        output = ops.matmul(input, ops.transpose(weight, axes=(1, 0)))
    else:
        rows = ops.reshape(input, shape=(input.array.size // features if features else 0, features))
        output = ops.reshape(ops.matmul(rows, ops.transpose(weight, axes=(1, 0))), shape=(*input.array.shape[:-1], weight.array.shape[0]))
    return output if bias is None else output + bias
