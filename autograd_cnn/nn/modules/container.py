"""Containers: modules and parameters in sequences and dictionaries."""

import operator
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar, overload

from ..._tensor import Tensor
from ..parameter import Parameter
from .module import Module, indented

__all__ = [
    "ModuleDict",
    "ModuleList",
    "ParameterDict",
    "ParameterList",
    "Sequential",
]

L = TypeVar("L")


def _position(container: Any, index: int) -> str:
    """The key of the item at ``index`` (negative counts from the end); IndexError where there is none."""
    index, size = operator.index(index), len(container)
    if not -size <= index < size:
        raise IndexError(f"index {index} is out of range")
    return str(index % size)


class _ModuleSequence(Module, Generic[L]):
    """Modules under the names "0", "1", ...; a slice of them is an ``L``."""

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[Module]:
        return iter(self._modules.values())

    @overload
    def __getitem__(self, index: int) -> Module: ...
    @overload
    def __getitem__(self, index: slice) -> L: ...
    def __getitem__(self, index: int | slice) -> Module | L:
        if isinstance(index, slice):
            return self._of(list(self)[index])
        return list(self)[int(_position(self, index))]

    def __setitem__(self, index: int, module: Module) -> None:
        setattr(self, list(self._modules)[int(_position(self, index))], module)

    def __delitem__(self, index: int | slice) -> None:
        left = list(self)
        if isinstance(index, slice):
            del left[index]
        else:
            del left[int(_position(self, index))]
        self._replace(left)

    def _of(self, modules: list[Module]) -> L:
        raise NotImplementedError

    def _replace(self, modules: Iterable[Module]) -> None:
        """Hold ``modules`` instead, under new numbers."""
        self._modules.clear()
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def append(self, module: Module) -> Self:
        """Add ``module`` at the end."""
        self.add_module(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add ``modules`` at the end."""
        for module in modules:
            self.append(module)
        return self

    def _insert(self, index: int, module: Module) -> None:
        modules = list(self)
        modules.insert(index, module)
        self._replace(modules)

    def pop(self, key: int) -> Module:
        """Take out and return the module at ``key``."""
        module = self[key]
        del self[key]
        return module


class Sequential(_ModuleSequence["Sequential"]):
    """Modules called one after the other, each on the output of the one before."""

    @overload
    def __init__(self, *args: Module) -> None: ...
    @overload
    def __init__(self, arg: OrderedDict[str, Module], /) -> None: ...
    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], OrderedDict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for i, module in enumerate(args):
                self.add_module(str(i), module)

    def _of(self, modules: list[Module]) -> "Sequential":
        return Sequential(
            OrderedDict(
                (name, m) for name, m in self._modules.items() if any(m is chosen for chosen in modules)
            )
        )

    def __add__(self, other: "Sequential") -> "Sequential":
        return Sequential(*self, *other)

    def insert(self, index: int, module: Module) -> Self:
        """Put ``module`` before the one at ``index``."""
        self._insert(index, module)
        return self

    def forward(self, input: Any) -> Tensor:
        for module in self:
            input = module(input)
        return input


class _Unlisted:
    """Scope names of modules that no container calls: ``layers.0``, prefixed by the container's own name."""

    _modules: "OrderedDict[str, Any]"
    _scope_name: str | None

    def _name_scope(self, name: str) -> None:
        self.__dict__["_scope_name"] = name
        for child, module in self._modules.items():
            if module is not None:
                module._name_scope(self._scope_of_child(child))

    def _scope_of_child(self, name: str) -> str:
        return name if self._scope_name is None else f"{self._scope_name}.{name}"


class ModuleList(_Unlisted, _ModuleSequence["ModuleList"]):
    """A list of modules; whoever holds it calls them."""

    def __init__(self, modules: Iterable[Module] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.extend(modules)

    def _of(self, modules: list[Module]) -> "ModuleList":
        return ModuleList(modules)

    def __add__(self, other: Iterable[Module]) -> "ModuleList":
        return ModuleList([*self, *other])

    def __iadd__(self, modules: Iterable[Module]) -> Self:
        return self.extend(modules)

    def insert(self, index: int, module: Module) -> None:
        """Put ``module`` before the one at ``index``."""
        self._insert(index, module)

    def __repr__(self) -> str:
        """As PyTorch prints: equal neighbours as one line, ``(0-2): 3 x Linear(...)``."""
        if not len(self):
            return f"{self._get_name()}()"
        runs: list[tuple[int, int, str]] = []
        for i, text in enumerate(map(repr, self)):
            if runs and runs[-1][2] == text:
                runs[-1] = (runs[-1][0], i, text)
            else:
                runs.append((i, i, text))
        lines = [
            f"({a}): {indented(t)}" if a == b else f"({a}-{b}): {b - a + 1} x {indented(t)}"
            for a, b, t in runs
        ]
        return f"{self._get_name()}(\n  " + "\n  ".join(lines) + "\n)"


class ModuleDict(_Unlisted, Module):
    """Modules by name; whoever holds it calls them."""

    def __init__(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]] | None = None) -> None:
        super().__init__()
        if modules is not None:
            self.update(modules)

    def __getitem__(self, key: str) -> Module:
        return self._modules[key]

    def __setitem__(self, key: str, module: Module) -> None:
        self.add_module(key, module)

    def __delitem__(self, key: str) -> None:
        del self._modules[key]

    def __len__(self) -> int:
        return len(self._modules)

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __contains__(self, key: str) -> bool:
        return key in self._modules

    def clear(self) -> None:
        """Hold nothing."""
        self._modules.clear()

    def pop(self, key: str) -> Module:
        """Take out and return the module named ``key``."""
        return self._modules.pop(key)

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._modules.keys()

    def items(self) -> Iterable[tuple[str, Module]]:
        """Names and modules."""
        return self._modules.items()

    def values(self) -> Iterable[Module]:
        """The modules."""
        return self._modules.values()

    def update(self, modules: Mapping[str, Module] | Iterable[tuple[str, Module]]) -> None:
        """Hold these modules too; equal names are replaced."""
        pairs = modules.items() if isinstance(modules, (Mapping, ModuleDict)) else modules
        for name, module in pairs:
            self[name] = module


