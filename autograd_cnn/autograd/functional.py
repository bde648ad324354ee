"""Products with Jacobians and Hessians of a function, under torch.autograd.functional's names.

Every function takes ``func`` and its ``inputs`` (a tensor or a tuple); results have the inputs' structure.
With ``create_graph`` results can be differentiated; with ``strict`` an output that does not depend on an
input is an error.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, overload

from .._creation.creation import ones_like, zeros_like
from .._engine.modes import enable_grad
from .._tensor import Tensor
from ..func._jacobian import gradients, jacobian_blocks, with_zeros

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Result = TypeVar("Result")
Inputs = TypeVar("Inputs", bound=Tensor | tuple[Tensor, ...])


def _tuple(value: Any, what: str, name: str) -> tuple[Tensor, ...]:
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    wrong = [i for i, t in enumerate(values) if not isinstance(t, Tensor)]
    if wrong:
        raise TypeError(
            f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the value "
            f"at index {wrong[0]} has type {type(values[wrong[0]])}."
        )
    return values


def _as_given(values: list[Any], given: Any) -> Any:
    return tuple(values) if isinstance(given, (tuple, list)) else values[0]


def _variables(inputs: tuple[Tensor, ...], create_graph: bool) -> list[Tensor]:
    return [
        t.clone() if create_graph and t.requires_grad else t.detach().clone().requires_grad_() for t in inputs
    ]


def _gradients(
    outputs: list[Tensor], variables: list[Tensor], seeds: list[Any], strict: bool, name: str
) -> list[Tensor]:
    """Recorded gradients, zeros where nothing depends; with ``strict`` that is an error."""
    if strict and not all(o.requires_grad for o in outputs):
        raise RuntimeError(
            f"{name}: an output of the user-provided function does not require gradients. The outputs "
            "must be computed in a differentiable manner from the input when running in strict mode."
        )
    found = gradients(outputs, variables, seeds)
    if strict and any(g is None for g in found):
        raise RuntimeError(
            f"{name}: input {found.index(None)} is independent of the outputs. This is not allowed in "
            "strict mode."
        )
    return with_zeros(found, variables)


def _finish(tensors: list[Any], create_graph: bool) -> list[Any]:
    return tensors if create_graph else [t.detach() for t in tensors]


def _vectors(v: Any, like: list[Tensor], name: str) -> list[Any]:
    if v is None:
        if any(t.array.size != 1 for t in like):
            raise RuntimeError(
                f"{name}: the vector v can only be None if there is a single element; give one tensor "
                f"of shape {[list(t.shape) for t in like]}"
            )
        return [ones_like(t) for t in like]
    vectors = _tuple(v, "v", name)
    if [tuple(a.shape) for a in vectors] != [tuple(t.shape) for t in like]:
        raise RuntimeError(
            f"{name}: v has shapes {[list(a.shape) for a in vectors]}, but they must be "
            f"{[list(t.shape) for t in like]}"
        )
    return list(vectors)


def vjp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Inputs]:
    """``(func(*inputs), vᵀ J)``."""
    with enable_grad():
        variables = _variables(_tuple(inputs, "inputs", "vjp"), create_graph)
        result = func(*variables)
        outputs = list(_tuple(result, "outputs", "vjp"))
        found = _gradients(outputs, variables, _vectors(v, outputs, "vjp"), strict, "vjp")
    return _as_given(_finish(outputs, create_graph), result), _as_given(_finish(found, create_graph), inputs)


def jvp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Result]:
    """``(func(*inputs), J v)``: the gradient of u ↦ uᵀ J, which is linear in u, along v."""
    with enable_grad():
        variables = _variables(_tuple(inputs, "inputs", "jvp"), create_graph)
        result = func(*variables)
        outputs = list(_tuple(result, "outputs", "jvp"))
        seeds = [zeros_like(o).requires_grad_() for o in outputs]
        pulled = _gradients(outputs, variables, seeds, strict, "jvp")
        pushed = _gradients(pulled, seeds, _vectors(v, variables, "jvp"), False, "jvp")
    return _as_given(_finish(outputs, create_graph), result), _as_given(_finish(pushed, create_graph), result)


@overload
def jacobian(
    func: Callable[..., Tensor],
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def jacobian(
    func: Callable[..., Any],
    inputs: Tensor | Sequence[Tensor],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any: ...
def jacobian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian: for each output and each input a tensor of shape ``output.shape + input.shape``.

    ``vectorize`` and ``strategy`` are accepted; rows are computed one at a time in reverse mode.
    RuntimeError for ``strict`` together with ``vectorize``.
    """
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.jacobian: `strict=True` and `vectorized=True` are not supported "
            "together. Please either set `strict=False` or `vectorize=False`."
        )
    with enable_grad():
        variables = _variables(_tuple(inputs, "inputs", "jacobian"), create_graph)
        result = func(*variables)
        outputs = list(_tuple(result, "outputs", "jacobian"))

        def by_inputs(out: Tensor) -> Any:
            found = jacobian_blocks(
                out, variables, lambda unit: _gradients([out], variables, [unit], strict, "jacobian")
            )
            return _as_given(_finish(found, create_graph), inputs)

        blocks = [by_inputs(out) for out in outputs]
    return _as_given(blocks, result)


def _scalar(func: Callable[..., Any], name: str) -> Callable[..., Any]:
    def checked(*args: Any) -> Any:
        out = func(*args)
        if not isinstance(out, Tensor) or out.array.size != 1:
            raise RuntimeError(
                f"The Tensor returned by the function given to {name} should contain a single element"
            )
        return out.reshape(())

    return checked


@overload
def hessian(
    func: Callable[..., Tensor],
    inputs: Tensor,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Tensor: ...
@overload
def hessian(
    func: Callable[..., Tensor],
    inputs: Sequence[Tensor],
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> tuple[tuple[Tensor, ...], ...]: ...
def hessian(
    func: Callable[..., Any],
    inputs: Any,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a scalar function: a tensor, or a tuple of tuples, of shape ``input_i.shape +
    input_j.shape``."""
    if strict and vectorize:
        raise RuntimeError(
            "torch.autograd.functional.hessian: `strict=True` and `vectorized=True` are not supported "
            "together. Please either set `strict=False` or `vectorize=False`."
        )
    several = isinstance(inputs, (tuple, list))

    def gradient(*args: Any) -> Any:
        rows = jacobian(_scalar(func, "hessian"), args, create_graph=True, strict=strict)
        return tuple(rows) if several else rows[0]

    return jacobian(gradient, inputs, create_graph=create_graph, strict=strict)


def vhp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Inputs]:
    """``(func(*inputs), vᵀ H)``."""
    with enable_grad():
        variables = _variables(_tuple(inputs, "inputs", "vhp"), create_graph)
        output = _scalar(func, "vhp")(*variables)
        first = _gradients([output], variables, [None], strict, "vhp")
        second = _gradients(first, variables, _vectors(v, variables, "vhp"), strict, "vhp")
    return _finish([output], create_graph)[0], _as_given(_finish(second, create_graph), inputs)


def hvp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Inputs]:
    """``(func(*inputs), H v)``; a Hessian is symmetric, so this is :func:`vhp`."""
    return vhp(func, inputs, v, create_graph, strict)
