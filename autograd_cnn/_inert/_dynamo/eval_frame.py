"""What a compiled module is, to ask for it: there are none."""

from .._answers import decorator

__all__ = ["OptimizedModule", "disable"]

disable = decorator


class OptimizedModule:
    """The type of modules that the compiler has made."""
