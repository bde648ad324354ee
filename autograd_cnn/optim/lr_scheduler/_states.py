"""What is wrong with the state that a scheduler is given, found before anything of it is loaded."""

from collections.abc import Mapping
from typing import Any

from .._checks import is_number, shown

_TRANSIENT = {"_get_lr_called_within_step", "_is_initial"}
"""Switches that are off between steps: states of older PyTorch lack one of them."""
_DROPPED = {"verbose"}
"""What states of older PyTorch have more."""

_NONE_OR_A_NUMBER = {"default_min_lr"}
"""What is None where the least rates were given one by one."""


def misfits(own: Mapping[str, Any], given: Any, *, strict: bool = True) -> list[str]:
    """What in ``given`` is not as in the scheduler's ``own`` state: missing (and unknown, if ``strict``), or
    of another kind."""
    if not isinstance(given, Mapping):
        return [f"it is {shown(given)}, not a dict"]
    wrong = []
    if strict:
        wrong += [f"it has no {name!r}" for name in own if name not in given and name not in _TRANSIENT]
        wrong += [
            f"it has {name!r}, which is of another scheduler"
            for name in given
            if name not in own and name not in _DROPPED
        ]
    for name in own:
        if (
            name in given
            and not _alike(own[name], given[name])
            and not (name in _NONE_OR_A_NUMBER and given[name] is None)
        ):
            wrong.append(f"{name!r} is {shown(given[name])}, where {shown(own[name])} is expected")
    return wrong


def _alike(own: Any, given: Any) -> bool:
    """Whether ``given`` is of the kind of ``own``: a number, a text, as many of them."""
    if isinstance(own, (list, tuple)):
        return isinstance(given, (list, tuple)) and len(given) == len(own) and all(map(_alike, own, given))
    if isinstance(own, Mapping):
        return isinstance(given, Mapping) and all(
            _alike(own[key], part) for key, part in given.items() if key in own
        )
    if isinstance(own, (bool, str)):
        return isinstance(given, type(own))
    return not is_number(own) or is_number(given)
