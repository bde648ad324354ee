"""What a node of the graph keeps for its rules, and what each rule receives of it.

A plan is made once for each operator and set of operands that want a gradient, so that ``x * constant`` keeps
the constant and not ``x``.
"""

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

Rule = Callable[..., Any]


class RuleEntry(NamedTuple):
    """A registered local gradient: the function, the names it asks for after ``g``, its operands, its written
    formula (or what writes it, when somebody wants to read it)."""

    rule: Rule
    needs: tuple[str, ...]
    operands: tuple[str, ...]
    formula: str | Callable[[], str] | None


class Kept(NamedTuple):
    """A value that is computed when a node is made, and only for it: of what, by name, and how."""

    compute: Callable[..., Any]
    needs: tuple[str, ...]


class Computed(NamedTuple):
    """A :class:`Kept` value of one operator: the positions of what it is computed from among operands and
    results."""

    compute: Callable[..., Any]
    places: tuple[int, ...]


class Operator:
    """What the graph knows of an operator: a primitive, or a function with a backward pass of its own."""

    def __init__(
        self,
        name: str,
        operands: tuple[str, ...],
        defaults: dict[str, Any],
        *,
        outputs: tuple[str, ...] = (),
        aux: tuple[str, ...] = (),
        variadic: bool = False,
        broadcasts: bool = False,
        promotes: str | None = None,
        view: bool = False,
        linear: bool = False,
        piecewise_linear: bool = False,
    ) -> None:
        self.name: str = name
        self.operands: tuple[str, ...] = operands
        self.defaults: dict[str, Any] = defaults
        """The parameters."""
        self.outputs: tuple[str, ...] = outputs
        """Names of the results where there are several."""
        self.aux: tuple[str, ...] = aux
        self.several: bool = bool(outputs or aux)
        """Whether the forward returns a tuple."""
        self.variadic: bool = variadic
        """Whether ``operands`` is one name for any number of them."""
        self.broadcasts: bool = broadcasts
        self.promotes: str | None = promotes
        self.view: bool = view
        self.linear: bool = linear
        self.piecewise_linear: bool = piecewise_linear
        self.by_hand: bool = False
        """Whether its backward pass is a user's ``autograd.Function``."""
        self.rules: dict[str, RuleEntry] = {}
        self.kept: dict[str, Kept] = {}
        """What rules may ask for that is computed from operands and results, by name."""
        self.without_rule: set[str] = set()
        """Operands that have no gradient."""
        self.unpromoted: set[str] = set()
        """Those of them that are masks or indices, and keep their dtype."""

    def operand_name(self, position: int) -> str:
        """What the operand at ``position`` is called."""
        return self.operands[min(position, len(self.operands) - 1)]


class Plan:
    """What one node keeps and what each of its rules receives."""

    __slots__ = (
        "extras",
        "for_gradients",
        "gathers",
        "holds_arrays",
        "keep",
        "may_hold",
        "names",
        "origins",
        "rules",
        "simple",
    )

    names: tuple[str, ...]
    """Names of the kept values, in the order of ``Node.saved``."""
    origins: tuple[int | None, ...]
    """Where a kept value came from: an operand's position, -1 - i for result i, None for anything else."""
    rules: tuple[tuple[Rule, tuple[int, ...], int | tuple[int, ...]], ...]
    """(rule, positions of its arguments among the kept values, position of the operand or operands it
    serves)."""
    simple: bool
    """Whether there is one result and each rule serves one operand."""
    holds_arrays: bool
    """Whether freeing a node of this plan makes a second backward pass impossible."""
    may_hold: bool
    """Whether it depends on the call: an index may be made of arrays."""
    keep: Callable[[Sequence[Any]], tuple[Any, ...]]
    """Picks the kept values out of (operands, results, auxiliaries, extras)."""
    extras: tuple[int | str | Computed, ...]
    """What the pick needs beyond arrays: an operand's position (for its shape), a parameter's name, or what
    is computed now."""
    for_gradients: bool
    """Whether a backward pass follows its rules; else only forward mode does."""
    gathers: bool
    """Whether the pick needs more than ``(*operands, *results)``: see :func:`gathered`."""

    def __init__(
        self,
        names: tuple[str, ...],
        origins: tuple[int | None, ...],
        rules: tuple[tuple[Rule, tuple[int, ...], int | tuple[int, ...]], ...],
        *,
        simple: bool,
        holds_arrays: bool,
        keep: Callable[[Sequence[Any]], tuple[Any, ...]] = tuple,
        extras: tuple[int | str | Computed, ...] = (),
        gathers: bool = False,
    ) -> None:
        self.names, self.origins, self.rules = names, origins, rules
        self.simple, self.holds_arrays = simple, holds_arrays
        self.may_hold = not holds_arrays and "index" in names
        self.keep, self.extras, self.gathers = keep, extras, gathers
        self.for_gradients = True

    def of_constants(self) -> "Plan":
        """The same for a node whose arrays are constants, which are kept for a second backward pass."""
        plan = replanned(self, lambda rule: rule)
        plan.holds_arrays = plan.may_hold = False
        return plan

    def in_forward_mode(self) -> "Plan":
        """The same for a node that is there for forward mode alone."""
        plan = replanned(self, lambda rule: rule)
        plan.simple = plan.for_gradients = False
        return plan


