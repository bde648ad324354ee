"""The layers of LeNet as Caffe and a plain NumPy network compute them: the same functions, in other forms.

Caffe unfolds one image at a time and multiplies; a NumPy network sets the columns of all images side by side
and multiplies once. Both equal :func:`conv2d`. No layer calls them: the derivations in ``docs/``, notebooks
and tests do, to be read, drawn and compared. Their gradients come from the primitives.
"""

import math

from ... import ops
from ..._creation.creation import ones
from ..._tensor import Tensor
from ...ops import Geometry
from .._composition import composition
from ._arguments import Sizes, batched, padded, per_axis
from .convolution import geometry

__all__ = [
    "conv2d_image_by_image",
    "conv2d_whole_batch",
    "im2col",
    "inner_product",
    "linear_as_convolution",
    "max_pool2d_by_columns",
]


def im2col(images: Tensor, plan: Geometry) -> tuple[Tensor, tuple[int, ...]]:
    """Images (N, C, H, W) unfolded to columns (N, C k_h k_w, H' W'), and (H', W'). A pixel appears in many
    columns."""
    seen = ops.windows(
        padded(images, plan.padding), kernel=plan.kernel, stride=plan.stride, dilation=plan.dilation
    )
    n, c = images.array.shape[:2]
    places = tuple(seen.array.shape[-len(plan.kernel) :])
    return ops.reshape(seen, shape=(n, c * math.prod(plan.kernel), math.prod(places))), places


def _rows_of_ones(count: int, like: Tensor) -> Tensor:
    return ones(1, count, dtype=like.dtype, device=like.device)


@composition(half="same")
def conv2d_image_by_image(
    input: Tensor,
    weight: Tensor,
    bias: Tensor,
    stride: Sizes = 1,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    groups: int = 1,
) -> Tensor:
    """Caffe's convolution of (N, C, H, W): for each image and group Z = W · columns + b times a row of ones.

    The loop over the batch adds up dW and db; the columns' gradient Wᵀ dZ is folded back, which adds every
    entry to its pixel.
    """
    plan = geometry("conv2d", input, weight, bias, stride, padding, dilation, groups)
    columns, places = im2col(input, plan)
    outputs, rows = weight.array.shape[0] // groups, columns.array.shape[1] // groups
    matrix = ops.reshape(weight, shape=(groups, outputs, rows))
    offsets = ops.matmul(ops.reshape(bias, shape=(-1, 1)), _rows_of_ones(math.prod(places), input))
    images = []
    for image in range(input.array.shape[0]):
        blocks = [ops.matmul(matrix[g], columns[image][g * rows : (g + 1) * rows]) for g in range(groups)]
        images.append(ops.concatenate(*blocks, axis=0) + offsets)
    return ops.reshape(ops.stack(*images, axis=0), shape=(len(images), weight.array.shape[0], *places))


@composition(half="same")
def conv2d_whole_batch(
    input: Tensor, weight: Tensor, bias: Tensor, stride: Sizes = 1, padding: Sizes = 0, dilation: Sizes = 1
) -> Tensor:
    """The convolution of (N, C, H, W) as one matrix product: the columns of all images side by side, (C k_h
    k_w) x (H' W' N)."""
    plan = geometry("conv2d", input, weight, bias, stride, padding, dilation, 1)
    columns, places = im2col(input, plan)
    n, rows, count = columns.array.shape
    side_by_side = ops.reshape(ops.transpose(columns, axes=(1, 2, 0)), shape=(rows, count * n))
    matrix = ops.reshape(weight, shape=(weight.array.shape[0], rows))
    scores = ops.matmul(matrix, side_by_side) + ops.reshape(bias, shape=(-1, 1))
    return ops.transpose(ops.reshape(scores, shape=(weight.array.shape[0], *places, n)), axes=(3, 0, 1, 2))


@composition(half="same")
def max_pool2d_by_columns(input: Tensor, kernel_size: Sizes, stride: Sizes | None = None) -> Tensor:
    """Max-pooling of (N, C, H, W) by unfolding each channel and taking the maximum of every column.

    The gradient goes back through the recorded positions of the winners, and then through the fold.
    """
    x, _ = batched("max_pool2d", input, 2)
    n, c, h, w = x.array.shape
    kernel = per_axis("kernel_size", kernel_size, 2)
    steps = kernel if stride is None else per_axis("stride", stride, 2)
    plan = Geometry.even(kernel, steps, (0, 0), (1, 1))
    columns, places = im2col(ops.reshape(x, shape=(n * c, 1, h, w)), plan)
    winners = ops.argmax(columns, axis=1, keepdims=True)
    return ops.reshape(ops.take_along(columns, winners, axis=1), shape=(n, c, *places))


@composition(half="same")
def inner_product(input: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Caffe's InnerProduct: Y = X Wᵀ + ones(M, 1) b for a batch X (M, K), W (N, K) and b (N,).

    Its gradients are dW = dYᵀ X, db = dYᵀ ones(M, 1) and dX = dY W.
    """
    column = ones(input.array.shape[0], 1, dtype=input.dtype, device=input.device)
    rows = ops.matmul(column, ops.reshape(bias, shape=(1, -1)))
    return ops.matmul(input, ops.transpose(weight, axes=(1, 0))) + rows


@composition(half="same")
def linear_as_convolution(input: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """A fully connected layer (O, C H W) on images (N, C, H, W), as the convolution whose kernel covers the
    whole input."""
    n, c, h, w = input.array.shape
    outputs = weight.array.shape[0]
    kernel = ops.reshape(weight, shape=(outputs, c, h, w))
    return ops.reshape(conv2d_whole_batch(input, kernel, bias), shape=(n, outputs))
