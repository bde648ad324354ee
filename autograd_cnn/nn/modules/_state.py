"""The state of a module as a flat dictionary, and back: everything is checked before anything is written."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ... import _memory
from ..._dtype import Size, device_of
from ..._tensor import Tensor
from ..._transfer import move
from ..parameter import Parameter


class IncompatibleKeys(NamedTuple):
    """What ``load_state_dict`` returns: the names it missed, and those it had no place for."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"_IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


def places(module: Any, prefix: str = "") -> "OrderedDict[str, tuple[dict[str, Any], str]]":
    """Each name of the module's state, with the table and the key that hold its tensor."""
    found: OrderedDict[str, tuple[dict[str, Any], str]] = OrderedDict()
    for path, part in module.named_modules(prefix=prefix, remove_duplicate=False):
        lead = f"{path}." if path else ""
        for table in (part._parameters, part._buffers):
            for name, tensor in table.items():
                if tensor is not None and not (table is part._buffers and name in part._non_persistent):
                    found[lead + name] = (table, name)
    return found


def read_state(module: Any, destination: Any, prefix: str, keep_vars: bool) -> Any:
    """The module's state by dotted name; the tensors share the module's memory."""
    destination = OrderedDict() if destination is None else destination
    for name, (table, key) in places(module, prefix.removesuffix(".")).items():
        destination[name] = table[key] if keep_vars else table[key].detach()
    return destination


def write_state(module: Any, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy ``state`` into the module, or set its tensors in place of the module's own (``assign``); all of it, or none."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    own = places(module)
    missing, unexpected = [name for name in own if name not in state], [name for name in state if name not in own]
    errors = []
    if strict and missing:
        errors.append("Missing key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in missing)))
    if strict and unexpected:
        errors.append("Unexpected key(s) in state_dict: {}. ".format(", ".join(f'"{name}"' for name in unexpected)))
    shared = [name for name in own if name in state]
    errors += [error for name in shared if (error := _misfit(name, own[name][0][own[name][1]], state[name]))]
    if errors:
        raise RuntimeError("Error(s) in loading state_dict for {}:\n\t{}".format(type(module).__name__, "\n\t".join(errors)))
    for name in shared:
        table, key = own[name]
        if assign:
            table[key] = _as_kind_of(table[key], state[name])
        else:
            _copy_into(table[key], state[name])
    return IncompatibleKeys(missing, unexpected)


def _misfit(name: str, tensor: Tensor, value: Any) -> str | None:
    if not isinstance(value, (Tensor, np.ndarray)):
        return (
            f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object from checkpoint but '
            f"received {type(value)}"
        )
    if tuple(value.shape) != tuple(tensor.shape):
        return (
            f"size mismatch for {name}: copying a param with shape {Size(value.shape)} from checkpoint, the shape in current "
            f"model is {tensor.shape!r}."
        )
    return None


def _copy_into(tensor: Tensor, value: Any) -> None:
    array = value.array if isinstance(value, Tensor) else value
    tensor.array[...] = move(array, device_of(tensor.array))
    _memory.wrote(tensor.array)


def _as_kind_of(tensor: Tensor, value: Any) -> Tensor:
    array = value.array if isinstance(value, Tensor) else value
    if isinstance(tensor, Parameter):
        return Parameter(array, tensor.requires_grad)
    return Tensor(array)
