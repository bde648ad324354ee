"""The fully connected layer."""

from ... import ops
from ..._tensor import Tensor
from .._composition import composition


@composition
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x Wᵀ + b: input (*, K), weight (N, K) or (K,), bias (N,) or (), giving (*, N) or (*).

    With upstream signal G: dW = Gᵀ x, db = the column sums of G, dx = G W. RuntimeError where sizes or
    dtypes do not fit.
    """
    if weight.ndim not in (1, 2) or input.ndim < 1:
        raise RuntimeError(
            f"linear: expected input (*, K) and weight (N, K) or (K,), but got {list(input.shape)} "
            f"and {list(weight.shape)}"
        )
    features = weight.array.shape[-1]
    if input.array.shape[-1] != features:
        rows = input.array.size // max(input.array.shape[-1], 1)
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{input.array.shape[-1]} and "
            f"{'x'.join(map(str, reversed(weight.shape)))}): the input has {input.array.shape[-1]} "
            f"features, the weight takes {features}"
        )
    if bias is not None and bias.ndim > 1:
        raise RuntimeError(f"linear: expected bias ({weight.shape[0]},) or (), but got {list(bias.shape)}")
    for name, other in (("weight", weight), ("bias", bias)):
        if other is not None and other.array.dtype != input.array.dtype:
            raise RuntimeError(
                f"mat1 and mat2 must have the same dtype, but got {input.dtype!r} and {other.dtype!r} "
                f"({name}); convert one with .to(dtype)"
            )
    if input.ndim == 1 or weight.ndim == 1:
        output = input @ (weight if weight.ndim == 1 else weight.T)
    elif input.ndim == 2:
        output = ops.matmul(input, ops.transpose(weight, axes=(1, 0)))
    else:
        rows = ops.reshape(input, shape=(input.array.size // features if features else 0, features))
        output = ops.reshape(
            ops.matmul(rows, ops.transpose(weight, axes=(1, 0))),
            shape=(*input.array.shape[:-1], weight.array.shape[0]),
        )
    return output if bias is None else output + bias


@composition
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
