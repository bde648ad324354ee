"""Jacobians as PyTorch's older functions give them: a row for each number that goes in, a column for each
that comes out."""

import warnings
from collections.abc import Callable, Sequence
from itertools import product
from typing import Any

from .._creation.creation import zeros
from .._engine.differentiate import grad
from .._engine.modes import no_grad
from .._functions.joining import stack
from .._tensor import Tensor


def _wanted(values: Any) -> list[Tensor]:
    """The tensors in ``values`` that want a gradient."""
    if isinstance(values, Tensor):
        return [values] if values.requires_grad else []
    return [t for value in values for t in _wanted(value)] if isinstance(values, (list, tuple)) else []


def _several(outputs: Any) -> tuple[Tensor, ...]:
    """The outputs of floating point."""
    found = outputs if isinstance(outputs, (list, tuple)) else (outputs,)
    return tuple(o for o in found if isinstance(o, Tensor) and o.is_floating_point())


def _differences(call: Callable[[], Any], x: Tensor, eps: float) -> tuple[Tensor, ...]:
    """For each output of ``call`` its central differences in the elements of ``x``, which is written and
    restored."""
    rows: list[list[Tensor]] = []
    with no_grad():
        data = x.detach()
        for index in product(*map(range, data.shape)):
            kept = data[index].item()
            both = []
            for moved in (kept - eps, kept + eps):
                data[index] = moved
                both.append([o.detach().clone() for o in _several(call())])
            data[index] = kept
            rows.append([((b - a) / (2 * eps)).reshape(-1) for a, b in zip(*both, strict=True)])
    return tuple(stack(list(column)) for column in zip(*rows, strict=True))


def _check_grad_out(name: str, grad_out: float) -> None:
    """FutureWarning, as in PyTorch; ValueError for what is no longer taken."""
    warnings.warn(
        f"`{name}` was part of PyTorch's private API and not meant to be exposed: use func.jacrev",
        FutureWarning,
        stacklevel=3,
    )
    if grad_out != 1.0:
        raise ValueError(f"Expected grad_out to be 1.0. {name} no longer supports values of grad_out != 1.0.")


def get_numerical_jacobian(
    fn: Callable[[Any], Any], inputs: Any, target: Any = None, eps: float = 1e-3, grad_out: float = 1.0
) -> tuple[Tensor, ...]:
    """The Jacobian of the first output of ``fn(inputs)`` in each tensor of ``target`` (by default ``inputs``)
    that wants a gradient, (numbers in, numbers out), by central differences."""
    _check_grad_out("get_numerical_jacobian", grad_out)
    tensors = _wanted(inputs if target is None else target)
    return tuple(_differences(lambda: fn(inputs), x, eps)[0] for x in tensors)


def get_numerical_jacobian_wrt_specific_input(
    fn: Callable[..., Any],
    input_idx: int,
    inputs: Sequence[Any],
    outputs: Sequence[Tensor],
    eps: float,
    input: Tensor | None = None,
    is_forward_ad: bool = False,
) -> tuple[Tensor, ...]:
    """The Jacobian of each output of ``fn(*inputs)`` in ``inputs[input_idx]``. AssertionError where that
    wants no gradient."""
    x = inputs[input_idx] if input is None else input
    if not x.requires_grad:
        raise AssertionError("Expected input to have requires_grad=True")
    return _differences(lambda: fn(*inputs), x, eps)


def get_analytical_jacobian(
    inputs: Any, output: Tensor, nondet_tol: float = 0.0, grad_out: float = 1.0
) -> tuple[tuple[Tensor, ...], bool, bool, bool]:
    """The Jacobian of ``output`` in each tensor of ``inputs`` that wants a gradient, by the backward pass;
    and whether a second pass gives the same up to ``nondet_tol``, whether sizes are right, and dtypes."""
    _check_grad_out("get_analytical_jacobian", grad_out)
    tensors = _wanted(inputs)
    once, again = (_rows(tensors, output) for _ in range(2))
    pairs = [(x, g) for row in once for x, g in zip(tensors, row, strict=True) if g is not None]
    jacobians, repeated = (_stacked(tensors, output, rows) for rows in (once, again))
    same = all(
        a.numel() == 0 or (a - b).abs().max().item() <= nondet_tol
        for a, b in zip(jacobians, repeated, strict=True)
    )
    sizes = all(g.shape == x.shape for x, g in pairs)
    return jacobians, same, sizes, all(g.dtype == x.dtype for x, g in pairs)


def _rows(tensors: list[Tensor], output: Tensor) -> list[Sequence[Tensor | None]]:
    """The gradients of each number of ``output``."""
    rows: list[Sequence[Tensor | None]] = []
    for place in range(output.numel()):
        seed = zeros(output.shape, dtype=output.dtype, device=output.device)
        seed.view(-1)[place] = 1
        rows.append(grad(output, tensors, seed, retain_graph=True, allow_unused=True))
    return rows


def _stacked(
    tensors: list[Tensor], output: Tensor, rows: list[Sequence[Tensor | None]]
) -> tuple[Tensor, ...]:
    found = []
    for i, x in enumerate(tensors):
        jacobian = zeros(x.numel(), output.numel(), dtype=x.dtype, device=x.device)
        for place, row in enumerate(rows):
            gradient = row[i]
            if gradient is not None:
                jacobian[:, place] = gradient.reshape(-1)
        found.append(jacobian)
    return tuple(found)
