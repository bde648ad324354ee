"""What a primitive operator is: a forward, one local gradient per operand, a formula and samples.

The parameter names of a rule say what it needs, and only that is kept for the backward pass::

    @primitive
    def exp(x, /):
        return np.exp(x)

    @exp.vjp("x")
    def exp_x(g, out):          # g is the upstream signal; out is kept, x is not
        return g * out

Operands are positional-only arrays, parameters are keyword-only and not differentiated.
"""

from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, overload

import numpy as np

Rule = Callable[..., Any]

_PLAIN = frozenset((np.ndarray, float, int, bool, np.float32, np.float64, np.bool_, np.int64))
"""Types of operands that have no hook, told without asking them."""

VARARGS, VARKEYWORDS = 0x04, 0x08  # flags of a code object: it has *args, it has **kwargs


class _Required:
    """Stands where a parameter has no default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = _Required()

registry: dict[str, "Primitive"] = {}


class Sample(NamedTuple):
    """One call of a primitive that every check runs: its operands and its parameters."""

    operands: tuple[Any, ...]
    parameters: dict[str, Any]


class RuleEntry(NamedTuple):
    """A registered local gradient: the function, the names it asks for after ``g``, its operands, its written
    formula."""

    rule: Rule
    needs: tuple[str, ...]
    operands: tuple[str, ...]
    formula: str | None


class Plan:
    """What one node keeps and what each of its rules receives.

    Compiled once per primitive and set of operands that want a gradient, so that ``x * constant`` keeps the
    constant and not ``x``.
    """

    __slots__ = ("extras", "gathers", "holds_arrays", "keep", "names", "origins", "rules", "simple")

    names: tuple[str, ...]
    """Names of the kept values, in the order of ``Node.saved``."""
    extras: tuple[int | str, ...]
    """What the pick needs beyond operands and results: an operand's position (for its shape) or a parameter's
    name."""
    gathers: bool
    """Whether the pick needs more than ``(*operands, *results)``."""
    keep: Callable[[Sequence[Any]], tuple[Any, ...]]
    """Picks the kept values out of (operands, outputs, auxiliaries, extras)."""
    origins: tuple[int | None, ...]
    """Where a kept value came from: an operand's position, -1 - i for output i, None for anything else."""
    rules: tuple[tuple[Rule, tuple[int, ...], int | tuple[int, ...]], ...]
    """(rule, positions of its arguments among the kept values, position of the operand or operands it
    serves)."""
    holds_arrays: bool
    """Whether freeing a node of this plan makes a second backward pass impossible."""
    simple: bool
    """Whether there is one result and each rule serves one operand."""


