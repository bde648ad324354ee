"""The part of PyTorch's compiler that reads Python."""

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from .._compile import compile as optimize
from .._paths import elsewhere
from ..nn.modules.optimized import OptimizedModule
from ._answers import decorator, unchanged
from .compiler import is_compiling, list_backends, reset

__all__ = [
    "OptimizedModule",
    "allow_in_graph",
    "assume_constant_result",
    "config",
    "disable",
    "disallow_in_graph",
    "forbid_in_graph",
    "graph_break",
    "is_compiling",
    "list_backends",
    "mark_dynamic",
    "mark_static",
    "mark_static_address",
    "optimize",
    "reset",
]

allow_in_graph = assume_constant_result = forbid_in_graph = disallow_in_graph = unchanged
disable = decorator
config = SimpleNamespace()
__path__: list[str] = []  # PyTorch's is a package: _paths.py has its modules
if not TYPE_CHECKING:
    __getattr__ = elsewhere("autograd_cnn._dynamo")


def graph_break(msg: str = "") -> None:
    """Nothing to break."""


def mark_dynamic(*args: Any, **options: Any) -> None:
    """Nothing to mark."""


mark_static = mark_static_address = mark_dynamic
