"""What all schedulers share: a count of steps, the rates they started from, and the writing of new ones into
the groups."""

import types
import warnings
from collections.abc import Callable
from typing import Any

from ..._engine.modes import no_grad
from ..._tensor import Tensor
from .._optimizer import Optimizer
from ._states import misfits

__all__ = ["LRScheduler"]

Rates = list[float | Tensor]
"""One learning rate per parameter group: numbers, or one-element tensors where the group's is one."""

EPOCH = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
    "possible. Please use "
    "`scheduler.step()` to step the scheduler. During the deprecation, if epoch is different from "
    "None, the closed form is used "
    "instead of the new chainable form, where available."
)
ORDER = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. You should call them in "
    "the opposite order: "
    "`optimizer.step()` before `lr_scheduler.step()`. Failure to do this will skip the first "
    "value of the learning rate schedule. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)
OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler initialization. "
    "Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`. See more details at "
    "https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
)


class LRScheduler:
    """Base class. A subclass writes ``get_lr``: the rates for ``last_epoch``, from ``base_lrs`` or from the
    groups' present ones.

    The attributes are the state, and they are named as PyTorch's: a ``state_dict`` of one loads in the other.
    """

    _get_lr_called_within_step = False
    _is_initial = False
    _last_lr: Rates

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer: Optimizer = checked(optimizer)
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", _copied(group["lr"]))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{i}] when resuming "
                    "scheduler with last_epoch >= 0: load the "
                    "optimizer's state_dict first, or leave last_epoch away"
                )
        self.base_lrs: Rates = self._values("initial_lr")
        self.last_epoch: int = last_epoch
        self._initial_step()

    def _initial_step(self) -> None:
        """Set the first rates."""
        self._step_count = 0
        self.optimizer._opt_called = False  # what counts is a step taken under this schedule
        self.optimizer._step_seen_by_schedule = _step_of(self.optimizer)
        self._is_initial = True
        try:
            self.step()
        finally:
            self._is_initial = False

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``; each subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no get_lr: write it in the subclass")

    def get_last_lr(self) -> Rates:
        """The rates set last, one per parameter group."""
        return self._last_lr

    def step(self, epoch: int | None = None) -> None:
        """Set the rates of the next epoch, after the optimizer's steps of this one; or those of ``epoch``
        (deprecated)."""
        if self._step_count == 1:
            self._check_order()
        self._step_count += 1
        if epoch is not None:
            warnings.warn(EPOCH, UserWarning, stacklevel=2)
        self._update_lr(epoch)

    def _check_order(self) -> None:
        """Warn where no step of the optimizer was seen, and steps can be."""
        if self.optimizer._step_seen_by_schedule != _step_of(self.optimizer):
            warnings.warn(OVERRIDDEN, UserWarning, stacklevel=3)
        elif not self.optimizer._opt_called and hasattr(self.optimizer.step, "notes_steps"):
            warnings.warn(ORDER, UserWarning, stacklevel=3)

    def _update_lr(self, epoch: int | None = None) -> None:
        self._get_lr_called_within_step = True
        try:
            self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
            closed: Callable[[], Rates] = getattr(self, "_get_closed_form_lr", self.get_lr)
            self._set(self.get_lr() if epoch is None else closed())
        finally:
            self._get_lr_called_within_step = False

    def _take_over(self) -> None:
        """Set the rates of epoch 0, after another scheduler's turn."""
        self._update_lr(0)

    def _set(self, rates: Rates) -> None:
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            assign(group, "lr", rate)
        self._last_lr = self._values("lr")

    def _values(self, key: str) -> Rates:
        """What the groups hold under ``key`` now."""
        return [_copied(group[key]) for group in self.optimizer.param_groups]

    def _scaled(self, factor: float) -> Rates:
        """The groups' present rates times ``factor``."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Continue from a ``state_dict()``. ValueError that lists all that does not fit; then nothing has
        changed."""
        if wrong := self._misfits(state_dict):
            raise ValueError(
                f"loaded state dict does not fit {type(self).__name__}, nothing was loaded: "
                + "; ".join(wrong)
            )
        self._load(state_dict)

    def _misfits(self, state_dict: Any) -> list[str]:
        """All that is wrong with a state. A user's own scheduler may have come to more attributes, or lack
        some as yet."""
        ours = type(self).__module__.startswith(__package__)
        return misfits(self.state_dict(), state_dict, strict=ours)

    def _load(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that fits."""
        self.__dict__.update(state_dict)

    def print_lr(self, is_verbose: bool, group: int, lr: float, epoch: int | None = None) -> None:
        """Print the rate of a group, as older PyTorch did under ``verbose=True``."""
        if is_verbose:
            at = "Adjusting" if epoch is None else f"Epoch {epoch:5d}: adjusting"
            print(f"{at} learning rate of group {group} to {lr:.4e}.")


def checked(optimizer: Any) -> Optimizer:
    """``optimizer``, or TypeError."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")
    return optimizer


def _step_of(optimizer: Optimizer) -> Any:
    """The function behind ``optimizer.step``."""
    return getattr(optimizer.step, "__func__", optimizer.step)


def asked_inside_step(scheduler: LRScheduler) -> None:
    """Warn somebody who calls ``get_lr`` from outside: it computes the next rates, not the last."""
    if not scheduler._get_lr_called_within_step:
        warnings.warn(
            "To get the last learning rate computed by the scheduler, please use `get_last_lr()`.",
            UserWarning,
            stacklevel=3,
        )


def assign(group: dict[str, Any], key: str, value: Any) -> None:
    """Write a rate into a group; where it holds a tensor, into that."""
    if isinstance(group[key], Tensor):
        with no_grad():
            group[key].fill_(float(value))
    else:
        group[key] = value


def per_group(name: str, optimizer: Optimizer, value: Any) -> list[Any]:
    """``value`` for each parameter group; ValueError where a list of values has another length."""
    count = len(optimizer.param_groups)
    if not isinstance(value, (list, tuple)):
        return [_copied(value) for _ in range(count)]
    if len(value) != count:
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has {len(value)} "
            f"values, param_groups has {count}."
        )
    return [_copied(v) for v in value]


def state_of_functions(functions: list[Any]) -> list[dict[str, Any] | None]:
    """What can be kept of callables: the attributes of an object; nothing of a function."""
    return [
        None if isinstance(f, types.FunctionType) or not hasattr(f, "__dict__") else f.__dict__.copy()
        for f in functions
    ]


def _copied(value: Any) -> Any:
    return value.detach().clone() if isinstance(value, Tensor) else value
