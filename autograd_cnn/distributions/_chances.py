"""Chances, given as probabilities or as their logits."""

from functools import cached_property
from typing import Any

from .._tensor import Tensor
from .utils import broadcast_all, logits_to_probs, probs_to_logits

__all__ = ["Chances"]


class Chances:
    """The part of a distribution that is given ``probs`` or ``logits``, and computes the other."""

    _binary = True
    """Whether logits are log-odds of one event; else logarithms of the chances of several."""
    _param: Tensor
    """The one that was given."""

    def _take_chances(self, probs: Any, logits: Any, *others: Any) -> tuple[Tensor, ...]:
        """Keep the one that is given, broadcast with ``others``; returns these."""
        if (probs is None) == (logits is None):
            raise ValueError("Either `probs` or `logits` must be specified, but not both.")
        given, *rest = broadcast_all(probs if logits is None else logits, *others)
        vars(self)["logits" if probs is None else "probs"] = self._param = given
        return tuple(rest)

    @cached_property
    def logits(self) -> Tensor:
        """Log-odds, or logarithms of the chances."""
        return probs_to_logits(self.probs, self._binary)

    @cached_property
    def probs(self) -> Tensor:
        """Chances."""
        return logits_to_probs(self.logits, self._binary)
