"""``assert_close``: whether values, tensors and what holds them agree, up to rounding."""

import numbers
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._devices.device import CPU
from .._functions.description import result_type
from .._tensor import Tensor

__all__ = ["assert_allclose", "assert_close"]

_TOLERANCES = {"float16": (1e-3, 1e-5), "float32": (1.3e-6, 1e-5), "float64": (1e-7, 1e-7)}
"""rtol and atol where none are given; 0 for integers and booleans."""

Message = str | Callable[[str], str] | None


class _Rules(NamedTuple):
    allow_subclasses: bool
    rtol: float | None
    atol: float | None
    equal_nan: bool
    check_device: bool
    check_dtype: bool
    check_layout: bool
    check_stride: bool


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: Message = None,
) -> None:
    """AssertionError unless |actual - expected| <= atol + rtol |expected|, element by element.

    Both are tensors, numbers, booleans or None, or sequences and mappings of them, which are compared item by
    item. Without ``rtol`` and ``atol`` (give both or none) they go by the dtype: 1.3e-6 and 1e-5 for float32,
    1e-7 and 1e-7 for float64 and Python's numbers, 0 for integers. NaN are equal with ``equal_nan`` only.
    ``msg``: the message, or what makes one of the message that says what differs, by how much and where.
    TypeError for what can't be compared.
    """
    if (rtol is None) != (atol is None):
        raise ValueError(
            "Both 'rtol' and 'atol' must be either specified or omitted, but got no "
            f"{'rtol' if rtol is None else 'atol'}."
        )
    rules = _Rules(
        allow_subclasses, rtol, atol, equal_nan, check_device, check_dtype, check_layout, check_stride
    )
    for a, b, place in _pairs(actual, expected, rules, ()):
        said = _difference(a, b, rules)
        if said:
            said += _occurred(place)
            raise AssertionError(said if msg is None else msg(said) if callable(msg) else msg)


def assert_allclose(
    actual: Any,
    expected: Any,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    msg: str = "",
) -> None:
    """The older name of :func:`assert_close`: NaN are equal, dtypes and devices may differ."""
    if not isinstance(actual, Tensor):
        actual = _tensor(actual)
    if not isinstance(expected, Tensor):
        expected = _tensor(expected)
    assert_close(
        actual,
        expected,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_device=True,
        check_dtype=False,
        check_stride=False,
        msg=msg or None,
    )


def _tensor(value: Any) -> Tensor:
    from .._creation.creation import tensor

    return tensor(value)


def _occurred(place: tuple[Any, ...]) -> str:
    return f"\n\nThe failure occurred for item {''.join(f'[{i!r}]' for i in place)}" if place else ""


def _pairs(a: Any, b: Any, rules: _Rules, place: tuple[Any, ...]) -> Iterator[tuple[Any, Any, Any]]:
    """What is compared, each with the keys and numbers that lead to it."""
    if _are(a, b, Sequence) and not isinstance(a, str) and not isinstance(b, str):
        if len(a) != len(b):
            raise AssertionError(
                f"The length of the sequences mismatch: {len(a)} != {len(b)}{_occurred(place)}"
            )
        for i in range(len(a)):
            yield from _pairs(a[i], b[i], rules, (*place, i))
    elif _are(a, b, Mapping):
        if set(a) != set(b):
            missing, more = (sorted(keys, key=str) for keys in (set(b) - set(a), set(a) - set(b)))
            raise AssertionError(
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {missing}\n"
                f"Additional keys in the actual mapping: {more}{_occurred(place)}"
            )
        for key in sorted(a, key=str):
            yield from _pairs(a[key], b[key], rules, (*place, key))
    elif _comparable(a, b, rules.allow_subclasses):
        yield a, b, place
    else:
        raise TypeError(
            f"No comparison pair was able to handle inputs of type {type(a)} and {type(b)}.{_occurred(place)}"
        )


def _are(a: Any, b: Any, kind: Any) -> bool:
    return isinstance(a, kind) and isinstance(b, kind)


def _comparable(a: Any, b: Any, allow_subclasses: bool) -> bool:
    if a is None or b is None or _are(a, b, (bool, np.bool_)) or _are(a, b, (numbers.Number, np.number)):
        return True
    related = isinstance(a, type(b)) or isinstance(b, type(a)) if allow_subclasses else type(a) is type(b)
    return _are(a, b, Tensor) and related


