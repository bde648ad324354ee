"""Calling a module with other parameters than its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from .._tensor import Tensor

Result = TypeVar("Result")


def functional_call(
    module: Callable[..., Result],
    parameter_and_buffer_dicts: Mapping[str, Tensor] | Sequence[Mapping[str, Tensor]],
    args: Any = None,
    kwargs: dict[str, Any] | None = None,
    *,
    tie_weights: bool = True,
    strict: bool = False,
) -> Result:
    """Call ``module`` with the tensors of a dict (or several) in place of its parameters, buffers and other
    attributes of those names.

    The module is as before afterwards, also after an exception. With ``strict`` every parameter and buffer
    must be given.
    """
    dicts = (
        [parameter_and_buffer_dicts]
        if isinstance(parameter_and_buffer_dicts, Mapping)
        else list(parameter_and_buffer_dicts)
    )
    given = {name: value for part in dicts for name, value in part.items()}
    counts = Counter(name for part in dicts for name in part)
    if repeated := [name for name, count in counts.items() if count > 1]:
        raise ValueError(
            f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous"
        )
    asked: Any = module
    own = {
        **dict(asked.named_parameters(remove_duplicate=False)),
        **dict(asked.named_buffers(remove_duplicate=False)),
    }
    unknown, missing = sorted(given.keys() - own.keys()), sorted(own.keys() - given.keys())
    if strict and (unknown or missing):
        raise RuntimeError(
            f"Error(s) in loading state_dict: Unexpected key(s): {', '.join(unknown) or 'none'}. "
            f"Missing key(s): {', '.join(missing) or 'none'}."
        )
    if tie_weights:
        by_tensor = {id(own[name]): value for name, value in given.items() if name in own}
        given |= {
            name: by_tensor[id(t)] for name, t in own.items() if name not in given and id(t) in by_tensor
        }
    with _swapped(module, given):
        return module(
            *(args if isinstance(args, tuple) else () if args is None else (args,)), **(kwargs or {})
        )


@contextmanager
def _swapped(module: Any, values: dict[str, Any]) -> Iterator[None]:
    before = []
    try:
        for name, value in values.items():
            path, _, last = name.rpartition(".")
            owner = module.get_submodule(path)
            tables = (owner._parameters, owner._buffers, owner.__dict__)
            table = next((table for table in tables if last in table), None)
            if table is not None:
                before.append((table, last, table[last]))
                table[last] = value
        yield
    finally:
        for table, last, value in reversed(before):
            table[last] = value
