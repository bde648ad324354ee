"""Compositions: functions made of primitives, beside which a fused form of the same mathematics may stand.

The text of the decorated function is the definition. Where speed asks for it, a fused form is registered
beside it::

    @composition
    def conv2d(input, weight, bias=None, ...): ...

    @conv2d.fused(serves=lambda input, weight, bias=None, ...: input.array.dtype == np.float32)
    def conv2d_fused(input, weight, bias=None, ...): ...

A call takes the newest fused form that serves it, unless fusion is off (``with fusion(False)``); else it runs
the definition. Both run under a scope of kind ``"composition"``, by which pictures group what they record.
"""

import functools
import inspect
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, ParamSpec, TypeVar

from .._engine.modes import state
from .._functions._arguments import UNFIT, wrong_argument

P = ParamSpec("P")
R = TypeVar("R")

compositions: dict[str, "Composition[..., Any]"] = {}
"""Every composition of the package by its name, which is also the name of its scope."""


class Fused(NamedTuple):
    """A fused form: what it is asked beforehand, and what it runs. Both take the arguments as the caller
    wrote them."""

    serves: Callable[..., bool]
    run: Callable[..., Any]


class Composition(Generic[P, R]):
    """A function of tensors: its definition, and the fused forms that may stand in for it."""

    __name__: str

    def __init__(self, definition: Callable[P, R]) -> None:
        self.definition = definition
        """The function itself, made of primitives."""
        self.forms: tuple[Fused, ...] = ()
        functools.update_wrapper(self, definition)
        self.name = definition.__name__
        compositions[self.name] = self

    def fused(self, *, serves: Callable[..., bool]) -> Callable[[Callable[P, R]], Callable[P, R]]:
        """Register a fused form, used where ``serves(*args, **kwargs)`` holds; its parameters are the
        definition's."""

        def register(run: Callable[P, R]) -> Callable[P, R]:
            expected = tuple(inspect.signature(self.definition).parameters)
            if tuple(inspect.signature(run).parameters) != expected:
                raise TypeError(
                    f"a fused form of {self.name} takes the parameters of its definition: "
                    f"{', '.join(expected)}"
                )
            self.forms = (Fused(serves, run), *self.forms)
            return run

        return register

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        mode = state.get()
        if mode.autocast is not None:
            args, kwargs, mode = mode.autocast.call(self.name, args, kwargs, mode)
        run: Callable[P, R] = self.definition
        token = state.set(mode.inside(self.name, "composition"))
        try:
            if mode.fusion:
                for form in self.forms:
                    if form.serves(*args, **kwargs):
                        run = form.run
                        break
            return run(*args, **kwargs)
        except UNFIT as error:
            raise wrong_argument(self.definition, args, kwargs, error) from None
        finally:
            state.reset(token)

    def __get__(self, instance: Any, owner: type | None = None) -> "Composition[P, R]":
        return self

    def __reduce__(self) -> str:
        return self.__name__

    def __repr__(self) -> str:
        return f"<composition {self.name}>"


def composition(definition: Callable[P, R]) -> Composition[P, R]:
    """Make a composition of the function that defines it."""
    return Composition(definition)
