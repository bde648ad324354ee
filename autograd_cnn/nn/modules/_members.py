"""What a module holds: parameters, buffers and modules, set as attributes and found again by name."""

import itertools
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, Generic, Self, TypeVar

from ..._engine import memory
from ..._tensor import Tensor
from ..parameter import Buffer, Parameter, is_lazy
from ._registration import REGISTRATION, TABLES

EXTRA = "_extra_state"
"""The name under which a module's ``get_extra_state()`` stands in its state."""

M = TypeVar("M", bound="Members[Any]")


class Members(Generic[M]):
    """The part of a Module that holds parameters, buffers and modules (of class ``M``) in three tables, by
    attribute name."""

    # Their values may be None: the place of what is not there.
    _parameters: "OrderedDict[str, Any]"
    _buffers: "OrderedDict[str, Any]"
    _modules: "OrderedDict[str, Any]"
    _non_persistent_buffers_set: set[str]
    _scope_name: str | None

    def __init__(self) -> None:
        values = {name: OrderedDict[str, Any]() for name in TABLES}
        self.__dict__.update(values, _non_persistent_buffers_set=set(), _scope_name=None)

    def _name_scope(self, name: str) -> None:
        """Be told the attribute under which a parent holds this module; pictures group by it."""
        self.__dict__["_scope_name"] = name

    def _scope_of_child(self, name: str) -> str:
        return name

    # attributes

    def _hold(self, table: str, name: str, value: Any) -> Any:
        """Put ``value``, or what a hook of registration makes of it, into ``table``; what is held."""
        for hook in REGISTRATION[table].values():
            changed = hook(self, name, value)
            value = value if changed is None else changed
        self.__dict__[table][name] = value
        return value

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if "_modules" not in own:
            if isinstance(value, (Parameter, Members)):
                what = "parameters" if isinstance(value, Parameter) else "module"
                raise AttributeError(
                    f"cannot assign {what} before Module.__init__() call: call super().__init__() first"
                )
            object.__setattr__(self, name, value)
            return
        for kind, wrong, table in _KINDS:
            if isinstance(value, kind) and (
                table != "_buffers" or name in own[table] or isinstance(value, Buffer)
            ):
                if table == "_parameters" and name not in own[table]:
                    self._check_spelling("parameter", name)
                    self._check_class(name)
                self._forget(name, keep=table)
                if isinstance(value, Buffer):
                    self.register_buffer(name, value, value.persistent)
                    return
                value = self._hold(table, name, value)
                if isinstance(value, Members):
                    value._name_scope(self._scope_of_child(name))
                return
            if name in own[table]:
                if value is not None:
                    raise TypeError(
                        f"cannot assign '{type(value).__module__}.{type(value).__qualname__}' as "
                        f"{wrong.format(name)}"
                    )
                own[table][name] = None
                return
        object.__setattr__(self, name, value)

    def _check_class(self, name: str) -> None:
        """A parameter would hide behind what the class has under its name."""
        if hasattr(type(self), name):
            raise KeyError(f"attribute '{name}' already exists")

    def _forget(self, name: str, keep: str) -> None:
        """Take ``name`` out of wherever it stands, except from the table ``keep`` (where it keeps its
        place)."""
        self.__dict__.pop(name, None)
        for table in TABLES:
            if table != keep:
                self.__dict__[table].pop(name, None)
        if keep != "_buffers":
            self._non_persistent_buffers_set.discard(name)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for table in TABLES:
            if table in own and name in own[table]:
                return own[table][name]
        raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)

    def __delattr__(self, name: str) -> None:
        for table in TABLES:
            if name in self.__dict__.get(table, ()):
                del self.__dict__[table][name]
                self._non_persistent_buffers_set.discard(name)
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        own = itertools.chain(super().__dir__(), self._parameters, self._buffers, self._modules)
        return sorted({name for name in own if not name[:1].isdigit()})

    def _check_name(self, what: str, name: str, table: "OrderedDict[str, Any]") -> None:
        if "_modules" not in self.__dict__:
            raise AttributeError(f"cannot assign {what} before Module.__init__() call")
        self._check_spelling(what, name)
        if hasattr(self, name) and name not in table:
            raise KeyError(f"attribute '{name}' already exists")

    @staticmethod
    def _check_spelling(what: str, name: str) -> None:
        if not isinstance(name, str):
            raise TypeError(f"{what} name should be a string. Got {type(name).__name__}")
        if "." in name:
            raise KeyError(f'{what} name can\'t contain ".", got: {name!r}')
        if name == "":
            raise KeyError(f'{what} name can\'t be empty string ""')

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Hold ``param`` as attribute ``name``; None keeps the place of a parameter that is not there."""
        self._check_name("parameter", name, self._parameters)
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(
                f"cannot assign '{type(param).__name__}' object to parameter '{name}' "
                "(torch.nn.Parameter or None required)"
            )
        if param is not None and not param.is_leaf:
            raise ValueError(
                f"Cannot assign non-leaf Tensor to parameter '{name}'. Model parameters must be "
                "created explicitly. To express "
                f"'{name}' as a function of another Tensor, compute the value in the forward() method."
            )
        self._hold("_parameters", name, param)

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Hold a tensor that is state but not learnt, such as a running mean; ``persistent`` ones go into
        ``state_dict``."""
        self._check_name("buffer", name, self._buffers)
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(
                f"cannot assign '{type(tensor).__name__}' object to buffer '{name}' (torch Tensor or "
                "None required)"
            )
        self._hold("_buffers", name, tensor)
        (self._non_persistent_buffers_set.discard if persistent else self._non_persistent_buffers_set.add)(
            name
        )

    def add_module(self, name: str, module: M | None) -> None:
        """Hold ``module`` as attribute ``name``."""
        if not isinstance(module, Members) and module is not None:
            raise TypeError(f"{type(module).__module__}.{type(module).__qualname__} is not a Module subclass")
        self._check_name("module", name, self._modules)
        module = self._hold("_modules", name, module)
        if module is not None:
            module._name_scope(self._scope_of_child(name))

    register_module = add_module

    # finding them

    def named_children(self) -> Iterator[tuple[str, M]]:
        """The modules held directly, with their names; each once."""
        seen: set[int] = set()
        for name, module in self._modules.items():
            if module is not None and id(module) not in seen:
                seen.add(id(module))
                yield name, module

    def children(self) -> Iterator[M]:
        """The modules held directly."""
        return (module for _, module in self.named_children())

    def named_modules(
        self, memo: set[Any] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, M]]:
        """This module and all inside it, with their dotted names."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        this: Any = self  # an M: the class whose members are of class M
        yield prefix, this
        for name, module in self._modules.items():
            if module is not None:
                yield from module.named_modules(
                    memo, f"{prefix}.{name}" if prefix else name, remove_duplicate
                )

    def modules(self, remove_duplicate: bool = True) -> Iterator[M]:
        """This module and all inside it."""
        return (module for _, module in self.named_modules(remove_duplicate=remove_duplicate))

    def _named_members(
        self, table: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = (
            self.named_modules(prefix=prefix, remove_duplicate=remove_duplicate)
            if recurse
            else [(prefix, self)]
        )
        for path, module in modules:
            for name, value in getattr(module, table).items():
                if value is not None and id(value) not in seen:
                    if remove_duplicate:
                        seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """The parameters of this module and those inside it, with their dotted names; each once."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """The parameters of this module and those inside it."""
        return (value for _, value in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """The buffers of this module and those inside it, with their dotted names; each once."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """The buffers of this module and those inside it."""
        return (value for _, value in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> M:
        """The module at the dotted name ``target``; AttributeError where there is none."""
        module: Any = self
        for part in target.split(".") if target else ():
            if not hasattr(module, part):
                raise AttributeError(f"{module._get_name()} has no attribute `{part}`")
            module = getattr(module, part)
            if not isinstance(module, Members):
                raise AttributeError(f"`{part}` is not an nn.Module")
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter at the dotted name ``target``; AttributeError where there is none."""
        found = self._get_member(target)
        if not isinstance(found, Parameter):
            raise AttributeError(f"`{target.rpartition('.')[2]}` is not an nn.Parameter")
        return found

    def get_buffer(self, target: str) -> Tensor:
        """The buffer at the dotted name ``target``; AttributeError where there is none."""
        found = self._get_member(target)
        path, _, name = target.rpartition(".")
        if name not in self.get_submodule(path)._buffers:
            raise AttributeError(f"`{name}` is not a buffer")
        return found

    def _get_member(self, target: str) -> Any:
        path, _, name = target.rpartition(".")
        module: Any = self.get_submodule(path)
        if not hasattr(module, name):
            raise AttributeError(f"{module._get_name()} has no attribute `{name}`")
        return getattr(module, name)

    def set_submodule(self, target: str, module: M, strict: bool = False) -> None:
        """Put ``module`` at the dotted name ``target``, where ``strict`` only in the place of another.

        AttributeError where the path before the last name, or with ``strict`` the place, has no module.
        """
        if not target:
            raise ValueError("Cannot set the submodule without a target name!")
        if not isinstance(module, Members):
            raise ValueError(f"`module` is not an nn.Module, found {type(module)}")
        path, _, name = target.rpartition(".")
        parent: Any = self.get_submodule(path)
        if strict or hasattr(parent, name):
            parent.get_submodule(name)
        setattr(parent, name, module)

    def get_extra_state(self) -> Any:
        """What ``state_dict`` keeps of this module beside its tensors; a module that has more writes this and
        ``set_extra_state``."""
        raise RuntimeError(
            f"{type(self).__name__} has no get_extra_state: write it, and set_extra_state, in the subclass"
        )

    def set_extra_state(self, state: Any) -> None:
        """Take over what ``get_extra_state`` gave."""
        raise RuntimeError(
            f"{type(self).__name__} has no set_extra_state: write it, beside get_extra_state, in the subclass"
        )

    def _own_state(self) -> Iterator[tuple[str, Tensor]]:
        """This module's own parameters and persistent buffers, by name."""
        for table in (self._parameters, self._buffers):
            for name, tensor in table.items():
                if tensor is not None and not (
                    table is self._buffers and name in self._non_persistent_buffers_set
                ):
                    yield name, tensor

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        """Write this module's own state into ``destination``; a subclass may write more."""
        for name, tensor in self._own_state():
            destination[prefix + name] = tensor if keep_vars or is_lazy(tensor) else tensor.detach()
        if type(self).get_extra_state is not Members.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Note what of this module's own state ``state_dict``, its part of the whole, lacks, and what it has
        no place for.

        All modules are asked before anything is loaded: a subclass may change ``state_dict``, which is a
        copy, and forgive names.
        """
        own = dict(self._own_state())
        missing_keys += [prefix + name for name in own if prefix + name not in state_dict]
        extra = prefix + EXTRA
        if type(self).set_extra_state is not Members.set_extra_state:
            if extra not in state_dict:
                missing_keys.append(extra)
        elif extra in state_dict:
            unexpected_keys.append(extra)
        for name in state_dict:
            if name.startswith(prefix) and name != extra:
                first, dot, _ = name[len(prefix) :].partition(".")
                if first not in (self._modules if dot else own):
                    unexpected_keys.append(name)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Ask for gradients of all parameters, or no longer."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters, or set them to zero."""
        for parameter in self.parameters():
            forget_gradient(parameter, set_to_none)


def forget_gradient(tensor: Tensor, set_to_none: bool) -> None:
    """Drop ``.grad``, or overwrite it with zeros."""
    gradient = tensor.grad
    if set_to_none or gradient is None:
        tensor.grad = None
        return
    gradient = gradient.detach() if gradient.requires_grad else gradient
    memory.settle(gradient.array)
    gradient.array[...] = 0
    memory.wrote(gradient.array)
    tensor.grad = gradient


_KINDS: tuple[tuple[type, str, str], ...] = (
    (Parameter, "parameter '{}' (torch.nn.Parameter or None expected)", "_parameters"),
    (Members, "child module '{}' (torch.nn.Module or None expected)", "_modules"),
    (Tensor, "buffer '{}' (torch.Tensor or None expected)", "_buffers"),
)
"""What an attribute may hold, how a misfit is called, and the table it stands in."""
