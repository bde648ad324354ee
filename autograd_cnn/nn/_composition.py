"""Compositions: functions made of primitives, part of which may be computed in another form.

The text of the decorated function is the definition. It reads and checks its arguments, and what it then
computes may be *fusible*: a function of checked things beside which a form of the same mathematics stands,
such as one primitive. The form answers NotImplemented for what it does not serve::

    @composition
    def linear(input, weight, bias=None):
        ...                                   # checks
        return affine(input, weight, bias)

    @fusible
    def affine(input, weight, bias):          # of primitives: what linear means
        return input @ weight.T + bias

    @affine.fused
    def as_one_operator(input, weight, bias):
        return ops.affine(input, weight, bias) if input.ndim == 2 else NotImplemented

What is made of elementwise primitives, sums and maxima is a formula, and needs no form written by hand: its
loops are compiled, and its derivative follows::

    @formula
    def silu(x, /):
        return ops.gated(x, ops.sigmoid(x))

Under ``fusion(False)`` the definitions run. An exporter hands in forms of its own: see :data:`forms`. A
composition runs under a scope of kind ``"composition"``, by which pictures group what it records.
"""

import functools
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from types import MappingProxyType, NotImplementedType
from typing import Any, Generic, ParamSpec, TypeAlias, TypeVar, TypeVarTuple, overload

import numpy as np

from .._engine.attachment import piecewise_linear
from .._engine.handle import Handle
from .._engine.memory_format import on_first, suggested
from .._engine.modes import state
from .._engine.single import call_in_single, takes_halves
from .._functions._arguments import UNFIT, answer
from .._functions.conversion import contiguous
from ..ops._half import Half
from ..ops._primitive import Samples
from ..ops.formulas import Formula

P = ParamSpec("P")
R = TypeVar("R")
Ts = TypeVarTuple("Ts")

Form: TypeAlias = Callable[[*Ts], R | NotImplementedType]
"""A computation in another form; NotImplemented where it does not serve."""

compositions: dict[str, "Composition[..., Any]"] = {}
"""Every composition of the package by its name, which is also the name of its scope; of two that share it,
that of ``nn.functional``."""

forms: ContextVar[Mapping[Any, Callable[..., Any]]] = ContextVar(
    "autograd_cnn_forms",
    default=MappingProxyType({}),
)
"""By fusible: the forms that are asked where fusion is off. ``onnx.export`` writes its nodes by them."""


class Composition(Generic[P, R]):
    """A function of tensors that runs under its name as a scope. Its definition is the function itself."""

    __name__: str

    def __init__(
        self, definition: Callable[P, R], half: Half, writes: tuple[str, ...], piecewise: bool
    ) -> None:
        self.definition = definition
        functools.update_wrapper(self, definition)
        self.name: str = definition.__name__
        self.half: Half = half
        self.writes = writes
        if piecewise:
            piecewise_linear.add(self.name)
        compositions.setdefault(self.name, self)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        mode = state.get()
        if mode.ahead is not None:
            args, kwargs, mode = mode.ahead.call(self.name, args, kwargs, mode)
        token = state.set(mode.inside(self.name, "composition"))
        try:
            result: R
            if self.half != "same" and takes_halves(self.half, args, kwargs):
                result = call_in_single(self.definition, args, kwargs, self.writes)
            else:
                result = self.definition(*args, **kwargs)
            return result if on_first or not args else _following(args[0], result)
        except UNFIT as error:
            return answer(self, args, kwargs, error)
        finally:
            state.reset(token)

    def __get__(self, instance: Any, owner: type | None = None) -> "Composition[P, R]":
        return self

    def __reduce__(self) -> str:
        return self.__name__

    def __repr__(self) -> str:
        return f"<composition {self.name}>"


def _following(lead: Any, result: Any) -> Any:
    """``result``, channels last where somebody asked that of ``lead``: PyTorch's functions of pictures keep
    the order in memory. Not called in a program that never asks."""
    if not (isinstance(lead, Handle) and isinstance(result, Handle) and lead.array.ndim == result.array.ndim):
        return result
    format = suggested(lead.array)
    return result if format is None else contiguous(result, memory_format=format)


@overload
def composition(definition: Callable[P, R], /) -> Composition[P, R]: ...
@overload
def composition(
    *, half: Half = "single", writes: tuple[str, ...] = (), piecewise_linear: bool = False
) -> Callable[[Callable[P, R]], Composition[P, R]]: ...
def composition(
    definition: Callable[..., Any] | None = None,
    /,
    *,
    half: Half = "single",
    writes: tuple[str, ...] = (),
    piecewise_linear: bool = False,
) -> Any:
    """Make a composition of the function that defines it.

    Halves are computed in float32 and the result is rounded; with ``half="kernels"`` on the host only, with
    ``"same"`` not at all: its operators see to it one by one. ``writes`` names the arguments whose memory it
    changes. With ``piecewise_linear`` its recorded gradient is attached to its operand: see
    :mod:`.._engine.attachment`.
    """
    if definition is not None:
        return Composition(definition, half, writes, piecewise_linear)
    return lambda f: Composition(f, half, writes, piecewise_linear)


class Fusible(Generic[*Ts, R]):
    """A computation with checked operands: its definition, of primitives, and a form that may stand in."""

    __name__: str

    def __init__(self, definition: Callable[[*Ts], R]) -> None:
        self.definition = definition
        self.form: Form[*Ts, R] | None = None
        functools.update_wrapper(self, definition)

    def fused(self, form: Form[*Ts, R]) -> Form[*Ts, R]:
        """Let ``form`` stand in for the definition where it does not answer NotImplemented."""
        self.form = form
        return form

    def __call__(self, *operands: *Ts, **parameters: Any) -> R:
        form = self.form if state.get().fusion else forms.get().get(self)
        if form is not None:
            result = form(*operands, **parameters)
            if result is not NotImplemented:
                return result
        return self.definition(*operands, **parameters)

    def __repr__(self) -> str:
        return f"<fusible {self.__name__}>"


def fusible(definition: Callable[[*Ts], R]) -> Fusible[*Ts, R]:
    """Make a computation, of positional operands, one that may be computed in another form."""
    return Fusible(definition)


def number(value: Any) -> Any:
    """A number of NumPy's as one of Python's, which makes no result wider."""
    return value.item() if isinstance(value, (np.generic, np.ndarray)) and not value.ndim else value


def formula(
    samples: Samples,
    *,
    piecewise_linear: bool = False,
    formulas: dict[str, str] | None = None,
) -> Callable[[Callable[..., Any]], Fusible[*tuple[Any, ...], Any]]:
    """Make a formula of a function of primitives, operands positional-only and parameters keyword-only: one
    operator with the function's name, for operands of one floating dtype. See :class:`.Formula`."""

    def declare(definition: Callable[..., Any]) -> Fusible[*tuple[Any, ...], Any]:
        operator = Formula(definition, piecewise_linear=piecewise_linear, formulas=formulas)
        operator.samples(samples)

        def form(*operands: Any, **parameters: Any) -> Any:
            kinds = {o.array.dtype for o in operands}
            if len(kinds) != 1 or next(iter(kinds)).kind != "f":
                return NotImplemented
            return operator(*operands, **{name: number(value) for name, value in parameters.items()})

        found: Fusible[*tuple[Any, ...], Any] = Fusible(definition)
        found.fused(form)
        return found

    return declare
