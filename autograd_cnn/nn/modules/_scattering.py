"""Arguments in parts, one for each device, and results put together again. What is scattered lies where it
lay."""

from collections.abc import Sequence
from typing import Any

from ..._functions.joining import cat, chunk, stack
from ..._tensor import Tensor
from .module import Module


def is_namedtuple(obj: Any) -> bool:
    """Whether it is a named tuple."""
    return isinstance(obj, tuple) and hasattr(obj, "_fields")


def get_a_var(obj: Any) -> Tensor | None:
    """The first tensor in lists, tuples and dicts; None where there is none."""
    if isinstance(obj, Tensor):
        return obj
    if isinstance(obj, (list, tuple, dict)):
        for part in obj.items() if isinstance(obj, dict) else obj:
            found = get_a_var(part)
            if found is not None:
                return found
    return None


def scatter(inputs: Any, target_gpus: Sequence[Any], dim: int = 0) -> Any:
    """Tensors inside tuples, lists and dicts cut into one part for each device, along ``dim``; other values
    go to all."""
    count = len(target_gpus)
    if isinstance(inputs, Tensor):
        return chunk(inputs, count, dim)
    if isinstance(inputs, (tuple, list)) and inputs:
        parts = zip(*(scatter(value, target_gpus, dim) for value in inputs), strict=False)
        if is_namedtuple(inputs):
            return [type(inputs)(*part) for part in parts]
        return [type(inputs)(part) for part in parts]
    if isinstance(inputs, dict) and inputs:
        columns = {key: scatter(value, target_gpus, dim) for key, value in inputs.items()}
        rows = zip(*columns.values(), strict=False)
        return [type(inputs)(zip(columns, row, strict=True)) for row in rows]
    return [inputs for _ in target_gpus]


def scatter_kwargs(
    inputs: tuple[Any, ...], kwargs: dict[str, Any] | None, target_gpus: Sequence[Any], dim: int = 0
) -> tuple[tuple[Any, ...], tuple[dict[str, Any], ...]]:
    """The arguments of a call, scattered: as many of those by position as by keyword."""
    given = list(scatter(inputs, target_gpus, dim)) if inputs else []
    named = list(scatter(kwargs, target_gpus, dim)) if kwargs else []
    given += [() for _ in range(len(named) - len(given))]
    named += [{} for _ in range(len(given) - len(named))]
    return tuple(given), tuple(named)


def gather(outputs: Sequence[Any], target_device: Any, dim: int = 0) -> Any:
    """The parts put together again, along ``dim``: tensors, and those inside tuples, lists and dicts."""
    first = outputs[0]
    if isinstance(first, Tensor):
        return stack(list(outputs)) if first.ndim == 0 else cat(list(outputs), dim)
    if first is None:
        return None
    if isinstance(first, dict):
        return type(first)(
            (key, gather([part[key] for part in outputs], target_device, dim)) for key in first
        )
    joined = (gather(column, target_device, dim) for column in zip(*outputs, strict=True))
    return type(first)(*joined) if is_namedtuple(first) else type(first)(joined)


def replicate(network: Module, devices: Sequence[Any], detach: bool = False) -> list[Module]:
    """The network itself, once for each device: all parts go through the same one."""
    return [network for _ in devices]


def parallel_apply(
    modules: Sequence[Module],
    inputs: Sequence[Any],
    kwargs_tup: Sequence[dict[str, Any]] | None = None,
    devices: Sequence[Any] | None = None,
) -> list[Any]:
    """Each module's result for its inputs, one after another."""
    named = kwargs_tup or [{} for _ in modules]
    tuples = [given if isinstance(given, (tuple, list)) else (given,) for given in inputs]
    return [module(*i, **k) for module, i, k in zip(modules, tuples, named, strict=True)]