class Primitive:
    """An operator with its own local gradient; made by :func:`primitive`. Called, it runs, or hands itself to
    a hook."""

    __name__: str
    __qualname__: str
    __wrapped__: Callable[..., Any]

    def __init__(
        self,
        forward: Callable[..., Any],
        *,
        outputs: tuple[str, ...] = (),
        aux: tuple[str, ...] = (),
        broadcasts: bool = False,
        promotes: str | None = None,
        view: bool = False,
        linear: bool = False,
        differentiable: bool = True,
    ) -> None:
        self.forward, self.name = forward, forward.__name__
        self.__name__, self.__qualname__, self.__module__ = (
            forward.__name__,
            forward.__qualname__,
            forward.__module__,
        )
        self.__doc__, self.__wrapped__ = forward.__doc__, forward
        self.outputs, self.aux = tuple(outputs), tuple(aux)
        self.several = bool(self.outputs or self.aux)
        self.broadcasts, self.promotes, self.view, self.linear = broadcasts, promotes, view, linear
        self.operands, self.defaults, self.variadic = _read_signature(forward)
        self.rules: dict[str, RuleEntry] = {}
        self.without_rule: set[str] = set() if differentiable else set(self.operands)
        self.make_samples: Callable[[Any], Iterable[Any]] | None = None
        self.plans: dict[int, Plan] = {}
        if promotes not in (None, "common", "float"):
            raise TypeError(f"{self.name}: promotes is 'common' or 'float' or None, not {promotes!r}")
        for name in (*self.operands, *self.outputs, *self.aux):
            if name in ("g", "out") or name.endswith("_shape"):
                raise TypeError(
                    f"{self.name}: {name!r} has a meaning of its own in rules; choose another name"
                )
        self._register()

    def _register(self) -> None:
        other = registry.get(self.name)
        if other is not None and (other.__module__, other.__qualname__) != (
            self.__module__,
            self.__qualname__,
        ):
            raise TypeError(
                f"a primitive {self.name!r} exists already (in {other.__module__}); give this one "
                "another name"
            )
        registry[self.name] = self

    @property
    def differentiable(self) -> bool:
        """Whether at least one operand has, or may get, a local gradient."""
        return len(self.without_rule) < len(self.operands)

    @property
    def legal_names(self) -> tuple[str, ...]:
        """What a rule may ask for, beside the upstream signal."""
        out = self.outputs or ("out",)
        shapes = tuple(f"{name}_shape" for name in self.operands)
        return (*out, *self.operands, *shapes, *self.defaults, *self.aux)

    def vjp(self, *operands: str, formula: str | None = None) -> Callable[[Rule], Rule]:
        """Register the local gradient for one operand (or several, returned as a tuple).

        ``formula`` is an expression in the same vocabulary, for rules that are longer than one expression.
        """
        if not operands or any(name not in self.operands for name in operands):
            raise TypeError(f"{self.name}.vjp{operands}: the operands are {', '.join(self.operands)}")

        def register(rule: Rule) -> Rule:
            names = _parameter_names(rule)
            upstream = tuple(f"g_{name}" for name in self.outputs) or ("g",)
            needs = names[len(upstream) :]
            unknown = [name for name in needs if name not in self.legal_names]
            if names[: len(upstream)] != upstream or unknown:
                wrong = f"; not {', '.join(unknown)}" if unknown else ""
                raise TypeError(
                    f"{rule.__name__}: a rule of {self.name} takes {', '.join(upstream)} first, "
                    f"then any of {', '.join(self.legal_names)}{wrong}"
                )
            for name in operands:
                self.rules[name] = RuleEntry(rule, needs, operands, formula)
            self.plans.clear()
            return rule

        return register

    def nondifferentiable(self, *operands: str) -> None:
        """Say that ``operands`` have no gradient (masks, indices): none will be asked for."""
        self.without_rule.update(operands)
        self.plans.clear()

    def samples(self, make: Callable[[Any], Iterable[Any]]) -> Callable[[Any], Iterable[Any]]:
        """Register the calls that every check runs. ``make(draw)`` returns a list of them.

        An entry is an array (one operand), a tuple of operands, or ``draw.call(*operands, **parameters)``.
        """
        self.make_samples = make
        return make

    def compile(self, wanted: int) -> Plan:
        """Make the plan for the operands whose bits are set in ``wanted``, and keep it in ``plans``."""
        entries = []
        for i, name in enumerate(self.operands):
            if (wanted >> i & 1 or self.variadic) and name not in self.without_rule:
                if name not in self.rules:
                    raise NotImplementedError(
                        f"{self.name} has no local gradient for its operand {name!r}: register one with "
                        f"@{self.name}.vjp({name!r}), or say {self.name}.nondifferentiable({name!r})"
                    )
                if self.rules[name] not in entries:
                    entries.append(self.rules[name])
        outputs = self.outputs or ("out",)
        arrays = (*self.operands, *outputs, *self.aux)
        plan = Plan()
        plan.names = tuple(dict.fromkeys(name for entry in entries for name in entry.needs))
        extra = tuple(name for name in plan.names if name not in arrays)
        plan.extras = tuple(
            name if name in self.defaults else self.operands.index(name[: -len("_shape")]) for name in extra
        )
        plan.gathers = bool(extra or self.several or self.variadic)
        plan.keep = _picker([(*arrays, *extra).index(name) for name in plan.names])
        plan.origins = tuple(
            self.operands.index(name)
            if name in self.operands
            else -1 - outputs.index(name)
            if name in outputs
            else None
            for name in plan.names
        )
        plan.holds_arrays = any(name in arrays for name in plan.names)
        plan.simple = (
            not self.outputs and not self.variadic and all(len(entry.operands) == 1 for entry in entries)
        )
        plan.rules = tuple(
            (
                entry.rule,
                tuple(map(plan.names.index, entry.needs)),
                _single(tuple(map(self.operands.index, entry.operands))),
            )
            for entry in entries
        )
        self.plans[wanted] = plan
        return plan

    def __call__(self, *args: Any, **params: Any) -> Any:
        for a in args:
            if type(a) not in _PLAIN:
                hook = getattr(a, "__primitive__", None)
                if hook is not None:
                    return hook(self, args, params)
        try:
            out = self.forward(*args, **params)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._wrong_operand(args, error) from None
        if self.aux:
            out = out[: len(self.outputs)] if self.outputs else out[0]
        return np.asarray(out) if isinstance(out, np.generic) else out

    def _wrong_operand(self, args: Sequence[Any], error: Exception) -> Exception:
        """What to raise where ``error`` came from an operand that is no array; else ``error`` itself."""
        wrong = [i for i, a in enumerate(args) if not hasattr(a, "dtype")]
        wrong = [i for i in wrong if type(args[i]) not in _PLAIN] or (
            wrong if len(wrong) == len(args) else []
        )
        if not wrong or (isinstance(error, AttributeError) and hasattr(error.obj, "dtype")):
            return error
        i = wrong[0]
        name = f"'{self.operands[i]}' " if not self.variadic and i < len(self.operands) else ""
        return TypeError(
            f"{self.name}(): argument {name}(position {i + 1}) must be Tensor, not {type(args[i]).__name__}"
        )

    def __repr__(self) -> str:
        signature = ", ".join(
            (
                *self.operands,
                *(
                    name if value is REQUIRED else f"{name}={value!r}"
                    for name, value in self.defaults.items()
                ),
            )
        )
        return f"<primitive {self.name}({signature})>"


