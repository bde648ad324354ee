"""A function of Tensors, or a module with its parameters, seen as a function of the arrays that want
gradients."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from .._engine.differentiate import grad
from .._engine.modes import enable_grad
from .._tensor import Tensor, tensor_of
from ..func import functional_call
from ..func._tree import flatten, places
from ._numeric import Array, read_only

Pair = tuple[int, int]


class Target:
    """``function(*inputs, **keywords)``, where all tensors among these (in dicts and lists too), and a
    module's parameters, that require gradients can be replaced."""

    def __init__(
        self,
        function: Callable[..., Any],
        inputs: Sequence[Any],
        keywords: Mapping[str, Any] | None = None,
        *,
        parameters: bool = True,
    ) -> None:
        given = (tuple(inputs), dict(keywords or {}))
        self.function = function
        self.arguments, self._build = flatten(given)
        named = getattr(function, "named_parameters", None)
        self.parameters = dict(named()) if named is not None and parameters else {}
        self.buffers = dict(getattr(function, "named_buffers", dict)()) if self.parameters else {}
        self.places = [i for i, x in enumerate(self.arguments) if isinstance(x, Tensor) and x.requires_grad]
        self.names = [name for name, p in self.parameters.items() if p.requires_grad]
        stands = places(given)
        self.labels = [_label(stands[i]) for i in self.places] + [
            f"parameter {name!r}" for name in self.names
        ]
        self.values: list[Array] = [self.arguments[i].array for i in self.places] + [
            self.parameters[name].array for name in self.names
        ]
        self.returned: Any = None
        """What the function returned when it ran last."""

    def run(
        self,
        values: Sequence[Array],
        *,
        wide: bool = False,
        writeable: bool = False,
        same: Pair | None = None,
    ) -> tuple[list[Tensor], tuple[Tensor, ...]]:
        """Leaves made of ``values``, and the floating-point results computed from them; ``wide`` brings
        everything to float64, ``same`` gives the first of two variables in the place of the second too."""

        def ready(x: Array) -> Array:
            return x.astype(np.float64) if wide and x.dtype.kind == "f" else x

        leaves = [tensor_of(ready(x) if writeable else read_only(ready(x)), True) for x in values]
        if same is not None:
            leaves[same[1]] = leaves[same[0]]

        def constant(x: Tensor) -> Tensor:
            return tensor_of(ready(x.array))

        with enable_grad():
            return leaves, self._call(leaves, constant, lambda t: tensor_of(ready(t.array.copy())))

    def applied(self, variables: Sequence[Tensor]) -> tuple[Tensor, ...]:
        """The results on Tensors that are part of a graph; everything else comes in their dtype."""
        kind = variables[0].array.dtype

        def constant(x: Tensor) -> Tensor:
            return tensor_of(x.array.astype(kind if x.array.dtype.kind == "f" else x.array.dtype))

        return self._call(variables, constant, constant)

    def _call(
        self,
        variables: Sequence[Tensor],
        constant: Callable[[Tensor], Tensor],
        own: Callable[[Tensor], Tensor],
    ) -> tuple[Tensor, ...]:
        """The results on ``variables``; ``constant`` and ``own`` make ready the other tensors among the
        arguments and those of the module."""
        values = [constant(x) if isinstance(x, Tensor) else x for x in self.arguments]
        for i, v in zip(self.places, variables, strict=False):
            values[i] = v
        args, keywords = self._build(values)
        if self.parameters:
            state = {name: own(t) for name, t in {**self.parameters, **self.buffers}.items()}
            state |= dict(zip(self.names, variables[len(self.places) :], strict=True))
            self.returned = functional_call(self.function, state, args, keywords)
        else:
            self.returned = self.function(*args, **keywords)
        return floating(self.returned)


def _label(stands: str) -> str:
    """``[0][1]['a']``, the place among positional and named arguments, in words: ``input 1['a']``."""
    which, rest = stands[:3], stands[3:]
    inside = rest.find("]") + 1
    name = rest[1 : inside - 1].strip("'")
    return f"input {name}{rest[inside:]}" if which in ("[0]", "[1]") else f"input {stands}"


def floating(out: Any) -> tuple[Tensor, ...]:
    """The results that have gradients, of a function that returns one tensor or several, in tuples, lists,
    dicts or dataclasses of any depth."""
    return tuple(o for o in flatten(out)[0] if isinstance(o, Tensor) and o.array.dtype.kind == "f")


def pull(outputs: Sequence[Tensor], leaves: Sequence[Tensor], upstream: Sequence[Any]) -> list[Array]:
    """The analytic gradient for each leaf, as arrays; None in ``upstream`` where nothing comes back."""
    live = [(o, u) for o, u in zip(outputs, upstream, strict=True) if u is not None and o.requires_grad]
    if not live:
        return [np.zeros_like(leaf.array) for leaf in leaves]
    signals = [tensor_of(read_only(u)) for _, u in live]
    found = grad([o for o, _ in live], list(leaves), signals, retain_graph=True, allow_unused=True)
    return [
        np.zeros_like(leaf.array) if g is None else g.array for g, leaf in zip(found, leaves, strict=True)
    ]