def _difference(a: Any, b: Any, rules: _Rules) -> str:
    """How the two differ, in PyTorch's words; empty where they agree."""
    if a is None or b is None:
        return "" if a is b else f"None mismatch: {a} is not {b}"
    if _are(a, b, (bool, np.bool_)):
        return "" if bool(a) is bool(b) else f"Booleans mismatch: {bool(a)} is not {bool(b)}"
    if isinstance(a, Tensor):
        return _tensors_differ(a, b, rules)
    a, b = (x.item() if isinstance(x, np.generic) else x for x in (a, b))
    if rules.check_dtype and type(a) is not type(b):
        return f"The (d)types do not match: {type(a)} != {type(b)}."
    rtol, atol = _tolerances(["int64" if isinstance(x, int) else "float64" for x in (a, b)], rules)
    if a == b or (rules.equal_nan and a != a and b != b):
        return ""
    apart = abs(a - b)
    if np.isfinite(apart) and apart <= atol + rtol * abs(b):
        return ""
    return _scalars(a, b, rtol, atol)


def _tolerances(dtypes: Sequence[str], rules: _Rules) -> tuple[float, float]:
    if rules.rtol is not None and rules.atol is not None:
        return rules.rtol, rules.atol
    known = [_TOLERANCES.get(name, (0.0, 0.0)) for name in dtypes]
    return max(rtol for rtol, _ in known), max(atol for _, atol in known)


def _tensors_differ(a: Tensor, b: Tensor, rules: _Rules) -> str:
    wanted: list[tuple[str, Any, Any]] = [("shape", a.shape, b.shape)]
    if rules.check_layout:
        wanted.append(("layout", getattr(a, "layout", None), getattr(b, "layout", None)))
    if rules.check_device:
        wanted.append(("device", a.device, b.device))
    if rules.check_dtype:
        wanted.append(("dtype", a.dtype, b.dtype))
    if rules.check_stride:
        wanted.append(("stride()", a.stride(), b.stride()))
    for name, ours, theirs in wanted:
        if ours != theirs:
            return f"The values for attribute '{name}' do not match: {ours} != {theirs}."
    rtol, atol = _tolerances([x.dtype.dtype.name for x in (a, b)], rules)
    common = result_type(a, b) if a.dtype != b.dtype else a.dtype
    return _arrays_differ(
        *(x.detach().to(device=CPU, dtype=common).array for x in (a, b)), rtol, atol, rules.equal_nan
    )


def _arrays_differ(a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> str:
    wide = np.float64 if a.dtype.kind == "f" else np.int64
    x, y = a.astype(wide), b.astype(wide)
    with np.errstate(all="ignore"):
        apart = abs(x - y)
        close = (x == y) | (np.isfinite(apart) & (apart <= atol + rtol * abs(y)))
        if equal_nan:
            close |= (x != x) & (y != y)
        if close.all():
            return ""
        if a.ndim == 0:
            return _scalars(a.item(), b.item(), rtol, atol)
        kind = a.dtype if a.dtype.kind == "f" else np.int64
        absolute = np.where(close, 0, apart).astype(kind)
        relative = np.where(close, 0, absolute / abs(y).astype(kind))
        relative = relative.astype(a.dtype if a.dtype.kind == "f" else np.float32)
    wrong = int((~close).sum())
    return (
        f"Tensor-likes are not {'close' if rtol or atol else 'equal'}!\n\n"
        f"Mismatched elements: {wrong} / {a.size} ({wrong / a.size:.1%})\n"
        f"Greatest absolute difference: {_greatest(absolute)}{_allowed(atol, rtol, atol)}\n"
        f"Greatest relative difference: {_greatest(relative)}{_allowed(rtol, rtol, atol)}"
    )


def _greatest(differences: Any) -> str:
    place = np.unravel_index(int(differences.argmax()), differences.shape)
    return f"{differences[place].item()} at index {tuple(int(i) for i in place)}"


def _allowed(tolerance: float, rtol: float, atol: float) -> str:
    return f" (up to {tolerance} allowed)" if rtol or atol else ""


def _scalars(a: Any, b: Any, rtol: float, atol: float) -> str:
    apart = abs(a - b)
    relative = float("inf") if b == 0 else apart / abs(b)
    return (
        f"Scalars are not {'close' if rtol or atol else 'equal'}!\n\n"
        f"Expected {b} but got {a}.\n"
        f"Absolute difference: {apart}{_allowed(atol, rtol, atol)}\n"
        f"Relative difference: {relative}{_allowed(rtol, rtol, atol)}"
    )
