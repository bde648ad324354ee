"""Products with Jacobians and Hessians of a function, under torch.autograd.functional's names.

Every function takes ``func`` and its ``inputs`` (a tensor or a tuple); results have the inputs' structure.
With ``create_graph`` results can be differentiated; with ``strict`` an output that does not depend on an
input is an error.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar, overload

from .._creation.creation import ones_like, zeros_like
from .._engine.modes import Mode, enable_grad
from .._tensor import Tensor
from ..func._jacobian import gradients, jacobian_blocks, with_zeros

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Result = TypeVar("Result")
Inputs = TypeVar("Inputs", bound=Tensor | tuple[Tensor, ...])


_OUTPUTS = "outputs of the user-provided function"


def _tuple(value: Any, what: str, name: str) -> tuple[Tensor, ...]:
    values = tuple(value) if isinstance(value, (tuple, list)) else (value,)
    for i, t in enumerate(values):
        if not isinstance(t, Tensor):
            which = f"value at index {i}" if isinstance(value, (tuple, list)) else f"given {what}"
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the {which} "
                f"has "
                f"type {type(t)}."
            )
    return values


def _as_given(values: list[Any], given: Any) -> Any:
    return tuple(values) if isinstance(given, (tuple, list)) else values[0]


def _variables(inputs: tuple[Tensor, ...], create_graph: bool) -> list[Tensor]:
    return [
        t.clone() if create_graph and t.requires_grad else t.detach().clone().requires_grad_() for t in inputs
    ]


def _outputs(result: Any, name: str, strict: bool) -> list[Tensor]:
    """What the function returned, as a list; with ``strict`` each has to be recorded."""
    outputs = list(_tuple(result, _OUTPUTS, name))
    if strict:
        for i, out in enumerate(outputs):
            if not out.requires_grad:
                raise RuntimeError(
                    f"Output {i} of the user-provided function does not require gradients. The outputs must "
                    f"be "
                    "computed in a differentiable manner from the input when running in strict mode."
                )
    return outputs


class _Strict(NamedTuple):
    """What strict mode says of a gradient that is None, and of one that is a constant though it is to be
    differentiated; with ``{i}`` for the input's number."""

    unused: str
    constant: str = ""


_OF_OUTPUT = _Strict(
    "The output of the user-provided function is independent of input {i}. This is not allowed in strict "
    "mode.",
    "The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict "
    "mode "
    "when create_graph=True.",
)
_TO_BE_PUSHED = _Strict(
    _OF_OUTPUT.unused,
    "The gradient with respect to input {i} is independent of the inputs of the user-provided function. "
    "This is "
    "not allowed in strict mode.",
)
_PUSHED = _Strict(
    "The gradient with respect to the input is independent of entry {i} in the grad_outputs. This is not "
    "allowed "
    "in strict mode.",
    _OF_OUTPUT.constant,
)
_OF_HESSIAN = _Strict(
    _OF_OUTPUT.unused,
    "The jacobian of the user-provided function with respect to input {i} is independent of the input. This "
    "is "
    "not allowed in strict mode: the function must be twice differentiable, and its jacobian depend on the "
    "inputs (that of a linear function does not).",
)
_OF_JACOBIAN = _Strict(
    "The jacobian of the user-provided function is independent of input {i}. This is not allowed in strict "
    "mode.",
    "The hessian of the user-provided function is independent of input {i}. This is not allowed in strict "
    "mode "
    "when create_graph=True.",
)


def _gradients(
    outputs: list[Tensor],
    variables: list[Tensor],
    seeds: list[Any],
    strict: _Strict | None = None,
    differentiated: bool = False,
) -> list[Tensor]:
    """Recorded gradients, zeros where nothing depends; with ``strict`` that is an error, and so is a constant
    that is to be ``differentiated``."""
    found = gradients(outputs, variables, seeds)
    if strict is not None:
        for i, g in enumerate(found):
            if g is None:
                raise RuntimeError(strict.unused.format(i=i))
            if differentiated and not g.requires_grad:
                raise RuntimeError(strict.constant.format(i=i))
    return with_zeros(found, variables)


def _finish(tensors: list[Any], create_graph: bool) -> list[Any]:
    return tensors if create_graph else [t.detach() for t in tensors]


