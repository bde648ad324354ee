"""Transforms by reverse mode: grad, vjp, jacrev. Each takes a function and returns a function."""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar, overload

from .. import ops
from .._engine.edges import edge_of
from .._engine.modes import enable_grad, is_grad_enabled
from .._engine.node import Leaf
from .._engine.sort import toposort
from .._tensor import Tensor
from .._tensor.tensor import record
from ._jacobian import gradients as recorded
from ._jacobian import jacobian_blocks, pulled_back, with_zeros
from ._tree import flatten, places, tree_map

__all__ = ["grad", "grad_and_value", "jacrev", "vjp"]

P = ParamSpec("P")
Result = TypeVar("Result")
Aux = TypeVar("Aux")

ArgNums = int | tuple[int, ...]
"""One argument, or several. The types say what is differentiated where it is the first one, a Tensor."""


class Variables:
    """The tensors of a tree as new variables: tied to an outer transform's graph where there is one and
    ``outer``, the caller's code, is recorded. They may be written in place; what is differentiated by is
    their value before."""

    def __init__(self, tree: Any, outer: bool) -> None:
        self._outer = outer
        self.own: list[Tensor] = []
        """Leaves that no one else knows."""
        self.inputs: Any = tree_map(self._variable, tree)
        tensors, self.build = flatten(self.inputs)
        self.like = [t.detach() for t in tensors]
        self.edges = [edge_of(t._node) for t in tensors]

    def _variable(self, t: Tensor) -> Any:
        if self._outer and t.requires_grad:
            return t.clone()
        leaf = t.detach().requires_grad_()
        self.own.append(leaf)
        return in_its_place(leaf)

    def gradients(self, outputs: Sequence[Any], seeds: Sequence[Any]) -> list[Tensor]:
        """Recorded gradients of ``outputs`` by these variables; zeros where an output does not depend on
        one."""
        return with_zeros(recorded(outputs, self.edges, seeds), self.like)

    def pulled(self, outputs: Sequence[Any], seeds: Sequence[Any]) -> list[Tensor]:
        """The same, to be differentiated by ``seeds``."""
        return with_zeros(pulled_back(outputs, self.edges, seeds), self.like)


def in_its_place(leaf: Tensor) -> Tensor:
    """A tensor in the memory of ``leaf``, which is recorded as made of it and may be written."""
    made: Tensor = record(ops.contiguous, (leaf,), None, lambda array: array)
    return made


def released(tree: Any, variables: Sequence[Tensor], outer: bool) -> Any:
    """The tensors of ``tree`` out of the graph, unless they depend on something outside this transform and
    ``outer``, the caller's code, is recorded."""
    own = {v._node for v in variables}

    def release(t: Any) -> Any:
        if not isinstance(t, Tensor) or t._node is None:
            return t
        kept = outer and any(type(node) is Leaf and node not in own for node in toposort([t._node]))
        return t if kept else t.detach()

    return tree_map(release, tree)


def select(args: tuple[Any, ...], argnums: ArgNums) -> tuple[tuple[Any, ...], tuple[int, ...]]:
    """The arguments to differentiate by, and their positions. RuntimeError for what names none of them."""
    if isinstance(argnums, bool) or not isinstance(argnums, (int, tuple)):
        raise RuntimeError(f"argnum must be int or Tuple[int], got: {type(argnums)}")
    positions = (argnums,) if isinstance(argnums, int) else argnums
    if not positions:
        raise RuntimeError("argnums must be non-empty")
    for p in positions:
        if not isinstance(p, int):
            raise RuntimeError(f"argnum must be int, got: {type(p)}")
        if not -len(args) <= p < len(args):
            raise RuntimeError(f"Got argnum={p}, but only {len(args)} positional inputs")
    positions = tuple(p % len(args) for p in positions)
    if len(set(positions)) < len(positions):
        raise RuntimeError(f"argnums elements must be unique, got: {argnums}")
    return tuple(args[p] for p in positions), positions


def variables_in(tree: Any, name: str) -> tuple[list[Tensor], Callable[[list[Any]], Any]]:
    """The tensors of ``tree``, arguments to differentiate by, and what builds the tree of as many others."""
    leaves, build = flatten(tree)
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{name}: Expected tensors, got unsupported type {type(leaf)}")
        if leaf.array.dtype.kind != "f":
            raise RuntimeError(
                f"{name}: only Tensors of floating point dtype can require gradients, got {leaf.dtype!r}"
            )
    return leaves, build


