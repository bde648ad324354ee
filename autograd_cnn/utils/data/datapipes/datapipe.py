"""What pipes are: datasets that are made of each other, ``pipe.map(f).shuffle().batch(4)``."""

import functools
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Self, TypeVar

from ..dataset import Dataset, IterableDataset

__all__ = ["DFIterDataPipe", "DataChunk", "IterDataPipe", "MapDataPipe"]

Item = TypeVar("Item")
Item_co = TypeVar("Item_co", covariant=True)


class DataChunk(list[Item]):
    """A batch."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items = list(items)
        super().__init__(self.items)

    def as_str(self, indent: str = "") -> str:
        """Its items in brackets."""
        return f"{indent}[{', '.join(map(str, self))}]"

    def raw_iterator(self) -> Iterator[Item]:
        """Its items."""
        yield from self.items


class _Pipe:
    """The functions of pipes, which are registered by name, and the hooks of those who copy pipes."""

    functions: ClassVar[dict[str, Callable[..., Any]]]
    reduce_ex_hook: ClassVar[Callable[..., Any] | None] = None
    getstate_hook: ClassVar[Callable[..., Any] | None] = None
    str_hook: ClassVar[Callable[..., str] | None] = None
    repr_hook: ClassVar[Callable[..., str] | None] = None
    _family: ClassVar[Any]
    """IterDataPipe or MapDataPipe, whose hooks are those of all."""

    def __getattr__(self, name: str) -> Any:
        function = self.functions.get(name)
        if function is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return functools.partial(function, self)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.functions]

    @classmethod
    def register_function(cls, function_name: str, function: Callable[..., Any]) -> None:
        """Let ``pipe.function_name(...)`` call ``function(pipe, ...)``."""
        cls.functions[function_name] = function

    @classmethod
    def set_getstate_hook(cls, hook_fn: Callable[..., Any] | None) -> None:
        """Call ``hook_fn(state)`` for what is pickled of a pipe. RuntimeError where there is one."""
        cls._family._set_hook("getstate_hook", hook_fn)

    @classmethod
    def set_reduce_ex_hook(cls, hook_fn: Callable[..., Any] | None) -> None:
        """Call ``hook_fn(pipe)`` in the place of pickling; it may raise NotImplementedError. RuntimeError
        where there is one."""
        cls._family._set_hook("reduce_ex_hook", hook_fn)

    @classmethod
    def _set_hook(cls, name: str, hook: Callable[..., Any] | None) -> None:
        if hook is not None and getattr(cls, name) is not None:
            raise RuntimeError(f"Attempt to override existing {name}")
        setattr(cls, name, None if hook is None else staticmethod(hook))

    def __getstate__(self) -> Any:
        hook = self._family.getstate_hook
        return self.__dict__ if hook is None else hook(self.__dict__)

    def __reduce_ex__(self, *args: Any, **kwargs: Any) -> Any:
        hook = self._family.reduce_ex_hook
        if hook is not None:
            try:
                return hook(self)
            except NotImplementedError:
                pass
        return super().__reduce_ex__(*args, **kwargs)

    def __str__(self) -> str:
        hook = self._family.str_hook
        return type(self).__qualname__ if hook is None else hook(self)

    def __repr__(self) -> str:
        hook = self._family.repr_hook
        return type(self).__qualname__ if hook is None else hook(self)


def _register(cls: Any, name: str, function: Callable[..., Any]) -> None:
    if name in cls.functions:
        raise Exception(  # PyTorch's type
            f"Unable to add DataPipe function name {name} as it is already taken"
        )
    cls.functions[name] = function


class IterDataPipe(_Pipe, IterableDataset[Item_co]):
    """A pipe of items one after the other. Subclass it with ``__iter__``.

    Only the newest iterator of a pipe is valid: the next item of an older one is a RuntimeError. ``reset()``
    is called before each.
    """

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}
    _newest: Any = None

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = cls.__dict__.get("__iter__")
        if own is not None:
            cls.__iter__ = _one_at_a_time(own)  # type: ignore[method-assign]  # the same, watched

    def __iter__(self) -> Iterator[Item_co]:
        return self  # of a subclass that has __next__

    @classmethod
    def register_datapipe_as_function(
        cls, function_name: str, cls_to_register: Callable[..., Any], enable_df_api_tracing: bool = False
    ) -> None:
        """Let ``pipe.function_name(...)`` make ``cls_to_register(pipe, ...)``. Exception where the name is
        taken. Data frames are not traced."""
        _register(cls, function_name, cls_to_register)

    def reset(self) -> None:
        """Begin anew: called before each iteration."""


IterDataPipe._family = IterDataPipe


class DFIterDataPipe(IterDataPipe[Item_co]):
    """A pipe of data frames."""


class MapDataPipe(_Pipe, Dataset[Item_co]):
    """A pipe of items by number or key. Subclass it with ``__getitem__`` and ``__len__``."""

    functions: ClassVar[dict[str, Callable[..., Any]]] = {}

    @classmethod
    def register_datapipe_as_function(cls, function_name: str, cls_to_register: Callable[..., Any]) -> None:
        """Let ``pipe.function_name(...)`` make ``cls_to_register(pipe, ...)``. Exception where the name is
        taken."""
        _register(cls, function_name, cls_to_register)


MapDataPipe._family = MapDataPipe


def _one_at_a_time(begin: Callable[..., Any]) -> Callable[..., Any]:
    """``__iter__`` that resets its pipe first, and whose result is valid until the next call."""

    @functools.wraps(begin)
    def __iter__(self: Any) -> Any:  # noqa: N807 - it becomes that method
        if isinstance(self._newest, _Only) and self._newest.beginning:  # super().__iter__()
            return begin(self)
        self._newest = made = _Only(self)
        made.start(begin)
        return made

    return __iter__


class _Only:
    """The iterator of a pipe, until there is a newer one."""

    def __init__(self, pipe: Any) -> None:
        self._pipe, self.beginning = pipe, True

    def start(self, begin: Callable[..., Any]) -> None:
        self._pipe.reset()
        self._inner = begin(self._pipe)
        self.beginning = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Any:
        if self._pipe._newest is not self:
            raise RuntimeError(
                "This iterator has been invalidated because another iterator has been created from the same "
                f"IterDataPipe: {self._pipe!r}. Each pipe has one iterator at a time; .fork() makes several"
            )
        return next(self._inner)

    def __getattr__(self, name: str) -> Any:
        if name == "_inner":
            raise AttributeError(name)
        return getattr(self._inner, name)

    def __reduce__(self) -> Any:
        return type(None), ()  # a copy of a pipe begins anew


def size_of(pipe: Any, found: Any) -> int:
    """The length of what a pipe is made of; TypeError where it has none."""
    try:
        return len(found)
    except TypeError:
        raise TypeError(f"{type(pipe).__name__} instance doesn't have valid length") from None
