"""What a set of numbers or events is, and what stands for one that depends on other parameters."""

from collections.abc import Callable
from typing import Any

from .._tensor import Tensor

__all__ = ["Constraint", "dependent_property", "is_dependent"]


class Constraint:
    """A set of numbers, or of events of ``event_dim`` axes."""

    @property
    def is_discrete(self) -> bool:
        """Whether its points lie apart."""
        return False

    @property
    def event_dim(self) -> int:
        """How many axes one of its elements has."""
        return 0

    def check(self, value: Tensor) -> Tensor:
        """Of each event in ``value``, shape (*batch, *event), whether it is in the set: bools (*batch)."""
        raise NotImplementedError

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_told(bound)}" for name, bound in vars(self).items() if name[0] != "_")
        return f"{type(self).__name__.lstrip('_')}({shown})"


def _told(bound: Any) -> Any:
    return bound.item() if isinstance(bound, Tensor) and bound.numel() == 1 else bound


class _Dependent(Constraint):
    """What depends on other parameters and can't be asked."""

    def __init__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> None:
        self._is_discrete, self._event_dim = is_discrete, event_dim

    @property
    def is_discrete(self) -> Any:
        if self._is_discrete is NotImplemented:
            raise NotImplementedError(".is_discrete cannot be determined statically")
        return self._is_discrete

    @property
    def event_dim(self) -> Any:
        if self._event_dim is NotImplemented:
            raise NotImplementedError(".event_dim cannot be determined statically")
        return self._event_dim

    def __call__(self, *, is_discrete: Any = NotImplemented, event_dim: Any = NotImplemented) -> "_Dependent":
        """The same with these properties known."""
        return _Dependent(
            is_discrete=self._is_discrete if is_discrete is NotImplemented else is_discrete,
            event_dim=self._event_dim if event_dim is NotImplemented else event_dim,
        )

    def check(self, x: Tensor) -> Tensor:
        raise ValueError("Cannot determine validity of dependent constraint")


class dependent_property(property, _Dependent):
    """A property that gives an instance's constraint; on the class it counts as a dependent one."""

    def __init__(
        self,
        fn: Callable[[Any], Any] | None = None,
        *,
        is_discrete: Any = NotImplemented,
        event_dim: Any = NotImplemented,
    ) -> None:
        property.__init__(self, fn)
        _Dependent.__init__(self, is_discrete=is_discrete, event_dim=event_dim)

    def __call__(self, fn: Any = None, **known: Any) -> Any:
        """``@dependent_property(event_dim=1)`` before a method."""
        if fn is None:
            return _Dependent.__call__(self, **known)
        return dependent_property(fn, is_discrete=self._is_discrete, event_dim=self._event_dim)


def is_dependent(constraint: object) -> bool:
    """Whether ``constraint`` can't be asked by itself."""
    return isinstance(constraint, _Dependent)
