"""What would make a step or a loading fail half-way, found beforehand and told at once: then nothing has
changed."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .._tensor import Tensor

Group = dict[str, Any]


def check_step(optimizer: Any) -> None:
    """Refuse options, gradients, states and memory that updates cannot use, every one of them; TypeError for
    options, else RuntimeError."""
    groups = optimizer.param_groups
    wrong = [
        problem
        for number, group in enumerate(groups)
        for problem in _wrong_options(number, group, optimizer.defaults)
    ]
    if wrong:
        raise TypeError("this step is not possible, and nothing was changed: " + "; ".join(wrong))
    for group in groups:
        for place, parameter in enumerate(group["params"]):
            gradient, memory = parameter._grad, parameter.array
            if gradient is None:
                continue
            given = getattr(gradient, "array", None)
            if (
                given is None
                or given.shape != memory.shape
                or given.dtype != memory.dtype
                or type(given) is not type(memory)
            ):
                wrong.append(
                    f"parameter {_name(group, place)} is {_told(memory)}, but its gradient is "
                    f"{_told(given) if given is not None else type(gradient).__name__}"
                )
            elif not getattr(memory.flags, "writeable", True):
                wrong.append(
                    f"parameter {_name(group, place)} of shape {list(memory.shape)} lies in memory "
                    "that is read-only or shared by its elements"
                )
            state = optimizer.state.get(parameter)
            if state:
                wrong += optimizer._wrong_state(_name(group, place), state, parameter, group)
    if wrong:
        raise RuntimeError("this step is not possible, and nothing was changed: " + "; ".join(wrong))


def _name(group: Group, place: int) -> str:
    names = group.get("param_names")
    return repr(names[place]) if names else str(place)


def _told(array: Any) -> str:
    where = "" if type(array).__module__ == "numpy" else " on a GPU"
    return f"{array.dtype} of shape {list(array.shape)}{where}"


def check_loading(optimizer: Any, given: Any) -> None:
    """Refuse a ``state_dict`` that does not fit: ValueError (TypeError where it is no dict) that lists all
    that is wrong."""
    if not isinstance(given, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(given)}.")
    lacking = [f"it has no {name!r}" for name in ("state", "param_groups") if name not in given]
    if lacking:
        raise ValueError("loaded state dict does not fit, nothing was loaded: " + "; ".join(lacking))
    groups, state, theirs = optimizer.param_groups, given["state"], given["param_groups"]
    if (
        not isinstance(state, Mapping)
        or not isinstance(theirs, (list, tuple))
        or not all(isinstance(g, Mapping) for g in theirs)
    ):
        raise ValueError(
            "loaded state dict does not fit, nothing was loaded: 'state' must be a dict and "
            "'param_groups' a list of dicts"
        )
    if len(theirs) != len(groups):
        raise ValueError(
            f"loaded state dict has a different number of parameter groups: {len(theirs)}, not {len(groups)}"
        )
    if not all(_numbered(other.get("params", ())) for other in theirs):
        raise ValueError(
            "loaded state dict does not fit, nothing was loaded: the 'params' of a group must be a "
            "list of numbers"
        )
    if any(
        len(mine["params"]) != len(other.get("params", ()))
        for mine, other in zip(groups, theirs, strict=True)
    ):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of optimizer's group"
        )
    wrong = []
    places: dict[Any, tuple[Tensor, Group]] = {}
    for number, (mine, other) in enumerate(zip(groups, theirs, strict=True)):
        bad = _wrong_options(number, other, optimizer.defaults)
        wrong += bad
        options = mine if bad else {**optimizer.defaults, **other}
        for key, parameter in zip(other.get("params", ()), mine["params"], strict=True):
            if places.setdefault(key, (parameter, options))[0] is not parameter:
                wrong.append(f"its groups name parameter {key!r} twice")
    for key, entries in state.items():
        if key not in places and not isinstance(key, int):
            continue  # a program's own
        if key not in places:
            wrong.append(
                f"loaded state dict has state for parameters [{key!r}], which none of its groups names"
            )
        elif not isinstance(entries, Mapping):
            wrong.append(f"the state of parameter {key} is a {type(entries).__name__}, not a dict")
        elif entries:
            wrong += optimizer._wrong_state(key, entries, *places[key])
    if wrong:
        raise ValueError("loaded state dict does not fit, nothing was loaded: " + "; ".join(wrong))


def _numbered(params: Any) -> bool:
    return isinstance(params, (list, tuple)) and all(isinstance(key, (int, str)) for key in params)


def _wrong_options(number: int, group: Mapping[str, Any], defaults: Group) -> list[str]:
    """Options that are numbers, or pairs of them, and are missing or something else. Switches may be missing:
    older files lack some."""
    wrong = []
    for name, default in defaults.items():
        if default is None or isinstance(default, str):
            continue
        if isinstance(default, bool):
            if not isinstance(group.get(name), (bool, int, np.bool_, type(None))):
                wrong.append(
                    f"{name!r} of parameter group {number} is {shown(group[name])}, not True or False"
                )
            continue
        count = len(default) if isinstance(default, tuple) else None
        if name not in group:
            wrong.append(f"parameter group {number} has no {name!r}")
        elif count is None and not is_number(group[name]):
            wrong.append(f"{name!r} of parameter group {number} is {shown(group[name])}, not a number")
        elif count is not None and not _numbers(group[name], count):
            wrong.append(f"{name!r} of parameter group {number} is {shown(group[name])}, not {count} numbers")
    return wrong


def wrong_entries(
    who: Any, state: Mapping[str, Any], parameter: Tensor, entries: Sequence[str], numbers: Sequence[str]
) -> list[str]:
    """Which of the ``entries`` are missing from a parameter's state, or are not of its shape; of those in
    ``numbers``, not a number."""
    wrong = []
    memory = parameter.array
    shape = memory.shape
    for name in entries:
        value = state.get(name, _MISSING)
        if name in numbers:
            fits = is_number(value) and (
                name != "step" or math.isfinite(value.array if isinstance(value, Tensor) else value)
            )
        else:
            fits = (
                isinstance(value, Tensor)
                and value.array.shape == shape
                and value.array.dtype.kind == memory.dtype.kind
            )
        if fits:
            continue
        if value is _MISSING:
            wrong.append(f"the state of parameter {who} has no {name!r}")
        else:
            wanted = (
                "a number" if name in numbers else f"a tensor of shape {list(shape)} and dtype {memory.dtype}"
            )
            wrong.append(f"{name!r} of parameter {who} is {shown(value)}, not {wanted}")
    return wrong


_MISSING = object()


def is_number(value: Any) -> bool:
    """Whether it is a number, or a tensor without axes that holds one."""
    if isinstance(value, (float, int, np.number)):
        return True
    return isinstance(value, Tensor) and value.array.size == 1 and value.array.dtype.kind != "b"


def _numbers(value: Any, count: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == count and all(map(is_number, value))


def shown(value: Any) -> str:
    """What a message says of a value that is wrong."""
    if isinstance(value, (Tensor, np.ndarray)):
        return f"a {type(value).__name__} of shape {list(value.shape)} and dtype {value.dtype}"
    return f"{value!r:.100}"
