"""Softmax with cross-entropy as one operator: from logits and class labels to the mean loss (Caffe's
SoftmaxWithLoss)."""

import numpy as np

from ._activation import softmax, softmax_x
from ._arrays import array_module, largest
from ._bounds import maximum
from ._comparison import not_equal
from ._conversion import cast
from ._errors import ShapeError
from ._movement import reshape
from ._primitive import primitive
from ._reduction import sum
from ._summation import total
from .kernels import compiled


def _check(name, x, labels):
    if x.ndim != 2 or labels.shape != x.shape[:1] or labels.dtype.kind not in "iu":
        raise ShapeError(
            f"{name}: expected logits (N, C) and integer labels (N,), got shapes {x.shape} and "
            f"{labels.shape}, {labels.dtype}"
        )


def _refuse(labels, classes, ignore_index):
    if isinstance(labels, np.ndarray) and (wrong := labels[_impossible(labels, classes, ignore_index)]).size:
        raise IndexError(
            f"Target {int(wrong[0])} is out of bounds: the input has {classes} classes, so labels are "
            f"0 to {classes - 1}"
        )


def _impossible(labels, classes, ignore_index):
    return (labels != ignore_index) & ((labels < 0) | (labels >= classes))


def _ready(x, labels):
    """Whether the kernel can read both."""
    return (
        compiled(x, work=x.size)
        if x.flags.c_contiguous and labels.flags.c_contiguous and labels.dtype == np.int64
        else None
    )


@primitive
def softmax_cross_entropy(x, labels, /, *, ignore_index=-100):
    """The mean of log sum exp(z) - z_y over rows z of ``x`` (N, C) whose label y is not ``ignore_index``."""
    _check("softmax_cross_entropy", x, labels)
    if (k := _ready(x, labels)) is not None:
        loss, wrong = k.loss.cross_entropy(x, labels, ignore_index)
        if wrong:
            _refuse(labels, x.shape[1], ignore_index)
        return loss
    _refuse(labels, x.shape[1], ignore_index)
    counts = labels != ignore_index
    top = largest(x, 1)
    wrong = None if array_module(x) is np else _impossible(labels, x.shape[1], ignore_index)
    chosen = np.take_along_axis(
        x, np.where(counts if wrong is None else counts & ~wrong, labels, 0)[:, None], 1
    )
    if wrong is not None:  # to raise would wait for the GPU: there a wrong label makes the loss NaN
        chosen = np.where(wrong[:, None], x.dtype.type(np.nan), chosen)
    losses = np.where(
        counts, (np.log(total(np.exp(x - top), 1, keepdims=True)) + top - chosen)[:, 0], x.dtype.type(0)
    )
    return losses.sum() / counts.sum(dtype=x.dtype)


@primitive
def softmax_cross_entropy_gradient(x, labels, /, *, ignore_index=-100):
    """softmax(z) - 1 at the label, for each row that counts, over the number of rows that count; zero rows
    for the others."""
    _check("softmax_cross_entropy_gradient", x, labels)
    if (k := _ready(x, labels)) is not None:
        return k.loss.cross_entropy_gradient(x, labels, ignore_index)
    counts = labels != ignore_index
    ones = array_module(x).arange(x.shape[1]) == labels[:, None]
    scale = counts.astype(x.dtype) / counts.sum(dtype=x.dtype)
    return np.where(counts[:, None], (softmax.forward(x, axis=1) - ones) * scale[:, None], x.dtype.type(0))


@softmax_cross_entropy.vjp("x")
def softmax_cross_entropy_x(g, x, labels, ignore_index):
    return g * softmax_cross_entropy_gradient(x, labels, ignore_index=ignore_index)


_COUNTS = "cast(not_equal(labels, ignore_index), dtype=g.dtype)"


@softmax_cross_entropy_gradient.vjp(
    "x",
    formula=f"softmax_x(g * reshape({_COUNTS} / maximum(sum({_COUNTS}), 1), shape=(-1, 1)), "
    "softmax(x, axis=1), axis=1)",
)
def softmax_cross_entropy_gradient_x(g, x, labels, ignore_index):
    counts = cast(not_equal(labels, ignore_index), dtype=g.dtype)
    share = counts / maximum(sum(counts), 1)  # where no row counts, none moves the gradient
    return softmax_x(g * reshape(share, shape=(-1, 1)), softmax(x, axis=1), axis=1)


softmax_cross_entropy.nondifferentiable("labels")
softmax_cross_entropy_gradient.nondifferentiable("labels")


@softmax_cross_entropy.samples
@softmax_cross_entropy_gradient.samples
def rows_and_labels(draw):
    return [
        (draw(3, 4), draw.index(4, (3,))),
        draw.call(draw(4, 3), draw.index(3, (4,)), ignore_index=1),
    ]
