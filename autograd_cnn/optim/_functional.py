"""One step of an optimizer as a function of lists: parameters, gradients, and what is remembered of each."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from .._engine.modes import no_grad
from .._tensor import Tensor
from ._optimizer import Optimizer
from ._updates import Group, plain

Tensors: TypeAlias = Sequence[Tensor]


def stepped(
    kind: type[Optimizer],
    params: Tensors,
    grads: Tensors,
    states: Mapping[str, Any],
    options: Mapping[str, Any],
) -> None:
    """Write one step of ``kind`` into each of ``params``.

    ``states`` holds a sequence for each entry of the optimizer's state; an empty one, and None in one, stands
    for what is not remembered yet, and what is made then is put there (into a list). ``options`` are those of
    a group (with ``beta1`` and ``beta2`` for ``betas``); the sequences among them are left out, and the step
    is recorded where ``differentiable`` is one of them.
    Raises RuntimeError for complex or sparse gradients, and for a scale that the gradients are to be divided
    by: unscale them first.
    """
    for name in ("has_complex", "has_sparse_grad"):
        if options.get(name):
            raise RuntimeError(
                f"{kind.__name__.lower()}: {name}=True is not supported, tensors are real and dense"
            )
    if options.get("grad_scale") is not None or options.get("found_inf") is not None:
        raise RuntimeError(
            f"{kind.__name__.lower()}: grad_scale and found_inf need fused kernels; unscale first"
        )
    held_apart = {id(each) for each in (params, grads, *states.values())}
    group: Group = {name: value for name, value in options.items() if id(value) not in held_apart}
    if "beta1" in group:
        group["betas"] = (group["beta1"], group["beta2"])
    optimizer = object.__new__(kind)
    recorded = bool(options.get("differentiable"))
    group = group if recorded else plain(group)
    for i, (parameter, gradient) in enumerate(zip(params, grads, strict=True)):
        state = {name: held[i] for name, held in states.items() if i < len(held) and held[i] is not None}
        if recorded:
            optimizer._update(parameter, gradient, state, group)
        else:
            with no_grad(), np.errstate(all="ignore"):
                optimizer._write_step(parameter, gradient, state, group)
        for name, held in states.items():
            if i < len(held) and name in state and held[i] is not state[name]:
                held[i] = state[name]
