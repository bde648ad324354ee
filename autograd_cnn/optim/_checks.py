"""What would make a step or a loading fail half-way, found beforehand and told at once: then nothing has changed."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

from .._tensor import Tensor

Group = dict[str, Any]


def check_step(groups: Sequence[Group]) -> None:
    """Refuse gradients and memory that updates cannot use, every one of them; RuntimeError, or TypeError for a learning rate."""
    wrong: list[str] = []
    for number, group in enumerate(groups):
        rate = group.get("lr", 0.0)
        if type(rate) is not float and not isinstance(rate, (int, float, Tensor)) and not hasattr(rate, "__float__"):
            raise TypeError(f"the learning rate of parameter group {number} is {rate!r}; nothing was changed")
        for place, parameter in enumerate(group["params"]):
            gradient, memory = parameter._grad, parameter.array
            if gradient is None:
                continue
            given = getattr(gradient, "array", None)
            if given is None or given.shape != memory.shape or given.dtype != memory.dtype or type(given) is not type(memory):
                wrong.append(f"parameter {_name(group, place)} is {_told(memory)}, but its gradient is {_told(given) if given is not None else type(gradient).__name__}")
            elif not getattr(memory.flags, "writeable", True):
                wrong.append(f"parameter {_name(group, place)} of shape {list(memory.shape)} lies in memory that is read-only or shared by its elements")
    if wrong:
        raise RuntimeError("this step is not possible, and nothing was changed: " + "; ".join(wrong))


def _name(group: Group, place: int) -> str:
    names = group.get("param_names")
    return repr(names[place]) if names else str(place)


def _told(array: Any) -> str:
    where = "" if type(array).__module__ == "numpy" else " on a GPU"
    return f"{array.dtype} of shape {list(array.shape)}{where}"


def check_loading(groups: Sequence[Group], defaults: Group, given: Any, *, shapeless: Sequence[str]) -> None:
    """Refuse a ``state_dict`` that does not fit: ValueError (TypeError where it is no dict) that lists all that is wrong.

    Entries of a state named in ``shapeless`` need not have the parameter's shape.
    """
    if not isinstance(given, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(given)}.")
    lacking = [f"it has no {name!r}" for name in ("state", "param_groups") if name not in given]
    if lacking:
        raise ValueError("loaded state dict does not fit, nothing was loaded: " + "; ".join(lacking))
    state, theirs = given["state"], given["param_groups"]
    if not isinstance(state, Mapping) or not isinstance(theirs, (list, tuple)) or not all(isinstance(g, Mapping) for g in theirs):
        raise ValueError("loaded state dict does not fit, nothing was loaded: 'state' must be a dict and 'param_groups' a list of dicts")
    if len(theirs) != len(groups):
        raise ValueError(f"loaded state dict has a different number of parameter groups: {len(theirs)}, not {len(groups)}")
    if any(len(mine["params"]) != len(other.get("params", ())) for mine, other in zip(groups, theirs, strict=True)):
        raise ValueError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group")
    wrong = [problem for number, other in enumerate(theirs) for problem in _wrong_options(number, other, defaults)]
    numbers = itertools.chain.from_iterable(group["params"] for group in theirs)
    parameters = dict(zip(numbers, itertools.chain.from_iterable(group["params"] for group in groups), strict=True))
    for key, entries in state.items():
        if key not in parameters:
            wrong.append(f"loaded state dict has state for parameters [{key!r}], which none of its groups names")
        elif not isinstance(entries, Mapping):
            wrong.append(f"the state of parameter {key} is a {type(entries).__name__}, not a dict")
        else:
            wrong += _wrong_entries(key, entries, parameters[key], shapeless)
    if wrong:
        raise ValueError("loaded state dict does not fit, nothing was loaded: " + "; ".join(wrong))


def _wrong_options(number: int, group: Mapping[str, Any], defaults: Group) -> list[str]:
    """Options that are numbers and are not given, or given as something else. Switches may be missing: older files lack some."""
    wrong = []
    for name, default in defaults.items():
        if isinstance(default, bool) or not isinstance(default, (int, float)):
            continue
        if name not in group:
            wrong.append(f"parameter group {number} has no {name!r}")
        elif not isinstance(group[name], (int, float, Tensor)):
            wrong.append(f"{name!r} of parameter group {number} is {group[name]!r}, not a number")
    return wrong


def _wrong_entries(key: Any, entries: Mapping[str, Any], parameter: Tensor, shapeless: Sequence[str]) -> list[str]:
    wrong = []
    for name, value in entries.items():
        if isinstance(value, str):
            wrong.append(f"{name!r} of parameter {key} is the text {value!r}")
        elif isinstance(value, Tensor) and value.ndim and name not in shapeless and value.shape != parameter.shape:
            wrong.append(f"loaded state dict has {name!r} of shape {list(value.shape)} for a parameter of shape {list(parameter.shape)}")
    return wrong
