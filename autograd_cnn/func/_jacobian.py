"""What the transforms of ``func`` and of ``autograd.functional`` share: recorded gradients, and a Jacobian
made of them row by row."""

from collections.abc import Callable, Sequence
from typing import Any

from .._creation.creation import zeros_like
from .._engine.differentiate import grad
from .._engine.modes import Mode
from .._functions.joining import stack
from .._functions.movement import reshape
from .._tensor import Tensor
from ..ops import unit_vector


def gradients(outputs: Sequence[Any], variables: Sequence[Any], seeds: Sequence[Any]) -> list[Tensor | None]:
    """Recorded gradients of ``outputs`` weighted with ``seeds``; None for a variable on which no output
    depends."""
    live = [(o, s) for o, s in zip(outputs, seeds, strict=True) if isinstance(o, Tensor) and o.requires_grad]
    if not live:
        return [None] * len(variables)
    return list(
        grad([o for o, _ in live], variables, [s for _, s in live], create_graph=True, allow_unused=True)
    )


def pushed(outputs: Sequence[Any], variables: Sequence[Any], tangents: Sequence[Any]) -> list[Tensor | None]:
    """J t for each of ``outputs``, where ``tangents`` belong to ``variables`` (tensors, or edges of the
    graph); None for one that depends on none of them. It is the gradient of u ↦ uᵀ J, which is linear in
    u, along t."""
    seeds = [zeros_like(o.detach()).requires_grad_() for o in outputs]
    pulled = pulled_back(outputs, variables, seeds)
    met = [(p, t) for p, t in zip(pulled, tangents, strict=True) if p is not None]
    return gradients([p for p, _ in met], seeds, [t for _, t in met])


def pulled_back(
    outputs: Sequence[Any], variables: Sequence[Any], seeds: Sequence[Any]
) -> list[Tensor | None]:
    """:func:`gradients`, to be differentiated by ``seeds`` for forward mode: an ``autograd.Function`` then
    answers by its ``jvp``, where it has one."""
    with Mode(transposing=True):
        return gradients(outputs, variables, seeds)


def with_zeros(found: Sequence[Tensor | None], variables: Sequence[Tensor]) -> list[Tensor]:
    """``found`` with zeros of the variable's shape for None."""
    return [zeros_like(v) if g is None else g for g, v in zip(found, variables, strict=True)]


def basis(t: Tensor) -> list[Tensor]:
    """The unit vectors of the shape of ``t``."""
    return [t._lift(unit_vector(t.array, i), None) for i in range(t.numel())]


def jacobian_blocks(
    output: Tensor, variables: Sequence[Tensor], pull: Callable[[Tensor], Sequence[Tensor]]
) -> list[Tensor]:
    """The Jacobian of ``output`` by each variable; ``pull(unit)`` is one row of all of them."""
    rows = [pull(unit) for unit in basis(output)]
    return [
        reshape(
            stack([row[k] for row in rows]) if rows else zeros_like(v)[:0],
            tuple(output.shape) + tuple(v.shape),
        )
        for k, v in enumerate(variables)
    ]
