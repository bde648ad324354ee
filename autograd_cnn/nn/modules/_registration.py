"""Hooks that are called when any module gets a parameter, a buffer or a module."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from ..._engine.hook_tables import Hooks, RemovableHandle

TABLES = ("_parameters", "_buffers", "_modules")

REGISTRATION: dict[str, Hooks] = {name: OrderedDict() for name in TABLES}
"""What is called, in any module, when a member of a kind is set."""


def register_module_parameter_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, parameter)`` when any module gets a parameter; what it returns is held
    instead."""
    return RemovableHandle(REGISTRATION["_parameters"], hook)


def register_module_buffer_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, buffer)`` when any module gets a buffer; what it returns is held instead."""
    return RemovableHandle(REGISTRATION["_buffers"], hook)


def register_module_module_registration_hook(hook: Callable[..., Any]) -> RemovableHandle:
    """Call ``hook(module, name, submodule)`` when any module gets a module; what it returns is held
    instead."""
    return RemovableHandle(REGISTRATION["_modules"], hook)
