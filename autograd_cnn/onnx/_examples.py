"""The example inputs in other sizes: what ``dynamic_axes`` says may differ is made to differ."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

import numpy as np

from .._creation.creation import from_numpy
from .._tensor import Tensor

Names: TypeAlias = dict[int, str]
"""Names of sizes, by axis."""

_STEPS = (1, 2, 4, 8, 16, 32)
"""By how much a size is made larger: the first that the model runs with. Patches and strides want
multiples."""
_PATTERNS = (
    (3, 1, 6, 2, 9, 4, 7),
    (1, 5, 2, 8, 3, 9, 4),
    (6, 2, 9, 1, 4, 3, 8),
    (2, 8, 1, 5, 7, 9, 3),
    (9, 4, 3, 7, 1, 6, 2),
)
"""How many steps larger, run by run; each size has a pattern of its own, so that no two are taken for
each other."""


_FARTHER = (2, 1.5, 1)
"""How many times as large sizes are by turns in three more runs."""
FAILURES = (ArithmeticError, AssertionError, LookupError, RuntimeError, TypeError, ValueError)
"""What models raise for sizes that they are not made for."""

Run = TypeVar("Run")


class Group(NamedTuple):
    """Axes that have one size."""

    name: str
    places: tuple[tuple[str, int], ...]
    """Of which input, which axis."""
    size: int


def names_of(dynamic: Mapping[str, Any], tensors: Mapping[str, Tensor], of: str) -> dict[str, Names]:
    """``dynamic_axes`` for ``tensors``, with axes counted from the front: ValueError where there is none."""
    found: dict[str, Names] = {}
    for value, tensor in tensors.items():
        axes = dynamic.get(value, {})
        named = axes if isinstance(axes, Mapping) else {axis: f"{value}_{axis}" for axis in axes}
        for axis in named:
            if not -tensor.ndim <= int(axis) < tensor.ndim:
                raise ValueError(
                    f"onnx.export: dynamic_axes names axis {axis} of {of} {value!r}, which has "
                    f"{tensor.ndim} of them"
                )
        found[value] = {int(axis) % tensor.ndim: str(name) for axis, name in named.items()}
    return found


def groups_of(names: Mapping[str, Names], inputs: Mapping[str, Tensor]) -> list[Group]:
    """Axes of the inputs under the same name are one size."""
    places: dict[str, list[tuple[str, int]]] = {}
    for value, named in names.items():
        for axis, name in named.items():
            places.setdefault(name, []).append((value, axis))
    found = []
    for name, where in places.items():
        sizes = {inputs[value].shape[axis] for value, axis in where}
        if len(sizes) > 1:
            raise ValueError(
                f"onnx.export: dynamic_axes calls axes of sizes {sorted(sizes)} {name!r}; one name is one "
                "size"
            )
        found.append(Group(name, tuple(where), sizes.pop()))
    return found


def other_sizes(groups: Sequence[Group], again: Callable[[Mapping[str, int]], Run]) -> list[Run]:
    """Runs of the model with other sizes, by ``again(sizes by name)``.

    Raises RuntimeError where the model runs with no other size.
    """
    base = {group.name: group.size for group in groups}
    growth = {group.name: _step(group, groups, base, again) for group in groups}
    steps = {name: step for name, (step, _) in growth.items()}
    leaders = {name: together[0] for name, (_, together) in growth.items()}
    order = list(dict.fromkeys(leaders.values()))
    patterns = {name: _PATTERNS[order.index(leaders[name]) % len(_PATTERNS)] for name in base}
    first: Exception | None = None
    for least in _STEPS:
        steps = {name: max(step, least) for name, step in steps.items()}
        rows = zip(*([base[name] + steps[name] * n for n in patterns[name]] for name in base), strict=True)
        try:
            found = [again(dict(zip(base, row, strict=True))) for row in rows]
            break
        except NotImplementedError:
            raise
        except FAILURES as error:
            first = first or error
    else:
        raise _only_one(groups[0] if len(groups) == 1 else Group(", ".join(base), (), groups[0].size), first)
    # Far sizes too: where windows have long strides, near ones come to the same size.
    far = [
        {
            name: int(size * _FARTHER[(run + order.index(leaders[name])) % 3])
            + steps[name] * patterns[name][run]
            for name, size in base.items()
        }
        for run in range(3)
    ]
    far.append({name: size - steps[name] for name, size in base.items()})
    for sizes in far:
        if min(sizes.values()) >= 2:
            with contextlib.suppress(*FAILURES):
                found.append(again(sizes))
    return found


def _step(
    group: Group,
    groups: Sequence[Group],
    base: Mapping[str, int],
    again: Callable[[Mapping[str, int]], Any],
) -> tuple[int, list[str]]:
    """The smallest step by which a size may grow, and the names of those that must grow with it."""
    first: Exception | None = None
    for step in (*_STEPS, max(group.size, 1)):
        try:
            again({**base, group.name: group.size + step})
        except NotImplementedError:
            raise
        except FAILURES as error:
            first = first or error
        else:
            return step, [group.name]
    alike = [other.name for other in groups if other.size == group.size]
    if len(alike) > 1:
        with contextlib.suppress(*FAILURES):
            again({**base, **dict.fromkeys(alike, group.size + 1)})
            return 1, alike
    raise _only_one(group, first) from first


def _only_one(group: Group, error: Exception | None) -> RuntimeError:
    return RuntimeError(
        f"onnx.export: dynamic_axes says that the size {group.name!r} ({group.size} in the example) may "
        "differ, but the "
        f"model runs with no other one: {type(error).__name__}: {error}. Leave it out of dynamic_axes, or "
        "mend the model"
    )


def resized(
    inputs: Mapping[str, Tensor], groups: Sequence[Group], sizes: Mapping[str, int]
) -> dict[str, Tensor]:
    """The example inputs with these sizes: repeated from the start, or cut."""
    wanted = {value: list(tensor.shape) for value, tensor in inputs.items()}
    for group in groups:
        for value, axis in group.places:
            wanted[value][axis] = sizes[group.name]
    return {value: _tensor(_repeated(tensor.array, wanted[value])) for value, tensor in inputs.items()}


def altered(inputs: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Other numbers of the same kind: whole ones in another order, real ones also three quarters as large."""
    return {name: _tensor(_altered(tensor.array)) for name, tensor in inputs.items()}


