"""The modes of the engine: whether operators are recorded, and what is kept beside them.

One context variable holds one immutable :class:`State`, so modes are per thread and per asyncio task, are
restored after an exception, and cost one look-up. A new thread starts from the default.
"""

import contextlib
import functools
import os
import warnings
from collections.abc import Callable
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Any, NamedTuple, ParamSpec, Self, TypeVar

import numpy as np

from .handle import MADE_IN_INFERENCE, View
from .node import Scope
from .observers import Observer, beside
from .pausing import pausing
from .running import Running

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]

P = ParamSpec("P")
R = TypeVar("R")

_tuple = tuple.__new__


class SavedHooks(NamedTuple):
    """Who keeps what operators save: see ``autograd.graph.saved_tensors_hooks``."""

    pack: Callable[[Any], Any]
    """Called with a Tensor; what it returns stands for it until the backward pass."""
    unpack: Callable[[Any], Any]
    """Makes a Tensor of that again."""
    lift: Callable[[Any], Any]
    """Makes a Tensor of an array."""
    before_write: Callable[[Any], None] | None = None
    """Called with an array that is about to be written."""


class State(NamedTuple):
    """The modes in force."""

    grad: bool = True
    scope: Scope | None = None
    lines: bool = False
    fusion: bool = True
    inference: bool = False
    made: View | None = None
    """How new tensors are marked."""
    observer: Observer | None = None
    """Told what happens, where somebody watches."""
    saved_hooks: SavedHooks | None = None
    ahead: Any = None
    """Who is asked before an operator runs: ``amp.autocast``, which chooses its dtype, or the call of a
    compiled function, which lets it wait."""
    hooks_forbidden: str = ""
    """What is said to who wants to hook what operators save."""
    running: Running | None = None
    """The backward pass that runs."""
    forward_mode: bool = False
    """Whether somebody may ask for derivatives in forward mode."""
    duals: Callable[[Any], tuple[Any, Any]] | None = None
    """Takes a tensor and its tangent apart, in a level of forward mode."""
    transposing: bool = False
    """Whether it is the first half of forward mode: what it makes is differentiated by its upstream
    signals."""
    silent: bool = False
    """Whether what is recorded counts for forward mode alone, which ``no_grad`` does not end."""
    multithreading: bool = True
    """What :class:`set_multithreading_enabled` was told."""
    winograd: bool = os.environ.get("AUTOGRAD_CNN_WINOGRAD", "1") != "0"

    # What is entered often makes its tuples directly: half the time of their constructors.

    def inside(self, name: str, kind: str) -> "State":
        """The same with one name more in force, as in every module and composition."""
        return _tuple(State, (self[0], _tuple(Scope, (name, self[1], kind)), *self[2:]))

    def recording(self, grad: bool) -> "State":
        """The same with recording on or off."""
        return _tuple(State, (grad, *self[1:]))

    def asked_to_record(self, grad: bool) -> "State":
        """The same where a user asks for recording, or for none: tangents go on without it."""
        if self.forward_mode and (grad or self.grad):
            return self._replace(grad=True, silent=not grad)
        return self.recording(grad)

    @property
    def for_gradients(self) -> bool:
        """Whether operators are recorded for a backward pass."""
        return self.grad and not self.silent


state: ContextVar[State] = ContextVar("autograd_cnn", default=State())  # noqa: B039 - a State is immutable


