"""Rows of a table by their numbers: embeddings, sums of them, and one-hot vectors."""

from typing import Any

import numpy as np

from ... import ops
from ..._engine import memory
from ..._engine.single import in_single
from ..._functions._arguments import names_arguments
from ..._functions._dims import integer
from ..._functions.indexing import in_bounds
from ..._tensor import Tensor, tensor_of
from ...ops import array_module
from ...ops._half import single
from .._composition import composition, fusible

__all__ = [
    "embedding",
    "embedding_bag",
    "one_hot",
]


def _indices(input: Tensor, weight: Tensor) -> Any:
    """The row numbers in ``input``, checked: IndexError where there is no such row."""
    array = input.array
    if array.dtype.kind not in "iu":
        raise RuntimeError(
            "Expected tensor for argument #1 'indices' to have one of the following scalar types: "
            f"Long, Int; but got {input.dtype!r} instead"
        )
    if weight.ndim != 2:
        raise RuntimeError("'weight' must be 2-D")
    if not in_bounds(array, weight.array.shape[0]):
        raise IndexError(f"index out of range in self: rows are 0 to {weight.array.shape[0] - 1}")
    return array


def _padding_row(padding_idx: int | None, weight: Tensor) -> int | None:
    """``padding_idx`` as a number from 0 on."""
    if padding_idx is None:
        return None
    rows, row = weight.array.shape[0], integer("padding_idx", padding_idx)
    if not -rows <= row < rows:
        raise AssertionError("Padding_idx must be within num_embeddings")
    return row % rows


def _renormalize(weight: Tensor, rows: Any, max_norm: float, norm_type: float) -> None:
    """Shorten the rows that are read and longer than ``max_norm``, in place and outside the graph."""
    xp, max_norm = array_module(weight.array), float(max_norm)
    used = xp.unique(rows)
    table = single(weight.array[used])
    lengths = xp.linalg.norm(table, norm_type, axis=1)
    long = lengths > max_norm
    memory.settle(weight.array)
    weight.array[used[long]] = table[long] * (max_norm / (lengths[long] + 1e-7))[:, None].astype(table.dtype)
    memory.wrote(weight.array)


@fusible
def look_up(input: Tensor, weight: Tensor, padding: int | None, scale_grad_by_freq: bool) -> Tensor:
    """``weight[input]``; no gradient goes to row ``padding``."""
    rows = input.array
    found = _looked_up(rows, weight, scale_grad_by_freq)
    return found if padding is None else ops.where((rows == padding)[..., None], found.detach(), found)


def _looked_up(rows: Any, weight: Tensor, scale_grad_by_freq: bool) -> Tensor:
    """``weight[rows]``; with ``scale_grad_by_freq`` the gradient of a row is divided by how often it is
    read."""
    found = ops.getitem(weight, index=rows.copy())
    if not scale_grad_by_freq:
        return found
    counts = array_module(rows).bincount(rows.reshape(-1), minlength=weight.array.shape[0])
    return _shared(found, (1 / counts[rows])[..., None])


@in_single
def _shared(found: Tensor, share: Any) -> Tensor:
    """``found``, with the ``share`` of its gradient."""
    share = share.astype(found.array.dtype)
    return ops.where(share == 1, found, found * share + found.detach() * (1 - share))


@composition(half="same")
def embedding(
    input: Tensor,
    weight: Tensor,
    padding_idx: int | None = None,
    max_norm: float | None = None,
    norm_type: float = 2.0,
    scale_grad_by_freq: bool = False,
    sparse: bool = False,
) -> Tensor:
    """Row ``input[i]`` of the table ``weight`` (V, D) for each i: (*) to (*, D).

    Row ``padding_idx`` gets no gradient; rows longer than ``max_norm`` are shortened in the table first.
    Gradients are dense also with ``sparse``. IndexError for a row that is not there.
    """
    rows, padding = _indices(input, weight), _padding_row(padding_idx, weight)
    if max_norm is not None:
        _renormalize(weight, rows, max_norm, norm_type)
    return look_up(input, weight, padding, scale_grad_by_freq)


def _rows_of_bags(input: Tensor, weight: Tensor, padding_idx: int | None) -> tuple[Any, int | None]:
    """The row numbers, checked, and the one that does not count; RuntimeError where there is no such row."""
    size = weight.array.shape[0]
    if padding_idx is not None and not -size <= padding_idx < size:
        raise RuntimeError(
            f"padding_idx must be within the number of embeddings, -{size} through {size - 1}, but got "
            f"{padding_idx}"
        )
    try:
        return _indices(input, weight), _padding_row(padding_idx, weight)
    except IndexError:
        wrong = input.array[(input.array < 0) | (input.array >= size)]
        raise RuntimeError(
            f"Expected idx >= 0 && idx < num_embeddings but found idx to be {int(wrong.reshape(-1)[0])}"
        ) from None


def _bags(rows: Any, offsets: Any, include_last_offset: bool) -> tuple[Any, Any]:
    """The positions in ``rows`` of each bag's entries, as a matrix (B, longest), and which of its places are
    filled."""
    if rows.ndim == 2:
        positions = np.arange(rows.size).reshape(rows.shape)
        return positions, np.ones(rows.shape, bool)
    starts = np.asarray(offsets)
    if starts.dtype not in (np.int32, np.int64):
        raise RuntimeError(
            f"expected offsets of dtype torch.int32 or torch.int64, but got {starts.dtype}; convert "
            "them with .long()"
        )
    if starts.size and starts[0] != 0:
        raise RuntimeError(
            "offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from "
            f"position 0. However, got {int(starts[0])}"
        )
    if starts.size and starts[-1] > rows.size:
        raise RuntimeError(
            f"offsets[-1] can not be greater than input's length({rows.size}) but got offsets[-1] of "
            f"{int(starts[-1])}"
        )
    starts = starts[:-1] if include_last_offset else starts
    ends = np.append(starts[1:], rows.size)  # as in PyTorch, whatever the last offset says
    places = starts[:, None] + np.arange(max((ends - starts).max(initial=0), 0))
    filled = places < ends[:, None]
    return np.where(filled, places, 0), filled