def _line(name: str, value: Any) -> str:
    kind = "Parameter" if isinstance(value, Parameter) else "Tensor"
    device = "" if value.device.type == "cpu" else f" ({value.device})"
    return (
        f"  ({name}): {kind} containing: [{value.dtype!r} of size {'x'.join(map(str, value.shape))}{device}]"
    )


class ParameterList(Module):
    """A list of parameters; tensors put into it become parameters."""

    def __init__(self, values: Iterable[Tensor] | None = None) -> None:
        super().__init__()
        if values is not None:
            self.extend(values)

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[Parameter]:
        return iter(self._parameters.values())

    @overload
    def __getitem__(self, index: int) -> Parameter: ...
    @overload
    def __getitem__(self, index: slice) -> "ParameterList": ...
    def __getitem__(self, index: int | slice) -> "Parameter | ParameterList":
        if isinstance(index, slice):
            return ParameterList(list(self)[index])
        return self._parameters[_position(self, index)]

    def __setitem__(self, index: int, value: Tensor) -> None:
        setattr(self, _position(self, index), _as_parameter(value))

    def append(self, value: Tensor) -> Self:
        """Add ``value`` at the end."""
        self.register_parameter(str(len(self)), _as_parameter(value))
        return self

    def extend(self, values: Iterable[Tensor]) -> Self:
        """Add ``values`` at the end."""
        for value in values:
            self.append(value)
        return self

    def __iadd__(self, values: Iterable[Tensor]) -> Self:
        return self.extend(values)

    def extra_repr(self) -> str:
        return "\n".join(_line(name, value) for name, value in self._parameters.items())


class ParameterDict(Module):
    """Parameters by name; tensors put into it become parameters."""

    def __init__(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]] | None = None) -> None:
        super().__init__()
        if parameters is not None:
            self.update(parameters)

    def __getitem__(self, key: str) -> Parameter:
        return self._parameters[key]

    def __setitem__(self, key: str, value: Tensor) -> None:
        if key in self._parameters:
            setattr(self, key, _as_parameter(value))
        else:
            self.register_parameter(key, _as_parameter(value))

    def __delitem__(self, key: str) -> None:
        del self._parameters[key]

    def __len__(self) -> int:
        return len(self._parameters)

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __contains__(self, key: str) -> bool:
        return key in self._parameters

    def keys(self) -> Iterable[str]:
        """The names."""
        return self._parameters.keys()

    def items(self) -> Iterable[tuple[str, Parameter]]:
        """Names and parameters."""
        return self._parameters.items()

    def values(self) -> Iterable[Parameter]:
        """The parameters."""
        return self._parameters.values()

    def update(self, parameters: Mapping[str, Tensor] | Iterable[tuple[str, Tensor]]) -> None:
        """Hold these parameters too; equal names are replaced."""
        pairs = parameters.items() if isinstance(parameters, (Mapping, ParameterDict)) else parameters
        for name, value in pairs:
            self[name] = value

    def extra_repr(self) -> str:
        return "\n".join(_line(name, value) for name, value in self._parameters.items())


def _as_parameter(value: Any) -> Parameter:
    if not isinstance(value, Tensor):
        raise TypeError(f"cannot hold {type(value).__name__}: a tensor or Parameter is expected")
    return value if isinstance(value, Parameter) else Parameter(value)
