"""PyTorch's compiler as seen by a model: while the model runs, it never does."""

from typing import Any

from .._compile import compile as compile
from ._answers import decorator, unchanged

__all__ = [
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "cudagraph_mark_step_begin",
    "disable",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "reset",
    "set_stance",
    "substitute_in_graph",
    "wrap_numpy",
]

allow_in_graph = assume_constant_result = wrap_numpy = unchanged
disable = decorator


def substitute_in_graph(original_fn: Any, **options: Any) -> Any:
    """A decorator that changes nothing."""
    return decorator


def is_compiling() -> bool:
    """False."""
    return False


def is_dynamo_compiling() -> bool:
    """False."""
    return False


def is_exporting() -> bool:
    """False."""
    return False


def list_backends(exclude_tags: Any = ("debug", "experimental")) -> list[str]:
    """None."""
    return []


def reset() -> None:
    """Nothing to forget."""


def cudagraph_mark_step_begin() -> None:
    """Nothing to mark."""


class set_stance:
    """A setting, a context and a decorator that change nothing."""

    def __init__(self, *args: Any, **options: Any) -> None:
        return None

    def __enter__(self) -> "set_stance":
        return self

    def __exit__(self, *error: object) -> None:
        return None

    def __call__(self, function: Any) -> Any:
        return function
