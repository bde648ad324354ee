"""Containers: modules in sequences and dictionaries."""

import operator
import warnings
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Generic, Self, TypeVar, overload

from ..._tensor import Tensor
from .module import Module, indented

__all__ = [
    "Container",
    "ModuleDict",
    "ModuleList",
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
            return self._of(list(self._modules.items())[index])
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

    def _of(self, named: list[tuple[str, Module]]) -> L:
        raise NotImplementedError

    def _replace(self, modules: Iterable[Module]) -> None:
        """Hold ``modules`` instead, under new numbers."""
        self._modules.clear()
        for i, module in enumerate(modules):
            self.add_module(str(i), module)

    def append(self, module: Module) -> Self:
        """Add ``module`` at the end."""
        number = len(self)
        while str(number) in self._modules:  # a slice keeps its numbers: [1:] of three has "1" and "2"
            number += 1
        self.add_module(str(number), module)
        return self

    def extend(self, modules: Iterable[Module]) -> Self:
        """Add ``modules`` at the end."""
        if not isinstance(modules, Iterable):
            raise TypeError(
                f"{type(self).__name__}.extend should be called with an iterable, but got "
                f"{type(modules).__name__}"
            )
        for module in list(modules):  # which may be this very container
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


class Container(Module):
    """Modules under names, ``Container(first=nn.ReLU())``: deprecated, FutureWarning."""

    def __init__(self, **kwargs: Module) -> None:
        warnings.warn(
            "nn.Container is deprecated. All of it's functionality is now implemented in nn.Module. Subclass "
            "that instead.",
            FutureWarning,
            stacklevel=2,
        )
        super().__init__()
        for name, module in kwargs.items():
            self.add_module(name, module)


class Sequential(_ModuleSequence["Sequential"]):
    """Modules called one after the other, each on the output of the one before.

    ``+`` and ``*`` make a new one of the same modules: a factor repeats them, weights and all.
    """

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

    def extend(self, sequential: Iterable[Module]) -> Self:
        """Add the modules of ``sequential`` at the end."""
        return super().extend(sequential)

    def _of(self, named: list[tuple[str, Module]]) -> "Sequential":
        return type(self)(OrderedDict(named))

    def __add__(self, other: "Sequential") -> "Sequential":
        return Sequential(*self, *self._addend(other))

    def __iadd__(self, other: "Sequential") -> Self:
        return self.extend(self._addend(other))

    @staticmethod
    def _addend(other: Any) -> "Sequential":
        if not isinstance(other, Sequential):
            raise ValueError(
                f"add operator supports only objects of Sequential class, but {type(other)} is given."
            )
        return other

    def __mul__(self, other: int) -> "Sequential":
        return Sequential(*list(self) * self._factor(other))

    def __rmul__(self, other: int) -> "Sequential":
        return self * other

    def __imul__(self, other: int) -> Self:
        return self.extend(list(self) * (self._factor(other) - 1))

    def _factor(self, other: Any) -> int:
        if not isinstance(other, int):
            raise TypeError(f"unsupported operand type(s) for *: {type(self)} and {type(other)}")
        if other <= 0:
            raise ValueError(f"Non-positive multiplication factor {other} for {type(self)}")
        return other

    def insert(self, index: int, module: Module) -> Self:
        """Put ``module`` before the one at ``index``; IndexError where there is no such place."""
        if not isinstance(module, Module):
            raise AssertionError(f"module should be of type: {Module}, not {type(module).__name__}")
        if not -len(self) <= index <= len(self):
            raise IndexError(f"Index out of range: {index}")
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

    def _of(self, named: list[tuple[str, Module]]) -> "ModuleList":
        return type(self)([module for _, module in named])

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
