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

    The module is as before afterwards, also after an exception; what it set meanwhile, such as a buffer, is
    in the dict. One tensor under several names is given under one of them (``tie_weights``). With ``strict``
    every parameter and buffer must be given, and nothing else.
    """
    if isinstance(parameter_and_buffer_dicts, Mapping):
        given: Any = parameter_and_buffer_dicts
    elif isinstance(parameter_and_buffer_dicts, Sequence):
        given = _merged(parameter_and_buffer_dicts)
    else:
        raise ValueError(
            "Expected parameter_and_buffer_dicts to be a dict, or a list/tuple of dicts, but got "
            f"{type(parameter_and_buffer_dicts)}"
        )
    positional = args if isinstance(args, tuple) else () if args is None else (args,)
    with _reparametrize_module(module, given, tie_weights=tie_weights, strict=strict):
        return module(*positional, **(kwargs or {}))


def _merged(dicts: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    if not all(isinstance(part, Mapping) for part in dicts):
        raise ValueError("Expected all elements of parameter_and_buffer_dicts to be dictionaries")
    counts = Counter(name for part in dicts for name in part)
    if repeated := [name for name, count in counts.items() if count > 1]:
        raise ValueError(
            f"{repeated} appeared in multiple dictionaries; behavior of functional call is ambiguous"
        )
    return {name: value for part in dicts for name, value in part.items()}


@contextmanager
def _reparametrize_module(
    module: Any, parameters_and_buffers: Any, tie_weights: bool = False, strict: bool = False
) -> Iterator[None]:
    """Inside, the module has these tensors; afterwards its own again, and the dict has what the block set."""
    own = {
        **dict(module.named_parameters(remove_duplicate=False)),
        **dict(module.named_buffers(remove_duplicate=False)),
    }
    values = _tied(own, parameters_and_buffers) if tie_weights else dict(parameters_and_buffers)
    if strict:
        _refuse_misfits(module, own.keys(), values.keys())
    before: dict[str, Any] = {}
    try:
        for name, value in values.items():
            before[name] = _swap(module, name, value)
        yield
    finally:
        after = {name: _swap(module, name, value) for name, value in reversed(before.items())}
        for name in parameters_and_buffers:
            found = after.get(name, _MISSING)
            if found is not _MISSING and found is not parameters_and_buffers[name]:
                parameters_and_buffers[name] = found


def _tied(own: dict[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, also under the other names of the module's tensors; ValueError where two values are
    given for one tensor."""
    groups: dict[int, list[str]] = {}
    for name, tensor in own.items():
        groups.setdefault(id(tensor), []).append(name)
    values = dict(given)
    for names in groups.values():
        found = [given[name] for name in names if name in given]
        if len({id(value) for value in found}) > 1:
            raise ValueError(
                f"functional_call got multiple values for keys {sorted(names)}, which are tied. Consider "
                "using tie_weights=False"
            )
        if found:
            values.update(dict.fromkeys(names, found[0]))
    return values


def _refuse_misfits(module: Any, own: Any, given: Any) -> None:
    said = [
        f"{what} key(s): {', '.join(map(repr, sorted(names)))}."
        for what, names in (("Unexpected", given - own), ("Missing", own - given))
        if names
    ]
    if said:
        raise RuntimeError(
            "Error(s) in reparametrizing for {}:\n\t{}".format(module._get_name(), "\n\t".join(said))
        )


_MISSING: Any = object()
"""Stands for an attribute that is not there."""


def _swap(module: Any, name: str, value: Any) -> Any:
    """Put ``value`` at the dotted ``name``; what was there."""
    if value is not _MISSING and value is not None and not isinstance(value, Tensor):
        raise TypeError(f"{value} is not an instance of torch.Tensor")
    path, _, last = name.rpartition(".")
    owner = module.get_submodule(path)
    for table in (owner._parameters, owner._buffers):
        if last in table:
            before, table[last] = table[last], value
            return before
    before = getattr(owner, last, _MISSING)
    if before is not _MISSING and not isinstance(before, Tensor):
        raise TypeError(f"attribute `{last}`: {before} is not an instance of torch.Tensor")
    if value is _MISSING:
        delattr(owner, last)
    else:
        setattr(owner, last, value)
    return before
