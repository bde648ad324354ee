"""Rows of numbers: softmax, its logarithm, and softmax with cross-entropy."""

from ._launch import Family, cupy, i32, total_type

_kernels = Family("loss")


def _shape(rows, columns):
    """A block per row, with as many threads as it keeps busy."""
    return (min(rows, 2**20),), (32 if columns <= 128 else 128 if columns <= 4096 else 512,)


def _rows(name, x):
    rows, columns = x.size // x.shape[-1], x.shape[-1]
    out = cupy().empty(x.shape, x.dtype)
    _kernels.blocks(name, *_shape(rows, columns), x, out, i32(rows), i32(columns), like=x)
    return out


def softmax(x):
    """exp(x) / sum exp(x) along the last axis of a contiguous ``x``."""
    return _rows("softmax", x)


def log_softmax(x):
    """x - log sum exp(x) along the last axis of a contiguous ``x``."""
    return _rows("log_softmax", x)


def cross_entropy(x, labels, ignored):
    """The mean loss as an array without axes, and False: a label that is no class makes it NaN, for to raise
    would wait for the GPU."""
    rows, columns = x.shape
    losses, out = cupy().empty(rows, total_type(x)), cupy().empty((), x.dtype)
    skip = labels.dtype.type(ignored)
    _kernels.blocks(
        "row_losses", *_shape(rows, columns), x, labels, losses, i32(rows), i32(columns), skip, like=x
    )
    _kernels.blocks("mean_loss", (1,), (512,), losses, labels, out, i32(rows), skip, like=x)
    return out, False


def cross_entropy_gradient(x, labels, ignored):
    """(softmax(x) - 1 at the label) / number of labels that count; zero rows for the others."""
    rows, columns = x.shape
    count, out = cupy().empty((), total_type(x)), cupy().empty(x.shape, x.dtype)
    skip = labels.dtype.type(ignored)
    _kernels.blocks("count_labels", (1,), (512,), labels, count, i32(rows), skip, like=x)
    _kernels.blocks(
        "loss_gradient", *_shape(rows, columns), x, labels, count, out, i32(rows), i32(columns), skip, like=x
    )
    return out
