"""Which classes and functions a file may name: those that the program has allowed.

A file holds no code, only import paths such as ``__main__:Net``. A path is looked up in a list of what was
allowed (``add_safe_globals``), and nothing is imported on a file's behalf. Under ``weights_only=False``, by
which the caller says that the file is trusted, classes count as allowed that the program has imported itself;
functions only those of this package and of the program's main module.
"""

import argparse
import pickle
import sys
import types
from collections.abc import Callable, Iterable
from typing import Any, Self, TypeAlias

Lookup: TypeAlias = Callable[[str], Any]
"""From an import path to what it names; :class:`NotAllowedError` where that is not allowed."""

_PACKAGE = __name__.partition(".")[0]


class NotAllowedError(pickle.UnpicklingError):
    """A file names a class or a function that nobody has allowed."""


def path_of(value: Any) -> str:
    """The import path of a class or a function: module and name."""
    return f"{value.__module__}:{value.__qualname__}"


_PLAIN = (argparse.Namespace, types.SimpleNamespace, bool, int, float, str, list, dict, set, tuple)
_RECORDS = {path_of(kind): kind for kind in _PLAIN}
"""Classes that hold values and do nothing: allowed in any file."""
_allowed: dict[str, Any] = {}


def add_safe_globals(safe_globals: Iterable[Any]) -> None:
    """Let files that are loaded from here on name these classes and functions; a pair
    ``(value, "module.name")`` stands for the value under another path."""
    for entry in safe_globals:
        if isinstance(entry, tuple):
            value, name = entry
            module, _, last = name.rpartition(".")
            _allowed[f"{module}:{last}"] = value
        else:
            _allowed[path_of(entry)] = entry


def get_safe_globals() -> list[Any]:
    """What :func:`add_safe_globals` was given."""
    return list(_allowed.values())


def clear_safe_globals() -> None:
    """Allow nothing."""
    _allowed.clear()


class safe_globals:
    """``with safe_globals([Net]):`` allows these classes and functions inside only."""

    def __init__(self, safe_globals: Iterable[Any]) -> None:
        self._given = list(safe_globals)

    def __enter__(self) -> Self:
        self._before = dict(_allowed)
        add_safe_globals(self._given)
        return self

    def __exit__(self, *error: object) -> None:
        _allowed.clear()
        _allowed.update(self._before)


def imported(path: str) -> Any:
    """What a path names in a module that is imported already; None where there is none."""
    module, _, name = path.partition(":")
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    return found


def known(path: str) -> Any:
    """What an allowed path names."""
    found = _RECORDS.get(path) or _allowed.get(path)
    if found is None:
        raise _refusal(path)
    return found


def trusted(path: str) -> Any:
    """What a path names in a file whose reader said that it is trusted."""
    found = _RECORDS.get(path) or _allowed.get(path) or imported(path)
    module = path.partition(":")[0]
    ours = module == "__main__" or module.partition(".")[0] == _PACKAGE
    if found is None or not (isinstance(found, type) or (ours and callable(found))):
        raise _refusal(path, "; nothing was imported: import its module first")
    return found


def _refusal(path: str, more: str = "") -> NotAllowedError:
    module, _, name = path.partition(":")
    return NotAllowedError(
        f"Weights only load failed. Unsupported global: GLOBAL {module}.{name} was not an allowed global by "
        f"default. Please use `torch.serialization.add_safe_globals([{name}])` or the "
        f"`torch.serialization.safe_globals([{name}])` context manager to allowlist this global if you trust "
        f"this class/function, or, if you trust the file, load it with weights_only=False{more}"
    )
