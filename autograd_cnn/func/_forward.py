"""Transforms by forward mode: jvp and jacfwd.

The tangent is derived from the reverse rules: v ↦ vᵀJ is linear in v, and its own gradient is J times a
tangent. So every operator that has a local gradient has a forward mode, and one that is checked is checked
for both.
"""

from collections.abc import Callable
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from .._creation.creation import zeros_like
from .._engine.modes import enable_grad, is_grad_enabled
from .._functions.joining import stack
from .._functions.movement import movedim, reshape
from .._tensor import Tensor
from ._examples import Examples, check_randomness
from ._jacobian import basis
from ._preserving import Preserving
from ._reverse import (
    ArgNums,
    Variables,
    gradients,
    jacrev,
    outputs_in,
    released,
    replace,
    select,
    split_aux,
    variables_in,
)
from ._tree import flatten, places, tree_map

__all__ = ["hessian", "jacfwd", "jvp", "linearize"]

P = ParamSpec("P")
Result = TypeVar("Result")
Aux = TypeVar("Aux")


@overload
def jvp(
    func: Callable[..., Result],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: Literal[False] = False,
) -> tuple[Result, Result]: ...
@overload
def jvp(
    func: Callable[..., tuple[Result, Aux]],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: Literal[True],
) -> tuple[Result, Result, Aux]: ...
def jvp(
    func: Callable[..., Any],
    primals: tuple[Any, ...],
    tangents: tuple[Any, ...],
    *,
    strict: bool = False,
    has_aux: bool = False,
) -> tuple[Any, ...]:
    """``(output, J t)``: the value of ``func`` at ``primals`` and its derivative along ``tangents``."""
    name = "jvp(f, primals, tangents)"
    if not isinstance(primals, tuple):
        raise RuntimeError(
            f"{name}: Expected primals to be a tuple. E.g. it should be valid to call f(*primals)."
        )
    along = _tangents(primals, tangents, name)
    outer = is_grad_enabled()
    with enable_grad(), Preserving():
        variables = Variables(primals, outer)
        output, aux = split_aux(func(*variables.inputs), has_aux, name)
        outputs, build = outputs_in(output, name)
        if strict and any(not o.requires_grad for o in outputs):
            raise RuntimeError(
                f"{name}: strict mode is on, but an output does not depend on the inputs (strict=True)"
            )
        seeds = [zeros_like(o.detach()).requires_grad_() for o in outputs]
        pulled = variables.pulled(outputs, seeds)
        pushed = gradients(pulled, seeds, along)
    own = [*variables.own, *seeds]
    result = (released(output, own, outer), released(build(pushed), own, outer))
    return (*result, released(aux, own, outer)) if has_aux else result


@overload
def jacfwd(
    func: Callable[Concatenate[Tensor, P], Tensor],
    argnums: Literal[0] = 0,
    has_aux: Literal[False] = False,
    *,
    randomness: str = "error",
) -> Callable[Concatenate[Tensor, P], Tensor]: ...
@overload
def jacfwd(
    func: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False, *, randomness: str = "error"
) -> Callable[P, Any]: ...
def jacfwd(
    func: Callable[..., Any],
    argnums: ArgNums = 0,
    has_aux: bool = False,
    *,
    randomness: str = "error",
) -> Callable[..., Any]:
    """A function that returns the Jacobian, column by column in forward mode: shape ``output.shape +
    input.shape``.

    ``func`` runs once for each column; ``randomness`` says what random numbers it draws, as in :func:`vmap`.
    """
    check_randomness(randomness)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        chosen, positions = select(args, argnums)
        variables, build = variables_in(chosen, "jacfwd")
        aux: Any = None

        def of_chosen(*values: Any) -> Any:
            nonlocal aux
            output, aux = split_aux(
                func(*replace(args, positions, values), **kwargs), has_aux, "jacfwd(f)(*args)"
            )
            return output

        columns: list[list[Any]] = []
        output: Any = None
        with Examples(randomness) as runs:
            for k, v in enumerate(variables):
                along = [zeros_like(other.detach()) for other in variables]
                pushed = []
                for unit in basis(v):
                    along[k] = unit
                    runs.begin()
                    output, tangent = jvp(of_chosen, chosen, build(along))
                    pushed.append(tangent)
                columns.append(pushed)
            if output is None:
                output = of_chosen(*chosen)

        def matrices(output: Tensor, *place: Any) -> Any:
            built = build(
                [_stacked(column, output, v, place[0]) for column, v in zip(columns, variables, strict=True)]
            )
            return built[0] if isinstance(argnums, int) else built

        places, rebuild = flatten(output)
        result = rebuild([matrices(o, i) for i, o in enumerate(places)])
        return (result, aux) if has_aux else result

    return wrapper


