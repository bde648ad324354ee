"""The kinds of faults that are put into gradient rules: each makes of a rule a faulty one."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from autograd_cnn import ops
from autograd_cnn.ops import Primitive


class Kind(NamedTuple):
    """A kind of fault."""

    name: str
    causes: frozenset[str]
    """What the report may call it."""
    make: Callable[[Callable[..., Any], tuple[str, ...]], Callable[..., Any]]
    """From a rule, and the names it asks for after g, the faulty one."""
    fits: Callable[[Primitive, str], bool] = lambda primitive, operand: True


# What is changed. Results are arrays, or Tensors where the second order is checked: written so that both
# work.


def _raw(x: Any) -> Any:
    return getattr(x, "array", x)


def after(change: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """A fault that changes what the rule returns: ``change(result, g)``."""
    return lambda rule, needs: lambda g, *known: change(rule(g, *known), g)


def before(change: Callable[[Any], Any]) -> Callable[..., Any]:
    """A fault that changes the upstream signal before the rule sees it."""
    return lambda rule, needs: lambda g, *known: rule(change(g), *known)


def on_known(change: Callable[[str, Any], Any]) -> Callable[..., Any]:
    """A fault that changes what the rule asked for: ``change(name, value)``."""
    return lambda rule, needs: (
        lambda g, *known: rule(g, *[change(name, value) for name, value in zip(needs, known, strict=True)])
    )


def _averaged(r: Any, g: Any) -> Any:
    return ops.mean(r, axis=(0,), keepdims=True) + r * 0.0 if r.ndim and r.shape[0] > 1 else r


def _moved(r: Any, g: Any) -> Any:
    return ops.roll(r, shift=(1,), axis=(r.ndim - 1,)) if r.ndim and r.shape[-1] > 2 else r


def _moved_in_zeros(r: Any, g: Any) -> Any:
    if not r.ndim or r.shape[-1] < 3:
        return r
    mask = np.ones(r.shape[-1])
    mask[0] = 0
    return ops.roll(r, shift=(1,), axis=(r.ndim - 1,)) * ops.cast(mask, dtype=r.dtype)


def _reversed(r: Any, g: Any) -> Any:
    return ops.flip(r, axis=(r.ndim - 1,)) if r.ndim and r.shape[-1] > 1 else r


def _transposed(r: Any, g: Any) -> Any:
    return ops.swap_last(r) if r.ndim > 1 else r


def _without_border(r: Any, g: Any) -> Any:
    if not r.ndim or r.shape[0] < 3:
        return r
    mask = np.ones((r.shape[0],) + (1,) * (r.ndim - 1))
    mask[-1] = 0
    return r * ops.cast(mask, dtype=r.dtype)


def _one_element(r: Any, g: Any) -> Any:
    factor = np.ones(r.shape)
    if factor.size > 2:
        factor.flat[factor.size // 2] = 1.5
    return r * ops.cast(factor, dtype=r.dtype)


def _extra_axis(r: Any, g: Any) -> Any:
    return r + ops.cast(np.zeros((2, *r.shape)), dtype=r.dtype)


def _term(r: Any, g: Any) -> Any:
    return r + 0.5 * g if r.shape == g.shape else r


def _in_place(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        g *= 2.0
        return result

    return faulty


def _buffer(rule: Any, needs: Any) -> Any:
    kept: dict[Any, Any] = {}

    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        if not isinstance(result, np.ndarray):
            return result
        buffer = kept.setdefault((result.shape, result.dtype), np.empty_like(result))
        np.copyto(buffer, result)
        return buffer

    return faulty


def _stale(rule: Any, needs: Any) -> Any:
    kept: dict[Any, Any] = {}

    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        return (
            kept.setdefault((result.shape, result.dtype), result)
            if isinstance(result, np.ndarray)
            else result
        )

    return faulty


def _detached(name: str, value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


def _lifted_only(r: Any, g: Any) -> Any:
    return r if isinstance(r, np.ndarray) or not hasattr(r, "detach") else r + 0.5 * (r - r.detach())


def _off_by_one(name: str, value: Any) -> Any:
    if name in SHIFTED and not isinstance(value, str):
        return (
            tuple(n + 1 if isinstance(n, int) else n for n in value)
            if isinstance(value, tuple)
            else value + 1
        )
    return value


SHIFTED = ("padding", "stride", "dilation", "kernel", "offset", "k", "shift")


def _other_axis(name: str, value: Any) -> Any:
    if name not in ("axis", "axes"):
        return value
    if isinstance(value, tuple):
        return value[::-1] if len(value) > 1 else tuple(n - 1 for n in value)
    return value - 1 if isinstance(value, int) else value


def _positive_only(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        x = _raw(known[needs.index("x")])
        return result * ops.cast(x < 0, dtype=result.dtype) if x.shape == result.shape else result

    return faulty


def _divided(rule: Any, needs: Any) -> Any:
    def faulty(g: Any, *known: Any) -> Any:
        result = rule(g, *known)
        x = known[needs.index("x")]
        return result * x if x.shape == result.shape else result

    return faulty


def _asks(*names: str) -> Callable[[Primitive, str], bool]:
    return lambda primitive, operand: any(name in primitive.rules[operand].needs for name in names)


def _asks_safely(*names: str) -> Callable[[Primitive, str], bool]:
    """As _asks, where a wrong parameter is refused or gives wrong numbers; views of raw memory would read
    what is not theirs."""
    raw = ("_strided", "_fused_pooling", "_fused_convolution")
    return lambda primitive, operand: (
        not primitive.__module__.endswith(raw) and _asks(*names)(primitive, operand)
    )


def _own_dtype(primitive: Primitive, operand: str) -> bool:
    """Whether the engine leaves dtypes alone, so that a gradient of another dtype is the rule's fault."""
    return not (primitive.broadcasts or primitive.promotes)


