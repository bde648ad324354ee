"""``torch._foreach_add`` and its kin, which optimizers of other libraries call: a method of each of a list.

They are one rule and no list of functions: the name says the method, arguments that are lists go element by
element, all others to each tensor.
"""

from collections.abc import Callable
from typing import Any

from ._functions.norm import vector_norm
from ._tensor import Tensor

_PREFIX = "_foreach_"
_OF_ONE = (
    *("abs", "acos", "asin", "atan", "ceil", "cos", "cosh", "erf", "erfc", "exp", "expm1", "floor", "frac"),
    *("lgamma", "log", "log10", "log1p", "log2", "neg", "reciprocal", "round", "rsqrt", "sigmoid", "sign"),
    *("sin", "sinh", "sqrt", "tan", "tanh", "trunc", "zero", "clone", "max", "norm"),
)
_OF_MORE = (
    *("add", "addcdiv", "addcmul", "clamp_max", "clamp_min", "copy", "div", "lerp", "maximum", "minimum"),
    *("mul", "pow", "sub"),
)
_THREE = ("addcdiv", "addcmul")
"""Their third argument, which may be given by its place, is a factor."""


def _maximum(x: Tensor, other: Any) -> Tensor:
    return x.maximum(other) if isinstance(other, Tensor) else x.clamp(min=other)


def _minimum(x: Tensor, other: Any) -> Tensor:
    return x.minimum(other) if isinstance(other, Tensor) else x.clamp(max=other)


_OWN: dict[str, Callable[..., Any]] = {
    "norm": lambda x, ord=2, dtype=None: vector_norm(x, ord, dtype=dtype),
    "maximum": _maximum,
    "minimum": _minimum,
    "clamp_min": _maximum,
    "clamp_max": _minimum,
    "copy": lambda x, src, non_blocking=False: src.to(x.dtype),
}
"""What is no method, or one that takes less."""


def foreach(name: str) -> Callable[..., Any]:
    """The function ``torch.<name>``; AttributeError where there is none."""
    base = name.removeprefix(_PREFIX)
    writes = base.endswith("_")
    base = base.removesuffix("_")
    if base not in _OF_ONE + _OF_MORE:
        raise AttributeError(f"module 'autograd_cnn' has no attribute {name!r}")
    method = _OWN.get(base) or getattr(Tensor, base if base != "zero" else "zeros_like", None)
    in_place = getattr(Tensor, f"{base}_", None) if base not in _OWN else None

    def each(self: Any, *args: Any, **options: Any) -> Any:
        tensors = list(self)
        if base in _THREE and len(args) == 3:
            first, second, value = args
            args, options = (first, second), {**options, "value": value}
        results = []
        for i, x in enumerate(tensors):
            own = [_part(a, i, len(tensors)) for a in args]
            named = {key: _part(a, i, len(tensors)) for key, a in options.items()}
            if writes and in_place is not None:
                in_place(x, *own, **named)
            elif writes:
                x._overwrite(method(x, *own, **named))  # type: ignore[misc]  # a method by its name
            else:
                results.append(method(x, *own, **named))  # type: ignore[misc]
        return tensors if writes else tuple(results)

    each.__name__ = each.__qualname__ = name
    each.__doc__ = f"``Tensor.{base}`` of each tensor of a list."
    return each


def _part(argument: Any, place: int, count: int) -> Any:
    """What one tensor of the list gets of an argument; a tensor beside a list of tensors is one number."""
    if isinstance(argument, (list, tuple)):
        if len(argument) != count:
            raise RuntimeError(
                f"Tensor lists must have the same number of tensors, got {count} and {len(argument)}"
            )
        return argument[place]
    return argument