def _stacked(column: list[Any], output: Tensor, variable: Tensor, place: int) -> Any:
    """The derivatives of one output along each unit vector of one input, as ``output.shape +
    input.shape``."""
    shape = (*output.shape, *variable.shape)
    if not column:
        return zeros_like(reshape(output.detach(), (-1,))[:0]).reshape(shape)
    parts = [flatten(pushed)[0][place] for pushed in column]
    return reshape(movedim(stack(parts), 0, -1), shape)


@overload
def hessian(
    func: Callable[Concatenate[Tensor, P], Tensor], argnums: Literal[0] = 0
) -> Callable[Concatenate[Tensor, P], Tensor]: ...
@overload
def hessian(func: Callable[P, Any], argnums: ArgNums = 0) -> Callable[P, Any]: ...
def hessian(func: Callable[..., Any], argnums: ArgNums = 0) -> Callable[..., Any]:
    """A function that returns the matrix of second derivatives: forward over reverse."""
    return jacfwd(jacrev(func, argnums), argnums)


def linearize(func: Callable[..., Result], *primals: Any) -> tuple[Result, Callable[..., Result]]:
    """``(output, jvp_fn)``: the value at ``primals`` and the linear map from tangents to output tangents
    there. ``func`` runs once."""
    with enable_grad(), Preserving():
        variables = Variables(primals, False)
        output = func(*variables.inputs)
        outputs, build = outputs_in(output, "linearize(f, *primals)")
        seeds = [zeros_like(o.detach()).requires_grad_() for o in outputs]
        pulled = variables.pulled(outputs, seeds)

    def jvp_fn(*tangents: Any) -> Result:
        along = _tangents(primals, tangents, "linearize: jvp_fn(*tangents)")
        with enable_grad():
            pushed = build(gradients(pulled, seeds, along))
        out: Result = tree_map(lambda t: t.detach(), pushed)
        return out

    return tree_map(lambda t: t.detach(), output), jvp_fn


def _tangents(primals: Any, tangents: Any, name: str) -> list[Tensor]:
    """The tangents, one for each tensor of ``primals``, checked."""
    variables, along = flatten(primals)[0], flatten(tangents)[0]
    if not isinstance(tangents, type(primals)) or places(primals) != places(tangents):
        raise RuntimeError(
            f"{name}: Expected primals and tangents to have the same python structure. For example, if "
            f"primals "
            "is a tuple of 3 tensors, tangents also must be. Got primals with structure "
            f"{places(primals)} and tangents with structure {places(tangents)}"
        )
    if not variables:
        raise RuntimeError(f"{name}: Expected at least one Tensor in the primals")
    for what, parts in (("primals", variables), ("tangents", along)):
        for part in parts:
            if not isinstance(part, Tensor):
                raise RuntimeError(
                    f"{name}: Expected {what} to only contain Tensors, got {type(part).__name__}"
                )
    if [v.shape for v in variables] != [t.shape for t in along]:
        raise RuntimeError(
            f"{name}: tangents must have the primals' shapes {[list(v.shape) for v in variables]}, "
            f"got {[list(t.shape) for t in along]}"
        )
    return along
