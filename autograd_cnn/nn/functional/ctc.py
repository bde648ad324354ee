"""Connectionist temporal classification (Graves et al. 2006): the probability of a sequence of labels over
all its alignments.

Labels stand between blanks: b l1 b l2 b ... Let alpha(t, s) be the log-probability of having reached place s
after t steps; from there it goes on to s, s + 1, or, over a blank between different labels, to s + 2.
"""

from typing import Any

import numpy as np

from ... import ops
from ..._devices.device import device_of
from ..._devices.transfer import move
from ..._tensor import Tensor
from .._composition import composition
from ._arguments import reduced

__all__ = [
    "ctc_loss",
]

NEVER = -1e30
"""The log-probability of what cannot happen: small enough, and its differences are numbers."""


def _lengths(name: str, lengths: Any, count: int) -> Any:
    """Lengths as a host array, one for each of ``count`` sequences."""
    array = lengths.detach().cpu().array if isinstance(lengths, Tensor) else np.asarray(lengths)
    if array.dtype.kind not in "iu":
        raise RuntimeError(f"{name} must be integral")
    array = array.reshape(-1)
    if len(array) != count:
        raise RuntimeError(
            f"Expected {name} to have value for each of the {count} sequences, but got {len(array)}"
        )
    return array.astype(np.int64)


def _label_matrix(targets: Tensor, lengths: Any, blank: int, classes: int) -> Any:
    """The labels of each sequence as a row (N, S), blanks behind its end; ``targets`` is (N, S) or all labels
    in one row."""
    labels = targets.detach().cpu().array
    longest = int(lengths.max(initial=0))
    if labels.ndim == 1:
        if labels.size != lengths.sum() and not (len(lengths) == 1 and labels.size >= lengths[0]):
            raise RuntimeError(
                f"Expected targets to have {int(lengths.sum())} labels, the sum of target_lengths, "
                f"but got {labels.size}"
            )
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        out = np.full((len(lengths), longest), blank, np.int64)
        for row, start, length in zip(out, starts, lengths, strict=True):
            row[:length] = labels[start : start + length]
    else:
        if labels.shape[0] != len(lengths) or labels.shape[1] < longest:
            raise RuntimeError(
                f"Expected targets of shape ({len(lengths)}, at least {longest}), but got "
                f"{list(labels.shape)}"
            )
        out = np.where(np.arange(longest) < lengths[:, None], labels[:, :longest], blank)
    if out.size and not (out.min() >= 0 and out.max() < classes):
        raise RuntimeError(f"targets must be labels from 0 to {classes - 1}")
    return out


def _last_alphas(log_probs: Tensor, labels: Any, input_lengths: Any) -> Tensor:
    """alpha at the end of each sequence: (N, 2 S + 1), for labels interleaved with blanks (N, 2 S + 1)."""
    steps, n, _ = log_probs.array.shape
    places = labels.shape[1]
    kind, where = log_probs.array.dtype, device_of(log_probs.array)
    skips = np.full((n, places), NEVER, kind)
    skips[:, 2:][labels[:, 2:] != labels[:, :-2]] = (
        0  # a blank stands between equal labels, and equals the blank before it
    )
    start = np.full((n, places), NEVER, kind)
    start[:, :2] = 0
    over, alive = move(skips, where), move(input_lengths, where)
    spoken = ops.take_along(log_probs, move(np.broadcast_to(labels, (steps, n, places)), where), axis=2)

    def shifted(alpha: Tensor, count: int) -> Tensor:
        kept = ops.crop(ops.pad(alpha, widths=((0, 0), (count, 0)), value=NEVER), widths=((0, 0), (0, count)))
        return kept if count == 1 else kept + over

    alpha = spoken[0] + move(start, where) if steps else move(start, where)
    for t in range(1, steps):
        reached = (
            ops.logaddexp(ops.logaddexp(alpha, shifted(alpha, 1)), shifted(alpha, 2)) if places > 1 else alpha
        )
        alpha = ops.where((alive > t)[:, None], reached + spoken[t], alpha)
    return alpha


@composition
def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Any,
    target_lengths: Any,
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """-log of the probability that ``log_probs`` (T, N, C) or (T, C) spells ``targets`` (N, S), or all labels
    in one row.

    A mean divides each loss by the length of its target first. A target that cannot be spelt costs infinity
    (0 with ``zero_infinity``). As in PyTorch, the gradient is that for log-probabilities which come from a
    log-softmax.
    """
    batched = log_probs.ndim == 3
    x = log_probs if batched else ops.reshape(log_probs, shape=(log_probs.array.shape[0], 1, -1))
    steps, n, classes = x.array.shape
    if not x.array.size:
        raise RuntimeError(f"log_probs tensor must not be empty, but has shape {list(log_probs.shape)}")
    if not 0 <= blank < classes:
        raise RuntimeError(f"blank must be in label range: 0 to {classes - 1}, got {blank}")
    heard, said = _lengths("input_lengths", input_lengths, n), _lengths("target_lengths", target_lengths, n)
    if heard.size and (heard.max() > steps or min(heard.min(), said.min()) < 0):
        raise RuntimeError(
            f"Expected input_lengths to have value at most {steps} and no length below 0, but got "
            f"{heard.tolist()} and {said.tolist()}"
        )
    labels = np.full((n, 2 * int(said.max(initial=0)) + 1), blank, np.int64)
    labels[:, 1::2] = _label_matrix(targets, said, blank, classes)
    alpha, where = _last_alphas(x, labels, heard), device_of(x.array)
    ends = np.stack([2 * said, np.maximum(2 * said - 1, 0)], 1)
    two = ops.take_along(alpha, move(ends, where), axis=1)
    both = ops.where(move(said > 0, where), ops.logaddexp(two[:, 0], two[:, 1]), two[:, 0])
    unheard = heard == 0  # nothing heard spells nothing, and nothing else
    both = ops.where(
        move(unheard, where), move(np.where(said == 0, 0.0, NEVER).astype(both.array.dtype), where), both
    )
    never = both.array < NEVER / 2
    spelt = ops.where(move(np.arange(steps)[:, None, None] < heard[:, None], where), ops.exp(x), 0.0)
    mass = ops.sum(
        spelt, axis=(0, 2)
    )  # constant after a log-softmax; PyTorch's gradient is that of the loss with it
    none = ops.where(ops.isfinite(mass), mass, 0.0)  # scores that are no log-probabilities may overflow
    losses = ops.where(never, 0.0 if zero_infinity else np.inf, none - none.detach() - both)
    if reduction == "mean":
        return ops.mean(losses / move(np.maximum(said, 1).astype(x.array.dtype), where))
    return reduced(losses if batched or reduction != "none" else ops.reshape(losses, shape=()), reduction)
