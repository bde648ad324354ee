"""What inert names do: decorators that return their function, and functions that refuse."""

from collections.abc import Callable
from typing import Any, NoReturn

from .._paths import PACKAGE

__all__ = ["decorator", "refusing", "unchanged"]


def unchanged(function: Any, /, *args: Any, **options: Any) -> Any:
    """``function`` itself, whatever else is said."""
    return function


def decorator(*given: Any, **options: Any) -> Any:
    """Decorates without a change, as ``@decorator`` and as ``@decorator(...)``."""
    if len(given) == 1 and not options and callable(given[0]):
        return given[0]
    return lambda function: function


def refusing(name: str, instead: str) -> Callable[..., NoReturn]:
    """A function of PyTorch's, ``name``, that raises NotImplementedError and says what to do instead."""

    def refuse(*args: Any, **options: Any) -> NoReturn:
        raise NotImplementedError(f"{name} is not supported by autograd_cnn; {instead}")

    place, _, refuse.__name__ = name.rpartition(".")
    refuse.__qualname__ = refuse.__name__
    if place.partition(".")[0] == "torch":  # it is pickled by its public name
        refuse.__module__ = PACKAGE + place.removeprefix("torch")
    refuse.__dict__["__instead__"] = instead  # for those who look for what a program lacks
    refuse.__doc__ = f"NotImplementedError: {instead}."
    return refuse
