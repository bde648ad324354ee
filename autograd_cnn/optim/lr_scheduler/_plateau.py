"""A rate that falls when a measure has stopped improving."""

import math
import warnings
from typing import Any

from .._optimizer import Optimizer
from ._scheduler import EPOCH, LRScheduler, assign, checked

__all__ = ["ReduceLROnPlateau"]

_MODES = {"mode": ("min", "max"), "threshold_mode": ("rel", "abs")}


class ReduceLROnPlateau(LRScheduler):
    """Times ``factor`` once ``patience`` epochs have brought no better measure; ``step(measure)`` is told
    each.

    Better is smaller (``mode="min"``) or larger by more than ``threshold``, as a part of the best (``"rel"``)
    or absolutely (``"abs"``). After a cut ``cooldown`` epochs do not count. No rate falls below ``min_lr``; a
    cut by less than ``eps`` is left out.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: list[float] | float = 0,
        eps: float = 1e-8,
    ) -> None:
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        self.factor = factor
        self.optimizer: Optimizer = checked(optimizer)
        count = len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)) and len(min_lr) != count:
            raise ValueError(f"expected {count} min_lrs, got {len(min_lr)}")
        self.default_min_lr: float | None = None if isinstance(min_lr, (list, tuple)) else min_lr
        self.min_lrs = list(min_lr) if isinstance(min_lr, (list, tuple)) else [min_lr] * count
        self.patience = patience
        self.cooldown = cooldown
        self.eps = eps
        self.last_epoch: int = 0
        self._last_lr = self._values("lr")
        self._init_is_better(mode, threshold, threshold_mode)
        self._reset()

    def _init_is_better(self, mode: str, threshold: float, threshold_mode: str) -> None:
        if mode not in _MODES["mode"]:
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in _MODES["threshold_mode"]:
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode_worse: float = math.inf if mode == "min" else -math.inf
        self.mode = mode
        self.threshold = threshold
        self.threshold_mode = threshold_mode

    def _reset(self) -> None:
        self.best: float = self.mode_worse
        self.cooldown_counter: int = 0
        self.num_bad_epochs: int = 0

    @property
    def in_cooldown(self) -> bool:
        """Whether epochs do not count now."""
        return self.cooldown_counter > 0

    def is_better(self, a: float, best: float) -> bool:
        """Whether ``a`` improves on ``best`` by more than the threshold."""
        sign = 1.0 if self.mode == "max" else -1.0
        margin = sign * self.threshold
        bar = best * (1.0 + margin) if self.threshold_mode == "rel" else best + margin
        return a > bar if self.mode == "max" else a < bar

    def step(  # type: ignore[override]  # PyTorch's: this one is told a measure
        self, metrics: Any, epoch: int | None = None
    ) -> None:
        """Take account of the epoch's measure, a number or a one-element tensor."""
        current = float(metrics)
        if epoch is not None:
            warnings.warn(EPOCH, UserWarning, stacklevel=2)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self.is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = self._values("lr")

    def _reduce(self) -> None:
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(
                    f"The number of param groups in the `optimizer` ({len(groups)}) differs from when "
                    "`ReduceLROnPlateau` was "
                    f"initialized ({len(self.min_lrs)}), usually due to a new param group being added "
                    "to the optimizer. Please modify "
                    "the `min_lrs` field to match the length of the `optimizer` param groups."
                )
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs, strict=True):
            old = float(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                assign(group, "lr", new)

    def _misfits(self, state_dict: Any) -> list[str]:
        wrong = super()._misfits(state_dict)
        if not wrong:
            wrong += [
                f"{name!r} is {state_dict[name]!r}"
                for name, known in _MODES.items()
                if state_dict[name] not in known
            ]
        return wrong

    def _load(self, state_dict: dict[str, Any]) -> None:
        super()._load(state_dict)
        self._init_is_better(self.mode, self.threshold, self.threshold_mode)
