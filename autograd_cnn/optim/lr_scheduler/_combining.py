"""Several schedulers of one optimizer: one after another, or all at once."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from .._optimizer import Optimizer
from ._plateau import ReduceLROnPlateau
from ._scheduler import LRScheduler, assign
from ._states import misfits

__all__ = ["ChainedScheduler", "SequentialLR"]


class _Several(LRScheduler):
    """The part that holds schedulers, and reads and loads the state of each."""

    _schedulers: Sequence[LRScheduler]

    def _restart(self) -> None:
        """Go to epoch 0 again, from groups that have their initial rates."""
        raise NotImplementedError

    def _take_over(self) -> None:
        """Set the rates of epoch 0, whatever the scheduler before has left."""
        _initial_rates(self.optimizer)
        self._restart()

    def _check(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer) -> None:
        own = type(self).__name__
        for i, scheduler in enumerate(schedulers):
            if not hasattr(scheduler, "optimizer"):
                raise TypeError(f"{own} at index {i} should have `optimizer` as its attribute.")
            if isinstance(scheduler, ReduceLROnPlateau):
                raise ValueError(
                    f"{own} does not support `ReduceLROnPlateau` scheduler as it requires additional "
                    "kwargs to be specified when "
                    f"calling `step`, but got one at index {i} in the given schedulers sequence."
                )
            if scheduler.optimizer is not optimizer:
                raise ValueError(
                    f"{own} expects all schedulers to belong to the same optimizer, but got scheduler "
                    f"{type(scheduler).__name__} at "
                    f"index {i} has {scheduler.optimizer}, which is different from "
                    f"{type(optimizer).__name__}."
                )

    def state_dict(self) -> dict[str, Any]:
        """All attributes but the optimizer, and the state of each scheduler."""
        return {
            **super().state_dict(),
            "_schedulers": [scheduler.state_dict() for scheduler in self._schedulers],
        }

    def _misfits(self, state_dict: Any) -> list[str]:
        own = {**super().state_dict(), "_schedulers": [None] * len(self._schedulers)}
        wrong = misfits(own, state_dict)
        states = state_dict.get("_schedulers") if isinstance(state_dict, Mapping) else None
        if isinstance(states, (list, tuple)):
            parts = zip(self._schedulers, states, strict=False)
            wrong += [
                f"in scheduler {i}, {problem}"
                for i, (scheduler, state) in enumerate(parts)
                for problem in scheduler._misfits(state)
            ]
        return wrong

    def _load(self, state_dict: dict[str, Any]) -> None:
        super()._load({key: value for key, value in state_dict.items() if key != "_schedulers"})
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"], strict=True):
            scheduler._load(state)


class SequentialLR(_Several):
    """One scheduler after another: the next takes over at each of the epochs ``milestones``, and counts its
    own epochs from there.

    With ``last_epoch``, the attribute of that name of a run that was interrupted, it goes on as that run
    would have: its epochs are gone through again, from the groups' ``initial_lr``.
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: list[LRScheduler], milestones: list[int], last_epoch: int = -1
    ) -> None:
        if len(schedulers) < 1:
            raise ValueError("SequentialLR expects at least one scheduler, but got no scheduler.")
        self._check(schedulers, optimizer)
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                "Sequential Schedulers expects number of schedulers provided to be one more than the "
                "number of milestone points, but "
                f"got number of schedulers {len(schedulers)} and the number of milestones to be equal "
                f"to {len(milestones)}"
            )
        self._schedulers, self._milestones = schedulers, milestones
        self.optimizer = optimizer
        self._take_over()
        for _ in range(last_epoch):
            optimizer._opt_called = True  # that epoch's steps were taken, though not by this process
            self.step()

    def recursive_undo(self, sched: Any = None) -> None:
        """Take back the step that every scheduler in it did when it was made."""
        whose = self if sched is None else sched
        if hasattr(whose, "_schedulers"):
            for inner in whose._schedulers:
                self.recursive_undo(inner)
        elif hasattr(whose, "last_epoch"):
            whose.last_epoch -= 1

    def _restart(self) -> None:
        """Each scheduler has taken its first step when it was made; only the first one's counts."""
        self.last_epoch: int = 0
        for scheduler in self._schedulers:
            _undo(scheduler)
        first = self._schedulers[bisect_right(self._milestones, 0)]
        _restart(first)
        self._last_lr = first.get_last_lr()

    def step(self) -> None:  # type: ignore[override]  # PyTorch's: it takes no epoch
        """Set the rates of the next epoch, by the scheduler whose turn it is."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._take_over()
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


def _initial_rates(optimizer: Optimizer) -> None:
    for group in optimizer.param_groups:
        assign(group, "lr", group["initial_lr"])


def _undo(scheduler: Any) -> None:
    """Take back all steps of a scheduler, or of those inside it."""
    if isinstance(scheduler, _Several):
        for inner in scheduler._schedulers:
            _undo(inner)
    else:
        scheduler.last_epoch = -1


def _restart(scheduler: LRScheduler) -> None:
    """Take the first step of a scheduler that took none."""
    if isinstance(scheduler, _Several):
        scheduler._restart()
    else:
        scheduler._initial_step()


class ChainedScheduler(_Several):
    """All schedulers at once: each changes what the one before it has set."""

    def __init__(self, schedulers: Sequence[LRScheduler], optimizer: Optimizer | None = None) -> None:
        if len(schedulers) < 1:
            raise ValueError(
                "ChainedScheduler expects at least one scheduler to be chained, but got no scheduler."
            )
        self._check(schedulers, optimizer or schedulers[0].optimizer)
        self._schedulers = schedulers
        self.optimizer: Optimizer = optimizer or schedulers[0].optimizer
        self._last_lr = self._values("lr")

    def _restart(self) -> None:
        for scheduler in self._schedulers:
            _undo(scheduler)
            _restart(scheduler)
        self._last_lr = self._values("lr")

    def step(self) -> None:  # type: ignore[override]  # PyTorch's: it takes no epoch
        """Step every scheduler."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = self._values("lr")