def _altered(array: Any) -> Any:
    moved = np.roll(array.reshape(-1), 1).reshape(array.shape)
    return moved * array.dtype.type(0.75) if array.dtype.kind == "f" else moved


def extreme(inputs: Mapping[str, Tensor]) -> Iterator[dict[str, Tensor]]:
    """Numbers for which comparisons come out otherwise: all of them 0, and real ones of the other sign, truth
    values the other ones."""
    yield {name: _tensor(np.zeros_like(tensor.array)) for name, tensor in inputs.items()}
    yield {name: _tensor(_opposite(tensor.array)) for name, tensor in inputs.items()}


def _opposite(array: Any) -> Any:
    if array.dtype.kind == "f":
        return array * array.dtype.type(-2)
    return ~array if array.dtype.kind == "b" else array


def _repeated(array: Any, shape: Sequence[int]) -> Any:
    for axis, size in enumerate(shape):
        if size != array.shape[axis]:
            if not array.shape[axis]:
                raise ValueError(
                    "onnx.export: the example has no elements along an axis that may differ; give it some"
                )
            array = array.take(np.arange(size) % array.shape[axis], axis)
    return array


def example(value: Any) -> Tensor:
    """A copy of an example input with a node of its own: values are known by their nodes."""
    if not isinstance(value, Tensor):
        raise TypeError(f"onnx.export: the example inputs are tensors, not {type(value).__name__}")
    return _tensor(value.detach().cpu().array)


def _tensor(array: Any) -> Tensor:
    copy = from_numpy(np.array(array))
    return copy.requires_grad_() if copy.is_floating_point() else copy


def outputs(result: Any, stem: str = "output") -> Iterator[tuple[str, Tensor]]:
    """The tensors of a result, with names: a tensor, or any nest of tuples, lists, dicts and dataclasses of
    them. None is nothing."""
    if isinstance(result, Tensor):
        yield stem, result
    elif isinstance(result, Mapping):
        for key, part in result.items():
            yield from outputs(part, str(key) if stem == "output" else f"{stem}.{key}")
    elif isinstance(result, (tuple, list)):
        for i, part in enumerate(result):
            yield from outputs(part, f"{stem}_{i}")
    elif dataclasses.is_dataclass(result) and not isinstance(result, type):
        yield from outputs(
            {field.name: getattr(result, field.name) for field in dataclasses.fields(result)}, stem
        )
    elif result is not None:
        raise TypeError(
            f"onnx.export: the model returned {type(result).__name__} as its {stem}; a file holds "
            "tensors, in "
            "tuples, lists, dicts or dataclasses"
        )
