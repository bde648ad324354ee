"""The types of results that have names: ``torch.return_types.max(values=..., indices=...)``, one for each
function."""

from typing import Any, ClassVar, TypeVar

N = TypeVar("N", bound=tuple[Any, ...])

RETURN_TYPES: dict[str, type[Any]] = {}
"""All of them, by the names of their functions."""


class _Named:
    """How such a result is made and prints, and what PyTorch says of how many parts it has."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]]
    n_fields: ClassVar[int]

    def __new__(cls, iterable: Any = (), *more: Any) -> Any:
        """Of a sequence of its parts, as in PyTorch, or of the parts one by one."""
        parts = (iterable, *more) if more else iterable
        if not isinstance(parts, (tuple, list)) and not hasattr(parts, "__len__"):
            raise TypeError("constructor requires a sequence")
        if len(parts) != cls.n_fields:
            raise TypeError(
                f"torch.return_types.{cls.__name__}() takes a {cls.n_fields}-sequence "
                f"({len(parts)}-sequence given): {', '.join(cls._fields)}"
            )
        return tuple.__new__(cls, parts)  # type: ignore[type-var]  # it is a tuple: see return_type

    def __repr__(self) -> str:
        parts = (f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"torch.return_types.{type(self).__name__}(\n" + ",\n".join(parts) + ")"


def return_type(name: str, base: type[N]) -> type[N]:
    """The type of what the function ``name`` returns, a named tuple like ``base``; what it returns where it
    is given an ``out=`` has a type of its own."""
    for each in (name, f"{name}_out"):
        RETURN_TYPES[each] = _made(each, base)
    return RETURN_TYPES[name]


def _made(name: str, base: type[N]) -> type[N]:
    fields = len(base._fields)  # type: ignore[attr-defined]  # it is a named tuple
    body = {
        "__slots__": (),
        "__module__": f"{__name__.partition('.')[0]}.return_types",
        "__doc__": base.__doc__,
        "n_fields": fields,
        "n_sequence_fields": fields,
        "n_unnamed_fields": 0,
    }
    return type(name, (_Named, base), body)


def written(result: Any, parts: list[Any]) -> Any:
    """The ``parts`` that a ``result`` was written into, as its function returns them."""
    kind = RETURN_TYPES.get(f"{type(result).__name__}_out") if isinstance(result, _Named) else None
    return tuple(parts) if kind is None else kind(*parts)
