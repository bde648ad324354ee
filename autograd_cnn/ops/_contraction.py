"""Products summed over shared axes. The set is closed: the gradient of a contraction is a contraction."""

import numpy as np

from ._broadcasting import sum_to
from ._errors import DTypeError, ShapeError
from ._movement import transpose
from ._primitive import primitive
from .kernels import compiled


def swap_last(x):
    """Aᵀ for the last two axes."""
    return transpose(x, axes=(*range(x.ndim - 2), x.ndim - 1, x.ndim - 2))


_SHORT = {
    "float32": "float",
    "float64": "double",
    "float16": "c10::Half",
    "int64": "long",
    "int32": "int",
    "int16": "short",
    "int8": "signed char",
    "uint8": "unsigned char",
}
"""C++'s names of dtypes, which stand in PyTorch's messages."""


def same_dtype(name, x, y):
    """Refuse two operands of different dtypes."""
    if x.dtype != y.dtype:
        raise DTypeError(
            f"expected m1 and m2 to have the same dtype, but got: {_SHORT.get(str(x.dtype), x.dtype)} != "
            f"{_SHORT.get(str(y.dtype), y.dtype)} ({name}); convert one with .to(...)"
        )


@primitive(half="kernels")
def matmul(x, y, /):
    """The matrix product over the last two axes; axes before them broadcast. Both operands have at least two
    axes."""
    same_dtype("matmul", x, y)
    if x.ndim < 2 or y.ndim < 2:
        raise ShapeError(f"matmul: both operands need two axes or more, got shapes {x.shape} and {y.shape}")
    if x.shape[-1] != y.shape[-2]:
        size = "x".join
        raise ShapeError(
            f"matmul: mat1 and mat2 shapes cannot be multiplied ({size(map(str, x.shape))} and "
            f"{size(map(str, y.shape))}): "
            f"{x.shape[-1]} columns meet {y.shape[-2]} rows"
        )
    if (
        x.ndim == y.ndim == 2
        and (k := compiled(x, y, work=x.size * y.shape[1])) is not None
        and k.product.serves(x, y)
    ):
        return k.product.product(x, y)
    for i, (n, m) in enumerate(zip(x.shape[-3::-1], y.shape[-3::-1], strict=False)):
        if n != m and n != 1 and m != 1:
            raise ShapeError(
                f"matmul: The size of tensor a ({n}) must match the size of tensor b ({m}) at "
                "non-singleton dimension "
                f"{max(x.ndim, y.ndim) - 3 - i} (x: shape {list(x.shape)}, y: shape {list(y.shape)}): "
                "the axes before the last two broadcast"
            )
    return np.matmul(x, y)


@matmul.vjp("x")
def matmul_x(g, y, x_shape):
    return sum_to(matmul(g, swap_last(y)), shape=x_shape)


@matmul.vjp("y")
def matmul_y(g, x, y_shape):
    return sum_to(matmul(swap_last(x), g), shape=y_shape)


matmul.samples(
    lambda draw: [
        (draw(2, 3), draw(3, 4)),
        (draw(2, 1, 2, 3), draw(4, 3, 2)),
        (draw(0, 3), draw(3, 2)),
        (draw(2, 0), draw(0, 3)),
    ]
)
