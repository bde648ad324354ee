"""The state of a module as a flat dictionary, and back: everything is checked before anything is written."""

import copy
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np

from ..._devices.device import device_of
from ..._devices.transfer import move
from ..._engine import memory
from ..._engine.size import Size
from ..._tensor import Tensor, tensor_of
from ..parameter import Buffer, Parameter, is_lazy
from ._members import EXTRA, Members


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
                if tensor is not None and not (
                    table is part._buffers and name in part._non_persistent_buffers_set
                ):
                    found[lead + name] = (table, name)
    return found


def extras(module: Any, prefix: str = "") -> "OrderedDict[str, Any]":
    """The modules inside that keep more than tensors, by the name under which their state has it."""
    parts = module.named_modules(prefix=prefix, remove_duplicate=False)
    return OrderedDict(
        (f"{path}.{EXTRA}" if path else EXTRA, part) for path, part in parts if _keeps_more(part)
    )


def _keeps_more(module: Any) -> bool:
    """Whether the class of ``module`` writes a ``set_extra_state`` of its own."""
    return type(module).set_extra_state is not Members.set_extra_state


def read_state(
    module: Any, destination: "OrderedDict[str, Any] | None", prefix: str, keep_vars: bool
) -> "OrderedDict[str, Any]":
    """The module's state by dotted name; the tensors share the module's memory. The modules inside are asked
    for theirs."""
    destination = _empty_state() if destination is None else destination
    about = {"version": module._version}
    if hasattr(destination, "_metadata"):
        destination._metadata[prefix[:-1]] = about
    for hook in module._state_dict_pre_hooks.values():
        hook(module, prefix, keep_vars)
    module._save_to_state_dict(destination, prefix, keep_vars)
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=destination, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
    for hook in module._state_dict_hooks.values():
        changed = hook(module, destination, prefix, about)
        if getattr(hook, "_from_public_api", False):
            if changed is not None:
                raise RuntimeError("state_dict post-hook must return None")
        elif changed is not None:
            destination = changed
    return destination


def _empty_state() -> "OrderedDict[str, Any]":
    """A dictionary with room for what each module says about its state: ``_metadata``, by module path."""
    state: OrderedDict[str, Any] = OrderedDict()
    state._metadata = OrderedDict()  # type: ignore[attr-defined]  # PyTorch's place for it
    return state


def write_state(module: Any, state: Mapping[str, Any], strict: bool, assign: bool) -> IncompatibleKeys:
    """Copy ``state`` into the module, or set its tensors in place of the module's own (``assign``); all of
    it, or none."""
    if not isinstance(state, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state)}.")
    state, missing, unexpected, errors = _before_loading(module, state)
    own, more = places(module), extras(module)
    keys = IncompatibleKeys(missing, unexpected)
    afterwards = [
        (part, hook) for part in _inside_out(module) for hook in part._load_state_dict_post_hooks.values()
    ]
    own, state = _without_lazy(own, state)
    shared = [name for name in own if name in state]
    errors += [
        error for name in shared if (error := _misfit(name, own[name][0][own[name][1]], state[name], assign))
    ]
    if errors or not afterwards:  # a hook may forgive names, but only after loading
        _refuse(module, keys, errors, strict)
    with _undone_by_an_error(
        [own[name] for name in shared],
        [part for name, part in more.items() if name in state],
        needed=bool(more or afterwards),
    ):
        for name in shared:
            table, key = own[name]
            if assign:
                table[key] = _as_kind_of(table[key], state[name])
            else:
                if is_lazy(table[key]):
                    table[key].materialize(tuple(state[name].shape))
                _copy_into(table[key], state[name])
        for name, part in more.items():
            if name in state:
                part.set_extra_state(state[name])
        for part, hook in afterwards:
            if hook(part, keys) is not None:
                raise AssertionError(
                    "Hooks registered with ``register_load_state_dict_post_hook`` are not expected to return "
                    "new values, if incompatible_keys need to be modified, it should be done inplace."
                )
        _refuse(module, keys, [], strict)
    return keys


@contextmanager
def _undone_by_an_error(
    own: list[tuple[dict[str, Any], str]], parts: list[Any], *, needed: bool
) -> Iterator[None]:
    """Put back what the block has loaded if it raises: a module's ``set_extra_state`` and hooks may, and come
    last."""
    settled = [(table, key) for table, key in own if not is_lazy(table[key])] if needed else []
    before = [(table, key, table[key], table[key].array.copy()) for table, key in settled]
    extra = [
        (part, copy.deepcopy(part.get_extra_state()))
        for part in parts
        if type(part).get_extra_state is not Members.get_extra_state
    ]
    try:
        yield
    except BaseException:  # Ctrl-C too
        for table, key, tensor, array in before:
            table[key] = tensor
            tensor.data = tensor_of(array)
        for part, kept in extra:
            part.set_extra_state(kept)
        raise


