"""Averages of a model's parameters over its training: equal ones (stochastic weight averaging, Izmailov et
al. 2018, arXiv 1803.05407) or exponential ones."""

import copy
import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from .._creation.creation import tensor
from .._devices.device import DeviceLike
from .._engine.dtypes import int64
from .._engine.modes import no_grad
from .._tensor import Tensor
from ..nn import Module
from ..nn.modules.batchnorm import _BatchNorm
from ._optimizer import Optimizer
from .lr_scheduler._scheduler import LRScheduler, Rates, asked_inside_step, per_group

__all__ = [
    "SWALR",
    "AveragedModel",
    "get_ema_avg_fn",
    "get_ema_multi_avg_fn",
    "get_swa_avg_fn",
    "get_swa_multi_avg_fn",
    "update_bn",
]

Average: TypeAlias = Callable[[Tensor, Tensor, Any], Tensor]
"""From the average so far, the present value and how many were averaged, the next average."""

Averages: TypeAlias = Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]
"""The same for all of them at once, written into the averages."""


def get_swa_avg_fn() -> Average:
    """Equal weights: a + (p - a) / (n + 1)."""

    def average(averaged: Tensor, present: Tensor, count: Any) -> Tensor:
        return averaged + (present - averaged) / (count + 1)

    return average


def get_ema_avg_fn(decay: float = 0.999) -> Average:
    """Exponential weights: decay a + (1 - decay) p. ValueError where ``decay`` is not from 0 to 1."""
    if not 0.0 <= decay <= 1.0:
        raise ValueError(f"Invalid decay value {decay} provided. Please provide a value in [0,1] range.")

    def average(averaged: Tensor, present: Tensor, count: Any) -> Tensor:
        return decay * averaged + (1 - decay) * present

    return average


def get_swa_multi_avg_fn() -> Averages:
    """:func:`get_swa_avg_fn` for all parameters at once."""
    return _each(get_swa_avg_fn())


def get_ema_multi_avg_fn(decay: float = 0.999) -> Averages:
    """:func:`get_ema_avg_fn` for all parameters at once."""
    return _each(get_ema_avg_fn(decay))


def _each(average: Average) -> Averages:
    def averages(averaged: Sequence[Tensor], present: Sequence[Tensor], count: Any) -> None:
        with no_grad():
            for mine, theirs in zip(averaged, present, strict=True):
                mine.copy_(average(mine, theirs.to(mine.device), count))

    return averages


class AveragedModel(Module):
    """A copy of ``model`` whose parameters are averages of those that ``update_parameters`` was shown.

    Equal averages, unless ``avg_fn`` (one parameter) or ``multi_avg_fn`` (all) says otherwise. Buffers are
    copied, with ``use_buffers`` averaged too.
    """

    n_averaged: Tensor

    def __init__(
        self,
        model: Module,
        device: DeviceLike | None = None,
        avg_fn: Average | None = None,
        multi_avg_fn: Averages | None = None,
        use_buffers: bool = False,
    ) -> None:
        super().__init__()
        if avg_fn is not None and multi_avg_fn is not None:
            raise AssertionError("Only one of avg_fn and multi_avg_fn should be provided")
        self.module: Module = copy.deepcopy(model)
        if device is not None:
            self.module.to(device)
        self.register_buffer("n_averaged", tensor(0, dtype=int64, device=device))
        self.avg_fn = avg_fn
        self.multi_avg_fn = multi_avg_fn
        self.use_buffers = use_buffers

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.module(*args, **kwargs)

    def update_parameters(self, model: Module) -> None:
        """Take the present parameters of ``model`` into the averages; the first ones are copied."""
        averaged, present = (
            list(itertools.chain(m.parameters(), m.buffers() if self.use_buffers else ()))
            for m in (self.module, model)
        )
        if int(self.n_averaged) == 0:
            _copy(averaged, present)
        else:
            averages = self.multi_avg_fn or _each(self.avg_fn or get_swa_avg_fn())
            averages([a.detach() for a in averaged], [p.detach() for p in present], self.n_averaged)
        if not self.use_buffers:
            _copy(list(self.module.buffers()), list(model.buffers()))
        self.n_averaged += 1


def _copy(into: Sequence[Tensor], values: Sequence[Tensor]) -> None:
    for mine, theirs in zip(into, values, strict=True):
        mine.detach().copy_(theirs.detach().to(mine.device))


def update_bn(loader: Iterable[Any], model: Module, device: DeviceLike | None = None) -> None:
    """Make the running averages of all batch normalisations in ``model`` those of the data in ``loader``.

    Its batches are inputs, or lists that begin with them.
    """
    layers = [m for m in model.modules() if isinstance(m, _BatchNorm)]
    if not layers:
        return
    momenta, was_training = [layer.momentum for layer in layers], model.training
    model.train()
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # an equal average over the batches
    try:
        with no_grad():
            for batch in loader:
                input = batch[0] if isinstance(batch, (list, tuple)) else batch
                model(input if device is None else input.to(device))
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
        model.train(was_training)


class SWALR(LRScheduler):
    """From the rates that the groups have to ``swa_lr`` in ``anneal_epochs`` epochs; there they stay.

    Along a cosine (``anneal_strategy="cos"``) or a line (``"linear"``).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        swa_lr: float | list[float],
        anneal_epochs: int = 10,
        anneal_strategy: str = "cos",
        last_epoch: int = -1,
    ) -> None:
        for rate, group in zip(per_group("swa_lr", optimizer, swa_lr), optimizer.param_groups, strict=True):
            group["swa_lr"] = rate
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must by one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        if not isinstance(anneal_epochs, int) or anneal_epochs < 0:
            raise ValueError(f"anneal_epochs must be equal or greater than 0, got {anneal_epochs}")
        self._anneal_strategy = anneal_strategy
        self.anneal_epochs = anneal_epochs
        super().__init__(optimizer, last_epoch)

    def _share(self, epoch: int) -> float:
        """How much of the way is gone."""
        part = min(1.0, max(0.0, epoch / max(1, self.anneal_epochs)))
        return part if self._anneal_strategy == "linear" else (1 - math.cos(math.pi * part)) / 2

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``: another scheduler may have set those that are left."""
        asked_inside_step(self)
        if self._is_initial and self.last_epoch > 0:
            return self._values("lr")
        epoch = self.last_epoch if self.anneal_epochs else max(1, self.last_epoch)
        gone, share = self._share(epoch - 1), self._share(epoch)
        if gone == 1:
            return self._values("swa_lr")
        left = (1 - share) / (1 - gone)
        return [
            swa + (rate - swa) * left
            for rate, swa in zip(self._values("lr"), self._values("swa_lr"), strict=True)
        ]
