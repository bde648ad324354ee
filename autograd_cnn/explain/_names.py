"""What values are called: parameters by their path in the model, other leaves by the caller's variables,
results by the variable they were assigned to (where source lines were kept), else v₁, v₂, ... in the
order of evaluation."""

import dis
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import CodeType, FrameType
from typing import Any

from .._engine.handle import Handle
from .._engine.memory import owner

Names = dict[Any, str]
"""By node; constants by the block of memory they are in."""


def memory_key(array: Any) -> tuple[str, int]:
    """The key of the memory that ``array`` looks into."""
    return "memory", id(owner(array))


def given_names(params: Any) -> Names:
    """Node to name, from a module (``named_parameters()``), a mapping, an iterable of pairs or of tensors, or
    nothing."""
    if params is None:
        return {}
    pairs: Iterable[Any]
    if hasattr(params, "named_parameters"):
        pairs = list(params.named_parameters())
        pairs += list(params.named_buffers()) if hasattr(params, "named_buffers") else []
    elif isinstance(params, Mapping):
        pairs = params.items()
    elif isinstance(params, Handle):
        pairs = [("x", params)]
    else:
        pairs = [entry if isinstance(entry, tuple) else (f"p{i}", entry) for i, entry in enumerate(params)]
    names: Names = {}
    for name, tensor in pairs:
        if not isinstance(tensor, Handle):
            raise TypeError(
                f"params: expected a module, or names with their Tensors, but {name!r} is a "
                f"{type(tensor).__name__}"
            )
        names.setdefault(tensor._node or memory_key(tensor.array), str(name))
    return names


def variable_names(frame: FrameType | None) -> Names:
    """Node to name, from the variables of the code that called."""
    names: Names = {}
    if frame is not None:
        for variables in (frame.f_locals, frame.f_globals):
            for name, value in list(variables.items()):
                if isinstance(value, Handle) and not name.startswith("_"):
                    names.setdefault(value._node or memory_key(value.array), name)
    return names


@lru_cache(maxsize=256)
def _stores(code: CodeType) -> dict[int, str]:
    """For each instruction whose result is assigned at once, the variable's name, by every offset up to the
    assignment.

    (A frame that has called a Python function stands at the caches behind the call, not at the call itself.)
    """
    found: dict[int, str] = {}
    previous = None
    for instruction in dis.get_instructions(code):
        if instruction.opname in ("CACHE", "EXTENDED_ARG"):
            continue
        if (
            instruction.opname.startswith("STORE_")
            and previous is not None
            and isinstance(instruction.argval, str)
        ):
            found.update(dict.fromkeys(range(previous, instruction.offset, 2), instruction.argval))
        elif (
            instruction.opname.startswith("STORE_FAST")
            and previous is not None
            and isinstance(instruction.argval, tuple)
        ):
            found.update(dict.fromkeys(range(previous, instruction.offset, 2), str(instruction.argval[0])))
        previous = instruction.offset
    return found


def assigned_name(line: tuple[CodeType, int] | None) -> str | None:
    """The variable to which the script assigns the result of the call at ``line``, if it does so at once."""
    return None if line is None else _stores(line[0]).get(line[1])
