"""Inputs of random sizes and layouts to time: parameters are drawn, and tensors made of them."""

from collections.abc import Callable, Iterable, Iterator
from math import log2, prod
from typing import Any

import numpy as np

from ..._creation.random import manual_seed, rand, randint
from ..._engine.dtypes import as_dtype, float32
from ..._tensor import Tensor

TRIES = 1000


class FuzzedParameter:
    """A number that is drawn: ``"loguniform"`` or ``"uniform"`` from ``minval`` to ``maxval``, both included
    (whole numbers where both are), or one of the keys of a dict of probabilities.

    A ``strict`` one is drawn once where others are drawn again. AssertionError for what is no distribution.
    """

    def __init__(
        self,
        name: str,
        minval: float | None = None,
        maxval: float | None = None,
        distribution: str | dict[Any, float] | None = None,
        strict: bool = False,
    ) -> None:
        if isinstance(distribution, dict):
            if min(distribution.values()) < 0 or abs(sum(distribution.values()) - 1) > 1e-5:
                raise AssertionError(f"Probabilities are not negative and sum to 1, got {distribution}")
            if minval is not None or maxval is not None:
                raise AssertionError("'minval' and 'maxval' must be None beside a dict of probabilities")
        elif distribution not in ("loguniform", "uniform"):
            raise AssertionError(f"Unknown distribution: {distribution}")
        self._name, self._low, self._high = name, minval, maxval
        self._distribution, self.strict = distribution, strict

    @property
    def name(self) -> str:
        """What tensors call it by."""
        return self._name

    def sample(self, state: np.random.RandomState) -> Any:
        """A draw."""
        if isinstance(self._distribution, dict):
            values = list(self._distribution)
            return values[state.choice(np.arange(len(values)), p=tuple(self._distribution.values()))]
        low, high = self._low, self._high
        assert low is not None
        assert high is not None
        if self._distribution == "loguniform":
            return min(max(int(2 ** state.uniform(log2(low), log2(high))), low), high)
        if isinstance(low, int) and isinstance(high, int):
            return int(state.randint(low, high + 1))
        return state.uniform(low, high)


class ParameterAlias:
    """In a dict of probabilities: the value of another parameter."""

    def __init__(self, alias_to: str) -> None:
        self.alias_to = alias_to

    def __repr__(self) -> str:
        return f"ParameterAlias[alias_to: {self.alias_to}]"


