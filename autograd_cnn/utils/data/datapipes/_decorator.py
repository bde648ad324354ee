"""Decorators of pipes: their names as methods, and what they promise."""

import functools
import inspect
import types
import typing
from collections.abc import Callable
from typing import Any, TypeVar

from .datapipe import IterDataPipe, MapDataPipe

__all__ = [
    "argument_validation",
    "functional_datapipe",
    "guaranteed_datapipes_determinism",
    "non_deterministic",
    "runtime_validation",
    "runtime_validation_disabled",
]

Class = TypeVar("Class")


class functional_datapipe:
    """``@functional_datapipe("name")``: let ``pipe.name(...)`` make the decorated pipe of ``pipe``."""

    def __init__(self, name: str, enable_df_api_tracing: bool = False) -> None:
        self.name = name
        self.enable_df_api_tracing = enable_df_api_tracing

    def __call__(self, cls: Class) -> Class:
        pipe: Any = cls if isinstance(cls, type) else getattr(getattr(cls, "__self__", cls), "cls", None)
        if isinstance(pipe, type) and issubclass(pipe, MapDataPipe):
            MapDataPipe.register_datapipe_as_function(self.name, pipe)
        elif isinstance(pipe, type) and issubclass(pipe, IterDataPipe):
            made: Any = cls
            IterDataPipe.register_datapipe_as_function(self.name, made)
        else:
            raise TypeError(f"`functional_datapipe` can only decorate IterDataPipe, not {cls!r}")
        return cls


class _Switch:
    """On from the moment it is made, until the end of its block."""

    on: bool

    def __init__(self) -> None:
        self.prev = type(self).on
        type(self).on = True

    def __enter__(self) -> None:
        pass

    def __exit__(self, *error: object) -> None:
        type(self).on = self.prev


class guaranteed_datapipes_determinism(_Switch):
    """In its block no pipe can be made that is :class:`non_deterministic`."""

    on = False


class runtime_validation_disabled(_Switch):
    """In its block :func:`runtime_validation` does not look."""

    on = False


class non_deterministic:
    """A pipe that may give other items each time; ``@non_deterministic(f)`` where ``f`` of its arguments is
    True. TypeError for another class, and where determinism is guaranteed."""

    cls: Any = None

    def __init__(self, arg: Any) -> None:
        self.deterministic_fn: Callable[..., bool] = lambda *args, **kwargs: True
        if isinstance(arg, type):
            self._take(arg, f"with `non_deterministic`, but {arg.__name__} is found")
        elif callable(arg):
            self.deterministic_fn = arg
        else:
            raise TypeError(f"{arg} can not be decorated by non_deterministic")

    def _take(self, cls: Any, otherwise: str) -> None:
        if not (isinstance(cls, type) and issubclass(cls, IterDataPipe)):
            raise TypeError(f"Only `IterDataPipe` can be decorated {otherwise}")
        self.cls = cls

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.cls is not None:
            return self.deterministic_wrapper_fn(*args, **kwargs)
        self._take(args[0], f"but {args[0]} is found")
        return self.deterministic_wrapper_fn

    def deterministic_wrapper_fn(self, *args: Any, **kwargs: Any) -> Any:
        """Make the pipe."""
        varies = self.deterministic_fn(*args, **kwargs)
        if not isinstance(varies, bool):
            raise TypeError(
                "deterministic_fn of `non_deterministic` decorator is required to return a boolean value, "
                f"but {type(varies)} is found"
            )
        if varies and guaranteed_datapipes_determinism.on:
            raise TypeError(
                f"{self.cls.__name__} is non-deterministic, but you set "
                "'guaranteed_datapipes_determinism'. You can turn off determinism for this DataPipe "
                "if that is acceptable for your application"
            )
        return self.cls(*args, **kwargs)


def item_type(pipe: Any) -> Any:
    """What a class of pipes says of its items: ``int`` of one that is an ``IterDataPipe[int]``."""
    args = typing.get_args(pipe)
    if args:
        return args[0]
    for base in types.get_original_bases(pipe) if hasattr(types, "get_original_bases") else _bases(pipe):
        if typing.get_origin(base) is IterDataPipe:
            return typing.get_args(base)[0]
    return Any


def _bases(pipe: Any) -> tuple[Any, ...]:
    return tuple(base for cls in pipe.__mro__ for base in cls.__dict__.get("__orig_bases__", ()))


def _open(hint: Any) -> bool:
    """Whether anything will do."""
    return hint is Any or isinstance(hint, TypeVar)


def fits(value: Any, hint: Any) -> bool:
    """Whether ``value`` is what ``hint`` says, as far as it can be told."""
    if _open(hint):
        return True
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return any(fits(value, arg) for arg in args)
    if origin is tuple and args and args[-1] is not Ellipsis:
        return isinstance(value, tuple) and len(value) == len(args) and all(map(fits, value, args))
    return not isinstance(origin or hint, type) or isinstance(value, origin or hint)


def argument_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Check that arguments whose hint is a pipe are pipes of such items. TypeError where they are not."""
    signature, hints = inspect.signature(f), typing.get_type_hints(f)
    pipes = {name: hint for name, hint in hints.items() if _is_pipe(hint)}

    @functools.wraps(f)
    def checked(*args: Any, **kwargs: Any) -> Any:
        for name, value in signature.bind(*args, **kwargs).arguments.items():
            if name in pipes:
                _check(name, value, item_type(pipes[name]))
        return f(*args, **kwargs)

    return checked


def _is_pipe(hint: Any) -> bool:
    cls = typing.get_origin(hint) or hint
    return isinstance(cls, type) and issubclass(cls, IterDataPipe)


def _check(name: str, value: Any, wanted: Any) -> None:
    if not isinstance(value, IterDataPipe):
        raise TypeError(f"Expected argument '{name}' as a IterDataPipe, but found {type(value)}")
    found = item_type(type(value))
    alike = found == wanted or (
        isinstance(found, type) and isinstance(wanted, type) and issubclass(found, wanted)
    )
    if not (_open(wanted) or alike):
        raise TypeError(
            f"Expected type of argument '{name}' as a subtype of hint {wanted}, but found {found}"
        )


def runtime_validation(f: Callable[..., Any]) -> Callable[..., Any]:
    """Check that the items of a pipe's ``__iter__`` are what its class says. RuntimeError where one is not;
    TypeError for another method."""
    if f.__name__ != "__iter__":
        raise TypeError(f"Can not decorate function {f.__name__} with 'runtime_validation'")

    @functools.wraps(f)
    def checked(self: Any) -> Any:
        wanted = item_type(type(self))
        for item in f(self):
            if not (runtime_validation_disabled.on or fits(item, wanted)):
                raise RuntimeError(
                    f"Expected an instance as subtype of {wanted}, but found {item}({type(item)})"
                )
            yield item

    return checked