class _Prepared(NamedTuple):
    """What is to be loaded, and what the modules found to say about it."""

    state: "OrderedDict[str, Any]"
    missing: list[str]
    unexpected: list[str]
    errors: list[str]


def _before_loading(module: Any, given: Mapping[str, Any]) -> _Prepared:
    """A copy of the state as each module, after its hooks, leaves it."""
    found = _Prepared(OrderedDict(given), [], [], [])
    _ask(module, found.state, "", getattr(given, "_metadata", {}), found)
    return found


def _ask(
    module: Any, state: "OrderedDict[str, Any]", prefix: str, about: Mapping[str, Any], found: _Prepared
) -> None:
    """Let a module and those inside it see, and change, their part of the state, and say what they miss."""
    args = (state, prefix, about.get(prefix[:-1], {}), True, *found[1:])
    for hook, takes_module in list(module._load_state_dict_pre_hooks.values()):
        hook(module, *args) if takes_module else hook(*args)
    module._load_from_state_dict(*args)
    for name, child in module._modules.items():
        if child is None:
            continue
        inside = f"{prefix}{name}."
        before = {key: value for key, value in state.items() if key.startswith(inside)}
        part = OrderedDict(before)
        _ask(child, part, inside, about, found)
        for key in before.keys() - part.keys():
            del state[key]
        state.update((key, value) for key, value in part.items() if before.get(key) is not value)


def _inside_out(module: Any) -> list[Any]:
    """The modules, each after those it holds."""
    return [part for child in module.children() for part in _inside_out(child)] + [module]


def _refuse(module: Any, keys: IncompatibleKeys, errors: list[str], strict: bool) -> None:
    """Raise RuntimeError for all faults at once, where there are any."""
    said = []
    for what, names in (("Missing", keys.missing_keys), ("Unexpected", keys.unexpected_keys)):
        if strict and names:
            said.append(
                "{} key(s) in state_dict: {}. ".format(what, ", ".join(f'"{name}"' for name in names))
            )
    said += errors
    if said:
        raise RuntimeError(
            "Error(s) in loading state_dict for {}:\n\t{}".format(type(module).__name__, "\n\t".join(said))
        )


def _without_lazy(
    own: "OrderedDict[str, tuple[dict[str, Any], str]]", state: Mapping[str, Any]
) -> tuple["OrderedDict[str, tuple[dict[str, Any], str]]", Mapping[str, Any]]:
    """Both without what has no shape yet on either side, which stays as it is."""
    open_ = {name for name, value in state.items() if is_lazy(value) and name in own}
    open_ = {name for name in open_ if is_lazy(own[name][0][own[name][1]])}
    if not open_:
        return own, state
    kept = OrderedDict((name, place) for name, place in own.items() if name not in open_)
    return kept, {name: value for name, value in state.items() if name not in open_}


def _misfit(name: str, tensor: Tensor, value: Any, assign: bool) -> str | None:
    if not isinstance(value, (Tensor, np.ndarray)):
        return (
            f'While copying the parameter named "{name}", expected torch.Tensor or Tensor-like object '
            "from checkpoint but "
            f"received {type(value)}"
        )
    if is_lazy(tensor):
        tuple(value.shape)  # must have one
        return None
    if tuple(value.shape) != tuple(tensor.shape):
        return (
            f"size mismatch for {name}: copying a param with shape {Size(value.shape)} from "
            "checkpoint, the shape in current "
            f"model is {tensor.shape!r}."
        )
    kind = (value.array if isinstance(value, Tensor) else value).dtype.kind
    if kind not in "fiub" or (assign and tensor.requires_grad and kind != "f"):
        return (
            f'the dtype of "{name}" in the checkpoint is {value.dtype}, which the parameter of dtype '
            f"{tensor.dtype!r} cannot take."
        )
    if not assign and not getattr(tensor.array.flags, "writeable", True):
        return (
            f'the parameter named "{name}" lies in memory that is read-only or shared by its elements: '
            "load with assign=True."
        )
    return None


def _copy_into(tensor: Tensor, value: Any) -> None:
    array = value.array if isinstance(value, Tensor) else value
    memory.settle(tensor.array)
    tensor.array[...] = move(array, device_of(tensor.array))
    memory.wrote(tensor.array)


def _as_kind_of(tensor: Tensor, value: Any) -> Tensor:
    array = value.array if isinstance(value, Tensor) else value
    if isinstance(tensor, Parameter):
        return Parameter(array, tensor.requires_grad)
    return Buffer(array, persistent=tensor.persistent) if isinstance(tensor, Buffer) else tensor_of(array)