def _check_scales(per_sample_weights: Tensor | None, input: Tensor, weight: Tensor, mode: str) -> None:
    """Refuse what can't scale the rows of each bag."""
    if per_sample_weights is None:
        return
    if mode != "sum":
        raise NotImplementedError(
            "embedding_bag: per_sample_weights was not None. per_sample_weights is only "
            f"supported for mode='sum' (got mode='{mode}')."
        )
    if per_sample_weights.shape != input.shape:
        raise ValueError(
            f"embedding_bag: If per_sample_weights ({per_sample_weights.shape}) is not None, then "
            f"it must have the same shape as the input ({input.shape})"
        )
    if per_sample_weights.dtype != weight.dtype:
        raise RuntimeError(
            f"expected 'weight' and 'per_sample_weights' to have the same type as each other, but got "
            f"{weight.dtype!r} and {per_sample_weights.dtype!r}"
        )


@composition(half="same")
def embedding_bag(
    input: Tensor,
    weight: Tensor,
    offsets: Tensor | None = None,
    max_norm: float | None = None,
    norm_type: float = 2,
    scale_grad_by_freq: bool = False,
    mode: str = "mean",
    sparse: bool = False,
    per_sample_weights: Tensor | None = None,
    include_last_offset: bool = False,
    padding_idx: int | None = None,
) -> Tensor:
    """The sum, mean or largest of the rows of ``weight`` (V, D) in each bag of numbers: (B, D), 0 for an
    empty bag.

    ``input`` is (B, L), each row a bag, or one row of all bags, which start at ``offsets``.
    ``per_sample_weights``, of the shape of ``input``, scale the rows of a sum. Rows ``padding_idx`` do not
    count.
    """
    if input.ndim not in (1, 2):
        raise ValueError(f"input has to be 1D or 2D Tensor, but got Tensor of dimension {input.ndim}")
    if weight.ndim != 2:
        raise ValueError(f"weight has to be a 2D Tensor, but got Tensor of dimension {weight.ndim}")
    if offsets is not None and offsets.ndim != 1 and input.ndim == 1:
        raise ValueError(
            f"offsets has to be a 1D Tensor, but got {offsets.ndim} dimensions: one start for each bag"
        )
    rows, padding = _rows_of_bags(input, weight, padding_idx)
    if (input.ndim == 2) != (offsets is None):
        raise ValueError(
            "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of "
            "fixed length sequences; 1D input needs offsets"
        )
    if mode not in ("sum", "mean", "max"):
        raise ValueError("mode has to be one of sum, mean or max")
    _check_scales(per_sample_weights, input, weight, mode)
    xp = array_module(rows)
    positions, filled = _bags(
        rows, None if offsets is None else offsets.detach().cpu().array, include_last_offset
    )
    if max_norm is not None:
        _renormalize(weight, rows, max_norm, norm_type)
    positions, filled = xp.asarray(positions), xp.asarray(filled)
    numbers = rows.reshape(-1)[positions] if rows.size else xp.zeros(positions.shape, np.int64)
    counts = filled if padding is None else filled & (numbers != padding)
    found = _looked_up(xp.where(counts, numbers, 0), weight, scale_grad_by_freq)
    if per_sample_weights is not None:
        scale = ops.getitem(ops.reshape(per_sample_weights, shape=(-1, 1)), index=positions)
        return _summed(found, counts, scale)
    return _largest(found, counts) if mode == "max" else _summed(found, counts, mean=mode == "mean")


@in_single
def _summed(found: Tensor, counts: Any, scale: Tensor | None = None, *, mean: bool = False) -> Tensor:
    """The sum, or the mean, of each bag's rows that count, times their ``scale``; 0 where there is none."""
    found = found if scale is None else found * scale
    total = ops.sum(ops.where(counts[..., None], found, 0.0), axis=1)
    if not mean:
        return total
    return total / np.maximum(counts.sum(1, keepdims=True), 1).astype(found.array.dtype)


def _largest(found: Tensor, counts: Any) -> Tensor:
    """The largest of each bag's rows, per column; 0 where there is none. The first of equals gets the
    gradient."""
    if counts.shape[1] == 0:
        return ops.sum(found, axis=1)
    candidates = ops.where(counts[..., None], found, -np.inf)
    winner = ops.argmax(candidates, axis=1, keepdims=True)
    values = ops.reshape(
        ops.take_along(candidates, winner, axis=1), shape=(found.array.shape[0], found.array.shape[2])
    )
    return ops.where(counts.any(1)[:, None], values, 0.0)


@names_arguments
def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Rows of zeros with a 1 at each label of ``tensor``: (*) to (*, C), C one more than the largest label
    unless given."""
    labels = tensor.array
    if labels.dtype != np.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if labels.size == 0 and num_classes <= 0:
        raise RuntimeError(
            "Can not infer total number of classes from empty tensor."
            if num_classes == -1
            else "num_classes should be positive"
        )
    if labels.size and labels.min() < 0:
        raise RuntimeError("Class values must be non-negative.")
    if num_classes != -1 and labels.size and labels.max() >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    classes = int(labels.max()) + 1 if num_classes == -1 else num_classes
    return tensor_of((labels[..., None] == array_module(labels).arange(classes)).astype(np.int64, order="C"))