def outputs_in(output: Any, name: str) -> tuple[list[Tensor], Callable[[list[Any]], Any]]:
    """The tensors that a function returned, and what builds what it returned of as many others."""
    leaves, build = flatten(output)
    if output is None or not leaves:
        raise RuntimeError(f"{name}: Expected f to be a function that has non-empty output (got {output!r})")
    for leaf in leaves:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(
                f"{name}: expected f(*primals) to return only tensors, got unsupported type {type(leaf)}"
            )
    return leaves, build


def replace(args: tuple[Any, ...], positions: tuple[int, ...], values: Sequence[Any]) -> list[Any]:
    """``args`` with ``values`` at ``positions``."""
    out = list(args)
    for p, value in zip(positions, values, strict=True):
        out[p] = value
    return out


def split_aux(result: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    """What the function returned, as (output, aux)."""
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(
            f"{name}: output of function f should be a tuple: (output, aux) if has_aux is True"
        )
    for leaf in flatten(result[1])[0]:
        if not isinstance(leaf, Tensor):
            raise RuntimeError(f"{name}: Expected tensors, got unsupported type {type(leaf)} in aux")
    return result[0], result[1]


def gradients(outputs: list[Any], variables: list[Tensor], seeds: list[Any]) -> list[Tensor]:
    """Recorded gradients of ``outputs`` for ``variables``; zeros where an output does not depend on one."""
    return with_zeros(recorded(outputs, variables, seeds), variables)


@overload
def grad_and_value(
    func: Callable[Concatenate[Tensor, P], Tensor],
    argnums: Literal[0] = 0,
    has_aux: Literal[False] = False,
) -> Callable[Concatenate[Tensor, P], tuple[Tensor, Tensor]]: ...
@overload
def grad_and_value(
    func: Callable[Concatenate[Tensor, P], tuple[Tensor, Aux]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Callable[Concatenate[Tensor, P], tuple[Tensor, tuple[Tensor, Aux]]]: ...
@overload
def grad_and_value(
    func: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False
) -> Callable[P, tuple[Any, Any]]: ...
def grad_and_value(
    func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False
) -> Callable[..., Any]:
    """A function that returns the gradient of ``func`` (a scalar) and its value."""

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        chosen, positions = select(args, argnums)
        outer = is_grad_enabled()
        with enable_grad():
            variables_in(chosen, "grad_and_value(f)(*args)")
            variables = Variables(chosen, outer)
            result = func(*replace(args, positions, variables.inputs), **kwargs)
            output, aux = split_aux(result, has_aux, "grad_and_value(f)(*args)")
            if not isinstance(output, Tensor):
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a tensor, got "
                    f"{type(output).__name__}"
                )
            if output.ndim:
                raise RuntimeError(
                    "grad_and_value(f)(*args): Expected f(*args) to return a scalar tensor, got tensor with "
                    f"{output.ndim} dims. Maybe you wanted to use the vjp or jacrev APIs instead?"
                )
            found = variables.build(variables.gradients([output], [None]))
        result = released(found, variables.own, outer)
        result = result[0] if isinstance(argnums, int) else result
        value = released((output, aux) if has_aux else output, variables.own, outer)
        return result, value

    return wrapper


@overload
def grad(
    func: Callable[Concatenate[Tensor, P], Tensor],
    argnums: Literal[0] = 0,
    has_aux: Literal[False] = False,
) -> Callable[Concatenate[Tensor, P], Tensor]: ...
@overload
def grad(
    func: Callable[Concatenate[Tensor, P], tuple[Tensor, Aux]],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[True],
) -> Callable[Concatenate[Tensor, P], tuple[Tensor, Aux]]: ...
@overload
def grad(func: Callable[P, Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[P, Any]: ...
def grad(func: Callable[..., Any], argnums: ArgNums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """A function that returns the gradient of ``func``, a scalar, with respect to its argument
    ``argnums``."""
    both = grad_and_value(func, argnums, has_aux)

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        found, value = both(*args, **kwargs)
        return (found, value[1]) if has_aux else found

    return wrapper


@overload
def vjp(
    func: Callable[..., Result], *primals: Any, has_aux: Literal[False] = False
) -> tuple[Result, Callable[..., Any]]: ...
@overload
def vjp(
    func: Callable[..., tuple[Result, Aux]], *primals: Any, has_aux: Literal[True]
) -> tuple[Result, Callable[..., Any], Aux]: ...
def vjp(func: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """``(output, vjp_fn)``: ``vjp_fn(v)`` is v times the Jacobian of ``func`` at ``primals``."""
    name = "vjp(f, *primals)"
    variables_in(primals, name)
    outer = is_grad_enabled()
    with enable_grad():
        variables = Variables(primals, True)  # vjp_fn may be called where operators are recorded
        output, aux = split_aux(func(*variables.inputs), has_aux, name)
    outputs, _ = outputs_in(output, name)

    def vjp_fn(*cotangents: Any, retain_graph: bool = True, create_graph: bool | None = None) -> Any:
        given = cotangents[0] if len(cotangents) == 1 else cotangents
        seeds = _like(given, output)
        with enable_grad():
            found = variables.build(variables.gradients(outputs, seeds))
        own = [*variables.own, *(s for s in seeds if not s.requires_grad)]
        return released(found, own, is_grad_enabled())

    result = (released(output, variables.own, outer), vjp_fn)
    return (*result, released(aux, variables.own, outer)) if has_aux else result


def _like(given: Any, output: Any) -> list[Tensor]:
    """The cotangents ``given`` for ``output``, whose structure and shapes they must have."""
    seeds, outputs = flatten(given)[0], flatten(output)[0]
    if places(given) != places(output):
        raise RuntimeError(
            f"Expected pytree structure of cotangents to be the same as pytree structure of outputs to the "
            f"function. cotangents: {places(given)}, primal output: {places(output)}"
        )
    for i, (seed, out) in enumerate(zip(seeds, outputs, strict=True)):
        if not isinstance(seed, Tensor) or seed.shape != out.shape:
            raise RuntimeError(
                f"Mismatch in shape: grad_output[{i}] has a shape of {getattr(seed, 'shape', type(seed))} "
                f"and "
                f"output[{i}] has a shape of {out.shape}."
            )
    return seeds


@overload
def jacrev(
    func: Callable[Concatenate[Tensor, P], Tensor],
    argnums: Literal[0] = 0,
    *,
    has_aux: Literal[False] = False,
    chunk_size: int | None = None,
) -> Callable[Concatenate[Tensor, P], Tensor]: ...
@overload
def jacrev(
    func: Callable[P, Any], argnums: ArgNums = 0, *, has_aux: bool = False, chunk_size: int | None = None
) -> Callable[P, Any]: ...
def jacrev(
    func: Callable[..., Any],
    argnums: ArgNums = 0,
    *,
    has_aux: bool = False,
    chunk_size: int | None = None,
    _preallocate_and_copy: bool = False,
) -> Callable[..., Any]:
    """A function that returns the Jacobian, row by row in reverse mode: shape ``output.shape + input.shape``.

    ``chunk_size`` is accepted for PyTorch's sake; rows are computed one at a time.
    """
    if chunk_size is not None and chunk_size <= 0:
        raise ValueError("jacrev: `chunk_size` should be greater than 0.")

    def wrapper(*args: Any, **kwargs: Any) -> Any:
        chosen, positions = select(args, argnums)
        outer = is_grad_enabled()
        with enable_grad():
            variables_in(chosen, "jacrev")
            variables = Variables(chosen, outer)
            result = func(*replace(args, positions, variables.inputs), **kwargs)
            output, aux = split_aux(result, has_aux, "jacrev(f)(*args)")
            outputs_in(output, "jacrev: vjp(f, *primals)")

            def rows(out: Tensor) -> Any:
                built = variables.build(
                    jacobian_blocks(out, variables.like, lambda unit: variables.gradients([out], [unit]))
                )
                return built[0] if isinstance(argnums, int) else built

            result = tree_map(rows, output)
        result = released(result, variables.own, outer)
        return (result, released(aux, variables.own, outer)) if has_aux else result

    return wrapper