def _keeps_arrays(primitive: Primitive, operand: str) -> bool:
    return any(name in (*primitive.operands, "out") for name in primitive.rules[operand].needs)


def kind(name: str, causes: str, make: Any, fits: Any = lambda primitive, operand: True) -> Kind:
    return Kind(name, frozenset(causes.split(", ")), make, fits)


KINDS = [
    kind("wrong sign", "sign", after(lambda r, g: -r)),
    kind("factor 2", "factor", after(lambda r, g: r * 2.0)),
    kind("factor 1/2", "factor", after(lambda r, g: r * 0.5)),
    kind("factor 1.0001", "factor, precision", after(lambda r, g: r * 1.0001)),
    kind(
        "divided by the size",
        "factor",
        after(lambda r, g: r * (1.0 / max(r.size if isinstance(r, np.ndarray) else r.array.size, 1))),
    ),
    kind("upstream ignored", "upstream", before(lambda g: g * 0.0 + 1.0)),
    kind("upstream squared", "upstream", before(lambda g: g * g)),
    kind("zero", "zero", after(lambda r, g: r * 0.0)),
    kind("no gradient", "zero, shape", after(lambda r, g: None)),
    kind("not a number", "not finite", after(lambda r, g: r * float("nan"))),
    kind("missing transpose", "transposed, permuted", after(_transposed)),
    kind("missing unbroadcast", "unbroadcast", after(_extra_axis), lambda p, o: not p.broadcasts),
    kind("averaged over an axis", "axis", after(_averaged)),
    kind("reversed", "reversed, permuted, transposed, sign", after(_reversed)),
    kind("moved by one", "shifted, permuted, reversed", after(_moved)),
    kind("padding off by one", "shifted, border, places", after(_moved_in_zeros)),
    kind("border left out", "border, places, condition", after(_without_border)),
    kind("one element wrong", "border, places, condition", after(_one_element)),
    kind("a term too many", "term, factor, operand factor", after(_term)),
    kind("a factor too many", "operand factor, term, upstream", _divided, _asks("x")),
    kind("wrong condition", "condition, border, places, zero", _positive_only, _asks("x")),
    kind(
        "parameter off by one",
        "shape, shifted, border, places, unbroadcast, transposed, axis, factor, permuted",
        on_known(_off_by_one),
        _asks_safely(*SHIFTED),
    ),
    kind(
        "wrong axis",
        "axis, shape, transposed, unbroadcast, permuted, reversed, shifted, places, border",
        on_known(_other_axis),
        _asks_safely("axis", "axes"),
    ),
    kind("writes its upstream", "in place", _in_place),
    kind("returns a buffer", "aliasing", _buffer),
    kind("stale buffer", "stale, upstream", _stale),
    kind("wrong dtype", "dtype", after(lambda r, g: ops.cast(r, dtype=np.float64)), _own_dtype),
    kind(
        "rounded to half",
        "precision",
        after(lambda r, g: ops.cast(ops.cast(r, dtype=np.float16), dtype=r.dtype)),
    ),
    kind("constant copy", "second order", on_known(_detached), _keeps_arrays),
    kind("wrong only at second order", "second order", after(_lifted_only), _keeps_arrays),
]
