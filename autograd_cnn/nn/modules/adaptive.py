"""A softmax over very many classes of which few are frequent (Grave et al., 2017)."""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from ..._creation.creation import zeros_like
from ..._devices.device import DeviceLike
from ..._engine.dtypes import DType
from ..._functions.comparison import where
from ..._functions.joining import cat
from ..._tensor import Tensor
from .. import functional as F
from .container import ModuleList, Sequential
from .linear import Linear
from .module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class _ASMoutput(NamedTuple):
    """The logarithm of each target's probability, and the mean of their negatives."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """The log-probabilities of classes that are ordered from frequent to rare.

    ``head`` decides between the classes below ``cutoffs[0]`` and one stand-in for each later cluster, whose
    ``tail`` decides within it by way of ``in_features // div_value ** i`` features.

    Args:
        cutoffs: where clusters begin; unique, rising, below ``n_classes``.
        head_bias: whether the head has a bias.
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: DeviceLike | None = None,
        dtype: DType | None = None,
    ) -> None:
        super().__init__()
        starts = list(cutoffs)
        if not starts:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if starts != sorted({int(c) for c in starts}) or starts[0] <= 0 or starts[-1] > n_classes - 1:
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                "where each value is between 1 and n_classes-1"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs: list[int] = [*starts, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size: int = self.cutoffs[0]
        self.n_clusters: int = len(self.cutoffs) - 1
        self.head_size: int = self.shortlist_size + self.n_clusters
        self.head: Linear = Linear(in_features, self.head_size, head_bias, device, dtype)
        self.tail: ModuleList = ModuleList()
        for i, (start, stop) in enumerate(itertools.pairwise(self.cutoffs), 1):
            inner = int(in_features // div_value**i)
            self.tail.append(
                Sequential(
                    Linear(in_features, inner, False, device, dtype),
                    Linear(inner, stop - start, False, device, dtype),
                )
            )

    def reset_parameters(self) -> None:
        """Draw all weights anew."""
        self.head.reset_parameters()
        for part in self.tail.modules():
            if isinstance(part, Linear):
                part.reset_parameters()

    def forward(self, input_: Tensor, target_: Tensor) -> _ASMoutput:
        self._check(input_, target_)
        alone = target_.ndim == 0
        input, target = (input_.unsqueeze(0), target_.unsqueeze(0)) if alone else (input_, target_)
        found = self.log_prob_of(input, target)
        return _ASMoutput(found.squeeze(0) if alone else found, (-found).mean())

    def _check(self, input: Tensor, target: Tensor) -> None:
        if target.ndim > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if target.ndim == 1 and input.shape[0] != target.shape[0]:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        if input.ndim != target.ndim + 1:
            raise RuntimeError(
                f"{target.ndim}D target tensor expects {target.ndim + 1}D input tensors, but found inputs "
                f"with size {input.shape!r}"
            )
        low, high = (int(target.min()), int(target.max())) if target.numel() else (0, 0)
        if low < 0 or high >= self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range [{low}, {high}] "
                f"were found. "
            )

    def log_prob_of(self, input: Tensor, target: Tensor) -> Tensor:
        """The log-probability of one class for each row."""
        in_head = target
        inside: list[tuple[Tensor, Tensor]] = []
        for i, (start, stop) in enumerate(itertools.pairwise(self.cutoffs)):
            here = (target >= start) & (target < stop)
            in_head = where(here, zeros_like(target) + (self.shortlist_size + i), in_head)
            rows = here.nonzero().squeeze(1)
            if rows.numel():
                scores = F.log_softmax(self.tail[i](input[rows]), dim=1)
                inside.append((rows, scores.gather(1, (target[rows] - start).unsqueeze(1)).squeeze(1)))
        output = F.log_softmax(self.head(input), dim=1).gather(1, in_head.unsqueeze(1)).squeeze(1)
        for rows, scores in inside:
            output = output.index_add(0, rows, scores)
        return output

    def log_prob(self, input: Tensor) -> Tensor:
        """The log-probabilities of all classes, (N, n_classes)."""
        return self._get_full_log_prob(input, self.head(input))

    def _get_full_log_prob(self, input: Tensor, head_output: Tensor) -> Tensor:
        head = F.log_softmax(head_output, dim=1)
        parts = [head[:, : self.shortlist_size]]
        for i in range(self.n_clusters):
            place = self.shortlist_size + i
            parts.append(F.log_softmax(self.tail[i](input), dim=1) + head[:, place : place + 1])
        return cat(parts, dim=1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row."""
        head = self.head(input)
        output = head.argmax(dim=1)
        rare = output >= self.shortlist_size
        if bool(rare.any()):
            output[rare] = self._get_full_log_prob(input[rare], head[rare]).argmax(dim=1)
        return output
