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

import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, overload

import numpy as np

from ._errors import wrong_operand
from ._half import HALF, SINGLE, Half, in_single, rounded_results, single
from ._plan import Kept, Operator, Plan, Rule, RuleEntry, plan_for, replanned
from ._signature import REQUIRED, parameter_names, signature_of

Samples = Callable[[Any], Iterable[Any]]

_PLAIN = frozenset((float, int, bool, np.float32, np.float64, np.bool_, np.int64))
"""Types of operands that have no hook, told without asking them."""

_ndarray, _F32, _F64 = np.ndarray, np.dtype(np.float32), np.dtype(np.float64)

registry: dict[str, "Primitive"] = {}

_KNOWN_TO_NUMPY = ("dtype", "__array_ufunc__", "__array_function__")


def _is_strange(operand: Any) -> bool:
    """Whether an operand is neither an array nor a number: NumPy would make an array of a list, of a string,
    of any object, and compute with it."""
    return not any(hasattr(operand, name) for name in _KNOWN_TO_NUMPY) and not isinstance(
        operand, (int, float)
    )


class Sample(NamedTuple):
    """One call of a primitive that every check runs: its operands and its parameters."""

    operands: tuple[Any, ...]
    parameters: dict[str, Any]


class Primitive(Operator):
    """An operator with its own local gradient; made by :func:`primitive`. Called, it runs, or hands itself to
    a hook."""

    __name__: str
    __qualname__: str
    __wrapped__: Callable[..., Any]
    forward: Callable[..., Any]
    booleans: bool
    """Whether an operand may be a truth value."""
    make_samples: Samples | None
    plans: dict[int, Plan]
    """By the operands that want a gradient, one bit each; negative, the rules compute halves in float32."""
    half: Half
    """How operands of half precision are computed: see :mod:`._half`."""

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
        piecewise_linear: bool = False,
        differentiable: bool = True,
        booleans: bool = True,
        half: Half | None = None,
    ) -> None:
        operands, defaults, variadic = signature_of(forward)
        super().__init__(
            forward.__name__,
            operands,
            defaults,
            outputs=tuple(outputs),
            aux=tuple(aux),
            variadic=variadic,
            broadcasts=broadcasts,
            promotes=promotes,
            view=view,
            linear=linear,
            piecewise_linear=piecewise_linear,
        )
        self.forward = self.__wrapped__ = forward
        self.__name__ = forward.__name__
        self.__qualname__, self.__module__ = forward.__qualname__, forward.__module__
        self.__doc__ = forward.__doc__
        self.without_rule.update(() if differentiable else operands)
        self.booleans = booleans
        self.make_samples = None
        self.plans = {}
        self.half = half or ("same" if view or not differentiable else "single")
        self._check_names()
        self._register()

    def _check_names(self) -> None:
        if self.promotes not in (None, "common", "float"):
            raise TypeError(f"{self.name}: promotes is 'common' or 'float' or None, not {self.promotes!r}")
        for name in (*self.operands, *self.outputs, *self.aux):
            if name in ("g", "out") or name.endswith("_shape"):
                raise TypeError(
                    f"{self.name}: {name!r} has a meaning of its own in rules; choose another name"
                )

    def _register(self) -> None:
        other = registry.setdefault(self.name, self)
        if (other.__module__, other.__qualname__) != (self.__module__, self.__qualname__):
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
        return (*out, *self.operands, *shapes, *self.defaults, *self.aux, *self.kept)

    def vjp(self, *operands: str, formula: str | None = None) -> Callable[[Rule], Rule]:
        """Register the local gradient for one operand (or several, returned as a tuple).

        ``formula`` is an expression in the same vocabulary, for rules that are longer than one expression.
        """
        if not operands or any(name not in self.operands for name in operands):
            raise TypeError(f"{self.name}.vjp{operands}: the operands are {', '.join(self.operands)}")

        def register(rule: Rule) -> Rule:
            names = parameter_names(rule)
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

    def keeps(self, name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Register ``name``, a value that rules may ask for: a function of operands and results, by their
        names, that runs when a node is made and not where nothing is recorded."""

        def register(compute: Callable[..., Any]) -> Callable[..., Any]:
            needs = parameter_names(compute)
            known = (*self.operands, *(self.outputs or ("out",)), *self.aux)
            if self.variadic or name in self.legal_names or any(n not in known for n in needs):
                raise TypeError(
                    f"{self.name}.keeps({name!r}): a new name, computed from any of {', '.join(known)}"
                )
            self.kept[name] = Kept(compute, needs)
            return compute

        return register

    def nondifferentiable(self, *operands: str, promoted: bool = False) -> None:
        """Say that ``operands`` have no gradient: none will be asked for. Masks and indices keep their dtype;
        numbers are ``promoted`` with the others."""
        self.without_rule.update(operands)
        self.unpromoted.update(() if promoted else operands)
        self.plans.clear()

    def samples(self, make: Samples) -> Samples:
        """Register the calls that every check runs. ``make(draw)`` returns a list of them.

        An entry is an array (one operand), a tuple of operands, or ``draw.call(*operands, **parameters)``.
        """
        self.make_samples = make
        return make

    def compile(self, wanted: int) -> Plan:
        """Make the plan for the operands whose bits are set in ``wanted``, and keep it in ``plans``."""
        plan = plan_for(self, abs(wanted))
        plan = self.plans[wanted] = plan if wanted >= 0 else replanned(plan, rule_in_single)
        return plan

    def computes_in_single(self, operands: Sequence[Any]) -> bool:
        """Whether these operands, of half precision, are to be computed in float32."""
        return self.half != "same" and in_single(self.half, operands)

    def forward_in_single(self, *operands: Any, **params: Any) -> tuple[tuple[Any, ...], Any]:
        """The forward of operands of half precision: all results as they are in float32, and the result(s),
        rounded."""
        exact = self.forward(*map(single, operands), **params)
        out = rounded_results(exact, len(self.outputs) or 1, operands)
        kept = exact if self.several else (exact,)
        return tuple(np.asarray(o) if isinstance(o, np.generic) else o for o in kept), out

    def __call__(self, *args: Any, **params: Any) -> Any:
        wide = False
        for a in args:
            if type(a) is _ndarray:
                kind = a.dtype
                if kind is not _F32 and kind is not _F64 and self.computes_in_single(args):
                    wide = True
            elif type(a) not in _PLAIN:
                hook = getattr(a, "__primitive__", None)
                if hook is not None:
                    return hook(self, args, params)
                if _is_strange(a):
                    raise wrong_operand(self, args, TypeError(f"no operand of {self.name}: {a!r}"))
                if self.computes_in_single(args):
                    wide = True
        try:
            if wide:
                _, out = self.forward_in_single(*args, **params)
            else:
                out = self.forward(*args, **params)
        except (AttributeError, TypeError, ValueError) as error:
            raise wrong_operand(self, args, error) from None
        if self.aux:
            out = out[: len(self.outputs)] if self.outputs else out[0]
        return np.asarray(out) if isinstance(out, np.generic) else out

    def __repr__(self) -> str:
        defaults = self.defaults.items()
        parameters = (name if value is REQUIRED else f"{name}={value!r}" for name, value in defaults)
        return f"<primitive {self.name}({', '.join((*self.operands, *parameters))})>"


def rule_in_single(rule: Rule) -> Rule:
    """``rule`` with everything that it is given of half precision in float32. The engine rounds what comes
    out, once a broadcast has been summed up."""

    @functools.wraps(rule)
    def in_float32(*given: Any) -> Any:
        return rule(*[_widened(value) for value in given])

    return in_float32


def _widened(value: Any) -> Any:
    """An array of half precision in float32; a recorded one (under ``create_graph``) by a recorded cast."""
    hook = getattr(value, "__primitive__", None)
    if hook is None:
        return tuple(map(_widened, value)) if type(value) is tuple else single(value)
    return hook(registry["cast"], (value,), {"dtype": SINGLE}) if value.dtype == HALF else value


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
    piecewise_linear: bool = False,
    differentiable: bool = True,
    booleans: bool = True,
    half: Half | None = None,
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
        piecewise_linear: a recorded gradient is attached to the operand, by which its derivative is zero.
        differentiable: False where no operand has a gradient (comparisons, indices).
        booleans: False where a truth value beside a number is refused, as ``-`` does.
        half: whether operands of half precision are computed in float32: ``"single"`` (the default), only on
            the host (``"kernels"``), or not at all (``"same"``, the default of views and of what has no
            gradient).
    """
    if forward is not None:
        return Primitive(forward)
    return lambda f: Primitive(f, **options)
