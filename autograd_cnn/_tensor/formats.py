"""Results in the memory format of their operands, in a program that asks for a format.

PyTorch's results lie channels last where an operand does. An array tells where it lies, but not whether
somebody asked for that; so results are noted as asked for, as their operands are. A program that never asks
pays nothing: the hook of the primitives is changed when somebody asks for the first time.
"""

from collections.abc import Callable, Sequence
from typing import Any

from .._engine.memory_format import FORMATS, asked, laid_out, on_first, was_asked
from .tensor import Tensor, record


def record_in_format(
    prim: Any,
    args: Sequence[Any],
    params: dict[str, Any] | None = None,
    forward: Callable[..., Any] | None = None,
) -> Any:
    """:func:`record`; its result is noted as asked for where it lies channels last, as an operand was asked
    to, and what follows its first operand in PyTorch is laid out as that one."""
    out = record(prim, args, params, forward)
    for part in out if type(out) is tuple else (out,):
        format = FORMATS.get(part.array.ndim)  # which lets an operator wait that is compiled with others
        if format is None or prim.view:
            continue
        array = part.array
        lead = [isinstance(a, Tensor) and a.array.ndim == array.ndim and was_asked(a.array) for a in args]
        if any(lead) and array.transpose(format.order).flags.c_contiguous:
            part.array = asked(array)
        elif lead and lead[0] and (prim.broadcasts or "pool" in prim.name):
            part.array = laid_out(array, format)
    return out


def _keep_formats() -> None:
    Tensor.__primitive__ = staticmethod(record_in_format)


on_first.append(_keep_formats)