def _vectors(v: Any, like: list[Tensor], name: str, given: Any, what: str) -> list[Any]:
    """The vector ``v``, which has the structure of ``given``, as a list of tensors of the shapes of
    ``like``."""
    if v is None:
        if len(like) != 1 or like[0].array.size != 1:
            raise RuntimeError(
                f"The vector v can only be None if {what} a single Tensor with a single element; give one of "
                f"shape {[list(t.shape) for t in like]}"
            )
        return [ones_like(t) for t in like]
    vectors = _tuple(v, "v", name)
    if len(vectors) != len(like):
        raise RuntimeError(
            f"v is a tuple of invalid length: should be {len(like)} but got {len(vectors)}."
            if isinstance(given, (tuple, list))
            else "The given v should contain a single Tensor."
        )
    for i, (one, t) in enumerate(zip(vectors, like, strict=True)):
        if one.shape != t.shape:
            entry = f"Entry {i} in " if len(like) > 1 else ""
            raise RuntimeError(f"{entry}v has invalid size: should be {t.shape} but got {one.shape}.")
    return list(vectors)


_FUNCTION_RETURNS = "the user-provided function returns"
_INPUT_IS = "the input to the user-provided function is"


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
        outputs = _outputs(result, "vjp", strict)
        seeds = _vectors(v, outputs, "vjp", result, _FUNCTION_RETURNS)
        found = _gradients(outputs, variables, seeds, _OF_OUTPUT if strict else None, create_graph)
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
        along = _vectors(v, variables, "jvp", inputs, _INPUT_IS)
        result = func(*variables)
        outputs = _outputs(result, "jvp", strict)
        seeds = [zeros_like(o).requires_grad_() for o in outputs]
        with Mode(transposing=True):
            pulled = _gradients(outputs, variables, seeds, _TO_BE_PUSHED if strict else None, True)
        pushed = _gradients(pulled, seeds, along, _PUSHED if strict else None, create_graph)
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
        outputs = _outputs(result, "jacobian", strict)

        def by_inputs(i: int, out: Tensor) -> Any:
            said = _Strict(
                f"Output {i} of the user-provided function is independent of input {{i}}. This is not "
                f"allowed in "
                "strict mode.",
                _OF_OUTPUT.constant,
            )

            def row(unit: Tensor) -> Any:
                return _gradients([out], variables, [unit], said if strict else None, create_graph)

            return _as_given(_finish(jacobian_blocks(out, variables, row), create_graph), inputs)

        blocks = [by_inputs(i, out) for i, out in enumerate(outputs)]
    return _as_given(blocks, result)


def _scalar(result: Any, name: str, strict: bool) -> Tensor:
    """What a function with a Hessian returned, checked."""
    (out,) = _outputs(result, name, strict)[:1]
    if isinstance(result, (tuple, list)):
        raise RuntimeError(f"The function given to {name} should return a single Tensor")
    if out.array.size != 1:
        raise RuntimeError(
            f"The Tensor returned by the function given to {name} should contain a single element"
        )
    return out.reshape(())


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
    _tuple(inputs, "inputs", "hessian")
    several = isinstance(inputs, (tuple, list))

    def gradient(*variables: Any) -> Any:
        out = _scalar(func(*variables), "hessian", strict)
        said = _Strict(_OF_HESSIAN.constant, _OF_HESSIAN.constant)
        found = _gradients([out], list(variables), [None], said if strict else None, True)
        return tuple(found) if several else found[0]

    return jacobian(gradient, inputs, create_graph=create_graph, strict=strict)


def vhp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Inputs]:
    """``(func(*inputs), vᵀ H)``."""
    return _by_hessian("vhp", func, inputs, v, create_graph, strict)


def hvp(
    func: Callable[..., Result],
    inputs: Inputs,
    v: Any = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Result, Inputs]:
    """``(func(*inputs), H v)``; a Hessian is symmetric, so this is :func:`vhp`."""
    return _by_hessian("hvp", func, inputs, v, create_graph, strict)


def _by_hessian(
    name: str, func: Callable[..., Any], inputs: Any, v: Any, create_graph: bool, strict: bool
) -> tuple[Any, Any]:
    with enable_grad():
        variables = _variables(_tuple(inputs, "inputs", name), create_graph)
        along = _vectors(v, variables, name, inputs, _INPUT_IS)
        output = _scalar(func(*variables), name, strict)
        first = _gradients([output], variables, [None], _OF_HESSIAN if strict else None, True)
        second = _gradients(first, variables, along, _OF_JACOBIAN if strict else None, create_graph)
    return _finish([output], create_graph)[0], _as_given(_finish(second, create_graph), inputs)