class Mode:
    """A context manager, also a decorator, under which some modes are different."""

    changes: dict[str, Any]

    def __init__(self, **changes: Any) -> None:
        self.changes = changes
        self._tokens: list[Token[State]] = []

    def under(self, now: State) -> State:
        """The modes inside, of those outside."""
        return now._replace(**self.changes)

    def __enter__(self) -> Self:
        self._tokens.append(state.set(self.under(state.get())))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None = None,
        error: BaseException | None = None,
        trace: TracebackType | None = None,
    ) -> None:
        for at in range(len(self._tokens) - 1, -1, -1):
            with contextlib.suppress(ValueError):  # entered outside of this pass, or in one that is over
                state.reset(self._tokens[at])
                del self._tokens[at:]
                return

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function`` with its whole body under these modes, also where it pauses; of a class, its
        ``__init__``."""
        if isinstance(function, type):
            warnings.warn(
                "Decorating classes is deprecated and will be disabled in future versions. You should only "
                "decorate functions or methods: decorate the `__init__` method to keep what this does",
                FutureWarning,
                stacklevel=2,
            )
            made: Any = function
            made.__init__ = self(made.__init__)
            return function

        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            with self._fresh():
                return function(*args, **kwargs)

        form: Callable[P, R] = pausing(function, state, self.under) or wrapper
        return functools.wraps(function)(form)

    def clone(self) -> Self:
        """Another one like it."""
        return self._fresh()

    def _fresh(self) -> Self:
        """A copy to enter: one decorator serves many calls, in many threads at once."""
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, _tokens=[])
        return other


class _PlainDecorator(Mode):
    """A mode without arguments, which decorates with and without parentheses."""

    def __new__(cls, orig_func: Any = None) -> Any:
        """The mode; or ``orig_func`` under it."""
        return super().__new__(cls) if orig_func is None else cls()(orig_func)

    def __init__(self, orig_func: Any = None) -> None:
        super().__init__()


class no_grad(_PlainDecorator):
    """Record nothing: results do not require gradients. ``with no_grad():``, ``@no_grad()`` or
    ``@no_grad``."""

    def under(self, now: State) -> State:
        """As outside, with recording off."""
        return now.asked_to_record(False)


class unrecorded(Mode):
    """As :class:`no_grad`, also for forward mode: what runs inside has a derivative of its own, or none."""

    def under(self, now: State) -> State:
        """As outside, with recording off."""
        return now.recording(False)


class enable_grad(_PlainDecorator):
    """Record again inside ``no_grad``."""

    def under(self, now: State) -> State:
        """As outside, with recording on."""
        return now.asked_to_record(True)


class inference_mode(Mode):
    """As ``no_grad``, for code that will never need gradients; ``inference_mode(False)`` ends it, and records
    again."""

    def __new__(cls, mode: Any = True) -> Any:
        """The mode; or the function ``mode`` under it."""
        return super().__new__(cls) if isinstance(mode, bool) else cls()(mode)

    def __init__(self, mode: bool = True) -> None:
        super().__init__(grad=not mode, inference=mode, made=MADE_IN_INFERENCE if mode else None)


class FromHereOn(Mode):
    """A mode in force from the call that makes it on; as a context manager until its end, as a decorator in
    the function only."""

    def __init__(self, **changes: Any) -> None:
        super().__init__(**changes)
        super().__enter__()

    def __enter__(self) -> Self:
        return self if self._tokens else super().__enter__()

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """``function`` under this mode; outside of it, all is as it was before."""
        if self._tokens:
            self.__exit__(None, None, None)
        return super().__call__(function)


class set_grad_enabled(FromHereOn):
    """Switch recording on or off from here on; as a context manager, until its end; as a decorator, in the
    function."""

    def __init__(self, mode: bool) -> None:
        if not isinstance(mode, (bool, np.bool_)):
            raise TypeError(f"set_grad_enabled(): argument 'enabled' must be bool, not {type(mode).__name__}")
        self._enabled = bool(mode)
        super().__init__()

    def under(self, now: State) -> State:
        """As outside, with recording on or off."""
        return now.asked_to_record(self._enabled)


class set_multithreading_enabled(FromHereOn):
    """Remembered: a backward pass runs in the thread that calls it, and its kernels in theirs."""

    def __init__(self, mode: bool) -> None:
        super().__init__(multithreading=bool(mode))
        self.mode = mode


class enforce_grad_layout_policy(FromHereOn):
    """Accepted: a gradient lies as its parameter does, or as an operator left it; neither costs a copy."""

    def __init__(self, enable: bool = True) -> None:
        super().__init__()
        self.mode = enable

    def clone(self) -> "enforce_grad_layout_policy":
        """Another one like it."""
        return enforce_grad_layout_policy(self.mode)


class fusion(Mode):
    """Choose whether compositions may use their fused primitives. ``with fusion(False):`` runs every
    definition."""

    def __init__(self, enabled: bool = True) -> None:
        super().__init__(fusion=enabled)


class winograd(Mode):
    """Choose whether 3x3 convolutions of float32 may use Winograd's filtering: 2-3x faster, ten times the
    rounding error.

    It is off while anybody watches for NaN (``detect_anomaly``), and for a process under
    ``AUTOGRAD_CNN_WINOGRAD=0``.
    """

    def __init__(self, enabled: bool = True) -> None:
        super().__init__(winograd=enabled)


class lines(Mode):
    """Keep the source line of each operator recorded inside (about 0.1 us each)."""

    def __init__(self) -> None:
        super().__init__(lines=True)


class scope(Mode):
    """Name what is recorded inside; pictures group by these names."""

    def __init__(self, name: str, kind: str = "scope") -> None:
        super().__init__()
        self.name, self.kind = name, kind

    def under(self, now: State) -> State:
        """As outside, under this name."""
        return now.inside(self.name, self.kind)


class Observing(Mode, Observer):
    """A mode in which this very object is told what happens, beside those who are told already."""

    def under(self, now: State) -> State:
        """As outside, with one observer more."""
        return now._replace(observer=beside(now.observer, self), **self.changes)


def left(tensor: Any, how: str, result: Any = None) -> None:
    """Tell whoever watches that the value of ``tensor`` left the graph, and by which way."""
    observer = state.get().observer
    if observer is not None:
        observer.left(tensor, how, result)


def is_grad_enabled() -> bool:
    """Whether operators are being recorded."""
    return state.get().for_gradients


def is_multithreading_enabled() -> bool:
    """What :class:`set_multithreading_enabled` was told last; True without it."""
    return state.get().multithreading


def is_inference_mode_enabled() -> bool:
    """Whether :class:`inference_mode` is in force."""
    return state.get().inference
