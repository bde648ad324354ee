"""``_foreach_add`` and its kin: a method of each tensor of a list. In PyTorch a GPU does a list in one step;
libraries of optimizers call them by name."""

from collections.abc import Callable, Sequence
from typing import Any

from .._functions.norm import vector_norm
from .tensor import Tensor

__all__ = ["foreach"]

_NAMES = frozenset(
    (
        *("abs", "acos", "add", "addcdiv", "addcmul", "asin", "atan", "ceil", "clamp_max", "clamp_min"),
        *("clone", "copy", "cos", "cosh", "div", "erf", "erfc", "exp", "expm1", "floor", "frac", "lerp"),
        *("lgamma", "log", "log10", "log1p", "log2", "max", "maximum", "minimum", "mul", "neg", "norm"),
        *("pow", "reciprocal", "round", "rsqrt", "sigmoid", "sign", "sin", "sinh", "sqrt", "sub", "tan"),
        *("tanh", "trunc", "zero"),
    )
)
"""PyTorch has no others."""
_BOUNDS = {"maximum": "clamp_min", "minimum": "clamp_max"}
"""What a bound that is a number is given to."""


def foreach(name: str) -> Callable[..., Any] | None:
    """The function ``_foreach_<name>``; None where PyTorch has none.

    Arguments that are lists give each tensor its own; any other goes to all. A name with an underscore at the
    end writes the tensors. Lists of two lengths are a RuntimeError.
    """
    plain = name.removesuffix("_")
    if plain not in _NAMES:
        return None

    def each(self: Sequence[Any], *args: Any, **options: Any) -> tuple[Any, ...]:
        if plain in ("addcmul", "addcdiv") and len(args) == 3:
            *args, options["value"] = args  # type: ignore[assignment]  # by keyword only, as Tensor's
        count = len(args[0] if name == "pow" and not isinstance(self, (list, tuple)) else self)
        return tuple(
            _one(name, plain, *(_nth(a, i, count) for a in (self, *args)), **_nths(options, i, count))
            for i in range(count)
        )

    each.__name__ = each.__qualname__ = f"_foreach_{name}"
    each.__doc__ = f"``{name}`` of each tensor of a list."
    return each


def _nth(value: Any, i: int, count: int) -> Any:
    if not isinstance(value, (list, tuple)):
        return value
    if len(value) != count:
        raise RuntimeError(f"Tensor lists must have the same number of tensors, got {count} and {len(value)}")
    return value[i]


def _nths(options: dict[str, Any], i: int, count: int) -> dict[str, Any]:
    return {key: _nth(value, i, count) for key, value in options.items()}


def _one(name: str, plain: str, x: Any, *args: Any, **options: Any) -> Any:
    """What is done with one tensor, the first argument (of ``pow``, perhaps the second)."""
    if name == "norm":
        return vector_norm(x, *args, **options)
    if plain in _BOUNDS and not isinstance(args[0], Tensor):
        name = name.replace(plain, _BOUNDS[plain])
    if not isinstance(x, Tensor):
        return x ** args[0]
    if hasattr(Tensor, name):
        return getattr(x, name)(*args, **options)
    if name == plain:  # a method that only writes: copy_, zero_
        return getattr(x.clone(), f"{name}_")(*args, **options)
    return x.copy_(getattr(x, plain)(*args, **options))