class FuzzedTensor:
    """A tensor of a drawn size.

    Args:
        name: what it is called.
        size: a number, or the name of a parameter, for each axis.
        steps: the same of the steps by which a larger tensor is sliced.
        probability_contiguous: how likely its axes lie in order in memory.
        min_elements, max_elements, max_allocation_bytes: parameters that make others are drawn again.
        dim_parameter: the parameter that says how many axes there are.
        roll_parameter: accepted.
        dtype: its dtype.
        cuda: put it on the GPU.
        tensor_constructor: called with ``size``, ``dtype`` and all parameters in place of drawing.
    """

    def __init__(
        self,
        name: str,
        size: tuple[str | int, ...],
        steps: tuple[str | int, ...] | None = None,
        probability_contiguous: float = 0.5,
        min_elements: int | None = None,
        max_elements: int | None = None,
        max_allocation_bytes: int | None = None,
        dim_parameter: str | None = None,
        roll_parameter: str | None = None,
        dtype: Any = float32,
        cuda: bool = False,
        tensor_constructor: Callable[..., Tensor] | None = None,
    ) -> None:
        self.name = name
        self._size, self._steps, self._dims = size, steps or (), dim_parameter
        self._in_order = probability_contiguous
        self._least, self._most, self._bytes = min_elements, max_elements, max_allocation_bytes
        self._dtype, self._cuda = as_dtype(dtype), cuda
        self._make = tensor_constructor or self.default_tensor_constructor

    @staticmethod
    def default_tensor_constructor(size: tuple[int, ...], dtype: Any, **kwargs: Any) -> Tensor:
        """Numbers in [0, 1), or whole ones from 1 to 126."""
        if dtype.is_floating_point:
            return rand(size, dtype=dtype)
        return randint(1, 127, size, dtype=dtype)

    def _sizes(self, params: dict[str, Any]) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The size, the steps, and the size before slicing."""
        dims = len(self._size) if self._dims is None else params[self._dims]

        def resolved(values: tuple[str | int, ...]) -> tuple[int, ...]:
            found = tuple(params.get(v, v) if isinstance(v, str) else v for v in values)[:dims]
            return (*found, *[1] * (dims - len(found)))

        size, steps = resolved(self._size), resolved(self._steps)
        return size, steps, tuple(a * b for a, b in zip(size, steps, strict=True))

    def satisfies_constraints(self, params: dict[str, Any]) -> bool:
        """Whether a tensor of these parameters is neither too small nor too large."""
        size, _, whole = self._sizes(params)
        most = self._most is None or prod(size) <= self._most
        least = self._least is None or prod(size) >= self._least
        room = self._bytes is None or prod(whole) * self._dtype.itemsize <= self._bytes
        return most and least and room

    def _drawn(self, params: dict[str, Any], state: np.random.RandomState) -> tuple[Tensor, dict[str, Any]]:
        size, steps, whole = self._sizes(params)
        tensor = self._make(size=whole, dtype=self._dtype, **params)
        if self._cuda:
            tensor = tensor.cuda()
        order = np.arange(len(size))
        if state.rand() > self._in_order:
            while len(size) > 1 and (order == np.arange(len(size))).all():
                order = state.permutation(len(size))
            tensor = tensor.permute(tuple(order.tolist())).contiguous()
            tensor = tensor.permute(tuple(np.argsort(order).tolist()))
        cut = tuple(slice(0, n * step, step) for n, step in zip(size, steps, strict=True))
        tensor = tensor[cut]
        return tensor, {
            "numel": tensor.numel(),
            "order": order,
            "steps": steps,
            "is_contiguous": tensor.is_contiguous(),
            "dtype": str(self._dtype),
        }


class Fuzzer:
    """Draws parameters that fulfil ``constraints`` (functions of the dict of all), and the tensors of them;
    the same for the same ``seed``."""

    def __init__(
        self,
        parameters: Iterable[Any],
        tensors: Iterable[Any],
        constraints: Iterable[Callable[..., bool]] | None = None,
        seed: int | None = None,
    ) -> None:
        self._seed = (
            int(np.random.RandomState().randint(0, 2**32 - 1, dtype=np.int64)) if seed is None else seed
        )
        self._parameters: list[FuzzedParameter] = _flat(parameters)
        self._tensors: list[FuzzedTensor] = _flat(tensors)
        self._constraints = tuple(constraints or ())
        self._tried = self._rejected = 0
        twice = {p.name for p in self._parameters} & {t.name for t in self._tensors}
        if twice:
            raise ValueError(f"Duplicate names in parameters and tensors: {twice}")

    @property
    def rejection_rate(self) -> float:
        """How many of the draws did not fit."""
        return self._rejected / self._tried if self._tried else 0.0

    def take(self, n: int) -> Iterator[tuple[dict[str, Tensor], dict[str, Any], dict[str, Any]]]:
        """``n`` times: the tensors by name, what they are like, and the parameters. ValueError where no draw
        fits."""
        state = np.random.RandomState(self._seed)
        manual_seed(int(state.randint(0, 2**63, dtype=np.int64)))
        for _ in range(n):
            params = self._params(state)
            made = {tensor.name: tensor._drawn(params, state) for tensor in self._tensors}
            yield {k: t for k, (t, _) in made.items()}, {k: told for k, (_, told) in made.items()}, params

    def _params(self, state: np.random.RandomState) -> dict[str, Any]:
        strict: dict[str, Any] = {}
        for _ in range(TRIES):
            drawn: dict[str, Any] = {}
            for p in self._parameters:
                drawn[p.name] = strict[p.name] if p.name in strict else p.sample(state)
                if p.strict:
                    strict[p.name] = drawn[p.name]
            params = _resolved(drawn)
            self._tried += 1
            if all(fits(params) for fits in self._constraints) and all(
                tensor.satisfies_constraints(params) for tensor in self._tensors
            ):
                return params
            self._rejected += 1
        raise ValueError("Failed to generate a set of valid parameters.")


def _flat(values: Iterable[Any]) -> list[Any]:
    return [v for value in values for v in (value if isinstance(value, (list, tuple)) else [value])]


def _resolved(params: dict[str, Any]) -> dict[str, Any]:
    """The parameters with the values of others where they are their names. ValueError for a circle."""
    found = dict(params)
    for name in params:
        for _ in params:
            if isinstance(found[name], ParameterAlias):
                found[name] = found[found[name].alias_to]
        if isinstance(found[name], ParameterAlias):
            raise ValueError(f"ParameterAlias cycle detected\n{params}")
    return found
