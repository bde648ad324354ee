"""Rates that fall by a rule of the epoch: by steps, by a power, or by a function of the user's."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from .._optimizer import Optimizer
from ._scheduler import LRScheduler, Rates, asked_inside_step, state_of_functions

__all__ = ["ConstantLR", "ExponentialLR", "InvLR", "LambdaLR", "MultiStepLR", "MultiplicativeLR", "StepLR"]


class _OfFunctions(LRScheduler):
    """The part that keeps one function per group; of functions only the attributes of objects are state."""

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | list[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        self.optimizer = optimizer
        count = len(optimizer.param_groups)
        if isinstance(lr_lambda, (list, tuple)) and len(lr_lambda) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(lr_lambda)}")
        self.lr_lambdas: list[Callable[[int], float]] = (
            list(lr_lambda) if isinstance(lr_lambda, (list, tuple)) else [lr_lambda] * count
        )
        for function in self.lr_lambdas:
            if not callable(function):
                raise TypeError(f"lr_lambda should be a function, but got {type(function).__name__}")
        super().__init__(optimizer, last_epoch)

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer; None for a function, its attributes for another callable."""
        return {**super().state_dict(), "lr_lambdas": state_of_functions(self.lr_lambdas)}

    def _misfits(self, state_dict: Any) -> list[str]:
        wrong = super()._misfits(state_dict)
        if not wrong and any(
            (mine is None) != (theirs is None)
            for mine, theirs in zip(
                state_of_functions(self.lr_lambdas), state_dict["lr_lambdas"], strict=True
            )
        ):
            wrong.append(
                "'lr_lambdas' has attributes where this scheduler has a function, or none where it "
                "has an object"
            )
        return wrong

    def _load(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that fits; the functions stay this scheduler's own."""
        super()._load({key: value for key, value in state_dict.items() if key != "lr_lambdas"})
        for mine, attributes in zip(self.lr_lambdas, state_dict["lr_lambdas"], strict=True):
            if attributes is not None:
                mine.__dict__.update(attributes)


class LambdaLR(_OfFunctions):
    """base_lr times ``lr_lambda(epoch)``."""

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        return [base * f(self.last_epoch) for f, base in zip(self.lr_lambdas, self.base_lrs, strict=True)]


class MultiplicativeLR(_OfFunctions):
    """The last rate times ``lr_lambda(epoch)``."""

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        if self._is_initial:
            return self._values("lr")
        return [
            rate * f(self.last_epoch) for f, rate in zip(self.lr_lambdas, self._values("lr"), strict=True)
        ]


class StepLR(LRScheduler):
    """Times ``gamma`` after each ``step_size`` epochs: base_lr gamma^⌊epoch / step_size⌋."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        if self._is_initial or self.last_epoch == 0:
            return self._values("lr")
        due = self.last_epoch % self.step_size == 0
        return self._scaled(self.gamma) if due else self._values("lr")

    def _get_closed_form_lr(self) -> Rates:
        return [base * self.gamma ** (self.last_epoch // self.step_size) for base in self.base_lrs]


class MultiStepLR(LRScheduler):
    """Times ``gamma`` at each of the epochs ``milestones``."""

    def __init__(
        self, optimizer: Optimizer, milestones: Iterable[int], gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        self.milestones: Counter[int] = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        resumed = self._is_initial and self.last_epoch > 0
        if resumed or self.last_epoch not in self.milestones:
            return self._values("lr")
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _misfits(self, state_dict: Any) -> list[str]:
        wrong = super()._misfits(state_dict)
        if not wrong and not all(
            str(epoch).isdecimal() and type(times) is int for epoch, times in state_dict["milestones"].items()
        ):
            wrong.append("'milestones' does not say how often each epoch is one")
        return wrong

    def _load(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that fits, also one whose milestones went through a file."""
        super()._load(state_dict)
        self.milestones = Counter({int(epoch): times for epoch, times in self.milestones.items()})

    def _get_closed_form_lr(self) -> Rates:
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [base * self.gamma**passed for base in self.base_lrs]


class ConstantLR(LRScheduler):
    """base_lr times ``factor`` for the first ``total_iters`` epochs, base_lr after."""

    def __init__(
        self, optimizer: Optimizer, factor: float = 1.0 / 3, total_iters: int = 5, last_epoch: int = -1
    ) -> None:
        if not 0 <= factor <= 1.0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor = factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self._is_initial or self.last_epoch != self.total_iters:
            return self._values("lr")
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self) -> Rates:
        return [
            base * (1.0 if self.last_epoch >= self.total_iters else self.factor) for base in self.base_lrs
        ]


class ExponentialLR(LRScheduler):
    """Times ``gamma`` after each epoch: base_lr gamma^epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        return self._values("lr") if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self) -> Rates:
        return [base * self.gamma**self.last_epoch for base in self.base_lrs]


class InvLR(LRScheduler):
    """Caffe's policy ``inv``, with which its LeNet is trained: base_lr (1 + gamma iteration)^-power. Step it
    after each iteration."""

    def __init__(self, optimizer: Optimizer, gamma: float, power: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        self.power = power
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``."""
        asked_inside_step(self)
        return [base * (1 + self.gamma * self.last_epoch) ** -self.power for base in self.base_lrs]
