"""What every distribution is: parameters, a batch of them, events of a shape, and what can be asked."""

import warnings
from typing import Any, ClassVar

from .._engine.modes import no_grad
from .._engine.size import Size
from .._tensor import Tensor
from . import constraints
from .utils import broadcast_all

__all__ = ["Distribution"]


class Distribution:
    """A batch of ``batch_shape`` independent distributions over events of ``event_shape``.

    Samples have the shape ``sample_shape + batch_shape + event_shape``; ``log_prob`` of them
    ``sample_shape + batch_shape``.
    """

    _event_dims: ClassVar[dict[str, int]] = {}
    """How many of a parameter's last axes are of its event; 0 where not named."""
    _unexpanded: ClassVar[tuple[str, ...]] = ()
    """Parameters that are not of the batch."""
    _validate_args: bool = True

    @property
    def has_rsample(self) -> bool:
        """Whether samples have gradients by the parameters."""
        return False

    @property
    def has_enumerate_support(self) -> bool:
        """Whether ``enumerate_support`` lists all events."""
        return False

    @property
    def arg_constraints(self) -> dict[str, Any]:
        """The set that each parameter lies in."""
        raise NotImplementedError

    @property
    def support(self) -> Any:
        """The set of all events."""
        raise NotImplementedError

    def __init__(
        self,
        batch_shape: tuple[int, ...] = (),
        event_shape: tuple[int, ...] = (),
        validate_args: bool | None = None,
    ) -> None:
        self._batch_shape, self._event_shape = Size(batch_shape), Size(event_shape)
        if validate_args is not None:
            self._validate_args = validate_args
        if self._validate_args:
            self._check_parameters()

    def _take(self, validate_args: bool | None, **parameters: Any) -> None:
        """Start with ``parameters``, broadcast against each other, of single numbers as events."""
        values = broadcast_all(*parameters.values())
        for name, value in zip(parameters, values, strict=True):
            setattr(self, name, value)
        Distribution.__init__(self, values[0].shape, (), validate_args)

    def _check_parameters(self) -> None:
        try:
            constrained = self.arg_constraints
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `arg_constraints`. Please set `arg_constraints = {{}}` or "
                "initialize the distribution with `validate_args=False` to turn off validation.",
                stacklevel=4,
            )
            return
        for name, constraint in constrained.items():
            if constraints.is_dependent(constraint) or name not in vars(self):
                continue
            value = getattr(self, name)
            if not constraint.check(value).all():
                raise ValueError(
                    f"Expected parameter {name} ({type(value).__name__} of shape {tuple(value.shape)}) of "
                    f"distribution {self!r} to satisfy the constraint {constraint!r}, but found invalid "
                    f"values:\n{value}"
                )

    @staticmethod
    def set_default_validate_args(value: bool) -> None:
        """Whether parameters and values are checked where a distribution is not told."""
        if value not in (True, False):
            raise ValueError
        Distribution._validate_args = value

    @property
    def batch_shape(self) -> Size:
        """The shape of the parameters, without that of an event."""
        return self._batch_shape

    @property
    def event_shape(self) -> Size:
        """The shape of one event."""
        return self._event_shape

    def expand(self, batch_shape: Any, _instance: Any = None) -> Any:
        """The same distributions repeated to ``batch_shape``; the memory is not copied.

        What a subclass has computed in an ``__init__`` of its own is not known here: NotImplementedError, as
        in PyTorch, where one outside of this package has no ``expand``.
        """
        new = self._get_checked_instance(_nearest_of_ours(type(self)), _instance)
        batch_shape = Size(batch_shape)
        for name, value in vars(self).items():
            if isinstance(value, Tensor) and name not in self._unexpanded:
                kept = self._event_dims.get(name, 0)
                value = value.expand(batch_shape + value.shape[value.dim() - kept :])
            elif isinstance(value, Distribution):
                value = value.expand(batch_shape + self._inner_axes(value))
            new.__dict__.setdefault(name, value)
        Distribution.__init__(new, batch_shape, self.event_shape, False)
        new._validate_args = self._validate_args
        return new

    def _inner_axes(self, inner: "Distribution") -> Size:
        """The batch axes of a distribution within this one beyond this one's batch."""
        return inner.batch_shape[len(self.batch_shape) :]

    def _get_checked_instance(self, cls: type, _instance: Any = None) -> Any:
        if _instance is None and _maker(type(self)) is not _maker(cls):
            raise NotImplementedError(
                f"Subclass {type(self).__name__} of {cls.__name__} that defines a custom __init__ method "
                "must also define a custom .expand() method."
            )
        return self.__new__(type(self)) if _instance is None else _instance

    @property
    def mean(self) -> Tensor:
        """The expectation."""
        raise NotImplementedError

    @property
    def mode(self) -> Tensor:
        """The likeliest value."""
        raise NotImplementedError(f"{type(self)} does not implement mode")

    @property
    def variance(self) -> Tensor:
        """The expectation of the squared distance from the mean."""
        raise NotImplementedError

    @property
    def stddev(self) -> Tensor:
        """The root of the variance."""
        return self.variance.sqrt()

    def sample(self, sample_shape: Any = ()) -> Tensor:
        """Random events, without a gradient."""
        with no_grad():
            return self.rsample(sample_shape)

    def rsample(self, sample_shape: Any = ()) -> Tensor:
        """Random events as a function of the parameters, so that gradients reach these."""
        raise NotImplementedError

    def sample_n(self, n: int) -> Tensor:
        """``n`` samples; deprecated, ``sample((n,))`` gives them."""
        warnings.warn(
            "sample_n(n) will be deprecated. Use .sample((n,)) instead.", FutureWarning, stacklevel=2
        )
        return self.sample((n,))

    def log_prob(self, value: Any) -> Tensor:
        """The logarithm of the density, or of the probability, at ``value``."""
        raise NotImplementedError

    def cdf(self, value: Any) -> Tensor:
        """The probability of at most ``value``."""
        raise NotImplementedError

    def icdf(self, value: Any) -> Tensor:
        """The inverse of ``cdf``."""
        raise NotImplementedError

    def enumerate_support(self, expand: bool = True) -> Tensor:
        """All events, along a new first axis; each for the whole batch where it shall ``expand``."""
        raise NotImplementedError

    def entropy(self) -> Tensor:
        """The expectation of -log_prob."""
        raise NotImplementedError

    def perplexity(self) -> Tensor:
        """e to the entropy."""
        return self.entropy().exp()

    def _extended_shape(self, sample_shape: Any = ()) -> Size:
        return Size(tuple(sample_shape) + tuple(self._batch_shape) + tuple(self._event_shape))

    def _listed(self, values: Tensor, expand: bool) -> Tensor:
        """``values`` along a first axis, for :meth:`enumerate_support` of single numbers."""
        values = values.view((-1,) + (1,) * len(self._batch_shape))
        return values.expand((-1, *self._batch_shape)) if expand else values

    def _validate_sample(self, value: Any) -> None:
        if not isinstance(value, Tensor):
            raise ValueError("The value argument to log_prob must be a Tensor")
        if value.dim() < len(self._event_shape):
            raise ValueError(
                f"Expected the value to have at least {len(self._event_shape)} axes, those of an event, but "
                f"got the shape {tuple(value.shape)}"
            )
        events = value.shape[value.dim() - len(self._event_shape) :]
        if tuple(events) != tuple(self._event_shape):
            raise ValueError(
                f"The right-most size of value must match event_shape: {value.shape} vs {self._event_shape}."
            )
        expected = tuple(self._batch_shape) + tuple(self._event_shape)
        for i, j in zip(reversed(value.shape), reversed(expected), strict=False):
            if i not in (1, j) and j != 1:
                raise ValueError(
                    "Value is not broadcastable with batch_shape+event_shape: "
                    f"{value.shape} vs {Size(expected)}."
                )
        try:
            support = self.support
        except NotImplementedError:
            warnings.warn(
                f"{type(self)} does not define `support` to enable sample validation. Please initialize the "
                "distribution with `validate_args=False` to turn off validation.",
                stacklevel=3,
            )
            return
        if not support.check(value).all():
            raise ValueError(
                f"Expected value argument ({type(value).__name__} of shape {tuple(value.shape)}) to be "
                f"within the support ({support!r}) of the distribution {self!r}, but found invalid "
                f"values:\n{value}"
            )

    def _valid(self, value: Any, *parameters: Tensor) -> tuple[Tensor, ...]:
        """``value``, checked, and ``parameters`` in one shape."""
        if self._validate_args:
            self._validate_sample(value)
        return broadcast_all(value, *parameters)

    def _shown(self) -> dict[str, Any]:
        return {n: vars(self)[n] for n in self.arg_constraints if n in vars(self)}

    def __repr__(self) -> str:
        parts = [
            f"{name}: {value if value.numel() == 1 else value.size()}"
            for name, value in self._shown().items()
        ]
        return f"{type(self).__name__}({', '.join(parts)})"


def _maker(kind: type) -> Any:
    return next(vars(base)["__init__"] for base in kind.__mro__ if "__init__" in vars(base))


def _nearest_of_ours(kind: type) -> type:
    """The first class of this package among ``kind`` and its bases."""
    return next(base for base in kind.__mro__ if base.__module__.startswith(__package__))
