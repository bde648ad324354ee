"""Registers of operators written elsewhere: there are none."""

from typing import Any

from ._answers import unchanged

__all__ = ["Library", "custom_op", "define", "impl", "register_autograd", "register_fake"]


class Library:
    """A name space for operators, into which nothing goes."""

    def __init__(self, ns: str, kind: str, dispatch_key: str = "") -> None:
        self.ns, self.kind, self.dispatch_key = ns, kind, dispatch_key

    def define(self, schema: str, *args: Any, **options: Any) -> str:
        """The name in a schema."""
        return schema.partition("(")[0]

    def impl(self, *args: Any, **options: Any) -> None:
        """Nothing to do."""


def custom_op(name: str, fn: Any = None, /, **options: Any) -> Any:
    """The function itself: it computes with tensors and arrays as any other."""
    return unchanged if fn is None else fn


def define(qualname: str, schema: str, **options: Any) -> None:
    """Nothing to do."""


def _returning(*args: Any, **options: Any) -> Any:
    return unchanged


impl = register_fake = register_autograd = register_kernel = _returning
