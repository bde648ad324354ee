"""The types of results that have names: ``torch.return_types.max(values=..., indices=...)``, one for each
function."""

from typing import Any, ClassVar, TypeVar

N = TypeVar("N", bound=tuple[Any, ...])

RETURN_TYPES: dict[str, type[Any]] = {}
"""All of them, by the names of their functions."""


class _Named:
    """How such a result prints, and what PyTorch says of how many parts it has."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]]

    def __repr__(self) -> str:
        parts = (f"{name}={getattr(self, name)!r}" for name in self._fields)
        return f"torch.return_types.{type(self).__name__}(\n" + ",\n".join(parts) + ")"


def return_type(name: str, base: type[N]) -> type[N]:
    """The type of what the function ``name`` returns, a named tuple like ``base``."""
    fields = len(base._fields)  # type: ignore[attr-defined]  # it is a named tuple
    body = {
        "__slots__": (),
        "__module__": f"{__name__.partition('.')[0]}.return_types",
        "__doc__": base.__doc__,
        "n_fields": fields,
        "n_sequence_fields": fields,
        "n_unnamed_fields": 0,
    }
    made: type[N] = type(name, (_Named, base), body)
    RETURN_TYPES[name] = made
    return made