def plan_for(operator: Operator, wanted: int) -> Plan:
    """The plan for the operands whose bits are set in ``wanted``.

    Raises NotImplementedError where one of them has no rule.
    """
    entries = _entries(operator, wanted)
    operands, outputs = operator.operands, operator.outputs or ("out",)
    arrays = (*operands, *outputs, *operator.aux)
    names = tuple(dict.fromkeys(name for entry in entries for name in entry.needs))
    extras = tuple(name for name in names if name not in arrays)
    origins = {name: i for i, name in enumerate(operands)}
    origins.update({name: -1 - i for i, name in enumerate(outputs)})
    return Plan(
        names,
        tuple(map(origins.get, names)),
        tuple(
            (
                entry.rule,
                tuple(map(names.index, entry.needs)),
                _single(tuple(map(operands.index, entry.operands))),
            )
            for entry in entries
        ),
        simple=not operator.outputs
        and not operator.variadic
        and all(len(entry.operands) == 1 for entry in entries),
        holds_arrays=any(name in arrays for name in names),
        keep=_picker([(*arrays, *extras).index(name) for name in names]),
        extras=tuple(_extra(operator, name, arrays) for name in extras),
        gathers=bool(extras or operator.several or operator.variadic),
    )


def replanned(plan: Plan, changed: Callable[[Rule], Rule]) -> Plan:
    """``plan`` with its rules ``changed``."""
    return Plan(
        plan.names,
        plan.origins,
        tuple((changed(rule), picks, position) for rule, picks, position in plan.rules),
        simple=plan.simple,
        holds_arrays=plan.holds_arrays,
        keep=plan.keep,
        extras=plan.extras,
        gathers=plan.gathers,
    )


def _extra(operator: Operator, name: str, arrays: tuple[str, ...]) -> int | str | Computed:
    """Where the value ``name``, which is no array of the operator's own, comes from."""
    if name in operator.kept:
        kept = operator.kept[name]
        return Computed(kept.compute, tuple(map(arrays.index, kept.needs)))
    return name if name in operator.defaults else operator.operands.index(name.removesuffix("_shape"))


def _entries(operator: Operator, wanted: int) -> list[RuleEntry]:
    """The rules that serve the operands in ``wanted``, each once."""
    entries: list[RuleEntry] = []
    for i, name in enumerate(operator.operands):
        if (wanted >> i & 1 or operator.variadic) and name not in operator.without_rule:
            if name not in operator.rules:
                raise NotImplementedError(
                    f"{operator.name} has no local gradient for its operand {name!r}: register one with "
                    f"@{operator.name}.vjp({name!r}), or say {operator.name}.nondifferentiable({name!r})"
                )
            if operator.rules[name] not in entries:
                entries.append(operator.rules[name])
    return entries


def gathered(
    operator: Operator,
    plan: Plan,
    arrays: Sequence[Any],
    made: tuple[Any, ...],
    params: dict[str, Any] | None,
) -> list[Any]:
    """Everything that ``plan`` picks from: operands, results and auxiliaries, shapes and parameters."""
    values = [tuple(arrays), *made] if operator.variadic else [*arrays, *made]
    for extra in plan.extras:
        if isinstance(extra, Computed):
            values.append(extra.compute(*[values[i] for i in extra.places]))
        elif isinstance(extra, str):
            values.append(params[extra] if params and extra in params else operator.defaults[extra])
        elif operator.variadic:
            values.append(tuple(np.shape(a) for a in arrays))
        else:
            values.append(np.shape(arrays[extra]))
    return values


def _picker(positions: list[int]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    if len(positions) > 1:
        return itemgetter(*positions)
    if positions:
        only = positions[0]
        return lambda values: (values[only],)
    return lambda values: ()


def _single(positions: tuple[int, ...]) -> int | tuple[int, ...]:
    return positions[0] if len(positions) == 1 else positions