def _unwrapped(function: Any) -> Any:
    """The function behind decorators that keep it in ``__wrapped__``."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def _parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names before any ``*``; read from the code, for ``inspect.signature`` is slow and an import makes
    800 of them."""
    code = _unwrapped(function).__code__
    names: tuple[str, ...] = code.co_varnames
    return names[: code.co_argcount + code.co_kwonlyargcount]


def _read_signature(forward: Callable[..., Any]) -> tuple[tuple[str, ...], dict[str, Any], bool]:
    """Operands, parameters with their defaults, and whether the operands are variadic."""
    inner = _unwrapped(forward)
    code = inner.__code__
    names, count = code.co_varnames, code.co_argcount
    keywords = names[count : count + code.co_kwonlyargcount]
    variadic = bool(code.co_flags & VARARGS)
    wrong = names[code.co_posonlyargcount : count]
    if code.co_flags & VARKEYWORDS:
        wrong = (*wrong, names[count + len(keywords) + variadic])
    if wrong:
        raise TypeError(
            f"{forward.__name__}: write operands before '/' and parameters after '*', not {', '.join(wrong)}"
        )
    operands = names[:count] + ((names[count + len(keywords)],) if variadic else ())
    if not operands or (variadic and len(operands) > 1):
        raise TypeError(
            f"{forward.__name__}: a primitive has one operand or more before '/', or a single "
            "variadic *operand"
        )
    defaults = inner.__kwdefaults__ or {}
    return operands, {name: defaults.get(name, REQUIRED) for name in keywords}, variadic


def _picker(positions: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(positions) > 1:
        return itemgetter(*positions)
    if positions:
        only = positions[0]
        return lambda values: (values[only],)
    return lambda values: ()


def _single(positions: tuple[int, ...]) -> int | tuple[int, ...]:
    return positions[0] if len(positions) == 1 else positions


@overload
def primitive(forward: Callable[..., Any], /) -> Primitive: ...
@overload
def primitive(
    *,
    outputs: tuple[str, ...] = (),
    aux: tuple[str, ...] = (),
    broadcasts: bool = False,
    promotes: str | None = None,
    view: bool = False,
    linear: bool = False,
    differentiable: bool = True,
) -> Callable[[Callable[..., Any]], Primitive]: ...
def primitive(forward: Callable[..., Any] | None = None, /, **options: Any) -> Any:
    """Declare a primitive operator.

    Args:
        forward: arrays in (positional-only), parameters keyword-only; returns fresh memory, or is declared
            ``view=True``.
        outputs: names of the results where there are several; a rule then receives ``g_<name>`` for each (or
            None).
        aux: names of values the forward returns after its result, kept for the rules and not shown to the
            caller.
        broadcasts: the engine sums a gradient over broadcast axes and casts it back to the operand's dtype.
        promotes: ``"common"`` brings the operands to one dtype first, ``"float"`` also makes integers floats.
        view: the result may share the memory of the first operand.
        linear: the forward is linear in its differentiable operand; checks then test ``<Ax, y> == <x,
            Aᵀy>``.
        differentiable: False where no operand has a gradient (comparisons, indices).
    """
    if forward is not None:
        return Primitive(forward)
    return lambda f: Primitive(f, **options)
