"""Signatures, read from code objects: ``inspect.signature`` is slow, and an import reads 800 of them."""

from collections.abc import Callable
from typing import Any, NamedTuple

_VARARGS, _VARKEYWORDS = 0x04, 0x08
"""Flags of a code object: it has ``*args``, it has ``**kwargs``."""


class Required:
    """Stands where a parameter has no default."""

    def __repr__(self) -> str:
        return "required"


REQUIRED = Required()


class Signature(NamedTuple):
    """What a forward takes."""

    operands: tuple[str, ...]
    parameters: dict[str, Any]
    """With their defaults, :data:`REQUIRED` where there is none."""
    variadic: bool
    """Whether there is one name for any number of operands."""


def unwrapped(function: Any) -> Any:
    """The function behind decorators that keep it in ``__wrapped__``."""
    while hasattr(function, "__wrapped__"):
        function = function.__wrapped__
    return function


def parameter_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The names before any ``*``."""
    code = unwrapped(function).__code__
    names: tuple[str, ...] = code.co_varnames
    return names[: code.co_argcount + code.co_kwonlyargcount]


def signature_of(forward: Callable[..., Any]) -> Signature:
    """What ``forward`` takes; TypeError where it does not say which are operands and which parameters."""
    inner = unwrapped(forward)
    code = inner.__code__
    names, count = code.co_varnames, code.co_argcount
    keywords = names[count : count + code.co_kwonlyargcount]
    variadic = bool(code.co_flags & _VARARGS)
    wrong = names[code.co_posonlyargcount : count]
    if code.co_flags & _VARKEYWORDS:
        wrong = (*wrong, names[count + len(keywords) + variadic])
    if wrong:
        raise TypeError(
            f"{forward.__name__}: write operands before '/' and parameters after '*', not {', '.join(wrong)}"
        )
    operands = names[:count] + ((names[count + len(keywords)],) if variadic else ())
    if not operands or (variadic and len(operands) > 1):
        raise TypeError(
            f"{forward.__name__}: a primitive has one operand or more before '/', or a single "
            "variadic *operand"
        )
    defaults = inner.__kwdefaults__ or {}
    return Signature(operands, {name: defaults.get(name, REQUIRED) for name in keywords}, variadic)
