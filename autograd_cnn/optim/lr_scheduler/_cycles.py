"""Rates that go up and down again, with the momentum going the other way (Smith, 2017 and 2019)."""

import functools
import math
from collections.abc import Callable
from typing import Any

from .._optimizer import Optimizer
from ._scheduler import LRScheduler, Rates, asked_inside_step, assign, checked, per_group, state_of_functions

__all__ = ["CyclicLR", "OneCycleLR"]


class _WithMomentum(LRScheduler):
    """The part that moves the momentum too: ``momentum``, or the first of ``betas``."""

    use_beta1: bool

    def _start_momentum(self, base: Any, top: Any, last_epoch: int) -> None:
        if "momentum" not in self.optimizer.defaults and "betas" not in self.optimizer.defaults:
            raise ValueError("optimizer must support momentum or beta1 with `cycle_momentum` option enabled")
        self.use_beta1 = "betas" in self.optimizer.defaults
        if last_epoch == -1:
            for high, low, group in zip(top, base, self.optimizer.param_groups, strict=True):
                self._set_momentum(group, high)
                group["max_momentum"], group["base_momentum"] = high, low

    def _set_momentum(self, group: dict[str, Any], value: Any) -> None:
        if self.use_beta1:
            group["betas"] = (value, *group["betas"][1:])
        else:
            group["momentum"] = value


class CyclicLR(_WithMomentum):
    """Between ``base_lr`` and ``max_lr`` along triangles, ``step_size_up`` steps up and ``step_size_down``
    down.

    ``mode``: ``"triangular"``; ``"triangular2"``, halved in each cycle; ``"exp_range"``, times gamma^step; or
    ``scale_fn`` of the cycle or, with ``scale_mode="iterations"``, of the step. Step it after each batch.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        base_lr: float | list[float],
        max_lr: float | list[float],
        step_size_up: int = 2000,
        step_size_down: int | None = None,
        mode: str = "triangular",
        gamma: float = 1.0,
        scale_fn: Callable[[float], float] | None = None,
        scale_mode: str = "cycle",
        cycle_momentum: bool = True,
        base_momentum: float = 0.8,
        max_momentum: float = 0.9,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer: Optimizer = checked(optimizer)
        base_lrs = per_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for rate, group in zip(base_lrs, optimizer.param_groups, strict=True):
                assign(group, "lr", rate)
        self.max_lrs: list[Any] = per_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        self.total_size: float = up + (up if step_size_down is None else float(step_size_down))
        self.step_ratio: float = up / self.total_size
        if mode not in _SCALES and scale_fn is None:
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode = mode
        self.gamma = gamma
        self.scale_mode: str = scale_mode
        self._scale_fn_custom = scale_fn
        if scale_fn is None:
            self.scale_mode = "iterations" if mode == "exp_range" else "cycle"
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self.base_momentums: list[Any] = per_group("base_momentum", optimizer, base_momentum)
            self.max_momentums: list[Any] = per_group("max_momentum", optimizer, max_momentum)
            self._start_momentum(self.base_momentums, self.max_momentums, last_epoch)
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def scale_fn(self, x: float) -> float:
        """What the height of the triangle is multiplied by in cycle (or at step) ``x``."""
        return (
            self._scale_fn_custom(x)
            if self._scale_fn_custom is not None
            else _SCALES[self.mode](self.gamma, x)
        )

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``; the momentum is set on the way."""
        asked_inside_step(self)
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x = 1.0 + self.last_epoch / self.total_size - cycle
        height = x / self.step_ratio if x <= self.step_ratio else (x - 1) / (self.step_ratio - 1)
        height *= self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            for low, high, group in zip(
                self.base_momentums, self.max_momentums, self.optimizer.param_groups, strict=True
            ):
                self._set_momentum(group, high - (high - low) * height)
        return [low + (high - low) * height for low, high in zip(self.base_lrs, self.max_lrs, strict=True)]

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer; None for a scaling function, its attributes for another
        callable."""
        custom = self._scale_fn_custom
        return {
            **super().state_dict(),
            "_scale_fn_custom": None if custom is None else state_of_functions([custom])[0],
        }

    def _misfits(self, state_dict: Any) -> list[str]:
        wrong = super()._misfits(state_dict)
        if not wrong and (attributes := state_dict["_scale_fn_custom"]) is not None:
            if self._scale_fn_custom is None:
                wrong.append("this state is of a scheduler with a scale_fn; give this one the same scale_fn")
            elif not isinstance(attributes, dict) or not hasattr(self._scale_fn_custom, "__dict__"):
                wrong.append("'_scale_fn_custom' does not hold the attributes of this scheduler's scale_fn")
        if not wrong and self._scale_fn_custom is None and state_dict["mode"] not in _SCALES:
            wrong.append(f"'mode' is {state_dict['mode']!r}, not one of {', '.join(_SCALES)}")
        return wrong

    def _load(self, state_dict: dict[str, Any]) -> None:
        """Take over a state that fits; the scaling function stays this scheduler's own."""
        attributes = state_dict["_scale_fn_custom"]
        super()._load({key: value for key, value in state_dict.items() if key != "_scale_fn_custom"})
        if attributes is not None:
            self._scale_fn_custom.__dict__.update(attributes)


_SCALES: dict[str, Callable[[float, float], float]] = {
    "triangular": lambda gamma, cycle: 1.0,
    "triangular2": lambda gamma, cycle: 1 / 2.0 ** (cycle - 1),
    "exp_range": lambda gamma, step: gamma**step,
}


class OneCycleLR(_WithMomentum):
    """One rise to ``max_lr`` and one fall to next to nothing, in ``total_steps`` (or ``epochs`` times
    ``steps_per_epoch``) steps.

    It starts at max_lr / div_factor, takes the share ``pct_start`` of the steps to rise, and ends at that /
    final_div_factor; with ``three_phase`` it comes down as it rose and vanishes after. ``anneal_strategy``:
    ``"cos"`` or ``"linear"``. Step it after each batch.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.optimizer: Optimizer = checked(optimizer)
        self.total_steps: int = _total(total_steps, epochs, steps_per_epoch)
        if not isinstance(pct_start, float) or not 0 <= pct_start <= 1:
            raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
        if anneal_strategy not in ("cos", "linear"):
            raise ValueError(
                f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
            )
        self._schedule_phases = _phases(
            float(pct_start * self.total_steps), self.total_steps - 1, three_phase
        )
        self._anneal_func_type = anneal_strategy
        tops = per_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for top, group in zip(tops, optimizer.param_groups, strict=True):
                group["initial_lr"] = top / div_factor
                group["max_lr"], group["min_lr"] = top, group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            base = per_group("base_momentum", optimizer, base_momentum)
            self._start_momentum(base, per_group("max_momentum", optimizer, max_momentum), last_epoch)
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> Rates:
        """The rates for ``last_epoch``; the momentum is set on the way."""
        asked_inside_step(self)
        step = self.last_epoch
        if step > self.total_steps:
            raise ValueError(
                f"Tried to step {step} times. The specified number of total steps is {self.total_steps}"
            )
        begin, phase = 0.0, self._schedule_phases[0]
        for phase in self._schedule_phases:
            if step <= phase["end_step"] or phase is self._schedule_phases[-1]:
                break
            begin = phase["end_step"]
        between = functools.partial(
            _between, self._anneal_func_type, (step - begin) / (phase["end_step"] - begin)
        )
        if self.cycle_momentum:
            for group in self.optimizer.param_groups:
                self._set_momentum(
                    group, between(group[phase["start_momentum"]], group[phase["end_momentum"]])
                )
        return [
            between(group[phase["start_lr"]], group[phase["end_lr"]]) for group in self.optimizer.param_groups
        ]


def _total(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is None and (epochs is None or steps_per_epoch is None):
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    given = (
        {"total_steps": total_steps}
        if total_steps is not None
        else {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    )
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
    return math.prod(given.values())  # type: ignore[arg-type]  # integers, as has just been seen


def _phases(rise: float, last: float, three: bool) -> list[dict[str, Any]]:
    """The stretches of the schedule: where each ends, and which of a group's values it goes between."""
    ends = [(rise - 1, "initial", "max"), (2 * rise - 2, "max", "initial"), (last, "initial", "min")]
    momentum = {"initial": "max_momentum", "max": "base_momentum", "min": "max_momentum"}
    if not three:
        ends = [ends[0], (last, "max", "min")]
    return [
        {
            "end_step": end,
            "start_lr": f"{a}_lr",
            "end_lr": f"{b}_lr",
            "start_momentum": momentum[a],
            "end_momentum": momentum[b],
        }
        for end, a, b in ends
    ]


def _between(strategy: str, share: float, start: Any, end: Any) -> Any:
    if strategy == "cos":
        return end + (start - end) / 2.0 * (math.cos(math.pi * share) + 1)
    return (end - start) * share + start
